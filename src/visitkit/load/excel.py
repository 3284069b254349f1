"""Workbooks to sheets, every cell where Excel shows it.

python-calamine reads xlsx, xlsm, xlsb, xls and ods. It gives numbers as floats, formatted dates
as dates, and an empty text for a formula that was never computed.
"""

from __future__ import annotations

from pathlib import Path

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from visitkit import text
from visitkit.errors import TableError
from visitkit.load.notes import Note
from visitkit.load.sheets import Merge, Sheet

_OLE, _ZIP = b"\xd0\xcf\x11\xe0", b"PK"
# The stream that holds an encrypted workbook, in the UTF-16 of an OLE directory.
_LOCKED = "EncryptedPackage".encode("utf-16-le")


def read_workbook(path: Path) -> tuple[list[Sheet], list[Note]]:
    """Return the sheets of a workbook that are shown and hold something, and remarks.

    Parameters
    ----------
    path
        An xlsx, xlsm, xlsb, xls or ods file.

    Raises
    ------
    TableError
        When the file has a password, is a web page in disguise, or cannot be read.
    """
    try:
        with CalamineWorkbook.from_path(str(path)) as book:
            return _sheets(book, path.name)
    except PasswordError as error:
        raise TableError("load.encrypted", path=str(path)) from error
    except (CalamineError, OSError, ValueError) as error:
        raise TableError(_reason(path), path=str(path)) from error


def _reason(path: Path) -> str:
    try:
        start = path.read_bytes()
    except OSError:
        return "load.unreadable"
    if start[:4] == _OLE and _LOCKED in start:
        return "load.encrypted"
    head = start[:2048].lower()
    is_page = b"<html" in head or b"<table" in head or b"<!doctype" in head
    return "load.html_inside" if is_page and start[:2] != _ZIP else "load.unreadable"


def _sheets(book: CalamineWorkbook, file: str) -> tuple[list[Sheet], list[Note]]:
    sheets: list[Sheet] = []
    notes: list[Note] = []
    for meta in book.sheets_metadata:
        if meta.typ != SheetTypeEnum.WorkSheet:
            continue
        if meta.visible == SheetVisibleEnum.Visible:
            sheet = _sheet(book.get_sheet_by_name(meta.name), file)
            sheets += [sheet] if sheet.height else []
        elif meta.visible == SheetVisibleEnum.Hidden and not _ours(meta.name):
            notes.append(Note("sheet_hidden", file, meta.name))
    return [sheet for sheet in sheets if not _ours(sheet.name)], notes


def _ours(name: str) -> bool:
    """Tell whether a sheet is one of those that the empty workbook has beside the tables."""
    keys = [key for key in ("template.lists_sheet", "template.howto.sheet") if text.has(key)]
    return name in {text.say(key, lang) for key in keys for lang in text.LANGUAGES}


def _sheet(found: CalamineSheet, file: str) -> Sheet:
    rows: list[list[object]] = [list(row) for row in found.to_python(skip_empty_area=False)]
    # merged_cell_ranges is None where the format does not tell, as for ods.
    ranges = found.merged_cell_ranges or []
    merged = [(low[0], low[1], high[0], high[1]) for low, high in ranges]
    _fill_down(rows, merged)
    return Sheet.from_rows(file, found.name, rows, merged)


def _fill_down(rows: list[list[object]], merged: list[Merge]) -> None:
    """Give each row of a cell merged downwards its value: one class name for forty students."""
    for top, left, bottom, right in merged:
        if left == right and top < len(rows):
            for row in range(top + 1, min(bottom + 1, len(rows))):
                rows[row][left] = rows[top][left]
