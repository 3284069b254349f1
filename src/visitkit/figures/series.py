"""One series before and after a start, with what was to be expected without it."""

from __future__ import annotations

from typing import Any

from matplotlib.ticker import MaxNLocator

from visitkit.figures.fonts import label_language
from visitkit.figures.style import BAND, INK, Picture, strip
from visitkit.review.study.pictured import SeriesPicture
from visitkit.text import say


def draw_series(shown: SeriesPicture, name: str = "", lang: str | None = None) -> Picture:
    """Draw what was observed, what was fitted, and what was to be expected with its interval.

    Parameters
    ----------
    shown
        From :meth:`visitkit.review.Study.picture`.
    name
        Word for the outcome; its column when empty.
    lang
        ``"zh"``, ``"en"`` or ``None`` for the machine's language.
    """
    labels, name, path = label_language(lang), name or shown.outcome, shown.path

    def said(key: str) -> str:
        return say(f"review_report.figure.{key}", labels)

    after = path[path["time"] >= shown.start]
    with strip(1.7) as (figure, axes):
        ends = (after["low"], after["high"])
        axes.fill_between(
            after["time"], *ends, color=BAND, linewidth=0, label=said("expected_band")
        )
        axes.plot(after["time"], after["counterfactual"], "--", color=INK, label=said("expected"))
        for part in (path[path["time"] < shown.start], after):
            label = said("fitted") if part is after else None
            axes.plot(part["time"], part["fitted"], color=INK, linewidth=1.8, label=label)
        look: dict[str, Any] = {
            "facecolor": "white",
            "edgecolor": INK,
            "linewidth": 0.7,
            "zorder": 3,
        }
        axes.scatter(path["time"], path["observed"], s=11, label=said("observed"), **look)
        axes.axvline(shown.start, color=INK, linestyle=":", linewidth=1.2, label=said("start"))
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.set_xlabel(said("period"), fontsize=8)
        axes.set_ylabel(name, fontsize=8)
    return Picture(figure, _words(shown, name, lang))


def _words(shown: SeriesPicture, name: str, lang: str | None) -> str:
    last = shown.path.iloc[-1]
    facts = {key: f"{last[key]:.3g}" for key in ("time", "fitted", "counterfactual", "low", "high")}
    start = f"{shown.start:g}"
    told = [say("review_report.figure.series", lang, name=name, start=start)]
    told.append(say("review_report.figure.series_end", lang, **facts))
    return say("review_report.stop", lang).join(told)
