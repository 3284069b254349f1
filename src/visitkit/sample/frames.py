"""Data frames with the columns and types of :mod:`visitkit.tables`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from visitkit import tables
from visitkit.sample.draws import Flags


def open_columns(name: str) -> list[tables.Column]:
    """Return the columns a loaded table has: all but the secret ones.

    Examples
    --------
    >>> "id_number" in [column.name for column in open_columns("students")]
    False
    """
    return [column for column in tables.TABLES[name].columns if column.sensitivity != "secret"]


def series(values: Any, kind: str) -> pd.Series[Any]:
    """Return values as a column of a kind; ``None`` and NaN are missing.

    Examples
    --------
    >>> series([1, None], "integer").isna().tolist()
    [False, True]
    """
    if tables.DTYPES[kind] != "str":
        return pd.Series(values, dtype=tables.DTYPES[kind])
    return pd.Series(np.asarray(values, dtype=object), dtype="str")


def unless(empty: Flags, values: Any) -> npt.NDArray[np.object_]:
    """Return values with empty cells where told.

    Examples
    --------
    >>> unless(np.array([True, False]), ["a", "b"]).tolist()
    [None, 'b']
    """
    known = np.asarray(values)
    held = np.array(np.broadcast_to(known, empty.shape), dtype=object)
    held[empty] = None
    return held


def first_of_each(*keys: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
    """Return the places at which a combination of keys comes first, in order.

    Examples
    --------
    >>> first_of_each(np.array([1, 1, 2, 1])).tolist()
    [0, 2]
    """
    again = pd.DataFrame(dict(enumerate(keys))).duplicated().to_numpy()
    return np.flatnonzero(~again)


def typed(name: str, columns: Mapping[str, Any], rows: int | None = None) -> pd.DataFrame:
    """Return a table; columns that are not given are there and empty.

    Parameters
    ----------
    name
        Name of the table.
    columns
        Column name to values, all of the same length.
    rows
        Number of rows; needed only where no column is given.

    Examples
    --------
    >>> frame = typed("activity", {"student_id": ["S1"], "amount": [2.0]})
    >>> frame.dtypes["date"].kind, len(frame)
    ('M', 1)
    """
    length = len(next(iter(columns.values()))) if columns else rows or 0
    known = open_columns(name)
    return pd.DataFrame(
        {
            column.name: series(columns.get(column.name, [None] * length), column.kind)
            for column in known
        }
    )
