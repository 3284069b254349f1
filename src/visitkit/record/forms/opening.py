"""Opening a filled workbook and finding its form, whatever people did to it."""

from __future__ import annotations

import zipfile
from pathlib import Path

from openpyxl import Workbook, load_workbook
from openpyxl.utils.cell import coordinate_from_string
from openpyxl.worksheet.worksheet import Worksheet

from visitkit import text
from visitkit.errors import StoreError
from visitkit.load.spelling import header_key
from visitkit.record.forms import anchors, words
from visitkit.record.forms.definition import FORMS, Form

#: Megabytes of the file, and of what is packed in it; a form with photos pasted in stays below.
LARGEST, LARGEST_INSIDE = 20, 200
_OLE = b"\xd0\xcf\x11\xe0"
_MEGA = 1_000_000


def open_workbook(path: Path) -> Workbook:
    """Return a workbook with the values of its formulas.

    Raises
    ------
    StoreError
        When there is no such file, it is too large, locked or no xlsx workbook.
    """
    if not path.is_file():
        raise StoreError("forms.missing_file", file=path.name)
    _check_size(path.stat().st_size, LARGEST, path)
    try:
        with path.open("rb") as stream:
            locked = stream.read(4) == _OLE
        if locked and path.suffix.lower() != ".xls":
            raise StoreError("forms.locked", file=path.name)
        with zipfile.ZipFile(path) as packed:
            inside = sum(one.file_size for one in packed.infolist())
        _check_size(inside, LARGEST_INSIDE, path)
        return load_workbook(path, data_only=True)
    except StoreError:
        raise
    except Exception as error:  # a broken workbook raises whatever its broken part meets
        raise StoreError("forms.not_xlsx", file=path.name) from error


def _check_size(found: int, most: int, path: Path) -> None:
    if found > most * _MEGA:
        raise StoreError("forms.too_big", file=path.name, found=round(found / _MEGA), most=most)


def form_of(book: Workbook, path: Path) -> tuple[Form, Worksheet]:
    """Return the form in a workbook and its sheet.

    Raises
    ------
    StoreError
        When there is none, or more than one.
    """
    named = book.defined_names.get(anchors.FORM)
    name = str(named.value).strip('"= ') if named is not None else ""
    if name in FORMS:
        place = cell_of(book, anchors.END)
        sheet = book[place[0]] if place and place[0] in book.sheetnames else None
        return FORMS[name], sheet if isinstance(sheet, Worksheet) else _first(book, path)
    return _by_title(book, path)


def _first(book: Workbook, path: Path) -> Worksheet:
    for sheet in book.worksheets:
        if sheet.sheet_state == "visible":
            return sheet
    raise StoreError("forms.not_a_form", file=path.name)


def _by_title(book: Workbook, path: Path) -> tuple[Form, Worksheet]:
    """Find a form by its title where the names were lost, as when a sheet is copied elsewhere."""
    titles = {
        header_key(words.title(form, lang)): form
        for form in FORMS.values()
        for lang in text.LANGUAGES
    }
    found: dict[str, tuple[Form, Worksheet]] = {}
    for sheet in (one for one in book.worksheets if one.sheet_state == "visible"):
        for row in sheet.iter_rows(min_row=1, max_row=5, max_col=3, values_only=True):
            for cell in row:
                form = titles.get(header_key(cell)) if isinstance(cell, str) else None
                if form is not None:
                    found[form.name] = (form, sheet)
    if len(found) > 1:
        raise StoreError("forms.several_forms", file=path.name, found=", ".join(found))
    if not found:
        raise StoreError("forms.not_a_form", file=path.name)
    return next(iter(found.values()))


def cell_of(book: Workbook, name: str) -> tuple[str, int, str] | None:
    """Return sheet, row and column letter of a named cell; ``None`` when it was deleted."""
    named = book.defined_names.get(name)
    if named is None:
        return None
    try:
        sheet, place = next(iter(named.destinations))
        letter, row = coordinate_from_string(place.partition(":")[0].replace("$", ""))
    except (StopIteration, ValueError, TypeError):
        return None
    return sheet, row, letter
