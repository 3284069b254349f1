"""A filled workbook read back: every field where its cell went, every fault at its cell."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast

from openpyxl import Workbook
from openpyxl.cell import MergedCell
from openpyxl.utils import column_index_from_string, get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from visitkit import text
from visitkit.load.spelling import header_key
from visitkit.load.unreadable import UnreadableCellError
from visitkit.record.forms import anchors, words
from visitkit.record.forms.definition import Field, Form
from visitkit.record.forms.faults import FormFault, FormFaultsError, shown_value
from visitkit.record.forms.filling import fill
from visitkit.record.forms.opening import cell_of, form_of, open_workbook
from visitkit.record.forms.values import clean

#: Row and column, from 1.
Place = tuple[int, int]


@dataclass
class _Page:
    """A sheet, where each field stands on it, and what was found so far."""

    file: str
    form: Form
    sheet: Worksheet
    places: dict[str, Place]
    stops: list[int]
    values: dict[str, object] = field(default_factory=dict)
    cells: dict[tuple[str, int], str] = field(default_factory=dict)
    faults: list[FormFault] = field(default_factory=list)


def read_form(path: str | Path) -> tuple[str, dict[str, object]]:
    """Return the form in a filled workbook and its values.

    Fields are found by hidden names that move with their cells, and by their labels where the
    names were lost. Rows may be inserted or added below a table; days and times may be text in any
    usual writing; words may be those of either language.

    Parameters
    ----------
    path
        An xlsx workbook written by :func:`visitkit.reports.forms.write_form`.

    Returns
    -------
    tuple of str and dict
        Name of the form, and values as :func:`visitkit.record.forms.fill` keeps them.

    Raises
    ------
    StoreError
        When the file cannot be read or holds no form.
    FormFaultsError
        With every fault at its sheet and cell.
    """
    target = Path(path)
    book = open_workbook(target)
    form, sheet = form_of(book, target)
    page = _page(target.name, form, sheet, book)
    for one in form.fields.values():
        _read(page, one)
    return form.name, _checked(page)


def _page(file: str, form: Form, sheet: Worksheet, book: Workbook) -> _Page:
    places: dict[str, Place] = {}
    labels = _Labels(sheet, form)
    for name, one in form.all_fields():
        table, _, column = name.partition(".")
        if one.kind == "table":
            continue
        anchor = anchors.column_anchor(table, column) if column else anchors.field_anchor(name)
        found = _named(book, sheet, anchor) or labels.find(name)
        if found is not None:
            places[name] = found
    stops = {row for row, _ in places.values()}
    others = [anchors.section_anchor(part.name) for part in form.sections]
    for anchor in (*others, anchors.END):
        found = _named(book, sheet, anchor)
        stops |= {found[0]} if found else set()
    stops |= labels.headings()
    return _Page(file, form, sheet, places, sorted(stops))


def _named(book: Workbook, sheet: Worksheet, anchor: str) -> Place | None:
    found = cell_of(book, anchor)
    if found is None or found[0] != sheet.title:
        return None
    return found[1], column_index_from_string(found[2])


class _Labels:
    """Where the labels of a form stand on a sheet, for fields whose names were lost."""

    def __init__(self, sheet: Worksheet, form: Form) -> None:
        self._form = form
        self._sheet = sheet
        self._cells: dict[str, list[Place]] = {}
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, str) and cell.value.strip():
                    place = (cell.row, cell.column)
                    self._cells.setdefault(header_key(cell.value), []).append(place)
        self._header_rows = {
            row
            for one in form.fields.values()
            for lang in text.LANGUAGES
            for row in self._shared(one, lang)
        }

    def _shared(self, table: Field, lang: str) -> set[int]:
        """Return the rows that hold the headers of all columns of a table."""
        names = [f"{table.name}.{column.name}" for column in table.columns]
        keys = [header_key(words.label(self._form, name, lang)) for name in names]
        rows = [{row for row, _ in self._cells.get(key, [])} for key in keys]
        return set.intersection(*rows) if rows else set()

    def find(self, name: str) -> Place | None:
        """Return the place of a column's header, or of the value cell beside a label."""
        table, _, column = name.partition(".")
        for lang in text.LANGUAGES:
            if column:
                found = self._header(table, name, lang)
                if found:
                    return found
                continue
            rows = self._beside(header_key(words.label(self._form, name, lang)))
            if len(rows) == 1:
                return rows[0], 2
        return None

    def _beside(self, key: str) -> list[int]:
        """Return the rows where a label has a value cell beside it.

        A heading of the same words goes across; a header of the same words has headers beside it.
        """
        first = [row for row, column in self._cells.get(key, []) if column == 1]
        alone = [row for row in first if not isinstance(self._sheet.cell(row, 2), MergedCell)]
        return [row for row in alone if row not in self._header_rows]

    def _header(self, table: str, name: str, lang: str) -> Place | None:
        """Return the header in the row that holds the headers of all columns of the table."""
        shared = self._shared(self._form.fields[table], lang)
        if len(shared) != 1:
            return None
        row = shared.pop()
        wanted = header_key(words.label(self._form, name, lang))
        return next(place for place in self._cells[wanted] if place[0] == row)

    def headings(self) -> set[int]:
        """Return the rows of section headings and of the foot."""
        keys = {
            header_key(words.section_title(self._form, part.name, lang))
            for part in self._form.sections
            for lang in text.LANGUAGES
        }
        keys |= {header_key(words.shown(self._form, lang)) for lang in text.LANGUAGES}
        tables = {
            header_key(words.label(self._form, one.name, lang))
            for one in self._form.fields.values()
            if one.kind == "table"
            for lang in text.LANGUAGES
        }
        found = (place for key in keys | tables for place in self._cells.get(key, []))
        return {row for row, column in found if column == 1}


