"""Every way in which schools lay out their sheets, recognised and turned into tables."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest
from openpyxl.utils.cell import range_boundaries

from visitkit.load.entry import recognised
from visitkit.load.found import Laid
from visitkit.load.headers import Header, match
from visitkit.load.recognise import recognise
from visitkit.load.roster import find_extras
from visitkit.load.sheets import Sheet
from visitkit.load.wide import subject_of

DATA = Path(__file__).parent / "data"
LAYOUTS = tomllib.loads((DATA / "layouts.toml").read_text("utf-8"))
HEADERS = tomllib.loads((DATA / "words.toml").read_text("utf-8"))["headers"]


def sheet(name: str, file: str = "school.xlsx") -> Sheet:
    """Return a sheet of the file of layouts, merged cells filled down as the reader does."""
    found = LAYOUTS[name]
    rows = [[cell if cell != "" else None for cell in row] for row in found["rows"]]
    width = max(map(len, rows))
    rows = [row + [None] * (width - len(row)) for row in rows]
    merged = []
    for span in found.get("merged", ()):
        left, top, right, bottom = range_boundaries(span)
        merged.append((top - 1, left - 1, bottom - 1, right - 1))
        if left == right:
            for row in range(top, bottom):
                rows[row][left - 1] = rows[top - 1][left - 1]
    return Sheet.from_rows(file, found["name"], rows, merged)


def laid(*names: str) -> Laid:
    """Return what recognising some sheets gives."""
    return recognised([sheet(name) for name in names])


def rows(found: Laid, *columns: str) -> Counter[tuple[object, ...]]:
    """Return the cells of some columns of all parts, in any order."""
    return Counter(
        tuple(part.columns[name][at] if name in part.columns else None for name in columns)
        for part in found.parts
        for at in range(len(part))
    )


def keys(found: Laid) -> list[str]:
    """Return the keys of the faults."""
    return [fault.key for fault in found.faults]


def notes(found: Laid) -> list[str]:
    """Return the keys of the remarks."""
    return [note.key for note in found.notes]


def day(text: str) -> dt.date:
    """Return a date."""
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(("header", "column"), HEADERS["students"])
def test_headers_as_written(header: str, column: str) -> None:
    """Notes in brackets, line breaks, spaces and signs do not count; question numbers neither."""
    assert list(match("students", [Header(header)]).places) == [column or "student_id"]


@pytest.mark.parametrize(("header", "subject", "full"), HEADERS["subjects"])
def test_subjects_in_headers(header: str, subject: str, full: float) -> None:
    """A subject may carry its full score."""
    found = subject_of(Header(header))
    assert found is not None
    assert (found.word, found.full or 0.0) == (subject, full)


@pytest.mark.parametrize("header", HEADERS["no_subjects"])
def test_headers_that_are_no_subject(header: str) -> None:
    """Totals, ranks and other columns are no subjects."""
    assert subject_of(Header(header)) is None


@pytest.mark.parametrize(("header", "who", "field"), HEADERS["guardians"])
def test_guardians_in_headers(header: str, who: str, field: str) -> None:
    """Columns of a roster that belong to a guardian are known by relation and field."""
    assert find_extras([Header(header)]).guardians == {who: {field: 0}}


@pytest.mark.parametrize(("header", "group"), HEADERS["group_flags"])
def test_groups_in_headers(header: str, group: str) -> None:
    """Columns that ask whether a student belongs to a group."""
    assert find_extras([Header(header)]).flags == {0: group}


def test_marks_with_a_column_a_subject() -> None:
    """Title gives exam and day; a row gives full scores; totals and empty cells make no row."""
    found = laid("wide_plain")
    assert (keys(found), notes(found)) == ([], [])
    assert rows(found, "student_id", "subject", "score", "full_score") == Counter(
        [
            ("01", "chinese", 100, 150.0),
            ("01", "maths", 90, 120.0),
            ("02", "chinese", "\u7f3a\u8003", 150.0),
        ]
    )
    assert set(rows(found, "date")) == {(day("2026-11-05"),)}
    part = found.parts[0]
    assert part.place("score", 0) == (3, "C")


def test_marks_under_two_levels_of_headers() -> None:
    """Ranks beside marks are not read; the sheet still needs a day."""
    found = recognise(sheet("wide_two_levels"))
    assert found is not None
    assert (found.claim.layout, found.first) == ("wide", 2)
    assert keys(laid("wide_two_levels")) == ["exam_no_date"]


def test_two_exams_side_by_side() -> None:
    """Each exam above its subjects has its own day."""
    found = rows(laid("wide_two_exams"), "subject", "date", "score")
    november, january = day("2026-11-05"), day("2027-01-08")
    assert found == Counter(
        [
            ("chinese", november, 80),
            ("maths", november, 81),
            ("chinese", january, 90),
            ("maths", january, 91),
        ]
    )


def test_wide_marks_with_a_column_of_exams() -> None:
    """Exam and day may stand in the row."""
    found = rows(laid("wide_exam_column"), "exam", "date", "subject", "score")
    assert sum(found.values()) == 4
    assert ("\u671f\u672b", "2027-01-08", "maths", 91) in found


def test_an_exam_without_a_day_is_said_once() -> None:
    """The fault is of the sheet, and its rows are counted as left out."""
    found = laid("wide_no_date")
    assert (keys(found), found.parts, found.left_out["marks"]) == (["exam_no_date"], [], 4)
    assert (found.faults[0].row, found.faults[0].sheet) == (0, LAYOUTS["wide_no_date"]["name"])


def test_a_list_of_exams_gives_the_day() -> None:
    """A sheet of exams with dates serves marks in wide and in long form."""
    for name in ("wide_no_date", "long_marks_no_date"):
        found = laid(name, "exam_list")
        assert keys(found) == []
        assert set(rows(found, "date")) == {(day("2026-11-05"),)}


def test_a_bad_day_in_the_list_of_exams() -> None:
    """It is told at its cell."""
    found = laid("long_marks_no_date", "exam_list_bad")
    told = {(fault.key, fault.row, fault.column) for fault in found.faults}
    assert told == {("date_unknown", 2, "B"), ("exam_no_date", 0, "")}


@pytest.mark.parametrize(
    ("name", "columns"), [("wide_twice", ["D"]), ("wide_side_by_side", ["C", "D"])]
)
def test_headers_twice(name: str, columns: list[str]) -> None:
    """Two columns of one subject, or two lists side by side, are told, not chosen from."""
    found = laid(name)
    assert set(keys(found)) == {"header_twice"}
    assert sorted(fault.column for fault in found.faults) == columns


def test_a_register_with_a_column_a_day() -> None:
    """Month from the sheet, year from the school year; being there is no row; remarks are said."""
    found = laid("register_plain")
    assert rows(found, "student_id", "date", "status") == Counter(
        [
            ("01", day("2026-09-02"), "\u25b3"),
            ("02", day("2026-09-01"), "\u00d7"),
            ("02", day("2026-09-02"), "\u00d7"),
            ("02", day("2026-09-03"), "\u75c5\u8fdf"),
        ]
    )
    assert notes(found) == ["columns_ignored", "rows_skipped"]
    assert found.notes[1].facts["rows"] == (5,)


@pytest.mark.parametrize("name", ["register_dates", "register_months_in_days"])
def test_a_register_with_dates_as_headers(name: str) -> None:
    """Headers may be dates, or days with their month."""
    found = {date for _, date, _ in rows(laid(name), "student_id", "date", "status")}
    ends = {day("2026-10-08")}
    assert found == ends | {day("2026-09-01" if name == "register_dates" else "2026-09-29")}


def test_a_register_with_weekdays_above_the_days() -> None:
    """The row of weekdays is neither days nor a student."""
    found = laid("register_weekdays_above")
    assert (keys(found), sum(rows(found, "student_id").values())) == ([], 2)
    assert found.parts[0].place("status", 0) == (3, "C")


def test_a_register_of_half_days() -> None:
    """Mornings and afternoons are told apart, also where the number is merged over both."""
    found = rows(laid("register_halves"), "student_id", "date", "_half")
    assert ("01", day("2026-09-02"), "afternoon") in found
    assert ("02", day("2026-09-03"), "afternoon") in found
    assert sum(found.values()) == 5


def test_a_register_without_a_month() -> None:
    """The fault says where to write it."""
    found = laid("register_no_month")
    assert (keys(found), found.left_out["attendance"]) == (["register_no_month"], 1)


def test_a_day_that_the_month_does_not_have() -> None:
    """Only entries in such a column are a fault: printed registers always have 31 columns."""
    found = laid("register_no_such_day")
    assert [(f.key, f.row, f.column) for f in found.faults] == [("day_not_in_month", 1, "D")]
    assert found.left_out["attendance"] == 1


def test_a_questionnaire_by_any_kind_of_header() -> None:
    """Q1, a question number in words and item_4 are items; the tool's total is not."""
    found = laid("survey_item_first")
    part = found.parts[0]
    items = [name for name in part.columns if name.startswith("item_")]
    assert items == ["item_1", "item_2", "item_3", "item_4"]
    assert part.columns["instrument"][0] == "PHQ-9"
    assert part.letters["item_4"] == "F"


