"""Who may read what is psychological: roles of the policy, and dated consent.

In an embedded file this guides and logs. What must be secret is secret by key: whoever holds the
key of the psychological file and reads it with another program is stopped by nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from visitkit.errors import StoreError
from visitkit.record import cases
from visitkit.record.book import Book, Writing
from visitkit.record.models import consent
from visitkit.record.reading import Found

#: Key of the policy with the roles that read a kind of case; all others follow ``mental_file``.
_KEYS = {"crisis": "access.crisis"}
_MENTAL = "access.mental_file"
_CONSENT = "access.mental_file_consent"


@dataclass(frozen=True)
class Reader:
    """What one person may read now.

    Parameters
    ----------
    by_role
        Returns whether their role reads a kind of case.
    students
        Students whose file a consent has opened for them.
    """

    by_role: Callable[[str], bool]
    students: frozenset[str]

    def may(self, kind: str, student_id: str | None) -> bool:
        """Tell whether psychological content of a kind, about a student, may be read."""
        return self.by_role(kind) or (student_id is not None and student_id in self.students)


def roles_for(book: Book, key: str) -> tuple[str, ...]:
    """Return the roles of a key of the policy, with those who act for a group."""
    step = cases.Step("read", (), roles=(f"key:{key}",))
    return cases.roles_of(step, book.rules.policy)


def reader(book: Book) -> Reader:
    """Return what the person at work may read, inside a transaction."""
    roles = {key: roles_for(book, key) for key in (*_KEYS.values(), _MENTAL)}
    return Reader(
        lambda kind: book.role in roles[_KEYS.get(kind, _MENTAL)], frozenset(_opened(book))
    )


def _opened(book: Book) -> Iterable[str]:
    """Yield the students whose file the latest consent for this person still opens."""
    if book.psych is None:
        return
    now = book.clock()
    latest: dict[str, dt.datetime] = {}
    wanted = sa.select(consent.c.student_id, consent.c.until)
    wanted = wanted.where(consent.c.person == book.actor).order_by(consent.c.seq)
    for student_id, until in book.psych.connection.execute(wanted):
        latest[student_id] = until
    yield from (student_id for student_id, until in latest.items() if now <= until)


def may_consent(book: Book) -> None:
    """Refuse unless the role at work may open a psychological file to others.

    Raises
    ------
    StoreError
        ``record.no_consent_right``.
    """
    allowed = roles_for(book, _CONSENT)
    if book.role not in allowed:
        raise StoreError("record.no_consent_right", role=book.role, allowed=", ".join(allowed))


def need_psych(book: Book) -> None:
    """Refuse when the psychological file was not opened.

    Raises
    ------
    StoreError
        ``record.psych_closed``.
    """
    if book.psych is None:
        raise StoreError("record.psych_closed")


def shown(book: Book, found: Iterable[Found]) -> tuple[list[Found], int]:
    """Return what the person at work may read of some entries, and how many are withheld."""
    one_reader = reader(book)
    allowed: list[Found] = []
    withheld = 0
    for one in found:
        if not one.secret or one_reader.may(one.entry.kind, one.entry.student_id):
            allowed.append(one)
        else:
            withheld += 1
    return allowed, withheld


def log(book: Book, now: Writing, action: str, subject: str, **detail: object) -> None:
    """Write down a look at the psychological file, in that file."""
    if book.psych is not None:
        now.inks[book.psych.name].audit(now.next_moment(), action, subject, **detail)
