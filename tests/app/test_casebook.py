"""The casebook's console: opened, filled, read, proved and locked, without a browser."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pandas as pd
import pytest

from visitkit.app.casebook import CasebookConsole
from visitkit.app.overriding import note_override
from visitkit.app.screening import ScreeningConsole
from visitkit.app.session import Session
from visitkit.calendar import Calendar
from visitkit.load import School
from visitkit.record import cases
from visitkit.widgets.forms_files import paper_files
from visitkit.widgets.reading import PageView

FIRST, SECOND = "three quiet lanterns", "a river below the wall"


def ask(folder: Path, way: str = "open", **more: str) -> dict[str, str]:
    """Return what the page sends when somebody opens a casebook."""
    known = {"actor": "T1", "role": "head_teacher", "people": FIRST, "psych": SECOND}
    return {"kind": "unlock", "way": way, "folder": str(folder), **known, **more}


def words(view: PageView) -> str:
    """Return what a page says."""
    return "\n".join(line for one in view.sections for line in one.sentences)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the casebook lies."""
    return tmp_path / "book"


@pytest.fixture
def console(folder: Path) -> CasebookConsole:
    """A console with a new casebook open, in English."""
    made = CasebookConsole(Session("en"))
    made.unlock._message(made.unlock, ask(folder, "new", school="Made-up School"), [])
    assert made.session.store is not None, made.unlock.said
    return made


def typed(console: CasebookConsole) -> dict[str, object]:
    """Return what stands in the form that is open."""
    return dict(vars(console.desk.form)["values"])


def plan_visit(console: CasebookConsole, student: str = "S1") -> str:
    """Plan a visit that was yesterday, and return its case."""
    console._begin({"kind": "visit", "student": student})
    now = dt.datetime.now(dt.timezone(dt.timedelta(hours=8))) - dt.timedelta(days=1)
    row = {
        "student_id": student,
        "planned_start": f"{now:%Y-%m-%dT16:30}",
        "planned_end": f"{now:%Y-%m-%dT17:00}",
        "form": "home",
        "visitors": ["T1"],
    }
    form = console.desk.form
    form._message(form, {"kind": "save", "values": {"teacher_id": "T1", "visits": [row]}}, [])
    assert form.mode == "kept", (form.said, form.faults)
    return console.desk.case_id


def visited(console: CasebookConsole) -> dict[str, object]:
    """Return the record of a visit that was made yesterday."""
    day = dt.datetime.now(dt.timezone(dt.timedelta(hours=8))) - dt.timedelta(days=1)
    return {
        **typed(console),
        "start": f"{day:%Y-%m-%dT16:30}",
        "end": f"{day:%Y-%m-%dT17:10}",
        "student_present": "yes",
        "focus": "the way to school",
        "content": "They showed the room. <script>alert(1)</script>",
        "parent_feedback": "Glad.",
        "problem_solved": "The bus card.",
        "next_steps": "A call.",
        "next_date": f"{day + dt.timedelta(days=9):%Y-%m-%d}",
        "needs_school": "no",
    }


def test_the_card_tells_contacts_of_the_casebook(folder: Path) -> None:
    """A visit written down a minute ago stands on the card, once, until the book shuts."""
    today = dt.datetime.now(dt.timezone(dt.timedelta(hours=8))).date()
    days = Calendar.weekdays(today - dt.timedelta(days=90), today + dt.timedelta(days=90))
    roll = pd.DataFrame({"student_id": ["S1", "S2"], "grade": [7, 7], "class_id": ["701", "701"]})
    school = School.from_frames(students=roll, calendar=days)
    session = Session.of(school, "recommended", today, "en")
    screening, console = ScreeningConsole(session), CasebookConsole(session)
    sent: list[dict[str, object]] = []
    screening.card.send = lambda content, *_: sent.append(content)

    def contacts(student: str) -> list[str]:
        screening._look(student)
        return list(sent[-1]["card"]["contacts"])

    assert contacts("S1") == []
    console.unlock._message(console.unlock, ask(folder, "new", school="Made-up School"), [])
    plan_visit(console)
    assert contacts("S1") == []
    assert console.desk.offers.press("visit", "fill")
    form = console.desk.form
    form._message(form, {"kind": "save", "values": visited(console)}, [])
    assert form.mode == "kept", (form.said, form.faults)
    store = session.store
    assert store is not None
    (told,) = contacts("S1")
    assert (today - dt.timedelta(days=1)).isoformat() in told
    looks = (store.audit()["action"] == "history").sum()
    assert contacts("S2") == []
    assert (store.audit()["action"] == "history").sum() == looks
    console._lock()
    assert contacts("S1") == []


