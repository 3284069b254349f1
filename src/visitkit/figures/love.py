"""How alike the two sides were before, measure by measure: a love plot."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from matplotlib.figure import Figure

from visitkit.figures.fonts import label_language
from visitkit.figures.style import BAND, INK, Picture, house_style
from visitkit.text import say

#: Limits of the What Works Clearinghouse, in standard deviations: alike; alike once adjusted.
LIMITS = (0.05, 0.25)
#: Sign of each category of what is analysed, told apart without colour.
_SIGNS = {"satisfied": "o", "needs_adjustment": "^", "not_satisfied": "X"}


def draw_love(
    table: pd.DataFrame, names: Mapping[str, str] | None = None, lang: str | None = None
) -> Picture:
    """Draw differences before and after adjustment, with the limits 0.05 and 0.25.

    Parameters
    ----------
    table
        From :meth:`visitkit.review.Study.love`: index ``covariate``, columns ``before``,
        ``after`` and ``category``.
    names
        Column to the word for it; a column without one keeps its name.
    lang
        ``"zh"``, ``"en"`` or ``None`` for the machine's language.
    """
    labels, words = label_language(lang), dict(names or {})
    measures = [words.get(str(name), str(name)) for name in table.index]
    before, after = (list(map(float, table[name])) for name in ("before", "after"))
    kinds = list(map(str, table["category"]))
    rows = range(len(measures))
    with house_style():
        figure = Figure(figsize=(3.5, 1.0 + 0.22 * max(len(measures), 2)), layout="constrained")
        axes = figure.add_subplot()
        axes.axvspan(-LIMITS[1], LIMITS[1], color=BAND, alpha=0.45, linewidth=0, zorder=0)
        axes.axvspan(-LIMITS[0], LIMITS[0], color=BAND, linewidth=0, zorder=0)
        axes.axvline(0, color=INK, linewidth=0.8, zorder=1)
        for limit in LIMITS:
            for end in (-limit, limit):
                axes.axvline(end, color=INK, linewidth=0.6, linestyle=":", zorder=1)
        axes.hlines(list(rows), before, after, color=INK, linewidth=0.6, zorder=2)
        label = say("review_report.figure.before", labels)
        axes.scatter(before, rows, s=46, color="white", edgecolor=INK, zorder=3, label=label)
        for kind, sign in _SIGNS.items():
            here = [place for place in rows if kinds[place] == kind]
            label = say(f"review_report.figure.category.{kind}", labels)
            points = [after[place] for place in here]
            axes.scatter(points, here, s=20, marker=sign, color=INK, zorder=4, label=label)
        widest = max([0.32, *(1.15 * abs(value) for value in (*before, *after))])
        axes.set(xlim=(-widest, widest), ylim=(len(measures) - 0.4, -0.6))
        axes.set_yticks(list(rows), measures, fontsize=8)
        axes.tick_params(axis="x", labelsize=7.5)
        axes.set_xlabel(say("review_report.figure.sd", labels), fontsize=8)
        figure.legend(
            loc="outside lower center", ncols=2, fontsize=7, columnspacing=1.0, handletextpad=0.3
        )
    told = []
    for name, first, last, kind in zip(measures, before, after, kinds, strict=True):
        facts = {"name": name, "before": f"{first:.2f}", "after": f"{last:.2f}"}
        facts["category"] = say(f"review_report.figure.category.{kind}", lang)
        told.append(say("review_report.figure.measure", lang, **facts))
    return Picture(figure, say("review_report.stop", lang).join(told))
