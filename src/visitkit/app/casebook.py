"""The console for the casebook: what is owed, cases and their forms, a student's file, proof."""

from __future__ import annotations

import datetime as dt
import warnings
from pathlib import Path

import ipywidgets
import pandas as pd

from visitkit import record, text
from visitkit.app.casebook_alerts import AlertsDesk
from visitkit.app.casebook_desk import CaseDesk
from visitkit.app.casebook_file import FilePage, roll_of
from visitkit.app.casebook_lists import cases_listing, due_listing, forms_listing
from visitkit.app.casebook_proof import ProofPage
from visitkit.app.overriding import note_override
from visitkit.app.session import Session
from visitkit.errors import StoreError, VisitkitError
from visitkit.plan import VisitPlan
from visitkit.record import StoreWarning, cases
from visitkit.record.scheduling import ACTIONS
from visitkit.widgets.asking import Ask, AskField
from visitkit.widgets.pages import PageBar, Pages
from visitkit.widgets.reading import PageView, Section
from visitkit.widgets.rows import RowsView
from visitkit.widgets.sentences import error_words
from visitkit.widgets.unlocking import Asked, Unlock
from visitkit.widgets.upload import Upload

PAGES = ("due", "cases", "student", "new", "forms", "proof")
_ROOM = "app_casebook"


