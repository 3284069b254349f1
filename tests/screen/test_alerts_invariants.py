"""Alerts of any school: order, the future, words for every rule, deadlines by their unit."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from visitkit import tables, text
from visitkit.calendar import Calendar
from visitkit.load.school import School
from visitkit.policy import Policy, read_policy
from visitkit.screen.alerts import RULES, alerts, fact_text, why
from visitkit.screen.alerts.clock import due
from visitkit.screen.alerts.rules import EVENT_RULES, KINDS
from visitkit.text import LANGUAGES


@pytest.fixture(scope="module", name="rules")
def _rules() -> Policy:
    return read_policy("recommended")


FEW = settings(
    max_examples=4,
    deadline=None,  # a whole school is read twice
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.fixture(scope="module", name="expected")
def _expected(full_school: School, rules: Policy) -> pd.DataFrame:
    return alerts(full_school, rules, "2026-12-10")


@FEW
@given(seed=st.integers(0, 2**32 - 1))
def test_the_order_of_rows_does_not_matter(
    full_school: School, rules: Policy, expected: pd.DataFrame, seed: int
) -> None:
    """Shuffled tables open the same alerts in the same order."""
    draw = np.random.default_rng(seed)
    shuffled = {
        name: frame.iloc[draw.permutation(len(frame))] for name, frame in full_school.tables.items()
    }
    other = replace(full_school, tables=shuffled)
    assert len(expected) > 10
    assert_frame_equal(alerts(other, rules, "2026-12-10"), expected)


@FEW
@given(day=st.dates(dt.date(2026, 9, 10), dt.date(2027, 1, 28)))
def test_the_future_opens_nothing(full_school: School, rules: Policy, day: dt.date) -> None:
    """Cutting off everything dated after the day gives the same alerts, none opened after it."""
    known = {
        name: frame[~(frame[date] > pd.Timestamp(day))]
        for name, frame in full_school.tables.items()
        for date in [next((c for c in ("date", "start", "since") if c in frame), None)]
        if date is not None
    }
    cut = replace(full_school, tables={**full_school.tables, **known})
    found = alerts(full_school, rules, day)
    assert_frame_equal(alerts(cut, rules, day), found)
    assert not (found["opened"] > pd.Timestamp(day)).any()


@pytest.mark.parametrize("lang", text.LANGUAGES)
def test_every_rule_has_its_words(lang: str) -> None:
    """Name, reason and action of each rule, and its kind, can be said in both languages."""
    for rule in RULES:
        for key in (f"rule.{rule.code}", f"action.{rule.action}", f"kind.{rule.kind}"):
            assert text.say(f"alerts.{key}", lang)
        told = why(rule.code, "3", dt.date(2026, 10, 30), lang)
        assert "2026-10-30" in told
        assert rule.kind in KINDS
        assert rule.owner in tables.codes("role")


def test_a_code_is_told_as_its_word() -> None:
    """No code meets a person."""
    word = tables.word("event_kind", "bereavement", "zh")
    assert fact_text("family_event", "bereavement", "zh") == word
    assert word in why("family_event", "bereavement", dt.date(2026, 10, 30), "zh")


@pytest.mark.parametrize(
    ("key", "limit", "expected"),
    [
        ("", 0, "2026-10-30 15:10"),  # at once: before the eight lessons of that day end
        ("x.y_hours", 0, "2026-10-30 15:10"),
        ("x.y_hours", 48, "2026-11-01 08:00"),  # the clock does not stop for a weekend
        ("x.y_periods", 2, "2026-10-30 09:40"),
        ("x.y_school_days", 2, "2026-11-03 08:00"),  # two school days after a Friday
    ],
)
def test_deadlines_by_their_unit(key: str, limit: int, expected: str) -> None:
    """Hours of the clock, lessons of the day, days of school."""
    policy = Policy("made", {key: limit}, {})
    calendar = Calendar.weekdays("2026-09-01", "2026-12-31")
    assert due(dt.date(2026, 10, 30), key, policy, calendar) == pd.Timestamp(expected)


def test_a_calendar_that_ends_too_early_still_gives_a_deadline() -> None:
    """Weekdays stand in where the calendar has no more school days."""
    policy = Policy("made", {"x.y_school_days": 2}, {})
    calendar = Calendar.weekdays("2026-09-01", "2026-10-30")
    found = due(dt.date(2026, 10, 30), "x.y_school_days", policy, calendar)
    assert found == dt.datetime(2026, 11, 3, 8)


def test_a_school_may_say_when_its_day_begins() -> None:
    """The hour and the length of a lesson are the school's where it sets them."""
    values = {
        "x.y_periods": 2,
        "absence.day_begins": "07:30",
        "absence.lesson_minutes": 40,
        "absence.break_minutes": 5,
    }
    calendar = Calendar.weekdays("2026-09-01", "2026-12-31")
    found = due(dt.date(2026, 10, 30), "x.y_periods", Policy("made", values, {}), calendar)
    assert found == dt.datetime(2026, 10, 30, 8, 55)


@pytest.mark.parametrize("rule", [*EVENT_RULES, "serious_conduct"])
def test_no_fact_is_a_code(rule: str) -> None:
    """Every kind of event or behaviour is told in a Chinese word by every rule that names it."""
    vocabulary = "behaviour_kind" if rule == "serious_conduct" else "event_kind"
    told = [fact_text(rule, code, "zh") for code in tables.codes(vocabulary)]
    assert [word for word in told if word.isascii()] == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_one_is_told_in_the_singular(lang: str) -> None:
    """A count of one has a sentence of its own wherever the noun stands beside it."""
    day = dt.date(2026, 10, 30)
    for rule in ("critical_item", "critical_missing", "unexcused_run", "sick_absence"):
        said = text.say(f"alerts.why.{rule}_one", lang, fact="1", date=day.isoformat())
        assert why(rule, "1", day, lang) == said
        many = text.say(f"alerts.why.{rule}", lang, fact="2", date=day.isoformat())
        assert why(rule, "2", day, lang) == many
