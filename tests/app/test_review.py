"""The review's console: coverage, one student, the caseload, a study; without a browser."""

from __future__ import annotations

import datetime as dt
import json

import pandas as pd
import pytest

from visitkit.app.review import ReviewConsole
from visitkit.app.review_jobs import one_student
from visitkit.app.review_study import StudyPage
from visitkit.app.review_tables import made_up, made_up_scores, outcomes_of, table_of
from visitkit.app.session import Session
from visitkit.errors import ReviewError, TableError
from visitkit.load import School
from visitkit.load.outcomes import accepted_headers
from visitkit.review import CaseReview, Study
from visitkit.review.study import ASSIGNMENTS
from visitkit.widgets.asking import Ask
from visitkit.widgets.outcome import OutcomePanel
from visitkit.widgets.reading import PageView

#: What a Chinese teacher writes over the columns.
HEADERS = {
    "student_id": "\u5b66\u53f7",
    "date": "\u65e5\u671f",
    "first_visit": "\u9996\u6b21\u5bb6\u8bbf\u65e5\u671f",
    "screening": "\u7b5b\u67e5",
}


def words(view: PageView) -> str:
    """Return what a page says, headings first."""
    lines = [line for one in view.sections for line in (one.heading, *one.sentences)]
    return "\n".join(lines)


def proposed(ask: Ask) -> dict[str, str]:
    """Return what stands in the fields."""
    return {one["name"]: one["value"] for one in ask.frame["fields"]}


@pytest.fixture
def school() -> School:
    """A made-up class of twelve, half of them visited."""
    ids = [f"S{place:02}" for place in range(1, 13)]
    return School.from_frames(
        students=pd.DataFrame({"student_id": ids, "class_id": "701"}),
        visits=pd.DataFrame({"student_id": ids[:6], "date": "2026-10-09", "form": "home"}),
    )


@pytest.fixture
def console(school: School) -> ReviewConsole:
    """The console over that class, in English."""
    session = Session("en")
    session.school, session.as_of = school, dt.date(2026, 11, 2)
    return ReviewConsole(session)


def test_without_a_school_it_says_what_to_do() -> None:
    """Nothing is counted, nothing breaks."""
    console = ReviewConsole(Session("en"))
    assert "Open a school first" in words(console.said)
    console.since.go({"since": ""})
    assert console.shown["coverage"].sections == ()


def test_coverage_is_counted(console: ReviewConsole) -> None:
    """Six of twelve, with a picture and its words; said again in the other language."""
    console.since.go({"since": ""})
    console.working.wait()
    page = console.shown["coverage"]
    assert console.working.state == "done", console.working.failure
    assert "12" in words(page)
    assert page.sections[0].images[0].alternative
    before = words(page)
    console.session.lang = "zh"
    console.working.wait()
    assert words(page) != before
    assert "12" in words(page)


def test_another_school_puts_the_count_away(console: ReviewConsole, school: School) -> None:
    """What was counted for one day is never shown for another."""
    console.since.go({"since": ""})
    console.working.wait()
    console.session.as_of = dt.date(2026, 10, 1)
    assert console.shown["coverage"].sections == ()


def test_one_student_and_the_caseload(console: ReviewConsole) -> None:
    """With made-up scores; without a reliability no change is called reliable."""
    console.practice.go({})
    console.one.go({**proposed(console.one), "student": "T03"})
    console.working.wait()
    assert "T03" in words(console.shown["student"])
    console.all.go(proposed(console.all))
    console.working.wait()
    assert len(console.shown["caseload"].sections) == 2
    console.one.go({**proposed(console.one), "student": "T03", "reliability": ""})
    console.working.wait()
    assert console.shown["student"].found is not None
    assert console.shown["student"].found.case is not None
    assert console.shown["student"].found.case.change is None


def test_what_cannot_be_reviewed_is_a_sentence(console: ReviewConsole) -> None:
    """The screening score as the only baseline; words where a number is asked for."""
    scores = made_up_scores()
    early = scores[scores["screening"] | (scores["date"] > "2026-10-15")]
    console._scored("own.csv", early.to_csv(index=False).encode())
    fields = {**proposed(console.all), "score": "2", "higher_is": "worse"}
    console.session.as_of = dt.date(2026, 12, 31)
    console.all.go(fields)
    console.working.wait()
    assert console.working.state == "failed"
    assert console.working.failure
    assert console.shown["caseload"].sections == ()
    console.all.go({**fields, "reliability": "very"})
    console.working.wait()
    assert "number" in console.working.failure


@pytest.mark.parametrize("design", ASSIGNMENTS)
def test_each_design_from_declaration_to_estimate(design: str) -> None:
    """What could be seen is said first and without the estimate; then both, in this order."""
    page = StudyPage(Session("en"))
    assert page.practice.go({"design": design})
    assert not page.estimate()  # nothing was declared
    assert page.declare.go(proposed(page.declare))
    before = words(page.panel)
    assert "could see" in before
    assert "In short" not in before
    assert not page.panel.estimated
    assert page.estimate()
    page.working.wait()
    assert page.working.state == "done", page.working.failure
    after = words(page.panel)
    assert after.index("could see") < after.index("In short")
    assert "What this cannot say" in after
    images = [one for section in page.panel.sections for one in section.images]
    assert images
    assert all(one.alternative for one in images)


