"""Terms, school days and the edges of a calendar."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from visitkit import text
from visitkit.calendar import (
    Bell,
    Calendar,
    Term,
    as_date,
    end_of_lessons,
    lessons_on,
    periods_after,
)
from visitkit.errors import CalendarError

assert text.has("calendar.outside")  # words must be loaded for errors to speak
DAYS = st.dates(dt.date(2026, 9, 1), dt.date(2027, 1, 29))


def autumn() -> Calendar:
    """A term with a holiday week that is paid back on a Saturday."""
    dates = pd.date_range("2026-09-01", "2027-01-29", unit="us")
    frame = pd.DataFrame({"date": dates, "kind": None, "term": "2026-autumn"})
    holiday = (dates >= "2026-10-01") & (dates <= "2026-10-07")
    frame.loc[holiday, "kind"] = "holiday"
    frame.loc[dates == "2026-10-10", "kind"] = "makeup"
    frame.loc[dates.day_of_week >= 5, "kind"] = frame["kind"].fillna("weekend")
    return Calendar.from_frame(frame, "calendar.csv")


def test_a_swapped_workday_counts() -> None:
    """A Saturday that pays back a holiday is a school day; the holiday is not."""
    calendar = autumn()
    assert dt.date(2026, 10, 10) in calendar.school_days("2026-10-05", "2026-10-11")
    assert calendar.count_school_days("2026-10-01", "2026-10-07") == 0
    assert calendar.count_school_days("2026-10-08", "2026-10-10") == 3


def test_consecutive_school_days_have_consecutive_places() -> None:
    """A holiday between two school days does not break a run."""
    days = np.array(["2026-09-30", "2026-10-03", "2026-10-08"], dtype="datetime64[D]")
    first, holiday, after = autumn().index_of(days)
    assert (after - first, holiday) == (1, -1)


def test_a_day_outside_names_the_file_to_extend() -> None:
    """The sentence says what the calendar covers and which file to extend."""
    with pytest.raises(CalendarError) as caught:
        autumn().date("2027-03-01")
    assert caught.value.facts["source"] == "calendar.csv"
    assert "2026-09-01" in str(caught.value)
    assert "2027-01-29" in str(caught.value)


def test_a_calendar_that_ends_too_soon_is_an_error() -> None:
    """A deadline beyond the last school day is never invented."""
    with pytest.raises(CalendarError, match=r"calendar\.csv"):
        autumn().add_school_days("2027-01-28", 5)


@pytest.mark.parametrize("value", ["2026-13-01", "", "tomorrow week", "NaT", 20261102, 2026.5])
def test_what_is_not_a_date_is_an_error(value: object) -> None:
    """A word is not silently turned into a day."""
    with pytest.raises(CalendarError):
        as_date(value)


def test_a_day_twice_is_an_error() -> None:
    """Two rows for a day would let it count twice."""
    days = pd.DataFrame({"date": pd.to_datetime(["2026-09-01", "2026-09-01"])})
    with pytest.raises(CalendarError, match="2026-09-01"):
        Calendar.from_frame(days)


def test_an_empty_calendar_is_an_error() -> None:
    """A calendar without days cannot say anything."""
    with pytest.raises(CalendarError):
        Calendar.from_frame(pd.DataFrame({"date": pd.to_datetime([])}))


def test_terms_have_first_and_last_days() -> None:
    """A holiday after a term belongs to the term that ended last."""
    dates = pd.date_range("2026-01-01", "2026-12-31", unit="us")
    frame = pd.DataFrame({"date": dates, "term": None})
    frame.loc[dates < "2026-07-01", "term"] = "spring"
    frame.loc[dates >= "2026-09-01", "term"] = "autumn"
    calendar = Calendar.from_frame(frame)
    assert calendar.term_of("2026-08-01").name == "spring"
    assert calendar.terms[1] == Term("autumn", dt.date(2026, 9, 1), dt.date(2026, 12, 31))


def test_stand_in_says_so() -> None:
    """Where the school gives no calendar, weekdays stand in and this is known."""
    assert Calendar.weekdays("2026-09-01", "2026-09-30").assumed
    assert not autumn().assumed


@given(DAYS, DAYS)
def test_counting_agrees_with_listing(one: dt.date, other: dt.date) -> None:
    """The number of school days is the length of their list, in any window."""
    start, end = sorted((one, other))
    calendar = autumn()
    assert calendar.count_school_days(start, end) == len(calendar.school_days(start, end))


@given(DAYS, st.integers(1, 20))
def test_a_window_holds_its_school_days(end: dt.date, number: int) -> None:
    """A window of n school days holds n of them unless the calendar begins later."""
    calendar = autumn()
    start = calendar.window_start(end, number)
    held = calendar.count_school_days(start, end)
    assert held == min(number, calendar.count_school_days(calendar.first, end))


@given(st.dates(dt.date(2026, 9, 1), dt.date(2026, 12, 1)), st.integers(0, 20))
def test_adding_school_days_lands_on_one(start: dt.date, number: int) -> None:
    """The day reached is a school day with the right number of school days before it."""
    calendar = autumn()
    reached = calendar.add_school_days(start, number)
    on_day = start in calendar.school_days(start, start)
    after = calendar.count_school_days(start, reached) - (1 if on_day else 0)
    assert reached in calendar.school_days(reached, reached)
    assert after == (number if on_day else max(number, 1))


def with_lessons() -> Calendar:
    """A fortnight: six lessons on a day before a holiday, one day that says when it ends."""
    dates = pd.date_range("2026-09-28", "2026-10-11", unit="us")
    frame = pd.DataFrame({"date": dates, "kind": None, "periods": 7})
    frame["after_lessons_from"] = None
    holiday = (dates >= "2026-10-01") & (dates <= "2026-10-07")
    frame.loc[holiday, "kind"] = "holiday"
    frame.loc[dates == "2026-10-10", "kind"] = "makeup"
    frame.loc[dates == "2026-09-30", "periods"] = 6
    frame.loc[dates == "2026-09-29", "after_lessons_from"] = "16:30"
    return Calendar.from_frame(frame, "calendar.csv")


def test_lessons_of_a_day_follow_the_calendar() -> None:
    """A holiday has no lesson, a swapped Saturday has, a day outside is an error."""
    days = with_lessons()
    assert [lessons_on(days, dt.date(2026, 9, day)) for day in (28, 30)] == [7, 6]
    assert lessons_on(days, dt.date(2026, 10, 1)) == 0
    assert lessons_on(days, dt.date(2026, 10, 10)) == 7
    with pytest.raises(CalendarError, match=r"calendar\.csv"):
        lessons_on(days, dt.date(2026, 10, 12))


def test_lessons_end_when_the_calendar_says() -> None:
    """The time of the calendar comes first, else the last lesson."""
    days, bell = with_lessons(), Bell(dt.time(8, 30), 40, 10)
    assert end_of_lessons(days, dt.date(2026, 9, 29), bell) == dt.datetime(2026, 9, 29, 16, 30)
    assert end_of_lessons(days, dt.date(2026, 9, 30), bell) == dt.datetime(2026, 9, 30, 13, 20)


def test_a_period_runs_over_a_holiday() -> None:
    """After the last lesson before a holiday the first lesson after it is the next one."""
    days = with_lessons()
    late = dt.datetime(2026, 9, 30, 12, 36)  # the last of six lessons began at 12:35
    assert periods_after(days, late, 1, Bell()) == dt.datetime(2026, 10, 8, 8, 45)
    assert periods_after(days, late, 8, Bell()) == dt.datetime(2026, 10, 9, 8, 45)
    assert periods_after(days, dt.datetime(2026, 9, 28, 8), 1, Bell()).time() == dt.time(8, 45)


def test_a_period_beyond_the_calendar_names_the_file() -> None:
    """A deadline in lessons is never invented either."""
    with pytest.raises(CalendarError, match=r"calendar\.csv"):
        periods_after(with_lessons(), dt.datetime(2026, 10, 10, 16, 0), 1, Bell())


@given(
    st.datetimes(dt.datetime(2026, 9, 1), dt.datetime(2026, 12, 1)),
    st.integers(1, 20),
)
def test_a_deadline_in_lessons_is_the_end_of_one(moment: dt.datetime, periods: int) -> None:
    """It lies on a school day, ends a lesson, and as many lessons lie between as were asked for."""
    calendar, bell = autumn(), Bell()
    due = periods_after(calendar, moment, periods, bell)
    days = calendar.school_days(moment.date(), due.date())
    lessons = [bell.lesson(day, n) for day in days for n in range(1, lessons_on(calendar, day) + 1)]
    assert sum(start >= moment and end <= due for start, end in lessons) == periods
    assert due in {end for _, end in lessons}
