"""What is owed, kept beside the entries so that the list of a whole school is there at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import pandas as pd
import sqlalchemy as sa

from visitkit.calendar import as_date
from visitkit.record import cases
from visitkit.record.book import Book
from visitkit.record.cases.moments import utc
from visitkit.record.entry import Entry, Owed
from visitkit.record.models import audit, entry, owed, setting
from visitkit.record.reading import Found, by_case, counts, find, of_cases
from visitkit.record.shelf import Shelf

AsOf = str | dt.date | dt.datetime | pd.Timestamp
_AT_ONCE = 5_000
_KEPT = tuple(column.name for column in owed.columns)
_ALL_SECRET = tuple(
    kind for kind, made in cases.KINDS.items() if all(one.secret for one in made.steps.values())
)


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
    return [{name: getattr(one, name) for name in _KEPT} for one in owed_of(book, entries)]


def owed_of(book: Book, entries: Sequence[Entry]) -> list[Owed]:
    """Return what the entries of one case leave owed; nothing where there are none."""
    if not entries:
        return []
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


def joint_cases(book: Book) -> set[str]:
    """Return the cases with a part in each of the two files, inside a transaction.

    Kinds whose every step is secret have no part in the people file, and are not looked at.
    """
    if book.psych is None:
        return set()
    both = entry.c.kind.not_in(_ALL_SECRET)
    wanted = sa.select(entry.c.case_id).where(counts(book.psych), both)
    return set(book.psych.connection.execute(wanted).scalars())
