"""The report of a study as a .docx."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from visitkit import text
from visitkit.reports.review import paper
from visitkit.reports.review.view import Pictured, StudyView


def save_document(view: StudyView, path: Path) -> None:
    """Write the report as a .docx with the pictures in it and words beside them.

    Parameters
    ----------
    view
        From :func:`visitkit.reports.review.study_view`.
    path
        The file.
    """
    document = paper.blank(view.title)
    paper.line(document, view.private, bold=True)
    paper.line(document, view.title, size=15, bold=True)
    paper.line(document, " · ".join(view.facts))
    _section(document, _word("bottom", view), view.bottom, 9)
    paper.line(document, " ".join(view.verdict), size=9, bold=True)
    left, right = document.add_table(rows=1, cols=2).rows[0].cells
    for cell, parts in ((left, (view.flow, view.lost)), (right, (view.love,))):
        paper.heading(cell, parts[0].title)
        for part in parts:
            _picture(cell, part, paper.HALF)
    _section(right, _word("limits", view), view.limits, 7)
    paper.heading(document, view.forest.title)
    paper.grid(document, view.header, view.rows)
    for line in view.refused:
        paper.line(document, line)
    _picture(document, view.forest, paper.WIDE)
    paper.heading(document, view.shown.title)
    _picture(document, view.shown, paper.WIDE)
    _section(document, view.checks_title, view.checks, 7)
    _section(document, _word("made", view), view.made, 6.5)
    paper.save(document, path)


def _word(name: str, view: StudyView) -> str:
    return text.say(f"review_report.heading.{name}", view.lang)


def _section(place: Any, title: str, lines: list[str], size: float) -> None:
    paper.heading(place, title)
    for line in lines:
        paper.line(place, line, size=size)


def _picture(place: Any, part: Pictured, width: float) -> None:
    if part.picture is not None:
        paper.picture(place, part.picture, width)
    if part.why:
        paper.line(place, part.why, size=7)
