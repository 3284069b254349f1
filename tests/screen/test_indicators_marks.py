"""Marks worked by hand: standings in class and grade, falls, passes, papers missed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from visitkit.load.school import School
from visitkit.screen.indicators import indicators

AS_OF = "2026-12-31"
EIGHT = [f"S{n}" for n in range(1, 9)]
Build = Callable[..., School]


def paper(
    date: str, exam: str | None, subject: str, scores: dict[str, float | None], full: float = 100
) -> list[dict[str, Any]]:
    """Return the results of one paper."""
    return [
        {
            "student_id": student,
            "date": date,
            "exam": exam,
            "subject": subject,
            "score": score,
            "full_score": full,
        }
        for student, score in scores.items()
    ]


def spread(low: float, step: float = 10) -> dict[str, float | None]:
    """Return scores of the eight students, ``step`` apart from ``low``."""
    return {student: low + step * place for place, student in enumerate(EIGHT)}


# Eight scores 10 apart: mean in the middle, population variance (8**2 - 1) / 12 * 10**2 = 525.
SD = np.sqrt(525)
ROUNDING = 1e-12  # the square root above and the one in the code round differently


def test_standing_and_percentile_within_the_class(school_of: Build) -> None:
    """The lowest of eight stands 35 marks below the mean; above nobody, itself counts half."""
    found = indicators(school_of(marks=paper("2026-11-05", "mid", "chinese", spread(20))), AS_OF)
    assert found.loc["S1", "mark_standing"] == pytest.approx(-35 / SD, abs=ROUNDING)
    assert found.loc["S8", "mark_standing"] == pytest.approx(35 / SD, abs=ROUNDING)
    assert found.loc["S1", "mark_percentile"] == pytest.approx(0.5 / 8 * 100, abs=ROUNDING)
    assert found.dates.loc["S1", "mark_standing"] == pd.Timestamp("2026-11-05")


def test_ties_share_their_place(school_of: Build) -> None:
    """Where all have the same score, all stand at the mean and in the middle."""
    rows = paper("2026-11-05", "mid", "chinese", dict.fromkeys(EIGHT, 88.0))
    found = indicators(school_of(marks=rows), AS_OF)
    assert (found["mark_standing"] == 0).all()
    assert (found["mark_percentile"] == 50).all()


def test_small_classes_are_read_within_the_grade(school_of: Build) -> None:
    """Four sitters of each class: the standing is that among the eight of the grade."""
    students = [
        {"student_id": one, "class_id": f"70{place % 2}", "grade": 7}
        for place, one in enumerate(EIGHT)
    ]
    rows = paper("2026-11-05", "mid", "chinese", spread(20))
    found = indicators(school_of(students=students, marks=rows), AS_OF)
    assert found.loc["S1", "mark_standing"] == pytest.approx(-35 / SD, abs=ROUNDING)


def test_seven_sitters_are_too_few(school_of: Build) -> None:
    """With seven sitters there is no standing, but a pass is a pass."""
    scores = {student: score for student, score in spread(20).items() if student != "S8"}
    found = indicators(school_of(marks=paper("2026-11-05", "mid", "chinese", scores)), AS_OF)
    assert np.isnan(found.loc["S1", "mark_standing"])
    assert found.loc["S1", "core_failed"] == 1


def test_unknown_class_and_grade_is_no_group(school_of: Build) -> None:
    """Students whose class and grade are not known are not compared with one another."""
    students = [{"student_id": one} for one in EIGHT]
    rows = paper("2026-11-05", "mid", "chinese", spread(20))
    found = indicators(school_of(students=students, marks=rows), AS_OF)
    assert found["mark_standing"].isna().all()


def two_exams() -> list[dict[str, Any]]:
    """Return two exams: S1 first top in maths then last; Chinese stays the same."""
    swapped = spread(20) | {"S1": 90.0, "S8": 20.0}
    return [
        *paper("2026-10-10", "first", "chinese", spread(20)),
        *paper("2026-10-12", "first", "maths", swapped),
        *paper("2026-11-05", "mid", "chinese", spread(20)),
        *paper("2026-11-06", "mid", "maths", spread(20)),
    ]


def test_falls_against_the_own_past(school_of: Build) -> None:
    """Maths fell from the top to the bottom (70 marks), Chinese not at all."""
    found = indicators(school_of(marks=two_exams()), AS_OF)
    assert found.loc["S1", "mark_drop"] == pytest.approx(35 / SD, abs=ROUNDING)
    assert found.loc["S1", "subject_drop"] == pytest.approx(70 / SD, abs=ROUNDING)
    assert found.loc["S8", "mark_drop"] == pytest.approx(-35 / SD, abs=ROUNDING)
    assert found.loc["S2", "mark_drop"] == pytest.approx(0, abs=ROUNDING)
    assert found.dates.loc["S1", "mark_drop"] == pd.Timestamp("2026-11-06")


def test_without_a_past_there_is_no_fall(school_of: Build) -> None:
    """One exam is no change; a subject without an earlier result is left out."""
    rows = [row for row in two_exams() if row["exam"] == "mid"]
    found = indicators(school_of(marks=rows), AS_OF)
    assert found["mark_drop"].isna().all()
    assert found["subject_drop"].isna().all()


def test_the_same_name_a_week_later_is_another_exam(school_of: Build) -> None:
    """A weekly test of the same name is compared with the week before."""
    rows = paper("2026-11-02", "weekly", "maths", spread(20))
    rows += paper("2026-11-09", "weekly", "maths", spread(20) | {"S1": 90.0, "S8": 20.0})
    found = indicators(school_of(marks=rows), AS_OF)
    assert found.loc["S1", "mark_drop"] == pytest.approx(-70 / SD, abs=ROUNDING)


def test_rows_without_an_exam_name_go_by_their_day(school_of: Build) -> None:
    """Unnamed results of two days are two exams."""
    rows = paper("2026-11-02", None, "maths", spread(20))
    rows += paper("2026-11-03", None, "maths", spread(20) | {"S1": 90.0, "S8": 20.0})
    found = indicators(school_of(marks=rows), AS_OF)
    assert found.loc["S1", "mark_drop"] == pytest.approx(-70 / SD, abs=ROUNDING)


def test_spread_needs_three_subjects(school_of: Build) -> None:
    """Best and weakest of three subjects; two say nothing about balance."""
    rows = two_exams()[16:] + paper("2026-11-06", "mid", "english", spread(90, -10))
    found = indicators(school_of(marks=rows), AS_OF)
    assert found.loc["S1", "subject_spread"] == pytest.approx(70 / SD, abs=ROUNDING)
    found = indicators(school_of(marks=two_exams()), AS_OF)
    assert found["subject_spread"].isna().all()


def test_passes_go_by_the_full_score(school_of: Build) -> None:
    """72 of 120 is a pass, 59 of 100 is not; politics is no core subject."""
    rows = [
        *paper("2026-11-05", "mid", "chinese", {"S1": 72, "S2": 71}, full=120),
        *paper("2026-11-05", "mid", "maths", {"S1": 59, "S2": 60}),
        *paper("2026-11-05", "mid", "politics", {"S1": 10, "S2": 100}),
    ]
    found = indicators(school_of(marks=rows), AS_OF)
    assert found["core_failed"].tolist() == [1, 1]
    assert found["subjects_failed"].tolist() == pytest.approx([200 / 3, 100 / 3], abs=1e-9)


def test_an_unknown_full_score_is_no_pass_and_no_failure(school_of: Build) -> None:
    """Without any full score nothing is failed; one classmate's full score tells all."""
    rows = paper("2026-11-05", "mid", "maths", {"S1": 59, "S2": 60})
    rows[0]["full_score"] = None
    assert indicators(school_of(marks=rows), AS_OF).loc["S1", "core_failed"] == 1
    rows[1]["full_score"] = None
    assert np.isnan(indicators(school_of(marks=rows), AS_OF).loc["S1", "core_failed"])


