"""What lost outcomes could hide: worst and best case, and Lee's trimming bounds."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import optimize, stats

from visitkit.errors import ReviewError
from visitkit.review.inputs import check_outcome, flags, numbers, same_length
from visitkit.review.result import LEVEL, Flags, Floats


@dataclass(frozen=True, slots=True)
class Bounds:
    """A range that holds the effect whatever the lost outcomes were, under what ``kind`` says.

    Parameters
    ----------
    low, high
        Lowest and highest effect, treated minus control.
    ci
        Interval that holds the **effect** with probability ``level`` (Imbens and Manski 2004,
        doi:10.1111/j.1468-0262.2004.00555.x).
    kind
        ``"extreme"`` or ``"lee"``; names the sentence with its assumption in
        ``review_stats.bounds``.
    trimmed
        Share of the better measured side that was set aside; 0 for ``"extreme"``.
    treated, treated_measured, control, control_measured
        Students.
    level
        Of ``ci``.
    """

    low: float
    high: float
    ci: tuple[float, float]
    kind: str
    trimmed: float
    treated: int
    treated_measured: int
    control: int
    control_measured: int
    level: float = LEVEL


def extreme_bounds(
    outcome: npt.ArrayLike,
    treated: npt.ArrayLike,
    lowest: float,
    highest: float,
    *,
    level: float = LEVEL,
) -> Bounds:
    """Bound the effect by putting the worst and the best in place of every lost outcome.

    Parameters
    ----------
    outcome : array-like of shape (n,)
        All students **assigned**; missing where lost.
    treated : array-like of shape (n,)
        0 and 1, as assigned.
    lowest, highest
        The least and the most that the outcome can be (0 and 200 school days; 1 and 5).
    level
        Of the interval.

    Raises
    ------
    ReviewError
        When a side has fewer than two outcomes or one lies outside the limits.

    Notes
    -----
    Horowitz and Manski 2000, doi:10.1080/01621459.2000.10473902.

    Examples
    --------
    >>> found = extreme_bounds([1, 2, None, 0, 1, None], [1, 1, 1, 0, 0, 0], 0, 4)
    >>> round(found.low, 2), round(found.high, 2)
    (-0.67, 2.0)
    """
    y, side = _sides(outcome, treated)
    known = y[~np.isnan(y)]
    if not lowest < highest or known.min() < lowest or known.max() > highest:
        raise ReviewError("review_stats.limits", low=lowest, high=highest)
    low = _filled(y, side, lowest, highest)
    high = _filled(y, side, highest, lowest)
    ci = _interval((low[0], high[0]), (low[1], high[1]), level)
    return Bounds(low[0], high[0], ci, "extreme", 0.0, *_counts(y, side), level)


def lee_bounds(outcome: npt.ArrayLike, treated: npt.ArrayLike, *, level: float = LEVEL) -> Bounds:
    """Bound the effect on students who would be measured on either side, by trimming.

    Parameters
    ----------
    outcome : array-like of shape (n,)
        All students **assigned** by lot; missing where lost.
    treated : array-like of shape (n,)
        0 and 1, as assigned.
    level
        Of the interval.

    Raises
    ------
    ReviewError
        When a side has fewer than two outcomes, the outcome is constant, or nothing is left after
        trimming.

    Notes
    -----
    Lee 2009, doi:10.1111/j.1467-937X.2009.00536.x, with the variance of his proposition 3. Assumes
    that being treated moves everybody's chance of being measured the same way, if at all. Ties at
    the cut are taken in part, so that exactly the share is trimmed.

    Examples
    --------
    >>> found = lee_bounds([1, 2, 3, 4, 2, 3, None, None], [1, 1, 1, 1, 0, 0, 0, 0])
    >>> found.low, found.high, found.trimmed
    (-1.0, 1.0, 0.5)
    """
    y, side = _sides(outcome, treated)
    check_outcome(y)
    rates = (float((~np.isnan(y[side])).mean()), float((~np.isnan(y[~side])).mean()))
    sign = 1.0 if rates[0] >= rates[1] else -1.0
    better = side if sign > 0 else ~side
    share = 1 - min(rates) / max(rates)
    kept, other = _known(y[better]), _known(y[~better])
    ends = []
    for values in (kept, -kept):  # the highest, then the lowest values are trimmed
        mean, variance = _trimmed(values, share, int(better.sum()), int((~better).sum()), rates)
        ends.append((mean, math.sqrt(variance + other.var(ddof=1) / len(other))))
    low = (ends[0][0] - other.mean(), ends[0][1])
    high = (-ends[1][0] - other.mean(), ends[1][1])
    if sign < 0:
        low, high = (-high[0], high[1]), (-low[0], low[1])
    ci = _interval((low[0], high[0]), (low[1], high[1]), level)
    ordered = (float(low[0]), float(high[0]))
    return Bounds(*ordered, ci, "lee", share, *_counts(y, side), level)


def _trimmed(
    values: Floats, share: float, n_better: int, n_other: int, rates: tuple[float, float]
) -> tuple[float, float]:
    """Return the mean of the lowest ``1 - share`` of the values, and its variance."""
    ranked = np.sort(values)
    weights = np.clip((1 - share) * len(ranked) - np.arange(len(ranked)), 0.0, 1.0)
    weights[weights < 1e-9] = 0.0
    total = weights.sum()
    if total < 1:
        raise ReviewError("review_stats.nothing_left")
    mean = float((weights * ranked).sum() / total)
    if share == 0:
        return mean, float(ranked.var(ddof=1) / len(ranked))
    cut = float(ranked[np.nonzero(weights)[0][-1]])
    inside = float((weights * (ranked - mean) ** 2).sum() / total)
    first = (inside + (cut - mean) ** 2 * share) / total
    high, low = max(rates), min(rates)
    of_share = (1 - share) ** 2 * ((1 - high) / (high * n_better) + (1 - low) / (low * n_other))
    return mean, first + ((cut - mean) / (1 - share)) ** 2 * of_share


def _filled(y: Floats, side: Flags, for_treated: float, for_control: float) -> tuple[float, float]:
    full = np.where(np.isnan(y), np.where(side, for_treated, for_control), y)
    first, second = full[side], full[~side]
    se = math.sqrt(first.var(ddof=1) / len(first) + second.var(ddof=1) / len(second))
    return float(first.mean() - second.mean()), se


def _sides(outcome: npt.ArrayLike, treated: npt.ArrayLike) -> tuple[Floats, Flags]:
    y, side = numbers(outcome, "outcome"), flags(treated, "treated")
    same_length(len(y), len(side), "treated")
    counts = (len(_known(y[side])), len(_known(y[~side])))
    if min(counts) < 2:
        raise ReviewError("review_stats.side_too_small", treated=counts[0], control=counts[1])
    return y, side


def _known(values: Floats) -> Floats:
    return values[~np.isnan(values)]


def _counts(y: Floats, side: Flags) -> tuple[int, int, int, int]:
    measured = ~np.isnan(y)
    return (
        int(side.sum()),
        int((side & measured).sum()),
        int((~side).sum()),
        int((~side & measured).sum()),
    )


def _interval(
    ends: tuple[float, float], ses: tuple[float, float], level: float
) -> tuple[float, float]:
    if max(ses) <= 0:
        raise ReviewError("review_stats.no_spread")
    wide = (ends[1] - ends[0]) / max(ses)

    def short(reach: float) -> float:
        return float(stats.norm.cdf(reach + wide) - stats.norm.cdf(-reach)) - level

    reach = float(optimize.brentq(short, 0.0, 10.0))
    return ends[0] - reach * ses[0], ends[1] + reach * ses[1]
