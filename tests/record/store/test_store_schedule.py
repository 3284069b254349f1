"""A plan becomes cases; a new plan corrects the old one and never doubles a visit."""

from __future__ import annotations

import datetime as dt
import shutil

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from visitkit import record
from visitkit.errors import StoreError
from visitkit.plan.outcome import Outing, Visit, VisitPlan

NOW = dt.datetime(2026, 11, 4, 2, tzinfo=dt.UTC)
SPAN = ("2026-11-01", "2026-11-30")


def clock() -> dt.datetime:
    return NOW


def visits(*rows: tuple[str, str, str], visitors: str = "T1;T2") -> pd.DataFrame:
    """Return a plan: student, day, begin; each 40 minutes, with a duty of the term."""
    table = pd.DataFrame(rows, columns=["student_id", "date", "start"])
    table["end"] = [f"{start[:3]}40" for start in table["start"]]
    return table.assign(visitors=visitors, form="home", duty="quota.student", due="2027-01-22")


def actions(told: pd.DataFrame) -> dict[str, str]:
    return dict(zip(told["student_id"], told["action"], strict=True))


def waiting(store) -> dict[str, str]:
    """Return where each case of a visit stands."""
    table = store.cases("visit")
    return dict(zip(table["case_id"], table["state"], strict=True))


FIRST = visits(("A", "2026-11-09", "17:00"), ("B", "2026-11-10", "17:00"))


def test_each_planned_visit_becomes_a_case(opened):
    """With who, when, which form, for which duty and by when."""
    with opened(clock=clock) as store:
        told = store.schedule(FIRST)
        assert told["action"].tolist() == ["planned", "planned"]
        assert told["start"].tolist() == list(
            pd.to_datetime(["2026-11-09 17:00", "2026-11-10 17:00"])
        )
        (entry,) = store.case(told["case_id"][0])
        assert entry.facts["visitors"] == ["T1", "T2"]
        assert entry.facts["duty"] == "quota.student"
        assert entry.facts["due"] == "2027-01-22"
        assert entry.actor == "computed"
        owed = store.due("2026-11-04")
        assert set(owed["what"]) == {"appoint", "report_before", "visit"}
        assert set(owed["by"]) == {"T1"}


def test_the_same_plan_twice_changes_nothing(opened):
    """Not a single row is written."""
    with opened(clock=clock) as store:
        store.schedule(FIRST)
        before = store.cases()
        assert set(store.schedule(FIRST)["action"]) == {"kept"}
        pd.testing.assert_frame_equal(store.cases(), before)
        shuffled = FIRST.sample(frac=1, random_state=1)
        assert set(store.schedule(shuffled)["action"]) == {"kept"}


def test_a_moved_visit_is_corrected(opened):
    """The case stays the same one, the old time stays readable, the clock follows the new one."""
    with opened(clock=clock) as store:
        store.schedule(FIRST)
        later = visits(("A", "2026-11-12", "16:00"), ("B", "2026-11-10", "17:00"))
        assert actions(store.schedule(later)) == {"A": "moved", "B": "kept"}
        case = store.cases("visit", "A")["case_id"].tolist()
        assert len(case) == 1
        old, new = store.case(case[0])
        assert new.corrects == old.entry_id
        owed = store.due("2026-11-04")
        mine = owed[(owed["student_id"] == "A") & (owed["what"] == "visit")]
        assert mine["due"].tolist() == [pd.Timestamp("2026-11-12 16:40")]
        assert actions(store.schedule(FIRST)) == {"A": "moved", "B": "kept"}  # and back again
        assert len(store.cases("visit", "A")) == 1


def test_a_visit_no_longer_planned_is_taken_back(opened):
    """Within the time the plan speaks for; another week's visits stay."""
    with opened(clock=clock) as store:
        store.schedule(FIRST)
        only = visits(("A", "2026-11-09", "17:00"))
        assert actions(store.schedule(only)) == {"A": "kept"}
        assert actions(store.schedule(only, window=SPAN)) == {"A": "kept", "B": "taken_back"}
        assert sorted(waiting(store).values()) == ["planned", "withdrawn"]
        again = store.schedule(FIRST, window=SPAN)
        assert actions(again) == {"A": "kept", "B": "planned"}
        assert again["case_id"].is_unique
        assert len(store.cases("visit")) == 3  # a number that was taken back is not used again


def test_what_a_family_agreed_to_is_not_moved_over_their_heads(opened):
    """It is told; only a visit that is not planned at all any more is called off, by the school."""
    with opened(clock=clock, actor="T1", role="head_teacher") as store:
        store.schedule(FIRST)
        case = store.cases("visit", "A")["case_id"][0]
        (entry,) = store.case(case)
        agreed = {
            "agreed_start": "2026-11-09T18:00:00+08:00", "agreed_end": "2026-11-09T18:40:00+08:00",
            "with_whom": "mother",
        }  # fmt: skip
        appoint = type(entry)(case, "visit", "appoint", "A", NOW, "T1", "head_teacher", agreed)
        store.add(appoint)
        assert actions(store.schedule(FIRST))["A"] == "kept"
        later = visits(("A", "2026-11-12", "16:00"), ("B", "2026-11-10", "17:00"))
        assert actions(store.schedule(later)) == {"A": "agreed_differs", "B": "kept"}
        assert waiting(store)[case] == "appointed"
        gone = visits(("B", "2026-11-10", "17:00"))
        assert actions(store.schedule(gone, window=SPAN)) == {"A": "called_off", "B": "kept"}
        assert store.case(case)[-1].facts["by"] == "school"
        # Planned again, even for the same hour, it waits again: nobody is lost by a call.
        assert actions(store.schedule(FIRST, window=SPAN)) == {"A": "planned", "B": "kept"}


