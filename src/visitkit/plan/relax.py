"""The linear relaxation over all outings, by column generation, and the bound that follows.

The bound is recomputed from the duals alone: whatever the solver's tolerances, for any duals of the
right sign the Lagrangian value is below the cost of every plan, because each team makes one outing
at most. Lasdon (1970), Optimization Theory for Large Systems, ch. 8; Geoffrion (1974).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog

from visitkit.plan.case import Case, Floats, Ints
from visitkit.plan.effort import Effort
from visitkit.plan.master import Programme, columns_of
from visitkit.plan.routes import Pool

#: Outings a team that the first linear programme begins with, and that each later one may add.
_FIRST, _MORE = 10, 12

#: A reduced cost from which an outing leaves the linear programme again.
_DULL = 60.0

_ROUNDS = 80


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
        The relaxation is solved to optimality.
    """

    bound: float
    reduced: Floats
    solution: Floats | None
    solved: bool


def relax(
    case: Case, pool: Pool, whole: Programme, effort: Effort, *, close: float = 1e-6
) -> Relaxed:
    """Solve the linear relaxation.

    Parameters
    ----------
    case, pool, whole
        The problem, its outings and the master programme over all of them.
    effort
        Stops it; the bound so far is then still a bound.
    close
        Stop when bound and value are as near as this.
    """
    lowest = -case.rules.continuity_bonus * len(case.requests)
    best = Relaxed(lowest, np.zeros(len(whole.cost)), None, False)
    held = _beginning(case, pool)
    for _ in range(_ROUNDS):
        if effort.left() <= 0:
            break
        part = columns_of(whole, held)
        done = linprog(
            part.cost,
            A_ub=part.most,
            b_ub=part.at_most,
            A_eq=part.equal,
            b_eq=part.equal_to,
            bounds=np.column_stack([np.zeros(len(part.cost)), np.full(len(part.cost), np.inf)]),
            method="highs-ds",
            options={"time_limit": effort.left()},
        )
        if done.status != 0:
            effort.note("time_bound")
            break
        bound, reduced = _certify(case, pool, whole, done.eqlin.marginals, done.ineqlin.marginals)
        if bound >= best.bound or best.solution is None:
            best = Relaxed(max(bound, lowest), reduced, _spread(whole, held, done.x), False)
        if done.fun - best.bound <= close + 1e-9 * abs(done.fun):
            return Relaxed(best.bound, best.reduced, best.solution, True)
        fresh = _best_of_each(pool.team, reduced[: len(pool)], _MORE)
        fresh = fresh[reduced[fresh] < -1e-7]
        known = held[reduced[held] < _DULL]
        again = np.unique(np.concatenate([known, fresh]))
        if not len(np.setdiff1d(again, held)):
            return Relaxed(best.bound, best.reduced, best.solution, not len(fresh))
        held = again
    return best


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
    own = whole.most[:, : whole.columns][:, np.flatnonzero(pool.team == t)].tocoo()
    known = float(most[np.unique(own.row[own.data < 0])].sum()) - case.rules.continuity_bonus
    gain = np.minimum(0.0, near - dual - size + known)
    room = int((team.home_by - team.start) // max(1.0, float(team.service.min())))
    fits = np.sort(gain)[: min(room, case.rules.longest)]
    return float(fits.sum() - link)
