"""Files to sheets: every cell where Excel shows it, and one clear error for what cannot be read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
import xlwt
from hypothesis import given
from hypothesis import strategies as st

from visitkit.errors import TableError
from visitkit.load.delimited import encoding_of, read_text_table
from visitkit.load.grid import Cells, letter
from visitkit.load.reading import read_file, read_sheets
from visitkit.load.sheets import Sheet

HAN = "\u5b66\u53f7"  # the header "student number", to have text outside ASCII
plain_cells = st.one_of(
    st.none(), st.booleans(), st.integers(0, 3), st.sampled_from([1.0, 2.5, "1", "a"])
)


def key_of(path: Path) -> str:
    """Return the key of the error that reading a path gives."""
    with pytest.raises(TableError) as caught:
        read_sheets(path)
    return caught.value.key


@given(st.lists(plain_cells, max_size=30))
def test_coded_cells_are_the_cells(cells: list[object]) -> None:
    """Coding loses nothing: 1, 1.0, True and "1" stay what they are."""
    coded = Cells.of(cells)
    assert [(type(c), c) for c in coded.listed()] == [(type(c), c) for c in cells]
    assert len(set(map(repr, coded.values))) == len(coded.values)
    assert coded.filled().tolist() == [cell is not None for cell in cells]


@given(st.lists(st.lists(plain_cells, max_size=8), max_size=4))
def test_stacked_cells_are_the_cells(parts: list[list[object]]) -> None:
    """Stacking columns keeps their order and their cells."""
    joined = Cells.join([Cells.of(part) for part in parts])
    assert repr(joined.listed()) == repr([cell for part in parts for cell in part])


def test_letters() -> None:
    """Columns are named as Excel names them."""
    assert [letter(at) for at in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


def test_a_sheet_that_starts_elsewhere_keeps_its_places(tmp_path: Path) -> None:
    """Leading empty rows and columns count, or every fault would name a wrong cell."""
    book = openpyxl.Workbook()
    book.active["C5"] = "x"
    book.save(tmp_path / "a.xlsx")
    sheet = read_file(tmp_path / "a.xlsx")[0]
    assert (sheet.height, sheet.width, sheet.cell(4, 2), sheet.cell(0, 0)) == (5, 3, "x", None)


def test_merged_cells_are_known_and_filled_down(tmp_path: Path) -> None:
    """One class merged over two rows is both rows' class; a title is not repeated sideways."""
    book = openpyxl.Workbook()
    page = book.active
    page["A1"], page["A2"], page["B2"], page["B3"] = "title", "7-1", "01", "02"
    page.merge_cells("A1:B1")
    page.merge_cells("A2:A3")
    book.save(tmp_path / "a.xlsx")
    sheet = read_file(tmp_path / "a.xlsx")[0]
    assert sheet.rows == [["title", None], ["7-1", "01"], ["7-1", "02"]]
    assert set(sheet.merged) == {(0, 0, 0, 1), (1, 0, 2, 0)}


def test_kinds_of_cells(tmp_path: Path) -> None:
    """Numbers, truth values, dates and times keep their kind; a formula never computed is empty."""
    book = openpyxl.Workbook()
    cells = [20260002, 41518, True, dt.date(2013, 9, 1), dt.time(8, 30), "'0412", "=1+1", "88 "]
    book.active.append(cells)
    book.save(tmp_path / "a.xlsx")
    found = read_file(tmp_path / "a.xlsx")[0].row(0)
    expected = [
        20260002.0,
        41518.0,
        True,
        dt.date(2013, 9, 1),
        dt.time(8, 30),
        "'0412",
        None,
        "88 ",
    ]
    assert found == expected


def test_an_old_workbook(tmp_path: Path) -> None:
    """An xls file is read like an xlsx file, merged cells included."""
    book = xlwt.Workbook()
    page = book.add_sheet("roll")
    page.write_merge(0, 0, 0, 1, "title")
    page.write(1, 0, HAN)
    page.write(2, 0, "0412")
    day = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    page.write(2, 1, dt.date(2013, 9, 1), day)
    book.save(str(tmp_path / "a.xls"))
    sheet = read_file(tmp_path / "a.xls")[0]
    assert sheet.rows[1:] == [[HAN, None], ["0412", dt.date(2013, 9, 1)]]
    assert sheet.merged == ((0, 0, 0, 1),)


