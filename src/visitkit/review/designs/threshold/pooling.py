"""Several schools or terms, each with its own cutoff; and what a study could see at all."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats

from visitkit.errors import ReviewError
from visitkit.review.designs.threshold.bandwidth import ThresholdOptions, pilot_bandwidth
from visitkit.review.designs.threshold.data import (
    ThresholdData,
    ThresholdExtras,
    threshold_data,
)
from visitkit.review.designs.threshold.kernels import kernel_weights
from visitkit.review.designs.threshold.local import smoother
from visitkit.review.inputs import labels, matrix, numbers, same_length
from visitkit.review.result import Floats


def pooled_threshold_data(
    score: npt.ArrayLike,
    outcome: npt.ArrayLike,
    cutoff: npt.ArrayLike,
    site: Iterable[Hashable],
    extras: ThresholdExtras | None = None,
    *,
    treated: str = "at_or_above",
) -> ThresholdData:
    """Put schools or terms together: score less the cutoff of each, with an effect for each site.

    Parameters
    ----------
    score, outcome : array-like of shape (n,)
    cutoff : array-like of shape (n,)
        Of the student's own school and term.
    site
        School or term, one a row.
    extras
        As for one school; site effects are added to the covariates.
    treated
        As in :func:`visitkit.review.designs.threshold.threshold_data`.

    Returns
    -------
    ThresholdData
        With the cutoff at 0.

    Raises
    ------
    ReviewError
        When a site has two cutoffs, or as for one school.

    References
    ----------
    Normalising and pooling: Cattaneo, Keele, Titiunik and Vazquez-Bare 2016, doi:10.1086/686802.

    Examples
    --------
    >>> data = pooled_threshold_data([58, 62, 68, 72], [1, 2, 3, 5], [60, 60, 70, 70], "aabb")
    >>> data.left.x, data.right.x
    (array([-2., -2.]), array([2., 2.]))
    """
    x, cuts = numbers(score, "score"), numbers(cutoff, "cutoff")
    same_length(len(x), len(cuts), "cutoff")
    where = labels(site, "site")
    same_length(len(x), len(where), "site")
    own = np.full(int(where.max()) + 1, np.nan)
    own[where] = cuts
    if np.isnan(cuts).any() or (own[where] != cuts).any():
        raise ReviewError("review_designs.two_cutoffs")
    more = extras or ThresholdExtras()
    sites = (where[:, None] == np.arange(1, len(own))).astype(np.float64)
    known = matrix(more.covariates, len(x), "covariates")
    columns = np.column_stack([known, sites])
    together = ThresholdExtras(more.received, columns if columns.shape[1] else None, more.cluster)
    return threshold_data(x - cuts, outcome, 0.0, together, treated=treated)


@dataclass(frozen=True, slots=True)
class Detectable:
    """The smallest effect a threshold study would find.

    Parameters
    ----------
    effect
        In standard deviations of the outcome.
    n
        Students inside the window, left and right.
    bandwidth
        In points of the score.
    power, level
        Chance of finding it, and confidence of the interval.
    """

    effect: float
    n: tuple[int, int]
    bandwidth: float
    power: float
    level: float


@dataclass(frozen=True, slots=True)
class Explained:
    """What narrows or widens the spread of the outcome around the curve.

    Parameters
    ----------
    r2
        Share of the outcome's variance explained by score and covariates.
    take_up
        Jump in the share treated at the cutoff; 1 when the score alone decides.
    """

    r2: float = 0.0
    take_up: float = 1.0


def detectable(
    data: ThresholdData,
    options: ThresholdOptions | None = None,
    explained: Explained | None = None,
    *,
    power: float = 0.8,
) -> Detectable:
    """Return the minimum detectable effect of the robust estimate, before looking at outcomes.

    Only scores are used: each student's weight in the estimate says how noisy it will be.

    Parameters
    ----------
    data
        Outcomes are not read.
    options
        Kernel, order, bandwidth (``None`` for a rule of thumb from the scores) and level.
    explained
        Variance explained and take-up.
    power
        Chance of finding the effect.

    Raises
    ------
    ReviewError
        When a share is out of range or there are too few scores.

    References
    ----------
    Bloom 1995, doi:10.1177/0193841X9501900504; Schochet 2009, doi:10.3102/1076998609332748.
    """
    options, explained = options or ThresholdOptions(), explained or Explained()
    if not (0 <= explained.r2 < 1 and 0 < explained.take_up <= 1 and 0 < power < 1):
        raise ReviewError("review_designs.bad_share")
    width = options.bandwidth or pilot_bandwidth(data, options.kernel)
    wide = options.bias_bandwidth or width
    sides = [_noise(side.x, width, wide, options) for side in (data.left, data.right)]
    error = np.sqrt(sum(part for part, _ in sides) * (1 - explained.r2)) / explained.take_up
    factor = stats.norm.ppf(0.5 + options.level / 2) + stats.norm.ppf(power)
    n = (sides[0][1], sides[1][1])
    return Detectable(float(factor * error), n, float(width), power, options.level)


def _noise(x: Floats, h: float, b: float, options: ThresholdOptions) -> tuple[float, int]:
    """Return the sum of squared weights of one side's corrected estimate, and its students."""
    p = options.order
    weight = kernel_weights(x, h, options.kernel)
    plain = smoother(x, weight, p)[0]
    bias = float(plain @ x ** (p + 1))
    corrected = plain - bias * smoother(x, kernel_weights(x, b, options.kernel), p + 1)[p + 1]
    return float(corrected @ corrected), int((weight > 0).sum())
