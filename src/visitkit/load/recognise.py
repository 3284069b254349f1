"""Which table a sheet is, and where its headers stand.

Every row near the top, alone or with the row below it, is tried as the headers of every table and
layout. Of those whose required columns are all there the one with most columns wins; a sheet's
name decides when it is a table's own name, and otherwise adds weight. Where two tables come out
nearly alike, the words in the coded columns decide: that of which more are known.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import PurePath

from visitkit import tables, text
from visitkit.load.claims import claims
from visitkit.load.found import Claim, Found
from visitkit.load.grid import Cells
from visitkit.load.headers import Header
from visitkit.load.parsing import parser_of
from visitkit.load.questionnaire import instrument_within
from visitkit.load.register import day_columns, legend_of, share_of_signs
from visitkit.load.sheets import Sheet
from visitkit.load.spelling import header_key, tidy
from visitkit.load.unreadable import UnreadableCellError
from visitkit.load.wide import is_exam

#: Rows from the top among which headers are looked for.
_SEARCHED_ROWS = 30
#: Rows looked at from the first that may be headers: a title may hold two words that are headers.
_SEARCHED_ON = 5
_NAME_EXACT, _NAME_PART, _FILE_PART = 100.0, 2.5, 1.5
#: Claims this close are told apart by the words in their cells.
_CLOSE = 1.5
_LOOKED_AT = 300
#: A sheet named like marks, with this much in its headers, lacks only the student numbers.
_SPREAD_ENOUGH = 3.0


_Headers = tuple[Header, ...]


@dataclass(frozen=True, slots=True)
class _Candidate:
    claim: Claim
    headers: tuple[Header, ...]
    top: int
    first: int


def recognise(sheet: Sheet, table: str = "") -> Found | None:
    """Return what a sheet is, or ``None`` when nothing fits.

    A sheet named like a table whose required columns are not all there comes back with
    ``claim.missing`` filled, so that it can be said.

    Parameters
    ----------
    sheet
        The sheet.
    table
        The table it is known to be; empty when unknown.

    Examples
    --------
    >>> sheet = Sheet.from_rows("a.csv", "", [["Class 7-1"], ["student id", "sex"], ["01", "f"]])
    >>> found = recognise(sheet)
    >>> found.claim.table, found.first
    ('students', 2)
    """
    names = {table: _NAME_EXACT} if table else _named(sheet)
    candidates = list(_candidates(sheet, names))
    complete = [one for one in candidates if not one.claim.missing]
    if complete:
        best = _best(sheet, complete)
    else:
        named = [one for one in candidates if one.claim.table in names and _speaks(one)]
        if not named:
            return None
        best = max(named, key=lambda one: (one.claim.score, -one.top))
    titles = tuple(_titles(sheet, best.top))
    return Found(sheet, best.claim, best.headers, best.top, best.first, titles)


def _speaks(candidate: _Candidate) -> bool:
    """Tell whether a sheet that lacks the student numbers is still worth a fault."""
    claim = candidate.claim
    return len(claim.places) > 1 or (claim.layout != "long" and claim.score >= _SPREAD_ENOUGH)


def _candidates(sheet: Sheet, names: dict[str, float]) -> Iterator[_Candidate]:
    last = min(sheet.height, _SEARCHED_ROWS)
    for row in range(last):
        if row >= last:
            break
        cells = sheet.row(row)
        if sum(cell is not None for cell in cells) < 2:
            continue
        for depth, (headers, form) in enumerate(_headers(sheet, row, cells), start=1):
            for claim in claims(headers):
                if not claim.missing and not _holds(sheet, claim, headers, row + depth):
                    continue
                if len(claim.places) < 2 and claim.layout == "long":
                    continue
                weight = claim.score + names.get(claim.table, 0.0) + form
                if not claim.missing:
                    last = min(last, row + _SEARCHED_ON)
                yield _Candidate(replace(claim, score=weight), headers, row, row + depth)


def _holds(sheet: Sheet, claim: Claim, headers: Sequence[Header], first: int) -> bool:
    """Tell whether the cells under a register's days can be signs."""
    if claim.layout != "register":
        return True
    last = min(sheet.height, first + _LOOKED_AT)
    cells = {
        sheet.columns[at][row]
        for at in day_columns(headers)
        for row in range(first, last)
        if _is_word(sheet.columns[at][row])
    }
    legend = legend_of(sheet, headers, first, claim.places.get("student_id", 0))
    return (
        bool(legend.unclear or legend.signs) or share_of_signs(legend.told(Cells.of(cells))) >= 0.5
    )


def _is_word(cell: object) -> bool:
    # A row of weekdays may stand below the days.
    return cell is not None and len(tidy(cell)) < 20


