"""The marked copy: red cells, comments and a list of faults; the original is never touched."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path

import pytest
import xlwt
from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from visitkit import text
from visitkit.errors import TableError
from visitkit.load import marking
from visitkit.load.faults import Fault
from visitkit.load.marked import faults_json, marked_copy

RED = "FFFFB3B3"


@dataclass(frozen=True)
class Said(Fault):
    """A fault whose words do not depend on the loader's."""

    def words(self, lang: str | None = None) -> dict[str, object]:
        """Return the fault in words."""
        where = {"file": self.file, "sheet": self.sheet, "row": self.row, "column": self.column}
        worded = {"problem": f"{self.key} is wrong.", "allowed": "a or b.", "fix": "Write a."}
        return {**where, "value": self.value, **worded}


def fault(place: str, value: object = "x", *, key: str = "it", file: str = "s.xlsx") -> Said:
    """Return a fault at ``sheet!C4``, ``sheet!4``, ``sheet!`` or ``C4``."""
    sheet, _, cell = place.rpartition("!")
    column = cell.rstrip("0123456789")
    row = int(cell[len(column) :] or 0)
    return Said(key, file, sheet, row, column, str(value))


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    """Return a small workbook with formats, a comment, a formula, merged cells and risky text."""
    book = Workbook()
    sheet = book.active
    sheet.title = "roll"
    sheet.append(["id", "born", "score", "note"])
    sheet.append(["007", dt.date(2014, 3, 2), 88.5, "=cmd|' /C calc'!A0"])
    sheet["D2"].data_type = "s"
    sheet["A2"].number_format = "@"
    sheet["B2"].number_format = "yyyy-mm-dd"
    sheet.append(["008", dt.date(2014, 5, 6), 61, "fine"])
    sheet["C3"].comment = Comment("Ask Ms Sun", "Sun")
    sheet["C4"] = "=SUM(C2:C3)"
    sheet["D4"].fill = PatternFill("solid", fgColor="FF00FF00")
    sheet.merge_cells("A6:A8")
    sheet["A6"] = "7-1"
    book.create_sheet("it's")["B2"] = 3
    path = tmp_path / "in" / "s.xlsx"
    path.parent.mkdir()
    book.save(path)
    return path


def copied(path: Path, faults: list[Said], tmp_path: Path) -> tuple[Path, Workbook]:
    """Return the only copy and its workbook."""
    (copy,) = marked_copy(path, faults, tmp_path / "out", "en")
    return copy, load_workbook(copy)


def red(sheet: Worksheet) -> set[str]:
    """Return the places that are red."""
    return {
        cell.coordinate for row in sheet.iter_rows() for cell in row if cell.fill.fgColor.rgb == RED
    }


def test_faulty_cells_are_red_and_explained(workbook: Path, tmp_path: Path) -> None:
    """The cells named are marked, and no other."""
    before = workbook.read_bytes()
    copy, book = copied(workbook, [fault("roll!B2"), fault("it's!B2", 3)], tmp_path)
    assert copy == tmp_path / "out" / "s_checked.xlsx"
    assert book.sheetnames == ["what was found", "roll", "it's"]
    assert red(book["roll"]) == {"B2"}
    assert red(book["it's"]) == {"B2"}
    said = book["roll"]["B2"].comment.text
    assert said == "[check]\nit is wrong. Allowed: a or b. To do: Write a."
    assert workbook.read_bytes() == before


def test_everything_else_stays_as_it_was(workbook: Path, tmp_path: Path) -> None:
    """Values, kinds and formats of all cells are those of the original."""
    _, book = copied(workbook, [fault("roll!D2")], tmp_path)
    original = load_workbook(workbook)
    for sheet in original:
        for row in sheet.iter_rows():
            for cell in row:
                twin = book[sheet.title][cell.coordinate]
                assert (twin.value, twin.data_type) == (cell.value, cell.data_type)
                assert twin.number_format == cell.number_format
    assert book["roll"]["D2"].data_type == "s"
    assert book["roll"]["C4"].data_type == "f"
    assert book["roll"]["D4"].fill.fgColor.rgb == "FF00FF00"


