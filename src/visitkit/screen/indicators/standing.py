"""Where each result stands among the others who sat the same paper.

Raw marks of two papers cannot be compared: one was harder. A result is therefore told in standard
deviations from the mean of those who sat the same paper, within the class where enough sat it and
within the grade where not. Nothing is drawn towards the mean; with too few sitters the standing
is missing.
"""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw
from narwhals.stable.v2.typing import FrameT

#: Fewer sitters than this, and a standing within the group would be mostly chance.
MIN_SITTERS = 8

#: Days between two dates of the same exam name that are still one exam: papers are spread over a
#: few days with a weekend between them, while a weekly test of the same name comes after seven.
EXAM_GAP = 5

#: Share of the full score that is a pass: 60 of 100, the usual mark in Chinese schools. No source
#: document sets it, so a school may use another.
PASS_SHARE = 0.6

_FLAT = 1e-9  # a spread below this is rounding error: all who sat the paper had the same score


def papers(facts: FrameT) -> FrameT:
    """Give each paper a number: one subject of one exam.

    The same exam name is a new exam when more than :data:`EXAM_GAP` days lie between two dates;
    rows without an exam name belong to the exam of their date.

    Returns
    -------
    frame
        ``facts`` with ``sitting`` (number of the exam) and ``paper``.
    """
    named = facts.with_columns(nw.col("exam").fill_null(""), nw.col("subject").fill_null(""))
    dates = named.select("exam", "date").unique(subset=["exam", "date"])
    before = nw.col("date").shift(1).over("exam", order_by="date")
    gap = (nw.col("date") - before).dt.total_minutes() / (24 * 60)
    begins = before.is_null() | (gap > EXAM_GAP) | (nw.col("exam") == "")
    dates = dates.with_columns(begins=begins.cast(nw.Int64))
    dates = dates.with_columns(turn=nw.col("begins").cum_sum().over("exam", order_by="date"))
    exams = dates.select("exam", "turn").unique(subset=["exam", "turn"])
    exams = exams.with_row_index("sitting", order_by=["exam", "turn"])
    dates = dates.join(exams, on=["exam", "turn"], how="left").select("exam", "date", "sitting")
    placed = named.join(dates, on=["exam", "date"], how="left")
    each = placed.select("sitting", "subject").unique(subset=["sitting", "subject"])
    each = each.with_row_index("paper", order_by=["sitting", "subject"])
    return placed.join(each, on=["sitting", "subject"], how="left")


def standings(facts: FrameT, everyone: FrameT) -> FrameT:
    """Return each result with its standing.

    Parameters
    ----------
    facts
        Known rows of the table ``marks``: ``student``, ``date``, ``exam``, ``subject``, ``score``,
        ``full_score``, ``status``.
    everyone
        All students, on roll or not, with ``student``, ``grade``, ``class_id``: whoever sat the
        paper belongs to the group, also one who has left since.

    Returns
    -------
    frame
        A row a student and paper that was sat: ``student``, ``sitting``, ``subject``, ``date``,
        ``share`` of the full score (missing where no full score is known), ``z`` (standard
        deviations from the mean of the class, else of the grade) and ``percentile`` (percent of
        the grade, else of the class, that stands below; ties count half).
    """
    sat = ~nw.col("score").is_null() & (nw.col("status").is_null() | (nw.col("status") == "sat"))
    groups = everyone.select(
        "student", nw.col("grade").fill_null(-1.0), nw.col("class_id").fill_null("")
    )
    rows = papers(facts).filter(sat).join(groups, on="student", how="inner")
    rows = _share(rows)
    for group in ("class_id", "grade"):
        rows = rows.join(_spread(rows, group), on=["paper", group], how="left")
    rows = rows.with_columns(_z("class_id").alias("z_class"), _z("grade").alias("z_grade"))
    rows = rows.with_columns(
        z=nw.coalesce("z_class", "z_grade"),
        percentile=nw.coalesce(_percentile("grade"), _percentile("class_id")),
    )
    names = rows.select("paper", "sitting", "subject").unique(subset=["paper"])
    results = rows.group_by("student", "paper").agg(
        nw.col("date").max(),
        nw.col("share").mean(),
        nw.col("z").mean(),
        nw.col("percentile").mean(),
    )
    return results.join(names, on="paper", how="left")


def _share(rows: FrameT) -> FrameT:
    most = nw.col("full_score").max().over("paper", "grade")
    full = nw.coalesce(nw.col("full_score"), most)
    rows = rows.with_columns(full=full)
    rows = rows.with_columns(share=nw.col("score") / nw.col("full"))
    return rows.with_columns(value=nw.coalesce(nw.col("share"), nw.col("score")))


def _spread(rows: FrameT, group: str) -> FrameT:
    return rows.group_by("paper", group).agg(
        nw.col("value").count().alias(f"n_{group}"),
        nw.col("value").mean().alias(f"mean_{group}"),
        nw.col("value").std(ddof=0).alias(f"sd_{group}"),
    )


def _enough(group: str) -> Any:
    unknown = "" if group == "class_id" else -1.0
    return (nw.col(f"n_{group}") >= MIN_SITTERS) & (nw.col(group) != unknown)


def _z(group: str) -> nw.Expr:
    spread = nw.col(f"sd_{group}")
    z = (nw.col("value") - nw.col(f"mean_{group}")) / spread
    level = nw.when(spread > _FLAT).then(z).otherwise(nw.lit(0.0))
    return nw.when(_enough(group)).then(level)


def _percentile(group: str) -> nw.Expr:
    place = nw.col("value").rank("average").over("paper", group)
    return nw.when(_enough(group)).then((place - 0.5) / nw.col(f"n_{group}") * 100)
