"""When something is due: hours, class periods or school days after it was known."""

from __future__ import annotations

import datetime as dt

from visitkit.calendar import Bell, Calendar, end_of_lessons
from visitkit.errors import CalendarError
from visitkit.policy import Policy

#: Facts bear a day, not an hour. A deadline is counted from the beginning of that day's lessons,
#: the earliest it can have been known: early rather than late. What must be done at once is due
#: when the lessons of that day end, because it may have become known at any hour of them; it is
#: overdue from the next day on. The policy keys
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
        ``_school_days`` (to the beginning of that school day). ``""``, or a limit of 0, means at
        once: before the lessons of that day end.
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
    >>> due(dt.date(2026, 10, 30), "", rules, days)
    datetime.datetime(2026, 10, 30, 15, 10)
    """
    begins = _begins(opened, policy)
    limit = float(str(policy[key])) if key else 0.0
    if limit == 0:
        return end_of_lessons(calendar, opened, bell_of(policy))
    if key.endswith("_periods"):
        return begins + dt.timedelta(minutes=_minutes(limit, policy))
    if key.endswith("_school_days"):
        return _begins(_school_days_on(opened, int(limit), calendar), policy)
    return begins + dt.timedelta(hours=limit)


def _begins(day: dt.date, policy: Policy) -> dt.datetime:
    return dt.datetime.combine(day, bell_of(policy).begins)


def bell_of(policy: Policy) -> Bell:
    """Return when the lessons of a day begin and how long they last; the policy comes first."""
    values = policy.values
    return Bell(
        dt.time.fromisoformat(str(values.get("absence.day_begins", DAY_BEGINS))),
        int(str(values.get("absence.lesson_minutes", LESSON_MINUTES))),
        int(str(values.get("absence.break_minutes", BREAK_MINUTES))),
    )


def _minutes(periods: float, policy: Policy) -> float:
    bell = bell_of(policy)
    return periods * bell.lesson_minutes + max(periods - 1, 0) * bell.break_minutes


def _school_days_on(day: dt.date, number: int, calendar: Calendar) -> dt.date:
    try:
        return calendar.add_school_days(day, number)
    except CalendarError:
        end = day + dt.timedelta(days=7 + 2 * number)
        return Calendar.weekdays(day, end).add_school_days(day, number)
