"""How far agreed goals were reached: a bar a level."""

from __future__ import annotations

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from visitkit.errors import ReviewError
from visitkit.figures.fonts import label_language
from visitkit.figures.style import BAND, INK, Picture, house_style
from visitkit.review.goals import GoalResult, level_name
from visitkit.text import say


def draw_goals(found: GoalResult, lang: str | None = None) -> Picture:
    """Draw how many goals were rated at each level from -2 to +2.

    Parameters
    ----------
    found
        From :meth:`visitkit.review.GoalAttainment.fit`.
    lang
        ``"zh"``, ``"en"`` or ``None`` for the machine's language.

    Raises
    ------
    ReviewError
        When no goal has been rated.
    """
    if not found.rated:
        raise ReviewError("figures.no_goal")
    labels = label_language(lang)
    levels = [int(level) for level in found.levels["level"]]
    names = [level_name(level, labels) for level in levels]
    with house_style():
        figure = Figure(figsize=(7.2, 1.9), layout="constrained")
        axes = figure.add_subplot()
        reached = [level >= 0 for level in levels]
        for place, (count, good) in enumerate(zip(found.levels["goals"], reached, strict=True)):
            hatch = "" if good else "//"
            axes.barh(place, count, color=BAND, edgecolor=INK, hatch=hatch, height=0.65)
            axes.text(count, place, f" {count}", va="center", fontsize=8)
        axes.set_yticks(range(len(names)), names, fontsize=8)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.tick_params(axis="x", labelsize=8)
        axes.set_xlabel(say("figures.goals", labels), fontsize=8)
    return Picture(figure, found.words(lang))
