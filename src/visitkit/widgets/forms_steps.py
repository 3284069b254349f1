"""A step of a case that has no form of its own, to be filled in like one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from visitkit.load.unreadable import UnreadableCellError
from visitkit.policy import Policy
from visitkit.record import cases
from visitkit.record.cases.fields import FREE, wanted
from visitkit.record.forms import Field, FormFault
from visitkit.record.forms.faults import shown_value
from visitkit.record.forms.values import clean
from visitkit.widgets.forms_state import Checked, Values, drawn

#: Type of a fact to the kind of field it is asked in, and of the items of a list.
_KINDS = {
    "text": ("long", "text"),
    "texts": ("list", "text"),
    "code": ("choice", "text"),
    "codes": ("choices", "text"),
    "level": ("choice", "text"),
    "flag": ("flag", "text"),
    "integer": ("integer", "text"),
    "number": ("number", "text"),
    "date": ("date", "text"),
    "dates": ("list", "date"),
    "moment": ("moment", "text"),
    "moments": ("list", "moment"),
    "person": ("person", "text"),
    "people": ("list", "person"),
}
#: Facts that any step may hold and a person may want to write.
_BESIDE = ("remark",)


@dataclass(frozen=True)
class StepPaper:
    """A step to fill in.

    Parameters
    ----------
    offer
        From :func:`visitkit.record.cases.steps_now` or ``openings``.
    policy
        The rules of the school.
    """

    offer: cases.Offer
    policy: Policy

    @property
    def name(self) -> str:
        """Its name."""
        return f"{self.offer.kind}.{self.offer.step}"

    @cached_property
    def _facts(self) -> dict[str, cases.Field]:
        beside = [one for one in FREE if one.name in _BESIDE]
        return {one.name: one for one in (*self.offer.fields, *beside)}

    @cached_property
    def fields(self) -> Mapping[str, Field]:
        """Its facts as fields."""
        return {name: self._field(one) for name, one in self._facts.items()}

    def _field(self, fact: cases.Field) -> Field:
        kind, item = _KINDS[fact.type]
        always = fact.required and not fact.when and not fact.if_key
        codes = self.offer.choices.get(fact.name, ())
        return Field(
            fact.name, kind, always, choices=codes, item=item, low=fact.low, high=fact.high
        )

    def sheet(self, lang: str) -> dict[str, object]:
        """Return its words and fields for the browser; a step has one section without a heading.

        Examples
        --------
        >>> from visitkit.policy import read_policy
        >>> rules = read_policy("recommended")
        >>> StepPaper(cases.openings("complaint", rules)[0], rules).sheet("en")["title"]
        'Take it in'
        """
        title = cases.step_text(self.offer.kind, self.offer.step, lang)
        labels = {name: cases.field_text(one, lang) for name, one in self._facts.items()}
        return {
            "name": self.name,
            "title": title[:1].upper() + title[1:],
            "purpose": cases.kind_text(self.offer.kind, lang),
            "shown": "",
            "sections": [
                {
                    "title": "",
                    "fields": [
                        drawn(self, one, labels[name][:1].upper() + labels[name][1:], lang)
                        | {"columns": []}
                        for name, one in self.fields.items()
                    ],
                }
            ],
        }

    def check(self, values: Values, *, unfinished: bool = False) -> Checked:
        """Read what was typed."""
        facts: dict[str, object] = {}
        faults: list[FormFault] = []
        for name, one in self.fields.items():
            value = values.get(name)
            try:
                found = self._read(one, value)
            except UnreadableCellError as error:
                told = shown_value(value)
                faults.append(FormFault(error.key, self.name, name, found=told, facts=error.facts))
                continue
            if found is not None:
                facts[name] = list(found) if isinstance(found, tuple) else found
        known = {fault.field for fault in faults}
        for name, fact in self._facts.items():
            lacking = name not in facts and name not in known and not unfinished
            if lacking and wanted(fact, facts, self.policy):
                faults.append(FormFault("missing", self.name, name))
        return Checked(facts={} if faults else facts, faults=tuple(faults))

    def _read(self, one: Field, value: object) -> object:
        if not one.coded:
            return clean(one, value)
        given = value if isinstance(value, list) else [value] if value else []
        if any(code not in one.choices for code in given):
            raise UnreadableCellError("choice")
        if one.kind == "choices":
            return tuple(given) or None
        return given[0] if given else None

    def codes(self, one: Field) -> tuple[str, ...]:
        """Return the codes a fact may have."""
        return one.choices

    def word(self, one: Field, code: str, lang: str) -> str:
        """Return the word for a code of a fact."""
        return cases.code_text(self._facts[one.name], code, lang)
