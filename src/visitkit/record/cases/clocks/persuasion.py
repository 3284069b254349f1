"""Clocks of bringing a student back: contact, report upward, rounds, written report, the roll."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from visitkit.policy.deadlines import absence_reported
from visitkit.policy.persuasion import Round, rounds
from visitkit.record.cases.clocks.running import Face
from visitkit.record.cases.folding import listed
from visitkit.record.cases.guards.persuasion import rounds_made
from visitkit.record.cases.moments import (
    begin_of_day,
    day_of,
    hours_later,
    lessons_later,
    lessons_over,
    school_day,
    school_time,
)
from visitkit.record.entry import Entry, Owed

#: Signals of absence; the others are signs that are reported from the moment they are told.
_ABSENCE = ("unexcused_absence", "unexcused_run", "no_show", "left_without_reason")
#: States in which the student is still away.
_AWAY = ("away", "persuading", "lost", "refused")
#: More days than any policy asks for before a report.
_MOST_DAYS = 61


def contact(face: Face) -> Iterator[Owed]:
    """Yield the contact with the parents, by the end of the next class period (DM-01)."""
    start = face.started()
    if start is not None and start.facts["signal"] in _ABSENCE:
        due = lessons_later(face.ground.policy, face.calendar, start.at)
        yield face.owed(start.at, due)


def report(face: Face) -> Iterator[Owed]:
    """Yield the report up the chain until everybody in it has been told (DM-02 to DM-04)."""
    start = face.started()
    if start is None or face.ground.state.state not in _AWAY:
        return
    chain = face.ground.codes("absence.report_chain")
    later = face.ground.after(start, "report_absence")
    told = {role for one in later for role in listed(one.facts, "to")}
    missing = [role for role in chain[1:] if role not in told]
    if missing:
        since, key = reported_from(face, start), "absence.report_hours"
        if start.facts["signal"] not in _ABSENCE:
            key = "trigger.report_hours"
        reached = [role for role in chain if role in told or role == chain[0]]
        due = hours_later(face.ground.policy, since, key)
        yield face.owed(since, due, code=missing[0], by=reached[-1])


def reported_from(face: Face, start: Entry) -> dt.datetime:
    """Return the moment an absence is long enough to be reported: that day's lessons begin.

    Days are school days, so that a holiday between them neither counts nor breaks the run; a sign
    is reported from the moment it is told. A run is long enough when it is told, even where the
    day it is said to have begun on is that of the alert.
    """
    first = day_of(start.facts["since"])
    if first is None or start.facts["signal"] not in _ABSENCE:
        return start.at
    policy = face.ground.policy
    days = next(n for n in range(1, _MOST_DAYS + 1) if absence_reported(policy, n))
    begun = school_day(face.calendar, first, 0)
    reached = begin_of_day(policy, school_day(face.calendar, begun, days - 1))
    return min(reached, start.at) if start.facts["signal"] == "unexcused_run" else reached


def round_begins(face: Face, start: Entry) -> dt.datetime:
    """Return when the next round begins: the last round, else the report."""
    made = rounds_made(face.ground)
    return made[-1].at if made else max(reported_from(face, start), start.at)


def _next_round(face: Face) -> tuple[Round, Entry] | None:
    start = face.ground.last("open", "away_again")
    made, known = rounds_made(face.ground), rounds(face.ground.policy)
    if start is None or face.ground.state.state not in _AWAY or len(made) >= len(known):
        return None
    return known[len(made)], start


def _round_due(face: Face, step: Round, begun: dt.datetime) -> dt.datetime | None:
    policy = face.ground.policy
    if step.max_days is not None:
        day = school_time(begun).date()
        return lessons_over(policy, face.calendar, day, step.max_days)
    return hours_later(policy, begun, "absence.report_hours") if step.number == 1 else None


def next_round(face: Face) -> Iterator[Owed]:
    """Yield the round that comes next; without a limit of the school it has no day (K16)."""
    found = _next_round(face)
    if found is not None:
        step, start = found
        begun = round_begins(face, start)
        by = step.roles[0] if step.roles else ""
        yield face.owed(begun, _round_due(face, step, begun), code=str(step.number), by=by)


def authority_report(face: Face) -> Iterator[Owed]:
    """Yield the written report that belongs to a round that has begun (DP-04, LB-14)."""
    made, start = rounds_made(face.ground), face.ground.last("open", "away_again")
    begun = len(made) + 1
    for step in rounds(face.ground.policy):
        if not step.written_report or step.number > begun or start is None:
            continue
        if face.ground.state.state not in _AWAY or _reported_since(face, start):
            return
        since = made[step.number - 2].at if step.number >= 2 else round_begins(face, start)
        yield face.owed(since, _round_due(face, step, since))
        return


def _reported_since(face: Face, start: Entry) -> bool:
    return bool(face.ground.after(start, "written_report_to_authority"))


def refer(face: Face) -> Iterator[Owed]:
    """Yield the step to the authority when every round has been made and the student is away."""
    last = _last_round(face)
    if last is not None and face.ground.state.state not in {"lost", "refused"}:
        yield face.owed(last.at, None)


def roll(face: Face) -> Iterator[Owed]:
    """Yield the mark in the roll and the place that is kept (LB-14)."""
    last = _last_round(face)
    kept = face.ground.after(face.ground.last("open", "away_again"), "keep_roll_place")
    if last is not None and face.ground.policy["dropout.keep_roll_place"] and not kept:
        yield face.owed(last.at, None)


def _last_round(face: Face) -> Entry | None:
    """Return the last round the policy knows, if it was made and the student is still away."""
    made = rounds_made(face.ground)
    if face.ground.state.state not in _AWAY or not made:
        return None
    return made[-1] if len(made) >= len(rounds(face.ground.policy)) else None