class CasebookConsole(ipywidgets.VBox):  # type: ignore[misc]
    """Open a casebook and work with it.

    Parameters
    ----------
    session
        Shared with the other consoles. Set: ``store``. Read: ``school``, ``rules``, ``lang``,
        ``locked``, ``override``.

    Attributes
    ----------
    desk : CaseDesk
        The case and the form that are open.
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self._wrong: Exception | None = None
        self._notes: list[str] = []
        lang = session.lang
        self.unlock = Unlock(self._open, self._lock, lang)
        self.said = PageView(lang)
        self.desk = CaseDesk(session, self._changed)
        self.due_day = Ask(f"{_ROOM}.due_day", (AskField("day", "date"),), self._due_on, lang)
        self.due = RowsView(self._open_row, lang)
        self.cases = RowsView(self._open_row, lang)
        self.file = FilePage(session, self.desk.read, self._told_of)
        self.new = Ask(f"{_ROOM}.new", (), self._begin, lang)
        self.schedule = Ask(f"{_ROOM}.schedule", (), self._schedule, lang)
        self.new_said = PageView(lang)
        self.alerts = AlertsDesk(session, self._changed, self.desk.open_case)
        self.forms = RowsView(self._blank, lang)
        self.form_file = Upload(f"{_ROOM}.forms.upload", (".xlsx",), self.desk.take_file, lang)
        self.proof = ProofPage(session)
        self._day: dt.date | None = None
        bar = PageBar(f"{_ROOM}.page", PAGES, lang)
        bar.observe(lambda _change: self._seen(), names="page")
        self.pages = Pages(
            bar,
            {
                "due": ipywidgets.VBox([self.due_day, self.due]),
                "cases": self.cases,
                "student": self.file,
                "new": ipywidgets.VBox([self.new, self.schedule, self.new_said, self.alerts]),
                "forms": ipywidgets.VBox([self.form_file, self.forms]),
                "proof": self.proof,
            },
        )
        self._speakers = (
            self.unlock,
            self.said,
            self.due_day,
            self.due,
            self.cases,
            self.new,
            self.schedule,
            self.new_said,
            self.forms,
            self.form_file,
            bar,
        )
        super().__init__([self.unlock, self.said, self.pages, self.desk])
        session.watch("lang", call=self._reword)
        session.watch("school", call=self._propose)
        session.watch("store", call=self._turned)
        session.watch("locked", call=self._screen_locked)
        session.watch("override", call=self._overridden)
        session.watch("plan", call=self._planned)
        self._planned()
        self._propose()
        self._turned()

    def __repr__(self) -> str:
        """Return no student: a saved notebook keeps this line."""
        return f"{type(self).__name__}()"

    def _open(self, asked: Asked) -> None:
        if not asked.folder:
            raise StoreError("record.missing_file", file="people.db")
        if not asked.actor:
            raise StoreError("record.who")
        folder = Path(asked.folder).expanduser()
        self._notes, self._wrong = [], None
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", StoreWarning)
            if asked.way == "new":
                school = self.session.school
                calendar = school.calendar if school is not None else None
                name = asked.school or self._say("school_unnamed")
                record.new_store(
                    folder, asked.keys, school=name, policy=self.session.rules, calendar=calendar
                )
            store = record.open_store(folder, asked.keys, actor=asked.actor, role=asked.role)
        self._notes = [str(one.message) for one in caught if issubclass(one.category, StoreWarning)]
        self.session.store = store
        self._overridden()

    def _lock(self) -> None:
        store = self.session.store
        self.session.store = None
        if store is not None:
            store.close()

    def _screen_locked(self) -> None:
        if self.session.locked:
            self._lock()

    def _turned(self) -> None:
        """Follow a casebook that was opened or closed."""
        here = self.session.store is not None
        self.unlock.is_open = here
        self.file.clear()
        self.desk.clear()
        self.proof.clear()
        self._seen()
        self._list()

    def _propose(self) -> None:
        school = self.session.school
        roll = (
            [] if school is None else school.tables["teachers"]["teacher_id"].astype(str).tolist()
        )
        self.unlock.people = [[code, ""] for code in roll]
        self.file.propose()
        self.new.ask(self._asked_new())

    def _reword(self) -> None:
        for one in self._speakers:
            one.lang = self.session.lang
        self.desk.reword()
        self.proof.reword()
        self._list()

    def _seen(self) -> None:
        """Show the desk only beside pages from which something is put on it."""
        here = self.session.store is not None
        self.pages.layout.display = "" if here else "none"
        self.desk.layout.display = "" if here and self.pages.bar.page != "proof" else "none"

    def _changed(self) -> None:
        """Something was written down."""
        self.session.written += 1
        self._list()

    def _list(self) -> None:
        """Show every list anew."""
        store, lang = self.session.store, self.session.lang
        self.new.ask(self._asked_new())
        self.alerts.show()
        self.file.show()
        if store is None:
            self._tell(Section("", (self._say("closed"),)))
            return
        try:
            self.due.show(due_listing(store.due(self._day), lang))
            self.cases.show(cases_listing(store.cases(), lang))
        except VisitkitError as error:
            self._wrong = error
        self.forms.show(forms_listing(lang))
        lines = [Section("", tuple(self._notes), tone="warning")] if self._notes else []
        if self._wrong is not None:
            lines.append(Section("", (error_words(self._wrong, lang),), tone="warning"))
        psych = "with" if store.book.psych is not None else "without"
        lines.append(Section("", (self._say(f"opened_{psych}"),)))
        self._tell(*lines)

    def _tell(self, *sections: Section) -> None:
        self.said.show(sections)

    def _asked_new(self) -> tuple[AskField, ...]:
        kinds = tuple((kind, cases.kind_text(kind, self.session.lang)) for kind in cases.KINDS)
        student = AskField("student", choices=roll_of(self.session.school))
        return (AskField("kind", "choice", required=True, choices=kinds), student)

    def _due_on(self, values: dict[str, str]) -> None:
        self._day = dt.date.fromisoformat(values["day"]) if values["day"] else None
        self._list()

    def _open_row(self, key: str, _action: str) -> None:
        self.desk.open_case(key.partition(" ")[0])

    def _told_of(self, wrong: Exception | None) -> None:
        """Tell what became of a file that was asked for."""
        self._wrong = wrong
        self._list()

    def _planned(self) -> None:
        """Offer a plan of visits to be taken over, where there is one."""
        self.schedule.layout.display = "" if self.session.plan is not None else "none"
        self.new_said.show(())

    def _schedule(self, _values: dict[str, str]) -> None:
        if self.session.plan is not None:
            self._taken_over(self.session.plan)

    def _taken_over(self, made: VisitPlan | pd.DataFrame) -> None:
        store, lang = self.session.store, self.session.lang
        if store is None:
            return
        try:
            done = store.schedule(made)["action"].value_counts()
        except VisitkitError as error:
            self.new_said.show((Section("", (error_words(error, lang),), tone="warning"),))
            return
        told = tuple(
            self._say(f"scheduled.{one}", number=done[one]) for one in ACTIONS if one in done
        )
        self._list()
        self.new_said.show((Section("", told or (self._say("scheduled.nothing"),), tone="strong"),))

    def _begin(self, values: dict[str, str]) -> None:
        self.desk.begin(values["kind"], values["student"])

    def _blank(self, name: str, _action: str) -> None:
        self.desk.clear()
        self.desk.form.show(name)

    def _overridden(self) -> None:
        """Write down the tiers that a person changed, those from before the book was open too."""
        store, session = self.session.store, self.session
        if store is None:
            return
        changed = [one.told() for one in session.overrides]
        for told in [*changed, *([session.override] if session.override else [])]:
            mark = tuple(sorted(told.items()))
            if mark in session.noted:
                continue
            session.noted |= {mark}
            try:
                note_override(store, told, session.cases)
            except VisitkitError as error:
                self._wrong = error
        self._list()

    def _say(self, key: str, **facts: object) -> str:
        return text.say(f"{_ROOM}.{key}", self.session.lang, **facts)
