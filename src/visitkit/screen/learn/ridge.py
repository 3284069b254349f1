"""Ridge logistic regression with signs kept, and its strength chosen by the data."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import expit

Floats = npt.NDArray[np.float64]

#: Strengths tried, as prior variances of a weight for a figure of spread 1.
VARIANCES = (0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0)


_MOST_STEPS = 60
_HALVINGS = 12
_SETTLED = 1e-12


@dataclass(frozen=True)
class Weights:
    """Weights of a logistic regression.

    Parameters
    ----------
    slopes
        Shape (n_columns,).
    intercept
        Log-odds where every column is 0.
    """

    slopes: Floats
    intercept: float

    def odds(self, columns: Floats) -> Floats:
        """Return the log-odds of each row."""
        found: Floats = self.intercept + columns @ self.slopes
        return found


def fit_ridge(
    columns: Floats,
    outcome: Floats,
    penalty: Floats,
    bounds: Floats,
    start: Weights | None = None,
) -> Weights:
    """Return the weights with the highest penalised likelihood within their bounds.

    Parameters
    ----------
    columns : ndarray of shape (n_students, n_columns)
    outcome : ndarray of shape (n_students,)
        0 or 1.
    penalty : ndarray of shape (n_columns,)
        Inverse prior variance of each weight.
    bounds : ndarray of shape (n_columns, 2)
        Lowest and highest value of each weight.
    start
        Weights within the bounds to begin from, where some are near: there is one best, so they
        change the time and not the result.

    References
    ----------
    le Cessie and van Houwelingen 1992, doi:10.2307/2347628.
    """
    design = np.column_stack([columns, np.ones(len(outcome))])
    strength = np.append(penalty, 0.0)
    low, high = np.append(bounds[:, 0], -np.inf), np.append(bounds[:, 1], np.inf)
    share = outcome.mean()
    weights = np.append(np.zeros(columns.shape[1]), np.log(share / (1 - share)))
    if start is not None:
        weights = np.append(start.slopes, start.intercept)
    loss = _loss(design, outcome, strength, weights)
    for _ in range(_MOST_STEPS):
        chance = expit(design @ weights)
        slope = design.T @ (outcome - chance) - strength * weights
        # a weight at its bound that wants to go further is held there for this step
        held = ((weights <= low) & (slope < 0)) | ((weights >= high) & (slope > 0))
        free = np.flatnonzero(~held)
        spread = chance * (1 - chance)
        curve = (design[:, free].T * spread) @ design[:, free]
        curve[np.diag_indices(len(free))] += strength[free] + 1e-9
        step = np.zeros_like(weights)
        step[free] = np.linalg.solve(curve, slope[free])
        for halving in range(_HALVINGS):
            moved = np.clip(weights + step / 2**halving, low, high)
            after = _loss(design, outcome, strength, moved)
            if after <= loss:
                break
        if not after < loss - _SETTLED * (1 + abs(loss)):
            break
        weights, loss = moved, after
    return Weights(weights[:-1], float(weights[-1]))


def _loss(design: Floats, outcome: Floats, strength: Floats, weights: Floats) -> float:
    odds = design @ weights
    likelihood = np.sum(np.logaddexp(0, odds) - outcome * odds)
    return float(likelihood + 0.5 * np.sum(strength * weights**2))


def choose_penalty(
    columns: Floats, outcome: Floats, fixed: Floats, bounds: Floats
) -> tuple[Floats, float]:
    """Return the penalties under which the outcomes were most to be expected.

    The strength is the prior variance with the highest marginal likelihood (Laplace's
    approximation), which needs no held-out students: with few events there are none to spare.

    Parameters
    ----------
    columns, outcome, bounds
        As in :func:`fit_ridge`.
    fixed : ndarray of shape (n_columns,)
        Penalties that are given; NaN where the strength is to be chosen.

    Returns
    -------
    penalty : ndarray of shape (n_columns,)
    variance : float

    References
    ----------
    MacKay 1992, doi:10.1162/neco.1992.4.5.720.
    """
    free = np.isnan(fixed)
    if not free.any():
        return fixed, float("nan")
    _, scores = _path(columns, outcome, fixed, bounds)
    best = VARIANCES[int(np.argmax(scores))]
    return np.where(free, 1 / best, fixed), best


def _path(
    columns: Floats, outcome: Floats, fixed: Floats, bounds: Floats
) -> tuple[list[Weights], Floats]:
    """Return the weights at each of :data:`VARIANCES`, and how far each explains the outcomes."""
    found: list[Weights] = []
    scores = []
    for variance in VARIANCES:
        penalty = np.where(np.isnan(fixed), 1 / variance, fixed)
        start = found[-1] if found else None
        found.append(fit_ridge(columns, outcome, penalty, bounds, start))
        scores.append(_evidence(found[-1], columns, outcome, penalty, bounds))
    return found, np.array(scores)


def averaged(
    columns: Floats, outcome: Floats, fixed: Floats, bounds: Floats
) -> tuple[Weights, float]:
    """Return the weights averaged over all strengths, each as likely as the outcomes make it.

    With few events the outcomes hardly tell one strength from another; to take the likeliest alone
    would be to bet on it. Every strength of :data:`VARIANCES` is as likely beforehand.

    Parameters
    ----------
    columns, outcome, fixed, bounds
        As in :func:`choose_penalty`.

    Returns
    -------
    weights : Weights
    variance : float
        The likeliest.

    References
    ----------
    Hoeting, Madigan, Raftery and Volinsky 1999, "Bayesian model averaging: a tutorial", Statistical
    Science 14(4), 382-417.
    """
    found, scores = _path(columns, outcome, fixed, bounds)
    share = np.exp(scores - scores.max())
    share /= share.sum()
    slopes: Floats = np.sum([part * one.slopes for part, one in zip(share, found, strict=True)], 0)
    intercept = sum(part * one.intercept for part, one in zip(share, found, strict=True))
    return Weights(slopes, float(intercept)), VARIANCES[int(np.argmax(scores))]


def _evidence(
    weights: Weights, columns: Floats, outcome: Floats, penalty: Floats, bounds: Floats
) -> float:
    odds = weights.odds(columns)
    likelihood = np.sum(outcome * odds - np.logaddexp(0, odds))
    chance = expit(odds)
    held = (weights.slopes <= bounds[:, 0]) | (weights.slopes >= bounds[:, 1])
    loose = ~held
    design = columns[:, loose]
    curve = (design.T * (chance * (1 - chance))) @ design + np.diag(penalty[loose])
    _, volume = np.linalg.slogdet(curve)
    prior = 0.5 * np.sum(np.log(penalty[loose])) - 0.5 * np.sum(penalty * weights.slopes**2)
    return float(likelihood + prior - 0.5 * volume)


def platt(odds: Floats, outcome: Floats) -> tuple[float, float]:
    """Return slope and intercept that make held-out log-odds probabilities.

    Targets are drawn in a little, as Platt proposed, so that few students cannot push a slope to
    infinity; the slope is never below 0.

    References
    ----------
    Platt 1999, "Probabilistic outputs for support vector machines", section 2.2.
    """
    weights, intercept = stacked(odds[:, None], outcome)
    return float(weights[0]), intercept


def stacked(odds: Floats, outcome: Floats) -> tuple[Floats, float]:
    """Return weights of several models' held-out log-odds, none below 0, and the intercept.

    Targets as in :func:`platt`.
    """
    events, others = outcome.sum(), len(outcome) - outcome.sum()
    drawn = np.where(outcome > 0, (events + 1) / (events + 2), 1 / (others + 2))
    bounds = np.tile([0.0, np.inf], (odds.shape[1], 1))
    found = fit_ridge(odds, drawn, np.full(odds.shape[1], 1e-6), bounds)
    return found.slopes, found.intercept
