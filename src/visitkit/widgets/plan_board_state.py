"""A plan on the board: what was moved, what is agreed, what a move would cost and break."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from visitkit.errors import PlanError
from visitkit.plan import Change, Problem, Unassigned, Violation, Visit, VisitPlan, check_plan
from visitkit.plan.change import without
from visitkit.plan.placing import fresh, place


@dataclass(frozen=True)
class Board:
    """A plan as a person arranges it; every step gives a new one.

    Parameters
    ----------
    plan
        The plan, with the problem it was made from.
    frozen
        Requests whose visits were agreed with the families.
    before
        The boards before each step, the latest last.
    """

    plan: VisitPlan
    frozen: frozenset[str] = frozenset()
    before: tuple[Board, ...] = ()

    @property
    def problem(self) -> Problem:
        """What the plan was made from.

        Raises
        ------
        PlanError
            When the plan does not know it.
        """
        if self.plan.problem is None:
            raise PlanError("plan.unknown_problem")
        return self.plan.problem

    def visit(self, request_id: str) -> Visit | None:
        """Return a visit of the plan."""
        return next((one for one in self.plan.visits if one.request_id == request_id), None)

    def left(self, request_id: str) -> Unassigned | None:
        """Return a request that is left out."""
        return next((one for one in self.plan.unassigned if one.request_id == request_id), None)


@dataclass(frozen=True)
class Spot:
    """A place on the board: a teacher and a day."""

    lead: str
    day: dt.date


@dataclass(frozen=True)
class Preview:
    """What a step would do.

    Parameters
    ----------
    request_id
        The visit that moves.
    spot
        Where to; ``None``: out of the plan.
    change
        The plan afterwards and what it costs more.
    fresh
        The rules broken afterwards that are kept now.
    """

    request_id: str
    spot: Spot | None
    change: Change
    fresh: tuple[Violation, ...]

    @property
    def visit(self) -> Visit | None:
        """The visit where it would be."""
        return Board(self.change.plan).visit(self.request_id)


def preview(board: Board, request_id: str, spot: Spot | None) -> Preview:
    """Return what moving a visit would do; nothing is changed.

    Raises
    ------
    PlanError
        When the visit is not known or agreed with the family, or the place is none.
    """
    if request_id in board.frozen:
        raise PlanError("plan.move_frozen")
    if spot is None:
        change = without(board.plan, request_id)
    else:
        change = place(board.plan, request_id, spot.day, spot.lead, frozen=board.frozen)
    return Preview(request_id, spot, change, fresh(check_plan(board.plan), change.broken))


def dropped(board: Board, step: Preview) -> Board:
    """Return the board after a step."""
    return Board(step.change.plan, board.frozen, (*board.before, _alone(board)))


def undone(board: Board) -> Board:
    """Return the board before the last step; the first one stays as it is."""
    if not board.before:
        return board
    return replace(board.before[-1], before=board.before[:-1])


def agreed(board: Board, request_id: str) -> Board:
    """Return the board with a visit marked as agreed with the family, or the mark taken off.

    Raises
    ------
    PlanError
        When the plan has no such visit.
    """
    if board.visit(request_id) is None:
        raise PlanError("plan.no_such_visit", request=request_id)
    return Board(board.plan, board.frozen ^ {request_id}, (*board.before, _alone(board)))


def spots_for(board: Board, request_id: str) -> list[Spot]:
    """Return where a visit may go as far as its own hours and leads say."""
    request = next((one for one in board.problem.requests if one.id == request_id), None)
    if request is None:
        return []
    dates = {one.id: one.date for one in board.problem.visitors.sessions}
    hours = {one.session for one in request.windows}
    found = {
        (person.teacher_id, dates[session])
        for person in board.problem.visitors.people
        if person.teacher_id in request.leads
        for session in person.sessions
        if session in hours and session in dates
    }
    return [Spot(lead, day) for lead, day in sorted(found)]


def _alone(board: Board) -> Board:
    return replace(board, before=())
