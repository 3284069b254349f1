"""What the roll itself tells: age for the grade, time at the school, special-group facts."""

from __future__ import annotations

import datetime as dt

import narwhals.stable.v2 as nw
from narwhals.stable.v2.typing import FrameT

from visitkit.screen.indicators.moment import Moment

#: Age in completed years on 1 September of grade 1: a child who has reached six shall enter
#: school (Compulsory Education Law of the People's Republic of China, article 11).
ENTRY_AGE = 6

#: Month and day on which a school year begins, for the age of a grade.
YEAR_BEGINS = (9, 1)

#: Group facts that are no reason for support, or that a whole class shares.
NEUTRAL_GROUPS = ("promising", "gifted_top", "only_child", "new_student", "graduating")


def basic(roll: FrameT, moment: Moment) -> FrameT:
    """Return ``age_gap`` and ``weeks_since_entry``.

    Parameters
    ----------
    roll
        Students on roll with ``student``, ``grade``, ``birth_date``, ``entered_on``.
    moment
        The day on which we stand.

    Returns
    -------
    frame
        ``age_gap``: completed years of age on 1 September of the school year minus the usual age
        of the grade. ``weeks_since_entry``: whole weeks since ``entered_on``.
    """
    begins = dt.date(moment.as_of.year, *YEAR_BEGINS)
    year = begins.year if moment.as_of >= begins else begins.year - 1
    born = nw.col("birth_date")
    # Some engines keep months in one byte, which 100 times a month overflows.
    birthday = born.dt.month().cast(nw.Float64) * 100 + born.dt.day().cast(nw.Float64)
    not_yet = (birthday > YEAR_BEGINS[0] * 100 + YEAR_BEGINS[1]).cast(nw.Float64)
    age = nw.lit(float(year)) - born.dt.year().cast(nw.Float64) - not_yet
    gap = age - (nw.col("grade") - 1 + ENTRY_AGE)
    today = nw.lit(moment.end - dt.timedelta(days=1))
    minutes = (today - nw.col("entered_on")).dt.total_minutes()
    weeks = (minutes / (7 * 24 * 60)).floor()
    known = ~born.is_null() & ~nw.col("grade").is_null()
    return roll.select(
        "student",
        nw.when(known).then(gap).alias("age_gap"),
        weeks.alias("weeks_since_entry"),
        nw.col("entered_on").alias("weeks_since_entry_date"),
    )


def groups(rows: FrameT, roll: FrameT, moment: Moment) -> FrameT:
    """Count the group facts that hold on the day and are a reason for support.

    Parameters
    ----------
    rows
        Rows of ``groups`` with ``student``, ``code``, ``since``, ``until``. A fact holds when it
        began by ``as_of`` or at an unknown time, and has not ended before it.
    roll
        Students on roll with ``student``.
    moment
        The day on which we stand.
    """
    since, until = nw.col("since"), nw.col("until")
    today = moment.end - dt.timedelta(days=1)
    holds = (since.is_null() | (since < nw.lit(moment.end))) & (
        until.is_null() | (until >= nw.lit(today))
    )
    rows = rows.filter(holds & ~nw.col("code").is_in(NEUTRAL_GROUPS))
    counted = rows.group_by("student").agg(
        nw.col("code").n_unique().alias("group_facts"),
        nw.col("since").max().alias("group_facts_date"),
    )
    result = roll.select("student").join(counted, on="student", how="left")
    return result.with_columns(nw.col("group_facts").cast(nw.Float64).fill_null(0.0))
