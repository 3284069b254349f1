"""Why a request is not in the plan: the first rule in its way, or what it would cost to add it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from visitkit.plan.problem import Problem, Request, Session, Visitor

Reason = tuple[str, Mapping[str, object]]


def first_obstacle(problem: Problem, request: Request) -> Reason:
    """Return the first rule that makes a request impossible, whatever else is planned.

    The reason is a key of ``plan.reason`` with its facts; ``"crowded"`` when nothing stands in its
    way but the other visits.

    Parameters
    ----------
    problem
        All requests, visitors, travel times and rules.
    request
        The request to explain.
    """
    for check in (_address, _dates, _people, _times, _company, _way):
        reason = check(problem, request)
        if reason is not None:
            return reason
    return "crowded", {}


def _address(problem: Problem, request: Request) -> Reason | None:
    if set(request.forms) - {"home"}:
        return None
    if not request.place:
        return "no_address", {}
    if request.place not in problem.trip.places:
        return "no_travel", {"place": request.place}
    return None


def _dates(problem: Problem, request: Request) -> Reason | None:
    sessions = problem.visitors.sessions
    if not sessions:
        return "no_sessions", {}
    first, last = min(s.date for s in sessions), max(s.date for s in sessions)
    if request.due is not None and request.due < first:
        return "due_early", {"due": request.due, "first": first}
    if request.due and request.not_before and request.due < request.not_before:
        return "dates_contradict", {"first": request.not_before, "due": request.due}
    if request.not_before is not None and request.not_before > last:
        return "starts_late", {"first": request.not_before, "last": last}
    return None


def _people(problem: Problem, request: Request) -> Reason | None:
    names = {person.teacher_id for person in problem.visitors.people}
    if not names & set(request.leads):
        return "no_lead", {"leads": len(request.leads)}
    alone = request.alone and not problem.rules.never_alone
    if not alone and len(names & {*request.leads, *request.partners}) < 2:
        return "no_partner", {}
    return None


def _times(problem: Problem, request: Request) -> Reason | None:
    if not request.windows:
        return "no_free_time", {}
    if not any(True for _ in _openings(problem, request)):
        return "no_time_in_sessions", {}
    if not any(True for _ in _meetings(problem, request)):
        return "no_common_time", {}
    return None


def _company(problem: Problem, request: Request) -> Reason | None:
    if any(
        _company_in(problem, request, s.id, lead) for s, _, _, lead in _meetings(problem, request)
    ):
        return None
    return "no_crew", {}


def _company_in(problem: Problem, request: Request, session: str, lead: Visitor) -> bool:
    if request.alone and not problem.rules.never_alone:
        return True
    return any(
        person.teacher_id in request.partners
        and person.teacher_id != lead.teacher_id
        and session in person.sessions
        for person in problem.visitors.people
    )


def _way(problem: Problem, request: Request) -> Reason | None:
    """Tell whether the way there and home can be made in some session both have time for."""
    reachable = False
    for session, first, last, lead in _meetings(problem, request):
        if not _company_in(problem, request, session.id, lead):
            continue
        there, home = _ways(problem, request, lead)
        reachable |= math.isfinite(there + home)
        begin = max(first, session.start + there)
        if begin <= last and begin + request.service + home <= session.home_by:
            return None
    return ("too_far", {}) if reachable else ("unreachable", {"place": request.place})


def _ways(problem: Problem, request: Request, lead: Visitor) -> tuple[float, float]:
    trip = problem.trip
    table = trip.minutes.get(lead.mode) if lead.mode else None
    table = next(iter(trip.minutes.values())) if table is None else table
    base = trip.places.index(trip.base)
    at_home = "home" in request.forms and request.place in trip.places
    spot = trip.places.index(request.place) if at_home else base
    end = lead.home or trip.base
    if end not in trip.places:
        return math.inf, math.inf
    there, home = table[base, spot], table[spot, trip.places.index(end)]
    return (
        float(there) if there == there else math.inf,
        float(home) if home == home else math.inf,
    )


def _openings(problem: Problem, request: Request) -> Iterator[tuple[Session, float, float]]:
    """Yield sessions of the request with the earliest and latest begin that they leave."""
    sessions = {session.id: session for session in problem.visitors.sessions}
    for window in request.windows:
        session = sessions.get(window.session)
        if session is None:
            continue
        if request.due is not None and session.date > request.due:
            continue
        if request.not_before is not None and session.date < request.not_before:
            continue
        end = session.end
        if problem.rules.daylight and session.daylight_end is not None:
            end = min(end, session.daylight_end)
        first, last = max(window.start, session.start), min(window.end, end - request.service)
        if first <= last:
            yield session, first, last


def _meetings(
    problem: Problem, request: Request
) -> Iterator[tuple[Session, float, float, Visitor]]:
    """Yield openings in which someone who may lead is free."""
    leads = [p for p in problem.visitors.people if p.teacher_id in request.leads]
    for session, first, last in _openings(problem, request):
        for lead in leads:
            if session.id in lead.sessions:
                yield session, first, last, lead
