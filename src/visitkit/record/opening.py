"""Making a casebook and opening it: keys, lock, version, and what a power cut left behind."""

from __future__ import annotations

import datetime as dt
import secrets
import shutil
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

from visitkit.calendar import Calendar
from visitkit.errors import StoreError
from visitkit.policy import Policy, read_policy
from visitkit.record.book import Book, Rules, keep_rules, read_rules, read_setting, utc_now
from visitkit.record.book import writing as writing_to
from visitkit.record.faults import told
from visitkit.record.healing import heal
from visitkit.record.ink import Ink
from visitkit.record.keys import Keys
from visitkit.record.locking import LOCK, FolderLock
from visitkit.record.migrating import NEWEST, migrate, version
from visitkit.record.owing import catch_up
from visitkit.record.shelf import PEOPLE, PSYCH, Shelf, open_file
from visitkit.record.store import CaseStore

#: Days before and after today that a stand-in calendar covers.
_STAND_IN = dt.timedelta(days=730)
#: Folder inside the casebook for copies that are made before an upgrade.
BEFORE = "before-upgrade"


def path_of(folder: Path, shelf: str) -> Path:
    """Return where a file of a casebook lies."""
    return folder / f"{shelf}.db"


def new_store(
    folder: str | Path,
    keys: Keys,
    *,
    school: str,
    policy: Policy | str | Path = "recommended",
    calendar: Calendar | None = None,
    clock: Callable[[], dt.datetime] = utc_now,
) -> None:
    """Make an empty casebook.

    It is made beside its place and moved there whole.

    Parameters
    ----------
    folder
        Where; made when missing, and without a casebook in it.
    keys
        Both keys. Whoever loses one has lost what it locks.
    school
        Name of the school.
    policy
        Its rules, or the name or file of them; kept inside.
    calendar
        Its days, kept inside; weekdays stand in where there is none.
    clock
        Returns the moment now, in UTC.

    Raises
    ------
    StoreError
        ``record.exists``; ``record.keys_both``; ``record.read_only``; ``record.disk_full``.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as place:
    ...     new_store(place, Keys("three quiet lanterns", "a river below the wall"),
    ...               school="Made-up School")
    ...     sorted(path.name for path in Path(place).glob("*.db"))
    ['people.db', 'psych.db']
    """
    place = Path(folder)
    if keys.psych is None:
        raise StoreError("record.keys_both")
    rules = Rules(
        policy if isinstance(policy, Policy) else read_policy(policy),
        calendar or Calendar.weekdays(clock().date() - _STAND_IN, clock().date() + _STAND_IN),
    )
    with told(place.name):
        place.mkdir(parents=True, exist_ok=True)
    lock = FolderLock(place)
    try:
        _make(place, keys, school, _Start(rules, clock))
    finally:
        lock.release()


@dataclass(frozen=True)
class _Start:
    rules: Rules
    clock: Callable[[], dt.datetime]


def _make(place: Path, keys: Keys, school: str, start: _Start) -> None:
    for shelf in (PEOPLE, PSYCH):
        if path_of(place, shelf).exists():
            raise StoreError("record.exists", file=path_of(place, shelf).name)
    draft = place / f".new-{secrets.token_hex(4)}"
    try:
        with told(place.name):
            draft.mkdir(mode=0o700)
        _fill(draft, keys, school, start)
        with told(place.name):
            # The people file is moved last: without it there is no casebook.
            for shelf in (PSYCH, PEOPLE):
                path_of(draft, shelf).rename(path_of(place, shelf))
    finally:
        with suppress(OSError):
            shutil.rmtree(draft)


def _fill(draft: Path, keys: Keys, school: str, start: _Start) -> None:
    with ExitStack() as stack:
        shelves = _open_shelves(draft, keys, stack, new=True)
        for shelf in shelves.values():
            with shelf.begin() as connection:
                migrate(connection)
        book = Book(shelves[PEOPLE], shelves[PSYCH], "", "", start.clock)
        identity = secrets.token_hex(16)
        with writing_to(book) as now:
            for ink in now.inks.values():
                ink.setting(now.next_moment(), "store", identity)
            now.inks[PEOPLE].setting(now.next_moment(), "school", school)
            keep_rules(book, start.rules, now)


