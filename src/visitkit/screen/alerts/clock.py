"""When something is due: hours, class periods or school days after it was known."""

from __future__ import annotations

import datetime as dt

from visitkit.calendar import Calendar
from visitkit.errors import CalendarError
from visitkit.policy import Policy

#: Facts bear a day, not an hour. A deadline is counted from the beginning of that day's lessons,
#: the earliest it can have been known: early rather than late. The policy keys
#: ``absence.day_begins``, ``absence.lesson_minutes`` and ``absence.break_minutes`` come first.
DAY_BEGINS = "08:00"
LESSON_MINUTES = 45
BREAK_MINUTES = 10


def due(opened: dt.date, key: str, policy: Policy, calendar: Calendar) -> dt.datetime:
    """Return when something known on a day is due.

    Parameters
    ----------
    opened
        The day on which it was known.
    key
        The policy key with the limit; its ending says the unit: ``_hours`` (of the clock, over
        weekends too), ``_periods`` (lessons from the beginning of the school day) or
        ``_school_days`` (to the beginning of that school day). ``""`` means at once.
    policy
        Holds the limit.
    calendar
        The school days. Where it ends too early for a limit in school days, weekdays count.

    Examples
    --------
    >>> rules = Policy("made", {"a.report_hours": 24, "a.contact_periods": 2}, {})
    >>> days = Calendar.weekdays("2026-09-01", "2026-12-31")
    >>> due(dt.date(2026, 10, 30), "a.report_hours", rules, days)
    datetime.datetime(2026, 10, 31, 8, 0)
    >>> due(dt.date(2026, 10, 30), "a.contact_periods", rules, days)
    datetime.datetime(2026, 10, 30, 9, 40)
    """
    begins = _begins(opened, policy)
    if not key:
        return begins
    limit = float(str(policy[key]))
    if key.endswith("_periods"):
        return begins + dt.timedelta(minutes=_minutes(limit, policy))
    if key.endswith("_school_days"):
        return _begins(_school_days_on(opened, int(limit), calendar), policy)
    return begins + dt.timedelta(hours=limit)


def _begins(day: dt.date, policy: Policy) -> dt.datetime:
    hour = str(policy.values.get("absence.day_begins", DAY_BEGINS))
    return dt.datetime.combine(day, dt.time.fromisoformat(hour))


def _minutes(periods: float, policy: Policy) -> float:
    lesson = float(str(policy.values.get("absence.lesson_minutes", LESSON_MINUTES)))
    pause = float(str(policy.values.get("absence.break_minutes", BREAK_MINUTES)))
    return periods * lesson + max(periods - 1, 0) * pause


def _school_days_on(day: dt.date, number: int, calendar: Calendar) -> dt.date:
    try:
        return calendar.add_school_days(day, number)
    except CalendarError:
        end = day + dt.timedelta(days=7 + 2 * number)
        return Calendar.weekdays(day, end).add_school_days(day, number)
