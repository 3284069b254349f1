"""What planning gives back: outings, visits, what is left out and how good it all is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from visitkit.plan.problem import Problem

if TYPE_CHECKING:
    from visitkit.plan.change import Change


@dataclass(frozen=True)
class Visit:
    """One visit of a plan; times are minutes after midnight, travel the minutes to get there.

    ``joins`` are those who come to this visit beside lead and partner of the outing.
    """

    request_id: str
    student_id: str
    session: str
    date: dt.date
    start: float
    end: float
    lead: str
    partner: str | None
    order: int
    travel: float
    form: str = "home"
    duty: str = ""
    due: dt.date | None = None
    joins: tuple[str, ...] = ()

    @property
    def crew(self) -> tuple[str, ...]:
        """The visitors who go, the lead first."""
        pair = (self.lead,) if self.partner is None else (self.lead, self.partner)
        return (*pair, *self.joins)


@dataclass(frozen=True)
class Outing:
    """The visits of one lead in one session, in order, and the way home."""

    session: str
    lead: str
    partner: str | None
    visits: tuple[Visit, ...]
    homeward: float
    home_at: float

    @property
    def travel(self) -> float:
        """Minutes on the way, the way home included."""
        return sum(visit.travel for visit in self.visits) + self.homeward


@dataclass(frozen=True)
class Unassigned:
    """A request that is not in the plan, with a key of ``plan.reason`` and its facts."""

    request_id: str
    student_id: str
    duty: str
    due: dt.date | None
    reason: str
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class VisitPlan:
    """A plan of visits.

    Attributes
    ----------
    outings
        By date, session and lead.
    unassigned
        What is left out, and why, by request.
    cost
        Minutes of travel, prizes of what is left out and the soft rules of :class:`Rules`.
    bound
        No plan whatever can cost less than this.
    gap
        ``(cost - bound) / cost``, between 0 and 1.
    proved
        The plan is the best there is.
    seed
        The seed it was made with.
    log
        Keys of ``plan.log`` with facts: what was done and where a limit was met.
    """

    outings: tuple[Outing, ...]
    unassigned: tuple[Unassigned, ...]
    cost: float
    bound: float
    proved: bool
    seed: int
    log: tuple[tuple[str, Mapping[str, object]], ...] = ()
    problem: Problem | None = field(default=None, repr=False, compare=False)

    @property
    def gap(self) -> float:
        """How far from the best possible the plan can be, as a share of its cost."""
        if self.proved or self.cost <= self.bound:
            return 0.0
        return (self.cost - self.bound) / max(abs(self.cost), 1e-9)

    @property
    def visits(self) -> tuple[Visit, ...]:
        """All visits, in the order of the outings."""
        return tuple(visit for outing in self.outings for visit in outing.visits)

    def move(
        self,
        request_id: str,
        session: str,
        lead: str,
        partner: str | None = None,
        *,
        frozen: Collection[str] = (),
    ) -> Change:
        """Return the plan with one visit put into an outing, where it costs least.

        See :func:`visitkit.plan.change.move`.
        """
        from visitkit.plan.change import move

        return move(self, request_id, session, lead, partner, frozen=frozen)

    def without(self, request_id: str) -> Change:
        """Return the plan without one visit; see :func:`visitkit.plan.change.without`."""
        from visitkit.plan.change import without

        return without(self, request_id)
