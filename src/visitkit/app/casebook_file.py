"""One student's file: asked for with a reason, read, and a form of it opened."""

from __future__ import annotations

from collections.abc import Callable

import ipywidgets

from visitkit import text
from visitkit.app.casebook_lists import entries_listing
from visitkit.app.session import Session
from visitkit.errors import VisitkitError
from visitkit.load import School
from visitkit.record import Entry
from visitkit.widgets.asking import Ask, AskField
from visitkit.widgets.reading import PageView, Section
from visitkit.widgets.rows import RowsView
from visitkit.widgets.rows_state import Listing

_ROOM = "app_casebook"


class FilePage(ipywidgets.VBox):  # type: ignore[misc]
    """Whose file, for what, and what stands in it.

    Parameters
    ----------
    session
        Its ``store`` is the casebook; its ``school`` offers the students.
    read
        Opens the form of an entry: takes the entries, which one, and for what they were read.
    told
        Takes the error of a file that could not be read, or ``None`` for one that could.
    """

    def __init__(
        self,
        session: Session,
        read: Callable[[tuple[Entry, ...], str, str], None],
        told: Callable[[Exception | None], None],
    ) -> None:
        self.session, self._read, self._told = session, read, told
        self._file: tuple[tuple[Entry, ...], int | None] | None = None
        self._purpose = ""
        lang = session.lang
        self.ask = Ask(f"{_ROOM}.student", self._asked(), self._ask_for, lang)
        self.said = PageView(lang)
        self.rows = RowsView(self._open, lang)
        super().__init__([self.ask, self.said, self.rows])

    def __repr__(self) -> str:
        """Return no student: a saved notebook keeps this line."""
        return f"{type(self).__name__}()"

    def clear(self) -> None:
        """Put the file away."""
        self._file, self._purpose = None, ""

    def propose(self) -> None:
        """Offer the students of the school that is open."""
        self.ask.ask(self._asked())

    def show(self) -> None:
        """Show the file that was read, in the language of the session."""
        store, lang = self.session.store, self.session.lang
        for one in (self.ask, self.said, self.rows):
            one.lang = lang
        self.rows.layout.display = "" if self._file is not None else "none"
        if self._file is None or store is None:
            self.said.show(())
            self.rows.show(Listing("", ()))
            return
        entries, withheld = self._file
        key = "unknown" if withheld is None else "some" if withheld else "none"
        words = text.say(f"{_ROOM}.withheld.{key}", lang, number=withheld)
        self.said.show((Section("", (words,)),))
        self.rows.show(entries_listing(entries, store.book.rules.policy, lang, of_case=False))

    def _asked(self) -> tuple[AskField, ...]:
        student = AskField("student", required=True, choices=roll_of(self.session.school))
        return (student, AskField("purpose", required=True))

    def _ask_for(self, values: dict[str, str]) -> None:
        store = self.session.store
        if store is None:
            return
        wrong: Exception | None = None
        self.clear()
        try:
            found = store.file(values["student"], values["purpose"])
        except VisitkitError as error:
            wrong = error
        else:
            self._file, self._purpose = (found.entries, found.withheld), values["purpose"]
        self._told(wrong)

    def _open(self, entry_id: str, _action: str) -> None:
        if self._file is not None:
            self._read(self._file[0], entry_id, self._purpose)


def roll_of(school: School | None) -> tuple[tuple[str, str], ...]:
    """Return the students of the school that is open: number, and name and class beside it."""
    if school is None:
        return ()
    table = school.students
    words = table.reindex(columns=["class_id", "name"]).astype("object").fillna("")
    known = words.astype(str).agg(" ".join, axis=1).str.strip()
    return tuple(zip(table["student_id"].astype(str), known, strict=True))
