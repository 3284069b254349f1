"""Explain what a plan leaves out: the rule in the way, or the price of adding it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from visitkit.errors import PlanError
from visitkit.plan.change import move
from visitkit.plan.check import check_plan, count_cost
from visitkit.plan.outcome import Unassigned, VisitPlan
from visitkit.plan.problem import Problem, Request
from visitkit.plan.solve import plan_visits
from visitkit.plan.why import first_obstacle

#: Added to the prize of a request so that a plan with it is preferred to any without.
_SURELY = 1e5


def explain_unassigned(
    plan: VisitPlan, *, seconds: float = 2.0, only: Collection[str] | None = None
) -> tuple[Unassigned, ...]:
    """Return for each request left out why it is.

    Parameters
    ----------
    plan
        The plan, with the problem it was made from.
    seconds
        Most time for each request that nothing but other visits keeps out: the plan of its leads
        is then made again with it.
    only
        Requests to explain; ``None``: all that are left out.

    Returns
    -------
    tuple of Unassigned
        ``reason`` is a key of ``plan.reason``: the first rule in the way; ``"costs"`` with
        ``cost`` (what the whole would cost more) and ``session`` when it can simply be added;
        ``"displaces"`` with ``cost`` and ``visits`` (how many others would be left out) when
        others must change; ``"crowded"`` when no plan with it was found in the time.

    Raises
    ------
    PlanError
        When the plan does not know what it was made from.
    """
    problem = plan.problem
    if problem is None:
        raise PlanError("plan.unknown_problem")
    wanted = {request.id: request for request in problem.requests}
    out = []
    for item in plan.unassigned:
        if only is not None and item.request_id not in only:
            continue
        reason, facts = first_obstacle(problem, wanted[item.request_id])
        if reason == "crowded":
            found = _added(plan, problem, wanted[item.request_id])
            found = found or _made_again(plan, problem, wanted[item.request_id], seconds)
            reason, facts = found or (reason, facts)
        out.append(replace(item, reason=reason, facts=facts))
    return tuple(out)


def _added(
    plan: VisitPlan, problem: Problem, request: Request
) -> tuple[str, dict[str, object]] | None:
    """Return the price of adding a request to an outing, the others staying in theirs."""
    before = {(v.rule, v.request_id, v.teacher, v.session) for v in check_plan(plan)}
    best: tuple[float, str] | None = None
    for session, lead, partner in _places(plan, problem, request):
        change = move(plan, request.id, session, lead, partner)
        after = {(v.rule, v.request_id, v.teacher, v.session) for v in change.broken}
        if after <= before and (best is None or change.cost_change < best[0]):
            best = (change.cost_change, session)
    if best is None:
        return None
    return "costs", {"cost": round(best[0], 1), "session": best[1]}


def _places(
    plan: VisitPlan, problem: Problem, request: Request
) -> Iterator[tuple[str, str, str | None]]:
    """Yield outings that a request could join and new ones that could be made for it."""
    going = {(outing.session, outing.lead): outing for outing in plan.outings}
    open_sessions = {window.session for window in request.windows}
    free = {person.teacher_id: set(person.sessions) for person in problem.visitors.people}
    for lead in request.leads:
        for session in sorted(open_sessions & free.get(lead, set())):
            if (session, lead) in going:
                yield session, lead, going[session, lead].partner
                continue
            if request.alone and not problem.rules.never_alone:
                yield session, lead, None
            for partner in request.partners:
                if session in free.get(partner, set()) and partner != lead:
                    yield session, lead, partner


def _made_again(
    plan: VisitPlan, problem: Problem, request: Request, seconds: float
) -> tuple[str, dict[str, object]] | None:
    """Return the price of the best plan with a request, made again for the leads it could have."""
    near = {r.id for r in problem.requests if set(r.leads) & set(request.leads)}
    visited = {visit.request_id for visit in plan.visits}
    lifted = replace(request, prize=request.prize + _SURELY)
    wanted = [
        lifted if r.id == request.id else r
        for r in problem.requests
        if r.id in near or r.id in visited
    ]
    frozen = [visit for visit in plan.visits if visit.request_id not in near]
    again = plan_visits(
        wanted,
        problem.visitors,
        problem.trip,
        seconds=seconds,
        seed=plan.seed,
        rules=problem.rules,
        frozen=frozen,
    )
    now = {visit.request_id for visit in again.visits}
    if request.id not in now:
        return None
    known = (problem.requests, problem.visitors, problem.trip, problem.rules)
    cost = count_cost(again, *known) - plan.cost
    return "displaces", {"cost": round(cost, 1), "visits": len(visited - now)}
