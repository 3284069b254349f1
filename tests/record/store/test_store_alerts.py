"""Alerts become cases once: none is doubled, none is lost, none is opened blindly."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visitkit import record
from visitkit.errors import StoreError
from visitkit.record.alerted import ACTIONS

LATER = dt.datetime(2026, 11, 6, 9, tzinfo=dt.UTC)


def alerts(*rows: tuple[str, ...]) -> pd.DataFrame:
    """Alerts as in ``alerts.csv``: student, rule, day, and where told first day and fact."""
    names = ("student_id", "rule", "opened", "since", "fact")
    return pd.DataFrame([dict(zip(names, (*row, "", "", "")[:5], strict=True)) for row in rows])


CRITICAL = ("S1", "critical_item", "2026-11-05")
RUN = ("S2", "unexcused_run", "2026-11-05", "2026-11-03")


def take(store, *rows, **more):
    """Take alerts over an hour after the clock of the other entries."""
    return record.take_alerts(store, alerts(*rows), at=LATER, purpose="a test", **more)


def actions(told):
    """Return what became of each alert."""
    return told["action"].tolist()


def test_each_kind_opens_its_case(opened):
    """A crisis, a persuasion from the first day of absence, and a call that is no case."""
    with opened() as store:
        told = take(store, CRITICAL, RUN, ("S3", "good_event", "2026-11-05"))
        assert actions(told) == ["opened", "opened", "no_case"]
        assert told["kind"].tolist()[:2] == ["crisis", "persuasion"]
        crisis = store.case(told["case_id"][0], "a test")
        away = store.case(told["case_id"][1], "a test")
    assert [(one.step, one.facts["signal"], one.at) for one in crisis] == [
        ("signal", "critical_item", LATER)
    ]
    assert (crisis[0].actor, crisis[0].role) == ("T7", "counsellor")
    assert away[0].facts["since"] == "2026-11-03"


@pytest.mark.parametrize("rule", ["no_show", "left_without_reason", "leaving_talk"])
def test_the_case_keeps_the_sign_that_opened_it(opened, rule):
    """DO-03, DO-05: persuasion begins with the sign, from the day it was noted."""
    with opened() as store:
        told = take(store, ("S2", rule, "2026-11-05"))
        first = store.case(told["case_id"][0])[0]
        assert (first.facts["signal"], first.facts["since"]) == (rule, "2026-11-05")
        kept = store.history("2026-11-07").matters
        assert rule in set(kept["rule"])


def test_the_same_alerts_twice_change_nothing(opened):
    """The second time each is told to belong to the case there is."""
    with opened() as store:
        first = take(store, CRITICAL, RUN)
        before = len(store.cases())
        again = take(store, CRITICAL, RUN)
        assert actions(again) == ["goes_on", "goes_on"]
        assert again["case_id"].tolist() == first["case_id"].tolist()
        assert len(store.cases()) == before


def test_a_second_alert_belongs_to_the_case_and_its_danger_is_not_lost(opened):
    """Two alerts of one student in one file: one crisis, which knows of the child at home alone."""
    with opened() as store:
        told = take(store, CRITICAL, ("S1", "police_event", "2026-11-05", "", "alone"))
        assert actions(told) == ["opened", "goes_on"]
        facts = store.case(told["case_id"][0], "a test")[0].facts
    assert facts["signal"] == "critical_item"
    assert facts["danger_outside"] == "alone_or_missing"


def closed(store, case_id, at):
    """Clear a crisis after a talk: nothing was in it."""
    told = {"opinion": "a talk showed that the answer was a slip"}
    store.add(record.Entry(case_id, "crisis", "clear", "S1", at, "T7", "counsellor", told))


def assessed_and_closed(store, case_id, at):
    """End a crisis in which danger had been told of."""
    told = {"opinion": "stable, goes to talks"}
    store.add(record.Entry(case_id, "crisis", "assess", "S1", at, "T7", "counsellor", told))
    together = {**told, "together": ["counsellor", "leading_group", "head_teacher"]}
    end = ("close", "S1", at + dt.timedelta(hours=1), "T0", "principal", together)
    store.add(record.Entry(case_id, "crisis", *end))


def test_an_ended_case_opens_again_only_for_a_younger_alert(opened):
    """The alert that opened it is answered; one of a day after it began is new."""
    with opened() as store:
        first = take(store, ("S1", "critical_item", "2026-11-06"))
        closed(store, first["case_id"][0], LATER + dt.timedelta(hours=1))
        again = take(store, ("S1", "critical_item", "2026-11-06"))
        assert actions(again) == ["ended"]
        assert again["case_id"].tolist() == first["case_id"].tolist()
        younger = take(store, ("S1", "critical_item", "2026-11-07"))
        assert actions(younger) == ["opened"]


def test_a_case_from_before_the_alert_does_not_answer_it(opened, made):
    """An earlier crisis that was closed after the new sign: the new sign opens its own."""
    with opened() as store:
        store.add(made.signalled(1, at=made.at - dt.timedelta(days=20)))
        closed(store, "c-1", made.at)
        assert actions(take(store, CRITICAL)) == ["opened"]


def test_a_past_attempt_goes_with_the_student(opened, made):
    """RA-03: a new crisis begins with what an earlier one holds; another student's does not."""
    with opened() as store:
        store.add(made.signalled(1, at=made.at - dt.timedelta(days=20), past_attempt=True))
        assessed_and_closed(store, "c-1", made.at - dt.timedelta(days=10))
        told = take(store, CRITICAL, ("S4", *CRITICAL[1:]))
        mine, other = (store.case(one, "a test")[0].facts for one in told["case_id"])
    assert mine["past_attempt"] is True
    assert "past_attempt" not in other


