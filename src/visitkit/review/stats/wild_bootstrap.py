"""The wild cluster bootstrap-t with the null imposed, and its interval by inversion.

Cameron, Gelbach and Miller 2008, doi:10.1162/rest.90.3.414; the algebra over cluster sums follows
MacKinnon 2023, doi:10.1016/j.ecosta.2021.11.009.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from visitkit.errors import ReviewError
from visitkit.review.result import LEVEL, Floats
from visitkit.review.stats.checks import at_least, between, one_of, within
from visitkit.review.stats.cluster_robust import cr1_factor
from visitkit.review.stats.regression import ClusterFit

WEIGHTS = ("rademacher", "webb")
#: With so few clusters every pattern of signs is tried, which leaves nothing to chance.
ENUMERATE_UP_TO = 12
_WEBB = np.sqrt(np.array([0.5, 1.0, 1.5]))
_STEPS = 60
_FARTHEST = 1e4
_TIES = 1e-9


@dataclass(frozen=True, slots=True)
class WildTest:
    """A bootstrap test of one coefficient.

    Parameters
    ----------
    estimate, t
        The coefficient and its CR1 t statistic against ``null``.
    p
        Two-sided: share of draws at least as far out.
    ci
        All values that would not be rejected, at ``level``.
    weights
        ``"rademacher"`` or ``"webb"``.
    draws
        How many patterns.
    enumerated
        Whether these were all there are.
    seed
        Of the draws; says nothing when all were tried.
    n, clusters
        Rows and clusters.
    null
        Value tested.
    level
        Of ``ci``.
    """

    estimate: float
    t: float
    p: float
    ci: tuple[float, float]
    weights: str
    draws: int
    enumerated: bool
    seed: int
    n: int
    clusters: int
    null: float = 0.0
    level: float = LEVEL


def wild_bootstrap(
    fit: ClusterFit,
    column: int = 0,
    *,
    draws: int = 9999,
    weights: str = "rademacher",
    seed: int = 0,
    null: float = 0.0,
    level: float = LEVEL,
) -> WildTest:
    """Test one coefficient by flipping the residuals of whole clusters.

    Parameters
    ----------
    fit
        From :func:`~visitkit.review.stats.fit_clusters`.
    column
        Place of the coefficient in the design.
    draws
        Patterns to draw when not all can be tried.
    weights
        ``"rademacher"`` (signs; all patterns are tried with up to 12 clusters) or ``"webb"`` (six
        points, always drawn).
    seed
        Makes the draws repeatable.
    null
        Value to test.
    level
        Of the interval.

    Raises
    ------
    ReviewError
        When effects were demeaned across clusters, or so few clusters are treated that no value
        can ever be rejected and there is no interval.

    Examples
    --------
    >>> from visitkit.review.stats.regression import fit_clusters
    >>> y, d = [1, 2, 3, 4, 5, 7, 2, 6, 1, 2, 6, 7], [0, 0, 0, 0, 1, 1, 1, 1, 0, 0, 1, 1]
    >>> fit = fit_clusters(y, d, list("aabbccddeeff"))
    >>> found = wild_bootstrap(fit, level=0.8)
    >>> found.enumerated, found.draws, found.p
    (True, 64, 0.03125)
    """
    one_of(weights, WEIGHTS, "weights")
    within(column, 0, fit.columns - 1, "column")
    at_least(draws, 99, "draws")
    if not fit.exact:
        raise ReviewError("review_stats.crossed_demeaned", kind="wild")
    every = weights == "rademacher" and fit.clusters <= ENUMERATE_UP_TO
    drawn = _patterns(fit.clusters) if every else _draw(fit.clusters, draws, weights, seed)
    test = _test(fit, column, drawn, every)
    p, t = test(null)
    ci = _invert(test, fit, column, 1 - between(level, 0, 1, "level"))
    facts = (weights, drawn.shape[1], every, seed, fit.n, fit.clusters)
    return WildTest(float(fit.beta[column]), t, p, ci, *facts, null, level)


def _patterns(count: int) -> Floats:
    return np.array(list(itertools.product((1.0, -1.0), repeat=count))).T


def _draw(count: int, draws: int, weights: str, seed: int) -> Floats:
    random = np.random.default_rng(seed)
    points = np.array([1.0]) if weights == "rademacher" else _WEBB
    size = points[random.integers(0, len(points), (count, draws))]
    return np.asarray(size * random.choice((-1.0, 1.0), (count, draws)))


def _restricted(fit: ClusterFit, column: int) -> tuple[Floats, Floats]:
    """Return the cluster scores of the fit without the column, of the outcome and of the column."""
    others = [place for place in range(len(fit.beta)) if place != column]
    whole = np.linalg.inv(fit.bread)
    pull = np.zeros(len(fit.beta))
    pull[column] = 1.0
    if others:
        rest = whole[np.ix_(others, others)]
        pull[others] = -np.linalg.solve(rest, whole[others, column])
    of_column = fit.inner @ pull
    # The column's own residual, times its coefficient, is what the null takes away.
    of_outcome = fit.scores + float(fit.beta[column]) * of_column
    return of_outcome, of_column


def _test(
    fit: ClusterFit, column: int, drawn: Floats, every: bool
) -> Callable[[float], tuple[float, float]]:
    lever = fit.bread[column]
    across = fit.inner @ lever
    parts = []
    for scores in _restricted(fit, column):
        moved = fit.bread @ (scores.T @ drawn)
        parts.append((moved[column], drawn * (scores @ lever)[:, None] - across @ moved))
    (top, out), (top_x, out_x) = parts
    factor = cr1_factor(fit)
    curve = [(a * b).sum(axis=0) * factor for a, b in ((out, out), (out, out_x), (out_x, out_x))]
    se, estimate = _cr1_se(fit, column), float(fit.beta[column])

    def at(null: float) -> tuple[float, float]:
        t = (estimate - null) / se
        variance = np.maximum(curve[0] - 2 * null * curve[1] + null**2 * curve[2], 0.0)
        far = np.abs(top - null * top_x) >= abs(t) * np.sqrt(variance) * (1 - _TIES)
        count = int(far.sum())
        return (count / len(far) if every else (count + 1) / (len(far) + 1)), t

    return at


def _cr1_se(fit: ClusterFit, column: int) -> float:
    variance = cr1_factor(fit) * float(((fit.scores @ fit.bread[column]) ** 2).sum())
    if variance <= 0:
        raise ReviewError("review_stats.no_spread")
    return math.sqrt(variance)


def _invert(
    test: Callable[[float], tuple[float, float]], fit: ClusterFit, column: int, alpha: float
) -> tuple[float, float]:
    estimate, se = float(fit.beta[column]), _cr1_se(fit, column)
    return _end(test, estimate, -se, alpha), _end(test, estimate, se, alpha)


def _end(
    test: Callable[[float], tuple[float, float]], estimate: float, step: float, alpha: float
) -> float:
    inside, outside = estimate, estimate + 2 * step
    while test(outside)[0] >= alpha:
        inside, outside = outside, estimate + 2 * (outside - estimate)
        if abs(outside - estimate) > _FARTHEST * abs(step):
            raise ReviewError("review_stats.wild_no_interval")
    for _ in range(_STEPS):
        middle = (inside + outside) / 2
        if test(middle)[0] >= alpha:
            inside = middle
        else:
            outside = middle
    return (inside + outside) / 2
