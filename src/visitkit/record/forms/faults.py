"""Faults of a filled form: each with its place, what is wrong, what is allowed, what to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as default

from visitkit import text
from visitkit.errors import ManyFaultsError, StoreError
from visitkit.record.forms import words
from visitkit.record.forms.definition import Field, Form
from visitkit.record.forms.values import is_word

_MOST_WORDS = 12


@dataclass(frozen=True)
class FormFault:
    """One fault.

    Parameters
    ----------
    key
        Name of the fault in ``text/*/forms.toml`` under ``fault``.
    form
        Name of the form.
    field
        Name of the field, ``table.column`` in a table; empty for the whole form.
    row
        Row of a list or table, from 1; 0 elsewhere.
    file, sheet, cell
        Where it stands in a workbook; empty for values given in Python.
    found
        What was found, where it is a number or a day; else empty: a word may be a name.
    facts
        What fills the sentences.
    """

    key: str
    form: str
    field: str = ""
    row: int = 0
    file: str = ""
    sheet: str = ""
    cell: str = ""
    found: str = ""
    facts: Mapping[str, object] = default(default_factory=dict)

    def place(self, lang: str | None = None) -> str:
        """Return where the fault is, as a person would say it."""
        from visitkit.record.forms.definition import FORMS

        form = FORMS[self.form]
        name = words.label(form, self.field, lang) if self.field else words.title(form, lang)
        key = "cell" if self.cell else "sheet" if self.sheet else "row" if self.row else "field"
        facts = {"file": self.file, "sheet": self.sheet, "cell": self.cell, "row": self.row}
        return text.say(
            f"forms.place.{key}", lang, **facts, form=words.title(form, lang), label=name
        )

    def sentence(self, lang: str | None = None) -> str:
        """Return the fault as one line for people."""
        found = self.found or text.say("forms.not_shown", lang)
        facts = {**self.facts, "found": found, "words": self._allowed(lang)}
        parts = {
            part: text.say(f"forms.fault.{self.key}.{part}", lang, **facts)
            for part in ("problem", "allowed", "fix")
        }
        return text.say("forms.fault_line", lang, place=self.place(lang), **parts)

    def _allowed(self, lang: str | None) -> str:
        from visitkit.record.forms.definition import FORMS

        one = dict(FORMS[self.form].all_fields()).get(self.field)
        if one is None or not one.coded:
            return ""
        known = words.codes(one)
        named = [words.code_of(one, code, lang) for code in known[:_MOST_WORDS]]
        more = text.say("load.and_more", lang) if len(known) > _MOST_WORDS else ""
        return text.say("load.joiner", lang).join(named) + more


class FormFaultsError(ManyFaultsError, StoreError):
    """A form holds faults; all of them are in ``faults``."""

    faults: tuple[FormFault, ...]

    def __init__(self, faults: tuple[FormFault, ...]) -> None:
        super().__init__("forms.faults", "forms.more_faults", faults)


def shown_value(value: object) -> str:
    """Return what may be told of a value found; empty where it may be a name."""
    return "" if value is None or is_word(value) else str(value)


def empty_fault(form: Form, field: Field, name: str, row: int = 0) -> FormFault:
    """Return the fault of a required field without a value."""
    key = "unsigned" if field.kind == "signature" else "missing"
    return FormFault(key, form.name, name, row)
