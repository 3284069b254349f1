"""Writing cells so that text stays text."""

from __future__ import annotations

import re

from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell, MergedCell

# A spreadsheet may run text that begins so when it is edited or saved as csv: OWASP, "CSV
# Injection", https://owasp.org/www-community/attacks/CSV_Injection
_RISKY = re.compile(r"[=+\-@\t\r\n\0]")


def put(cell: Cell | MergedCell, value: object) -> None:
    """Write a value into a cell; text is written as text, whatever it begins with.

    Signs that xlsx cannot hold become a replacement sign; openpyxl cuts text
    at the 32,767 characters a cell can hold.

    Parameters
    ----------
    cell
        A cell of openpyxl.
    value
        Text, number, date, time, truth value or ``None``.

    Examples
    --------
    >>> from openpyxl import Workbook
    >>> book = Workbook()
    >>> put(book.active["A1"], "=1+1")
    >>> book.active["A1"].data_type, book.active["A1"].quotePrefix
    ('s', True)
    """
    if not isinstance(value, str):
        cell.value = value  # type: ignore[assignment]
        return
    cell.value = ILLEGAL_CHARACTERS_RE.sub("\ufffd", value)
    cell.data_type = "s"
    if _RISKY.match(value):
        # Without it a person who opens and leaves the cell turns the text into a formula.
        cell.quotePrefix = True


def width(words: str) -> int:
    r"""Return how many narrow signs wide some words are; Chinese signs count twice.

    Examples
    --------
    >>> width("ab"), width("\u4e2d")
    (2, 2)
    """
    return sum(2 if ord(sign) > 0x2E7F else 1 for sign in words)
