"""How many students each teacher is to visit, and has: shares, ranges and equal parts."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from visitkit.plan.duties_ground import Ground, Student
from visitkit.plan.duties_owed import by_any, made
from visitkit.plan.duties_quotas import Quota, forms_for, in_scope, quotas
from visitkit.policy.thresholds import equal_parts, students_needed

#: Columns of a table of loads, see :func:`visitkit.plan.duties_views.load`.
LOAD_COLUMNS = (
    "teacher_id",
    "rule",
    "mode",
    "source",
    "opens",
    "due",
    "students",
    "least",
    "most",
    "visited",
    "open",
)


@dataclass(frozen=True, slots=True)
class Load:
    """What one rule asks of one teacher."""

    teacher_id: str
    quota: Quota
    students: int
    least: int
    most: int | None
    visited: int


def loads(base: Ground) -> tuple[Load, ...]:
    """Return what each rule asks of each teacher, in order of rule and teacher."""
    found = [one for quota in quotas(base, ("cover",)) for one in _covers(base, quota)]
    for quota in quotas(base, ("load", "load_range", "remainder")):
        found += _loads(base, quota)
    return tuple(sorted(found, key=lambda one: (one.quota.name, one.teacher_id)))


def _covers(base: Ground, quota: Quota) -> Iterator[Load]:
    """Yield the share of their own class that head teachers visit, or of each class by others."""
    if quota.rule["scope"] not in {"own_class", "taught"} or not quota.by:
        return
    for teacher in _teachers(base, quota):
        classes = _classes(base, quota, teacher)
        groups = [_in_class(base, quota, name) for name in classes]
        share, comparator = quota.number("share"), str(quota.rule["comparator"])
        least = sum(students_needed(len(group), share, comparator) for group in groups)
        students = [one for group in groups for one in group]
        yield Load(
            teacher, quota, len(students), least, None, _visited(base, quota, teacher, students)
        )


def _loads(base: Ground, quota: Quota) -> Iterator[Load]:
    for teacher in _teachers(base, quota):
        students = _reachable(base, quota, teacher)
        least, most = _limits(base, quota, teacher, len(students))
        yield Load(
            teacher, quota, len(students), least, most, _visited(base, quota, teacher, students)
        )


def _limits(base: Ground, quota: Quota, teacher: str, students: int) -> tuple[int, int | None]:
    if quota.rule["mode"] == "remainder":
        return _remainder(base, quota, teacher), None
    above = 1 if quota.rule.get("comparator") == "more_than" else 0
    least = min(int(quota.number("min_students")) + above, students)
    most = int(quota.number("max_students")) if quota.rule["mode"] == "load_range" else None
    return least, most


def _remainder(base: Ground, quota: Quota, teacher: str) -> int:
    """Return a teacher's equal part of what the head teachers' share leaves, class by class."""
    heads = [
        one for one in quotas(base, ("cover",)) if one.by == ("head_teacher",) and one is not quota
    ]
    total = 0
    for name in base.staff.classes.get(teacher, ()):
        others = base.staff.any_of(quota.by, name)
        size = len(_in_class(base, quota, name))
        taken = max(
            (
                students_needed(size, one.number("share"), str(one.rule["comparator"]))
                for one in heads
            ),
            default=0,
        )
        total += equal_parts(size - taken, len(others)) if teacher in others else 0
    return total


def _teachers(base: Ground, quota: Quota) -> tuple[str, ...]:
    """Return whom a rule speaks of: head teachers only where it names them."""
    staff = base.staff
    heads = {one for ids in staff.heads.values() for one in ids}
    found: set[str] = set()
    for role in quota.by:
        if role == "head_teacher":
            found |= heads
        elif role == "subject_teacher":
            found |= {one for ids in staff.teams.values() for one in ids} - heads
        else:
            found |= set(staff.holders(role, ""))
    return tuple(sorted(found if "head_teacher" in quota.by else found - heads))


def _classes(base: Ground, quota: Quota, teacher: str) -> tuple[str, ...]:
    if quota.rule["scope"] == "own_class":
        return tuple(name for name, ids in base.staff.heads.items() if teacher in ids)
    return tuple(
        name
        for name in base.staff.classes.get(teacher, ())
        if "head_teacher" in quota.by or teacher in base.staff.subject(name)
    )


def _in_class(base: Ground, quota: Quota, name: str) -> list[Student]:
    scope = str(quota.rule["scope"])
    return [one for one in base.on_roll if one.class_id == name and in_scope(base, one, scope)]


def _reachable(base: Ground, quota: Quota, teacher: str) -> list[Student]:
    """Return the students a teacher may visit for a rule; the whole school where it says so."""
    classes, scope = base.staff.classes.get(teacher, ()), str(quota.rule["scope"])
    if scope == "own_class":
        classes = _classes(base, quota, teacher)
    if scope == "grade_taught":
        grades = {one.grade for one in base.on_roll if one.class_id in classes}
        return [one for one in base.on_roll if one.grade in grades]
    return [
        one
        for one in base.on_roll
        if (scope == "all" or one.class_id in classes) and in_scope(base, one, scope)
    ]


def _visited(base: Ground, quota: Quota, teacher: str, students: list[Student]) -> int:
    last = min(quota.period.end, base.as_of)
    return sum(
        bool(
            by_any(
                made(base, one, quota.period.start, last, forms_for(base, one, quota.name)),
                (teacher,),
            )
        )
        for one in students
    )


def cells(one: Load, base: Ground) -> tuple[object, ...]:
    """Return a load as a row of :data:`LOAD_COLUMNS`."""
    most = math.nan if one.most is None else one.most
    return (
        one.teacher_id,
        one.quota.key,
        one.quota.rule["mode"],
        base.policy.source(f"{one.quota.key}.mode"),
        one.quota.period.start,
        one.quota.period.due,
        one.students,
        one.least,
        most,
        one.visited,
        max(one.least - one.visited, 0),
    )
