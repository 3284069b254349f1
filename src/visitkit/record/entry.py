"""One entry of the casebook: what happened, when, by whom, and the facts of it.

A case is the list of its entries. Nothing is ever changed in place: a correction is a new entry
that names the one it takes the place of.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Entry:
    """A step of a case.

    Parameters
    ----------
    case_id
        Which case, for example ``"visit-000123"``.
    kind
        Kind of case, a key of :data:`visitkit.record.cases.KINDS`.
    step
        What was done, a step of that kind.
    student_id
        Whom it is about; ``None`` for a meeting or a school's own matter.
    at
        When it happened: aware, in UTC.
    actor
        ``teacher_id`` of who did it, or ``"computed"``.
    role
        In which role of the policy it was done.
    facts
        The fields of the step: text, numbers, booleans, ISO dates, and lists of these.
    entry_id
        Given by the store.
    corrects
        ``entry_id`` of the entry that this one takes the place of.
    recorded_at
        When the store took it: aware, in UTC.
    """

    case_id: str
    kind: str
    step: str
    student_id: str | None
    at: datetime
    actor: str
    role: str
    facts: Mapping[str, object] = field(default_factory=dict)
    entry_id: str = ""
    corrects: str | None = None
    recorded_at: datetime | None = None


@dataclass(frozen=True)
class Owed:
    """Something a case still asks of somebody.

    Parameters
    ----------
    case_id, kind, student_id
        Of which case.
    what
        What is owed: a step of the kind, or the name of one of its clocks.
    by
        Who owes it: a ``teacher_id`` when a person was named, else a role of the policy.
    since
        When the clock started: aware, in UTC.
    due
        By when: aware, in UTC; ``None`` where the policy leaves it to the school.
    source
        The rule behind it: the policy key.
    """

    case_id: str
    kind: str
    student_id: str | None
    what: str
    by: str
    since: datetime
    due: datetime | None
    source: str
