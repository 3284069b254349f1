"""The effect size of an outcome that is yes or no."""

from __future__ import annotations

import math

from visitkit.errors import ReviewError
from visitkit.review.result import LEVEL, quantile
from visitkit.review.stats.checks import at_least
from visitkit.review.stats.effect_size import EffectSize, omega

#: Standard deviation that turns a difference of log odds into one of a hidden scale.
COX_SCALE = 1.65


def cox_index(
    yes_treated: int,
    n_treated: int,
    yes_control: int,
    n_control: int,
    *,
    corrected: bool = False,
    level: float = LEVEL,
) -> EffectSize:
    """Return the Cox index of two shares: the difference of log odds divided by 1.65.

    Parameters
    ----------
    yes_treated, yes_control
        Students for whom it is true.
    n_treated, n_control
        Students on each side.
    corrected
        Whether to multiply by Hedges' correction too. The published programs disagree; the default
        follows Procedures Handbook 4.1, section VI, as baselinr 0.6.0 reads it: no correction.
    level
        Of the interval.

    Raises
    ------
    ReviewError
        When nobody or everybody on a side says yes: the odds are then 0 or without end.

    Notes
    -----
    Sanchez-Meca, Marin-Martinez and Chacon-Moscoso 2003, doi:10.1037/1082-989X.8.4.448. The
    variance of the log odds ratio is the sum of the inverse counts.

    Examples
    --------
    >>> round(cox_index(2, 3, 1, 3).value, 7)
    0.8401784
    """
    counts = (yes_treated, n_treated - yes_treated, yes_control, n_control - yes_control)
    for name, count in (("n_treated", n_treated), ("n_control", n_control)):
        at_least(count, 2, name)
    if min(counts) <= 0:
        raise ReviewError(
            "review_stats.no_odds",
            treated=f"{yes_treated}/{n_treated}",
            control=f"{yes_control}/{n_control}",
        )
    scale = (omega(n_treated + n_control - 2) if corrected else 1.0) / COX_SCALE
    value = scale * math.log(counts[0] * counts[3] / (counts[1] * counts[2]))
    se = scale * math.sqrt(sum(1 / count for count in counts))
    half = quantile(0.5 + level / 2, math.inf) * se
    ends = (value - half, value + half)
    return EffectSize("cox_index", value, se, ends, math.inf, n_treated, n_control, level)
