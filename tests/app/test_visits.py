"""The console for visits: plan, move, agree, plan again, take along; kept while locked."""

from __future__ import annotations

import csv
import datetime as dt
import io
from typing import Any

import pytest

from visitkit.app.session import Session
from visitkit.app.visits import VisitsConsole
from visitkit.app.visits_ask import Ask, degrees
from visitkit.app.visits_job import Ground, Made, make
from visitkit.app.visits_views import _PAPERS
from visitkit.app.visits_words import owed_rows, rule_words, student_rows
from visitkit.errors import PlanError
from visitkit.plan import check_plan
from visitkit.widgets.working import Stop

MONDAY = dt.date(2026, 11, 2)


def told(*_progress: object) -> None:
    """Hear of the progress."""


@pytest.fixture
def session(visiting: Any) -> Session:
    return Session.of(visiting.school, visiting.rules, MONDAY, "en")


def pressed(console: VisitsConsole) -> VisitsConsole:
    """Plan three days and wait."""
    console.form.days.value, console.form.seconds.value, console.form.spacing.value = 3, 2, 1
    console.form.button.click()
    console.working.wait(60)
    assert console.working.state == "done", console.working.failure
    return console


def test_nothing_is_open() -> None:
    console = VisitsConsole(Session("en"))
    assert console.children == (console.closed,)
    assert "Open a school" in console.closed.value


def test_from_the_button_to_every_view(session: Session) -> None:
    console = pressed(VisitsConsole(session))
    views, plan = console.views, session.plan
    assert views is not None
    assert plan is session.planned.plan is views.board.plan
    assert session.problem is plan.problem
    assert len(views.trips.rows) == len(plan.visits) == 12
    assert "12 visits to 12 students" in views.said.value
    assert sum(len(one["visits"]) for one in views.board.shape["outings"]) == 12
    assert views.map.day == str(min(one.date for one in plan.visits))
    assert console.owed.duties is not None


def test_progress_is_told_and_stop_keeps_a_plan(visiting: Any, session: Session) -> None:
    """Asked to stop before it begins, the planner still gives the best it has."""
    seen: list[tuple[int, int, str]] = []
    stop = Stop()
    stop.set()
    ground = Ground(visiting.school, visiting.rules, session.cases)
    ask = Ask(MONDAY, days=3, seconds=30, spacing=1)
    made = make(ask, ground, "en", (), lambda *facts: seen.append(facts), stop)
    assert len(made.plan.visits) == 12
    assert check_plan(made.plan) == ()
    assert all(total == 30 for _, total, _ in seen)
    assert any("cost" in words for _, _, words in seen)


def test_moving_on_the_board_changes_all(session: Session) -> None:
    console = pressed(VisitsConsole(session))
    views = console.views
    assert views is not None
    board, seen = views.board, []
    session.observe(lambda change: seen.append(change.new), names="plan")
    for kind in ("over", "drop"):
        board._message(board, {"kind": kind, "id": "S07/1", "spot": ""}, [])
    assert session.plan is board.plan is session.planned.plan
    assert len(seen) == 1
    assert len(views.trips.rows) == 11
    assert "11 visits" in views.said.value
    assert "S07" not in str(views.map.picture) + str(views.trips.rows)


def test_agreed_visits_stay_when_planned_again(session: Session) -> None:
    """Whatever else is asked for, the agreed visit keeps day, hour and people."""
    console = pressed(VisitsConsole(session))
    assert console.views is not None
    board = console.views.board
    spot = next(
        one for one in ("2026-11-02|H1", "2026-11-03|H1") if one != _spot_of(board.plan, "S07/1")
    )
    for kind in ("over", "drop"):
        board._message(board, {"kind": kind, "id": "S07/1", "spot": spot}, [])
    board._message(board, {"kind": "agree", "id": "S07/1"}, [])
    fixed = next(one for one in board.plan.visits if one.student_id == "S07")
    console.form.seed.value = 3
    pressed(console)
    again = next(one for one in session.plan.visits if one.student_id == "S07")
    assert (again.session, again.start, again.crew) == (fixed.session, fixed.start, fixed.crew)
    assert again.request_id in console.views.board.frozen
    assert "kept: 1" in console.views.said.value


def _spot_of(plan: Any, request_id: str) -> str:
    visit = next(one for one in plan.visits if one.request_id == request_id)
    return f"{visit.date}|{visit.lead}"


