"""Runs of absence that reach a number of days, and lessons missed without a reason."""

from __future__ import annotations

import math
from typing import Any

import narwhals.stable.v2 as nw
import pandas as pd

from visitkit.screen.indicators.assemble import Ground, facts
from visitkit.screen.indicators.attendance import AWAY, daily

#: School days looked back over for the beginning of a run that still goes on.
LONGEST_RUN = 60

_EDGE = 1e-9  # eight eighths are one day however they add up


def missed_days(base: Ground[Any]) -> pd.DataFrame:
    """Return the school days missed; see :func:`visitkit.screen.indicators.attendance.daily`."""
    since = base.moment.since(LONGEST_RUN)
    rows = facts(base, "attendance", ["status", "periods"], since=since)
    away = rows.filter(nw.col("status").is_in(AWAY))
    days: pd.DataFrame = daily(away, base.here).to_native()
    return days


def runs_reaching(days: pd.DataFrame, reason: str, need: float, *, whole: bool) -> pd.DataFrame:
    """Find runs of consecutive school days of absence that reach a number of days.

    Parameters
    ----------
    days
        From :func:`missed_days`.
    reason
        ``sick``, ``personal`` or ``unexcused``.
    need
        Days that open the alert.
    whole
        Count shares of days (a lesson of eight is an eighth); otherwise a school day counts as
        soon as any lesson was missed.

    Returns
    -------
    pandas.DataFrame
        A row a run: ``student``, ``fact`` (days so far, to the half), ``since`` (its first school
        day, or the first of the last :data:`LONGEST_RUN`), ``opened`` (the day that reached the
        number), ``latest`` (number of its last school day).
    """
    missed = days[days[reason] > 0].sort_values(["student", "day"])
    amount = missed[reason] if whole else missed[reason].clip(lower=1)
    place = missed.groupby("student").cumcount()
    keys = [missed["student"], (missed["day"] - place).rename("run")]
    since = missed["date"].groupby(keys).transform("min")
    missed = missed.assign(sofar=amount.groupby(keys).cumsum(), since=since)
    reached = missed[missed["sofar"] >= need - _EDGE]
    keys = [reached["student"], (reached["day"] - place[reached.index]).rename("run")]
    found = reached.groupby(keys).agg(
        fact=("sofar", "max"),
        since=("since", "min"),
        opened=("date", "min"),
        latest=("day", "max"),
    )
    found = found.reset_index().drop(columns="run")
    return found.assign(fact=found["fact"].map(half_days))


def with_total(found: pd.DataFrame, days: pd.DataFrame, reason: str) -> pd.DataFrame:
    """Put beside the days of each run those of the last :data:`LONGEST_RUN` school days.

    Parameters
    ----------
    found
        From :func:`runs_reaching`.
    days, reason
        As there.

    Returns
    -------
    pandas.DataFrame
        ``found`` with both numbers in ``fact``, as ``1.5;4``.
    """
    total = days.groupby("student")[reason].sum().map(half_days)
    beside = found["student"].map(total).astype("str")
    return found.assign(fact=found["fact"].astype("str") + ";" + beside)


def half_days(days: float) -> str:
    """Write days of absence as people count them: to the nearest half, never none.

    Examples
    --------
    >>> half_days(1.375), half_days(2.0), half_days(0.125)
    ('1.5', '2', '0.5')
    """
    return f"{max(math.floor(days * 2 + 0.5 + _EDGE) / 2, 0.5):g}"


def missed_lessons(base: Ground[Any], school_days: int) -> pd.DataFrame:
    """Return the days on which any lesson was missed without a reason, or school was left.

    A day without school in the calendar counts too: the calendar may lack a swapped Saturday.

    Returns
    -------
    pandas.DataFrame
        A row a student and day: ``student``, ``fact`` (lessons where they are known, else
        empty), ``opened``, ``latest``.
    """
    since = base.moment.since(school_days)
    told = facts(base, "attendance", ["status", "periods"], since=since).to_native()
    left = facts(base, "behaviour", ["kind"], since=since).to_native()
    rows = pd.concat(
        [
            told.loc[told["status"] == "unexcused", ["student", "date", "day", "periods"]],
            left.loc[left["kind"] == "truancy", ["student", "date", "day"]],
        ]
    )
    found = rows.groupby(["student", "date"], as_index=False).agg(
        fact=("periods", "sum"), latest=("day", "max")
    )
    lessons = found["fact"].map(lambda number: f"{number:g}" if number > 0 else "")
    named: pd.DataFrame = found.rename(columns={"date": "opened"})
    return named.assign(fact=lessons.astype("str"))
