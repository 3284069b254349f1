"""The files of a plan: golden rows, whole or not at all, the same bytes, nothing a sheet runs."""

from __future__ import annotations

import csv
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from visitkit.errors import PlanError, VisitkitError
from visitkit.load import School
from visitkit.plan import Duties, VisitPlan, kept_visits
from visitkit.policy import Policy
from visitkit.reports import Beside, write_visits
from visitkit.reports.visits.pages import not_to_raise, offers, sheets
from visitkit.reports.visits.rows import Round
from visitkit.reports.visits.write import file_word
from visitkit.screen.caseload import Caseload

GOLDEN = (
    "date,start,end,student_id,visitors,form,duty,due,travel_minutes,order\n"
    "2026-11-02,16:42,17:22,S01,T1;T2,home,quota.head_teacher@2026-09-01,2026-11-06,12,1\n"
    "2026-11-02,16:45,17:25,S04,T4,home,quota.head_teacher@2026-09-01,,12,1\n"
    "2026-11-02,17:30,18:10,S02,T1;T2,home,immediate.family_event@2026-10-29;"
    "quota.head_teacher@2026-09-01,2026-11-06,8.5,2\n"
    "2026-11-03,16:50,17:30,S03,T2;T3,home,quota.head_teacher@2026-09-01,2026-11-06,20,1\n"
)
PAGES = ("sheets.html", "appointments.html", "safety.html", "map.html")


@pytest.fixture
def folder(
    tmp_path: Path,
    plan: VisitPlan,
    owed: Duties,
    school: School,
    policy: Policy,
    cases: Caseload,
) -> Path:
    """The files in English and Chinese."""
    for lang in ("en", "zh"):
        write_visits(plan, owed, school, policy, tmp_path / lang, lang, beside=Beside(cases))
    return tmp_path


def rows_of(path: Path) -> list[dict[str, str]]:
    """Return the rows of a csv file."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_visits_csv_by_hand(folder: Path) -> None:
    """Four visits worked out by hand, in order of day, hour and student, with a mark for Excel."""
    raw = (folder / "en" / "visits.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    assert raw.decode("utf-8-sig").replace("\r\n", "\n") == GOLDEN
    assert raw == (folder / "zh" / "visits.csv").read_bytes()


def test_visits_csv_is_read_back(folder: Path, plan: VisitPlan) -> None:
    """The planner keeps the visits that it wrote."""
    table = pd.read_csv(
        folder / "en" / "visits.csv", dtype=str, encoding="utf-8-sig", keep_default_na=False
    )
    assert plan.problem is not None
    kept = kept_visits(table, plan.problem.requests, plan.problem.visitors)
    assert {(one.student_id, one.session, one.crew) for one in kept} == {
        (one.student_id, one.session, one.crew) for one in plan.visits
    }


def test_unassigned_csv_tells_reasons(folder: Path) -> None:
    """The earliest due comes first, reasons are sentences, a formula is text."""
    rows = rows_of(folder / "en" / "unassigned.csv")
    assert list(rows[0]) == ["student_id", "duty", "due", "reason"]
    assert [(row["student_id"], row["due"]) for row in rows] == [("S05", "2026-11-09"), ("S01", "")]
    assert rows[0]["reason"].startswith("No address")
    assert rows[1]["duty"] == "'=cmd()"
    assert rows_of(folder / "zh" / "unassigned.csv")[0]["reason"] != rows[0]["reason"]


def test_same_plan_same_bytes(
    folder: Path,
    plan: VisitPlan,
    owed: Duties,
    school: School,
    policy: Policy,
    cases: Caseload,
) -> None:
    """Nothing of the machine's clock is in a file, the workbook included."""
    first = {path.name: path.read_bytes() for path in (folder / "en").iterdir()}
    made = write_visits(plan, owed, school, policy, folder / "b", "en", beside=Beside(cases))
    assert {path.name: path.read_bytes() for path in made} == first


def test_whole_or_not_at_all(
    tmp_path: Path, plan: VisitPlan, owed: Duties, school: School, policy: Policy
) -> None:
    """When one file cannot be written, none is."""
    (tmp_path / "visits.gpx").mkdir()
    with pytest.raises(VisitkitError):
        write_visits(plan, owed, school, policy, tmp_path, "en")
    assert [path.name for path in tmp_path.iterdir()] == ["visits.gpx"]


def test_a_plan_without_its_problem(
    tmp_path: Path, plan: VisitPlan, owed: Duties, school: School, policy: Policy
) -> None:
    """A plan that does not know what it was made from is refused in words."""
    with pytest.raises(PlanError) as caught:
        write_visits(replace(plan, problem=None), owed, school, policy, tmp_path)
    assert caught.value.key == "plan.unknown_problem"


def test_an_empty_plan(
    tmp_path: Path, plan: VisitPlan, owed: Duties, school: School, policy: Policy
) -> None:
    """No visits make files that say so; whoever had a calendar gets an empty one."""
    write_visits(plan, owed, school, policy, tmp_path, "en")
    empty = replace(plan, outings=(), unassigned=())
    made = write_visits(empty, owed, school, policy, tmp_path, "en")
    assert {path.name for path in made if path.suffix == ".ics"} == {
        f"visits_T{number}.ics" for number in range(1, 5)
    }
    for path in made:
        if path.suffix == ".ics":
            assert b"VEVENT" not in path.read_bytes()
    assert "The plan has no visits." in (tmp_path / "sheets.html").read_text("utf-8")


