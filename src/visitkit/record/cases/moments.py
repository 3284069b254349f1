"""Moments of the casebook: UTC inside, the clock on the school's wall outside.

The whole of China keeps one time, eight hours ahead of UTC, without summer time (standard time by
decree of the State Council, 1949; last summer time 1991).
"""

from __future__ import annotations

import datetime as dt

from visitkit.calendar import Bell, Calendar, end_of_lessons, periods_after
from visitkit.errors import CalendarError
from visitkit.policy import Policy

#: The clock on the wall of a school.
SCHOOL_ZONE = dt.timezone(dt.timedelta(hours=8), "UTC+08:00")


def school_time(moment: dt.datetime) -> dt.datetime:
    """Return a moment as the school's clock shows it, without a zone.

    Examples
    --------
    >>> school_time(dt.datetime(2026, 11, 6, 8, 30, tzinfo=dt.UTC))
    datetime.datetime(2026, 11, 6, 16, 30)
    """
    return moment.astimezone(SCHOOL_ZONE).replace(tzinfo=None)


def utc(wall: dt.datetime) -> dt.datetime:
    """Return what the school's clock shows as a moment in UTC.

    Examples
    --------
    >>> utc(dt.datetime(2026, 11, 6, 16, 30)).hour
    8
    """
    return wall.replace(tzinfo=SCHOOL_ZONE).astimezone(dt.UTC)


def moment_of(value: object) -> dt.datetime | None:
    """Return the moment an ISO text with its zone means; ``None`` when it means none.

    Examples
    --------
    >>> moment_of("2026-11-06T16:30:00+08:00").hour
    8
    >>> moment_of("2026-11-06T16:30:00") is None
    True
    """
    if not isinstance(value, str):
        return None
    try:
        found = dt.datetime.fromisoformat(value)
    except ValueError:
        return None
    return found.astimezone(dt.UTC) if found.tzinfo else None


def day_of(value: object) -> dt.date | None:
    """Return the day an ISO text means; ``None`` when it means none.

    Examples
    --------
    >>> day_of("2026-11-06")
    datetime.date(2026, 11, 6)
    """
    if not isinstance(value, str) or len(value) != len("2026-11-06"):
        return None
    try:
        return dt.date.fromisoformat(value)
    except ValueError:
        return None


def end_of_day(day: dt.date) -> dt.datetime:
    """Return the last minute of a day at school, in UTC: a day is kept until it is over."""
    return utc(dt.datetime.combine(day, dt.time(23, 59)))


def bell(policy: Policy) -> Bell:
    """Return the rhythm of lessons of a policy."""
    return Bell(
        dt.time.fromisoformat(str(policy["absence.day_begins"])),
        int(str(policy["absence.lesson_minutes"])),
        int(str(policy["absence.break_minutes"])),
    )


def hours_later(policy: Policy, start: dt.datetime, key: str) -> dt.datetime:
    """Return the moment a number of hours of the policy after a start; 0 is the start itself."""
    return start + dt.timedelta(hours=float(str(policy[key])))


def begin_of_day(policy: Policy, day: dt.date) -> dt.datetime:
    """Return when the lessons of a day begin, in UTC."""
    return utc(dt.datetime.combine(day, bell(policy).begins))


def lessons_later(policy: Policy, calendar: Calendar, start: dt.datetime) -> dt.datetime:
    """Return the end of the lesson by which parents are contacted (DM-01).

    Where the calendar ends before, weekdays stand in, as everywhere in this module: a clock that
    somebody waits for is never lost because nobody has put next term into the calendar yet.
    """
    wall = school_time(start)
    number = int(str(policy["absence.contact_periods"]))
    try:
        return utc(periods_after(calendar, wall, number, bell(policy)))
    except CalendarError:
        return utc(periods_after(_weekdays(wall.date(), number), wall, number, bell(policy)))


def school_day(calendar: Calendar, day: dt.date, number: int) -> dt.date:
    """Return the school day a number of school days after a day; 0 is the day or the next one."""
    try:
        return calendar.add_school_days(day, number)
    except CalendarError:
        return _weekdays(day, number).add_school_days(day, number)


def lessons_over(policy: Policy, calendar: Calendar, day: dt.date, number: int) -> dt.datetime:
    """Return the end of lessons a number of school days after a day, in UTC."""
    last = school_day(calendar, day, number)
    return utc(end_of_lessons(calendar, last, bell(policy)))


def _weekdays(day: dt.date, number: int) -> Calendar:
    return Calendar.weekdays(day, day + dt.timedelta(days=14 + 2 * number))
