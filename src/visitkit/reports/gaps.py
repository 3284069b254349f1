"""What is not known and what was left out, with what to do about it."""

from __future__ import annotations

from visitkit import text
from visitkit.load import Fault
from visitkit.reports.view import Card, Screening

#: Faults shown on the page; the rest are counted, and all stand in the workbook.
SHOWN = 12


def ask(card: Card, lang: str) -> list[str]:
    """Return what to add for a student, a line a dimension of which nothing is known."""
    asked = [text.say(f"report.ask.{name}", lang) for name in card.missing]
    return asked or [text.say("report.ask.more", lang)]


def left_out(screening: Screening) -> list[tuple[str, int]]:
    """Return each table of which rows were left out, in words, with their number."""
    return [
        (text.say(f"tables.{name}.sheet", screening.lang), rows)
        for name, rows in screening.school.left_out.items()
        if rows
    ]


def faults(screening: Screening, shown: int | None = SHOWN) -> tuple[list[tuple[str, str]], int]:
    """Return the first faults as place and problem, and how many more there are."""
    found = screening.school.faults
    first = found if shown is None else found[:shown]
    return [_fault(one, screening.lang) for one in first], len(found) - len(first)


def notes(screening: Screening) -> list[str]:
    """Return what else a person should know of the reading; the calendar is told elsewhere."""
    told = [note for note in screening.school.notes if note.key != "calendar_assumed"]
    return [note.sentence(screening.lang) for note in told]


def _fault(fault: Fault, lang: str) -> tuple[str, str]:
    cell = f"{fault.column}{fault.row or ''}"
    where = text.say("report.coverage.cell", lang, file=fault.file, sheet=fault.sheet, cell=cell)
    return " ".join(where.split()), str(fault.words(lang)["problem"])