def test_only_plain_absence_is_a_missed_paper(school_of: Build) -> None:
    """One of three papers due was missed; leave and exemption are not due."""
    rows = paper("2026-11-05", "mid", "chinese", {"S1": 80})
    statuses = ["sat", "absent", "leave", "exempt", None, None]
    rows = [
        {**rows[0], "subject": subject, "status": status, "score": 80 if place in (0, 4) else None}
        for place, (subject, status) in enumerate(zip("abcdef", statuses, strict=True))
    ]
    found = indicators(school_of(marks=rows), AS_OF)
    assert found.loc["S1", "papers_missed"] == pytest.approx(100 / 3, abs=ROUNDING)


def test_an_exam_missed_is_not_a_low_standing(school_of: Build) -> None:
    """A zero written beside "absent" stands for no result, for nobody's mean."""
    rows = paper("2026-11-05", "mid", "chinese", spread(20) | {"S9": 0})
    rows[-1]["status"] = "absent"
    found = indicators(school_of(marks=rows), AS_OF)
    assert np.isnan(found.loc["S9", "mark_standing"])
    assert found.loc["S1", "mark_standing"] == pytest.approx(-35 / SD, abs=ROUNDING)


def test_who_left_still_belongs_to_the_group(school_of: Build) -> None:
    """A classmate who has left since sat the paper all the same."""
    students = [{"student_id": one, "class_id": "701"} for one in EIGHT]
    students[7]["left_on"] = "2026-11-30"
    rows = paper("2026-11-05", "mid", "chinese", spread(20))
    found = indicators(school_of(students=students, marks=rows), AS_OF)
    assert "S8" not in found.index
    assert found.loc["S1", "mark_standing"] == pytest.approx(-35 / SD, abs=ROUNDING)
