"""Who comes along where the rules name more than two: free, in one place, and checked."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest

from visitkit.plan import check_plan, plan_visits
from visitkit.plan.outcome import VisitPlan
from visitkit.plan.problem import Request, Session, Travel, Visitor, Visitors, Window

MON = Session("mon", dt.date(2026, 9, 7), 990, 1170, 1230)
TUE = Session("tue", dt.date(2026, 9, 8), 990, 1170, 1230)
TRIP = Travel(("school", "a", "b"), {"walk": np.full((3, 3), 12.0) - 12 * np.eye(3)}, "school")


def request(name: str = "a", **more: object) -> Request:
    """A round with three roles: V leads, M comes along, one of H and J joins."""
    windows = tuple(Window(one, 990, 1130) for one in ("mon", "tue"))
    asked = Request(f"{name}/1", name, name, windows, ("V",), ("M",), joins=(("H", "J"),))
    return replace(asked, **more)  # type: ignore[arg-type]


def planned(*requests: Request, joining: tuple[str, ...] = ("mon", "tue")) -> VisitPlan:
    """The plan for a few families; H and J are free in some sessions."""
    both = ("mon", "tue")
    people = [Visitor("V", both), Visitor("M", both), Visitor("L", both), Visitor("N", both)]
    people += [Visitor("H", joining), Visitor("J", joining)]
    return plan_visits(requests, Visitors(tuple(people), (MON, TUE)), TRIP, seconds=5)


def test_three_go() -> None:
    """Lead, companion and one of the third role; the checker, which knows none of it, agrees."""
    plan = planned(request())
    assert plan.visits[0].crew in {("V", "M", "H"), ("V", "M", "J")}
    assert check_plan(plan) == ()


def test_nobody_is_asked_into_two_places() -> None:
    """H leads elsewhere in the only hours there are, so J comes along."""
    other = Request("b/1", "b", "b", (Window("mon", 990, 1130),), ("H",), ("N",))
    plan = planned(request(windows=(Window("mon", 990, 1130),)), other)
    crews = {visit.student_id: visit.crew for visit in plan.visits}
    assert crews == {"a": ("V", "M", "J"), "b": ("H", "N")}
    assert check_plan(plan) == ()


def test_who_is_lacking_is_told() -> None:
    """Nobody of the third role is free: the visit stays, and the checker says what it lacks."""
    plan = planned(request(), joining=())
    assert plan.visits[0].crew == ("V", "M")
    assert [one.rule for one in check_plan(plan)] == ["too_few"]


@pytest.mark.parametrize(
    ("joins", "rule"),
    [((), "too_few"), (("L",), "too_few"), (("X",), "not_free")],
)
def test_the_checker_looks_for_itself(joins: tuple[str, ...], rule: str) -> None:
    """A plan changed by hand: nobody, somebody of another role, somebody nobody knows."""
    plan = planned(request())
    outing = plan.outings[0]
    visits = (replace(outing.visits[0], joins=joins),)
    changed = replace(plan, outings=(replace(outing, visits=visits),))
    assert rule in {one.rule for one in check_plan(changed)}


def test_a_visit_that_is_kept_keeps_who_comes_along() -> None:
    """Planned again with the visit held fast, the same three go."""
    first = planned(request())
    problem = first.problem
    assert problem is not None
    frozen = tuple(replace(one, joins=("J",)) for one in first.visits)
    again = plan_visits(problem.requests, problem.visitors, TRIP, seconds=5, frozen=frozen)
    assert again.visits[0].crew == ("V", "M", "J")
    assert check_plan(again) == ()


def persons(**limits: dict[str, object]) -> Visitors:
    """V, M, W and N lead and accompany; H and J come along, within their limits."""
    both = ("mon", "tue")
    made = [Visitor(one, both, **limits.get(one, {})) for one in "VMWNHJ"]  # type: ignore[arg-type]
    return Visitors(tuple(made), (MON, TUE))


def rounds() -> list[Request]:
    """Two rounds that each need a third, on two days, made by two pairs."""
    one = request(windows=(Window("mon", 990, 1130),))
    other = request("b", windows=(Window("tue", 990, 1130),), leads=("W",), partners=("N",))
    return [one, other]


def test_the_same_is_not_asked_twice_while_another_stays_at_home() -> None:
    """H and J go once each."""
    plan = plan_visits(rounds(), persons(), TRIP, seconds=5)
    assert sorted(visit.joins for visit in plan.visits) == [("H",), ("J",)]


@pytest.mark.parametrize("limit", [{"weekly": (("weekday", 1),)}, {"most": 1}])
def test_nobody_comes_along_more_often_than_may_be(limit: dict[str, object]) -> None:
    """Only H is left, who may go once: the second visit goes without, and the checker says so."""
    asked = [replace(one, joins=(("H",),)) for one in rounds()]
    plan = plan_visits(asked, persons(H=limit), TRIP, seconds=5)
    assert sorted(visit.joins for visit in plan.visits) == [(), ("H",)]
    assert [one.rule for one in check_plan(plan)] == ["too_few"]
    forced = tuple(
        replace(outing, visits=tuple(replace(one, joins=("H",)) for one in outing.visits))
        for outing in plan.outings
    )
    rule = "too_many_in_all" if "most" in limit else "too_many_a_week"
    assert [one.rule for one in check_plan(replace(plan, outings=forced))] == [rule]


def test_who_comes_along_counts_as_a_visit_made() -> None:
    """J must make a visit; coming along is one for the checker."""
    asked = [replace(one, joins=(("J",),)) for one in rounds()]
    plan = plan_visits(asked, persons(J={"least": 1}), TRIP, seconds=5)
    assert check_plan(plan) == ()
