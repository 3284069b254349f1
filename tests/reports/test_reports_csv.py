"""The two csv files of a screening."""

from __future__ import annotations

import csv
import dataclasses
from pathlib import Path

import pandas as pd
import pytest

from visitkit.load import School
from visitkit.reports import write_screening
from visitkit.reports.csv_files import ALERTS, CASELOAD, write_table
from visitkit.screen.caseload import Caseload
from visitkit.screen.explain import reason_words


def rows(path: Path) -> list[dict[str, str]]:
    """Read a csv file as a program would."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def folder(cases: Caseload, school: School, tmp_path: Path) -> Path:
    """The files in English."""
    write_screening(cases, school, tmp_path, "en")
    return tmp_path


def test_columns_are_those_of_the_contract(folder: Path) -> None:
    """Other programs rely on these names, in both languages."""
    contract = (
        "student_id, class_id, tier, risk_index, coverage, basic, academic, attendance, behaviour, "
        "psychological, family, reason_1, reason_2, reason_3, alerts, stability"
    )
    assert ", ".join(rows(folder / "caseload.csv")[0]) == contract == ", ".join(CASELOAD)
    assert ", ".join(ALERTS) == "student_id, rule, opened, due, action, source, since, fact"
    assert tuple(rows(folder / "alerts.csv")[0]) == ALERTS


def test_excel_knows_the_encoding(folder: Path) -> None:
    """Both files begin with the mark without which Excel shows Chinese as noise."""
    for name in ("caseload.csv", "alerts.csv"):
        assert (folder / name).read_bytes()[:3] == b"\xef\xbb\xbf"


def test_every_student_once_and_in_order(folder: Path, cases: Caseload) -> None:
    """Nobody is left out, and figures are those of the caseload."""
    written = rows(folder / "caseload.csv")
    assert [row["student_id"] for row in written] == list(cases.table["student_id"])
    assert [row["tier"] for row in written] == list(cases.table["tier"])
    first = cases.table.iloc[0]
    assert float(written[0]["risk_index"]) == first["risk_index"]
    assert float(written[0]["academic"]) == first["academic"]


def test_unknown_is_empty_never_zero(folder: Path) -> None:
    """Dimensions of which nothing is known are empty cells."""
    (row,) = [row for row in rows(folder / "caseload.csv") if row["student_id"] == "S06"]
    assert row["tier"] == "unknown"
    assert row["family"] == row["stability"] == ""


def test_reasons_are_words(folder: Path, cases: Caseload) -> None:
    """The three reasons are those that explain tells, alerts first."""
    written = {row["student_id"]: row for row in rows(folder / "caseload.csv")}
    told = [written["S05"][f"reason_{place}"] for place in (1, 2, 3)]
    assert told == reason_words(cases, "S05", "en")
    assert written["S05"]["alerts"] == "unexcused_run;family_event"


def test_alerts_by_urgency(folder: Path) -> None:
    """A report within the school stands before visits, then by deadline; good news last."""
    written = rows(folder / "alerts.csv")
    assert [row["due"] for row in written[:4]] == [
        "2026-10-30",
        "2026-11-03 08:00",
        "2026-11-02",
        "",
    ]
    assert [row["rule"] for row in written[4:]] == ["sick_absence", "good_event"]
    assert written[0]["action"] == "call_parents"


def test_an_alert_tells_its_fact_as_a_code(folder: Path, cases: Caseload) -> None:
    """What the casebook needs to know of an alert stands in the file as screening found it."""
    found = {(row["student_id"], row["rule"]): row["fact"] for row in rows(folder / "alerts.csv")}
    held = cases.alerts.set_index(["student_id", "rule"])["fact"].astype("str")
    # A made-up family event is a formula, which arrives as text.
    assert {key: fact.removeprefix("'") for key, fact in found.items()} == held.to_dict()
    assert any(found.values())


def test_no_alerts(cases: Caseload, school: School, tmp_path: Path) -> None:
    """Without alerts the file has its header and no row."""
    calm = dataclasses.replace(cases, alerts=cases.alerts.iloc[:0])
    write_screening(calm, school, tmp_path, "en")
    assert rows(tmp_path / "alerts.csv") == []


def test_what_a_spreadsheet_would_run_is_text(
    cases: Caseload, school: School, tmp_path: Path
) -> None:
    """A student number or class that is a formula arrives as text; negative figures stay."""
    table = cases.table.assign(class_id="=HYPERLINK(1)", risk_index=-1.5)
    write_screening(dataclasses.replace(cases, table=table), school, tmp_path, "en")
    row = rows(tmp_path / "caseload.csv")[0]
    assert row["class_id"] == "'=HYPERLINK(1)"
    assert row["risk_index"] == "-1.5"


def test_names_never_reach_csv(cases: Caseload, school: School, tmp_path: Path) -> None:
    """Not even when names are asked for."""
    write_screening(cases, school, tmp_path, "en", names=True)
    content = (tmp_path / "caseload.csv").read_text("utf-8-sig")
    assert not any(name in content for name in school.students["name"])


def test_any_table(tmp_path: Path) -> None:
    """Days are written as days, missing cells are empty, text is guarded."""
    frame = pd.DataFrame({"day": pd.to_datetime(["2026-11-02", None]), "note": ["@x", None]})
    write_table(frame, tmp_path / "t.csv")
    assert rows(tmp_path / "t.csv") == [
        {"day": "2026-11-02", "note": "'@x"},
        {"day": "", "note": ""},
    ]
