"""What the casebook remembers goes, as it is, through screening, planning and review."""

from __future__ import annotations

import datetime as dt
import importlib
from dataclasses import replace

import pandas as pd
import pytest

from visitkit import plan, review, screen
from visitkit.calendar import Calendar
from visitkit.errors import ScreenError
from visitkit.load.school import School
from visitkit.policy import read_policy
from visitkit.record import Entry

RULES = read_policy("dropout-control")
QUOTAS = read_policy("recommended")
DAYS = Calendar.weekdays("2026-09-01", "2027-01-22")
TODAY = "2026-11-20"
ROLES = ["vice_principal", "moral_office", "head_teacher"]


def iso(wall: str) -> str:
    return f"{wall}:00+08:00"


def told(case: str, step: str, wall: str, role: str = "head_teacher", **facts: object) -> Entry:
    """Return an entry at a time of the school's clock; the case names kind and student."""
    kind, _, student = case.partition("-")
    at = dt.datetime.fromisoformat(iso(wall)).astimezone(dt.UTC)
    names = {"p": "persuasion", "c": "crisis", "v": "visit", "h": "help_plan", "l": "left_behind"}
    return Entry(case, names[kind], step, student, at, "T1", role, facts)


SEVEN = {
    **dict.fromkeys(("place", "talk", "parent_feedback", "promises"), "x"),
    "people": ["x"], "signatures": ["x"], "form": "home", "result": "not_yet",
}  # fmt: skip
RECORD = {
    **dict.fromkeys(("time", "content", "parent_feedback", "problem_solved", "next_steps"), "x"),
    "focus": "study", "next_date": "2026-11-20", "needs_school": False, "topics": ["school_life"],
}  # fmt: skip
VISIT = {
    "form": "home", "start": iso("2026-11-09T17:00"), "end": iso("2026-11-09T17:40"),
    "visitors": ["T1", "T2"], "student_present": True,
}  # fmt: skip


def away_twice(case: str = "p-A") -> list[Entry]:
    """A student away since Monday 2 November who comes back after the second round."""
    return [
        told(case, "open", "2026-11-04T09:00", signal="unexcused_run", since="2026-11-02"),
        told(case, "contact_parents", "2026-11-04T09:20", reached=True, content="x"),
        told(case, "report_absence", "2026-11-04T10:00", to=["moral_office"]),
        told(case, "round", "2026-11-05T10:00", number=1, roles=["head_teacher"],
             time=iso("2026-11-05T10:00"), **SEVEN),
        told(case, "round", "2026-11-06T16:00", "vice_principal", number=2, roles=ROLES,
             time=iso("2026-11-06T16:00"), **SEVEN),
        told(case, "back", "2026-11-09T08:00", returned_on="2026-11-09", tracker="T5"),
    ]  # fmt: skip


def critical(case: str = "c-B", clear: bool = True) -> list[Entry]:
    """A critical answer on a Friday; a trained person finds no danger, or does not yet."""
    signal = {"signal": "critical_item", "suspected": True}
    entries = [
        told(case, "signal", "2026-11-06T15:00", **signal),
        told(case, "second_stage_talk", "2026-11-06T15:30", "counsellor",
             ideation=False, content="x"),
    ]  # fmt: skip
    if clear:
        entries.append(told(case, "clear", "2026-11-06T16:00", "counsellor", opinion="x"))
    return entries


def home_visit(case: str = "v-C", finished: bool = True) -> list[Entry]:
    """A visit after three days of illness, from the plan to the follow-up."""
    plan_of = {
        "form": "home", "visitors": ["T1", "T2"], "duty": "immediate.sick_absence",
        "planned_start": iso("2026-11-09T17:00"), "planned_end": iso("2026-11-09T17:40"),
    }  # fmt: skip
    entries = [
        told(case, "plan", "2026-11-06T09:00", **plan_of),
        told(case, "visit", "2026-11-09T17:45", **VISIT),
        told(case, "record", "2026-11-09T19:00", **RECORD),
        told(case, "report_after", "2026-11-09T19:10", to="grade_leader", all_well=True),
    ]
    if finished:
        entries += [
            told(case, "review", "2026-11-10T09:00", "moral_office", analysis="x"),
            told(case, "follow_up", "2026-11-12T09:00", how="phone", content="x"),
        ]
    return entries


