"""Several completed data sets, one answer: Rubin's rules."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy.typing as npt

from visitkit.errors import ReviewError
from visitkit.review.inputs import same_length
from visitkit.review.result import LEVEL, quantile, upper_tail
from visitkit.review.stats.checks import full, positive


@dataclass(frozen=True, slots=True)
class Combined:
    """An estimate combined over imputations.

    Parameters
    ----------
    estimate, se, ci, df, p
        Degrees of freedom by Barnard and Rubin.
    within, between
        Mean variance inside an imputation, and variance of the estimates between them.
    missing_information
        Share of the information that the lost values would have added.
    imputations
        How many.
    n
        Students behind each estimate.
    level
        Of ``ci``.
    """

    estimate: float
    se: float
    ci: tuple[float, float]
    df: float
    p: float
    within: float
    between: float
    missing_information: float
    imputations: int
    n: int
    level: float = LEVEL


def combine(
    estimates: npt.ArrayLike,
    variances: npt.ArrayLike,
    *,
    complete_df: float,
    n: int,
    level: float = LEVEL,
) -> Combined:
    """Combine the same estimate from several imputations.

    Parameters
    ----------
    estimates, variances : array-like of shape (m,)
        From each completed data set.
    complete_df
        Degrees of freedom had nothing been lost; infinite for a normal test.
    n
        Students.
    level
        Of the interval.

    Raises
    ------
    ReviewError
        When there are fewer than two imputations or a variance is not positive.

    Notes
    -----
    Rubin 1987, doi:10.1002/9780470316696; degrees of freedom Barnard and Rubin 1999,
    doi:10.1093/biomet/86.4.948.

    Examples
    --------
    >>> found = combine([1, 2, 3], [0.5, 0.5, 0.5], complete_df=100, n=102)
    >>> found.estimate, round(found.se, 3), round(found.df, 2)
    (2.0, 1.354, 3.31)
    """
    q, u = full(estimates, "estimates"), full(variances, "variances")
    same_length(len(q), len(u), "variances")
    m = len(q)
    if m < 2:
        raise ReviewError("review_stats.too_few_imputations", number=m)
    positive(float(u.min()), "variances")
    inside, across = float(u.mean()), float(q.var(ddof=1))
    total = inside + (1 + 1 / m) * across
    lost = (1 + 1 / m) * across / total
    if not math.isinf(complete_df):
        positive(complete_df, "complete_df")
    df = _degrees(lost, m, complete_df)
    se, middle = math.sqrt(total), float(q.mean())
    half = quantile(0.5 + level / 2, df) * se
    p = 2 * upper_tail(abs(middle) / se, df)
    ends = (middle - half, middle + half)
    return Combined(middle, se, ends, df, p, inside, across, lost, m, n, level)


def _degrees(lost: float, m: int, complete: float) -> float:
    if math.isinf(complete):
        return math.inf if lost == 0 else (m - 1) / lost**2
    observed = (complete + 1) / (complete + 3) * complete * (1 - lost)
    if lost == 0:
        return observed
    old = (m - 1) / lost**2
    return old * observed / (old + observed)
