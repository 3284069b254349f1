"""What is seen while the screen is locked: nothing but how to go on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import traitlets

from visitkit.errors import VisitkitError
from visitkit.widgets.sentences import error_words
from visitkit.widgets.shown import Shown, short
from visitkit.widgets.view import script, style


class LockScreen(Shown):
    """A button to go on; with a casebook, its passphrases first.

    A passphrase comes in one message, goes to the function that opens the casebook and is
    forgotten; it is in no trait, no ``repr`` and no error.

    Parameters
    ----------
    unlock
        Called with both passphrases, empty where none was asked for; raises a
        :class:`VisitkitError` where they are wrong.
    lang
        ``"zh"``, ``"en"`` or ``None`` for the machine's language.

    Attributes
    ----------
    guarded, psych : bool
        Whether a casebook was open, and whether its psychological file was.

    Examples
    --------
    >>> LockScreen(lambda people, psych: None, "en").guarded
    False
    """

    _esm = script("locking")
    _css = style("locking")
    room = "app_shell.lock"

    guarded = traitlets.Bool(False).tag(sync=True)
    psych = traitlets.Bool(False).tag(sync=True)
    said = traitlets.Unicode("").tag(sync=True)
    wrong = traitlets.Bool(False).tag(sync=True)

    def __init__(
        self, unlock: Callable[[str, str], None], lang: str | None = None, **state: Any
    ) -> None:
        self._unlock = unlock
        self._error: Exception | None = None
        super().__init__(lang, **state)

    def heard(self) -> Mapping[str, Callable[[Mapping[str, Any]], None]]:
        """Return what is done about each kind of message."""
        return {"unlock": self._ask}

    def ask(self, guarded: bool, psych: bool) -> None:
        """Ask for what the casebook that was open needs."""
        self._error = None
        with self.hold_sync():
            self.guarded, self.psych, self.said, self.wrong = guarded, psych, "", False

    def _ask(self, content: Mapping[str, Any]) -> None:
        self._error = None
        try:
            self._unlock(short(content, "people"), short(content, "psych"))
        except (VisitkitError, OSError) as error:
            self._error = error
        finally:
            self._tell()
            self.send({"kind": "forget"})

    def _tell(self) -> None:
        self.wrong = self._error is not None
        self.said = "" if self._error is None else error_words(self._error, self.lang)

    def _speak(self, change: object) -> None:
        super()._speak(change)
        self._tell()
