"""Entries of one case that hold, and rows of tables made of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence

import pandas as pd

from visitkit import tables
from visitkit.record.cases.moments import moment_of, school_time
from visitkit.record.entry import Entry

Row = dict[str, object]


def day(entry: Entry) -> dt.date:
    """Return the day of an entry on the school's clock."""
    return school_time(entry.at).date()


def wall(value: object) -> dt.datetime | None:
    """Return an ISO moment of a fact as the school's clock shows it."""
    found = moment_of(value)
    return None if found is None else school_time(found)


def steps(holding: Sequence[Entry], *names: str) -> Iterator[Entry]:
    """Yield the entries of some steps, in order of time."""
    return (one for one in holding if one.step in names)


def frame(rows: Iterable[Row], kinds: Mapping[str, str], order: Sequence[str]) -> pd.DataFrame:
    """Return rows as a table with typed columns, in a fixed order.

    Parameters
    ----------
    rows
        In any order; what a row lacks is missing.
    kinds
        Columns with their pandas types.
    order
        Columns to sort by.
    """
    table = pd.DataFrame(list(rows), columns=list(kinds)).astype(dict(kinds))
    return table.sort_values(list(order), kind="stable", ignore_index=True)


def typed(name: str) -> dict[str, str]:
    """Return the columns of a school's table with their pandas types."""
    return {one.name: tables.DTYPES[one.kind] for one in tables.TABLES[name].columns}
