"""Clocks of reviews, left-behind files, help plans, worry about looks, meetings and matters."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

from visitkit.policy.levels import parents_told
from visitkit.record.cases.clocks.rhythm import after, dues_of, next_after
from visitkit.record.cases.clocks.running import Face, promised
from visitkit.record.cases.folding import listed
from visitkit.record.cases.guards.care import unsigned
from visitkit.record.cases.guards.talks import decisions
from visitkit.record.cases.moments import day_of, end_of_day
from visitkit.record.entry import Entry, Owed


def expiry(face: Face) -> Iterator[Owed]:
    """Yield a new review when a tier that differs from the computed one comes to its end."""
    start = face.started()
    if start is not None and start.facts.get("expires"):
        yield face.owed(start.at, promised(start, "expires"))


def plan_owed(face: Face) -> Iterator[Owed]:
    """Yield a plan of help for the tiers that ask for one (DH-05)."""
    start = face.started()
    if start is not None and start.facts["tier"] in face.ground.codes("tier.plan_for"):
        yield face.owed(start.at, None)


def blocks(face: Face) -> Iterator[Owed]:
    """Yield each block of the file that nobody has written, or that a check found changed."""
    opened, check = face.ground.last("open"), face.ground.last("check")
    if opened is None:
        return
    written = _written(face.ground.after(opened, "block", "mind_block"))
    fresh = _written(face.ground.after(check, "block", "mind_block"))
    changed = listed(check.facts, "changed") if check else ()
    for name in face.ground.codes("left_behind.file_blocks"):
        if name not in written:
            yield face.owed(opened.at, None, code=name)
        elif check is not None and name in changed and name not in fresh:
            yield face.owed(check.at, None, code=name)


def _written(entries: Iterable[Entry]) -> set[str]:
    return {str(one.facts.get("block", "mind")) for one in entries}


def duties(face: Face) -> Iterator[Owed]:
    """Yield the next time of each duty of the agent parent; one not yet decided has no day."""
    start = face.started()
    if start is None:
        return
    policy = face.ground.policy
    for name in policy.records("agent_parent.duty"):
        key = f"agent_parent.duty.{name}"
        per = str(policy[f"{key}.per"])
        done = [one.at for one in face.ground.after(start, "duty") if one.facts["duty"] == name]
        if per != "none":
            due = next_after(dues_of(policy, face.calendar, key), start.at, done)
            row = face.owed(done[-1] if done else start.at, due, code=name)
            yield _sourced(row, f"{key}.per")


def half_year(face: Face) -> Iterator[Owed]:
    """Yield the next check of the file."""
    opened = face.ground.last("open")
    if opened is None:
        return
    done = [one.at for one in face.ground.steps("check")]
    dues = dues_of(face.ground.policy, face.calendar, "evaluation.self_check_per")
    since = done[-1] if done else opened.at
    yield face.owed(since, next_after(dues, opened.at, done))


def signatures(face: Face) -> Iterator[Owed]:
    """Yield each signature that is missing, by the day on which the plan begins (DH-08)."""
    draft = face.ground.last("draft")
    if draft is not None and face.ground.state.state == "drafted":
        for side in unsigned(face.ground.policy, face.ground):
            yield face.owed(draft.at, promised(draft, "start"), code=side)


def plan_rhythm(face: Face) -> Iterator[Owed]:
    """Yield the next meeting or look at a plan, in the rhythm the plan itself names."""
    begun = face.ground.last("begin")
    if begun is not None and face.ground.state.state == "running":
        last = face.ground.last(*face.clock.stops) or begun
        per = str(face.ground.state.facts[face.clock.fact])
        yield face.owed(last.at, after(per, face.calendar, last.at))


def time_points(face: Face) -> Iterator[Owed]:
    """Yield the time points of a plan that no look at the plan has reached yet (DH-05)."""
    draft = face.ground.last("draft")
    if draft is None or face.ground.state.closed:
        return
    looks = [one.at for one in face.ground.steps("monitor")]
    points = sorted(day for day in map(day_of, listed(draft.facts, "time_points")) if day)
    for number, day in list(enumerate(points, 1))[_answered(points, looks) :]:
        yield face.owed(draft.at, end_of_day(day), code=str(number))


def _answered(points: list[dt.date], looks: list[dt.datetime]) -> int:
    """Return how many points were answered: a look answers those up to its own day."""
    last = max(looks, default=None)
    return sum(last is not None and end_of_day(day - dt.timedelta(1)) < last for day in points)


def plan_end(face: Face) -> Iterator[Owed]:
    """Yield the look back at the end of the plan's weeks (DE-02)."""
    begun = face.started()
    facts = face.ground.state.facts
    first = day_of(facts.get("start"))
    if begun is not None and first is not None and face.ground.state.state == "running":
        yield face.owed(begun.at, end_of_day(first + dt.timedelta(weeks=int(str(facts["weeks"])))))


