"""Students by periods: the panel of a staggered start."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from visitkit.errors import ReviewError
from visitkit.review.inputs import check_outcome, labels, numbers
from visitkit.review.result import Floats, Ints, Note, note


@dataclass(frozen=True, slots=True)
class PanelColumns:
    """Which column is which.

    Parameters
    ----------
    unit, time, outcome
        Student, period (a number) and outcome.
    first
        First period of treatment; missing, 0 or infinite for students never treated.
    covariates
        Known before treatment; read in the base period of each comparison.
    cluster
        Class or school; ``None`` when students started one by one.
    """

    unit: str
    time: str
    outcome: str
    first: str
    covariates: tuple[str, ...] = ()
    cluster: str | None = None


@dataclass(frozen=True, slots=True)
class Panel:
    """A balanced panel; made by :func:`read_panel`.

    Parameters
    ----------
    outcome : ndarray of shape (n_units, n_periods)
    covariates : ndarray of shape (n_covariates, n_units, n_periods)
    periods : ndarray of shape (n_periods,)
        Rising.
    first : ndarray of shape (n_units,)
        First period of treatment; infinite for never.
    cluster : ndarray of int, shape (n_units,), or None
    notes
        What must be said: students left out.
    """

    outcome: Floats
    covariates: Floats
    periods: Floats
    first: Floats
    cluster: Ints | None
    notes: tuple[Note, ...] = ()


def read_panel(data: pd.DataFrame, columns: PanelColumns) -> Panel:
    """Check a long table and turn it into a balanced panel.

    Students with a missing period or value are left out and counted; students treated from the
    first period on have no period before and are left out as well.

    Parameters
    ----------
    data
        One row a student and period, in any order.
    columns
        Which column is which.

    Raises
    ------
    ReviewError
        When a student has two rows in a period, two first periods or two clusters; when the outcome
        is constant or missing; when no student is complete.

    Examples
    --------
    >>> data = pd.DataFrame({"s": [1, 1, 2, 2], "t": [1, 2, 1, 2], "y": [1.0, 3, 2, 2],
    ...                      "g": [2, 2, 0, 0]})
    >>> read_panel(data, PanelColumns("s", "t", "y", "g")).outcome
    array([[1., 3.],
           [2., 2.]])
    """
    values = {name: numbers(data[name], name) for name in _numeric(data, columns)}
    check_outcome(values[columns.outcome])
    unit, time = labels(data[columns.unit], columns.unit), values[columns.time]
    if np.isnan(time).any():
        raise ReviewError("review_designs.label_missing", column=columns.time)
    periods, when = np.unique(time, return_inverse=True)
    count = int(unit.max()) + 1
    place = unit * len(periods) + when
    _refuse_twice(place, count * len(periods))
    wide = {name: _wide(column, place, (count, len(periods))) for name, column in values.items()}
    first = _constant(_first(values[columns.first]), unit, count, columns.first)
    cluster = None
    if columns.cluster:
        codes = labels(data[columns.cluster], columns.cluster).astype(np.float64)
        cluster = _constant(codes, unit, count, columns.cluster).astype(np.int64)
    return _balanced(wide, periods, first, cluster, columns)


def _numeric(data: pd.DataFrame, columns: PanelColumns) -> list[str]:
    """Return the number columns, after checking that all columns are there."""
    named = [columns.time, columns.outcome, columns.first, *columns.covariates]
    needed = [*named, columns.unit, *([columns.cluster] if columns.cluster else [])]
    missing = [name for name in needed if name not in data.columns]
    if missing:
        raise ReviewError("review_designs.columns_missing", columns=", ".join(missing))
    if data.empty:
        raise ReviewError("review_designs.all_missing")
    return named


def _refuse_twice(place: Ints, size: int) -> None:
    twice = int((np.bincount(place, minlength=size) > 1).sum())
    if twice:
        raise ReviewError("review_designs.unit_period_twice", number=twice)


def _wide(column: Floats, place: Ints, shape: tuple[int, int]) -> Floats:
    """Put a long column into units by periods; empty places stay missing."""
    table = np.full(shape[0] * shape[1], np.nan)
    table[place] = column
    return table.reshape(shape)


def _first(column: Floats) -> Floats:
    """Never treated is infinite, however it was written."""
    return np.where(np.isnan(column) | (column <= 0), np.inf, column)


def _constant(column: Floats, unit: Ints, count: int, name: str) -> Floats:
    """Return the one value of each unit and refuse a change of mind."""
    value = np.empty(count)
    value[unit] = column
    if (value[unit] != column).any():
        raise ReviewError("review_designs.changes_over_time", column=name)
    return value


def _balanced(
    wide: dict[str, Floats],
    periods: Floats,
    first: Floats,
    cluster: Ints | None,
    columns: PanelColumns,
) -> Panel:
    """Leave out incomplete students and those treated from the start, and say how many."""
    # a start after the last period is seen by nobody: such students count as not yet treated
    known = [wide[name] for name in (columns.outcome, *columns.covariates)]
    full = ~np.any([np.isnan(table).any(axis=1) for table in known], axis=0)
    always = first <= periods[0]
    used = full & ~always
    if not used.any():
        raise ReviewError("review_designs.no_complete_unit")
    notes = []
    if (~full).any():
        notes.append(note("review_designs.warn.units_incomplete", number=int((~full).sum())))
    if (always & full).any():
        notes.append(note("review_designs.warn.always_treated", number=int((always & full).sum())))
    shape = (len(columns.covariates), int(used.sum()), len(periods))
    covariates = np.empty(shape)
    for row, name in enumerate(columns.covariates):
        covariates[row] = wide[name][used]
    some = None if cluster is None else cluster[used]
    outcome = wide[columns.outcome][used]
    return Panel(outcome, covariates, periods, first[used], some, tuple(notes))
