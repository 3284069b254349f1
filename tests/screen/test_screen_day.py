"""The day on which we stand: read as tables are read, or refused."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import pytest

from visitkit import text
from visitkit.calendar import Calendar
from visitkit.errors import CalendarError
from visitkit.policy import read_policy
from visitkit.screen import alerts, indicators
from visitkit.screen.day import read_day, written_day

DAY = dt.date(2026, 11, 2)


def chinese() -> str:
    """Return the day in the Chinese form."""
    day = text.say("screen.date.day", "zh", month=text.find("screen.date.months", "zh")[10], day=2)
    return text.say("screen.date.year", "zh", year=2026, month=day[: -len("2") - 1], day=2)


@pytest.mark.parametrize(
    "value",
    [
        "2026-11-02",
        "2026/11/2",
        "2026.11.2",
        "20261102",
        20261102,
        np.int64(20261102),
        DAY,
        dt.datetime(2026, 11, 2, 9, 7),
        pd.Timestamp(DAY),
        np.datetime64("2026-11-02"),
        chinese(),
    ],
)
def test_forms_that_tables_may_have(value: Any) -> None:
    """Every way of writing a day that a table may have is understood."""
    assert written_day(value) == DAY


@pytest.mark.parametrize(
    "value", ["", "soon", "2026-11", "2026-13-40", "46328", 46328, 0, True, None, 2026.5]
)
def test_no_day_is_refused(value: Any) -> None:
    """What is no day is said to be none; a small number is never a day of 1970 or 1900."""
    with pytest.raises(CalendarError) as refused:
        written_day(value)
    assert refused.value.key == "calendar.not_a_date"


def test_a_day_outside_the_calendar_is_refused() -> None:
    """The day must be one of the school's calendar."""
    with pytest.raises(CalendarError) as refused:
        read_day("2027-01-01", Calendar.weekdays("2026-09-01", "2026-12-31"))
    assert refused.value.key == "calendar.outside"


def test_figures_and_alerts_read_the_same_forms(school_of: Any) -> None:
    """A whole number stands for the day with these digits, in both."""
    rows = [{"student_id": "A", "date": "2026-10-14", "status": "unexcused"}]
    school, rules = school_of(attendance=rows), read_policy("recommended")
    assert indicators(school, 20261014).as_of == dt.date(2026, 10, 14)
    assert alerts(school, rules, 20261014).equals(alerts(school, rules, "2026-10-14"))
