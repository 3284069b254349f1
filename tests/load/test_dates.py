"""Days as schools write them: every form gives the day meant, nothing else is guessed."""

from __future__ import annotations

import datetime as dt
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visitkit.load.dates import date_within, month_within, parse_date
from visitkit.load.unreadable import UnreadableCellError

WORDS = tomllib.loads((Path(__file__).parent / "data" / "words.toml").read_text("utf-8"))["dates"]
DAY = dt.date(2013, 9, 1)
days = st.dates(dt.date(1990, 1, 1), dt.date(2099, 12, 31))


def fault(value: object, **more: bool) -> str:
    """Return the key of what is wrong with a cell."""
    with pytest.raises(UnreadableCellError) as caught:
        parse_date(value, **more)
    return caught.value.key


@given(day=days, form=st.sampled_from(WORDS["forms"]))
def test_a_day_in_any_form_is_read_back(day: dt.date, form: str) -> None:
    """Whatever the form, the day written is the day read."""
    assert parse_date(form.format(y=day.year, m=day.month, d=day.day)) == day


@given(day=days)
def test_a_day_as_excel_keeps_it_is_read_back(day: dt.date) -> None:
    """Dates, times on a date, serial numbers and eight-digit numbers give the same day."""
    serial = (day - dt.date(1899, 12, 30)).days
    cells = [
        day,
        dt.datetime.combine(day, dt.time(8, 30)),
        float(serial),
        serial + 0.35,
        str(serial),
        float(day.strftime("%Y%m%d")),
    ]
    assert {parse_date(cell) for cell in cells} == {day}


def test_an_unformatted_date_is_the_serial_excel_shows() -> None:
    """41518 is 1 September 2013 in the 1900 date system."""
    assert parse_date(41518.0) == DAY


@pytest.mark.parametrize("value", ["1 September 2013", "Sep 1, 2013", "September 1st, 2013"])
def test_month_names(value: str) -> None:
    """English month names are read, day first or month first."""
    assert parse_date(value) == DAY


@pytest.mark.parametrize("key", ["with_weekday", "with_weekday_brackets", "full_width"])
def test_weekdays_and_width_do_not_count(key: str) -> None:
    """A weekday after the date and full-width digits change nothing."""
    assert parse_date(WORDS[key]) == DAY


def test_chinese_numerals() -> None:
    """A date written in numerals is read."""
    assert parse_date(WORDS["in_numerals"]) == dt.date(2026, 11, 23)


@pytest.mark.parametrize("value", [*WORDS["month"], 2013.9])
def test_a_month_is_a_day_only_for_a_birth(value: object) -> None:
    """Year and month give the first of the month where allowed, and are a fault elsewhere."""
    assert parse_date(value, month_only=True) == DAY
    assert fault(value) == "date_no_day"


@pytest.mark.parametrize("value", [2013.1, "2013.1"])
def test_a_month_that_excel_may_have_shortened_is_not_guessed(value: object) -> None:
    """2013.1 may have been October."""
    assert fault(value, month_only=True) == "date_unclear"


@pytest.mark.parametrize("value", ["2013-02-30", "2013.13.1", "20130931", 20130931.0])
def test_impossible_days(value: object) -> None:
    """A day that no calendar has is a fault of its own."""
    assert fault(value) == "date_impossible"


@pytest.mark.parametrize("value", ["1850-1-1", "2150-01-01", dt.date(1900, 1, 1)])
def test_days_outside_a_school_life(value: object) -> None:
    """Years before 1990 or after 2100 are slips."""
    assert fault(value) == "date_outside"


@pytest.mark.parametrize("value", [*WORDS["unknown"], True, dt.time(8), 7.0])
def test_what_is_no_day_is_not_guessed(value: object) -> None:
    """Short years, month-first dates, bare years and words are refused."""
    assert fault(value) == "date_unknown"


@pytest.mark.parametrize("value", WORDS["no_year"])
def test_a_day_without_a_year(value: str) -> None:
    """The year is not taken from the clock."""
    assert fault(value) == "date_no_year"


@pytest.mark.parametrize(("title", "day"), WORDS["titles"])
def test_days_inside_titles(title: str, day: str) -> None:
    """The first day of a title is found."""
    assert date_within(title) == dt.date.fromisoformat(day)


@pytest.mark.parametrize("title", WORDS["no_title"])
def test_titles_without_a_day(title: str) -> None:
    """A title with a year, a grade or a number has no day."""
    assert date_within(title) is None


@pytest.mark.parametrize(("titles", "month"), WORDS["months"])
def test_months_inside_titles(titles: list[str], month: list[int]) -> None:
    """Year and month are found, also where the school year stands elsewhere."""
    assert month_within(*titles) == tuple(month)


@pytest.mark.parametrize("titles", WORDS["no_months"])
def test_titles_without_a_month(titles: list[str]) -> None:
    """A month without any year, or a year without a month, is not enough."""
    assert month_within(*titles) is None
