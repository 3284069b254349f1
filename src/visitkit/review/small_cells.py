"""What may leave the room: tables without counts so small that somebody could be recognised."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from visitkit import outgoing
from visitkit.errors import ReviewError
from visitkit.outgoing import FLOOR, LEAST

__all__ = ["FLOOR", "LEAST", "without_small_cells"]


def without_small_cells(
    table: pd.DataFrame, count: str, within: Sequence[str], *, least: int = LEAST
) -> pd.DataFrame:
    """Return a table with the numbers of small rows taken out.

    Parameters and result as for :func:`visitkit.outgoing.without_small_cells`.

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
    return outgoing.without_small_cells(table, count, within, least=least)
