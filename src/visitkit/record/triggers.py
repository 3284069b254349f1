"""Triggers that make tables append-only, in SQLite and in PostgreSQL."""

from __future__ import annotations

from alembic.operations import Operations

#: The word by which a refusal is known again.
REFUSAL = "visitkit append-only"

_SQLITE = """CREATE TRIGGER {table}_no_{verb} BEFORE {event} ON {table} {when}
BEGIN SELECT RAISE(ABORT, '{refusal}'); END"""
_REMOVED = "SELECT 1 FROM removal WHERE removal.entry_seq = OLD.seq"
_FUNCTION = """CREATE FUNCTION {name}() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS
$$ BEGIN {unless} RAISE EXCEPTION '{refusal}'; END $$"""
_POSTGRES = """CREATE TRIGGER {table}_no_{verb} BEFORE {event} ON {table}
FOR EACH {each} EXECUTE FUNCTION {name}()"""


def append_only(op: Operations, table: str) -> None:
    """Refuse to change or delete rows of a table."""
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("update", "delete"):
            _sqlite(op, table, verb)
        return
    _refuse(op, table, "change", "UPDATE OR DELETE")
    _refuse(op, table, "truncate", "TRUNCATE", each="STATEMENT")


def unless_removed(op: Operations, table: str) -> None:
    """Let a row be deleted once a retention rule has been written down for it, and never else."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"DROP TRIGGER {table}_no_delete")
        _sqlite(op, table, "delete", f"WHEN NOT EXISTS ({_REMOVED})")
        return
    op.execute(f"DROP TRIGGER {table}_no_change ON {table}")
    op.execute(f"DROP FUNCTION {table}_no_change_()")
    _refuse(op, table, "update", "UPDATE")
    _refuse(op, table, "delete", "DELETE", f"IF EXISTS ({_REMOVED}) THEN RETURN OLD; END IF;")


def _sqlite(op: Operations, table: str, verb: str, when: str = "") -> None:
    op.execute(
        _SQLITE.format(table=table, verb=verb, event=verb.upper(), when=when, refusal=REFUSAL)
    )


def _refuse(
    op: Operations, table: str, verb: str, event: str, unless: str = "", each: str = "ROW"
) -> None:
    name = f"{table}_no_{verb}_"
    op.execute(_FUNCTION.format(name=name, unless=unless, refusal=REFUSAL))
    op.execute(_POSTGRES.format(table=table, verb=verb, event=event, each=each, name=name))
