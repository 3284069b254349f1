"""Attendance worked by hand: shares of days, runs over weekends, days on roll, tables kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from visitkit.calendar import Calendar
from visitkit.load.school import School
from visitkit.screen.frames import Indicators
from visitkit.screen.indicators import indicators

# 44 school days lie between Tuesday 1 September and Friday 30 October 2026; the window of 40 begins
# on Monday 7 September and its later half on Monday 5 October.
AS_OF = "2026-10-30"
STUDENTS = [
    {"student_id": "A", "class_id": "701"},
    {"student_id": "B", "class_id": "701"},
    {"student_id": "C", "class_id": "701", "entered_on": "2026-10-28"},
    {"student_id": "D", "class_id": "701", "entered_on": "2026-10-19"},
]


def row(student: str, date: str, status: str, periods: float | None = None) -> dict[str, object]:
    """Return a row of the table."""
    return {"student_id": student, "date": date, "status": status, "periods": periods}


ROWS = [
    row("A", "2026-09-01", "sick"),  # before the window
    row("A", "2026-10-09", "unexcused", 4),  # Friday, half of eight lessons
    row("A", "2026-10-12", "unexcused"),  # Monday, no lessons named: the whole day
    row("A", "2026-10-13", "unexcused", 2),
    row("A", "2026-10-13", "personal", 8),  # ten lessons of eight: one day at most
    row("A", "2026-10-14", "sick"),
    row("A", "2026-10-17", "sick"),  # a Saturday: no school, so no school day missed
    row("A", "2026-10-22", "late", 1),
    row("D", "2026-10-12", "unexcused"),  # before D entered
    row("D", "2026-10-20", "unexcused"),
]
GOLDEN = {
    "absence_rate": (0.5 + 1 + 1 + 1) / 40 * 100,
    "unexcused_rate": (0.5 + 1 + 0.25) / 40 * 100,
    "unexcused_run": 3,
    "absence_run": 4,
    "sick_rate": 2.5,
    "leave_rate": 2.5,
    "late_rate": 2.5,
    "early_rate": 0,
    "absence_trend": 3.5 / 20 * 100,
}


@pytest.fixture(scope="module", name="school")
def _school(school_of: Callable[..., School]) -> School:
    return school_of(students=STUDENTS, attendance=ROWS)


@pytest.fixture(scope="module", name="found")
def _found(school: School) -> Indicators:
    return indicators(school, AS_OF)


@pytest.mark.parametrize("name", GOLDEN)
def test_worked_by_hand(found: Indicators, name: str) -> None:
    """Each figure of student A is the one worked out on paper."""
    assert found.loc["A", name] == GOLDEN[name]


@pytest.mark.parametrize("name", GOLDEN)
def test_no_row_is_no_absence(found: Indicators, name: str) -> None:
    """A student without a row in a table that is kept was there every day, with no date behind."""
    assert found.loc["B", name] == 0
    assert pd.isna(found.dates.loc["B", name])


def test_dates_are_of_the_latest_fact(found: Indicators) -> None:
    """Each figure bears the date of its own latest fact."""
    dates = found.dates.loc["A"]
    assert dates["absence_rate"] == pd.Timestamp("2026-10-14")
    assert dates["unexcused_run"] == pd.Timestamp("2026-10-13")
    assert dates["late_rate"] == pd.Timestamp("2026-10-22")


def test_only_days_on_roll_count(found: Indicators) -> None:
    """A student who entered ten school days ago is measured by ten, and by rows since then."""
    figures = found.loc["D"]
    assert figures["unexcused_rate"] == 10
    assert figures["unexcused_run"] == 1
    assert np.isnan(figures["absence_trend"])


def test_too_few_days_are_unknown(found: Indicators) -> None:
    """Three days on roll are no rate."""
    assert found.loc["C", list(GOLDEN)].isna().all()


def test_no_table_is_unknown(school_of: Callable[..., School]) -> None:
    """A school without an attendance table has no zero absences."""
    found = indicators(school_of(students=STUDENTS), AS_OF)
    assert found[list(GOLDEN)].isna().all(axis=None)


def test_a_table_that_ended_is_not_read_as_zero(school: School) -> None:
    """After a long silence of the whole table the days are not counted as days without absence."""
    found = indicators(school, "2026-12-31")
    assert np.isnan(found.loc["B", "absence_rate"])


def test_lessons_of_the_day_come_from_the_calendar(school_of: Callable[..., School]) -> None:
    """Three of six lessons are half a day."""
    days = pd.DataFrame({"date": pd.date_range("2026-09-01", "2026-10-30", unit="us")})
    days["kind"], days["term"], days["periods"] = None, "", 6
    calendar = Calendar.from_frame(days)
    rows = [row("A", "2026-10-20", "sick", 3), row("B", "2026-09-01", "late")]
    school = school_of(calendar, attendance=rows)
    assert indicators(school, AS_OF).loc["A", "sick_rate"] == 0.5 / 40 * 100


def test_a_holiday_does_not_break_a_run(school_of: Callable[..., School]) -> None:
    """The last day before a holiday and the first after it are consecutive school days."""
    days = pd.DataFrame({"date": pd.date_range("2026-09-01", "2026-10-30", unit="us")})
    days["kind"], days["term"] = None, ""
    days.loc[days["date"].between("2026-10-01", "2026-10-07"), "kind"] = "holiday"
    rows = [row("A", day, "unexcused", 1) for day in ("2026-09-29", "2026-09-30", "2026-10-08")]
    rows.append(row("B", "2026-10-29", "late"))
    found = indicators(school_of(Calendar.from_frame(days), attendance=rows), AS_OF)
    assert found.loc["A", "unexcused_run"] == 3


def test_a_table_is_kept_since_its_term_began(school_of: Callable[..., School]) -> None:
    """Days of the term before the first row are days without absence; the term before is not."""
    days = pd.DataFrame({"date": pd.date_range("2026-03-02", "2026-10-30", unit="us")})
    days["kind"] = np.where(days["date"].between("2026-07-01", "2026-08-31"), "holiday", None)
    days["term"] = np.where(days["date"] < "2026-09-01", "spring", "autumn")
    school = school_of(Calendar.from_frame(days), attendance=[row("A", "2026-09-14", "sick")])
    assert indicators(school, "2026-09-14").loc["A", "sick_rate"] == 10  # ten days since 1 Sept


def covered_school(school_of: Callable[..., School], first: str, last: str) -> School:
    """Return a school whose monthly registers cover some days; A was away on seven of them."""
    away = ("08", "09", "12", "13", "14", "29", "30")
    dates = [f"2026-10-{day}" for day in away]
    rows = [row("A", date, "unexcused") for date in dates if first <= date <= last]
    school = school_of(students=STUDENTS, attendance=rows)
    covers = {"attendance": (dt.date.fromisoformat(first), dt.date.fromisoformat(last))}
    object.__setattr__(school, "covers", covers)
    return school


def test_days_after_the_register_are_not_days_at_school(school_of: Callable[..., School]) -> None:
    """Seven of the seventeen days that the register covers, not of the days up to today."""
    found = indicators(covered_school(school_of, "2026-10-08", "2026-10-30"), "2026-11-05")
    assert found.loc["A", "absence_rate"] == 7 / 17 * 100
    assert found.loc["A", "unexcused_run"] == 5
    assert found.loc["B", "absence_rate"] == 0


def test_a_register_covers_no_day_to_come(school_of: Callable[..., School]) -> None:
    """A register made out to the end of the month counts up to today, and rows up to today."""
    found = indicators(covered_school(school_of, "2026-10-08", "2026-10-30"), "2026-10-21")
    assert found.loc["A", "absence_rate"] == 50  # five of the ten days from 8 to 21 October


def test_too_few_covered_days_are_unknown(school_of: Callable[..., School]) -> None:
    """Four covered days within the window are no rate, and no trend without the days before."""
    found = indicators(covered_school(school_of, "2026-10-27", "2026-10-30"), "2026-11-05")
    assert found[list(GOLDEN)].isna().all(axis=None)
    found = indicators(covered_school(school_of, "2026-10-08", "2026-10-30"), "2026-11-05")
    assert np.isnan(found.loc["A", "absence_trend"])  # only one of the 20 days before is covered


def test_a_register_without_an_absence_is_known(school_of: Callable[..., School]) -> None:
    """Where the registers say that nobody was away, the rate is zero and not unknown."""
    school = school_of(students=STUDENTS)
    covers = {"attendance": (dt.date(2026, 9, 1), dt.date(2026, 10, 30))}
    object.__setattr__(school, "covers", covers)
    assert indicators(school, AS_OF).loc["A", "absence_rate"] == 0


def test_a_list_goes_over_into_registers(school_of: Callable[..., School]) -> None:
    """A list until September and registers from October are one table, on either side."""
    rows = [row("A", "2026-09-02", "sick"), row("B", "2026-09-30", "sick")]
    rows += [row("A", f"2026-10-{day}", "sick") for day in ("08", "09")]
    school = school_of(students=STUDENTS, attendance=rows)
    covers = {"attendance": (dt.date(2026, 10, 8), dt.date(2026, 10, 30))}
    object.__setattr__(school, "covers", covers)
    in_september = indicators(school, "2026-09-30")
    assert (in_september["absence_rate"].loc[["A", "B"]] == 100 / 22).all()  # 22 school days
    in_october = indicators(school, "2026-10-30")
    assert in_october.loc["A", "absence_rate"] < 3 / 17 * 100  # September counts beside October


def test_a_list_that_ended_long_before_the_registers_is_left_out(
    school_of: Callable[..., School],
) -> None:
    """Nobody knows what happened in the weeks between, so they are no days at school."""
    rows = [row("A", "2026-09-02", "sick"), row("A", "2026-10-29", "sick")]
    school = school_of(students=STUDENTS, attendance=rows)
    covers = {"attendance": (dt.date(2026, 10, 19), dt.date(2026, 10, 30))}
    object.__setattr__(school, "covers", covers)
    found = indicators(school, "2026-10-31")
    assert found.loc["A", "absence_rate"] == 10  # one of the ten days that the register covers