@pytest.fixture
def school() -> School:
    """Four students: away without reason, a critical answer, ill for three days, and neither."""
    roll = pd.DataFrame({"student_id": list("ABCD"), "class_id": "701", "grade": 7})
    rows = [("A", f"2026-11-0{day}", "unexcused") for day in (2, 3, 4)]
    rows += [("C", f"2026-11-0{day}", "sick") for day in (3, 4, 5)]
    rows += [("D", "2026-11-19", "late")]
    away = pd.DataFrame(rows, columns=["student_id", "date", "status"])
    staff = pd.DataFrame(
        {"teacher_id": ["T1", "T2"], "roles": ["head_teacher", "counsellor"],
         "homeroom_class": ["701", None]}
    )  # fmt: skip
    sheet = {f"item_{number}": 0 for number in range(1, 10)} | {"item_9": 2}
    answers = pd.DataFrame(
        [{"student_id": "B", "date": "2026-11-06", "instrument": "PHQ-9", **sheet}]
    )
    return School.from_frames(
        calendar=DAYS, students=roll, attendance=away, teachers=staff, surveys=answers
    )


@pytest.fixture
def remembered(opened):
    """Write entries down and return what is remembered on a day."""
    stores = []

    def remember(entries, as_of=TODAY, **who):
        store = opened(**who)
        stores.append(store)
        store.add_many(entries)
        return store.history(as_of)

    yield remember
    for store in stores:
        store.close()


def rules_of(table: pd.DataFrame, student: str) -> set[str]:
    return set(table.loc[table["student_id"] == student, "rule"])


def test_contacts_count_in_screening(remembered, school):
    """A home visit and calls are known to the figures of next term's screening."""
    found = remembered([*home_visit(), *away_twice()])
    figures = screen.indicators(school, TODAY, found)
    assert figures.loc["C", "home_visits"] == 1
    assert figures.loc["C", "days_since_contact"] == 8  # the call of 12 November
    assert figures.loc["A", "home_visits"] == 2
    assert figures.loc["A", "days_since_contact"] == 14
    without = screen.indicators(school, TODAY)
    assert without["home_visits"].isna().all()
    unmoved = ["absence_rate", "unexcused_run"]
    known = [one for one in unmoved if one in figures]
    pd.testing.assert_frame_equal(pd.DataFrame(figures)[known], pd.DataFrame(without)[known])


def test_the_end_of_a_case_closes_its_alerts(remembered, school):
    """What people have ended is no longer told; what goes on is, and nobody else's is touched."""
    before = screen.alerts(school, RULES, "2026-11-13")
    assert "critical_item" in rules_of(before, "B")
    assert {"unexcused_run"} <= rules_of(before, "A")
    assert "sick_absence" in rules_of(before, "C")
    found = remembered([*away_twice(), *critical(), *home_visit()])
    after = screen.alerts(school, RULES, "2026-11-13", found, matters=found.matters)
    assert "critical_item" not in rules_of(after, "B")
    assert "sick_absence" not in rules_of(after, "C")
    assert "unexcused_run" in rules_of(after, "A")  # back, but not settled yet
    assert rules_of(after, "D") == rules_of(before, "D")


def test_an_open_case_keeps_its_alert(remembered, school):
    """A matter that people have taken up and not ended is told for as long as it takes."""
    late = "2027-01-20"
    assert "critical_item" not in rules_of(screen.alerts(school, RULES, late), "B")
    found = remembered(critical(clear=False), late)
    told_still = screen.alerts(school, RULES, late, found, matters=found.matters)
    assert "critical_item" in rules_of(told_still, "B")
    ended = found.matters.assign(ended=pd.Timestamp("2026-12-01"))
    assert "critical_item" not in rules_of(
        screen.alerts(school, RULES, late, found, matters=ended), "B"
    )


