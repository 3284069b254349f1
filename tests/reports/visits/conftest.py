"""A hand-made plan of four visits for five made-up students, among them names that bite."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from visitkit.calendar import Calendar
from visitkit.load import School
from visitkit.plan import (
    Duties,
    Outing,
    Problem,
    Request,
    Session,
    Travel,
    Unassigned,
    Visit,
    Visitor,
    Visitors,
    VisitPlan,
    duties,
)
from visitkit.plan.travel import Place
from visitkit.policy import Policy, read_policy
from visitkit.reports.visits.given import Beside, Given, given
from visitkit.reports.visits.rows import Round, visit_round
from visitkit.screen.caseload import Caseload

MONDAY, TUESDAY = dt.date(2026, 11, 2), dt.date(2026, 11, 3)
EVENING = Session("mon", MONDAY, 990, 1200, 1260, daylight_end=1050)
NEXT = Session("tue", TUESDAY, 990, 1200, 1260)
BASE = Place(30.0, 104.0)
DUTY = "quota.head_teacher@2026-09-01"


@pytest.fixture
def alerts() -> pd.DataFrame:
    """Matters that a sheet may tell and matters that must stay at school."""
    rows = [
        ("S01", "despair_words", "crisis", "despair_words"),
        ("S01", "critical_item", "crisis", "2"),
        ("S01", "good_event", "good", "award"),
        ("S01", "sick_absence", "visit", "3"),
        ("S02", "family_event", "visit", "domestic_violence"),
        ("S02", "serious_conduct", "visit", "self_harm_sign"),
        ("S02", "student_event", "visit", "bullying"),
    ]
    columns = ["student_id", "rule", "kind", "fact"]
    moments = {"opened": pd.Timestamp("2026-10-29"), "due": pd.Timestamp("2026-11-05")}
    rest = {"action": "visit_home", "owner": "head_teacher", "source": "002 L48", **moments}
    return pd.DataFrame(rows, columns=columns).assign(**rest, answered=pd.NaT, overdue=False)


@pytest.fixture
def school() -> School:
    """Three homes with coordinates, one without, one without an address."""
    students = pd.DataFrame(
        {
            "student_id": ["S01", "S02", "S03", "S04", "S05"],
            "name": ["=1+1", "<script>alert(1)</script>", "An Bo", "Ce De", "Ef Ge"],
            "class_id": "7(1)",
            "address": ["1 Elm Road; left, rear", "2 Elm Road", "3 Elm Road", "4 Elm Road", None],
            "lat": [30.01, 30.02, 30.0, np.nan, np.nan],
            "lon": [104.0, 104.01, 104.02, np.nan, np.nan],
            "coord_system": ["wgs84", "wgs84", "wgs84", None, None],
        }
    )
    guardians = pd.DataFrame(
        {
            "student_id": ["S01", "S01", "S02"],
            "relation": ["mother", "paternal_grandparent", "father"],
            "name": ["@Mum", "Granny", "Dad"],
            "phone": ["00011112222", "00033334444", None],
            "away": ["yes", "no", "no"],
            "language": ["dialect", "dialect;standard", "standard"],
        }
    )
    teachers = pd.DataFrame(
        {
            "teacher_id": ["T1", "T2", "T3", "T4"],
            "name": ["Li Yi", "Wu Er", "Yu San", "Qi Si"],
            "roles": ["head_teacher", "subject_teacher", "counsellor", "subject_teacher"],
            "homeroom_class": ["7(1)", None, None, None],
            "classes": ["7(1)", "7(1)", None, "8(1)"],
        }
    )
    visits = pd.DataFrame(
        {
            "student_id": ["S01"],
            "date": ["2026-10-12"],
            "form": ["phone"],
            "topics": ["feelings;relationship;study_method"],
        }
    )
    days = Calendar.weekdays("2026-09-01", "2027-01-22")
    return School.from_frames(
        students=students, guardians=guardians, teachers=teachers, visits=visits, calendar=days
    )


@pytest.fixture
def policy() -> Policy:
    """The recommended rules."""
    return read_policy("recommended")


@pytest.fixture
def owed(school: School, policy: Policy, alerts: pd.DataFrame) -> Duties:
    """What the school owes these families."""
    return duties(school, policy, MONDAY, alerts)


def visit(student: str, session: Session, start: float, crew: str, **more: object) -> Visit:
    """Return a visit of 40 minutes."""
    lead, _, partner = crew.partition(";")
    made = Visit(
        f"{student}/1",
        student,
        session.id,
        session.date,
        start,
        start + 40,
        lead,
        partner or None,
        order=1,
        travel=12.0,
        duty=DUTY,
        due=dt.date(2026, 11, 6),
    )
    return replace(made, **more)


@pytest.fixture
def plan(owed: Duties) -> VisitPlan:
    """Two outings on Monday and one on Tuesday; two families left out."""
    matter = next(
        str(row.duty) for row in owed.itertuples() if str(row.rule) == "immediate.family_event"
    )
    first = visit("S01", EVENING, 1002.0, "T1;T2")
    second = visit("S02", EVENING, 1050.5, "T1;T2", order=2, travel=8.5, duty=f"{matter};{DUTY}")
    third = visit("S04", EVENING, 1005.0, "T4", due=None)
    fourth = visit("S03", NEXT, 1010.0, "T2;T3", travel=20.0)
    outings = (
        Outing("mon", "T1", "T2", (first, second), 15.0, 1106.0),
        Outing("mon", "T4", None, (third,), 10.0, 1055.0),
        Outing("tue", "T2", "T3", (fourth,), 10.0, 1060.0),
    )
    people = [Visitor(one, ("mon", "tue"), least=0, most=8) for one in ("T1", "T2", "T3", "T4")]
    places = ("school", "S01", "S02", "S03", "S04")
    trip = Travel(places, {"ebike": np.zeros((5, 5))}, "school")
    made = {one.student_id: one.duty for outing in outings for one in outing.visits}
    wanted = tuple(
        Request(f"{one}/1", one, one, (), ("T1",), duty=duty) for one, duty in made.items()
    )
    left = (
        Unassigned("S05/1", "S05", DUTY, dt.date(2026, 11, 9), "no_address"),
        Unassigned("S01/2", "S01", "=cmd()", None, "no_travel", {"place": "S01"}),
    )
    problem = Problem(wanted, Visitors(tuple(people), (EVENING, NEXT)), trip)
    return VisitPlan(outings, left, 100.0, 90.0, False, 7, (), problem)


@pytest.fixture
def known(plan: VisitPlan, owed: Duties, school: School, policy: Policy, cases: Caseload) -> Given:
    """All of it in English, with the caseload and the place of the school."""
    return given(plan, owed, school, policy, "en", Beside(cases, BASE))


@pytest.fixture
def told(known: Given) -> Round:
    """The plan day by day."""
    return visit_round(known)
