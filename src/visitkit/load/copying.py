"""A file of any kind as an xlsx workbook in memory, cell for cell."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Sequence
from pathlib import Path

from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from visitkit.load.reading import read_file
from visitkit.load.sheets import Sheet
from visitkit.load.typed import put

#: The most rows and columns of an xlsx sheet.
LARGEST = (1_048_576, 16_384)
_LONGEST_TITLE = 31
# What openpyxl meets in workbooks of other programs, whose cells can be read all the same.
_STRANGE = (ValueError, TypeError, KeyError, AttributeError, IndexError)


def copy_of(path: Path) -> Workbook:
    """Return a workbook with the cells of a file, each in its place.

    An xlsx file keeps its formats, formulas and comments. A csv becomes one sheet of text cells; of
    any other workbook the sheets that are shown keep their cells, numbers and dates as such.

    Parameters
    ----------
    path
        The file; it is only read.

    Raises
    ------
    TableError
        When the file cannot be read.
    """
    if zipfile.is_zipfile(path) and path.suffix.lower() in {".xlsx", ".xlsm"}:
        try:
            return load_workbook(path, rich_text=True)
        except _STRANGE:
            return book_of(read_file(path))
    return book_of(read_file(path))


def book_of(sheets: Sequence[Sheet]) -> Workbook:
    """Return a workbook with the cells of sheets as found.

    Examples
    --------
    >>> book = book_of([Sheet.from_rows("roll.csv", "", [["id"], ["007"]])])
    >>> book["roll"]["A2"].value, book["roll"]["A2"].number_format
    ('007', '@')
    """
    book = Workbook()
    del book[book.sheetnames[0]]
    for sheet in sheets:
        # Excel forbids these signs in the name of a sheet, and names longer than 31 signs.
        title = re.sub(r"[\\/*?:\[\]]", "_", sheet.title)[:_LONGEST_TITLE]
        _fill(book.create_sheet(title or "csv"), sheet)
    return book


def _fill(target: Worksheet, sheet: Sheet) -> None:
    rows, columns = min(sheet.height, LARGEST[0]), min(sheet.width, LARGEST[1])
    for number in range(columns):
        cells = sheet.columns[number]
        for row in range(rows):
            value = cells[row]
            if value is None:
                continue
            cell = target.cell(row + 1, number + 1)
            put(cell, value)
            if isinstance(value, str):
                # A number typed as text stays text when the person edits the cell.
                cell.number_format = "@"
    for top, left, bottom, right in sheet.merged:
        target.merge_cells(
            start_row=top + 1, start_column=left + 1, end_row=bottom + 1, end_column=right + 1
        )
