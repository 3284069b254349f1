"""Recognised sheets to parts of tables: one way for each layout."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from visitkit.load import questionnaire, register, roster, wide
from visitkit.load.claims import field_columns
from visitkit.load.dates import date_within, parse_date
from visitkit.load.faults import Fault
from visitkit.load.found import Exams, Found, Laid
from visitkit.load.grid import Cells, MappedTable, letter
from visitkit.load.headers import Header, says_nothing
from visitkit.load.legend import find_legend, is_legend
from visitkit.load.notes import Note
from visitkit.load.rows import DataRows
from visitkit.load.spelling import both, tidy, word_key
from visitkit.load.unreadable import UnreadableCellError

#: Column, hidden from users, that tells lessons of a day apart.
LESSON = "_lesson"


def lay_out(found: Found, exams: Exams) -> Laid:
    """Return the parts of tables in a recognised sheet, with faults of the whole sheet.

    Parameters
    ----------
    found
        A recognised sheet.
    exams
        Dates of exams listed in other sheets, by the key of the exam's name.
    """
    claim = found.claim
    if claim.missing:
        below = found.sheet.height - found.first
        fault = found.fault("columns_missing", row=found.first, columns=claim.missing)
        return Laid(faults=[fault], left_out=Counter({claim.table: below}))
    used = used_columns(found)
    rows = found.rows(used)
    laid = _laid(found, rows, exams)
    laid.faults += _twice(found)
    laid.notes += _remarks(found, used, rows)
    return laid


def _laid(found: Found, rows: DataRows, exams: Exams) -> Laid:
    layout = found.claim.layout
    if layout == "wide":
        return wide.lay_out(found, rows, exams)
    if layout == "register":
        return register.lay_out(found, rows.keep)
    if layout == "items":
        return questionnaire.lay_out(found, rows.keep)
    if layout == "fields":
        return _fields(found, rows)
    if layout == "exams":
        return Laid(faults=list(_exam_days(found)[1]))
    return _long(found, rows, exams)


def used_columns(found: Found) -> set[int]:
    """Return the places of the columns that a sheet's layout reads."""
    used = set(found.claim.places.values())
    layout, headers = found.claim.layout, found.headers
    if layout == "wide":
        used |= wide.subject_columns(headers).keys()
    if layout == "register":
        used |= register.day_columns(headers).keys()
    if layout == "items":
        used |= questionnaire.question_columns(headers, used).keys()
    if layout == "fields":
        used |= field_columns(headers).keys()
    if found.claim.table == "students":
        used |= roster.find_extras(headers).places
    if found.claim.table == "attendance":
        used |= set(lesson_columns(found.headers).values())
    return used


def lesson_columns(headers: Sequence[Header]) -> dict[str, int]:
    """Return the columns of attendance that tell a part of the day: the half, the lesson."""
    half = register.half_column(headers)
    columns = {register.HALF: half} if half is not None else {}
    for at, header in enumerate(headers):
        if word_key(header.lower) in both("load.words.lesson"):
            columns[LESSON] = at
    return columns


def parts_of_days(columns: dict[str, Cells]) -> dict[str, Cells]:
    """Return columns of attendance whose halves of days are read.

    A column of halves that holds lessons or whole days as well is one of lessons.
    """
    cells = columns.get(register.HALF)
    if cells is None:
        return columns
    halves = register.halves(cells)
    other = any(
        half is None for cell, half in zip(cells.values, halves.values, strict=True) if cell
    )
    if other and LESSON not in columns:
        rest = {name: column for name, column in columns.items() if name != register.HALF}
        return {**rest, LESSON: cells}
    return {**columns, register.HALF: halves}


def _long(found: Found, rows: DataRows, exams: Exams) -> Laid:
    claim, sheet = found.claim, found.sheet
    if claim.table == "attendance":
        return _absences(found, rows)
    part = sheet.take(claim.table, claim.places, 0, rows.keep)
    laid = Laid([part])
    if claim.table == "marks":
        part = replace(part, extra={"header_row": found.first})
        laid.parts = [wide.fill_dates(part, "", found.texts, exams)]
        return wide.with_dates(laid, found, exams) if len(part) else laid
    if claim.table == "students":
        laid = _students(found, part)
        extras = roster.find_extras(found.headers)
        laid.add(roster.guardians(found, extras, rows.keep))
        laid.add(roster.groups(found, extras, rows.keep))
    return laid


