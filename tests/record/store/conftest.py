"""A casebook of a made-up school, and ways to open it, to look into it and to spoil it."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlcipher3 import dbapi2

from visitkit import record
from visitkit.calendar import Calendar
from visitkit.record import Entry

KEYS = record.Keys(bytes(range(32)), bytes(range(1, 33)))
AT = dt.datetime(2026, 11, 6, 8, tzinfo=dt.UTC)
PLACE = {"people": KEYS.people, "psych": KEYS.psych}


def matter(number: object = 1, student: str = "S1", at: dt.datetime = AT, **facts: object) -> Entry:
    """Return a problem handed up: an entry of the people file."""
    told = {"issue": "broken stairs", "to": ["moral_office"], **facts}
    return Entry(f"x-{number}", "escalation", "report", student, at, "T1", "head_teacher", told)


def signalled(
    number: object = 1, student: str = "S1", at: dt.datetime = AT, **facts: object
) -> Entry:
    """Return a signal of a crisis: an entry of the psychological file."""
    told = {"signal": "told", "suspected": True, **facts}
    return Entry(f"c-{number}", "crisis", "signal", student, at, "T1", "head_teacher", told)


def planned(number: object = 1, student: str = "S1", at: dt.datetime = AT) -> Entry:
    """Return the plan of a visit a week later."""
    start = at + dt.timedelta(days=7)
    told: dict[str, object] = {
        "form": "home",
        "planned_start": start.isoformat(),
        "planned_end": (start + dt.timedelta(hours=1)).isoformat(),
        "visitors": ["T1", "T2"],
    }
    return Entry(f"v-{number}", "visit", "plan", student, at, "T1", "head_teacher", told)


def mind_note(number: object = 1, student: str = "S1", at: dt.datetime = AT) -> Entry:
    """Return a psychological note in a visit."""
    told = {"content": "sleeps badly"}
    return Entry(f"v-{number}", "visit", "mind_note", student, at, "T7", "counsellor", told)


def raw(folder: Path, name: str) -> dbapi2.Connection:
    """Open a file as somebody would who holds its key and another program."""
    connection = dbapi2.connect(str(folder / f"{name}.db"), isolation_level=None)
    connection.execute("PRAGMA cipher_log_level = NONE").fetchall()
    key = PLACE[name]
    assert key is not None
    connection.execute(f'PRAGMA key = "{key.for_cipher()}"').fetchall()
    return connection


def spoil(folder: Path, name: str, *statements: str) -> None:
    """Change a file behind the back of the program, its triggers taken off and put back."""
    connection = raw(folder, name)
    found = connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
    ).fetchall()
    for trigger, _ in found:
        connection.execute(f"DROP TRIGGER {trigger}")
    for statement in statements:
        connection.execute(statement)
    for _, sql in found:
        connection.execute(sql)
    connection.close()


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty casebook, made once."""
    folder = tmp_path_factory.mktemp("template") / "casebook"
    days = Calendar.weekdays("2026-06-01", "2028-08-31")
    begun = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
    record.new_store(folder, KEYS, school="Made-up School", calendar=days, clock=lambda: begun)
    return folder


@pytest.fixture
def folder(template: Path, tmp_path: Path) -> Path:
    """A casebook of one's own."""
    return Path(shutil.copytree(template, tmp_path / "casebook"))


Opener = Callable[..., record.CaseStore]


@pytest.fixture
def opened(folder: Path) -> Opener:
    """Open the casebook, as the counsellor unless told otherwise."""

    def open_it(
        actor: str = "T7", role: str = "counsellor", keys: record.Keys = KEYS, **more: object
    ) -> record.CaseStore:
        return record.open_store(folder, keys, actor=actor, role=role, **more)  # type: ignore[arg-type]

    return open_it


@pytest.fixture
def made() -> SimpleNamespace:
    """Entries and ways to spoil a file, for tests that import nothing from each other."""
    return SimpleNamespace(
        matter=matter,
        signalled=signalled,
        planned=planned,
        mind_note=mind_note,
        raw=raw,
        spoil=spoil,
        keys=KEYS,
        people=record.Keys(KEYS.people),
        at=AT,
    )
