"""The caseload as a workbook for the counsellor: filter, sort, print, tick off."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import cast

from openpyxl import Workbook
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from visitkit import tables, text
from visitkit.reports import about, gaps, points
from visitkit.reports.alerts_view import AlertRow
from visitkit.reports.sheet import Field, fill, sayer
from visitkit.reports.view import REASONS, Card, Screening
from visitkit.reports.words import MARKS, dimension_word, tier_word
from visitkit.text.counting import one_or_many

#: Dark and pale enough to be told apart on a grey printout, beside the shape and the word.
_TIER_FILLS = {"priority": "FFF2B8A6", "watch": "FFF7E3A8", "unknown": "FFE3E7EB"}


def write_workbook(screening: Screening, path: Path) -> None:
    """Write the workbook: caseload, alerts, data to add, what was left out, points, about."""
    book = Workbook()
    book.remove(cast("Worksheet", book.active))
    _caseload(_sheet(book, "caseload", screening.lang), screening)
    _alerts(_sheet(book, "alerts", screening.lang), screening)
    _gaps(_sheet(book, "gaps", screening.lang), screening)
    _left_out(_sheet(book, "left_out", screening.lang), screening)
    _points(_sheet(book, "points", screening.lang), screening)
    _about(_sheet(book, "about", screening.lang), screening)
    book.properties.creator = "visitkit"
    book.save(path)


def _sheet(book: Workbook, name: str, lang: str) -> Worksheet:
    sheet: Worksheet = book.create_sheet(text.say(f"report.sheet.{name}", lang))
    return sheet


def _caseload(sheet: Worksheet, screening: Screening) -> None:
    lang = screening.lang
    say = sayer(lang)
    fields = [
        Field(say("report.priority.rank"), 6),
        *_who(screening),
        Field(say("report.priority.tier"), 14),
        Field(say("report.priority.index"), 8, "0.0"),
        Field(say("report.priority.coverage"), 10, "0%"),
        *(Field(dimension_word(name, lang), 9, "0.0") for name in tables.DIMENSIONS),
        *(
            Field(say("report.sheet.reason", number=place), 36, wrap=True)
            for place in range(1, REASONS + 1)
        ),
        Field(say("report.priority.due"), 26),
        Field(say("report.priority.stability"), 10, "0%"),
    ]
    rows = [_caseload_row(place, card, screening) for place, card in _numbered(screening.cards)]
    fill(sheet, fields, rows, freeze=3 + screening.names)
    tier = 4 + screening.names
    for row, card in enumerate(screening.cards, start=2):
        if card.tier in _TIER_FILLS:
            sheet.cell(row, tier).fill = PatternFill("solid", fgColor=_TIER_FILLS[card.tier])
            sheet.cell(row, tier).font = Font(bold=True)


def _caseload_row(place: int, card: Card, screening: Screening) -> list[object]:
    reasons = (*card.reasons, *[""] * REASONS)[:REASONS]
    due = card.due.strftime("%Y-%m-%d %H:%M") if card.due else ""
    if card.overdue:
        due = f"{due} {text.say('report.summary.overdue_one', screening.lang)}"
    return [
        place,
        *_whose(card, screening),
        f"{MARKS[card.tier]} {tier_word(card.tier, screening.lang)}",
        card.index,
        card.coverage,
        *card.dimensions.values(),
        *reasons,
        due,
        card.stability,
    ]


def _alerts(sheet: Worksheet, screening: Screening) -> None:
    say = sayer(screening.lang)
    fields = [
        Field(say("report.alerts.due"), 17),
        Field(say("report.alerts.late"), 18),
        *_who(screening),
        Field(say("report.alerts.rule"), 24, wrap=True),
        Field(say("report.alerts.opened"), 12),
        Field(say("report.alerts.fact"), 36, wrap=True),
        Field(say("report.alerts.action"), 30, wrap=True),
        Field(say("report.alerts.owner"), 16, wrap=True),
        Field(say("report.alerts.source"), 28, wrap=True),
    ]
    shown = (*screening.alerts, *screening.good_news)
    rows: list[list[object]] = [
        [
            row.due_text,
            _late(row, screening.lang),
            *_whose(row, screening),
            row.matter,
            row.opened,
            row.fact,
            row.todo,
            row.owner,
            row.source,
        ]
        for row in shown
    ]
    fill(sheet, fields, rows)
    for place, row in enumerate(shown, start=2):
        if row.overdue_days:
            sheet.cell(place, 2).font = Font(bold=True, color="FF9C2F12")


def _late(row: AlertRow, lang: str) -> str:
    if row.good:
        return text.say("report.alerts.good", lang)
    if row.answered:
        return text.say("report.alerts.answered", lang, date=row.answered)
    if row.overdue_days:
        return text.say("report.alerts.overdue", lang, days=row.overdue_days)
    return text.say("report.alerts.today", lang) if row.due_today else ""


def _gaps(sheet: Worksheet, screening: Screening) -> None:
    lang, say = screening.lang, sayer(screening.lang)
    fields = [
        *_who(screening),
        Field(say("report.priority.tier"), 15),
        Field(say("report.priority.coverage"), 10, "0%"),
        Field(say("report.sheet.missing"), 30, wrap=True),
        Field(say("report.unknown_list.ask"), 60, wrap=True),
    ]
    lacking = [card for card in screening.cards if card.missing or card.tier == "unknown"]
    rows: list[list[object]] = [
        [
            *_whose(card, screening),
            f"{MARKS[card.tier]} {tier_word(card.tier, lang)}",
            card.coverage,
            say("report.comma").join(dimension_word(name, lang) for name in card.missing),
            say("report.semicolon").join(gaps.ask(card, lang)),
        ]
        for card in lacking
    ]
    nobody: list[object] = [say("report.none"), *[""] * (len(fields) - 1)]
    fill(sheet, fields, rows or [nobody])


def _left_out(sheet: Worksheet, screening: Screening) -> None:
    say = sayer(screening.lang)
    found, _ = gaps.faults(screening, shown=None)
    counts = [
        [name, say(one_or_many("report.coverage.left_out_rows", number), number=number)]
        for name, number in gaps.left_out(screening)
    ]
    rows: list[Sequence[object]] = [*counts, *([where, problem] for where, problem in found)]
    fields = [
        Field(say("report.coverage.where"), 40, wrap=True),
        Field(say("report.coverage.problem"), 80, wrap=True),
    ]
    fill(sheet, fields, rows or [[say("report.coverage.complete"), ""]])


def _points(sheet: Worksheet, screening: Screening) -> None:
    say = sayer(screening.lang)
    fields = [
        Field(say("report.points.dimension"), 30, wrap=True),
        Field(say("report.points.indicator"), 28, wrap=True),
        Field(say("report.points.unit"), 34, wrap=True),
        *(Field(say(f"report.points.{name}"), 16) for name in ("one", "two", "three")),
        Field(say("report.points.weight"), 10),
    ]
    card = points.points(screening.cases, screening.lang)
    rows: list[list[object]] = [
        [group.title, line.name, line.unit, *line.bands, line.weight]
        for group in card.groups
        for line in group.lines
    ]
    fill(sheet, fields, rows)


def _about(sheet: Worksheet, screening: Screening) -> None:
    say = sayer(screening.lang)
    weights = "undecided" if screening.weights_undecided else "decided"
    rows: list[Sequence[object]] = [
        [say("report.about.title"), say("report.about.not_diagnosis")],
        ["", say(f"report.about.weights_{weights}")],
        ["", say("report.private")],
        [say("report.alerts.source"), say("policy.papers")],
        *([name, value] for name, value in about.made(screening)),
        *([key, value] for key, value in about.undecided(screening)),
    ]
    fill(
        sheet,
        [Field(say("report.sheet.item"), 30), Field(say("report.sheet.content"), 90, wrap=True)],
        rows,
    )


def _who(screening: Screening) -> list[Field]:
    say = sayer(screening.lang)
    named = [Field(say("report.name"), 10)] if screening.names else []
    return [Field(say("report.student"), 12, "@"), *named, Field(say("report.class"), 10, "@")]


def _whose(row: Card | AlertRow, screening: Screening) -> list[object]:
    return [row.student_id, *([row.name] if screening.names else []), row.class_id]


def _numbered(cards: Sequence[Card]) -> Sequence[tuple[int, Card]]:
    return list(enumerate(cards, start=1))
