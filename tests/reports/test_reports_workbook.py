"""The workbook of a screening."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from pathlib import Path

import openpyxl
import pytest
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from visitkit import tables, text
from visitkit.load import School
from visitkit.reports import write_screening
from visitkit.reports.words import MARKS
from visitkit.screen.alerts.rules import RULES
from visitkit.screen.caseload import Caseload
from visitkit.text import LANGUAGES


def book(cases: Caseload, school: School, folder: Path, lang: str = "en", **more: bool) -> Workbook:
    """Write and open the workbook."""
    write_screening(cases, school, folder, lang, **more)
    return openpyxl.load_workbook(folder / "caseload.xlsx")


def column(sheet: Worksheet, title: str) -> list[object]:
    """Return the cells below a header."""
    headers = [cell.value for cell in sheet[1]]
    return [cell.value for cell in list(sheet.columns)[headers.index(title)][1:]]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_sheets_and_headers_in_the_language(
    cases: Caseload, school: School, tmp_path: Path, lang: str
) -> None:
    """Six sheets, each with its header in sight, a filter, and one page wide on paper."""
    made = book(cases, school, tmp_path, lang)
    names = ("caseload", "alerts", "gaps", "left_out", "points", "about")
    assert made.sheetnames == [text.say(f"report.sheet.{name}", lang) for name in names]
    for sheet in made:
        assert str(sheet.freeze_panes).endswith("2")
        assert sheet.auto_filter.ref
        assert sheet.print_title_rows == "$1:$1"
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert made.worksheets[0]["B1"].value == text.say("report.student", lang)


def test_tier_reads_without_colour(cases: Caseload, school: School, tmp_path: Path) -> None:
    """Colour never stands alone: each tier has its shape and its word."""
    sheet = book(cases, school, tmp_path).worksheets[0]
    told = column(sheet, "Support tier")
    wanted = [
        f"{MARKS[tier]} {text.say(f'screen.tier.{tier}', 'en')}" for tier in cases.table["tier"]
    ]
    assert told == wanted
    assert len(set(MARKS.values())) == len(MARKS)


def test_names_only_when_asked_for(cases: Caseload, school: School, tmp_path: Path) -> None:
    """Without the wish there is no name in any cell; with it the counsellor finds them."""
    plain = book(cases, school, tmp_path / "plain")
    cells = [cell.value for sheet in plain for row in sheet for cell in row]
    assert not set(school.students["name"]) & {str(cell) for cell in cells}
    named = book(cases, school, tmp_path / "named", names=True).worksheets[0]
    names = dict(zip(column(named, "Student"), column(named, "Name"), strict=True))
    assert names["S03"] == "Name 3"


def test_formulas_are_text(cases: Caseload, school: School, tmp_path: Path) -> None:
    """A name that is a formula is written as text that stays text when edited."""
    sheet = book(cases, school, tmp_path, names=True).worksheets[0]
    (cell,) = [cell for row in sheet for cell in row if cell.value == "=1+1"]
    assert cell.data_type == "s"
    assert cell.quotePrefix


def test_figures_stay_figures(cases: Caseload, school: School, tmp_path: Path) -> None:
    """Scores can be sorted; unknown ones are empty; student numbers are text."""
    sheet = book(cases, school, tmp_path).worksheets[0]
    family = dict(zip(column(sheet, "Student"), column(sheet, "Family"), strict=True))
    assert family["S06"] is None
    assert isinstance(family["S01"], int | float)
    assert sheet["B2"].number_format == "@"


def test_overdue_is_said(cases: Caseload, school: School, tmp_path: Path) -> None:
    """What is late says so; what was answered in time and good news never are."""
    sheet = book(cases, school, tmp_path).worksheets[1]
    assert column(sheet, "Note") == [
        "overdue by 3 d",
        None,
        "due today",
        None,
        "contact on 2026-10-27, to be confirmed",
        "good news",
    ]


def test_what_was_left_out(cases: Caseload, school: School, tmp_path: Path) -> None:
    """Each table with rows left out is counted and all faults are listed."""
    sheet = book(cases, school, tmp_path).worksheets[3]
    where = column(sheet, "Where")
    assert where[0] == text.say("tables.marks.sheet", "en")
    assert len(where) == 1 + len(school.faults)
    complete = dataclasses.replace(school, faults=(), left_out={})
    sheet = book(cases, complete, tmp_path).worksheets[3]
    assert column(sheet, "Where") == [text.say("report.coverage.complete", "en")]


def test_about_tells_how_to_repeat_it(cases: Caseload, school: School, tmp_path: Path) -> None:
    """Day, rules, places and seed are there, and that weights are nobody's finding."""
    sheet = book(cases, school, tmp_path).worksheets[5]
    cells = [str(cell) for cell in column(sheet, "Content")]
    assert str(dt.date(2026, 11, 2)) in cells
    assert text.say("report.about.weights_undecided", "en") in cells
    assert text.say("report.about.not_diagnosis", "en") in cells


def test_no_data_gaps(cases: Caseload, school: School, tmp_path: Path) -> None:
    """When everything is known the sheet says none instead of standing empty."""
    known = cases.table[cases.table["student_id"] != "S06"]
    known = known.assign(psychological=known["psychological"].fillna(0.0))
    sheet = book(dataclasses.replace(cases, table=known), school, tmp_path).worksheets[2]
    assert column(sheet, "Student") == ["none"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_places_and_sources_are_explained(
    cases: Caseload, school: School, tmp_path: Path, lang: str
) -> None:
    """The last sheet says that alerts go beyond the places, and what the sources' numbers mean."""
    told = [cell.value for cell in book(cases, school, tmp_path, lang).worksheets[-1]["B"]]
    assert text.say("report.about.capacity_value", lang, number=cases.capacity) in told
    assert text.say("policy.papers", lang) in told


@pytest.mark.parametrize("lang", LANGUAGES)
def test_facts_are_words(cases: Caseload, school: School, tmp_path: Path, lang: str) -> None:
    """No code of a rule, an action, a role or a kind of event meets a person in the alerts."""
    sheet = book(cases, school, tmp_path, lang).worksheets[1]
    codes = {rule.code for rule in RULES} | {rule.action for rule in RULES}
    for name in ("event_kind", "behaviour_kind", "role"):
        codes |= {code for code in tables.codes(name) if "_" in code}
    told = " ".join(str(cell.value) for row in sheet.iter_rows(min_row=2) for cell in row)
    assert sheet.max_row > 1
    assert [code for code in codes if re.search(rf"\b{code}\b", told)] == []
