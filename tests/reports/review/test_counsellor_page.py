"""The counsellor's page: every part that was asked for, no p-value, words beside pictures."""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from visitkit.reports.review import Changed, counsellor_page, write_counsellor
from visitkit.reports.review.counsellor import LISTED, counsellor_sections
from visitkit.review import (
    CaseloadReview,
    CaseReview,
    GoalAttainment,
    Norms,
    Reliability,
    help_review,
)
from visitkit.review.coverage import Coverage
from visitkit.sample import score_panel

DAY = dt.date(2026, 12, 1)
SCALE = Reliability(0.8, Norms(20, 5, "made up"))
WORRY = CaseReview(score="worry", higher_is="worse", reliability=SCALE, cutoff=25)


@pytest.fixture(scope="module")
def found() -> Changed:
    return reviewed(4)  # few, for each student is drawn


def reviewed(students: int) -> Changed:
    """Return what the page shows, of so many students with scores."""
    scores = score_panel(seed=1, students=students)
    quotas = pd.DataFrame(
        [("quota.student", "school", 40, 10, 40, 10, False)],
        columns=["rule", "level", "students", "reached", "visits_owed", "visits_made", "met"],
    )
    empty, day = pd.DataFrame(), pd.Timestamp(DAY)
    contacts = pd.DataFrame(columns=["level", "contacted"])
    coverage = Coverage(quotas, empty, contacts, empty, empty, None, None, empty, day, day)
    goals = pd.DataFrame({"student_id": ["T01", "T02"], "goal_id": ["a<b>", "b"]})
    helped = pd.DataFrame({"student_id": [f"X{place}" for place in range(LISTED + 7)]})
    helped = helped.assign(type="mentor", start="2026-09-01", end="2026-10-01")
    return Changed(
        DAY,
        1064,
        coverage,
        CaseloadReview(WORRY).fit(scores),
        WORRY.fit(scores[scores["student_id"] == "T03"]),
        GoalAttainment().fit(goals.assign(level=[1, None], due="2026-10-30"), DAY),
        help_review(helped, scores, WORRY, DAY),
    )


def test_every_part_is_there() -> None:
    """Coverage, caseload, all students on as many pages as they need, one student, goals, help."""
    parts = counsellor_sections(reviewed(26), "en")
    titles = [part.title for part in parts]
    assert titles[:3] == ["Visits done and owed", "How the students changed", "Student by student"]
    assert titles[3:] == ["One student", "Goals", "Help: before and after"]
    assert len(parts[2].pictures) == 2  # 24 on a page, 26 students
    assert parts[4].rows == [["T02", "b", "2026-10-30", "32"]]
    assert len(parts[5].rows) == LISTED
    assert "7" in parts[5].below


@pytest.fixture(scope="module")
def written(found: Changed, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return write_counsellor(found, tmp_path_factory.mktemp("written"), "en")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page(lang: str, found: Changed, written: list[Path]) -> None:
    """Self-contained, escaped, no p-value, a word for each picture, the warning on top."""
    # the English one stands in a file already: drawing it again would only take time
    in_file = written[0].read_text(encoding="utf-8")
    page = in_file if lang == "en" else counsellor_page(found, lang)
    assert "<script" not in page
    assert not re.search(r"""(?:src|href)=["'](?!data:)""", page)
    assert "<b>" not in page
    assert not re.search(r"\bp\s*[<=]|p-value|p\s*\u503c", page)
    assert page.count("<img") == len(re.findall(r'alt="[^"]{10,}"', page)) == 5
    assert page.index('class="private"') < page.index("<h1>")


def test_parts_not_asked_for_are_not_there() -> None:
    """An empty page has a head and a foot only."""
    assert counsellor_sections(Changed(DAY, 10), "en") == []
    assert "<section>" not in counsellor_page(Changed(DAY, 10), "en")


def test_no_rule_that_can_be_counted_is_said() -> None:
    """A policy that owes nothing has no bar and says so."""
    empty, day = pd.DataFrame(), pd.Timestamp(DAY)
    contacts = pd.DataFrame(columns=["level", "contacted"])
    nothing = Coverage(empty, empty, contacts, empty, empty, None, None, empty, day, day)
    (part,) = counsellor_sections(Changed(DAY, 10, nothing), "en")
    assert not part.pictures
    assert part.lines[-1] == "No rule owes anybody a visit that can be counted."


def test_the_files(found: Changed, written: list[Path], tmp_path: Path) -> None:
    """Two files, the same bytes twice; the document says what its pictures show."""
    again = write_counsellor(found, tmp_path, "en")
    assert [path.name for path in written] == ["counsellor.html", "counsellor.docx"]
    assert [path.read_bytes() for path in written] == [path.read_bytes() for path in again]
    with zipfile.ZipFile(written[1]) as packed:
        body = packed.read("word/document.xml").decode()
    assert len(re.findall(r'<wp:docPr [^>]*descr="[^"]{10,}"', body)) == 5
