"""Reading arrays: what cannot be estimated is refused here, with a sentence."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from visitkit.errors import ReviewError
from visitkit.review.result import Flags, Floats, Ints

#: Fewer units than this on a side say nothing about spread.
FEWEST_UNITS = 2


def numbers(values: npt.ArrayLike, name: str) -> Floats:
    """Return one column as floating-point numbers, missing as NaN.

    Parameters
    ----------
    values : array-like of shape (n,)
    name
        What the person calls the column.

    Raises
    ------
    ReviewError
        When a value is no number or is infinite, or the column is not one-dimensional.

    Examples
    --------
    >>> numbers([1, None, 2.5], "absence")
    array([1. , nan, 2.5])
    """
    try:
        column = np.array(pd.to_numeric(pd.Series(values), errors="raise"), dtype=np.float64)
    except (TypeError, ValueError):
        raise ReviewError("review_designs.not_numbers", column=name) from None
    if np.isinf(column).any():
        raise ReviewError("review_designs.not_numbers", column=name)
    return column


def matrix(values: npt.ArrayLike | None, rows: int, name: str) -> Floats:
    """Return covariates as a matrix with one row a unit; no columns when there are none."""
    if values is None:
        return np.empty((rows, 0))
    frame = pd.DataFrame(np.asarray(values))
    same_length(rows, len(frame), name)
    columns = [numbers(frame.iloc[:, place], name) for place in range(frame.shape[1])]
    return np.column_stack(columns) if columns else np.empty((rows, 0))


def flags(values: npt.ArrayLike, name: str) -> Flags:
    """Return a column of 0 and 1 as truth values.

    Raises
    ------
    ReviewError
        When a value is missing or neither 0 nor 1.
    """
    column = numbers(values, name)
    if not np.isin(column, (0.0, 1.0)).all():
        raise ReviewError("review_designs.not_flags", column=name)
    found: Flags = column == 1.0
    return found


def labels(values: Iterable[Hashable], name: str) -> Ints:
    """Return a number for each label, in sorted order so that rows may stand in any order.

    Raises
    ------
    ReviewError
        When a label is missing.
    """
    codes, _ = pd.factorize(pd.Series(list(values), dtype="object"), sort=True)
    if (codes < 0).any():
        raise ReviewError("review_designs.label_missing", column=name)
    return codes.astype(np.int64)


def same_length(expected: int, found: int, name: str) -> None:
    """Refuse columns of different lengths."""
    if expected != found:
        raise ReviewError(
            "review_designs.lengths_differ", column=name, expected=expected, found=found
        )


def complete(columns: Sequence[Floats]) -> Flags:
    """Tell which rows miss nothing."""
    known: Flags = np.all([~np.isnan(column) for column in columns], axis=0)
    return known


def check_outcome(outcome: Floats) -> None:
    """Refuse an outcome that is missing throughout or the same for everybody."""
    known = outcome[~np.isnan(outcome)]
    if len(known) == 0:
        raise ReviewError("review_designs.all_missing")
    if np.ptp(known) == 0:
        raise ReviewError("review_designs.constant_outcome", number=len(known))


def check_sides(treated: int, control: int, least: int = FEWEST_UNITS) -> None:
    """Refuse a comparison with too few units on one side."""
    if min(treated, control) < least:
        raise ReviewError(
            "review_designs.too_few_units", treated=treated, control=control, least=least
        )


def check_clusters(cluster: Ints | None, least: int = 2) -> int:
    """Return the number of clusters and refuse a single one."""
    if cluster is None:
        return 0
    count = len(np.unique(cluster))
    if count < least:
        raise ReviewError("review_designs.one_cluster", number=count, least=least)
    return count
