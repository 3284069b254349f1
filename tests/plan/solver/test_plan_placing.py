"""Putting a visit onto a day of a lead: no other session or companion would do better."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visitkit.errors import PlanError
from visitkit.plan import Problem, check_plan, explain_unassigned, plan_visits
from visitkit.plan.change import move
from visitkit.plan.placing import fresh, place

Builder = Callable[..., Problem]


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 500), number=st.integers(0, 4), lead=st.sampled_from(["l0", "l1"]))
def test_no_way_breaks_fewer_rules(
    small_school: Builder, seed: int, number: int, lead: str
) -> None:
    """Of the companions who may come and are free none keeps more; an old outing keeps its own."""
    problem = small_school(seed)
    plan = plan_visits(
        problem.requests, problem.visitors, problem.trip, seconds=2, rules=problem.rules
    )
    before = check_plan(plan)
    request = next(one for one in problem.requests if one.id == f"r{number}")
    free = {one.teacher_id: one.sessions for one in problem.visitors.people}
    for session in problem.visitors.sessions:
        found = place(plan, f"r{number}", session.date, lead)
        broken = len(fresh(before, found.broken))
        others = [one for one in plan.outings if (one.lead, one.session) == (lead, session.id)]
        kept = [v for one in others for v in one.visits if v.request_id != f"r{number}"]
        able = [one for one in request.partners if session.id in free[one]]
        mates: list[str | None] = [None] if kept else [None, *able]
        tries = [move(plan, f"r{number}", session.id, lead, mate) for mate in mates]
        assert broken == min(len(fresh(before, one.broken)) for one in tries)
        assert check_plan(found.plan) == found.broken


def test_what_cannot_be_is_refused(small_school: Builder) -> None:
    problem = small_school(1)
    plan = plan_visits(problem.requests, problem.visitors, problem.trip, seconds=2)
    day = problem.visitors.sessions[0].date
    for request, lead, frozen in (("none", "l0", ()), ("r0", "nobody", ()), ("r0", "l0", ("r0",))):
        with pytest.raises(PlanError):
            place(plan, request, day, lead, frozen=frozen)
    with pytest.raises(PlanError):
        place(plan, "r0", day.replace(year=2030), "l0")


def test_an_agreed_visit_keeps_its_companion(small_school: Builder) -> None:
    """A companion cannot be exchanged over the head of a family that was told who comes."""
    for seed in range(60):
        problem = small_school(seed)
        plan = plan_visits(problem.requests, problem.visitors, problem.trip, seconds=2)
        outing = next((one for one in plan.outings if one.partner), None)
        other = next((one.id for one in problem.requests), "")
        if outing is None or outing.visits[0].request_id == other:
            continue
        told = outing.visits[0]
        mate = next(one for one in ("p0", "p1", "p2") if one != outing.partner)
        where = (outing.session, outing.lead)
        with pytest.raises(PlanError):
            move(plan, other, *where, mate, frozen={told.request_id})
        after = move(plan, other, *where, frozen={told.request_id}).plan
        again = next(one for one in after.visits if one.request_id == told.request_id)
        assert (again.start, again.crew) == (told.start, told.crew)
        return
    pytest.fail("no school with a companion was made")


def test_one_request_is_explained_alone(small_school: Builder) -> None:
    for seed in range(30):
        problem = small_school(seed)
        plan = plan_visits(problem.requests, problem.visitors, problem.trip, seconds=2)
        if len(plan.unassigned) > 1:
            name = plan.unassigned[0].request_id
            found = explain_unassigned(plan, seconds=1, only={name})
            assert [one.request_id for one in found] == [name]
            return
    pytest.fail("no school leaves two out")
