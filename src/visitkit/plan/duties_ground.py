"""What duties are worked out from: who is on roll, who teaches them, and what was done so far."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pandas as pd

from visitkit.calendar import Calendar
from visitkit.errors import PlanError
from visitkit.load.school import School
from visitkit.plan.duties_periods import Period, period_of
from visitkit.plan.duties_staff import Staff, staff_of
from visitkit.policy import Policy
from visitkit.policy.counts import forms_of

#: Form of a talk at school with the student, which is no visit.
TALK = "talk"

#: Tables of a history and the columns each must have.
HISTORY = {
    "visits": ("student_id", "date", "form"),
    "talks": ("student_id", "date"),
    "appointments": ("student_id", "date", "status"),
    "persuasion": ("student_id", "date", "round", "outcome"),
    "returns": ("student_id", "date"),
}
#: What may stand in ``appointments.status``.
APPOINTMENT = ("cancelled_school", "cancelled_family", "waived")
#: What may stand in ``persuasion.outcome``.
OUTCOMES = ("failed", "returned", "lost", "refused")


@dataclass(frozen=True, slots=True)
class Student:
    """A student of the roll, as far as visits are concerned."""

    student_id: str
    class_id: str
    grade: int | None
    entered: dt.date | None
    left: dt.date | None
    far: bool
    boarding: bool
    groups: frozenset[str]


@dataclass(frozen=True, slots=True, order=True)
class Contact:
    """A contact made with a family, or a talk at school."""

    date: dt.date
    form: str
    visitors: tuple[str, ...]


@dataclass(frozen=True)
class Ground:
    """Everything known on one day.

    Parameters
    ----------
    as_of, calendar, policy
        The day, the school's days and its rules.
    students
        By number: on roll on the day, gone within the school year before it, or about to enter.
    contacts
        By student, in order of date; none after the day.
    staff
        Teachers by class and role.
    history
        Tables beside ``visits`` and ``talks``, rows up to the day.
    pairs
        Student who has an agent parent, to the teachers who are one.
    """

    as_of: dt.date
    calendar: Calendar
    policy: Policy
    students: Mapping[str, Student]
    contacts: Mapping[str, tuple[Contact, ...]]
    staff: Staff
    history: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    pairs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def on_roll(self) -> tuple[Student, ...]:
        """Students who are at the school on the day, by number."""
        return tuple(one for one in self.students.values() if here(one, self.as_of))

    @cached_property
    def rules(self) -> Mapping[str, Mapping[str, object]]:
        """The rules on the number of visits, by name."""
        return dict(sorted(self.policy.records("quota").items()))

    @cached_property
    def _remembered(self) -> dict[tuple[object, ...], Any]:
        # asked for every student, and a policy takes its time to answer
        return {}

    def period(self, per: str, day: dt.date | None = None) -> Period:
        """Return the period of a rhythm that a day lies in, by default the day itself."""
        when = min(max(day or self.as_of, self.calendar.first), self.calendar.last)
        key = (per, when)
        if key not in self._remembered:
            self._remembered[key] = period_of(per, when, self.calendar, self.policy)
        found: Period = self._remembered[key]
        return found

    def forms(self, name: str, *, remote: bool) -> tuple[str, ...]:
        """Return the forms of contact that count for a rule, or for visits in general."""
        key = ("forms", name, remote)
        if key not in self._remembered:
            self._remembered[key] = forms_of(self.policy, name, remote=remote)
        found: tuple[str, ...] = self._remembered[key]
        return found

    def rows(self, table: str) -> list[dict[str, Any]]:
        """Return the rows of a table of the history, in order of student and date."""
        frame = self.history.get(table)
        if frame is None:
            return []
        return [{str(name): cell for name, cell in row.items()} for row in frame.to_dict("records")]


def here(student: Student, day: dt.date) -> bool:
    """Tell whether a student is at the school on a day."""
    return (student.entered is None or student.entered <= day) and student.left is None


def listed(policy: Policy, key: str) -> tuple[str, ...]:
    """Return the words of a list in the policy; none where it is not set."""
    if key not in policy:
        return ()
    found = policy[key]
    return tuple(map(str, found)) if isinstance(found, list) else ()


def ground(
    school: School,
    policy: Policy,
    as_of: dt.date,
    history: Mapping[str, pd.DataFrame] | None = None,
    far: Collection[str] = (),
) -> Ground:
    """Gather what is known on a day; rows dated after it are not looked at.

    Parameters
    ----------
    school, policy, as_of
        As for :func:`visitkit.plan.duties.duties`.
    history
        What the casebook remembers, see :data:`HISTORY`.
    far
        Address zones too far away for a home visit.

    Raises
    ------
    PlanError
        When a table of the history is unknown, lacks a column or holds a word not allowed.
    """
    told = {name: _known(name, frame, as_of) for name, frame in sorted((history or {}).items())}
    return Ground(
        as_of,
        school.calendar,
        policy,
        _students(school, as_of, frozenset(far)),
        _contacts(school, told, as_of),
        staff_of(school),
        told,
        _pairs(school, as_of),
    )


def _known(name: str, frame: pd.DataFrame, as_of: dt.date) -> pd.DataFrame:
    if name not in HISTORY:
        raise PlanError("duties.history_table", table=name, names=", ".join(HISTORY))
    missing = [column for column in HISTORY[name] if column not in frame]
    if missing:
        raise PlanError("duties.history_column", table=name, column=missing[0])
    for column, allowed in (("status", APPOINTMENT), ("outcome", OUTCOMES)):
        if column in HISTORY[name]:
            wrong = sorted(set(frame[column].dropna().astype(str)) - set(allowed))
            if wrong:
                names = ", ".join(allowed)
                raise PlanError(
                    "duties.history_word", table=name, column=column, found=wrong[0], names=names
                )
    if name == "appointments":
        waived = frame[frame["status"].eq("waived")].reindex(columns=["duty"])
        if waived["duty"].isna().any():
            raise PlanError("duties.waiver_no_duty")
    rows = frame.assign(date=pd.to_datetime(frame["date"]).astype("datetime64[us]"))
    rows = rows[rows["date"] <= pd.Timestamp(as_of)]
    by = ["student_id", "date", *[one for one in ("round", "status", "duty") if one in rows]]
    return rows.sort_values(by, kind="stable").reset_index(drop=True)


def _day(value: Any, as_of: dt.date | None = None) -> dt.date | None:
    """Return a day; one after ``as_of`` is not known yet."""
    if pd.isna(value):
        return None
    day: dt.date = pd.Timestamp(value).date()
    return None if as_of is not None and day > as_of else day


def _text(value: Any) -> str:
    return "" if pd.isna(value) else str(value)


def _students(school: School, as_of: dt.date, far: frozenset[str]) -> dict[str, Student]:
    codes = groups_on(school, as_of)
    found = {}
    columns = ["student_id", "class_id", "grade", "entered_on", "left_on", "zone", "boarding"]
    rows = school.students[columns].astype("object").sort_values("student_id")
    for number, name, grade, entered, left, zone, boarding in rows.itertuples(index=False):
        found[str(number)] = Student(
            str(number),
            _text(name),
            None if pd.isna(grade) else int(grade),
            _day(entered),
            _day(left, as_of),
            _text(zone) in far,
            not pd.isna(boarding) and bool(boarding),
            frozenset(codes.get(str(number), ())),
        )
    return found


def groups_on(school: School, as_of: dt.date) -> dict[str, set[str]]:
    """Return the special groups each student belongs to on a day."""
    now = pd.Timestamp(as_of)
    rows = school.groups
    rows = rows[~(rows["since"] > now) & ~(rows["until"] < now)]
    codes: dict[str, set[str]] = {}
    for number, code in rows[["student_id", "code"]].itertuples(index=False, name=None):
        codes.setdefault(str(number), set()).add(str(code))
    return codes


def _contacts(
    school: School, told: Mapping[str, pd.DataFrame], as_of: dt.date
) -> dict[str, tuple[Contact, ...]]:
    frames = [school.visits]
    frames += [told["visits"]] if "visits" in told else []
    frames += [told["talks"].assign(form=TALK)] if "talks" in told else []
    found: dict[str, set[Contact]] = {}
    for frame in frames:
        rows = frame.reindex(columns=["student_id", "date", "form", "visitors"]).astype("object")
        for number, date, form, visitors in rows.itertuples(index=False, name=None):
            day = _day(date, as_of)
            if day is not None and not pd.isna(form):
                names = tuple(sorted(filter(None, _text(visitors).split(";"))))
                found.setdefault(str(number), set()).add(Contact(day, str(form), names))
    return {number: tuple(sorted(found[number])) for number in sorted(found)}


def _pairs(school: School, as_of: dt.date) -> dict[str, tuple[str, ...]]:
    """Return the children who have an agent parent, with the teachers who are one."""
    helps, now = school.interventions, pd.Timestamp(as_of)
    active = helps["type"].eq("agent_parent") & ~(helps["start"] > now) & ~(helps["end"] < now)
    found: dict[str, set[str]] = {}
    rows = helps.loc[active, ["student_id", "owner"]].astype("object")
    for number, owner in rows.itertuples(index=False, name=None):
        found.setdefault(str(number), set()).update(filter(None, [_text(owner)]))
    told = school.guardians
    for number in told.loc[told["relation"].eq("agent_parent"), "student_id"]:
        found.setdefault(str(number), set())
    return {number: tuple(sorted(found[number])) for number in sorted(found)}
