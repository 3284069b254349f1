"""One student's measurements in order, each in its phase: chosen by, before, after."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from visitkit.errors import ReviewError

#: What a measurement is, seen from the first visit.
#:
#: ``earlier``: up to the day the student was chosen, so it may have been part of the choice;
#: ``screening``: the score the student was chosen by; ``before``: after that and before the first
#: visit, the only baseline there is; ``visit_day``: on the day of the first visit, which counts
#: for neither side; ``after``: later.
PHASES = ("earlier", "screening", "before", "visit_day", "after")

_COLUMNS = ("student_id", "date", "first_visit")


@dataclass(frozen=True)
class Measured:
    """One student's measurements.

    Parameters
    ----------
    student_id
        The student.
    first_visit
        Day of the first visit.
    points : pandas.DataFrame
        ``date``, ``value`` and ``phase`` (see :data:`PHASES`), in order of date.
    chosen_by
        The score the student was chosen by; ``None`` where none is marked.
    missing
        Measurements without a score, left out.
    """

    student_id: str
    first_visit: dt.date
    points: pd.DataFrame
    chosen_by: float | None
    missing: int

    def of(self, phase: str) -> pd.DataFrame:
        """Return the measurements of one phase."""
        return self.points[self.points["phase"] == phase]


def measurements(df: pd.DataFrame, score: str, screening: str | None) -> pd.DataFrame:
    """Return a table of measurements, checked: a row a student and day.

    Parameters
    ----------
    df
        ``student_id``, ``date``, ``first_visit`` (a day, the same in all rows of a student; empty
        for whom nobody has visited), the score, and the column named by ``screening``.
    score
        Name of the column with the score.
    screening
        Name of the column that marks, with yes, the measurement a student was chosen by; ``None``
        when nobody was chosen by this score.

    Returns
    -------
    pandas.DataFrame
        ``student_id``, ``date``, ``first_visit``, ``value``, ``screening`` by student and date.

    Raises
    ------
    ReviewError
        When a column is missing or holds something else, or a student has two scores on a day or
        two first visits.
    """
    wanted = [*_COLUMNS, score] + ([] if screening is None else [screening])
    lacking = [name for name in wanted if name not in df.columns]
    if screening is not None and lacking == [screening]:
        raise ReviewError("review.screening_unmarked", column=screening)
    if lacking:
        raise ReviewError("review.columns_missing", missing=", ".join(lacking))
    if df["student_id"].isna().any():
        raise ReviewError("review.student_missing", number=int(df["student_id"].isna().sum()))
    table = pd.DataFrame(
        {
            "student_id": df["student_id"].astype("str"),
            "date": days(df["date"], "date"),
            "first_visit": days(df["first_visit"], "first_visit"),
            "value": numbers(df[score], score),
            "screening": False if screening is None else _marks(df[screening], screening),
        }
    )
    if table["date"].isna().any():
        raise ReviewError("review.date_missing", number=int(table["date"].isna().sum()))
    table = table.sort_values(["student_id", "date"]).reset_index(drop=True)
    _refuse_doubles(table)
    return table


def _refuse_doubles(table: pd.DataFrame) -> None:
    twice = table[table.duplicated(["student_id", "date"])]
    if len(twice):
        row = twice.iloc[0]
        raise ReviewError(
            "review.measured_twice", student=row["student_id"], day=row["date"].date(), n=len(twice)
        )
    visits = table.groupby("student_id")["first_visit"].nunique(dropna=False)
    if (visits > 1).any():
        raise ReviewError("review.two_first_visits", student=visits.index[visits > 1][0])


def days(column: pd.Series[Any], name: str) -> pd.Series[pd.Timestamp]:
    """Return a column as days; an empty cell stays empty.

    Raises
    ------
    ReviewError
        When a cell is not a day written year-month-day; a bare number is none.
    """
    if pd.api.types.is_numeric_dtype(column) and column.notna().any():
        raise ReviewError("review.not_days", column=name)
    try:
        found = pd.to_datetime(column, format="ISO8601")
    except (ValueError, TypeError) as error:
        raise ReviewError("review.not_days", column=name) from error
    if found.dt.tz is not None:
        raise ReviewError("review.not_days", column=name)
    return found.dt.normalize().astype("datetime64[us]")


def numbers(column: pd.Series[Any], name: str) -> pd.Series[float]:
    """Return a column as numbers; an empty cell stays empty.

    Raises
    ------
    ReviewError
        When a cell is not a number, or endless.
    """
    try:
        found = pd.to_numeric(column).astype("float64")
    except (ValueError, TypeError) as error:
        raise ReviewError("review.not_numbers", column=name) from error
    if np.isinf(found).any():
        raise ReviewError("review.not_numbers", column=name)
    return found


def _marks(column: pd.Series[Any], name: str) -> pd.Series[bool]:
    found = column.astype("object").where(column.notna(), False)
    if not found.isin([True, False]).all():
        raise ReviewError("review.not_marks", column=name)
    return found.astype("bool")


def measured(rows: pd.DataFrame) -> Measured:
    """Return the measurements of one student, each in its phase.

    Parameters
    ----------
    rows
        Rows of one student from :func:`measurements`.

    Raises
    ------
    ReviewError
        When the student was not visited, or no row holds a score.
    """
    student, visit = str(rows["student_id"].iloc[0]), rows["first_visit"].iloc[0]
    if pd.isna(visit):
        raise ReviewError("review.no_first_visit", student=student)
    known = rows[rows["value"].notna()].reset_index(drop=True)
    if known.empty:
        raise ReviewError("review.no_scores", student=student, number=len(rows))
    marked = rows[rows["screening"] & (rows["date"] < visit)]
    chosen_on = marked["date"].max() if len(marked) else pd.NaT
    phase = pd.Series("before", index=known.index, dtype="str")
    phase[known["date"] <= chosen_on] = "earlier"
    phase[known["screening"] & (known["date"] < visit)] = "screening"
    phase[known["date"] == visit] = "visit_day"
    phase[known["date"] > visit] = "after"
    points = known[["date", "value"]].assign(phase=phase)
    chosen = points.loc[points["phase"] == "screening", "value"]
    return Measured(
        student,
        visit.date(),
        points,
        float(chosen.iloc[-1]) if len(chosen) else None,
        len(rows) - len(known),
    )
