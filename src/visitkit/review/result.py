"""What every estimator returns: a number never without its interval, and what was done."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats

from visitkit import text
from visitkit.errors import ReviewError

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]

#: Share of repetitions whose interval holds the truth.
LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Note:
    """Something that must be said beside a number.

    Parameters
    ----------
    key
        Name of the sentence in ``text/``.
    facts
        Pairs that fill the sentence.

    Examples
    --------
    >>> note("review_designs.warn.rows_left_out", number=3).sentence("en")
    '3 rows with a missing value were left out.'
    """

    key: str
    facts: tuple[tuple[str, object], ...] = ()

    def sentence(self, lang: str | None = None) -> str:
        """Return the note as a sentence in ``lang``, or in the machine's language."""
        return text.say(self.key, lang, **dict(self.facts))


def note(key: str, /, **facts: object) -> Note:
    """Make a :class:`Note` from a key and facts."""
    return Note(key, tuple(facts.items()))


@dataclass(frozen=True, slots=True)
class Counts:
    """How many stand behind a number.

    Parameters
    ----------
    treated, control
        Units (students, weeks) on each side.
    clusters_treated, clusters_control
        Clusters (classes, schools) on each side; ``None`` when units are their own clusters.
    """

    treated: int
    control: int
    clusters_treated: int | None = None
    clusters_control: int | None = None


@dataclass(frozen=True, slots=True)
class Effect:
    """A number with its interval.

    Parameters
    ----------
    estimate, se
        In the unit of the outcome, unless ``method`` says otherwise.
    ci
        Lower and upper end at ``level``.
    df
        Degrees of freedom of the t distribution; infinite for the normal.
    p
        Two-sided, of no effect.
    counts
        Units and clusters behind the number.
    method
        Key of the sentence that says what was done.
    level
        Of ``ci``.
    warnings
        What must be said beside the number.

    Raises
    ------
    ReviewError
        When a figure is not a finite number: there is no estimate without an interval.
    """

    estimate: float
    se: float
    ci: tuple[float, float]
    df: float
    p: float
    counts: Counts
    method: str
    level: float = LEVEL
    warnings: tuple[Note, ...] = ()

    def __post_init__(self) -> None:
        figures = (self.estimate, self.se, *self.ci, self.p)
        if not all(math.isfinite(figure) for figure in figures) or math.isnan(self.df):
            raise ReviewError("review_designs.no_number", method=text.say(self.method))


def wald(
    estimate: float,
    se: float,
    counts: Counts,
    method: str,
    *,
    df: float = math.inf,
    level: float = LEVEL,
    warnings: Sequence[Note] = (),
) -> Effect:
    """Return an effect with the interval ``estimate -/+ t * se``.

    Parameters
    ----------
    estimate, se, counts, method, df, level, warnings
        As in :class:`Effect`.

    Raises
    ------
    ReviewError
        When the standard error is 0, which says that nothing varies, or a figure is missing.

    Examples
    --------
    >>> found = wald(2.0, 1.0, Counts(10, 10), "review_designs.method.difference")
    >>> [round(end, 2) for end in found.ci], round(found.p, 4)
    ([0.04, 3.96], 0.0455)
    """
    if not math.isfinite(se) or se <= 1e-12 * max(abs(estimate), 1e-12):
        raise ReviewError("review_designs.no_spread", method=text.say(method))
    half = float(quantile(0.5 + level / 2, df)) * se
    p = 2 * float(upper_tail(abs(estimate) / se, df))
    ends = (estimate - half, estimate + half)
    return Effect(estimate, se, ends, df, p, counts, method, level, tuple(warnings))


def check_spread(variance: float, outcome: Floats, method: str) -> None:
    """Refuse a variance that is only rounding, such as that of points on a perfect line.

    Parameters
    ----------
    variance
        Of the estimate.
    outcome : ndarray of shape (n,)
        Whose range says what is small.
    method
        Key of the sentence that says what was done.

    Raises
    ------
    ReviewError
        When the standard error is below a ten-thousand-millionth of the outcome's range.
    """
    if not variance > (1e-10 * float(np.ptp(outcome))) ** 2:
        raise ReviewError("review_designs.no_spread", method=text.say(method))


def quantile(share: float, df: float) -> float:
    """Return the quantile of the t distribution, or of the normal when ``df`` is infinite."""
    return float(stats.norm.ppf(share) if math.isinf(df) else stats.t.ppf(share, df))


def upper_tail(value: float, df: float) -> float:
    """Return the probability above ``value`` under t, or the normal when ``df`` is infinite."""
    return float(stats.norm.sf(value) if math.isinf(df) else stats.t.sf(value, df))
