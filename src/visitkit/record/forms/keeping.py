"""A filled form taken into the casebook whole, and put back on the form as it was written.

The steps a form stands for hold only the facts their rules ask for. What else a person wrote on it
would be lost, so each entry keeps beside its facts what stood on the form, in the same file.
"""

from __future__ import annotations

import datetime as dt
import json
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from visitkit.errors import StoreError
from visitkit.policy import Policy
from visitkit.record.cases import KINDS, accept, corrected, field_text, fields_of
from visitkit.record.cases.fields import wanted
from visitkit.record.cases.machine import START
from visitkit.record.cases.moments import school_time
from visitkit.record.chain import canonical
from visitkit.record.entry import Entry
from visitkit.record.forms.definition import FORMS, Field
from visitkit.record.forms.drafts import Draft, step_drafts
from visitkit.record.forms.filling import FilledForm, fill
from visitkit.record.store import CaseStore

#: The fact that holds what stood on the form.
SHEET = "sheet"
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


@dataclass(frozen=True)
class Part:
    """A step on a form, with the row it stands in.

    Parameters
    ----------
    draft
        The step.
    student_id, case_id
        Whom its row names; empty where it does not.
    sheet
        What stood on the form, with its own row alone of the tables that make steps.
    must
        It was chosen or stands in a row: the form is not taken without it.
    """

    draft: Draft
    student_id: str
    case_id: str
    sheet: Mapping[str, object]
    must: bool = False


@dataclass(frozen=True)
class Sheet:
    """A form as it was taken, put together from its entries.

    Parameters
    ----------
    number
        The same for all entries of one taking.
    filled
        What stood on it.
    entries
        Its entries as they hold now.
    """

    number: str
    filled: FilledForm
    entries: tuple[Entry, ...]


def parts_of(filled: FilledForm, policy: Policy, kind: str, step: str = "") -> tuple[Part, ...]:
    """Return the steps on a form, row by row.

    A row stands for one step: the chosen one, or the first of those its table may stand for.

    Parameters
    ----------
    filled
        The form.
    policy
        The rules of the school.
    kind
        Kind of the case.
    step
        The step that was chosen; it comes first.
    """
    tables = _tables(filled, kind)
    rest = {name: value for name, value in filled.content.items() if name not in tables}
    found = _alone(filled, rest, policy, (kind, step))
    for name, table in tables.items():
        for row in _rows(filled.content[name]):
            content = rest | {name: (row,)}
            made = [(kind, one) for one in _steps(filled, table, kind)]
            own = [draft for one in made for draft in _drafts(filled, content, policy, one)]
            best = sorted(own, key=lambda one: (one.step != step, bool(one.lacks)))
            named = (str(row.get("student_id", "")), str(row.get("case_id", "")))
            found += [Part(one, *named, content, must=True) for one in best[:1]]
    return tuple(sorted(found, key=lambda one: one.draft.step != step))


def _alone(
    filled: FilledForm, content: Mapping[str, object], policy: Policy, chosen: tuple[str, str]
) -> list[Part]:
    """Return the steps outside rows; one that lacks something only where it was chosen."""
    kind, step = chosen
    rows = {
        one for table in filled.definition.fields.values() for one in _steps(filled, table, kind)
    }
    names = [one.partition(".")[2] for one in filled.definition.steps if one.startswith(f"{kind}.")]
    drafts = [
        draft
        for name in names
        if name not in rows
        for draft in _drafts(filled, content, policy, (kind, name))
    ]
    whole = [one for one in drafts if not one.lacks or one.step == step]
    return [Part(one, "", "", content, must=one.step == step) for one in whole or drafts[:1]]


def _tables(filled: FilledForm, kind: str) -> dict[str, Field]:
    """Return the filled tables of which every row is a step of the kind."""
    return {
        one.name: one
        for one in filled.definition.fields.values()
        if one.name in filled.content and _steps(filled, one, kind)
    }


def _steps(filled: FilledForm, table: Field, kind: str) -> tuple[str, ...]:
    """Return the steps of the form that a row of a table stands for."""
    if table.across:
        return ()
    known = [one.partition(".") for one in table.each if one in filled.definition.steps]
    return tuple(step for made, _, step in known if made == kind)


def _rows(value: object) -> tuple[Mapping[str, object], ...]:
    return value if isinstance(value, tuple) else ()


def _drafts(
    filled: FilledForm, content: Mapping[str, object], policy: Policy, step: tuple[str, str]
) -> tuple[Draft, ...]:
    return step_drafts(FilledForm(filled.form, content), policy, *step)