def _headers(sheet: Sheet, row: int, cells: list[object]) -> Iterator[tuple[_Headers, float]]:
    """Yield a row as headers, then it with the row below, each with what its form speaks for."""
    yield tuple(Header(_words(cell)) for cell in cells), 0.0
    lower = sheet.row(row + 1) if row + 1 < sheet.height else []
    if any((up is None) != (low is None) for up, low in zip(cells, lower, strict=False)):
        upper = _spread(sheet, row, cells, lower)
        headers = tuple(
            Header("" if low == up else _words(low), _words(up))
            for low, up in zip(lower, upper, strict=True)
        )
        above_only = any(
            up is not None and low in {up, None} for up, low in zip(cells, lower, strict=True)
        )
        yield headers, 0.1 if above_only and _has_groups(sheet, row) else -0.1


def _has_groups(sheet: Sheet, row: int) -> bool:
    """Tell whether some cells of a row are merged sideways, though not all into one title."""
    widths = [right - left + 1 for top, left, _, right in sheet.merged if top == row]
    return any(1 < width < sheet.width for width in widths)


def _spread(sheet: Sheet, row: int, cells: list[object], lower: Sequence[object]) -> list[object]:
    """Fill merged cells of an upper level; without merges, gaps take what stands to the left."""
    upper = list(cells)
    for top, left, bottom, right in sheet.merged:
        if top <= row <= bottom and right > left:
            for at in range(left, min(right + 1, len(upper))):
                upper[at] = sheet.cell(top, left)
    if upper == cells:
        for at in range(1, len(upper)):
            grouped = lower[at] is not None and lower[at - 1] is not None
            if upper[at] is None and grouped:
                upper[at] = upper[at - 1]
    if upper == cells and any(
        c is None and low is not None for c, low in zip(cells, lower, strict=True)
    ):
        upper = [cell if cell is not None else "" for cell in cells]
    return upper


def _words(cell: object) -> str:
    if isinstance(cell, dt.datetime):
        cell = cell.date()
    if isinstance(cell, float) and cell == int(cell):
        cell = int(cell)
    return "" if cell is None else tidy(cell)


def _titles(sheet: Sheet, top: int) -> Iterator[str]:
    for row in range(top):
        words = [_words(cell) for cell in sheet.row(row) if cell is not None]
        yield from dict.fromkeys(words)


@cache
def _sheet_names() -> tuple[tuple[str, str], ...]:
    names = {
        (header_key(word), table)
        for table in tables.TABLES
        for lang in text.LANGUAGES
        for word in (*text.find(f"tables.{table}.sheet", lang), table)  # type: ignore[misc]
    }
    return tuple(sorted(names, key=lambda item: (-len(item[0]), item)))


def _named(sheet: Sheet) -> dict[str, float]:
    """Return the tables that a sheet's and a file's name speak for, with their weight."""
    stem = PurePath(sheet.file).stem
    named: dict[str, float] = {}
    for words, part in ((sheet.title, _NAME_PART), (stem, _FILE_PART)):
        key = header_key(re.sub(r"^\d+[._\s-]*", "", words))
        if instrument_within([words]):
            named["surveys"] = max(named.get("surveys", 0.0), part)
        if words == sheet.title:
            exact = next((table for name, table in _sheet_names() if name == key), None)
            if exact:
                return {exact: _NAME_EXACT}
        inside = _inside(key)
        if inside:
            named[inside] = max(named.get(inside, 0.0), part)
        if is_exam(words):
            named["marks"] = max(named.get("marks", 0.0), part)
    return named


def _inside(key: str) -> str | None:
    """Return the table whose name stands in a longer one: the longest, and of those the last."""
    found = [(len(name), key.rfind(name), table) for name, table in _sheet_names() if name in key]
    return max(found)[2] if found else None


def _best(sheet: Sheet, candidates: Sequence[_Candidate]) -> _Candidate:
    top = max(one.claim.score for one in candidates)
    close = [one for one in candidates if one.claim.score > top - _CLOSE]
    if len({(one.claim.table, one.claim.layout) for one in close}) == 1:
        return max(close, key=lambda one: (one.claim.score, -one.top))
    known = {id(one): one.claim.score + 2 * _share_known(sheet, one) for one in close}
    return max(close, key=lambda one: (known[id(one)], -one.top))


def _share_known(sheet: Sheet, candidate: _Candidate) -> float:
    """Return the share of distinct cells in coded columns and dates that can be read."""
    table = tables.TABLES[candidate.claim.table]
    told: list[bool] = []
    last = min(sheet.height, candidate.first + _LOOKED_AT)
    for name, at in candidate.claim.places.items():
        column = table.by_name.get(name)
        if column is None or column.kind not in {"code", "date", "number", "flag"}:
            continue
        for cell in {sheet.columns[at][row] for row in range(candidate.first, last)} - {None}:
            try:
                parser_of(table.name, column)(cell, column)
                told.append(True)
            except UnreadableCellError:
                told.append(False)
    return sum(told) / len(told) if told else 0.5
