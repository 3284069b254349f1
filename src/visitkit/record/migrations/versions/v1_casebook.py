"""Version 1: entries, their witnesses, consent, and what is owed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from visitkit.record.models import Moment
from visitkit.record.triggers import append_only

revision = "1"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    _trail()
    _entries()
    _settings()
    _rights()
    _owed()
    for table in ("audit", "entry", "content", "setting", "batch", "abandoned", "consent"):
        append_only(op, table)  # type: ignore[arg-type]


def _number() -> sa.Column[int]:
    return sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False)


def _text(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def _trail() -> None:
    op.create_table(
        "audit",
        _number(),
        sa.Column("at", Moment, nullable=False),
        sa.Column("machine_at", Moment, nullable=False),
        *_text("actor", "role", "action", "subject", "detail", "digest", "previous", "link"),
    )


def _entries() -> None:
    op.create_table(
        "entry",
        _number(),
        *_text("case_id", "kind", "step"),
        sa.Column("at", Moment, nullable=False),
        *_text("actor", "role"),
        sa.Column("corrects", sa.Text),
        sa.Column("recorded_at", Moment, nullable=False),
        sa.Column("batch", sa.Text),
    )
    op.create_index("ix_entry_case_id", "entry", ["case_id"])
    for name in ("at", "recorded_at", "batch"):
        op.create_index(f"ix_entry_{name}", "entry", [name])
    op.create_table("content", _number(), sa.Column("student_id", sa.Text), *_text("facts", "salt"))
    op.create_index("ix_content_student_id", "content", ["student_id"])


def _settings() -> None:
    op.create_table("setting", _number(), *_text("key", "value"))
    op.create_table("batch", sa.Column("batch", sa.Text, primary_key=True))
    op.create_table("abandoned", sa.Column("batch", sa.Text, primary_key=True))


def _rights() -> None:
    op.create_table(
        "consent",
        _number(),
        *_text("student_id", "person"),
        sa.Column("given_at", Moment, nullable=False),
        sa.Column("until", Moment, nullable=False),
        *_text("given_by", "reason"),
    )
    op.create_index("ix_consent_student_id", "consent", ["student_id"])


def _owed() -> None:
    op.create_table(
        "owed",
        *_text("case_id", "kind"),
        sa.Column("student_id", sa.Text),
        *_text("what", "by"),
        sa.Column("since", Moment, nullable=False),
        sa.Column("due", Moment),
        *_text("source"),
    )
    op.create_index("ix_owed_case_id", "owed", ["case_id"])
