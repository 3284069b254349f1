"""The casebook of a school: what was done for whom, kept for years, secret and never lost."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from types import TracebackType

import pandas as pd

from visitkit.calendar import Calendar, DateLike
from visitkit.errors import StoreError
from visitkit.policy import Policy
from visitkit.record import noting, owing, scheduling
from visitkit.record.access import log, may_consent, need_psych
from visitkit.record.book import Rules, keep_rules, writing
from visitkit.record.cases.moments import end_of_day
from visitkit.record.chain import Head
from visitkit.record.entry import Entry
from visitkit.record.shelf import PSYCH
from visitkit.record.view import CasebookView


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

    def rehearse(self, entries: Sequence[Entry]) -> None:
        """Refuse what :meth:`add_many` would refuse, and write nothing down.

        Raises
        ------
        StoreError
            As :meth:`add_many`.
        """
        noting.rehearse(self.book, entries)

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

    def schedule(
        self,
        plan: pd.DataFrame | scheduling.Planned,
        *,
        at: dt.datetime | None = None,
        window: tuple[DateLike, DateLike] | None = None,
    ) -> pd.DataFrame:
        """Take over a plan of visits: each becomes a case that waits to be made.

        The same plan twice changes nothing. A new plan corrects the old one: a visit of the same
        student and duty that waits is moved, never doubled; one that is no longer planned is taken
        back. What was agreed with a family is not moved over their heads: it is told, and called
        off only where the visit is no longer planned at all. Visits made stay as they are.

        Parameters
        ----------
        plan
            What ``plan.plan_visits`` returns, or its table: ``student_id``, ``date``, ``start`` and
            ``end`` (minutes after midnight or ``HH:MM``), ``visitors`` (joined by ``;``), and
            where known ``form``, ``duty``, ``due``.
        at
            When it was decided, aware; now where there is none.
        window
            First and last day the plan speaks for: what waits there and is not in the plan is taken
            back. From its first to its last visit where there is none.

        Returns
        -------
        pandas.DataFrame
            ``case_id``, ``student_id``, ``duty``, ``start`` (school's clock), ``action``:
            ``planned``, ``kept``, ``moved``, ``made_up``, ``agreed_differs`` (ask the family, then
            write the new appointment down), ``taken_back`` or ``called_off``.

        Raises
        ------
        StoreError
            ``record.plan_column`` when a column is missing; ``cases.*`` when a visit is not legal.
            None of the plan is then taken over.
        """
        return scheduling.schedule(self.book, plan, at=at, window=window)

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