def _read(page: _Page, one: Field) -> None:
    if one.kind == "table":
        _read_table(page, one)
        return
    place = page.places.get(one.name)
    if place is None:
        page.faults.append(
            FormFault("lost", page.form.name, one.name, file=page.file, sheet=page.sheet.title)
        )
    elif one.kind == "list":
        _read_list(page, one, place)
    else:
        page.cells[one.name, 0] = _letter(*place)
        page.values[one.name] = _cell(page, one.name, 0, place)


def _letter(row: int, column: int) -> str:
    return f"{get_column_letter(column)}{row}"


def _cell(page: _Page, name: str, number: int, place: Place) -> object:
    cell = page.sheet.cell(*place)
    if cell.data_type == "e":
        page.faults.append(_at(page, FormFault("error_cell", page.form.name, name, number)))
        return None
    return cast("object", cell.value)


def _rows_below(page: _Page, first: int, header: int) -> Iterator[int]:
    """Yield the rows from the first to the one before the next field or heading."""
    last = next((stop - 1 for stop in page.stops if stop > header), page.sheet.max_row)
    yield from range(first, min(last, page.sheet.max_row) + 1)


def _read_list(page: _Page, one: Field, place: Place) -> None:
    page.cells[one.name, 0] = _letter(*place)
    found: list[object] = []
    for row in _rows_below(page, place[0], place[0]):
        page.cells[one.name, -row] = _letter(row, place[1])
        value = _cell(page, one.name, -row, (row, place[1]))
        try:
            kept = clean(one, [value])
        except UnreadableCellError as error:
            told = shown_value(value)
            fault = FormFault(error.key, page.form.name, one.name, -row, found=told)
            page.faults.append(_at(page, replace(fault, facts=error.facts)))
            continue
        found += kept if isinstance(kept, tuple) else ()
    page.values[one.name] = found


def _read_table(page: _Page, one: Field) -> None:
    places = {column.name: page.places.get(f"{one.name}.{column.name}") for column in one.columns}
    lost = [name for name, place in places.items() if place is None]
    for name in lost:
        at = FormFault("lost", page.form.name, f"{one.name}.{name}")
        page.faults.append(replace(at, file=page.file, sheet=page.sheet.title))
    held = {name: place for name, place in places.items() if place is not None}
    if not held:
        return
    header = max(row for row, _ in held.values())
    rows: list[dict[str, object]] = []
    for row in _rows_below(page, header + 1, header):
        number = len(rows) + 1
        read = {
            name: _cell(page, f"{one.name}.{name}", number, (row, column))
            for name, (_, column) in _noted(page, one, held, number, row)
        }
        if any(value is not None and str(value).strip() for value in read.values()):
            rows.append(read)
    page.cells[one.name, 0] = _letter(header, min(column for _, column in held.values()))
    page.values[one.name] = rows


def _noted(
    page: _Page, one: Field, held: dict[str, Place], number: int, row: int
) -> Iterator[tuple[str, Place]]:
    """Note where each cell of a row stands before it is read, so that a fault has its place."""
    for name, place in held.items():
        page.cells[f"{one.name}.{name}", number] = _letter(row, place[1])
        yield name, place


def _at(page: _Page, fault: FormFault) -> FormFault:
    cell = page.cells.get((fault.field, fault.row)) or page.cells.get((fault.field, 0), "")
    row = max(fault.row, 0)
    return replace(fault, row=row, file=page.file, sheet=page.sheet.title, cell=cell)


def _checked(page: _Page) -> dict[str, object]:
    """Return the values as they are kept, or raise every fault in the order of the sheet."""
    told = {(fault.field, fault.row) for fault in page.faults}
    try:
        kept = dict(fill(page.form, page.values).content)
    except FormFaultsError as error:
        page.faults += [_at(page, one) for one in error.faults if not _known(page, one, told)]
        kept = {}
    if page.faults:
        raise FormFaultsError(tuple(sorted(page.faults, key=_order)))
    return kept


def _known(page: _Page, fault: FormFault, told: set[tuple[str, int]]) -> bool:
    """Tell whether a missing value is missing because of a fault already told."""
    if fault.key not in {"missing", "unsigned"}:
        return False
    if any(field == fault.field for field, row in told if not fault.row or row == fault.row):
        return True
    table = fault.field + "."
    return not fault.row and any(field.startswith(table) for field, _ in told)


def _order(fault: FormFault) -> tuple[int, str]:
    digits = "".join(sign for sign in fault.cell if sign.isdigit())
    return int(digits or 0), fault.cell
