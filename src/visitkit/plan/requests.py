"""Visits wanted: duties and caseload put together, with the hours in which a family can be met."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import pandas as pd

from visitkit.calendar import DateLike
from visitkit.errors import PlanError
from visitkit.load.school import School
from visitkit.plan.chosen import only, with_chosen
from visitkit.plan.duties import duties as all_duties
from visitkit.plan.duties_ground import groups_on, listed
from visitkit.plan.duties_staff import Staff, staff_of
from visitkit.plan.families import Family, families
from visitkit.plan.kinds import of_kinds
from visitkit.plan.problem import Request, Session, Visitors, Window
from visitkit.plan.tier_visits import tier_wishes, with_tier
from visitkit.plan.visitors import sessions, visitors
from visitkit.plan.wishes import Wish, wishes
from visitkit.plan.worth import ASKING, HORIZON, Asking, Worth, prize
from visitkit.policy import Policy


class Caseload(Protocol):
    """What is read of a caseload: its table and the alerts it was made from."""

    @property
    def table(self) -> pd.DataFrame:
        """A row a student, with tier and index."""

    @property
    def alerts(self) -> pd.DataFrame:
        """The open alerts."""


def requests(
    cases: Caseload | pd.DataFrame | None,
    school: School,
    policy: Policy,
    as_of: DateLike,
    duties: pd.DataFrame | None = None,
    *,
    asking: Asking = ASKING,
) -> list[Request]:
    """Return the visits wanted on a day.

    Parameters
    ----------
    cases
        A caseload, or its table with ``student_id``, ``tier`` and ``risk_index`` (0-100); ``None``
        asks for duties alone.
    school, policy
        Families, teachers and rules.
    as_of
        The day on which we stand; it is the first day asked for.
    duties
        From :func:`visitkit.plan.duties.duties`; worked out from the alerts of the caseload where
        they are not given.
    asking
        Days, zones far away, what to do with late visits, what a visit is worth, and students whom
        a person put on the list.

    Returns
    -------
    list of visitkit.plan.problem.Request
        In order of student, the most pressing first. One visit serves all duties of a student that
        it can; visits of immediate, persuasion and priority students are mandatory, and so are
        those the school called off. A family without an address has no place, one without a common
        free hour no windows: they stay in the list, and the planner says why they are left out.

    Raises
    ------
    visitkit.errors.PlanError
        When the caseload lacks a column.
    visitkit.errors.PolicyError
        When the policy lacks a value.

    Notes
    -----
    Students of a tier with days in ``tier.visit_days`` are wanted within so many school days
    unless they were visited at home as recently. A family that says nothing about its hours is
    taken to be free in all sessions: the appointment will tell. Where no teacher who may lead
    speaks a language of the family, somebody who does comes along.

    Examples
    --------
    >>> from visitkit.calendar import Calendar
    >>> from visitkit.policy import read_policy
    >>> days = Calendar.weekdays("2026-09-01", "2027-01-22")
    >>> roll = pd.DataFrame({"student_id": ["01"], "class_id": ["701"], "address": ["A road 1"]})
    >>> staff = pd.DataFrame({"teacher_id": ["T1"], "homeroom_class": ["701"]})
    >>> school = School.from_frames(students=roll, teachers=staff, calendar=days)
    >>> found = requests(None, school, read_policy("home-school-contact"), "2026-11-02")
    >>> [(one.id, one.duty, one.leads) for one in found]
    [('01/1', 'quota.student@2026-09-01', ('T1',))]
    """
    day = school.calendar.date(as_of)
    table, alerts = _cases(cases)
    if duties is None:
        duties = all_duties(school, policy, day, alerts, far=asking.far)
    times = sessions(school, day, asking.days, policy)
    homes = families(school, day, frozenset(asking.far))
    until = day + dt.timedelta(days=asking.days - 1)
    rows = {who: of_kinds(all_, asking.kinds) for who, all_ in _by_student(duties).items()}
    tiers = tier_wishes(table, school, policy, day, homes)
    people = visitors(school, day, asking.days, policy)
    asker = _Asker(
        school, policy, day, asking, times, staff_of(school), people, groups_on(school, day)
    )
    found = []
    chosen = set(asking.chosen)
    for number in only(homes, tuple(chosen), (*rows, *tiers), asking.only_chosen):
        wanted = wishes(rows.get(number, ()), day, until, homes[number].far)
        wanted = with_tier(wanted, tiers.get(number))
        if number in chosen:
            wanted = with_chosen(wanted, homes[number], policy, day)
        found += asker.of(homes[number], wanted, table.get(number, {}))
    return found


@dataclass(frozen=True)
class _Asker:
    school: School
    policy: Policy
    day: dt.date
    asking: Asking
    times: tuple[Session, ...]
    staff: Staff
    people: Visitors
    groups: Mapping[str, set[str]]

    def of(self, home: Family, wanted: list[Wish], case: Mapping[str, Any]) -> list[Request]:
        service = int(str(self.policy["route.visit_minutes"]))
        should = self.policy["visit.student_present"] == "should"
        hours = home.windows(self.times, service, with_student=should)
        return [
            Request(
                id=f"{home.student_id}/{number}",
                student_id=home.student_id,
                place=home.place,
                windows=self.windows(hours, wish),
                leads=crew[0],
                partners=crew[1],
                alone=crew[2],
                service=service,
                prize=float(round(self.worth(wish, case))),
                mandatory=wish.mandatory,
                duty=";".join(wish.duties),
                occurrence=number,
                due=self.due(wish),
                not_before=wish.opens,
                forms=wish.forms,
                earlier=tuple(one for one in home.earlier if one in (*crew[0], *crew[1])),
                joins=wish.joins,
            )
            for number, wish in enumerate(wanted, 1)
            for crew in [home.crew(wish.leads, wish.partners, wish.alone)]
        ]

    def worth(self, wish: Wish, case: Mapping[str, Any]) -> float:
        """Return what a visit is worth; everyday visits to the groups named first are worth more.

        ``groups.priority`` names them (VC-16, SG-12).
        """
        codes = self.groups.get(wish.student_id, set())
        first = not codes.isdisjoint(listed(self.policy, "groups.priority"))
        return prize(wish, case, self.day, self.asking.worth, first=first)

    def windows(self, hours: tuple[Window, ...], wish: Wish) -> tuple[Window, ...]:
        """Return the hours in which somebody of each further role is free as well."""
        if not wish.joins:
            return hours
        free = {one.teacher_id: set(one.sessions) for one in self.people.people}
        return tuple(
            one
            for one in hours
            if all(any(one.session in free[who] for who in part) for part in wish.joins)
        )

    def due(self, wish: Wish) -> dt.date | None:
        """Return the last day asked for; later than the due day where that cannot be kept."""
        first = min((one.date for one in self.times), default=self.day)
        late = self.asking.late
        if wish.due is None or late is None or wish.due >= first:
            return wish.due
        return first + dt.timedelta(days=late)


def _cases(
    cases: Caseload | pd.DataFrame | None,
) -> tuple[dict[str, dict[str, Any]], pd.DataFrame | None]:
    if cases is None:
        return {}, None
    table = cases if isinstance(cases, pd.DataFrame) else cases.table
    for column in ("student_id", "tier", "risk_index"):
        if column not in table:
            raise PlanError("duties.cases_column", column=column)
    rows = table[["student_id", "tier", "risk_index"]].to_dict("records")
    known = {str(row["student_id"]): {str(key): row[key] for key in row} for row in rows}
    return known, None if isinstance(cases, pd.DataFrame) else cases.alerts


def _by_student(duties: pd.DataFrame) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in pd.DataFrame(duties).to_dict("records"):
        found.setdefault(str(row["student_id"]), []).append({str(key): row[key] for key in row})
    return found


def unmet(requests: Iterable[Request]) -> dict[str, str]:
    """Return the requests that no plan can meet as they stand, with the reason.

    Returns
    -------
    dict
        Request to ``no_address``, ``no_common_hour`` or ``nobody_to_go``; words stand in
        ``text/*/duties.toml`` under ``unmet``.

    Examples
    --------
    >>> unmet([Request("1/1", "1", "", (), ("T1",))])
    {'1/1': 'no_address'}
    """
    found = {}
    for one in requests:
        if not one.place and set(one.forms) <= {"home"}:
            found[one.id] = "no_address"
        elif not one.windows:
            found[one.id] = "no_common_hour"
        elif not one.leads:
            found[one.id] = "nobody_to_go"
    return found


__all__ = ["ASKING", "HORIZON", "Asking", "Caseload", "Worth", "requests", "unmet"]
