"""Counts of people by several columns with all totals, so that no small one can be worked out.

Hiding a small number is not enough where its total is shown. For each hidden number the smallest
and the largest value that fit everything shown are found by linear programming, as an intruder
could (Gusfield 1988, doi:10.1137/0217034, for tables with two margins; the programme holds for any
number of them), and more is hidden until these lie far enough apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt
import pandas as pd

from visitkit.outgoing.small_cells import LEAST, SPREAD, check_least

#: What stands in a column over whose values a total was taken.
ALL = "*"

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

#: What the programme says where nothing keeps a number from growing.
_UNBOUNDED = 3
#: Its rounding is far below this, and this far below one person.
_NEAR = 1e-6


@dataclass(frozen=True)
class Crossed:
    """Counts that may leave the room.

    Parameters
    ----------
    table : pandas.DataFrame
        The columns counted by, ``"*"`` in those that a total was taken over; ``people``, missing
        where hidden; ``hidden``. A combination that nobody has is left out.
    hidden
        How many numbers were hidden.
    """

    table: pd.DataFrame
    hidden: int


def cross(
    rows: pd.DataFrame, by: Sequence[str], *, person: str = "student_id", least: int = LEAST
) -> Crossed:
    """Count people by some columns.

    Totals are told only where each person stands in one combination; else they would not add up.

    Parameters
    ----------
    rows
        A row a person and fact.
    by
        Columns to count by.
    person
        Column that tells people apart.
    least
        Smallest number shown.

    Raises
    ------
    VisitkitError
        When ``least`` is below :data:`visitkit.outgoing.FLOOR`.

    Examples
    --------
    >>> rows = pd.DataFrame({"student_id": range(60), "sex": ["f", "m"] * 30})
    >>> rows["grade"] = ["7"] * 57 + ["8"] * 3
    >>> found = cross(rows, ["grade", "sex"])
    >>> found.table.query("not hidden").values.tolist()
    [['*', 'm', 30, False], ['*', '*', 60, False]]
    """
    check_least(least)
    by = list(by)
    told = rows[[person, *by]].astype("str").fillna("").drop_duplicates()
    base = told.groupby(by, sort=True).size().rename("people").reset_index()
    adds_up = not told.duplicated(person).any()
    cells = _with_totals(base, by) if adds_up else base
    counts = cells["people"].to_numpy(dtype=np.float64)
    hidden = counts < least
    if adds_up and len(base):
        hidden = protected(_members(cells, base, by), counts, hidden)
    table = cells.assign(people=cells["people"].astype("Int64").mask(hidden), hidden=hidden)
    table = table.sort_values(by, key=lambda one: one.replace(ALL, "\uffff"), ignore_index=True)
    return Crossed(table, int(hidden.sum()))


def _with_totals(base: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    parts = [base]
    for size in range(len(by) - 1, -1, -1):
        for kept in combinations(by, size):
            if kept:
                total = base.groupby(list(kept), sort=True)["people"].sum().reset_index()
            else:
                total = pd.DataFrame({"people": [base["people"].sum()]})
            parts.append(total.assign(**{name: ALL for name in by if name not in kept}))
    return pd.concat(parts, ignore_index=True)[[*by, "people"]]


def _members(cells: pd.DataFrame, base: pd.DataFrame, by: list[str]) -> Floats:
    """Return which combinations each number is the sum of: a row a number."""
    inside = np.ones((len(cells), len(base)))
    for name in by:
        told = cells[name].to_numpy()[:, None]
        inside *= (told == base[name].to_numpy()[None, :]) | (told == ALL)
    return inside


def protected(
    members: Floats,
    counts: Floats,
    hidden: Flags,
    *,
    dear: Floats | None = None,
    known: int = 1,
) -> Flags:
    """Return what to hide so that no number that is hidden already can be worked out.

    Parameters
    ----------
    members : ndarray of shape (n_numbers, n_groups)
        Which groups of people each number is the sum of; no two groups share a person.
    counts : ndarray of shape (n_numbers,)
        The numbers.
    hidden : ndarray of bool, shape (n_numbers,)
        Those that may not be known.
    dear : ndarray of shape (n_numbers,), optional
        What is hidden beside them last; the largest numbers when not given.
    known
        People whom a reader knows to be in each group: 1 where groups of nobody are left out.

    Examples
    --------
    A hundred and four, of whom four are hidden: one of the two others must be hidden as well.

    >>> members = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    >>> protected(members, np.array([100.0, 4.0, 104.0]), np.array([False, True, False])).tolist()
    [True, True, False]
    """
    hidden, order = hidden.copy(), counts if dear is None else dear
    for cell in np.flatnonzero(hidden)[np.argsort(counts[hidden], kind="stable")]:
        while not hidden.all():
            spread, pinned = _spread(members, counts, hidden, members[cell], known)
            if spread >= SPREAD:
                break
            shown = np.flatnonzero(~hidden)
            near = shown[pinned] if pinned.any() else shown
            hidden[near[np.argmin(order[near])]] = True
    return hidden


def _spread(
    members: Floats, counts: Floats, hidden: Flags, wanted: Floats, known: int
) -> tuple[float, Flags]:
    """Return how many values a number may have for whoever knows what is shown, and what pins it.

    A combination that is shown is the sum of itself, and everyone has ``known`` persons or more.
    """
    from scipy.optimize import linprog

    shown = {"A_eq": members[~hidden], "b_eq": counts[~hidden], "bounds": (known, None)}
    low, high = linprog(wanted, **shown), linprog(-wanted, **shown)
    if high.status == _UNBOUNDED:
        return np.inf, np.zeros(len(counts), dtype=bool)[~hidden]
    values = np.floor(-high.fun + _NEAR) - np.ceil(low.fun - _NEAR) + 1
    pins: Flags = (np.abs(low.eqlin.marginals) + np.abs(high.eqlin.marginals)) > _NEAR
    return float(values), pins
