"""From files to a school: clean rows, every fault at once, nothing lost without a word."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from visitkit import load, text
from visitkit.errors import TableError
from visitkit.load import Fault, FaultsError, Note, School
from visitkit.load.grid import MappedTable
from visitkit.load.sheets import Sheet

Book = Callable[..., Path]
ROLL = [
    ["student id", "name", "sex", "class"],
    ["0411", "Ann A", "f", "7-1"],
    ["0412", "Ben B", "m", "7-1"],
]


def said(path: Path, **more: object) -> tuple[School, dict[str, list[tuple[int, str]]]]:
    """Return the lenient school, and key to places of the faults."""
    school, faults, _ = load.check(path, **more)
    assert school is not None
    places: dict[str, list[tuple[int, str]]] = {}
    for fault in faults:
        places.setdefault(fault.key, []).append((fault.row, fault.column))
    return school, places


def notes(school: School) -> set[str]:
    """Return the keys of the remarks."""
    return {note.key for note in school.notes}


@pytest.mark.parametrize("file", ["school.xlsx", "school.xls"])
def test_a_messy_workbook(book: Book, file: str) -> None:
    """Titles, merged headers, totals, mixed spellings: all rows arrive, none is invented."""
    school = load.read_school(book("messy", file=file))
    assert school.students["student_id"].tolist() == ["0411", "0412", "0413", "0414"]
    assert school.students["sex"].tolist() == ["male", "female", "female", "male"]
    born = [dt.date(2013, 9, 1)] * 3 + [dt.date(2013, 11, 8)]
    assert [day.date() for day in school.students["birth_date"]] == born
    assert school.students["class_id"].nunique() == 2
    assert school.guardians["relation"].fillna("").tolist() == ["father", "", "father", "mother"]
    assert school.groups["code"].tolist() == ["left_behind", "single_parent", "study_difficulty"]
    marks = school.marks.set_index(["student_id", "subject"])
    assert marks.loc[("0411", "chinese"), "status"] == "absent"
    assert pd.isna(marks.loc[("0411", "chinese"), "score"])
    assert marks.loc[("0411", "english"), "score"] == 98.0
    assert marks.loc[("0412", "chinese"), "score"] == 90.5
    assert marks.loc[("0413", "chinese"), "score"] == 0.0
    assert ("0413", "maths") not in marks.index
    assert marks["full_score"].groupby("subject").first().to_dict() == {
        "chinese": 120.0,
        "english": 100.0,
        "maths": 120.0,
    }
    assert set(school.marks["date"]) == {pd.Timestamp("2026-11-05")}
    assert school.attendance["status"].value_counts().to_dict() == {
        "sick": 2,
        "early": 1,
        "late": 1,
        "personal": 1,
        "unexcused": 1,
    }
    answers = school.surveys[["item_1", "item_2", "item_3"]].to_numpy().tolist()
    assert answers[1] == [1.0, 0.0, 1.0]
    assert answers[0][:2] == [1.0, 0.0]
    assert pd.isna(answers[0][2])
    assert notes(school) == {
        "same_phone",
        "columns_ignored",
        "items_shifted",
        "sheet_unknown",
        "class_spelling",
        "ids_padded",
        "full_score_assumed",
        "calendar_assumed",
    }


def test_a_folder_of_parts_is_one_school(tmp_path: Path, csv: Book) -> None:
    """A table may come a class, an exam and a month at a time, in any kind of file."""
    csv("students_7-1.csv", [ROLL[0], ROLL[1]], encoding="gb18030")
    csv("students_7-2.tsv", [ROLL[0], ROLL[2]], delimiter="\t", encoding="utf-16")
    for month in ("09", "10"):
        rows = [["student id", "1", "2", "3"], ["0411", "x", "", ""], ["412", "", "late", ""]]
        csv(f"attendance 2026-{month}.csv", rows)
    csv("midterm exam 2026-11-05.csv", [["student id", "maths"], ["0411", "88"]])
    csv("final exam 2027-01-08.csv", [["student id", "maths"], ["0411", "90"]])
    school = load.read_school(tmp_path)
    assert school.students["student_id"].tolist() == ["0411", "0412"]
    assert [len(school.attendance), len(school.marks)] == [4, 2]
    assert school.marks["exam"].tolist() == ["midterm exam 2026-11-05", "final exam 2027-01-08"]
    assert school.source == str(tmp_path)


def test_the_order_of_rows_leaves_no_trace(book: Book) -> None:
    """Rows in another order give the same school, whatever the table."""
    ids = [f"{number:03d}" for number in range(12)]
    roll = [[one, f"7-{int(one) % 3}"] for one in ids]
    away = [[one, f"2026-09-{int(one) + 1:02d}", "sick", ""] for one in ids for _ in range(1)]
    marks = [[one, 60 + int(one), 70] for one in ids]
    seen = [[one, "2026-09-03", kind, ""] for one in ids for kind in ("praise", "fighting")]

    def write(turn: int) -> School:
        def turned(rows: list[list[object]]) -> list[list[object]]:
            return rows[turn:] + rows[:turn] if turn % 2 else (rows[turn:] + rows[:turn])[::-1]

        return load.read_school(
            book(
                file=f"{turn}.xlsx",
                students=[["student id", "class"], *turned(roll)],
                attendance=[["student id", "date", "status", "note"], *turned(away)],
                **{"exam 2026-11-05": [["student id", "maths", "English"], *turned(marks)]},
                behaviour=[["student id", "date", "kind", "note"], *turned(seen)],
            )
        )

    first = write(0)
    for turn in (1, 4, 7):
        other = write(turn)
        for name, frame in first.tables.items():
            assert_frame_equal(frame, other.tables[name])


def test_all_faults_of_all_tables_at_once(book: Book) -> None:
    """One error lists every fault of every sheet, in the order in which a person meets them."""
    path = book(
        students=[*ROLL, ["0413", "Cy C", "x", "7-1"]],
        attendance=[
            ["student id", "date", "status"],
            ["0411", "2026-02-30", "sick"],
            ["9", "2026-09-01", "?"],
        ],
    )
    with pytest.raises(FaultsError) as caught:
        load.read_school(path)
    found = [(f.key, f.sheet, f.row, f.column) for f in caught.value.faults]
    assert found == [
        ("word_unknown", "students", 4, "C"),
        ("date_impossible", "attendance", 2, "B"),
        ("not_on_roll", "attendance", 3, "A"),
        ("word_unknown", "attendance", 3, "C"),
    ]
    assert "attendance, cell B2" in caught.value.faults[1].sentence("en")


def test_lenient_keeps_what_is_sound(book: Book) -> None:
    """A faulty optional cell is missing, a faulty required one drops its row; both are counted."""
    path = book(
        students=[*ROLL, ["0413", "Cy C", "x", "7-1"]],
        attendance=[
            ["student id", "date", "status", "periods"],
            ["0411", "2026-02-30", "sick", 1],
            ["0412", "2026-09-01", "sick", "many"],
            ["0499", "2026-09-01", "sick", 1],
        ],
    )
    school = load.read_school(path, lenient=True)
    assert school.students["sex"].fillna("").tolist() == ["female", "male", ""]
    assert school.attendance["student_id"].tolist() == ["0412"]
    assert school.attendance["periods"].isna().all()
    assert dict(school.left_out) == {"attendance": 2}
    assert len(school.faults) == 4


@pytest.mark.parametrize(
    "sheets",
    [
        {"attendance": [["student id", "date", "status"], ["1", "2026-09-01", "sick"]]},
        {"students": [["name", "sex"], ["A", "f"]]},
        {"students": [["student id", "sex"], ["1.1E+17", "f"]]},
    ],
)
def test_without_a_student_there_is_no_school(book: Book, sheets: dict[str, list]) -> None:
    """Even lenient reading needs a roll; checking says so without raising."""
    path = book(**sheets)
    with pytest.raises(TableError) as caught:
        load.read_school(path, lenient=True)
    assert caught.value.key == "load.no_students"
    school, faults, _ = load.check(path)
    assert school is None
    assert faults


def test_nothing_recognised(book: Book) -> None:
    """A workbook of something else is one error."""
    with pytest.raises(TableError) as caught:
        load.read_school(book(minutes=[["today", "meeting"], ["three", "people"]]))
    assert caught.value.key == "load.nothing_recognised"


def test_the_calendar_is_the_schools_own(book: Book) -> None:
    """With a calendar none is assumed; records from before it are said."""
    days = [["date", "kind"], ["2026-09-01", "school day"], ["2026-09-02", "holiday"]]
    away = [["student id", "date", "status"], ["0411", "2026-06-09", "sick"]]
    school = load.read_school(book(students=ROLL, calendar=days, attendance=away))
    assert not school.calendar.assumed
    assert school.calendar.count_school_days("2026-09-01", "2026-09-02") == 1
    assert notes(school) == {"calendar_short"}


def test_no_calendar_is_said(book: Book) -> None:
    """Weekdays stand in, from a year before to a year after the days with records."""
    away = [
        ["student id", "date", "status"],
        ["0411", "2026-09-01", "sick"],
        ["0411", "2026-09-30", "sick"],
    ]
    school = load.read_school(book(students=ROLL, attendance=away))
    assert school.calendar.assumed
    year = dt.timedelta(days=366)
    assert (school.calendar.first, school.calendar.last) == (
        dt.date(2026, 9, 1) - year,
        dt.date(2026, 9, 30) + year,
    )
    assert notes(school) == {"calendar_assumed"}


def test_progress_is_told(book: Book) -> None:
    """A person sees files and tables go by, never past the end."""
    told: list[tuple[int, int, str]] = []
    load.read_school(book(students=ROLL), progress=lambda *step: told.append(step))
    assert len(told) >= 2
    assert all(0 <= done <= total and what for done, total, what in told)


def test_a_mapping_comes_first(book: Book) -> None:
    """Sheets a mapping speaks for are not recognised; the others are; some are left alone."""

    class Ours:
        """A school's own headers."""

        def apply(self, sheets: list[Sheet]) -> list[MappedTable]:
            ours = next(sheet for sheet in sheets if sheet.name == "people")
            alone = next(sheet for sheet in sheets if sheet.name == "attendance")
            return [
                ours.take("students", {"student_id": 1, "name": 0}, 0),
                alone.take("", {}, 0),
            ]

    path = book(
        people=[["Ann A", "0411"], ["Ben B", "0412"]],
        attendance=[["student id", "date", "status"], ["0411", "never", "sick"]],
        events=[["student id", "date", "kind"], ["0411", "2026-09-01", "award"]],
    )
    school = load.read_school(path, mapping=Ours())
    assert school.students["name"].tolist() == ["Ann A", "Ben B"]
    assert (len(school.attendance), len(school.events)) == (0, 1)
    assert "sheet_unknown" not in notes(school)


