"""How far two phases of one student's measurements overlap; each statistic by its exact name.

``before`` (A) and ``after`` (B) are one-dimensional arrays in order of time. ``higher_is`` says
whether a rise is good news. Statistics without a known sampling distribution come without an
interval and say so. Every interval takes the points to be independent of each other; see
:func:`visitkit.review.single_case_trend.follow_on`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq

from visitkit.errors import ReviewError
from visitkit.review.estimates import LEVEL, Estimate, deviate, refused
from visitkit.review.reliable_change import direction

Floats = npt.NDArray[np.float64]
Points = Sequence[float] | Floats

#: Fewer points in a phase and no index is given; from so many on it may be trusted more. The
#: numbers of the pilot standards for single-case designs of the What Works Clearinghouse.
LEAST_POINTS = 3
GOOD_POINTS = 5


def phases(before: Points, after: Points, higher_is: str) -> tuple[Floats, Floats]:
    """Return both phases as arrays, turned so that a rise is good news.

    Raises
    ------
    ReviewError
        When a point is missing or endless, or ``higher_is`` is another word.
    """
    sign = direction(higher_is)
    both = np.asarray(before, dtype=np.float64), np.asarray(after, dtype=np.float64)
    if any(one.ndim != 1 or not np.isfinite(one).all() for one in both):
        raise ReviewError("review.points_missing")
    return sign * both[0], sign * both[1]


def why_not(a: Floats, b: Floats) -> str:
    """Return why no index is given for two phases, or an empty text."""
    if min(len(a), len(b)) < LEAST_POINTS:
        return "too_few_points"
    return "constant" if np.ptp(np.concatenate([a, b])) == 0 else ""


def pnd(before: Points, after: Points, *, higher_is: str) -> Estimate:
    """Return the share of points after that lie beyond the best one before.

    Notes
    -----
    Scruggs, Mastropieri and Casto 1987, doi:10.1177/074193258700800206.

    Examples
    --------
    >>> found = pnd([20, 20, 26, 25, 22, 23], [28, 25, 24, 27, 30, 30, 29], higher_is="better")
    >>> found.value == 5 / 7, found.reason
    (True, 'no_known_interval')
    """
    a, b = phases(before, after, higher_is)
    return _without_interval("pnd", a, b, lambda: float((b > a.max()).mean()))


def pem(before: Points, after: Points, *, higher_is: str) -> Estimate:
    """Return the share of points after that lie beyond the median before; a tie is half a point.

    Notes
    -----
    Ma 2006, doi:10.1177/0145445504272974.

    Examples
    --------
    >>> pem([20, 20, 26, 25, 22, 23], [28, 25, 24, 27, 30, 30, 29], higher_is="better").value
    1.0
    """
    a, b = phases(before, after, higher_is)
    middle = np.median(a) if len(a) else np.nan
    return _without_interval(
        "pem", a, b, lambda: float(((b > middle) + 0.5 * (b == middle)).mean())
    )


def pand(before: Points, after: Points, *, higher_is: str) -> Estimate:
    """Return the share of all points left when as few as possible are taken out to end overlap.

    Notes
    -----
    Parker, Hagan-Burke and Vannest 2007, doi:10.1177/00224669070400040101.

    Examples
    --------
    >>> found = pand([20, 20, 26, 25, 22, 23], [28, 25, 24, 27, 30, 30, 29], higher_is="better")
    >>> found.value == 1 - 2 / 13
    True
    """
    a, b = phases(before, after, higher_is)
    total = len(a) + len(b)
    return _without_interval("pand", a, b, lambda: 1 - _taken_out(a, b) / total)


def ird(before: Points, after: Points, *, higher_is: str) -> Estimate:
    """Return the robust improvement rate difference: share improved after less share before.

    Notes
    -----
    Parker, Vannest and Brown 2009, doi:10.1177/001440290907500201; the points taken out to end
    overlap are shared equally between the phases (Parker, Vannest and Davis 2011,
    doi:10.1177/0145445511399147).

    Examples
    --------
    >>> found = ird([20, 20, 26, 25, 22, 23], [28, 25, 24, 27, 30, 30, 29], higher_is="better")
    >>> round(found.value - (6 / 7 - 1 / 6), 12)
    0.0
    """
    a, b = phases(before, after, higher_is)

    def value() -> float:
        half = _taken_out(a, b) / 2
        return 1 - half / len(a) - half / len(b)

    return _without_interval("ird", a, b, value)


def _taken_out(a: Floats, b: Floats) -> int:
    """Return how few points must go until every one after lies beyond every one before."""
    kept = max(
        int((a <= edge).sum() + (b > edge).sum())
        for edge in np.concatenate([[-np.inf], a, b, [np.inf]])
    )
    return len(a) + len(b) - kept


def _without_interval(name: str, a: Floats, b: Floats, value: Callable[[], float]) -> Estimate:
    n, reason = (len(a), len(b)), why_not(a, b)
    if reason:
        return refused(name, n, reason)
    return Estimate(name, value(), None, None, n, "no_known_interval")


def pairs(a: Floats, b: Floats) -> float:
    """Return Kendall's S between two phases: pairs that rise less pairs that fall.

    Examples
    --------
    >>> pairs(np.array([2.0, 3, 5, 3]), np.array([4.0, 5, 5, 7, 6]))
    16.0
    """
    return float(np.sign(b[None, :] - a[:, None]).sum())


def nap(before: Points, after: Points, *, higher_is: str, level: float = LEVEL) -> Estimate:
    """Return how likely a point after is better than one before (non-overlap of all pairs).

    Parameters
    ----------
    before, after
        Points of the phases, shapes ``(m,)`` and ``(n,)``.
    higher_is
        ``"better"`` or ``"worse"``.
    level
        Share of intervals that hold the truth.

    Returns
    -------
    Estimate
        0 to 1; one half when the phases do not differ. A tie is half a pair. Refused with fewer
        than three points in a phase or when all points are the same.

    Notes
    -----
    Parker and Vannest 2009, doi:10.1016/j.beth.2008.10.006. Interval: method 5 of Newcombe 2006,
    doi:10.1002/sim.2324, for independent points.

    Examples
    --------
    >>> found = nap([20, 20, 26, 25, 22, 23], [28, 25, 24, 27, 30, 30, 29], higher_is="better")
    >>> round(found.value, 4), round(found.low, 4), round(found.high, 4)
    (0.9167, 0.5973, 0.986)
    """
    a, b = phases(before, after, higher_is)
    n, reason = (len(a), len(b)), why_not(a, b)
    if reason:
        return refused("nap", n, reason)
    value = (pairs(a, b) / (len(a) * len(b)) + 1) / 2
    return Estimate("nap", value, *_newcombe(value, *n, deviate(level)), n)


def tau(before: Points, after: Points, *, higher_is: str, level: float = LEVEL) -> Estimate:
    """Return Tau (A v B): the share of pairs that got better less the share that got worse.

    Parameters
    ----------
    before, after
        Points of the phases.
    higher_is
        ``"better"`` or ``"worse"``.
    level
        Share of intervals that hold the truth.

    Returns
    -------
    Estimate
        -1 to 1, with the interval of :func:`nap` carried over (Tau is twice NAP less one).

    Notes
    -----
    Parker, Vannest, Davis and Sauber 2011, doi:10.1016/j.beth.2010.08.006.

    Examples
    --------
    >>> found = tau([20, 20, 26, 25, 22, 23], [28, 25, 24, 27, 30, 30, 29], higher_is="better")
    >>> round(found.value * 42, 9)
    35.0
    """
    found = nap(before, after, higher_is=higher_is, level=level)
    whole = found.whole()
    if whole is None:
        return refused("tau_a_v_b", found.n, found.reason)
    value, low, high = (2 * one - 1 for one in whole)
    return Estimate("tau_a_v_b", value, low, high, found.n)


def _newcombe(value: float, m: int, n: int, z: float) -> tuple[float, float]:
    """Return where the distance to the value equals so many standard errors at that place."""
    extra = (m + n) / 2 - 1

    def spread(x: float) -> float:
        return z * z * (2 + extra + (1 + 2 * extra) * x * (1 - x))

    def gap(x: float) -> float:
        return m * n * (value - x) ** 2 * (2 - x) * (1 + x) - x * (1 - x) * spread(x)

    def gap_from_one(x: float) -> float:
        # At a value of 1 the gap is zero there too; that root is divided out.
        return m * n * (1 - x) * (2 - x) * (1 + x) - x * spread(x)

    edge = float(brentq(gap_from_one, 0.0, 1.0))
    low = 0.0 if value == 0 else edge if value == 1 else float(brentq(gap, 0.0, value))
    high = 1.0 if value == 1 else 1 - edge if value == 0 else float(brentq(gap, value, 1.0))
    return low, high
