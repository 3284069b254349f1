"""Share of students who ended, over time, side by side."""

from __future__ import annotations

import pandas as pd
from matplotlib.ticker import PercentFormatter

from visitkit.figures.fonts import label_language
from visitkit.figures.style import BAND, INK, Picture, strip
from visitkit.review.study.pictured import CurvesPicture
from visitkit.text import say

#: Line and hatch of each side, told apart without colour.
_LOOK = {"treated": ("-", "////"), "control": ("--", "")}


def draw_curves(shown: CurvesPicture, name: str = "", lang: str | None = None) -> Picture:
    """Draw the share ended on each side with its interval, and the horizon.

    Parameters
    ----------
    shown
        From :meth:`visitkit.review.Study.picture`.
    name
        Word for the time watched; its column when empty.
    lang
        ``"zh"``, ``"en"`` or ``None`` for the machine's language.
    """
    labels, name = label_language(lang), name or shown.outcome
    with strip(1.7) as (figure, axes):
        for side, (line, hatch) in _LOOK.items():
            rows = shown.curves[shown.curves["side"] == side]
            said = say(f"review_report.figure.{side}", labels)
            axes.fill_between(
                rows["time"],
                rows["low"],
                rows["high"],
                step="post",
                facecolor=BAND if not hatch else "none",
                edgecolor="#aaaaaa",
                alpha=0.6,
                hatch=hatch,
                linewidth=0,
            )
            axes.step(rows["time"], rows["share"], line, where="post", color=INK, label=said)
        said = say("review_report.figure.horizon", labels)
        axes.axvline(shown.horizon, color=INK, linestyle=":", linewidth=1.2, label=said)
        axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=None))
        axes.set(xlim=(0, None), ylim=(0, None))
        axes.set_xlabel(name, fontsize=8)
        axes.set_ylabel(say("review_report.figure.ended", labels), fontsize=8)
    return Picture(figure, _words(shown, name, lang))


def _words(shown: CurvesPicture, name: str, lang: str | None) -> str:
    told = [say("review_report.figure.curves", lang, name=name)]
    for side, rows in shown.curves.groupby("side", sort=False):
        last = _at(rows, shown.horizon)
        facts = {key: f"{100 * float(last[key]):.1f}" for key in ("share", "low", "high")}
        who = say(f"review_report.figure.{side}", lang)
        time = f"{min(float(last['time']), shown.horizon):g}"
        told.append(say("review_report.figure.curve", lang, who=who, time=time, **facts))
    return say("review_report.stop", lang).join(told)


def _at(rows: pd.DataFrame, horizon: float) -> pd.Series[float]:
    return rows[rows["time"] <= horizon].iloc[-1]
