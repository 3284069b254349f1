"""Whether the sides have students with the same chance of having been chosen."""

from __future__ import annotations

from typing import Any

from visitkit.figures.fonts import label_language
from visitkit.figures.style import BAND, INK, Picture, strip
from visitkit.review.study.pictured import OverlapPicture
from visitkit.text import say


def draw_overlap(shown: OverlapPicture, name: str = "", lang: str | None = None) -> Picture:
    """Draw the chances of the helped upwards, and of the others downwards, before and as weighed.

    Parameters
    ----------
    shown
        From :meth:`visitkit.review.Study.picture`.
    name
        Word for the outcome; it stands in the words only.
    lang
        ``"zh"``, ``"en"`` or ``None`` for the machine's language.
    """
    labels, bands = label_language(lang), shown.bands
    middle, width = (bands["low"] + bands["high"]) / 2, bands["high"] - bands["low"]

    def said(key: str) -> str:
        return say(f"review_report.figure.{key}", labels)

    with strip(1.7) as (figure, axes):
        edge: dict[str, Any] = {"edgecolor": INK, "linewidth": 0.7}
        helped = bands["treated"].fillna(0)
        axes.bar(middle, helped, width, color="#777777", label=said("treated"), **edge)
        others = -bands["control"].fillna(0)
        axes.bar(middle, others, width, color=BAND, label=said("control"), **edge)
        heavy = -bands["weighted"].fillna(0)
        inner: dict[str, Any] = {
            "color": "none",
            "hatch": "////",
            "label": said("control_as_analysed"),
            **edge,
        }
        axes.bar(middle, heavy, width * 0.6, **inner)
        axes.axhline(0, color=INK, linewidth=0.8)
        for end in shown.shared:
            axes.axvline(end, color=INK, linestyle=":", linewidth=1.2)
        axes.set_xlim(0, 1)
        axes.yaxis.set_major_formatter(lambda value, _: f"{abs(value):.0%}")
        axes.set_xlabel(said("chance"), fontsize=8)
    return Picture(figure, _words(shown, name or shown.outcome, lang))


def _words(shown: OverlapPicture, name: str, lang: str | None) -> str:
    low, high = (f"{100 * end:.0f}" for end in shown.shared)
    told = [say("review_report.figure.overlap", lang, name=name, low=low, high=high)]
    for row in shown.bands.to_dict("records"):
        shares = [row[key] for key in ("treated", "control", "weighted")]
        if any(one != one or one > 0 for one in shares):
            hidden = say("review_report.figure.few", lang)
            cells = [hidden if one != one else f"{100 * one:.0f} %" for one in shares]
            names = ("treated", "control", "weighted")
            facts = dict(zip(names, cells, strict=True))
            ends = {"low": f"{100 * row['low']:.0f}", "high": f"{100 * row['high']:.0f}"}
            told.append(say("review_report.figure.overlap_band", lang, **ends, **facts))
    return say("review_report.stop", lang).join(told)
