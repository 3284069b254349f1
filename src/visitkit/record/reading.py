"""Entries as they stand on the shelves, in the order in which they were written down."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from visitkit.record.book import Book
from visitkit.record.chain import read_json
from visitkit.record.entry import Entry
from visitkit.record.models import abandoned, content, entry
from visitkit.record.shelf import PSYCH, Shelf

#: SQLite allows so many values in one question (its limit is 32766).
_AT_ONCE = 5_000


@dataclass(frozen=True)
class Found:
    """An entry and whether it came from the psychological file."""

    entry: Entry
    secret: bool


def counts(shelf: Shelf) -> sa.ColumnElement[bool]:
    """Return the condition under which an entry counts: its write was not cut off half-way."""
    if shelf.name != PSYCH:
        return sa.true()
    return entry.c.batch.is_(None) | entry.c.batch.not_in(sa.select(abandoned.c.batch))


def find(book: Book, condition: sa.ColumnElement[bool] | None = None) -> list[Found]:
    """Return the entries that fulfil a condition; a removed content leaves its entry out."""
    rows: list[tuple[object, int, Found]] = []
    for shelf in book.shelves:
        wanted = sa.select(
            entry.c.seq,
            entry.c.case_id,
            entry.c.kind,
            entry.c.step,
            content.c.student_id,
            entry.c.at,
            entry.c.actor,
            entry.c.role,
            content.c.facts,
            entry.c.corrects,
            entry.c.recorded_at,
        ).join(content, content.c.seq == entry.c.seq)
        wanted = wanted.where(counts(shelf))
        if condition is not None:
            wanted = wanted.where(condition)
        secret = shelf.name == PSYCH
        # All at once: to ask the database for row after row takes half as long again.
        for row in shelf.connection.execute(wanted).all():
            rows.append((row[10], row[0], Found(_entry(shelf, row), secret)))
    rows.sort(key=lambda one: one[:2])
    return [found for _, _, found in rows]


def _entry(shelf: Shelf, row: Any) -> Entry:
    seq, case_id, kind, step, student_id, at, actor, role, facts, corrects, recorded_at = tuple(row)
    return Entry(
        case_id=str(case_id),
        kind=str(kind),
        step=str(step),
        student_id=None if student_id is None else str(student_id),
        at=at,
        actor=str(actor),
        role=str(role),
        facts=read_json(facts, shelf.file),
        entry_id=f"{shelf.letter}{seq}",
        corrects=None if corrects is None else str(corrects),
        recorded_at=recorded_at,
    )


def of_cases(book: Book, case_ids: Iterable[str]) -> dict[str, list[Found]]:
    """Return the entries of some cases, by case, inside a transaction."""
    wanted = list(dict.fromkeys(case_ids))
    found: dict[str, list[Found]] = {case_id: [] for case_id in wanted}
    for start in range(0, len(wanted), _AT_ONCE):
        part = wanted[start : start + _AT_ONCE]
        for one in find(book, entry.c.case_id.in_(part)):
            found[one.entry.case_id].append(one)
    return found


def by_case(found: Iterable[Found]) -> dict[str, list[Found]]:
    """Return entries by case, the order kept."""
    cases: dict[str, list[Found]] = {}
    for one in found:
        cases.setdefault(one.entry.case_id, []).append(one)
    return cases