def test_whoever_lacks_the_key_hands_it_over(opened, made):
    """The absence is taken over; the crisis is told, and no case is opened beside one unseen."""
    with opened(keys=made.people) as store:
        told = take(store, CRITICAL, RUN)
        assert actions(told) == ["locked", "opened"]
        assert store.cases()["kind"].tolist() == ["persuasion"]


def test_whoever_may_not_see_a_crisis_hands_it_over(opened):
    """A subject teacher cannot tell whether there is one, so none is doubled."""
    with opened("T9", "subject_teacher") as store:
        assert actions(take(store, CRITICAL)) == ["withheld"]
    with opened() as store:
        assert len(store.cases("crisis")) == 0


def test_a_rehearsal_writes_no_entry(opened):
    """What would be opened is told, and nothing is there afterwards."""
    with opened() as store:
        assert actions(take(store, CRITICAL, RUN, write=False)) == ["opened", "opened"]
        assert len(store.cases()) == 0


@pytest.mark.parametrize(
    ("frame", "key"),
    [
        (pd.DataFrame({"student_id": ["S1"], "rule": ["critical_item"]}), "record.alert_column"),
        (alerts(CRITICAL, ("S2", "unexcused_run", "yesterday")), "record.alert_day"),
    ],
)
def test_what_is_no_table_of_alerts_is_refused_whole(opened, frame, key):
    """A sentence, and nothing of it is taken."""
    with opened() as store:
        with pytest.raises(StoreError) as caught:
            record.take_alerts(store, frame)
        assert caught.value.key == key
        assert len(store.cases()) == 0


def test_alerts_of_screening_are_taken_as_they_are(opened):
    """Moments instead of text, and missing cells."""
    frame = alerts(CRITICAL, RUN).assign(since=[None, pd.Timestamp("2026-11-03")])
    frame["opened"] = pd.to_datetime(frame["opened"])
    with opened() as store:
        told = record.take_alerts(store, frame)
        assert actions(told) == ["opened", "opened"]
        assert store.case(told["case_id"][1])[0].facts["since"] == "2026-11-03"
        assert told["opened"].tolist() == frame["opened"].tolist()


ROW = st.tuples(
    st.sampled_from(["S1", "S2", "S3"]),
    st.sampled_from(
        ["critical_item", "despair_words", "police_event", "unexcused_run", "good_event"]
    ),
    st.sampled_from(["2026-11-04", "2026-11-05", "2026-11-06"]),
)


@settings(max_examples=15, deadline=None)  # each example opens an encrypted file
@given(parts=st.lists(st.lists(ROW, max_size=6), min_size=1, max_size=3))
def test_a_student_has_one_open_case_of_a_kind(tmp_path_factory, template, parts):
    """However alerts come in, every one that opens a case has exactly one, and the same one."""
    import shutil

    folder = shutil.copytree(template, tmp_path_factory.mktemp("many") / "casebook")
    keys = record.Keys(bytes(range(32)), bytes(range(1, 33)))
    with record.open_store(folder, keys, actor="T7", role="counsellor") as store:
        told = [take(store, *rows) for rows in parts if rows]
        there = store.cases()
    assert not there.duplicated(["kind", "student_id"]).any()
    for frame in told:
        assert set(frame["action"]) <= set(ACTIONS)
        wanted = frame[frame["action"] != "no_case"]
        found = wanted.merge(there, on="case_id", suffixes=("", "_there"))
        assert len(found) == len(wanted)
        assert (found["student_id"] == found["student_id_there"]).all()
        assert (found["kind"] == found["kind_there"]).all()