def body_steps(face: Face) -> Iterator[Owed]:
    """Yield what the latest judgement asks for: care, an assessment, the parents, a doctor."""
    judged = face.ground.last("judge")
    if judged is None or face.ground.state.closed:
        return
    levels = face.ground.codes("body_image.levels")
    place = levels.index(str(judged.facts["level"])) if judged.facts["level"] in levels else 0
    answer = face.ground.codes("body_image.responses")[place]
    wanted = [(answer, ("refer",) if place >= 2 else ("care", "scale"))]
    if place == 1:
        wanted.append(("assess", ("assess",)))
    told = parents_told(face.ground.policy, listed(judged.facts, "states"))
    if place >= 1 and told:
        wanted.append(("tell_parents", ("tell_parents",)))
    for code, steps in wanted:
        if not face.ground.after(judged, *steps):
            by = "head_teacher" if code == "tell_parents" else "counsellor"
            yield face.owed(judged.at, None, code=code, by=by)


def next_care(face: Face) -> Iterator[Owed]:
    """Yield the next talk, where the last one named a day."""
    last = face.ground.last("care")
    if last is not None and last.facts.get("next_date"):
        yield face.owed(last.at, promised(last, "next_date"))


def open_decisions(face: Face) -> Iterator[Owed]:
    """Yield each decision that is not carried out, by its owner and its day (DE-06, DE-12)."""
    for number, (entry, owner, day) in decisions(face.ground).items():
        due = day_of(day)
        yield face.owed(entry.at, end_of_day(due) if due else None, code=str(number), by=owner)


def next_meeting(face: Face) -> Iterator[Owed]:
    """Yield the next meeting of a row, by the rhythm of the policy (FU-03, DE-01)."""
    start = face.started()
    name = face.ground.state.facts.get("meeting")
    if start is None:
        return
    key = f"meeting.{name}"
    first, held = face.ground.entries[0], list(face.ground.steps("hold"))
    dues = dues_of(face.ground.policy, face.calendar, key)
    due = next_after(dues, first.at, [one.at for one in held])
    yield face.owed(held[-1].at if held else start.at, due)


def plan_steps(face: Face) -> Iterator[Owed]:
    """Yield the steps that those who analysed agreed on, each by its day (FU-04)."""
    start: Entry | None = face.started()
    if start is not None:
        for number, day in enumerate(listed(start.facts, "dates"), 1):
            due = day_of(day)
            yield face.owed(start.at, end_of_day(due) if due else None, code=str(number))


def planned_again(face: Face) -> Iterator[Owed]:
    """Yield the day on which something explained and planned is looked at again (FU-06)."""
    last = face.ground.last("settle")
    if last is not None and face.ground.state.state == "planned":
        yield face.owed(last.at, promised(last, "next_date"))


def _sourced(row: Owed, source: str) -> Owed:
    return Owed(row.case_id, row.kind, row.student_id, row.what, row.by, row.since, row.due, source)
