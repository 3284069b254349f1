"""The chance of being treated given what was known before: logistic regression with its influence.

Used by weighting, matching and the doubly robust staggered estimator.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from visitkit.errors import ReviewError
from visitkit.review.result import Flags, Floats

_STEPS = 100
_CLOSE = 1e-10
_CERTAIN = 1e-8  # fitted chances so near 0 or 1 say that a covariate decides alone


@dataclass(frozen=True, slots=True)
class Propensity:
    """Fitted chances of treatment.

    Parameters
    ----------
    score : ndarray of shape (n,)
        Between 0 and 1.
    influence : ndarray of shape (n, n_columns)
        Each row's pull on the coefficients, times ``n``.
    """

    score: Floats
    influence: Floats


def fit_propensity(treated: Flags, design: Floats) -> Propensity:
    """Fit a logistic regression by maximum likelihood.

    Parameters
    ----------
    treated : ndarray of bool, shape (n,)
    design : ndarray of shape (n, n_columns)
        With its column of ones.

    Raises
    ------
    ReviewError
        When the covariates separate the groups perfectly, or repeat one another.

    Examples
    --------
    >>> design = np.column_stack([np.ones(4), [0.0, 0.0, 1.0, 1.0]])
    >>> fit_propensity(np.array([True, False, True, True]), np.ones((4, 1))).score
    array([0.75, 0.75, 0.75, 0.75])
    """
    y = treated.astype(np.float64)
    size = np.abs(design).max(axis=0)
    if (size == 0).any() or np.linalg.matrix_rank(design / size) < design.shape[1]:
        raise ReviewError("review_designs.redundant_covariate")
    scaled, beta = design / size, np.zeros(design.shape[1])
    for _ in range(_STEPS):
        score = _chance(scaled @ beta)
        weight = np.maximum(score * (1 - score), 1e-14)
        step = np.linalg.lstsq((scaled.T * weight) @ scaled, scaled.T @ (y - score), rcond=None)[0]
        beta = beta + step
        if np.abs(step).max() < _CLOSE:
            break
    score = _chance(scaled @ beta)
    certain = (score < _CERTAIN) | (score > 1 - _CERTAIN)
    if np.abs(y - score).max() < 1e-4 or np.abs(step).max() >= _CLOSE or certain.mean() > 0.5:
        raise ReviewError("review_designs.separated")
    hessian = np.linalg.inv((scaled.T * (score * (1 - score))) @ scaled) * len(y)
    influence = ((y - score)[:, None] * scaled) @ hessian / size
    return Propensity(score, influence)


def _chance(index: Floats) -> Floats:
    """Return the logistic function without overflow."""
    small = np.exp(-np.abs(index))
    return np.where(index >= 0, 1 / (1 + small), small / (1 + small))
