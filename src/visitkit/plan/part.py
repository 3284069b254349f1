"""A part of the master programme, small enough to be sent to another process and solved there."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array, vstack

from visitkit.plan.case import ALONE, Bools, Floats, Ints
from visitkit.plan.cost import Choice
from visitkit.plan.effort import Effort
from visitkit.plan.pool import Pool
from visitkit.plan.programme import Programme
from visitkit.plan.quiet import drop_what_is_left, without_stray_lines

_STEP = 0.05
_INFEASIBLE = 2

#: All rows but the one of the cost are whole numbers; its tolerance is the solver's, rounded up.
_ROUNDING = 1e-4


@dataclass(frozen=True, eq=False)
class Part:
    """Some variables of a master programme with all others held fast.

    Parameters
    ----------
    at
        Positions of the free variables in the whole programme.
    offset
        Cost of what is held fast.
    """

    cost: Floats
    matrix: csr_array
    least: Floats
    most: Floats
    upper: Floats
    whole: Bools
    at: Ints
    offset: float


@dataclass(frozen=True, eq=False)
class Answer:
    """What an integer programme found: values, cost, bound over its variables, and if it ended."""

    values: Floats | None
    cost: float
    bound: float
    ended: bool


def values_of(pool: Pool, whole: Programme, choices: list[Choice]) -> Floats:
    """Return a plan as values of the programme; what visitors lack and balance stay 0."""
    values = np.zeros(len(whole.cost))
    place = {crew: whole.first_crew + k for k, crew in enumerate(whole.crews)}
    left = np.ones(whole.requests + 1)
    for outing, mate in choices:
        crew = (int(pool.team[outing]), mate)
        values[outing] = values[place[crew]] = 1.0
        left[pool.members[outing]] = 0.0
        if crew in whole.counts:
            values[whole.counts[crew]] = (pool.members[outing] >= 0).sum()
        if crew in whole.known:
            at, knows = whole.known[crew]
            values[at] = knows[outing]
    values[whole.columns : whole.first_crew] = left[:-1]
    return values


def cut(whole: Programme, free: Ints, held: Floats) -> Part:
    """Return the programme of the free variables.

    Parameters
    ----------
    whole
        The programme.
    free
        Positions of the variables that may change.
    held
        [variables] the values of all others.
    """
    rest = held.copy()
    rest[free] = 0.0
    matrix = vstack([whole.equal[:, free], whole.most[:, free]], format="csr")
    equal_to = whole.equal_to - whole.equal @ rest
    at_most = whole.at_most - whole.most @ rest
    used = np.diff(matrix.indptr) > 0
    least = np.concatenate([equal_to, np.full(len(at_most), -np.inf)])[used]
    return Part(
        whole.cost[free],
        matrix[used],
        least,
        np.concatenate([equal_to, at_most])[used],
        whole.upper[free],
        whole.whole[free],
        free,
        float(whole.cost @ rest),
    )


def below(part: Part, cost: float) -> Part:
    """Return a part in which only plans that cost less count: most others are then cut off early.

    Parameters
    ----------
    part
        The part.
    cost
        The most that the whole plan may cost, what is held fast included.
    """
    matrix = vstack([part.matrix, csr_array(part.cost[None])], format="csr")
    least = np.append(part.least, -np.inf)
    return replace(part, matrix=matrix, least=least, most=np.append(part.most, cost - part.offset))


def solve(part: Part, seconds: float, within: float = 1e-6) -> Answer:
    """Solve a part with HiGHS.

    Parameters
    ----------
    part
        What is free.
    seconds
        Limit of the solver. When it is met, the same seed need not give the same plan.
    within
        Relative gap at which the solver may stop.
    """
    with without_stray_lines():
        return _answer(part, seconds, within)


def _answer(part: Part, seconds: float, within: float) -> Answer:
    done = milp(
        part.cost,
        constraints=LinearConstraint(part.matrix, part.least, part.most),
        integrality=part.whole.astype(np.int64),
        bounds=Bounds(np.zeros(len(part.cost)), part.upper),
        options={"time_limit": max(seconds, 0.01), "mip_rel_gap": within},
    )
    if done.status == _INFEASIBLE:
        return Answer(None, math.inf, math.inf, True)
    bound = -math.inf if done.mip_dual_bound is None else float(done.mip_dual_bound)
    if done.x is None:
        return Answer(None, math.inf, bound + part.offset, done.status == 0)
    if not _holds(part, done.x):
        return Answer(None, math.inf, -math.inf, False)
    return Answer(done.x, float(done.fun) + part.offset, bound + part.offset, done.status == 0)


def _holds(part: Part, values: Floats) -> bool:
    """Tell whether an answer keeps the rows; now and then HiGHS calls one optimal that does not.

    https://github.com/scipy/scipy/issues/24141
    """
    rows = part.matrix @ np.round(values)
    return bool((rows >= part.least - _ROUNDING).all() and (rows <= part.most + _ROUNDING).all())


def solve_or_cancel(part: Part, effort: Effort, seconds: float, within: float = 1e-6) -> Answer:
    """Solve a part; when the effort is cancelled return at once and let HiGHS end by itself."""
    cancel = effort.cancel
    if cancel is None:
        return solve(part, seconds, within)
    with without_stray_lines():
        return _abandonable(lambda: _answer(part, seconds, within), cancel)


def _abandonable(run: Callable[[], Answer], cancel: threading.Event) -> Answer:
    kept: list[Answer] = []
    worker = threading.Thread(target=lambda: kept.append(run()), daemon=True)
    worker.start()
    while worker.is_alive() and not cancel.is_set():
        worker.join(_STEP)
    if kept:
        return kept[0]
    drop_what_is_left()
    return Answer(None, math.inf, -math.inf, False)


def choices_of(
    pool: Pool, whole: Programme, part: Part, values: Floats, held: list[Choice]
) -> list[Choice]:
    """Return a plan: what a part says together with the outings that were held fast."""
    chosen = part.at[values > 0.5]
    crews = chosen[(chosen >= whole.first_crew) & (chosen < whole.first_crew + len(whole.crews))]
    mates: dict[int, int] = dict(whole.crews[k - whole.first_crew] for k in crews)
    own = [(int(j), mates.get(int(pool.team[j]), ALONE)) for j in chosen[chosen < whole.columns]]
    return sorted([*held, *own])


def keeps_rules(whole: Programme, pool: Pool, choices: list[Choice]) -> bool:
    """Tell whether two changes that were made apart can stand together."""
    values = values_of(pool, whole, choices)
    rest = whole.first_crew + len(whole.crews) + len(whole.counts) + len(whole.known)
    # Rows with what visitors lack, or with the balance, can always be met: they are soft.
    soft = np.diff(whole.most[:, rest:].tocsr().indptr) > 0
    over = (whole.most @ values - whole.at_most)[~soft]
    off = np.abs(whole.equal @ values - whole.equal_to)
    return bool(over.max(initial=0.0) <= 1e-6 and off.max(initial=0.0) <= 1e-6)
