"""Where we stand: the day, the school days up to it, and over which of them a table was kept."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import narwhals.stable.v2 as nw
from narwhals.stable.v2.typing import FrameT

from visitkit.calendar import USUAL_PERIODS, Calendar

#: Fewer school days on roll within a window than this, and a rate is missing: one absence in two
#: days says nothing about a child.
MIN_DAYS = 5

#: A latest fact older than this many days no longer tells how things are: a year and a month, so
#: that a yearly survey or home-life form is still read until the next one is in.
LATEST_DAYS = 400

#: School days without any row of a table, after its last one, that are read as days on which
#: nothing happened; after a longer silence the table is taken to have ended with its last row.
QUIET_DAYS = {"attendance": 10, "behaviour": 20, "activity": 10}


@dataclass(frozen=True)
class Moment:
    """The day on which we stand, and the school days up to it.

    School days are numbered from 0 on the first of the calendar; a day without school bears the
    number of the school day before it. Facts of ``as_of`` itself are known and count.

    Parameters
    ----------
    as_of
        The day on which we stand.
    calendar
        The days of the school.
    """

    as_of: dt.date
    calendar: Calendar

    @property
    def end(self) -> dt.datetime:
        """The first instant that is no longer known."""
        return dt.datetime.combine(self.as_of, dt.time()) + dt.timedelta(days=1)

    @cached_property
    def today(self) -> int:
        """Number of school days up to and including ``as_of``."""
        return self.before(self.as_of + dt.timedelta(days=1))

    def before(self, day: dt.date) -> int:
        """Return the number of school days before a day."""
        return self.calendar.count_school_days(self.calendar.first, day - dt.timedelta(days=1))

    def since(self, school_days: int) -> dt.datetime:
        """Return the first instant of the last ``school_days`` school days."""
        first = self.calendar.window_start(self.as_of, school_days)
        return dt.datetime.combine(first, dt.time())

    def days_ago(self, days: int) -> dt.datetime:
        """Return the first instant of the last ``days`` days, with or without school."""
        return self.end - dt.timedelta(days=days)

    def frame(self, like: FrameT) -> FrameT:
        """Return the calendar up to ``as_of`` as a frame of the same engine as ``like``.

        Columns: ``date``; ``day``, the number of the school day; ``before``, the school days
        before it; ``open``, 1 on a school day, else 0; ``lessons``, its class periods.
        """
        days = self.calendar.days
        days = days[days["date"] < self.end]
        held = days["school_day"].astype(int)
        lessons = days["periods"].astype("Float64").fillna(0).astype(float)
        columns: dict[str, Any] = {
            "date": days["date"].dt.to_pydatetime().tolist(),
            "day": (held.cumsum() - 1).tolist(),
            "before": (held.cumsum() - held).tolist(),
            "open": held.tolist(),
            "lessons": [value or float(USUAL_PERIODS) for value in lessons],
        }
        schema = {
            "date": nw.Datetime("us"),
            "day": nw.Int64(),
            "before": nw.Int64(),
            "open": nw.Int64(),
            "lessons": nw.Float64(),
        }
        engine: Any = like
        built: Any = nw.from_dict(columns, schema, backend=nw.get_native_namespace(engine))
        return built.lazy() if isinstance(engine, nw.LazyFrame) else built  # type: ignore[no-any-return]


@dataclass(frozen=True, slots=True)
class Kept:
    """The school days over which a table was kept, by their numbers, both included."""

    first: int
    last: int


def kept(first: dt.date | None, last: dt.date | None, moment: Moment, quiet: int) -> Kept | None:
    """Return over which school days a table was kept, from its first and last known rows.

    A school that keeps a table is taken to have kept it since the beginning of the term in which
    its first row lies (``quiet`` school days before that row where the calendar has no terms), and
    up to today unless its last row lies more than ``quiet`` school days back. A table without
    rows says nothing, so nothing is returned.

    Examples
    --------
    >>> moment = Moment(dt.date(2026, 9, 30), Calendar.weekdays("2026-09-01", "2026-12-31"))
    >>> kept(dt.date(2026, 9, 17), dt.date(2026, 9, 24), moment, quiet=10)
    Kept(first=2, last=21)
    >>> kept(dt.date(2026, 9, 3), dt.date(2026, 9, 10), moment, quiet=10)
    Kept(first=0, last=7)
    """
    if first is None or last is None:
        return None
    calendar = moment.calendar
    start = max(moment.before(first) - quiet, 0)
    if calendar.first <= first and calendar.terms[0].name:
        start = moment.before(min(first, calendar.term_of(first).start))
    newest = moment.today - 1
    ended = moment.before(last + dt.timedelta(days=1)) - 1
    return Kept(start, newest if newest - ended <= quiet else ended)


def covered(first: dt.date, last: dt.date, moment: Moment) -> Kept | None:
    """Return over which school days a register was kept that says itself which days it covers.

    Parameters
    ----------
    first, last
        First and last day known to be covered, both included. Days after ``as_of`` do not count,
        and a day after the last one is unknown, not a day without absence.
    moment
        The day on which we stand.

    Returns
    -------
    Kept or None
        ``None`` where no school day up to ``as_of`` is covered.

    Examples
    --------
    >>> moment = Moment(dt.date(2026, 11, 5), Calendar.weekdays("2026-09-01", "2026-12-31"))
    >>> covered(dt.date(2026, 10, 8), dt.date(2026, 10, 30), moment)
    Kept(first=27, last=43)
    """
    start = moment.before(first)
    end = min(moment.before(last + dt.timedelta(days=1)), moment.today) - 1
    return Kept(start, end) if start <= end else None


def joined(earlier: Kept | None, later: Kept | None, quiet: int) -> Kept | None:
    """Return the school days over which a table was kept by two ways after each other.

    A list that goes over into registers, or the other way round, is one table. Where more than
    ``quiet`` school days lie between the two, nobody knows what happened in them, and only the
    later one counts.

    Examples
    --------
    >>> joined(Kept(0, 40), Kept(45, 60), quiet=10)
    Kept(first=0, last=60)
    >>> joined(Kept(0, 20), Kept(45, 60), quiet=10)
    Kept(first=45, last=60)
    >>> joined(Kept(0, 20), None, quiet=10)
    Kept(first=0, last=20)
    """
    if earlier is None or later is None:
        return earlier or later
    if later.first - earlier.last - 1 > quiet:
        return later
    return Kept(min(earlier.first, later.first), max(earlier.last, later.last))


def days_seen(moment: Moment, table: Kept, window: int, skip: int = 0) -> nw.Expr:
    """Count each student's school days on roll in a window over which a table was kept.

    Parameters
    ----------
    window
        School days of the window.
    skip
        School days between the end of the window and today.

    Returns
    -------
    narwhals.Expr
        Needs the column ``first`` of :func:`visitkit.screen.indicators.facts.roll`.
    """
    end = min(moment.today - skip, table.last + 1)
    start = max(moment.today - skip - window, table.first, 0)
    seen = nw.lit(end) - nw.max_horizontal(nw.lit(start), nw.col("first"))
    return nw.max_horizontal(seen, nw.lit(0))
