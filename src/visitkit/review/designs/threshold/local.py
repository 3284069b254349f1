"""Local polynomials as weights on outcomes, and the variance of what they weigh."""

from __future__ import annotations

import numpy as np

from visitkit.errors import ReviewError
from visitkit.review.result import Floats, Ints

#: How residuals may be taken: from the nearest neighbours in score, or from the fit with a
#: heteroskedasticity correction (MacKinnon and White 1985, doi:10.1016/0304-4076(85)90158-7).
VARIANCES = ("nn", "hc0", "hc1", "hc2", "hc3")

_SAME = 1e-9  # distances closer than this share are equal: scores in tenths are not exact


def smoother(x: Floats, weight: Floats, order: int) -> Floats:
    """Return the weights that turn outcomes into polynomial coefficients at 0.

    Parameters
    ----------
    x : ndarray of shape (n,)
        Score minus cutoff.
    weight : ndarray of shape (n,)
        Kernel weights.
    order
        Of the polynomial.

    Returns
    -------
    ndarray of shape (order + 1, n)
        Row ``j`` times the outcomes is the coefficient of ``x**j``.

    Raises
    ------
    ReviewError
        When there are too few distinct scores for the polynomial.

    Examples
    --------
    >>> x = np.array([0.0, 1.0, 2.0])
    >>> (smoother(x, np.ones(3), 1) @ np.array([1.0, 3.0, 5.0])).round(12)
    array([1., 2.])
    """
    distinct = len(np.unique(x[weight > 0]))
    if distinct < order + 1:
        raise ReviewError("review_designs.few_scores", number=distinct, least=order + 1)
    scale = float(np.abs(x).max()) or 1.0  # powers of raw scores would lose digits
    powers = np.vander(x / scale, order + 1, increasing=True)
    root = np.sqrt(weight)[:, None]
    rows = np.linalg.pinv(powers * root) * root.T
    unscaled: Floats = rows / scale ** np.arange(order + 1)[:, None]
    return unscaled


def neighbour_residuals(x: Floats, y: Floats, neighbours: int) -> Floats:
    """Return each outcome's distance from the mean of its nearest neighbours in score.

    Equal scores enter together, the student's own score first. Scaled so that the square estimates
    the variance (Abadie and Imbens 2006, doi:10.1111/j.1468-0262.2006.00655.x, section 4).

    Parameters
    ----------
    x : ndarray of shape (n,)
        Rising.
    y : ndarray of shape (n,)
    neighbours
        At least so many others are compared with, where there are so many.

    Examples
    --------
    >>> neighbour_residuals(np.array([0.0, 1.0, 5.0]), np.array([1.0, 3.0, 9.0]), 1).round(3)
    array([-1.414,  1.414,  4.243])
    """
    values, start, count = np.unique(x, return_index=True, return_counts=True)
    low, high = _spans(values, count, min(neighbours, len(x) - 1))
    sums = np.concatenate([[0.0], np.cumsum(y)])
    first, last = start[low], start[high] + count[high]
    group = np.repeat(np.arange(len(values)), count)
    others = (last - first - 1)[group]
    if (others < 1).any():
        raise ReviewError("review_designs.few_scores", number=len(x), least=2)
    mean = ((sums[last] - sums[first])[group] - y) / others
    residual: Floats = np.sqrt(others / (others + 1)) * (y - mean)
    return residual


def _spans(values: Floats, count: Ints, wanted: int) -> tuple[Ints, Ints]:
    """Widen each distinct score to its neighbours until enough others are inside."""
    low = np.arange(len(values))
    high = low.copy()
    inside = count - 1
    last = len(values) - 1
    while (inside < wanted).any():
        left = np.where(low > 0, values - values[np.maximum(low - 1, 0)], np.inf)
        right = np.where(high < last, values[np.minimum(high + 1, last)] - values, np.inf)
        need, slack = inside < wanted, 1 + _SAME
        go_left, go_right = need & (left <= right * slack), need & (right <= left * slack)
        low, high = low - go_left, high + go_right
        inside = inside + go_left * count[low] + go_right * count[high]
    return low, high


def fit_residuals(x: Floats, y: Floats, weight: Floats, order: int, variance: str) -> Floats:
    """Return residuals from a local polynomial, corrected as ``variance`` says."""
    powers = np.vander(x, order + 1, increasing=True)
    rows = smoother(x, weight, order)
    residual: Floats = y - powers @ (rows @ y)
    if variance == "hc1":
        residual *= np.sqrt(len(x) / (len(x) - order - 1))
    if variance in {"hc2", "hc3"}:
        leverage = np.einsum("ij,ji->i", powers, rows)
        residual /= (1 - leverage) ** (0.5 if variance == "hc2" else 1.0)
    return residual


def spread(rows: Floats, residual: Floats, cluster: Ints | None, order: int) -> float:
    """Return the variance of ``rows @ y`` from residuals, summed within clusters if there are any.

    With clusters the factor (n - 1) / (n - order - 1) * g / (g - 1) makes up for few of them.
    """
    part = rows * residual
    if cluster is None:
        return float(part @ part)
    sums = np.bincount(cluster, weights=part)
    groups, n = len(np.unique(cluster)), len(part)
    if groups < 2:
        raise ReviewError("review_designs.one_cluster", number=groups, least=2)
    return float(sums @ sums) * (n - 1) / (n - order - 1) * groups / (groups - 1)
