"""One student's measurements before and after the first visit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import matplotlib.dates as mdates
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from visitkit.figures.fonts import label_language
from visitkit.figures.style import BAND, BLUE, FAINT, INK, Picture, house_style
from visitkit.review.case import CaseResult
from visitkit.text import say

#: Sign and fill of each kind of measurement; hollow and grey count for neither side.
_LOOK: dict[str, dict[str, Any]] = {
    "earlier": {"marker": "o", "facecolor": "white", "edgecolor": FAINT},
    "screening": {"marker": "X", "facecolor": FAINT, "edgecolor": FAINT},
    "before": {"marker": "o", "facecolor": "white", "edgecolor": INK},
    "visit_day": {"marker": "D", "facecolor": "white", "edgecolor": FAINT},
    "after": {"marker": "o", "facecolor": BLUE, "edgecolor": BLUE},
}


def draw_case(case: CaseResult, lang: str | None = None) -> Picture:
    """Draw one student: phases parted at the first visit, medians, range, and trend before.

    Parameters
    ----------
    case
        From :meth:`visitkit.review.case.CaseReview.fit`.
    lang
        ``"zh"``, ``"en"`` or ``None`` for the machine's language. Without a Chinese font the labels
        are English; the text alternative keeps the language asked for.

    Returns
    -------
    visitkit.figures.style.Picture
        The figure and its text alternative. The figure belongs to no window; save it with
        ``picture.figure.savefig``.
    """
    labels = label_language(lang)
    with house_style():
        figure = Figure(figsize=(8, 4.2), layout="constrained")
        axes = figure.add_subplot()
        draw_phases(axes, case, labels)
        way = say(f"figures.higher_is_{case.higher_is}", labels)
        axes.set_ylabel(f"{case.score}\n{way}")
        title = say("figures.case_title", labels, student=case.student_id, score=case.score)
        axes.set_title(title, loc="left")
        end = say(f"review.conclusion.{case.conclusion}", labels)
        axes.set_xlabel(end, loc="left", wrap=True, color=INK)
        figure.legend(loc="outside lower left", ncols=3, fontsize=9)
    return Picture(figure, case.words(lang))


def draw_phases(axes: Axes, case: CaseResult, labels: str, *, small: bool = False) -> None:
    """Draw the measurements of one student into axes.

    Parameters
    ----------
    axes
        Where to draw.
    case
        The review of the student.
    labels
        Language of the labels.
    small
        One of many small pictures: no trend and smaller signs.
    """
    for row in case.phase_table.to_dict("records"):
        if row["n"]:
            _phase(axes, row, case, labels, small=small)
    if not small:
        _trend(axes, case, labels)
    for phase, points in case.points.groupby("phase", sort=False):
        axes.scatter(
            points["date"],
            points["value"],
            **_LOOK[str(phase)],
            s=14 if small else 36,
            zorder=3,
            label=say(f"figures.points.{phase}", labels),
        )
    visit: float = mdates.date2num(case.first_visit)  # type: ignore[no-untyped-call]
    axes.axvline(visit, color=INK, linestyle="--", label=say("figures.first_visit", labels))
    locator = mdates.AutoDateLocator(maxticks=3 if small else 8)  # type: ignore[no-untyped-call]
    axes.xaxis.set_major_locator(locator)
    written = mdates.DateFormatter("%m-%d" if small else "%Y-%m-%d")  # type: ignore[no-untyped-call]
    axes.xaxis.set_major_formatter(written)
    axes.tick_params(axis="x", labelsize=7 if small else 9)


def _phase(
    axes: Axes, row: Mapping[Any, Any], case: CaseResult, labels: str, *, small: bool
) -> None:
    first = row["phase"] == "before"
    points = case.points.loc[case.points["phase"] == row["phase"], ["date", "value"]]
    axes.plot(points["date"], points["value"], color=FAINT, linewidth=0.8, zorder=2)
    axes.fill_between(
        [row["first"], row["last"]],
        row["lowest"],
        row["highest"],
        color=BAND,
        alpha=0.6,
        linewidth=0,
        label=say("figures.range", labels) if first else None,
        zorder=0,
    )
    axes.hlines(
        row["median"],
        row["first"],
        row["last"],
        color=INK,
        linewidth=1 if small else 2,
        label=say("figures.median", labels) if first else "",
        zorder=1,
    )


def _trend(axes: Axes, case: CaseResult, labels: str) -> None:
    """Draw the trend before the first visit, carried on to the end, where there is one."""
    line = case.trend_line
    if line.empty:
        return
    axes.plot(
        line["date"],
        line["value"],
        color=INK,
        linestyle=":",
        linewidth=1.2,
        label=say("figures.trend", labels),
        zorder=1,
    )
