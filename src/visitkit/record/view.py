"""What can be asked of a casebook."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from visitkit.errors import StoreError
from visitkit.load.school import School
from visitkit.record import looking, outcomes, remembering, verifying
from visitkit.record.book import Book
from visitkit.record.chain import Head
from visitkit.record.entry import Entry
from visitkit.record.keys import Key
from visitkit.record.looking import StudentFile
from visitkit.record.outcomes import Outcomes
from visitkit.record.owing import AsOf
from visitkit.record.remembering import History
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

    def history(self, as_of: AsOf) -> History:
        """Return what the casebook remembers on a day, for the next term and for a review.

        It goes as it is into ``screen.indicators(school, day, history)`` and ``screen.alerts``;
        its ``told`` into ``screen.register``, its ``matters`` into both, its ``duties`` into
        ``plan.duties``, its ``log`` into ``review.Beside``.

        Parameters
        ----------
        as_of
            The day; entries dated after it change nothing.

        Returns
        -------
        History
            As far as the person at work may read it; ``withheld`` says how much is missing.
        """
        return remembering.history(self.book, as_of)

    def outcomes(
        self,
        measure: str,
        by: str = "week",
        *,
        school: School,
        deidentified: bool = True,
        key: Key | str | bytes | None = None,
        asked: Outcomes | None = None,
    ) -> pd.DataFrame:
        """Return a row a student and period: what was measured, and since when they were visited.

        Parameters
        ----------
        measure
            One of :data:`visitkit.record.MEASURES`, or the column of ``asked.scores``.
        by
            ``"week"``, ``"month"`` or ``"term"``; ``"split"`` for a row a student, before and after
            ``asked.split``.
        school
            The tables that are measured and the calendar.
        deidentified
            Students and classes by pseudonym.
        key
            Of the pseudonyms, held apart: the same key gives the same ones. Without one nobody
            keeps it, and no two panels can be joined.
        asked
            Day, forms of visit, scores; see :class:`visitkit.record.Outcomes`.

        Returns
        -------
        pandas.DataFrame
            In order of student and period: ``student_id``, ``class_id``, ``period`` (1, 2, ...),
            ``date`` (its first day), the measure (missing where it is not known: never zero
            instead), ``days`` (school days on roll in the period), ``visits`` (made in the period),
            ``visited`` (1 from the period of the first visit on), ``first`` (number of that period;
            0 for never), ``first_visit`` (its first day), ``screening`` (the last period before the
            student was chosen for the visit). As it is for ``review.Study(unit="student_id",
            time="period", first="first", assign="staggered")`` and ``review.CaseReview``. With
            ``by="split"`` a row a student: the measure and ``days``, each also with ``_before``,
            ``visits`` and ``visited`` from the split on; for ``review.Study`` of all other designs.

        Raises
        ------
        StoreError
            ``record.measure``, ``record.by``, ``record.split``, ``record.scores_column``,
            ``record.no_period``.
        """
        found = outcomes.outcomes(self.book, measure, by, school, asked or Outcomes())
        return outcomes.with_pseudonyms(found, key) if deidentified else found

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