def test_a_questionnaire_named_in_a_column() -> None:
    """A column of questionnaires wins over the sheet's name; the day stands in the name."""
    found = rows(laid("survey_named_by_column"), "instrument", "date", "administration")
    assert {date for _, date, _ in found} == {day("2026-09-20")}
    assert sorted(str(name) for name, _, _ in found)[0] == "GAD-7"


def test_a_matrix_question_is_counted_in_order() -> None:
    """Repeated question numbers are items in the order of the columns, and that is said."""
    found = laid("survey_matrix")
    part = found.parts[0]
    assert [part.columns[f"item_{n}"][0] for n in (1, 2, 3)] == [0, 1, 2]
    assert notes(found) == ["items_in_order"]


def test_a_questionnaire_without_name_and_day() -> None:
    """Both are told; nothing is guessed from the number of items."""
    found = laid("survey_no_name")
    assert keys(found) == ["survey_no_instrument", "survey_no_date"]
    assert found.left_out["surveys"] == 1


def test_home_life_with_a_column_a_field() -> None:
    """Fields side by side become rows; empty cells make none."""
    found = rows(laid("homelife_wide"), "student_id", "field")
    assert found == Counter(
        [("01", "sleep_hours"), ("01", "climate"), ("02", "sleep_hours"), ("02", "relationship")]
    )


