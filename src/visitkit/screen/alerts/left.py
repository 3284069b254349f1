"""How much school lies between now and a deadline."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from visitkit.calendar import Bell, Calendar, lessons_on

#: Deadlines as far off as this are told by their date alone.
FAR = dt.timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Left:
    """What is left, or how late it is.

    Parameters
    ----------
    kind
        ``late_days`` (school days since), ``late_today`` (passed within this school day),
        ``lessons`` (class periods left that end in time), ``days`` (school days left),
        ``hours`` (of the clock: no lesson lies between), ``far`` or ``none`` (no deadline).
    number
        How many.
    """

    kind: str
    number: int = 0


def left(due: dt.datetime | None, now: dt.datetime, calendar: Calendar, bell: Bell) -> Left:
    """Return how much school lies between now and a deadline.

    Parameters
    ----------
    due
        The deadline; ``None`` where no rule sets one.
    now
        The moment at which we stand.
    calendar
        The school days; outside of it weekdays are school days.
    bell
        When lessons begin and how long they last.

    Examples
    --------
    >>> week = Calendar.weekdays("2026-11-02", "2026-11-15")
    >>> monday = dt.datetime(2026, 11, 2, 8)
    >>> left(dt.datetime(2026, 11, 2, 11, 30), monday, week, Bell())
    Left(kind='lessons', number=4)
    >>> left(dt.datetime(2026, 11, 5, 8), monday, week, Bell())
    Left(kind='days', number=3)
    >>> left(dt.datetime(2026, 10, 29, 8), monday, week, Bell())
    Left(kind='late_days', number=2)
    """
    if due is None:
        return Left("none")
    if due < now:
        days = sum(_open(calendar, day) for day in _days(due.date(), now.date())[1:])
        return Left("late_days", days) if days else Left("late_today")
    if due - now > FAR:
        return Left("far")
    days = sum(_open(calendar, day) for day in _days(now.date(), due.date())[1:])
    if days > 1 or (days == 1 and due.date() != now.date() and due.time() > bell.begins):
        return Left("days", days)
    lessons = sum(
        now <= start and end <= due
        for day in _days(now.date(), due.date())
        for start, end in _lessons(calendar, day, bell)
    )
    if lessons:
        return Left("lessons", lessons)
    return Left("hours", int((due - now).total_seconds() // 3600))


def _days(first: dt.date, last: dt.date) -> list[dt.date]:
    return [first + dt.timedelta(days=one) for one in range((last - first).days + 1)]


def _open(calendar: Calendar, day: dt.date) -> bool:
    if calendar.first <= day <= calendar.last:
        return calendar.count_school_days(day, day) == 1
    return day.weekday() < 5


def _lessons(calendar: Calendar, day: dt.date, bell: Bell) -> list[tuple[dt.datetime, dt.datetime]]:
    if not calendar.first <= day <= calendar.last:
        return []
    return [bell.lesson(day, number + 1) for number in range(lessons_on(calendar, day))]