def test_what_is_new_after_the_end_is_told(remembered, school):
    """A case that ended answers for what was known: a new sheet a week later is a new matter."""
    found = remembered([*critical(), *home_visit()])
    sheet = school.table("surveys").assign(date=pd.Timestamp("2026-11-13").as_unit("us"))
    newer = replace(
        school, tables={**school.tables, "surveys": pd.concat([school.table("surveys"), sheet])}
    )
    after = screen.alerts(newer, RULES, "2026-11-16", found, matters=found.matters)
    mine = after[(after["student_id"] == "B") & (after["rule"] == "critical_item")]
    assert mine["opened"].tolist() == [pd.Timestamp("2026-11-13")]


def test_a_visit_half_done_closes_nothing(remembered, school):
    """Recorded, and nobody has followed it up: the alert stays, answered."""
    found = remembered(home_visit(finished=False))
    after = screen.alerts(school, RULES, "2026-11-13", found, matters=found.matters)
    mine = after[(after["student_id"] == "C") & (after["rule"] == "sick_absence")]
    assert mine["answered"].tolist() == [pd.Timestamp("2026-11-09")]


def test_matters_without_a_column_are_refused(remembered, school):
    """A table that lacks a column would close or lose an alert."""
    found = remembered(critical())
    with pytest.raises(ScreenError) as caught:
        screen.alerts(school, RULES, TODAY, matters=found.matters.drop(columns="ended"))
    assert caught.value.key == "screen.matters_column"


def test_told_goes_into_the_register(remembered, school):
    """What a trained person found, and which reports were made, is known to the register."""
    found = remembered([*away_twice(), *critical()])
    assert found.told.loc[found.told["student_id"] == "B", "fact"].tolist() == ["cleared"]
    table = screen.register(school, RULES, "2026-11-06", told=found.told)
    second = table[(table["student_id"] == "B") & (table["what"] == "second_stage_talk")]
    assert second["state"].tolist() == ["answered"]
    report = table[(table["student_id"] == "A") & (table["rule"] == "unexcused_run")]
    assert report["answered_by"].tolist() == ["told:reported"]


def test_a_report_of_absence_is_no_report_to_the_police(remembered, school):
    """One report never stands in for the other."""
    event = pd.DataFrame({"student_id": ["A"], "date": ["2026-11-03"], "kind": ["missing"]})
    frames = {name: school.table(name) for name in ("students", "attendance", "teachers")}
    both = School.from_frames(calendar=DAYS, events=event, **frames)
    found = remembered(away_twice())
    table = screen.register(both, RULES, "2026-11-06", told=found.told)
    mine = table[table["student_id"] == "A"].set_index("rule")
    assert mine.loc["police_event", "state"] != "answered"
    assert mine.loc["unexcused_run", "state"] == "answered"
    alone = found.told.drop(columns="about")  # told by hand, without saying what about
    table = screen.register(both, RULES, "2026-11-06", told=alone)
    assert table.set_index("rule").loc["police_event", "state"] == "answered"


