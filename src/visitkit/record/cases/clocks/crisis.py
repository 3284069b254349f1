"""Clocks of a crisis: acts the policy lists, the watch, the second talk, talks after a return."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from visitkit.policy.deadlines import interview_days
from visitkit.record.cases.clocks.running import Face
from visitkit.record.cases.folding import listed, says
from visitkit.record.cases.guards.crisis import roster
from visitkit.record.cases.moments import day_of, hours_later, lessons_over, school_time
from visitkit.record.entry import Entry, Owed

#: Acts that wait for a written paper, and those that may take until the lessons of the day end.
_WRITTEN = ("written_opinion",)
_SAME_DAY = ("assess", "consult_psychiatry", "act_on_opinion")
#: Acts that a step of their own answers.
_ANSWERED_BY = {
    "assess": ("assess",),
    "written_opinion": ("assess",),
    "consult_psychiatry": ("refer",),
    "psychiatric_care": ("refer",),
    "full_watch": ("full_watch",),
    "watch_group": ("full_watch",),
    "close_watch": ("full_watch",),
    "guard_until_handover": ("handover",),
    "parents_collect": ("handover",),
    "call_parents": ("contact_parents",),
    "notify_parents_now": ("contact_parents",),
    "report_counselling_room": ("phone_counselling_room",),
    "act_on_opinion": ("decide",),
    "regular_talks": ("interview",),
    "named_watcher": ("decide",),
    "family_agreement": ("handover",),
}
_ILL = ("severe_illness_diagnosed", "acute_psychosis")


def acts(face: Face) -> Iterator[Owed]:
    """Yield each act of the lists of the policy whose fact is known and that nobody has done.

    A list is opened by the first step that tells the fact: thoughts of dying, an attempt, harm to
    others, a severe illness; and by the outcome, whose list the latest decision opens.
    """
    yielded: set[str] = set()
    for key, start in _opened(face):
        for act in face.ground.codes(key):
            if act not in yielded and not _done(face, act, start):
                yielded.add(act)
                row = face.owed(start.at, _due(face, act, start), code=act)
                yield _sourced(row, key)


def _sourced(row: Owed, key: str) -> Owed:
    return Owed(row.case_id, row.kind, row.student_id, row.what, row.by, row.since, row.due, key)


def _opened(face: Face) -> Iterator[tuple[str, Entry]]:
    facts = (
        ("crisis.attempt", {"facts": ("suicide_or_attempt",)}),
        ("crisis.aftermath", {"facts": ("suicide_or_attempt",)}),
        ("crisis.ideation", {"ideation": (True,)}),
        ("crisis.harm_others", {"harm_others": (True,)}),
        ("crisis.illness_route", {"facts": _ILL}),
    )
    for key, wanted in facts:
        first = next((one for one in face.ground.entries if says(one.facts, wanted)), None)
        if first is not None:
            yield key, first
    decision = face.ground.last("decide")
    if decision is not None and face.ground.state.state in {"at_school", "at_home", "in_hospital"}:
        outcome = str(decision.facts["outcome"])
        yield f"crisis.{'home_rest' if outcome == 'home_when_stable' else outcome}", decision
    back = face.ground.last("readmit")
    if back is not None and "past_attempt" in face.ground.state.flags:
        yield "readmission.attempt_needs", back


def _done(face: Face, act: str, start: Entry) -> bool:
    later = [one for one in face.ground.entries if one.at >= start.at]
    if any(one.step == "act" and one.facts.get("act") == act for one in later):
        return True
    if act == "family_agreement":
        return any(_agreed(one) for one in later)
    return any(one.step in _ANSWERED_BY.get(act, ()) for one in later)


def _agreed(one: Entry) -> bool:
    signed = one.facts.get("agreement_signed") is True or one.facts.get("signed") is True
    return signed or "family_agreement" in listed(one.facts, "papers")


def _due(face: Face, act: str, start: Entry) -> dt.datetime:
    if act in _WRITTEN:
        return hours_later(face.ground.policy, start.at, "crisis.written_hours")
    if act in _SAME_DAY:
        return _lessons_end(face, start)
    return start.at


def same_school_day(face: Face) -> Iterator[Owed]:
    """Yield the second talk: before the lessons of that school day, or of the next one, end."""
    start = face.started()
    if start is not None:
        yield face.owed(start.at, _lessons_end(face, start))


def _lessons_end(face: Face, start: Entry) -> dt.datetime:
    """Return the end of lessons of the day; after it, the moment itself: today means today."""
    day = school_time(start.at).date()
    return max(lessons_over(face.ground.policy, face.calendar, day, 0), start.at)


def watch_goes_on(face: Face) -> Iterator[Owed]:
    """Yield the next shift, due when the last one planned ends, until the student is handed over.

    A decision that the student stays at school with a named watcher ends the watch as well.
    """
    shifts, first = roster(face.ground), face.started()
    decision = face.ground.last("decide")
    stays = decision is not None and decision.facts["outcome"] == "study_with_treatment"
    if shifts and first is not None and not (stays and decision and decision.at >= first.at):
        yield face.owed(first.at, max(one[2] for one in shifts))


def interviews(face: Face) -> Iterator[Owed]:
    """Yield the talks after the return that are not yet held; the k-th held answers the k-th owed.

    A day without school moves to the next school day. Where the school has set no days, one row
    asks for them (RA-02).
    """
    back = face.ground.last("readmit")
    if back is None or face.ground.state.state != "returned":
        return
    returned = day_of(back.facts["returned_on"]) or school_time(back.at).date()
    days = interview_days(face.ground.policy, returned)
    held = len(face.ground.after(back, "interview"))
    if not days:
        yield face.owed(back.at, None)
    for number, day in list(enumerate(days, 1))[held:]:
        due = lessons_over(face.ground.policy, face.calendar, day, 0)
        yield face.owed(back.at, due, code=str(number))
