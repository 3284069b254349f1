"""The register of any school: order, the future, more alerts, deadlines and words."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from visitkit import text
from visitkit.load.school import School
from visitkit.policy import Policy, names, read_policy
from visitkit.policy.levels import rank
from visitkit.screen.alerts import alerts
from visitkit.screen.instruments import score_table
from visitkit.screen.register import (
    COLUMNS,
    PRIORITIES,
    STATES,
    register,
    state_text,
    step_text,
    what_text,
    why_text,
)

AS_OF = "2026-12-10"
FEW = settings(
    max_examples=4,
    deadline=None,  # a whole school is read twice
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.fixture(scope="module", name="rules")
def _rules() -> Policy:
    return read_policy("recommended")


@pytest.fixture(scope="module", name="told")
def _told() -> pd.DataFrame:
    rows = [
        ("003", "suicide_or_attempt", "2026-11-30"),
        ("004", "returned", "2026-11-02"),
        ("005", "ideation", "2026-12-09"),
        ("006", "harm_others", "2026-12-09"),
    ]
    frame = pd.DataFrame(rows, columns=["student_id", "fact", "date"])
    return frame.assign(date=pd.to_datetime(frame["date"]))


@pytest.fixture(scope="module", name="opened")
def _opened(full_school: School, rules: Policy) -> pd.DataFrame:
    return alerts(full_school, rules, AS_OF)


@pytest.fixture(scope="module", name="scored")
def _scored(full_school: School) -> pd.DataFrame:
    return score_table(full_school.table("surveys"))


@pytest.fixture(scope="module", name="expected")
def _expected(full_school: School, rules: Policy, told: pd.DataFrame) -> pd.DataFrame:
    return register(full_school, rules, AS_OF, told=told)


@FEW
@given(seed=st.integers(0, 2**32 - 1))
def test_the_order_of_rows_changes_nothing(
    full_school: School, rules: Policy, told: pd.DataFrame, expected: pd.DataFrame, seed: int
) -> None:
    """Shuffled tables and shuffled facts lead to the same register."""
    draw = np.random.default_rng(seed)

    def mixed(frame: pd.DataFrame) -> pd.DataFrame:
        return frame.iloc[draw.permutation(len(frame))].reset_index(drop=True)

    shuffled = {name: mixed(frame) for name, frame in full_school.tables.items()}
    school = replace(full_school, tables=shuffled)
    assert_frame_equal(register(school, rules, AS_OF, told=mixed(told)), expected)


@FEW
@given(day=st.dates(dt.date(2026, 9, 20), dt.date(2027, 1, 15)))
def test_the_future_changes_nothing(
    full_school: School, rules: Policy, told: pd.DataFrame, day: dt.date
) -> None:
    """Rows dated after the day we stand on may be there or not."""
    cut = {}
    for name, frame in full_school.tables.items():
        dated = next((one for one in ("date", "start", "since") if one in frame), None)
        late = frame[dated] > pd.Timestamp(day) if dated and name != "calendar" else None
        cut[name] = frame if late is None else frame[~late.fillna(value=False)]
    school = replace(full_school, tables=cut)
    known = told[told["date"] <= pd.Timestamp(day)]
    assert_frame_equal(
        register(full_school, rules, day, told=told), register(school, rules, day, told=known)
    )


@settings(FEW, max_examples=8)
@given(data=st.data())
def test_one_more_alert_takes_nothing_away(
    full_school: School,
    rules: Policy,
    opened: pd.DataFrame,
    scored: pd.DataFrame,
    data: st.DataObject,
) -> None:
    """Whatever alert comes on top, each duty stays; none is lower, later or less pressing."""
    drop = data.draw(st.integers(0, len(opened) - 1))
    fewer = opened.drop(index=drop)
    before = register(full_school, rules, AS_OF, fewer, scored=scored)
    after = register(full_school, rules, AS_OF, opened, scored=scored)
    keys = ["student_id", "rule", "what", "step", "level"]
    matters = [*keys, "why"]
    urgent = list(PRIORITIES).index

    def best(table: pd.DataFrame) -> pd.DataFrame:
        table = table.assign(place=table["priority"].map(urgent))
        steady = table["step"].isin(
            ["crisis_report", "panel"]
        )  # their fact may become an earlier one
        table = table.assign(why=table["why"].mask(steady, ""))
        return table.groupby(matters).agg(place=("place", "min"), due=("due", "min"))

    old, new = best(before), best(after)
    assert old.index.isin(new.index).all()
    new = new.loc[old.index]
    assert (new["place"] <= old["place"]).all()
    assert (new["due"].isna() == old["due"].isna()).all()
    assert not (new["due"] > old["due"]).any()


def test_the_table_is_as_described(expected: pd.DataFrame, rules: Policy) -> None:
    """Columns and types, known codes, levels of the policy's scales, a state for each duty."""
    assert expected.dtypes.astype(str).to_dict() == COLUMNS
    assert not expected.duplicated().any()
    assert set(expected["priority"]) <= set(PRIORITIES)
    assert set(expected["state"]) <= set(STATES)
    crisis = expected["level"][expected["rule"].str.startswith("crisis")]
    for level in set(crisis) - {""}:
        assert rank(rules, level) >= 0
    ask = expected["state"] == "ask"
    assert (expected["due"].isna() & expected["answered"].isna() == ask).all()
    assert (expected["source"] != "").all()
    assert {"crisis_report", "ideation", "aftermath", "return_talk"} <= set(expected["step"])


