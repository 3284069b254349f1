"""From a school to the problem the planner solves: duties, requests, visitors, travel, rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from visitkit.calendar import DateLike
from visitkit.load.school import School
from visitkit.plan.coordinates import one_system
from visitkit.plan.duties import Duties, duties
from visitkit.plan.kept import kept_visits, promised
from visitkit.plan.outcome import Visit
from visitkit.plan.problem import Problem, Rules
from visitkit.plan.requests import Caseload, requests
from visitkit.plan.travel import Place, travel_times, whole_minutes
from visitkit.plan.visitors import visitors
from visitkit.plan.worth import Asking
from visitkit.policy import Policy

#: What is taken where nobody says.
USUAL_DAYS, USUAL_MODE = 14, "ebike"

#: Days between two visits to one family, where nobody says; no paper lays it down.
USUAL_SPACING = 7


@dataclass(frozen=True)
class Terms:
    """How a school's visits are to be planned.

    Parameters
    ----------
    days
        Days of the plan, rest days included.
    mode
        Way of travel.
    base
        Where the school is; ``None``: nobody says, the middle of the homes stands in.
    minutes
        Minutes worked out elsewhere, see :func:`visitkit.plan.travel.travel_times`.
    far
        Address zones too far away for a visit at home.
    daylight
        Visits end before sunset.
    spacing
        Least days between two visits to one family.
    kinds
        Kinds of duty the plan is made for, see :mod:`visitkit.plan.kinds`; all where none is named.
    chosen, only_chosen
        Students whom a person put on the list, and whether nobody else is asked for.
    keep
        Visits of an earlier plan that stay, as :func:`visitkit.plan.kept.kept_visits` reads them.
    history
        What the casebook remembers, see :func:`visitkit.plan.duties.duties`.
    """

    days: int = USUAL_DAYS
    mode: str = USUAL_MODE
    base: Place | None = None
    minutes: pd.DataFrame | Mapping[str, pd.DataFrame] | None = None
    far: tuple[str, ...] = ()
    daylight: bool = False
    spacing: int = USUAL_SPACING
    kinds: tuple[str, ...] = ()
    chosen: tuple[str, ...] = ()
    only_chosen: bool = False
    keep: pd.DataFrame | None = None
    history: Mapping[str, pd.DataFrame] | None = None


@dataclass(frozen=True)
class Setting:
    """What a plan is made from: duties, the problem, and the visits that stay as they are."""

    duties: Duties
    problem: Problem
    kept: tuple[Visit, ...]


_USUAL = Terms()


def problem_of(
    cases: Caseload | None,
    school: School,
    policy: Policy,
    start: DateLike,
    terms: Terms = _USUAL,
) -> Setting:
    """Return what a school owes on a day, and the problem of visiting the families.

    A kept visit that nothing asks for any more is asked for all the same: the family was told.

    Parameters
    ----------
    cases
        A caseload; ``None`` asks for duties alone, without alerts.
    school, policy
        Families, teachers, calendar and rules.
    start
        First day of the plan, on which we stand.
    terms
        How to plan.

    Raises
    ------
    visitkit.errors.CalendarError
        When ``start`` is no day of the calendar.
    visitkit.errors.PlanError
        When homes are given in several systems of coordinates, the way of travel is not known, or
        a visit to keep cannot be read or lies in no session.

    Examples
    --------
    >>> from visitkit.calendar import Calendar
    >>> from visitkit.policy import read_policy
    >>> days = Calendar.weekdays("2026-09-01", "2027-01-22")
    >>> roll = pd.DataFrame({"student_id": ["01"], "class_id": ["701"], "address": ["A road 1"]})
    >>> staff = pd.DataFrame({"teacher_id": ["T1"], "homeroom_class": ["701"]})
    >>> school = School.from_frames(students=roll, teachers=staff, calendar=days)
    >>> found = problem_of(None, school, read_policy("home-school-contact"), "2026-11-02")
    >>> len(found.duties), [one.id for one in found.problem.requests]
    (1, ['01/1'])
    """
    day = school.calendar.date(start)
    alerts = None if cases is None else cases.alerts
    owed = duties(school, policy, day, alerts, terms.history, far=terms.far)
    asking = Asking(
        days=terms.days,
        far=terms.far,
        chosen=terms.chosen,
        only_chosen=terms.only_chosen,
        kinds=terms.kinds,
    )
    wanted = requests(cases, school, policy, day, owed, asking=asking)
    people = visitors(school, day, terms.days, policy, duties=owed)
    kept = () if terms.keep is None else kept_visits(terms.keep, wanted, people)
    wanted += promised(kept, wanted)
    trip = travel_times(wanted, school, terms.mode, minutes=terms.minutes, base=terms.base)
    law = Rules(daylight=terms.daylight, spacing_days=max(1, terms.spacing))
    return Setting(owed, Problem(tuple(wanted), people, whole_minutes(trip), law), kept)


def base_place(school: School, degrees: tuple[float, float] | None) -> Place | None:
    """Return where the school is, its degrees being in the coordinate system of the homes.

    Raises
    ------
    visitkit.errors.PlanError
        When the homes are given in more than one system.
    """
    if degrees is None:
        return None
    known = school.students.dropna(subset=["lat", "lon"])["coord_system"]
    return Place(*degrees, one_system(known.tolist(), "students"))
