"""The console for screening: what is shown follows the session, what is done goes into it."""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
import zipfile
from typing import Any

import pytest

from visitkit import policy, sample, screen, text
from visitkit.app.screening import FILES, ScreeningConsole
from visitkit.app.session import Session
from visitkit.calendar import Calendar
from visitkit.load import School
from visitkit.widgets.card_tier import Override
from visitkit.widgets.saving import as_one

DAY = dt.date(2026, 11, 2)


@pytest.fixture(scope="module")
def school() -> School:
    """A small made-up school."""
    made = sample.make_school(seed=3, students=120)
    return School(made.tables, Calendar.from_frame(made.tables["calendar"]))


@pytest.fixture(scope="module")
def cases(school: School) -> screen.Caseload:
    """Its caseload."""
    return Session.of(school, "recommended", DAY, "en").cases


@pytest.fixture
def session(school: School, cases: screen.Caseload) -> Session:
    """A session in which the school is open."""
    state: dict[str, Any] = {"school": school, "as_of": DAY, "start": cases, "cases": cases}
    return Session("en", **state)


@pytest.fixture
def console(session: Session) -> ScreeningConsole:
    """The console over it."""
    return ScreeningConsole(session)


def say(view: Any, kind: str, **facts: Any) -> None:
    """Let the browser say something to a view."""
    view._message(view, {"kind": kind, **facts}, [])


def test_without_a_school_it_says_how_to_open_one() -> None:
    """One sentence in the language of the session; opening a school shows the console."""
    console = ScreeningConsole(Session("zh"))
    (only,) = console.children
    assert text.say("app_screening.closed", "zh") in only.value
    assert repr(console) == "ScreeningConsole()"


def test_opening_a_school_shows_it(session: Session, cases: screen.Caseload) -> None:
    """The console follows the session."""
    empty = Session("en")
    console = ScreeningConsole(empty)
    with empty.hold_trait_notifications():
        empty.school, empty.as_of, empty.start, empty.cases = session.school, DAY, cases, cases
    assert len(console.children) > 1
    assert len(console.table) == len(cases)
    assert console.board.board is not None
    assert console.choices.shown


def test_a_slider_reaches_everything(console: ScreeningConsole, session: Session) -> None:
    """The list, the card and the session have the caseload of the sliders."""
    student = console.table._columns.ids[0]
    console.table.go_to(student)
    assert console.card.student == student
    console.panel.set(weights={"attendance": 5.0, "academic": 0.0})
    assert session.cases is console.panel.cases is not session.start
    assert session.cases.policy["risk.dimensions.attendance"] == 5.0
    assert console.table._cases is session.cases
    assert console.card._cases is session.cases


def test_the_list_for_visits_is_one(console: ScreeningConsole, session: Session) -> None:
    """Boxes of the list, the button of the card and the session agree, wherever it began."""
    ids = console.table._columns.ids
    say(console.table, "chosen", rows=[2, 0])
    assert session.chosen == (ids[0], ids[2]) == console.card.chosen
    console.table.go_to(ids[5])
    say(console.card, "visit", student=ids[5], on=True)
    assert set(session.chosen) == {ids[0], ids[2], ids[5]} == set(console.table.chosen)
    session.chosen = (ids[7],)
    assert console.table.chosen == (ids[7],) == console.card.chosen


def test_a_tier_set_by_a_person_goes_on_record(console: ScreeningConsole, session: Session) -> None:
    """The session holds it for the casebook, the list shows it, the computed tier stays."""
    table = session.start.table
    student = str(table.loc[table["tier"] == "routine", "student_id"].iloc[0])
    console.table.go_to(student)
    facts = {"tier": "priority", "reason_code": "recent_change", "reason": "moved out",
             "until": "2026-12-31"}  # fmt: skip
    say(console.card, "decide", student=student, **facts)
    assert session.override == {"student_id": student, **facts}
    assert [(one.computed, one.tier) for one in session.overrides] == [("routine", "priority")]
    assert console.table._decided == {student: "priority"}
    assert session.cases.student(student)["tier"] == "routine"
    again = ScreeningConsole(session)
    assert again.table._decided == {student: "priority"}
    say(console.card, "withdraw", student=student)
    assert session.overrides == ()
    assert console.table._decided == {}