def test_what_was_decided_is_written_down_once(folder: Path) -> None:
    """A console that was made anew after the lock does not write earlier decisions again."""
    session = Session("en")
    first = CasebookConsole(session)
    first.unlock._message(first.unlock, ask(folder, "new", school="Made-up School"), [])
    told = {"student_id": "S1", "tier": "watch", "reason_code": "other", "reason": "seen"}
    session.override = told
    noted = session.noted
    assert len(noted) == 1
    session.release()
    CasebookConsole(session)._overridden()
    assert session.noted is noted


def test_students_of_the_school_are_offered() -> None:
    """Nobody knows numbers by heart: name and class stand beside them once a school is open."""
    session = Session("en")
    console = CasebookConsole(session)

    def offered(form: object) -> list[list[str]]:
        fields = {one["name"]: one for one in form.frame["fields"]}  # type: ignore[attr-defined]
        return list(fields["student"]["choices"])

    assert offered(console.new) == offered(console.file.ask) == []
    roll = pd.DataFrame({"student_id": ["01", "02"], "name": ["Ann", None], "class_id": ["7", "8"]})
    session.school = School.from_frames(students=roll)
    assert offered(console.new) == offered(console.file.ask) == [["01", "7 Ann"], ["02", "8"]]
    console.new.go({"kind": "visit", "student": "somebody else"})


def test_closed_it_says_what_to_do() -> None:
    """Without a casebook nothing is shown but the way in."""
    console = CasebookConsole(Session("en"))
    assert "Open the casebook" in words(console.said)
    assert console.pages.layout.display == "none"


def test_a_visit_from_plan_to_record(console: CasebookConsole) -> None:
    """Planned, owed, recorded from the list, and no longer owed; the form opens again as it was."""
    case_id = plan_visit(console)
    store = console.session.store
    assert store is not None
    owed = [row for row in console.due._listing.rows if row.key.startswith(case_id)]
    assert [row.mark for row in owed] == ["late"] * len(owed)
    assert owed
    assert console.due.press(owed[0].key, "open")
    assert console.desk.case_id == case_id
    assert console.desk.offers.press("visit", "fill")
    form = console.desk.form
    assert typed(console)["student_id"] == "S1"
    sent = visited(console)
    form._message(form, {"kind": "save", "values": sent}, [])
    assert form.mode == "kept", (form.said, form.faults)
    assert "Make the visit" not in [row.cells[0] for row in console.due._listing.rows]
    entry = next(row for row in console.desk.entries._listing.rows if row.actions)
    form.close_paper()
    assert console.desk.entries.press(entry.key, "form")
    assert typed(console) == sent
    assert form.mode == "kept"


def test_the_same_session_in_two_languages(console: CasebookConsole) -> None:
    """Lists, form, desk and what is said change at once; nothing that was typed is lost."""
    plan_visit(console)
    console.desk.offers.press("visit", "fill")
    form = console.desk.form
    form._message(form, {"kind": "draft", "values": visited(console)}, [])
    draft = typed(console)
    before = [console.due._listing.caption, words(console.said), form.sheet["title"]]
    console.session.lang = "zh"
    after = [console.due._listing.caption, words(console.said), form.sheet["title"]]
    assert all(old.isascii() and not new.isascii() for old, new in zip(before, after, strict=True))
    assert typed(console) == draft


