"""What must hold within a row: order of dates, ages, places, identity numbers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import numpy as np
import pandas as pd

from visitkit.load.dates import parse_date
from visitkit.load.draft import Draft
from visitkit.load.identifiers import birth_of, sex_of
from visitkit.load.numbers import parse_number
from visitkit.load.unreadable import UnreadableCellError

YOUNGEST, OLDEST = 5, 20
#: Degrees within which places in China lie: a latitude here is a longitude and the reverse.
_CHINA_LAT, _CHINA_LON = (15.0, 56.0), (70.0, 140.0)
#: Table to columns of which the second must not come before the first.
_IN_ORDER = {
    "students": ("entered_on", "left_on"),
    "groups": ("since", "until"),
    "interventions": ("start", "end"),
    "visits": ("start", "end"),
}


def check_order(draft: Draft) -> None:
    """Report rows whose end comes before their start; the end then counts as missing."""
    pair = _IN_ORDER.get(draft.table.name)
    if pair is None:
        return
    start, end = pair
    frame = draft.standing()
    wrong = frame[frame[end].notna() & frame[start].notna()]
    wrong = wrong[wrong[end] < wrong[start]]
    for row in wrong.index:
        place, letter = _other(draft, int(row), start)
        draft.report([int(row)], end, "end_before_start", drop=False, other=f"{letter}{place}")
    draft.clear(wrong.index, end)


def _other(draft: Draft, row: int, column: str) -> tuple[int, str]:
    part, at = draft.place(row)
    return part.place(column, at)


def check_places(draft: Draft) -> None:
    """Report coordinates that were swapped; both then count as missing.

    Swapped pairs inside China are recognised before the longitude is found out of range.
    """
    for lat, lon in (("lat", "lon"), ("home_lat", "home_lon")):
        if not {lat, lon} <= draft.cells.keys():
            continue
        north, east = (_numbers(draft, name) for name in (lat, lon))
        swapped = _within(north, _CHINA_LON) & _within(east, _CHINA_LAT)
        rows = np.flatnonzero(swapped)
        # The range of the latitude has been reported as well; one sentence a row is enough.
        keys = {draft.place(row)[0].place(lat, draft.place(row)[1]) for row in rows.tolist()}
        draft.faults = [
            fault
            for fault in draft.faults
            if not (fault.field in {lat, lon} and (fault.row, fault.column) in keys)
        ]
        draft.report(rows, lat, "coordinates_swapped", drop=False)
        draft.clear(rows, lat)
        draft.clear(rows, lon)


def _numbers(draft: Draft, name: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    cells = draft.cells[name]
    values = [_number(value) for value in cells.distinct]
    return np.array(values, dtype=float)[cells.codes]


def _number(value: object) -> float:
    try:
        return parse_number(value, "degree")
    except UnreadableCellError:
        return np.nan


def _within(
    numbers: np.ndarray[tuple[int], np.dtype[np.float64]], span: tuple[float, float]
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    return (numbers >= span[0]) & (numbers <= span[1])


def middle_day(drafts: Mapping[str, Draft]) -> dt.date:
    """Return the middle of all days on which something was recorded, else today.

    Ages are taken at that day: a slip in one date does not make every child too old.
    """
    recorded = [
        frame[column].dropna()
        for name, draft in drafts.items()
        if name not in {"students", "teachers", "groups"}
        for frame in [draft.standing()]
        for column in ("date", "start")
        if column in frame and frame[column].dtype.kind == "M"
    ]
    days = pd.concat(recorded) if recorded else pd.Series([], dtype="datetime64[us]")
    if days.empty:
        return dt.date.today()
    return pd.Timestamp(days.sort_values().iloc[len(days) // 2]).date()


def check_ages(students: Draft, today: dt.date) -> None:
    """Report birth dates in the future and ages that no pupil has."""
    born = students.frame["birth_date"]
    age = (pd.Timestamp(today) - born).dt.days / 365.25
    future = born > pd.Timestamp(today)
    strange = ((age < YOUNGEST) | (age >= OLDEST + 1)) & ~future
    for key, rows in (("birth_future", future), ("age_strange", strange)):
        wrong = students.frame.index[rows.fillna(False).to_numpy(dtype=bool)]
        students.report(wrong, "birth_date", key, drop=False, low=YOUNGEST, high=OLDEST)
        students.clear(wrong, "birth_date")


def check_identities(students: Draft) -> None:
    """Compare identity numbers with birth dates and sexes; the numbers are then forgotten.

    Which of the two is wrong cannot be known, so the date or sex is kept and the fault said.
    """
    if "id_number" not in students.cells:
        students.frame = students.frame.drop(columns="id_number")
        return
    frame = students.frame
    known = frame[frame["id_number"].notna()]
    born = pd.to_datetime(known["id_number"].map(birth_of)).astype("datetime64[us]")
    stated = known["birth_date"]
    # A birth given by month alone is the first of the month.
    month_only = _month_only(students).reindex(known.index)
    same = (born == stated) | (month_only & (born.dt.to_period("M") == stated.dt.to_period("M")))
    wrong = known.index[born.notna() & stated.notna() & ~same]
    students.report(wrong, "id_number", "identity_birth_differs", drop=False)
    sex = known["id_number"].map(sex_of)
    wrong = known.index[sex.notna() & known["sex"].notna() & (sex != known["sex"])]
    students.report(wrong, "id_number", "identity_sex_differs", drop=False)
    students.frame = frame.drop(columns="id_number")


def _month_only(students: Draft) -> pd.Series:
    cells = students.cells.get("birth_date")
    if cells is None:
        return pd.Series(False, index=students.frame.index)
    told = []
    for value in cells.distinct:
        try:
            told.append(value is not None and parse_date(value) is None)
        except UnreadableCellError as error:
            told.append(error.key == "date_no_day")
    return pd.Series(np.array(told, dtype=bool)[cells.codes], index=students.frame.index)
