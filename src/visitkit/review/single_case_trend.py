"""Trends within one student's measurements, and what is left of a change once they are taken out.

"Tau-U" has been the name of at least four statistics. Here each has its own, and none is shown
without it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.stats import kendalltau, theilslopes

from visitkit.errors import ReviewError
from visitkit.review.estimates import LEVEL, Estimate, deviate, refused
from visitkit.review.single_case import LEAST_POINTS, Floats, Points, pairs, phases, why_not

#: The statistics called Tau-U, by what they compare.
TAU_U = (
    "a_v_b_minus_trend_a",
    "a_v_b_plus_trend_b",
    "a_v_b_plus_trend_b_minus_trend_a",
)
#: Residuals closer to each other than this share of the largest value are ties: they come out of
#: a subtraction, so a line without scatter leaves noise of the machine's precision.
_SAME = 1e-9


@dataclass(frozen=True, slots=True)
class Pairs:
    """Kendall's S and the number of pairs it is taken over."""

    s: float
    of: int


def tau_u(before: Points, after: Points, variant: str, *, higher_is: str) -> Estimate:
    """Return one of the statistics called Tau-U.

    Parameters
    ----------
    before, after
        Points of the phases.
    variant
        One of :data:`TAU_U`.
    higher_is
        ``"better"`` or ``"worse"``.

    Returns
    -------
    Estimate
        Without an interval: its sampling distribution is not known. Subtracting the trend before
        keeps the number of pairs between the phases; adding the trend after adds its pairs too.

    Raises
    ------
    ReviewError
        When the variant is not known.

    Notes
    -----
    Parker, Vannest, Davis and Sauber 2011, doi:10.1016/j.beth.2010.08.006.

    Examples
    --------
    >>> found = tau_u([3, 3, 4, 5], [4, 5, 6, 7, 7], "a_v_b_minus_trend_a", higher_is="better")
    >>> found.name, round(found.value * 20, 9)
    ('tau_u_a_v_b_minus_trend_a', 11.0)
    """
    if variant not in TAU_U:
        raise ReviewError("review.no_tau_u", variant=variant, allowed=", ".join(TAU_U))
    a, b = phases(before, after, higher_is)
    name, n = f"tau_u_{variant}", (len(a), len(b))
    reason = why_not(a, b)
    if reason:
        return refused(name, n, reason)
    between, trend_a, trend_b = Pairs(pairs(a, b), len(a) * len(b)), _within(a), _within(b)
    value = {
        "a_v_b_minus_trend_a": (between.s - trend_a.s) / between.of,
        "a_v_b_plus_trend_b": (between.s + trend_b.s) / (between.of + trend_b.of),
        "a_v_b_plus_trend_b_minus_trend_a": (between.s + trend_b.s - trend_a.s)
        / (between.of + trend_b.of + trend_a.of),
    }[variant]
    return Estimate(name, value, None, None, n, "no_known_interval")


