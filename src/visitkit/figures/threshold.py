"""The outcome by the score, and whether it jumps at the cutoff."""

from __future__ import annotations

from typing import Any

from visitkit.figures.fonts import label_language
from visitkit.figures.style import INK, Picture, strip
from visitkit.review.study.binned import ThresholdPicture
from visitkit.text import say

#: Sign and fill of each side, told apart without colour.
_LOOK = {"left": ("o", "white"), "right": ("s", INK)}


def draw_threshold(shown: ThresholdPicture, name: str = "", lang: str | None = None) -> Picture:
    """Draw the mean of each bin, the two lines and the cutoff.

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
    with strip(1.55) as (figure, axes):
        for side, rows in shown.bins.groupby("side"):
            sign, fill = _LOOK[str(side)]
            said = say(f"review_report.figure.bin_{side}", labels)
            face: Any = {"facecolor": fill, "edgecolor": INK, "marker": sign, "label": said}
            axes.scatter(rows["score"], rows["mean"], s=22, zorder=2, **face)
        for _, line in shown.lines.groupby("side"):
            axes.plot(line["score"], line["fitted"], color=INK, linewidth=1.8, zorder=3)
        axes.axvline(shown.cutoff, color=INK, linestyle="--", linewidth=1, zorder=1)
        axes.set_xlabel(
            say("review_report.figure.score", labels, cutoff=f"{shown.cutoff:g}"), fontsize=8
        )
        axes.set_ylabel(name, fontsize=8)
    told = [say("review_report.figure.threshold", lang, name=name, cutoff=f"{shown.cutoff:g}")]
    ends = shown.lines[shown.lines["score"] == shown.cutoff].set_index("side")["fitted"]
    if {"left", "right"} <= set(ends.index):
        sides = {side: f"{float(ends[side]):.3g}" for side in ("left", "right")}
        told.append(say("review_report.figure.jump", lang, **sides))
    return Picture(figure, say("review_report.stop", lang).join(told))
