"""Setting aside what was cut off half-way between the two files."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from visitkit.record.book import Book
from visitkit.record.ink import Ink
from visitkit.record.models import abandoned, batch, entry
from visitkit.record.owing import refresh
from visitkit.record.reading import of_cases

_STEP = dt.timedelta(microseconds=1)


def heal(book: Book) -> int:
    """Mark what a cut left half-written in the psychological file; return how many writes.

    Such entries were never acknowledged. They stay in the file, do not count, and what their
    cases owe is derived anew.
    """
    if book.psych is None:
        return 0
    written = sa.select(entry.c.batch).where(entry.c.batch.is_not(None)).distinct()
    with book.people.begin() as people, book.psych.begin() as psych:
        named = set(people.execute(sa.select(batch.c.batch)).scalars())
        marked = set(psych.execute(sa.select(abandoned.c.batch)).scalars())
        torn = sorted(set(psych.execute(written).scalars()) - named - marked)
        if torn:
            psych.execute(sa.insert(abandoned), [{"batch": one} for one in torn])
            ink = Ink(book.psych, book.psych.last(), (book.actor, book.role), book.clock())
            moment = ink.last.at or ink.machine
            for one in torn:
                moment += _STEP
                ink.audit(moment, "abandoned", one)
            ink.flush()
            touched = sa.select(entry.c.case_id).where(entry.c.batch.in_(torn)).distinct()
            refresh(book, of_cases(book, psych.execute(touched).scalars()))
    return len(torn)
