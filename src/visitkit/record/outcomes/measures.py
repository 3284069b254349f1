"""What is measured: amounts a student and day, from the tables of a school or scores handed in.

Missing is never zero: a period over which a table was not kept has no figure.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pandas as pd

from visitkit.calendar import USUAL_PERIODS, Calendar
from visitkit.errors import StoreError
from visitkit.load.school import School

#: School days without any row after the last one of a table that are read as days on which nothing
#: happened; the same as for the figures of screening.
QUIET = {"attendance": 10, "behaviour": 20}
_AWAY = ("sick", "personal", "unexcused")


@dataclass(frozen=True, slots=True)
class Amounts:
    """What was measured.

    Parameters
    ----------
    rows
        ``student_id``, ``date``, ``amount``.
    kept
        First and last day over which a day without a row means nothing happened; ``None`` where
        only rows tell anything.
    mean
        A period's figure is the mean of its rows; else their sum.
    """

    rows: pd.DataFrame
    kept: tuple[dt.date, dt.date] | None
    mean: bool = False


def _absence(school: School, codes: tuple[str, ...]) -> Amounts:
    """Return shares of school days missed for some reasons, never more than one a day."""
    rows = school.table("attendance")
    rows = rows[rows["status"].isin(codes)]
    days = school.calendar.days.set_index("date")
    open_ = rows["date"].map(days["school_day"].astype(bool)).eq(other=True)
    rows = rows[open_]
    lessons = rows["date"].map(days["periods"].astype("Float64").astype("float64")).fillna(0.0)
    lessons = lessons.where(lessons > 0, float(USUAL_PERIODS))
    share = (rows["periods"].astype("float64") / lessons).fillna(1.0)
    amount = rows.assign(amount=share).groupby(["student_id", "date"])["amount"].sum()
    return Amounts(amount.clip(upper=1.0).reset_index(), _kept(school, "attendance"))


def _times(school: School, status: str) -> Amounts:
    rows = school.table("attendance")
    rows = rows.loc[rows["status"] == status, ["student_id", "date"]].drop_duplicates()
    return Amounts(rows.assign(amount=1.0), _kept(school, "attendance"))


def _acts(school: School) -> Amounts:
    rows = school.table("behaviour")
    rows = rows.loc[rows["severity"].fillna(0) > 0, ["student_id", "date"]]
    return Amounts(rows.assign(amount=1.0), _kept(school, "behaviour"))


#: Name of a measure to how it is taken from a school; amounts are days, days, days, times, times.
MEASURES: Mapping[str, Callable[[School], Amounts]] = {
    "absence_days": lambda school: _absence(school, _AWAY),
    "unexcused_days": lambda school: _absence(school, ("unexcused",)),
    "sick_days": lambda school: _absence(school, ("sick",)),
    "times_late": lambda school: _times(school, "late"),
    "behaviour_acts": _acts,
}


def amounts(measure: str, school: School, scores: pd.DataFrame | None) -> Amounts:
    """Return what was measured.

    Parameters
    ----------
    measure
        One of :data:`MEASURES`, or a column of ``scores``.
    school
        Its tables.
    scores
        ``student_id``, ``date`` and the measure, for example totals of a questionnaire.

    Raises
    ------
    StoreError
        ``record.measure`` when it is neither.
    """
    if scores is not None:
        lacking = [one for one in ("student_id", "date", measure) if one not in scores]
        if lacking:
            raise StoreError("record.scores_column", column=lacking[0])
        rows = scores[["student_id", "date", measure]].dropna()
        day = pd.to_datetime(rows["date"]).dt.normalize().astype("datetime64[us]")
        rows = rows.assign(date=day, amount=rows[measure].astype("float64"))
        return Amounts(rows[["student_id", "date", "amount"]], None, mean=True)
    if measure not in MEASURES:
        raise StoreError("record.measure", allowed=", ".join(MEASURES))
    return MEASURES[measure](school)


def _kept(school: School, table: str) -> tuple[dt.date, dt.date] | None:
    """Return over which days a table was kept.

    What a register says itself comes first. A list is taken to have been kept since the beginning
    of the term of its first row, and until today where its last row is not long ago.
    """
    told = school.covers.get(table)
    days = school.table(table)["date"].dropna()
    if days.empty and told is None:
        return None
    ends = [] if days.empty else [days.min().date(), days.max().date()]
    first, last = min([*ends, *(told or ())]), max([*ends, *(told or ())])
    calendar = school.calendar
    if told is None or first < told[0]:
        first = _term_start(calendar, first)
    return first, _quiet_end(calendar, last, QUIET[table]) if told is None else last


def _term_start(calendar: Calendar, day: dt.date) -> dt.date:
    inside = calendar.first <= day <= calendar.last
    named = inside and bool(calendar.terms[0].name)
    return min(day, calendar.term_of(day).start) if named else day


def _quiet_end(calendar: Calendar, last: dt.date, quiet: int) -> dt.date:
    """Return the last day of the quiet time after a last row, within the calendar."""
    if last >= calendar.last:
        return calendar.last
    later = calendar.school_days(max(last, calendar.first), calendar.last)
    later = [one for one in later if one > last]
    return later[min(quiet, len(later)) - 1] if later else last
