"""Between the casebook and its forms: what is known goes in, what was written comes back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace

import pandas as pd
import pytest

from visitkit.calendar import Calendar
from visitkit.errors import StoreError
from visitkit.load import School
from visitkit.policy import read_policy
from visitkit.record.cases import accept
from visitkit.record.entry import Entry
from visitkit.record.forms import FORMS, About, blank, entries_from, fill, values_from

POLICY = read_policy("recommended")
CALENDAR = Calendar.weekdays("2026-09-01", "2027-01-31")
NINE = dt.datetime(2026, 11, 6, 1, tzinfo=dt.UTC)


def entry(
    kind: str, step: str, hours: float, facts: Mapping[str, object], **more: str | None
) -> Entry:
    """Return an entry some hours after nine o'clock at school."""
    student = more.get("student", "S1")
    at = NINE + dt.timedelta(hours=hours)
    given = {"entry_id": more.get("entry_id") or "", "corrects": more.get("corrects")}
    case = more.get("case") or f"{kind}-1"
    return Entry(case, kind, step, student, at, "T1", "head_teacher", facts, **given)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def school() -> School:
    """Return a school of two students."""
    return School.from_frames(
        students=pd.DataFrame(
            {
                "student_id": ["S1", "S2"],
                "name": ["Lu Xiaohe", "Cheng Xiaoyu"],
                "class_id": ["701", "702"],
                "address": ["1 Lake Street", None],
                "birth_date": ["2013-05-01", None],
            }
        ),
        guardians=pd.DataFrame(
            {
                "student_id": ["S1", "S1"],
                "relation": ["father", "grandmother"],
                "name": ["Lu Dahe", "Gan Xiuying"],
                "phone": ["10000000001", "10000000002"],
                "away": ["yes", "no"],
            }
        ).replace({"grandmother": "paternal_grandparent"}),
        attendance=pd.DataFrame(
            {
                "student_id": ["S1", "S1", "S1", "S2"],
                "date": ["2026-11-03", "2026-11-05", "2026-11-09", "2026-11-05"],
                "status": ["unexcused"] * 4,
            }
        ),
        calendar=CALENDAR,
    )


def test_a_round_is_filled_from_its_entry_and_the_roll(school: School) -> None:
    """Facts by their names, the student by number from the roll."""
    done = entry("persuasion", "round", 2, {"number": 1, "form": "home", "place": "at home"})
    found = values_from("persuasion_record", [done], school)
    assert found["student_name"] == "Lu Xiaohe"
    assert found["class_id"] == "701"
    assert (found["number"], found["form"], found["case_id"]) == (1, "home", "persuasion-1")
    assert "promises" not in found


def test_a_correction_stands_in_for_what_it_corrects(school: School) -> None:
    """The later version is on the form, the earlier is not."""
    first = entry("persuasion", "round", 2, {"number": 1, "place": "wrong"}, entry_id="e1")
    second = entry("persuasion", "round", 2, {"number": 1, "place": "right"}, corrects="e1")
    found = values_from("persuasion_record", [first, second], school)
    assert found["place"] == "right"


def test_nothing_after_the_day_of_the_form(school: School) -> None:
    """Neither entries nor days absent that came later."""
    entries = [
        entry("persuasion", "open", 0, {"signal": "unexcused_run", "since": "2026-11-04"}),
        entry("persuasion", "contact_parents", 1, {"reached": True, "content": "x"}),
        entry("persuasion", "contact_parents", 72, {"reached": False, "content": "y"}),
    ]
    about = About("S1", as_of=dt.date(2026, 11, 7))
    found = values_from("absence_sheet", entries, school, about)
    assert isinstance(found["contacts"], list)
    assert [row["content"] for row in found["contacts"]] == ["x"]
    assert isinstance(found["days"], list)
    # from the day the case names, to the day of the form, of this student alone
    assert [str(row["date"]) for row in found["days"]] == ["2026-11-05"]
    assert found["noticed_at"] == dt.datetime(2026, 11, 6, 9)
    assert fill("absence_sheet", found).content["noticed_at"] == "2026-11-06T09:00+08:00"


