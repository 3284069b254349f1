"""The planner against brute force, its own checker and itself."""

from __future__ import annotations

import itertools
import math
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace

import joblib
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from visitkit.errors import PlanError
from visitkit.plan import solve as planner
from visitkit.plan.case import prepare
from visitkit.plan.check import check_plan, count_cost
from visitkit.plan.effort import Effort, Progress
from visitkit.plan.first import Search
from visitkit.plan.master import programme
from visitkit.plan.outcome import VisitPlan
from visitkit.plan.part import keeps_rules
from visitkit.plan.pool import gather
from visitkit.plan.problem import Problem, Request, Visitor, Visitors
from visitkit.plan.routes import team_routes
from visitkit.plan.solve import plan_visits

Builder = Callable[..., Problem]
Crew = tuple[str, str]

#: Rules that are soft: a plan may break them and pays for it.
SOFT = {"too_few_in_all"}

#: Sums of a few whole numbers of minutes; the solver's own tolerance is 1e-6.
CLOSE = 1e-5


def planned(problem: Problem, **wishes: object) -> VisitPlan:
    """Plan a problem."""
    return plan_visits(
        problem.requests, problem.visitors, problem.trip, rules=problem.rules, **wishes
    )


def best_by_trying(problem: Problem) -> float:
    """Return the lowest cost of all plans, found by trying every one of them."""
    teams = [
        (person.teacher_id, session)
        for person in problem.visitors.people
        for session in person.sessions
        if any(person.teacher_id in request.leads for request in problem.requests)
    ]
    ways = {team: travel_by_set(problem, *team) for team in teams}
    lowest = math.inf
    for where in itertools.product([None, *teams], repeat=len(problem.requests)):
        sets: dict[Crew, frozenset[str]] = {}
        for request, team in zip(problem.requests, where, strict=True):
            if team is not None:
                sets[team] = sets.get(team, frozenset()) | {request.id}
        if any(group not in ways[team] for team, group in sets.items()) or crowded(problem, sets):
            continue
        travel = sum(ways[team][group] for team, group in sets.items())
        if travel < lowest + 100:
            lowest = min(lowest, travel + rest_of_cost(problem, sets))
    return lowest


def travel_by_set(problem: Problem, lead: str, session: str) -> dict[frozenset[str], float]:
    """Return the least travel of each set of families that one lead can visit in a session."""
    mine = [request for request in problem.requests if lead in request.leads]
    out: dict[frozenset[str], float] = {}
    for size in range(1, len(mine) + 1):
        for order in itertools.permutations(mine, size):
            travel = walked(problem, lead, session, order)
            group = frozenset(request.id for request in order)
            if travel < out.get(group, math.inf):
                out[group] = travel
    return out


def walked(problem: Problem, lead: str, session: str, order: tuple[Request, ...]) -> float:
    """Return the travel of one order of visits, infinite when it cannot be kept."""
    slot = next(s for s in problem.visitors.sessions if s.id == session)
    person = next(p for p in problem.visitors.people if p.teacher_id == lead)
    table, places = problem.trip.minutes["walk"], problem.trip.places.index
    clock, at, travel = float(slot.start), places("school"), 0.0
    for request in order:
        way = float(table[at, places(request.place)])
        starts = [
            max(clock + way, window.start)
            for window in request.windows
            if window.session == session
            and max(clock + way, window.start) <= min(window.end, slot.end - request.service)
        ]
        if not starts or (request.due is not None and slot.date > request.due):
            return math.inf
        clock, at, travel = min(starts) + request.service, places(request.place), travel + way
    way = float(table[at, places(person.home or "school")])
    return travel + way if clock + way <= slot.home_by else math.inf


def crowded(problem: Problem, sets: dict[Crew, frozenset[str]]) -> bool:
    """Tell whether two visits to a student are too close."""
    day = {s.id: s.date.toordinal() for s in problem.visitors.sessions}
    student = {request.id: request.student_id for request in problem.requests}
    visits = [(student[name], day[team[1]]) for team, group in sets.items() for name in group]
    return any(
        a[0] == b[0] and abs(a[1] - b[1]) < max(1, problem.rules.spacing_days)
        for a, b in itertools.combinations(visits, 2)
    )


def rest_of_cost(problem: Problem, sets: dict[Crew, frozenset[str]]) -> float:
    """Return the lowest cost beside travel, over all companions."""
    wanted = {request.id: request for request in problem.requests}
    left = wanted.keys() - {name for group in sets.values() for name in group}
    missed = sum(
        wanted[i].prize + problem.rules.mandatory_penalty * wanted[i].mandatory for i in left
    )
    costs = [people_cost(problem, sets, mates) for mates in companions(problem, sets)]
    return missed + min(costs, default=math.inf)


