"""How far each rule about visits has been reached: a bar a rule."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from visitkit.errors import ReviewError
from visitkit.figures.fonts import label_language
from visitkit.figures.style import BAND, INK, Picture, house_style
from visitkit.review.coverage import Coverage
from visitkit.review.coverage_words import rule_name
from visitkit.text import say


def draw_quotas(found: Coverage, lang: str | None = None) -> Picture:
    """Draw for each rule the share of its students who were reached, of the whole school.

    Parameters
    ----------
    found
        From :func:`visitkit.review.coverage`; rules hidden by ``to_leave`` have no bar.
    lang
        ``"zh"``, ``"en"`` or ``None`` for the machine's language.

    Raises
    ------
    ReviewError
        When no rule owes anybody a visit that can be counted.
    """
    rows = _counted(found)
    labels = label_language(lang)
    shares = rows["reached"].astype(float) / rows["students"].astype(float)
    places = range(len(rows))
    with house_style():
        figure = Figure(figsize=(7.2, 0.6 + 0.26 * len(rows)), layout="constrained")
        axes = figure.add_subplot()
        axes.barh(places, [1.0] * len(rows), color="white", edgecolor=INK, height=0.6)
        axes.barh(places, shares, color=BAND, edgecolor=INK, hatch="//", height=0.6)
        for place, row in enumerate(rows.to_dict("records")):
            told = say("figures.of", labels, **_numbers(row))
            axes.text(1.01, place, told, va="center", fontsize=8)
        axes.set_yticks(places, [rule_name(str(rule), labels) for rule in rows["rule"]], fontsize=8)
        axes.invert_yaxis()
        axes.set_xlim(0, 1)
        axes.xaxis.set_major_formatter(PercentFormatter(1.0))
        axes.tick_params(axis="x", labelsize=8)
        axes.set_xlabel(say("figures.reached", labels), fontsize=8)
    words = [
        say("figures.quota", lang, rule=rule_name(str(row["rule"]), lang), **_numbers(row))
        for row in rows.to_dict("records")
    ]
    return Picture(figure, "\n".join(words))


def _counted(found: Coverage) -> pd.DataFrame:
    rows = found.quotas
    if not rows.empty:
        rows = rows[(rows["level"] == "school") & rows["students"].notna()]
        rows = rows[rows["students"] > 0]
    if rows.empty:
        raise ReviewError("figures.no_rule")
    return rows


def _numbers(row: dict[Any, Any]) -> dict[str, object]:
    return {"reached": int(row["reached"]), "students": int(row["students"])}
