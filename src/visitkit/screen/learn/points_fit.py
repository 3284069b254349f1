"""Choosing a few yes-or-no terms and whole points for them.

The search follows the idea of risk-slim and FasterRisk (Ustun and Rudin 2019,
http://jmlr.org/papers/v20/18-615.html; Liu et al. 2022, arXiv:2210.05846) in three plain steps:
terms are taken up one by one by the score test and swapped while that helps, the weights are scaled
and rounded to whole points, and single points are moved while the likelihood gains.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import expit

from visitkit.screen.learn.ridge import fit_ridge

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

#: A little ridge keeps weights finite where a term separates the students.
RIDGE = 1.0

#: Largest weights that the sum of points is scaled to before rounding, tried in turn.
SCALES = 6

_SWEEPS = 20
_STEPS = 30
_SMALL = 1e-7


@dataclass(frozen=True, slots=True)
class Chosen:
    """Terms with whole points, and the map from points to log-odds.

    Parameters
    ----------
    terms
        Places of the chosen terms.
    points
        Whole points of each, none 0.
    slope, intercept
        Log-odds are ``intercept + slope * points``.
    loss
        Mean negative log-likelihood on the rows of the fit.
    """

    terms: Ints
    points: Ints
    slope: float
    intercept: float
    loss: float


def choose(met: Floats, y: Floats, bounds: Floats, terms: int, most: int) -> Chosen:
    """Return at most ``terms`` terms with points of at most ``most`` either way.

    Parameters
    ----------
    met : ndarray of shape (n_students, n_stumps)
        Who meets which term, 0 to 1.
    y : ndarray of shape (n_students,)
        0 or 1.
    bounds : ndarray of shape (n_stumps, 2)
        Lowest and highest sign of the points of a term: -1, 0 or 1.
    terms, most
        Size of the card.

    Returns
    -------
    Chosen
    """
    active = _forward(met, y, bounds, terms)
    active = _swapped(met, y, bounds, active)
    weights, _ = _fit(met[:, active], y, bounds[active])
    options = [
        _rounded(met[:, active], y, bounds[active], weights, scale)
        for scale in range(max(1, most - SCALES + 1), most + 1)
    ]
    points, slope, intercept, loss = min(options, key=lambda option: option[3])
    kept = points != 0
    return Chosen(np.array(active, dtype=np.int64)[kept], points[kept], slope, intercept, loss)


def odds_of_others(met: Floats, y: Floats, others: Floats, bounds: Floats, terms: int) -> Floats:
    """Return the log-odds of other students by terms taken up from these, before any polish.

    Parameters
    ----------
    met, y, bounds, terms
        As in :func:`choose`.
    others : ndarray of shape (n_others, n_stumps)
    """
    active = _forward(met, y, bounds, terms)
    weights, intercept = _fit(met[:, active], y, bounds[active])
    odds: Floats = intercept + others[:, active] @ weights
    return odds


def _forward(met: Floats, y: Floats, bounds: Floats, terms: int) -> list[int]:
    active: list[int] = []
    offset = np.full(len(y), np.log(y.mean() / (1 - y.mean())))
    for _ in range(min(terms, met.shape[1])):
        best = _best(met, y, offset, bounds, active)
        if best is None:
            break
        active.append(best)
        weights, intercept = _fit(met[:, active], y, bounds[active])
        offset = intercept + met[:, active] @ weights
    return active


def _best(met: Floats, y: Floats, offset: Floats, bounds: Floats, active: list[int]) -> int | None:
    """Return the term with the largest score statistic among those whose sign is allowed."""
    chance = expit(offset)
    spread = chance * (1 - chance)
    slope = met.T @ (y - chance)
    centre = (met.T @ spread) / spread.sum()
    room = (met**2).T @ spread - centre**2 * spread.sum() + RIDGE
    gain = slope**2 / room
    closed = ((slope > 0) & (bounds[:, 1] <= 0)) | ((slope < 0) & (bounds[:, 0] >= 0))
    gain[closed] = 0
    gain[active] = 0
    best = int(gain.argmax())
    return best if gain[best] > _SMALL else None


def _swapped(met: Floats, y: Floats, bounds: Floats, active: list[int]) -> list[int]:
    """Put a better term in the place of each, while the likelihood gains."""
    loss = _loss_of(met, y, bounds, active)
    for _ in range(_SWEEPS):
        before = loss
        for place in range(len(active)):
            rest = active[:place] + active[place + 1 :]
            weights, intercept = _fit(met[:, rest], y, bounds[rest])
            best = _best(met, y, intercept + met[:, rest] @ weights, bounds, rest)
            if best is None or best == active[place]:
                continue
            candidate = [*rest[:place], best, *rest[place:]]
            tried = _loss_of(met, y, bounds, candidate)
            if tried < loss - _SMALL:
                active, loss = candidate, tried
        if loss > before - _SMALL:
            break
    return active


def _loss_of(met: Floats, y: Floats, bounds: Floats, active: list[int]) -> float:
    weights, intercept = _fit(met[:, active], y, bounds[active])
    return _loss(intercept + met[:, active] @ weights, y)


def _loss(offset: Floats, y: Floats) -> float:
    return float(np.mean(np.logaddexp(0, offset) - y * offset))


def _fit(met: Floats, y: Floats, bounds: Floats) -> tuple[Floats, float]:
    limits = np.where(bounds == 0, 0.0, np.inf * np.where(bounds == 0, 1.0, bounds))
    found = fit_ridge(met, y, np.full(met.shape[1], RIDGE), limits)
    return found.slopes, found.intercept


def _rounded(
    met: Floats, y: Floats, bounds: Floats, weights: Floats, most: int
) -> tuple[Ints, float, float, float]:
    """Return whole points from scaled weights, moved one by one while the likelihood gains."""
    largest = np.abs(weights).max(initial=0.0) or 1.0
    points = np.round(weights / largest * most)
    slope, intercept, loss = _calibrated(met @ points, y)
    for _ in range(_SWEEPS):
        before = loss
        for place in range(len(points)):
            for change in (-1, 1):
                tried = points.copy()
                tried[place] += change
                sign = np.sign(tried[place])
                if abs(tried[place]) > most or not bounds[place, 0] <= sign <= bounds[place, 1]:
                    continue
                option = _calibrated(met @ tried, y, slope, intercept)
                if option[2] < loss - _SMALL:
                    points, (slope, intercept, loss) = tried, option
        if loss > before - _SMALL:
            break
    return points.astype(np.int64), slope, intercept, loss


def _calibrated(
    points: Floats, y: Floats, slope: float = 0.3, intercept: float = -2.0
) -> tuple[float, float, float]:
    """Return slope, intercept and loss of the log-odds in the sum of points."""
    found = np.array([slope, intercept])
    design = np.column_stack([points, np.ones(len(y))])
    for _ in range(_STEPS):
        chance = expit(design @ found)
        spread = chance * (1 - chance)
        curve = (design.T * spread) @ design + np.eye(2) * 1e-6
        step = np.linalg.solve(curve, design.T @ (y - chance))
        found = found + step * min(1.0, 2 / (np.abs(step).max() + 1e-12))
        if np.abs(step).max() < 1e-6:
            break
    return float(found[0]), float(found[1]), _loss(design @ found, y)
