"""From tables to known facts: students as numbers, days as school days, nothing from the future.

Rows dated after ``as_of`` are dropped here and nowhere else. Students are numbered once, so that
everything after works on whole numbers. Rows are put in order, because the sum of fractions depends
on their order in the last digit and no student's figure may depend on how a sheet was sorted.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import narwhals.stable.v2 as nw
from narwhals.stable.v2.typing import FrameT

from visitkit.screen.indicators.moment import Moment


def roll(students: FrameT, days: FrameT, moment: Moment) -> FrameT:
    """Give each student a number and tell who is on roll.

    Parameters
    ----------
    students
        The table ``students``.
    days
        :meth:`Moment.frame` of the same engine.

    Returns
    -------
    frame
        A row a student of the table, on roll or not: ``student`` (number by order of
        ``student_id``), ``student_id``, ``class_id``, ``grade``, ``birth_date``, ``entered_on``,
        ``first`` (number of the first school day on roll; 0 when it is not known) and ``on_roll``:
        entered on or before ``as_of`` or at an unknown time, and not left before it.
    """
    entered, left = nw.col("entered_on"), nw.col("left_on")
    has_entered = entered.is_null() | (entered < nw.lit(moment.end))
    has_left = ~left.is_null() & (left < nw.lit(moment.end - dt.timedelta(days=1)))
    numbered = students.with_columns(
        nw.col("grade").cast(nw.Float64),
        nw.col("entered_on").cast(nw.Datetime("us")),
        on_roll=has_entered & ~has_left,
    ).with_row_index("student", order_by="student_id")
    begun = days.select(nw.col("date").alias("entered_on"), nw.col("before").alias("first"))
    columns = ["student", "student_id", "class_id", "grade", "birth_date", "entered_on", "on_roll"]
    return (
        numbered.select(*columns)
        .with_columns(nw.col("student").cast(nw.Int64))
        .join(begun, on="entered_on", how="left")
        .with_columns(nw.col("first").fill_null(0).cast(nw.Int64))
    )


def present(everyone: FrameT) -> FrameT:
    """Return the students on roll: ``student``, ``first``, ``class_id`` and the rest."""
    return everyone.filter(nw.col("on_roll")).drop("on_roll")


def known(
    table: FrameT,
    everyone: FrameT,
    days: FrameT,
    moment: Moment,
    *,
    columns: Sequence[str],
    date: str = "date",
    since: dt.datetime | None = None,
) -> FrameT:
    """Return the rows of a table that are known at ``as_of``, in a fixed order.

    Parameters
    ----------
    table
        A table with ``student_id`` and a date.
    everyone, days
        From :func:`roll` and :meth:`Moment.frame`.
    columns
        Columns to keep beside the student and the date.
    date
        The column with the date; it is called ``date`` in what is returned.
    since
        Earlier rows are left out.

    Returns
    -------
    frame
        ``student``, ``date``, the columns asked for, and ``day``, ``open``, ``lessons`` of the
        calendar; the three are missing for a date outside it. Rows of students who are not in
        the table of students are left out.
    """
    when = nw.col("date")
    inside = when < nw.lit(moment.end)
    if since is not None:
        inside &= when >= nw.lit(since)
    rows = table.select("student_id", nw.col(date).alias("date"), *columns).filter(inside)
    numbers = everyone.select("student_id", "student")
    rows = rows.join(numbers, on="student_id", how="inner").drop("student_id")
    rows = rows.with_columns(when.cast(nw.Datetime("us")))
    rows = rows.join(days.drop("before"), on="date", how="left")
    return rows.sort("student", "date", *_numbers(rows, columns))


def _numbers(rows: FrameT, columns: Sequence[str]) -> list[str]:
    # Only what is added up needs an order, and words are slow to sort. Rows that tie differ in
    # words only; those that add nothing are missing rather than zero, because a zero in between
    # moves the rounding of a compensated sum.
    kinds = rows.collect_schema()
    return [name for name in columns if kinds[name].is_numeric()]


def span(table: FrameT, moment: Moment, date: str = "date") -> tuple[Any, Any]:
    """Return the first and last known date of a table, ``None`` twice when it is empty."""
    inside = table.select(date).filter(nw.col(date) < nw.lit(moment.end))
    ends = inside.select(nw.col(date).min().alias("first"), nw.col(date).max().alias("last"))
    first, last = collected(ends).rows()[0]
    known_ends = first is not None and first == first  # an empty pandas column ends in NaT
    return (first.date(), last.date()) if known_ends else (None, None)


def collected(frame: Any) -> Any:
    """Return a frame with its rows there, also from an engine that puts work off."""
    return frame.collect() if isinstance(frame, nw.LazyFrame) else frame


def within(rows: FrameT, moment: Moment, window: int, skip: int = 0) -> FrameT:
    """Return the rows of the last ``window`` school days, or of the window ``skip`` days before."""
    end = moment.today - skip
    return rows.filter((nw.col("day") >= nw.lit(end - window)) & (nw.col("day") < nw.lit(end)))


def tally(rows: FrameT, amounts: Mapping[str, nw.Expr]) -> FrameT:
    """Add up amounts per student and remember when each was last above zero.

    Parameters
    ----------
    rows
        With ``student`` and ``date``.
    amounts
        Name of the sum to the amount a row adds; a missing amount adds nothing.

    Returns
    -------
    frame
        ``student``, the sums, and ``<name>_date`` for each.
    """
    valued = rows.with_columns(
        **{name: amount.cast(nw.Float64) for name, amount in amounts.items()}
    )
    dated = valued.with_columns(
        **{f"{name}_date": nw.when(nw.col(name) > 0).then(nw.col("date")) for name in amounts}
    )
    sums = [nw.col(name).sum() for name in amounts]
    dates = [nw.col(f"{name}_date").max() for name in amounts]
    return dated.group_by("student").agg(*sums, *dates)


def figure(name: str, value: nw.Expr, enough: nw.Expr) -> nw.Expr:
    """Name a figure; it is missing where there is not enough to go by."""
    return nw.when(enough).then(value).alias(name)
