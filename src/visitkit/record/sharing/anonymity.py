"""How many people look alike in what is shared, and what makes the smallest group small."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from visitkit.record.sharing.definitions import QUASI

#: Column that tells people apart in what is shared.
PERSON = "student_id"


@dataclass(frozen=True)
class Anonymity:
    """How well people hide among each other (Sweeney 2002, doi:10.1142/S0218488502001648).

    Parameters
    ----------
    k
        People in the smallest group of those who look alike in all that others may know of them,
        over all tables together; ``None`` where nothing of that kind is shared.
    people
        How many people are in the tables.
    columns
        The fewest columns that already make a group as small, each as ``table.column``.
    below
        How many people are in groups smaller than the smallest count shown.
    """

    k: int | None
    people: int
    columns: tuple[str, ...]
    below: int


def anonymity(tables: Mapping[str, pd.DataFrame], least: int, *, dates: bool = True) -> Anonymity:
    """Return how many people look alike in tables that can be joined by their pseudonyms.

    Parameters
    ----------
    tables
        What will leave, by name.
    least
        Smallest count shown.
    dates
        Days are as others know them; days that were moved tell nobody anything.

    Examples
    --------
    >>> roll = pd.DataFrame({"student_id": ["a", "b", "c"], "sex": ["f", "f", "m"], "grade": 7})
    >>> anonymity({"students": roll}, 10)
    Anonymity(k=1, people=3, columns=('students.sex',), below=3)
    """
    people = _people(tables, dates)
    names = list(people.columns)
    if people.empty or not names:
        return Anonymity(None, len(people), (), 0)
    sizes = _sizes(people, names)
    k = int(sizes.min())
    for name in list(names):
        fewer = [one for one in names if one != name]
        if fewer and int(_sizes(people, fewer).min()) == k:
            names = fewer
    small = int(sizes[sizes < least].sum())
    return Anonymity(k, len(people), tuple(names), small)


def _people(tables: Mapping[str, pd.DataFrame], dates: bool) -> pd.DataFrame:
    """Return a row a person with what each table tells of them, a set of values a column."""
    parts: list[pd.Series[Any]] = []
    everybody: set[str] = set()
    for name, table in tables.items():
        if PERSON not in table:
            continue
        everybody |= set(table[PERSON].dropna())
        for column in _telling(table, dates):
            told = table[[PERSON, column]].astype("str").fillna("").drop_duplicates()
            told = told.sort_values([PERSON, column])
            joined = told.groupby(PERSON)[column].agg("|".join)
            parts.append(joined.rename(f"{name}.{column}"))
    wide = pd.concat(parts, axis=1) if parts else pd.DataFrame()
    return wide.reindex(sorted(everybody)).fillna("")


def _telling(table: pd.DataFrame, dates: bool) -> list[str]:
    return [
        one for one in table.columns if one in QUASI and (dates or table[one].dtype.kind != "M")
    ]


def _sizes(people: pd.DataFrame, names: list[str]) -> pd.Series[int]:
    return people.groupby(names, dropna=False).size()
