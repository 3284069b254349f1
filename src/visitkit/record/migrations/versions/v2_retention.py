"""Version 2: what was found may be taken away by a retention rule, which is itself written down."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from visitkit.record.triggers import append_only, unless_removed

revision = "2"
down_revision = "1"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table of removals and open one door in the trigger of ``content``."""
    op.create_table(
        "removal",
        sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("entry_seq", sa.BigInteger, nullable=False, unique=True),
        sa.Column("rule", sa.Text, nullable=False),
        sa.Column("content_digest", sa.Text, nullable=False),
    )
    append_only(op, "removal")  # type: ignore[arg-type]
    unless_removed(op, "content")  # type: ignore[arg-type]
