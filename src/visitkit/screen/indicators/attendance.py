"""How often a student was away, in school-day equivalents, and for how many days on end.

A row with ``periods`` counts as that share of the day's class periods, a row without as the whole
day, and all rows of a day together as one day at most. Rows on a day without school are left out.
"""

from __future__ import annotations

import narwhals.stable.v2 as nw
from narwhals.stable.v2.typing import FrameT

from visitkit.screen.catalog import BY_NAME
from visitkit.screen.indicators.facts import figure, tally, within
from visitkit.screen.indicators.moment import MIN_DAYS, Kept, Moment, days_seen

#: Being away, whatever the reason; late and early are told apart from it.
AWAY = ("sick", "personal", "unexcused")

#: What is gathered of each day.
PARTS = ("away", *AWAY, "late", "early")

WINDOW = BY_NAME["absence_rate"].window
RECENT = BY_NAME["absence_trend"].window

_SHARES = {
    "absence_rate": "away",
    "unexcused_rate": "unexcused",
    "sick_rate": "sick",
    "leave_rate": "personal",
    "late_rate": "late",
    "early_rate": "early",
}
_RUNS = {"unexcused_run": "unexcused", "absence_run": "away"}


def attendance(facts: FrameT, roll: FrameT, moment: Moment, table: Kept) -> FrameT:
    """Return the attendance figures.

    Parameters
    ----------
    facts
        Known rows of the table with ``student``, ``date``, ``status``, ``periods``, ``day``,
        ``open``, ``lessons``.
    roll
        Students on roll with ``student`` and ``first``.
    table
        The school days over which the table was kept.

    Returns
    -------
    frame
        A row a student on roll. Rates are percent of the school days on roll within the window
        over which the table was kept; rows outside those days do not count.
    """
    told = within(facts, moment, WINDOW)
    told = told.filter((nw.col("day") >= table.first) & (nw.col("day") <= table.last))
    days = daily(told, roll)
    split = moment.today - RECENT
    amounts = {name: nw.col(name) for name in PARTS}
    amounts["recent"] = nw.when(nw.col("day") >= split).then(nw.col("away"))
    amounts["earlier"] = nw.when(nw.col("day") < split).then(nw.col("away"))
    result = roll.select(
        "student",
        days_seen(moment, table, WINDOW).alias("seen"),
        days_seen(moment, table, RECENT).alias("now"),
        days_seen(moment, table, RECENT, skip=RECENT).alias("then"),
    )
    for part in (tally(days, amounts), _longest(days, "unexcused"), _longest(days, "away")):
        result = result.join(part, on="student", how="left")
    return result.select(
        "student",
        *(_share(name, source) for name, source in _SHARES.items()),
        *(nw.col(f"{source}_date").alias(f"{name}_date") for name, source in _SHARES.items()),
        *(_run(name, source) for name, source in _RUNS.items()),
        *(nw.col(f"{source}_run_date").alias(f"{name}_date") for name, source in _RUNS.items()),
        _trend(),
        nw.col("away_date").alias("absence_trend_date"),
    )


def daily(facts: FrameT, roll: FrameT) -> FrameT:
    """Gather the rows of each student and school day on roll.

    Returns
    -------
    frame
        ``student``, ``day``, ``date``, and the share of the day that was ``sick``, ``personal``,
        ``unexcused``, and ``away`` in all, each 0 to 1; ``late`` and ``early`` are 0 or 1.
    """
    share = nw.col("periods").cast(nw.Float64) / nw.col("lessons")
    share = nw.when(nw.col("periods").is_null()).then(nw.lit(1.0)).otherwise(share)
    status = nw.col("status")
    rows = facts.join(roll.select("student", "first"), on="student", how="inner")
    rows = rows.filter((nw.col("open") == 1) & (nw.col("day") >= nw.col("first")))
    rows = rows.with_columns(
        **{code: nw.when(status == code).then(share) for code in AWAY},
        away=nw.when(status.is_in(AWAY)).then(share),
        late=(status == "late").cast(nw.Float64),
        early=(status == "early").cast(nw.Float64),
    )
    gathered = rows.group_by("student", "day", "date").agg(*(nw.col(name).sum() for name in PARTS))
    capped = [nw.min_horizontal(nw.col(name), nw.lit(1.0)).alias(name) for name in PARTS]
    return gathered.with_columns(*capped).sort("student", "day")


def runs(days: FrameT, reason: str) -> FrameT:
    """Find the runs of consecutive school days on which any lesson was missed for a reason.

    Weekends and holidays do not break a run, because school days are numbered through them.

    Parameters
    ----------
    days
        From :func:`daily`.
    reason
        ``away`` or one of :data:`AWAY`.

    Returns
    -------
    frame
        A row a run: ``student``, ``length`` in school days, ``first_day`` (number of the school
        day), ``start`` and ``end`` (dates).
    """
    missed = days.filter(nw.col(reason) > 0)
    place = nw.col("day").cum_count().over("student", order_by="day")
    stretch = missed.with_columns(stretch=nw.col("day") - place)
    gathered = stretch.group_by("student", "stretch").agg(
        nw.len().alias("length"),
        nw.col("day").min().alias("first_day"),
        nw.col("date").min().alias("start"),
        nw.col("date").max().alias("end"),
    )
    return gathered.with_columns(nw.col("length").cast(nw.Float64))


def _longest(days: FrameT, reason: str) -> FrameT:
    found = runs(days, reason)
    longest = found.with_columns(most=nw.col("length").max().over("student"))
    longest = longest.filter(nw.col("length") == nw.col("most"))
    return longest.group_by("student").agg(
        nw.col("length").max().alias(f"{reason}_run"),
        nw.col("end").max().alias(f"{reason}_run_date"),
    )


def _share(name: str, source: str) -> nw.Expr:
    share = nw.col(source).fill_null(0.0) / nw.col("seen")
    return figure(name, share * 100, nw.col("seen") >= MIN_DAYS)


def _run(name: str, source: str) -> nw.Expr:
    return figure(name, nw.col(f"{source}_run").fill_null(0.0), nw.col("seen") >= MIN_DAYS)


def _trend() -> nw.Expr:
    now, then = nw.col("now"), nw.col("then")
    change = nw.col("recent").fill_null(0.0) / now - nw.col("earlier").fill_null(0.0) / then
    return figure("absence_trend", change * 100, (now >= MIN_DAYS) & (then >= MIN_DAYS))
