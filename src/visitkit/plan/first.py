"""A first plan at once: the best outing first, then taking some away and choosing anew.

Ruin and recreate (Schrimpf and others, 2000, https://doi.org/10.1006/jcph.1999.6413) over whole
outings: for every outing of the pool it is known how many of its families are taken, so the best
outing still possible is one pass over an array. The work is counted, not timed, so the same seed
gives the same plan; the clock only stops it when it would be late.
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from visitkit.plan.case import ALONE, Bools, Case, Floats
from visitkit.plan.cost import Choice
from visitkit.plan.effort import Effort
from visitkit.plan.index import index_of
from visitkit.plan.pool import Pool

#: How much dearer than the best plan so far a plan may be and still be worked on.
_LEEWAY = 0.004


class Search:
    """A plan being searched: chosen outings, who is booked and what is taken.

    Parameters
    ----------
    case, pool
        The problem and its outings.
    seed
        Of the random choices.
    """

    def __init__(self, case: Case, pool: Pool, seed: int) -> None:
        self.index = index_of(case, pool)
        self.case, self.pool = case, pool
        self.random = np.random.default_rng(seed)
        self.chosen: dict[int, Choice] = {}
        self.taken = np.zeros(len(pool), np.int32)
        self.booked: dict[int, list[int]] = defaultdict(list)
        self.outings: dict[tuple[int, int, str], int] = defaultdict(int)
        self.visits: dict[int, int] = defaultdict(int)
        self.weekly = [dict(person.weekly) for person in case.people]
        self.pull = self.index.value
        self.fixed = frozenset(t for t, team in enumerate(case.teams) if team.frozen)
        for t in sorted(self.fixed):
            kept = int(np.flatnonzero(pool.team == t)[0])
            self._add(kept, case.teams[t].companions[0] if case.teams[t].companions else ALONE)

    def clear(self) -> None:
        """Take all outings away but those of frozen visits."""
        for team in [team for team in self.chosen if team not in self.fixed]:
            self._drop(team)

    def choices(self) -> list[Choice]:
        """Return the plan: an outing and a companion for each team that goes."""
        return [self.chosen[team] for team in sorted(self.chosen)]

    def follow(self, weight: Floats, least: float) -> None:
        """Take the outings with the highest weights that still go together.

        Parameters
        ----------
        weight
            [outings], for example how much of each the linear relaxation uses.
        least
            Outings below it are left aside.
        """
        at = np.flatnonzero(weight >= least)
        for j in at[np.argsort(-weight[at], kind="stable")]:
            team = int(self.pool.team[j])
            who = self.case.teams[team]
            if team in self.chosen or self.taken[j] or not self._free(who.lead, who.session):
                continue
            mate = self._mate(int(j))
            if mate is not None:
                self._add(int(j), mate)

    def fill(self, leads: list[int]) -> None:
        """Give each lead in turn the best outing still possible until nothing pays."""
        waiting = [lead for lead in leads if self.index.span.get(lead, (0, 0))[1]]
        while waiting:
            waiting = [lead for lead in waiting if self._best_outing(lead, 0.0)]

    def improve(self, lead: int, rounds: int, effort: Effort) -> None:
        """Take some outings of one lead away and choose anew, ``rounds`` times."""
        now = best = self._worth(lead)
        kept = dict(self.chosen)
        for _ in range(rounds):
            if effort.left() <= 0:
                break
            before = dict(self.chosen)
            movable = [team for team in self._of(lead) if team not in self.fixed]
            if not movable:
                return
            count = min(len(movable), int(self.random.integers(1, 5)))
            for team in self.random.choice(movable, count, replace=False):
                self._drop(int(team))
            while self._best_outing(lead, 0.15):
                pass
            now = self._worth(lead)
            if now > best + 1e-9:
                best, kept = now, dict(self.chosen)
            elif now < best - _LEEWAY * abs(best):
                self._restore(before)
        self._restore(kept)

    def _of(self, lead: int) -> list[int]:
        return [t for t in self.index.teams_of[lead] if t in self.chosen]

    def _restore(self, plan: dict[int, Choice]) -> None:
        """Go back to a plan as a whole: companions of other leads were exchanged meanwhile."""
        for team in [t for t, choice in self.chosen.items() if plan.get(t) != choice]:
            self._drop(team)
        for team, choice in plan.items():
            if team not in self.chosen:
                self._add(*choice)

    def _worth(self, lead: int) -> float:
        return float(sum(self.index.value[self.chosen[team][0]] for team in self._of(lead)))

    def _add(self, outing: int, mate: int) -> None:
        team = int(self.pool.team[outing])
        self.chosen[team] = (outing, mate)
        self._mark(outing, mate, 1)

    def _drop(self, team: int) -> None:
        outing, mate = self.chosen.pop(team)
        self._mark(outing, mate, -1)

    def _mark(self, outing: int, mate: int, sign: int) -> None:
        team = self.case.teams[self.pool.team[outing]]
        session = self.case.sessions[team.session]
        members = [int(i) for i in self.pool.members[outing] if i >= 0]
        day, near = self.index.day[outing], max(1, self.case.rules.spacing_days)
        for i in members:
            self.taken[self.index.columns_of[i]] += sign
            for j in self.index.rivals[i]:
                at = self.index.columns_of[j]
                self.taken[at[np.abs(self.index.day[at] - day) < near]] += sign
        for person in (team.lead,) if mate == ALONE else (team.lead, mate):
            if sign > 0:
                self.booked[person].append(team.session)
            else:
                self.booked[person].remove(team.session)
            self.outings[person, session.week, session.kind] += sign
            self.visits[person] += sign * len(members)

    def _free(self, person: int, session: int) -> bool:
        if not set(self.index.clashes[session]).isdisjoint(self.booked[person]):
            return False
        at = self.case.sessions[session]
        cap = self.weekly[person].get(at.kind)
        return cap is None or self.outings[person, at.week, at.kind] < cap

    def _room(self, person: int, size: int) -> bool:
        most = self.case.people[person].most
        return most is None or self.visits[person] + size <= most

    def _open_teams(self, lead: int) -> list[int]:
        return [
            t
            for t in self.index.teams_of[lead]
            if t not in self.chosen and self._free(lead, self.case.teams[t].session)
        ]

    def _best_outing(self, lead: int, noise: float) -> bool:
        """Add the best outing of a lead; tell whether there was one that pays."""
        first, last = self.index.span[lead]
        allowed = np.zeros(len(self.case.teams) + 1, bool)
        allowed[self._open_teams(lead)] = True
        usable: Bools = allowed[self.pool.team[first:last]] & (self.taken[first:last] == 0)
        at = first + np.flatnonzero(usable)
        value = self.pull[at]
        if noise:
            shake = self.random.random(len(self.case.teams))
            value = value * (1.0 - noise * shake[self.pool.team[at]])
        while len(at):
            k = int(np.argmax(value))
            if value[k] <= 0:
                return False
            mate = self._mate(int(at[k]))
            if mate is not None:
                self._add(int(at[k]), mate)
                return True
            same = (self.pool.team[at] == self.pool.team[at[k]]) & (
                self.pool.mates[at] == self.pool.mates[at[k]]
            )
            other = ~(same & (self.index.size[at] >= self.index.size[at[k]]))
            at, value = at[other], value[other]
        return False

    def _mate(self, outing: int) -> int | None:
        """Return the companion with the fewest visits who can come along on an outing.

        When all are busy, somebody else's companion is exchanged if that sets one free.
        """
        team = self.case.teams[self.pool.team[outing]]
        size = int(self.index.size[outing])
        mates = self.pool.mate_sets[self.pool.mates[outing]]
        if not self._room(team.lead, size):
            return None
        able = self._able(mates, team.session, size)
        if able is not None:
            return able
        return next(
            (
                mate
                for mate in sorted(mates, key=lambda mate: (self._need(mate), mate))
                if mate != ALONE and self._room(mate, size) and self._relieve(mate, team.session)
            ),
            None,
        )

    def _able(self, mates: frozenset[int], session: int, size: int) -> int | None:
        able = [
            mate
            for mate in mates
            if mate == ALONE or (self._free(mate, session) and self._room(mate, size))
        ]
        return min(able, key=lambda mate: (self._need(mate), mate), default=None)

    def _relieve(self, mate: int, session: int) -> bool:
        """Give one outing of a companion to somebody else so that a session becomes free."""
        week = self.case.sessions[session].week
        held = [
            t
            for t, (_, other) in self.chosen.items()
            if other == mate
            and t not in self.fixed
            and self.case.sessions[self.case.teams[t].session].week == week
        ]
        for t in sorted(held, key=lambda t: (self.case.teams[t].session != session, t)):
            outing = self.chosen[t][0]
            mates = self.pool.mate_sets[self.pool.mates[outing]] - {mate}
            other = self._able(mates, self.case.teams[t].session, int(self.index.size[outing]))
            if other is None:
                continue
            self._drop(t)
            self._add(outing, other)
            if self._free(mate, session):
                return True
            self._drop(t)
            self._add(outing, mate)
        return False

    def _need(self, mate: int) -> tuple[bool, int]:
        """Sort those first who lack visits to their least, then those with few, then nobody."""
        if mate == ALONE:
            return (True, 0)
        lacks = self.visits[mate] < self.case.people[mate].least
        return (not lacks, 1 + self.visits[mate])
