"""Sunset against almanac values."""

from __future__ import annotations

import datetime as dt
import math

import pytest

from visitkit.plan.daylight import sunset

#: Place, day and the sunset an almanac gives, to the minute, in the clock of China.
ALMANAC = (
    ((39.90, 116.40), "2026-06-21", "19:46"),
    ((39.90, 116.40), "2026-12-22", "16:53"),
    ((31.23, 121.47), "2026-06-21", "19:01"),
    ((23.13, 113.26), "2026-12-22", "17:46"),
)


@pytest.mark.parametrize(("place", "day", "clock"), ALMANAC)
def test_almanac(place: tuple[float, float], day: str, clock: str) -> None:
    """Within three minutes: two of the series, one of the almanac's rounding."""
    hour, minute = map(int, clock.split(":"))
    found = sunset(dt.date.fromisoformat(day), *place)
    assert found is not None
    assert abs(found - (hour * 60 + minute)) <= 3


def test_no_sunset() -> None:
    """No minute is made up where the sun does not set, or where nobody knows the place."""
    assert sunset(dt.date(2026, 6, 21), 78.0, 15.0) is None
    assert sunset(dt.date(2026, 6, 21), math.nan, 15.0) is None


def test_days_grow_longer() -> None:
    """From the turn of the year to midsummer the sun sets later each week."""
    days = [dt.date(2026, 1, 5) + dt.timedelta(weeks=week) for week in range(23)]
    minutes = [sunset(day, 30.0, 104.0) for day in days]
    assert minutes == sorted(minutes)
