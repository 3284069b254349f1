"""Attendance: signs to statuses, half days and lessons to one row a student, day and status."""

from __future__ import annotations

import numpy as np
import pandas as pd

from visitkit.load.draft import Draft
from visitkit.load.layout import LESSON
from visitkit.load.lessons import HALF_DAY, HALVES, Lessons, parse_lessons, weight
from visitkit.load.notes import Note
from visitkit.load.parsing import column_of, read_cells, typed
from visitkit.load.register import HALF
from visitkit.load.signs import Signs
from visitkit.tables import Column

_KEY = ["student_id", "date", "status"]


def settle_attendance(attendance: Draft) -> None:
    """Read the signs; a row that says only that the student was there is no row of the table.

    A cell with two signs becomes two rows. Half days of both halves become a day; lessons of one
    day become one row with their periods added up.
    """
    status = attendance.table.by_name["status"]
    attendance.read(status)
    codes = attendance.cells["status"].codes
    found = attendance.reads["status"]
    read = [one if isinstance(one, Signs) else None for one in found.meanings]
    most = max((len(one.codes) for one in read if one), default=0)
    frame = attendance.frame
    periods = [np.nan if one is None or one.periods is None else one.periods for one in read]
    written = pd.Series(np.array(periods or [np.nan])[codes], index=frame.index)
    frame["periods"] = frame["periods"].fillna(written)
    levels = [_level(frame, read, codes, level) for level in range(max(most, 1))]
    wrong = attendance.dropped[frame.index]
    faulty = frame[wrong & levels[0]["status"].isna().to_numpy()]
    attendance.frame = pd.concat(
        [level[level["status"].notna()] for level in levels] + [faulty.assign(status=None)]
    )
    if HALF in attendance.cells:
        _join_halves(attendance)
    if LESSON in attendance.cells:
        _sum_lessons(attendance)


def _level(
    frame: pd.DataFrame,
    read: list[Signs | None],
    codes: np.ndarray[tuple[int], np.dtype[np.int32]],
    level: int,
) -> pd.DataFrame:
    """Return the rows with the sign at one place in the cell, missing where there is none."""
    words = [one.codes[level] if one and len(one.codes) > level else None for one in read]
    return frame.assign(status=typed(words or [None], codes, "code").to_numpy())


def _join_halves(attendance: Draft) -> None:
    """Make one day of a morning and an afternoon; a single half counts half a day's lessons."""
    frame = attendance.frame
    cells = attendance.cells[HALF]
    half = typed(cells.distinct, cells.codes, "code")
    frame = frame.assign(_half=half.reindex(frame.index).to_numpy())
    if frame["_half"].isna().all():
        return
    dropped = attendance.dropped[frame.index]
    usable = frame["_half"].notna() & ~dropped
    halves = frame[usable].drop_duplicates([*_KEY, "_half"])
    count = halves.groupby(_KEY)["_half"].transform("nunique")
    single = (count == 1) & halves["periods"].isna()
    halves = halves.assign(periods=halves["periods"].where(~single, HALF_DAY))
    kept = halves[~halves.duplicated(_KEY)]
    attendance.frame = pd.concat([frame[~usable], kept]).drop(columns="_half")


def _sum_lessons(attendance: Draft) -> None:
    """Put the lessons of one student, day and status into one row.

    A lesson named twice counts once; the whole day, or both its halves, leaves the number of
    periods open, as an empty cell does.
    """
    parts = _lessons_told(attendance)
    frame = attendance.frame
    told = np.array([bool(one) for one in parts], dtype=bool)
    usable = told[frame.index] & ~attendance.dropped[frame.index]
    lessons = frame[usable]
    each = lessons.assign(_lesson=[parts[row] for row in lessons.index])
    number = each["_lesson"].map(len)
    each = each.assign(_given=each["periods"] / number).explode("_lesson")
    each = each.drop_duplicates([*_KEY, "_lesson"])
    each["periods"] = each["_given"].fillna(each["_lesson"].map(weight).astype(float))
    by_day = each.groupby(_KEY, dropna=False)
    halves = each["_lesson"].isin(HALVES).groupby([each[name] for name in _KEY], dropna=False)
    total = by_day["periods"].transform("sum")
    open_day = np.isinf(total) | (halves.transform("sum") == len(HALVES))
    kept = each.assign(periods=total.mask(open_day)).drop(columns=["_lesson", "_given"])
    kept = kept[~kept.duplicated(_KEY)]
    if len(kept) < int(usable.sum()):
        facts = {"number": int(usable.sum()) - len(kept)}
        attendance.notes.append(Note("lessons_summed", facts=facts))
    attendance.frame = pd.concat([frame[~usable], kept])


def _lessons_told(attendance: Draft) -> list[Lessons]:
    """Return the lessons each row names; report and drop rows whose words are not understood."""
    cells = attendance.cells[LESSON]
    found = read_cells(cells, column_of(attendance.table, LESSON), _parse)
    for at, (key, _) in found.problems.items():
        attendance.report(np.flatnonzero(cells.codes == at), LESSON, key)
    meant = [one if isinstance(one, tuple) else () for one in found.meanings]
    return [meant[code] for code in cells.codes]


def _parse(value: object, column: Column) -> object:
    del column
    return parse_lessons(value)
