"""The board of alerts: none is lost, overdue first, answered last, hours told by the calendar."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from visitkit import policy, sample, screen, text
from visitkit.calendar import Calendar
from visitkit.load import School
from visitkit.screen.alerts.left import Left
from visitkit.widgets.board import AlertBoard
from visitkit.widgets.board_state import Board, board, left_words

from .page import Page


@pytest.fixture(scope="module")
def school() -> School:
    """A small made-up school."""
    made = sample.make_school(seed=5, students=150)
    return School(made.tables, Calendar.from_frame(made.tables["calendar"]))


@pytest.fixture(scope="module")
def cases(school: School) -> screen.Caseload:
    """Its caseload with one more alert of a rule of the school's own, with markup in its fact."""
    rules = policy.read_policy("recommended")
    figures = screen.indicators(school, as_of="2026-11-02")
    risk = screen.RiskIndex.from_policy(rules).fit(figures).assess(figures)
    alerts = screen.alerts(school, rules, as_of="2026-11-02")
    own = alerts.head(1).assign(
        rule="own_rule",
        kind="visit",
        fact="<img src=x onerror=alert(1)>",
        answered=pd.NaT,
        due=pd.Timestamp("2026-11-02 11:30"),
    )
    return screen.caseload(risk, pd.concat([alerts, own], ignore_index=True), rules)


def rows(shown: Board) -> list[dict[str, str]]:
    """Return all rows of a board in order."""
    return [row for group in shown.groups for row in group["rows"]]  # type: ignore[attr-defined]


def test_no_alert_is_lost(cases: screen.Caseload, school: School) -> None:
    """As many rows as alerts, and the counts add up."""
    shown = board(cases, school, "en")
    assert len(rows(shown)) == len(cases.alerts)
    counts = shown.counts
    assert counts["waiting"] + counts["answered"] + counts["good"] == len(cases.alerts)
    assert 0 < counts["late"] <= counts["waiting"]
    found = sorted(row["student"] for row in rows(shown))
    assert found == sorted(cases.alerts["student_id"])


def test_overdue_first_answered_last(cases: screen.Caseload, school: School) -> None:
    """Within a matter: the latest first, then what runs out soonest, then what was answered."""
    order = {"late": 0, "waits": 1, "answered": 2}
    for group in board(cases, school, "en").groups:
        told = group["rows"]
        states = [order[row["state"]] for row in told]  # type: ignore[attr-defined]
        assert states == sorted(states)
        late = [row["due"][:10] for row in told if row["state"] == "late"]  # type: ignore[attr-defined]
        assert late == sorted(late)


def test_urgent_kinds_come_first(cases: screen.Caseload, school: School) -> None:
    """A talk about despair stands above a call to parents; good news stands last."""
    kinds = [str(group["kind"]) for group in board(cases, school, "en").groups]
    assert kinds.index("crisis") < kinds.index("contact")
    assert kinds[-1] == "good" or "good" not in kinds


def test_the_clock_is_told_in_school_hours(cases: screen.Caseload, school: School) -> None:
    """Half past eleven is four lessons from eight o'clock, and late at noon."""
    morning = next(row for row in rows(board(cases, school, "en")) if "onerror" in row["fact"])
    assert (morning["left"], morning["state"]) == ("4 school hours left", "waits")
    noon = dt.datetime(2026, 11, 2, 12)
    later = next(row for row in rows(board(cases, school, "zh", noon)) if "onerror" in row["fact"])
    assert later["state"] == "late"
    assert later["left"] == text.say("widgets_board.left.late_today", "zh")


@pytest.mark.parametrize("lang", text.LANGUAGES)
@pytest.mark.parametrize("number", [0, 1, 2])
@pytest.mark.parametrize("kind", ["late_days", "lessons", "days", "hours", "far", "none"])
def test_every_clock_has_words(kind: str, number: int, lang: str) -> None:
    """No kind of clock is without a sentence."""
    assert left_words(Left(kind, number), lang)


def test_names_only_where_they_are_asked_for(cases: screen.Caseload, school: School) -> None:
    """The board speaks of numbers; asked, it adds names."""
    names = set(school.students["name"].dropna())
    plain, named = (
        Page(AlertBoard(cases, school, "zh")),
        AlertBoard(cases, school, "zh", names=True),
    )
    plain.say("ready")
    assert not [name for name in names if name in repr(plain.heard)]
    asked = Page(named)
    asked.say("ready")
    shown = asked.last("board")[0]["board"]
    assert {row["name"] for group in shown["groups"] for row in group["rows"]} <= names | {""}
    assert repr(named) == "AlertBoard()"
    assert not [name for name in names if name in repr(named.get_state())]


def test_a_card_is_asked_for_by_number(cases: screen.Caseload, school: School) -> None:
    """Only a student who has an alert; anything else is passed over."""
    view = AlertBoard(cases, school, "en")
    page = Page(view)
    for student in ("S-NOBODY", ["S1"], "<b>", None, "x" * 10**6):
        page.say("open", student=student)
    assert (view.student, view.asked) == ("", 0)
    known = str(cases.alerts["student_id"].iloc[0])
    page.say("open", student=known)
    page.say("open", student=known)
    assert (view.student, view.asked) == (known, 2)


def test_without_a_caseload_it_says_so() -> None:
    """Nothing open, nothing shown, no error."""
    view = AlertBoard(lang="en")
    page = Page(view)
    assert [one["board"] for one in page.say("ready")] == [None]
    assert view.board is None