def test_a_crisis_asks_what_it_is_read_for(folder: Path, console: CasebookConsole) -> None:
    """Whoever opens it gives a purpose, and the look is written down."""
    console._begin({"kind": "crisis", "student": "S2"})
    form = console.desk.form
    form._message(form, {"kind": "save", "values": {"signal": "told", "suspected": "yes"}}, [])
    assert form.mode == "kept", form.said
    case_id = form.kept[0].case_id
    console._lock()
    console.unlock._message(console.unlock, ask(folder, actor="T7", role="counsellor"), [])
    assert not console.desk.open_case(case_id)
    assert console.desk.purpose.layout.display == ""
    assert console.desk.purpose.go({"purpose": "to see them today"})
    assert console.desk.case_id == case_id
    store = console.session.store
    assert store is not None
    looks = store.audit("read_case")
    assert any("to see them today" in str(one) for one in looks["detail"])


def test_a_students_file_is_read_with_a_purpose(console: CasebookConsole) -> None:
    """All cases of the student, in the order of the latest first, and the look is written down."""
    plan_visit(console)
    assert not console.file.ask.go({"student": "S1", "purpose": " "})
    assert console.file.ask.go({"student": "S1", "purpose": "meeting"})
    assert [row.cells[1] for row in console.file.rows._listing.rows] == ["Visit"]
    store = console.session.store
    assert store is not None
    assert "meeting" in str(store.audit("read_file")["detail"].tolist())


def test_without_the_second_key_nothing_psychological_is_offered(
    folder: Path, console: CasebookConsole
) -> None:
    """The console says so, and a crisis cannot be written down."""
    console._lock()
    console.unlock._message(console.unlock, ask(folder, psych=""), [])
    assert "without the key" in words(console.said)
    console._begin({"kind": "crisis", "student": "S1"})
    form = console.desk.form
    form._message(form, {"kind": "save", "values": {"signal": "told", "suspected": "yes"}}, [])
    assert form.mode == "write"
    assert form.said


def test_a_wrong_passphrase_opens_nothing(folder: Path, console: CasebookConsole) -> None:
    """A sentence; what was typed is in no state of any widget."""
    console._lock()
    wrong = "quite another phrase"
    console.unlock._message(console.unlock, ask(folder, people=wrong), [])
    assert console.session.store is None
    assert "people.db" in console.unlock.said
    state = json.dumps([one.get_state() for one in widgets_of(console)], default=repr)
    for phrase in (wrong, FIRST, SECOND):
        assert phrase not in state


def widgets_of(box: object) -> list[PageView]:
    """Return every widget of a console."""
    found = [box]
    for child in getattr(box, "children", ()):
        found += widgets_of(child)
    return found  # type: ignore[return-value]


def test_no_state_of_the_console_holds_a_student(console: CasebookConsole) -> None:
    """Rows and forms travel in messages: a saved notebook keeps nobody."""
    plan_visit(console, "S0412")
    console.desk.offers.press("visit", "fill")
    state = json.dumps([one.get_state() for one in widgets_of(console)], default=repr)
    assert "S0412" not in state
    assert repr(console) == "CasebookConsole()"


def test_a_file_that_was_read_is_gone_with_the_lock(console: CasebookConsole) -> None:
    """Not only out of sight: the page holds no row of it any more."""
    plan_visit(console)
    console.file._ask_for({"student": "S1", "purpose": "a talk"})
    assert console.file.rows._listing.rows
    console._lock()
    assert console.file.rows._listing.rows == ()
    assert not words(console.file.said)


def test_a_locked_screen_closes_the_book(console: CasebookConsole) -> None:
    """Nothing stays open, not even what was typed."""
    plan_visit(console)
    console.desk.offers.press("visit", "fill")
    store = console.session.store
    console.session.locked = True
    assert console.session.store is None
    assert store is not None
    assert not store.book.is_open
    assert typed(console) == {}
    assert console.pages.layout.display == "none"