def test_own_comments_are_kept_and_faults_of_a_cell_merged(workbook: Path, tmp_path: Path) -> None:
    """A comment of the person comes first, then each fault of the cell."""
    many = [fault("roll!C3", key=f"f{number}") for number in range(10)]
    _, book = copied(workbook, many, tmp_path)
    comment = book["roll"]["C3"].comment
    lines = comment.text.splitlines()
    assert comment.author == "Sun"
    assert lines[:3] == ["Ask Ms Sun", "", "[check]"]
    assert [line.split()[0] for line in lines[3:11]] == [f"f{number}" for number in range(8)]
    assert lines[11] == "... and 2 more in this cell; see the first sheet."


def test_rows_merged_cells_and_whole_sheets(workbook: Path, tmp_path: Path) -> None:
    """A faulty row is red all along; a merged cell is explained at its first; a sheet is listed."""
    faults = [fault("roll!3"), fault("roll!A7"), fault("roll!"), fault("gone!A1")]
    _, book = copied(workbook, faults, tmp_path)
    assert red(book["roll"]) == {"A3", "B3", "C3", "D3", "A6"}
    assert "[check]" in book["roll"]["A3"].comment.text
    assert "[check]" in book["roll"]["A6"].comment.text
    listed = [row[2].value for row in book["what was found"].iter_rows(min_row=4)]
    assert listed == ["row 3", "A7", "whole sheet", "A1"]


def test_the_list_leads_to_the_cells(workbook: Path, tmp_path: Path) -> None:
    """Each fault is one row, told in full, linked inside the workbook."""
    faults = [fault("roll!B2", "soon"), fault("it's!B2", 3), fault("roll!3"), fault("gone!A1")]
    _, book = copied(workbook, faults, tmp_path)
    sheet = book["what was found"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=4)]
    assert rows[0] == ["s.xlsx", "roll", "B2", "soon", "it is wrong.", "a or b.", "Write a."]
    links = [sheet.cell(row, 3).hyperlink for row in range(4, 8)]
    assert [link.location if link else None for link in links] == [
        "'roll'!B2",
        "'it''s'!B2",
        "'roll'!A3",
        None,
    ]
    assert "4" in sheet["A1"].value
    assert book.active.title == sheet.title


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_a_value_never_becomes_a_formula(workbook: Path, tmp_path: Path, start: str) -> None:
    """What was found is shown as typed text whatever it begins with."""
    value = f"{start}HYPERLINK(1)"
    _, book = copied(workbook, [fault("roll!B2", value)], tmp_path)
    cell = book["what was found"]["D4"]
    assert cell.data_type == "s"
    assert cell.quotePrefix
    # A carriage return is a line end in XML and comes back as one.
    assert cell.value.replace("\n", "\r") == value.replace("\n", "\r")


def test_signs_that_xlsx_cannot_hold(workbook: Path, tmp_path: Path) -> None:
    """A control sign in a cell does not stop the copy; an endless cell is cut."""
    _, book = copied(workbook, [fault("roll!B2", "a\x0bb" + "c" * 40_000)], tmp_path)
    shown = book["what was found"]["D4"].value
    assert shown.startswith("a\ufffdb")
    assert len(shown) == 32_767


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
def test_a_csv_becomes_a_workbook_of_text(tmp_path: Path, encoding: str) -> None:
    """Zeros, formulas and dates in a csv stay the text they were, at the same row and column."""
    path = tmp_path / "roll.csv"
    word = text.say("tables.students.student_id", "zh")
    lines = [f"{word},note,n", "007,=1+1,3", ",,", '"008","two\nlines",2026-09-01']
    path.write_text("\n".join(lines), encoding=encoding)
    copy, book = copied(path, [fault("C4", "2026-09-01", file="roll.csv")], tmp_path)
    sheet = book["roll"]
    assert copy.name == "roll_checked.xlsx"
    cells = {c.coordinate: c for row in sheet.iter_rows() for c in row if c.value is not None}
    assert {place: cell.value for place, cell in cells.items()} == {
        "A1": word,
        "B1": "note",
        "C1": "n",
        "A2": "007",
        "B2": "=1+1",
        "C2": "3",
        "A4": "008",
        "B4": "two\nlines",
        "C4": "2026-09-01",
    }
    assert {cell.data_type for cell in cells.values()} == {"s"}
    assert {cell.number_format for cell in cells.values()} == {"@"}
    assert red(sheet) == {"C4"}
    assert book["what was found"]["C4"].hyperlink.location == "'roll'!C4"


