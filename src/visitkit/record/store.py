"""The casebook of a school: what was done for whom, kept for years, secret and never lost."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from types import TracebackType

import pandas as pd

from visitkit.calendar import Calendar
from visitkit.errors import StoreError
from visitkit.policy import Policy
from visitkit.record import looking, noting, owing, verifying
from visitkit.record.access import log, may_consent, need_psych
from visitkit.record.book import Book, Rules, keep_rules, writing
from visitkit.record.cases.moments import end_of_day
from visitkit.record.chain import Head
from visitkit.record.entry import Entry
from visitkit.record.looking import StudentFile
from visitkit.record.owing import AsOf
from visitkit.record.shelf import PSYCH
from visitkit.record.verifying import Verdict


class CasebookView:
    """What can be asked of a casebook.

    Parameters
    ----------
    book
        The open files; functions of this room work on it.
    """

    def __init__(self, book: Book) -> None:
        self.book = book

    def case(self, case_id: str, purpose: str = "") -> tuple[Entry, ...]:
        """Return the entries of a case in the order in which they were written down.

        Psychological entries need a purpose, are logged, and are left out for whoever may not
        read them.

        Raises
        ------
        StoreError
            ``record.no_case``; ``record.purpose_needed``; ``record.no_access`` when all of the
            case is psychological and the role, or a consent, does not allow it.
        """
        return looking.read_case(self.book, case_id, purpose)

    def file(self, student_id: str, purpose: str) -> StudentFile:
        """Return all that is known of a student, as far as the person at work may read it.

        Raises
        ------
        StoreError
            ``record.purpose_needed``.
        """
        return looking.read_file(self.book, student_id, purpose)

    def cases(
        self,
        kind: str | None = None,
        student_id: str | None = None,
        as_of: AsOf | None = None,
    ) -> pd.DataFrame:
        """Return where the cases stand.

        Returns
        -------
        pandas.DataFrame
            A row a case: ``case_id``, ``kind``, ``student_id``, ``state``, ``since`` (school's
            clock), ``level``, ``flags``, ``closed``, ``entries``. Entries dated after ``as_of``
            change nothing.
        """
        return looking.list_cases(self.book, kind, student_id, as_of)

    def due(self, as_of: AsOf | None = None) -> pd.DataFrame:
        """Return what is owed.

        Parameters
        ----------
        as_of
            A moment (without a zone: the school's clock) or a day; now where there is none.

        Returns
        -------
        pandas.DataFrame
            ``case_id``, ``kind``, ``student_id``, ``what``, ``by``, ``since``, ``due``,
            ``overdue``, ``source``; overdue first, then by when it is due, then by person. Times
            are the school's clock. On a day, what is due that day is not overdue yet.
        """
        return looking.list_due(self.book, as_of)

    def audit(self, action: str | None = None, since: dt.datetime | None = None) -> pd.DataFrame:
        """Return who did what when, in both files; looking at it is itself logged.

        Returns
        -------
        pandas.DataFrame
            ``file``, ``seq``, ``at`` (school's clock), ``actor``, ``role``, ``action``,
            ``subject``, ``detail``.
        """
        return looking.list_audit(self.book, action, since)

    def verify(self, *anchors: Head | str) -> Verdict:
        """Check every page, row and link of the open files.

        Parameters
        ----------
        *anchors
            Heads that were printed earlier: only with one can a cut-off end or a whole rewrite be
            seen.
        """
        if not self.book.is_open:
            raise StoreError("record.closed")
        return verifying.verify(self.book, anchors)

    def head(self) -> Head:
        """Return the ends of both chains, to be printed: ``print(store.head())``."""
        return verifying.head_of(self.book)


class CaseStore(CasebookView):
    """An open casebook; made by :func:`visitkit.record.open_store`.

    Examples
    --------
    >>> import datetime as dt, tempfile
    >>> from visitkit import record
    >>> keys = record.Keys("three quiet lanterns", "a river below the wall")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     record.new_store(folder, keys, school="Made-up School")
    ...     with record.open_store(folder, keys, actor="T1", role="head_teacher") as store:
    ...         told = {"issue": "broken stairs", "to": ["moral_office"]}
    ...         at = dt.datetime(2026, 11, 6, 8, tzinfo=dt.UTC)
    ...         entry = record.Entry("x-1", "escalation", "report", "S1", at, "T1",
    ...                              "head_teacher", told)
    ...         taken = store.add(entry)
    ...         len(store.case("x-1")), store.verify().whole
    (1, True)
    """

    def __enter__(self) -> CaseStore:
        """Return the store itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close it, whatever happened."""
        self.close()

    def __repr__(self) -> str:
        state = "open" if self.book.is_open else "closed"
        files = "people" if self.book.psych is None else "people, psych"
        return f"<CaseStore {state}: {files}>"

    def add(self, entry: Entry) -> Entry:
        """Write an entry down; when this returns, it is on the disk.

        Returns
        -------
        Entry
            With its number and the moment it was taken.

        Raises
        ------
        StoreError
            ``cases.*`` when the step is not legal now; ``record.*`` when it cannot be kept.
        """
        return noting.note(self.book, [entry])[0]

    def add_many(self, entries: Sequence[Entry]) -> list[Entry]:
        """Write entries down, all or none.

        Raises
        ------
        StoreError
            As :meth:`add`, for the first entry that is refused; none is then written.
        """
        return noting.note(self.book, entries)

    def correct(
        self, entry_id: str, facts: Mapping[str, object] | None, reason: str, role: str = ""
    ) -> Entry:
        """Write a new version of an entry, or take it back; the old one stays.

        Parameters
        ----------
        entry_id
            Number of the entry.
        facts
            All its facts as they should have been; ``None`` takes it back.
        reason
            Why, in words.
        role
            In which role, where it is not the one the casebook was opened with.

        Raises
        ------
        StoreError
            ``record.no_entry``, ``record.reason_needed``, or ``cases.*`` when it may not be.
        """
        return self.add(noting.correction(self.book, entry_id, facts, reason, role))

    def grant(
        self, student_id: str, person: str, until: dt.date | dt.datetime, reason: str
    ) -> None:
        """Open the psychological file of a student for a named person until a date.

        A date counts to its end. The latest consent holds: one with a date gone by takes an
        earlier one back.

        Raises
        ------
        StoreError
            ``record.no_consent_right`` when the role may not consent; ``record.reason_needed``;
            ``record.psych_closed``.
        """
        need_psych(self.book)
        may_consent(self.book)
        if not reason.strip():
            raise StoreError("record.reason_needed")
        row: dict[str, object] = {
            "student_id": student_id,
            "person": person,
            "until": until if isinstance(until, dt.datetime) else end_of_day(until),
            "given_by": self.book.actor,
            "reason": reason,
        }
        with writing(self.book) as now:
            at = now.next_moment()
            now.inks[PSYCH].consent(at, {**row, "given_at": at})

    def renew(self, policy: Policy | None = None, calendar: Calendar | None = None) -> None:
        """Take over new rules or a new calendar, and derive anew what every case owes."""
        held = self.book.rules
        rules = Rules(policy or held.policy, calendar or held.calendar)
        try:
            with writing(self.book) as now:
                self.book.rules = rules
                keep_rules(self.book, rules, now)
                owing.renew_all(self.book)
        except BaseException:
            self.book.rules = held
            raise

    def anchor(self, given_to: str) -> Head:
        """Write down that the head is handed to somebody, and return it to be printed."""
        with writing(self.book) as now:
            for ink in now.inks.values():
                ink.audit(now.next_moment(), "anchor", given_to)
        return self.head()

    def log_export(self, what: str, *, purpose: str, recipient: str, students: int) -> None:
        """Write down that something leaves the casebook, before it leaves.

        Parameters
        ----------
        what
            Which document or table.
        purpose, recipient
            What for and to whom.
        students
            How many students it is about.

        Raises
        ------
        StoreError
            ``record.purpose_needed`` when purpose or recipient is missing.
        """
        if not purpose.strip() or not recipient.strip():
            raise StoreError("record.purpose_needed")
        detail = {"purpose": purpose, "recipient": recipient, "students": students}
        with writing(self.book) as now:
            now.inks["people"].audit(now.next_moment(), "export", what, **detail)
            log(self.book, now, "export", what, **detail)

    def close(self) -> None:
        """Close the files and let others write; a second call does nothing."""
        if self.book.is_open:
            self.book.is_open = False
            self.book.close.close()
