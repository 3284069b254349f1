"""A caseload: one small picture a student, and a bar of how many changed which way."""

from __future__ import annotations

import math

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from visitkit.errors import ReviewError
from visitkit.figures.case import draw_phases
from visitkit.figures.fonts import label_language
from visitkit.figures.style import CATEGORY_LOOK, INK, Picture, house_style
from visitkit.review.caseload_review import CaseloadResult
from visitkit.text import say

#: Small pictures beside each other, and the most on a page.
COLUMNS = 4
PAGE = 24
#: Bars narrower than this share hold no number.
_NARROW = 0.04
_DARK = ("recovered", "deteriorated")


def draw_students(
    found: CaseloadResult, domain: str = "", lang: str | None = None, *, page: int = 1
) -> Picture:
    """Draw small pictures of the students of one domain, all on the same scale.

    Parameters
    ----------
    found
        From :meth:`visitkit.review.caseload_review.CaseloadReview.fit`.
    domain
        Which domain; empty where there is only one.
    lang
        ``"zh"``, ``"en"`` or ``None`` for the machine's language.
    page
        Which page, from 1; a page holds :data:`PAGE` students in order of their number.

    Raises
    ------
    ReviewError
        When there is no such domain or page.
    """
    if domain not in found.cases:
        raise ReviewError("figures.no_domain", domain=domain, allowed=", ".join(found.cases) or "-")
    cases = found.cases[domain]
    pages = math.ceil(len(cases) / PAGE)
    if not 1 <= page <= pages:
        raise ReviewError("figures.no_page", page=page, pages=pages)
    shown = cases[(page - 1) * PAGE : page * PAGE]
    labels = label_language(lang)
    rows = math.ceil(len(shown) / COLUMNS)
    with house_style():
        figure = Figure(figsize=(9, 1.4 + 1.7 * rows), layout="constrained")
        grid = figure.subplots(rows, COLUMNS, sharey=True, squeeze=False)
        for axes, case in zip(grid.flat, shown, strict=False):
            draw_phases(axes, case, labels, small=True)
            category = say(f"review.category.{case.category or 'not_known'}", labels)
            axes.set_title(f"{case.student_id}\n{category}", fontsize=8, loc="left")
        signs = {
            label: sign
            for axes in list(grid.flat)[: len(shown)]
            for sign, label in zip(*axes.get_legend_handles_labels(), strict=True)
        }
        figure.legend(
            signs.values(), signs.keys(), loc="outside lower left", ncols=COLUMNS, fontsize=8
        )
        for axes in list(grid.flat)[len(shown) :]:
            axes.set_visible(False)
        title = say("figures.students_title", labels, score=shown[0].score, page=page, pages=pages)
        way = say(f"figures.higher_is_{shown[0].higher_is}", labels)
        figure.suptitle(f"{title} ({way})", x=0.01, ha="left", fontsize=11)
    told = [say("figures.students_title", lang, score=shown[0].score, page=page, pages=pages)]
    for case in shown:
        category = say(f"review.category.{case.category or 'not_known'}", lang)
        told.append(say("figures.student", lang, student=case.student_id, category=category))
    return Picture(figure, "\n".join(told))


def draw_categories(found: CaseloadResult, lang: str | None = None) -> Picture:
    """Draw for each domain a bar of the four categories and of those not known.

    Parameters
    ----------
    found
        From :meth:`visitkit.review.caseload_review.CaseloadReview.fit`.
    lang
        ``"zh"``, ``"en"`` or ``None`` for the machine's language.
    """
    labels = label_language(lang)
    domains = list(dict.fromkeys(found.counts["domain"]))
    with house_style():
        figure = Figure(figsize=(8, 1.5 + 0.7 * len(domains)), layout="constrained")
        axes = figure.add_subplot()
        for place, domain in enumerate(domains):
            _bar(axes, found, str(domain), place, labels)
        axes.set_yticks(range(len(domains)), [str(one) for one in domains])
        axes.tick_params(axis="y", length=0)
        axes.invert_yaxis()
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.set_xlabel(say("figures.students", labels))
        figure.legend(loc="outside lower left", ncols=5, fontsize=9)
    return Picture(figure, found.words(lang))


def _bar(axes: Axes, found: CaseloadResult, domain: str, place: int, labels: str) -> None:
    rows = found.counts[found.counts["domain"] == domain].to_dict("records")
    total, left = sum(row["students"] for row in rows), 0
    for row in rows:
        fill, hatch = CATEGORY_LOOK[row["category"]]
        name = say(f"review.category.{row['category']}", labels) if place == 0 else None
        size = row["students"]
        axes.barh(
            place, size, left=left, color=fill, hatch=hatch, edgecolor=INK, label=name, height=0.6
        )
        if total and size / total > _NARROW:
            colour = "white" if row["category"] in _DARK else INK
            box = {"facecolor": fill, "edgecolor": "none", "pad": 1.5}
            axes.text(
                left + size / 2, place, str(size), ha="center", va="center", color=colour, bbox=box
            )
        left += size
