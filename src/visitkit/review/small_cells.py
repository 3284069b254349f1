"""What may leave the room: tables without counts so small that somebody could be recognised."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from visitkit.errors import ReviewError

#: Smallest count that is shown outside, and the smallest anybody may choose. Among 39 states of
#: the United States the minimum ran from 5 to 30 and was most often 10 (NCES 2011-603).
LEAST = 10
FLOOR = 5


def without_small_cells(
    table: pd.DataFrame, count: str, within: Sequence[str], *, least: int = LEAST
) -> pd.DataFrame:
    """Return a table with the numbers of small rows taken out.

    Parameters
    ----------
    table
        Rows of counts.
    count
        Column with how many people a row speaks of.
    within
        Columns whose combinations add up to a total. Where one row of them is hidden alone, it
        could be found by subtraction, so the next smallest is hidden too.
    least
        Smallest number of people shown, :data:`FLOOR` or more.

    Returns
    -------
    pandas.DataFrame
        The same rows; numbers and days of hidden rows are missing and ``hidden`` is true there.
        A row of nobody stays.

    Raises
    ------
    ReviewError
        When ``least`` is below :data:`FLOOR`.

    Examples
    --------
    >>> rows = pd.DataFrame({"tier": ["a", "b", "c"], "students": [40, 12, 3]})
    >>> without_small_cells(rows, "students", [])["hidden"].tolist()
    [False, True, True]
    """
    if least < FLOOR:
        raise ReviewError("review.cells_too_small", least=least, floor=FLOOR)
    out = table.reset_index(drop=True)
    if out.empty:
        return out.assign(hidden=pd.Series(dtype="bool"))
    hidden = (out[count] > 0) & (out[count] < least)
    group = out.groupby(list(within), dropna=False).ngroup() if within else hidden * 0
    for _, rows in out[out[count] > 0].groupby(group):
        shown = rows[~hidden[rows.index]]
        if hidden[rows.index].sum() == 1 and len(shown):
            hidden |= hidden.index == shown[count].idxmin()
    for name in out.columns.difference(list(within), sort=False):
        out[name] = _blanked(out[name], hidden)
    return out.assign(hidden=hidden)


def _blanked(column: pd.Series[Any], hidden: pd.Series[bool]) -> pd.Series[Any]:
    """Return a column of numbers or days with hidden cells missing; words stay."""
    kind = column.dtype
    if pd.api.types.is_bool_dtype(kind):
        return column.astype("boolean").mask(hidden)
    if pd.api.types.is_integer_dtype(kind):
        return column.astype("Int64").mask(hidden)
    dates = pd.api.types.is_datetime64_any_dtype(kind)
    return column.mask(hidden) if dates or pd.api.types.is_numeric_dtype(kind) else column
