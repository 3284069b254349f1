"""What comes round again: the next time after the last, over the parts of the terms."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from functools import lru_cache

from visitkit.calendar import Calendar, Term
from visitkit.policy import Policy
from visitkit.policy.rhythms import occurrences
from visitkit.record.cases.moments import end_of_day, school_time


class _Ground:
    """A policy and a calendar, the same only as the very objects: neither can be compared."""

    def __init__(self, policy: Policy, calendar: Calendar) -> None:
        self.policy, self.calendar = policy, calendar

    def __eq__(self, other: object) -> bool:
        same = isinstance(other, _Ground) and other.policy is self.policy
        return same and isinstance(other, _Ground) and other.calendar is self.calendar

    def __hash__(self) -> int:
        return hash((id(self.policy), id(self.calendar)))


def dues_of(policy: Policy, calendar: Calendar, key: str) -> tuple[dt.date, ...]:
    """Return every last day of a rhythm of the policy, in order.

    A daily rhythm counts school days: nobody looks at homework in a holiday.
    """
    return _all_dues(_Ground(policy, calendar)).get(key, ())


@lru_cache(maxsize=4)
def _all_dues(ground: _Ground) -> dict[str, tuple[dt.date, ...]]:
    """Return the days of every rhythm; a list of what is owed asks for them case by case."""
    found: dict[str, list[dt.date]] = {}
    for year in _years(ground.calendar):
        for one in occurrences(ground.policy, year):
            found.setdefault(one.key, []).append(one.due)
    school = set(ground.calendar.school_days(ground.calendar.first, ground.calendar.last))
    daily = {key for key in found if _daily(ground.policy, key)}
    return {
        key: tuple(sorted(day for day in days if key not in daily or day in school))
        for key, days in found.items()
    }


def _years(calendar: Calendar) -> Iterator[Sequence[Term]]:
    """Yield the terms school year by school year: a year begins in autumn."""
    years: dict[int, list[Term]] = {}
    for term in calendar.terms:
        start = term.start.year - (term.start.month < 8)
        years.setdefault(start, []).append(term)
    yield from years.values()


def _daily(policy: Policy, key: str) -> bool:
    return policy.values.get(key, policy.values.get(f"{key}.per")) == "day"


def next_after(
    dues: Sequence[dt.date], begun: dt.datetime, done: Sequence[dt.datetime]
) -> dt.datetime | None:
    """Return when it must be done next.

    Parameters
    ----------
    dues
        Last days of the rhythm, in order.
    begun
        When it began.
    done
        When it was done since, in order.

    Returns
    -------
    datetime.datetime or None
        End of the day, in UTC. Doing it answers the earliest time not yet answered that had not
        passed; ``None`` when the calendar ends before the next time.

    Examples
    --------
    >>> fridays = [dt.date(2026, 11, 6), dt.date(2026, 11, 13), dt.date(2026, 11, 20)]
    >>> monday = dt.datetime(2026, 11, 2, 1, tzinfo=dt.UTC)
    >>> next_after(fridays, monday, [monday])
    datetime.datetime(2026, 11, 13, 15, 59, tzinfo=datetime.timezone.utc)
    """
    place = _first(dues, school_time(begun).date(), 0)
    for moment in done:
        place = _first(dues, school_time(moment).date(), place) + 1
    return end_of_day(dues[place]) if place < len(dues) else None


def _first(dues: Sequence[dt.date], day: dt.date, start: int) -> int:
    return next((n for n in range(start, len(dues)) if dues[n] >= day), len(dues))


def months_on(day: dt.date, months: int) -> dt.date:
    """Return the same day some months later, or the last of a shorter month."""
    count = day.year * 12 + day.month - 1 + months
    first = dt.date(count // 12, count % 12 + 1, 1)
    following = dt.date((count + 1) // 12, (count + 1) % 12 + 1, 1)
    return min(first.replace(day=1) + dt.timedelta(days=day.day - 1), following - dt.timedelta(1))


def after(per: str, calendar: Calendar, last: dt.datetime) -> dt.datetime | None:
    """Return when something done every day, week, month, quarter or semester is due again.

    A plan of help has no parts of a term: its rhythm runs from the last time.

    Examples
    --------
    >>> week = Calendar.weekdays("2026-11-02", "2026-12-31")
    >>> after("day", week, dt.datetime(2026, 11, 6, 1, tzinfo=dt.UTC))
    datetime.datetime(2026, 11, 9, 15, 59, tzinfo=datetime.timezone.utc)
    """
    day = school_time(last).date()
    if per == "day":
        following = calendar.school_days(day + dt.timedelta(days=1), day + dt.timedelta(days=60))
        return end_of_day(following[0] if following else day + dt.timedelta(days=1))
    if per == "week":
        return end_of_day(day + dt.timedelta(days=7))
    months = {"month": 1, "quarter": 3, "half_year": 6, "semester": 6, "year": 12}
    return end_of_day(months_on(day, months[per])) if per in months else None
