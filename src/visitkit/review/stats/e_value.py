"""How strong a hidden reason would have to be to explain an effect away: the E-value."""

from __future__ import annotations

import math
from dataclasses import dataclass

from visitkit.errors import ReviewError
from visitkit.review.stats.checks import positive

#: ``exp(0.91 d)`` stands for the risk ratio of a difference of ``d`` standard deviations.
SD_TO_LOG_RISK = 0.91


@dataclass(frozen=True, slots=True)
class EValue:
    """An E-value and that of the end of the interval nearest to no effect.

    Parameters
    ----------
    value
        Risk ratio with which a hidden reason must go with both treatment and outcome.
    limit
        The same for the nearer end; 1 when the interval holds no effect.
    ratio
        Risk ratio it was worked out for.
    ci
        Its interval.
    approximate
        Whether the risk ratio stands in for a difference in standard deviations.
    """

    value: float
    limit: float
    ratio: float
    ci: tuple[float, float]
    approximate: bool


def e_value(ratio: float, low: float, high: float, *, approximate: bool = False) -> EValue:
    """Return the E-value of a risk ratio.

    VanderWeele and Ding 2017, doi:10.7326/M16-2607: ``RR + sqrt(RR (RR - 1))``, of the ratio or of
    its inverse, whichever is above 1.

    Parameters
    ----------
    ratio, low, high
        Risk ratio and its interval.
    approximate
        Whether the ratio was made from something else.

    Raises
    ------
    ReviewError
        When a ratio is not positive or lies outside its interval.

    Examples
    --------
    >>> found = e_value(3.9, 1.8, 8.7)
    >>> round(found.value, 2), round(found.limit, 2)
    (7.26, 3.0)
    """
    for name, figure in (("ratio", ratio), ("low", low), ("high", high)):
        positive(figure, name)
    if not low <= ratio <= high:
        raise ReviewError("review_stats.outside", name="ratio", value=ratio, low=low, high=high)
    near = low if ratio >= 1 else high
    crosses = low <= 1 <= high
    limit = 1.0 if crosses else _bound(near)
    return EValue(_bound(ratio), limit, ratio, (low, high), approximate)


def e_value_of_difference(d: float, se: float) -> EValue:
    """Return the E-value of a difference in standard deviations, by its approximate risk ratio.

    Parameters
    ----------
    d, se
        Standardised difference and its standard error. The ratio is ``exp(0.91 d)`` and its
        interval ``exp(0.91 d -/+ 1.78 se)``, as VanderWeele and Ding (2017) give them.

    Examples
    --------
    >>> found = e_value_of_difference(0.5, 0.1)
    >>> round(found.ratio, 3), round(found.value, 3)
    (1.576, 2.529)
    """
    positive(se, "se")
    if not math.isfinite(d):
        raise ReviewError("review_stats.missing", name="d", number=1)
    middle, half = SD_TO_LOG_RISK * d, 1.78 * se
    ends = (math.exp(middle - half), math.exp(middle + half))
    return e_value(math.exp(middle), *ends, approximate=True)


def _bound(ratio: float) -> float:
    above = max(ratio, 1 / ratio)
    return above + math.sqrt(above * (above - 1))