def test_what_ran_out_is_shown_no_more(session: Session) -> None:
    """A tier past its last day is not on the list."""
    old = Override("S0001", "routine", "priority", "other", "seen", DAY - dt.timedelta(1))
    session.overrides = (old,)
    assert ScreeningConsole(session).table._decided == {}


def test_a_tier_stays_with_its_school(
    console: ScreeningConsole, session: Session, cases: screen.Caseload
) -> None:
    """The same number in another school is another child: what was decided is dropped."""
    session.overrides = (
        Override(console.table._columns.ids[0], "watch", "routine", "other", "seen", DAY),
    )
    other = dataclasses.replace(session.school, source="another")
    with session.hold_trait_notifications():
        session.school, session.start = other, dataclasses.replace(cases, seed=cases.seed)
    assert session.overrides == ()
    assert console.table._decided == {}


def test_after_the_lock_all_is_as_it_was(console: ScreeningConsole, session: Session) -> None:
    """A console made anew from the session has its weights and its list for visits."""
    console.panel.set(weights={"family": 3.0}, capacity=7)
    session.chosen = (console.table._columns.ids[1],)
    again = ScreeningConsole(session)
    assert again.panel.weights["family"] == 3.0
    assert again.panel.settings.capacity == 7
    assert again.table.chosen == session.chosen
    order = again.panel.cases.table["student_id"].tolist()
    assert order == session.cases.table["student_id"].tolist()


def test_other_rules_and_another_day(console: ScreeningConsole, session: Session) -> None:
    """The school is screened again; a day outside the calendar is told and changes nothing."""
    say(console.choices, "go", rules="recommended", day="1999-01-01")
    assert "1999" in console.choices.said
    assert session.as_of == DAY
    say(console.choices, "go", rules="<b>", day="2026-10-26")
    assert session.as_of == DAY
    say(console.choices, "go", rules="dropout-control", day="2026-10-26")
    console.working.wait(60)
    assert session.rules.name == "dropout-control"
    assert session.as_of == dt.date(2026, 10, 26) == session.start.as_of
    assert session.cases is session.start is console.panel.start
    assert session.start.policy.name == policy.read_policy("dropout-control").name


def test_a_card_from_the_board(console: ScreeningConsole, session: Session) -> None:
    """Pressing an alert opens the card of its student and moves the cursor there."""
    student = str(session.start.alerts["student_id"].iloc[-1])
    say(console.board, "open", student=student)
    assert console.card.student == student == console.table.current


def test_files(console: ScreeningConsole, session: Session, school: School) -> None:
    """All four in a zip or one alone, without names until they are asked for."""
    names = list(school.students["name"].dropna())
    files = console._files()
    assert sorted(files) == sorted(FILES)
    packed = as_one(files, "all.zip")[1]
    assert sorted(zipfile.ZipFile(io.BytesIO(packed)).namelist()) == sorted(FILES)
    page = files["report.html"].decode()
    assert not [name for name in names if name in page]
    assert list(console._file("alerts.csv")) == ["alerts.csv"]
    console.names.value = True
    page = console._files()["report.html"].decode()
    assert [name for name in names if name in page]


def test_names_reach_every_view(console: ScreeningConsole) -> None:
    """One box for list, card and board; none of them shows a name before."""
    views = (console.table, console.card, console.board)
    assert not any(view._names for view in views)
    console.names.value = True
    assert all(view._names for view in views)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_language_follows_the_session(
    console: ScreeningConsole, session: Session, lang: str
) -> None:
    """Every view speaks it, and nothing that was done is lost."""
    console.panel.set(weights={"family": 2.0})
    session.chosen = (console.table._columns.ids[1],)
    cases = session.cases
    session.lang = lang
    views = [console.choices, console.panel, console.table, console.card, console.board]
    assert {view.lang for view in [*views, *console.downloads]} == {lang}
    assert console.downloads[0].label == text.say("app_screening.save", lang)
    assert session.cases is cases
    assert console.table.chosen == session.chosen
