"""A form taken into the casebook whole: what was written on it is there when it is opened again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from visitkit import record
from visitkit.calendar import Calendar
from visitkit.errors import StoreError
from visitkit.record import Entry, cases
from visitkit.record.forms import fill
from visitkit.record.forms.keeping import Taking, correct, keep
from visitkit.record.forms.parts import parts_of, silent_rows
from visitkit.record.forms.sheets import SHEET, sheets_of

KEYS = record.Keys(bytes(range(32)), bytes(range(1, 33)))
NOW = dt.datetime(2027, 3, 5, 12, tzinfo=dt.UTC)
VISIT: Mapping[str, object] = {
    "student_id": "S1",
    "form": "home",
    "start": "2027-03-05 16:30",
    "end": "2027-03-05 17:10",
    "visitors": ["T1"],
    "student_present": "yes",
    "focus": "the way to school",
    "content": "They showed the room. <script>alert(1)</script>",
    "parent_feedback": "=1+1",
    "opinions": "more evening buses",
    "problem_solved": "The bus card.",
    "next_steps": "A call in a week.",
    "next_date": "2027-03-12",
    "needs_school": "no",
    "family_signature": "Lu",
}
PLAN = {
    "form": "home",
    "planned_start": "2027-03-05T16:30:00+08:00",
    "planned_end": "2027-03-05T17:00:00+08:00",
    "visitors": ["T1"],
}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[record.CaseStore]:
    """An open casebook whose clock stands still, with one visit planned for S1."""
    days = Calendar.weekdays("2026-06-01", "2027-08-31")
    record.new_store(tmp_path / "book", KEYS, school="Made-up School", calendar=days)
    opened = record.open_store(
        tmp_path / "book", KEYS, actor="T1", role="head_teacher", clock=lambda: NOW
    )
    with opened as made:
        at = NOW - dt.timedelta(days=1)
        made.add(Entry("v-1", "visit", "plan", "S1", at, "T1", "head_teacher", PLAN))
        yield made


def taking(step: str = "") -> Taking:
    """Return the visit of S1."""
    return Taking("visit", step, "v-1", "S1")


def test_the_whole_form_is_there_again(store: record.CaseStore) -> None:
    """Fields that are no facts of a step are kept too, and nothing typed is changed."""
    filled = fill("visit_record", VISIT)
    taken = keep(store, filled, taking("visit"))
    assert [one.step for one in taken] == ["visit", "record"]
    [sheet] = sheets_of(store.case("v-1"))
    assert sheet.filled == filled
    assert sheet.filled.content["opinions"] == "more evening buses"
    assert sheet.filled.content["parent_feedback"] == "=1+1"


def test_the_chosen_step_or_nothing(store: record.CaseStore) -> None:
    """A record cannot be written before the visit; the visit is then not taken by accident."""
    keep(store, fill("visit_record", VISIT), taking("visit"))
    with pytest.raises(StoreError) as caught:
        keep(store, fill("visit_record", VISIT), taking("visit"))
    assert caught.value.key == "cases.not_now"
    assert len(store.case("v-1")) == 3


def test_nobody_at_home_is_no_visit(store: record.CaseStore) -> None:
    """The step that was chosen decides what a form stands for."""
    taken = keep(store, fill("visit_record", {**VISIT, "found": "locked"}), taking("not_at_home"))
    assert [one.step for one in taken] == ["not_at_home"]


def test_what_is_lacking_is_named_and_nothing_is_taken(store: record.CaseStore) -> None:
    """The chosen step lacks a fact: the sentence names it in words."""
    given = {name: value for name, value in VISIT.items() if name not in {"focus", "next_date"}}
    with pytest.raises(StoreError) as caught:
        keep(store, fill("visit_record", given), taking("record"))
    assert caught.value.key == "forms.lacking"
    assert len(store.case("v-1")) == 1


def test_a_plan_without_times_says_what_to_fill_in(store: record.CaseStore) -> None:
    """Only whom to visit is filled in: the sentence names what a planned visit needs."""
    filled = fill("home_visit_plan", {"teacher_id": "T1", "visits": [{"student_id": "S1"}]})
    with pytest.raises(StoreError) as caught:
        keep(store, filled, Taking("visit", "plan", student_id="S1"))
    assert caught.value.key == "forms.nothing_said"
    steps = cases.KINDS["visit"].steps
    needed = [cases.field_text(one) for one in steps["plan"].fields if one.required]
    assert len(needed) == 4
    assert all(word in str(caught.value) for word in needed)
    assert len(store.case("v-1")) == 1


def test_each_row_goes_to_its_own_student(store: record.CaseStore) -> None:
    """A plan of two visits opens two cases, and neither holds the other's row."""
    rows: list[dict[str, object]] = [
        {"student_id": name, "planned_start": "2027-03-08 16:30", "planned_end": "2027-03-08 17:00"}
        for name in ("S1", "S2")
    ]
    rows = [row | {"form": "home", "visitors": ["T1"]} for row in rows]
    filled = fill("home_visit_plan", {"teacher_id": "T1", "visits": rows, "focus": "spring"})
    taken = keep(store, filled, Taking("visit", "plan"))
    assert [one.student_id for one in taken] == ["S1", "S2"]
    assert len({one.case_id for one in taken}) == 2
    assert "S2" not in str(taken[0].facts)
    [sheet] = sheets_of([one for case in taken for one in store.case(case.case_id)])
    assert sheet.filled == filled


