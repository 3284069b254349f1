"""Every public door of the casebook: whatever is read of the psychological file is written down.

The doors are found by looking at the code, so that a new one without a log fails here.
"""

from __future__ import annotations

import datetime as dt
import inspect
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from visitkit import record
from visitkit.errors import StoreError
from visitkit.load.school import School

SCHOOL = School.from_frames(
    students=pd.DataFrame({"student_id": ["S1"]}),
    attendance=pd.DataFrame({"student_id": ["S1"], "date": ["2026-11-03"], "status": ["sick"]}),
)
ALERT = pd.DataFrame({"student_id": ["S1"], "rule": ["critical_item"], "opened": ["2026-11-06"]})
OUT = {"purpose": "a talk", "recipient": "the panel"}

#: Doors through which psychological content, or that there is some, can be seen: the name, how to
#: go through it, and the action that the trail of that file must then hold.
LOOKS: dict[str, tuple[Callable[..., object], str]] = {
    "case": (lambda store, _: store.case("c-1", "a talk"), "read_case"),
    "file": (lambda store, _: store.file("S1", "a talk"), "read_file"),
    "cases": (lambda store, _: store.cases(), "list_cases"),
    "due": (lambda store, _: store.due("2026-12-01"), "list_due"),
    "audit": (lambda store, _: store.audit(), "read_audit"),
    "history": (lambda store, _: store.history("2026-12-01"), "history"),
    "outcomes": (lambda store, _: store.outcomes("sick_days", school=SCHOOL), "outcomes"),
    "log_export": (lambda store, _: store.log_export("x", students=1, **OUT), "export"),
    "share": (
        lambda store, to: record.share(store, {"cases": store.cases()}, to / "out", **OUT),
        "export",
    ),
    "backup": (lambda store, to: record.backup(store, to / "copy"), "backup"),
    "expired": (lambda store, _: record.expired(store, "2099-01-01"), "list_expired"),
    "remove_expired": (lambda store, _: record.remove_expired(store, "2026-11-30"), "remove"),
    "take_alerts": (lambda store, _: record.take_alerts(store, ALERT, write=False), "list_cases"),
}

#: Doors that show no content: they write, rehearse, count or check, or make and take keys. What
#: writes is witnessed row by row (``test_store_audit``); verifying and printing heads handle
#: hashes alone.
NO_LOOK = {
    "add",
    "add_many",
    "rehearse",
    "correct",
    "grant",
    "renew",
    "schedule",
    "anchor",
    "head",
    "verify",
    "close",
    "join_key",
    "split_key",
    "new_key",
    "new_store",
    "open_store",
    "rekey",
    "restore",
}


def doors() -> set[str]:
    """Return the public methods of an open casebook and the public functions of the room."""
    methods = {
        name
        for name, _ in inspect.getmembers(record.CaseStore, inspect.isfunction)
        if not name.startswith("_")
    }
    functions = {name for name in record.__all__ if inspect.isfunction(getattr(record, name))}
    return methods | functions


def test_every_door_is_known() -> None:
    """A new door must be put into one of the two lists, and then into the test below."""
    assert doors() == set(LOOKS) | NO_LOOK
    assert not set(LOOKS) & NO_LOOK


@pytest.fixture
def old(opened, made):
    """A casebook with a crisis, one that ended long ago, and a visit with a note of the mind."""
    with opened() as store:
        store.add_many([made.signalled(1), made.planned(2), made.mind_note(2)])
        long_ago = dt.datetime(2015, 3, 2, 8, tzinfo=dt.UTC)
        store.add(made.signalled(9, at=long_ago, suspected=False))
        told = {"ideation": False, "content": "x"}
        talk = record.Entry(
            "c-9", "crisis", "second_stage_talk", "S1", long_ago, "T7", "counsellor", told
        )
        end = record.Entry(
            "c-9", "crisis", "clear", "S1", long_ago, "T7", "counsellor", {"opinion": "x"}
        )
        store.add_many([talk, end])
    return opened


def rows(store: record.CaseStore, action: str) -> int:
    """Return how many audit rows of an action the psychological file holds."""
    statement = "SELECT count(*) FROM audit WHERE action = ?"
    with store.book.psych.begin() as connection:
        return int(connection.exec_driver_sql(statement, (action,)).scalar_one())


@pytest.mark.parametrize("door", sorted(LOOKS))
def test_every_look_is_written_down(old, door: str, tmp_path: Path) -> None:
    """One look, one row, in the file that was looked into."""
    go, action = LOOKS[door]
    role = "principal" if door == "remove_expired" else "counsellor"
    with old(role=role) as store:
        before = rows(store, action)
        go(store, tmp_path)
        assert rows(store, action) > before
        last = store.audit(action).iloc[-1]
        assert (last["actor"], last["role"]) == ("T7", role)


@pytest.mark.parametrize("door", sorted(LOOKS))
def test_nothing_is_shown_where_it_cannot_be_written_down(old, door: str, tmp_path: Path) -> None:
    """The trail cannot take a row any more: then no door gives anything away."""
    go, _ = LOOKS[door]
    role = "principal" if door == "remove_expired" else "counsellor"
    with old(role=role) as store:
        cases = store.cases() if door == "share" else None
        raw = store.book.psych.connection
        raw.exec_driver_sql(
            "CREATE TRIGGER shut BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'x'); END"
        ).close()
        raw.commit()
        if cases is not None:  # to read them is a door of its own
            go = lambda store, to: record.share(store, {"cases": cases}, to / "out", **OUT)  # noqa: E731
        with pytest.raises(StoreError):
            go(store, tmp_path)
        assert not list(tmp_path.rglob("*.csv"))
        assert not (tmp_path / "copy").exists()
