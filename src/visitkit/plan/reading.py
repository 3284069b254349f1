"""From chosen outings to a plan of visits, and the reasons for what is left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from visitkit.plan.case import ALONE, Case
from visitkit.plan.cost import Choice
from visitkit.plan.exact import Best
from visitkit.plan.joining import with_joins
from visitkit.plan.outcome import Outing, Unassigned, Visit, VisitPlan
from visitkit.plan.pool import Pool, stretches
from visitkit.plan.problem import Problem, Request
from visitkit.plan.why import first_obstacle


def plan_from(
    problem: Problem,
    case: Case,
    pool: Pool,
    best: Best,
    seed: int,
    frozen: tuple[Visit, ...] = (),
) -> VisitPlan:
    """Return the best plan found, in the words of the school.

    Parameters
    ----------
    problem, case, pool
        What it was made from.
    best
        The chosen outings with cost and bound.
    seed
        The seed, written into the plan.
    frozen
        Visits that stay; those whose request is no longer wanted are carried over as they are.
    """
    outings = [_outing(case, pool, choice) for choice in best.choices]
    outings = _with_kept(outings, frozen)
    when = {session.id: (session.date, session.start) for session in case.sessions}
    outings.sort(key=lambda outing: (*when.get(outing.session, (date.max, 0)), outing.lead))
    outings = list(with_joins(problem, outings))
    visited = {visit.request_id for outing in outings for visit in outing.visits}
    left = [request for request in case.requests if request.id not in visited]
    return VisitPlan(
        tuple(outings),
        tuple(_left_out(problem, request) for request in left),
        best.cost,
        best.bound,
        best.proved,
        seed,
        tuple((key, dict(facts)) for key, facts in best.effort.log),
        problem,
    )


def _left_out(problem: Problem, request: Request) -> Unassigned:
    reason, facts = first_obstacle(problem, request)
    return Unassigned(request.id, request.student_id, request.duty, request.due, reason, facts)


def _outing(case: Case, pool: Pool, choice: Choice) -> Outing:
    column, mate = choice
    team = case.teams[pool.team[column]]
    session, lead = case.sessions[team.session], case.people[team.lead]
    partner = None if mate == ALONE else case.people[mate].teacher_id
    members = [int(i) for i in pool.members[column] if i >= 0]
    *ways, homeward = stretches(case, int(pool.team[column]), members)
    visits = []
    for order, (i, way) in enumerate(zip(members, ways, strict=True), 1):
        request, start = case.requests[i], float(pool.starts[column, order - 1])
        visits.append(
            Visit(
                request.id,
                request.student_id,
                session.id,
                session.date,
                start,
                start + request.service,
                lead.teacher_id,
                partner,
                order,
                way,
                _form(request),
                request.duty,
                request.due,
            )
        )
    end = visits[-1].end if visits else float(session.start)
    return Outing(session.id, lead.teacher_id, partner, tuple(visits), homeward, end + homeward)


def _form(request: Request) -> str:
    """Return the form a visit takes: at home when it can be, else the first other form."""
    if "home" in request.forms and request.place:
        return "home"
    return next((form for form in request.forms if form != "home"), "home")


def _with_kept(outings: list[Outing], frozen: tuple[Visit, ...]) -> list[Outing]:
    """Put frozen visits back exactly as they were, with their own outing where there is none."""
    kept: Mapping[str, Visit] = {visit.request_id: visit for visit in frozen}
    if not kept:
        return outings
    placed: set[str] = set()
    out = []
    for outing in outings:
        visits = []
        for visit in outing.visits:
            old = kept.get(visit.request_id)
            visits.append(visit if old is None else _same(old, visit))
            placed.add(visit.request_id)
        out.append(replace(outing, visits=tuple(visits)))
    gone = [visit for visit in frozen if visit.request_id not in placed]
    for visit in sorted(gone, key=lambda visit: (visit.session, visit.lead, visit.start)):
        _put_back(out, visit)
    return [outing for outing in out if outing.visits]


def _put_back(outings: list[Outing], visit: Visit) -> None:
    """Put a visit that nobody asks for any more into its outing, at its time."""
    for k, outing in enumerate(outings):
        if (outing.session, outing.lead) == (visit.session, visit.lead):
            visits = sorted([*outing.visits, visit], key=lambda other: other.start)
            numbered = [replace(each, order=n) for n, each in enumerate(visits, 1)]
            end = max(outing.home_at if outing.visits else 0.0, visit.end)
            outings[k] = replace(outing, visits=tuple(numbered), home_at=end)
            return
    only = (replace(visit, order=1),)
    outings.append(Outing(visit.session, visit.lead, visit.partner, only, 0.0, visit.end))


def _same(old: Visit, new: Visit) -> Visit:
    """Return a frozen visit with its new place in the order and its new way there."""
    return replace(old, order=new.order, travel=new.travel)
