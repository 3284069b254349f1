"""The counsellor's page: what was owed and done, and how students changed; no p-values."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from visitkit import text
from visitkit.errors import ReviewError
from visitkit.figures.case import draw_case
from visitkit.figures.caseload import PAGE, draw_categories, draw_students
from visitkit.figures.coverage import draw_quotas
from visitkit.figures.goals import draw_goals
from visitkit.figures.style import Picture
from visitkit.outgoing import check_folder, write_together
from visitkit.reports.review import paper
from visitkit.reports.review.page import render
from visitkit.review.case_result import CaseResult
from visitkit.review.caseload_review import CaseloadResult
from visitkit.review.coverage import Coverage
from visitkit.review.goals import GoalResult
from visitkit.review.help_review import HelpResult
from visitkit.tables import word

#: Periods of help that the page lists; the table holds them all.
LISTED = 20


@dataclass(frozen=True)
class Changed:
    """What the counsellor's page shows; a part that is ``None`` has no section.

    Parameters
    ----------
    as_of
        The day on which we stand.
    students
        On the roll.
    coverage
        From :func:`visitkit.review.coverage`.
    caseload
        From :class:`visitkit.review.CaseloadReview`.
    case
        From :class:`visitkit.review.CaseReview`: the student to be talked about.
    goals
        From :class:`visitkit.review.GoalAttainment`.
    help
        From :func:`visitkit.review.help_review`.
    """

    as_of: dt.date
    students: int
    coverage: Coverage | None = None
    caseload: CaseloadResult | None = None
    case: CaseResult | None = None
    goals: GoalResult | None = None
    help: HelpResult | None = None


@dataclass(frozen=True)
class Section:
    """A part of the page: sentences, pictures, a table and what stands below it."""

    title: str
    lines: Sequence[str]
    pictures: Sequence[Picture] = ()
    header: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
    below: str = ""


def counsellor_sections(found: Changed, lang: str) -> list[Section]:
    """Return the parts of the page in words and pictures.

    Parameters
    ----------
    found
        What was reviewed.
    lang
        ``"zh"`` or ``"en"``.
    """
    parts: list[Section] = []
    if found.coverage is not None:
        parts.append(_coverage(found.coverage, lang))
    if found.caseload is not None:
        parts += _caseload(found.caseload, lang)
    if found.case is not None:
        shown = [draw_case(found.case, lang)]
        parts.append(Section(_title("case", lang), _lines(found.case.words(lang)), shown))
    if found.goals is not None:
        parts.append(_goals(found.goals, lang))
    if found.help is not None:
        parts.append(_help(found.help, lang))
    return parts


def counsellor_page(found: Changed, lang: str) -> str:
    """Return the counsellor's page as HTML; every word is escaped.

    Parameters
    ----------
    found
        What was reviewed.
    lang
        ``"zh"`` or ``"en"``.
    """
    return _page(found, counsellor_sections(found, lang), lang)


def _page(found: Changed, sections: Sequence[Section], lang: str) -> str:
    head = {name: text.say(f"review_report.{key}", lang) for name, key in _HEAD.items()}
    return render("counsellor.html", lang, facts=_facts(found, lang), sections=sections, **head)


def write_counsellor(found: Changed, folder: str | Path, lang: str | None = None) -> list[Path]:
    """Write ``counsellor.html`` and ``counsellor.docx``.

    Parameters
    ----------
    found
        What was reviewed.
    folder
        Where they go; made when it is not there.
    lang
        ``"zh"``, ``"en"`` or ``None`` for the machine's language.

    Raises
    ------
    VisitkitError
        When the folder cannot be written to.
    """
    check_folder(folder)
    chosen = text.language(lang)
    sections = counsellor_sections(found, chosen)
    page = _page(found, sections, chosen)

    def write_page(path: Path) -> None:
        path.write_text(page, encoding="utf-8")

    def write_document(path: Path) -> None:
        _save(found, sections, path, chosen)

    return write_together(
        folder, {"counsellor.html": write_page, "counsellor.docx": write_document}
    )


_HEAD = {
    "title": "counsellor_title",
    "private": "private_counsellor",
    "closing": "counsellor.closing",
}


def _save(found: Changed, sections: Sequence[Section], path: Path, lang: str) -> None:
    head = {name: text.say(f"review_report.{key}", lang) for name, key in _HEAD.items()}
    document = paper.blank(head["title"])
    paper.line(document, head["private"], bold=True)
    paper.line(document, head["title"], size=15, bold=True)
    paper.line(document, " · ".join(_facts(found, lang)))
    for part in sections:
        paper.heading(document, part.title)
        for told in part.lines:
            paper.line(document, told)
        for shown in part.pictures:
            paper.picture(document, shown, paper.WIDE)
        if part.rows:
            paper.grid(document, part.header, part.rows)
        if part.below:
            paper.line(document, part.below)
    paper.line(document, head["closing"], bold=True)
    paper.save(document, path)


def _facts(found: Changed, lang: str) -> list[str]:
    return [
        text.say("review_report.counsellor.as_of", lang, date=found.as_of),
        text.say("review_report.counsellor.school", lang, students=found.students),
    ]


def _title(name: str, lang: str) -> str:
    return text.say(f"review_report.counsellor.{name}", lang)


def _lines(words: str) -> list[str]:
    return [line for line in words.splitlines() if line.strip()]


def _columns(names: Sequence[str], lang: str) -> list[str]:
    return [text.say(f"review_report.counsellor.column.{name}", lang) for name in names]


def _coverage(found: Coverage, lang: str) -> Section:
    try:
        shown, why = [draw_quotas(found, lang)], []
    except ReviewError as error:
        shown, why = [], [text.say(error.key, lang, **error.facts)]
    return Section(_title("coverage", lang), [*_lines(found.words(lang)), *why], shown)


def _caseload(found: CaseloadResult, lang: str) -> Iterator[Section]:
    bar = draw_categories(found, lang)
    yield Section(_title("caseload", lang), _lines(found.words(lang)), [bar])
    pages = [
        draw_students(found, name, lang, page=page)
        for name, cases in found.cases.items()
        for page in range(1, math.ceil(len(cases) / PAGE) + 1)
    ]
    yield Section(_title("students", lang), [], pages)


def _goals(found: GoalResult, lang: str) -> Section:
    shown = [draw_goals(found, lang)] if found.rated else []
    rows = [
        [str(row["student_id"]), str(row["goal_id"]), str(row["due"].date()), str(row["days"])]
        for row in found.overdue.to_dict("records")
    ]
    header = _columns(("student", "goal", "due", "days_past"), lang)
    return Section(_title("goals", lang), _lines(found.words(lang)), shown, header, rows)


def _help(found: HelpResult, lang: str) -> Section:
    rows = [
        [
            str(row["student_id"]),
            word("help_type", str(row["type"]), lang),
            str(row["start"].date()),
            str(row["end"].date()),
            text.say(f"review.reason.{row['reason']}", lang),
        ]
        for row in found.to_assess.head(LISTED).to_dict("records")
    ]
    rest = len(found.to_assess) - len(rows)
    below = text.say("review_report.counsellor.more", lang, number=rest) if rest else ""
    header = _columns(("student", "help", "start", "end", "why"), lang)
    return Section(_title("help", lang), _lines(found.words(lang)), (), header, rows, below)
