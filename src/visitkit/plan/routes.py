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

from dataclasses import dataclass, replace

import numpy as np

from visitkit.plan.case import Bools, Floats, Ints, Team

_WORD = 63
_FAR = 1e9


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
