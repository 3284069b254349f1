"""The problem in numbers: who may lead which requests in which session, with times and masks.

Everything is sorted by its name first, so the order of the input changes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from visitkit.plan.outcome import Visit
from visitkit.plan.problem import Problem, Request, Rules, Session, Travel, Visitor

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

#: The companion of a lead who goes alone.
ALONE = -1


@dataclass(frozen=True, eq=False)
class Team:
    """A lead in a session with what could be visited.

    Parameters
    ----------
    lead, session
        Positions in the case.
    requests
        Positions of the requests that fit, ``n`` of them.
    minutes
        [n + 2, n + 2]: the school, the requests, the lead's home.
    service
        [n] minutes.
    windows
        [n, w, 2] earliest and latest begin; empty windows have end < start.
    companions
        Visitors who could come along, :data:`ALONE` for none.
    masks
        [n, len(companions)] who may come to which request.
    frozen
        Visits that stay as they are, in order.
    """

    lead: int
    session: int
    start: float
    home_by: float
    requests: Ints
    minutes: Floats
    service: Floats
    windows: Floats
    companions: tuple[int, ...]
    masks: Bools
    frozen: tuple[Visit, ...] = ()


@dataclass(frozen=True, eq=False)
class Case:
    """A problem in numbers; positions refer to the sorted tuples."""

    requests: tuple[Request, ...]
    people: tuple[Visitor, ...]
    sessions: tuple[Session, ...]
    rules: Rules
    prize: Floats
    teams: tuple[Team, ...]
    frozen: Mapping[str, Visit]


def prepare(problem: Problem, frozen: Sequence[Visit] = ()) -> Case:
    """Return the problem in numbers.

    Parameters
    ----------
    problem
        Requests, visitors, travel and rules.
    frozen
        Visits of an earlier plan that stay as they are.
    """
    requests = tuple(sorted(problem.requests, key=lambda request: request.id))
    people = tuple(sorted(problem.visitors.people, key=lambda person: person.teacher_id))
    sessions = tuple(sorted(problem.visitors.sessions, key=lambda s: (s.date, s.start, s.id)))
    fixed = {visit.request_id: visit for visit in frozen}
    penalty = problem.rules.mandatory_penalty
    prize = [request.prize + penalty * request.mandatory for request in requests]
    builder = _Builder(problem.rules, requests, people, sessions, problem.trip, fixed)
    return Case(
        requests, people, sessions, problem.rules, np.array(prize, float), builder.teams(), fixed
    )


@dataclass(frozen=True, eq=False)
class _Builder:
    rules: Rules
    requests: tuple[Request, ...]
    people: tuple[Visitor, ...]
    sessions: tuple[Session, ...]
    trip: Travel
    frozen: Mapping[str, Visit]

    def teams(self) -> tuple[Team, ...]:
        at_person = {person.teacher_id: i for i, person in enumerate(self.people)}
        places = {place: i for i, place in enumerate(self.trip.places)}
        free = [frozenset(person.sessions) for person in self.people]
        hours = [_hours(request, self.sessions, self.rules) for request in self.requests]
        by_lead: dict[int, list[int]] = defaultdict(list)
        for i, request in enumerate(self.requests):
            for lead in set(request.leads) & at_person.keys():
                by_lead[at_person[lead]].append(i)
        kept: dict[tuple[int, int], list[Visit]] = defaultdict(list)
        at_session = {session.id: i for i, session in enumerate(self.sessions)}
        for visit in self.frozen.values():
            if visit.lead in at_person and visit.session in at_session:
                kept[at_person[visit.lead], at_session[visit.session]].append(visit)
        found = []
        for number in range(len(self.people)):
            for s, session in enumerate(self.sessions):
                own = tuple(sorted(kept.get((number, s), ()), key=lambda visit: visit.start))
                if not own and session.id not in free[number]:
                    continue
                here = [i for i in by_lead[number] if session.id in hours[i]]
                rows = [hours[i][session.id] for i in here]
                team = self._team((number, s), here, rows, own, (at_person, places, free))
                if own or len(team.requests):
                    found.append(team)
        return tuple(found)

    def _team(
        self,
        where: tuple[int, int],
        here: list[int],
        rows: list[list[tuple[float, float]]],
        own: tuple[Visit, ...],
        maps: tuple[dict[str, int], dict[str, int], list[frozenset[str]]],
    ) -> Team:
        at_person, places, free = maps
        lead, session = self.people[where[0]], self.sessions[where[1]]
        table = self.trip.minutes.get(lead.mode) if lead.mode else None
        table = next(iter(self.trip.minutes.values())) if table is None else table
        fixed_here = {visit.request_id: visit for visit in own}
        stays = [self.requests[i].id in fixed_here for i in here]
        elsewhere = [self.requests[i].id in self.frozen for i in here]
        spot = [_spot(self.requests[i], places, self.trip.base) for i in here]
        ok = [p >= 0 and (s or not e) for p, s, e in zip(spot, stays, elsewhere, strict=True)]
        base, home = places[self.trip.base], places.get(lead.home or self.trip.base, -1)
        here = [i for i, good in zip(here, ok, strict=True) if good and home >= 0]
        rows = [row for row, good in zip(rows, ok, strict=True) if good and home >= 0]
        spot = [p for p, good in zip(spot, ok, strict=True) if good and home >= 0]
        mates = self._companions(where[0], session, here, at_person, free)
        if own:
            partner = own[0].partner
            mates = (ALONE,) if partner is None else (at_person.get(partner, ALONE),)
        masks = self._masks(here, mates, fixed_here)
        order = [base, *spot, home if home >= 0 else base]
        windows = _padded(
            [
                [(fixed_here[self.requests[i].id].start,) * 2]
                if self.requests[i].id in fixed_here
                else row
                for i, row in zip(here, rows, strict=True)
            ]
        )
        good = masks.any(axis=1) if len(here) else np.zeros(0, bool)
        keep = np.flatnonzero(good)
        local = np.nan_to_num(table[np.ix_(order, order)].astype(float), nan=np.inf)
        rest = np.concatenate([[0], keep + 1, [len(here) + 1]])
        return Team(
            where[0],
            where[1],
            float(session.start),
            float(session.home_by),
            np.array(here, np.int64)[keep],
            local[np.ix_(rest, rest)],
            np.array([self.requests[i].service for i in here], float)[keep],
            windows[keep],
            mates,
            masks[keep],
            own,
        )

    def _companions(
        self,
        lead: int,
        session: Session,
        here: list[int],
        at_person: dict[str, int],
        free: list[frozenset[str]],
    ) -> tuple[int, ...]:
        named = {name for i in here for name in self.requests[i].partners}
        found = sorted(at_person[name] for name in named if name in at_person)
        mates = [p for p in found if p != lead and session.id in free[p]]
        alone = not self.rules.never_alone and any(self.requests[i].alone for i in here)
        return ((ALONE,) if alone else ()) + tuple(mates)

    def _masks(self, here: list[int], mates: tuple[int, ...], fixed: Mapping[str, Visit]) -> Bools:
        masks = np.zeros((len(here), len(mates)), bool)
        for row, i in enumerate(here):
            request = self.requests[i]
            for column, mate in enumerate(mates):
                if request.id in fixed:
                    masks[row, column] = True
                elif mate == ALONE:
                    masks[row, column] = request.alone and not self.rules.never_alone
                else:
                    masks[row, column] = self.people[mate].teacher_id in request.partners
        return masks


def _spot(request: Request, places: dict[str, int], base: str) -> int:
    """Return the position of the place to go to, the school's for contacts not at home, or -1."""
    if "home" in request.forms and request.place:
        return places.get(request.place, -1)
    return places[base] if set(request.forms) - {"home"} else -1


def _hours(
    request: Request, sessions: tuple[Session, ...], rules: Rules
) -> dict[str, list[tuple[float, float]]]:
    """Return the windows of a request by session, cut to the session, the due date and daylight."""
    allowed = {}
    for session in sessions:
        late = request.due is not None and session.date > request.due
        early = request.not_before is not None and session.date < request.not_before
        if not late and not early:
            allowed[session.id] = session
    found: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for window in request.windows:
        if window.session in allowed:
            session = allowed[window.session]
            end = session.end
            if rules.daylight and session.daylight_end is not None:
                end = min(end, session.daylight_end)
            first = max(window.start, session.start)
            last = min(window.end, end - request.service)
            if first <= last:
                found[session.id].append((float(first), float(last)))
    return dict(found)


def _padded(rows: list[list[tuple[float, float]]]) -> Floats:
    """Return windows as one array; missing ones begin after they end, so nothing fits them."""
    widest = max((len(row) for row in rows), default=1)
    out = np.full((len(rows), widest, 2), 0.0)
    out[:, :, 0] = 1.0
    for i, row in enumerate(rows):
        for k, pair in enumerate(sorted(row)):
            out[i, k] = pair
    return out
