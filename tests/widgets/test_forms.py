"""Every form on the screen: drawn, filled in, saved, opened again; nothing typed is run."""

from __future__ import annotations

import datetime as dt
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from visitkit import record
from visitkit.calendar import Calendar
from visitkit.policy import read_policy
from visitkit.record import Entry, cases
from visitkit.record.cases.offering import openings, steps_now
from visitkit.record.forms import FORMS, Field, FilledForm
from visitkit.record.forms import words as say
from visitkit.record.forms.keeping import Taking
from visitkit.record.forms.parts import parts_of
from visitkit.record.forms.sheets import facts_of, sheets_of
from visitkit.widgets.forms import FormView, VisitForm
from visitkit.widgets.forms_desk import FormDesk
from visitkit.widgets.forms_files import paper_files
from visitkit.widgets.forms_keeping import Keeping
from visitkit.widgets.forms_state import FormPaper, drawn, shown, told, typed
from visitkit.widgets.forms_steps import StepPaper

from .page import Page

POLICY = read_policy("recommended")
KEYS = record.Keys(bytes(range(32)), bytes(range(1, 33)))
NOW = dt.datetime(2027, 3, 5, 12, tzinfo=dt.UTC)
SCRIPT = "<script>alert(1)</script> {{7*7}} =HYPERLINK(1) \u5c0f\u6cb3 \U0001f600"
#: What a person types into a field of each kind, as the browser sends it.
TYPED: dict[str, object] = {
    "text": SCRIPT,
    "long": SCRIPT + "\n- second line",
    "id": "00412",
    "person": "T1",
    "signature": "Lu",
    "date": "2027-03-05",
    "time": "16:30",
    "moment": "2027-03-05T16:30",
    "number": "2.5",
    "integer": "3",
    "flag": "no",
}
PLAN = {
    "form": "home",
    "planned_start": "2027-03-05T16:30:00+08:00",
    "planned_end": "2027-03-05T17:00:00+08:00",
    "visitors": ["T1"],
}
VISIT = {
    "student_id": "S1",
    "form": "home",
    "start": "2027-03-05T16:30",
    "end": "2027-03-05T17:10",
    "visitors": ["T1"],
    "student_present": "yes",
    "focus": "the way to school",
    "content": SCRIPT,
    "parent_feedback": "Glad that somebody came.",
    "problem_solved": "The bus card.",
    "next_steps": "A call in a week.",
    "next_date": "2027-03-12",
    "needs_school": "no",
    "opinions": "more evening buses",
}


def typed_in(one: Field, place: int = 0) -> object:
    """Return what a person types into a field."""
    if one.kind == "table":
        return [{each.name: typed_in(each, row) for each in one.columns} for row in range(2)]
    if one.kind == "list":
        item = Field(one.name, one.item, of=one.of, choices=one.choices)
        return [typed_in(item, 0), typed_in(item, 1)]
    if one.kind == "choices":
        return list(say.codes(one)[:2])
    if one.kind == "choice":
        return say.codes(one)[place % len(say.codes(one))]
    return TYPED[one.kind]


def everything(form: str) -> dict[str, object]:
    """Return a form filled in everywhere, as the browser sends it."""
    return {one.name: typed_in(one) for one in FORMS[form].fields.values()}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[record.CaseStore]:
    """An open casebook with a visit planned for S1; its clock stands still."""
    days = Calendar.weekdays("2026-06-01", "2027-08-31")
    record.new_store(tmp_path / "book", KEYS, school="Made-up School", calendar=days)
    opened = record.open_store(
        tmp_path / "book", KEYS, actor="T1", role="head_teacher", clock=lambda: NOW
    )
    with opened as made:
        at = NOW - dt.timedelta(days=1)
        made.add(Entry("v-1", "visit", "plan", "S1", at, "T1", "head_teacher", PLAN))
        yield made


