"""Change a plan by hand: move a visit or take one out, and see what it costs and breaks.

Plans are never changed in place. The change in cost is counted from the visits, and the rules are
checked by :func:`visitkit.plan.check.check_plan`, which knows nothing of the planner.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

from visitkit.errors import PlanError
from visitkit.plan.check import Violation, check_plan, count_cost
from visitkit.plan.joining import with_joins
from visitkit.plan.outcome import Outing, Unassigned, Visit, VisitPlan
from visitkit.plan.problem import Problem, Request, Session, Visitor


@dataclass(frozen=True)
class Change:
    """A changed plan, what it costs more (or less, below 0) and the rules that it now breaks."""

    plan: VisitPlan
    cost_change: float
    broken: tuple[Violation, ...]


def without(plan: VisitPlan, request_id: str) -> Change:
    """Return the plan without one visit; the others keep their times.

    Parameters
    ----------
    plan
        The plan, which stays as it is.
    request_id
        The visit to take out.

    Raises
    ------
    PlanError
        When the plan has no such visit.
    """
    problem = _problem(plan)
    old = _visit(plan, request_id)
    outings = [_shortened(problem, outing, request_id) for outing in plan.outings]
    left = Unassigned(
        old.request_id, old.student_id, old.duty, old.due, "taken_out", {"date": old.date}
    )
    kept = tuple(outing for outing in outings if outing.visits)
    return _changed(plan, kept, (*plan.unassigned, left))


def move(
    plan: VisitPlan,
    request_id: str,
    session: str,
    lead: str,
    partner: str | None = None,
    *,
    frozen: Collection[str] = (),
) -> Change:
    """Return the plan with one visit put into an outing, in the place where it costs least.

    The visits of that outing are timed anew, as early as the windows allow. A request that was
    left out can be moved in.

    Parameters
    ----------
    plan
        The plan, which stays as it is.
    request_id
        The visit to move.
    session, lead
        The outing; a new one when there is none.
    partner
        Who comes along. ``None`` keeps the companion of the outing.
    frozen
        Requests whose visits were agreed with the families: they keep their hour and their
        visitors, and the others of the outing are timed around them.

    Raises
    ------
    PlanError
        When the request, the session or the lead is not known, or an agreed visit would get
        another hour or other visitors.
    """
    problem = _problem(plan)
    if request_id in frozen:
        raise PlanError("plan.move_frozen")
    request = _request(problem, request_id)
    at = next((s for s in problem.visitors.sessions if s.id == session), None)
    person = next((p for p in problem.visitors.people if p.teacher_id == lead), None)
    if at is None or person is None:
        raise PlanError("plan.move_unknown", session=session)
    outings = [_shortened(problem, outing, request_id) for outing in plan.outings]
    goal = next((o for o in outings if (o.session, o.lead) == (session, lead)), None)
    old = [_request(problem, visit.request_id) for visit in goal.visits] if goal else []
    mate = partner if partner is not None or goal is None else goal.partner
    agreed = {
        v.request_id: v.start for v in (goal.visits if goal else ()) if v.request_id in frozen
    }
    if goal is not None and agreed and mate != goal.partner:
        raise PlanError("plan.move_frozen")
    tries = []
    for place in range(len(old) + 1):
        order = [*old[:place], request, *old[place:]]
        tries.append(_timed(problem, at, (person, mate), order, agreed))
    _, outing = min(tries, key=lambda pair: (pair[0], pair[1].travel))
    rest = [o for o in outings if o is not goal and o.visits]
    days = {s.id: (s.date, s.start) for s in problem.visitors.sessions}
    kept = sorted([*rest, outing], key=lambda o: (*days[o.session], o.lead))
    left = tuple(item for item in plan.unassigned if item.request_id != request_id)
    return _changed(plan, tuple(kept), left)


def _problem(plan: VisitPlan) -> Problem:
    if plan.problem is None:
        raise PlanError("plan.unknown_problem")
    return plan.problem


def _visit(plan: VisitPlan, request_id: str) -> Visit:
    for visit in plan.visits:
        if visit.request_id == request_id:
            return visit
    raise PlanError("plan.no_such_visit", request=request_id)


def _request(problem: Problem, request_id: str) -> Request:
    for request in problem.requests:
        if request.id == request_id:
            return request
    raise PlanError("plan.no_such_visit", request=request_id)


def _changed(plan: VisitPlan, outings: tuple[Outing, ...], left: Iterable[Unassigned]) -> Change:
    problem = _problem(plan)
    ordered = tuple(sorted(left, key=lambda item: item.request_id))
    fresh = replace(plan, outings=with_joins(problem, outings), unassigned=ordered)
    known = (problem.requests, problem.visitors, problem.trip, problem.rules)
    cost = count_cost(fresh, *known)
    fresh = replace(fresh, cost=cost, proved=plan.proved and cost <= plan.cost)
    return Change(fresh, cost - plan.cost, check_plan(fresh))


def _shortened(problem: Problem, outing: Outing, request_id: str) -> Outing:
    """Return an outing without one visit; the others keep their times."""
    kept = [visit for visit in outing.visits if visit.request_id != request_id]
    if len(kept) == len(outing.visits) or not kept:
        return outing if kept else replace(outing, visits=())
    person = next(p for p in problem.visitors.people if p.teacher_id == outing.lead)
    places = [_place(problem, _request(problem, visit.request_id)) for visit in kept]
    *ways, homeward = _ways(problem, person, places)
    visits = tuple(
        replace(visit, order=order, travel=way)
        for order, (visit, way) in enumerate(zip(kept, ways, strict=True), 1)
    )
    return replace(outing, visits=visits, homeward=homeward, home_at=visits[-1].end + homeward)


def _place(problem: Problem, request: Request) -> str:
    return request.place if "home" in request.forms and request.place else problem.trip.base


def _ways(problem: Problem, person: Visitor, places: list[str]) -> list[float]:
    """Return the minutes to each place in turn and home.

    Where no way is known none are counted: a person may know better, and the checker names it.
    """
    trip = problem.trip
    mode = person.mode if person.mode in trip.minutes else next(iter(trip.minutes))
    stops = [trip.base, *places, person.home or trip.base]
    if any(stop not in trip.places for stop in stops):
        raise PlanError("plan.place_unknown")
    at = [trip.places.index(stop) for stop in stops]
    found = (float(trip.minutes[mode][a, b]) for a, b in pairwise(at))
    return [minutes if math.isfinite(minutes) else 0.0 for minutes in found]


def _timed(
    problem: Problem,
    session: Session,
    crew: tuple[Visitor, str | None],
    order: list[Request],
    agreed: Mapping[str, float],
) -> tuple[int, Outing]:
    """Return how many visits miss their hours, and the outing timed as early as can be."""
    person, mate = crew
    *ways, homeward = _ways(problem, person, [_place(problem, request) for request in order])
    clock, missed, visits = float(session.start), 0, []
    for number, (request, way) in enumerate(zip(order, ways, strict=True), 1):
        clock += way
        late, clock = _begin(request, session, clock, agreed)
        missed += late
        visits.append(_new_visit(request, session, (person.teacher_id, mate), clock, (number, way)))
        clock += request.service
    missed += clock + homeward > session.home_by
    whole = tuple(visits)
    return missed, Outing(session.id, person.teacher_id, mate, whole, homeward, clock + homeward)


def _begin(
    request: Request, session: Session, clock: float, agreed: Mapping[str, float]
) -> tuple[bool, float]:
    """Return whether a visit misses its hours when the visitors come, and when it begins."""
    if request.id in agreed:
        return clock > agreed[request.id], agreed[request.id]
    open_ = [w for w in request.windows if w.session == session.id and w.end >= clock]
    return not open_, max(clock, min((w.start for w in open_), default=clock))


def _new_visit(
    request: Request,
    session: Session,
    crew: tuple[str, str | None],
    start: float,
    numbers: tuple[int, float],
) -> Visit:
    at_home = "home" in request.forms and request.place
    return Visit(
        request.id,
        request.student_id,
        session.id,
        session.date,
        start,
        start + request.service,
        *crew,
        *numbers,
        "home" if at_home else next((f for f in request.forms if f != "home"), "home"),
        request.duty,
        request.due,
    )