def test_an_own_table_is_declared_by_its_columns() -> None:
    """Columns are chosen by name; the record of a threshold study is asked for."""
    page = StudyPage(Session("en"))
    table = made_up("randomised").table
    page._handed("own.csv", table.to_csv(index=False).encode())
    names = list(table.columns)
    places = {name: str(names.index(name)) for name in names}
    asked = {
        "design": "randomised",
        "outcome": places["lessons_missed"],
        "unit": places["student_id"],
        "treat": places["visited"],
        "baseline": places["missed_before"],
    }
    assert page.declare.go(asked)
    study = page.panel.study
    assert study is not None
    assert study.declared.outcome == ("lessons_missed",)
    assert study.declared.baseline == ("missed_before",)
    assert page.declare.go({**asked, "design": "threshold"})
    assert page.panel.study is None
    assert page.said.sections[1].tone == "warning"


def test_a_second_declaration_after_the_answer_is_told() -> None:
    """Whoever declares again after an estimate is told what that is worth."""
    page = StudyPage(Session("en"))
    page.practice.go({"design": "randomised"})
    asked = proposed(page.declare)
    page.declare.go(asked)
    first = page._frozen
    page.estimate()
    page.working.wait()
    page.declare.go({**asked, "baseline": ""})
    assert "declaration number 2" in words(page.said)
    assert page._frozen != first


def test_what_is_saved_holds_the_report() -> None:
    """Page, document and table."""
    page = StudyPage(Session("en"))
    page.practice.go({"design": "randomised"})
    page.declare.go(proposed(page.declare))
    page.estimate()
    page.working.wait()
    assert set(page._files()) == {"effects.csv", "report.docx", "report.html"}


def test_no_state_holds_a_student(console: ReviewConsole) -> None:
    """Sections travel in messages."""
    console.practice.go({})
    console.one.go({**proposed(console.one), "student": "T03"})
    console.working.wait()
    page = console.shown["student"]
    assert "T03" not in json.dumps(page.get_state(), default=repr)
    assert repr(console) == "ReviewConsole()"


@pytest.mark.parametrize(
    "data",
    [b"", b"\x00\x01\x02", b"PK\x03\x04 broken", b"a,b\n", "\u5b66\u53f7".encode("utf-16")],
)
@pytest.mark.parametrize("name", ["a.csv", "a.xlsx"])
def test_what_is_no_table_is_refused(name: str, data: bytes) -> None:
    """In words that quote no row."""
    with pytest.raises(ReviewError) as caught:
        table_of(name, data)
    assert caught.value.key == "app_review.no_table"


def test_numbers_of_students_stay_text() -> None:
    """A leading zero is part of the number."""
    found = table_of("a.csv", b"student_id,class_id,x\n007,01,3\n")
    assert found[["student_id", "class_id"]].iloc[0].tolist() == ["007", "01"]


def test_the_panel_speaks_both_languages() -> None:
    """Before and after the estimate."""
    made = made_up("randomised")
    settings = {name: value for name, value in made.settings.items() if name != "outcome"}
    panel = OutcomePanel("en")
    panel.declare(Study(made.table, made.settings["outcome"], "randomised", **settings))
    english = words(panel)
    panel.lang = "zh"
    assert not words(panel).isascii()
    assert words(panel) != english
    panel.estimate()
    assert panel.estimated
    panel.lang = "en"
    assert "In short" in words(panel)


def test_scores_under_chinese_headers() -> None:
    """A teacher's own headers, days and yes give the same review as ours."""
    console = ReviewConsole(Session("en", as_of=dt.date(2026, 12, 31)))
    ours = made_up_scores()
    theirs = ours.rename(columns=HEADERS)
    theirs[HEADERS["date"]] = pd.to_datetime(ours["date"]).dt.strftime("%Y/%m/%d")
    theirs[HEADERS["screening"]] = ours["screening"].map({True: "\u662f", False: ""})
    console._scored("a.csv", theirs.to_csv(index=False).encode("gb18030"))
    assert console.scores is not None
    one = ours["student_id"].iloc[0]
    asked = CaseReview(score="worry", higher_is="worse")
    day = dt.date(2026, 12, 31)
    found = one_student(asked, console.scores, one, day)
    wanted = one_student(asked, ours, one, day)
    assert found.case is not None
    assert wanted.case is not None
    assert found.case.words("en") == wanted.case.words("en")


@pytest.mark.parametrize(("kind", "gone"), [("scores", "date"), ("goals", "due")])
def test_a_missing_column_is_told_with_its_names(kind: str, gone: str) -> None:
    """Our name and the Chinese and English headers stand in the sentence; nothing is guessed."""
    row = dict.fromkeys((*HEADERS, "goal_id", "level", "due"), "1")
    del row[gone]
    with pytest.raises(TableError) as caught:
        outcomes_of(kind, "a.csv", pd.DataFrame([row]).to_csv(index=False).encode())
    assert caught.value.key == "load.outcome_columns"
    assert accepted_headers(gone) in str(caught.value)
    words = "\u65e5\u671f" if gone == "date" else "\u671f\u9650"
    assert words in str(caught.value)