def visit(store: record.CaseStore, step: str = "visit") -> FormView:
    """Return the visit record of S1."""
    return FormView("visit_record", Keeping(store, Taking("visit", step, "v-1", "S1")), lang="en")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_each_form_is_drawn_in_words(form: str, lang: str) -> None:
    """Every field has a label and every choice a word; the sheet can be sent."""
    sheet = FormPaper(FORMS[form]).sheet(lang)
    json.dumps(sheet)
    fields = [one for part in sheet["sections"] for one in part["fields"]]  # type: ignore[attr-defined]
    assert [one["name"] for one in fields] == list(FORMS[form].fields)
    for one in [*fields, *(column for each in fields for column in each["columns"])]:
        assert one["label"]
        assert all(word for _, word in one["choices"])


@pytest.mark.parametrize("form", FORMS)
def test_each_form_is_filled_saved_and_opened_again_equal(form: str) -> None:
    """From the browser to what the casebook keeps and back, in every field."""
    definition, sent = FORMS[form], everything(form)
    view = FormView(form, lang="en")
    view._message(view, {"kind": "draft", "values": sent}, [])
    assert view.values == sent
    checked = FormPaper(definition).check(view.values)
    assert checked.faults == ()
    assert checked.filled is not None
    assert (
        typed(definition.fields.values(), shown(definition.fields.values(), checked.filled.content))
        == sent
    )
    for kind in dict.fromkeys(one.partition(".")[0] for one in definition.steps):
        assert saved_and_read(checked.filled, kind) == checked.filled


def saved_and_read(filled: FilledForm, kind: str) -> FilledForm:
    """Return a form as its entries put it together again."""
    entries = [
        Entry(
            f"c-{place}",
            part.draft.kind,
            part.draft.step,
            "00412",
            NOW,
            "T1",
            "head_teacher",
            json.loads(json.dumps(facts_of(filled, part, "n"), default=list)),
            f"e{place}",
        )
        for place, part in enumerate(parts_of(filled, POLICY, kind))
    ]
    [sheet] = sheets_of(entries)
    return sheet.filled


def test_a_visit_is_saved_and_opened_again(store: record.CaseStore) -> None:
    """In a real casebook: what was typed is there when the form is opened from it."""
    view = visit(store)
    view._message(view, {"kind": "save", "values": VISIT, "at": ""}, [])
    assert view.mode == "kept", view.said
    assert view.said == "Saved: note the visit made, write the record."
    assert [one.step for one in view.kept] == ["visit", "record"]
    [sheet] = sheets_of(store.case("v-1"))
    again = FormView(lang="en")
    again.show("visit_record", Keeping(store, Taking("visit", "visit", "v-1", "S1"), sheet))
    assert again.values == VISIT
    assert "more evening buses" in str(again.values)


def test_a_saved_form_cannot_be_typed_into(store: record.CaseStore) -> None:
    """Only a correction with a reason changes it, and the old version stays."""
    view = visit(store)
    view._message(view, {"kind": "save", "values": VISIT}, [])
    view._message(view, {"kind": "draft", "values": {"content": "changed"}}, [])
    assert view.values["content"] == SCRIPT
    view._message(view, {"kind": "correct"}, [])
    assert view.mode == "correct"
    better = {**VISIT, "content": "They showed the yard."}
    view._message(view, {"kind": "save", "values": better, "reason": ""}, [])
    assert view.mode == "correct"
    assert view.said  # a reason is asked for
    view._message(view, {"kind": "save", "values": better, "reason": "it was the yard"}, [])
    assert view.mode == "kept"
    [sheet] = sheets_of(store.case("v-1"))
    assert sheet.filled.content["content"] == "They showed the yard."
    assert SCRIPT in str([one.facts for one in store.case("v-1")])


def test_a_correction_can_be_given_up(store: record.CaseStore) -> None:
    """What was saved stands in the form again."""
    view = visit(store)
    view._message(view, {"kind": "save", "values": VISIT}, [])
    view._message(view, {"kind": "correct"}, [])
    view._message(view, {"kind": "draft", "values": {**VISIT, "content": "other"}}, [])
    view._message(view, {"kind": "cancel"}, [])
    assert (view.mode, view.values["content"]) == ("kept", SCRIPT)


