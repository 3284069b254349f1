"""The right form for a step of a case, filled with what is known, and a saved one read again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from visitkit.load import School
from visitkit.record import CaseStore, Entry, cases
from visitkit.record.cases.moments import school_time
from visitkit.record.forms import FORMS, About, Form, values_from
from visitkit.record.forms.keeping import Taking
from visitkit.record.forms.sheets import sheets_of
from visitkit.widgets.forms_keeping import Keeping
from visitkit.widgets.forms_state import FormPaper, Paper, Values
from visitkit.widgets.forms_steps import StepPaper


@dataclass(frozen=True)
class Opened:
    """Something to fill in, or a saved form to read.

    Parameters
    ----------
    paper
        The form, or the step.
    keeping
        Where it is saved.
    values
        What is known already.
    """

    paper: Paper
    keeping: Keeping
    values: Values


def form_of(offer: cases.Offer) -> Form | None:
    """Return the form a step is written on; ``None`` where the step has none."""
    form = FORMS.get(offer.form)
    return form if form is not None and f"{offer.kind}.{offer.step}" in form.steps else None


def to_fill(
    store: CaseStore,
    offer: cases.Offer,
    entries: Sequence[Entry],
    taking: Taking,
    school: School | None = None,
) -> Opened:
    """Return what is to be filled in for a step.

    Parameters
    ----------
    store
        An open casebook.
    offer
        The step.
    entries
        Of the case, as far as they may be read; none for a new case.
    taking
        The case.
    school
        For names and addresses.
    """
    form, keeping = form_of(offer), Keeping(store, taking)
    if form is None:
        return Opened(StepPaper(offer, store.book.rules.policy), keeping, {})
    told = [*known_before(form, offer, entries), *_row_begun(form, offer, store, taking)]
    now = school_time(store.book.clock()).date()
    about = About(
        taking.student_id,
        _class_of(school, taking.student_id),
        store.book.actor,
        taking.case_id,
        now,
    )
    return Opened(FormPaper(form), keeping, values_from(form, told, school, about))


def known_before(form: Form, offer: cases.Offer, entries: Sequence[Entry]) -> list[Entry]:
    """Return the entries that may fill a form beforehand.

    What the same step said an earlier time is left out, and so are rows that were taken already:
    they would be written down a second time.
    """
    rows = {step for one in form.fields.values() if not one.across for step in one.each}
    left_out = {f"{offer.kind}.{offer.step}", *(rows & set(form.steps))}
    return [one for one in entries if f"{one.kind}.{one.step}" not in left_out]


def _row_begun(form: Form, offer: cases.Offer, store: CaseStore, taking: Taking) -> list[Entry]:
    """Return a bare entry, so that the row of the step begins with the student."""
    step = f"{offer.kind}.{offer.step}"
    rows = any(step in one.each and not one.across for one in form.fields.values())
    if not rows or not taking.student_id:
        return []
    book, now = store.book, store.book.clock()
    who = (book.actor, book.role)
    return [Entry(taking.case_id, offer.kind, offer.step, taking.student_id, now, *who)]


def _class_of(school: School | None, student_id: str) -> str:
    if school is None or not student_id:
        return ""
    roll = school.students
    found = roll.loc[roll["student_id"] == student_id, "class_id"].dropna()
    return str(found.iloc[0]) if len(found) else ""


def saved_form(
    store: CaseStore, entries: Sequence[Entry], entry_id: str, purpose: str = ""
) -> Opened | None:
    """Return the form that an entry was written on; ``None`` where it was written on none."""
    for sheet in sheets_of(entries):
        for one in sheet.entries:
            if one.entry_id == entry_id:
                taking = Taking(
                    one.kind, one.step, one.case_id, one.student_id or "", purpose=purpose
                )
                form = FORMS[sheet.filled.form]
                return Opened(FormPaper(form), Keeping(store, taking, sheet), {})
    return None
