"""What was drawn or frozen can be checked later: fingerprints of tables, draws by fingerprint."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

import pandas as pd

from visitkit.errors import ReviewError


def text_of(value: object) -> str:
    """Return one cell in the one way in which it is fingerprinted.

    Examples
    --------
    >>> [text_of(one) for one in (1, 1.0, True, None, "S1")]
    ['1', '1', '1', '', 'S1']
    """
    if value is None or value is pd.NaT or (isinstance(value, float) and value != value):
        return ""
    if isinstance(value, (bool, int)) or hasattr(value, "dtype"):
        value = float(value)  # type: ignore[arg-type]
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    return str(value)


def fingerprint(rows: Iterable[Sequence[object]]) -> str:
    """Return the SHA-256 of rows, whatever their order.

    Examples
    --------
    >>> fingerprint([("S1", 3.0), ("S2", 4)]) == fingerprint([("S2", 4.0), ("S1", 3)])
    True
    """
    lines = sorted("\x1f".join(text_of(cell) for cell in row) for row in rows)
    return hashlib.sha256("\x1e".join(lines).encode("utf-8")).hexdigest()


def lot(seed: str, *parts: object) -> float:
    """Return a number from 0 to 1 drawn by seed and name, the same on every machine.

    Made of the first 52 bits of a SHA-256, so that anybody can repeat a draw without this program
    and no library's random numbers can change it.

    Examples
    --------
    >>> round(lot("2026-09-01", "S1"), 6)
    0.740364
    """
    told = "\x1f".join([seed, *(text_of(part) for part in parts)])
    return int(hashlib.sha256(told.encode("utf-8")).hexdigest()[:13], 16) / 16**13


def columns_of(table: pd.DataFrame, wanted: Sequence[str]) -> None:
    """Refuse a table that lacks a column.

    Raises
    ------
    ReviewError
        When one is missing.
    """
    missing = [name for name in wanted if name not in table.columns]
    if missing:
        raise ReviewError("review_stats.no_column", columns=", ".join(missing))


def one_row_a_student(table: pd.DataFrame) -> None:
    """Refuse a table in which a student is missing or stands twice.

    Raises
    ------
    ReviewError
        When there is no row, an empty ``student_id``, or one that stands twice.
    """
    columns_of(table, ["student_id"])
    ids = table["student_id"]
    empty = int((ids.isna() | (ids.astype(str).str.strip() == "")).sum())
    twice = int(ids.duplicated().sum())
    if len(ids) == 0 or empty or twice:
        raise ReviewError("review_stats.students", rows=len(ids), empty=empty, twice=twice)