def keep(store: CaseStore, filled: FilledForm, taking: Taking) -> list[Entry]:
    """Take a form into an open casebook: all its steps that are legal now, or none.

    Parameters
    ----------
    store
        Open to write.
    filled
        The form.
    taking
        For which case.

    Returns
    -------
    list of Entry
        What was taken, the chosen step first.

    Raises
    ------
    StoreError
        ``forms.no_step`` when the casebook takes no step from this form; ``forms.lacking`` when
        facts are missing; ``cases.*`` and ``record.*`` as for :meth:`CaseStore.add`.
    """
    parts = parts_of(filled, store.book.rules.policy, taking.kind, taking.step)
    if not parts:
        raise StoreError("forms.no_step", form=filled.form)
    taken: list[Entry] = []
    refused: list[StoreError] = []
    for case_id, steps in _by_case(store, filled, parts, taking).items():
        legal, wrong = _legal(store, _before(store, case_id, taking.purpose), steps)
        taken += legal
        refused += wrong
    if not taken:
        raise refused[0]
    return store.add_many(taken)


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
            cases[student] = one.case_id or _case_of(store, student, taking, len(cases))
        entry = Entry(
            cases[student],
            one.draft.kind,
            one.draft.step,
            student or None,
            one.draft.at or taking.at or now,
            one.draft.actor or store.book.actor,
            store.book.role,
            _facts(filled, one, number),
        )
        found.setdefault(entry.case_id, []).append((entry, one.must))
    return found


def _facts(filled: FilledForm, part: Part, number: str) -> dict[str, object]:
    sheet = {"form": filled.form, "number": number, "content": part.sheet}
    told = json.dumps(sheet, ensure_ascii=False, default=dict)
    return {**part.draft.facts, SHEET: told}


def _case_of(store: CaseStore, student: str, taking: Taking, place: int) -> str:
    """Return the case of a student: the one at hand, the only one that goes on, or a new one."""
    if taking.case_id and student == taking.student_id:
        return taking.case_id
    if taking.case_id or (taking.step and not _opens(taking)):
        table = store.cases(taking.kind, student or None)
        going = table.loc[~table["closed"].astype(bool), "case_id"].tolist()
        if len(going) != 1:
            raise StoreError("forms.which_case", number=len(going))
        return str(going[0])
    tail = f"-{place}" if place else ""
    return f"{taking.kind}-{school_time(store.book.clock()):%Y%m%d%H%M%S}{tail}"


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
        raise StoreError("forms.lacking", fields=", ".join(lacks))
    if before or step.states == (START,):
        accept(before, entry, rules.policy, rules.calendar)


def sheets_of(entries: Sequence[Entry]) -> tuple[Sheet, ...]:
    """Return the forms that entries were written on, the latest last; corrections stand in.

    Examples
    --------
    >>> sheets_of([])
    ()
    """
    held: dict[str, list[Entry]] = {}
    for case in _cases_of(entries).values():
        for one in corrected(case):
            if SHEET in one.facts:
                held.setdefault(_read(one)["number"], []).append(one)
    return tuple(_together(number, found) for number, found in held.items())


def _cases_of(entries: Iterable[Entry]) -> dict[str, list[Entry]]:
    found: dict[str, list[Entry]] = {}
    for one in entries:
        found.setdefault(one.case_id, []).append(one)
    return found


def _read(entry: Entry) -> Mapping[str, str]:
    read: Mapping[str, str] = json.loads(str(entry.facts[SHEET]))
    return read


def _together(number: str, entries: list[Entry]) -> Sheet:
    """Put the rows of all entries on one form again; the latest written wins for the rest."""
    first = _read(entries[0])
    form, content = FORMS[first["form"]], dict[str, object]()
    rows: dict[str, list[object]] = {}
    for one in sorted(entries, key=_written):
        content |= dict(_content(one))
    for one in entries:
        for name, value in _content(one):
            table = form.fields[name]
            step = f"{one.kind}.{one.step}"
            if step in table.each and step in form.steps and not table.across:
                rows.setdefault(name, []).extend(value if isinstance(value, list) else ())
    return Sheet(number, fill(form, content | rows), tuple(entries))


def _content(entry: Entry) -> Iterator[tuple[str, object]]:
    found = json.loads(str(entry.facts[SHEET]))["content"]
    yield from (
        (name, value) for name, value in found.items() if name in FORMS[_read(entry)["form"]].fields
    )


def _written(entry: Entry) -> dt.datetime:
    return entry.recorded_at or entry.at


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
    told = [(entry, _anew(entry, _facts(filled, part, sheet.number))) for entry, part in paired]
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