def _within(points: Floats) -> Pairs:
    rises = np.sign(points[None, :] - points[:, None])
    size = len(points)
    return Pairs(float(np.triu(rises, 1).sum()), size * (size - 1) // 2)


@dataclass(frozen=True, slots=True)
class Days:
    """When the points were taken, in days from any one day; without it, one day apart.

    Parameters
    ----------
    before, after
        As many as there are points in each phase.
    """

    before: Points
    after: Points


def tau_phase(before: Points, after: Points, *, higher_is: str) -> Estimate:
    """Return Kendall's tau-b between phase and points, uncorrected.

    The number that :func:`tau_bc` is to be compared with; its pairs are corrected for ties, so
    it differs from Tau (A v B).

    Examples
    --------
    >>> round(tau_phase([3, 3, 4, 5], [4, 5, 6, 7, 7], higher_is="better").value, 4)
    0.6325
    """
    a, b = phases(before, after, higher_is)
    return _tau_b("tau_b_phase", a, b)


def tau_bc(before: Points, after: Points, *, higher_is: str, days: Days | None = None) -> Estimate:
    """Return baseline-corrected Tau: tau-b of the phases once the trend before is taken out.

    Parameters
    ----------
    before, after
        Points of the phases.
    higher_is
        ``"better"`` or ``"worse"``.
    days
        When they were taken; equally spaced when not given.

    Returns
    -------
    Estimate
        Without an interval: none is known that counts the trend as estimated. The trend is a line
        through the middle of all slopes before (Theil and Sen), carried on through the phase
        after; over a long phase after, or near the end of a scale, that line says too much.

    Notes
    -----
    Tarlow 2017, doi:10.1177/0145445516676750.

    Examples
    --------
    >>> tau_bc([1, 2, 3, 4, 5], [6, 7, 8, 9, 10], higher_is="better").value
    0.0
    """
    a, b = phases(before, after, higher_is)
    reason = why_not(a, b)
    if reason:
        return refused("tau_bc", (len(a), len(b)), reason)
    when = days or Days(
        np.arange(0.0, len(a)), np.arange(len(a), len(a) + len(b), dtype=np.float64)
    )
    t_a, t_b = (np.asarray(one, dtype=np.float64) for one in (when.before, when.after))
    if len(t_a) != len(a) or len(t_b) != len(b):
        raise ReviewError("review.days_do_not_fit")
    slope = float(theilslopes(a, t_a).slope)
    start = t_a[0]
    left = np.concatenate([a - slope * (t_a - start), b - slope * (t_b - start)])
    # Rounding is what makes equal residuals ties again.
    scale = max(float(np.abs(np.concatenate([a, b])).max()), float(np.abs(left).max()))
    left = np.round(left / (scale * _SAME)) * (scale * _SAME)
    return _tau_b("tau_bc", left[: len(a)], left[len(a) :])


def _tau_b(name: str, a: Floats, b: Floats) -> Estimate:
    n, reason = (len(a), len(b)), why_not(a, b)
    if reason == "constant" and name == "tau_bc":
        return Estimate(name, 0.0, None, None, n, "no_known_interval")
    if reason:
        return refused(name, n, reason)
    phase = np.repeat([0, 1], n)
    value = float(kendalltau(phase, np.concatenate([a, b])).statistic)
    return Estimate(name, value, None, None, n, "no_known_interval")


def slope(points: Points, days: Points | None = None, *, level: float = LEVEL) -> Estimate:
    """Return the middle of all slopes between points, per day, with Sen's interval.

    Parameters
    ----------
    points
        Points of one phase in their own direction.
    days
        When they were taken; a day apart when not given.
    level
        Share of intervals that hold the truth.

    Notes
    -----
    Sen 1968, doi:10.1080/01621459.1968.10480934.

    Examples
    --------
    >>> found = slope([1, 2, 4, 4, 6], level=0.9)
    >>> found.value, found.low <= found.value <= found.high
    (1.125, True)
    """
    y = np.asarray(points, dtype=np.float64)
    if len(y) < LEAST_POINTS:
        return refused("theil_sen_slope", (len(y),), "too_few_points")
    t = np.arange(len(y)) if days is None else np.asarray(days, dtype=np.float64)
    found = theilslopes(y, t, alpha=level)
    return Estimate(
        "theil_sen_slope",
        float(found.slope),
        float(found.low_slope),
        float(found.high_slope),
        (len(y),),
    )


def kendall(points: Points) -> Estimate:
    """Return Kendall's tau-b of one phase against time.

    Returns
    -------
    Estimate
        Without an interval; that of the trend itself is given by :func:`slope`.

    Examples
    --------
    >>> round(kendall([33, 25, 17, 25, 14, 13, 15]).value, 3)
    -0.683
    """
    y = np.asarray(points, dtype=np.float64)
    if len(y) < LEAST_POINTS:
        return refused("kendall_trend", (len(y),), "too_few_points")
    if np.ptp(y) == 0:
        return refused("kendall_trend", (len(y),), "constant")
    value = float(kendalltau(np.arange(len(y)), y).statistic)
    return Estimate("kendall_trend", value, None, None, (len(y),), "see_slope")


def follow_on(before: Points, after: Points, *, level: float = LEVEL) -> Estimate:
    """Return how much each point follows the one before it (autocorrelation at lag 1).

    Parameters
    ----------
    before, after
        Points of the phases in order of time, in their own direction.
    level
        Share of intervals that hold the truth.

    Returns
    -------
    Estimate
        Of the distances from the mean of each phase, pairs within a phase only. Above 0, the
        intervals of :func:`visitkit.review.single_case.nap` are too narrow. With few points it
        leans towards values below 0, so a low value proves nothing.

    Notes
    -----
    Interval: normal, with the standard error ``1/sqrt(n)`` of Bartlett 1946, doi:10.2307/2983611.

    Examples
    --------
    >>> found = follow_on([1, 2, 3, 4], [8, 7, 6, 5])
    >>> round(found.value, 2), found.n
    (0.25, (4, 4))
    """
    parts = [np.asarray(one, dtype=np.float64) for one in (before, after)]
    n = (len(parts[0]), len(parts[1]))
    if min(n) < LEAST_POINTS:
        return refused("autocorrelation_lag_1", n, "too_few_points")
    left = [part - part.mean() for part in parts]
    whole = sum(float(one @ one) for one in left)
    if math.isclose(whole, 0.0, abs_tol=1e-12):
        return refused("autocorrelation_lag_1", n, "constant")
    value = sum(float(one[1:] @ one[:-1]) for one in left) / whole
    half = deviate(level) / math.sqrt(sum(n))
    return Estimate(
        "autocorrelation_lag_1", value, max(-1.0, value - half), min(1.0, value + half), n
    )
