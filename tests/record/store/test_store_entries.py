"""Writing down and reading again: order, corrections, all or nothing, what is owed, which file."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pandas as pd
import pytest

from visitkit import policy
from visitkit.errors import StoreError
from visitkit.record import cases

HOUR = dt.timedelta(hours=1)


def test_an_entry_comes_back_as_it_was_given(opened, made):
    """Facts of every type survive, in UTC, with a number and the moment it was taken."""
    given = made.planned()
    with opened() as store:
        taken = store.add(given)
    with opened() as store:
        (found,) = store.case("v-1")
    assert found == taken
    assert replace(found, entry_id="", recorded_at=None) == given
    assert found.at.utcoffset() == found.recorded_at.utcoffset() == dt.timedelta(0)


def test_a_moment_of_another_zone_is_kept_in_utc(opened, made):
    """Facts may be told by the school's clock; the entry itself is refused unless in UTC."""
    china = dt.timezone(dt.timedelta(hours=8))
    with opened() as store, pytest.raises(StoreError) as caught:
        store.add(made.matter(at=made.at.astimezone(china)))
    assert caught.value.key == "cases.not_utc"


def test_many_or_none(opened, made):
    """One entry that is refused takes all others with it, in both files."""
    bad = replace(made.matter(3), step="no_such_step")
    with opened() as store:
        head = store.head()
        with pytest.raises(StoreError) as caught:
            store.add_many([made.matter(1), made.signalled(2), bad])
        assert caught.value.key == "cases.unknown_step"
        assert store.head() == head
        assert store.cases().empty
        taken = store.add_many([made.matter(1), made.signalled(2), made.matter(3)])
        assert [one.entry_id[0] for one in taken] == ["e", "m", "e"]
        assert sorted(store.cases()["case_id"]) == ["c-2", "x-1", "x-3"]


def test_later_steps_of_a_batch_see_earlier_ones(opened, made):
    """A whole case can be written at once; the same step twice is refused as it is one by one."""
    with opened() as store:
        store.add_many([made.planned(), made.mind_note()])
        with pytest.raises(StoreError) as caught:
            store.add_many([made.planned(2), made.planned(2)])
    assert caught.value.key == "cases.begun_already"


def test_a_correction_is_a_new_version(opened, made):
    """Both stay; the case stands as corrected; taking back leaves a case withdrawn."""
    with opened(role="head_teacher", actor="T1") as store:
        old = store.add(made.matter())
        new = store.correct(old.entry_id, {"issue": "stairs", "to": ["moral_office"]}, "misread")
        assert [one.entry_id for one in store.case("x-1")] == [old.entry_id, new.entry_id]
        assert store.case("x-1")[0].facts["issue"] == "broken stairs"
        assert new.corrects == old.entry_id
        assert new.facts["correction_reason"] == "misread"
        assert list(store.due("2026-11-20")["case_id"]) == ["x-1"]
        store.correct(new.entry_id, None, "wrong student")
        assert store.cases()["state"].tolist() == ["withdrawn"]
        assert store.due("2026-11-20").empty


def test_a_correction_stays_in_its_file(opened, made):
    """A correction, and a taking back, of something psychological never enters the people file."""
    with opened() as store:
        first = store.add(made.signalled())
        told = {"signal": "told", "suspected": False}
        second = store.correct(first.entry_id, told, "misheard", role="head_teacher")
        third = store.correct(second.entry_id, None, "another student", role="head_teacher")
        assert [one.entry_id[0] for one in (first, second, third)] == ["m", "m", "m"]


@pytest.mark.parametrize("number", ["e999", "m999", "x1", "", "e'--"])
def test_no_such_entry(opened, number):
    """A number that was never given is a clear sentence."""
    with opened() as store, pytest.raises(StoreError) as caught:
        store.correct(number, None, "reason")
    assert caught.value.key == "record.no_entry"


def test_what_is_refused_before_it_is_written(opened, made):
    """No reason, a number brought along, or a fact that no JSON can hold."""
    with opened() as store:
        taken = store.add(made.matter())
        refused = {
            "record.given_number": lambda: store.add(taken),
            "record.reason_needed": lambda: store.correct(taken.entry_id, None, " "),
            "record.fact_type": lambda: store.add(made.matter(2, issue=object())),
            "record.no_case": lambda: store.case("x-77"),
            "record.no_kind": lambda: store.cases("no_such_kind"),
        }
        for key, act in refused.items():
            with pytest.raises(StoreError) as caught:
                act()
            assert caught.value.key == key
        assert len(store.cases()) == 1


