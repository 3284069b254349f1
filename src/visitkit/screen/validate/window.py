"""What happened to students after a day, as outcomes to learn from or to judge by."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd

from visitkit.errors import ScreenError
from visitkit.load import School
from visitkit.screen.indicators.attendance import AWAY
from visitkit.screen.indicators.marks import CORE
from visitkit.screen.indicators.standing import PASS_SHARE

#: ``dropout``: leaving the roll for no school at all; ``absence``: away for at least
#: :data:`AWAY_SHARE` of the school days; ``failing``: below the pass mark in a core subject of the
#: last exam in the window.
TARGETS = ("dropout", "absence", "failing")

#: Share of school days from which absence is called chronic (Balfanz and Byrnes 2012, "The
#: importance of being in school", Johns Hopkins University).
AWAY_SHARE = 0.10

#: How a student left who then went to no school.
DROPPED_OUT = "dropped_out"

#: A register silent for longer before the window closes was no longer kept.
QUIET = dt.timedelta(days=14)

_EDGE = 1e-9  # 60 of 100 is a pass however the division rounds


def window_outcome(school: School, kind: str, as_of: dt.date, until: dt.date) -> pd.Series[Any]:
    """Return for each student on roll whether something happened after a day.

    Parameters
    ----------
    school
        The school; its tables must reach to the end of the window.
    kind
        One of :data:`TARGETS`.
    as_of, until
        The window: after ``as_of``, up to and including ``until``.

    Returns
    -------
    Series
        1, 0 or missing by ``student_id`` for those on roll on ``as_of``. Missing where it is not
        known: who left within the window has no term's absence, who sat no core paper no marks.

    Raises
    ------
    ScreenError
        When the kind is unknown, the window closes before it opens, nothing was recorded in it up
        to its end (an empty table is not good news), or students left and the roll says of none of
        them how.

    Notes
    -----
    A transfer is no dropout. Only the column ``left_how`` of the roll tells them apart; no date or
    event does. Who left in any other way, or nobody knows how, has no outcome: what became of them
    afterwards is not in these tables. Who stays on the roll and stays away is not found by
    ``dropout`` but by ``absence``.
    """
    if kind not in TARGETS:
        raise ScreenError("validate.unknown_target", found=kind, allowed=", ".join(TARGETS))
    if until <= as_of:
        raise ScreenError("validate.window_empty", as_of=as_of, until=until)
    reached = school.latest
    if reached < until:
        raise ScreenError("validate.not_yet", until=until, latest=reached)
    students = school.tables["students"].set_index("student_id")
    left, entered = (_days(students, name) for name in ("left_on", "entered_on"))
    first, last = pd.Timestamp(as_of), pd.Timestamp(until)
    on_roll = ~(left <= first) & ~(entered > first)
    roll, left = students.index[on_roll], left[on_roll]
    gone = (left > first) & (left <= last)
    if kind == "dropout":
        found = _dropout(leaving(school, as_of, until), gone)
    elif kind == "absence":
        found = _absence(school, roll, as_of, until).mask(gone)
    else:
        found = _failing(school, roll, first, last)
    found.index = pd.Index(found.index.astype(str), name="student_id")
    return found.rename("outcome")


def leaving(school: School, as_of: dt.date, until: dt.date) -> pd.Series[Any]:
    """Return how the students left who were on roll on a day and left in the window after it.

    Parameters
    ----------
    school
        The school.
    as_of, until
        The window: after ``as_of``, up to and including ``until``.

    Returns
    -------
    Series of str
        By ``student_id``: a code such as ``transfer`` or ``dropped_out``, the school's own word, or
        missing where the roll does not say.
    """
    students = school.tables["students"].set_index("student_id")
    left, entered = (_days(students, name) for name in ("left_on", "entered_on"))
    first, last = pd.Timestamp(as_of), pd.Timestamp(until)
    gone = (left > first) & (left <= last) & ~(entered > first)
    how = students.get("left_how", pd.Series(pd.NA, index=students.index, dtype="str"))
    return how[gone].rename("left_how")


def _dropout(how: pd.Series[Any], gone: pd.Series[Any]) -> pd.Series[Any]:
    if len(how) and how.isna().all():
        raise ScreenError("validate.left_how_unknown", number=len(how))
    found = gone.astype("float64").mask(gone)
    found[how.index[how == DROPPED_OUT]] = 1.0
    return found


def _absence(school: School, roll: pd.Index[Any], as_of: dt.date, until: dt.date) -> pd.Series[Any]:
    rows = _inside(school, "attendance", pd.Timestamp(as_of), pd.Timestamp(until))
    days = school.calendar.school_days(as_of + dt.timedelta(days=1), until)
    if rows.empty or not days:
        raise ScreenError("validate.nothing_recorded", table="attendance", until=until)
    newest = rows["date"].max().date()
    if until - newest > QUIET:
        raise ScreenError("validate.not_yet", until=until, latest=newest)
    away = rows[rows["status"].isin(AWAY) & rows["date"].isin(pd.to_datetime(days))]
    counted = away.groupby("student_id")["date"].nunique().reindex(roll, fill_value=0)
    return (counted >= AWAY_SHARE * len(days) - _EDGE).astype("float64")


def _failing(
    school: School, roll: pd.Index[Any], first: pd.Timestamp, last: pd.Timestamp
) -> pd.Series[Any]:
    rows = _inside(school, "marks", first, last)
    rows = rows[rows["subject"].isin(CORE) & rows["score"].notna() & rows["full_score"].notna()]
    if rows.empty:
        raise ScreenError("validate.nothing_recorded", table="marks", until=last.date())
    newest = rows.groupby("student_id")["date"].transform("max")
    # the papers of one exam lie within days of each other
    rows = rows[rows["date"] >= newest - pd.Timedelta(days=7)]
    failed = rows["score"] < (PASS_SHARE - _EDGE) * rows["full_score"]
    found = failed.groupby(rows["student_id"]).max().astype("float64")
    return found.reindex(roll)


def _inside(school: School, name: str, first: pd.Timestamp, last: pd.Timestamp) -> pd.DataFrame:
    table = school.tables.get(name)
    if table is None or table.empty:
        raise ScreenError("validate.nothing_recorded", table=name, until=last.date())
    days = table["date"].dt.normalize()
    inside: pd.DataFrame = table[(days > first) & (days <= last)]
    return inside


def _days(students: pd.DataFrame, name: str) -> pd.Series[Any]:
    if name not in students:
        return pd.Series(np.datetime64("NaT"), index=students.index)
    return pd.to_datetime(students[name])
