"""The tables of the casebook: the same in both encrypted files and in a district's PostgreSQL.

Every lasting row has the number of the audit row that was written with it, so that one sequence
orders everything and each row has exactly one witness. Only ``owed`` is derived, and may change.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MICROSECOND = dt.timedelta(microseconds=1)


def microseconds(moment: dt.datetime) -> int:
    """Return a moment as whole microseconds since 1970."""
    return (moment.astimezone(dt.UTC) - _EPOCH) // _MICROSECOND


class Moment(TypeDecorator[dt.datetime]):
    """A moment in UTC: whole microseconds since 1970 in SQLite, which would drop a time zone.

    Examples
    --------
    >>> from sqlalchemy.dialects import sqlite
    >>> Moment().process_bind_param(dt.datetime(1970, 1, 1, 0, 1, tzinfo=dt.UTC), sqlite.dialect())
    60000000
    """

    impl = sa.BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Use a time stamp with its zone where the database keeps one."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(postgresql.TIMESTAMP(timezone=True))
        return dialect.type_descriptor(sa.BigInteger())

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> object:
        """Turn an aware moment into what the database keeps."""
        if value is None:
            return None
        if dialect.name == "postgresql":
            return value.astimezone(dt.UTC)
        return microseconds(value)

    def process_result_value(self, value: object, dialect: Dialect) -> dt.datetime | None:
        """Turn what the database keeps into an aware moment in UTC."""
        if value is None:
            return None
        if isinstance(value, dt.datetime):
            return value.astimezone(dt.UTC)
        return _EPOCH + dt.timedelta(microseconds=int(str(value)))


metadata = sa.MetaData()

#: Who did what, when, in a chain of hashes.
audit = sa.Table(
    "audit",
    metadata,
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("machine_at", Moment, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("detail", sa.Text, nullable=False),
    sa.Column("digest", sa.Text, nullable=False),
    sa.Column("previous", sa.Text, nullable=False),
    sa.Column("link", sa.Text, nullable=False),
)

#: That a step was written down. Whom it is about and what was found stand in ``content``.
entry = sa.Table(
    "entry",
    metadata,
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("case_id", sa.Text, nullable=False, index=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("step", sa.Text, nullable=False),
    sa.Column("at", Moment, nullable=False, index=True),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("corrects", sa.Text),
    sa.Column("recorded_at", Moment, nullable=False, index=True),
    sa.Column("batch", sa.Text, index=True),
)

#: The part of an entry that a retention rule may take away.
content = sa.Table(
    "content",
    metadata,
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("student_id", sa.Text, index=True),
    sa.Column("facts", sa.Text, nullable=False),
    sa.Column("salt", sa.Text, nullable=False),
)

#: What each case still asks of somebody; derived from the entries.
owed = sa.Table(
    "owed",
    metadata,
    sa.Column("case_id", sa.Text, nullable=False, index=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("student_id", sa.Text),
    sa.Column("what", sa.Text, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("since", Moment, nullable=False),
    sa.Column("due", Moment),
    sa.Column("source", sa.Text, nullable=False),
)

#: What the school has set: its name, its rules, its calendar. The latest row of a key holds.
setting = sa.Table(
    "setting",
    metadata,
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("value", sa.Text, nullable=False),
)

#: In the people file: writes that touched both files and are complete.
batch = sa.Table("batch", metadata, sa.Column("batch", sa.Text, primary_key=True))

#: In the psychological file: writes that touched both files and were cut off half-way.
abandoned = sa.Table("abandoned", metadata, sa.Column("batch", sa.Text, primary_key=True))

#: In the psychological file: who may read whose file until when.
consent = sa.Table(
    "consent",
    metadata,
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("student_id", sa.Text, nullable=False, index=True),
    sa.Column("person", sa.Text, nullable=False),
    sa.Column("given_at", Moment, nullable=False),
    sa.Column("until", Moment, nullable=False),
    sa.Column("given_by", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
)

#: What a retention rule took away. Since version 2.
removal = sa.Table(
    "removal",
    metadata,
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("entry_seq", sa.BigInteger, nullable=False, unique=True),
    sa.Column("rule", sa.Text, nullable=False),
    sa.Column("content_digest", sa.Text, nullable=False),
)

#: Tables with rows that last.
LASTING = (audit, entry, content, setting, batch, abandoned, consent, removal)
