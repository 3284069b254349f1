"""What schools get wrong: each request is kept, listed with its reason, and the rest is planned."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest

from visitkit import plan, text
from visitkit.calendar import Calendar
from visitkit.load import School
from visitkit.plan.matrices import read_minutes
from visitkit.policy import read_policy

DAYS = Calendar.weekdays("2026-09-01", "2027-01-22")
MONDAY = "2026-11-02"
RULES = read_policy("recommended")
STAFF = [
    {
        "teacher_id": "H",
        "roles": "head_teacher",
        "homeroom_class": "701",
        "available": "1 16:00-19:00;3 16:00-19:00",
    },
    {"teacher_id": "A", "classes": "701", "available": "1 16:00-19:00;3 16:00-19:00"},
]


def school_of(students: list[dict[str, object]], hours: dict[str, str] | None = None) -> School:
    """Return a class with its two teachers; every family lives near the school."""
    spots = {"lat": 30.0, "lon": 104.0, "coord_system": "wgs84", "address": "a road"}
    roll = [
        {"student_id": f"S{n}", "class_id": "701", **spots, "lat": 30.0 + n / 1000, **one}
        for n, one in enumerate(students)
    ]
    homes = [
        {"student_id": student, "relation": "mother", "available": cell}
        for student, cell in (hours or {}).items()
    ]
    tables = {"students": roll, "teachers": STAFF} | ({"guardians": homes} if homes else {})
    return School.from_frames(
        calendar=DAYS, **{name: pd.DataFrame(rows) for name, rows in tables.items()}
    )


def planned(
    school: School,
    *,
    alerts: pd.DataFrame | None = None,
    late: int | None = 7,
    minutes: pd.DataFrame | None = None,
) -> plan.VisitPlan:
    """Plan a week of visits from the school's own tables."""
    asking = plan.Asking(days=7, late=late)
    owed = plan.duties(school, RULES, MONDAY, alerts)
    wanted = plan.requests(None, school, RULES, MONDAY, owed, asking=asking)
    people = plan.visitors(school, MONDAY, 7, RULES)
    trip = plan.whole_minutes(plan.travel_times(wanted, school, minutes=minutes))
    return plan.plan_visits(wanted, people, trip)


def left_out(made: plan.VisitPlan) -> dict[str, str]:
    """Return the reason for each student left out; words exist and take its facts."""
    for item in made.unassigned:
        for lang in text.LANGUAGES:
            assert text.say(f"plan.reason.{item.reason}", lang, **item.facts)
            assert text.say(f"plan.short.{item.reason}", lang)
    return {item.student_id: item.reason for item in made.unassigned}


def visited(made: plan.VisitPlan) -> set[str]:
    """Return the students visited, after checking the plan."""
    assert plan.check_plan(made) == ()
    return {visit.student_id for visit in made.visits}


def test_no_address() -> None:
    """A family whose address nobody knows is listed; the others are visited."""
    nowhere = {"lat": None, "lon": None, "coord_system": None, "address": None}
    made = planned(school_of([{}, nowhere, {}]))
    assert left_out(made) == {"S1": "no_address"}
    assert visited(made) == {"S0", "S2"}


def test_address_without_coordinates() -> None:
    """An address that no travel time is known for is told apart from no address."""
    made = planned(school_of([{}, {"lat": None, "lon": None, "coord_system": None}]))
    assert left_out(made) == {"S1": "unreachable"}
    assert visited(made) == {"S0"}


def test_no_common_free_time() -> None:
    """A family that is free only when no teacher is, is listed; the others are visited."""
    made = planned(school_of([{}, {}, {}], {"S0": "2 16:00-19:00", "S2": "1 16:00-19:00"}))
    assert left_out(made)["S0"] in {"no_free_time", "no_time_in_sessions", "no_common_time"}
    assert visited(made) == {"S1", "S2"}


def test_due_before_the_first_session() -> None:
    """A visit owed on a day that has passed is listed with both days; the rest is planned."""
    sick = {"student_id": ["S0"], "rule": ["sick_absence"], "kind": ["visit"], "source": [""]}
    alerts = pd.DataFrame(sick | {"opened": [pd.Timestamp("2026-10-20")]})
    alerts["due"] = alerts["opened"] + pd.Timedelta(hours=32)
    school = school_of([{}, {}])
    made = planned(school, alerts=alerts, late=None)
    assert left_out(made) == {"S0": "due_early"}
    facts = {"due": dt.date(2026, 10, 21), "first": dt.date(2026, 11, 2)}
    assert made.unassigned[0].facts == facts
    assert visited(made) == {"S1"}
    # Unless the school wants it listed, the visit is made within the week all the same.
    assert visited(planned(school, alerts=alerts)) == {"S0", "S1"}


def test_contradictory_rules() -> None:
    """Dates that contradict each other, and nobody allowed to go, are listed; the rest is planned.

    A school's rules may ask for a visit after a day and before an earlier one, and for two people
    where only one is left.
    """
    school = school_of([{}, {}, {}])
    wanted = {one.student_id: one for one in plan.requests(None, school, RULES, MONDAY)}
    windows = wanted["S0"].windows
    first, last = dt.date(2026, 11, 4), dt.date(2026, 11, 3)
    cross = plan.Request("x", "S0", "S0", windows, ("H",), ("A",), not_before=first, due=last)
    single = plan.Request("y", "S1", "S1", windows, ("H",), (), alone=False)
    asked = [cross, single, wanted["S2"]]
    people = plan.visitors(school, MONDAY, 7, RULES)
    made = plan.plan_visits(asked, people, plan.travel_times(asked, school))
    assert left_out(made) == {"S0": "dates_contradict", "S1": "no_partner"}
    assert visited(made) == {"S2"}


@pytest.mark.parametrize("cell", ["", "school,S1,9\n"])
def test_unreachable_cell(tmp_path: Path, cell: str) -> None:
    """An empty cell of the travel table leaves out the family it leads to, and nobody else."""
    table = tmp_path / "minutes.csv"
    ways = "school,S0,8\nschool,S2,12\nS0,S2,7\nS1,S0,\nS1,S2,\n" + (cell or "school,S1,\n")
    table.write_text("origin,destination,minutes\n" + ways, "utf-8")
    made = planned(school_of([{}, {}, {}]), minutes=read_minutes(table))
    if cell:
        assert visited(made) == {"S0", "S1", "S2"}
    else:
        assert left_out(made) == {"S1": "unreachable"}
        assert visited(made) == {"S0", "S2"}