def test_hidden_and_empty_sheets(tmp_path: Path) -> None:
    """A hidden sheet is said; an empty one and a very hidden one are passed over."""
    book = openpyxl.Workbook()
    book.active.append(["x"])
    book.create_sheet("empty")
    for state in ("hidden", "veryHidden"):
        page = book.create_sheet(state)
        page.append(["y"])
        page.sheet_state = state
    book.save(tmp_path / "a.xlsx")
    reading = read_sheets(tmp_path / "a.xlsx")
    assert [sheet.name for sheet in reading.sheets] == ["Sheet"]
    assert [(note.key, note.sheet) for note in reading.notes] == [("sheet_hidden", "hidden")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    """UTF-8 with and without mark, GB18030 and UTF-16 with mark are read."""
    (tmp_path / "a.csv").write_bytes(f"{HAN},x\n0412,\u5f20\n".encode(encoding))
    assert read_text_table(tmp_path / "a.csv").rows == [[HAN, "x"], ["0412", "\u5f20"]]


@pytest.mark.parametrize(
    "data", [f"{HAN}\n1\n".encode("utf-16-le"), b"id\n\xff\xff\n", b"\xef\xbb\xbf\xff"]
)
def test_other_encodings_are_an_error(tmp_path: Path, data: bytes) -> None:
    """What is neither is not guessed; the error says how to save it anew."""
    (tmp_path / "a.csv").write_bytes(data)
    assert encoding_of(data) is None
    assert key_of(tmp_path / "a.csv") == "load.csv_encoding"


@given(st.text(alphabet="\u5b66\u53f7\u59d3\u540d,a1", min_size=1, max_size=30))
def test_utf8_is_never_taken_for_gb18030(written: str) -> None:
    """Many UTF-8 texts could be read as GB18030 too, as nonsense."""
    assert encoding_of(written.encode()) == "utf-8"
    if not written.isascii():
        assert encoding_of(written.encode("utf-8-sig")) == "utf-8-sig"


def test_traditional_encodings_are_not_taken_for_gb18030() -> None:
    """A Big5 list read as GB18030 is full of characters that mean nothing."""
    assert (
        encoding_of("\u5b78\u865f,\u59d3\u540d,\u6027\u5225,\u5099\u8a3b\n".encode("big5")) is None
    )


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_delimiters(tmp_path: Path, delimiter: str) -> None:
    """Commas, semicolons and tabs separate; the other signs are then part of a cell."""
    rows = [["id", "note"], ["01", '"a, b; c"'], ["02", ""]]
    text = "\n".join(delimiter.join(row) for row in rows)
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    assert read_text_table(tmp_path / "a.csv").rows == [
        ["id", "note"],
        ["01", "a, b; c"],
        ["02", None],
    ]


def test_rows_of_text_are_those_excel_shows(tmp_path: Path) -> None:
    """Blank lines and line breaks in quotes count as in Excel; short rows are filled."""
    (tmp_path / "a.csv").write_text('t\n\nid,"no\nte",x\n01\n', encoding="utf-8")
    sheet = read_text_table(tmp_path / "a.csv")
    assert sheet.rows == [["t", None, None], [None] * 3, ["id", "no\nte", "x"], ["01", None, None]]


def test_an_open_quotation_mark(tmp_path: Path) -> None:
    """A quotation mark that swallows the rest is told with its row."""
    (tmp_path / "a.csv").write_text('id,note\n01,"x\n02,y\n', encoding="utf-8")
    with pytest.raises(TableError) as caught:
        read_sheets(tmp_path / "a.csv")
    assert (caught.value.key, caught.value.facts["row"]) == ("load.csv_quotes", 2)


def test_missing_and_empty_paths(tmp_path: Path) -> None:
    """Each gives one error of its own."""
    openpyxl.Workbook().save(tmp_path / "empty.xlsx")
    (tmp_path / "empty.csv").write_text("")
    (tmp_path / "letter.docx").write_text("x")
    (tmp_path / "folder").mkdir()
    assert key_of(tmp_path / "none.xlsx") == "load.file_missing"
    assert key_of(tmp_path / "empty.xlsx") == "load.workbook_empty"
    assert key_of(tmp_path / "empty.csv") == "load.workbook_empty"
    assert key_of(tmp_path / "letter.docx") == "load.kind_unreadable"
    assert key_of(tmp_path / "folder") == "load.folder_empty"


@pytest.mark.parametrize(
    ("name", "data", "key"),
    [
        ("cut.xlsx", b"PK\x03\x04 cut off", "unreadable"),
        ("cut.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "unreadable"),
        ("page.xls", b"<html><table><tr><td>1</td></tr></table></html>", "html_inside"),
        (
            "locked.xlsx",
            b"\xd0\xcf\x11\xe0" + bytes(600) + "EncryptedPackage".encode("utf-16-le"),
            "encrypted",
        ),
    ],
)
def test_files_that_cannot_be_read(tmp_path: Path, name: str, data: bytes, key: str) -> None:
    """Damaged, locked and disguised files are one error alone, one fault each in a folder."""
    (tmp_path / name).write_bytes(data)
    assert key_of(tmp_path / name) == f"load.{key}"
    (tmp_path / "roll.csv").write_text("student id,sex\n1,f\n", encoding="utf-8")
    reading = read_sheets(tmp_path)
    assert [(fault.key, fault.file) for fault in reading.faults] == [(f"file_{key}", name)]
    assert [sheet.file for sheet in reading.sheets] == ["roll.csv"]


def test_a_folder_is_read_without_what_is_no_table(
    tmp_path: Path, csv: Callable[..., Path]
) -> None:
    """Lock files, hidden files and papers are passed over; other programs' tables are said."""
    csv("b.csv", [["id"], ["1"]])
    csv("a.tsv", [["id", "x"], ["1", "2"]], delimiter="\t")
    for name in ("~$b.xlsx", ".hidden.csv", "plan.pdf", "photo.png", "old.et"):
        (tmp_path / name).write_bytes(b"\0")
    told: list[tuple[int, int]] = []
    reading = read_sheets(tmp_path, lambda done, total, what: told.append((done, total)))
    assert [sheet.file for sheet in reading.sheets] == ["a.tsv", "b.csv"]
    assert [(note.key, note.file) for note in reading.notes] == [("file_kind", "old.et")]
    assert told == [(0, 2), (1, 2)]


@given(st.lists(st.lists(plain_cells, max_size=4), max_size=5))
def test_a_sheet_from_rows_has_those_rows(rows: list[list[object]]) -> None:
    """Short rows are filled with empty cells."""
    sheet = Sheet.from_rows("a.csv", "", rows)
    width = max((len(row) for row in rows), default=0)
    even = [list(row) + [None] * (width - len(row)) for row in rows]
    assert repr(sheet.rows) == repr(even if width else [])
