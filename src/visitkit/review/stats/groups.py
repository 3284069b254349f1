"""One side of a comparison: mean, spread and number."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from visitkit.errors import ReviewError
from visitkit.review.inputs import numbers
from visitkit.review.stats.checks import at_least


@dataclass(frozen=True, slots=True)
class Group:
    """One side of a comparison.

    Parameters
    ----------
    mean, sd
        In the unit of the outcome; the standard deviation between students, never of class means.
    n
        Students measured.

    Raises
    ------
    ReviewError
        When there are fewer than two students, or nothing varies.
    """

    mean: float
    sd: float
    n: int

    def __post_init__(self) -> None:
        at_least(self.n, 2, "n")
        if not math.isfinite(self.mean):
            raise ReviewError("review_stats.no_mean", value=self.mean)
        at_least(self.sd, 0, "sd")


def pooled_sd(treated: Group, control: Group) -> float:
    """Return the pooled standard deviation of two groups.

    Raises
    ------
    ReviewError
        When it is 0: an outcome that is the same for everybody has no effect size.

    Examples
    --------
    >>> pooled_sd(Group(6, 1, 3), Group(5, 1, 3))
    1.0
    """
    squares = (treated.n - 1) * treated.sd**2 + (control.n - 1) * control.sd**2
    if squares <= 0:
        raise ReviewError("review_stats.constant", number=treated.n + control.n)
    return math.sqrt(squares / (treated.n + control.n - 2))


def group(values: npt.ArrayLike, name: str = "outcome") -> Group:
    """Return mean, standard deviation and number of the values that are known."""
    column = numbers(values, name)
    known = column[~np.isnan(column)]
    if len(known) < 2:
        raise ReviewError("review_stats.too_small", name=name, value=len(known), least=2)
    same = np.ptp(known) == 0  # rounding must not turn a constant into a spread
    return Group(float(known.mean()), 0.0 if same else float(known.std(ddof=1)), len(known))
