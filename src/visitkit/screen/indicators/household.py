"""Who looks after a student, as the table of guardians says. Its rows carry no date."""

from __future__ import annotations

from functools import reduce

import narwhals.stable.v2 as nw
from narwhals.stable.v2.typing import FrameT

#: Schooling in steps from 0.
SCHOOLING = {"none": 0, "primary": 1, "junior": 2, "senior": 3, "college": 4}

PARENTS = ("father", "mother", "step_parent")


def guardians(rows: FrameT, roll: FrameT) -> FrameT:
    """Return the figures of guardians.

    Parameters
    ----------
    rows
        Rows of the table with ``student``, ``relation``, ``phone``, ``away``, ``able``,
        ``schooling``; ``away`` and ``able`` as 1, 0 or missing.
    roll
        Students on roll with ``student``.

    Returns
    -------
    frame
        ``contact_missing`` (1: no guardian has a telephone number, or none is listed),
        ``parents_away`` (missing where it is unknown of every parent), ``no_able_guardian`` (0:
        somebody able is at home; 1: everybody listed is known to be unable or away; else missing)
        and ``guardian_schooling`` (highest of the parents, else of the others).
    """
    parent = nw.col("relation").is_in(PARENTS)
    step = reduce(
        lambda rest, code: (
            nw.when(nw.col("schooling") == code[0]).then(nw.lit(float(code[1]))).otherwise(rest)
        ),
        SCHOOLING.items(),
        nw.lit(None, nw.Float64),
    )
    here = rows.with_columns(
        reachable=_reachable(),
        gone=nw.when(parent).then(nw.col("away").cast(nw.Float64)),
        at_hand=_at_hand(),
        parent_step=nw.when(parent).then(step),
        other_step=nw.when(~parent.fill_null(False)).then(step),
    )
    found = here.group_by("student").agg(
        nw.col("reachable").max(),
        nw.col("gone").sum(),
        nw.col("gone").count().alias("gone_known"),
        nw.col("at_hand").max(),
        nw.col("at_hand").count().alias("at_hand_known"),
        nw.len().alias("listed"),
        nw.col("parent_step").max(),
        nw.col("other_step").max(),
    )
    all_known = nw.col("at_hand_known") == nw.col("listed")
    nobody = nw.when(all_known).then(nw.lit(1.0))
    return (
        roll.select("student")
        .join(found, on="student", how="left")
        .select(
            "student",
            (nw.lit(1.0) - nw.col("reachable").fill_null(0.0)).alias("contact_missing"),
            nw.when(nw.col("gone_known") > 0).then(nw.col("gone")).alias("parents_away"),
            nw.when(nw.col("at_hand") == 1)
            .then(nw.lit(0.0))
            .otherwise(nobody)
            .alias("no_able_guardian"),
            nw.coalesce("parent_step", "other_step").alias("guardian_schooling"),
        )
    )


def _reachable() -> nw.Expr:
    phone = nw.col("phone").fill_null("").str.strip_chars()
    return (phone.str.len_chars() > 0).cast(nw.Float64)


def _at_hand() -> nw.Expr:
    away = nw.col("away").cast(nw.Float64)
    able = nw.col("able").cast(nw.Float64)
    absent_or_unable = (away == 1).fill_null(False) | (able == 0).fill_null(False)
    return (
        nw.when(absent_or_unable).then(nw.lit(0.0)).otherwise(nw.when(able == 1).then(nw.lit(1.0)))
    )
