"""Alerts of the screening on the casebook's page: a case each, once, by whoever may see it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from visitkit import load, record, sample
from visitkit.app.casebook import CasebookConsole
from visitkit.app.session import Session

KEYS = record.Keys(bytes(range(32)), bytes(range(1, 33)))


@pytest.fixture(scope="module")
def screened(tmp_path_factory: pytest.TempPathFactory) -> Session:
    """A session over a made-up school whose screening found absences and critical items."""
    folder = tmp_path_factory.mktemp("school")
    sample.write_school(sample.make_school(2, 200, lang="en"), folder)
    return Session.of(load.read_school(folder), lang="en", as_of=dt.date(2026, 11, 2))


def opened(
    screened: Session, folder: Path, role: str = "counsellor", keys: record.Keys = KEYS
) -> CasebookConsole:
    """The console over a casebook, in some role."""
    if not folder.exists():
        record.new_store(folder, KEYS, school="Made-up School")
    session = Session("en", school=screened.school, cases=screened.cases)
    console = CasebookConsole(session)
    session.store = record.open_store(folder, keys, actor="T1", role=role)
    return console


def stands(console: CasebookConsole) -> list[str]:
    """Where each alert of the list stands."""
    return [row.cells[3].partition(":")[0] for row in console.alerts.rows._listing.rows]


def wanted(screened: Session) -> int:
    """How many alerts of the screening ask for a case, counted by the rules that do."""
    rules = ["critical_item", "despair_words", "police_event", "unexcused_absence"]
    rules += ["unexcused_run", "leaving_talk", "mark_drop", "serious_conduct", "family_event"]
    assert screened.cases is not None
    return int(screened.cases.alerts["rule"].isin(rules).sum())


def test_an_alert_becomes_the_case_on_the_desk(screened: Session, tmp_path: Path) -> None:
    """Pressed once: the case is there, open before the person, and its clocks run."""
    console = opened(screened, tmp_path / "book")
    assert len(stands(console)) == wanted(screened) > 3
    assert set(stands(console)) <= {"no case yet", "has a case"}
    rows = console.alerts.rows._listing.rows
    away = next(row for row in rows if row.groups["kind"] == "persuasion" and row.actions)
    assert console.alerts.rows.press(away.key, "take")
    there = console.session.store.cases()
    assert there["student_id"].tolist() == [away.cells[0]]
    assert console.desk.case_id == there["case_id"].item()
    assert len(console.due._listing.rows) > 0
    after = next(row for row in console.alerts.rows._listing.rows if row.key == away.key)
    assert after.cells[3].startswith("has a case")
    assert after.actions == (("open", "Go to the case"),)
    assert console.alerts.rows.press(away.key, "open")
    assert len(console.session.store.cases()) == 1
    console._lock()


def test_a_crisis_asks_what_it_is_read_for(screened: Session, tmp_path: Path) -> None:
    """Opened by the counsellor, it waits on the desk for the purpose."""
    console = opened(screened, tmp_path / "book")
    rows = console.alerts.rows._listing.rows
    crisis = next(row for row in rows if row.groups["kind"] == "crisis")
    assert console.alerts.rows.press(crisis.key, "take")
    assert console.session.store.cases()["kind"].tolist() == ["crisis"]
    assert console.desk.purpose.layout.display != "none"
    console._lock()
    assert console.alerts.rows._listing.rows == ()
    assert console.alerts.layout.display == "none"


@pytest.mark.parametrize(
    ("role", "keys", "stand"),
    [
        ("subject_teacher", KEYS, "your role may not see these cases"),
        ("head_teacher", record.Keys(KEYS.people), "needs the second passphrase"),
    ],
)
def test_what_is_not_theirs_is_handed_over(
    screened: Session, tmp_path: Path, role: str, keys: record.Keys, stand: str
) -> None:
    """No button; a word and a sign say so."""
    console = opened(screened, tmp_path / "book", role, keys)
    crises = [row for row in console.alerts.rows._listing.rows if row.groups["kind"] == "crisis"]
    assert crises
    for row in crises:
        assert row.cells[3].startswith(stand)
        assert (row.mark, row.actions) == ("late", ())
        assert not console.alerts.rows.press(row.key, "take")
    console._lock()


def test_without_screening_or_casebook_there_is_no_list(tmp_path: Path) -> None:
    """Nothing is shown, and nothing is asked."""
    console = CasebookConsole(Session("en"))
    assert console.alerts.layout.display == "none"


def test_the_list_speaks_the_language_of_the_session(screened: Session, tmp_path: Path) -> None:
    """Every word of it, and back."""
    console = opened(screened, tmp_path / "book")
    english = [row.cells for row in console.alerts.rows._listing.rows]
    console.session.lang = "zh"
    chinese = [row.cells for row in console.alerts.rows._listing.rows]
    assert all(mine[1] != other[1] for mine, other in zip(english, chinese, strict=True))
    console.session.lang = "en"
    assert [row.cells for row in console.alerts.rows._listing.rows] == english
    console._lock()


def test_every_alert_asks_for_the_same_kind_as_the_command(
    screened: Session, tmp_path: Path
) -> None:
    """The page and ``visitkit record alerts`` come from one function."""
    console = opened(screened, tmp_path / "book")
    assert screened.cases is not None
    told = record.take_alerts(console.session.store, screened.cases.alerts, write=False)
    rows = console.alerts.rows._listing.rows
    shown = [(row.cells[0], row.groups["kind"]) for row in rows]
    asked = told[told["action"] != "no_case"]
    assert sorted(shown) == sorted(zip(asked["student_id"], asked["kind"], strict=True))
    kinds = [kind for _, kind in shown]
    assert kinds == sorted(kinds, key=lambda kind: kind != "crisis")
    console._lock()
