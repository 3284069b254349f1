"""How a daily stream (library, canteen, club, online learning) changed against the student's own.

A student is compared with nobody but the same student: the last weeks against the weeks before.
The streams are optional, and a school that has none loses nothing but coverage.
"""

from __future__ import annotations

from collections.abc import Mapping

import narwhals.stable.v2 as nw
from narwhals.stable.v2.typing import FrameT

from visitkit.screen.catalog import BY_NAME
from visitkit.screen.indicators.facts import tally, within
from visitkit.screen.indicators.moment import MIN_DAYS, Kept, Moment, days_seen

#: Streams that are read, by the indicator they lead to.
STREAMS = {
    "canteen_change": "canteen",
    "library_change": "library",
    "learning_change": "learning",
    "club_change": "club",
}

RECENT = BY_NAME["canteen_change"].window

#: School days before the recent ones that tell what is usual for the student.
EARLIER = 60

#: Fewer rows than this in the earlier weeks, and nothing is usual yet.
MIN_FACTS = 8


def changes(
    facts: FrameT, roll: FrameT, moment: Moment, tables: Mapping[str, Kept | None]
) -> FrameT:
    """Return the percent by which each stream changed.

    Parameters
    ----------
    facts
        Known rows of ``activity`` with ``student``, ``date``, ``day``, ``stream``, ``amount``.
    roll
        Students on roll with ``student`` and ``first``.
    moment
        The day on which we stand.
    tables
        The school days over which each stream was kept, by stream; a stream that was not kept is
        left out.

    Returns
    -------
    frame
        ``student``, the change of the amount per school day over the last :data:`RECENT` school
        days against the :data:`EARLIER` before them, in percent (-100: nothing any more), and its
        date. Missing with fewer than :data:`MIN_FACTS` earlier rows.
    """
    spans = {name: tables.get(stream) for name, stream in STREAMS.items()}
    wanted = {name: span for name, span in spans.items() if span is not None}
    rows = facts.join(roll.select("student", "first"), on="student", how="inner")
    rows = within(rows.filter(nw.col("day") >= nw.col("first")), moment, RECENT + EARLIER)
    sums = tally(rows, {key: e for name in wanted for key, e in _amounts(name, moment).items()})
    result = roll.select("student", "first").join(sums, on="student", how="left")
    dates = (
        nw.max_horizontal(f"{name}_now_date", f"{name}_then_date").alias(f"{name}_date")
        for name in wanted
    )
    figures = (_change(name, moment, span) for name, span in wanted.items())
    return result.select("student", *figures, *dates)


def _amounts(name: str, moment: Moment) -> dict[str, nw.Expr]:
    here = nw.col("stream") == STREAMS[name]
    recent = nw.col("day") >= moment.today - RECENT
    amount = nw.col("amount").cast(nw.Float64)
    return {
        f"{name}_now": nw.when(here & recent).then(amount),
        f"{name}_then": nw.when(here & ~recent).then(amount),
        f"{name}_facts": nw.when(here & ~recent).then(nw.lit(1.0)),
    }


def _change(name: str, moment: Moment, table: Kept) -> nw.Expr:
    now = days_seen(moment, table, RECENT)
    then = days_seen(moment, table, EARLIER, skip=RECENT)
    recent, earlier = nw.col(f"{name}_now").fill_null(0.0), nw.col(f"{name}_then")
    enough = (nw.col(f"{name}_facts") >= MIN_FACTS) & (now >= MIN_DAYS) & (then >= MIN_DAYS)
    ratio = (recent / now) / (earlier / then)
    return nw.when(enough & (earlier > 0)).then((ratio - 1) * 100).alias(name)
