"""A number with how many it rests on and how sure it is, or the reason why there is none."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy.stats import norm

#: Share of intervals that hold the truth, were the review done over and over.
LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number, its interval and what it rests on.

    Parameters
    ----------
    name
        Exact name of the statistic, for example ``"nap"`` or ``"tau_a_v_b"``.
    value
        The number; ``None`` when it would not be honest to give one.
    low, high
        Its interval; ``None`` when none is known.
    n
        How many it rests on: one number, or one for each side.
    reason
        Key of the sentence in ``review.reason`` that says why the number or its interval is
        missing; empty when both are there.
    """

    name: str
    value: float | None
    low: float | None
    high: float | None
    n: tuple[int, ...]
    reason: str = ""

    def whole(self) -> tuple[float, float, float] | None:
        """Return number, low and high end, or nothing where one of them is missing."""
        if self.value is None or self.low is None or self.high is None:
            return None
        return self.value, self.low, self.high


def refused(name: str, n: tuple[int, ...], reason: str) -> Estimate:
    """Return a number that is not given, and why.

    Examples
    --------
    >>> refused("nap", (2, 5), "too_few_points").value is None
    True
    """
    return Estimate(name, None, None, None, n, reason)


def deviate(level: float = LEVEL) -> float:
    """Return the standard normal deviate of a two-sided interval.

    Examples
    --------
    >>> round(deviate(0.95), 4)
    1.96
    """
    return float(norm.ppf(0.5 + level / 2))


def share(found: int, of: int, name: str = "share", level: float = LEVEL) -> Estimate:
    """Return a share of students with Wilson's interval.

    Parameters
    ----------
    found, of
        Students counted, of how many.
    name
        Name of the share.
    level
        Share of intervals that hold the truth.

    Returns
    -------
    Estimate
        Refused with ``nobody`` when there is nobody to count.

    Notes
    -----
    Wilson 1927, doi:10.1080/01621459.1927.10502953.

    Examples
    --------
    >>> one = share(8, 10)
    >>> one.value, round(one.low, 3), round(one.high, 3)
    (0.8, 0.49, 0.943)
    """
    if of == 0:
        return refused(name, (0,), "nobody")
    z, p = deviate(level), found / of
    middle = (p + z * z / (2 * of)) / (1 + z * z / of)
    half = z / (1 + z * z / of) * math.sqrt(p * (1 - p) / of + z * z / (4 * of * of))
    return Estimate(name, p, max(0.0, middle - half), min(1.0, middle + half), (of,))
