"""What is left of a table when nobody in it shall be found again."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import pandas as pd

from visitkit import tables
from visitkit.errors import StoreError
from visitkit.record.sharing.anonymity import PERSON
from visitkit.record.sharing.definitions import CODE, IDS, column_of
from visitkit.record.sharing.pseudonyms import Pseudonyms
from visitkit.tables import Column

#: What may become of days.
DATES = ("shifted", "month", "as_they_are")
#: Names of things, not of people, where they look like codes.
_THINGS = ("instrument", "duty")
_NUMBERS = ("number", "integer", "flag")


@dataclass(frozen=True)
class Masking:
    """How tables are masked.

    Parameters
    ----------
    pseudonyms
        Gives numbers others.
    dates
        One of :data:`DATES`.
    also
        Restricted columns that may leave nevertheless, as ``table.column``.
    measures
        Columns of a panel that hold a measure.
    """

    pseudonyms: Pseudonyms
    dates: str = "shifted"
    also: Collection[str] = ()
    measures: tuple[str, ...] = ()


def mask(name: str, table: pd.DataFrame, how: Masking) -> tuple[pd.DataFrame, dict[str, str]]:
    """Return a table in which nobody can be found, and why each column is missing that was left.

    Parameters
    ----------
    name
        One of :data:`visitkit.record.sharing.definitions.TABLES`.
    table
        Its rows; those without a student are left out where there is a column for one.
    how
        Key, days, and what may leave.

    Returns
    -------
    tuple
        The masked table, its rows in the order of the pseudonyms; column to reason:
        ``"direct"``, ``"secret"``, ``"restricted"`` or ``"free_text"``.

    Raises
    ------
    StoreError
        ``record.share_table`` or ``record.share_column``.
    """
    columns = {str(one): column_of(name, str(one), how.measures) for one in table.columns}
    rows = table[table[PERSON].notna()] if PERSON in table else table
    kept: dict[str, pd.Series[Any]] = {}
    dropped: dict[str, str] = {}
    for column in columns.values():
        reason = _reason(name, column, how)
        if reason:
            dropped[column.name] = reason
        else:
            kept[column.name] = _masked(name, column, rows, how)
    masked = pd.DataFrame(kept, index=rows.index)
    # The order of a class list would tell who is who.
    order = [one for one in (PERSON, "teacher_id", "case_id", "date", "period") if one in masked]
    return masked.sort_values(order or list(masked.columns), ignore_index=True), dropped


def _reason(name: str, column: Column, how: Masking) -> str:
    """Return why a column does not leave; nothing where it does."""
    if column.sensitivity == "secret":
        return "secret"
    if column.name in IDS:
        return ""
    if column.sensitivity == "personal":
        return "direct"
    if column.kind in ("text", "times") or (column.kind in ("id", "ids") and not _thing(column)):
        return "free_text"
    allowed = f"{name}.{column.name}" in how.also
    return "restricted" if column.sensitivity == "restricted" and not allowed else ""


def _thing(column: Column) -> bool:
    return column.name in _THINGS


def _masked(name: str, column: Column, rows: pd.DataFrame, how: Masking) -> pd.Series[Any]:
    values = rows[column.name]
    if column.name in IDS:
        return how.pseudonyms.column(IDS[column.name], values)
    if column.kind in _NUMBERS:
        return _numbers(name, column, values)
    if column.kind == "date":
        return values if name == "panel" else _days(values, rows.get(PERSON), how)
    return _codes(column, values)


def _numbers(name: str, column: Column, values: pd.Series[Any]) -> pd.Series[Any]:
    """Return numbers and flags; a text among them might say anything."""
    held = values.dropna()
    plain = pd.api.types.is_numeric_dtype(values) or pd.api.types.is_bool_dtype(values)
    if not plain and not held.map(lambda one: isinstance(one, bool | int | float)).all():
        raise StoreError("record.share_number", table=name, column=column.name)
    return values


def _days(values: pd.Series[Any], who: pd.Series[Any] | None, how: Masking) -> pd.Series[Any]:
    days = pd.to_datetime(values).dt.normalize().astype("datetime64[us]")
    if how.dates == "as_they_are":
        return days
    if how.dates == "month" or who is None:
        days = days - pd.to_timedelta(days.dt.day - 1, unit="D")
        return days.astype("datetime64[us]")
    weeks = {one: how.pseudonyms.weeks(one) for one in who.dropna().unique()}
    moved: pd.Series[Any] = days + pd.to_timedelta(who.map(weeks) * 7, unit="D")
    return moved.astype("datetime64[us]")


def _codes(column: Column, values: pd.Series[Any]) -> pd.Series[Any]:
    """Return codes; a word outside the vocabulary is somebody's own, and is left out."""
    vocabulary = column.vocabulary
    known = set(tables.codes(vocabulary)) if vocabulary and vocabulary[0] != "-" else None

    def only_codes(cell: object) -> str | None:
        parts = [one.strip() for one in str(cell).replace(",", ";").split(";")]
        kept = [one for one in parts if (one in known if known else CODE.fullmatch(one))]
        return ";".join(kept) or None

    told = {one: only_codes(one) for one in values.dropna().unique()}
    return values.map(told).astype("str").where(values.notna() & values.map(told).notna())