def test_rounds_and_visits_go_into_the_duties(remembered, school):
    """Planning knows which rounds failed, who was visited, and what was called off."""
    off = [
        told("v-D", "plan", "2026-11-02T09:00", form="home", visitors=["T1"], duty="quota.student",
             planned_start=iso("2026-11-12T17:00"), planned_end=iso("2026-11-12T17:40")),
        told("v-D", "cancel", "2026-11-11T09:00", by="family", reason="x"),
    ]  # fmt: skip
    found = remembered([*away_twice()[:4], *home_visit(), *off])
    alerts = screen.alerts(school, RULES, TODAY, found, matters=found.matters)
    owed = plan.duties(school, RULES, TODAY, alerts, found.duties)
    rounds = owed[(owed["student_id"] == "A") & (owed["kind"] == "persuasion")]
    assert rounds["rule"].tolist() == ["persuasion.round.1", "persuasion.round.2"]
    assert rounds["status"].iloc[0] == "fulfilled"
    owed = plan.duties(school, QUOTAS, TODAY, None, found.duties)
    regular = owed[(owed["student_id"] == "C") & owed["last_contact"].notna()]
    assert pd.Timestamp("2026-11-09") in set(regular["last_contact"])
    assert found.duties["appointments"]["status"].tolist() == ["cancelled_family"]


def test_a_settled_matter_owes_no_rounds(remembered):
    """Rounds of a case that has ended are over; a new absence begins with the first round."""
    done = [
        told("p-A", "track", "2026-11-10T09:00", topics=["study"], content="x"),
        told("p-A", "settle", "2026-11-16T09:00", outcome="at school each day"),
    ]
    found = remembered([*away_twice(), *done])
    assert found.duties["persuasion"].empty
    assert set(found.matters["rule"]) >= {"unexcused_run"}
    assert found.matters["ended"].notna().all()


def test_the_log_goes_into_coverage(remembered, school):
    """Records and reports in time are counted from the casebook; contacts from beside the roll."""
    found = remembered(home_visit())
    both = found.beside(school)
    assert len(both.visits) == 2
    assert len(found.beside(both).visits) == 2  # the same twice is there once
    owed = plan.duties(both, QUOTAS, TODAY)
    beside = review.Beside(log=found.log, appointments=found.duties["appointments"])
    told_of = review.coverage(owed, plan.coverage(owed), both, QUOTAS, TODAY, beside)
    timely = told_of.timeliness.set_index("matter")
    assert timely.loc["record", ["owed", "in_time"]].tolist() == [1, 1]
    assert timely.loc["report_before", "missing"] == 1
    assert told_of.contacts.set_index("level").loc["school", "contacted"] == 1


def everything(school, found, day):
    """Return all that next term's work computes from what is remembered."""
    alerts = screen.alerts(school, RULES, day, found, matters=found.matters)
    return (
        pd.DataFrame(screen.indicators(school, day, found)),
        alerts,
        screen.register(school, RULES, day, alerts, told=found.told),
        pd.DataFrame(plan.duties(school, RULES, day, alerts, found.duties)),
    )


def test_entries_after_the_day_change_nothing(opened, school):
    """As of a day in the past, what was written down later is not known."""
    day = "2026-11-06"
    early = [*away_twice()[:4], *critical()]
    with opened() as store:
        store.add_many(early)
        first = everything(school, store.history(day), day)
        store.add_many([*away_twice()[4:], *home_visit(), *critical("c-D")][1:])
        again = store.history(day)
    for one, other in zip(first, everything(school, again, day), strict=True):
        mine = one[one.index != "D"] if one.index.name == "student_id" else one
        theirs = other[other.index != "D"] if other.index.name == "student_id" else other
        pd.testing.assert_frame_equal(
            mine
            if "student_id" not in mine
            else mine[mine["student_id"] != "D"].reset_index(drop=True),
            theirs
            if "student_id" not in theirs
            else theirs[theirs["student_id"] != "D"].reset_index(drop=True),
        )


def test_the_order_of_rows_changes_nothing(remembered, school):
    """Shuffled, every table that is remembered tells the same."""
    found = remembered([*away_twice(), *critical(), *home_visit()])

    def mixed(table):
        return table.sample(frac=1, random_state=5)

    shuffled = replace(
        found,
        tables={name: mixed(table) for name, table in found.tables.items()},
        told=mixed(found.told),
        matters=mixed(found.matters),
        duties={name: mixed(table) for name, table in found.duties.items()},
    )
    for one, other in zip(
        everything(school, found, TODAY), everything(school, shuffled, TODAY), strict=True
    ):
        pd.testing.assert_frame_equal(one, other)


