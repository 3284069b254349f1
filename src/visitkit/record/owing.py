"""What is owed, kept beside the entries so that the list of a whole school is there at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

import numpy as np
import pandas as pd
import sqlalchemy as sa

from visitkit.calendar import as_date
from visitkit.record import cases
from visitkit.record.access import Reader
from visitkit.record.book import Book
from visitkit.record.cases.moments import SCHOOL_ZONE, school_time, utc
from visitkit.record.entry import Entry, Owed
from visitkit.record.models import audit, entry, microseconds, owed, setting
from visitkit.record.reading import Found, by_case, counts, find, of_cases
from visitkit.record.shelf import Shelf

AsOf = str | dt.date | dt.datetime | pd.Timestamp
#: Columns of the list of what is owed.
COLUMNS = ("case_id", "kind", "student_id", "what", "by", "since", "due", "overdue", "source")
_AT_ONCE = 5_000
_KEPT = tuple(column.name for column in owed.columns)
_ALL_SECRET = tuple(
    kind for kind, made in cases.KINDS.items() if all(one.secret for one in made.steps.values())
)
#: How far the school's clock is ahead of UTC, in microseconds; and NumPy's "no moment".
_AHEAD = SCHOOL_ZONE.utcoffset(None) // dt.timedelta(microseconds=1)
_NO_MOMENT = np.iinfo(np.int64).min


def refresh(book: Book, touched: Mapping[str, Sequence[Found]]) -> None:
    """Derive anew what some cases owe, inside the transaction that changed them.

    The people file holds what its own entries say; the psychological file what both say together,
    for the cases that it has a part in. So nothing of the one can be guessed from the other.
    """
    for shelf in book.shelves:
        ids = list(touched)
        for start in range(0, len(ids), _AT_ONCE):
            part = owed.c.case_id.in_(ids[start : start + _AT_ONCE])
            shelf.connection.execute(sa.delete(owed).where(part))
        rows = [row for found in touched.values() for row in _rows(book, shelf, found)]
        if rows:
            shelf.connection.execute(sa.insert(owed), rows)


def _rows(book: Book, shelf: Shelf, found: Sequence[Found]) -> list[dict[str, object]]:
    secret = any(one.secret for one in found)
    entries = [one.entry for one in found if shelf is book.psych or not one.secret]
    if not entries or (shelf is book.psych and not secret):
        return []
    return [{name: getattr(one, name) for name in _KEPT} for one in _owed(book, entries)]


def _owed(book: Book, entries: Sequence[Entry]) -> list[Owed]:
    return cases.owed(entries, book.rules.policy, book.rules.calendar)


def renew_all(book: Book) -> None:
    """Derive anew what every case owes, inside a transaction."""
    for shelf in book.shelves:
        shelf.connection.execute(sa.delete(owed))
    refresh(book, by_case(find(book)))


def catch_up(book: Book) -> None:
    """Derive anew what was written to the people file while the psychological one was shut."""
    if book.psych is None:
        return
    with book.people.begin() as people, book.psych.begin():
        seen = book.psych.last().at
        if seen is None:
            return
        newest = sa.select(sa.func.max(setting.c.seq)).scalar_subquery()
        if people.execute(sa.select(audit.c.at).where(audit.c.seq == newest)).scalar_one() > seen:
            renew_all(book)
            return
        later = sa.select(entry.c.case_id).where(entry.c.recorded_at > seen)
        touched = set(people.execute(later).scalars()) & joint_cases(book)
        refresh(book, of_cases(book, touched))


def moment_of(as_of: AsOf) -> tuple[dt.datetime, dt.datetime]:
    """Return until when entries count, and before when something due is overdue.

    Parameters
    ----------
    as_of
        A moment (one without a zone is the school's clock), or a day: then the entries of the
        whole day count, and what is due on that day is not overdue yet.

    Examples
    --------
    >>> [one.hour for one in moment_of("2026-11-06")]
    [15, 16]
    """
    stamp = pd.Timestamp(as_of)
    if isinstance(as_of, dt.datetime) or (isinstance(as_of, str) and ":" in as_of):
        moment: dt.datetime = stamp.to_pydatetime()
        moment = moment.astimezone(dt.UTC) if moment.tzinfo else utc(moment)
        return moment, moment
    day = as_date(as_of)
    return utc(dt.datetime.combine(day, dt.time.max)), utc(dt.datetime.combine(day, dt.time.min))


#: A row of the kept table; its moments are microseconds since 1970, so that a long list is quick.
Row = tuple[str, str, str | None, str, str, int, int | None, str]


@dataclass(frozen=True)
class Layers:
    """What is owed, seen from both files.

    Parameters
    ----------
    people
        As the entries of the people file alone tell it.
    psych
        As all entries together tell it, for the cases with a part in the psychological file.
    """

    people: list[Row]
    psych: list[Row]


def due_layers(book: Book, until: dt.datetime) -> Layers:
    """Return what is owed after the entries up to a moment, inside a transaction."""
    later = _unwantedafter(book, until)
    kept = {shelf.name: _without(later, _kept_rows(shelf)) for shelf in book.shelves}
    told = Layers(kept["people"], kept.get("psych", []))
    for found in of_cases(book, later).values():
        before = [one for one in found if one.entry.at <= until]
        told.people.extend(_owed_of(book, [one for one in before if not one.secret]))
        if any(one.secret for one in before):
            told.psych.extend(_owed_of(book, before))
    return told


def _without(unwanted: set[str], rows: list[Row]) -> list[Row]:
    return [row for row in rows if row[0] not in unwanted] if unwanted else rows


def _kept_rows(shelf: Shelf) -> list[Row]:
    """Return the kept rows, in any order; in SQLite straight from the driver."""
    wanted = sa.select(owed)
    if shelf.connection.dialect.name != "sqlite":
        return [_row(Owed(*row)) for row in shelf.connection.execute(wanted)]
    found = shelf.connection.exec_driver_sql(str(wanted.compile(shelf.connection)))
    cursor: Any = found.cursor
    rows: list[Row] = cursor.fetchall()
    found.close()
    return rows


def _owed_of(book: Book, found: Sequence[Found]) -> list[Row]:
    return [_row(one) for one in _owed(book, [one.entry for one in found])] if found else []


def _row(one: Owed) -> Row:
    since = microseconds(one.since)
    due = None if one.due is None else microseconds(one.due)
    return (one.case_id, one.kind, one.student_id, one.what, one.by, since, due, one.source)


def _unwantedafter(book: Book, until: dt.datetime) -> set[str]:
    """Return the cases with an entry dated after a moment: there the kept list knows too much."""
    # Without DISTINCT, which would have SQLite walk all cases instead of the few late entries.
    wanted = sa.select(entry.c.case_id).where(entry.c.at > until)
    return {one for shelf in book.shelves for one in shelf.connection.execute(wanted).scalars()}


def joint_cases(book: Book) -> set[str]:
    """Return the cases with a part in each of the two files, inside a transaction.

    Kinds whose every step is secret have no part in the people file, and are not looked at.
    """
    if book.psych is None:
        return set()
    both = entry.c.kind.not_in(_ALL_SECRET)
    wanted = sa.select(entry.c.case_id).where(counts(book.psych), both)
    return set(book.psych.connection.execute(wanted).scalars())


def visible(book: Book, layers: Layers, reader: Reader) -> tuple[list[Row], list[Row]]:
    """Return what the person at work may see, and which of it comes from the psychological file.

    Who may not read a case sees what the people file says of it, and of the rest only what they
    owe themselves.
    """
    joint = joint_cases(book)
    mine = (book.actor, book.role)
    plain_rows = [
        row for row in layers.people if row[0] not in joint or not reader.may(row[1], row[2])
    ]
    known = {row for row in plain_rows if row[0] in joint}
    secret = [
        row
        for row in layers.psych
        if reader.may(row[1], row[2]) or (row[4] in mine and row not in known)
    ]
    return [*plain_rows, *secret], secret


def as_table(rows: list[Row], before: dt.datetime) -> pd.DataFrame:
    """Return what is owed as a table: overdue first, then by when it is due, then by person."""
    # Whatever is overdue is due before everything else, so the moment alone puts it first.
    dated = [row for row in rows if row[6] is not None]
    ordered = sorted(dated, key=itemgetter(6, 4, 0, 3))
    ordered += sorted((row for row in rows if row[6] is None), key=itemgetter(4, 0, 3))
    # A list a column: to unpack all rows into one call of zip takes three times as long.
    columns: list[list[Any]] = [[row[place] for row in ordered] for place in range(len(_KEPT))]
    told: dict[str, object] = dict(zip(_KEPT, columns, strict=True))
    for place, name in ((5, "since"), (6, "due")):
        moments = [_NO_MOMENT if one is None else one + _AHEAD for one in columns[place]]
        told[name] = np.array(moments, dtype="int64").view("datetime64[us]")
    told["overdue"] = np.asarray(told["due"]) < np.datetime64(school_time(before), "us")
    return pd.DataFrame(told, columns=list(COLUMNS))