def test_a_plan_outlives_the_lock(session: Session) -> None:
    """The console is made anew when the screen is unlocked; moves and agreed visits are there."""
    console = pressed(VisitsConsole(session))
    assert console.views is not None
    board = console.views.board
    for kind in ("over", "drop"):
        board._message(board, {"kind": kind, "id": "S07/1", "spot": ""}, [])
    board._message(board, {"kind": "agree", "id": "S09/1"}, [])
    session.release()
    console.close()
    again = VisitsConsole(session)
    assert again.views is not None
    assert again.views.board.plan is board.plan
    assert again.views.board.frozen == {"S09/1"}
    assert len(again.views.trips.rows) == 11


def test_what_was_moved_can_be_undone_after_the_lock(session: Session) -> None:
    """Unlocked, a person goes on where they were: step by step back to the plan as it was made."""
    console = pressed(VisitsConsole(session))
    assert console.views is not None
    board, made = console.views.board, session.plan
    for request in ("S07/1", "S03/1"):
        for kind in ("over", "drop"):
            board._message(board, {"kind": kind, "id": request, "spot": ""}, [])
    session.release()
    again = VisitsConsole(session)
    assert again.views is not None
    board = again.views.board
    for _ in range(2):
        board._message(board, {"kind": "undo"}, [])
    assert session.plan is board.plan is made
    assert board.before == ()


def test_days_are_written_in_every_usual_way(session: Session) -> None:
    console = VisitsConsole(session)
    assert console.form.start.value == "2026-11-02"
    for written in ("2026/11/3", "20261103", " 2026.11.3 "):
        console.form.start.value = written
        assert console.form.ask(MONDAY).start == dt.date(2026, 11, 3)
        assert console.form.start.value == "2026-11-03"


def test_travel_times_of_the_school_are_used(visiting: Any, session: Session) -> None:
    """Twice the minutes in the school's own table are twice the minutes in the problem."""
    known = visiting.setting.problem.trip
    console = VisitsConsole(session)
    files = console.form.files
    places = sorted({one.student_id for one in visiting.setting.problem.requests})
    rows = [f"{a},{b},7" for a in ("school", *places) for b in ("school", *places) if a != b]
    table = "\n".join(["origin,destination,minutes", *rows])
    assert not files.travel.take("m.csv", b"a,b\n1,2")
    assert files.minutes() is None
    assert files.travel.take("m.csv", table.encode())
    pressed(console)
    assert session.problem is not None
    assert session.problem.trip is not known
    ways = {visit.travel for visit in session.plan.visits}
    assert ways <= {0.0, 7.0}
    assert 7.0 in ways


def test_an_answer_without_its_places_is_asked_for_them(session: Session) -> None:
    console = VisitsConsole(session)
    files = console.form.files
    assert files.travel.take("m.json", b'{"code": "Ok", "durations": [[0]]}')
    assert files.places.layout.display == ""
    console.form.button.click()
    console.working.wait(60)
    assert "m.json" in console.working.failure
    assert "place" in console.working.failure


def test_an_earlier_plan_is_kept(session: Session) -> None:
    """Its file is handed over: every visit stays, once, and can be let go on the board."""
    first = pressed(VisitsConsole(session))
    assert first.views is not None
    table = first.views._files()["visits.csv"]
    before = {(one.student_id, one.date, one.start) for one in session.plan.visits}
    session.planned = session.plan = None
    session.release()
    console = VisitsConsole(session)
    assert console.form.files.keep.take("visits.csv", table)
    console.form.seed.value = 5
    pressed(console)
    assert before <= {(one.student_id, one.date, one.start) for one in session.plan.visits}
    assert console.form.files.earlier is None
    assert console.views is not None
    assert len(console.views.board.frozen) == len(before)


def test_each_kind_of_paper_can_be_taken_alone(session: Session) -> None:
    console = pressed(VisitsConsole(session))
    assert console.views is not None
    whole = set(console.views._files())
    parts = [set(console.views._some(name)) for name in _PAPERS]
    assert all(parts)
    assert set().union(*parts) == whole - {"visits.csv", "unassigned.csv"}


def test_another_school_forgets_the_plan(visiting: Any, session: Session) -> None:
    console = pressed(VisitsConsole(session))
    session.school = None
    assert (session.plan, session.problem, session.planned, console.views) == (None,) * 4
    assert console.children == (console.closed,)
    session.school = visiting.school
    assert console.owed.duties is None


def test_names_only_when_asked(session: Session) -> None:
    console = pressed(VisitsConsole(session))
    views = console.views
    assert views is not None

    def shown() -> str:
        return str([views.board.shape, views.map.picture, views.trips.rows])

    assert "Child" not in shown()
    assert "Head One" not in shown()
    views.names.value = True
    assert "Child <b>7</b>" in shown()
    assert "Head One" in shown()
    assert "Child" not in repr(console) + repr(views.board) + repr(views.map) + repr(views.trips)