def test_workbook(folder: Path) -> None:
    """Overview, a sheet a teacher, appointments, left out, load; A4, no formula."""
    book = openpyxl.load_workbook(folder / "en" / "itineraries.xlsx")
    teachers = ["T1 Li Yi", "T2 Wu Er", "T3 Yu San", "T4 Qi Si"]
    rest = ["Appointments", "Left out", "Load", "About"]
    assert book.sheetnames == ["Overview", *teachers, *rest]
    for sheet in book:
        assert sheet.freeze_panes is not None
        assert str(sheet.page_setup.paperSize) == sheet.PAPERSIZE_A4
        assert all(cell.data_type != "f" for row in sheet for cell in row)
    load = [[cell.value for cell in row[:7]] for row in book["Load"].iter_rows(min_row=2)]
    assert load[1] == ["T2", "Wu Er", 3, 1, 2, 2, 2]
    assert book["Overview"]["G2"].value == "=1+1"
    assert book["Overview"]["G2"].quotePrefix


class Outline(HTMLParser):
    """Collects tags, header cells without scope and addresses."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.loose: list[str] = []
        self.links: list[str] = []
        self.lang = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at a tag."""
        found = dict(attrs)
        self.tags.append(tag)
        self.lang = found.get("lang") or self.lang
        if tag == "th" and "scope" not in found:
            self.loose.append(tag)
        self.links += [str(found[one]) for one in ("src", "href") if one in found]


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_pages_are_self_contained(folder: Path, lang: str, name: str) -> None:
    """No network, no script, header cells with a scope, names are text."""
    page = (folder / lang / name).read_text("utf-8")
    seen = Outline()
    seen.feed(page)
    assert seen.lang == {"en": "en", "zh": "zh-CN"}[lang]
    assert seen.loose == []
    assert seen.links == []
    assert "script" not in seen.tags
    assert "http" not in page
    assert "url(" not in page


def test_a_sheet_a_teacher_and_day(told: Round) -> None:
    """T2 goes on two days, so there are five pages; the marks count on within a crew and day."""
    pages = sheets(told)
    assert [(page.teacher, page.date.day) for page in pages] == [
        ("T1", 2),
        ("T2", 2),
        ("T2", 3),
        ("T3", 3),
        ("T4", 2),
    ]
    assert [block.stop.mark for block in pages[0].blocks] == ["A1", "A2"]
    assert [page.blocks[0].others for page in pages] == ["Wu Er", "Li Yi", "Yu San", "Wu Er", ""]


def test_purpose_names_no_reason(told: Round) -> None:
    """A visit after a matter in the family says so nowhere; only the kind is in words."""
    by_student = {stop.visit.student_id: stop.purpose for stop in told.stops}
    assert by_student["S02"].kind == "immediate"
    assert by_student["S02"].matters == ("family_event",)
    assert by_student["S02"].words == "visit on a current matter"
    assert by_student["S01"].kind == "regular"


def test_appointments(folder: Path, told: Round) -> None:
    """Calls are due a day before, each family has a slip that names no reason."""
    assert [offer.call_by for offer in offers(told)][:2] == ["2026-11-01 16:42", "2026-11-01 16:45"]
    page = (folder / "en" / "appointments.html").read_text("utf-8")
    slips = page.split("data-slip")[1:]
    assert len(slips) == 4
    for slip in slips:
        assert "current matter" not in slip
        assert "quota" not in slip
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "00033334444" in page


def test_safety_report(folder: Path, policy: Policy) -> None:
    """A page a trip: where, when back, dark on the way home, the rules with their sources."""
    page = (folder / "en" / "safety.html").read_text("utf-8")
    assert page.count('<article class="page"') == 3
    assert page.count("the way home is after sunset") == 2
    assert "18:56" in page  # home at 18:26 and 30 minutes' grace
    for key in ("safety.phone_reachable", "safety.unlicensed_barred", "safety.report_before"):
        assert policy.source(key) in page


def test_rules_follow_the_policy(told: Round) -> None:
    """What a school does not ask for is not on its sheets."""
    strict = told.given
    loose = strict.policy.with_values(
        {"access.visible_labels": True, "access.neutral_wording": False}
    )
    assert len(not_to_raise(strict)) == len(not_to_raise(replace(strict, policy=loose))) + 2


def test_a_long_day_goes_on_on_a_second_page(told: Round) -> None:
    """Seven visits of one teacher on one day make two pages."""
    trip = told.trips[0]
    many = replace(told, trips=(replace(trip, stops=(trip.stops[0],) * 7),))
    pages = [page for page in sheets(many) if page.teacher == "T1"]
    assert [len(page.blocks) for page in pages] == [6, 1]
    assert [(page.page, page.pages) for page in pages] == [(1, 2), (2, 2)]


def test_file_words_differ() -> None:
    """Two teachers never share a calendar file."""
    names = ["T/1", "T%2F1", "T 1", "T1", "..", "\u674e"]
    assert len({file_word(name) for name in names}) == len(names)
    assert all("/" not in file_word(name) for name in names)
