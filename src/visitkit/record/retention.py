"""Letting go: what a retention rule of the policy takes away, and what stays of it.

The facts and whom they are about are deleted, overwritten and the file is written anew; that there
was an entry, of which kind and step, stays, with the rule that took the rest away. Kinds for which
the policy names no time are kept.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
import sqlalchemy as sa

from visitkit.calendar import as_date
from visitkit.errors import StoreError
from visitkit.record import cases
from visitkit.record.access import may_consent
from visitkit.record.book import Book, writing
from visitkit.record.cases.moments import school_time
from visitkit.record.faults import told
from visitkit.record.ink import content_digest
from visitkit.record.models import content, owed
from visitkit.record.owing import AsOf, refresh
from visitkit.record.reading import Found, by_case, find, of_cases
from visitkit.record.shelf import PEOPLE, PSYCH, Shelf
from visitkit.record.store import CaseStore

COLUMNS = ("file", "case_id", "kind", "student_id", "last", "rule", "entries")
_PSYCH_RULE = "retention.mental_file_years"
_RULES = {"visit": "retention.visit_years", "persuasion": "retention.dropout_years"}
_AT_ONCE = 5_000


@dataclass(frozen=True)
class _Expired:
    file: str
    rule: str
    found: tuple[Found, ...]


def expired(store: CaseStore, as_of: AsOf) -> pd.DataFrame:
    """Return what the retention rules would take away.

    A case counts from its last entry, once it has ended; one with a mark that stays for good, such
    as a past attempt, is kept whole. 0 years in the policy means for ever.

    Parameters
    ----------
    store
        The casebook. Without the psychological key its part is not looked at, and a case that has
        such a part is judged by the other alone.
    as_of
        The day.

    Returns
    -------
    pandas.DataFrame
        A row a case and file: ``file``, ``case_id``, ``kind``, ``student_id``, ``last`` (school's
        clock), ``rule``, ``entries``.
    """
    book = store.book
    with writing(book) as now:
        rows = [_row(one) for one in _expired(book, as_date(as_of))]
        secret = sum(row[0] == PSYCH for row in rows)
        if secret:
            now.inks[PSYCH].audit(now.next_moment(), "list_expired", cases=secret)
    return pd.DataFrame(rows, columns=list(COLUMNS))


def remove_expired(store: CaseStore, as_of: AsOf) -> pd.DataFrame:
    """Take away what the retention rules say, and return it as :func:`expired` does.

    Raises
    ------
    StoreError
        ``record.no_consent_right``: only who may open a psychological file to others may let go
        of entries. Nothing has then been taken away.
    """
    book = store.book
    may_consent(book)
    if school_time(book.clock()).date() < as_date(as_of):
        raise StoreError("record.removal_early")
    with writing(book) as now:
        gone = list(_expired(book, as_date(as_of)))
        rows = [_row(one) for one in gone]
        for one in gone:
            shelf = next(shelf for shelf in book.shelves if shelf.name == one.file)
            ink = now.inks[one.file]
            numbers = [int(found.entry.entry_id[1:]) for found in one.found]
            for seq, digest in _content_digests(shelf, numbers).items():
                ink.removal(now.next_moment(), seq, one.rule, digest)
        for ink in now.inks.values():
            ink.flush()
        _delete(book, gone)
    if gone:
        _write_anew(book)
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _expired(book: Book, day: dt.date) -> list[_Expired]:
    found: list[_Expired] = []
    for entries in by_case(find(book)).values():
        state = cases.state([one.entry for one in entries])
        kept = {flag.name for flag in cases.KINDS[entries[0].entry.kind].flags if flag.kept}
        if not state.closed or kept & set(state.flags):
            continue
        last = school_time(max(one.entry.at for one in entries)).date()
        for file in (PEOPLE, PSYCH):
            part = tuple(one for one in entries if one.secret == (file == PSYCH))
            rule = _PSYCH_RULE if file == PSYCH else _RULES.get(state.kind, "")
            if part and rule and _over(book, rule, last, day):
                found.append(_Expired(file, rule, part))
    return found


def _over(book: Book, rule: str, last: dt.date, day: dt.date) -> bool:
    years = int(str(book.rules.policy[rule]))
    return years > 0 and pd.Timestamp(last) + pd.DateOffset(years=years) < pd.Timestamp(day)


def _row(one: _Expired) -> tuple[object, ...]:
    first = one.found[0].entry
    last = school_time(max(found.entry.at for found in one.found))
    about = (one.file, first.case_id, first.kind, first.student_id)
    return (*about, last, one.rule, len(one.found))


def _content_digests(shelf: Shelf, numbers: Sequence[int]) -> dict[int, str]:
    wanted = sa.select(content).where(content.c.seq.in_(numbers)).order_by(content.c.seq)
    rows = shelf.connection.execute(wanted).mappings()
    return {int(row["seq"]): content_digest(dict(row)) for row in rows}


def _delete(book: Book, gone: Sequence[_Expired]) -> None:
    for shelf in book.shelves:
        here = [one for one in gone if one.file == shelf.name]
        numbers = [int(found.entry.entry_id[1:]) for one in here for found in one.found]
        for start in range(0, len(numbers), _AT_ONCE):
            part = numbers[start : start + _AT_ONCE]
            shelf.connection.execute(sa.delete(content).where(content.c.seq.in_(part)))
    ids = [one.found[0].entry.case_id for one in gone]
    left = of_cases(book, ids)
    for shelf in book.shelves:
        for start in range(0, len(ids), _AT_ONCE):
            part_ids = owed.c.case_id.in_(ids[start : start + _AT_ONCE])
            shelf.connection.execute(sa.delete(owed).where(part_ids))
    refresh(book, {case_id: found for case_id, found in left.items() if found})


def _write_anew(book: Book) -> None:
    """Write the files anew, so that no page of what was deleted is left in them or in the log."""
    for shelf in book.shelves:
        if shelf.connection.dialect.name != "sqlite":
            continue
        with told(shelf.file):
            raw = shelf.connection.connection.cursor()
            raw.execute("VACUUM")
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            raw.close()
