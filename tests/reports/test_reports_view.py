"""What the files of a screening show, before it is put into any of them."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pandas as pd
import pytest

from visitkit.load import School
from visitkit.reports.alerts_view import days_late, grouped
from visitkit.reports.bars import strip
from visitkit.reports.page import render
from visitkit.reports.view import REASONS, view
from visitkit.screen.caseload import Caseload
from visitkit.screen.explain import words_by_kind


def test_no_name_is_even_known_unless_asked_for(cases: Caseload, school: School) -> None:
    """What is not wanted is not fetched, so no template can show it by mistake."""
    shown = view(cases, school, "en", names=False)
    assert {card.name for card in shown.cards} == {""}
    assert {row.name for row in (*shown.alerts, *shown.good_news)} == {""}
    named = view(cases, school, "en", names=True)
    assert {card.student_id: card.name for card in named.cards}["S09"] == "Name 9"


def test_students_without_a_name_keep_their_number(cases: Caseload, school: School) -> None:
    """A school without names can still ask for them."""
    students = school.students.assign(name=pd.Series([None] * 9, dtype="str"))
    nameless = dataclasses.replace(school, tables={**school.tables, "students": students})
    shown = view(cases, nameless, "en", names=True)
    assert {card.name for card in shown.cards} == {""}


def test_rows_of_the_school_may_stand_in_any_order(cases: Caseload, school: School) -> None:
    """Names are joined by number, never by position."""
    shuffled = school.students.sample(frac=1, random_state=3)
    other = dataclasses.replace(school, tables={**school.tables, "students": shuffled})
    assert view(cases, other, "en", names=True).cards == view(cases, school, "en", names=True).cards


def test_words_are_those_of_the_stage(cases: Caseload, school: School) -> None:
    """Reports word nothing themselves: reasons are those that screening gives."""
    for card in view(cases, school, "zh", names=False).cards:
        words = words_by_kind(cases, card.student_id, "zh")
        assert card.concerns == tuple(words["concern"])
        assert card.reasons == tuple([*words["alert"], *words["concern"]][:REASONS])


def test_every_student_and_every_alert_once(cases: Caseload, school: School) -> None:
    """Nothing is lost and nothing doubled on the way to paper."""
    shown = view(cases, school, "en", names=False)
    assert [card.student_id for card in shown.cards] == list(cases.table["student_id"])
    assert len(shown.alerts) + len(shown.good_news) == len(cases.alerts)
    assert sum(len(group.rows) for group in grouped(shown.alerts)) == len(shown.alerts)


def test_an_unknown_kind_of_alert_comes_first(cases: Caseload, school: School) -> None:
    """A school's own rule is not buried below ours, and its code stands for its name."""
    row = cases.alerts.iloc[[0]].assign(rule="own_rule", kind="own", due=pd.Timestamp("2027-01-01"))
    own = dataclasses.replace(cases, alerts=pd.concat([cases.alerts, row], ignore_index=True))
    shown = view(own, school, "en", names=False)
    assert grouped(shown.alerts)[0].matter == "own_rule"
    assert "own_rule" in render(shown)


def test_what_is_known_is_counted(cases: Caseload, school: School) -> None:
    """The share of students with data is counted by dimension; an empty list counts nothing."""
    shown = view(cases, school, "en", names=False)
    assert shown.known_share["attendance"] == 1.0
    assert shown.known_share["family"] == pytest.approx(8 / 9, abs=1e-12)  # one of nine unknown
    nobody = dataclasses.replace(cases, table=cases.table.iloc[:0], alerts=cases.alerts.iloc[:0])
    empty = view(nobody, school, "en", names=False)
    assert set(empty.known_share.values()) == {0.0}
    assert "No student needs to be looked at first" in render(empty)


def test_undecided_keys_are_those_that_decide_a_screening(cases: Caseload, school: School) -> None:
    """What the school should decide is told; rules on visits are not part of a screening."""
    shown = view(cases, school, "en", names=False)
    assert shown.weights_undecided
    assert "risk.cuts" in shown.undecided
    assert all(key.startswith(("risk.", "absence.", "trigger.")) for key in shown.undecided)
    assert all(cases.policy.source(key) == "undecided" for key in shown.undecided)


def test_a_caseload_without_a_day_says_so(cases: Caseload, school: School) -> None:
    """Figures that came without a day are reported as of an unknown one; nothing is overdue."""
    undated = dataclasses.replace(cases, as_of=None)
    shown = view(undated, school, "en", names=False)
    assert "As of unknown" in render(shown)
    assert not any(row.overdue_days for row in shown.alerts)


@pytest.mark.parametrize(
    ("due", "days"),
    [
        (dt.datetime(2026, 11, 1, 23, 59), 1),
        (dt.datetime(2026, 11, 2, 0, 0), 0),
        (dt.datetime(2026, 11, 2, 23, 59), 0),
        (dt.datetime(2026, 11, 3), 0),
        (None, 0),
    ],
)
def test_a_deadline_passes_at_the_end_of_its_day(due: dt.datetime | None, days: int) -> None:
    """On its own day a deadline has not passed, whatever the hour."""
    assert days_late(due, dt.date(2026, 11, 2)) == days


def test_a_strip_is_a_whole() -> None:
    """Parts follow each other and fill the strip; an empty one does not divide by nothing."""
    parts = strip({"a": 1, "b": 0, "c": 2})
    assert [part.start for part in parts] == [0.0, 33.33, 33.33]
    assert sum(part.width for part in parts) == pytest.approx(100, abs=0.02)  # two decimals each
    assert [part.width for part in strip({"a": 0})] == [0.0]
