"""What a plan is made from: requests, visitors, sessions, travel and the school's rules.

Times are whole or part minutes after midnight of a session's date. A *session* is a stretch of one
day in which visits may be made, for example a Tuesday evening or a Saturday morning. An *outing* is
one lead visitor and at most one companion, leaving the school in one session, making their visits
in order and ending at the lead visitor's home.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from numpy.typing import NDArray

from visitkit.errors import PlanError


@dataclass(frozen=True)
class Session:
    """A stretch of one day in which visits may be made.

    Parameters
    ----------
    id
        Name of the session, unique among the sessions.
    date
        The day.
    start, end
        Minutes after midnight: when an outing may leave the school, and when its last visit ends.
    home_by
        When the lead visitor must be at home.
    week
        Number of the week, for caps by the week.
    kind
        For caps: ``"weekday"`` or ``"weekend"``, or any word the school uses.
    daylight_end
        Sunset, for schools whose rules keep visits to daylight.
    """

    id: str
    date: date
    start: int
    end: int
    home_by: int
    week: int = 0
    kind: str = "weekday"
    daylight_end: int | None = None


@dataclass(frozen=True)
class Window:
    """When a visit may begin in a session: earliest and latest minute; waiting is allowed."""

    session: str
    start: int
    end: int


@dataclass(frozen=True)
class Request:
    """One visit that is wanted.

    Parameters
    ----------
    id
        Unique; a student may have several requests, one for each occurrence.
    student_id
        The student whose family is visited.
    place
        Name of the home in the travel table; empty when there is no address.
    windows
        When the family can be visited; several a session are allowed.
    service
        Length of the visit in minutes.
    prize
        Cost of leaving the visit out, in minutes of travel.
    mandatory
        Must be made; leaving it out costs ``Rules.mandatory_penalty`` more.
    duty, occurrence
        The rule it comes from and which of its repeats it is; carried to the plan.
    due, not_before
        Last and first day allowed.
    forms
        Allowed forms in order of preference. ``"home"`` needs a place; without it the contact
        is made from the school before the outing leaves, so it takes time but no travel.
    leads
        Visitors who may lead the visit.
    partners
        Visitors who may come along.
    alone
        The lead may go without a companion.
    earlier
        Visitors who were with the family before, for continuity.
    joins
        Where more than two must go: for each further role, who holds it. One of each comes along;
        who, is said when the outings are known (:mod:`visitkit.plan.joining`).
    """

    id: str
    student_id: str
    place: str
    windows: tuple[Window, ...]
    leads: tuple[str, ...]
    partners: tuple[str, ...] = ()
    alone: bool = False
    service: int = 40
    prize: float = 100.0
    mandatory: bool = False
    duty: str = ""
    occurrence: int = 1
    due: date | None = None
    not_before: date | None = None
    forms: tuple[str, ...] = ("home",)
    earlier: tuple[str, ...] = ()
    joins: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Visitor:
    """A teacher who makes visits.

    Parameters
    ----------
    teacher_id
        Unique.
    sessions
        Sessions in which the teacher is free.
    home
        Place in the travel table where the teacher's outings end; empty for the school.
    weekly
        Most outings a week by kind of session, for example ``(("weekday", 3), ("weekend", 2))``.
    least, most
        Visits over the whole plan, led or accompanied. ``None``: no upper limit. The planner's cost
        counts the lead and the companion alone; who comes along as a third or later is asked
        afterwards, within these limits (:mod:`visitkit.plan.joining`).
    mode
        Way of travel when leading, a key of ``Travel.minutes``; empty for the first.
    roles, classes
        Carried for the printed sheets; who may go is said by the requests.
    """

    teacher_id: str
    sessions: tuple[str, ...]
    home: str = ""
    weekly: tuple[tuple[str, int], ...] = ()
    least: int = 0
    most: int | None = None
    mode: str = ""
    roles: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Visitors:
    """The teachers who make visits and the sessions in which they may."""

    people: tuple[Visitor, ...]
    sessions: tuple[Session, ...]


@dataclass(frozen=True, eq=False)
class Travel:
    """Minutes between places, a square table a way of travel.

    Parameters
    ----------
    places
        Names of the places, in the order of rows and columns.
    minutes
        Way of travel to a square array [from, to]; ``nan`` or infinite where there is no way.
    base
        The place where outings begin: the school.

    Raises
    ------
    PlanError
        When a table is not square, a time is negative or the base is no place.
    """

    places: tuple[str, ...]
    minutes: Mapping[str, NDArray[np.float64]]
    base: str

    def __post_init__(self) -> None:
        size = len(self.places)
        if self.base not in self.places:
            raise PlanError("plan.base_unknown")
        if not self.minutes:
            raise PlanError("plan.travel_empty")
        for mode, table in self.minutes.items():
            if table.shape != (size, size):
                raise PlanError("plan.travel_shape", mode=mode, size=size, found=table.shape)
            if (table < 0).any():
                raise PlanError("plan.travel_negative", mode=mode)


@dataclass(frozen=True)
class Rules:
    """What the school asks of a plan beside the requests.

    Parameters
    ----------
    mandatory_penalty
        Added to the prize of a mandatory visit that is not made.
    shortfall_penalty
        A visit that a visitor lacks to reach ``Visitor.least``.
    balance_weight
        Times the greatest number of visits any visitor has: presses towards equal shares.
    continuity_bonus
        Taken off for each visit with someone who was there before.
    spacing_days
        Least days between two visits to the same student; 1 forbids two on one day.
    never_alone
        Every outing needs a companion, whatever the requests allow.
    daylight
        Visits end before sunset where sessions know it.
    longest
        Most visits an outing.
    columns
        Most routes kept an outing's team; beyond it the plan says that not all were looked at.
    """

    mandatory_penalty: float = 1000.0
    shortfall_penalty: float = 2000.0
    balance_weight: float = 0.0
    continuity_bonus: float = 0.0
    spacing_days: int = 1
    never_alone: bool = False
    daylight: bool = False
    longest: int = 8
    columns: int = 60_000

    def __post_init__(self) -> None:
        weights = (self.mandatory_penalty, self.shortfall_penalty, self.balance_weight)
        if min(*weights, self.continuity_bonus) < 0 or min(self.longest, self.columns) < 1:
            raise PlanError("plan.rules_negative")


@dataclass(frozen=True)
class Problem:
    """All that a plan was made from, kept with it so that it can be changed and explained."""

    requests: tuple[Request, ...]
    visitors: Visitors
    trip: Travel
    rules: Rules = field(default_factory=Rules)

    def __post_init__(self) -> None:
        people, sessions = self.visitors.people, self.visitors.sessions
        for kind, names in (
            ("request", [request.id for request in self.requests]),
            ("visitor", [visitor.teacher_id for visitor in people]),
            ("session", [session.id for session in sessions]),
        ):
            if len(set(names)) < len(names):
                raise PlanError("plan.twice", kind=kind)
        for visitor in people:
            if visitor.most is not None and visitor.least > visitor.most:
                raise PlanError("plan.least_most", teacher=visitor.teacher_id)
