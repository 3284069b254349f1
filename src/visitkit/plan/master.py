"""The master programme: which outings, with which companion, so that the whole costs least.

Variables, in this order: x, an outing; u, a request left out; z, a team with a companion; q, the
visits of a team with a companion; w, visits with a companion who was there before; s, visits a
visitor lacks to the least; b, the greatest number of visits of any visitor. Rows are kept as
equalities and as "at most" rows, so that duals have one sign and a bound can be checked by hand.
``docs/planning.md`` writes it out.
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from visitkit.plan.case import ALONE, Case, Floats, Ints
from visitkit.plan.pool import Pool
from visitkit.plan.programme import Programme
from visitkit.plan.rows import Rows


def programme(case: Case, pool: Pool) -> Programme:
    """Return the master programme over a pool of outings."""
    return _Maker(case, pool).make()


class _Maker:
    """Puts the programme together; the order of variables is fixed before the rows are made."""

    def __init__(self, case: Case, pool: Pool) -> None:
        self.case, self.pool, self.rules = case, pool, case.rules
        self.size = pool.size
        self.longest = _longest(case, pool)
        self.m, self.n = len(pool), len(case.requests)
        self.crews = [(t, c) for t, team in enumerate(case.teams) for c in team.companions]
        self.z = {crew: self.m + self.n + k for k, crew in enumerate(self.crews)}
        self.by_team: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for (t, c), at in self.z.items():
            self.by_team[t].append((c, at))
        after = self.m + self.n + len(self.crews)
        self.counted = self._counted()
        self.q = {crew: after + k for k, crew in enumerate(self.crews if self.counted else [])}
        after += len(self.q)
        known = self._known_mates() if self.rules.continuity_bonus else {}
        self.w = {crew: after + k for k, crew in enumerate(known)}
        self.known = known
        after += len(self.w)
        lacking = [p for p, person in enumerate(case.people) if person.least > 0]
        self.s = {p: after + k for k, p in enumerate(lacking)}
        after += len(self.s)
        self.b = after if self.rules.balance_weight else None
        self.width = after + (self.b is not None)
        self.equal, self.most = Rows(), Rows()

    def _counted(self) -> bool:
        limited = any(p.least or p.most is not None for p in self.case.people)
        return limited or self.rules.balance_weight > 0

    def _known_mates(self) -> dict[tuple[int, int], Ints]:
        """Return for each crew how many of an outing's families know the companion only."""
        found = {}
        for crew in self.crews:
            team, mate = self.case.teams[crew[0]], crew[1]
            if mate == ALONE:
                continue
            lead, name = self.case.people[team.lead].teacher_id, self.case.people[mate].teacher_id
            knows = np.zeros(self.n + 1)
            for i in team.requests:
                earlier = self.case.requests[i].earlier
                knows[i] = name in earlier and lead not in earlier
            if knows.any():
                found[crew] = knows[self.pool.members].sum(axis=1)
        return found

    def make(self) -> Programme:
        self._cover()
        self._crews()
        self._bookings()
        self._weekly()
        self._spacing()
        if self.counted:
            self._counts()
        self._continuity()
        most = self.most.matrix(self.width)
        at_most = np.array(self.most.right, float)
        return Programme(
            self._costs(),
            self.equal.matrix(self.width),
            np.array(self.equal.right, float),
            most,
            np.maximum(at_most, most @ self._kept()) if self._frozen() else at_most,
            self._upper(),
            np.ones(self.width, bool),
            self.m,
            self.n,
            tuple(self.crews),
            self.q,
            {crew: (at, self.known[crew]) for crew, at in self.w.items()},
        )

    def _costs(self) -> Floats:
        cost = np.zeros(self.width)
        cost[: self.m] = self.pool.travel - self.rules.continuity_bonus * self._known_leads()
        cost[self.m : self.m + self.n] = self.case.prize
        for at in self.w.values():
            cost[at] = -self.rules.continuity_bonus
        for at in self.s.values():
            cost[at] = self.rules.shortfall_penalty
        if self.b is not None:
            cost[self.b] = self.rules.balance_weight
        return cost

    def _frozen(self) -> list[int]:
        return [t for t, team in enumerate(self.case.teams) if team.frozen]

    def _kept(self) -> Floats:
        """Return the frozen visits as a solution: what is agreed with a family overrules limits."""
        kept = np.zeros(self.width)
        for t in self._frozen():
            outing = int(np.flatnonzero(self.pool.team == t)[0])
            kept[outing] = 1.0
            for c, at in self.by_team[t]:
                kept[at] = 1.0
                if (t, c) in self.q:
                    kept[self.q[t, c]] = self.size[outing]
        for p, at in self.s.items():
            kept[at] = self.case.people[p].least
        if self.b is not None:
            kept[self.b] = self.n
        return kept

    def _known_leads(self) -> Floats:
        known = np.zeros(self.m)
        if self.rules.continuity_bonus:
            for t, team in enumerate(self.case.teams):
                lead = self.case.people[team.lead].teacher_id
                knows = np.zeros(self.n + 1)
                for i in team.requests:
                    knows[i] = lead in self.case.requests[i].earlier
                here = self.pool.team == t
                known[here] = knows[self.pool.members[here]].sum(axis=1)
        return known

    def _upper(self) -> Floats:
        upper = np.ones(self.width)
        for (t, _), at in [*self.q.items(), *self.w.items()]:
            upper[at] = self.longest[t]
        for p, at in self.s.items():
            upper[at] = self.case.people[p].least
        if self.b is not None:
            upper[self.b] = self.n
        return upper

    def _cover(self) -> None:
        at, column = _entries(self.pool.members)
        self.equal.block(at, column, np.ones(len(at)), np.ones(self.n))
        self.equal.extend(np.arange(self.n), self.m + np.arange(self.n), np.ones(self.n))

    def _crews(self) -> None:
        """Bind each outing to a crew; it may take only companions that all its families accept."""
        start, teams = len(self.equal.right), len(self.case.teams)
        self.equal.block(self.pool.team, np.arange(self.m), np.ones(self.m), np.zeros(teams))
        crew_team = np.array([t for t, _ in self.crews], np.int64)
        crew_at = self.m + self.n + np.arange(len(self.crews))
        self.equal.extend(start + crew_team, crew_at, -np.ones(len(self.crews)))
        for t, team in enumerate(self.case.teams):
            row = self.equal if team.frozen else self.most
            row.add(((at, 1.0) for _, at in self.by_team[t]), 1.0)
        codes = self.pool.team * max(1, len(self.pool.mate_sets)) + self.pool.mates
        for code in np.unique(codes):
            t, which = divmod(int(code), len(self.pool.mate_sets))
            mates = self.pool.mate_sets[which]
            if len(mates) < len(self.case.teams[t].companions):
                outings = np.flatnonzero(codes == code)
                may = [(at, -1.0) for c, at in self.by_team[t] if c in mates]
                self.most.add([*((int(j), 1.0) for j in outings), *may], 0.0)

    def _taking_part(self) -> dict[int, list[tuple[int, int]]]:
        """Return for each visitor the sessions and z variables in which they are out."""
        out: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for (t, c), at in self.z.items():
            team = self.case.teams[t]
            out[team.lead].append((team.session, at))
            if c != ALONE:
                out[c].append((team.session, at))
        return out

    def _bookings(self) -> None:
        """Nobody is in two places at once: one row for each session and those it begins within."""
        sessions = self.case.sessions
        for uses in self._taking_part().values():
            for s in sorted({session for session, _ in uses}):
                here = sessions[s]
                clash = [
                    (at, 1.0)
                    for other, at in uses
                    if sessions[other].date == here.date
                    and sessions[other].start <= here.start < sessions[other].home_by
                ]
                if len(clash) > 1:
                    self.most.add(clash, 1.0)

    def _weekly(self) -> None:
        for person, uses in sorted(self._taking_part().items()):
            for kind, cap in self.case.people[person].weekly:
                by_week: dict[int, list[tuple[int, float]]] = defaultdict(list)
                for s, at in uses:
                    if self.case.sessions[s].kind == kind:
                        by_week[self.case.sessions[s].week].append((at, 1.0))
                for terms in by_week.values():
                    self.most.add(terms, float(cap))

    def _spacing(self) -> None:
        """In any stretch of so many days a student is visited once at most."""
        groups: dict[str, list[int]] = defaultdict(list)
        for i, request in enumerate(self.case.requests):
            groups[request.student_id].append(i)
        days = np.array([session.date.toordinal() for session in self.case.sessions])
        if not len(days):
            return
        column_day = days[np.array([team.session for team in self.case.teams], int)[self.pool.team]]
        for members in groups.values():
            if len(members) > 1:
                held = np.isin(self.pool.members, members).sum(axis=1)
                at = np.flatnonzero(held)
                for day in np.unique(column_day[at]):
                    span = (column_day[at] >= day) & (
                        column_day[at] < day + max(1, self.rules.spacing_days)
                    )
                    near = at[span]
                    self.most.add(((int(j), float(held[j])) for j in near), 1.0)

    def _counts(self) -> None:
        """Visits a visitor: led ones from the outings, accompanied ones through q."""
        start, teams = len(self.equal.right), len(self.case.teams)
        self.equal.block(
            self.pool.team, np.arange(self.m), self.size.astype(float), np.zeros(teams)
        )
        for (t, c), at in self.q.items():
            self.equal.extend(np.array([start + t]), np.array([at]), np.array([-1.0]))
            self.most.add([(at, 1.0), (self.z[t, c], -self.longest[t])], 0.0)
        visits: dict[int, list[tuple[int, float]]] = defaultdict(list)
        for (t, c), at in self.q.items():
            visits[self.case.teams[t].lead].append((at, 1.0))
            if c != ALONE:
                visits[c].append((at, 1.0))
        for p, person in enumerate(self.case.people):
            terms = visits[p]
            if person.most is not None:
                self.most.add(terms, float(person.most))
            if p in self.s:
                lacking = [*((at, -1.0) for at, _ in terms), (self.s[p], -1.0)]
                self.most.add(lacking, -float(person.least))
            if self.b is not None:
                self.most.add([*terms, (self.b, -1.0)] if terms else [], 0.0)

    def _continuity(self) -> None:
        for crew, knows in self.known.items():
            at = self.w[crew]
            here = np.flatnonzero((self.pool.team == crew[0]) & (knows > 0))
            self.most.add([(at, 1.0), *((int(j), -float(knows[j])) for j in here)], 0.0)
            self.most.add([(at, 1.0), (self.z[crew], -float(knows.max()))], 0.0)


def _longest(case: Case, pool: Pool) -> Floats:
    """Return the most visits an outing of each team can hold."""
    longest = np.zeros(len(case.teams))
    np.maximum.at(longest, pool.team, pool.size.astype(float))
    longest[~pool.complete] = case.rules.longest
    return longest


def _entries(members: Ints) -> tuple[Ints, Ints]:
    """Return request and outing of each visit of a pool."""
    column, place = np.nonzero(members >= 0)
    return members[column, place], column
