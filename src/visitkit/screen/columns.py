"""Which figures and which students a table holds: by name and by number, never by place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from visitkit.errors import ScreenError
from visitkit.screen.frames import Indicators
from visitkit.screen.points import Floats

#: Columns that tell who a student is; they are never figures.
WHO = ("student_id", "class_id")


def named_figures(X: object, names: Sequence[str]) -> pd.DataFrame:
    """Return the named columns as numbers, in order; a column that is not there is all unknown.

    Raises
    ------
    ScreenError
        When ``X`` has no column names, none of the names occurs, a name occurs twice, or a cell is
        not a finite number.
    """
    if not isinstance(X, pd.DataFrame):
        raise ScreenError("screen.needs_names", found=type(X).__name__)
    present = [name for name in names if name in X.columns]
    if not present:
        raise ScreenError("screen.no_known_column", allowed=", ".join(names))
    columns: dict[str, Floats] = {}
    for name in names:
        if name not in X.columns:
            columns[name] = np.full(len(X), np.nan)
            continue
        column = X[name]
        if isinstance(column, pd.DataFrame):
            raise ScreenError("screen.column_twice", column=name)
        columns[name] = _numbers(column, name)
    return pd.DataFrame(columns, index=X.index)


def student_ids(X: object, rows: int) -> pd.Index[Any]:
    """Return the students of ``X``, each once.

    Raises
    ------
    ScreenError
        When a student occurs twice or a row has no student.
    """
    if isinstance(X, pd.DataFrame):
        ids = pd.Index(X["student_id"] if "student_id" in X.columns else X.index)
    else:
        ids = pd.RangeIndex(rows)
    if ids.hasnans:
        raise ScreenError("screen.student_missing", number=int(ids.isna().sum()))
    if not ids.is_unique:
        raise ScreenError("screen.student_twice", student=ids[ids.duplicated()][0])
    named: pd.Index[Any] = ids.rename("student_id")
    return named


def as_indicators(X: object, ids: pd.Index[Any], names: Sequence[str]) -> Indicators:
    """Return ``X`` as indicators by student, with day, dates and classes where it has them."""
    if isinstance(X, pd.DataFrame):
        frame = Indicators(X).drop(columns="student_id", errors="ignore").set_axis(ids, axis=0)
        if isinstance(X, Indicators):
            frame.as_of, frame.dates, frame.class_id = X.as_of, X.dates, X.class_id
        elif "class_id" in X.columns:
            frame.class_id = pd.Series(X["class_id"].to_numpy(), index=ids)
        return frame
    return Indicators(np.asarray(X, dtype=np.float64), index=ids, columns=list(names))


def _numbers(column: pd.Series[Any], name: str) -> Floats:
    try:
        numbers = column.to_numpy(dtype=np.float64, na_value=np.nan)
    except (TypeError, ValueError) as error:
        raise ScreenError("screen.not_numbers", column=name) from error
    if np.isinf(numbers).any():
        raise ScreenError("screen.not_numbers", column=name)
    return numbers
