"""The checker stands alone and finds each fault that is put into a good plan."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from visitkit import text
from visitkit.errors import PlanError
from visitkit.plan import check as checker
from visitkit.plan.check import check_plan
from visitkit.plan.explain import explain_unassigned
from visitkit.plan.outcome import Outing, VisitPlan
from visitkit.plan.problem import (
    Problem,
    Request,
    Rules,
    Session,
    Travel,
    Visitor,
    Visitors,
    Window,
)
from visitkit.plan.solve import plan_visits

SHARED = {"visitkit.plan.problem", "visitkit.plan.outcome", "visitkit.errors"}
PLACES = ("school", "a", "b", "far", "island")


def two_evenings(**changes: object) -> Problem:
    """Return two teachers, two evenings and two families that fit into one evening."""
    table = np.array(
        [
            [0, 10, 12, 90, np.nan],
            [10, 0, 5, 90, np.nan],
            [12, 5, 0, 90, np.nan],
            [90, 90, 90, 0, np.nan],
            [np.nan, np.nan, np.nan, np.nan, 0],
        ]
    )
    evenings = (
        Session("mon", date(2026, 9, 7), 990, 1170, 1200, daylight_end=1080),
        Session("tue", date(2026, 9, 8), 990, 1170, 1200, daylight_end=1080),
    )
    people = (
        Visitor("head", ("mon", "tue")),
        Visitor("mate", ("mon", "tue"), weekly=(("weekday", 2),)),
        Visitor("other", ("tue",)),
    )
    wanted = (family("A", "a"), family("B", "b"))
    problem = Problem(wanted, Visitors(people, evenings), Travel(PLACES, {"walk": table}, "school"))
    return replace(problem, **changes)


def family(name: str, place: str, **changes: object) -> Request:
    """Return a family that is at home on both evenings."""
    windows = (Window("mon", 990, 1130), Window("tue", 990, 1130))
    return replace(Request(name, f"S{name}", place, windows, ("head",), ("mate",)), **changes)


def planned(problem: Problem) -> VisitPlan:
    """Plan a problem."""
    return plan_visits(problem.requests, problem.visitors, problem.trip, rules=problem.rules)


def with_outing(plan: VisitPlan, **changes: object) -> VisitPlan:
    """Return a plan whose only outing is changed."""
    (outing,) = plan.outings
    return replace(plan, outings=(replace(outing, **changes),))


def with_visit(plan: VisitPlan, **changes: object) -> VisitPlan:
    """Return a plan whose first visit is changed."""
    (outing,) = plan.outings
    first, *rest = outing.visits
    return with_outing(plan, visits=(replace(first, **changes), *rest))


def test_checker_shares_no_code_with_the_planner() -> None:
    """The checker imports only the words of problem and outcome."""
    tree = ast.parse(Path(checker.__file__).read_text("utf-8"))
    modules = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    modules |= {
        a.name for node in ast.walk(tree) if isinstance(node, ast.Import) for a in node.names
    }
    assert {name for name in modules if name and name.startswith("visitkit")} <= SHARED


def test_good_plan_has_one_outing() -> None:
    """Both families fit into one evening, the nearer order first, and no rule is broken."""
    plan = planned(two_evenings())
    assert check_plan(plan) == ()
    assert [visit.start for visit in plan.visits] == [1000.0, 1045.0]
    assert plan.cost == plan.bound == 27.0


FAULTS: list[tuple[str, Callable[[VisitPlan], VisitPlan]]] = [
    ("not_there_yet", lambda plan: with_visit(plan, start=991.0, end=1031.0)),
    ("not_at_home", lambda plan: with_visit(plan, start=1135.0, end=1175.0)),
    ("outside_session", lambda plan: with_visit(plan, start=1135.0, end=1175.0)),
    ("wrong_figures", lambda plan: with_visit(plan, end=1031.0)),
    ("wrong_figures", lambda plan: with_visit(plan, travel=1.0)),
    ("not_lead", lambda plan: with_visit(plan, lead="other")),
    ("not_partner", lambda plan: with_visit(plan, partner="other")),
    ("alone", lambda plan: with_visit(plan, partner=None)),
    ("form", lambda plan: with_visit(plan, form="phone")),
    ("not_wanted", lambda plan: with_visit(plan, request_id="C")),
    ("lost", lambda plan: with_visit(plan, request_id="C")),
    ("not_free", lambda plan: with_outing(plan, partner="other")),
    ("unknown", lambda plan: with_outing(plan, session="wed")),
    ("twice", lambda plan: replace(plan, outings=plan.outings * 2)),
    ("booked_twice", lambda plan: replace(plan, outings=plan.outings * 2)),
    ("too_close", lambda plan: replace(plan, outings=plan.outings * 2)),
]


@pytest.mark.parametrize(
    ("rule", "spoil"), FAULTS, ids=[f"{r}-{k}" for k, (r, _) in enumerate(FAULTS)]
)
def test_each_fault_is_found(rule: str, spoil: Callable[[VisitPlan], VisitPlan]) -> None:
    """A fault put into a good plan is named."""
    assert rule in {found.rule for found in check_plan(spoil(planned(two_evenings())))}


STRICTER: list[tuple[str, dict[str, object]]] = [
    ("after_due", {"requests": (family("A", "a", due=date(2026, 9, 1)), family("B", "b"))}),
    (
        "before_first",
        {"requests": (family("A", "a", not_before=date(2026, 9, 30)), family("B", "b"))},
    ),
    ("too_many_visits", {"rules": Rules(longest=1)}),
    ("outside_session", {"rules": Rules(daylight=True)}),
    ("alone", {"requests": (family("A", "a"), family("B", "b")), "rules": Rules(never_alone=True)}),
]


@pytest.mark.parametrize(("rule", "changes"), STRICTER[:4], ids=[rule for rule, _ in STRICTER[:4]])
def test_stricter_rules_are_checked(rule: str, changes: dict[str, object]) -> None:
    """A plan made under loose rules breaks strict ones, and a plan made under these does not."""
    plan, strict = planned(two_evenings()), two_evenings(**changes)
    known = (strict.requests, strict.visitors, strict.trip, strict.rules)
    assert rule in {found.rule for found in check_plan(plan, *known)}
    assert check_plan(planned(strict)) == ()


def test_limits_of_visitors_are_checked() -> None:
    """Caps by the week, the most and the least visits of a visitor are counted."""
    plan, problem = planned(two_evenings()), two_evenings()
    tight = Visitor("mate", ("mon", "tue"), weekly=(("weekday", 0),), most=1)
    idle = Visitor("other", ("tue",), least=1)
    people = Visitors((problem.visitors.people[0], tight, idle), problem.visitors.sessions)
    broken = check_plan(plan, visitors=people)
    assert {item.rule for item in broken} == {
        "too_many_a_week",
        "too_many_in_all",
        "too_few_in_all",
    }
    (often,) = (item for item in broken if item.rule == "too_many_a_week")
    assert often.facts["week"] == 1  # people count from 1


def test_home_too_late_and_no_way() -> None:
    """The way home counts, and a missing cell of the table is no way."""
    problem = two_evenings()
    far = Visitor("head", ("mon", "tue"), home="far")
    gone = Visitor("head", ("mon", "tue"), home="island")
    plan = planned(problem)
    for person, rule in ((far, "home_late"), (gone, "no_way_home")):
        people = Visitors((person, *problem.visitors.people[1:]), problem.visitors.sessions)
        short = tuple(replace(s, home_by=1150) for s in problem.visitors.sessions)
        found = check_plan(plan, visitors=replace(people, sessions=short))
        assert [item.rule for item in found] == [rule]


def test_every_rule_has_words() -> None:
    """Each rule the checker names and each reason has words in both languages."""
    rules = {rule for rule, _ in [*FAULTS, *STRICTER]} | {"home_late", "no_way_home"}
    for rule in rules:
        for lang in text.LANGUAGES:
            assert text.say(f"plan.violation.{rule}", lang, found=0, most=0, least=0, week=0)


REASONS = [
    ("no_address", family("C", "")),
    ("no_travel", family("C", "nowhere")),
    ("dates_contradict", family("C", "a", due=date(2026, 9, 7), not_before=date(2026, 9, 8))),
    ("due_early", family("C", "a", due=date(2026, 9, 1))),
    ("starts_late", family("C", "a", not_before=date(2026, 10, 1))),
    ("no_lead", family("C", "a", leads=("nobody",))),
    ("no_partner", family("C", "a", partners=())),
    ("no_free_time", family("C", "a", windows=())),
    ("no_time_in_sessions", family("C", "a", windows=(Window("mon", 1160, 1169),))),
    ("no_crew", family("C", "a", windows=(Window("mon", 990, 1100),), partners=("other",))),
    (
        "no_common_time",
        family("C", "a", windows=(Window("mon", 990, 1100),), leads=("other",)),
    ),
    ("unreachable", family("C", "island")),
    ("too_far", family("C", "far", windows=(Window("mon", 990, 1130),))),
]


@pytest.mark.parametrize(("reason", "request_"), REASONS, ids=[reason for reason, _ in REASONS])
def test_bad_request_is_kept_with_its_reason(reason: str, request_: Request) -> None:
    """A request that cannot be met is listed with its reason, and the rest is planned."""
    problem = two_evenings()
    plan = planned(replace(problem, requests=(*problem.requests, request_)))
    assert [(item.request_id, item.reason) for item in plan.unassigned] == [("C", reason)]
    assert len(plan.visits) == 2
    assert explain_unassigned(plan)[0].reason == reason
    for lang in text.LANGUAGES:
        assert text.say(f"plan.reason.{reason}", lang, **plan.unassigned[0].facts)


def test_price_of_adding_a_family() -> None:
    """A family left out because it is dear is explained by its price in minutes."""
    cheap = family("A", "a", prize=5.0)
    plan = planned(two_evenings(requests=(cheap,)))
    (item,) = explain_unassigned(plan)
    assert (item.reason, item.facts["cost"]) == ("costs", 15.0)


def test_price_of_displacing_another_family() -> None:
    """When only one of two families fits, the price names what would be left out."""
    only = (Window("mon", 1000, 1005),)
    dear, cheap = (
        family("A", "a", windows=only),
        family("B", "b", windows=(Window("mon", 1002, 1005),), prize=30.0),
    )
    plan = planned(two_evenings(requests=(dear, cheap)))
    (item,) = explain_unassigned(plan)
    # A costs 20 minutes and B 24; leaving A out costs 100 in place of 30.
    assert (item.request_id, item.reason) == ("B", "displaces")
    assert item.facts == {"cost": 74.0, "visits": 1}


def test_taking_out_and_putting_back() -> None:
    """Without a visit the plan costs its prize and saves its way; moved back it costs the same."""
    plan = planned(two_evenings())
    out = plan.without("A")
    assert out.cost_change == 100 + 24 - 27
    assert out.broken == ()
    back = out.plan.move("A", plan.outings[0].session, "head")
    assert (back.cost_change, back.broken) == (-97.0, ())
    assert back.plan.visits == plan.visits
    assert len(plan.visits) == 2


def test_move_names_the_rules_it_breaks() -> None:
    """A visit moved to somebody who may not lead it is moved, and the rule is named."""
    plan = planned(two_evenings())
    change = plan.move("A", "tue", "other", "mate")
    assert {found.rule for found in change.broken} == {"not_lead"}
    assert change.cost_change == 20 + 24 - 27
    assert {outing.lead for outing in change.plan.outings} == {"head", "other"}


def test_moving_what_is_not_there_is_an_error() -> None:
    """Unknown visits and sessions are refused in words."""
    plan = planned(two_evenings())
    with pytest.raises(PlanError):
        plan.without("Z")
    with pytest.raises(PlanError):
        plan.move("A", "wed", "head")
    with pytest.raises(PlanError):
        replace(plan, problem=None).without("A")


def test_contradictions_are_errors() -> None:
    """A travel table without the school, a ragged one, or a negative penalty is refused."""
    square = np.zeros((2, 2))
    with pytest.raises(PlanError):
        Travel(("a", "b"), {"walk": square}, "school")
    with pytest.raises(PlanError):
        Travel(("school",), {"walk": square}, "school")
    with pytest.raises(PlanError):
        Travel(("school", "a"), {"walk": square - 1}, "school")
    with pytest.raises(PlanError):
        Travel(("school",), {}, "school")
    with pytest.raises(PlanError):
        Rules(mandatory_penalty=-1)
    with pytest.raises(PlanError):
        two_evenings(visitors=Visitors((Visitor("t", (), least=3, most=2),), ()))


def test_outing_adds_up() -> None:
    """Travel of an outing is that of its visits and the way home."""
    outing: Outing = planned(two_evenings()).outings[0]
    assert (outing.travel, outing.homeward, outing.home_at) == (27.0, 12.0, 1097.0)
