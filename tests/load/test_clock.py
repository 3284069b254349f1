"""Times of day and weekly windows."""

from __future__ import annotations

import datetime as dt
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visitkit.load.clock import parse_time
from visitkit.load.unreadable import UnreadableCellError
from visitkit.load.windows import parse_windows

WORDS = tomllib.loads((Path(__file__).parent / "data" / "words.toml").read_text("utf-8"))["clock"]


@given(st.times())
def test_a_time_is_read_back(time: dt.time) -> None:
    """Text, times and Excel's fractions of a day give the same minute."""
    written = f"{time.hour:02d}:{time.minute:02d}"
    minutes = time.hour * 60 + time.minute
    assert parse_time(written) == written
    assert parse_time(time) == written
    assert parse_time(minutes / 1440) == written


@pytest.mark.parametrize(("written", "read"), WORDS["times"])
def test_times_in_words(written: str, read: str) -> None:
    """Hours and minutes in words and halves of the day are understood."""
    assert parse_time(written) == read


@pytest.mark.parametrize("value", ["25:00", "8", "soon", 3.5, True, "12:75"])
def test_what_is_no_time(value: object) -> None:
    """A bare number may be a duration; hours past 24 do not exist."""
    with pytest.raises(UnreadableCellError, match="time_unknown"):
        parse_time(value)


@pytest.mark.parametrize(("written", "read"), [pair for pair in WORDS["windows"] if pair[1]])
def test_windows_in_words(written: str, read: str) -> None:
    """Days, spans of days, lists of days and parts of the day are understood."""
    assert parse_windows(written) == read


@pytest.mark.parametrize("written", [pair[0] for pair in WORDS["windows"] if not pair[1]])
def test_windows_that_are_not_understood(written: str) -> None:
    """Loose talk and an end before the start are faults."""
    with pytest.raises(UnreadableCellError, match="times_unknown"):
        parse_windows(written)


windows = st.builds(
    lambda day, start, length: f"{day} {start:02d}:00-{start + length:02d}:30",
    st.integers(1, 7),
    st.integers(0, 20),
    st.integers(0, 3),
)


@given(st.sets(windows, min_size=1, max_size=5))
def test_our_own_spelling_is_read_back(parts: set[str]) -> None:
    """What is written by us is read by us, in one order."""
    written = ";".join(sorted(parts))
    assert parse_windows(";".join(parts)) == written