def _open_shelves(
    folder: Path, keys: Keys, stack: ExitStack, *, new: bool = False
) -> dict[str, Shelf]:
    found: dict[str, Shelf] = {}
    for name, key in ((PEOPLE, keys.people), (PSYCH, keys.psych)):
        if key is not None:
            found[name] = open_file(path_of(folder, name), key, new=new)
            stack.callback(found[name].close)
    return found


@dataclass(frozen=True)
class _Worker:
    actor: str
    role: str
    clock: Callable[[], dt.datetime]


def open_store(
    folder: str | Path,
    keys: Keys,
    *,
    actor: str,
    role: str,
    clock: Callable[[], dt.datetime] = utc_now,
) -> CaseStore:
    """Open a casebook to read and write; a single program may have it open.

    Parameters
    ----------
    folder
        Where it lies.
    keys
        Its keys; without the psychological one that content cannot be reached.
    actor
        ``teacher_id`` of who works with it.
    role
        In which role of the policy.
    clock
        Returns the moment now, in UTC.

    Raises
    ------
    StoreError
        ``record.missing_file``, ``record.wrong_key``, ``record.damaged``, ``record.newer``,
        ``record.second_writer``, ``record.read_only``, ``record.disk_full``,
        ``record.other_store`` when the two files are not of one casebook.
    """
    place = Path(folder)
    if not actor.strip() or not role.strip():
        raise StoreError("record.who")
    for name in (PEOPLE, PSYCH) if keys.psych is not None else (PEOPLE,):
        if not path_of(place, name).exists():
            raise StoreError("record.missing_file", file=path_of(place, name).name)
    stack = ExitStack()
    try:
        lock = FolderLock(place)
        stack.callback(lock.release)
        return CaseStore(_opened(place, keys, _Worker(actor, role, clock), stack))
    except BaseException:
        stack.close()
        raise


def _opened(place: Path, keys: Keys, who: _Worker, stack: ExitStack) -> Book:
    shelves = _open_shelves(place, keys, stack)
    book = Book(shelves[PEOPLE], shelves.get(PSYCH), who.actor, who.role, who.clock)
    _upgrade(place, book)
    _same_store(book)
    book.rules = read_rules(book)
    heal(book)
    book.mend = heal
    catch_up(book)
    with writing_to(book) as now:
        for ink in now.inks.values():
            ink.audit(now.next_moment(), "open")
    book.close = stack
    return book


def _same_store(book: Book) -> None:
    """Refuse two files that were not made together."""
    identity = read_setting(book, "store")
    if book.psych is not None:
        other = Book(book.psych, None, book.actor, book.role)
        if read_setting(other, "store") != identity:
            raise StoreError("record.other_store")


def _upgrade(place: Path, book: Book) -> None:
    """Bring older files to this version, after a copy of them has been made."""
    older: list[Shelf] = []
    found = 0
    for shelf in book.shelves:
        with shelf.begin() as connection:
            at = version(connection)
        if at == 0:
            raise StoreError("record.unfinished", file=shelf.file)
        if at < NEWEST:
            older.append(shelf)
            found = at
    if not older:
        return
    _copy_before(place, older, found)
    for shelf in older:
        with shelf.begin() as connection:
            migrate(connection)
        with shelf.begin():
            ink = Ink(shelf, shelf.last(), (book.actor, book.role), book.clock())
            ink.audit(max(ink.machine, ink.last.at or ink.machine), "upgrade", str(NEWEST))
            ink.flush()


def _copy_before(place: Path, older: list[Shelf], found: int) -> None:
    copies = place / f"{BEFORE}-{found}"
    with told(place.name):
        copies.mkdir(mode=0o700, exist_ok=True)
        for shelf in older:
            raw = shelf.connection.connection.cursor()
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            raw.close()
            shelf.connection.rollback()
            draft = copies / f".{shelf.file}"
            shutil.copyfile(path_of(place, shelf.name), draft)
            draft.replace(copies / shelf.file)


__all__ = ["BEFORE", "LOCK", "new_store", "open_store", "path_of"]
