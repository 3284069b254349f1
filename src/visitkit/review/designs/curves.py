"""Curves of students still there, and of those ended for one cause while others compete.

Kaplan and Meier 1958, doi:10.1080/01621459.1958.10501452; Aalen and Johansen 1978, Scandinavian
Journal of Statistics 5:141-150.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from visitkit.review.result import LEVEL, Flags, Floats, Ints, quantile


def kaplan_meier(time: Floats, ended: Flags, *, level: float = LEVEL) -> pd.DataFrame:
    """Return the share of students still there, with pointwise intervals.

    Parameters
    ----------
    time : ndarray of shape (n,)
    ended : ndarray of bool, shape (n,)
    level
        Of the intervals.

    Returns
    -------
    DataFrame
        One row a time at which somebody ended: ``time``, ``at_risk``, ``ended``, ``share``, ``se``
        (Greenwood 1926), ``low``, ``high`` (complementary log-log; 0 to the last ``low`` where all
        have ended).

    Examples
    --------
    >>> kaplan_meier(np.array([1.0, 2, 3, 4]), np.array([True, False, True, False])).share.tolist()
    [0.75, 0.375]
    """
    times, risk, ends = counts_at(time, ended)
    share = np.cumprod(1 - ends / risk)
    with np.errstate(divide="ignore", invalid="ignore"):
        summed = np.cumsum(ends / (risk * (risk - ends)))
        error = share * np.sqrt(summed)
        log = np.log(share)
        half = quantile(0.5 + level / 2, np.inf) * np.sqrt(summed) / np.abs(log)
        low, high = share ** np.exp(half), share ** np.exp(-half)
    gone = share == 0
    error, low = np.where(gone, 0.0, error), np.where(gone, 0.0, low)
    high = np.where(gone, np.append(1.0, high)[: len(high)], high)
    return pd.DataFrame(
        {
            "time": times,
            "at_risk": risk,
            "ended": ends,
            "share": share,
            "se": error,
            "low": low,
            "high": high,
        }
    )


def cumulative_incidence(
    time: Floats, cause: Ints, which: int = 1, *, level: float = LEVEL
) -> pd.DataFrame:
    """Return the share of students who have ended for one cause, others competing.

    Parameters
    ----------
    time : ndarray of shape (n,)
    cause : ndarray of int, shape (n,)
        0 for none.
    which
        The cause of interest.
    level
        Of the intervals.

    Returns
    -------
    DataFrame
        One row a time at which somebody ended for any cause: ``time``, ``at_risk``, ``ended`` (of
        interest), ``share``, ``se``, ``low``, ``high`` (complementary log-log).

    References
    ----------
    Variance by the delta method: Marubini and Valsecchi 1995, Analysing Survival Data from Clinical
    Trials and Observational Studies, section 10.3.

    Examples
    --------
    >>> found = cumulative_incidence(np.array([1.0, 2, 3, 4]), np.array([1, 2, 1, 0]))
    >>> found.share.tolist()
    [0.25, 0.25, 0.5]
    """
    times, risk, ends = counts_at(time, cause > 0)
    of_interest = _counts_on(times, time[cause == which])
    staying = np.cumprod(1 - ends / risk)
    before = np.append(1.0, staying[:-1])
    share = np.cumsum(before * of_interest / risk)
    error = np.sqrt(_incidence_variance(share, before, risk, ends, of_interest))
    with np.errstate(divide="ignore", invalid="ignore"):
        log = np.log1p(-share)
        half = quantile(0.5 + level / 2, np.inf) * error / ((1 - share) * np.abs(log))
        low, high = 1 - (1 - share) ** np.exp(-half), 1 - (1 - share) ** np.exp(half)
    sure = (share == 0) | (share == 1)
    return pd.DataFrame(
        {
            "time": times,
            "at_risk": risk,
            "ended": of_interest,
            "share": share,
            "se": error,
            "low": np.where(sure, share, low),
            "high": np.where(sure, share, high),
        }
    )


def _incidence_variance(
    share: Floats, before: Floats, risk: Floats, ends: Floats, of_interest: Floats
) -> Floats:
    """Return the variance of a cumulative incidence at each time."""
    with np.errstate(divide="ignore", invalid="ignore"):
        leaving = np.where(risk > ends, ends / (risk * (risk - ends)), 0.0)
    own = before**2 * (risk - of_interest) * of_interest / risk**3
    cross = before * of_interest / risk**2
    # sum over earlier times of (F - F_j)^2 a_j + own_j - 2 (F - F_j) cross_j, expanded in F
    total = (
        share**2 * np.cumsum(leaving)
        - 2 * share * np.cumsum(share * leaving)
        + np.cumsum(share**2 * leaving)
        + np.cumsum(own)
        - 2 * share * np.cumsum(cross)
        + 2 * np.cumsum(share * cross)
    )
    variance: Floats = np.maximum(total, 0.0)
    return variance


def counts_at(time: Floats, ended: Flags) -> tuple[Floats, Floats, Floats]:
    """Return times of ends, students at risk just before and ends at each."""
    times = np.unique(time[ended])
    risk = len(time) - np.searchsorted(np.sort(time), times, side="left")
    return times, risk.astype(np.float64), _counts_on(times, time[ended])


def _counts_on(times: Floats, some: Floats) -> Floats:
    place = np.searchsorted(times, some)
    return np.bincount(place, minlength=len(times)).astype(np.float64)
