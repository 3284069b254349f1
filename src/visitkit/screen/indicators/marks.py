"""How a student stands in the latest exam, and how that compares with the exams before."""

from __future__ import annotations

import narwhals.stable.v2 as nw
from narwhals.stable.v2.typing import FrameT

from visitkit.screen.catalog import BY_NAME
from visitkit.screen.indicators.facts import tally, within
from visitkit.screen.indicators.moment import Moment
from visitkit.screen.indicators.standing import PASS_SHARE

#: The three subjects every Chinese school teaches through all grades.
CORE = ("chinese", "maths", "english")

#: A best and a weakest subject need at least so many subjects to mean anything.
MIN_SUBJECTS = 3

WINDOW = BY_NAME["papers_missed"].window

_EDGE = 1e-9  # 60 of 100 is a pass however the division rounds


def marks(results: FrameT, roll: FrameT) -> FrameT:
    """Return the figures of the latest exam.

    The latest exam is the student's own. ``mark_drop`` and ``subject_drop`` compare each subject of
    it with the student's mean standing in the same subject over all exams before it that are still
    known; a subject without an earlier result is left out of the comparison.

    Parameters
    ----------
    results
        From :func:`visitkit.screen.indicators.standing.standings`.
    roll
        Students on roll with ``student``.

    Returns
    -------
    frame
        A row a student on roll with the figures and the date of the latest exam.
    """
    results = results.join(roll.select("student"), on="student", how="inner")
    results = results.sort("student", "paper")
    results = results.with_columns(ended=nw.col("date").max().over("student", "sitting"))
    results = results.with_columns(latest=nw.col("ended").max().over("student"))
    last = results.filter(nw.col("ended") == nw.col("latest"))
    before = results.filter(nw.col("ended") < nw.col("latest"))
    usual = before.group_by("student", "subject").agg(nw.col("z").mean().alias("usual"))
    last = last.join(usual, on=["student", "subject"], how="left")
    below = nw.col("share") < PASS_SHARE - _EDGE
    last = last.with_columns(
        fall=nw.col("usual") - nw.col("z"),
        failed=nw.when(~nw.col("share").is_null()).then(below.cast(nw.Float64)),
    ).sort("student", "paper")
    last = last.with_columns(
        core=nw.when(nw.col("subject").is_in(CORE)).then(nw.col("failed")),
    )
    return roll.select("student").join(_gather(last), on="student", how="left")


def _gather(last: FrameT) -> FrameT:
    found = last.group_by("student").agg(
        nw.col("latest").max(),
        nw.col("z").mean().alias("mark_standing"),
        nw.col("percentile").mean().alias("mark_percentile"),
        nw.col("fall").mean().alias("mark_drop"),
        nw.col("fall").max().alias("subject_drop"),
        nw.col("z").max().alias("best"),
        nw.col("z").min().alias("weakest"),
        nw.col("z").count().alias("subjects"),
        nw.col("core").sum().alias("core"),
        nw.col("core").count().alias("core_known"),
        nw.col("failed").mean().alias("failed"),
    )
    spread = nw.col("best") - nw.col("weakest")
    found = found.with_columns(
        subject_spread=nw.when(nw.col("subjects") >= MIN_SUBJECTS).then(spread),
        core_failed=nw.when(nw.col("core_known") > 0).then(nw.col("core").cast(nw.Float64)),
        subjects_failed=nw.col("failed") * 100,
    )
    names = (
        "mark_standing",
        "mark_percentile",
        "mark_drop",
        "subject_drop",
        "subject_spread",
        "core_failed",
        "subjects_failed",
    )
    dates = (nw.col("latest").alias(f"{name}_date") for name in names)
    return found.select("student", *names, *dates)


def papers_missed(facts: FrameT, roll: FrameT, moment: Moment) -> FrameT:
    """Return the percent of papers missed by plain absence.

    Leave and exemption count neither as missed nor as due; a paper without score and without a
    reason is not known and is left out.

    Parameters
    ----------
    facts
        Known rows of the table ``marks`` with ``student``, ``date``, ``day``, ``score``,
        ``status``.
    roll
        Students on roll with ``student``.
    moment
        The day on which we stand.
    """
    status = nw.col("status")
    absent = (status == "absent").fill_null(False).cast(nw.Float64)
    sat = (~nw.col("score").is_null() & (status.is_null() | (status == "sat"))).cast(nw.Float64)
    counted = tally(within(facts, moment, WINDOW), {"missed": absent, "sat": sat})
    due = nw.col("missed") + nw.col("sat")
    result = roll.select("student").join(counted, on="student", how="left")
    return result.select(
        "student",
        nw.when(due > 0).then(nw.col("missed") / due * 100).alias("papers_missed"),
        nw.col("missed_date").alias("papers_missed_date"),
    )
