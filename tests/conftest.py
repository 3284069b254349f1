"""What all tests share: no deadlines, a made-up school with a plan, a study of each design."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import pandas as pd
import pytest
from hypothesis import settings

from visitkit.calendar import Calendar
from visitkit.load import School
from visitkit.plan import Setting, Terms, VisitPlan, plan_visits, problem_of
from visitkit.policy import Policy, read_policy
from visitkit.review import Study
from visitkit.sample import made_study
from visitkit.screen.assignment import Basis, freeze_assignment

MONDAY = "2026-11-02"

# How long an example takes depends on what else the machine does; timings belong in benchmarks/.
settings.register_profile("visitkit", deadline=None)
settings.load_profile("visitkit")


@dataclass(frozen=True)
class Visiting:
    """A school of fourteen students, what it owes, and a plan of three days."""

    school: School
    rules: Policy
    setting: Setting
    plan: VisitPlan


def _students() -> pd.DataFrame:
    """Twelve students in two classes; one has no address, one no coordinates beside it."""
    rows = [
        {
            "student_id": f"S{number:02d}",
            "name": f"Child <b>{number}</b>",
            "class_id": "701" if number % 2 else "702",
            "address": f"{number} Made-up Road",
            "lat": 30.0 + 0.004 * (number % 5),
            "lon": 104.0 + 0.003 * (number // 5),
            "coord_system": "wgs84",
        }
        for number in range(14)
    ]
    rows[12] |= {"lat": None, "lon": None}
    rows[13] |= {"lat": None, "lon": None, "address": None}
    return pd.DataFrame(rows)


def _teachers() -> pd.DataFrame:
    free = "1 16:00-20:00;2 16:00-20:00;3 16:00-19:00"
    return pd.DataFrame(
        [
            {"teacher_id": "H1", "name": "Head One", "homeroom_class": "701", "available": free},
            {"teacher_id": "H2", "name": "Head Two", "homeroom_class": "702", "available": free},
            {"teacher_id": "A", "name": "Art", "classes": "701;702", "available": free},
            {"teacher_id": "B", "name": "Bio", "classes": "701;702", "available": free},
        ]
    )


@pytest.fixture(scope="session")
def visiting() -> Visiting:
    """A plan made once; plans are frozen, so tests share it."""
    school = School.from_frames(
        students=_students(),
        teachers=_teachers(),
        calendar=Calendar.weekdays("2026-09-01", "2027-01-22"),
    )
    rules = read_policy("recommended")
    setting = problem_of(None, school, rules, MONDAY, Terms(days=3, spacing=1))
    problem = setting.problem
    plan = plan_visits(
        problem.requests, problem.visitors, problem.trip, seconds=3, rules=problem.rules
    )
    return Visiting(school, rules, setting, plan)


@pytest.fixture(scope="session")
def study_of() -> Callable[[str], Study]:
    """Return the made-up study of a design by its name; each is made and estimated once."""
    return _study


@cache
def _study(assign: str) -> Study:
    made = made_study(assign, seed=1)
    settings_: dict[str, Any] = dict(made.settings)
    if assign == "threshold":
        score = made.table.set_index("student_id")["score"]
        basis = Basis("made up", dt.date(2026, 9, 7))
        settings_["record"] = freeze_assignment(score, basis, cutoff=60)
        settings_["first_visit"] = dt.date(2026, 9, 28)
    return Study(made.table, list(made.outcome), assign, **settings_)
