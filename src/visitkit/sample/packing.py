"""Files whose bytes depend on their content alone: workbooks and csv."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import cast

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from visitkit.outgoing import write_alone
from visitkit.sample.sheets import Sheet

#: The day the workbooks say they were made on.
MADE_ON = datetime(2027, 1, 22)
_EPOCH = (1980, 1, 1, 0, 0, 0)
_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*(</dcterms:modified>)")
_UNIX = 3


def workbook(sheets: Sequence[Sheet]) -> bytes:
    """Return an xlsx workbook; the same sheets always give the same bytes.

    Parameters
    ----------
    sheets
        The sheets in order.

    Examples
    --------
    >>> sheet = Sheet("a", ("x",), ([1],))
    >>> workbook([sheet]) == workbook([sheet])
    True
    """
    book = Workbook(write_only=True)
    book.properties.creator = "visitkit"
    book.properties.created = MADE_ON
    for sheet in sheets:
        _fill(cast("WriteOnlyWorksheet", book.create_sheet(sheet.name)), sheet)
    stream = io.BytesIO()
    book.save(stream)
    return _timeless(stream.getvalue())


def _fill(page: WriteOnlyWorksheet, sheet: Sheet) -> None:
    for title in sheet.titles:
        page.append([_bold(page, title)])
    page.append([_bold(page, header) for header in sheet.headers])
    for row in sheet.rows():
        page.append(row)


def _bold(page: WriteOnlyWorksheet, words: str) -> Cell:
    cell = WriteOnlyCell(page, value=words)
    cell.font = Font(bold=True)
    return cell


def _timeless(packed: bytes) -> bytes:
    """Pack a workbook again without the moment it was made at."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(packed)) as old,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as new,
    ):
        for name in old.namelist():
            content = old.read(name)
            if name == "docProps/core.xml":
                stamp = f"{MADE_ON:%Y-%m-%dT%H:%M:%SZ}".encode("ascii")
                content = _MODIFIED.sub(rb"\g<1>" + stamp + rb"\g<2>", content)
            member = zipfile.ZipInfo(name, _EPOCH)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.create_system = _UNIX
            new.writestr(member, content)
    return stream.getvalue()


def table_of_commas(sheet: Sheet, encoding: str) -> bytes:
    r"""Return a csv file.

    Parameters
    ----------
    sheet
        The sheet; its titles are not written.
    encoding
        For example ``utf-8-sig`` or ``gb18030``.

    Examples
    --------
    >>> table_of_commas(Sheet("a", ("x", "y"), ([1], [None])), "utf-8")
    b'x,y\r\n1,\r\n'
    """
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow(sheet.headers)
    writer.writerows(sheet.rows())
    return stream.getvalue().encode(encoding)


def put(content: bytes, target: Path) -> Path:
    """Write a file whole or not at all, for everybody to read: nobody in it is real.

    Raises
    ------
    visitkit.errors.VisitkitError
        When it cannot be written; nothing is left behind.
    """

    def write(path: Path) -> None:
        path.write_bytes(content)

    write_alone(target, write)
    target.chmod(0o644)
    return target
