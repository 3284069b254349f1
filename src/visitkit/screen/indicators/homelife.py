"""What is known of the home: the latest word of each observer, and their mean."""

from __future__ import annotations

from collections.abc import Mapping

import narwhals.stable.v2 as nw
from narwhals.stable.v2.typing import FrameT

#: Fields told in numbers, by indicator, and fields told in words, whose steps are averaged.
NUMBERS = {
    "sleep_hours": ("sleep_hours",),
    "phone_hours": ("phone_hours",),
    "parent_minutes": ("parent_minutes",),
}
STEPS = {
    "family_economy": ("economy",),
    "family_climate": ("climate", "relationship"),
    "education_view": ("education_view",),
}


def homelife(facts: FrameT, roll: FrameT) -> FrameT:
    """Return the figures of homelife.

    Of each observer (parent, student, head teacher ...) the latest observation of a field counts;
    several observers are averaged, because none of them sees the whole home.

    Parameters
    ----------
    facts
        Known rows with ``student``, ``date``, ``field``, ``observer``, ``number`` and ``step``
        (from :mod:`visitkit.screen.indicators.reading`; missing where it could not be read).
    roll
        Students on roll with ``student``.
    """
    told = facts.with_columns(
        nw.col("observer").fill_null(""),
        value=nw.coalesce(_of(NUMBERS, "number"), _of(STEPS, "step")),
    ).filter(~nw.col("value").is_null())
    newest = nw.col("date").max().over("student", "field", "observer")
    told = told.filter(nw.col("date") == newest)
    each = told.group_by("student", "field", "observer").agg(
        nw.col("value").mean(), nw.col("date").max()
    )
    each = each.sort("student", "field", "observer")
    fields = each.group_by("student", "field").agg(nw.col("value").mean(), nw.col("date").max())
    fields = fields.sort("student", "field")
    figures = {**NUMBERS, **STEPS}
    placed = fields.with_columns(
        *(_where(name, sources, "value", "") for name, sources in figures.items()),
        *(_where(name, sources, "date", "_date") for name, sources in figures.items()),
    )
    gathered = placed.group_by("student").agg(
        *(nw.col(name).mean() for name in figures),
        *(nw.col(f"{name}_date").max() for name in figures),
    )
    return roll.select("student").join(gathered, on="student", how="left")


def _where(name: str, fields: tuple[str, ...], column: str, ending: str) -> nw.Expr:
    return nw.when(nw.col("field").is_in(fields)).then(nw.col(column)).alias(f"{name}{ending}")


def _of(sources: Mapping[str, tuple[str, ...]], column: str) -> nw.Expr:
    fields = [field for names in sources.values() for field in names]
    return nw.when(nw.col("field").is_in(fields)).then(nw.col(column))