def test_language_switch_keeps_the_plan(session: Session) -> None:
    console = pressed(VisitsConsole(session))
    views = console.views
    assert views is not None
    plan, board = session.plan, views.board
    board._message(board, {"kind": "pick", "id": "S07/1"}, [])
    session.lang = "zh"
    assert (session.plan, console.views) == (plan, views)
    assert board.held["id"] == "S07/1"
    assert "visits" not in views.said.value
    assert console.form.button.description != "Plan the visits"
    assert console.form.days.value == 3
    assert all(view.lang == "zh" for view in (views.map, board, views.trips, views.downloads[0]))


def test_papers_are_those_of_the_plan_as_it_was_moved(session: Session) -> None:
    console = pressed(VisitsConsole(session))
    views = console.views
    assert views is not None
    board = views.board
    for kind in ("over", "drop"):
        board._message(board, {"kind": kind, "id": "S07/1", "spot": ""}, [])
    files = views._files()
    assert {"visits.csv", "itineraries.xlsx", "sheets.html", "safety.html", "map.html"} <= set(
        files
    )
    assert {"appointments.html", "unassigned.csv", "visits_H1.ics"} <= set(files)
    rows = list(csv.DictReader(io.StringIO(files["visits.csv"].decode("utf-8-sig"))))
    assert len(rows) == 11
    assert "S07" in files["unassigned.csv"].decode()


def test_who_is_owed_a_visit(session: Session) -> None:
    console = VisitsConsole(session)
    console.owed.button.click()
    console.owed.working.wait(60)
    table = console.owed.rules
    assert len(table.rows) == len(owed_rows(console.owed.duties, "en"))
    row = next(at for at, one in enumerate(table.rows) if one[2] == 14)
    table._message(table, {"kind": "choose", "row": row}, [])
    assert len(console.owed.students.rows) == 14
    session.lang = "zh"
    assert table.chosen == row
    assert len(console.owed.students.rows) == 14


def test_only_some_kinds(session: Session) -> None:
    """What is chosen in either language reaches the plan; words change and the choice stays."""
    console = VisitsConsole(session)
    assert console.form.ask(MONDAY).kinds == ()
    console.form.kinds.value = ("new_student",)
    session.lang = "zh"
    assert console.form.kinds.value == ("new_student",)
    asked = console.form.ask(MONDAY)
    assert asked.terms(session.school).kinds == ("new_student",)


def test_only_the_list(session: Session) -> None:
    """Students put on the list elsewhere are those for whom visits are planned."""
    console = VisitsConsole(session)
    session.chosen = ("S03", "S05")
    assert console.form.scope.options[1][0] == "only the 2 students on the list"
    console.form.scope.value = True
    pressed(console)
    assert {one.student_id for one in session.plan.visits} == {"S03", "S05"}


@pytest.mark.parametrize(
    ("control", "value", "word"),
    [
        ("base", "somewhere", "latitude"),
        ("base", "95, 200", "latitude"),
        ("scope", True, "on the list"),
        ("start", "2031-01-01", "calendar"),
        ("start", "next week", "not a date"),
    ],
)
def test_what_cannot_be_planned_is_a_sentence(
    session: Session, control: str, value: object, word: str
) -> None:
    console = VisitsConsole(session)
    getattr(console.form, control).value = value
    console.form.button.click()
    console.working.wait(60)
    assert console.working.state == "failed"
    assert word in console.working.failure
    assert session.plan is None


@pytest.mark.parametrize("change", [{"days": 0}, {"seconds": 9999}, {"seed": -1}, {"spacing": 0}])
def test_numbers_have_bounds(visiting: Any, change: dict[str, int]) -> None:
    with pytest.raises(PlanError):
        Ask(MONDAY, **change).terms(visiting.school)
    with pytest.raises(PlanError):
        Ask(MONDAY, mode="rocket").terms(visiting.school)


@pytest.mark.parametrize("words", ["30", "30;104", "a,b", "nan, 1", "1,2,3", "__import__('os')"])
def test_no_place(words: str) -> None:
    with pytest.raises(PlanError):
        degrees(words)


def test_students_of_a_rule_in_order(visiting: Any) -> None:
    rows = student_rows(visiting.setting.duties, "quota.student", "regular", "en")
    assert len(rows) == 14
    assert rule_words("quota.student", "regular", "en").startswith("regular visit: ")


def test_a_plan_is_frozen(visiting: Any, session: Session) -> None:
    ground = Ground(visiting.school, visiting.rules, session.cases)
    made = make(Ask(MONDAY, days=1, seconds=1), ground, "en", (), told, Stop())
    assert isinstance(made, Made)
    with pytest.raises(AttributeError):
        made.frozen = frozenset({"x"})  # type: ignore[misc]
