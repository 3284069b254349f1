"""The files of a plan as a school gets them: complete, offline, and silent where they must be."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from xml.etree import ElementTree

import openpyxl
import pytest

from visitkit import load, sample
from visitkit.cli import main

ASKED = ("--start", "2026-11-02", "--days", "2", "--seconds", "2", "--lang", "en")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of a short round of the sample school."""
    out = tmp_path_factory.mktemp("round")
    main(["plan", str(sample.sample_folder()), *ASKED, "--out", str(out)])
    return out


@pytest.fixture(scope="module")
def school() -> load.School:
    """The sample school."""
    return load.read_school(sample.sample_folder())


def rows(path: Path) -> list[dict[str, str]]:
    """Return the rows of a csv file."""
    with path.open(encoding="utf-8-sig", newline="") as handle:
        return list(csv.DictReader(handle))


def test_the_tables_have_the_agreed_columns(folder: Path) -> None:
    """Programs read these files: the columns and their order are a contract."""
    visits, left = rows(folder / "visits.csv"), rows(folder / "unassigned.csv")
    assert list(visits[0]) == [
        "date",
        "start",
        "end",
        "student_id",
        "visitors",
        "form",
        "duty",
        "due",
        "travel_minutes",
        "order",
    ]
    assert list(left[0]) == ["student_id", "duty", "due", "reason"]
    assert all(row["reason"] for row in left)
    told = ("student_id", "duty")
    planned = {tuple(row[name] for name in told) for row in visits}
    assert not planned & {tuple(row[name] for name in told) for row in left}


def test_every_visit_is_on_the_sheets_and_in_the_calendars(folder: Path) -> None:
    """A family that is planned is never missing from the paper or the calendar of who goes."""
    sheets = (folder / "sheets.html").read_text("utf-8")
    for row in rows(folder / "visits.csv"):
        assert row["student_id"] in sheets
        for teacher in row["visitors"].split(";"):
            content = (folder / f"visits_{teacher}.ics").read_bytes().decode()
            assert row["student_id"] in content.replace("\r\n ", "")


def test_pages_ask_for_nothing_from_outside(folder: Path) -> None:
    """No address of another machine in any page, and nothing fetched."""
    for path in folder.glob("*.html"):
        content = path.read_text("utf-8")
        assert "://" not in content.replace("http://www.w3.org/2000/svg", ""), path.name
        assert not re.search(r"<(script|link|img|iframe)[^>]+(src|href)=", content), path.name


def test_no_name_in_files_that_travel(folder: Path, school: load.School) -> None:
    """Maps, tracks, calendars and tables hold numbers; names stand on the printed sheet only."""
    names = [*school.students["name"].dropna(), *school.guardians["phone"].dropna()]
    paths = [folder / name for name in ("visits.csv", "visits.geojson", "visits.gpx", "map.html")]
    for path in [*paths, *folder.glob("*.ics")]:
        content = path.read_text("utf-8")
        assert [name for name in names if str(name) in content] == [], path.name


def test_nothing_of_a_questionnaire_on_a_sheet(folder: Path, school: load.School) -> None:
    """No instrument, scale or item of a psychological survey leaves the school on paper."""
    content = (folder / "sheets.html").read_text("utf-8").lower()
    instruments = {str(name).lower() for name in school.surveys["instrument"].dropna()}
    assert instruments
    assert [name for name in instruments if name in content] == []
    for word in ("suicid", "depress", "anxiety", "diagnos", "crisis"):
        assert word not in content, word


def test_calendars_keep_the_standard(folder: Path) -> None:
    """Lines end in CRLF and hold at most 75 octets (RFC 5545, section 3.1)."""
    paths = list(folder.glob("*.ics"))
    assert paths
    for path in paths:
        content = path.read_bytes()
        lines = content.split(b"\r\n")
        assert b"\n" not in content.replace(b"\r\n", b"")
        assert max(map(len, lines)) <= 75
        assert content.count(b"BEGIN:VEVENT") == content.count(b"END:VEVENT")


def test_map_and_tracks_are_well_formed(folder: Path) -> None:
    """GeoJSON holds longitude before latitude, GPX is XML, both within the sample's county."""
    features = json.loads((folder / "visits.geojson").read_text("utf-8"))["features"]
    points = [f["geometry"]["coordinates"] for f in features if f["geometry"]["type"] == "Point"]
    assert points
    assert all(70 < lon < 140 and 15 < lat < 55 for lon, lat in points)
    track = ElementTree.parse(folder / "visits.gpx").getroot()
    assert track.tag == "{http://www.topografix.com/GPX/1/1}gpx"


def test_the_workbook_holds_every_visit(folder: Path) -> None:
    """The first sheet lists as many visits as the table."""
    book = openpyxl.load_workbook(folder / "itineraries.xlsx")
    cells = {str(cell.value) for sheet in book for line in sheet.iter_rows() for cell in line}
    missing = {row["student_id"] for row in rows(folder / "visits.csv")} - cells
    assert missing == set()
