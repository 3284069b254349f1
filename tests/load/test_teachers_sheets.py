"""What a teacher met with sheets of an ordinary school."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from visitkit.errors import TableError
from visitkit.load import Fault, FaultsError, School, check, read_school
from visitkit.load.dates import parse_date
from visitkit.load.entry import recognised
from visitkit.load.found import Laid
from visitkit.load.sheets import Sheet
from visitkit.load.signs import parse_code, parse_signs
from visitkit.load.unreadable import UnreadableCellError

DATA = tomllib.loads((Path(__file__).parent / "data" / "teachers.toml").read_text("utf-8"))
WORDS = DATA["words"]
ROLL = [["student id", "sex"], ["01", "f"], ["02", "m"]]
WIDE = ["student id", "Chinese", "maths"]


def laid(name: str) -> Laid:
    """Return what recognising one sheet gives."""
    rows = [[cell if cell != "" else None for cell in row] for row in DATA[name]["rows"]]
    return recognised([Sheet.from_rows("school.xlsx", "s", rows)])


def cells(found: Laid, table: str, column: str) -> list[object]:
    """Return the cells of a column of all parts of a table."""
    parts = [part for part in found.parts if part.table == table and column in part.columns]
    return [cell for part in parts for cell in part.columns[column].listed()]


@pytest.mark.parametrize("name", ["one_exam", "dated_below", "dated_cells"])
def test_the_day_in_the_title_of_one_exam(name: str) -> None:
    """The title's day is that of the only exam, also where its name stands above the subjects."""
    found = laid(name)
    assert found.faults == []
    assert set(cells(found, "marks", "date")) == {dt.date(2026, 11, 5)}


def test_of_several_exams_the_one_without_a_day_is_named() -> None:
    """The title's day may be that of the other exam, so it is not used."""
    found = laid("two_exams")
    told = [(fault.key, fault.facts.get("words")) for fault in found.faults]
    assert told == [("exam_without_date", WORDS["unnamed"])]
    assert set(cells(found, "marks", "date")) == {dt.date(2026, 11, 5)}


@pytest.mark.parametrize("foot", WORDS["feet"])
def test_rows_of_figures_are_no_students(foot: str) -> None:
    """Rates and counts below the marks are totals, whichever of the first cells they stand in."""
    rows = [WIDE, ["01", 80, 90], [foot, 0.9, 0.8], [None, foot, 0.7]]
    found = recognised([Sheet.from_rows("m.xlsx", "2026-11-05 exam", rows)])
    assert cells(found, "marks", "student_id") == ["01", "01"]


def test_a_cell_that_serves_several_rows_is_told_once(book: Callable[..., Path]) -> None:
    """A number that is not on the roll stands above two subjects and is one fault."""
    pages = {"exam 2026-11-05": [WIDE, ["01", 80, 90], ["99", 70, 60]]}
    _, faults, _ = check(book(students=ROLL, **pages))
    assert [(fault.key, fault.row, fault.column) for fault in faults] == [("not_on_roll", 3, "A")]


@pytest.mark.parametrize("stroke", WORDS["nothing"])
def test_a_stroke_is_no_mark(book: Callable[..., Path], stroke: str) -> None:
    """In wide and in long form a stroke makes no row and no fault."""
    long = [
        ["student id", "date", "subject", "score"],
        ["02", "2026-11-05", "physics", stroke],
        ["02", "2026-11-05", "history", 70],
    ]
    pages = {"exam 2026-11-05": [WIDE, ["01", 80, stroke]], "marks": long}
    school = read_school(book(students=ROLL, **pages))
    assert sorted(school.marks["subject"]) == ["chinese", "history"]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("key", ["score_empty", "score_unknown", "score_above", "score_share"])
def test_no_advice_on_a_mark_is_to_delete_the_row(key: str, lang: str) -> None:
    """In a wide sheet the row holds the marks of all other subjects."""
    remove = {"zh": "\u5220", "en": "delete"}[lang]
    fault = Fault(key, "a.xlsx", "s", 2, "C", "x", {"full": "100"}, "marks", "score")
    assert remove not in str(fault.words(lang)["fix"]).lower()


@pytest.mark.parametrize(("said", "day"), WORDS["short"])
def test_two_digits_of_a_year(said: str, day: str) -> None:
    """Year first, and a number that can be no month or stands before the word for year."""
    assert parse_date(said) == dt.date.fromisoformat(day)


@pytest.mark.parametrize("said", WORDS["unclear"])
def test_two_digits_that_may_be_a_month(said: str) -> None:
    """What is missing is said: four digits of the year."""
    with pytest.raises(UnreadableCellError, match="date_short_year"):
        parse_date(said)


@pytest.mark.parametrize("said", [*WORDS["no_year"], 10.2, 10.12])
def test_a_month_and_a_day_lack_the_year(said: object) -> None:
    """Text or number, the fault says that the year is missing."""
    with pytest.raises(UnreadableCellError, match="date_no_year"):
        parse_date(said)


def test_padded_numbers_are_counted_by_rows(book: Callable[..., Path]) -> None:
    """Two subjects make two results of one row of the sheet."""
    roll = [["student id", "sex"], ["0411", "f"], ["0412", "m"]]
    pages = {"exam 2026-11-05": [WIDE, [411, 80, 90], [412, 70, 60]]}
    school = read_school(book(students=roll, **pages))
    assert [note.facts["number"] for note in school.notes if note.key == "ids_padded"] == [2]


def test_words_for_guardians_and_reasons() -> None:
    """A guardian's name may stand under the bare word; a reason is a note beside a status."""
    for name in ("guardians", "roster"):
        assert cells(laid(name), "guardians", "name") == [DATA["guardians"]["rows"][1][1]]
        assert cells(laid(name), "guardians", "phone") == ["00000000001"]
    assert cells(laid("reasons"), "attendance", "note") == [DATA["reasons"]["rows"][1][3]]
    alone = laid("reason_alone")
    assert cells(alone, "attendance", "status") == [DATA["reason_alone"]["rows"][1][2]]
    assert cells(alone, "attendance", "note") == []


def test_words_for_visits_and_leave() -> None:
    """A video call is an online visit; leave on public business is leave."""
    assert parse_code(WORDS["online"], "visit_form") == "online"
    assert parse_signs(WORDS["leave"]).codes == ("personal",)


def test_an_empty_file_in_a_folder_is_said(tmp_path: Path) -> None:
    """Nothing a person put there is passed over in silence."""
    (tmp_path / "students.csv").write_text("student id,sex\n01,f\n", encoding="utf-8")
    (tmp_path / "marks.csv").write_text("", encoding="utf-8")
    notes = read_school(tmp_path).notes
    assert [note.file for note in notes if note.key == "file_empty"] == ["marks.csv"]


def test_what_is_no_frame_is_an_error() -> None:
    """The sentence names the table and what was given instead."""
    with pytest.raises(TableError) as caught:
        School.from_frames(students=[1, 2])  # type: ignore[arg-type]
    assert caught.value.key == "load.not_a_frame"
    assert caught.value.facts == {"name": "students", "found": "list"}


def test_the_place_in_a_frame_in_words() -> None:
    """A frame has no letters above its columns, so row and column are named."""
    with pytest.raises(FaultsError) as caught:
        School.from_frames(students=pd.DataFrame({"student_id": ["01"], "sex": ["?"]}))
    assert caught.value.faults[0].place("en") == "students, row 1, column sex"
