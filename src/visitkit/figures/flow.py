"""Who was there at each step of a study, side by side."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from visitkit.figures.fonts import label_language
from visitkit.figures.style import INK, Picture, house_style
from visitkit.review.study.flow import STEPS, StudyFlow
from visitkit.text import say

_X = {"treated": 0.26, "control": 0.76}
_BOX = {"boxstyle": "square,pad=0.25", "facecolor": "white", "edgecolor": INK, "linewidth": 0.8}


def draw_flow(shown: StudyFlow, lang: str | None = None) -> Picture:
    """Draw boxes from assessed to analysed; no number from which a few students could be told.

    Parameters
    ----------
    shown
        From :meth:`visitkit.review.Study.flow`.
    lang
        ``"zh"``, ``"en"`` or ``None`` for the machine's language.
    """
    labels = label_language(lang)
    with house_style():
        figure = Figure(figsize=(3.5, 1.75 if shown.counted == "students" else 0.8))
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set_axis_off()
        axes.set(xlim=(0, 1), ylim=(-0.12, 1.12))
        top, *sides = _words(shown, labels).values()
        axes.text(0.51, 1.0, top, ha="center", va="center", fontsize=8, bbox=_BOX)
        for x, words in zip(_X.values(), sides, strict=True):
            _side(axes, x, words.split("\n"))
    told = "\n".join(_words(shown, lang).values()).split("\n")
    return Picture(figure, say("review_report.stop", lang).join(told))


def _words(shown: StudyFlow, lang: str | None) -> dict[str, str]:
    """Return what stands in the boxes: the top, and a line a box for each side."""
    words = shown.words(lang)
    assessed = words["all"]["assessed"]
    told = {"top": say(f"review_report.figure.{_TOP[shown.counted]}", lang, number=assessed)}
    if shown.counted == "periods":
        for side, key in (("control", "before_periods"), ("treated", "after_periods")):
            number = getattr(shown, side)["measured"]
            told[side] = say(f"review_report.figure.{key}", lang, number=number)
        return told
    for side in _X:
        who = say(f"review_report.figure.{side}", lang)
        steps = words[side]
        lines = [
            say(f"review_report.figure.step.{step}", lang, who=who, number=steps[step])
            for step in STEPS
        ]
        told[side] = "\n".join(lines)
    return told


_TOP = {"students": "assessed", "periods": "all_periods"}


def _side(axes: Axes, x: float, words: list[str]) -> None:
    line = {"arrowstyle": "-|>", "color": INK, "linewidth": 0.8}
    step = 0.26 if len(words) > 1 else 0.0
    first = 0.78 if step else 0.2
    axes.annotate("", (x, first + 0.07), (0.51, 0.93), arrowprops=line)
    for place, told in enumerate(words):
        y = first - step * place
        axes.text(x, y, told, ha="center", va="center", fontsize=7, bbox=_BOX)
        if place:
            axes.annotate("", (x, y + 0.07), (x, y + step - 0.07), arrowprops=line)
