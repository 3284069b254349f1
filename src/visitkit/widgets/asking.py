"""A few fields and a button: what is asked before something is done."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import traitlets

from visitkit import text
from visitkit.load.dates import parse_date
from visitkit.load.unreadable import UnreadableCellError
from visitkit.widgets.shown import Shown
from visitkit.widgets.view import script, style

#: Kinds of field.
KINDS = ("text", "long", "date", "number", "choice", "several", "flag")
#: Longest text that is taken.
LONGEST = 4_000


@dataclass(frozen=True)
class AskField:
    """One field.

    Parameters
    ----------
    name
        Its name; its label stands under ``<key>.<name>``, its hint under ``<key>.<name>_hint``.
    kind
        One of :data:`KINDS`.
    required
        The button does nothing without it.
    value
        What stands in it at first.
    choices
        Codes and words to choose from; for a text they are offered, and anything may be written.
    """

    name: str
    kind: str = "text"
    required: bool = False
    value: str = ""
    choices: tuple[tuple[str, str], ...] = ()


class Ask(Shown):
    """Fields and a button.

    What was typed travels in a message and is no trait, so that no saved notebook holds it.

    Parameters
    ----------
    key
        Where its words stand; ``<key>.go`` is the word on the button, ``<key>.about`` says what it
        is for.
    fields
        What is asked.
    go
        Called with name to text; a choice holds a code, ``several`` codes with spaces between them,
        a flag ``"yes"`` or nothing.
    lang
        ``"zh"``, ``"en"`` or ``None`` for the machine's language.

    Examples
    --------
    >>> heard = []
    >>> view = Ask("widgets_forms", (AskField("reason", required=True),), heard.append, "en")
    >>> view.go({"reason": ""}), view.go({"reason": "because"}), heard
    (False, True, [{'reason': 'because'}])
    """

    _esm = script("asking")
    _css = style("asking")
    room = "widgets_asking"

    #: Labels, hints, choices; sent in messages, because a choice may be a student.
    frame = traitlets.Dict()

    def __init__(
        self,
        key: str,
        fields: Sequence[AskField],
        go: Callable[[dict[str, str]], None],
        lang: str | None = None,
    ) -> None:
        self._key, self._fields, self._go = key, tuple(fields), go
        super().__init__(lang)
        self._reword()

    def ask(self, fields: Sequence[AskField]) -> None:
        """Ask for other fields, or offer other choices."""
        self._fields = tuple(fields)
        self._reword()

    def go(self, values: Mapping[str, object]) -> bool:
        """Do what the button does with some values; tell whether all that is needed was there."""
        found = {one.name: _read(one, values.get(one.name)) for one in self._fields}
        wrong = [one.name for one in self._fields if _no_day(one, values.get(one.name))]
        if wrong:
            words = text.say("widgets_asking.no_day", self.lang)
            self.send({"kind": "wrong", "faults": dict.fromkeys(wrong, words)})
            return False
        if any(one.required and not found[one.name] for one in self._fields):
            return False
        self._go(found)
        return True

    def heard(self) -> Mapping[str, Callable[[Mapping[str, Any]], None]]:
        """Return what is done about each kind of message."""
        return {"go": self._asked, "ready": lambda _content: self._put()}

    def _asked(self, content: Mapping[str, Any]) -> None:
        values = content.get("values")
        if isinstance(values, dict):
            self.go(values)

    def _reword(self) -> None:
        self.frame = {
            "about": self._say("about"),
            "go": self._say("go"),
            "fields": [
                {
                    "name": one.name,
                    "kind": one.kind,
                    "label": self._say(one.name),
                    "hint": self._say(f"{one.name}_hint"),
                    "required": one.required,
                    "value": one.value,
                    "choices": [list(pair) for pair in one.choices],
                }
                for one in self._fields
            ],
        }

        self._put()

    def _put(self) -> None:
        self.send({"kind": "frame", "frame": self.frame})

    def _say(self, name: str) -> str:
        key = f"{self._key}.{name}"
        return text.say(key, self.lang) if text.has(key) else ""

    def _speak(self, change: object) -> None:
        super()._speak(change)
        self._reword()


def _read(one: AskField, value: object) -> str:
    if not isinstance(value, str) or len(value) > LONGEST:
        return ""
    known = {code for code, _ in one.choices}
    if one.kind == "several":
        return " ".join(part for part in value.split() if part in known)
    if one.kind == "choice":
        return value if value in known else ""
    if one.kind == "flag":
        return "yes" if value == "yes" else ""
    if one.kind == "date":
        return _day(value)
    return value.strip()


def _day(value: str) -> str:
    """Return a day, in whichever way it was written; nothing where it is none."""
    try:
        return parse_date(value).isoformat()
    except UnreadableCellError:
        return ""


def _no_day(one: AskField, value: object) -> bool:
    """Tell whether something was written where a day is asked for, and is none."""
    written = isinstance(value, str) and bool(value.strip())
    return one.kind == "date" and written and not _read(one, value)
