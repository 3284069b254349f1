"""How many were lost, and how unevenly, against the boundary."""

from __future__ import annotations

from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from visitkit.figures.fonts import label_language
from visitkit.figures.style import BAND, INK, Picture, house_style
from visitkit.review.stats import Attrition
from visitkit.review.stats.wwc_attrition import boundary_line
from visitkit.text import say


def draw_attrition(lost: Attrition, lang: str | None = None) -> Picture:
    """Draw the study as a dot over the area of low attrition.

    Parameters
    ----------
    lost
        From :meth:`visitkit.review.Study.attrition`.
    lang
        ``"zh"``, ``"en"`` or ``None`` for the machine's language.
    """
    labels, line = label_language(lang), boundary_line(lost.boundary)

    def said(key: str) -> str:
        return say(f"review_report.figure.{key}", labels)

    with house_style():
        figure = Figure(figsize=(3.5, 1.15), layout="constrained")
        axes = figure.add_subplot()
        ends = (line["overall"], 0.0, line["differential"])
        axes.fill_between(*ends, color=BAND, linewidth=0, label=said(f"low_{lost.boundary}"))
        axes.plot(line["overall"], line["differential"], color=INK, linewidth=1)
        here = ([lost.overall], [lost.differential])
        axes.plot(*here, "s", color=INK, markersize=6, clip_on=False, label=said("this_study"))
        furthest = max(float(line["differential"].max()), lost.differential)
        axes.set(xlim=(0, max(0.6, lost.overall * 1.05)), ylim=(0, furthest * 1.6))
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter(PercentFormatter(1.0, decimals=0))
        axes.tick_params(labelsize=7)
        axes.set_xlabel(said("lost_overall"), fontsize=7.5)
        axes.set_ylabel(said("lost_difference"), fontsize=7.5)
        axes.legend(loc="upper right", fontsize=7, borderaxespad=0.1)
    shares = {"overall": lost.overall, "differential": lost.differential}
    facts = {name: f"{100 * value:.1f}" for name, value in shares.items()}
    return Picture(figure, say("review_report.figure.attrition", lang, **facts))
