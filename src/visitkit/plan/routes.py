"""All outings worth considering, found by label setting.

A label is a set of families already visited and the last of them. Of the labels with the same set
and last family only those stay that are not beaten in both time and travel (Pareto), because a
later time can close a window and a longer way can never pay. From the labels of one size those of
the next size are grown for all families at once as array operations. Of the outings that visit the
same set the one with the least travel is kept: for the plan as a whole nothing else matters.

Method: resource-constrained elementary shortest paths as in Feillet, Dejax, Gendreau and Gueguen
(2004), https://doi.org/10.1002/net.20033, with several time windows native.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from visitkit.plan.case import ALONE, Bools, Case, Floats, Ints, Team

Rows = TypeVar("Rows", Ints, Floats)

_WORD = 63
_FAR = 1e9


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


@dataclass(frozen=True, eq=False)
class _Labels:
    """Partial outings of one size: positions are local to the team."""

    order: Ints
    starts: Floats
    bits: Ints
    mates: Bools
    time: Floats
    travel: Floats

    def take(self, rows: Ints | Bools) -> _Labels:
        return _Labels(*(getattr(self, name)[rows] for name in self.__dataclass_fields__))


@dataclass(frozen=True, eq=False)
class Batch:
    """The outings of one team; members are positions in the case."""

    orders: tuple[Ints, ...]
    starts: tuple[Floats, ...]
    travel: tuple[Floats, ...]
    mates: tuple[Bools, ...]
    complete: bool


def team_routes(team: Team, prize: Floats, longest: int, columns: int) -> Batch:
    """Return the outings of one team.

    Parameters
    ----------
    team
        The lead, the session and what could be visited.
    prize
        [n] of the team's requests; decides what stays when there are too many labels.
    longest
        Most visits an outing.
    columns
        Most outings, more or less: half of it is the most labels of one size.

    Examples
    --------
    >>> import numpy as np
    >>> minutes = np.array([[0, 5, 9, 1], [5, 0, 6, 5], [9, 6, 0, 9], [1, 5, 9, 0.0]])
    >>> team = Team(0, 0, 990, 1200, np.array([4, 7]), minutes, np.array([40.0, 40.0]),
    ...     np.array([[[990.0, 1100]], [[1050.0, 1130]]]), (1,), np.ones((2, 1), bool))
    >>> batch = team_routes(team, np.array([100.0, 100.0]), 8, 1000)
    >>> [order.tolist() for order in batch.orders], [t.tolist() for t in batch.travel]
    ([[[4], [7]], [[4, 7]]], [[10.0, 18.0], [20.0]])
    """
    found, complete = [], True
    labels = _origin(team)
    for _ in range(min(longest, len(team.requests))):
        labels = _pareto(_grown(team, labels))
        if len(labels.time) > columns // 2:
            worth = prize[labels.order].sum(axis=1) - labels.travel
            best = np.sort(np.argsort(-worth, kind="stable")[: columns // 2])
            labels, complete = labels.take(best), False
        if not len(labels.time):
            break
        found.append(_shortest(team, labels))
    return Batch(
        tuple(team.requests[part.order] for part in found),
        tuple(part.starts for part in found),
        tuple(part.travel for part in found),
        tuple(part.mates for part in found),
        complete,
    )


def _origin(team: Team) -> _Labels:
    words = max(1, -(-len(team.requests) // _WORD))
    return _Labels(
        np.zeros((1, 0), np.int64),
        np.zeros((1, 0)),
        np.zeros((1, words), np.int64),
        np.ones((1, len(team.companions)), bool),
        np.array([team.start]),
        np.zeros(1),
    )


def _grown(team: Team, labels: _Labels) -> _Labels:
    """Return all labels with one family more that keep the windows and are home in time."""
    n, m = len(team.requests), len(labels.time)
    row, family = np.repeat(np.arange(m), n), np.tile(np.arange(n), m)
    word, bit = family // _WORD, family % _WORD
    fresh = (labels.bits[row, word] >> bit) & 1 == 0
    row, family, word, bit = row[fresh], family[fresh], word[fresh], bit[fresh]
    last = labels.order[row, -1] + 1 if labels.order.shape[1] else np.zeros(len(row), np.int64)
    way = team.minutes[last, family + 1]
    begin = _begin(team.windows, family, labels.time[row] + way)
    done = begin + team.service[family]
    fits = done + team.minutes[family + 1, n + 1] <= team.home_by
    if not team.masks.all():
        fits &= (labels.mates[row] & team.masks[family]).any(axis=1)
    row, family, word, bit = row[fits], family[fits], word[fits], bit[fits]
    bits = labels.bits[row]
    bits[np.arange(len(row)), word] |= np.int64(1) << bit
    return _Labels(
        np.hstack([labels.order[row], family[:, None]]),
        np.hstack([labels.starts[row], begin[fits][:, None]]),
        bits,
        labels.mates[row] & team.masks[family],
        done[fits],
        labels.travel[row] + way[fits],
    )


def _begin(windows: Floats, family: Ints, arrive: Floats) -> Floats:
    """Return when the visit begins: in the first window still open, infinite when none is."""
    begin = np.full(len(family), np.inf)
    for k in range(windows.shape[1]):
        first = np.maximum(windows[family, k, 0], arrive)
        np.minimum(begin, np.where(first <= windows[family, k, 1], first, np.inf), out=begin)
    return begin


def _pareto(labels: _Labels) -> _Labels:
    """Return the labels that no other of the same set and last family beats in time and travel."""
    if not len(labels.time):
        return labels
    last = labels.order[:, -1]
    order = np.lexsort((labels.travel, labels.time, last, *labels.bits.T))
    bits, last, travel = labels.bits[order], last[order], labels.travel[order]
    new = np.ones(len(order), bool)
    new[1:] = (bits[1:] != bits[:-1]).any(axis=1) | (last[1:] != last[:-1])
    # Each group is shifted below the one before, so one running minimum serves all groups.
    shifted = travel - np.cumsum(new) * _FAR
    before = np.concatenate([[np.inf], np.minimum.accumulate(shifted)[:-1]])
    return labels.take(order[shifted < before])


def _shortest(team: Team, labels: _Labels) -> _Labels:
    """Return for each set of families the outing with the least travel, the way home included."""
    total = labels.travel + team.minutes[labels.order[:, -1] + 1, len(team.requests) + 1]
    order = np.lexsort((labels.time, total, *labels.bits.T))
    bits = labels.bits[order]
    first = np.ones(len(order), bool)
    first[1:] = (bits[1:] != bits[:-1]).any(axis=1)
    return replace(labels, travel=total).take(order[first])


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
    return ~(who[:, 1:] == who[:, :-1]).any(axis=1)


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
