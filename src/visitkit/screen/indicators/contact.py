"""What happened in the family, when the school last spoke with it, and what help was given."""

from __future__ import annotations

import datetime as dt

import narwhals.stable.v2 as nw
from narwhals.stable.v2.typing import FrameT

from visitkit.screen.catalog import BY_NAME
from visitkit.screen.indicators.facts import tally, within
from visitkit.screen.indicators.moment import Moment

#: Events that change a child's home.
FAMILY_EVENTS = (
    "bereavement",
    "parents_separated",
    "parent_accident",
    "family_income_loss",
    "family_conflict",
    "domestic_violence",
    "disaster",
    "guardian_change",
    "moved",
)

#: Events in which leaving school was spoken of.
LEAVING = ("leaving_talk",)

EVENT_WINDOW = BY_NAME["family_events"].window
HELP_WINDOW = BY_NAME["counselling_talks"].window
VISIT_WINDOW = BY_NAME["home_visits"].window


def events(facts: FrameT, roll: FrameT, moment: Moment) -> FrameT:
    """Count family events and signs of leaving; the same kind on one day is one event.

    Parameters
    ----------
    facts
        Known rows of ``events`` with ``student``, ``date``, ``day``, ``kind``.
    roll
        Students on roll with ``student``.
    moment
        The day on which we stand.
    """
    once = within(facts, moment, EVENT_WINDOW).unique(subset=["student", "date", "kind"])
    kind = nw.col("kind")
    amounts = {
        "family_events": kind.is_in(FAMILY_EVENTS),
        "leaving_signs": kind.is_in(LEAVING),
    }
    return _zero_filled(tally(once, amounts), roll, tuple(amounts))


def interventions(facts: FrameT, roll: FrameT, moment: Moment) -> FrameT:
    """Count counselling talks begun; ``facts`` are rows of ``interventions`` with ``type``."""
    rows = within(facts, moment, HELP_WINDOW)
    talks = tally(rows, {"counselling_talks": nw.col("type") == "counselling"})
    return _zero_filled(talks, roll, ("counselling_talks",))


def visits(facts: FrameT, roll: FrameT, moment: Moment, begun: dt.date) -> FrameT:
    """Return how long ago the family was last spoken with, and home visits made.

    Parameters
    ----------
    facts
        Known rows of ``visits`` with ``student``, ``date``, ``day``, ``form``.
    roll
        Students on roll with ``student`` and ``entered_on``.
    moment
        The day on which we stand.
    begun
        The first known row of the whole table.

    Returns
    -------
    frame
        ``days_since_contact`` in days, with and without school, of any form; a family never
        spoken with is counted from the day the records begin, or from entry where that is later,
        which is the least it can be. ``home_visits`` counts visits at home, one a day at most.
    """
    last = facts.group_by("student").agg(nw.col("date").max().alias("contact"))
    home = within(facts, moment, VISIT_WINDOW).filter(nw.col("form") == "home")
    counted = tally(home.unique(subset=["student", "date"]), {"home_visits": nw.lit(1.0)})
    start = nw.lit(dt.datetime.combine(begun, dt.time()))
    entered = nw.when(nw.col("entered_on") > start).then(nw.col("entered_on")).otherwise(start)
    today = nw.lit(moment.end - dt.timedelta(days=1))
    since = nw.coalesce(nw.col("contact"), entered)
    return (
        roll.select("student", "entered_on")
        .join(last, on="student", how="left")
        .join(counted, on="student", how="left")
        .select(
            "student",
            ((today - since).dt.total_minutes() / 1440).alias("days_since_contact"),
            nw.col("contact").alias("days_since_contact_date"),
            nw.col("home_visits").fill_null(0.0),
            "home_visits_date",
        )
    )


def _zero_filled(sums: FrameT, roll: FrameT, names: tuple[str, ...]) -> FrameT:
    result = roll.select("student").join(sums, on="student", how="left")
    return result.with_columns(*(nw.col(name).fill_null(0.0) for name in names))
