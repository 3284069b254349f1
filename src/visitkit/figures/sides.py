"""How the outcome is spread on the side that was helped and on the other."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes
from matplotlib.ticker import PercentFormatter

from visitkit.figures.fonts import label_language
from visitkit.figures.style import INK, Picture, strip
from visitkit.review.study.pictured import SidesPicture
from visitkit.text import say

#: Sign, fill and line of each side, told apart without colour.
_LOOK = {"treated": ("s", INK, "-"), "control": ("o", "white", "--")}


def draw_sides(shown: SidesPicture, name: str = "", lang: str | None = None) -> Picture:
    """Draw the values that 10, 20, ... 90 per cent of each side do not pass, or both shares.

    Parameters
    ----------
    shown
        From :meth:`visitkit.review.Study.picture`.
    name
        Word for the outcome; its column when empty.
    lang
        ``"zh"``, ``"en"`` or ``None`` for the machine's language.
    """
    labels, name = label_language(lang), name or shown.outcome
    with strip(1.6) as (figure, axes):
        (_shares if shown.kind == "shares" else _quantiles)(axes, shown, name, labels)
    told = [say(f"review_report.figure.{shown.kind}", lang, name=name)]
    told += [_words(row, shown.kind, lang) for row in shown.points.to_dict("records")]
    return Picture(figure, say("review_report.stop", lang).join(told))


def _quantiles(axes: Axes, shown: SidesPicture, name: str, labels: str) -> None:
    for side, rows in shown.points.groupby("side", sort=False):
        sign, fill, line = _LOOK[str(side)]
        look: dict[str, Any] = {"marker": sign, "markerfacecolor": fill, "markersize": 5}
        said = say(f"review_report.figure.{side}", labels)
        axes.plot(rows["at"], rows["value"], line, color=INK, linewidth=1, label=said, **look)
    axes.xaxis.set_major_formatter(PercentFormatter(1.0))
    axes.set_xlabel(say("review_report.figure.at_most", labels), fontsize=8)
    axes.set_ylabel(name, fontsize=8)


def _shares(axes: Axes, shown: SidesPicture, name: str, labels: str) -> None:
    for place, row in enumerate(shown.points.to_dict("records")):
        sign, fill, _ = _LOOK[str(row["side"])]
        said = say(f"review_report.figure.{row['side']}", labels)
        axes.hlines(place, row["low"], row["high"], color=INK, linewidth=1.4)
        look: dict[str, Any] = {"marker": sign, "markerfacecolor": fill, "markeredgecolor": INK}
        axes.plot([row["value"]], [place], linestyle="", label=said, **look)
    axes.set_yticks([])
    axes.set_ylim(-0.8, len(shown.points) - 0.2)
    axes.invert_yaxis()
    axes.xaxis.set_major_formatter(PercentFormatter(1.0))
    axes.set_xlabel(say("review_report.figure.share_of", labels, name=name), fontsize=8)


def _words(row: dict[Any, Any], kind: str, lang: str | None) -> str:
    who = say(f"review_report.figure.{row['side']}", lang)
    if kind == "shares":
        facts = {key: f"{100 * row[key]:.1f}" for key in ("value", "low", "high")}
        return say("review_report.figure.share", lang, who=who, **facts)
    at, value = f"{100 * row['at']:.0f}", f"{row['value']:.3g}"
    return say("review_report.figure.quantile", lang, who=who, at=at, value=value)
