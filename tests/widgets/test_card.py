"""The card: what the stage says, both tiers, no name unless asked, nothing typed run or lost."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

import pytest

from visitkit import policy, sample, screen, text
from visitkit.calendar import Calendar
from visitkit.errors import ScreenError
from visitkit.load import School
from visitkit.screen.explain import words_by_kind
from visitkit.widgets.card import StudentCard
from visitkit.widgets.card_state import Given, card
from visitkit.widgets.card_tier import CHOICES, LONGEST, REASON_CODES, Override, faults

from .page import Page

DAY = dt.date(2026, 11, 2)
GROUNDS = {
    "reason_code": "seen_by_person",
    "reason": "<b>came</b> to school every day",
    "until": "2026-12-01",
}


@pytest.fixture(scope="module")
def school() -> School:
    """A small made-up school."""
    made = sample.make_school(seed=3, students=120)
    return School(made.tables, Calendar.from_frame(made.tables["calendar"]))


@pytest.fixture(scope="module")
def cases(school: School) -> screen.Caseload:
    """Its caseload."""
    rules = policy.read_policy("recommended")
    figures = screen.indicators(school, as_of=DAY)
    risk = screen.RiskIndex.from_policy(rules).fit(figures).assess(figures)
    return screen.caseload(risk, screen.alerts(school, rules, as_of=DAY), rules, capacity=15)


@pytest.fixture
def view(cases: screen.Caseload, school: School) -> StudentCard:
    """A card of a student whose tier a person may change."""
    made = StudentCard(cases, school, "en")
    routine = cases.table.loc[cases.table["tier"] == "routine", "student_id"].iloc[0]
    made.turn_to(str(routine))
    return made


def decide(page: Page, view: StudentCard, **changes: Any) -> list[str]:
    """Let the person put a tier on record; return the kinds of answer."""
    content = {"student": view.student, "tier": "priority", **GROUNDS, **changes}
    return [str(one["kind"]) for one in page.say("decide", **content)]


@pytest.mark.parametrize("lang", text.LANGUAGES)
def test_the_card_tells_what_the_stage_tells(
    cases: screen.Caseload, school: School, lang: str
) -> None:
    """Reasons, what helps and what is not known are the sentences of the stage, for everyone."""
    for student in cases.table["student_id"].head(25):
        told = card(Given(cases, school), student, lang)
        words = words_by_kind(cases, student, lang)
        assert [one["words"] for one in told["alerts"]] == words["alert"]  # type: ignore[attr-defined]
        assert told["concerns"] == words["concern"]
        assert told["protects"] == words["protects"]
        assert told["unknown"] == words["unknown"]
        assert len(told["dimensions"]) == 6  # type: ignore[arg-type]


def test_what_is_not_known_is_not_zero(cases: screen.Caseload, school: School) -> None:
    """A dimension without figures has no score, and an index that may not be read is not shown."""
    row = cases.table.iloc[-1]
    blank = cases.table.copy()
    blank.loc[blank.index[-1], ["academic", "tier"]] = [float("nan"), "unknown"]
    told = card(Given(_with(cases, blank), school), str(row["student_id"]), "en")
    academic = next(one for one in told["dimensions"] if one["word"] == "Study")  # type: ignore[attr-defined]
    assert academic["score"] is None
    assert "not known" in academic["line"]
    assert f"{row['risk_index']:.1f}" not in str(told["standing"])


def _with(cases: screen.Caseload, table: Any) -> screen.Caseload:
    return dataclasses.replace(cases, table=table)


def test_later_rows_change_nothing(cases: screen.Caseload, school: School) -> None:
    """Contacts and trends stop at the day on which we stand."""
    known = school.table("visits")
    later = known[known["date"] > "2026-11-02"]["date"].dt.strftime("%Y-%m-%d").tolist()
    for student in cases.table["student_id"].head(20):
        told = repr(card(Given(cases, school), student, "en"))
        assert not [day for day in later if day in told and day > "2026-12-02"]


def test_names_only_where_they_are_asked_for(cases: screen.Caseload, school: School) -> None:
    """The card speaks of a number; asked, it adds the name."""
    students = school.students.dropna(subset=["name"])
    student, name = students[["student_id", "name"]].iloc[0]
    assert name not in repr(card(Given(cases, school), student, "zh"))
    assert card(Given(cases, school, names=True), student, "zh")["name"] == name


def test_both_tiers_are_kept(view: StudentCard) -> None:
    """A person's tier stands beside the computed one, with grounds as typed and a last day."""
    page = Page(view)
    assert decide(page, view) == ["card", "saved"]
    (made,) = view.overrides
    assert made == Override(
        view.student, "routine", "priority", "seen_by_person", GROUNDS["reason"],
        dt.date(2026, 12, 1), DAY,
    )  # fmt: skip
    told = page.last("card")[0]["card"]
    assert told["tier"]["code"] == "routine"
    assert told["decided"]["code"] == "priority"
    assert GROUNDS["reason"] in told["decided"]["line"]
    assert made.told()["reason_code"] == "seen_by_person"
    assert decide(page, view, tier="watch") == ["card", "saved"]
    assert [one.tier for one in view.overrides] == ["watch"]
    page.say("withdraw", student=view.student)
    assert view.overrides == ()


