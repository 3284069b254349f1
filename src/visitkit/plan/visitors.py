"""Who can go out when: sessions after lessons and on rest days, and the teachers free in them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from visitkit.calendar import DateLike, as_date
from visitkit.errors import PlanError
from visitkit.load.school import School
from visitkit.plan.coordinates import convert
from visitkit.plan.daylight import sunset
from visitkit.plan.duties_ground import listed
from visitkit.plan.problem import Session, Visitor, Visitors
from visitkit.plan.travel import STAFF, Place, school_place
from visitkit.policy import Policy

Span = tuple[int, int]
#: Spans of minutes by day of the week, 1 for Monday.
Week = Mapping[int, tuple[Span, ...]]


@dataclass(frozen=True, slots=True)
class Hours:
    """What no paper says about the hours of visits; stated defaults.

    Parameters
    ----------
    halves
        Morning and afternoon of a rest day, minutes after midnight. A session is a half-day, so
        that nobody is out all day without a break.
    afternoon_begins
        When afternoon lessons begin, where the calendar does not say when teachers are free.
    weekday, weekend
        Most outings of a teacher in a week, after lessons and on rest days.
    """

    halves: tuple[Span, ...] = ((9 * 60, 12 * 60), (13 * 60 + 30, 17 * 60))
    afternoon_begins: int = 14 * 60
    weekday: int = 3
    weekend: int = 2


_HOURS = Hours()


def weekly(cell: object) -> Week | None:
    """Return weekly windows of time as minutes, from their form in the tables.

    Returns
    -------
    mapping or None
        Day of the week to spans, joined where they touch; ``None`` where nothing is said.

    Examples
    --------
    >>> weekly("3 18:00-20:00;3 20:00-21:00;6 08:00-12:00")
    {3: ((1080, 1260),), 6: ((480, 720),)}
    """
    if not isinstance(cell, str) or not cell.strip():
        return None
    found: dict[int, list[Span]] = {}
    for part in cell.split(";"):
        day, _, hours = part.strip().partition(" ")
        start, _, end = hours.partition("-")
        found.setdefault(int(day), []).append((_minutes(start), _minutes(end)))
    return {day: joined(found[day]) for day in sorted(found)}


def joined(spans: list[Span]) -> tuple[Span, ...]:
    """Return spans of time in order, those that touch made one."""
    out: list[Span] = []
    for start, end in sorted(spans):
        if out and start <= out[-1][1]:
            out[-1] = (out[-1][0], max(out[-1][1], end))
        else:
            out.append((start, end))
    return tuple(out)


def sessions(
    school: School,
    start: DateLike,
    days: int,
    policy: Policy,
    *,
    hours: Hours = _HOURS,
    base: Place | None = None,
) -> tuple[Session, ...]:
    """Return the stretches of time in which visits may be made.

    Parameters
    ----------
    school
        The calendar, and the hours in which teachers are free.
    start, days
        First day, and how many days of the calendar, rest days included.
    policy
        ``route.after_lesson``, ``route.avoid_event_days``, ``route.spare_time``,
        ``route.latest_end``, ``route.visit_minutes`` and ``route.travel_minutes``.
    hours
        What no paper says.
    base
        Where the school is, for sunset; by default the middle of the homes.

    Returns
    -------
    tuple of visitkit.plan.problem.Session
        In order of day and hour. Where teachers are free at different hours of one afternoon there
        is a session for each of these stretches; they overlap, and nobody is in two of them.

    Raises
    ------
    visitkit.errors.CalendarError
        When ``start`` is no day of the calendar.
    PlanError
        When ``days`` is less than 1.

    Notes
    -----
    School days: from the calendar's ``after_lessons_from`` to ``route.latest_end``, not on days of
    a school event (paper 000, scheme 2, (3)). Rest days: half-days (paper 001, section III.1(1)).
    """
    if days < 1:
        raise PlanError("duties.days", found=days)
    first = school.calendar.date(start)
    place = base or school_place(school)
    lat, lon = convert(place.lat, place.lon, source=place.system)
    weeks = [weekly(cell) for cell in school.teachers["available"]] or [None]
    found = []
    for row in _days(school, first, days):
        day = row["date"].date()
        spans = {
            part
            for span in _open(row, policy, hours)
            for week in weeks
            for part in cut(week, day, span)
            if part[1] - part[0] >= int(str(policy["route.visit_minutes"]))
        }
        light = sunset(day, float(lat), float(lon)) if spans else None
        found += [_session(day, span, row, policy, light) for span in sorted(spans)]
    monday = first - dt.timedelta(days=first.weekday())
    return tuple(replace(one, week=(one.date - monday).days // 7) for one in found)


def visitors(
    school: School,
    start: DateLike,
    days: int,
    policy: Policy,
    *,
    duties: pd.DataFrame | None = None,
    hours: Hours = _HOURS,
    mode: str = "",
) -> Visitors:
    """Return the teachers who can make visits and when.

    Parameters
    ----------
    school, start, days, policy, hours
        As for :func:`sessions`.
    duties
        From :func:`visitkit.plan.duties.duties`: a teacher is not asked for more students than
        the greatest number of a rule leaves.
    mode
        Way of travel, a mode of the travel table; empty for its first.

    Returns
    -------
    visitkit.plan.problem.Visitors
        A teacher who does not say when is free is taken to be free in all sessions. Outings end at
        the teacher's home, or at the school where that is not known.

    Examples
    --------
    >>> from visitkit.calendar import Calendar
    >>> from visitkit.policy import read_policy
    >>> roll = pd.DataFrame({"student_id": ["1"]})
    >>> staff = pd.DataFrame({"teacher_id": ["T1"], "available": ["3 16:00-18:30"]})
    >>> days = Calendar.weekdays("2026-09-01", "2027-01-22")
    >>> school = School.from_frames(students=roll, teachers=staff, calendar=days)
    >>> found = visitors(school, "2026-11-02", 10, read_policy("recommended"))
    >>> [one.id for one in found.sessions]
    ['2026-11-04 16:00-18:30', '2026-11-11 16:00-18:30']
    """
    times = sessions(school, start, days, policy, hours=hours)
    caps = (("weekday", hours.weekday), ("weekend", hours.weekend))
    room = _room(school, as_date(start), duties)
    columns = ["teacher_id", "available", "roles", "homeroom_class", "classes"]
    rows = school.teachers[columns].astype("object").sort_values("teacher_id")
    people = tuple(
        Visitor(
            teacher_id=str(teacher),
            sessions=_free(weekly(available), times),
            home=f"{STAFF}{teacher}",
            weekly=caps,
            most=room.get(str(teacher)),
            mode=mode,
            roles=_words(roles),
            classes=tuple(dict.fromkeys((*_words(own), *_words(taught)))),
        )
        for teacher, available, roles, own, taught in rows.itertuples(index=False, name=None)
    )
    return Visitors(people, times)


def cut(week: Week | None, day: dt.date, span: Span) -> list[Span]:
    """Return the parts of a span of a day in weekly windows; all of it where none are said."""
    if week is None:
        return [span]
    windows = week.get(day.isoweekday(), ())
    parts = [(max(span[0], start), min(span[1], end)) for start, end in windows]
    return [part for part in parts if part[0] < part[1]]


def _free(week: Week | None, times: tuple[Session, ...]) -> tuple[str, ...]:
    return tuple(
        one.id for one in times if (one.start, one.end) in cut(week, one.date, (one.start, one.end))
    )


def _days(school: School, first: dt.date, days: int) -> Iterator[dict[str, Any]]:
    table = school.calendar.days
    last = first + dt.timedelta(days=days - 1)
    near = table[(table["date"] >= pd.Timestamp(first)) & (table["date"] <= pd.Timestamp(last))]
    for row in near.astype("object").to_dict("records"):
        yield {str(name): cell for name, cell in row.items()}


def _open(row: Mapping[str, Any], policy: Policy, hours: Hours) -> tuple[Span, ...]:
    """Return the stretches of a day that a school's rules leave for visits."""
    times = listed(policy, "route.spare_time")
    if not row["school_day"]:
        return hours.halves if "rest_days" in times else ()
    if row["kind"] == "event" and policy["route.avoid_event_days"]:
        return ()
    begin, end = _after_lessons(row, policy, hours), _minutes(str(policy["route.latest_end"]))
    return ((begin, end),) if begin < end and set(times) - {"rest_days"} else ()


