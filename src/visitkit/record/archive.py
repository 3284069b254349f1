"""Copies of a casebook: backup, restore, and new keys.

A backup is as encrypted as the casebook and opens with the same keys; beside the files lies a list
of what they must hash to, so that a damaged copy is found before it is needed.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
from contextlib import ExitStack, suppress
from pathlib import Path

from visitkit.errors import StoreError
from visitkit.record.book import writing
from visitkit.record.chain import Head
from visitkit.record.faults import told
from visitkit.record.keys import Key, Keys
from visitkit.record.locking import FolderLock
from visitkit.record.opening import open_store, path_of
from visitkit.record.shelf import PEOPLE, PSYCH, Shelf, open_file
from visitkit.record.store import CaseStore

#: What the files of a backup hash to, and the heads of their chains.
LIST = "backup.json"


def backup(store: CaseStore, to: str | Path) -> Path:
    """Copy an open casebook into a new folder, whole or not at all.

    Parameters
    ----------
    store
        Open with both keys, so that nothing is left behind.
    to
        Folder that does not exist yet; on another disk.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    StoreError
        ``record.exists``; ``record.psych_closed``; ``record.disk_full``; ``record.read_only``.
    """
    place, book = Path(to), store.book
    if place.exists():
        raise StoreError("record.exists", file=place.name)
    if book.psych is None:
        raise StoreError("record.psych_closed")
    with writing(book) as now:
        for ink in now.inks.values():
            ink.audit(now.next_moment(), "backup")
    head = store.head()
    draft = place.with_name(f".{place.name}-{secrets.token_hex(4)}")
    try:
        with told(place.name):
            draft.mkdir(mode=0o700, parents=True)
            sums = {shelf.file: _copy_out(shelf, draft / shelf.file) for shelf in book.shelves}
            content = json.dumps({"sha256": sums, "head": str(head)}, indent=1)
            (draft / LIST).write_text(content, encoding="utf-8")
            draft.rename(place)
    finally:
        with suppress(OSError):
            shutil.rmtree(draft)
    return place


def _copy_out(shelf: Shelf, to: Path) -> str:
    """Copy the file of a shelf, whose log is put back into it first; return its SHA-256."""
    raw = shelf.connection.connection.cursor()
    raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    source = Path(str(raw.execute("PRAGMA database_list").fetchall()[0][2]))
    raw.close()
    with shelf.begin():  # nobody writes while it is copied
        return _copy(source, to)


def _copy(source: Path, to: Path) -> str:
    shutil.copyfile(source, to)
    with to.open("rb+") as file:
        os.fsync(file.fileno())
    expected, found = _sha(source), _sha(to)
    if expected != found:
        raise StoreError("record.disk_error", file=to.name)
    return found


def _sha(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def restore(source: str | Path, to: str | Path, keys: Keys, *, actor: str, role: str) -> Head:
    """Put a backup in place as a casebook, after every page and row of it was checked.

    Parameters
    ----------
    source
        Folder made by :func:`backup`.
    to
        Folder without a casebook.
    keys
        Both keys of the backup.
    actor, role
        Who restores it; written down inside.

    Returns
    -------
    Head
        Of the restored casebook.

    Raises
    ------
    StoreError
        ``record.not_a_backup``; ``record.backup_damaged``; ``record.exists``; what
        :func:`visitkit.record.open_store` raises. The place is then as it was.
    """
    place, origin = Path(to), Path(source)
    if keys.psych is None:
        raise StoreError("record.keys_both")
    sums, head = _listed(origin)
    with told(place.name):
        place.mkdir(parents=True, exist_ok=True)
    for name in (PEOPLE, PSYCH):
        if path_of(place, name).exists():
            raise StoreError("record.exists", file=f"{name}.db")
    draft = place / f".restore-{secrets.token_hex(4)}"
    try:
        with told(place.name):
            draft.mkdir(mode=0o700)
            for file, expected in sums.items():
                if _copy(origin / file, draft / file) != expected:
                    raise StoreError("record.backup_damaged", file=file)
        restored = _checked(draft, keys, head, (actor, role))
        with told(place.name):
            for name in (PSYCH, PEOPLE):
                path_of(draft, name).rename(path_of(place, name))
    finally:
        with suppress(OSError):
            shutil.rmtree(draft)
    return restored


def _listed(origin: Path) -> tuple[dict[str, str], Head]:
    try:
        told_there = json.loads((origin / LIST).read_text(encoding="utf-8"))
        sums = {f"{name}.db": str(told_there["sha256"][f"{name}.db"]) for name in (PEOPLE, PSYCH)}
        head = Head.parse(str(told_there["head"]))
    except (OSError, ValueError, KeyError, TypeError):
        raise StoreError("record.not_a_backup") from None
    for file, expected in sums.items():
        path = origin / file
        if not path.is_file() or _sha(path) != expected:
            raise StoreError("record.backup_damaged", file=file)
    return sums, head


def _checked(draft: Path, keys: Keys, head: Head, who: tuple[str, str]) -> Head:
    with open_store(draft, keys, actor=who[0], role=who[1]) as store:
        found = store.verify(head)
        if not found.whole:
            first = found.broken[0]
            raise StoreError("record.backup_damaged", file=f"{first.file}.db")
        with writing(store.book) as now:
            for ink in now.inks.values():
                ink.audit(now.next_moment(), "restore")
        return store.head()


def rekey(folder: str | Path, old: Keys, new: Keys, *, actor: str, role: str) -> None:
    """Give a casebook new keys: each file is written anew and then takes the place of the old one.

    The psychological file comes first. Should the machine stop between the two, it has its new key
    and the people file its old one; calling this again with these as ``old`` finishes the work.

    Parameters
    ----------
    folder
        A casebook that nobody has open.
    old, new
        The keys it has and the keys it shall have.
    actor, role
        Who does it; written down inside.

    Raises
    ------
    StoreError
        What :func:`visitkit.record.open_store` raises; ``record.keys_both``. The file at hand
        keeps its old key then.
    """
    place = Path(folder)
    if old.psych is None or new.psych is None:
        raise StoreError("record.keys_both")
    with open_store(place, old, actor=actor, role=role) as store, writing(store.book) as now:
        for ink in now.inks.values():
            ink.audit(now.next_moment(), "rekey")
    lock = FolderLock(place)
    try:
        _rewrite(path_of(place, PSYCH), old.psych, new.psych)
        _rewrite(path_of(place, PEOPLE), old.people, new.people)
    finally:
        lock.release()


def _rewrite(path: Path, old: Key, new: Key) -> None:
    if old == new:
        return
    draft = path.with_name(f".{path.stem}-{secrets.token_hex(4)}.db")
    try:
        with ExitStack() as stack, told(path.name):
            shelf = open_file(path, old)
            stack.callback(shelf.close)
            raw = shelf.connection.connection.cursor()
            raw.execute("ATTACH DATABASE ? AS fresh KEY ?", (str(draft), new.for_cipher()))
            raw.execute("SELECT sqlcipher_export('fresh')").fetchall()
            raw.execute("DETACH DATABASE fresh")
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            raw.close()
        open_file(draft, new).close()
        with told(path.name):
            draft.replace(path)
    finally:
        for left in path.parent.glob(f"{draft.name}*"):
            left.unlink()
