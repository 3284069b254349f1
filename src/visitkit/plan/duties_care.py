"""Visits owed for a child's situation: new here, left behind, with an agent parent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping

from visitkit.plan.duties_ground import TALK, Ground, Student, here, listed
from visitkit.plan.duties_owed import Owed, by_any, crew_of, made, name_of
from visitkit.plan.duties_periods import Period, holiday_after, window_in
from visitkit.plan.duties_quotas import in_scope, is_new
from visitkit.policy.deadlines import new_student_due
from visitkit.policy.thresholds import students_needed

#: Acts of an agent parent that are a contact, with the forms that count; ``None``: any contact.
ACTS: Mapping[str, tuple[str, ...] | None] = {
    "talk": (TALK, "home"),
    "contact_parents": None,
    "home_visit": ("home",),
}
#: An act that the paper leaves out: shown, never made up.
OPEN_ACT = "to_be_decided"

_DEFAULTS = "defaults"
_DAY = dt.timedelta(days=1)
#: A family may be met so long before the child enters: a summer holiday.
_AHEAD = dt.timedelta(days=62)


def care_duties(base: Ground) -> Iterator[Owed]:
    """Yield visits to new students, in holidays, in windows of their own and by agent parents."""
    yield from _new_students(base)
    yield from _holidays(base)
    yield from _windows(base)
    yield from _agent_parents(base)


def asks_for_new_students(base: Ground) -> bool:
    """Tell whether the policy knows visits to new students.

    It names the class of visit, or its own paper, not the defaults, sets the deadline (K27).
    """
    own = base.policy.origins.get("new_student.due", _DEFAULTS) != _DEFAULTS
    return own or "new_student" in listed(base.policy, "visit.classes")


def _new_students(base: Ground) -> Iterator[Owed]:
    if not asks_for_new_students(base):
        return
    found = [one for one in base.students.values() if one.left is None and is_new(base, one)]
    spans = {one.student_id: _entry(base, one) for one in found}
    found = [one for one in found if spans[one.student_id].start <= base.as_of]
    share = float(str(base.policy["new_student.share"]))
    needed = students_needed(len(found), share)
    pool = ("school", needed) if needed < len(found) else ("", needed)
    for student in found:
        span = spans[student.student_id]
        yield _row(base, student, ("new_student", "new_student.due"), span, pool)


def _entry(base: Ground, student: Student) -> Period:
    """Return the time of a visit to a new student, from the holiday before entry on."""
    entered = student.entered or base.period("year").start
    before = [term.end for term in base.calendar.terms if term.end < entered]
    start = max(before) + _DAY if before else base.calendar.first
    due = new_student_due(base.policy, base.calendar.terms, entered)
    start = max(min(start, entered), entered - _AHEAD)
    return Period(start, base.period("year").end, due)


def _row(
    base: Ground,
    student: Student,
    what: tuple[str, str],
    span: Period,
    pool: tuple[str, int] = ("", 0),
) -> Owed:
    kind, rule = what
    crew, forms = crew_of(base, student, ()), base.forms("", remote=student.far)
    contacts = made(base, student, span.start, min(span.end, base.as_of), forms)
    return Owed(
        student=student,
        kind=kind,
        duty=name_of(rule, span.start),
        rule=rule,
        source=base.policy.source(rule),
        opens=span.start,
        due=span.due,
        closes=span.end,
        forms=forms,
        roles=crew.roles,
        must=crew.must,
        leads=crew.leads,
        partners=crew.partners,
        alone=crew.alone,
        fulfilled=min(len(contacts), 1),
        made=contacts,
        pool=pool[0],
        needed=pool[1],
    )


def _holidays(base: Ground) -> Iterator[Owed]:
    """Yield a visit to each child left behind in the holiday after the current term (LB-12)."""
    if not base.policy["left_behind.holiday_visits"]:
        return
    kind, first, last = holiday_after(base.calendar.term_of(base.as_of), base.calendar)
    if kind not in listed(base.policy, "left_behind.key_periods"):
        return
    span = Period(first, last or first, last)
    for student in base.on_roll:
        if "left_behind" in student.groups:
            yield _row(base, student, ("holiday", "left_behind.holiday_visits"), span)


def _windows(base: Ground) -> Iterator[Owed]:
    """Yield a visit for those a window of its own is kept for, such as the leaving year (CQ-22)."""
    year = base.period("year")
    for name, window in sorted(base.policy.records("window").items()):
        if window.get("stage") != "visits" or window.get("scope") == "all":
            continue
        spans = [
            span
            for number in (year.start.year, year.end.year)
            if (span := window_in(number, window, base.calendar)) is not None
            and year.start <= span.start <= year.end
        ]
        for student in base.on_roll:
            if spans and in_scope(base, student, str(window["scope"])):
                yield _row(base, student, ("holiday", f"window.{name}.from"), spans[0])


def _agent_parents(base: Ground) -> Iterator[Owed]:
    acts = base.policy.records("agent_parent.duty")
    for number, owners in base.pairs.items():
        student = base.students.get(number)
        if student is None or not here(student, base.as_of):
            continue
        people = tuple(one for one in owners if one in base.staff.everyone)
        for name, act in sorted(acts.items()):
            owed = _act(base, student, people, name, act)
            if owed is not None:
                yield owed


def _act(
    base: Ground, student: Student, people: tuple[str, ...], name: str, act: Mapping[str, object]
) -> Owed | None:
    """Return what an agent parent owes a child; nothing for acts that are no contact."""
    rule, code = f"agent_parent.duty.{name}", str(act["act"])
    decided = code != OPEN_ACT
    if decided and code not in ACTS:
        return None
    span = base.period(str(act["per"]))
    forms = () if not decided else ACTS[code] or base.forms("", remote=True)
    times = int(str(act["times"]))
    contacts = made(base, student, span.start, min(span.end, base.as_of), forms)
    contacts = by_any(contacts, people) if people else contacts
    return Owed(
        student=student,
        kind="agent_parent",
        duty=name_of(rule, span.start),
        rule=rule,
        source=base.policy.source(f"{rule}.act"),
        opens=span.start,
        due=span.due if decided else None,
        closes=span.end,
        forms=forms,
        roles=("agent_parent",),
        must=(people,) if people else (),
        leads=people or base.staff.team(student.class_id),
        partners=base.staff.team(student.class_id),
        alone=True,
        occurrences=times,
        most=times,
        full=times,
        fulfilled=min(len(contacts), times) if decided else 0,
        made=contacts,
        decided=decided,
    )
