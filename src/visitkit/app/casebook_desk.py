"""One case on the desk: where it stands, what was written, what comes next, and the form for it."""

from __future__ import annotations

from collections.abc import Callable

import ipywidgets

from visitkit import text
from visitkit.app.casebook_lists import entries_listing, offers_listing, who
from visitkit.app.session import Session
from visitkit.errors import StoreError, VisitkitError
from visitkit.record import Entry, cases
from visitkit.record.forms.keeping import Taking
from visitkit.widgets.asking import Ask, AskField
from visitkit.widgets.forms import FormView
from visitkit.widgets.forms_desk import FormDesk
from visitkit.widgets.forms_files import form_in
from visitkit.widgets.forms_keeping import Keeping
from visitkit.widgets.forms_opening import Opened, saved_form, to_fill
from visitkit.widgets.reading import PageView, Section
from visitkit.widgets.rows import RowsView
from visitkit.widgets.sentences import error_words

_ROOM = "app_casebook"


class CaseDesk(ipywidgets.VBox):  # type: ignore[misc]
    """One case, and the form that is filled in for it.

    Parameters
    ----------
    session
        Shared with the other consoles; its ``store`` is read and written to.
    changed
        Called after something was written down.

    Attributes
    ----------
    case_id : str
        The case on the desk; empty where there is none.
    form : FormView
        The form that is open.
    """

    def __init__(self, session: Session, changed: Callable[[], None]) -> None:
        self.session, self._changed = session, changed
        self.case_id, self._purpose, self._asked = "", "", ""
        self._entries: tuple[Entry, ...] = ()
        self._offers: dict[str, cases.Offer] = {}
        self._error: Exception | None = None
        lang = session.lang
        self.head = PageView(lang)
        self.purpose = Ask(
            f"{_ROOM}.purpose", (AskField("purpose", required=True),), self._go_on, lang
        )
        self.offers = RowsView(self._fill, lang)
        self.entries = RowsView(self._read, lang)
        self.form = FormView(lang=lang)
        self.form.observe(self._saved, names="kept")
        self._parts = (self.head, self.purpose, self.offers, self.entries)
        super().__init__([*self._parts, FormDesk(self.form)])
        self.clear()

    def __repr__(self) -> str:
        """Return no student: a saved notebook keeps this line."""
        return f"{type(self).__name__}()"

    def clear(self) -> None:
        """Put everything away, with what was typed and not saved."""
        self.case_id, self._purpose, self._asked = "", "", ""
        self._entries, self._offers, self._error = (), {}, None
        self.form.close_paper()
        self._paint()

    def open_case(self, case_id: str, purpose: str = "", *, focus: bool = True) -> bool:
        """Put a case on the desk; tell whether it could be read.

        A case with something psychological asks first what it is read for.
        """
        store = self.session.store
        if store is None:
            return False
        purpose = purpose or (self._purpose if case_id == self.case_id else "")
        if case_id != self.case_id:
            self.form.close_paper()
        self._error, self._asked = None, ""
        try:
            entries = store.case(case_id, purpose)
        except VisitkitError as error:
            self.case_id, self._entries, self._offers = "", (), {}
            asks = isinstance(error, StoreError) and error.key == "record.purpose_needed"
            self._asked, self._error = (case_id, None) if asks else ("", error)
            self._paint(focus=focus)
            return False
        self.case_id, self._purpose, self._entries = case_id, purpose, entries
        offers = cases.steps_now(entries, store.book.rules.policy)
        self._offers = {one.step: one for one in offers}
        self._paint(focus=focus)
        return True

    def begin(self, kind: str, student_id: str) -> None:
        """Open the form of the first step of a new case."""
        store = self.session.store
        if store is None or kind not in cases.KINDS:
            return
        self.clear()
        offer = cases.openings(kind, store.book.rules.policy)[0]
        taking = Taking(kind, offer.step, "", student_id, purpose=self._say("purpose.writing"))
        self._show(to_fill(store, offer, (), taking, self.session.school))

    def read(self, entries: tuple[Entry, ...], entry_id: str, purpose: str) -> None:
        """Open the form that an entry was written on."""
        store = self.session.store
        found = None if store is None else saved_form(store, entries, entry_id, purpose)
        if found is not None:
            self._show(found)

    def take_file(self, _name: str, data: bytes) -> None:
        """Open a form that was filled in as a workbook, for the case on the desk if there is one.

        Raises
        ------
        StoreError
            When it is no form; a ``FormFaultsError`` names every fault with its cell.
        """
        name, values = form_in(data)
        store = self.session.store
        offer = next((one for one in self._offers.values() if one.form == name), None)
        if store is None or offer is None:
            self.clear()
            self.form.show(name, None, values)
            return
        student = next((one.student_id for one in self._entries if one.student_id), "") or ""
        taking = Taking(offer.kind, offer.step, self.case_id, student, purpose=self._purpose)
        self.form.show(name, Keeping(store, taking), values)

    def reword(self) -> None:
        """Say everything again in the language of the session."""
        for one in (*self._parts, self.form):
            one.lang = self.session.lang
        self._paint()

    def _go_on(self, values: dict[str, str]) -> None:
        if self._asked:
            self.open_case(self._asked, values["purpose"])

    def _fill(self, step: str, _action: str) -> None:
        store, offer = self.session.store, self._offers.get(step)
        if store is None or offer is None:
            return
        student = next((one.student_id for one in self._entries if one.student_id), "") or ""
        taking = Taking(offer.kind, step, self.case_id, student, purpose=self._purpose)
        self._show(to_fill(store, offer, self._entries, taking, self.session.school))

    def _read(self, entry_id: str, _action: str) -> None:
        self.read(self._entries, entry_id, self._purpose)

    def _show(self, opened: Opened) -> None:
        self.form.people = self._people()
        self.form.show(opened.paper, opened.keeping, opened.values)

    def _people(self) -> list[list[str]]:
        school = self.session.school
        if school is None:
            return []
        table = school.tables["teachers"]
        roles = table["role"] if "role" in table else [""] * len(table)
        return [
            [str(code), who(str(role), self.session.lang)]
            for code, role in zip(table["teacher_id"], roles, strict=True)
        ]

    def _saved(self, change: dict[str, tuple[Entry, ...]]) -> None:
        entries = change["new"]
        ids = {one.case_id for one in entries}
        if len(ids) == 1:
            (case_id,) = ids
            if case_id != self.case_id:
                # the form that was just saved stays open beside its new case
                self.case_id = case_id
            self.open_case(case_id, self._purpose or self._say("purpose.writing"), focus=False)
        self._changed()

    def _paint(self, *, focus: bool = False) -> None:
        lang, store = self.session.lang, self.session.store
        self.purpose.layout.display = "" if self._asked else "none"
        here = bool(self.case_id) and store is not None
        for one in (self.offers, self.entries):
            one.layout.display = "" if here else "none"
        sections: list[Section] = []
        if self._error is not None:
            sections.append(Section("", (error_words(self._error, lang),), tone="warning"))
        if here and store is not None:
            sections.append(self._heading())
            self.offers.show(offers_listing(tuple(self._offers.values()), store.book.role, lang))
            self.entries.show(entries_listing(self._entries, store.book.rules.policy, lang))
        self.head.show(tuple(sections), focus=focus)

    def _heading(self) -> Section:
        lang = self.session.lang
        now = cases.state(self._entries)
        facts = {
            "kind": cases.kind_text(now.kind, lang),
            "student": now.student_id or self._say("nobody"),
            "state": cases.state_text(now.kind, now.state, lang),
        }
        lines = [text.say(f"{_ROOM}.desk.where", lang, **facts)]
        lines += [f"⚑ {cases.flag_text(one, lang)}" for one in now.flags]
        return Section(text.say(f"{_ROOM}.desk.title", lang, **facts), tuple(lines), tone="strong")

    def _say(self, key: str) -> str:
        return text.say(f"{_ROOM}.{key}", self.session.lang)
