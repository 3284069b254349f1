"""The line above all pages: language, what is open, a lock; it notices when nobody is there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import traitlets

from visitkit import text
from visitkit.widgets.shown import Shown, short
from visitkit.widgets.view import script, style


class TopBar(Shown):
    """Language, what is open, and the lock.

    Parameters
    ----------
    speak
        Called with the language that the person asked for.
    lock
        Called when the person locks the screen, and when nobody touched it for so long.
    alive
        Called every few seconds while somebody is there.
    lang
        ``"zh"``, ``"en"`` or ``None`` for the machine's language.

    Attributes
    ----------
    line : str
        What is open, in words.
    lockable, locked : bool
        Whether there is anything to hide; whether it is hidden.
    idle : int
        Seconds without a touch after which the screen is locked.

    Examples
    --------
    >>> TopBar(lambda lang: None, lambda: None, lambda: None, "en").lockable
    False
    """

    _esm = script("topbar")
    _css = style("topbar")
    room = "app_shell.topbar"

    line = traitlets.Unicode("").tag(sync=True)
    lockable = traitlets.Bool(False).tag(sync=True)
    locked = traitlets.Bool(False).tag(sync=True)
    idle = traitlets.Int(900).tag(sync=True)

    def __init__(
        self,
        speak: Callable[[str], None],
        lock: Callable[[], None],
        alive: Callable[[], None],
        lang: str | None = None,
        **state: Any,
    ) -> None:
        self._ask_speak, self._lock, self._alive = speak, lock, alive
        super().__init__(lang, **state)

    def heard(self) -> Mapping[str, Callable[[Mapping[str, Any]], None]]:
        """Return what is done about each kind of message."""
        return {
            "speak": self._spoken,
            "lock": lambda _content: self._lock(),
            "idle": lambda _content: self._lock(),
            "alive": lambda _content: self._alive(),
        }

    def _spoken(self, content: Mapping[str, Any]) -> None:
        if short(content, "lang") in text.LANGUAGES:
            self._ask_speak(short(content, "lang"))
