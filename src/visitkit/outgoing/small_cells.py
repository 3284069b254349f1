"""Tables without counts so small that somebody could be recognised."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from visitkit.errors import VisitkitError

#: Smallest count that is shown outside, and the smallest anybody may choose. Among 39 states of
#: the United States the minimum ran from 5 to 30 and was most often 10 (NCES 2011-603).
LEAST = 10
FLOOR = 5
#: A hidden number must still be able to be so many different ones, for whoever adds and subtracts
#: what is shown: else hiding it has hidden nothing.
SPREAD = FLOOR


def check_least(least: int) -> None:
    """Refuse a smallest count below :data:`FLOOR`.

    Raises
    ------
    VisitkitError
        ``outgoing.too_small``.
    """
    if least < FLOOR:
        raise VisitkitError("outgoing.too_small", least=least, floor=FLOOR)


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
        Columns whose combinations add up to a total. Where what is hidden of them could be found
        by subtraction, or nearly so, the next smallest is hidden too.
    least
        Smallest number of people shown, :data:`FLOOR` or more.

    Returns
    -------
    pandas.DataFrame
        The same rows; numbers and days of hidden rows are missing and ``hidden`` is true there.
        A row of nobody stays.

    Raises
    ------
    VisitkitError
        When ``least`` is below :data:`FLOOR`.

    Notes
    -----
    Whoever knows the total knows the sum of the ``m`` hidden rows, and that each is 1 or more. So a
    hidden number lies between 1 and that sum less ``m - 1``; these must be :data:`SPREAD` numbers
    or more. Two rows of one student each, hidden together, would fail: they could only be 1 and 1.

    Examples
    --------
    >>> rows = pd.DataFrame({"tier": ["a", "b", "c"], "students": [40, 12, 3]})
    >>> without_small_cells(rows, "students", [])["hidden"].tolist()
    [False, True, True]
    """
    check_least(least)
    out = table.reset_index(drop=True)
    if out.empty:
        return out.assign(hidden=pd.Series(dtype="bool"))
    hidden = (out[count] > 0) & (out[count] < least)
    group = out.groupby(list(within), dropna=False).ngroup() if within else hidden * 0
    for _, rows in out[out[count] > 0].groupby(group):
        _hide_more(hidden, rows[count])
    for name in out.columns.difference(list(within), sort=False):
        out[name] = blanked(out[name], hidden)
    return out.assign(hidden=hidden)


def _hide_more(hidden: pd.Series[bool], counts: pd.Series[Any]) -> None:
    """Hide the next smallest rows of one total until the hidden ones cannot be worked out."""
    for place in counts.sort_values(kind="stable").index:
        mine = counts[hidden[counts.index]]
        if mine.empty or (len(mine) > 1 and mine.sum() - len(mine) + 1 >= SPREAD):
            return
        hidden[place] = True


def blanked(column: pd.Series[Any], hidden: pd.Series[bool]) -> pd.Series[Any]:
    """Return a column of numbers or days with hidden cells missing; words stay."""
    kind = column.dtype
    if pd.api.types.is_bool_dtype(kind):
        return column.astype("boolean").mask(hidden)
    if pd.api.types.is_integer_dtype(kind):
        return column.astype("Int64").mask(hidden)
    dates = pd.api.types.is_datetime64_any_dtype(kind)
    return column.mask(hidden) if dates or pd.api.types.is_numeric_dtype(kind) else column
