"""A form as the browser draws it, and what was typed into it as the casebook reads it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from visitkit import text
from visitkit.record.forms import Field, FilledForm, Form, FormFault, FormFaultsError, fill
from visitkit.record.forms import words as say

#: What the browser holds of a form: text, lists of text, and rows of these.
Values = Mapping[str, object]
#: Longest text and most rows that are taken from the browser.
LONGEST, MOST_ROWS = 40_000, 300
#: Kinds whose field does not show by itself what is to be typed.
_HINTED = frozenset({"number", "integer", "person", "signature"})
#: A moment without its zone, as a field of the browser shows it.
_MINUTE = len("2026-11-06T16:30")


@dataclass(frozen=True)
class Checked:
    """What was typed, read.

    Parameters
    ----------
    filled
        The form; ``None`` for a step that has no form of its own, or where something is wrong.
    facts
        Facts of a step that has no form.
    faults
        What is wrong; empty where all is well.
    """

    filled: FilledForm | None = None
    facts: Mapping[str, object] = field(default_factory=dict, repr=False)
    faults: tuple[FormFault, ...] = ()


class Paper(Protocol):
    """Something to fill in: a form of the casebook, or a step that has none."""

    @property
    def name(self) -> str:
        """Its name."""
        ...

    @property
    def fields(self) -> Mapping[str, Field]:
        """Its fields by name."""
        ...

    def sheet(self, lang: str) -> dict[str, object]:
        """Return its words and fields for the browser; no student is in it."""
        ...

    def check(self, values: Values, *, unfinished: bool = False) -> Checked:
        """Read what was typed."""
        ...

    def codes(self, one: Field) -> tuple[str, ...]:
        """Return the codes a field knows."""
        ...

    def word(self, one: Field, code: str, lang: str) -> str:
        """Return the word for a code of a field."""
        ...


@dataclass(frozen=True)
class FormPaper:
    """A form of the casebook to fill in.

    Parameters
    ----------
    form
        The form.
    """

    form: Form

    @property
    def name(self) -> str:
        """Its name."""
        return self.form.name

    @property
    def fields(self) -> Mapping[str, Field]:
        """Its fields by name."""
        return self.form.fields

    def sheet(self, lang: str) -> dict[str, object]:
        """Return its words and fields for the browser.

        Examples
        --------
        >>> from visitkit.record.forms import FORMS
        >>> FormPaper(FORMS["watch_roster"]).sheet("en")["title"]
        'Watch roster'
        """
        form = self.form
        return {
            "name": form.name,
            "title": say.title(form, lang),
            "purpose": say.purpose(form, lang),
            "shown": say.shown(form, lang),
            "sections": [
                {
                    "title": say.section_title(form, part.name, lang),
                    "fields": [self._drawn(one, one.name, lang) for one in part.fields],
                }
                for part in form.sections
            ],
        }

    def _drawn(self, one: Field, name: str, lang: str) -> dict[str, object]:
        label = say.label(self.form, name, lang)
        columns = [self._drawn(each, f"{name}.{each.name}", lang) for each in one.columns]
        return drawn(self, one, label, lang) | {"columns": columns}

    def check(self, values: Values, *, unfinished: bool = False) -> Checked:
        """Read what was typed.

        Examples
        --------
        >>> from visitkit.record.forms import FORMS
        >>> found = FormPaper(FORMS["visit_feedback"]).check({"visited_on": "2026-13-01"})
        >>> [one.key for one in found.faults]
        ['missing', 'date']
        """
        try:
            return Checked(fill(self.form, values, unfinished=unfinished))
        except FormFaultsError as error:
            return Checked(faults=error.faults)

    def codes(self, one: Field) -> tuple[str, ...]:
        """Return the codes a field knows."""
        return say.codes(one)

    def word(self, one: Field, code: str, lang: str) -> str:
        """Return the word for a code of a field."""
        return say.code_of(one, code, lang)


def drawn(paper: Paper, one: Field, label: str, lang: str) -> dict[str, object]:
    """Return one field as the browser draws it."""
    item = one.item if one.kind == "list" else one.kind
    key = f"forms.kind_hint.{item}" if item in _HINTED else ""
    known = paper.codes(one) if one.coded else ()
    return {
        "name": one.name,
        "label": label,
        "kind": one.kind,
        "item": one.item,
        "required": one.required,
        "open": one.open,
        "hint": text.say(key, lang) if key else "",
        "choices": [[code, paper.word(one, code, lang)] for code in known],
    }


def typed(fields: Iterable[Field], found: object) -> dict[str, object]:
    """Return what a browser sent of some fields, in the shapes they can have; the rest is dropped.

    Examples
    --------
    >>> typed([Field("a"), Field("b", "list")], {"a": ["x"], "b": ["y", 7], "c": "z"})
    {'b': ['y']}
    """
    if not isinstance(found, Mapping):
        return {}
    kept: dict[str, object] = {}
    for one in fields:
        value = _shaped(one, found.get(one.name))
        if value not in (None, "", []):
            kept[one.name] = value
    return kept


def _shaped(one: Field, value: object) -> object:
    if one.kind == "table":
        rows = value[:MOST_ROWS] if isinstance(value, list) else []
        return [typed(one.columns, row) for row in rows if isinstance(row, Mapping)]
    if one.kind in {"list", "choices"} and isinstance(value, list):
        return [each for each in map(_plain, value[:MOST_ROWS]) if each]
    return _plain(value)


def _plain(value: object) -> str:
    return value if isinstance(value, str) and len(value) <= LONGEST else ""


def shown(fields: Iterable[Field], content: Values) -> dict[str, object]:
    """Return values of the casebook as the browser holds them.

    Examples
    --------
    >>> known = {"at": "2026-11-06T16:30+08:00", "on": True}
    >>> shown([Field("at", "moment"), Field("on", "flag")], known)
    {'at': '2026-11-06T16:30', 'on': 'yes'}
    """
    return {one.name: _shown(one, content[one.name]) for one in fields if one.name in content}


def _shown(one: Field, value: object) -> object:
    if one.kind == "table" and isinstance(value, tuple | list):
        return [shown(one.columns, row) for row in value if isinstance(row, Mapping)]
    if isinstance(value, tuple | list):
        item = Field(one.name, "choice" if one.kind == "choices" else one.item)
        return [str(_shown(item, each)) for each in value]
    if isinstance(value, bool):
        return "yes" if value else "no"
    if one.kind == "moment":
        return str(value).replace(" ", "T")[:_MINUTE]
    return str(value)


def told(paper: Paper, faults: Iterable[FormFault], lang: str) -> dict[str, str]:
    """Return what is wrong at each field, as a sentence.

    Returns
    -------
    dict
        Place to sentence: ``field``, ``field/2`` for the second item or row, ``field/2/column``.
    """
    found: dict[str, str] = {}
    for one in faults:
        found.setdefault(_place(one), _sentence(paper, one, lang))
    return found


def _place(fault: FormFault) -> str:
    table, _, column = fault.field.partition(".")
    parts = [table, *([str(fault.row)] if fault.row else []), *([column] if column else [])]
    return "/".join(parts)


def _sentence(paper: Paper, fault: FormFault, lang: str) -> str:
    one = _field(paper, fault.field)
    facts = {
        **fault.facts,
        "found": fault.found or text.say("forms.not_shown", lang),
        "words": text.say("load.joiner", lang).join(_words(paper, one, lang)) if one else "",
    }
    parts = ("problem", "fix")
    said = {part: text.say(f"forms.fault.{fault.key}.{part}", lang, **facts) for part in parts}
    sentence = text.say("widgets_forms.fault", lang, **said)
    return sentence[:1].upper() + sentence[1:]


def _field(paper: Paper, name: str) -> Field | None:
    table, _, column = name.partition(".")
    found = paper.fields.get(table)
    if found is None or not column:
        return found
    return next((one for one in found.columns if one.name == column), None)


def _words(paper: Paper, one: Field, lang: str) -> Iterator[str]:
    if one.coded:
        yield from (paper.word(one, code, lang) for code in paper.codes(one))