def test_an_old_workbook_becomes_a_new_one(tmp_path: Path) -> None:
    """An xls keeps text, numbers, dates, places and merged cells."""
    old = xlwt.Workbook()
    sheet = old.add_sheet("roll")
    sheet.write(1, 2, "007")
    sheet.write(1, 3, 12.5)
    sheet.write(1, 4, dt.date(2026, 9, 1), xlwt.easyxf(num_format_str="YYYY-MM-DD"))
    sheet.write_merge(3, 5, 0, 1, "7-1")
    path = tmp_path / "roll.xls"
    old.save(str(path))
    _, book = copied(path, [fault("roll!D2", 12.5, file="roll.xls")], tmp_path)
    assert book["roll"]["C2"].value == "007"
    assert book["roll"]["D2"].value == 12.5
    assert book["roll"]["E2"].value.date() == dt.date(2026, 9, 1)
    assert [str(area) for area in book["roll"].merged_cells.ranges] == ["A4:B6"]
    assert red(book["roll"]) == {"D2"}


def test_a_folder_gives_a_copy_a_file(workbook: Path, tmp_path: Path) -> None:
    """Only files with faults are copied; a fault of no file stands in every list."""
    folder = workbook.parent
    (folder / "s.csv").write_text("id\n1\n", encoding="utf-8")
    (folder / "fine.csv").write_text("id\n1\n", encoding="utf-8")
    faults = [
        fault("roll!B2"),
        fault("A2", file="s.csv"),
        fault("", key="no_roll", file="in"),
    ]
    copies = marked_copy(folder, faults, tmp_path / "out", "en")
    assert [copy.name for copy in copies] == ["s_checked.xlsx", "s_checked_2.xlsx"]
    for copy in copies:
        sheet = load_workbook(copy)["what was found"]
        assert [row[4].value for row in sheet.iter_rows(min_row=4)] == [
            "it is wrong.",
            "no_roll is wrong.",
        ]
        assert sheet["C5"].hyperlink is None


def test_faults_of_no_file_alone_are_listed(workbook: Path, tmp_path: Path) -> None:
    """Where nothing can be coloured there is still the list."""
    (copy,) = marked_copy(workbook.parent, [fault("", file="in")], tmp_path / "out", "en")
    assert (copy.name, load_workbook(copy).sheetnames) == ("in_checked.xlsx", ["what was found"])


def test_a_file_nobody_can_read_is_listed(tmp_path: Path) -> None:
    """A damaged workbook has no cells to colour; its fault is told all the same."""
    path = tmp_path / "s.xlsx"
    path.write_bytes(b"PK not a workbook")
    _, book = copied(path, [fault("")], tmp_path)
    assert book.sheetnames == ["what was found"]


def test_without_faults_nothing_is_written(workbook: Path, tmp_path: Path) -> None:
    """A clean workbook needs no copy."""
    assert marked_copy(workbook, [], tmp_path / "out", "en") == []
    assert list((tmp_path / "out").iterdir()) == []


def test_an_earlier_copy_is_not_replaced(workbook: Path, tmp_path: Path) -> None:
    """It may have been mended meanwhile."""
    first, _ = copied(workbook, [fault("roll!B2")], tmp_path)
    first.write_bytes(b"mended")
    second, _ = copied(workbook, [fault("roll!B2")], tmp_path)
    assert (first.name, second.name) == ("s_checked.xlsx", "s_checked_2.xlsx")
    assert first.read_bytes() == b"mended"


