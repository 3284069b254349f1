"""Attendance as a monthly register: a row a student, a column a day, a sign a cell."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from visitkit import text
from visitkit.load.dates import date_within, month_within
from visitkit.load.found import Found, Laid
from visitkit.load.grid import Cells, MappedTable, Rows, letter
from visitkit.load.headers import Header
from visitkit.load.legend import Legend, find_legend
from visitkit.load.rows import is_usual
from visitkit.load.sheets import Sheet
from visitkit.load.signs import PRESENT, Signs, Told, parse_signs
from visitkit.load.spelling import both, pattern_of, tidy, word_key
from visitkit.load.unreadable import UnreadableCellError
from visitkit.load.vocabulary import code_of

_LONGEST_LEGEND = 60
#: Fewer columns of days than this are not taken for a register.
FEWEST_DAYS = 3
#: The month in which a Chinese school year begins, for registers that run over New Year.
FIRST_MONTH = 8
#: Column, hidden from users, that holds the half of the day: ``forenoon`` or ``afternoon``.
HALF = "_half"


@dataclass(frozen=True, slots=True)
class Day:
    """A column of a register: a day of the month or a date, and the half of the day."""

    number: int = 0
    month: int = 0
    date: dt.date | None = None
    half: str = ""


def day_of(header: Header) -> Day | None:
    """Return the day under a header, or ``None`` when it is not one.

    Examples
    --------
    >>> day_of(Header("3")), day_of(Header("Wed", "2026-09-30")).date
    (Day(number=3, month=0, date=None, half=''), datetime.date(2026, 9, 30))
    """
    lower, upper = word_key(header.lower), word_key(header.upper)
    half = _half(lower) if upper else ""
    for words in (header.lower, header.upper):
        found = _day(words)
        if found:
            return Day(found.number, found.month, found.date, half)
    return None


@lru_cache(maxsize=4096)
def _day(words: str) -> Day | None:
    date = date_within(words)
    if date:
        return Day(date.day, date=date)
    found = re.fullmatch(
        rf"(?:(?P<m>\d{{1,2}})(?:{pattern_of('month')}|\.))?(?P<d>\d{{1,2}})(?:{pattern_of('day')})?",
        re.sub(r"\([^()]*\)|\s", "", tidy(words).casefold()),
    )
    number = int(found["d"]) if found else 0
    return Day(number, int(found["m"] or 0)) if found and 1 <= number <= 31 else None


def _half(key: str) -> str:
    for half in ("forenoon", "afternoon"):
        if key in both(f"load.words.{half}"):
            return half
    return ""


def day_columns(headers: Sequence[Header]) -> dict[int, Day]:
    """Return the columns of days by place; none when a day comes twice in one half."""
    found = {place: day_of(header) for place, header in enumerate(headers)}
    days = {place: day for place, day in found.items() if day}
    return days if len(set(days.values())) == len(days) else {}


def share_of_signs(cells: Cells) -> float:
    """Return the share of distinct cells that a register may hold; 1 when there are none."""
    known = [value for value in cells.values if value is not None]
    if not known:
        return 1.0
    return sum(_is_sign(value) for value in known) / len(known)


def _is_sign(value: object) -> bool:
    try:
        parse_signs(value)
    except UnreadableCellError:
        return False
    return True


def lay_out(found: Found, keep: Rows) -> Laid:
    """Turn columns of days into rows: a row a student and day with a sign.

    An empty cell means that the student was there. The month stands in the titles, the sheet's or
    the file's name.

    Parameters
    ----------
    found
        A recognised sheet.
    keep
        Its data rows, counted from 0.
    """
    laid = Laid()
    days = day_columns(found.headers)
    legend = legend_of(found.sheet, found.headers, found.first, found.claim.places["student_id"])
    if tell_legend(laid, legend, found, len(keep)):
        return laid
    month = _month(found, list(days.values()))
    if month is None and any(day.date is None for day in days.values()):
        laid.faults.append(found.fault("register_no_month"))
        laid.left_out["attendance"] += len(keep)
        return laid
    for place, day in days.items():
        date = day.date or _date(month, day)
        cells = legend.told(found.sheet.columns[place]).take(keep)
        if date is not None and cells.filled().any():
            laid.cover("attendance", date)
        said = _says_something(cells)
        if date is None and said.any():
            facts = {"year": month[0], "month": month[1]} if month else {}
            laid.faults.append(
                found.fault(
                    "day_not_in_month",
                    row=found.first,
                    column=letter(place),
                    day=day.number,
                    **facts,
                )
            )
            laid.left_out["attendance"] += int(said.sum())
        elif date is not None and said.any():
            one = Day(date=date, half=day.half)
            laid.parts.append(_part(found, place, one, cells.take(said), keep[said]))
    return laid


def _month(found: Found, days: Sequence[Day]) -> tuple[int, int] | None:
    written = month_within(*found.texts)
    first = next((day.month for day in days if day.month), 0)
    if written is None and first:
        word = str(text.find("load.words.month", "zh")[0])  # type: ignore[index]
        return month_within(f"{first}{word}", *found.texts)
    return written


def _date(month: tuple[int, int] | None, day: Day) -> dt.date | None:
    if month is None:
        return None
    year, number = month[0], day.month or month[1]
    year += (number < month[1]) and month[1] >= FIRST_MONTH > number
    if not 1 <= number <= 12 or day.number > calendar.monthrange(year, number)[1]:
        return None
    return dt.date(year, number, day.number)


def _says_something(cells: Cells) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Tell which cells are neither empty nor a bare sign of being there."""
    said = np.array(
        [value is not None and not _only_there(value) for value in cells.values], dtype=bool
    )
    return said[cells.codes] if len(cells) else np.zeros(0, dtype=bool)


