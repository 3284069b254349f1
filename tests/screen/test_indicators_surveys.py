"""Questionnaires: the latest readable sheet, the highest figure, sheets that cannot be read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from visitkit.load.school import School
from visitkit.screen.indicators import indicators

AS_OF = "2026-12-31"
STUDENTS = [{"student_id": one} for one in "ABCDE"]
Build = Callable[..., School]


def sheet(
    student: str,
    date: str,
    instrument: str,
    state: str,
    ratio: float = np.nan,
    raised: float = np.nan,
) -> dict[str, Any]:
    """Return a scored sheet."""
    return {
        "student_id": student,
        "date": pd.Timestamp(date).as_unit("us"),
        "instrument": instrument,
        "state": state,
        "ratio": ratio,
        "subscales_raised": raised,
    }


SHEETS = pd.DataFrame(
    [
        sheet("A", "2026-09-20", "MHT", "valid", 0.6, 10),
        sheet("A", "2026-11-20", "MHT", "valid", 0.9, 25),
        sheet("A", "2026-10-20", "GAD-7", "valid", 0.7),
        sheet("B", "2026-09-20", "MHT", "valid", 1.2, 50),
        sheet("B", "2026-11-20", "MHT", "void"),
        sheet("C", "2026-11-20", "MHT", "incomplete", 1.1, 40),
        sheet("D", "2026-11-20", "MHT", "undetermined"),
        sheet("E", "2026-11-20", "my own", "unknown"),
    ]
)


def test_worked_by_hand(school_of: Build) -> None:
    """Latest readable sheet of each questionnaire, the highest of them, and what is unusable."""
    found = indicators(school_of(students=STUDENTS), AS_OF, scored=SHEETS)
    nan = np.nan
    expected = {
        "scale_ratio": [0.9, 1.2, 1.1, nan, nan],
        "scale_change": [0.9 - 0.6, nan, nan, nan, nan],
        "subscales_raised": [25, 50, 40, nan, nan],
        "survey_void": [0, 1, 0, 1, nan],
    }
    for name, figures in expected.items():
        np.testing.assert_array_equal(found[name], figures, err_msg=name)
    assert found.dates.loc["B", "scale_ratio"] == pd.Timestamp("2026-09-20")
    assert found.dates.loc["B", "survey_void"] == pd.Timestamp("2026-11-20")


def test_the_highest_of_several_questionnaires_counts(school_of: Build) -> None:
    """A mean would hide what one questionnaire found."""
    sheets = pd.concat(
        [SHEETS, pd.DataFrame([sheet("A", "2026-12-01", "GAD-7", "valid", 1.6)])],
        ignore_index=True,
    )
    found = indicators(school_of(students=STUDENTS), AS_OF, scored=sheets)
    assert found.loc["A", "scale_ratio"] == 1.6
    assert found.loc["A", "scale_change"] == 1.6 - 0.7


def test_a_change_is_between_valid_sheets(school_of: Build) -> None:
    """An unfinished sheet tells a bound, not a figure to take a difference from."""
    sheets = pd.DataFrame(
        [
            sheet("A", "2026-09-20", "MHT", "valid", 0.5),
            sheet("A", "2026-11-20", "MHT", "incomplete", 1.1),
        ]
    )
    found = indicators(school_of(students=STUDENTS), AS_OF, scored=sheets)
    assert found.loc["A", "scale_ratio"] == 1.1
    assert np.isnan(found.loc["A", "scale_change"])


def test_a_school_scores_its_own_sheets(school_of: Build) -> None:
    """Raw answers of the table are scored on the way: 14 points of a cut-off of 10."""
    answers = {f"item_{number}": 2 for number in range(1, 8)}
    rows = [{"student_id": "A", "date": "2026-11-20", "instrument": "gad7", **answers}]
    found = indicators(school_of(surveys=rows), AS_OF)
    assert found.loc["A", "scale_ratio"] == 1.4
