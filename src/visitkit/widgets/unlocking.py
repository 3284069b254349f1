"""Opening a casebook: which folder, who works with it, and its keys, which nothing here keeps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import traitlets

from visitkit.policy import schema
from visitkit.policy.words import code_word
from visitkit.record import Keys
from visitkit.widgets.sentences import error_words
from visitkit.widgets.shown import Shown, short
from visitkit.widgets.view import script, style

#: What can be asked for.
WAYS = ("open", "new")
_ROLES = ("values.role", "policy.role")


@dataclass(frozen=True)
class Asked:
    """What a person asked for.

    Parameters
    ----------
    way
        One of :data:`WAYS`.
    folder
        Where the casebook lies, or is to lie.
    actor, role
        Who works with it, and in which role.
    keys
        Its keys.
    school
        Name of the school, for a new casebook.
    """

    way: str
    folder: str
    actor: str
    role: str
    keys: Keys = field(repr=False)
    school: str = ""


class Unlock(Shown):
    """Fields for folder, person and passphrases.

    A passphrase comes in one message, goes to the function that opens the files and is forgotten;
    it is in no trait, no ``repr`` and no error.

    Parameters
    ----------
    unlock
        Opens or makes the casebook; raises where it cannot.
    lock
        Closes it.
    lang
        ``"zh"``, ``"en"`` or ``None`` for the machine's language.

    Attributes
    ----------
    is_open : bool
        Whether a casebook is open.
    folder, actor, role : str
        What stands in the fields at first.
    """

    _esm = script("unlocking")
    _css = style("unlocking")
    room = "widgets_unlocking"

    is_open = traitlets.Bool(False).tag(sync=True)
    folder = traitlets.Unicode("").tag(sync=True)
    actor = traitlets.Unicode("").tag(sync=True)
    role = traitlets.Unicode("head_teacher").tag(sync=True)
    roles: traitlets.List[Any] = traitlets.List().tag(sync=True)
    people: traitlets.List[Any] = traitlets.List().tag(sync=True)
    said = traitlets.Unicode("").tag(sync=True)
    wrong = traitlets.Bool(False).tag(sync=True)

    def __init__(
        self,
        unlock: Callable[[Asked], None],
        lock: Callable[[], None],
        lang: str | None = None,
        **state: Any,
    ) -> None:
        self._unlock, self._lock = unlock, lock
        self._error: Exception | None = None
        super().__init__(lang, **state)
        self.roles = roles(self.lang)

    def heard(self) -> Mapping[str, Callable[[Mapping[str, Any]], None]]:
        """Return what is done about each kind of message."""
        return {"unlock": self._ask, "lock": lambda _content: self._lock()}

    def _ask(self, content: Mapping[str, Any]) -> None:
        way, role = short(content, "way"), short(content, "role")
        if way not in WAYS or role not in schema.allowed_codes(_ROLES):
            return
        self._tell(None)
        try:
            keys = Keys(short(content, "people"), short(content, "psych") or None)
            place, actor = short(content, "folder").strip(), short(content, "actor").strip()
            self._unlock(Asked(way, place, actor, role, keys, short(content, "school").strip()))
        except Exception as error:  # told as a sentence: a trace might hold what was typed
            self._tell(error)
        finally:
            self.send({"kind": "forget"})

    def _tell(self, error: Exception | None) -> None:
        self._error = error
        self.wrong = error is not None
        self.said = "" if error is None else error_words(error, self.lang)

    def _speak(self, change: object) -> None:
        super()._speak(change)
        self.roles = roles(self.lang)
        if self._error is not None:
            self.said = error_words(self._error, self.lang)


def roles(lang: str) -> list[list[str]]:
    """Return every role with its word, for a list to choose from.

    Examples
    --------
    >>> ["head_teacher", "head teacher"] in roles("en")
    True
    """
    return [[code, code_word(_ROLES, code, lang)] for code in schema.allowed_codes(_ROLES)]
