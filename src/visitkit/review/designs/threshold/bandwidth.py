"""The bandwidth with the least mean squared error at the cutoff.

Three plug-in steps, common to both sides: a rule-of-thumb pilot for variances, then bandwidths for
the derivatives that the next step's bias needs, each regularised so that an almost straight line
does not ask for an endless window. Calonico, Cattaneo and Titiunik 2014, doi:10.3982/ECTA11757,
section 4; the regularisation is that of Imbens and Kalyanaraman 2012, doi:10.1093/restud/rdr043.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from visitkit.review.designs.threshold.data import Side, ThresholdData
from visitkit.review.designs.threshold.kernels import PILOT, kernel_weights
from visitkit.review.designs.threshold.local import (
    fit_residuals,
    neighbour_residuals,
    smoother,
    spread,
)
from visitkit.review.result import Floats

#: From this share of repeated scores on, the number of distinct scores counts.
MASS_POINTS = 0.2

#: With repeated scores a window holds at least so many distinct ones on each side.
LEAST_DISTINCT = 10

_EDGE = 1 + 2**-26  # so that the outermost score of a window still has weight


@dataclass(frozen=True, slots=True)
class ThresholdOptions:
    """How a threshold effect is estimated.

    Parameters
    ----------
    kernel
        ``"triangular"``, ``"uniform"`` or ``"epanechnikov"``.
    order
        Of the polynomial: 1 is local linear.
    bandwidth, bias_bandwidth
        In points of the score; ``None`` for the one with the least mean squared error.
        ``bias_bandwidth`` alone cannot be given.
    variance
        ``"nn"`` for residuals from nearest neighbours, else ``"hc0"`` to ``"hc3"``.
    neighbours
        For ``"nn"``.
    level
        Of the interval.
    """

    kernel: str = "triangular"
    order: int = 1
    bandwidth: float | None = None
    bias_bandwidth: float | None = None
    variance: str = "nn"
    neighbours: int = 3
    level: float = 0.95


@dataclass(frozen=True, slots=True)
class Bandwidths:
    """Windows of the estimate and of its bias, in points of the score."""

    h: float
    b: float


@dataclass(frozen=True, slots=True)
class _Step:
    """One plug-in step: the polynomial, the derivative wanted, the order of the bias."""

    order: int
    derivative: int
    bias_order: int
    regularise: bool


@dataclass(frozen=True, slots=True)
class _Parts:
    """Variance, bias and regularisation of one side."""

    variance: float
    bias: float
    regular: float


def best_bandwidths(data: ThresholdData, options: ThresholdOptions) -> Bandwidths:
    """Return the two bandwidths with the least mean squared error, common to both sides.

    Parameters
    ----------
    data
        From :func:`visitkit.review.designs.threshold.threshold_data`.
    options
        Kernel, order and variance.

    Returns
    -------
    Bandwidths
        In points of the score.

    Raises
    ------
    ReviewError
        When there are too few distinct scores.

    Examples
    --------
    >>> from visitkit.review.designs.threshold.data import threshold_data
    >>> rng = np.random.default_rng(1)
    >>> score = rng.uniform(0, 100, 400)
    >>> outcome = score / 10 + (score / 50) ** 2 + 2 * (score >= 60) + rng.normal(size=400)
    >>> found = best_bandwidths(threshold_data(score, outcome, 60), ThresholdOptions())
    >>> 5 < found.h < found.b < 60
    True
    """
    pilot = pilot_bandwidth(data, options.kernel)
    furthest = (float(-data.left.x[0]) * _EDGE, float(data.right.x[-1]) * _EDGE)
    p, q = options.order, options.order + 1
    limits = _limits(data)
    d = _solve(data, options, _Step(q + 1, q + 1, q + 2, False), pilot, furthest)
    d = min(max(d, limits[0]), limits[1])
    b = _solve(data, options, _Step(q, p + 1, q + 1, True), pilot, (d, d))
    b = min(max(b, limits[0]), limits[1])
    h = _solve(data, options, _Step(p, 0, q, True), pilot, (b, b))
    return Bandwidths(min(max(h, limits[0]), limits[1]), b)


def pilot_bandwidth(data: ThresholdData, kernel: str) -> float:
    """Return the rule-of-thumb window, which needs scores only."""
    scores = np.concatenate([data.left.x, data.right.x])
    kernel_weights(scores[:1], 1.0, kernel)  # refuses an unknown kernel
    ends = np.percentile(scores, [25, 75], method="averaged_inverted_cdf")
    quarter = float(ends[1] - ends[0]) / 1.349
    sd = float(scores.std(ddof=1))
    width = PILOT[kernel] * (min(sd, quarter) if quarter > 0 else sd) * _distinct(data) ** (-0.2)
    low, high = _limits(data)
    return float(min(max(width, low), high))


def has_mass_points(data: ThresholdData) -> bool:
    """Tell whether a fifth or more of a side's scores repeat another one."""
    return any(
        1 - len(np.unique(side.x)) / len(side.x) >= MASS_POINTS for side in (data.left, data.right)
    )


