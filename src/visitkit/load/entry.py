"""The doors in: a path, or data frames, to a school."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from visitkit import tables
from visitkit.calendar import Calendar
from visitkit.errors import TableError
from visitkit.load.assemble import Outcome, assemble, tell
from visitkit.load.faults import Fault, FaultsError
from visitkit.load.found import Laid
from visitkit.load.grid import Cells, MappedTable
from visitkit.load.headers import Header, match, says_nothing
from visitkit.load.layout import LESSON, exam_dates, lay_out, lesson_columns, parts_of_days
from visitkit.load.notes import Note
from visitkit.load.questionnaire import question_columns
from visitkit.load.reading import Progress, read_sheets
from visitkit.load.recognise import recognise
from visitkit.load.register import HALF
from visitkit.load.school import School
from visitkit.load.sheets import Sheet, SheetMapping


def read_school(
    path: str | Path,
    *,
    lenient: bool = False,
    mapping: SheetMapping | None = None,
    progress: Progress | None = None,
) -> School:
    r"""Read a school from one workbook, or from a folder of workbooks and csv files.

    Files, sheets and headers may be named in Chinese or English; a sheet is known by its name or
    by its headers. Rows a student, registers with a column a day, marks with a column a subject
    and questionnaires as survey tools export them are understood. A table may come in parts.

    Parameters
    ----------
    path
        A file or a folder.
    lenient
        Leave faulty rows out (a faulty optional cell becomes missing) instead of raising; what was
        left out is counted in ``left_out`` and said in ``faults``.
    mapping
        What the school says of its own sheets; used before anything is recognised.
    progress
        Called with done, total and what is being done.

    Returns
    -------
    School
        The clean tables; rows in the order of their keys, whatever their order in the files.

    Raises
    ------
    FaultsError
        When anything is wrong and ``lenient`` is false; it lists every fault of all files.
    TableError
        When the path cannot be read, nothing is recognised, or no student can be read.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     roll = Path(folder) / "students.csv"
    ...     _ = roll.write_text("student id,sex\n0412,girl\n", encoding="utf-8")
    ...     read_school(roll).students[["student_id", "sex"]].values.tolist()
    [['0412', 'female']]
    """
    outcome = _read(path, mapping, progress)
    return _settled(outcome, str(path), lenient=lenient)


def check(
    path: str | Path, mapping: SheetMapping | None = None, progress: Progress | None = None
) -> tuple[School | None, tuple[Fault, ...], tuple[Note, ...]]:
    """Read a school without raising for faults.

    Parameters
    ----------
    path
        A file or a folder.
    mapping
        What the school says of its own sheets.
    progress
        Called with done, total and what is being done.

    Returns
    -------
    school
        The school without its faulty rows; ``None`` when no student can be read.
    faults
        Every fault of all files in the order of the files.
    notes
        What else a person should know.

    Raises
    ------
    TableError
        When the path cannot be read at all.
    """
    try:
        outcome = _read(path, mapping, progress)
    except TableError as error:
        # A mapping that does not fit the files brings its own list.
        listed = getattr(error, "faults", ())
        if not listed:
            raise
        return None, tuple(listed), ()
    faults = tuple(outcome.faults)
    if not _has_students(outcome):
        if not faults:
            faults = (Fault("no_students", Path(path).name, table="students"),)
        return None, faults, tuple(outcome.notes)
    school = outcome.school(str(path))
    return school, faults, school.notes


def _has_students(outcome: Outcome) -> bool:
    return len(outcome.frames.get("students", ())) > 0


def _settled(outcome: Outcome, source: str, *, lenient: bool) -> School:
    if outcome.faults and not lenient:
        raise FaultsError(tuple(outcome.faults))
    if not _has_students(outcome):
        raise TableError("load.no_students", path=source)
    return outcome.school(source)


def _read(path: str | Path, mapping: SheetMapping | None, progress: Progress | None) -> Outcome:
    reading = read_sheets(path, progress)
    mapped = mapping.apply(reading.sheets) if mapping is not None else []
    taken = {(part.file, part.sheet) for part in mapped}
    rest = [sheet for sheet in reading.sheets if (sheet.file, sheet.name) not in taken]
    laid = recognised(rest)
    parts = [part for part in mapped if part.table] + laid.parts
    if not parts and not laid.faults and not reading.faults:
        raise TableError("load.nothing_recognised", path=str(path))
    outcome = assemble(parts, tell(progress, parts))
    outcome.faults = _sorted([*reading.faults, *laid.faults, *outcome.faults], reading.sheets)
    outcome.notes = [*reading.notes, *laid.notes, *outcome.notes]
    outcome.left_out += laid.left_out
    outcome.covers = laid.covers
    return outcome


def recognised(sheets: Sequence[Sheet]) -> Laid:
    """Return the parts of tables in sheets, with a remark on each sheet that is none.

    Parameters
    ----------
    sheets
        Sheets as found.
    """
    laid = Laid()
    found = [(sheet, recognise(sheet)) for sheet in sheets]
    exams = exam_dates([one for _, one in found if one is not None])
    for sheet, one in found:
        if one is None:
            laid.notes.append(Note("sheet_unknown", sheet.file, sheet.name))
        else:
            laid.add(lay_out(one, exams))
    return laid


def _sorted(faults: Sequence[Fault], sheets: Sequence[Sheet]) -> list[Fault]:
    """Return faults in the order in which a person meets them."""
    order = {(sheet.file, sheet.name): at for at, sheet in enumerate(sheets)}
    return sorted(
        faults,
        key=lambda fault: (
            order.get((fault.file, fault.sheet), -1),
            fault.row,
            len(fault.column),
            fault.column,
            fault.key,
        ),
    )


def school_from_frames(
    frames: Mapping[str, pd.DataFrame],
    calendar: Calendar | pd.DataFrame | None = None,
    *,
    lenient: bool = False,
) -> School:
    """Build a school from data frames; see :meth:`visitkit.load.school.School.from_frames`.

    Raises
    ------
    FaultsError
        When anything is wrong and ``lenient`` is false.
    TableError
        When a table is unknown or no data frame, or no student can be read.
    """
    named = dict(frames)
    if calendar is not None and not isinstance(calendar, Calendar):
        named["calendar"] = calendar
    laid = Laid()
    for name, frame in named.items():
        if name not in tables.TABLES:
            raise TableError("load.unknown_frame", name=name, allowed=", ".join(tables.TABLES))
        if not isinstance(frame, pd.DataFrame):
            raise TableError("load.not_a_frame", name=name, found=type(frame).__name__)
        laid.add(_part(name, frame))
    outcome = assemble(laid.parts, tell(None, laid.parts))
    outcome.faults = laid.faults + outcome.faults
    outcome.notes = laid.notes + outcome.notes
    if isinstance(calendar, Calendar):
        outcome.calendar = calendar
        outcome.frames["calendar"] = calendar.days
    return _settled(outcome, "", lenient=lenient)


def _part(table: str, frame: pd.DataFrame) -> Laid:
    """Return a frame as a part of a table; its headers are matched as those of files are."""
    headers = [Header(str(column)) for column in frame.columns]
    places = dict(match(table, headers).places)
    if tables.TABLES[table].items:
        asked = question_columns(headers, set(places.values()))
        places |= {f"item_{number}": at for at, number in asked.items()}
    if table == "attendance":
        places |= lesson_columns(headers)
    required = [column.name for column in tables.TABLES[table].columns if column.required]
    missing = tuple(name for name in required if name not in places)
    if missing and len(frame):
        fault = Fault("columns_missing", table, facts={"columns": missing}, table=table)
        return Laid(faults=[fault])
    columns = {name: coded(frame.iloc[:, at]) for name, at in places.items()}
    if table == "attendance":
        columns = parts_of_days(columns)
        places |= {LESSON: places.get(LESSON, places[HALF])} if HALF in places else {}
    letters = {name: str(frame.columns[at]) for name, at in places.items()}
    laid = Laid([MappedTable(table, columns, np.arange(1, len(frame) + 1), letters, table)])
    ignored = tuple(
        header.words
        for at, header in enumerate(headers)
        if at not in places.values() and not says_nothing(header)
    )
    if ignored:
        laid.notes.append(Note("columns_ignored", table, facts={"columns": ignored}))
    return laid


def coded(column: pd.Series) -> Cells:
    """Return a column of a frame as raw cells; missing values are empty cells.

    Examples
    --------
    >>> coded(pd.Series([1.0, None, 1.0])).values
    (1.0, None)
    """
    plain = column.astype("object").where(column.notna(), None)
    return Cells.of(plain.tolist())
