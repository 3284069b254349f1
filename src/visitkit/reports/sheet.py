"""A sheet for people: header in sight, filters, widths, one page wide on paper."""

from __future__ import annotations

import math
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any, Protocol

from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.styles.cell_style import StyleArray
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from visitkit import text
from visitkit.load.typed import put, width

_HEAD = PatternFill("solid", fgColor="FF1D4D62")
_LINE = Border(bottom=Side(style="thin", color="FFCFD6DD"))
#: Points a line takes, and the most lines shown of one cell.
_LINE_HEIGHT, _MOST_LINES = 15.0, 8
_TOP = Alignment(vertical="top")
_WRAP = Alignment(vertical="top", wrap_text=True)


@dataclass(frozen=True, slots=True)
class Field:
    """A column of a sheet.

    Parameters
    ----------
    title
        Header in words.
    width
        In narrow signs.
    number_format
        As in Excel; ``@`` keeps leading zeros.
    wrap
        Long words go on in the next line.
    """

    title: str
    width: float
    number_format: str = "General"
    wrap: bool = False


def fill(
    sheet: Worksheet, fields: Sequence[Field], rows: Sequence[Sequence[object]], freeze: int = 1
) -> None:
    """Write headers and rows; the header stays in sight, every column can be filtered."""
    for number, field in enumerate(fields, start=1):
        head = sheet.cell(1, number)
        put(head, field.title)
        head.font = Font(bold=True, color="FFFFFFFF")
        head.fill = _HEAD
        head.alignment = Alignment(vertical="center", wrap_text=True)
        sheet.column_dimensions[get_column_letter(number)].width = field.width
    looks = _looks(sheet, fields) if rows else []
    for place, row in enumerate(rows, start=2):
        for number, (look, value) in enumerate(zip(looks, row, strict=True), start=1):
            cell: Any = sheet.cell(place, number)
            put(cell, value)
            guarded = cell.quotePrefix
            cell._style = copy(look)
            if guarded:
                cell.quotePrefix = True
        sheet.row_dimensions[place].height = _LINE_HEIGHT * _lines(fields, row)
    sheet.freeze_panes = sheet.cell(2, freeze).coordinate
    sheet.auto_filter.ref = sheet.dimensions
    _printed(sheet)


def _looks(sheet: Worksheet, fields: Sequence[Field]) -> list[StyleArray]:
    """Return the style of each column's cells; openpyxl looks every style up, so once a column."""
    looks = []
    for number, field in enumerate(fields, start=1):
        model: Any = sheet.cell(2, number)
        model.number_format = field.number_format
        model.alignment = _WRAP if field.wrap else _TOP
        model.border = _LINE
        looks.append(copy(model._style))
    return looks


def _lines(fields: Sequence[Field], row: Sequence[object]) -> int:
    """Return how many lines the longest cell takes; not every program works that out itself."""
    taken = [
        math.ceil(width(str(value)) / (field.width - 3))
        for field, value in zip(fields, row, strict=True)
        if field.wrap and value
    ]
    return min(max(taken, default=1), _MOST_LINES)


def _printed(sheet: Worksheet) -> None:
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = "1:1"


class Say(Protocol):
    """Says a sentence in one language."""

    def __call__(self, key: str, /, **facts: object) -> str:
        """Return the sentence with its facts."""
        ...


def sayer(lang: str) -> Say:
    """Return what says sentences in one language."""

    def say(key: str, /, **facts: object) -> str:
        return text.say(key, lang, **facts)

    return say
