"""The points card as people read it: grouped by dimension, a line a figure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import pandas as pd

from visitkit import text
from visitkit.reports.alerts_view import records
from visitkit.reports.words import dimension_word
from visitkit.screen.caseload import Caseload
from visitkit.screen.catalog import BY_NAME
from visitkit.screen.points import points_table


@dataclass(frozen=True, slots=True)
class Line:
    """One figure: its name, unit, the three bands that earn points, and its weight."""

    name: str
    unit: str
    bands: tuple[str, ...]
    weight: str


@dataclass(frozen=True, slots=True)
class Group:
    """The figures of one dimension."""

    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Points:
    """The whole card and the value that stands for what is unknown."""

    groups: tuple[Group, ...]
    neutral: str


def points(cases: Caseload, lang: str) -> Points:
    """Word the card that scored a caseload."""
    table = points_table(cases.assessment.model)
    groups = tuple(
        _group(str(name), rows, lang) for name, rows in table.groupby("dimension", sort=False)
    )
    neutral = f"{table['neutral'].iloc[0]:g}" if len(table) else ""
    return Points(groups, neutral)


def _group(dimension: str, rows: pd.DataFrame, lang: str) -> Group:
    title = text.say(
        "report.points.dimension_weight",
        lang,
        name=dimension_word(dimension, lang),
        weight=f"{rows['dimension_weight'].iloc[0]:g}",
        cap=f"{rows['cap'].iloc[0]:g}",
    )
    lines = tuple(
        _line(str(name), bands, lang) for name, bands in rows.groupby("indicator", sort=False)
    )
    return Group(title, lines)


def _line(name: str, rows: pd.DataFrame, lang: str) -> Line:
    reached = {row["points"]: _reached(row) for row in records(rows)}
    weight = float(rows["weight"].iloc[0])
    return Line(
        indicator_word(name, lang),
        unit_word(name, lang),
        tuple(reached.get(number, "") for number in (1.0, 2.0, 3.0)),
        f"{weight:g}" if weight else text.say("report.points.not_counted", lang),
    )


def _reached(band: dict[str, object]) -> str:
    """Return where a band begins, seen from the good side."""
    if band["closed"] == "left":
        return f"\u2265 {band['low']:g}"
    return f"\u2264 {band['high']:g}"


def indicator_word(name: str, lang: str) -> str:
    """Return what people call a figure; one of the school's own keeps its name."""
    key = f"indicators.{name}.name"
    return text.say(key, lang) if text.has(key) else name


def unit_word(name: str, lang: str) -> str:
    """Return the unit of a figure; ordered steps are told one by one."""
    if name not in BY_NAME:
        return ""
    unit = text.say(f"indicators.unit.{BY_NAME[name].unit}", lang)
    if not text.has(f"indicators.{name}.steps"):
        return unit
    steps = cast("list[str]", text.find(f"indicators.{name}.steps", lang))
    told = [f"{place} {step}" for place, step in enumerate(steps)]
    return f"{unit}{text.say('report.colon', lang)}{text.say('report.comma', lang).join(told)}"
