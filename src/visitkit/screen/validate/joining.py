"""Outcomes, classes and days joined to figures by student, never by position."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from visitkit.errors import ScreenError
from visitkit.screen.columns import student_ids


def by_student(table: object, what: str) -> pd.Series[Any]:
    """Return a column with each student once, in the order of their numbers.

    Parameters
    ----------
    table : Series
        Indexed by ``student_id``.
    what
        How the error calls it.

    Raises
    ------
    ScreenError
        When it is not a series by student, a student occurs twice or a row has none.

    Examples
    --------
    >>> by_student(pd.Series([1, 0], index=["S02", "S01"]), "y").to_list()
    [0, 1]
    """
    if not isinstance(table, pd.Series) or isinstance(table.index, pd.RangeIndex):
        raise ScreenError("validate.needs_students", what=what, found=type(table).__name__)
    ids = student_ids(table.to_frame(), len(table)).astype(str)
    return _sorted(table.set_axis(ids))


def figures_by_student(X: object) -> pd.DataFrame:
    """Return a table of figures with each student once, in the order of their numbers.

    Raises
    ------
    ScreenError
        As :func:`by_student`.
    """
    named = isinstance(X, pd.DataFrame) and (
        "student_id" in X.columns or not isinstance(X.index, pd.RangeIndex)
    )
    if not isinstance(X, pd.DataFrame) or not named:
        raise ScreenError("validate.needs_students", what="X", found=type(X).__name__)
    frame = pd.DataFrame(X).set_axis(student_ids(X, len(X)).astype(str), axis=0)
    return frame.drop(columns=["student_id", "class_id"], errors="ignore").sort_index(kind="stable")


def outcomes(y: object) -> pd.Series[Any]:
    """Return outcomes by student as 0 and 1; those that are not known are left out.

    Raises
    ------
    ScreenError
        As :func:`by_student`, and when an outcome is neither.
    """
    known = by_student(y, "y").dropna()
    values = known.to_numpy(dtype=np.float64)
    if not np.isin(values, (0, 1)).all():
        raise ScreenError("screen.not_outcomes")
    return pd.Series(values.astype(np.int64), index=known.index, name="outcome")


def lookup(table: object, ids: pd.Index[Any], what: str) -> pd.Series[Any]:
    """Return the entry of each student.

    Raises
    ------
    ScreenError
        As :func:`by_student`, and when a student has no entry.
    """
    found = by_student(table, what).reindex(ids)
    missing = int(found.isna().sum())
    if missing:
        raise ScreenError("validate.not_all_students", what=what, number=missing, n=len(ids))
    return found


def _sorted(table: pd.Series[Any]) -> pd.Series[Any]:
    return table.sort_index(kind="stable")
