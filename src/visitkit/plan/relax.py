"""The linear relaxation over all outings, by column generation, and the bound that follows.

The bound is recomputed from the duals alone: whatever the solver's tolerances, for any duals of the
right sign the Lagrangian value is below the cost of every plan, because each team makes one outing
at most. Lasdon (1970), Optimization Theory for Large Systems, ch. 8; Geoffrion (1974).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import linprog

from visitkit.plan.case import Case, Floats, Ints
from visitkit.plan.effort import Effort
from visitkit.plan.pool import Pool
from visitkit.plan.programme import Programme, columns_of

#: Outings a team that the first linear programme begins with, and that each later one may add.
_FIRST, _MORE = 10, 12

_ROUNDS = 80


#: Prices of the equalities and of the "at most" rows.
Duals = tuple[Floats, Floats]


@dataclass(frozen=True, eq=False)
class Relaxed:
    """What the relaxation says.

    Parameters
    ----------
    bound
        No plan costs less.
    reduced
        [variables] a plan with this variable at 1 costs at least ``bound + reduced``.
    solution
        [variables] of the last linear programme; None when there was no time for one.
    solved
        The relaxation is solved as closely as was asked for.
    value
        Of the last linear programme.
    held
        Outings it was made of.
    duals
        Of the bound.
    """

    bound: float
    reduced: Floats
    solution: Floats | None
    solved: bool
    value: float
    held: Ints
    duals: Duals


def relax(
    case: Case,
    pool: Pool,
    whole: Programme,
    effort: Effort,
    *,
    within: float = 1e-9,
    start: Relaxed | None = None,
) -> Relaxed:
    """Solve the linear relaxation.

    Parameters
    ----------
    case, pool, whole
        The problem, its outings and the master programme over all of them.
    effort
        Stops it; the bound so far is then still a bound.
    within
        Stop when value and bound are as near as this share of the value.
    start
        What an earlier call returned, to go on from.
    """
    best = _nothing(case, pool, whole) if start is None else replace(start, solved=False)
    for _ in range(_ROUNDS):
        if best.solved or effort.left() <= 0:
            break
        done = _solved(columns_of(whole, best.held), effort.left())
        if done is None:
            effort.note("time_bound")
            break
        value, here, solution = done
        best, fresh = _priced(case, pool, whole, best, here)
        best = replace(best, value=value, solution=_spread(whole, best.held, solution))
        if value - best.bound <= 1e-6 + within * abs(value):
            return replace(best, solved=True)
        again = np.union1d(best.held, fresh)
        if len(again) == len(best.held):
            return replace(best, solved=True)
        best = replace(best, held=again)
    return best


def _nothing(case: Case, pool: Pool, whole: Programme) -> Relaxed:
    """Return what is known before any linear programme."""
    lowest = -case.rules.continuity_bonus * len(case.requests)
    blank = np.zeros(len(whole.equal_to)), np.zeros(len(whole.at_most))
    return Relaxed(
        lowest, np.zeros(len(whole.cost)), None, False, math.inf, _beginning(case, pool), blank
    )


def _solved(part: Programme, seconds: float) -> tuple[float, Duals, Floats] | None:
    done = linprog(
        part.cost,
        A_ub=part.most,
        b_ub=part.at_most,
        A_eq=part.equal,
        b_eq=part.equal_to,
        bounds=np.column_stack([np.zeros(len(part.cost)), np.full(len(part.cost), np.inf)]),
        method="highs-ds",
        options={"time_limit": max(seconds, 0.01)},
    )
    if done.status != 0:
        return None
    return float(done.fun), (done.eqlin.marginals, done.ineqlin.marginals), done.x


def _priced(
    case: Case, pool: Pool, whole: Programme, best: Relaxed, here: Duals
) -> tuple[Relaxed, Ints]:
    """Return the better bound, and the outings that the duals ask for.

    Beside the duals of the linear programme, those halfway to the duals of the best bound are
    tried: they swing less (Wentges 1997, https://doi.org/10.1016/S0969-6016(97)00001-4).
    """
    tried = [here]
    if best.solution is not None:
        tried.append(
            ((here[0] + best.duals[0]) / 2, (np.minimum(here[1], 0.0) + best.duals[1]) / 2)
        )
    wanted = []
    for duals in tried:
        bound, reduced = _certify(case, pool, whole, *duals)
        below = np.flatnonzero(reduced[: len(pool)] < -1e-7)
        wanted.append(below[_best_of_each(pool.team[below], reduced[below], _MORE)])
        if bound > best.bound or best.solution is None:
            signed = (duals[0], np.minimum(duals[1], 0.0))
            best = replace(best, bound=max(bound, best.bound), reduced=reduced, duals=signed)
            best = replace(best, solution=np.zeros(0)) if best.solution is None else best
    return best, np.unique(np.concatenate(wanted))


def _beginning(case: Case, pool: Pool) -> Ints:
    """Return the most worthwhile outings of each team and all with a single visit."""
    worth = np.append(case.prize, 0.0)[pool.members].sum(axis=1) - pool.travel
    picked = _best_of_each(pool.team, -worth, _FIRST)
    frozen = [t for t, team in enumerate(case.teams) if team.frozen]
    kept = np.flatnonzero(np.isin(pool.team, frozen)) if frozen else np.zeros(0, np.int64)
    return np.unique(np.concatenate([picked, np.flatnonzero(pool.size <= 1), kept]))


def _best_of_each(team: Ints, value: Floats, count: int) -> Ints:
    """Return the positions of the lowest values of each team."""
    order = np.lexsort((value, team))
    grouped = team[order]
    start = np.flatnonzero(np.concatenate([[True], grouped[1:] != grouped[:-1]]))[: len(team)]
    rank = np.arange(len(order)) - np.repeat(start, np.diff(np.append(start, len(order))))
    return order[rank < count]


def _spread(whole: Programme, held: Ints, values: Floats) -> Floats:
    """Return a solution of a part as one of the whole."""
    out = np.zeros(len(whole.cost))
    out[held] = values[: len(held)]
    out[whole.columns :] = values[len(held) :]
    return out


def _certify(
    case: Case, pool: Pool, whole: Programme, equal: Floats, most: Floats
) -> tuple[float, Floats]:
    """Return the Lagrangian bound of these duals and the reduced costs of all variables."""
    most = np.minimum(most, 0.0)
    reduced = whole.cost - whole.equal.T @ equal - whole.most.T @ most
    bound = float(equal @ whole.equal_to + most @ whole.at_most)
    others = reduced[whole.columns :]
    bound += float((np.minimum(others, 0.0) * whole.upper[whole.columns :]).sum())
    lowest = np.zeros(len(case.teams))
    np.minimum.at(lowest, pool.team, reduced[: whole.columns])
    for t in np.flatnonzero(~pool.complete):
        lowest[t] = min(lowest[t], _lowest_unseen(case, pool, int(t), whole, equal, most))
    return bound + float(lowest.sum()), reduced


def _lowest_unseen(
    case: Case, pool: Pool, t: int, whole: Programme, equal: Floats, most: Floats
) -> float:
    """Return a value below the reduced cost of every outing of a team, seen or not.

    Each visit costs at least the shortest way to it and earns at most its duals; no more visits fit
    than the session has room for. "At most" rows in which an outing counts make it dearer, so they
    may be dropped; rows of continuity, in which it counts negatively, are earned in full.
    """
    team = case.teams[t]
    n = len(team.requests)
    near = np.where(np.eye(n + 2, dtype=bool), np.inf, team.minutes)[:-1].min(axis=0)[1 : n + 1]
    near = np.where(np.isfinite(near), near, 0.0)
    first = whole.requests
    dual, link = equal[:first][team.requests], equal[first + t]
    size = equal[first + len(case.teams) + t] if len(equal) > first + len(case.teams) else 0.0
    known = -case.rules.continuity_bonus
    if known:
        own = whole.most[:, np.flatnonzero(pool.team == t)].tocoo()
        known += float(most[np.unique(own.row[own.data < 0])].sum())
    gain = np.minimum(0.0, near - dual - size + known)
    room = int((team.home_by - team.start) // max(1.0, float(team.service.min())))
    fits = np.sort(gain)[: min(room, case.rules.longest)]
    return float(fits.sum() - link)
