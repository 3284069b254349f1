"""Those who stayed stand in for those who were lost: inverse-probability-of-attrition weights."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from visitkit.errors import ReviewError
from visitkit.review.inputs import flags, matrix, same_length
from visitkit.review.propensity import fit_propensity
from visitkit.review.result import Floats
from visitkit.review.stats.checks import full, within


@dataclass(frozen=True, slots=True)
class AttritionWeights:
    """Weights of the students who were measured.

    Parameters
    ----------
    weights : ndarray of shape (n,)
        0 for those who were lost; mean 1 among those measured on each side.
    effective
        How many equally weighted students they are worth, treated and control.
    largest
        Largest weight.
    cut
        Students whose weight was cut at the limit.
    measured, assigned
        Students.
    """

    weights: Floats
    effective: tuple[float, float]
    largest: float
    cut: int
    measured: int
    assigned: int


def attrition_weights(
    measured: npt.ArrayLike,
    treated: npt.ArrayLike,
    covariates: npt.ArrayLike,
    *,
    limit: float = 0.99,
) -> AttritionWeights:
    """Weight measured students by the inverse of their chance of being measured.

    Parameters
    ----------
    measured : array-like of shape (n,)
        0 and 1; all students assigned.
    treated : array-like of shape (n,)
        0 and 1. The chance is fitted on each side by itself.
    covariates : array-like of shape (n, k)
        Known for everybody before.
    limit
        Quantile of the weights of a side at which larger ones are cut.

    Raises
    ------
    ReviewError
        When a value is missing, or the covariates tell for certain who was lost.

    Notes
    -----
    Robins, Rotnitzky and Zhao 1995, doi:10.1080/01621459.1995.10476493; Seaman and White 2013,
    doi:10.1177/0962280210395740.

    Examples
    --------
    >>> stayed, before = [1, 1, 0, 1, 0, 0] * 2, [1, 1, 1, 0, 0, 0] * 2
    >>> found = attrition_weights(stayed, [1] * 6 + [0] * 6, before)
    >>> found.weights[:6].round(2)
    array([0.75, 0.75, 0.  , 1.5 , 0.  , 0.  ])
    """
    kept, side = flags(measured, "measured"), flags(treated, "treated")
    same_length(len(kept), len(side), "treated")
    before = matrix(covariates, len(kept), "covariates")
    full(before.ravel(), "covariates")
    within(limit, 0.5, 1, "limit")
    out, cut, worth = np.zeros(len(kept)), 0, []
    for arm in (side, ~side):
        if (kept & arm).sum() < 2:
            raise ReviewError(
                "review_stats.side_too_small",
                treated=int((kept & side).sum()),
                control=int((kept & ~side).sum()),
            )
        weights, over = _side(kept[arm], before[arm], limit)
        out[arm] = weights
        cut += over
        worth.append(float(weights.sum() ** 2 / (weights**2).sum()))
    pair = (worth[0], worth[1])
    return AttritionWeights(out, pair, float(out.max()), cut, int(kept.sum()), len(kept))


def _side(kept: npt.NDArray[np.bool_], before: Floats, limit: float) -> tuple[Floats, int]:
    if kept.all():
        return np.ones(len(kept)), 0
    design = np.column_stack([np.ones(len(kept)), before])
    raw = np.where(kept, 1 / fit_propensity(kept, design).score, 0.0)
    top = float(np.quantile(raw[kept], limit, method="higher"))
    over = int((raw > top).sum())
    weights = np.minimum(raw, top)
    return weights / weights[kept].mean(), over
