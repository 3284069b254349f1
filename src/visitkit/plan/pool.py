"""All outings of all teams as one pool: the columns of the master programme."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from visitkit.plan.case import ALONE, Bools, Case, Floats, Ints, Team
from visitkit.plan.routes import Batch

Rows = TypeVar("Rows", Ints, Floats)


@dataclass(frozen=True, eq=False)
class Pool:
    """Outings of many teams as columns of the master programme.

    Parameters
    ----------
    team
        [m] position of the team.
    travel
        [m] minutes on the way, home included.
    members, starts
        [m, k] requests in order and when each visit begins; -1 where the outing is shorter.
    mates
        [m] position in ``mate_sets``: who may come along on the whole outing.
    mate_sets
        Sets of companions.
    complete
        [teams] no outing of the team was left out of the pool.
    """

    team: Ints
    travel: Floats
    members: Ints
    starts: Floats
    mates: Ints
    mate_sets: tuple[frozenset[int], ...]
    complete: Bools

    def __len__(self) -> int:
        return len(self.team)

    @property
    def size(self) -> Ints:
        """Visits of each outing."""
        return np.asarray((self.members >= 0).sum(axis=1), np.int64)


def gather(case: Case, batches: Sequence[Batch]) -> Pool:
    """Return the outings of all teams as one pool; the outing of frozen visits always is in it.

    Teams with frozen visits keep only the outings that contain all of these at their times.
    """
    widest = max([1, *(order.shape[1] for batch in batches for order in batch.orders)])
    widest = max([widest, *(len(team.frozen) for team in case.teams)])
    names = [request.student_id for request in case.requests]
    students = np.unique(names, return_inverse=True)[1] if names else np.zeros(0, np.int64)
    sets: dict[frozenset[int], int] = {}
    parts: list[tuple[Ints, Floats, Ints, Floats, Ints]] = []
    for t, (team, batch) in enumerate(zip(case.teams, batches, strict=True)):
        if team.frozen:
            parts.append(_kept_outing(case, t, widest, sets))
        for order, starts, travel, mates in zip(
            batch.orders, batch.starts, batch.travel, batch.mates, strict=True
        ):
            keep = _holding(case, team, order) & _once_each(students, order)
            if not keep.any():
                continue
            named = _mate_ids(team, mates[keep], sets)
            parts.append(
                (
                    np.full(len(named), t, np.int64),
                    travel[keep],
                    _wide(order[keep], widest, -1),
                    _wide(starts[keep], widest, -1.0),
                    named,
                )
            )
    complete = np.array([batch.complete for batch in batches], bool)
    if not parts:
        empty = np.zeros(0, np.int64)
        none = np.zeros((0, widest))
        return Pool(empty, np.zeros(0), none.astype(int), none, empty, (), complete)
    columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
    at, travel, members, starts, named = columns
    return Pool(at, travel, members, starts, named, tuple(sets), complete)


def _wide(rows: Rows, width: int, fill: float) -> Rows:
    out: Rows = np.full((len(rows), width), fill, dtype=rows.dtype)
    out[:, : rows.shape[1]] = rows
    return out


def _mate_ids(team: Team, mates: Bools, sets: dict[frozenset[int], int]) -> Ints:
    if (mates == mates[0]).all():  # usual, and much quicker than sorting the rows
        distinct, which = mates[:1], np.zeros(len(mates), np.int64)
    else:
        distinct, which = np.unique(mates, axis=0, return_inverse=True)
    ids = []
    for row in distinct:
        mate_set = frozenset(team.companions[k] for k in np.flatnonzero(row))
        ids.append(sets.setdefault(mate_set, len(sets)))
    return np.array(ids, np.int64)[which.reshape(-1)]


def _holding(case: Case, team: Team, order: Ints) -> Bools:
    """Tell which outings of a team contain all its frozen visits."""
    if not team.frozen:
        return np.ones(len(order), bool)
    at = {case.requests[i].id: i for i in team.requests}
    wanted = [at.get(visit.request_id, -1) for visit in team.frozen]
    if -1 in wanted:
        return np.zeros(len(order), bool)
    holds = np.ones(len(order), bool)
    for i in wanted:
        holds &= (order == i).any(axis=1)
    return holds


def _once_each(students: Ints, order: Ints) -> Bools:
    """Tell which outings visit no student twice."""
    who = np.sort(students[order], axis=1)
    apart: Bools = ~(who[:, 1:] == who[:, :-1]).any(axis=1)
    return apart


def _kept_outing(
    case: Case, t: int, widest: int, sets: dict[frozenset[int], int]
) -> tuple[Ints, Floats, Ints, Floats, Ints]:
    """Return the outing of the frozen visits as it stands, whatever travel and windows say now."""
    team = case.teams[t]
    at = {request.id: i for i, request in enumerate(case.requests)}
    known = [(at[v.request_id], v.start) for v in team.frozen if v.request_id in at]
    members = np.full((1, widest), -1, np.int64)
    starts = np.full((1, widest), -1.0)
    members[0, : len(known)] = [item[0] for item in known]
    starts[0, : len(known)] = [item[1] for item in known]
    way = stretches(case, t, [item[0] for item in known])
    mate = frozenset({team.companions[0] if team.companions else ALONE})
    named = np.array([sets.setdefault(mate, len(sets))])
    return np.array([t]), np.array([sum(way)]), members, starts, named


def stretches(case: Case, t: int, members: list[int]) -> list[float]:
    """Return the minutes to each visit of an outing in turn, and home at the end.

    Where a frozen visit no longer has a way, the minutes written in it stand.
    """
    team = case.teams[t]
    if not members:
        return [0.0]
    local = {int(i): k + 1 for k, i in enumerate(team.requests)}
    at, out = 0, []
    for i in members:
        way = float(team.minutes[at, local[i]]) if i in local else np.inf
        old = case.frozen.get(case.requests[i].id)
        out.append(way if np.isfinite(way) else (old.travel if old is not None else 0.0))
        at = local.get(i, at)
    homeward = float(team.minutes[at, -1])
    return [*out, homeward if np.isfinite(homeward) else 0.0]