def test_faults_stand_beside_their_fields(store: record.CaseStore) -> None:
    """In words, in both languages, and nothing is written."""
    view = visit(store)
    wrong = {**VISIT, "start": "2027-13-01T00:00", "parent_minutes": "many", "content": ""}
    view._message(view, {"kind": "save", "values": wrong}, [])
    assert set(view.faults) == {"start", "parent_minutes", "content"}
    assert view.said == "Not saved: 3 places need a look. They are marked in the form."
    assert "whole number" in view.faults["parent_minutes"]
    view.lang = "zh"
    assert set(view.faults) == {"start", "parent_minutes", "content"}
    assert not view.faults["parent_minutes"].isascii()
    assert len(store.case("v-1")) == 1


def test_a_fault_in_a_row_is_told_at_its_cell() -> None:
    """Row and column, so that the browser can mark the field."""
    paper = FormPaper(FORMS["home_visit_plan"])
    rows = [{"student_id": "S1"}, {"student_id": "S2", "planned_start": "never"}]
    found = told(paper, paper.check({"teacher_id": "T1", "visits": rows}).faults, "en")
    assert list(found) == ["visits/2/planned_start"]


def test_what_the_casebook_refuses_is_a_sentence(store: record.CaseStore) -> None:
    """A visit that is not over yet: told in words, the draft stays."""
    view = visit(store)
    late = {**VISIT, "start": "2027-03-05T21:30", "end": "2027-03-05T22:10"}
    view._message(view, {"kind": "save", "values": late}, [])
    assert view.mode == "write"
    assert "end" in view.said
    assert view.values == late


def test_language_is_switched_with_the_draft_in_place(store: record.CaseStore) -> None:
    """Words change at once, what was typed does not."""
    view = visit(store)
    view._message(view, {"kind": "draft", "values": VISIT}, [])
    before = view.sheet["title"]
    view.lang = "zh"
    assert view.sheet["title"] != before
    assert view.values == VISIT
    assert view.words["save"] != "Save in the casebook"


def test_no_trait_holds_what_was_typed(store: record.CaseStore) -> None:
    """A saved notebook keeps the state of a widget: no student is in it."""
    view = visit(store)
    view._message(view, {"kind": "save", "values": VISIT}, [])
    told_state = json.dumps(view.get_state(), default=str)
    for word in ("S1", "bus card", "alert(1)", "v-1"):
        assert word not in told_state
    assert repr(view) == "FormView()"
    assert "S1" not in repr(FormDesk(view))


def test_nothing_typed_becomes_html_or_a_formula() -> None:
    """The printed page escapes it, the workbook keeps it as text."""
    view = FormView("visit_record", values={}, lang="en")
    view._message(view, {"kind": "draft", "values": {**VISIT, "parent_feedback": "=1+1"}}, [])
    (page,) = paper_files(view.filled(), "html", "en").values()
    assert b"<script>alert" not in page
    assert b"&lt;script&gt;alert(1)" in page
    (book,) = paper_files(view.filled(), "xlsx", "en").values()
    sheets = load_workbook(io.BytesIO(book)).worksheets
    cells = [cell for sheet in sheets for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert any(str(cell.value).lstrip("'") == "=1+1" for cell in cells)


def test_a_half_filled_form_can_be_printed() -> None:
    """For paper use: what is not there yet is not asked for; an empty form is a blank copy."""
    view = FormView("visit_record", lang="en")
    assert view.filled().empty
    view._message(view, {"kind": "draft", "values": {"student_id": "S1"}}, [])
    assert not view.filled().empty
    sent: list[tuple[object, list[bytes]]] = []
    view.send = lambda content, buffers=None: sent.append((content, buffers or []))
    view._message(view, {"kind": "print", "values": {"student_id": "S1"}, "who": "me"}, [])
    [(content, buffers)] = sent
    assert content == {"kind": "page", "who": "me"}
    assert buffers[0].startswith(b"<!DOCTYPE html>")


def test_a_view_that_comes_up_is_told_apart() -> None:
    """What a view asks for says so: it must wipe out nothing that was typed meanwhile."""
    view = FormView("visit_record", lang="en")
    page = Page(view)
    (filled,) = page.say("ready")
    assert (filled["kind"], filled["asked"]) == ("fill", True)
    view.show("visit_feedback")
    assert page.last("fill")[0]["asked"] is False


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3)
    ),
    max_leaves=12,
)
messages = anything | st.fixed_dictionaries(
    {"kind": st.sampled_from(["draft", "save", "correct", "cancel", "print", "ready", "x"])},
    optional={"values": anything, "at": anything, "reason": anything, "who": anything},
)