def test_who_is_at_home_is_called_first(school: School) -> None:
    """The telephone on the plan is that of the guardian who is not away."""
    told = {
        "form": "home",
        "planned_start": "2026-11-09T16:30:00+08:00",
        "planned_end": "2026-11-09T17:00:00+08:00",
        "visitors": ["T1", "T2"],
    }
    entries = [entry("visit", "plan", n, told, case=f"v-{n}", student=f"S{n}") for n in (1, 2)]
    found = values_from("home_visit_plan", entries, school, About(teacher_id="T1"))
    assert isinstance(found["visits"], list)
    assert [row["student_id"] for row in found["visits"]] == ["S1", "S2"]
    assert found["visits"][0]["phone"] == "10000000002"
    assert "address" not in found["visits"][1]


def test_secret_facts_stay_where_they_are_kept() -> None:
    """A psychological fact of the same name never reaches a form that others read."""
    entries = [
        entry("crisis", "assess", 1, {"opinion": "seen at risk", "ideation": True}, case="c"),
        entry("crisis", "signal", 0, {"signal": "told", "content": "words of despair"}, case="c"),
        entry("help_plan", "mind_note", 2, {"content": "anxious"}, case="h"),
        entry("left_behind", "mind_block", 2, {"content": "low mood"}, case="l"),
        entry("visit", "mind_note", 3, {"content": "cries"}, case="v"),
    ]
    words = ("seen at risk", "words of despair", "anxious", "low mood", "cries")
    for form in FORMS.values():
        found = str(values_from(form, entries))
        if not form.secret:
            assert not any(word in found for word in words), form.name
    assert values_from("assessment_opinion", entries[:1])["opinion"] == "seen at risk"


def test_a_form_that_asks_for_secret_facts_does_not_get_them() -> None:
    """Even where a definition reads a secret step, a form that is not secret stays without it."""
    asking = replace(FORMS["visit_analysis"], reads=("help_plan.mind_note",))
    noted = entry("help_plan", "mind_note", 0, {"analysis": "in confidence"})
    assert "analysis" not in values_from(asking, [noted])
    told = entry("crisis", "written_crisis_report", 0, {"report": "in confidence"})
    assert values_from("crisis_report", [told])["report"] == "in confidence"


def test_facts_of_other_steps_do_not_fill_a_form() -> None:
    """The same word means another thing elsewhere: measures of a plan are none of a visit."""
    plan = entry("help_plan", "draft", 0, {"measures": ["tutoring"], "goal": "read aloud"})
    assert "measures" not in values_from("visit_analysis", [plan])
    assert values_from("help_ledger", [plan])["goal"] == "read aloud"


def test_the_report_outside_carries_its_own_words_alone() -> None:
    """A report to the police holds what was written for it, not what the team knows."""
    entries = [
        entry("crisis", "signal", 0, {"signal": "told", "content": "in confidence"}, case="c"),
        entry("crisis", "report_outside", 1, {"to": ["police"], "content": "is alone"}, case="c"),
    ]
    found = values_from("authority_report", entries)
    assert found["report"] == "is alone"
    assert "in confidence" not in str(found)


def test_rows_of_one_entry_stand_side_by_side() -> None:
    """The shifts of a roster are lists among the facts of one step."""
    shifts = {
        "watchers": ["T1", "T2"],
        "starts": ["2026-11-06T09:00:00+08:00", "2026-11-06T21:00:00+08:00"],
        "ends": ["2026-11-06T21:00:00+08:00", "2026-11-07T09:00:00+08:00"],
        "places": ["quiet room", "clinic"],
    }
    found = values_from("watch_roster", [entry("crisis", "full_watch", 0, shifts)])
    assert isinstance(found["shifts"], list)
    assert [row["watcher"] for row in found["shifts"]] == ["T1", "T2"]
    filled = fill("watch_roster", found)
    [draft] = entries_from(filled, POLICY)
    assert draft.step == "full_watch"
    assert draft.facts["places"] == ["quiet room", "clinic"]
    assert draft.facts["watchers"] == ["T1", "T2"]


