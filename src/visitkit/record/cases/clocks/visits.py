"""Clocks of a visit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from visitkit.policy.deadlines import photos_owed, safety_alarm
from visitkit.record.cases.clocks.running import Face, promised
from visitkit.record.cases.moments import end_of_day, moment_of, school_time
from visitkit.record.entry import Entry, Owed


def appoint(face: Face) -> Iterator[Owed]:
    """Yield the appointment, so many hours before the planned time (PA-02, PA-06)."""
    start = face.started()
    planned = moment_of(start.facts.get("planned_start")) if start else None
    if start is not None and planned is not None:
        ahead = dt.timedelta(hours=face.ground.number("visit.appointment_lead_hours"))
        yield face.owed(start.at, planned - ahead)


def report_before(face: Face) -> Iterator[Owed]:
    """Yield the report before leaving, by the time the visit begins; for visits to a home only."""
    start = face.started()
    if start is not None and _at_home(face):
        yield face.owed(start.at, _time(start, "start"))


def visit_day(face: Face) -> Iterator[Owed]:
    """Yield the visit itself, by the end that was planned or agreed."""
    start = face.started()
    if start is not None:
        yield face.owed(start.at, _time(start, "end"))


def report_after(face: Face) -> Iterator[Owed]:
    """Yield the word that all are back, some minutes after the planned end (SF-03).

    A visit to a home that nobody was told of before still ends with it.
    """
    start = face.started()
    if start is None or not _at_home(face):
        return
    planned = _planned_end(face, start)
    ended = moment_of(start.facts.get("end")) if start.step == "visit" else None
    end = ended or planned or start.at
    yield face.owed(start.at, safety_alarm(face.ground.policy, end))


def _planned_end(face: Face, start: Entry) -> dt.datetime | None:
    plans = face.ground.steps("plan", "appoint", "make_up")
    before = [one for one in plans if one.at <= start.at]
    return _time(before[-1], "end") if before else None


def make_up(face: Face) -> Iterator[Owed]:
    """Yield the visit to make up, by the day on which it was owed (CQ-17); else the school says."""
    start = face.started()
    if start is not None:
        first = face.ground.last("plan")
        yield face.owed(start.at, promised(first, "due") if first else None)


def photos(face: Face) -> Iterator[Owed]:
    """Yield the photos a visit to a home must bring, where the policy counts them by visit."""
    policy = face.ground.policy
    visit = face.ground.last("visit")
    if visit is None or not _at_home(face) or policy["evidence.photos_per"] != "visit":
        return
    told = (one.facts.get("photos", 0) for one in face.ground.steps("record", "photos"))
    if sum(int(str(one)) for one in told) < photos_owed(policy, 1):
        end = moment_of(visit.facts.get("end")) or visit.at
        hours = dt.timedelta(hours=face.ground.number("record.due_hours"))
        yield face.owed(visit.at, end + hours)


def batch(face: Face) -> Iterator[Owed]:
    """Yield what is handed in together: at the end of the month or of the term (CQ-07, RC-13)."""
    start = face.started()
    per = str(face.ground.policy["record.batch"])
    if start is None or per == "none":
        return
    day = school_time(start.at).date()
    yield face.owed(start.at, _batch_end(face, day, per))


def _batch_end(face: Face, day: dt.date, per: str) -> dt.datetime | None:
    if per == "month":
        following = dt.date(day.year + day.month // 12, day.month % 12 + 1, 1)
        return end_of_day(following - dt.timedelta(days=1))
    terms = [term for term in face.calendar.terms if term.end >= day]
    if per == "semester" and terms:
        return end_of_day(terms[0].end)
    if per == "year" and terms:
        return end_of_day(face.calendar.terms[-1].end)
    return None


def _at_home(face: Face) -> bool:
    return face.ground.state.facts.get("form") == "home"


def _time(start: Entry, edge: str) -> dt.datetime | None:
    agreed = moment_of(start.facts.get(f"agreed_{edge}"))
    return agreed or moment_of(start.facts.get(f"planned_{edge}"))
