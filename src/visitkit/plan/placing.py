"""Put a visit onto a day of a teacher, as a person at a board does, in the best way there is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator

from visitkit.errors import PlanError
from visitkit.plan.change import Change, move
from visitkit.plan.check import Violation, check_plan
from visitkit.plan.outcome import Outing, VisitPlan
from visitkit.plan.problem import Problem, Request, Session, Visitor

#: Most companions tried for a new outing; those who were with the family before come first.
TRIED = 8


def place(
    plan: VisitPlan,
    request_id: str,
    date: dt.date,
    lead: str,
    *,
    frozen: Collection[str] = (),
) -> Change:
    """Return the plan with one visit put onto a day of a lead.

    Session and companion are chosen so that as few rules as can be are broken that were kept
    before, and then for the least cost. An outing that is there keeps its companion; in a new one
    whoever may come along and is free is tried, and going alone.

    Parameters
    ----------
    plan
        The plan, which stays as it is.
    request_id
        A visit of the plan, or one left out.
    date, lead
        Where it goes.
    frozen
        Requests whose visits were agreed with the families, see
        :func:`visitkit.plan.change.move`.

    Raises
    ------
    PlanError
        When the request or the lead is not known, there is no session on that day, or every way
        would move an agreed visit.

    Examples
    --------
    >>> import numpy as np
    >>> from visitkit.plan.problem import Travel, Visitors, Window
    >>> from visitkit.plan.solve import plan_visits
    >>> days = [dt.date(2026, 9, 7), dt.date(2026, 9, 8)]
    >>> evenings = tuple(Session(f"s{day.day}", day, 990, 1170, 1230) for day in days)
    >>> who = Visitors((Visitor("T1", ("s7", "s8")), Visitor("T2", ("s7", "s8"))), evenings)
    >>> trip = Travel(("school", "a"), {"walk": np.array([[0, 12.0], [12.0, 0]])}, "school")
    >>> hours = (Window("s7", 990, 1130), Window("s8", 990, 1130))
    >>> plan = plan_visits([Request("R", "S", "a", hours, ("T1",), ("T2",))], who, trip)
    >>> change = place(plan, "R", days[1], "T1")
    >>> change.plan.visits[0].session, change.plan.visits[0].crew, change.cost_change, change.broken
    ('s8', ('T1', 'T2'), 0.0, ())
    """
    if plan.problem is None:
        raise PlanError("plan.unknown_problem")
    before = check_plan(plan)
    best: tuple[int, float, Change] | None = None
    refused: PlanError | None = None
    for session, partners in _ways(plan, plan.problem, request_id, date, lead):
        for partner in partners:
            try:
                change = move(plan, request_id, session, lead, partner, frozen=frozen)
            except PlanError as error:
                refused = error
                continue
            score = (len(fresh(before, change.broken)), change.cost_change)
            if best is None or score < best[:2]:
                best = (*score, change)
            if score[0] == 0:
                break
    if best is None:
        raise refused or PlanError("plan.move_unknown", session=date.isoformat())
    return best[2]


def fresh(before: Iterable[Violation], after: Iterable[Violation]) -> tuple[Violation, ...]:
    """Return the rules broken after a change that were kept before it."""
    known = {_what(one) for one in before}
    return tuple(one for one in after if _what(one) not in known)


def _what(one: Violation) -> tuple[str, str, str, str]:
    return one.rule, one.request_id, one.teacher, one.session


def _ways(
    plan: VisitPlan, problem: Problem, request_id: str, date: dt.date, lead: str
) -> Iterator[tuple[str, list[str | None]]]:
    """Yield the sessions of a day with the companions to try in each."""
    request = next((one for one in problem.requests if one.id == request_id), None)
    person = next((one for one in problem.visitors.people if one.teacher_id == lead), None)
    if request is None:
        raise PlanError("plan.no_such_visit", request=request_id)
    if person is None:
        raise PlanError("plan.move_unknown", session=date.isoformat())
    going = {one.session: one for one in plan.outings if one.lead == lead}
    for session in _sessions(problem, request, person, date):
        outing = going.get(session.id)
        if outing is not None and any(one.request_id != request_id for one in outing.visits):
            yield session.id, [None]
        else:
            yield session.id, _companions(plan, problem, request, session, lead)


def _sessions(
    problem: Problem, request: Request, person: Visitor, date: dt.date
) -> Iterable[Session]:
    """Return the sessions of a day worth trying: open for both, else for the lead, else all."""
    held = [one for one in problem.visitors.sessions if one.date == date]
    free = [one for one in held if one.id in person.sessions]
    windows = {one.session for one in request.windows}
    return [one for one in free if one.id in windows] or free or held


def _companions(
    plan: VisitPlan, problem: Problem, request: Request, session: Session, lead: str
) -> list[str | None]:
    """Return whom to try as a companion of a new outing, the likeliest first."""
    alone = request.alone and not problem.rules.never_alone
    free = {one.teacher_id for one in problem.visitors.people if session.id in one.sessions}
    busy = _busy(plan.outings, problem, session, request.id)
    able = [one for one in request.partners if one in free and one != lead]
    able.sort(key=lambda one: (one in busy, one not in request.earlier))
    # Where nobody fits, alone breaks one rule only, and the person at the board decides.
    return [None, *able[:TRIED]] if alone else [*able[:TRIED], None]


def _busy(
    outings: Iterable[Outing], problem: Problem, session: Session, request_id: str
) -> set[str]:
    """Return who is out in a session that overlaps."""
    spans = {one.id: (one.date, one.start, one.home_by) for one in problem.visitors.sessions}
    found: set[str] = set()
    for outing in outings:
        day, start, end = spans.get(outing.session, (None, 0, 0))
        together = day == session.date and start < session.home_by and session.start < end
        if together and [one.request_id for one in outing.visits] != [request_id]:
            found |= {outing.lead, outing.partner or outing.lead}
    return found