def test_due_is_what_the_cases_owe(opened, made):
    """The kept list equals the clocks of every case, overdue first, in the school's time."""
    entries = [made.matter(1), made.planned(2), made.signalled(3), made.mind_note(2)]
    with opened() as store:
        store.add_many([*entries[:3], entries[3]])
        rules, told = store.book.rules, store.due(made.at + 200 * HOUR)
        expected = [
            (one.case_id, one.what, one.by, one.source)
            for case_id in ("x-1", "v-2", "c-3")
            for one in cases.owed(store.case(case_id, "check"), rules.policy, rules.calendar)
        ]
    found = list(told[["case_id", "what", "by", "source"]].itertuples(index=False, name=None))
    assert sorted(found) == sorted(expected)
    assert len(found) == 8
    assert told["overdue"].is_monotonic_decreasing
    assert told["due"][told["overdue"]].is_monotonic_increasing
    assert told["overdue"].any()
    assert not told["overdue"].all()
    assert told["since"].min() == pd.Timestamp("2026-11-06 16:00")


def test_due_as_of_an_earlier_day(opened, made):
    """Entries dated after the day change nothing."""
    later = made.at + dt.timedelta(days=5)
    with opened() as store:
        store.add(made.planned())
        before = store.due(made.at + HOUR)
        store.add(replace(made.planned(2, at=later)))
        told = {"by": "family", "reason": "ill"}
        store.add(replace(made.planned(at=later), step="cancel", facts=told))
        pd.testing.assert_frame_equal(store.due(made.at + HOUR), before)
        pd.testing.assert_frame_equal(
            store.due("2026-11-07")[before.columns[:6]], before.iloc[:, :6]
        )
        assert set(store.due(later)["case_id"]) == {"v-2"}
        assert store.cases(as_of="2026-11-07")["state"].tolist() == ["planned"]


def test_due_on_a_day_and_at_a_moment(opened, made):
    """On a day, what is due that day is not overdue yet; at a moment, every minute counts."""
    with opened() as store:
        store.add(made.planned())
        row = store.due("2026-11-06").query("what == 'visit'").iloc[0]
        assert not row["overdue"]
        due = row["due"]
        for as_of, overdue in [
            (due.date(), False),
            (due.date() + dt.timedelta(days=1), True),
            (due + pd.Timedelta(minutes=1), True),
            (due - pd.Timedelta(minutes=1), False),
        ]:
            found = store.due(as_of).query("what == 'visit'")
            assert found["overdue"].tolist() == [overdue], as_of


def test_what_is_psychological_is_in_its_own_file(opened, made):
    """Without that key a case looks as if the psychological part had never been written."""
    with opened() as store:
        store.add_many([made.planned(), made.mind_note(), made.signalled()])
    with opened(keys=made.people) as store:
        assert [one.step for one in store.case("v-1")] == ["plan"]
        assert store.cases()["case_id"].tolist() == ["v-1"]
        assert set(store.due("2026-12-01")["case_id"]) == {"v-1"}
        assert store.file("S1", "talk").withheld is None
        for act in (
            lambda: store.add(made.signalled(2)),
            lambda: store.add(made.mind_note(at=made.at + HOUR)),
            lambda: store.grant("S1", "T1", dt.date(2027, 1, 1), "talk"),
            lambda: store.correct("m3", None, "reason"),
        ):
            with pytest.raises(StoreError) as caught:
                act()
            assert caught.value.key == "record.psych_closed"


def test_the_psychological_file_catches_up(opened, made):
    """What was written without its key counts in its lists when it is opened again."""
    with opened() as store:
        store.add_many([made.planned(), made.mind_note()])
    told = {"by": "family", "reason": "ill"}
    with opened(keys=made.people) as store:
        store.add(replace(made.planned(at=made.at + HOUR), step="cancel", facts=told))
    with opened() as store:
        assert store.due("2026-12-01").empty


def test_new_rules_derive_anew_what_is_owed(opened, made):
    """A changed deadline moves what is owed, survives closing, and is written down."""
    with opened() as store:
        store.add(made.signalled())
        before = store.due("2026-11-06").set_index("what")["due"]
        rules = policy.read_policy("recommended").with_values({"crisis.written_hours": 48})
        store.renew(rules)
    with opened() as store:
        after = store.due("2026-11-06").set_index("what")["due"]
        moved = after["written_crisis_report"] - before["written_crisis_report"]
        assert moved == pd.Timedelta(hours=24)
        assert store.book.rules.policy["crisis.written_hours"] == 48
        assert store.book.rules.policy.source("crisis.written_hours") == "school"
        assert (store.audit("set")["subject"] == "policy").sum() == 2


def test_rules_come_back_whole(opened):
    """Policy and calendar are the same after they were kept inside."""
    wanted = policy.read_policy("recommended")
    with opened() as store:
        kept = store.book.rules
    assert kept.policy == wanted
    assert kept.calendar.first == dt.date(2026, 6, 1)
    assert kept.calendar.assumed
    assert kept.calendar.count_school_days("2026-11-02", "2026-11-08") == 5


def test_a_closed_casebook_says_so(opened, made):
    """Nothing can be asked of it or written to it; closing twice is no fault."""
    store = opened()
    store.close()
    store.close()
    for act in (store.due, store.head, store.verify, lambda: store.add(made.matter())):
        with pytest.raises(StoreError) as caught:
            act()
        assert caught.value.key == "record.closed"