@settings(max_examples=120, deadline=None)
@given(message=messages)
def test_no_message_breaks_it(message: object) -> None:
    """Whatever a page sends: no error, and only fields of the form are kept."""
    view = FormView("persuasion_record", lang="en")
    view._message(view, message, [])
    assert set(view.values) <= set(FORMS["persuasion_record"].fields)
    assert view.mode == "write"  # without a casebook nothing is ever saved


def test_the_browser_cannot_assign_a_trait() -> None:
    """State travels one way."""
    view = FormView("visit_record", lang="en")
    view.set_state({"can_save": True, "sheet": {}, "mode": "kept"})
    assert (view.can_save, view.mode) == (False, "write")
    assert view.sheet


@pytest.mark.parametrize("kind", cases.KINDS)
def test_each_opening_step_can_be_filled_in(kind: str) -> None:
    """Steps without a form of their own are asked for in the same way."""
    [offer, *_] = openings(kind, POLICY)
    paper = StepPaper(offer, POLICY)
    for lang in ("zh", "en"):
        sheet = paper.sheet(lang)
        assert sheet["title"]
        json.dumps(sheet)
    needed = [one.name for one in paper.fields.values() if one.required]
    assert {fault.field for fault in paper.check({}).faults} >= set(needed)


def test_a_step_without_a_form_is_saved(store: record.CaseStore) -> None:
    """Its facts go into the casebook as they were typed; a wrong code is refused."""
    [offer] = openings("complaint", POLICY)
    paper = StepPaper(offer, POLICY)
    channel = paper.fields["channel"].choices[0]
    view = FormView(paper, Keeping(store, Taking("complaint", "receive")), lang="en")
    told_values = {"channel": channel, "content": SCRIPT, "anonymous": "yes", "danger": "no"}
    view._message(view, {"kind": "save", "values": {**told_values, "channel": "elsewhere"}}, [])
    assert set(view.faults) == {"channel"}
    view._message(view, {"kind": "save", "values": told_values}, [])
    assert view.mode == "kept", view.said
    [entry] = view.kept
    assert entry.facts["content"] == SCRIPT
    assert entry.facts["anonymous"] is True
    assert steps_now([entry], POLICY)


def test_when_it_happened_is_the_clock_of_the_school(store: record.CaseStore) -> None:
    """A moment typed is eight hours ahead of UTC; what is none is refused in words."""
    [offer] = openings("escalation", POLICY)
    paper = StepPaper(offer, POLICY)
    view = FormView(paper, Keeping(store, Taking("escalation", "report", "", "S1")), lang="en")
    values = {"issue": "broken stairs", "to": ["moral_office"]}
    view._message(view, {"kind": "save", "values": values, "at": "yesterday"}, [])
    assert view.mode == "write"
    assert "day and a time" in view.said
    view._message(view, {"kind": "save", "values": values, "at": "2027-03-04T16:30"}, [])
    assert view.kept[0].at == dt.datetime(2027, 3, 4, 8, 30, tzinfo=dt.UTC)


def test_the_visit_form_begins_with_the_plan(store: record.CaseStore) -> None:
    """Student, visitors and form of visit come from the plan; the times are the visitor's own."""
    view = VisitForm(store, "v-1", lang="en")
    assert view.values["student_id"] == "S1"
    assert view.values["visitors"] == ["T1"]
    assert view.values["form"] == "home"
    assert "start" not in view.values
    assert view.can_save


def test_a_form_without_a_casebook_says_so() -> None:
    """It can be printed and saved as a file."""
    view = FormView("coverage_report", lang="en")
    assert not view.can_save
    assert "casebook" in view.why_not
    paper = FormPaper(FORMS["coverage_report"])
    assert drawn(paper, Field("x", "date"), "Day", "en")["kind"] == "date"