def test_who_may_not_read_is_told_what_is_missing(opened, made):
    """A subject teacher remembers visits; what is psychological is counted, not shown."""
    with opened() as store:
        store.add_many([*critical(), *home_visit()])
    with opened(actor="T3", role="subject_teacher") as store:
        found = store.history(TODAY)
        assert found.told.empty
        assert found.withheld == 3
        assert len(found["visits"]) == 2
    with opened(actor="T3", role="subject_teacher", keys=made.people) as store:
        assert store.history(TODAY).withheld is None
    with opened() as store:
        assert len(store.audit("history")) == 1  # without its key nothing of that file was read


def test_help_and_talks(remembered):
    """A plan of help, a paired agent parent and talks stand as help given, each by its days."""
    draft = {
        "causes": ["poverty"], "types": ["study", "mentor"], "measures": ["tutoring"],
        "goal": "x", "owner": "T5", "start": "2026-11-02", "weeks": 6, "meeting_per": "month",
        "monitor_per": "week", "before": "x", "time_points": ["2026-12-01"],
    }  # fmt: skip
    pair = {"agent": "T8", "agent_role": "subject_teacher", "pairing": "one_to_one"}
    found = remembered(
        [
            *critical(),
            told("h-D", "draft", "2026-11-02T09:00", **draft),
            told("h-D", "sign", "2026-11-02T10:00", signer="school"),
            told("h-D", "sign", "2026-11-02T10:10", signer="parents"),
            told("h-D", "begin", "2026-11-03T10:00"),
            told("l-D", "open", "2026-11-03T09:00", definition="city_notice"),
            told("l-D", "pair", "2026-11-04T09:00", **pair),
            told("l-D", "unpair", "2026-11-10T09:00", reason="x"),
        ]
    )
    rows = found["interventions"][["student_id", "type", "start", "end", "owner"]]
    text = rows.astype("str").fillna("").to_numpy().tolist()
    assert text == [
        ["B", "counselling", "2026-11-06", "2026-11-06", "T1"],
        ["D", "mentor", "2026-11-03", "", "T5"],
        ["D", "study", "2026-11-03", "", "T5"],
        ["D", "agent_parent", "2026-11-04", "2026-11-10", "T8"],
    ]
    assert found.duties["talks"]["date"].tolist() == [pd.Timestamp("2026-11-06")]


def test_only_kinds_that_are_remembered_are_read(remembered, monkeypatch) -> None:
    """Matters handed up are left in their file, and what is told is the same without them."""
    history = importlib.import_module("visitkit.record.remembering.history")
    read = []
    real = history.shown
    monkeypatch.setattr(
        history, "shown", lambda book, found: read.extend(found) or real(book, found)
    )
    entries = [*away_twice(), *critical(), *home_visit()]
    matter = {"issue": "stairs", "to": ["moral_office"]}
    at = dt.datetime(2026, 11, 6, 8, tzinfo=dt.UTC)
    more = Entry("x-1", "escalation", "report", "A", at, "T1", "head_teacher", matter)
    found = remembered([*entries, more])
    assert {one.entry.kind for one in read} == {"persuasion", "crisis", "visit"}
    assert len(read) == len(entries)
    assert set(found.told["student_id"]) == {"A", "B"}


def test_every_kind_that_is_told_of_is_read() -> None:
    """A kind that some table is made of, and was not read, would be forgotten in silence."""
    import re
    from pathlib import Path

    from visitkit.record import remembering
    from visitkit.record.cases import KINDS

    history = importlib.import_module("visitkit.record.remembering.history")

    rooms = Path(remembering.__file__).parent.glob("*.py")
    words = {word for path in rooms for word in re.findall(r'"(\w+)"', path.read_text("utf-8"))}
    assert set(history.KINDS) == words & set(KINDS)
