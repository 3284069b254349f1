"""A screen that nobody watches shows nothing: the session locks and the casebook is closed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from visitkit.app.idle import LEAST_MINUTES, MOST_MINUTES, USUAL_MINUTES
from visitkit.app.session import Session
from visitkit.errors import StoreError

if TYPE_CHECKING:
    from visitkit.record import CaseStore

#: Seconds between two looks at the clock.
LOOK = 5.0


@dataclass(frozen=True)
class Kept:
    """What has to be known to open the same casebook again; no key is among it.

    Parameters
    ----------
    folder
        Where it lies.
    actor, role
        Who worked with it.
    psych
        Whether its psychological file was open.
    """

    folder: Path
    actor: str
    role: str
    psych: bool


def kept_of(store: CaseStore) -> Kept:
    """Return what opens a casebook again, its keys left out.

    Parameters
    ----------
    store
        An open casebook.
    """
    book = store.book
    cursor = book.people.connection.connection.cursor()
    try:
        _, _, path = cursor.execute("PRAGMA database_list").fetchone()
    finally:
        cursor.close()
        book.people.connection.rollback()
    return Kept(Path(path).parent, book.actor, book.role, book.psych is not None)


class Lock:
    """Locks a session when asked, or when nobody has touched it for so long.

    It locks in Python, whatever the browser does: a window that was closed or a browser that
    crashed leaves no casebook open.

    Parameters
    ----------
    session
        What is locked.
    minutes
        How long it may stay untouched; 1 to 240.
    clock
        Seconds on the wall: a machine that slept has been away too.

    Attributes
    ----------
    kept : Kept or None
        The casebook that is open, or was when it was locked.

    Examples
    --------
    >>> session = Session("en")
    >>> lock = Lock(session)
    >>> lock.lock(), session.locked
    (None, True)
    >>> lock.unlock(), session.locked
    (None, False)
    """

    def __init__(
        self,
        session: Session,
        minutes: float = USUAL_MINUTES,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.session = session
        self.seconds = 60 * min(max(minutes, LEAST_MINUTES), MOST_MINUTES)
        self.kept = None if session.store is None else kept_of(session.store)
        self._clock = clock
        self._last = clock()
        self._timer: asyncio.TimerHandle | None = None
        session.observe(lambda _change: self._opened(), names="store")

    @property
    def needed(self) -> bool:
        """Whether there is anything to hide."""
        return self.session.school is not None or self.session.store is not None

    def touch(self) -> None:
        """Somebody is there."""
        if not self.session.locked:
            self._last = self._clock()

    def watch(self) -> None:
        """Look at the clock from time to time, in a program with a loop such as a notebook."""
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return
        self._timer = loop.call_later(LOOK, self._look)

    def stop(self) -> None:
        """Look no more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def check(self) -> None:
        """Lock when nobody has been there for too long."""
        if not self.needed:
            # Nothing to hide yet: the time begins when something is opened.
            self._last = self._clock()
        elif not self.session.locked and self._clock() - self._last >= self.seconds:
            self.lock()

    def lock(self) -> None:
        """Close the casebook and lock."""
        if self.session.locked:
            return
        store = self.session.store
        self.session.locked = True
        self.session.store = None
        if store is not None:
            store.close()

    def unlock(self, people: str = "", psych: str = "") -> None:
        """Open what was locked.

        Parameters
        ----------
        people, psych
            Passphrases of the casebook that was open; not needed where none was.

        Raises
        ------
        StoreError
            When they are wrong, or the casebook cannot be opened; the session stays locked.
        """
        if not self.session.locked:
            return
        if self.kept is not None:
            # Only a session with a casebook needs the database.
            from visitkit.record import Keys, open_store

            if self.kept.psych and not psych:
                raise StoreError("record.wrong_key", file="psych.db")
            keys = Keys(people, psych if self.kept.psych else None)
            kept = self.kept
            self.session.store = open_store(kept.folder, keys, actor=kept.actor, role=kept.role)
        self._last = self._clock()
        self.session.locked = False

    def _opened(self) -> None:
        if not self.session.locked:
            store = self.session.store
            self.kept = None if store is None else kept_of(store)

    def _look(self) -> None:
        try:
            self.check()
        finally:
            self.watch()
