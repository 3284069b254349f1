"""Workbooks and csv files of made-up schools, written out for the tests of load."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import openpyxl
import pytest
import xlwt
from openpyxl.utils.cell import range_boundaries

DATA = Path(__file__).parent / "data"
Rows = Iterable[Sequence[object]]


def words(name: str) -> dict:
    """Return a file of made-up sheets and words."""
    return tomllib.loads((DATA / f"{name}.toml").read_text("utf-8"))


def write_xlsx(path: Path, sheets: Iterable[dict]) -> Path:
    """Write sheets as an xlsx workbook; empty texts are empty cells."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for sheet in sheets:
        page = book.create_sheet(sheet["name"])
        for row, cells in enumerate(sheet["rows"], start=1):
            for column, value in enumerate(cells, start=1):
                if value != "":
                    cell = page.cell(row, column)
                    cell.value = value
                    if isinstance(value, str):
                        cell.data_type = "s"
        for span in sheet.get("merged", ()):
            page.merge_cells(span)
        page.sheet_state = sheet.get("state", "visible")
    book.save(path)
    return path


def write_xls(path: Path, sheets: Iterable[dict]) -> Path:
    """Write sheets as an old xls workbook."""
    book = xlwt.Workbook()
    for sheet in sheets:
        page = book.add_sheet(sheet["name"])
        spans = {}
        for span in sheet.get("merged", ()):
            left, top, right, bottom = range_boundaries(span)
            spans[top - 1, left - 1] = (bottom - 1, right - 1)
        for row, cells in enumerate(sheet["rows"]):
            for column, value in enumerate(cells):
                if (row, column) in spans:
                    page.write_merge(
                        row, spans[row, column][0], column, spans[row, column][1], value
                    )
                elif value != "":
                    page.write(row, column, value)
    book.save(str(path))
    return path


def write_csv(path: Path, rows: Rows, encoding: str = "utf-8", delimiter: str = ",") -> Path:
    """Write rows as text."""
    lines = [delimiter.join("" if cell is None else str(cell) for cell in row) for row in rows]
    path.write_bytes("\n".join(lines).encode(encoding))
    return path


@pytest.fixture
def book(tmp_path: Path) -> Callable[..., Path]:
    """Return what writes a workbook of a file of words, or of sheets given as rows by name."""

    def write(name: str = "", *, file: str = "school.xlsx", **sheets: Rows) -> Path:
        pages = words(name)["sheet"] if name else []
        pages = [*pages, *({"name": title, "rows": rows} for title, rows in sheets.items())]
        writer = write_xls if file.endswith(".xls") else write_xlsx
        return writer(tmp_path / file, pages)

    return write


@pytest.fixture
def csv(tmp_path: Path) -> Callable[..., Path]:
    """Return what writes a folder's csv file from rows."""

    def write(file: str, rows: Rows, encoding: str = "utf-8", delimiter: str = ",") -> Path:
        return write_csv(tmp_path / file, rows, encoding, delimiter)

    return write
