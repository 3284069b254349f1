"""The area under the curve with DeLong's variance, for one score and for two compared."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import norm, rankdata

from visitkit.screen.evaluate import LEVEL, Estimate, checked_pair

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Difference:
    """How far apart two models are on the same students.

    Parameters
    ----------
    value
        First minus second.
    low, high
        Ends of the 95 % interval.
    p
        Of the hypothesis that there is no difference; two-sided.
    n
        Students, or folds where folds were compared.
    method
        ``delong`` or ``corrected_t``.
    """

    value: float
    low: float
    high: float
    p: float
    n: int
    method: str

    @property
    def noise(self) -> bool:
        """The interval holds 0: no difference has been shown."""
        return self.low <= 0 <= self.high


def delong(y_true: npt.ArrayLike, y_score: npt.ArrayLike) -> Estimate:
    """Return the area under the curve with DeLong's interval.

    Parameters
    ----------
    y_true : array-like of shape (n_students,)
        1 or 0. Held out.
    y_score : array-like of shape (n_students,)
        Higher is looked at earlier.

    Returns
    -------
    Estimate
        Where every pair is in order (or none is) DeLong's variance is 0 and would claim
        certainty; the end inside is then the exact binomial bound of the smaller group.

    Raises
    ------
    ScreenError
        When lengths differ, a value is missing, or only one outcome occurs.

    References
    ----------
    DeLong, DeLong and Clarke-Pearson 1988, doi:10.2307/2531595, by the midranks of Sun and Xu
    2014, doi:10.1109/LSP.2014.2337313. Binomial bound: Clopper and Pearson 1934,
    doi:10.1093/biomet/26.4.404.

    Examples
    --------
    >>> delong([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]).value
    0.75
    """
    truth, scores = _matrix(y_true, [y_score])
    areas, covariance = _components(truth, scores)
    area, events = float(areas[0]), int(truth.sum())
    low, high = _wald(area, float(covariance[0, 0]))
    if area in {0.0, 1.0}:
        bound = ((1 - LEVEL) / 2) ** (1 / min(events, len(truth) - events))
        low, high = (bound, 1.0) if area == 1.0 else (0.0, 1 - bound)
    return Estimate(area, max(low, 0.0), min(high, 1.0), len(truth), events)


def delong_paired(y_true: npt.ArrayLike, first: npt.ArrayLike, second: npt.ArrayLike) -> Difference:
    """Return the difference of two areas under the curve on the same students.

    Parameters
    ----------
    y_true
        As in :func:`delong`.
    first, second : array-like of shape (n_students,)
        Scores of the two models for the same students in the same order.

    Raises
    ------
    ScreenError
        As in :func:`delong`.

    Examples
    --------
    >>> y = [0, 0, 0, 1, 1, 1]
    >>> found = delong_paired(y, [1, 2, 4, 3, 5, 6], [1, 2, 4, 3, 5, 6])
    >>> found.value, found.p, found.noise
    (0.0, 1.0, True)
    """
    truth, scores = _matrix(y_true, [first, second])
    areas, covariance = _components(truth, scores)
    value = float(areas[0] - areas[1])
    variance = float(covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1])
    low, high = _wald(value, variance)
    if variance > 1e-18:
        p = float(2 * norm.sf(abs(value) / math.sqrt(variance)))
    else:
        p = 1.0 if value == 0 else 0.0
    return Difference(value, low, high, p, len(truth), "delong")


def _matrix(
    y_true: npt.ArrayLike, given: list[npt.ArrayLike]
) -> tuple[npt.NDArray[np.bool_], Floats]:
    checked = [checked_pair(y_true, score) for score in given]
    return checked[0][0], np.array([score for _, score in checked])


def _components(truth: npt.NDArray[np.bool_], scores: Floats) -> tuple[Floats, Floats]:
    """Return the areas and the covariance matrix of their errors."""
    events, others = int(truth.sum()), int((~truth).sum())
    among_all = np.array([rankdata(row) for row in scores])
    among_events = np.array([rankdata(row[truth]) for row in scores])
    among_others = np.array([rankdata(row[~truth]) for row in scores])
    of_events = (among_all[:, truth] - among_events) / others
    of_others = 1 - (among_all[:, ~truth] - among_others) / events
    covariance = _spread(of_events) / events + _spread(of_others) / others
    areas: Floats = of_events.mean(axis=1)
    return areas, covariance


def _spread(parts: Floats) -> Floats:
    if parts.shape[1] < 2:
        # one student of a kind: nothing is known of the spread, so the widest there can be
        return np.full((len(parts), len(parts)), 0.25) * np.eye(len(parts))
    return np.atleast_2d(np.cov(parts))


def _wald(value: float, variance: float) -> tuple[float, float]:
    reach = float(norm.ppf((1 + LEVEL) / 2)) * math.sqrt(max(variance, 0.0))
    return value - reach, value + reach
