"""Whether probabilities mean what they say."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import logit

from visitkit.errors import ScreenError
from visitkit.screen.evaluate import (
    RESAMPLES,
    Estimate,
    bootstrap,
    checked_pair,
    percentiles,
    resampled,
)

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

#: Probabilities are held this far from 0 and 1 before their log-odds are taken.
EDGE = 1e-6

#: Classes of the expected calibration error, of equal width.
BINS = 10

_NORMAL = 1.959963984540054  # 97.5 % of the standard normal distribution


@dataclass(frozen=True, slots=True)
class Calibration:
    """How probabilities stand to what happened.

    Parameters
    ----------
    error
        Expected calibration error: mean distance of promised and found share over ten classes of
        equal width. It is never below 0, so by chance alone it lies above it.
    slope
        1 is best; below, the model is too sure of itself. ``None`` where it cannot be told: all
        probabilities are equal, or they part the two kinds of student perfectly.
    intercept
        Calibration in the large, on the log-odds scale; 0 is best, above it more happened than was
        promised. ``None`` where it cannot be told.
    """

    error: Estimate
    slope: Estimate | None
    intercept: Estimate | None


def calibration(
    y_true: npt.ArrayLike, chance: npt.ArrayLike, *, seed: int = 0, resamples: int = RESAMPLES
) -> Calibration:
    """Return expected error, slope and intercept of calibration.

    Parameters
    ----------
    y_true : array-like of shape (n_students,)
        1 or 0. Held out.
    chance : array-like of shape (n_students,)
        Probabilities from 0 to 1.
    seed, resamples
        Of the bootstrap behind the interval of the error; slope and intercept have Wald intervals.

    Raises
    ------
    ScreenError
        As in :func:`visitkit.screen.evaluate.brier`.

    References
    ----------
    Slope and intercept: Cox 1958, doi:10.1093/biomet/45.3-4.562; Van Calster et al. 2016,
    doi:10.1016/j.jclinepi.2015.12.005. Expected error: Naeini, Cooper and Hauskrecht 2015,
    doi:10.1609/aaai.v29i1.9602.

    Examples
    --------
    >>> found = calibration([0, 0, 0, 1, 0, 1, 1, 1], [0.25] * 4 + [0.75] * 4)
    >>> found.error.value, round(found.slope.value, 6), round(abs(found.intercept.value), 6)
    (0.0, 1.0, 0.0)
    """
    truth, promised = probabilities(y_true, chance)
    error = _centred(truth, promised, seed, resamples)
    odds = logit(np.clip(promised, EDGE, 1 - EDGE))
    return Calibration(error, _slope(truth, odds), _intercept(truth, odds))


def scaled_brier(
    y_true: npt.ArrayLike, chance: npt.ArrayLike, *, seed: int = 0, resamples: int = RESAMPLES
) -> Estimate:
    """Return how much of the Brier score of "everybody the mean" is saved; 1 is best, 0 none.

    Parameters and errors as in :func:`calibration`.

    References
    ----------
    Steyerberg et al. 2010, doi:10.1097/EDE.0b013e3181c30fb2.

    Examples
    --------
    >>> scaled_brier([0, 1], [0.5, 0.5]).value, scaled_brier([0, 1], [0.0, 1.0]).value
    (0.0, 1.0)
    """
    truth, promised = probabilities(y_true, chance)
    return bootstrap(truth, promised, _saved, seed, resamples)


def reliability(y_true: npt.ArrayLike, chance: npt.ArrayLike, bins: int = BINS) -> pd.DataFrame:
    """Return promised and found shares by classes of equal width.

    Returns
    -------
    pandas.DataFrame
        ``low``, ``high`` (ends of the class), ``n``, ``promised`` (mean probability), ``found``
        (share with the outcome), ``found_low``, ``found_high`` (Wilson's 95 % interval); empty
        classes are left out.

    References
    ----------
    Wilson 1927, doi:10.1080/01621459.1927.10502953.

    Examples
    --------
    >>> reliability([0, 1], [0.05, 0.95])[["low", "n", "found"]].values.tolist()
    [[0.0, 1.0, 0.0], [0.9, 1.0, 1.0]]
    """
    truth, promised = probabilities(y_true, chance)
    place = _classes(promised, bins)
    rows = []
    for number in np.unique(place):
        inside = place == number
        hits, n = int(truth[inside].sum()), int(inside.sum())
        low, high = wilson(hits, n)
        rows.append(
            {
                "low": number / bins,
                "high": (number + 1) / bins,
                "n": n,
                "promised": float(promised[inside].mean()),
                "found": hits / n,
                "found_low": low,
                "found_high": high,
            }
        )
    return pd.DataFrame(rows)


def wilson(hits: int, n: int) -> tuple[float, float]:
    """Return Wilson's 95 % interval of a share.

    Examples
    --------
    >>> [round(end, 3) for end in wilson(8, 10)]
    [0.49, 0.943]
    """
    square = _NORMAL**2
    centre = (hits + square / 2) / (n + square)
    reach = _NORMAL / (n + square) * np.sqrt(hits * (n - hits) / n + square / 4)
    return float(max(centre - reach, 0)), float(min(centre + reach, 1))


def expected_error(truth: Flags, promised: Floats) -> float:
    """Return the expected calibration error of checked values."""
    place = _classes(promised, BINS)
    apart = np.bincount(place, weights=promised - truth, minlength=BINS)
    return float(np.abs(apart).sum() / len(truth))


def probabilities(y_true: npt.ArrayLike, chance: npt.ArrayLike) -> tuple[Flags, Floats]:
    """Return checked outcomes and probabilities.

    Raises
    ------
    ScreenError
        As in :func:`visitkit.screen.evaluate.brier`.
    """
    truth, promised = checked_pair(y_true, chance)
    if promised.min() < 0 or promised.max() > 1:
        raise ScreenError("screen.not_probabilities", low=promised.min(), high=promised.max())
    return truth, promised


def _classes(promised: Floats, bins: int) -> npt.NDArray[np.int64]:
    place: npt.NDArray[np.int64] = np.minimum((promised * bins).astype(np.int64), bins - 1)
    return place


def _saved(truth: Flags, promised: Floats) -> float:
    share = truth.mean()
    return float(1 - ((promised - truth) ** 2).mean() / (share * (1 - share)))


def _centred(truth: Flags, promised: Floats, seed: int, resamples: int) -> Estimate:
    """Return the expected error with an interval freed of the bootstrap's own error.

    A resample is less even than the students themselves, so its expected error is larger; by as
    much as that is on average, the interval is moved back.
    """
    values = resampled(truth, promised, lambda y, s, _lot: expected_error(y, s), seed, resamples)
    moved = values[1:] - (values[1:].mean() - values[0]) if resamples else values
    kept = np.clip(np.append(values[:1], moved), 0, None)
    return percentiles(kept, len(truth), int(truth.sum()))


def _slope(truth: Flags, odds: Floats) -> Estimate | None:
    parted = odds[truth].min() >= odds[~truth].max() or odds[truth].max() <= odds[~truth].min()
    if np.ptp(odds) < 1e-12 or parted:
        return None
    return _fitted(truth, np.column_stack([odds, np.ones(len(odds))]), None)


def _intercept(truth: Flags, odds: Floats) -> Estimate | None:
    return _fitted(truth, np.ones((len(odds), 1)), odds)


def _fitted(truth: Flags, columns: Floats, offset: Floats | None) -> Estimate | None:
    """Return the first weight of a logistic regression, with its Wald interval."""
    # statsmodels is slow to import, and most of screening does without it
    from statsmodels.genmod.families import Binomial
    from statsmodels.genmod.generalized_linear_model import GLM

    fit = GLM(truth.astype(np.float64), columns, family=Binomial(), offset=offset).fit()
    value, error = float(fit.params[0]), float(fit.bse[0])
    if not fit.converged or not np.isfinite([value, error]).all():
        return None
    reach = _NORMAL * error
    return Estimate(value, value - reach, value + reach, len(truth), int(truth.sum()))
