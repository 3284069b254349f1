"""Whether groups can be compared at all: standardised differences and the overlap of scores."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from visitkit.errors import ReviewError
from visitkit.review.result import Flags, Floats

#: What a difference of means is divided by: the spread before any matching or weighting, of the
#: treated, of both together by their sizes (as WWC does), or of both alike.
DENOMINATORS = ("treated", "pooled", "average")


@dataclass(frozen=True, slots=True)
class Overlap:
    """How far two groups share the same range of scores.

    Parameters
    ----------
    treated, control
        Lowest and highest score of each group.
    shared
        Range in which both have members; empty (low above high) when they never meet.
    outside_treated, outside_control
        Share of each group outside the shared range.
    """

    treated: tuple[float, float]
    control: tuple[float, float]
    shared: tuple[float, float]
    outside_treated: float
    outside_control: float


def overlap(score: Floats, treated: Flags) -> Overlap:
    """Describe the overlap of scores, and refuse when there is none.

    Parameters
    ----------
    score : ndarray of shape (n,)
        Chance of treatment.
    treated : ndarray of bool, shape (n,)

    Raises
    ------
    ReviewError
        When the groups share no range.

    Examples
    --------
    >>> overlap(np.array([0.2, 0.6, 0.4, 0.9]), np.array([False, False, True, True])).shared
    (0.4, 0.6)
    """
    ends = [(float(score[group].min()), float(score[group].max())) for group in (treated, ~treated)]
    low, high = max(ends[0][0], ends[1][0]), min(ends[0][1], ends[1][1])
    if low > high:
        raise ReviewError("review_designs.no_overlap")
    outside = [
        float(((score[group] < low) | (score[group] > high)).mean())
        for group in (treated, ~treated)
    ]
    return Overlap(ends[0], ends[1], (low, high), outside[0], outside[1])


def standardised_differences(
    columns: pd.DataFrame,
    treated: Flags,
    weight: npt.ArrayLike | None = None,
    *,
    denominator: str = "treated",
) -> pd.DataFrame:
    """Compare covariates of two groups before and after weighting or matching.

    Parameters
    ----------
    columns : data frame of shape (n, n_covariates)
    treated : ndarray of bool, shape (n,)
    weight : array-like of shape (n,), optional
        0 for students not matched.
    denominator
        ``"treated"``, ``"pooled"`` or ``"average"``: always the spread before weighting, so that a
        difference cannot shrink because the spread grew.

    Returns
    -------
    DataFrame
        Index: covariate. Columns: ``mean_treated``, ``mean_control``, ``sd``, ``before``,
        ``after`` (equal to ``before`` without weights), the last two in standard deviations.

    Raises
    ------
    ReviewError
        When the denominator is unknown.

    References
    ----------
    Stuart 2010, doi:10.1214/09-STS313, section 4.1.

    Examples
    --------
    >>> age = pd.DataFrame({"age": [12.0, 14.0, 11.0, 13.0]})
    >>> found = standardised_differences(age, np.array([True, True, False, False]))
    >>> round(float(found.loc["age", "before"]), 3)
    0.707
    """
    if denominator not in DENOMINATORS:
        raise ReviewError(
            "review_designs.unknown_choice",
            setting="denominator",
            found=denominator,
            allowed=", ".join(DENOMINATORS),
        )
    values = columns.to_numpy(dtype=np.float64)
    weights = np.ones(len(values)) if weight is None else np.asarray(weight, dtype=np.float64)
    sd = _spread(values, treated, denominator)
    before = _gap(values, treated, np.ones(len(values)))
    after = _gap(values, treated, weights)
    scale = np.where(sd > 0, sd, np.nan)  # a covariate that does not vary has no such difference
    return pd.DataFrame(
        {
            "mean_treated": after[0],
            "mean_control": after[1],
            "sd": sd,
            "before": (before[0] - before[1]) / scale,
            "after": (after[0] - after[1]) / scale,
        },
        index=pd.Index(columns.columns, name="covariate"),
    )


def _gap(values: Floats, treated: Flags, weight: Floats) -> tuple[Floats, Floats]:
    """Return weighted means of both groups."""
    means = [np.average(values[side], axis=0, weights=weight[side]) for side in (treated, ~treated)]
    return means[0], means[1]


def _spread(values: Floats, treated: Flags, denominator: str) -> Floats:
    """Return the standard deviation that differences are told in."""
    sides = [values[treated], values[~treated]]
    binary = np.isin(values, (0.0, 1.0)).all(axis=0)
    # a share p spreads by p (1 - p), as balance tables have it
    variances = [np.where(binary, side.var(axis=0), side.var(axis=0, ddof=1)) for side in sides]
    if denominator == "treated":
        return _root(variances[0])
    if denominator == "average":
        return _root((variances[0] + variances[1]) / 2)
    freedom = [len(side) - 1 for side in sides]
    both = (freedom[0] * variances[0] + freedom[1] * variances[1]) / sum(freedom)
    return _root(both)


def _root(values: Floats) -> Floats:
    root: Floats = np.sqrt(values)
    return root
