"""How much true effects differ between studies: tau squared by REML and by Paule and Mandel."""

from __future__ import annotations

import numpy as np
from scipy import optimize, stats

from visitkit.review.result import Floats

METHODS = ("reml", "paule_mandel", "fixed")


def weighted_mean(effects: Floats, variances: Floats, tau2: float) -> float:
    """Return the mean with inverse-variance weights.

    Examples
    --------
    >>> weighted_mean(np.array([1.0, 3.0]), np.array([1.0, 1.0]), 0.0)
    2.0
    """
    weights = 1 / (variances + tau2)
    return float((weights * effects).sum() / weights.sum())


def q_statistic(effects: Floats, variances: Floats, tau2: float = 0.0) -> float:
    """Return Cochran's Q at one tau squared."""
    middle = weighted_mean(effects, variances, tau2)
    return float(((effects - middle) ** 2 / (variances + tau2)).sum())


def tau2_by(method: str, effects: Floats, variances: Floats) -> float:
    """Return tau squared by ``"reml"``, ``"paule_mandel"`` or ``"fixed"`` (0)."""
    if method == "fixed":
        return 0.0
    find = _reml if method == "reml" else _paule_mandel
    return find(effects, variances)


def _ceiling(effects: Floats, variances: Floats) -> float:
    return float(100 * (np.var(effects, ddof=1) + variances.max()))


def _paule_mandel(effects: Floats, variances: Floats) -> float:
    """Paule and Mandel 1982, doi:10.6028/jres.087.022: Q meets its expectation."""
    return _root(effects, variances, len(effects) - 1.0)


def _root(effects: Floats, variances: Floats, target: float) -> float:
    def left(tau2: float) -> float:
        return q_statistic(effects, variances, tau2) - target

    if left(0.0) <= 0:
        return 0.0
    top = _ceiling(effects, variances)
    while left(top) > 0:
        top *= 4
    return float(optimize.brentq(left, 0.0, top, xtol=1e-12 * top, rtol=1e-12))


def _reml(effects: Floats, variances: Floats) -> float:
    """Restricted maximum likelihood (Viechtbauer 2005, doi:10.3102/10769986030003261)."""

    def loss(tau2: float) -> float:
        weights = 1 / (variances + tau2)
        spread = float(np.log(variances + tau2).sum() + np.log(weights.sum()))
        return spread + q_statistic(effects, variances, tau2)

    # The likelihood may have two hills: look everywhere first, then climb the highest.
    top = _ceiling(effects, variances)
    grid = np.concatenate([[0.0], np.geomspace(1e-8 * top, top, 200)])
    best = int(np.argmin([loss(one) for one in grid]))
    low, high = grid[max(best - 1, 0)], grid[min(best + 1, len(grid) - 1)]
    found = optimize.minimize_scalar(
        loss, bounds=(low, high), method="bounded", options={"xatol": 1e-10 * max(high, 1e-300)}
    )
    inside = float(found.x)
    return 0.0 if loss(0.0) <= loss(inside) else _polish(inside, effects, variances)


def _polish(tau2: float, effects: Floats, variances: Floats) -> float:
    """Fisher scoring from a good start, to full precision."""
    for _ in range(100):
        weights = 1 / (variances + tau2)
        total, middle = weights.sum(), weighted_mean(effects, variances, tau2)
        above = (weights**2 * ((effects - middle) ** 2 - variances)).sum()
        new = max(0.0, float(above / (weights**2).sum() + 1 / total))
        if abs(new - tau2) <= 1e-13 * max(tau2, 1e-300):
            return new
        tau2 = new
    return tau2


def tau2_interval(effects: Floats, variances: Floats, level: float) -> tuple[float, float]:
    """Return the Q-profile interval of tau squared.

    Viechtbauer 2007, doi:10.1002/sim.2514.

    Examples
    --------
    >>> low, high = tau2_interval(np.array([1.0, 2.0, 9.0]), np.ones(3), 0.95)
    >>> round(low, 2), round(high, 1)
    (4.15, 749.5)
    """
    df = len(effects) - 1
    low = _root(effects, variances, float(stats.chi2.ppf(0.5 + level / 2, df)))
    high = _root(effects, variances, float(stats.chi2.ppf(0.5 - level / 2, df)))
    return low, high
