"""What stood on a form, kept beside the facts of its entries and put together again.

The steps a form stands for hold only the facts their rules ask for. What else a person wrote on it
would be lost, so each entry keeps beside its facts what stood on the form, in the same file.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from visitkit.record.cases import corrected
from visitkit.record.entry import Entry
from visitkit.record.forms.definition import FORMS
from visitkit.record.forms.filling import FilledForm, fill
from visitkit.record.forms.parts import Part

#: The fact that holds what stood on the form.
SHEET = "sheet"


@dataclass(frozen=True)
class Sheet:
    """A form as it was taken, put together from its entries.

    Parameters
    ----------
    number
        The same for all entries of one taking.
    filled
        What stood on it.
    entries
        Its entries as they hold now.
    """

    number: str
    filled: FilledForm
    entries: tuple[Entry, ...]


def facts_of(filled: FilledForm, part: Part, number: str) -> dict[str, object]:
    """Return the facts of a step with what stood on its form beside them."""
    sheet = {"form": filled.form, "number": number, "content": part.sheet}
    told = json.dumps(sheet, ensure_ascii=False, default=dict)
    return {**part.draft.facts, SHEET: told}


def sheets_of(entries: Sequence[Entry]) -> tuple[Sheet, ...]:
    """Return the forms that entries were written on, the latest last; corrections stand in.

    Examples
    --------
    >>> sheets_of([])
    ()
    """
    held: dict[str, list[Entry]] = {}
    for case in _cases_of(entries).values():
        for one in corrected(case):
            if SHEET in one.facts:
                held.setdefault(_read(one)["number"], []).append(one)
    return tuple(_together(number, found) for number, found in held.items())


def _cases_of(entries: Iterable[Entry]) -> dict[str, list[Entry]]:
    found: dict[str, list[Entry]] = {}
    for one in entries:
        found.setdefault(one.case_id, []).append(one)
    return found


def _read(entry: Entry) -> Mapping[str, str]:
    read: Mapping[str, str] = json.loads(str(entry.facts[SHEET]))
    return read


def _together(number: str, entries: list[Entry]) -> Sheet:
    """Put the rows of all entries on one form again; the latest written wins for the rest."""
    first = _read(entries[0])
    form, content = FORMS[first["form"]], dict[str, object]()
    rows: dict[str, list[object]] = {}
    for one in sorted(entries, key=_written):
        content |= dict(_content(one))
    for one in entries:
        for name, value in _content(one):
            table = form.fields[name]
            step = f"{one.kind}.{one.step}"
            if step in table.each and step in form.steps and not table.across:
                rows.setdefault(name, []).extend(value if isinstance(value, list) else ())
    return Sheet(number, fill(form, content | rows), tuple(entries))


def _content(entry: Entry) -> Iterator[tuple[str, object]]:
    found = json.loads(str(entry.facts[SHEET]))["content"]
    yield from (
        (name, value) for name, value in found.items() if name in FORMS[_read(entry)["form"]].fields
    )


def _written(entry: Entry) -> dt.datetime:
    return entry.recorded_at or entry.at
