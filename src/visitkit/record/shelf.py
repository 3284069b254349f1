"""One of the two places of a casebook: an encrypted file, or a schema of a district's database."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.pool import StaticPool
from sqlcipher3 import dbapi2

from visitkit.errors import StoreError
from visitkit.record.chain import GENESIS
from visitkit.record.faults import told
from visitkit.record.keys import Key
from visitkit.record.models import Moment, audit

PEOPLE, PSYCH = "people", "psych"
#: First letter of an entry's number, by shelf.
LETTERS = {PEOPLE: "e", PSYCH: "m"}

_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "secure_delete=ON",
    "temp_store=MEMORY",
    "trusted_schema=OFF",
    "recursive_triggers=ON",  # else INSERT OR REPLACE would slip past the triggers on DELETE
)


@dataclass(frozen=True)
class Last:
    """The end of a chain: number of the last audit row, its hash and its moment."""

    seq: int
    link: str
    at: datetime | None


@dataclass(frozen=True)
class Shelf:
    """A place with all tables of the casebook.

    Parameters
    ----------
    name
        ``"people"`` or ``"psych"``.
    connection
        The one connection to it.
    """

    name: str
    connection: sa.Connection

    @property
    def file(self) -> str:
        """How people know it."""
        return f"{self.name}.db"

    @property
    def letter(self) -> str:
        """First letter of the numbers of its entries."""
        return LETTERS[self.name]

    @contextmanager
    def begin(self) -> Iterator[sa.Connection]:
        """Open a transaction that is kept only when the block ends well."""
        with told(self.file):
            try:
                with self.connection.begin():
                    yield self.connection
            except BaseException:
                # A commit that failed may have left the database in its transaction.
                self.connection.connection.rollback()
                raise

    def last(self) -> Last:
        """Return the end of the chain, inside a transaction."""
        if self.connection.dialect.name == "postgresql":
            shape = sa.text("SELECT seq, link, at FROM visitkit_last()").columns(at=Moment)
            row = self.connection.execute(shape).first()
        else:
            newest = sa.select(audit.c.seq, audit.c.link, audit.c.at).order_by(audit.c.seq.desc())
            row = self.connection.execute(newest.limit(1)).first()
        if row is None or row[0] is None:
            return Last(0, GENESIS, None)
        return Last(row[0], row[1], row[2])

    def close(self) -> None:
        """Put the log back into the file and let go of it."""
        with suppress(sa.exc.SQLAlchemyError, dbapi2.Error):
            self.connection.close()
        self.connection.engine.dispose()


def open_file(path: Path, key: Key, *, new: bool = False) -> Shelf:
    """Open one encrypted file.

    Parameters
    ----------
    path
        ``people.db`` or ``psych.db``.
    key
        Its key.
    new
        Make it; it must not exist.

    Raises
    ------
    StoreError
        ``record.missing_file``, ``record.exists``, ``record.wrong_key``, ``record.damaged``,
        ``record.read_only`` or ``record.disk_full``.
    """
    if path.exists() == new:
        raise StoreError("record.exists" if new else "record.missing_file", file=path.name)
    with told(path.name):
        raw = _keyed(path, key)
        engine = sa.create_engine(
            "sqlite://",
            module=dbapi2,
            creator=lambda: raw,
            poolclass=StaticPool,
            hide_parameters=True,
        )
        sa.event.listen(engine, "begin", _begin_immediate)
        return Shelf(path.stem, engine.connect())


def _begin_immediate(connection: sa.Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _keyed(path: Path, key: Key) -> dbapi2.Connection:
    """Return a connection that has been given its key and has read with it."""
    if not path.exists():
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    # The database is opened in autocommit: SQLAlchemy says when a transaction begins.
    raw = dbapi2.connect(str(path), isolation_level=None, check_same_thread=False, timeout=2)
    try:
        raw.execute("PRAGMA cipher_log_level = NONE").fetchall()  # it would write to stderr
        give_key(raw, "PRAGMA key = '{}'", key)
        raw.execute("SELECT count(*) FROM sqlite_master").fetchall()
        for pragma in _PRAGMAS:
            raw.execute(f"PRAGMA {pragma}").fetchall()
        # A folder that cannot be written to is found now, not at the first entry.
        raw.execute("BEGIN IMMEDIATE")
        raw.execute("ROLLBACK")
    except BaseException:
        raw.close()
        raise
    return raw


def give_key(raw: dbapi2.Connection, statement: str, key: Key) -> None:
    """Run a statement with a key in it; what fails is told without the statement."""
    quoted = key.for_cipher().replace("'", "''")
    if isinstance(key.reveal(), bytes):
        statement, quoted = statement.replace("'{}'", '"{}"'), key.for_cipher()
    raw.execute(statement.format(quoted)).fetchall()