def _distinct(data: ThresholdData) -> int:
    return len(np.unique(data.left.x)) + len(np.unique(data.right.x))


def _limits(data: ThresholdData) -> tuple[float, float]:
    """Return the narrowest and the widest window worth having."""
    widest = max(-float(data.left.x[0]), float(data.right.x[-1])) * _EDGE
    if not has_mass_points(data):
        return 0.0, widest
    reach = [np.unique(np.abs(side.x)) for side in (data.left, data.right)]
    narrowest = max(float(far[min(LEAST_DISTINCT, len(far)) - 1]) for far in reach) * _EDGE
    return min(narrowest, widest), widest


def _solve(
    data: ThresholdData,
    options: ThresholdOptions,
    step: _Step,
    pilot: float,
    bias_window: tuple[float, float],
) -> float:
    """Balance squared bias against variance."""
    left = _parts(data.left, options, step, (pilot, bias_window[0]))
    right = _parts(data.right, options, step, (pilot, bias_window[1]))
    bias = (right.bias - left.bias) ** 2 + left.regular + right.regular
    rate = 1 / (2 * step.order + 3)
    if bias <= 0:
        return float("inf")  # a straight line: the widest window
    return float(((left.variance + right.variance) / bias) ** rate)


def _parts(
    side: Side, options: ThresholdOptions, step: _Step, windows: tuple[float, float]
) -> _Parts:
    """Return variance, bias and regularisation of one side's derivative."""
    width, bias_width = windows
    o, nu = step.order, step.derivative
    near, weight = _window(side, width, options.kernel)
    rows = smoother(near.x, weight, o)
    gamma = covariate_slopes([(near, weight)], o)
    variance = _variance(near, weight, rows[nu], (o, gamma), options)
    constant = width**nu * float(rows[nu] @ (near.x / width) ** (o + 1))
    far, weight = _window(side, bias_width, options.kernel)
    rows = smoother(far.x, weight, step.bias_order)
    slope = float(rows[o + 1] @ (far.y - far.z @ gamma))
    regular = 0.0
    if step.regularise:
        wide = _variance(far, weight, rows[o + 1], (step.bias_order, gamma), options)
        regular = 2 * (o + 1 - nu) * 3 * constant**2 * wide
    scale = (2 * nu + 1) * width ** (2 * nu + 1)
    return _Parts(scale * variance, np.sqrt(2 * (o + 1 - nu)) * constant * slope, regular)


def _window(side: Side, width: float, kernel: str) -> tuple[Side, Floats]:
    """Return the rows with weight and their weights."""
    weight = kernel_weights(side.x, width, kernel) / width
    return side.rows(weight > 0), weight[weight > 0]


def _variance(
    side: Side,
    weight: Floats,
    row: Floats,
    fit: tuple[int, Floats],
    options: ThresholdOptions,
) -> float:
    """Return the variance of one coefficient."""
    order, gamma = fit
    outcome = side.y - side.z @ gamma
    residual = residuals(side, outcome, weight, order, options)
    return spread(row, residual, side.cluster, order)


def residuals(
    side: Side, outcome: Floats, weight: Floats, order: int, options: ThresholdOptions
) -> Floats:
    """Return residuals as the options say; with clusters the plain ones of the fit."""
    if side.cluster is not None:
        return fit_residuals(side.x, outcome, weight, order, "hc0")
    if options.variance == "nn":
        return neighbour_residuals(side.x, outcome, options.neighbours)
    return fit_residuals(side.x, outcome, weight, order, options.variance)


def covariate_slopes(sides: list[tuple[Side, Floats]], order: int) -> Floats:
    """Return the slopes of the covariates, common to the sides, beside a local polynomial.

    Calonico, Cattaneo, Farrell and Titiunik 2019, doi:10.1162/rest_a_00760.
    """
    count = sides[0][0].z.shape[1]
    if count == 0:
        return np.empty(0)
    zz, zy = np.zeros((count, count)), np.zeros(count)
    for side, weight in sides:
        powers = np.vander(side.x, order + 1, increasing=True)
        rows = smoother(side.x, weight, order)
        z = side.z - powers @ (rows @ side.z)
        y = side.y - powers @ (rows @ side.y)
        zz += z.T @ (z * weight[:, None])
        zy += z.T @ (y * weight)
    # one scale for all columns, so that only a truly redundant one is dropped
    size = np.sqrt(np.diag(zz))
    size[size == 0] = 1.0
    slopes: Floats = (np.linalg.pinv(zz / np.outer(size, size), 1e-10) @ (zy / size)) / size
    return slopes
