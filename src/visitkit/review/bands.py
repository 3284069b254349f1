"""Achievement bands, to see whether visits reach the strong and the middling as well (CQ-18)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

#: Marks older than this many days do not tell where a student stands.
WITHIN_DAYS = 365
UNKNOWN = "unknown"


def achievement_bands(
    marks: pd.DataFrame, students: pd.DataFrame, as_of: pd.Timestamp, names: Sequence[str]
) -> pd.Series[str]:
    """Return the achievement band of each student.

    Parameters
    ----------
    marks
        ``student_id``, ``date``, ``subject``, ``score``, ``full_score``.
    students
        ``student_id`` and ``grade``.
    as_of
        Marks after this day, or more than a year before it, are not looked at.
    names
        Names of the bands from the weakest; each holds an equal part of a grade.

    Returns
    -------
    pandas.Series
        Band by ``student_id``; ``unknown`` for students without a mark.

    Notes
    -----
    A mark is turned into its place within grade, day and subject (0 to 1, ties share a place), so
    that a hard paper does not make a weak student; a student's places are averaged.

    Examples
    --------
    >>> marks = pd.DataFrame({"student_id": ["1", "2", "3"], "date": pd.Timestamp("2026-10-20"),
    ...     "subject": "maths", "score": [40.0, 90, 70], "full_score": 100})
    >>> roll = pd.DataFrame({"student_id": ["1", "2", "3", "4"], "grade": 7})
    >>> day = pd.Timestamp("2026-11-02")
    >>> achievement_bands(marks, roll, day, ["weak", "medium", "strong"]).tolist()
    ['weak', 'strong', 'medium', 'unknown']
    """
    first = as_of - pd.Timedelta(days=WITHIN_DAYS)
    known = marks[marks["date"].between(first, as_of) & marks["score"].notna()]
    roll = students[["student_id", "grade"]].drop_duplicates("student_id")
    share = known["score"] / known["full_score"].fillna(1)
    table = known.assign(share=share).merge(roll, on="student_id", how="inner")
    places = table.groupby(["grade", "date", "subject"])["share"]
    table["place"] = (places.rank() - 0.5) / places.transform("size")
    mean = table.groupby(["student_id", "grade"])["place"].mean().reset_index()
    ranks = mean.groupby("grade")["place"]
    part = (ranks.rank() - 0.5) / ranks.transform("size") * len(names)
    band = pd.Series(
        [names[min(int(np.floor(one)), len(names) - 1)] for one in part],
        index=pd.Index(mean["student_id"], name="student_id"),
        dtype="str",
    )
    return band.reindex(pd.Index(roll["student_id"], name="student_id")).fillna(UNKNOWN)
