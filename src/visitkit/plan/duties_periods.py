"""The stretch of time a duty belongs to: a semester, a school year, a campaign, a holiday."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import pandas as pd

from visitkit.calendar import Calendar, Term
from visitkit.policy import Policy

_DAY = dt.timedelta(days=1)

#: New Year's Day of the lunar calendar (Hong Kong Observatory, Gregorian-lunar conversion tables).
SPRING_FESTIVAL: Mapping[int, str] = MappingProxyType(
    {
        2024: "02-10",
        2025: "01-29",
        2026: "02-17",
        2027: "02-06",
        2028: "01-26",
        2029: "02-13",
        2030: "02-03",
        2031: "01-23",
        2032: "02-11",
        2033: "01-31",
        2034: "02-19",
        2035: "02-08",
    }
)


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of time.

    Parameters
    ----------
    start, end
        First and last day on which a contact counts.
    due
        The day by which a duty of it is to be done; ``None`` where nobody has said.
    """

    start: dt.date
    end: dt.date
    due: dt.date | None


def period_of(per: str, day: dt.date, calendar: Calendar, policy: Policy) -> Period:
    """Return the period of a rhythm that a day lies in.

    Parameters
    ----------
    per
        A code of ``policy.period``.
    day
        The day; in a holiday a semester is the one that ended last.
    calendar, policy
        Terms, and the keys ``visit.regular_when`` and ``window.*``.

    Notes
    -----
    A semester runs from its first day to its last; where ``visit.regular_when`` names the holiday
    after it, contacts of the holiday still count, and once it has begun they are due at its end.
    Where only holidays are named, the holiday alone is the period. A school year begins with its
    autumn term, or on 1 September where no term says so; half-years begin in September and March.
    A campaign is the window of stage ``visits``; without one it is the semester.

    Examples
    --------
    >>> from visitkit.policy import read_policy
    >>> days = Calendar.weekdays("2026-09-01", "2027-01-22")
    >>> rules = read_policy("junior-school-campaign")
    >>> period_of("campaign", dt.date(2026, 11, 2), days, rules).start
    datetime.date(2027, 4, 1)
    """
    if per == "day":
        return Period(day, day, day)
    if per == "week":
        monday = day - dt.timedelta(days=day.weekday())
        return _closed(monday, monday + dt.timedelta(days=6))
    if per == "month":
        return _months(day, 1, 1)
    if per == "quarter":
        return _months(day, 3, 1)
    if per == "half_year":
        return _months(day, 6, 3)
    if per in {"year", "none", "to_be_decided"}:
        year = school_year(day, calendar)
        return year if per == "year" else Period(year.start, year.end, None)
    if per == "campaign":
        found = campaign(day, calendar, policy)
        if found is not None:
            return found
    return semester(day, calendar, policy)


def semester(day: dt.date, calendar: Calendar, policy: Policy) -> Period:
    """Return the semester a day lies in; see :func:`period_of`."""
    term = calendar.term_of(day)
    allowed = policy["visit.regular_when"]
    when = set(map(str, allowed)) if isinstance(allowed, list) else set()
    kind, first, last = holiday_after(term, calendar)
    in_holiday = kind in when
    if "semester" not in when and in_holiday:
        return Period(first, last or first, last)
    end = last if in_holiday and last is not None else term.end
    due = end if in_holiday and day > term.end else term.end
    return Period(term.start, end, due)


def holiday_after(term: Term, calendar: Calendar) -> tuple[str, dt.date, dt.date | None]:
    """Return the holiday after a term: its kind, first day and last day.

    The last day is the day before the next term, or the last day of the calendar where that lies in
    the holiday; ``None`` where the calendar ends with the term.
    """
    kind = "summer_holiday" if 4 <= term.end.month <= 8 else "winter_holiday"
    later = [one.start for one in calendar.terms if one.start > term.end]
    last = min(later) - _DAY if later else calendar.last
    return kind, term.end + _DAY, last if last > term.end else None


def school_year(day: dt.date, calendar: Calendar) -> Period:
    """Return the school year a day lies in."""
    start = _autumn(day.year, calendar)
    if day < start:
        start = _autumn(day.year - 1, calendar)
    return _closed(start, _autumn(start.year + 1, calendar) - _DAY)


def campaign(day: dt.date, calendar: Calendar, policy: Policy) -> Period | None:
    """Return the campaign a day lies in, else the next one, ``None`` where there is no window."""
    windows = [
        window
        for _, window in sorted(policy.records("window").items())
        if window.get("stage") == "visits" and window.get("scope") == "all"
    ]
    found = [
        period
        for window in windows
        for year in (day.year - 1, day.year, day.year + 1)
        if (period := window_in(year, window, calendar)) is not None and period.end >= day
    ]
    return min(found, key=lambda one: one.start, default=None)


def window_in(year: int, window: Mapping[str, object], calendar: Calendar) -> Period | None:
    """Return a window of a policy that begins in a year; ``None`` where its days are not known."""
    start = _month_day(str(window["from"]), year, calendar)
    if start is None:
        return None
    end = _month_day(str(window["to"]), year, calendar)
    if end is not None and end < start:
        end = _month_day(str(window["to"]), year + 1, calendar)
    if end is None:
        end = school_year(start, calendar).end
    return _closed(start, end)


def _month_day(value: str, year: int, calendar: Calendar) -> dt.date | None:
    if value == "spring_festival":
        known = SPRING_FESTIVAL.get(year)
        return dt.date.fromisoformat(f"{year}-{known}") if known else None
    if value == "winter_holiday_end":
        for term in calendar.terms:
            kind, _, last = holiday_after(term, calendar)
            if kind == "winter_holiday" and last is not None and last.year == year:
                return last
        return None
    if value == "none":
        return None
    stamp = pd.Timestamp(f"{year}-{value}") if value != "02-29" else pd.Timestamp(f"{year}-02-28")
    return stamp.date()


def _autumn(year: int, calendar: Calendar) -> dt.date:
    first, last = dt.date(year, 8, 1), dt.date(year, 9, 30)
    starts = [term.start for term in calendar.terms if first <= term.start <= last]
    return min(starts, default=dt.date(year, 9, 1))


def _months(day: dt.date, length: int, first: int) -> Period:
    passed = (day.month - first) % length
    start = (pd.Timestamp(day).replace(day=1) - pd.DateOffset(months=passed)).date()
    end = (pd.Timestamp(start) + pd.DateOffset(months=length)).date() - _DAY
    return _closed(start, end)


def _closed(start: dt.date, end: dt.date) -> Period:
    return Period(start, end, end)
