"""From a school to a problem: students chosen by hand, visits agreed before, nobody lost."""

from __future__ import annotations

from typing import Any

import pytest

from visitkit.errors import PlanError
from visitkit.plan import Terms, base_place, check_plan, plan_visits, problem_of, visits_table
from visitkit.plan.chosen import CHOSEN
from visitkit.plan.goodness import longer, must, open_costs
from visitkit.plan.requests import Asking, requests

MONDAY = "2026-11-02"


def test_chosen_students_must_be_visited(visiting: Any) -> None:
    """One who is owed nothing is asked for; one who is owed a visit must get it."""
    plain = Asking(days=3, chosen=("S01", "S02"))
    owed = visiting.setting.duties
    owed = owed[owed["student_id"] != "S02"]
    found = {
        one.student_id: one
        for one in requests(None, visiting.school, visiting.rules, MONDAY, owed, asking=plain)
    }
    assert len(found) == 14
    assert {one for one, request in found.items() if request.mandatory} == {"S01", "S02"}
    assert found["S02"].duty == CHOSEN
    assert found["S02"].leads == ("H2",)
    assert found["S01"].duty.startswith("quota.")


def test_only_the_chosen(visiting: Any) -> None:
    terms = Terms(days=3, chosen=("S03", "nobody"), only_chosen=True)
    found = problem_of(None, visiting.school, visiting.rules, MONDAY, terms)
    assert [one.student_id for one in found.problem.requests] == ["S03"]


def test_agreed_visits_stay_when_nothing_asks_for_them(visiting: Any) -> None:
    """Agreed for S07, then only S03 is asked for: S07 keeps day, hour and visitors."""
    agreed = [one for one in visiting.plan.visits if one.student_id == "S07"]
    terms = Terms(days=3, chosen=("S03",), only_chosen=True, keep=visits_table(agreed))
    found = problem_of(None, visiting.school, visiting.rules, MONDAY, terms)
    assert {one.student_id for one in found.problem.requests} == {"S03", "S07"}
    problem = found.problem
    plan = plan_visits(
        problem.requests, problem.visitors, problem.trip, seconds=3, frozen=found.kept
    )
    again = next(one for one in plan.visits if one.student_id == "S07")
    assert (again.session, again.start, again.crew) == (
        *(agreed[0].session, agreed[0].start),
        agreed[0].crew,
    )
    assert check_plan(plan) == ()
    moved = plan.without(again.request_id)
    assert {one.student_id for one in moved.plan.visits} == {"S03"}


def test_the_school_lies_in_the_system_of_the_homes(visiting: Any) -> None:
    place = base_place(visiting.school, (30.0, 104.0))
    assert place is not None
    assert place.system == "wgs84"
    assert base_place(visiting.school, None) is None


def test_what_is_taken_out_is_not_called_impossible(visiting: Any) -> None:
    """Taking a visit out costs its worth; it is not set aside with families nobody can reach."""
    cost, _ = open_costs(visiting.plan)
    out = visiting.plan.without("S07/1")
    assert open_costs(out.plan)[0] == pytest.approx(cost + out.cost_change)
    assert longer(visiting.plan) == 0.0
    assert must(visiting.plan) == []
    with pytest.raises(PlanError):
        longer(type(visiting.plan)((), (), 1.0, 1.0, False, 0))
