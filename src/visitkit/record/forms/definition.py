"""A form as data: its sections and fields, read from ``definitions/*.toml``.

A definition is a TOML file, so that a person can read which rule asks for which field.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from functools import cache, cached_property
from importlib.resources import files
from types import MappingProxyType
from typing import Any

#: Kinds of field. ``choices`` holds several codes, ``list`` several values of its ``item`` kind.
KINDS = (
    "text",
    "long",
    "id",
    "person",
    "date",
    "time",
    "moment",
    "number",
    "integer",
    "flag",
    "choice",
    "choices",
    "list",
    "signature",
    "table",
)
#: To whom a filled form may be shown; the sentence stands in ``text/*/forms.toml`` under ``shown``.
AUDIENCES = (
    "visitors",
    "class_file",
    "school_office",
    "leading_group",
    "crisis_team",
    "family",
    "hospital",
    "authority",
)

Found = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form, or one column of a table in it.

    Parameters
    ----------
    name
        Its name, equal to the fact of the casebook where it is one.
    kind
        One of :data:`KINDS`.
    required
        A filled form without it is refused.
    of
        Where codes come from: ``values.x`` or ``policy.x`` (a vocabulary), ``level:x`` (a scale),
        ``record:x`` (names of records of the policy), ``roles``; empty for ``choices``.
    choices
        Codes of the form itself.
    open
        A school's own word is kept as it is.
    item
        Kind of the values of a list.
    low, high
        Smallest and largest number.
    rules
        Rows of ``docs/sources.csv`` that name it.
    facts
        Facts it stands for, ``fact`` or ``kind.step.fact``; its own name where none is given.
    source
        Where it is filled from beside the casebook: ``table.column`` of the school, or one of
        ``@as_of``, ``@student_id``, ``@class_id``, ``@teacher_id``, ``@case_id``; in a row of an
        entry ``@day``, ``@moment``, ``@actor``, ``@role``; the same of the last entry of a step as
        ``@moment:kind.step``.
    rows
        Empty rows of a list or table on a blank copy.
    each
        Steps of which every entry makes a row, ``kind.step``.
    rows_from
        Table of the school whose rows of the student make the rows.
    across
        A list among the facts of one entry makes the rows: a row an item.
    columns
        Columns of a table.
    psych
        It holds psychological details.
    """

    name: str
    kind: str = "text"
    required: bool = False
    of: str = ""
    choices: tuple[str, ...] = ()
    open: bool = False
    item: str = "text"
    low: float | None = None
    high: float | None = None
    rules: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    source: str = ""
    rows: int = 0
    each: tuple[str, ...] = ()
    rows_from: str = ""
    across: bool = False
    columns: tuple[Field, ...] = ()
    psych: bool = False

    @property
    def coded(self) -> bool:
        """Whether its values are codes."""
        return self.kind in {"choice", "choices"} or (self.kind == "list" and self.item == "choice")


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a form under a heading of its own."""

    name: str
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class Form:
    """A document that schools hand in.

    Parameters
    ----------
    name
        Its name.
    number
        Its place in the list of documents, from 1.
    area
        Room of its words: ``forms_<area>``.
    key
        Field that tells one copy from another in the name of a file.
    audience
        To whom it may be shown, one of :data:`AUDIENCES`.
    secret
        It is kept with the psychological files, and only their keepers fill it.
    leaves
        It leaves the school.
    steps
        Steps of the casebook it belongs to, ``kind.step``.
    rules
        Rows of ``docs/sources.csv`` it stands for.
    sections
        Its parts in order.
    reads
        Further steps whose facts are put into it.
    unless
        Step to fields: where any of them is filled, the form does not stand for the step.
    only
        Step to a field: the form stands for the step only where that field is filled.
    wide
        It is printed across.
    """

    name: str
    number: int
    area: str
    key: str
    audience: str
    secret: bool
    leaves: bool
    steps: tuple[str, ...]
    rules: tuple[str, ...]
    sections: tuple[Section, ...]
    reads: tuple[str, ...] = ()
    unless: Mapping[str, tuple[str, ...]] = dataclass_field(default_factory=dict)
    only: Mapping[str, str] = dataclass_field(default_factory=dict)
    wide: bool = False

    @cached_property
    def fields(self) -> Mapping[str, Field]:
        """Every field by its name, in order."""
        return MappingProxyType({one.name: one for part in self.sections for one in part.fields})

    def all_fields(self) -> Iterator[tuple[str, Field]]:
        """Yield every field and every column with its dotted name."""
        for one in self.fields.values():
            yield one.name, one
            for column in one.columns:
                yield f"{one.name}.{column.name}", column


@cache
def read_form_definition(name: str) -> Form:
    """Return a form by its name.

    Examples
    --------
    >>> read_form_definition("persuasion_record").fields["promises"].rules
    ('DP-06',)
    """
    source = files(__package__).joinpath("definitions", f"{name}.toml")
    return _form(name, tomllib.loads(source.read_text(encoding="utf-8")))


def _form(name: str, found: Found) -> Form:
    sections = tuple(_section(one) for one in found["section"])
    return Form(
        name=name,
        number=found["number"],
        area=found["area"],
        key=found.get("key", "student_id"),
        audience=found["audience"],
        secret=found.get("secret", False),
        leaves=found.get("leaves", False),
        steps=tuple(found.get("steps", ())),
        rules=tuple(found.get("rules", ())),
        sections=sections,
        reads=tuple(found.get("reads", ())),
        unless=MappingProxyType({key: tuple(x) for key, x in found.get("unless", {}).items()}),
        only=MappingProxyType(found.get("only", {})),
        wide=found.get("wide", False),
    )


def _section(found: Found) -> Section:
    return Section(found["name"], tuple(_field(*one) for one in found["fields"].items()))


def _field(name: str, found: Found) -> Field:
    given = dict(found)
    columns = tuple(_field(*one) for one in given.pop("columns", {}).items())
    rule = given.pop("rule", ())
    given.update({key: tuple(given.pop(key, ())) for key in ("choices", "each", "facts")})
    source = given.pop("from", "")
    rules = (rule,) if isinstance(rule, str) else tuple(rule)
    made = Field(name=name, columns=columns, rules=rules, source=source, **given)
    if made.kind not in KINDS or made.item not in KINDS:
        msg = f"{name}: there is no kind {made.kind!r} or {made.item!r}"
        raise ValueError(msg)
    return made


def _names() -> list[str]:
    folder = files(__package__).joinpath("definitions")
    return [one.name.removesuffix(".toml") for one in folder.iterdir() if one.name.endswith("toml")]


#: Every form by its name, in the order of the list of documents.
FORMS: Mapping[str, Form] = MappingProxyType(
    {
        made.name: made
        for made in sorted(map(read_form_definition, _names()), key=lambda one: one.number)
    }
)