def _only_there(value: object) -> bool:
    if isinstance(value, Told):
        return value.signs == Signs(())
    return code_of("attendance_present", value) == PRESENT


def legend_of(sheet: Sheet, headers: Sequence[Header], first: int, key: int) -> Legend:
    """Return the legend of a register.

    Parameters
    ----------
    sheet
        The sheet.
    headers
        What stands above each column.
    first
        First row below the headers, counted from 0.
    key
        The column of student numbers.
    """
    rows = [row for row in range(first, sheet.height) if is_usual(sheet.cell(row, key))]
    cells = {sheet.cell(row, at) for at in day_columns(headers) for row in rows} - {None}
    return find_legend(sheet, first, key, "".join(map(word_key, cells)))


def tell_legend(laid: Laid, legend: Legend, found: Found, rows: int) -> bool:
    """Say which legend is used; tell whether it is unclear, so that nothing can be read."""
    if legend.unclear:
        row, column, words = legend.unclear
        said = words[:_LONGEST_LEGEND]
        laid.faults.append(found.fault("legend_unclear", row + 1, letter(column), words=said))
        laid.left_out["attendance"] += rows
    elif legend.listed():
        laid.notes.append(found.note("legend_used", signs=legend.listed()))
    return legend.unclear is not None


def _part(found: Found, place: int, day: Day, cells: Cells, rows: Rows) -> MappedTable:
    part = found.sheet.take("attendance", found.claim.places, 0, rows)
    columns = {
        **part.columns,
        "date": Cells.constant(day.date, len(rows)),
        "status": cells,
        HALF: Cells.constant(day.half or None, len(rows)),
    }
    half_at = half_column(found.headers)
    if half_at is not None:
        columns[HALF] = halves(found.sheet.columns[half_at]).take(rows)
    letters = {**part.letters, "date": letter(place), "status": letter(place)}
    return replace(part, columns=columns, letters=letters)


def halves(cells: Cells) -> Cells:
    """Return cells that say morning or afternoon in our words; others are empty."""
    return Cells(cells.codes, tuple(_half(word_key(value or "")) or None for value in cells.values))


def half_column(headers: Sequence[Header]) -> int | None:
    """Return the column that says morning or afternoon, where there is one."""
    words = both("load.words.half")
    return next((at for at, h in enumerate(headers) if word_key(h.lower) in words), None)
