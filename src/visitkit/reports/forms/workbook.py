"""A form as a workbook to fill in: pull-downs, and hidden names by which it is read again."""

from __future__ import annotations

import datetime as dt
import io
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from visitkit import text
from visitkit.load.typed import put, width
from visitkit.record.forms import FilledForm, anchors
from visitkit.record.forms import words as say
from visitkit.record.forms.definition import Field, Form, Section
from visitkit.record.forms.values import written
from visitkit.reports.forms.packing import MADE_ON, timeless
from visitkit.reports.forms.pulldowns import PullDowns
from visitkit.reports.forms.view import caption

_EDGE = Side(style="thin", color="FF8A949E")
_BOX = Border(left=_EDGE, right=_EDGE, top=_EDGE, bottom=_EDGE)
_SHADE = PatternFill("solid", fgColor="FFEEF2F5")
_WRAP = Alignment(vertical="top", wrap_text=True)
_FORMATS = {
    "date": "yyyy-mm-dd",
    "moment": "yyyy-mm-dd hh:mm",
    "time": "hh:mm",
    "number": "General",
    "integer": "0",
}
_WIDTHS = {"date": 13.0, "moment": 18.0, "flag": 9.0, "integer": 10.0, "number": 11.0, "time": 10.0}
#: Fewest columns of a sheet, width of the first and of free text, points of a line.
_COLUMNS, _LABEL, _TEXT, _LINE = 6, 22.0, 20.0, 15.0
#: Most points a row can be high.
_HIGHEST = 400.0


@dataclass
class _Sheet:
    book: Workbook
    sheet: Worksheet
    form: Form
    lang: str
    columns: int
    lists: PullDowns
    row: int = 1

    @property
    def span(self) -> float:
        """Width of the value cells of a field, in narrow signs."""
        shapes = self.sheet.column_dimensions
        return sum(shapes[get_column_letter(at)].width for at in range(2, self.columns + 1))


def xlsx_bytes(filled: FilledForm, lang: str) -> bytes:
    """Return a form as an .xlsx file; the same form always gives the same bytes."""
    book = Workbook()
    form = filled.definition
    sheet = cast("Worksheet", book.active)
    sheet.title = text.say("forms.sheet", lang)
    tables = [len(one.columns) for one in form.fields.values()]
    at = _Sheet(book, sheet, form, lang, max(_COLUMNS, *tables), PullDowns(sheet, lang))
    _shape(at)
    _head(at)
    for section in form.sections:
        _section(at, section, filled)
    _foot(at)
    at.lists.write(book)
    _print(at)
    book.properties.creator = book.properties.lastModifiedBy = "visitkit"
    book.properties.title = say.title(form, lang)
    book.properties.created = MADE_ON
    stream = io.BytesIO()
    book.save(stream)
    return timeless(stream.getvalue())


def _shape(at: _Sheet) -> None:
    """Give each column the width that its widest use wants."""
    widths = [_LABEL] + [12.0] * (at.columns - 1)
    for one in at.form.fields.values():
        for place, column in enumerate(one.columns):
            header = say.label(at.form, f"{one.name}.{column.name}", at.lang)
            wanted = max(_WIDTHS.get(column.kind, _wide(column)), min(width(header) + 3, 26))
            widths[place] = max(widths[place], wanted)
    for place, wide in enumerate(widths, start=1):
        at.sheet.column_dimensions[get_column_letter(place)].width = wide


def _wide(column: Field) -> float:
    return 14.0 if column.kind in {"id", "person", "choice"} else _TEXT


def _head(at: _Sheet) -> None:
    _across(at, say.title(at.form, at.lang), Font(bold=True, size=15))
    lines = (say.purpose(at.form, at.lang), text.say("forms.how_to_fill", at.lang))
    for words in (*lines, text.say("forms.required_mark", at.lang)):
        _across(at, words, Font(size=9, color="FF444444"))
    _name(at, anchors.FORM, f'"{at.form.name}"')


def _across(at: _Sheet, words: str, font: Font) -> None:
    cell = at.sheet.cell(at.row, 1)
    put(cell, words)
    cell.font, cell.alignment = font, _WRAP
    at.sheet.merge_cells(start_row=at.row, end_row=at.row, start_column=1, end_column=at.columns)
    high = _LINE * (float(font.size or 11) / 11) * 1.15
    at.sheet.row_dimensions[at.row].height = _height(words, at.span + _LABEL, 1, high)
    at.row += 1


def _height(words: str, wide: float, least: int, line: float = _LINE) -> float:
    lines = sum(max(1, math.ceil(width(one) / max(wide - 2, 6))) for one in words.split("\n"))
    return min(max(lines, least) * line + 3, _HIGHEST)


def _name(at: _Sheet, name: str, value: str) -> None:
    at.book.defined_names[name] = DefinedName(name, attr_text=value, hidden=True)


