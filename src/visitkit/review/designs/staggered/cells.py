"""One comparison of a staggered design: a cohort's change against the change of its controls.

Three ways to hold covariates fixed, each with its influence function: outcome regression (Heckman,
Ichimura and Todd 1997, doi:10.2307/2971733), weighting (Abadie 2005,
doi:10.1111/0034-6527.00321) and both, which is right when either is (Sant'Anna and Zhao 2020,
doi:10.1016/j.jeconom.2020.06.003).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from visitkit.errors import ReviewError
from visitkit.review.propensity import fit_propensity
from visitkit.review.result import Flags, Floats

METHODS = ("dr", "reg", "ipw")

#: Controls nearly certain to be treated are given no weight (as `did` from 2.1.3 on).
TRIM = 0.995


@dataclass(frozen=True, slots=True)
class Difference:
    """A comparison and each unit's pull on it.

    Parameters
    ----------
    estimate
        In the unit of the outcome.
    influence : ndarray of shape (n,)
        Of the units compared; its variance over ``n`` is the variance of the estimate.
    """

    estimate: float
    influence: Floats


def difference(change: Floats, treated: Flags, covariates: Floats, method: str) -> Difference:
    """Return the mean change of the treated less what it would have been.

    Parameters
    ----------
    change : ndarray of shape (n,)
        Outcome now less outcome in the base period.
    treated : ndarray of bool, shape (n,)
    covariates : ndarray of shape (n, n_covariates)
        Without the column of ones.
    method
        ``"dr"``, ``"reg"`` or ``"ipw"``; the same without covariates.

    Raises
    ------
    ReviewError
        When covariates separate the groups or there are too few controls for them.

    Examples
    --------
    >>> treated = np.array([True, True, False, False])
    >>> difference(np.array([3.0, 5.0, 1.0, 2.0]), treated, np.empty((4, 0)), "dr").estimate
    2.5
    """
    if covariates.shape[1] == 0:
        return _plain(change, treated)
    design = np.column_stack([np.ones(len(change)), covariates])
    if int((~treated).sum()) <= design.shape[1]:
        raise ReviewError("review_designs.few_controls", number=int((~treated).sum()))
    if method == "reg":
        return _regression(change, treated, design)
    weight, pull = _control_weights(treated, design)
    if method == "ipw":
        return _weighted(change, treated, design, weight, pull)
    return _doubly_robust(change, treated, design, weight, pull)


def _plain(change: Floats, treated: Flags) -> Difference:
    """Return the difference of mean changes."""
    means = [float(change[group].mean()) for group in (treated, ~treated)]
    share = float(treated.mean())
    influence = np.where(treated, (change - means[0]) / share, -(change - means[1]) / (1 - share))
    return Difference(means[0] - means[1], influence)


def _fitted(change: Floats, control: Flags, design: Floats) -> tuple[Floats, Floats]:
    """Return the change expected without treatment and the pull of each control on its slopes."""
    rows = design[control]
    if np.linalg.matrix_rank(rows) < design.shape[1]:
        raise ReviewError("review_designs.redundant_covariate")
    expected = design @ np.linalg.lstsq(rows, change[control], rcond=None)[0]
    bread = np.linalg.inv(rows.T @ rows / len(change))
    pull = (control * (change - expected))[:, None] * design @ bread
    return expected, pull


def _control_weights(treated: Flags, design: Floats) -> tuple[Floats, Floats]:
    """Return the weights that make controls like the treated, and the scores' pull on them."""
    found = fit_propensity(treated, design)
    score = np.minimum(found.score, 1 - 1e-6)
    kept = treated | (score < TRIM)
    weight = np.where(treated | ~kept, 0.0, score / (1 - score))
    if weight.sum() <= 0:
        raise ReviewError("review_designs.no_overlap")
    return weight, found.influence


def _regression(change: Floats, treated: Flags, design: Floats) -> Difference:
    expected, pull = _fitted(change, ~treated, design)
    share = float(treated.mean())
    gap = change - expected
    estimate = float(gap[treated].mean())
    mean_row = (treated[:, None] * design).mean(axis=0)
    return Difference(estimate, (treated * (gap - estimate) - pull @ mean_row) / share)


def _weighted(
    change: Floats, treated: Flags, design: Floats, weight: Floats, pull: Floats
) -> Difference:
    now = float(change[treated].mean())
    then = float(weight @ change / weight.sum())
    slope = (weight * (change - then)) @ design / len(change)
    control = (weight * (change - then) + pull @ slope) / weight.mean()
    return Difference(now - then, treated * (change - now) / treated.mean() - control)


def _doubly_robust(
    change: Floats, treated: Flags, design: Floats, weight: Floats, pull: Floats
) -> Difference:
    expected, ols_pull = _fitted(change, ~treated, design)
    gap, count = change - expected, len(change)
    now, then = float(gap[treated].mean()), float(weight @ gap / weight.sum())
    mean_treated = treated @ design / count
    first = (treated * (gap - now) - ols_pull @ mean_treated) / treated.mean()
    slope = (weight * (gap - then)) @ design / count
    moved = pull @ slope - ols_pull @ (weight @ design / count)
    second = (weight * (gap - then) + moved) / weight.mean()
    return Difference(now - then, first - second)
