"""What the questionnaires say, from sheets that the questionnaire engine has already scored.

A figure here is a reason to talk with a student, never a diagnosis. Critical items are not here:
they open an alert (:mod:`visitkit.screen.alerts`) and are never averaged into anything.
"""

from __future__ import annotations

import narwhals.stable.v2 as nw
from narwhals.stable.v2.typing import FrameT


def surveys(facts: FrameT, roll: FrameT) -> FrameT:
    """Return the figures of questionnaires.

    Of each instrument the latest readable sheet counts, and of several instruments the highest
    figure, because each asks about something else and a mean would hide what one of them found. A
    sheet is readable when it is valid, or unfinished with its answer already decided.

    Parameters
    ----------
    facts
        Known scored sheets with ``student``, ``date``, ``instrument``, ``state`` (``valid``,
        ``void``, ``incomplete``, ``undetermined``, ``unknown``), ``ratio`` (total or worst subscale
        over its cut-off) and ``subscales_raised`` (percent).
    roll
        Students on roll with ``student``.

    Returns
    -------
    frame
        ``scale_ratio``, ``scale_change`` (between the last two valid sheets, of the instrument in
        which it rose most), ``subscales_raised``, and ``survey_void``: 1 when the latest sheet of
        some instrument cannot be read, else 0.
    """
    state = nw.col("state")
    told = ~nw.col("ratio").is_null() & state.is_in(("valid", "incomplete"))
    known = facts.filter(state != "unknown").with_columns(readable=told)
    readable = known.filter("readable")
    valid = readable.filter(nw.col("state") == "valid")
    result = roll.select("student")
    for part in (
        _highest(_latest(readable), "scale_ratio", "ratio"),
        _highest(_latest(valid), "scale_change", "change"),
        _highest(_latest(readable), "subscales_raised", "subscales_raised"),
        _void(known),
    ):
        result = result.join(part, on="student", how="left")
    return result


def _latest(sheets: FrameT) -> FrameT:
    keys = ["student", "instrument"]
    by_date = sheets.group_by(*keys, "date").agg(
        nw.col("ratio").max(), nw.col("subscales_raised").max()
    )
    before = nw.col("ratio").shift(1).over(*keys, order_by="date")
    by_date = by_date.with_columns(
        change=nw.col("ratio") - before, newest=nw.col("date").max().over(*keys)
    )
    return by_date.filter(nw.col("date") == nw.col("newest"))


def _highest(last: FrameT, name: str, source: str) -> FrameT:
    rows = last.filter(~nw.col(source).is_null())
    rows = rows.with_columns(most=nw.col(source).max().over("student"))
    rows = rows.filter(nw.col(source) == nw.col("most"))
    return rows.group_by("student").agg(
        nw.col(source).max().alias(name), nw.col("date").max().alias(f"{name}_date")
    )


def _void(known: FrameT) -> FrameT:
    newest = nw.col("date").max().over("student", "instrument")
    sheets = known.filter(nw.col("date") == newest)
    sheets = sheets.with_columns(unusable=(~nw.col("readable")).cast(nw.Float64))
    return sheets.group_by("student").agg(
        nw.col("unusable").max().alias("survey_void"),
        nw.col("date").max().alias("survey_void_date"),
    )
