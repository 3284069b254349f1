"""A filled form taken into the casebook whole, and corrected there."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from visitkit import text
from visitkit.errors import StoreError
from visitkit.record.cases import KINDS, accept, field_text, fields_of, step_text
from visitkit.record.cases.fields import wanted
from visitkit.record.cases.machine import START
from visitkit.record.chain import canonical
from visitkit.record.entry import Entry
from visitkit.record.forms.filling import FilledForm
from visitkit.record.forms.parts import Part, parts_of
from visitkit.record.forms.sheets import SHEET, Sheet, facts_of, sheets_of
from visitkit.record.forms.words import title
from visitkit.record.numbering import new_case_id
from visitkit.record.store import CaseStore

#: Facts that any step may hold and no form asks for.
_BESIDE = ("remark", "attachments", "from_case")


@dataclass(frozen=True)
class Taking:
    """For which case a form is taken.

    Parameters
    ----------
    kind
        Kind of the case.
    step
        The step that was chosen; any the form stands for where it is empty.
    case_id, student_id
        Which case and whom; a new case where ``case_id`` is empty.
    at
        When it was, where the form does not say; aware.
    purpose
        Why the case is read, where it is psychological.
    """

    kind: str
    step: str = ""
    case_id: str = ""
    student_id: str = ""
    at: dt.datetime | None = None
    purpose: str = ""


def keep(
    store: CaseStore, filled: FilledForm, taking: Taking, *, write: bool = True
) -> list[Entry]:
    """Take a form into an open casebook: all its steps that are legal now, or none.

    Parameters
    ----------
    store
        Open to write.
    filled
        The form.
    taking
        For which case.
    write
        ``False`` tells what would be taken, and writes nothing down.

    Returns
    -------
    list of Entry
        What was taken, the chosen step first.

    Raises
    ------
    StoreError
        ``forms.no_step`` when the casebook takes no step from this form; ``forms.nothing_said``
        when nothing a step needs is filled in; ``forms.lacking`` when facts are missing;
        ``cases.*`` and ``record.*`` as for :meth:`CaseStore.add`.
    """
    parts = parts_of(filled, store.book.rules.policy, taking.kind, taking.step)
    if not parts:
        raise _nothing(store, filled, taking)
    taken: list[Entry] = []
    refused: list[StoreError] = []
    for case_id, steps in _by_case(store, filled, parts, taking).items():
        legal, wrong = _legal(store, _before(store, case_id, taking.purpose), steps)
        taken += legal
        refused += wrong
    if not taken:
        raise refused[0]
    if write:
        return store.add_many(taken)
    store.rehearse(taken)
    return taken


def _nothing(store: CaseStore, filled: FilledForm, taking: Taking) -> StoreError:
    """Return why a form that says nothing of any step is not taken: what is to be filled in."""
    known = [one.partition(".")[::2] for one in filled.definition.steps]
    steps = [step for kind, step in known if kind == taking.kind]
    if not steps:
        return StoreError("forms.no_step", form=filled.form)
    step = taking.step if taking.step in steps else steps[0]
    policy = store.book.rules.policy
    facts = fields_of(KINDS[taking.kind].steps[step], policy)
    needed = _listed([field_text(one) for one in facts if wanted(one, {}, policy)])
    names = {"form": title(filled.definition), "step": step_text(taking.kind, step)}
    return StoreError("forms.nothing_said", **names, fields=needed)


def _by_case(
    store: CaseStore, filled: FilledForm, parts: Sequence[Part], taking: Taking
) -> dict[str, list[tuple[Entry, bool]]]:
    """Return the entries of each case in order, each with whether it must be taken."""
    number = secrets.token_hex(6)
    now = store.book.clock()
    cases: dict[str, str] = {}
    found: dict[str, list[tuple[Entry, bool]]] = {}
    for one in parts:
        student = one.student_id or taking.student_id
        if student not in cases:
            cases[student] = one.case_id or _case_of(store, student, taking)
        entry = Entry(
            cases[student],
            one.draft.kind,
            one.draft.step,
            student or None,
            one.draft.at or taking.at or now,
            one.draft.actor or store.book.actor,
            store.book.role,
            facts_of(filled, one, number),
        )
        found.setdefault(entry.case_id, []).append((entry, one.must))
    return found


def _case_of(store: CaseStore, student: str, taking: Taking) -> str:
    """Return the case of a student: the one at hand, the only one that goes on, or a new one."""
    if taking.case_id and student == taking.student_id:
        return taking.case_id
    if taking.case_id or (taking.step and not _opens(taking)):
        table = store.cases(taking.kind, student or None)
        going = table.loc[~table["closed"].astype(bool), "case_id"].tolist()
        if len(going) != 1:
            raise StoreError("forms.which_case", number=len(going))
        return str(going[0])
    return new_case_id(taking.kind, store.book.clock())


def _opens(taking: Taking) -> bool:
    return taking.step in {one.name for one in KINDS[taking.kind].legal(START)}


def _before(store: CaseStore, case_id: str, purpose: str) -> tuple[Entry, ...]:
    try:
        return store.case(case_id, purpose)
    except StoreError as error:
        # a new case; or one that may be written to and not read: the store then decides alone
        if error.key in {"record.no_case", "record.no_access"}:
            return ()
        raise


def _legal(
    store: CaseStore, before: Sequence[Entry], steps: Sequence[tuple[Entry, bool]]
) -> tuple[list[Entry], list[StoreError]]:
    """Return the steps that are legal one after the other, and why the others are not.

    Raises
    ------
    StoreError
        Where one that must be taken is not legal.
    """
    so_far, legal, refused = list(before), list[Entry](), list[StoreError]()
    for one, must in steps:
        try:
            _check(store, so_far, one)
        except StoreError as error:
            if must:
                raise
            refused.append(error)
            continue
        so_far.append(one)
        legal.append(one)
    return legal, refused


def _check(store: CaseStore, before: Sequence[Entry], entry: Entry) -> None:
    rules = store.book.rules
    step = KINDS[entry.kind].steps[entry.step]
    lacks = [
        field_text(one)
        for one in fields_of(step, rules.policy)
        if one.name not in entry.facts and wanted(one, entry.facts, rules.policy)
    ]
    if lacks:
        raise StoreError("forms.lacking", fields=_listed(lacks))
    if before or step.states == (START,):
        accept(before, entry, rules.policy, rules.calendar)


def _listed(words: Sequence[str]) -> str:
    return text.say("load.joiner").join(words)


def correct(store: CaseStore, sheet: Sheet, filled: FilledForm, reason: str) -> list[Entry]:
    """Write new versions of the entries of a form; the old ones stay.

    Parameters
    ----------
    store
        Open to write.
    sheet
        The form as it was taken.
    filled
        The form as it should have been.
    reason
        Why, in words.

    Returns
    -------
    list of Entry
        The new versions; of entries that nothing changed for there is none.

    Raises
    ------
    StoreError
        ``forms.other_rows`` when the steps on the form are not those that were taken: a step is
        added or taken back in its case, not by a correction; ``record.reason_needed``.
    """
    if not reason.strip():
        raise StoreError("record.reason_needed")
    policy = store.book.rules.policy
    kind = sheet.entries[0].kind
    steps = [one.step for one in sheet.entries]
    parts = [one for one in parts_of(filled, policy, kind, steps[0]) if one.draft.step in steps]
    paired = _paired(sheet.entries, parts)
    told = [(entry, _anew(entry, facts_of(filled, part, sheet.number))) for entry, part in paired]
    changed = [(entry, facts) for entry, facts in told if not _same(entry.facts, facts)]
    return [store.correct(entry.entry_id, facts, reason) for entry, facts in changed]


def _anew(entry: Entry, facts: Mapping[str, object]) -> dict[str, object]:
    """Return new facts beside those of the entry that no form holds."""
    return {one: entry.facts[one] for one in _BESIDE if one in entry.facts} | dict(facts)


def _same(old: Mapping[str, object], new: Mapping[str, object]) -> bool:
    known = {name: value for name, value in old.items() if name != "correction_reason"}
    return canonical(known) == canonical(dict(new))


def _paired(entries: Sequence[Entry], parts: Sequence[Part]) -> list[tuple[Entry, Part]]:
    """Pair the entries with the steps on the form, in order within each step."""
    waiting = list(parts)
    paired: list[tuple[Entry, Part]] = []
    for entry in entries:
        found = next((one for one in waiting if one.draft.step == entry.step), None)
        if found is None:
            raise StoreError("forms.other_rows", number=len(entries))
        waiting.remove(found)
        paired.append((entry, found))
    if waiting:
        raise StoreError("forms.other_rows", number=len(entries))
    return paired


__all__ = ["SHEET", "Part", "Sheet", "Taking", "correct", "keep", "parts_of", "sheets_of"]
