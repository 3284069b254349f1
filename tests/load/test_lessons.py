"""Lessons and parts of a day, counted as teachers write them."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from visitkit.load import FaultsError, School, read_school
from visitkit.load.lessons import parse_lessons, parse_periods
from visitkit.load.unreadable import UnreadableCellError

DATA = tomllib.loads((Path(__file__).parent / "data" / "lessons.toml").read_text("utf-8"))
ROLL = [["student id", "sex"], ["0411", "f"], ["0412", "m"]]
WHOLE = -1.0
EXPECTED = [WHOLE, 4.0, 4.0, 4.0, 1.0]


def absences(header: str, listed: list[list[str]]) -> list[list[str]]:
    """Return a sheet of absences of one student with the part of the day under a header."""
    return [["student id", "date", header, "status"], *(["0411", *row] for row in listed)]


def periods(school: School) -> list[float]:
    """Return the periods in the order of the days; the whole day as -1."""
    return [float(one) for one in school.attendance["periods"].fillna(WHOLE)]


@pytest.mark.parametrize(("said", "meant"), DATA["lessons"])
def test_lessons_in_words(said: str, meant: list[str]) -> None:
    """Spans, lists, numerals, halves and lessons with names."""
    assert list(parse_lessons(said)) == meant


@pytest.mark.parametrize("said", DATA["unknown"])
def test_words_that_are_no_lesson(said: str) -> None:
    """What is not understood is never one lesson."""
    with pytest.raises(UnreadableCellError, match="lesson_unknown"):
        parse_lessons(said)


@pytest.mark.parametrize(("said", "number"), DATA["periods"])
def test_periods_in_words(said: str, number: float) -> None:
    """A count of periods may be a span, half a day or the whole day."""
    found = parse_periods(said)
    assert (WHOLE if found is None else found) == number


@pytest.mark.parametrize("said", DATA["no_periods"])
def test_words_that_are_no_periods(said: str) -> None:
    """A bare span may mean from one to four periods; days are no periods."""
    with pytest.raises(UnreadableCellError, match="number_"):
        parse_periods(said)


@pytest.mark.parametrize("header", [*DATA["headers"], DATA["day_part"][0]])
def test_a_list_with_parts_of_days(book: Callable[..., Path], header: str) -> None:
    """The whole day leaves periods open; a span counts its lessons; half a day is four."""
    path = book(students=ROLL, attendance=absences(header, DATA["sheet"]))
    assert periods(read_school(path)) == EXPECTED


@pytest.mark.parametrize("header", [*DATA["headers"], DATA["day_part"][0]])
def test_frames_with_parts_of_days(header: str) -> None:
    """Frames are read as files are."""
    head, *rows = absences(header, DATA["sheet"])
    roll = pd.DataFrame(ROLL[1:], columns=ROLL[0])
    frame = pd.DataFrame(rows, columns=head)
    assert periods(School.from_frames(students=roll, attendance=frame)) == EXPECTED


def test_parts_of_one_day_are_added_up(book: Callable[..., Path]) -> None:
    """Both halves are the whole day; a lesson in two spans counts once."""
    path = book(students=ROLL, attendance=absences(DATA["headers"][0], DATA["both_halves"]))
    assert periods(read_school(path)) == [WHOLE, 3.0]


def test_an_unknown_part_of_a_day_is_a_fault(book: Callable[..., Path]) -> None:
    """It is shown as written, at its cell."""
    sheet = absences(DATA["headers"][0], [["2026-09-01", DATA["unknown"][3], "sick"]])
    with pytest.raises(FaultsError) as caught:
        read_school(book(students=ROLL, attendance=sheet))
    found = [(fault.key, fault.value, fault.row, fault.column) for fault in caught.value.faults]
    assert found == [("lesson_unknown", DATA["unknown"][3], 2, "C")]
