"""What was drawn or frozen can be checked later: fingerprints of tables, draws by fingerprint."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import pandas as pd

from visitkit.errors import ReviewError
from visitkit.outgoing.fingerprint import fingerprint, text_of

__all__ = ["columns_of", "fingerprint", "lot", "one_row_a_student", "text_of"]


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