def _anchor(at: _Sheet, name: str, row: int, column: int) -> None:
    place = f"${get_column_letter(column)}${row}"
    _name(at, name, f"{quote_sheetname(at.sheet.title)}!{place}")


def _section(at: _Sheet, section: Section, filled: FilledForm) -> None:
    at.row += 1
    _anchor(at, anchors.section_anchor(section.name), at.row, 1)
    _across(at, say.section_title(at.form, section.name, at.lang), Font(bold=True, size=12))
    for one in section.fields:
        value = filled.content.get(one.name)
        if one.kind == "table":
            _table(at, one, value if isinstance(value, tuple) else ())
        else:
            _field(at, one, value)


def _field(at: _Sheet, one: Field, value: object) -> None:
    """Write a label with its value cells: one, or one an item of a list."""
    listed = one.kind == "list"
    values = value if listed and isinstance(value, tuple) else (value,)
    item = _item(one) if listed else one
    rows = max(len(values), one.rows if listed else 1)
    _anchor(at, anchors.field_anchor(one.name), at.row, 2)
    for number in range(rows):
        if number == 0:
            _label(at, at.row, 1, say.label(at.form, one.name, at.lang), one.required)
        else:
            at.sheet.cell(at.row, 1).border = _BOX
        _value_row(at, item, values[number] if number < len(values) else None)
        at.row += 1


def _item(one: Field) -> Field:
    return Field(one.name, one.item, of=one.of, choices=one.choices, open=one.open)


def _value_row(at: _Sheet, one: Field, value: object) -> None:
    for column in range(2, at.columns + 1):
        at.sheet.cell(at.row, column).border = _BOX
    at.sheet.merge_cells(start_row=at.row, end_row=at.row, start_column=2, end_column=at.columns)
    _value(at, one, at.row, 2, value)
    least = 3 if one.kind == "long" else 2 if one.kind == "signature" else 1
    words = written(one, value, at.lang)
    at.sheet.row_dimensions[at.row].height = _height(words, at.span, least)


def _label(at: _Sheet, row: int, column: int, words: str, required: bool) -> None:
    cell = at.sheet.cell(row, column)
    put(cell, words + ("*" if required else ""))
    cell.font, cell.fill, cell.alignment, cell.border = (
        Font(bold=True, size=10),
        _SHADE,
        _WRAP,
        _BOX,
    )


def _value(at: _Sheet, one: Field, row: int, column: int, value: object) -> None:
    cell: Any = at.sheet.cell(row, column)
    cell.number_format = _FORMATS.get(one.kind, "@")
    cell.alignment, cell.border = _WRAP, _BOX
    put(cell, _cell_value(one, value, at.lang))
    at.lists.offer(one, cell.coordinate)


def _cell_value(one: Field, value: object, lang: str) -> object:
    if value is None:
        return None
    if one.kind == "date":
        return dt.date.fromisoformat(str(value))
    if one.kind == "time":
        return dt.time.fromisoformat(str(value))
    if one.kind == "moment":
        return dt.datetime.fromisoformat(str(value)).replace(tzinfo=None)
    if one.kind in {"number", "integer"}:
        return value
    return written(one, value, lang)


def _table(at: _Sheet, one: Field, rows: tuple[Mapping[str, object], ...]) -> None:
    words = caption(at.form, one, at.lang)
    if words:
        _across(at, words, Font(bold=True, size=10))
    for place, column in enumerate(one.columns, start=1):
        words = say.label(at.form, f"{one.name}.{column.name}", at.lang)
        _label(at, at.row, place, words, column.required)
        _anchor(at, anchors.column_anchor(one.name, column.name), at.row, place)
    at.sheet.row_dimensions[at.row].height = _LINE * 2 + 3
    at.row += 1
    for number in range(max(len(rows), one.rows)):
        row = rows[number] if number < len(rows) else {}
        heights = [_LINE + 6]
        for place, column in enumerate(one.columns, start=1):
            value = row.get(column.name)
            _value(at, column, at.row, place, value)
            wide = at.sheet.column_dimensions[get_column_letter(place)].width
            heights.append(_height(written(column, value, at.lang), wide, 1))
        at.sheet.row_dimensions[at.row].height = max(heights)
        at.row += 1


def _foot(at: _Sheet) -> None:
    at.row += 1
    _anchor(at, anchors.END, at.row, 1)
    _across(at, say.shown(at.form, at.lang), Font(size=9, italic=True))


def _print(at: _Sheet) -> None:
    sheet = at.sheet
    sheet.page_setup.orientation = "landscape" if at.form.wide or at.columns > 7 else "portrait"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_margins.left = sheet.page_margins.right = 0.6
    sheet.sheet_view.showGridLines = False
    foot: Any = sheet.oddFooter
    foot.right.text = "&P / &N"
    foot.left.text = text.say("forms.number", at.lang, number=at.form.number)
