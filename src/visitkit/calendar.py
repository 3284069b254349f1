"""Terms, weeks, holidays, school days and class periods of one school.

A calendar is a table with a row a day. Where a school gives none, weekdays stand in and
:attr:`Calendar.assumed` says so, because a rate per school day is only as good as the days counted.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from visitkit.errors import CalendarError

DateLike = str | dt.date | pd.Timestamp | np.datetime64

#: Lessons of a school day where the calendar does not say; only used to turn days into lessons.
USUAL_PERIODS = 8

#: A day that a calendar leaves out: no school, nothing told.
_LEFT_OUT: tuple[bool, int | None, str] = (False, None, "")


def as_date(value: DateLike) -> dt.date:
    """Turn what people write for a day into a date.

    Raises
    ------
    CalendarError
        When it is not a day; a bare number is none, because pandas reads one as nanoseconds
        since 1970.

    Examples
    --------
    >>> as_date("2026-11-02")
    datetime.date(2026, 11, 2)
    """
    if isinstance(value, int | float | np.number):
        raise CalendarError("calendar.not_a_date", value=str(value))
    try:
        stamp = pd.Timestamp(value)
    except (ValueError, TypeError) as error:
        raise CalendarError("calendar.not_a_date", value=str(value)) from error
    if pd.isna(stamp):
        raise CalendarError("calendar.not_a_date", value=str(value))
    return stamp.date()


@dataclass(frozen=True, slots=True)
class Bell:
    """When the lessons of a school day begin, how long they last and how long is between them.

    Examples
    --------
    >>> Bell().lesson(dt.date(2026, 11, 2), 2)[0]
    datetime.datetime(2026, 11, 2, 8, 55)
    """

    begins: dt.time = dt.time(8)
    lesson_minutes: int = 45
    break_minutes: int = 10

    def lesson(self, day: dt.date, number: int) -> tuple[dt.datetime, dt.datetime]:
        """Return begin and end of a lesson of a day, 1 for the first."""
        step = self.lesson_minutes + self.break_minutes
        start = dt.datetime.combine(day, self.begins) + dt.timedelta(minutes=(number - 1) * step)
        return start, start + dt.timedelta(minutes=self.lesson_minutes)


@dataclass(frozen=True, slots=True)
class Term:
    """A term with its first and last day."""

    name: str
    start: dt.date
    end: dt.date


@dataclass(frozen=True)
class Calendar:
    """The days of a school.

    Parameters
    ----------
    days
        A row a day in order: ``date``, ``kind``, ``term``, ``week``, ``school_day``, ``periods``,
        ``after_lessons_from``.
    source
        The file to extend when a day is missing.
    assumed
        True when no calendar was given and weekdays stand in.

    Examples
    --------
    >>> calendar = Calendar.weekdays("2026-09-01", "2026-09-30")
    >>> calendar.count_school_days("2026-09-01", "2026-09-07")
    5
    """

    days: pd.DataFrame
    source: str = "calendar"
    assumed: bool = False

    @classmethod
    def from_frame(cls, frame: pd.DataFrame, source: str = "calendar") -> Calendar:
        """Build from a calendar table; empty cells of ``school_day`` follow ``kind``.

        Raises
        ------
        CalendarError
            When the table is empty or holds a day twice.
        """
        days = frame.dropna(subset=["date"]).sort_values("date").reset_index(drop=True)
        if days.empty:
            raise CalendarError("calendar.empty", source=source)
        twice = days["date"][days["date"].duplicated()]
        if len(twice):
            raise CalendarError("calendar.day_twice", source=source, day=twice.iloc[0].date())
        days = days.reindex(
            columns=["date", "kind", "term", "week", "school_day", "periods", "after_lessons_from"]
        )
        weekday = days["date"].dt.day_of_week < 5
        by_kind = days["kind"].isin(["school", "makeup", "exam", "event"]) | (
            days["kind"].isna() & weekday
        )
        given = days["school_day"].astype("boolean")
        days["school_day"] = given.fillna(by_kind).astype(bool)
        return cls(days, source)

    @classmethod
    def weekdays(cls, first: DateLike, last: DateLike) -> Calendar:
        """Build a stand-in: Monday to Friday are school days, one unnamed term."""
        dates = pd.date_range(as_date(first), as_date(last), freq="D", unit="us")
        days = pd.DataFrame({"date": dates, "kind": None, "term": "", "week": pd.NA})
        days["school_day"] = dates.day_of_week < 5
        days["periods"] = pd.NA
        days["after_lessons_from"] = None
        return cls(days, assumed=True)

    @property
    def first(self) -> dt.date:
        """First day covered."""
        return self.days["date"].iloc[0].date()  # type: ignore[no-any-return]

    @property
    def last(self) -> dt.date:
        """Last day covered."""
        return self.days["date"].iloc[-1].date()  # type: ignore[no-any-return]

    def date(self, value: DateLike) -> dt.date:
        """Return a day of this calendar.

        Raises
        ------
        CalendarError
            When the value is not a day, or the calendar does not cover it; the message names the
            file to extend.
        """
        day = as_date(value)
        if not self.first <= day <= self.last:
            raise CalendarError(
                "calendar.outside", day=day, first=self.first, last=self.last, source=self.source
            )
        return day

    @cached_property
    def _lessons(self) -> dict[dt.date, tuple[bool, int | None, str]]:
        """Of each day whether there is school, the periods told, and when they end, if told."""
        told = self.days[["date", "school_day", "periods", "after_lessons_from"]]
        return {
            day.date(): (
                bool(school),
                None if pd.isna(periods) else int(periods),
                "" if pd.isna(ends) else str(ends),
            )
            for day, school, periods, ends in told.itertuples(index=False, name=None)
        }

    @cached_property
    def _school_days(self) -> npt.NDArray[np.datetime64]:
        open_days = self.days.loc[self.days["school_day"], "date"]
        return np.asarray(open_days, dtype="datetime64[D]")

    def school_days(self, start: DateLike, end: DateLike) -> list[dt.date]:
        """Return the school days from ``start`` to ``end``, both included."""
        lo, hi = self._span(start, end)
        return [day.astype(object) for day in self._school_days[lo:hi]]

    def count_school_days(self, start: DateLike, end: DateLike) -> int:
        """Return the number of school days from ``start`` to ``end``, both included."""
        lo, hi = self._span(start, end)
        return max(hi - lo, 0)

    def _span(self, start: DateLike, end: DateLike) -> tuple[int, int]:
        first, last = np.datetime64(as_date(start)), np.datetime64(as_date(end))
        days = self._school_days
        return int(np.searchsorted(days, first)), int(np.searchsorted(days, last, side="right"))

    def index_of(self, dates: npt.NDArray[np.datetime64]) -> npt.NDArray[np.int64]:
        """Return each date's place in the sequence of school days; -1 for a day without school.

        Consecutive school days have consecutive places, whatever weekend or holiday lies between.
        """
        days = self._school_days
        if len(days) == 0:
            return np.full(len(dates), -1)
        wanted = dates.astype("datetime64[D]")
        place = np.searchsorted(days, wanted).clip(max=len(days) - 1)
        return np.where(days[place] == wanted, place, -1).astype(np.int64)

    def add_school_days(self, start: DateLike, number: int) -> dt.date:
        """Return the school day that lies ``number`` school days after ``start``.

        ``0`` is ``start`` itself when it is a school day, else the next one.

        Raises
        ------
        CalendarError
            When the calendar ends before that day.
        """
        days = self._school_days
        place = int(np.searchsorted(days, np.datetime64(as_date(start))))
        on_day = place < len(days) and days[place] == np.datetime64(as_date(start))
        target = place + number - (0 if on_day or number == 0 else 1)
        if not 0 <= target < len(days):
            raise CalendarError(
                "calendar.too_short", day=as_date(start), number=number, source=self.source
            )
        return days[target].astype(object)  # type: ignore[no-any-return]

    def window_start(self, end: DateLike, school_days: int) -> dt.date:
        """Return the first day of the last ``school_days`` school days up to ``end``.

        Where the calendar holds fewer, its first day is returned.
        """
        _, hi = self._span(self.first, end)
        lo = max(hi - school_days, 0)
        if hi == 0:
            return self.first
        return self._school_days[lo].astype(object)  # type: ignore[no-any-return]

    @cached_property
    def terms(self) -> tuple[Term, ...]:
        """The terms in order, each with its first and last day in the calendar."""
        named = self.days[self.days["term"].fillna("").astype(str) != ""]
        if named.empty:
            return (Term("", self.first, self.last),)
        spans = named.groupby("term", sort=False)["date"].agg(["min", "max"]).sort_values("min")
        return tuple(
            Term(str(name), low.date(), high.date())
            for name, low, high in spans.itertuples(index=True, name=None)
        )

    def term_of(self, value: DateLike) -> Term:
        """Return the term a day lies in; in a holiday, the term that ended last."""
        day = self.date(value)
        begun = [term for term in self.terms if term.start <= day]
        return begun[-1] if begun else self.terms[0]


def lessons_on(calendar: Calendar, day: dt.date) -> int:
    """Return how many class periods a day has; none on a day without school.

    Where the calendar holds no number, :data:`USUAL_PERIODS`.

    Raises
    ------
    CalendarError
        When the calendar does not cover the day; the message names the file to extend.

    Examples
    --------
    >>> lessons_on(Calendar.weekdays("2026-11-02", "2026-11-08"), dt.date(2026, 11, 2))
    8
    """
    open_day, periods, _ = calendar._lessons.get(calendar.date(day), _LEFT_OUT)
    if not open_day:
        return 0
    return USUAL_PERIODS if periods is None else periods


def end_of_lessons(calendar: Calendar, day: dt.date, bell: Bell) -> dt.datetime:
    """Return when the lessons of a day end.

    The column ``after_lessons_from`` comes first, then the number of periods. A day that the
    calendar does not cover, or without school, ends after :data:`USUAL_PERIODS`.

    Examples
    --------
    >>> end_of_lessons(Calendar.weekdays("2026-11-02", "2026-11-08"), dt.date(2026, 11, 2), Bell())
    datetime.datetime(2026, 11, 2, 15, 10)
    """
    _, periods, ends = calendar._lessons.get(day, _LEFT_OUT)
    if ends:
        return dt.datetime.combine(day, dt.time.fromisoformat(ends))
    return bell.lesson(day, periods if periods and periods > 0 else USUAL_PERIODS)[1]


def periods_after(calendar: Calendar, moment: dt.datetime, periods: int, bell: Bell) -> dt.datetime:
    """Return the end of the lesson that lies ``periods`` class periods after a moment.

    Only lessons that begin at the moment or later count. When the lessons of a day run out, those
    of the next school day follow, over weekends and holidays.

    Raises
    ------
    CalendarError
        When the calendar ends before that; the message names the file to extend.

    Examples
    --------
    >>> week = Calendar.weekdays("2026-11-02", "2026-11-15")
    >>> periods_after(week, dt.datetime(2026, 11, 6, 14, 0), 2, Bell())
    datetime.datetime(2026, 11, 9, 8, 45)
    """
    day, left = calendar.date(moment), periods
    while True:
        for number in range(1, lessons_on(calendar, day) + 1):
            start, end = bell.lesson(day, number)
            left -= start >= moment
            if left == 0:
                return end
        day = calendar.add_school_days(day + dt.timedelta(days=1), 0)