def test_a_tier_that_ran_out_is_shown_no_more(
    view: StudentCard, cases: screen.Caseload, school: School
) -> None:
    """After its last day only the computed tier stands."""
    old = Override(view.student, "routine", "priority", "other", "seen", DAY - dt.timedelta(1))
    told = card(Given(cases, school, overrides={view.student: old}), view.student, "en")
    assert told["decided"] is None


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"tier": "routine"}, "tier"),
        ({"tier": "unknown"}, "tier"),
        ({"tier": "<b>"}, "tier"),
        ({"tier": None}, "tier"),
        ({"reason_code": "because"}, "reason_code"),
        ({"reason": "   "}, "reason"),
        ({"reason": "x" * (LONGEST + 1)}, "reason"),
        ({"reason": ["x"]}, "reason"),
        ({"until": "2026-11-02"}, "until"),
        ({"until": "2030-01-01"}, "until"),
        ({"until": "soon"}, "until"),
        ({"until": 20261201}, "until"),
    ],
)
def test_a_decision_that_is_not_whole_is_told(
    view: StudentCard, changes: dict[str, Any], field: str
) -> None:
    """What is wrong is named, and nothing is put on record."""
    page = Page(view)
    assert decide(page, view, **changes) == ["wrong"]
    assert page.last("wrong")[0]["fields"] == [field]
    assert view.overrides == ()


@pytest.mark.parametrize(
    "content",
    [
        {"kind": "decide", "tier": "priority", **GROUNDS},
        {"kind": "decide", "student": "S-OTHER", "tier": "priority", **GROUNDS},
        {"kind": "visit", "student": "S-OTHER", "on": True},
        {"kind": "withdraw", "student": ["S"]},
        {"kind": "open", "student": "S0001"},
        ["decide"],
    ],
)
def test_a_message_about_another_student_does_nothing(view: StudentCard, content: object) -> None:
    """A card opened meanwhile does not get what was typed for the one before."""
    page = Page(view)
    assert page.raw(content) == []
    assert (view.overrides, view.chosen) == ((), ())


def test_the_list_for_visits(view: StudentCard) -> None:
    """The button puts a student on the list once, and takes her off."""
    page = Page(view)
    page.say("visit", student=view.student, on=True)
    page.say("visit", student=view.student, on=True)
    assert view.chosen == (view.student,)
    assert page.last("card")[0]["card"]["chosen"] is True
    page.say("visit", student=view.student, on="yes")
    page.say("visit", student=view.student, on=False)
    assert view.chosen == ()


def test_codes_are_those_of_the_casebook() -> None:
    """Kinds of reason and their words come from where the casebook takes them."""
    assert "seen_by_person" in REASON_CODES
    for lang in text.LANGUAGES:
        words = StudentCard(lang=lang).words
        assert set(words["codes"]) == set(REASON_CODES)
        assert set(words["tiers"]) == set(CHOICES)


def test_nobody_and_a_stranger(cases: screen.Caseload) -> None:
    """Without a caseload the card is empty; a student who is not on the list is an error."""
    page = Page(StudentCard(lang="en"))
    assert [one["card"] for one in page.say("ready")] == [None]
    with pytest.raises(ScreenError, match="S-NOBODY"):
        StudentCard(cases, lang="en").turn_to("S-NOBODY")


def test_nothing_of_a_student_is_saved(view: StudentCard) -> None:
    """Printed line and saved state hold no number and no grounds."""
    decide(Page(view), view)
    kept = repr(view) + repr(view.get_state()) + repr(view.overrides)
    assert view.student not in kept
    assert "came" not in kept


def test_faults_of_an_empty_message() -> None:
    """All four parts are asked for."""
    assert faults({}, "routine", DAY) == ["tier", "reason_code", "reason", "until"]
