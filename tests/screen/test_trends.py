"""A student's weeks and exams: what is later changes nothing, what is missing is not zero."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from visitkit.calendar import Bell, Calendar
from visitkit.load import School
from visitkit.screen.alerts.left import left
from visitkit.screen.trends import attendance_weeks, mark_course

DAY = "2026-11-06"


def school(**frames: pd.DataFrame) -> School:
    """A school of two in one class and one in another, Monday to Friday."""
    students = pd.DataFrame(
        {"student_id": ["S1", "S2", "S3"], "grade": [7, 7, 7], "class_id": ["701", "701", "702"]}
    )
    calendar = Calendar.weekdays("2026-10-05", "2026-12-31")
    return School.from_frames(students=students, calendar=calendar, **frames)


def away(*rows: tuple[str, str, str, float | None]) -> pd.DataFrame:
    """Rows of the register."""
    return pd.DataFrame(rows, columns=["student_id", "date", "status", "periods"])


def test_weeks_by_hand() -> None:
    """Half a day of four lessons of eight, a whole day, a day told twice, a late day not at all."""
    rows = away(
        ("S2", "2026-10-05", "sick", None),
        ("S1", "2026-10-19", "sick", 4),
        ("S1", "2026-10-20", "unexcused", None),
        ("S1", "2026-10-27", "sick", 6),
        ("S1", "2026-10-27", "personal", 6),
        ("S1", "2026-10-28", "late", None),
        ("S1", "2026-11-09", "sick", None),
    )
    weeks = attendance_weeks(school(attendance=rows), "S1", DAY, weeks=4)
    assert weeks["week"].dt.strftime("%m-%d").tolist() == ["10-12", "10-19", "10-26", "11-02"]
    assert weeks["away"].tolist() == [0.0, 1.5, 1.0, 0.0]
    assert weeks["school_days"].tolist() == [5, 5, 5, 5]


def test_a_register_that_ended_says_nothing_of_later_weeks() -> None:
    """Weeks without a register are left out; without any row there is no week at all."""
    rows = away(("S1", "2026-10-06", "sick", None), ("S2", "2026-10-07", "sick", None))
    weeks = attendance_weeks(school(attendance=rows), "S1", "2026-12-18")
    assert weeks["week"].dt.strftime("%m-%d").tolist() == ["10-05"]
    assert attendance_weeks(school(), "S1", DAY).empty


def results(*rows: tuple[str, str, str, float | None, float]) -> pd.DataFrame:
    """Rows of marks."""
    return pd.DataFrame(rows, columns=["student_id", "date", "exam", "score", "full_score"]).assign(
        subject=[f"s{place}" for place in range(len(rows))]
    )


def test_exams_by_hand() -> None:
    """The mean share of the full score, beside the class; the other class and later exams apart."""
    rows = results(
        ("S1", "2026-10-12", "first", 60, 100),
        ("S1", "2026-10-13", "first", 100, 120),
        ("S2", "2026-10-12", "first", 90, 100),
        ("S3", "2026-10-12", "first", 0, 100),
        ("S1", "2026-11-02", "second", 30, 60),
        ("S1", "2026-11-20", "third", 1, 100),
        ("S2", "2026-11-02", "second", 30, 60),
    )
    course = mark_course(school(marks=rows), "S1", DAY)
    assert course["exam"].tolist() == ["first", "second"]
    assert course["subjects"].tolist() == [2, 1]
    assert course["share"].tolist() == pytest.approx([(60 + 100 / 1.2) / 2, 50.0])
    assert course["class_median"].tolist() == pytest.approx([((60 + 100 / 1.2) / 2 + 90) / 2, 50.0])
    assert mark_course(school(), "S1", DAY).empty
    assert mark_course(school(marks=rows), "S-NOBODY", DAY).empty


WEEK = Calendar.weekdays("2026-11-02", "2026-11-30")
MONDAY = dt.datetime(2026, 11, 2, 8)


@pytest.mark.parametrize(
    ("due", "told"),
    [
        (None, ("none", 0)),
        (dt.datetime(2026, 11, 2, 8, 45), ("lessons", 1)),
        (dt.datetime(2026, 11, 2, 15, 10), ("lessons", 8)),
        (dt.datetime(2026, 11, 2, 8, 30), ("hours", 0)),
        (dt.datetime(2026, 11, 3, 8), ("lessons", 8)),
        (dt.datetime(2026, 11, 3, 15, 10), ("days", 1)),
        (dt.datetime(2026, 11, 9, 8), ("days", 5)),
        (dt.datetime(2026, 11, 2, 7), ("late_today", 0)),
        (dt.datetime(2026, 10, 30, 8), ("late_days", 1)),  # Friday to Monday
        (dt.datetime(2026, 10, 29, 8), ("late_days", 2)),
        (dt.datetime(2027, 9, 1), ("far", 0)),
    ],
)
def test_how_much_school_is_left(due: dt.datetime | None, told: tuple[str, int]) -> None:
    """Lessons on the day, school days beyond, the clock where no lesson lies between."""
    found = left(due, MONDAY, WEEK, Bell())
    assert (found.kind, found.number) == told


def test_over_a_weekend_the_clock_is_told() -> None:
    """On Friday evening 24 hours hold no lesson."""
    friday = dt.datetime(2026, 11, 6, 18)
    found = left(dt.datetime(2026, 11, 7, 18), friday, WEEK, Bell())
    assert (found.kind, found.number) == ("hours", 24)
