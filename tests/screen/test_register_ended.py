"""A crisis that people closed asks for nothing any more; what is new does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visitkit.errors import ScreenError
from visitkit.load.school import School
from visitkit.policy import Policy, read_policy
from visitkit.screen.register import crisis_targets, register

Build = Callable[..., School]
PUPILS = [{"student_id": one, "class_id": "701", "grade": 7, "sex": "female"} for one in "ab"]
DAY = "2026-11-20"


@pytest.fixture(scope="module", name="plan_a")
def _plan_a() -> Policy:
    return read_policy("crisis-plan-a")


@pytest.fixture(name="school")
def _school(school_of: Build) -> School:
    return school_of(students=PUPILS)


def told(*rows: tuple[str, str, str]) -> pd.DataFrame:
    """Facts about student a: fact, day, number of the case."""
    frame = pd.DataFrame(rows, columns=["fact", "date", "case_id"])
    return frame.assign(student_id="a", about="", date=pd.to_datetime(frame["date"]))


def crisis(case: str, since: str, ended: str | None) -> dict[str, Any]:
    """What a crisis of student a answers for."""
    days = {"since": pd.Timestamp(since), "known": pd.Timestamp(since)}
    return {"student_id": "a", "rule": "critical_item", **days, "ended": ended, "case_id": case}


def matters(*rows: dict[str, Any]) -> pd.DataFrame:
    """The table of matters."""
    frame = pd.DataFrame(list(rows))
    return frame.assign(ended=pd.to_datetime(frame["ended"]))


def crises(table: pd.DataFrame) -> set[str]:
    """What of a crisis is asked for, of anybody."""
    return set(table.loc[table["rule"].str.startswith(("crisis", "readmission")), "what"])


SAID = told(
    ("suicide_or_attempt", "2026-10-12", "c-1"),
    ("ideation", "2026-10-12", "c-1"),
    ("harm_others", "2026-10-13", "c-1"),
    ("returned", "2026-10-20", "c-1"),
)


def test_a_closed_crisis_asks_for_nothing(school: School, plan_a: Policy) -> None:
    """Reports, watch, talks after the return and the support of classmates end with the case."""
    asked = register(school, plan_a, DAY, told=SAID)
    assert {"report_leading_body", "return_talk", "support_those_affected"} & crises(asked)
    assert "overdue" in set(asked["state"])
    closed = matters(crisis("c-1", "2026-10-12", "2026-11-16"))
    found = register(school, plan_a, DAY, told=SAID, matters=closed)
    assert crises(found) == set()
    # on the day before its end it still asked for all of it
    before = register(school, plan_a, "2026-11-13", told=SAID, matters=closed)
    assert crises(before) == crises(register(school, plan_a, "2026-11-13", told=SAID))


def test_what_was_told_on_the_last_day_belongs_to_its_case(school: School, plan_a: Policy) -> None:
    """The number of the case says it; a fact without one, of that day, is new."""
    said = told(("ideation", "2026-11-16", "c-1"))
    closed = matters(crisis("c-1", "2026-10-12", "2026-11-16"))
    assert crises(register(school, plan_a, DAY, told=said, matters=closed)) == set()
    said = said.drop(columns="case_id")
    assert "full_watch" in crises(register(school, plan_a, DAY, told=said, matters=closed))


def test_another_crisis_that_goes_on_is_not_touched(school: School, plan_a: Policy) -> None:
    """The first was closed while the second went on: the second asks for all it asks for."""
    rows = (crisis("c-1", "2026-10-12", "2026-11-16"), crisis("c-2", "2026-11-02", None))
    said = told(("ideation", "2026-10-12", "c-1"), ("ideation", "2026-11-03", "c-2"))
    for frame in (said, said.drop(columns="case_id")):
        found = register(school, plan_a, DAY, told=frame, matters=matters(*rows))
        days = found.loc[found["rule"] == "crisis.ideation", "opened"]
        assert set(days) == {pd.Timestamp("2026-11-03")}


def test_a_new_sign_is_new(school_of: Build, plan_a: Policy) -> None:
    """Words of despair after the end open a level of their own, dated by them."""
    blow = {"student_id": "a", "date": "2026-11-18", "kind": "bereavement"}
    school = school_of(students=PUPILS, events=[blow, {**blow, "kind": "despair_words"}])
    closed = matters(crisis("c-1", "2026-10-12", "2026-11-16"))
    said = pd.concat([SAID, told(("abnormal_signs", "2026-10-12", "c-1"))])
    found = register(school, plan_a, DAY, told=said, matters=closed)
    mine = found[found["rule"].str.startswith("crisis")]
    assert {"phone_counselling_room", "full_watch"} <= set(mine["what"])
    assert set(mine["opened"]) == {pd.Timestamp("2026-11-18")}
    # the attempt stays on record: who it concerns is still a target
    assert "suicide_tendency" in set(
        crisis_targets(school, plan_a, DAY, told=said, matters=closed)["target"]
    )


def test_a_report_to_the_police_is_never_closed_by_a_case(school_of: Build, plan_a: Policy) -> None:
    """How the child came to be hurt is asked whatever became of the crisis."""
    event = {"student_id": "a", "date": "2026-11-10", "kind": "student_injury"}
    school = school_of(students=PUPILS, events=[event])
    closed = matters(crisis("c-1", "2026-11-09", "2026-11-16"))
    found = register(school, plan_a, DAY, matters=closed)
    assert "ask_how_it_happened" in set(found["what"])


def test_a_missing_column_is_told(school: School, plan_a: Policy) -> None:
    """A table without the end of cases would close nothing or everything."""
    frame = matters(crisis("c-1", "2026-10-12", None)).drop(columns="ended")
    with pytest.raises(ScreenError) as caught:
        register(school, plan_a, DAY, told=SAID, matters=frame)
    assert caught.value.key == "screen.matters_column"


DAYS = st.dates(pd.Timestamp("2026-10-01").date(), pd.Timestamp("2026-11-19").date()).map(str)


@settings(max_examples=15)
@given(end=st.none() | DAYS, since=DAYS, facts=st.lists(DAYS, min_size=1, max_size=3))
def test_an_end_only_ever_takes_away(
    school_of: Build, plan_a: Policy, end: str | None, since: str, facts: list[str]
) -> None:
    """And a case that goes on takes nothing away."""
    if end is not None and end < since:
        since, end = end, since
    school = school_of(students=PUPILS)
    said = told(*(("ideation", day, "c-1") for day in facts))
    asked = register(school, plan_a, DAY, told=said)
    found = register(school, plan_a, DAY, told=said, matters=matters(crisis("c-1", since, end)))
    assert crises(found) == (set() if end else crises(asked))