def _after_lessons(row: Mapping[str, Any], policy: Policy, hours: Hours) -> int:
    told = row["after_lessons_from"]
    if isinstance(told, str) and told:
        return _minutes(told)
    lessons = int(str(policy["route.after_lesson"]))
    if lessons == 0:
        return _minutes(str(policy["absence.day_begins"]))
    lesson, pause = int(str(policy["absence.lesson_minutes"])), policy["absence.break_minutes"]
    return hours.afternoon_begins + lessons * lesson + (lessons - 1) * int(str(pause))


def _session(
    day: dt.date, span: Span, row: Mapping[str, Any], policy: Policy, light: int | None
) -> Session:
    return Session(
        id=f"{day} {_clock(span[0])}-{_clock(span[1])}",
        date=day,
        start=span[0],
        end=span[1],
        home_by=span[1] + int(str(policy["route.travel_minutes"])),
        kind="weekday" if row["school_day"] else "weekend",
        daylight_end=light,
    )


def _room(school: School, start: dt.date, duties: pd.DataFrame | None) -> dict[str, int]:
    """Return how many visits each teacher can still be asked for, where there is a limit."""
    term = school.calendar.term_of(start)
    seen = school.visits
    made = seen["form"].eq("home") & (seen["date"] >= pd.Timestamp(term.start))
    made &= seen["date"] < pd.Timestamp(start)
    who = seen.loc[made, "visitors"].dropna().str.split(";").explode().value_counts()
    limits = school.teachers[["teacher_id", "max_visits"]].dropna()
    rows = limits.itertuples(index=False, name=None)
    room = {str(one): max(int(most) - int(who.get(one, 0)), 0) for one, most in rows}
    loads = getattr(duties, "loads", None)
    if isinstance(loads, pd.DataFrame):
        ranges = loads.dropna(subset=["most"])[["teacher_id", "most", "visited"]]
        for teacher, most, visited in ranges.itertuples(index=False, name=None):
            left = max(int(most) - int(visited), 0)
            room[str(teacher)] = min(room.get(str(teacher), left), left)
    return room


def _words(cell: object) -> tuple[str, ...]:
    return tuple(part for part in cell.split(";") if part) if isinstance(cell, str) else ()


def _minutes(clock: str) -> int:
    hour, _, minute = clock.partition(":")
    return int(hour) * 60 + int(minute or 0)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