def companions(
    problem: Problem, sets: dict[Crew, frozenset[str]]
) -> Iterator[dict[Crew, str | None]]:
    """Yield all ways to give each outing a companion whom its families accept."""
    wanted = {request.id: request for request in problem.requests}
    choices = []
    for (lead, session), group in sets.items():
        able: list[str | None] = [
            person.teacher_id
            for person in problem.visitors.people
            if person.teacher_id != lead
            and session in person.sessions
            and all(person.teacher_id in wanted[i].partners for i in group)
        ]
        choices.append(able + [None] * all(wanted[i].alone for i in group))
    for mates in itertools.product(*choices):
        yield dict(zip(sets, mates, strict=True))


def people_cost(
    problem: Problem, sets: dict[Crew, frozenset[str]], mates: dict[Crew, str | None]
) -> float:
    """Return the cost of loads and continuity, infinite when somebody cannot do it."""
    rules, heaviest, cost = problem.rules, 0, 0.0
    for person in problem.visitors.people:
        mine = [team for team in sets if person.teacher_id in (team[0], mates[team])]
        visits = sum(len(sets[team]) for team in mine)
        over = person.most is not None and visits > person.most
        if len({team[1] for team in mine}) < len(mine) or over:
            return math.inf
        if any(len(mine) > cap for _, cap in person.weekly):
            return math.inf
        heaviest = max(heaviest, visits)
        cost += rules.shortfall_penalty * max(0, person.least - visits)
    earlier = {request.id: set(request.earlier) for request in problem.requests}
    known = sum(
        bool(earlier[name] & {team[0], str(mates[team])}) for team in sets for name in sets[team]
    )
    return cost + rules.balance_weight * heaviest - rules.continuity_bonus * known


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 10_000))
def test_best_of_all_plans(small_school: Builder, seed: int) -> None:
    """On schools small enough to try everything the plan is the best, and says so."""
    problem = small_school(seed, families=4)
    plan = planned(problem)
    assert plan.proved
    assert plan.cost == pytest.approx(best_by_trying(problem), abs=CLOSE)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 10_000))
def test_every_plan_keeps_the_rules(small_school: Builder, seed: int) -> None:
    """The checker finds nothing, counts the same cost, and the bound is never above it."""
    problem = small_school(seed, families=8, sessions=3)
    plan = planned(problem)
    assert [found for found in check_plan(plan) if found.rule not in SOFT] == []
    known = (problem.requests, problem.visitors, problem.trip, problem.rules)
    assert plan.cost == pytest.approx(count_cost(plan, *known), abs=CLOSE)
    assert plan.bound <= plan.cost + CLOSE


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 10_000))
def test_same_seed_same_plan_in_any_order(small_school: Builder, seed: int) -> None:
    """The same seed gives the same plan, and the order of the input changes nothing."""
    problem = small_school(seed, families=7, sessions=3)
    people, sessions = problem.visitors.people[::-1], problem.visitors.sessions[::-1]
    turned = replace(problem, requests=problem.requests[::-1], visitors=Visitors(people, sessions))
    plan = planned(problem, seed=3)
    assert planned(problem, seed=3) == plan
    assert planned(turned, seed=3) == plan


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 10_000), data=st.data())
def test_frozen_visits_never_move(small_school: Builder, seed: int, data: st.DataObject) -> None:
    """Whatever changes around them, frozen visits keep their time, session and visitors."""
    problem = small_school(seed, families=7, sessions=3)
    plan = planned(problem)
    kept = [visit for visit in plan.visits if data.draw(st.booleans())]
    stays = [r for r in problem.requests if data.draw(st.booleans())]
    wanted = [r for r in problem.requests if r in stays or r.id in {v.request_id for v in kept}]
    again = plan_visits(wanted, problem.visitors, problem.trip, rules=problem.rules, frozen=kept)
    now = {visit.request_id: visit for visit in again.visits}
    for visit in kept:
        assert replace(now[visit.request_id], order=0, travel=0) == replace(
            visit, order=0, travel=0
        )
    allowed = {found.rule for found in check_plan(plan)} | SOFT
    assert {found.rule for found in check_plan(again)} <= allowed


def test_frozen_visit_nobody_wants_any_more_is_kept(small_school: Builder) -> None:
    """A visit already agreed stays in the plan when its request has gone."""
    problem = small_school(3, families=7, sessions=3)
    visit = planned(problem).visits[0]
    others = [r for r in problem.requests if r.id != visit.request_id]
    again = plan_visits(others, problem.visitors, problem.trip, rules=problem.rules, frozen=[visit])
    assert visit in again.visits
    crews = [set(v.crew) & set(visit.crew) for v in again.visits if v.session == visit.session]
    assert sum(map(bool, crews)) >= 1
    assert not [found for found in check_plan(again) if found.rule == "booked_twice"]


