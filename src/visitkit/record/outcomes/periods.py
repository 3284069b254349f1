"""Periods of a school year: weeks, months and terms, whole or cut off by today."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from visitkit.calendar import Calendar, DateLike, as_date
from visitkit.errors import StoreError

#: What a panel can be cut by.
BY = ("week", "month", "term")


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of days that are looked at together, numbered from 1.

    Parameters
    ----------
    number
        1 for the first.
    first, last
        Its first and last day, both included.
    whole
        It had ended on the day on which we stand.
    """

    number: int
    first: dt.date
    last: dt.date
    whole: bool


def periods(calendar: Calendar, by: str, since: dt.date, until: dt.date) -> tuple[Period, ...]:
    """Return the periods with at least one school day between two days.

    Parameters
    ----------
    calendar
        The days of the school.
    by
        One of :data:`BY`; weeks begin on Monday.
    since, until
        First and last day; a period that begins before ``since`` is left out.

    Raises
    ------
    StoreError
        ``record.by`` for another word.

    Examples
    --------
    >>> days = Calendar.weekdays("2026-09-01", "2027-01-22")
    >>> found = periods(days, "month", dt.date(2026, 9, 1), dt.date(2026, 11, 6))
    >>> [(one.number, one.first.month, one.whole) for one in found]
    [(1, 9, True), (2, 10, True), (3, 11, False)]
    """
    if by not in BY:
        raise StoreError("record.by", allowed=", ".join(BY))
    spans = _terms(calendar) if by == "term" else _even(calendar, by)
    inside = [
        (max(first, calendar.first), last)
        for first, last in spans
        if first <= until
        and (first >= since or (first < calendar.first and since <= calendar.first))
        and calendar.count_school_days(max(first, calendar.first), last)
    ]
    return tuple(
        Period(number, first, min(last, until), last <= until)
        for number, (first, last) in enumerate(inside, 1)
    )


def halves(
    calendar: Calendar, since: dt.date, split: DateLike | None, until: dt.date
) -> tuple[Period, Period]:
    """Return the time before a day, and from it on.

    Raises
    ------
    StoreError
        ``record.split`` where the day is missing, or leaves nothing before or after it.
    """
    day = None if split is None else as_date(split)
    if day is None or not since < day <= until:
        raise StoreError("record.split", since=since, until=until)
    first = max(since, calendar.first)
    return Period(1, first, day - dt.timedelta(days=1), True), Period(2, day, until, True)


def _terms(calendar: Calendar) -> Iterator[tuple[dt.date, dt.date]]:
    for term in calendar.terms:
        yield term.start, term.end


def _even(calendar: Calendar, by: str) -> Iterator[tuple[dt.date, dt.date]]:
    day = calendar.first
    while day <= calendar.last:
        first = day - dt.timedelta(days=day.weekday()) if by == "week" else day.replace(day=1)
        following = (
            first + dt.timedelta(days=7)
            if by == "week"
            else dt.date(first.year + first.month // 12, first.month % 12 + 1, 1)
        )
        yield first, min(following - dt.timedelta(days=1), calendar.last)
        day = following
