"""What is written to one shelf in one transaction: rows, and the audit row that witnesses each."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa

from visitkit.record import models
from visitkit.record.chain import canonical, link_of, plain, sha
from visitkit.record.entry import Entry
from visitkit.record.shelf import Last, Shelf

Row = dict[str, object]


def content_digest(content: Mapping[str, object]) -> str:
    """Return the hash of what a retention rule may take away; its salt keeps it unguessable."""
    return sha([content["student_id"], content["facts"], content["salt"]])


def entry_digest(entry: Mapping[str, object], content_hash: str) -> str:
    """Return the hash of an entry, over its frame and the hash of its content."""
    return sha([plain(dict(entry)), content_hash])


def row_digest(row: Mapping[str, object]) -> str:
    """Return the hash of a row of a table without content of its own."""
    return sha(plain(dict(row)))


@dataclass
class Ink:
    """Collects rows of one transaction and chains their audit rows.

    Parameters
    ----------
    shelf
        Where they go.
    last
        End of the chain so far.
    who
        Actor and role of who works with the casebook.
    machine
        What the machine's clock says.
    """

    shelf: Shelf
    last: Last
    who: tuple[str, str]
    machine: datetime
    rows: dict[str, list[Row]] = field(default_factory=dict)

    def audit(self, at: datetime, action: str, subject: str = "", **detail: object) -> int:
        """Add an audit row and return its number; ``digest=`` is the hash of what it witnesses."""
        digest = str(detail.pop("digest", ""))
        row: Row = {
            "seq": self.last.seq + 1,
            "at": at,
            "machine_at": self.machine,
            "actor": self.who[0],
            "role": self.who[1],
            "action": action,
            "subject": subject,
            "detail": canonical(detail),
            "digest": digest,
            "previous": self.last.link,
        }
        row["link"] = link_of(row)
        self._add(models.audit, row)
        self.last = Last(self.last.seq + 1, str(row["link"]), at)
        return self.last.seq

    def entry(self, one: Entry, at: datetime, batch: str | None) -> str:
        """Add an entry with its content and its witness; return its number."""
        seq = self.last.seq + 1
        frame: Row = {
            "seq": seq,
            "case_id": one.case_id,
            "kind": one.kind,
            "step": one.step,
            "at": one.at,
            "actor": one.actor,
            "role": one.role,
            "corrects": one.corrects,
            "recorded_at": at,
            "batch": batch,
        }
        content: Row = {
            "seq": seq,
            "student_id": one.student_id,
            "facts": canonical(dict(one.facts)),
            "salt": secrets.token_hex(16),
        }
        entry_id = f"{self.shelf.letter}{seq}"
        digest = entry_digest(frame, content_digest(content))
        self._add(models.entry, frame)
        self._add(models.content, content)
        self.audit(at, "correct" if one.corrects else "add", entry_id, digest=digest)
        return entry_id

    def setting(self, at: datetime, key: str, value: str) -> None:
        """Add a setting and its witness."""
        row: Row = {"seq": self.last.seq + 1, "key": key, "value": value}
        self._witnessed(models.setting, row, at, "set", key)

    def consent(self, at: datetime, row: Row) -> None:
        """Add a consent and its witness."""
        row = {"seq": self.last.seq + 1, **row}
        self._witnessed(models.consent, row, at, "consent", str(row["student_id"]))

    def removal(self, at: datetime, entry_seq: int, rule: str, content_hash: str) -> None:
        """Write down that a rule takes the content of an entry away."""
        row: Row = {
            "seq": self.last.seq + 1,
            "entry_seq": entry_seq,
            "rule": rule,
            "content_digest": content_hash,
        }
        self._witnessed(models.removal, row, at, "remove", f"{self.shelf.letter}{entry_seq}")

    def batch(self, number: str) -> None:
        """Name a write that touches both shelves as complete."""
        self._add(models.batch, {"batch": number})

    def flush(self) -> None:
        """Hand everything to the database, inside the transaction."""
        for table in models.LASTING:
            rows = self.rows.pop(table.name, [])
            if rows:
                self.shelf.connection.execute(sa.insert(table), rows)

    def _witnessed(
        self, table: sa.Table, row: Row, at: datetime, action: str, subject: str
    ) -> None:
        self._add(table, row)
        self.audit(at, action, subject, digest=row_digest(row))

    def _add(self, table: sa.Table, row: Row) -> None:
        self.rows.setdefault(table.name, []).append(row)
