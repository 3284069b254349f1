"""Whether the two sides were alike before: baseline equivalence, measure by measure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from visitkit.errors import ReviewError
from visitkit.review.inputs import flags, numbers, same_length
from visitkit.review.result import Flags, Floats
from visitkit.review.stats.cox_index import cox_index
from visitkit.review.stats.effect_size import EffectSize, hedges_g
from visitkit.review.stats.wwc_rules import sheet, source

#: Categories from best to worst.
CATEGORIES = ("satisfied", "needs_adjustment", "not_satisfied")


@dataclass(frozen=True, slots=True)
class BaselineRow:
    """One measure taken before.

    Parameters
    ----------
    measure
        Its column.
    size
        Difference between the sides: Hedges' g, or the Cox index of a yes-or-no measure.
    category
        ``"satisfied"`` (at most 0.05), ``"needs_adjustment"`` (at most 0.25) or
        ``"not_satisfied"``.
    adjusted
        Whether the analysis adjusts for this measure.
    """

    measure: str
    size: EffectSize
    category: str
    adjusted: bool

    @property
    def met(self) -> bool:
        """Whether the measure is no obstacle."""
        return self.category == "satisfied" or (
            self.category == "needs_adjustment" and self.adjusted
        )


@dataclass(frozen=True, slots=True)
class Baseline:
    """All measures taken before.

    Parameters
    ----------
    rows
        One a measure, in the order of the columns.
    met
        Whether every measure is met.
    limiting
        The measure with the largest difference among those that are not met, else among all.
    source
        Where the rule is written.
    """

    rows: tuple[BaselineRow, ...]
    met: bool
    limiting: str
    source: str


def baseline_category(value: float) -> str:
    """Return the category of a difference in standard deviations, of whatever sign.

    Examples
    --------
    >>> [baseline_category(g) for g in (0.05, -0.25, 0.26)]
    ['satisfied', 'needs_adjustment', 'not_satisfied']
    """
    limits = sheet()["baseline"]
    if np.isnan(value):
        raise ReviewError("review_stats.missing", name="g", number=1)
    if abs(value) <= limits["satisfied"]:
        return CATEGORIES[0]
    return CATEGORIES[1] if abs(value) <= limits["adjustable"] else CATEGORIES[2]


def baseline_equivalence(
    measures: pd.DataFrame, treated: npt.ArrayLike, adjusted: Collection[str] = ()
) -> Baseline:
    """Compare the sides on what was measured before, among the students who are analysed.

    Parameters
    ----------
    measures
        One row a student of the **analytic** sample, one column a measure. A column of 0 and 1 is
        read as yes or no.
    treated : array-like of shape (n,)
        0 and 1.
    adjusted
        Columns that the analysis adjusts for.

    Raises
    ------
    ReviewError
        When there is no measure, or a measure does not vary.

    Examples
    --------
    >>> before = pd.DataFrame({"pretest": [5, 6, 7, 4, 5, 6], "girl": [1, 0, 1, 0, 0, 1]})
    >>> found = baseline_equivalence(before, [1, 1, 1, 0, 0, 0])
    >>> [(row.measure, round(row.size.value, 2), row.category) for row in found.rows]
    [('pretest', 0.8, 'not_satisfied'), ('girl', 0.84, 'not_satisfied')]
    """
    side = flags(treated, "treated")
    same_length(len(measures), len(side), "treated")
    if measures.shape[1] == 0:
        raise ReviewError("review_stats.no_measures")
    rows = tuple(
        _row(str(name), numbers(measures[name], str(name)), side, str(name) in adjusted)
        for name in measures.columns
    )
    open_rows = [row for row in rows if not row.met]
    worst = max(open_rows or rows, key=lambda row: abs(row.size.value))
    return Baseline(rows, not open_rows, worst.measure, source("baseline"))


def _row(name: str, values: Floats, side: Flags, adjusted: bool) -> BaselineRow:
    known = ~np.isnan(values)
    first, second = values[known & side], values[known & ~side]
    if len(first) < 2 or len(second) < 2:
        raise ReviewError("review_stats.side_too_small", treated=len(first), control=len(second))
    if set(np.unique(values[known])) <= {0.0, 1.0}:
        if np.ptp(values[known]) == 0:
            raise ReviewError("review_stats.constant", number=int(known.sum()))
        size = cox_index(int(first.sum()), len(first), int(second.sum()), len(second))
    else:
        size = hedges_g(first, second)
    return BaselineRow(name, size, baseline_category(size.value), adjusted)
