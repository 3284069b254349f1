"""Facts about a pool of outings that a search asks for again and again."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from visitkit.plan.case import Case, Floats, Ints
from visitkit.plan.pool import Pool


@dataclass(frozen=True, eq=False)
class Index:
    """What does not change while searching.

    Parameters
    ----------
    value
        [outings] prizes of the families less travel.
    columns_of
        [requests] the outings with each request.
    rivals
        [requests] other requests of the same student.
    day, size
        [outings] day and number of visits.
    teams_of, span
        Lead to the teams, and to the first outing and the one after the last.
    clashes
        [sessions] sessions that nobody can attend beside each.
    """

    case: Case
    pool: Pool
    value: Floats
    columns_of: tuple[Ints, ...]
    rivals: tuple[tuple[int, ...], ...]
    day: Ints
    size: Ints
    teams_of: dict[int, tuple[int, ...]]
    clashes: tuple[tuple[int, ...], ...]
    span: dict[int, tuple[int, int]]


def index_of(case: Case, pool: Pool) -> Index:
    """Return what does not change while searching."""
    prize = np.append(case.prize, 0.0)
    value = prize[pool.members].sum(axis=1) - pool.travel
    groups: dict[str, list[int]] = defaultdict(list)
    for i, request in enumerate(case.requests):
        groups[request.student_id].append(i)
    rivals = tuple(
        tuple(j for j in groups[request.student_id] if j != i)
        for i, request in enumerate(case.requests)
    )
    flat, where = pool.members.ravel(), np.repeat(np.arange(len(pool)), pool.members.shape[1])
    order = np.argsort(flat, kind="stable")
    edges = np.searchsorted(flat[order], np.arange(len(case.requests) + 1))
    columns = tuple(np.sort(where[order[a:b]]) for a, b in pairwise(edges))
    days = np.array([case.sessions[team.session].date.toordinal() for team in case.teams], int)
    teams: dict[int, list[int]] = defaultdict(list)
    for t, team in enumerate(case.teams):
        teams[team.lead].append(t)
    span = {}
    for lead, own in teams.items():
        at = np.flatnonzero((pool.team >= own[0]) & (pool.team <= own[-1]))
        span[lead] = (int(at[0]), int(at[-1]) + 1) if len(at) else (0, 0)
    return Index(
        case,
        pool,
        value,
        columns,
        rivals,
        days[pool.team] if len(pool) else np.zeros(0, np.int64),
        pool.size,
        {lead: tuple(own) for lead, own in teams.items()},
        _clashes(case),
        span,
    )


def _clashes(case: Case) -> tuple[tuple[int, ...], ...]:
    """Return for each session the sessions that nobody can attend beside it, itself included."""
    out = []
    for a in case.sessions:
        out.append(
            tuple(
                k
                for k, b in enumerate(case.sessions)
                if a.date == b.date and a.start < b.home_by and b.start < a.home_by
            )
        )
    return tuple(out)