@pytest.mark.parametrize("lang", text.LANGUAGES)
def test_a_mended_copy_loses_its_old_marks(workbook: Path, tmp_path: Path, lang: str) -> None:
    """Checked again, only what is still wrong is red; the person's comment is still there."""
    faults = [fault("roll!B2"), fault("roll!C3"), fault("roll!D3")]
    (copy,) = marked_copy(workbook, faults, tmp_path / "out", lang)
    again = [fault("roll!D3", file=copy.name)]
    _, book = copied(copy, again, tmp_path / "again")
    assert book.sheetnames == ["what was found", "roll", "it's"]
    assert red(book["roll"]) == {"D3"}
    assert book["roll"]["B2"].comment is None
    assert book["roll"]["C3"].comment.text == "Ask Ms Sun"
    assert book["roll"]["D3"].comment.text.count("Write a.") == 1


def test_the_folder_that_is_checked_gets_no_copies(workbook: Path) -> None:
    """A copy there would be read as the school's own next time."""
    with pytest.raises(TableError) as caught:
        marked_copy(workbook.parent, [fault("roll!B2")], workbook.parent, "en")
    assert caught.value.key == "template.marked.same_folder"
    assert [path.name for path in workbook.parent.iterdir()] == ["s.xlsx"]


def test_a_path_that_is_not_there(tmp_path: Path) -> None:
    """The error names the path."""
    with pytest.raises(TableError) as caught:
        marked_copy(tmp_path / "s.xlsx", [], tmp_path / "out", "en")
    assert caught.value.key == "load.file_missing"


def test_all_copies_or_none(
    workbook: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the disk fills up at the second file, the first is not left behind either."""
    (workbook.parent / "t.csv").write_text("id\n1\n", encoding="utf-8")
    save, saved = Workbook.save, []

    def full(self: Workbook, name: Path) -> None:
        saved.append(name)
        if len(saved) == 2:
            raise OSError(28, "No space left on device")
        save(self, name)

    monkeypatch.setattr(Workbook, "save", full)
    faults = [fault("roll!B2"), fault("A2", file="t.csv")]
    with pytest.raises(TableError) as caught:
        marked_copy(workbook.parent, faults, tmp_path / "out", "en")
    assert caught.value.key == "template.marked.cannot_write"
    assert len(saved) == 2
    assert list((tmp_path / "out").iterdir()) == []


def test_fifty_thousand_rows_and_very_many_faults(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every faulty cell is red and listed; comments and links stop where Excel would choke."""
    monkeypatch.setattr(marking, "MOST_COMMENTS", 5)
    monkeypatch.setattr(marking, "MOST_LINKS", 7)
    path = tmp_path / "big.csv"
    rows = "".join(f"{number:06d},{number % 101}\n" for number in range(2, 50_001))
    path.write_text("id,score\n" + rows, encoding="utf-8")
    places = [f"B{row}" for row in range(50, 50_001, 1000)]
    _, book = copied(path, [fault(place, file="big.csv") for place in places], tmp_path)
    assert book["big"].max_row == 50_000
    assert red(book["big"]) == set(places)
    comments = [cell for (cell,) in book["big"]["B1:B50000"] if cell.comment]
    listed = book["what was found"]
    links = [row[2] for row in listed.iter_rows(min_row=4) if row[2].hyperlink]
    assert (len(comments), len(links), listed.max_row - 3) == (5, 7, len(places))
    assert str(len(places) - 5) in listed["A2"].value


def test_faults_as_json() -> None:
    """Other programs get every part, in the language asked for."""
    told = json.loads(faults_json([fault("roll!B2", "\u00e9"), fault("gone!")], "en"))
    assert told[0] == {
        "file": "s.xlsx",
        "sheet": "roll",
        "row": 2,
        "column": "B",
        "value": "\u00e9",
        "problem": "it is wrong.",
        "allowed": "a or b.",
        "fix": "Write a.",
    }
    assert [item["row"] for item in told] == [2, 0]
