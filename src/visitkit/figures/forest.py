"""Effects with their intervals, over the band of what could not have been seen."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from visitkit.errors import ReviewError
from visitkit.figures.fonts import label_language
from visitkit.figures.style import BAND, INK, Picture, house_style
from visitkit.review.study.effect import EffectRow, EffectTable
from visitkit.review.study.words import is_rate
from visitkit.text import say


@dataclass(frozen=True, slots=True)
class _Line:
    """One outcome on the scale on which it is drawn."""

    name: str
    value: float
    ends: tuple[float, float]
    band: tuple[float, float]
    nothing: float


def draw_forest(
    table: EffectTable, names: Mapping[str, str] | None = None, lang: str | None = None
) -> Picture:
    """Draw one row an outcome: estimate, interval, and the smallest effect that could be seen.

    In standard deviations on one scale where every outcome has them; else each in its own unit on
    a scale of its own, ratios of rates on one of ratios. Outcomes of a domain stand together.

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
    labels = label_language(lang)
    rows = sorted(table.rows, key=lambda row: row.domain)
    shared = all(row.found.size and row.seen.in_sd is not None for row in rows)
    lines = [_line(row, dict(names or {}), in_sd=shared) for row in rows]
    with house_style():
        height = 0.55 + (0.22 if shared else 0.42) * len(lines)
        figure = Figure(figsize=(7.2, height), layout="constrained")
        grid = figure.subplots(len(lines), 1, sharex=shared, squeeze=False)[:, 0]
        for axes, line, row in zip(grid, lines, rows, strict=True):
            _draw(axes, line)
            if is_rate(row):
                _as_ratio(axes)
        for axes in grid[:-1] if shared else []:
            axes.spines["bottom"].set_visible(False)
            axes.tick_params(axis="x", length=0)
        told = say(f"review_report.figure.{_scale(rows, shared)}", labels)
        grid[-1].set_xlabel(f"{told}  |  {say('review_report.figure.band', labels)}", fontsize=8)
    sentences = [_words(line, lang) for line in lines]
    return Picture(figure, say("review_report.stop", lang).join(sentences))


def _scale(rows: list[EffectRow], shared: bool) -> str:
    if shared:
        return "sd_effect"
    return "rate_effect" if all(map(is_rate, rows)) else "own_unit"


def _line(row: EffectRow, names: Mapping[str, str], *, in_sd: bool) -> _Line:
    name = names.get(row.found.outcome, row.found.outcome)
    if row.domain:
        name = f"{row.domain}: {name}"
    size, effect, seen = row.found.size, row.found.effect, row.seen.value
    if in_sd and size is not None and row.seen.in_sd is not None:
        return _Line(name, size.value, size.ci, (-row.seen.in_sd, row.seen.in_sd), 0.0)
    if is_rate(row):
        low, high = map(math.exp, effect.ci)
        band = math.exp(-seen), math.exp(seen)
        return _Line(name, math.exp(effect.estimate), (low, high), band, 1.0)
    return _Line(name, effect.estimate, effect.ci, (-seen, seen), 0.0)


def _draw(axes: Axes, line: _Line) -> None:
    axes.axvspan(*line.band, color=BAND, linewidth=0, zorder=0)
    axes.axvline(line.nothing, color=INK, linewidth=0.8, zorder=1)
    axes.hlines(0, *line.ends, color=INK, linewidth=1.6, zorder=2)
    axes.plot([line.value], [0], marker="s", color=INK, markersize=5, zorder=3)
    axes.set_ylim(-1, 1)
    axes.set_yticks([0], [line.name], fontsize=8.5)
    axes.tick_params(axis="y", length=0)
    axes.tick_params(axis="x", labelsize=8)
    axes.spines["left"].set_visible(False)


def _as_ratio(axes: Axes) -> None:
    """Draw ratios so that twice and half lie equally far from 1."""
    axes.set_xscale("log")
    axes.xaxis.set_major_locator(LogLocator(base=10, subs=(1.0, 1.5, 2.0, 3.0, 5.0, 7.0)))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.xaxis.set_minor_formatter(NullFormatter())


def _words(line: _Line, lang: str | None) -> str:
    seen = max(abs(end - line.nothing) for end in line.band) if not line.nothing else line.band[1]
    numbers = {"value": line.value, "low": line.ends[0], "high": line.ends[1], "seen": seen}
    told = {name: f"{value:.3g}" for name, value in numbers.items()}
    if line.nothing:
        told["lower"] = f"{line.band[0]:.3g}"
        return say("review_report.figure.ratio", lang, name=line.name, **told)
    return say("review_report.figure.effect", lang, name=line.name, **told)