def test_a_mapping_that_does_not_fit_is_checked_without_raising(book: Book) -> None:
    """Its faults are listed like those of the files; any other error is still an error."""

    class NotFittingError(TableError):
        """What a mapping raises."""

        faults = (Fault("columns_missing", "school.xlsx", facts={"columns": ("sex",)}),)

    class Ours:
        """A mapping for other files."""

        def __init__(self, error: TableError) -> None:
            self.error = error

        def apply(self, sheets: list[Sheet]) -> list[MappedTable]:
            raise self.error

    path = book(students=ROLL)
    school, faults, _ = load.check(path, Ours(NotFittingError("load.no_students", path="x")))
    assert school is None
    assert faults == NotFittingError.faults
    with pytest.raises(TableError):
        load.check(path, Ours(TableError("load.no_students", path="x")))


def test_the_first_rows_are_those_of_excel(tmp_path: Path, csv: Book) -> None:
    """Titles, blank lines and line breaks above a fault do not move it."""
    path = csv(
        "students.csv", [["roll of 2026"], [], ["student id", '"se\nx"'], ["01", "f"], ["02", "?"]]
    )
    _, faults, _ = load.check(path)
    assert [(fault.row, fault.column) for fault in faults] == [(5, "B")]


def test_what_is_said_can_be_said(book: Book) -> None:
    """Every remark of a messy reading is a sentence in both languages."""
    school = load.read_school(book("messy"))
    for lang in text.LANGUAGES:
        sentences = [note.sentence(lang) for note in school.notes]
        assert all(sentence and "{" not in sentence for sentence in sentences)
    assert isinstance(school.notes[0], Note)
    assert isinstance(Fault("no_students", "a.csv").sentence("en"), str)