def _absences(found: Found, rows: DataRows) -> Laid:
    """Return a list of absences; its legend counts as that of a register does."""
    extra = lesson_columns(found.headers)
    part = found.sheet.take("attendance", {**found.claim.places, **extra}, 0, rows.keep)
    columns, laid = parts_of_days(dict(part.columns)), Laid()
    key = found.claim.places["student_id"]
    used = "".join(word_key(value) for value in columns["status"].values if value is not None)
    legend = find_legend(found.sheet, found.first, key, used)
    if not register.tell_legend(laid, legend, found, len(part)):
        columns["status"] = legend.told(columns["status"])
        letters = {
            **part.letters,
            LESSON: part.letters.get(LESSON, part.letters.get(register.HALF, "")),
        }
        laid.parts.append(replace(part, columns=columns, letters=letters))
    return laid


def _students(found: Found, part: MappedTable) -> Laid:
    """Take the class from a sheet that is named like one, where no column gives it."""
    title = tidy(found.sheet.title)
    named = title.endswith(both("load.words.class_end")) and any(sign.isdigit() for sign in title)
    if "class_id" in part.columns or not named:
        return Laid([part])
    columns = {**part.columns, "class_id": Cells.constant(title, len(part))}
    return Laid([replace(part, columns=columns)], notes=[found.note("class_from_sheet")])


def _fields(found: Found, rows: DataRows) -> Laid:
    """Turn columns of home life into rows, a row a student and field that is filled."""
    day = next((day for day in map(date_within, found.texts) if day), None)
    if "date" not in found.claim.places and day is None:
        left_out = Counter({"homelife": len(rows.keep)})
        return Laid(faults=[found.fault("survey_no_date")], left_out=left_out)
    laid = Laid()
    for at, field in field_columns(found.headers).items():
        cells = found.sheet.columns[at]
        keep = rows.keep[cells.filled()[rows.keep]]
        part = found.sheet.take("homelife", found.claim.places, 0, keep)
        columns = {**part.columns, "field": Cells.constant(field, len(keep))}
        columns["value"] = cells.take(keep)
        columns.setdefault("date", Cells.constant(day, len(keep)))
        letters = {**part.letters, "field": letter(at), "value": letter(at)}
        laid.parts.append(replace(part, columns=columns, letters=letters))
    return laid


def _twice(found: Found) -> list[Fault]:
    return [
        found.fault(
            "header_twice",
            row=found.first,
            column=letter(places[1]),
            other=letter(places[0]),
            words=found.headers[places[0]].words,
        )
        for places in found.claim.twice.values()
    ]


def _remarks(found: Found, used: set[int], rows: DataRows) -> list[Note]:
    notes = []
    ignored = tuple(
        header.words
        for at, header in enumerate(found.headers)
        if at not in used and not says_nothing(header)
    )
    if ignored:
        notes.append(found.note("columns_ignored", columns=ignored))
    skipped = tuple(row + 1 for row in rows.remarks if not _is_used_legend(found, row))
    if skipped:
        notes.append(found.note("rows_skipped", rows=skipped))
    if not len(rows.keep) and rows.passed_over and found.claim.layout != "exams":
        notes.append(found.note("sheet_empty"))
    return notes


def _is_used_legend(found: Found, row: int) -> bool:
    return found.claim.table == "attendance" and any(map(is_legend, found.sheet.row(row)))


def exam_dates(sheets: Sequence[Found]) -> dict[str, dt.date]:
    """Return the days of exams listed in sheets of their own.

    Examples
    --------
    >>> from visitkit.load.recognise import recognise
    >>> from visitkit.load.sheets import Sheet
    >>> rows = [["exam", "date"], ["final", "2027-01-08"]]
    >>> exam_dates([recognise(Sheet.from_rows("a.csv", "", rows))])
    {'final': datetime.date(2027, 1, 8)}
    """
    dates: dict[str, dt.date] = {}
    for found in sheets:
        if found.claim.layout == "exams":
            for name, day in _exam_days(found)[0]:
                # The earliest, so that the order of rows and sheets does not count.
                dates[name] = min(day, dates.get(name, day))
    return dates


def _exam_days(found: Found) -> tuple[list[tuple[str, dt.date]], list[Fault]]:
    days: list[tuple[str, dt.date]] = []
    faults: list[Fault] = []
    name_at, day_at = found.claim.places["exam"], found.claim.places["date"]
    for row in range(found.first, found.sheet.height):
        name, day = found.sheet.cell(row, name_at), found.sheet.cell(row, day_at)
        if name is None or day is None:
            continue
        try:
            days.append((word_key(name), parse_date(day)))
        except UnreadableCellError as error:
            faults.append(found.fault(error.key, row + 1, letter(day_at), **error.facts))
    return days, faults
