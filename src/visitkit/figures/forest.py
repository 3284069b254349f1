"""Effects with their intervals, over the band of what could not have been seen."""

from __future__ import annotations

from collections.abc import Mapping

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from visitkit.errors import ReviewError
from visitkit.figures.fonts import label_language
from visitkit.figures.style import BAND, INK, Picture, house_style
from visitkit.review.study.effect import EffectRow, EffectTable
from visitkit.text import say


def draw_forest(
    table: EffectTable, names: Mapping[str, str] | None = None, lang: str | None = None
) -> Picture:
    """Draw one row an outcome: estimate, interval, and the smallest effect that could be seen.

    In standard deviations on one scale where every outcome has them; else each in its own unit on
    a scale of its own.

    Parameters
    ----------
    table
        From :meth:`visitkit.review.Study.estimate`.
    names
        Column to the word for it.
    lang
        ``"zh"``, ``"en"`` or ``None`` for the machine's language.

    Raises
    ------
    ReviewError
        When no outcome has a figure.
    """
    if not table.rows:
        raise ReviewError("review_report.no_figure")
    labels, words = label_language(lang), dict(names or {})
    shared = all(row.found.size and row.seen.in_sd is not None for row in table.rows)
    with house_style():
        height = 0.55 + (0.22 if shared else 0.5) * len(table.rows)
        figure = Figure(figsize=(7.2, height), layout="constrained")
        grid = figure.subplots(len(table.rows), 1, sharex=shared, squeeze=False)[:, 0]
        for axes, row in zip(grid, table.rows, strict=True):
            _row(axes, row, words.get(row.found.outcome, row.found.outcome), in_sd=shared)
        for axes in grid[:-1] if shared else []:
            axes.spines["bottom"].set_visible(False)
            axes.tick_params(axis="x", length=0)
        scale = "sd_effect" if shared else "own_unit"
        told = say(f"review_report.figure.{scale}", labels)
        grid[-1].set_xlabel(f"{told}  |  {say('review_report.figure.band', labels)}", fontsize=8)
    sentences = [_words(row, words, shared, lang) for row in table.rows]
    return Picture(figure, say("review_report.stop", lang).join(sentences))


def _figures(row: EffectRow, in_sd: bool) -> tuple[float, float, float, float]:
    size = row.found.size
    if in_sd and size is not None and row.seen.in_sd is not None:
        return size.value, *size.ci, row.seen.in_sd
    effect = row.found.effect
    return effect.estimate, *effect.ci, row.seen.value


def _row(axes: Axes, row: EffectRow, name: str, *, in_sd: bool) -> None:
    value, low, high, seen = _figures(row, in_sd)
    axes.axvspan(-seen, seen, color=BAND, linewidth=0, zorder=0)
    axes.axvline(0, color=INK, linewidth=0.8, zorder=1)
    axes.hlines(0, low, high, color=INK, linewidth=1.6, zorder=2)
    axes.plot([value], [0], marker="s", color=INK, markersize=5, zorder=3)
    axes.set_ylim(-1, 1)
    axes.set_yticks([0], [name], fontsize=8.5)
    axes.tick_params(axis="y", length=0)
    axes.tick_params(axis="x", labelsize=8)
    axes.spines["left"].set_visible(False)


def _words(row: EffectRow, names: Mapping[str, str], in_sd: bool, lang: str | None) -> str:
    value, low, high, seen = (f"{one:.3g}" for one in _figures(row, in_sd))
    name = names.get(row.found.outcome, row.found.outcome)
    ends = {"low": low, "high": high, "seen": seen}
    return say("review_report.figure.effect", lang, name=name, value=value, **ends)
