"""Visits owed because a rule gives a number: regular, key and special-group visits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from visitkit.plan.duties_ground import Contact, Ground, Student, listed
from visitkit.plan.duties_owed import Owed, by_any, crew_of, made, name_of, prorated
from visitkit.plan.duties_periods import Period
from visitkit.policy.thresholds import students_needed

#: Classes that leave school at their end, for the scope ``graduating``.
LEAVING_GRADES = (6, 9, 12)

Rule = Mapping[str, object]


@dataclass(frozen=True)
class Quota:
    """A rule on the number of visits, with what the policy says of it.

    Parameters
    ----------
    name
        Its name below ``quota`` in the policy.
    rule
        Its fields.
    period
        The stretch of time it speaks of.
    """

    name: str
    rule: Rule
    period: Period

    @property
    def key(self) -> str:
        """Key of the policy."""
        return f"quota.{self.name}"

    @property
    def by(self) -> tuple[str, ...]:
        """Roles by whom a contact must be made to count; empty: anyone."""
        found = self.rule.get("by")
        return tuple(map(str, found)) if isinstance(found, list) else ()

    @property
    def each_teacher(self) -> bool:
        """Every teacher of the class owes every student a visit of their own."""
        return self.rule["scope"] == "taught" and bool(self.by) and "head_teacher" not in self.by

    def number(self, field: str, usual: float = 0) -> float:
        """Return a number of the rule."""
        return float(str(self.rule.get(field, usual)))


def quotas(base: Ground, modes: tuple[str, ...]) -> tuple[Quota, ...]:
    """Return the rules of some modes, each with its period."""
    found = []
    for name, rule in base.rules.items():
        if rule["mode"] in modes:
            found.append(Quota(name, rule, base.period(str(rule.get("per", "none")))))
    return tuple(found)


def in_scope(base: Ground, student: Student, scope: str) -> bool:
    """Tell whether a rule of a scope speaks of a student.

    A coach's team is in no table, so a rule of scope ``team`` speaks of nobody.
    """
    if scope in {"special", "key"}:
        return not student.groups.isdisjoint(listed(base.policy, f"groups.{scope}"))
    if scope == "new":
        return is_new(base, student)
    if scope == "graduating":
        return "graduating" in student.groups or student.grade in LEAVING_GRADES
    return scope != "team"


def is_new(base: Ground, student: Student) -> bool:
    """Tell whether a student entered in the current school year."""
    year = base.period("year")
    if student.entered is not None:
        return year.start <= student.entered <= year.end
    return "new_student" in student.groups


def members(base: Ground, quota: Quota) -> tuple[Student, ...]:
    """Return whom a rule speaks of: those here, and those who left within its period."""
    scope = str(quota.rule["scope"])
    return tuple(
        one
        for one in base.students.values()
        if (one.entered is None or one.entered <= base.as_of)
        and (one.left is None or one.left > quota.period.start)
        and in_scope(base, one, scope)
    )


def quota_duties(base: Ground) -> Iterator[Owed]:
    """Yield the duties of all rules that give a number of visits to students."""
    covers = quotas(base, ("cover",))
    for quota in covers:
        yield from _cover(base, quota)
    for quota in quotas(base, ("extra",)):
        yield from _extra(base, quota, covers)


def forms_for(base: Ground, student: Student, name: str) -> tuple[str, ...]:
    """Return the forms that count for a student: a special group may have to be met at home."""
    forms = base.forms(name, remote=student.far)
    for other, rule in base.rules.items():
        if rule["mode"] == "form" and in_scope(base, student, str(rule["scope"])):
            must = base.forms(other, remote=student.far)
            forms = tuple(form for form in forms if form in must) or must
    return forms


def pool_of(student: Student, measured: str) -> str:
    """Return the group of which a share is asked for; a department is taken to be a grade."""
    if measured == "class":
        return f"class:{student.class_id}"
    if measured == "department":
        return f"grade:{'' if student.grade is None else student.grade}"
    return "school"


def pools(base: Ground, quota: Quota) -> dict[str, tuple[Student, ...]]:
    """Return the groups of a rule with those of them who are at the school."""
    found: dict[str, list[Student]] = {}
    for student in members(base, quota):
        if student.left is None:
            found.setdefault(pool_of(student, str(quota.rule["of"])), []).append(student)
    return {name: tuple(found[name]) for name in sorted(found)}


def counted(base: Ground, quota: Quota, student: Student, last: dt.date) -> tuple[Contact, ...]:
    """Return the contacts of a period up to a day that count for a rule, each once."""
    end = min(last, quota.period.end, base.as_of)
    forms = forms_for(base, student, quota.name)
    contacts = made(base, student, quota.period.start, end, forms)
    if quota.by:
        contacts = by_any(contacts, base.staff.any_of(quota.by, student.class_id))
    return contacts


def _cover(base: Ground, quota: Quota) -> Iterator[Owed]:
    measured, share = str(quota.rule["of"]), quota.number("share")
    sizes = {name: len(found) for name, found in pools(base, quota).items()}
    for student in members(base, quota):
        pool = pool_of(student, measured)
        size = sizes.get(pool, 0)
        needed = students_needed(size, share, str(quota.rule["comparator"]))
        partial = needed < size
        yield _owed(base, quota, student, pool=pool if partial else "", needed=needed)


def _owed(base: Ground, quota: Quota, student: Student, pool: str, needed: int) -> Owed:
    times = int(quota.number("times"))
    contacts = counted(base, quota, student, base.as_of)
    teachers = base.staff.any_of(quota.by, student.class_id) if quota.each_teacher else ()
    full = times * max(len(teachers), 1)
    done = len(contacts)
    if teachers:
        done = sum(min(times, len(by_any(contacts, (one,)))) for one in teachers)
    return _row(base, quota, student, (full, full), (done, contacts), (pool, needed))


def _row(
    base: Ground,
    quota: Quota,
    student: Student,
    times: tuple[int, int],
    done: tuple[int, tuple[Contact, ...]],
    pool: tuple[str, int] = ("", 0),
) -> Owed:
    owed = prorated(times[0], student, quota.period, base)
    crew = crew_of(base, student, quota.by)
    scope = str(quota.rule["scope"])
    kinds = {"special": "special_group", "key": "key", "new": "new_student"}
    kind = "key" if quota.rule["mode"] == "extra" else kinds.get(scope, "regular")
    return Owed(
        student=student,
        kind=kind,
        duty=name_of(quota.key, quota.period.start),
        rule=quota.key,
        source=base.policy.source(f"{quota.key}.mode"),
        opens=quota.period.start,
        due=quota.period.due,
        closes=quota.period.end,
        forms=forms_for(base, student, quota.name),
        roles=crew.roles,
        must=crew.must,
        leads=crew.leads,
        partners=crew.partners,
        alone=crew.alone,
        occurrences=owed,
        most=max(times[1], owed),
        full=times[0],
        fulfilled=min(done[0], owed),
        made=done[1],
        pool=pool[0],
        needed=pool[1],
    )


def _extra(base: Ground, quota: Quota, covers: tuple[Quota, ...]) -> Iterator[Owed]:
    times = int(quota.number("times"))
    most = int(quota.number("max_times", times))
    for student in members(base, quota):
        contacts = counted(base, quota, student, base.as_of)
        used = max((_used(base, one, student, contacts) for one in covers), default=0)
        extra = max(len(contacts) - used, 0)
        on_top = contacts[len(contacts) - extra :]
        yield _row(base, quota, student, (times, most), (extra, on_top))


def _used(base: Ground, cover: Quota, student: Student, extra: tuple[Contact, ...]) -> int:
    """Return how many contacts an everyday rule takes up that could have been extra ones.

    The rule first takes contacts that cannot be extra, so that a telephone call does for it where
    it may, and the visit at home counts on top.
    """
    speaks = in_scope(base, student, str(cover.rule["scope"])) and not cover.each_teacher
    if not speaks or cover.number("share") < 1:
        return 0
    per, times = str(cover.rule["per"]), int(cover.number("times"))
    used = 0
    for period in {base.period(per, contact.date) for contact in extra}:
        ours = counted(base, Quota(cover.name, cover.rule, period), student, base.as_of)
        shared = sum(one in extra for one in ours)
        used += min(max(min(times, len(ours)) - (len(ours) - shared), 0), shared)
    return used
