"""A form of the casebook on the screen: filled in, saved, opened again, corrected, printed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import traitlets

from visitkit import text
from visitkit.errors import StoreError, VisitkitError
from visitkit.load import School
from visitkit.record import CaseStore, cases
from visitkit.record.forms import FORMS, FilledForm, blank, fill
from visitkit.record.forms.keeping import Taking
from visitkit.widgets.forms_files import paper_files
from visitkit.widgets.forms_keeping import Keeping, Kept
from visitkit.widgets.forms_opening import to_fill
from visitkit.widgets.forms_state import FormPaper, Paper, Values, shown, told, typed
from visitkit.widgets.sentences import error_words
from visitkit.widgets.shown import Shown, short
from visitkit.widgets.view import script, style

#: ``write``: being filled in; ``kept``: in the casebook; ``correct``: a new version of it.
MODES = ("empty", "write", "kept", "correct")


class FormView(Shown):
    """A form to fill in.

    What is typed is held in memory only, here and in the browser, until it is saved. It travels in
    messages and is no trait, so that no saved notebook can hold it.

    Parameters
    ----------
    paper
        Name of a form, or what to fill in.
    keeping
        Where it is saved; without it the form can be printed and saved as a file only.
    values
        What is known already, as the casebook keeps it.
    lang
        ``"zh"``, ``"en"`` or ``None`` for the machine's language.

    Attributes
    ----------
    mode : str
        One of :data:`MODES`.
    kept : tuple of Entry
        Entries that the last saving wrote; a trait to observe.

    Examples
    --------
    >>> view = FormView("visit_feedback", values={"student_id": "S0412"}, lang="en")
    >>> view.mode, view.values
    ('write', {'student_id': 'S0412'})
    """

    _esm = script("forms")
    _css = style("forms")
    room = "widgets_forms"

    sheet = traitlets.Dict().tag(sync=True)
    faults = traitlets.Dict().tag(sync=True)
    mode = traitlets.Enum(MODES, "empty").tag(sync=True)
    can_save = traitlets.Bool(False).tag(sync=True)
    can_print = traitlets.Bool(False).tag(sync=True)
    why_not = traitlets.Unicode("").tag(sync=True)
    said = traitlets.Unicode("").tag(sync=True)
    #: Teachers to choose from: number and role.
    people: traitlets.List[Any] = traitlets.List().tag(sync=True)
    kept = traitlets.Tuple()

    def __init__(
        self,
        paper: str | Paper | None = None,
        keeping: Keeping | None = None,
        values: Values | None = None,
        lang: str | None = None,
    ) -> None:
        self.values: dict[str, object] = {}
        self.paper: Paper | None = None
        self._keeping: Keeping | None = None
        self._saying: Callable[[str], str] = lambda _lang: ""
        self._wrong: Callable[[str], dict[str, str]] = lambda _lang: {}
        super().__init__(lang)
        if paper is not None:
            self.show(paper, keeping, values)

    def show(
        self,
        paper: str | Paper,
        keeping: Keeping | None = None,
        values: Values | None = None,
    ) -> None:
        """Open something to fill in, or a form that was saved.

        Parameters
        ----------
        paper, keeping, values
            As for the class; a saved form is shown from ``keeping`` and cannot be typed into until
            the person asks to correct it.
        """
        self.paper = FormPaper(FORMS[paper]) if isinstance(paper, str) else paper
        self._keeping = keeping
        saved = keeping.sheet if keeping is not None else None
        content = saved.filled.content if saved is not None else values or {}
        self.values = typed(self.paper.fields.values(), shown(self.paper.fields.values(), content))
        self._tell(lambda _lang: "")
        self._mark(lambda _lang: {})
        self.mode = "write" if saved is None else "kept"
        self.can_print = isinstance(self.paper, FormPaper)
        self._reword()
        self._refill(focus=True)

    def close_paper(self) -> None:
        """Put the form away with everything that was typed."""
        self.paper, self._keeping, self.values = None, None, {}
        self._tell(lambda _lang: "")
        self._mark(lambda _lang: {})
        self.mode, self.sheet = "empty", {}
        self._refill()

    def filled(self, *, unfinished: bool = True) -> FilledForm:
        """Return the form as it is filled in now.

        Raises
        ------
        VisitkitError
            When no form is open; a ``FormFaultsError`` when a value cannot be read or, unless
            ``unfinished``, is missing.
        """
        if not isinstance(self.paper, FormPaper):
            raise StoreError("widgets_forms.no_paper")
        if not self.values:
            return blank(self.paper.form)
        return fill(self.paper.form, self.values, unfinished=unfinished)

    def heard(self) -> Mapping[str, Callable[[Mapping[str, Any]], None]]:
        """Return what is done about each kind of message."""
        return {
            "ready": lambda _content: self._refill(asked=True),
            "draft": self._draft,
            "save": self._save,
            "correct": self._correct,
            "cancel": self._cancel,
            "print": self._print,
        }

    def _draft(self, content: Mapping[str, Any]) -> None:
        if self.paper is not None and self.mode in {"write", "correct"}:
            self.values = typed(self.paper.fields.values(), content.get("values"))

    def _save(self, content: Mapping[str, Any]) -> None:
        self._draft(content)
        if self.paper is None or self._keeping is None or self.mode not in {"write", "correct"}:
            return
        paper, keeping = self.paper, self._keeping
        checked = paper.check(self.values)
        if checked.faults:
            number = len(told(paper, checked.faults, self.lang))
            key = "widgets_forms.fault_one" if number == 1 else "widgets_forms.faults"
            self._mark(lambda lang: told(paper, checked.faults, lang))
            self._tell(lambda lang: text.say(key, lang, number=number))
            return
        self._mark(lambda _lang: {})
        try:
            if self.mode == "correct":
                kept = keeping.correct(checked, str(content.get("reason") or ""))
            else:
                kept = keeping.keep(checked, short(content, "at"))
        except Exception as error:  # told as a sentence; nothing was written, the draft stays
            self._tell(partial(error_words, error))
            return
        self._saved(kept)

    def _saved(self, kept: Kept) -> None:
        key = f"widgets_forms.{kept.done}"

        def say(lang: str) -> str:
            comma = text.say("widgets_forms.comma", lang)
            saved = text.say(key, lang, steps=comma.join(kept.steps(lang)))
            if not kept.left_out:
                return saved
            rows = comma.join(f"{place} {student}".strip() for place, student in kept.left_out)
            return f"{saved} {text.say('widgets_forms.left_out', lang, rows=rows)}"

        self._tell(say)
        self._keeping = kept.keeping
        self.mode = "kept"
        self._reword()
        self.kept = kept.entries

    def _correct(self, _content: Mapping[str, Any]) -> None:
        if self.mode == "kept" and self._keeping is not None and self._keeping.sheet is not None:
            self.mode = "correct"
            self._tell(lambda lang: text.say("widgets_forms.correcting", lang))

    def _cancel(self, _content: Mapping[str, Any]) -> None:
        if self.mode == "correct" and self.paper is not None:
            self.show(self.paper, self._keeping)

    def _print(self, content: Mapping[str, Any]) -> None:
        self._draft(content)
        who = short(content, "who")
        try:
            files = paper_files(self.filled(), "html", self.lang)
        except VisitkitError as error:
            self._tell(partial(error_words, error))
            self.send({"kind": "page", "who": who})
            return
        (page,) = files.values()
        self.send({"kind": "page", "who": who}, [page])

    def _tell(self, say: Callable[[str], str]) -> None:
        self._saying = say
        self.said = say(self.lang)

    def _mark(self, mark: Callable[[str], dict[str, str]]) -> None:
        self._wrong = mark
        self.faults = mark(self.lang)

    def _reword(self) -> None:
        self.sheet = self.paper.sheet(self.lang) if self.paper is not None else {}
        self.can_save = self._keeping is not None and self._keeping.takes(self.paper)
        key = "no_store" if self._keeping is None else "nowhere"
        self.why_not = "" if self.can_save else text.say(f"widgets_forms.{key}", self.lang)

    def _refill(self, *, focus: bool = False, asked: bool = False) -> None:
        self.send({"kind": "fill", "values": self.values, "focus": focus, "asked": asked})

    def _speak(self, change: object) -> None:
        with self.hold_sync():
            super()._speak(change)
            self._reword()
            self.said, self.faults = self._saying(self.lang), self._wrong(self.lang)


class VisitForm(FormView):
    """The record of a visit that was planned, begun with what the plan says.

    Parameters
    ----------
    store
        An open casebook.
    case_id
        The visit.
    step
        ``"visit"``, ``"not_at_home"`` or ``"record"``.
    school
        For names and the class.
    lang
        ``"zh"``, ``"en"`` or ``None`` for the machine's language.

    Raises
    ------
    StoreError
        When there is no such visit.
    """

    def __init__(
        self,
        store: CaseStore,
        case_id: str,
        step: str = "visit",
        *,
        school: School | None = None,
        lang: str | None = None,
    ) -> None:
        entries = store.case(case_id)
        offers = cases.steps_now(entries, store.book.rules.policy)
        offer = next((one for one in offers if one.step == step), None)
        if offer is None:
            raise StoreError("widgets_forms.not_now")
        student = next((one.student_id for one in entries if one.student_id), "") or ""
        opened = to_fill(store, offer, entries, Taking("visit", step, case_id, student), school)
        super().__init__(opened.paper, opened.keeping, opened.values, lang)