VISIT = {
    "student_id": "S1",
    "form": "home",
    "start": "2026-11-06 16:30",
    "end": "2026-11-06 17:10",
    "visitors": ["T1"],
    "student_present": "yes",
    "focus": "the way to school",
    "content": "They showed the room.",
    "parent_feedback": "Glad that somebody came.",
    "problem_solved": "The bus card.",
    "next_steps": "A call in a week.",
    "next_date": "2026-11-13",
    "needs_school": "no",
}


def test_a_visit_record_becomes_steps_that_the_casebook_takes() -> None:
    """What was written on paper is accepted by the machine of visits."""
    drafts = entries_from(fill("visit_record", VISIT), POLICY)
    assert [one.step for one in drafts] == ["visit", "record"]
    assert drafts[1].facts["time"] == "2026-11-06 16:30"
    assert drafts[0].facts["start"] == "2026-11-06T16:30+08:00"
    plan = {
        "form": "home",
        "planned_start": "2026-11-06T16:30:00+08:00",
        "planned_end": "2026-11-06T17:00:00+08:00",
        "visitors": ["T1"],
    }
    entries = [entry("visit", "plan", -24, plan)]
    for hours, one in zip((9, 10), drafts, strict=True):
        new = entry(one.kind, one.step, hours, one.facts)
        accept(entries, new, POLICY, CALENDAR)
        entries.append(new)


def test_and_what_the_casebook_took_fills_the_same_form() -> None:
    """There and back, each field that is a fact is what it was."""
    filled = fill("visit_record", VISIT)
    entries = [
        entry(one.kind, one.step, hours, one.facts)
        for hours, one in enumerate(entries_from(filled, POLICY))
    ]
    again = fill("visit_record", values_from("visit_record", entries))
    assert {name: again.content[name] for name in filled.content} == dict(filled.content)


def test_a_log_becomes_a_step_a_row() -> None:
    """Rows with a moment and an actor bring them along."""
    told = {
        "student_id": "S1",
        "signal": "unexcused_absence",
        "since": "2026-11-05",
        "noticed_at": "2026-11-05 08:10",
        "contacts": [
            {"at": "2026-11-05 08:40", "by": "T1", "reached": "no", "content": "no answer"},
            {"at": "2026-11-05 09:20", "by": "T2", "reached": "yes", "content": "ill"},
        ],
    }
    opened, first, second = entries_from(fill("absence_sheet", told), POLICY)
    assert opened.step == "open"
    assert opened.at == dt.datetime(2026, 11, 5, 0, 10, tzinfo=dt.UTC)
    assert (first.step, first.actor, first.facts["reached"]) == ("contact_parents", "T1", False)
    assert second.at == dt.datetime(2026, 11, 5, 1, 20, tzinfo=dt.UTC)


def test_a_joint_visit_is_no_round() -> None:
    """The number of the round tells them apart."""
    told = {
        "student_id": "S1",
        "time": "2026-11-06 16:30",
        "place": "at home",
        "people": ["the head teacher", "the village committee"],
        "talk": "x",
        "parent_feedback": "y",
        "promises": "z",
        "signatures": ["Lu"],
        "roles": "head teacher",
        "partners": "village committee",
        "form": "home",
        "result": "not_yet",
    }
    [joint] = entries_from(fill("persuasion_record", told), POLICY)
    assert joint.step == "joint_visit"
    [round_] = entries_from(fill("persuasion_record", {**told, "number": 1}), POLICY)
    assert (round_.step, round_.facts["number"]) == ("round", 1)


def test_what_a_form_lacks_is_said() -> None:
    """A family profile alone is no record of a visit."""
    told = {
        "student_id": "S1",
        "parent_minutes": 30,
        "home_study_and_life": "a",
        "parent_behaviour": "b",
        "parent_puzzles": "c",
    }
    [draft] = entries_from(fill("family_profile", told), POLICY)
    assert draft.facts["parent_minutes"] == 30
    assert {"content", "parent_feedback"} <= set(draft.lacks)


def test_a_blank_copy_and_another_kind_are_refused() -> None:
    """With a sentence, not a traceback."""
    with pytest.raises(StoreError):
        entries_from(blank("visit_record"), POLICY)
    with pytest.raises(StoreError):
        entries_from(fill("visit_record", VISIT), POLICY, kind="crisis")
