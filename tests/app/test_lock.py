"""Nobody there: everything is hidden, the casebook is closed, and only its passphrase opens it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from visitkit import load, record
from visitkit.app import lock as locking
from visitkit.app.lock import Lock
from visitkit.app.session import Session
from visitkit.errors import StoreError

PEOPLE, PSYCH = "three quiet lanterns", "a river below the wall"


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(scope="module")
def casebook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty casebook."""
    folder = tmp_path_factory.mktemp("casebook")
    record.new_store(folder, record.Keys(PEOPLE, PSYCH), school="Made-up School")
    return folder


def opened(folder: Path, psych: str | None = None) -> record.CaseStore:
    """Open it as a head teacher."""
    return record.open_store(folder, record.Keys(PEOPLE, psych), actor="T1", role="head_teacher")


def school_of_two() -> load.School:
    """The smallest school that has something to hide."""
    import pandas as pd

    return load.School.from_frames(students=pd.DataFrame({"student_id": ["01", "02"]}))


def test_locks_after_the_idle_time_and_not_before() -> None:
    """The minutes count from the last touch."""
    clock = Clock()
    session = Session("en", school=school_of_two())
    lock = Lock(session, 2, clock)
    clock.now += 119
    lock.check()
    assert not session.locked
    lock.touch()
    clock.now += 119
    lock.check()
    assert not session.locked
    clock.now += 1
    lock.check()
    assert session.locked


def test_nothing_open_is_not_locked() -> None:
    """A page that waits for its first person shows no lock, and the time begins when it is used."""
    clock = Clock()
    session = Session("en")
    lock = Lock(session, 1, clock)
    clock.now += 9999
    lock.check()
    assert not session.locked
    session.school = school_of_two()
    lock.check()
    assert not session.locked


@pytest.mark.parametrize(("asked", "seconds"), [(0, 60), (-3, 60), (15, 900), (9999, 14400)])
def test_no_setting_leaves_it_open_for_ever(asked: float, seconds: float) -> None:
    """There is no way to say never."""
    assert Lock(Session("en"), asked).seconds == seconds


def test_the_casebook_is_closed_and_its_passphrase_opens_both(casebook: Path) -> None:
    """A wrong passphrase, a short one or none leaves everything as it is."""
    session = Session("en", school=school_of_two())
    lock = Lock(session)
    session.store = store = opened(casebook)
    lock.lock()
    assert session.locked
    assert session.store is None
    assert not store.book.is_open
    for wrong in ("", "short", "some other passphrase"):
        with pytest.raises(StoreError):
            lock.unlock(wrong)
        assert session.locked
        assert session.store is None
    lock.unlock(PEOPLE)
    assert not session.locked
    assert session.store is not None
    assert (session.store.book.actor, session.store.book.psych) == ("T1", None)
    session.store.close()


def test_the_psychological_file_needs_its_own_passphrase(casebook: Path) -> None:
    """What was open is opened again with both, never with one of them."""
    session = Session("en")
    lock = Lock(session)
    session.store = opened(casebook, PSYCH)
    lock.lock()
    for wrong in ("", "not the right words"):
        with pytest.raises(StoreError):
            lock.unlock(PEOPLE, wrong)
        assert session.locked
    lock.unlock(PEOPLE, PSYCH)
    assert session.store is not None
    assert session.store.book.psych is not None
    session.store.close()


def test_a_casebook_closed_by_hand_asks_for_nothing(casebook: Path) -> None:
    """Only what was open when the screen was locked is asked for."""
    session = Session("en", school=school_of_two())
    lock = Lock(session)
    session.store = store = opened(casebook)
    session.store = None
    store.close()
    lock.lock()
    lock.unlock()
    assert not session.locked


def test_it_locks_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without any message from a browser."""
    monkeypatch.setattr(locking, "LOOK", 0.01)
    clock = Clock()
    session = Session("en", school=school_of_two())

    async def wait() -> None:
        lock = Lock(session, 1, clock)
        lock.watch()
        clock.now += 61
        for _ in range(500):
            if session.locked:
                break
            await asyncio.sleep(0.01)
        lock.stop()

    asyncio.run(wait())
    assert session.locked


def test_a_lock_keeps_no_key(casebook: Path) -> None:
    """What it remembers of a casebook is where it lies and who worked with it."""
    session = Session("en")
    lock = Lock(session)
    session.store = opened(casebook, PSYCH)
    lock.lock()
    seen = repr(vars(lock)) + repr(lock.kept)
    assert PEOPLE not in seen
    assert PSYCH not in seen