def test_a_visit_to_make_up_takes_its_new_time(opened):
    """Put off by the family, planned again: the same case goes on."""
    with opened(clock=clock, actor="T1", role="head_teacher") as store:
        store.schedule(FIRST)
        case = store.cases("visit", "A")["case_id"][0]
        (entry,) = store.case(case)
        told = {"by": "family", "reason": "harvest"}
        store.add(type(entry)(case, "visit", "decline", "A", NOW, "T1", "head_teacher", told))
        later = visits(("A", "2026-11-12", "16:00"), ("B", "2026-11-10", "17:00"))
        assert actions(store.schedule(later)) == {"A": "made_up", "B": "kept"}
        assert actions(store.schedule(later)) == {"A": "kept", "B": "kept"}
        third = visits(("A", "2026-11-13", "16:00"), ("B", "2026-11-10", "17:00"))
        assert actions(store.schedule(third)) == {"A": "moved", "B": "kept"}
        assert len(store.cases("visit")) == 2


def test_a_visit_that_was_made_is_left_alone(opened):
    """What has happened is not planned again under the same case."""
    with opened(clock=clock, actor="T1", role="head_teacher") as store:
        past = visits(("A", "2026-11-03", "17:00"))
        store.schedule(past, at=NOW - dt.timedelta(days=3))
        case = store.cases("visit", "A")["case_id"][0]
        (entry,) = store.case(case)
        made = {
            "form": "home", "start": "2026-11-03T17:00:00+08:00",
            "end": "2026-11-03T17:40:00+08:00", "visitors": ["T1"], "student_present": True,
        }  # fmt: skip
        store.add(type(entry)(case, "visit", "visit", "A", NOW, "T1", "head_teacher", made))
        assert actions(store.schedule(past, window=SPAN)) == {"A": "kept"}
        assert waiting(store) == {case: "visited"}  # the same plan again plans nothing again
        told = store.schedule(visits(("A", "2026-11-20", "17:00")), window=SPAN)
        assert actions(told) == {"A": "planned"}
        assert sorted(waiting(store).values()) == ["planned", "visited"]


def test_two_visits_of_one_duty(opened):
    """Owed twice, planned twice; the one that keeps its time keeps its case."""
    twice = visits(("A", "2026-11-09", "17:00"), ("A", "2026-11-23", "17:00"))
    with opened(clock=clock) as store:
        first = store.schedule(twice)
        moved = visits(("A", "2026-11-16", "17:00"), ("A", "2026-11-23", "17:00"))
        told = store.schedule(moved)
        assert sorted(told["action"]) == ["kept", "moved"]
        kept = told.loc[told["action"] == "kept", "case_id"].tolist()
        assert kept == first.loc[first["start"] == "2026-11-23 17:00", "case_id"].tolist()


def test_all_or_nothing(opened):
    """One visit that ends before it begins: none of the plan is taken over."""
    wrong = FIRST.assign(end=["17:40", "16:00"])
    with opened(clock=clock) as store:
        with pytest.raises(StoreError) as caught:
            store.schedule(wrong)
        assert caught.value.key == "cases.ends_before"
        assert store.cases().empty
        with pytest.raises(StoreError) as caught:
            store.schedule(FIRST.drop(columns="visitors"))
        assert caught.value.key == "record.plan_column"


def test_a_real_plan_goes_in_as_it_is(opened):
    """What the planner returns, and the table a school keeps of it, are the same plan."""
    day = dt.date(2026, 11, 9)
    crew, whole = ("T1", "T2"), {"duty": "quota.student", "due": dt.date(2027, 1, 22)}
    made = (
        Visit("A/1", "A", "mon", day, 1000.0, 1040.0, *crew, 1, 12.5, **whole),
        Visit("B/1", "B", "mon", day, 1052.25, 1092.25, *crew, 2, 12.25, **whole),
    )
    plan = VisitPlan((Outing("mon", *crew, made, 20.0, 1112.25),), (), 44.75, 44.75, True, 0)
    table = visits(("A", "2026-11-09", "16:40"), ("B", "2026-11-09", "17:32"))
    table["end"] = ["17:20", "18:12"]
    with opened(clock=clock) as store:
        told = store.schedule(plan)
        assert told["start"].tolist() == list(
            pd.to_datetime(["2026-11-09 16:40", "2026-11-09 17:32"])
        )
        assert set(store.schedule(plan)["action"]) == {"kept"}
        assert set(store.schedule(table)["action"]) == {"kept"}


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.lists(
            st.tuples(st.sampled_from("ABC"), st.integers(2, 27), st.integers(16, 18)),
            unique_by=lambda one: one[:2],
            max_size=5,
        ),
        min_size=1,
        max_size=4,
    )
)
def test_after_any_plans_what_waits_is_the_last_one(template, tmp_path_factory, plans):
    """Whatever was planned before, exactly the visits of the last plan wait, each once."""
    folder = shutil.copytree(template, tmp_path_factory.mktemp("s") / "casebook")
    keys = record.Keys(bytes(range(32)), bytes(range(1, 33)))
    with record.open_store(folder, keys, actor="T7", role="counsellor", clock=clock) as store:
        for rows in plans:
            days = [(who, f"2026-11-{day:02d}", f"{hour}:00") for who, day, hour in rows]
            store.schedule(visits(*days), window=SPAN)
        owed = store.due("2026-11-04")
        mine = owed[owed["what"] == "visit"]
        held = sorted(zip(mine["student_id"], mine["due"].astype(str), strict=True))
        assert held == sorted((who, f"{day} {start[:3]}40:00") for who, day, start in days)
        assert set(store.schedule(visits(*days), window=SPAN)["action"]) <= {"kept"}