def test_a_roster_with_groups_and_guardians() -> None:
    """Yes and words for groups become groups; words for none do not; odd words are handed on."""
    found = laid("roster_flags")
    groups = [part for part in found.parts if part.table == "groups"]
    cells = sorted(str(part.columns["code"][at]) for part in groups for at in range(len(part)))
    assert len(cells) == 5
    assert "left_behind" in cells
    guardians = [part for part in found.parts if part.table == "guardians"]
    relations = {str(part.columns["relation"][at]) for part in guardians for at in range(len(part))}
    assert relations == {"mother", "\u7236\u4eb2"}
    students = next(part for part in found.parts if part.table == "students")
    assert students.columns["class_id"][0] == LAYOUTS["roster_flags"]["name"]
    assert "class_from_sheet" in notes(found)


@pytest.mark.parametrize(
    ("name", "table"), [("nameless_behaviour", "behaviour"), ("nameless_events", "events")]
)
def test_words_tell_tables_with_equal_headers_apart(name: str, table: str) -> None:
    """Where the headers fit two tables, the words in the cells decide."""
    found = recognise(sheet(name))
    assert found is not None
    assert found.claim.table == table


def test_a_named_sheet_without_its_columns() -> None:
    """A sheet of absences by name only is a fault that names the missing column."""
    found = laid("named_without_columns")
    assert (keys(found), found.left_out["attendance"]) == (["columns_missing"], 2)
    assert found.faults[0].facts["columns"] == ("student_id",)


def every_sheet() -> Iterable[str]:
    """Return the layouts that are read without a fault."""
    return (name for name in LAYOUTS if not keys(laid(name)))


@pytest.mark.parametrize("name", sorted(every_sheet()))
def test_each_row_of_a_part_has_its_place(name: str) -> None:
    """Whatever the layout, the cell a part names is the cell of the sheet it came from."""
    one = sheet(name)
    from visitkit.load.grid import letter

    at = {letter(place): place for place in range(one.width)}
    for part in laid(name).parts:
        for column in ("student_id", "score", "status", "phone", "value"):
            for row in (
                range(len(part)) if column in part.columns and part.letters.get(column) else ()
            ):
                number, shown = part.place(column, row)
                assert one.cell(number - 1, at[shown]) == part.columns[column][row]


def test_rows_that_are_no_data(tmp_path: Path) -> None:
    """Totals, signatures, repeated headers and the template's examples are not read."""
    listed = [
        ["student id", "name", "sex"],
        ["01", "A", "f"],
        ["student id", "name", "sex"],
        ["02", "B", "m"],
        [None, "Sumner Lee", "m"],
        ["EXAMPLE1", "C", "m"],
        ["Total: 2", None, None],
        ["Average", None, None],
        ["Prepared by D", None, "2026-09-03"],
        [None, None, None],
    ]
    found = recognised([Sheet.from_rows("students.csv", "", listed)])
    assert found.parts[0].rows.tolist() == [2, 4, 5]
