"""Which rows of a sheet are data: not totals, remarks, repeated headers or signatures."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from visitkit import text
from visitkit.load.grid import Rows
from visitkit.load.headers import Header, is_companion
from visitkit.load.sheets import Sheet
from visitkit.load.spelling import both, header_key, phrases, tidy, word_key

_LEADING_CELLS = 4


@dataclass(frozen=True, eq=False)
class DataRows:
    """The rows of a sheet, sorted out; all counted from 0.

    Parameters
    ----------
    keep
        Rows that hold data.
    full_score
        The row that gives the full score of each column, where there is one.
    remarks
        Rows with a single piece of text that were taken as remarks.
    passed_over
        Number of filled rows that are neither data nor examples.
    """

    keep: Rows
    full_score: int | None
    remarks: tuple[int, ...]
    passed_over: int = 0


def data_rows(
    sheet: Sheet, headers: Sequence[Header], first: int, used: Collection[int], key: int
) -> DataRows:
    """Sort out the rows below a header.

    Only rows whose key cell does not look like a number or a date are looked at one by one, so
    that long tables stay quick.

    Parameters
    ----------
    sheet
        The sheet.
    headers
        What stands above each column.
    first
        First row below the header, counted from 0.
    used
        Columns that mean something.
    key
        The column that names the row: the number of a student or teacher, or a date.
    """
    filled = np.zeros(sheet.height, dtype=bool)
    for place in used:
        filled |= sheet.columns[place].filled()
    filled[:first] = False
    before = filled.copy()
    usual = _each(sheet, key, is_usual)
    full_score: int | None = None
    remarks: list[int] = []
    for row in np.flatnonzero(filled & ~usual).tolist():
        kind = _kind(sheet.row(row), headers)
        filled[row] = kind == "data"
        if kind == "full_score":
            full_score = row
        if kind == "remark":
            remarks.append(row)
    examples = _each(sheet, key, _is_example)
    passed_over = int((before & ~filled & ~examples).sum())
    keep = np.flatnonzero(filled & ~examples).astype(np.int64)
    return DataRows(keep, full_score, tuple(remarks), passed_over)


def _each(sheet: Sheet, place: int, test: Callable[[object], bool]) -> npt.NDArray[np.bool_]:
    column = sheet.columns[place]
    told = np.array([test(value) for value in column.values], dtype=np.bool_)
    return told[column.codes]


def is_usual(value: object) -> bool:
    """Tell whether a cell looks like the number of a student, or a date."""
    plain = tidy(value) if value is not None else ""
    wordy = plain[:1].isalpha() and not plain.isalnum()
    return plain.isascii() and any(sign.isdigit() for sign in plain) and not wordy


def _is_example(value: object) -> bool:
    starts = both("load.words.example")
    if text.has("template.example_id"):
        starts += both("template.example_id")
    return value is not None and word_key(value).startswith(starts)


def _kind(cells: list[object], headers: Sequence[Header]) -> str:
    found = [place for place, cell in enumerate(cells) if cell is not None]
    leading = [cells[place] for place in found[:_LEADING_CELLS]]
    if _repeats(cells, found, headers) or _weekdays(cells, found):
        return "header"
    if any(word_key(cell) in both("load.words.full_score") for cell in leading):
        return "full_score"
    if any(_starts(cell, "total") or _starts(cell, "footer") for cell in leading):
        return "total"
    lone = len(found) == 1 and isinstance(cells[found[0]], str)
    return "remark" if lone and not is_companion(headers[found[0]], "name") else "data"


def _starts(cell: object, key: str) -> bool:
    plain = tidy(cell).casefold()
    if not plain.isascii():
        plain = plain.replace(" ", "")
    return any(
        plain.startswith(phrase) and not (phrase.isascii() and plain[len(phrase) :][:1].isalnum())
        for phrase in phrases(f"load.words.{key}")
    )


def _repeats(cells: list[object], found: list[int], headers: Sequence[Header]) -> bool:
    same = [
        place
        for place in found
        if header_key(cells[place])
        in {header_key(headers[place].lower), header_key(headers[place].upper)}
    ]
    return len(same) * 2 > len(found)


def _weekdays(cells: list[object], found: list[int]) -> bool:
    short = both("load.words.weekday_short")
    bare = [word_key(cells[place]) for place in found]
    for lead in both("load.words.weekday_lead"):
        bare = [word.removeprefix(lead) for word in bare]
    return len(found) > 1 and all(word in short for word in bare)
