"""One visit owed to one student, before it is said where it stands."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from visitkit.plan.duties_ground import Contact, Ground, Student
from visitkit.plan.duties_periods import Period

#: Kinds of duty, the most pressing first.
KINDS = (
    "immediate",
    "persuasion",
    "readmission",
    "topic",
    "new_student",
    "special_group",
    "key",
    "agent_parent",
    "holiday",
    "regular",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """A duty of one student.

    Parameters
    ----------
    student
        The student.
    kind
        One of :data:`KINDS`.
    duty
        Name of the duty, the same whenever it is asked for: rule and first day.
    rule
        Key of the policy it comes from.
    source
        Paper and line of the rule.
    opens, due
        First day on which a contact counts, and the day by which it is to be done.
    closes
        Last day on which a contact counts.
    forms
        Forms of contact that count.
    roles
        Roles of which one holder each must go.
    must
        For each of those roles, the teachers who hold it.
    leads, partners
        Teachers who may lead the visit, and who may come along.
    alone
        One teacher may go alone.
    occurrences, most
        Times owed, and the most the rule speaks of.
    full
        Times owed by a student who is there for the whole period.
    fulfilled
        Times done, never more than owed.
    made
        The contacts that count, in order of date.
    pool, needed
        Where only a share of students is asked for: the group, and how many of it.
    decided
        False where the policy leaves open what is to be done.
    """

    student: Student
    kind: str
    duty: str
    rule: str
    source: str
    opens: dt.date
    due: dt.date | None
    closes: dt.date
    forms: tuple[str, ...]
    roles: tuple[str, ...] = ()
    must: tuple[tuple[str, ...], ...] = ()
    leads: tuple[str, ...] = ()
    partners: tuple[str, ...] = ()
    alone: bool = False
    occurrences: int = 1
    most: int = 1
    full: int = 1
    fulfilled: int = 0
    made: tuple[Contact, ...] = ()
    pool: str = ""
    needed: int = 0
    decided: bool = True


def name_of(rule: str, start: dt.date) -> str:
    """Return the name of a duty: its rule and the first day of its period."""
    return f"{rule}@{start.isoformat()}"


def made(
    base: Ground, student: Student, first: dt.date, last: dt.date, forms: Collection[str]
) -> tuple[Contact, ...]:
    """Return the contacts with a family from one day to another, of some forms."""
    contacts = base.contacts.get(student.student_id, ())
    return tuple(one for one in contacts if first <= one.date <= last and one.form in forms)


def by_any(contacts: Iterable[Contact], people: Collection[str]) -> tuple[Contact, ...]:
    """Return the contacts somebody of a group took part in."""
    return tuple(one for one in contacts if not set(people).isdisjoint(one.visitors))


def prorated(times: int, student: Student, period: Period, base: Ground) -> int:
    """Return how often a student is owed something who is there for part of a period.

    Times the share of school days at the school, rounded half up; at least once for a student who
    is still there, because a newcomer's family has not been met.

    Parameters
    ----------
    times
        For the whole period.
    student
        With days of entry and leaving.
    period, base
        The period, and the calendar; days where the calendar knows no school day of it.
    """
    entered, left = student.entered or period.start, student.left
    first = max(period.start, entered)
    last = period.end if left is None else min(period.end, left - dt.timedelta(days=1))
    whole = _length(period.start, period.end, base)
    part = _length(first, last, base)
    if part >= whole:
        return times
    owed = math.floor(times * part / whole + 0.5)
    return owed if left is not None else max(owed, 1)


def _length(first: dt.date, last: dt.date, base: Ground) -> int:
    days = (last - first).days + 1
    known = base.calendar.first <= first and last <= base.calendar.last
    school_days = base.calendar.count_school_days(first, last) if known else 0
    return max(school_days or days, 0)


@dataclass(frozen=True, slots=True)
class Crew:
    """Who goes: the roles of which one holder each must, who may lead, who may come along."""

    roles: tuple[str, ...]
    must: tuple[tuple[str, ...], ...]
    leads: tuple[str, ...]
    partners: tuple[str, ...]
    alone: bool


def crew_of(base: Ground, student: Student, by: tuple[str, ...], *, each: bool = False) -> Crew:
    """Return who goes to a family.

    Parameters
    ----------
    base, student
        Teachers and the student's class.
    by
        Roles of the rule; empty: the team of the class under the policy's ``visit.leader``.
    each
        One of each role must go; otherwise one of any role.

    Notes
    -----
    Where the rule names several roles that must all go, a holder of the first leads and the others
    come along. Where nobody holds the role that must lead, the team of the class may.
    """
    team = base.staff.team(student.class_id)
    wanted = by or (str(base.policy["visit.leader"]),)
    groups = [base.staff.holders(role, student.class_id) for role in wanted]
    held = [(role, ids) for role, ids in zip(wanted, groups, strict=True) if ids]
    alone = int(str(base.policy["route.group_min"])) <= 1
    if each and len(held) > 1:
        others = tuple(dict.fromkeys(one for _, ids in held[1:] for one in ids))
        roles, must = tuple(role for role, _ in held), tuple(ids for _, ids in held)
        return Crew(roles, must, held[0][1], others, alone=False)
    leads = tuple(dict.fromkeys(one for _, ids in held for one in ids)) or team
    one_only = len(wanted) == 1 and len(held) == 1
    roles = wanted if one_only else ()
    must = (held[0][1],) if one_only else ()
    return Crew(roles, must, leads, tuple(dict.fromkeys((*team, *leads))), alone=alone)
