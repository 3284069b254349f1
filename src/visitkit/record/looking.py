"""Reading the casebook: every look at something psychological is written down as it happens."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

import pandas as pd
import sqlalchemy as sa

from visitkit.errors import StoreError
from visitkit.record import cases
from visitkit.record.access import log, reader, shown
from visitkit.record.book import Book, writing
from visitkit.record.cases.moments import SCHOOL_ZONE, school_time
from visitkit.record.chain import read_json
from visitkit.record.entry import Entry
from visitkit.record.listing import as_table, due_layers, visible
from visitkit.record.models import audit, content, entry
from visitkit.record.owing import AsOf, moment_of
from visitkit.record.reading import Found, by_case, find

CASE_COLUMNS = (
    "case_id",
    "kind",
    "student_id",
    "state",
    "since",
    "level",
    "flags",
    "closed",
    "entries",
)
AUDIT_COLUMNS = ("file", "seq", "at", "actor", "role", "action", "subject", "detail")


@dataclass(frozen=True)
class StudentFile:
    """All that is known of a student, as far as the reader may read it.

    Parameters
    ----------
    student_id
        Whose.
    entries
        In the order in which they were written down.
    withheld
        Psychological entries that the reader may not read; ``None`` when that file was opened
        without its key and nobody can tell.
    """

    student_id: str
    entries: tuple[Entry, ...] = field(repr=False)
    withheld: int | None


def read_case(book: Book, case_id: str, purpose: str) -> tuple[Entry, ...]:
    """Return the entries of a case that the person at work may read."""
    refused = False
    with writing(book) as now:
        found = find(book, entry.c.case_id == case_id)
        allowed, withheld = shown(book, found)
        secret = any(one.secret for one in allowed)
        if secret:
            _need_purpose(purpose)
        if secret or withheld:
            log(
                book,
                now,
                "read_case" if secret else "refused",
                case_id,
                purpose=purpose,
                entries=sum(one.secret for one in allowed),
                withheld=withheld,
            )
        refused = bool(withheld) and not allowed
    if refused:
        raise StoreError("record.no_access", role=book.role)
    if not found:
        raise StoreError("record.no_case")
    return tuple(one.entry for one in allowed)


def read_file(book: Book, student_id: str, purpose: str) -> StudentFile:
    """Return the file of a student."""
    _need_purpose(purpose)
    with writing(book) as now:
        allowed, withheld = shown(book, find(book, content.c.student_id == student_id))
        log(
            book,
            now,
            "read_file",
            student_id,
            purpose=purpose,
            entries=sum(one.secret for one in allowed),
            withheld=withheld,
        )
    told = None if book.psych is None else withheld
    return StudentFile(student_id, tuple(one.entry for one in allowed), told)


def _need_purpose(purpose: str) -> None:
    if not purpose.strip():
        raise StoreError("record.purpose_needed")


def list_cases(
    book: Book, kind: str | None, student_id: str | None, as_of: AsOf | None
) -> pd.DataFrame:
    """Return where the cases stand after the entries up to a moment."""
    conditions: list[sa.ColumnElement[bool]] = []
    if kind is not None:
        if kind not in cases.KINDS:
            raise StoreError("record.no_kind", allowed=", ".join(cases.KINDS))
        conditions.append(entry.c.kind == kind)
    if student_id is not None:
        conditions.append(content.c.student_id == student_id)
    if as_of is not None:
        conditions.append(entry.c.at <= moment_of(as_of)[0])
    with writing(book) as now:
        allowed, withheld = shown(book, find(book, sa.and_(sa.true(), *conditions)))
        secret = sum(one.secret for one in allowed)
        if secret or withheld:
            log(book, now, "list_cases", student_id or "", entries=secret, withheld=withheld)
    rows = [_case_row(found) for found in by_case(allowed).values()]
    table = pd.DataFrame(rows, columns=list(CASE_COLUMNS))
    return table.sort_values(["case_id"], ignore_index=True)


def _case_row(found: Sequence[Found]) -> tuple[object, ...]:
    now = cases.state([one.entry for one in found])
    since = None if now.since is None else school_time(now.since)
    flags = ", ".join(now.flags)
    first = (now.case_id, now.kind, now.student_id, now.state)
    return (*first, since, now.level, flags, now.closed, len(found))


def list_due(book: Book, as_of: AsOf | None) -> pd.DataFrame:
    """Return what is owed, overdue first."""
    until, before = moment_of(book.clock() if as_of is None else as_of)
    with writing(book) as now:
        told, secret = visible(book, due_layers(book, until), reader(book))
        of_cases = secret["case_id"]
        if of_cases:
            log(book, now, "list_due", "", rows=len(of_cases), cases=len(set(of_cases)))
    return as_table(told, before)


def list_audit(book: Book, action: str | None, since: dt.datetime | None) -> pd.DataFrame:
    """Return who did what and when."""
    conditions: list[sa.ColumnElement[bool]] = [sa.true()]
    if action is not None:
        conditions.append(audit.c.action == action)
    if since is not None:
        conditions.append(audit.c.at >= since)
    names = AUDIT_COLUMNS[1:]
    wanted = sa.select(*(audit.c[name] for name in names)).where(*conditions)
    rows: list[tuple[object, ...]] = []
    with writing(book) as now:
        log(book, now, "read_audit", action or "")
        for shelf in book.shelves:
            found = shelf.connection.execute(wanted.order_by(audit.c.seq))
            rows += [(shelf.name, *row[:-1], read_json(row[-1], shelf.file)) for row in found]
    table = pd.DataFrame(rows, columns=list(AUDIT_COLUMNS))
    moments = pd.to_datetime(table["at"], utc=True)
    table["at"] = moments.dt.tz_convert(SCHOOL_ZONE).dt.tz_localize(None)
    return table.sort_values(["at", "seq"], ignore_index=True)