def test_proof_consent_and_backup(console: CasebookConsole, tmp_path: Path) -> None:
    """Verified against its own printed head; a backup is told, twice is refused in words."""
    plan_visit(console)
    proof = console.proof
    assert proof.anchor.go({"given_to": "leading group"})
    head = proof.said.sections[0].sentences[1]
    assert proof.verify.go({"paper": head})
    assert proof.said.sections[0].tone == "strong"
    assert proof.verify.go({"paper": "people 1 " + "0" * 64})
    assert "1" in words(proof.said)
    place = tmp_path / "copy"
    assert proof.copy.go({"folder": str(place)})
    assert (place / "backup.json").is_file()
    assert proof.copy.go({"folder": str(place)})
    assert proof.said.sections[0].tone == "warning"
    until = {"student": "S1", "person": "T2", "until": "2027-07-01", "reason": "meeting"}
    assert proof.grant.go(until)
    assert proof.said.sections[0].tone == "warning"  # a head teacher may not consent
    (name, data), *_ = proof._paper().items()
    assert name.endswith(".txt")
    assert head.encode() in data


def test_a_changed_tier_is_written_down(console: CasebookConsole) -> None:
    """The computed tier and the person's stand beside each other, with the reason."""

    class Cases:
        table = pd.DataFrame(
            {"student_id": ["S1"], "tier": ["watch"], "risk_index": [51.0], "coverage": [0.8]}
        )

    store = console.session.store
    assert store is not None
    told = {
        "student_id": "S1",
        "tier": "priority",
        "reason": "seen by the class",
        "until": "2027-01-31",
    }
    written = note_override(store, told, Cases())  # type: ignore[arg-type]
    assert [one.step for one in written] == ["compute", "rate"]
    state = cases.state(store.case(written[0].case_id))
    assert (state.computed, state.level) == (
        "dropout:medium",
        "dropout:high",
    ) or state.level != state.computed
    assert "2027-01-31" in str(written[1].facts["remark"])
    console.session.override = {**told, "student_id": "S9"}
    assert "not on the open list" in words(console.said)


def test_a_workbook_filled_in_elsewhere_is_saved(console: CasebookConsole) -> None:
    """Read back, shown, and taken for the case on the desk; what is no form is a sentence."""
    plan_visit(console)
    console.desk.offers.press("visit", "fill")
    form = console.desk.form
    form._message(form, {"kind": "draft", "values": visited(console)}, [])
    (data,) = paper_files(form.filled(), "xlsx", "en").values()
    draft = typed(console)
    form.close_paper()
    assert console.form_file.take("filled.xlsx", data)
    assert typed(console) == draft
    form._message(form, {"kind": "save", "values": draft}, [])
    assert form.mode == "kept", form.said
    assert not console.form_file.take("other.xlsx", b"PK not a workbook")
    assert console.form_file.said


def test_a_row_that_was_not_saved_is_told(console: CasebookConsole) -> None:
    """Two students on a plan, one without a time: the sentence after saving names that row."""
    console._begin({"kind": "visit", "student": "S1"})
    day = dt.date.today() + dt.timedelta(days=1)
    times = {"planned_start": f"{day}T16:30", "planned_end": f"{day}T17:00", "visitors": ["T1"]}
    rows = [{"student_id": "S1", "form": "home", **times}, {"student_id": "S2"}]
    form = console.desk.form
    form._message(form, {"kind": "save", "values": {"teacher_id": "T1", "visits": rows}}, [])
    assert form.mode == "kept", (form.said, form.faults)
    assert "Rows not written down" in form.said
    assert "2 S2." in form.said
    assert console.session.store.cases()["student_id"].tolist() == ["S1"]


def test_a_plan_of_visits_is_taken_over(console: CasebookConsole) -> None:
    """Offered where there is one; twice changes nothing."""
    assert console.schedule.layout.display == "none"
    row = {"student_id": "S1", "date": "2027-03-05", "start": "16:30", "end": "17:00"}
    made = pd.DataFrame([{**row, "visitors": "T1", "form": "home"}])
    console._taken_over(made)
    assert words(console.new_said) == "Visits planned: 1."
    console._taken_over(made)
    assert words(console.new_said) == "Visits that stay as they were: 1."
    assert [row.cells[1] for row in console.cases._listing.rows] == ["S1"]


def test_every_blank_form_opens(console: CasebookConsole) -> None:
    """All of them, to print or to save as a file."""
    assert len(console.forms._listing.rows) == 30
    for row in console.forms._listing.rows:
        assert console.forms.press(row.key, "blank")
        assert console.desk.form.filled().empty