def test_states_follow_the_clock(expected: pd.DataFrame) -> None:
    """Overdue lies before the day, due today on it, open after it."""
    days = expected["due"].dt.normalize()
    today = pd.Timestamp(AS_OF)
    assert (days[expected["state"] == "overdue"] < today).all()
    assert (days[expected["state"] == "due_today"] == today).all()
    assert (days[expected["state"] == "open"] > today).all()
    answered = expected[expected["state"] == "answered"]
    assert (answered["answered_by"] != "").all()
    assert (answered["answered"] >= answered["opened"]).all()


def test_deadlines_fall_where_the_policy_says(full_school: School, expected: pd.DataFrame) -> None:
    """Talks and rounds end with the lessons of a school day; clock hours run over weekends."""
    school_days = set(full_school.calendar.days.query("school_day")["date"])
    lessons = expected[expected["step"].isin(["second_stage", "persuasion", "return_talk"])]
    due = lessons["due"].dropna()
    inside = due[due <= pd.Timestamp(full_school.calendar.last)]
    assert len(inside) >= 5
    assert inside.dt.normalize().isin(school_days).all()
    paper = expected[expected["what"] == "written_crisis_report"]
    assert (paper["due"] - paper["opened"] == pd.Timedelta(hours=32)).all()  # from 8:00 on, 24 h
    assert paper["due"].dt.day_of_week.ge(5).any()


@pytest.mark.parametrize("name", names())
def test_every_profile_gives_a_register(full_school: School, name: str) -> None:
    """No shipped policy lacks a value the register needs, and each row has words."""
    policy = read_policy(name)
    if "absence.day_begins" not in policy:
        pytest.skip("a part that other policies build on")
    table = register(full_school, policy, AS_OF)
    assert len(table)
    for row in table.drop_duplicates(["step", "what", "why"]).itertuples():
        assert why_text(row.why, row.opened.date(), "en")
        assert "_" not in what_text(row.what, row.step, "en"), row.what


@pytest.mark.parametrize("lang", text.LANGUAGES)
def test_every_row_can_be_said(expected: pd.DataFrame, lang: str) -> None:
    """No bare code meets a person."""
    for row in expected.drop_duplicates(["step", "what", "why", "state"]).itertuples():
        said = [
            why_text(row.why, row.opened.date(), lang),
            what_text(row.what, row.step, lang),
            step_text(row.step, lang),
            state_text(row.state, lang),
        ]
        assert all(said)
        assert not any("_" in sentence for sentence in said), said


def test_classmates_are_told_of_nobody(expected: pd.DataFrame) -> None:
    """A row of one student never holds the number of another."""
    students = set(expected["student_id"])
    for row in expected[expected["rule"] == "crisis.exposed"].itertuples():
        others = students - {row.student_id}
        assert not any(other in f"{row.why} {row.chain} {row.who_id}" for other in others)
