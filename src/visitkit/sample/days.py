"""The days of the made-up school: three terms, holidays, swapped workdays, exams and events.

The pattern follows what mainland schools do (a 20-week autumn term, a winter holiday around the
Spring Festival, workdays swapped for long holidays); the days themselves are made up.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd

from visitkit import text
from visitkit.sample.draws import Days, Flags, Ints
from visitkit.sample.frames import typed, unless

FIRST = np.datetime64("2025-09-01")
#: One day, for sums with dates: NumPy asks for the unit.
DAY = np.timedelta64(1, "D")
#: The last day on which anything was recorded.
RECORDED = np.datetime64("2027-01-22")
LAST = np.datetime64("2027-02-28")
#: The day on which the truth of the sample stands.
AS_OF = np.datetime64("2026-11-02")
#: The day after which grades are counted one higher.
NEW_YEAR = np.datetime64("2026-09-01")

WEEKS = 73
TERMS = (
    ("autumn", 2025, "2025-09-01", "2026-01-23"),
    ("spring", 2026, "2026-03-02", "2026-07-03"),
    ("autumn", 2026, "2026-09-01", "2027-01-22"),
)
_HOLIDAYS = (
    ("2025-10-01", "2025-10-08"),
    ("2026-01-01", "2026-01-03"),
    ("2026-04-04", "2026-04-06"),
    ("2026-05-01", "2026-05-05"),
    ("2026-06-19", "2026-06-21"),
    ("2026-09-25", "2026-09-27"),
    ("2026-10-01", "2026-10-07"),
    ("2027-01-01", "2027-01-03"),
)
_MAKEUP = (
    "2025-09-28",
    "2025-10-11",
    "2026-01-04",
    "2026-05-09",
    "2026-09-20",
    "2026-10-10",
)
_EVENTS = ("2025-10-30", "2025-10-31", "2026-04-17", "2026-10-15", "2026-10-16")
#: Exams: which of the term, term number, first day, days long.
EXAMS = (
    ("midterm", 0, "2025-11-06", 2),
    ("final", 0, "2026-01-20", 3),
    ("midterm", 1, "2026-04-28", 2),
    ("final", 1, "2026-06-29", 3),
    ("midterm", 2, "2026-11-05", 2),
    ("final", 2, "2027-01-19", 3),
)
_PERIODS = (8, 8, 8, 8, 7, 8, 8)
_AFTER_LESSONS = "15:50"
KINDS = ("weekend", "school", "holiday", "makeup", "exam", "event")


@dataclass(frozen=True)
class SchoolDays:
    """The school days up to the last recorded one.

    Parameters
    ----------
    dates
        The days in order, shape ``(D,)``.
    week
        Week of each day counted from the first Monday, from 0.
    term
        Place of the term in :data:`TERMS`.
    periods
        Lessons of the day.
    """

    dates: Days
    week: Ints
    term: Ints
    periods: Ints

    def place(self, day: str | np.datetime64) -> int:
        """Return the place of the first school day on or after a day."""
        return int(np.searchsorted(self.dates, np.datetime64(day)))


def _between(dates: Days, first: str, last: str) -> Flags:
    return np.asarray((dates >= np.datetime64(first)) & (dates <= np.datetime64(last)))


def week_of(dates: Days) -> Ints:
    """Return the week of each date counted from the first Monday, from 0.

    Examples
    --------
    >>> week_of(np.array(["2025-09-07", "2025-09-08"], dtype="datetime64[D]")).tolist()
    [0, 1]
    """
    return ((dates - FIRST).astype(np.int64)) // 7


@cache
def all_days() -> tuple[Days, Ints, Ints]:
    """Return every day, the place of its kind in :data:`KINDS`, and its term (-1 in holidays)."""
    dates = np.arange(FIRST, LAST + DAY, dtype="datetime64[D]")
    kind = np.where((dates - FIRST).astype(np.int64) % 7 < 5, 1, 0)
    term = np.full(len(dates), -1)
    for place, (_, _, first, last) in enumerate(TERMS):
        term[_between(dates, first, last)] = place
    for first, last in _HOLIDAYS:
        kind[_between(dates, first, last)] = KINDS.index("holiday")
    kind[np.isin(dates, np.array(_MAKEUP, dtype="datetime64[D]"))] = KINDS.index("makeup")
    for _, _, first, length in EXAMS:
        start = np.datetime64(first)
        kind[(dates >= start) & (dates < start + length * DAY)] = KINDS.index("exam")
    kind[np.isin(dates, np.array(_EVENTS, dtype="datetime64[D]"))] = KINDS.index("event")
    kind[term < 0] = KINDS.index("holiday")
    return dates, kind.astype(np.int64), term.astype(np.int64)


@cache
def school_days() -> SchoolDays:
    """Return the school days up to the last recorded one.

    Examples
    --------
    >>> bool(school_days().dates[0] == FIRST)
    True
    """
    dates, kind, term = all_days()
    school = (kind != KINDS.index("weekend")) & (kind != KINDS.index("holiday"))
    school &= dates <= RECORDED
    periods = np.array(_PERIODS)[(dates - FIRST).astype(np.int64) % 7]
    return SchoolDays(dates[school], week_of(dates[school]), term[school], periods[school])


def term_name(place: int, lang: str) -> str:
    """Return the name of a term, for example "autumn term 2026".

    Examples
    --------
    >>> term_name(2, "en")
    'autumn term 2026'
    """
    season, year, _, _ = TERMS[place]
    return text.say(f"sample.term.{season}", lang, year=year)


def exam_name(place: int, lang: str) -> str:
    """Return the name of an exam of :data:`EXAMS`.

    Examples
    --------
    >>> exam_name(4, "en")
    'mid-term exam, autumn term 2026'
    """
    which, term, _, _ = EXAMS[place]
    return text.say(f"sample.exam.{which}", lang, term=term_name(term, lang))


def calendar_table(lang: str) -> pd.DataFrame:
    """Return the calendar table, a row a day.

    Examples
    --------
    >>> calendar_table("en")["school_day"].sum() > 250
    np.True_
    """
    dates, kind, term = all_days()
    school = (kind != KINDS.index("weekend")) & (kind != KINDS.index("holiday"))
    starts = np.array([week_of(np.array([first], "datetime64[D]"))[0] for _, _, first, _ in TERMS])
    week = week_of(dates) - starts[term] + 1
    periods = np.array(_PERIODS)[(dates - FIRST).astype(np.int64) % 7]
    free = school & (kind != KINDS.index("event"))
    names = [term_name(place, lang) for place in range(len(TERMS))]
    return typed(
        "calendar",
        {
            "date": dates,
            "kind": np.array(KINDS, dtype=object)[kind],
            "term": unless(term < 0, np.array(names, dtype=object)[term]),
            "week": unless(term < 0, week),
            "school_day": school,
            "periods": unless(~school, periods),
            "after_lessons_from": unless(~free, _AFTER_LESSONS),
        },
    )
