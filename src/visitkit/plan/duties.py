"""Every visit a school owes on one day: to whom, by whom, by when, why, and what was done."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from typing import ClassVar

import pandas as pd

from visitkit.calendar import DateLike
from visitkit.load.school import School
from visitkit.plan.duties_care import care_duties
from visitkit.plan.duties_ground import Ground, ground
from visitkit.plan.duties_loads import LOAD_COLUMNS, cells, loads
from visitkit.plan.duties_owed import KINDS, Owed
from visitkit.plan.duties_quotas import quota_duties
from visitkit.plan.duties_status import OPEN, Standing, standings
from visitkit.plan.duties_triggers import trigger_duties
from visitkit.policy import Policy

#: Columns of the table with their types.
COLUMNS = {
    "student_id": "str",
    "class_id": "str",
    "kind": "str",
    "duty": "str",
    "rule": "str",
    "source": "str",
    "opens": "datetime64[us]",
    "due": "datetime64[us]",
    "forms": "str",
    "roles": "str",
    "must_go": "str",
    "may_lead": "str",
    "may_join": "str",
    "alone": "bool",
    "occurrences": "int64",
    "most": "int64",
    "fulfilled": "int64",
    "status": "str",
    "overdue": "bool",
    "prorated": "bool",
    "pool": "str",
    "needed": "int64",
    "cancelled_school": "int64",
    "cancelled_family": "int64",
    "made_up": "int64",
    "last_contact": "datetime64[us]",
}


class Duties(pd.DataFrame):
    """Visits owed, a row a student and duty; columns as in :data:`COLUMNS`.

    Attributes
    ----------
    as_of : datetime.date or None
        The day on which we stand.
    loads : pandas.DataFrame or None
        What each rule asks of each teacher, see :func:`visitkit.plan.duties_views.load`.
    """

    _metadata: ClassVar[list[str]] = ["as_of", "loads"]

    as_of: dt.date | None = None
    loads: pd.DataFrame | None = None

    @property
    def _constructor(self) -> type[Duties]:
        return Duties


def duties(
    school: School,
    policy: Policy,
    as_of: DateLike,
    alerts: pd.DataFrame | None = None,
    history: Mapping[str, pd.DataFrame] | None = None,
    *,
    far: Collection[str] = (),
) -> Duties:
    """Return every visit owed on a day, with what earlier contacts have fulfilled.

    Parameters
    ----------
    school
        Students, groups, teachers, interventions, visits and the calendar.
    policy
        Every number, form and role: ``quota.*``, ``visit.*``, ``trigger.visit_*``,
        ``new_student.*``, ``agent_parent.*``, ``left_behind.*``, ``persuasion.*``,
        ``readmission.*`` and ``window.*``.
    as_of
        The day on which we stand. Rows dated after it change nothing.
    alerts
        Open alerts with ``student_id``, ``rule``, ``kind``, ``opened``, ``due`` and ``source``, as
        the screening stage returns them; without them nothing immediate is owed.
    history
        What the casebook remembers, each table optional: ``visits`` (more contacts), ``talks``
        (``student_id``, ``date``: talks at school), ``appointments`` (``student_id``, ``date``,
        ``status`` of ``cancelled_school``, ``cancelled_family`` or ``waived``, and ``duty``, a
        name or rule of this table, which a waiver must give), ``persuasion`` (``student_id``,
        ``date``, ``round``, ``outcome`` of ``failed``, ``returned``, ``lost`` or ``refused``) and
        ``returns`` (``student_id``, ``date`` of coming back to school after illness or crisis).
    far
        Address zones too far away for a home visit; the remote forms of the policy then count.

    Returns
    -------
    Duties
        A row a student and duty: ``student_id``, ``class_id``, ``kind`` (see
        :data:`visitkit.plan.duties_owed.KINDS`), ``duty`` (its name, stable from day to day),
        ``rule`` (policy key), ``source``, ``opens`` and ``due`` (dates; missing where the policy
        gives none), ``forms`` (that count, joined by ``;``), ``roles`` (of which one holder each
        must go), ``must_go`` (for each role the teachers who hold it, joined by ``/``, roles joined
        by ``;``), ``may_lead``, ``may_join`` (teachers, joined by ``;``), ``alone``,
        ``occurrences`` (times owed), ``most`` (times the rule speaks of at most), ``fulfilled``
        (never more than owed), ``status`` (see
        :data:`visitkit.plan.duties_status.STATUSES`), ``overdue``, ``prorated``, ``pool`` and
        ``needed`` (where only a share of a class, grade or school is asked for), the appointments
        called off and made up, ``last_contact`` that counted.

    Raises
    ------
    visitkit.errors.CalendarError
        When ``as_of`` is no day of the calendar.
    visitkit.errors.PlanError
        When the alerts or the history lack a column or hold a word not allowed.
    visitkit.errors.PolicyError
        When the policy lacks a value.

    Notes
    -----
    One contact may fulfil several duties, each as often as its rule allows; extra visits count only
    beyond those the everyday rules take up. A quota that asks each teacher of a class for a visit
    is one row with as many occurrences as teachers.

    Examples
    --------
    >>> from visitkit.policy import read_policy
    >>> roll = pd.DataFrame({"student_id": ["01", "02"], "class_id": ["701", "701"]})
    >>> made = pd.DataFrame({"student_id": ["01"], "date": ["2026-10-09"], "form": ["home"]})
    >>> from visitkit.calendar import Calendar
    >>> days = Calendar.weekdays("2026-09-01", "2027-01-22")
    >>> school = School.from_frames(students=roll, visits=made, calendar=days)
    >>> rules = read_policy("home-school-contact")
    >>> duties(school, rules, "2026-11-02")[["student_id", "rule", "status"]].values.tolist()
    [['01', 'quota.student', 'fulfilled'], ['02', 'quota.student', 'owed']]
    """
    day = school.calendar.date(as_of)
    base = ground(school, policy, day, history, far)
    owed = [*quota_duties(base), *trigger_duties(base, alerts), *care_duties(base)]
    owed = [one for one in owed if one.occurrences > 0]
    owed.sort(key=lambda one: (one.student.student_id, KINDS.index(one.kind), one.duty))
    rows = _rows(owed, standings(base, owed), day)
    table = Duties(pd.DataFrame(rows, columns=list(COLUMNS)).astype(COLUMNS))
    table.as_of = day
    asked = pd.DataFrame([cells(one, base) for one in loads(base)], columns=list(LOAD_COLUMNS))
    dates = dict.fromkeys(("opens", "due"), "datetime64[us]")
    table.loads = asked.astype({"teacher_id": "str", "rule": "str", **dates, "most": "float64"})
    return table


def _rows(
    owed: Iterable[Owed], standing: Iterable[Standing], day: dt.date
) -> list[tuple[object, ...]]:
    return [_cells(one, state, day) for one, state in zip(owed, standing, strict=True)]


def _cells(one: Owed, state: Standing, day: dt.date) -> tuple[object, ...]:
    overdue = state.status in OPEN and one.due is not None and one.due < day
    return (
        one.student.student_id,
        one.student.class_id,
        one.kind,
        one.duty,
        one.rule,
        one.source,
        one.opens,
        one.due,
        ";".join(one.forms),
        ";".join(one.roles),
        ";".join("/".join(ids) for ids in one.must),
        ";".join(one.leads),
        ";".join(one.partners),
        one.alone,
        one.occurrences,
        one.most,
        one.fulfilled,
        state.status,
        overdue,
        one.occurrences != one.full,
        one.pool,
        one.needed,
        state.cancelled_school,
        state.cancelled_family,
        state.made_up,
        one.made[-1].date if one.made else None,
    )


__all__ = ["COLUMNS", "Duties", "Ground", "duties"]