@pytest.mark.parametrize("seed", range(4))
def test_class_by_class_keeps_the_rules(
    small_school: Builder, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The way of large schools gives plans that keep the rules, with a valid bound."""
    problem = small_school(seed, families=9, sessions=4)
    best = planned(problem)
    monkeypatch.setattr(planner, "LARGE", 0)
    plan = planned(problem, seconds=6)
    assert [found for found in check_plan(plan) if found.rule not in SOFT] == []
    assert plan.bound <= best.cost + CLOSE
    assert best.proved
    assert best.cost <= plan.cost + CLOSE


def test_too_many_outings_weaken_the_bound_and_are_told(small_school: Builder) -> None:
    """When not all outings are kept the plan says so and its bound still holds."""
    for seed in (0, 3, 7):
        problem = small_school(seed, families=8, sessions=2)
        short = replace(problem, rules=replace(problem.rules, columns=4))
        plan, best = planned(short, seconds=1), planned(problem)
        assert plan.bound <= best.cost + CLOSE
        assert [found for found in check_plan(plan) if found.rule not in SOFT] == []
    assert "routes_cut" in dict(plan.log)


def test_cancel_keeps_the_best_plan(small_school: Builder) -> None:
    """A cancel that comes first still leaves a plan that keeps the rules."""
    stop = threading.Event()
    stop.set()
    plan = planned(small_school(1, families=9, sessions=4), cancel=stop)
    assert plan.visits
    assert [found for found in check_plan(plan) if found.rule not in SOFT] == []
    assert "time_over" in dict(plan.log)


def test_cancel_during_the_search(small_school: Builder) -> None:
    """A cancel from the progress report ends the search."""
    stop, told = threading.Event(), []

    def tell(now: Progress) -> None:
        told.append(now)
        stop.set()

    plan = planned(small_school(1, families=9, sessions=4), progress=tell, cancel=stop)
    assert len(told) <= 2
    assert plan.cost == told[-1].cost


@pytest.mark.parametrize("seed", range(6))
def test_the_search_keeps_the_rules(shared_school: Builder, seed: int) -> None:
    """Where classes take companions from each other, going back leaves nobody in two places."""
    case = prepare(shared_school(seed))
    routes = [team_routes(team, case.prize[team.requests], 8, 60_000) for team in case.teams]
    pool = gather(case, routes)
    whole, search = programme(case, pool), Search(case, pool, seed)
    leads = sorted({team.lead for team in case.teams})
    search.fill(leads)
    for lead in leads * 3:
        search.improve(lead, 40, Effort(60))
        assert keeps_rules(whole, pool, search.choices())
    assert len(search.choices()) > 5


def test_progress_only_gets_better(small_school: Builder) -> None:
    """Each report has a cost not above and a bound not below the one before."""
    told: list[Progress] = []
    planned(small_school(5, families=9, sessions=4), progress=told.append)
    costs, bounds = [now.cost for now in told], [now.bound for now in told]
    assert costs == sorted(costs, reverse=True)
    assert bounds == sorted(bounds)
    assert told[-1].gap == 0


def test_no_requests_and_nobody_to_go(small_school: Builder) -> None:
    """Nothing to plan, or nobody to go, gives a plan and no error."""
    problem = small_school(2)
    willing = tuple(replace(person, least=0) for person in problem.visitors.people)
    people = replace(problem.visitors, people=willing)
    empty = plan_visits([], people, problem.trip)
    assert (empty.cost, empty.visits, empty.proved) == (0.0, (), True)
    nobody = plan_visits(problem.requests, Visitors((), ()), problem.trip)
    assert {item.reason for item in nobody.unassigned} == {"no_sessions"}
    assert nobody.proved


def test_remote_contact_needs_no_travel(small_school: Builder) -> None:
    """A contact by telephone is made from the school before leaving."""
    problem = small_school(0)
    wish = replace(
        problem.requests[0], place="", forms=("phone",), leads=("l0",), alone=True, due=None
    )
    people = Visitors((Visitor("l0", ("s0", "s1")),), problem.visitors.sessions)
    plan = plan_visits([wish], people, problem.trip)
    assert (plan.visits[0].form, plan.visits[0].travel, plan.cost) == ("phone", 0.0, 0.0)


def test_names_that_occur_twice_are_refused(small_school: Builder) -> None:
    """Two requests of one name could not be told apart."""
    problem = small_school(0)
    with pytest.raises(PlanError):
        plan_visits([problem.requests[0]] * 2, problem.visitors, problem.trip)


def test_parallel_gives_the_same_plan(
    small_school: Builder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Threads and one process give the same plan of a school."""
    monkeypatch.setattr(planner, "LARGE", 0)
    problem = small_school(7, families=9, sessions=4)
    alone = planned(problem, seconds=20)
    with joblib.parallel_config("threading", n_jobs=1):
        again = planned(problem, seconds=20)
    assert alone.visits == again.visits
    assert np.isclose(alone.cost, again.cost)
