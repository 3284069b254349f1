"""What was seen of a student's conduct and company: counts, and rates per 100 school days.

Some kinds of act are a reason to look, some are good, and some happened to the child. A kind that
is none of these, or that cannot be read, is held against nobody. What the child suffered or only
shows (bullied, keeps apart, signs of self-harm) is never counted as conduct.
"""

from __future__ import annotations

import narwhals.stable.v2 as nw
from narwhals.stable.v2.typing import FrameT

from visitkit.screen.catalog import BY_NAME
from visitkit.screen.indicators.facts import figure, tally, within
from visitkit.screen.indicators.moment import MIN_DAYS, Kept, Moment, days_seen

#: Conduct that is a reason to look. Homework is counted as study, not here, so that one fact does
#: not weigh in two dimensions.
CONCERNING = (
    "rule_breach",
    "disruption",
    "phone_use",
    "truancy",
    "fighting",
    "bullying_done",
    "smoking",
    "alcohol",
    "damage",
    "theft",
    "conflict_teacher",
    "conflict_peer",
    "warning",
    "suspension",
)

#: Conduct that speaks for a student.
GOOD = ("praise", "award", "service", "progress")

#: Trouble between students, whoever began it.
PEER = ("conflict_peer", "fighting", "bullying_done")

#: A row without severity counts as minor (1 of 0 to 3): worth writing down, no more is known.
USUAL_SEVERITY = 1.0

#: The severity that is serious.
SERIOUS = 3

_RATES = {
    name: BY_NAME[name].window
    for name in (
        "incident_rate",
        "incident_severity",
        "truancy_rate",
        "good_conduct",
        "homework_missing",
    )
}
_COUNTS = {
    name: BY_NAME[name].window
    for name in ("serious_incidents", "peer_conflicts", "withdrawn_signs")
}
_TREND = BY_NAME["incident_trend"].window


def behaviour(facts: FrameT, roll: FrameT, moment: Moment, table: Kept) -> FrameT:
    """Return the figures of observed behaviour.

    Parameters
    ----------
    facts
        Known rows of the table with ``student``, ``date``, ``day``, ``kind``, ``severity``.
    roll
        Students on roll with ``student`` and ``first``.
    moment
        The day on which we stand.
    table
        The school days over which the table was kept.

    Returns
    -------
    frame
        A row a student on roll. A student without a row in a table that was kept has 0.
    """
    rows = facts.join(roll.select("student", "first"), on="student", how="inner")
    rows = rows.filter((nw.col("day") >= nw.col("first")) & (nw.col("day") < moment.today))
    sums = tally(rows, _amounts(moment))
    windows = {**_RATES, **_COUNTS}
    seen = {f"seen_{window}": (window, 0) for window in windows.values()}
    seen |= {"now": (_TREND, 0), "then": (_TREND, _TREND)}
    result = roll.select(
        "student",
        *(days_seen(moment, table, *span).alias(name) for name, span in seen.items()),
    ).join(sums, on="student", how="left")
    return result.select(
        "student",
        *(_rate(name, window) for name, window in _RATES.items()),
        *(_count(name, window) for name, window in _COUNTS.items()),
        *(f"{name}_date" for name in windows),
        _trend(),
        nw.max_horizontal("later_date", "sooner_date").alias("incident_trend_date"),
    )


def _amounts(moment: Moment) -> dict[str, nw.Expr]:
    kind, day = nw.col("kind"), nw.col("day")
    severity = nw.col("severity").cast(nw.Float64).fill_null(USUAL_SEVERITY)
    concerning = kind.is_in(CONCERNING)
    serious = concerning & (severity >= SERIOUS)
    wanted = {
        "incident_rate": concerning,
        "truancy_rate": kind == "truancy",
        "good_conduct": kind.is_in(GOOD),
        "homework_missing": kind == "homework_missing",
        "serious_incidents": serious,
        "peer_conflicts": kind.is_in(PEER),
        "withdrawn_signs": kind == "withdrawn",
    }
    windows = {**_RATES, **_COUNTS}
    amounts: dict[str, nw.Expr] = {
        name: nw.when(which & (day >= moment.today - windows[name])).then(nw.lit(1.0))
        for name, which in wanted.items()
    }
    recent = concerning & (day >= moment.today - windows["incident_severity"])
    amounts["incident_severity"] = nw.when(recent).then(severity)
    split, start = moment.today - _TREND, moment.today - 2 * _TREND
    amounts["later"] = nw.when(concerning & (day >= split)).then(nw.lit(1.0))
    sooner = concerning & (day < split) & (day >= start)
    amounts["sooner"] = nw.when(sooner).then(nw.lit(1.0))
    return amounts


def _rate(name: str, window: int) -> nw.Expr:
    seen = nw.col(f"seen_{window}")
    return figure(name, nw.col(name).fill_null(0.0) / seen * 100, seen >= MIN_DAYS)


def _count(name: str, window: int) -> nw.Expr:
    return figure(name, nw.col(name).fill_null(0.0), nw.col(f"seen_{window}") >= MIN_DAYS)


def _trend() -> nw.Expr:
    now, then = nw.col("now"), nw.col("then")
    change = nw.col("later").fill_null(0.0) / now - nw.col("sooner").fill_null(0.0) / then
    return figure("incident_trend", change * 100, (now >= MIN_DAYS) & (then >= MIN_DAYS))


def bullied_signs(seen: FrameT, reported: FrameT, roll: FrameT, moment: Moment) -> FrameT:
    """Count the days on which a student was seen or reported to be bullied.

    The same day in both tables is one day.

    Parameters
    ----------
    seen
        Known rows of ``behaviour`` with ``student``, ``date``, ``day``, ``kind``.
    reported
        Known rows of ``events``, the same columns.
    roll
        Students on roll with ``student``.
    moment
        The day on which we stand.
    """
    columns = ["student", "date", "day"]
    rows = nw.concat(
        [
            seen.filter(nw.col("kind") == "bullied").select(columns),
            reported.filter(nw.col("kind") == "bullying").select(columns),
        ]
    )
    rows = within(rows, moment, BY_NAME["bullied_signs"].window)
    days = rows.unique(subset=["student", "date"])
    counted = tally(days, {"bullied_signs": nw.lit(1.0)})
    result = roll.select("student").join(counted, on="student", how="left")
    return result.with_columns(nw.col("bullied_signs").fill_null(0.0))