def test_a_row_that_only_names_a_student_is_told(store: record.CaseStore) -> None:
    """It is not written down, and nobody believes that it was."""
    row = {"planned_start": "2027-03-06 16:30", "planned_end": "2027-03-06 17:00", "form": "home"}
    rows = [{"student_id": "S4"}, {**row, "student_id": "S5", "visitors": ["T1"]}]
    filled = fill("home_visit_plan", {"teacher_id": "T1", "visits": rows})
    rules = store.book.rules.policy
    assert [one.student_id for one in parts_of(filled, rules, "visit", "plan")] == ["S5"]
    assert silent_rows(filled, rules, "visit") == ((1, "S4"),)
    whole = fill("home_visit_plan", {"teacher_id": "T1", "visits": rows[1:]})
    assert silent_rows(whole, rules, "visit") == ()


def test_a_row_of_another_student_needs_one_case(store: record.CaseStore) -> None:
    """An appointment for a student without a visit is refused, and the others with it."""
    agreed = {"agreed_start": "2027-03-08 16:30", "agreed_end": "2027-03-08 17:00"}
    rows = [{"student_id": name, "with_whom": "mother"} | agreed for name in ("S1", "S2")]
    filled = fill("appointment_list", {"teacher_id": "T1", "appointments": rows})
    with pytest.raises(StoreError) as caught:
        keep(store, filled, Taking("visit", "appoint"))
    assert caught.value.key == "forms.which_case"
    assert len(store.case("v-1")) == 1
    mine = fill("appointment_list", {"teacher_id": "T1", "appointments": rows[:1]})
    assert [one.case_id for one in keep(store, mine, Taking("visit", "appoint"))] == ["v-1"]


def test_a_correction_keeps_the_old_version(store: record.CaseStore) -> None:
    """The form opened again shows the new words; the old entry is still in the casebook."""
    keep(store, fill("visit_record", VISIT), taking("visit"))
    [sheet] = sheets_of(store.case("v-1"))
    better = fill("visit_record", {**VISIT, "content": "They showed the yard."})
    with pytest.raises(StoreError):
        correct(store, sheet, better, " ")
    done = correct(store, sheet, better, "the room was the yard")
    assert done
    assert all(one.corrects for one in done)
    entries = store.case("v-1")
    [again] = sheets_of(entries)
    assert again.filled == better
    assert "showed the room" in str([one.facts[SHEET] for one in entries if SHEET in one.facts])
    assert correct(store, again, better, "nothing changed") == []


def test_a_step_is_not_added_by_a_correction(store: record.CaseStore) -> None:
    """A row more is a step more: that is done in the case."""
    agreed = {"agreed_start": "2027-03-08 16:30", "agreed_end": "2027-03-08 17:00"}
    row = {"student_id": "S1", "with_whom": "mother"} | agreed
    filled = fill("appointment_list", {"teacher_id": "T1", "appointments": [row]})
    keep(store, filled, Taking("visit", "appoint"))
    [sheet] = sheets_of(store.case("v-1"))
    more = fill("appointment_list", {"teacher_id": "T1", "appointments": [row, row]})
    with pytest.raises(StoreError) as caught:
        correct(store, sheet, more, "one more")
    assert caught.value.key == "forms.other_rows"


def test_a_secret_form_stays_in_the_secret_file(store: record.CaseStore) -> None:
    """What is written on the form lies where the step lies."""
    at = NOW - dt.timedelta(hours=2)
    told = {"signal": "told", "suspected": True}
    store.add(Entry("c-1", "crisis", "signal", "S1", at, "T1", "head_teacher", told))
    values = {
        "case_id": "c-1",
        "known_at": "2027-03-05 18:00",
        "written_at": "2027-03-05 19:00",
        "to": ["counsellor"],
        "report": "in confidence",
        "done_so_far": "somebody sits with the student",
        "reporter": "T1",
    }
    case = Taking("crisis", "written_crisis_report", "c-1", "S1", purpose="report")
    [entry] = keep(store, fill("crisis_report", values), case)
    assert entry.entry_id.startswith("m") or not entry.entry_id.startswith("p")
    people = store.book.people
    with people.begin() as connection:
        found = connection.exec_driver_sql("SELECT * FROM content").fetchall()
    assert "in confidence" not in str(found)
