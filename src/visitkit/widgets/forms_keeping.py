"""Where a form on the screen is saved: a case of an open casebook."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace

from visitkit.errors import StoreError
from visitkit.load.unreadable import UnreadableCellError
from visitkit.record import CaseStore, Entry, cases
from visitkit.record.cases.moments import utc
from visitkit.record.forms import Field, FilledForm
from visitkit.record.forms.keeping import Taking, correct, keep
from visitkit.record.forms.parts import silent_rows
from visitkit.record.forms.sheets import Sheet, sheets_of
from visitkit.record.forms.values import clean
from visitkit.record.numbering import new_case_id
from visitkit.widgets.forms_state import Checked, FormPaper, Paper


@dataclass(frozen=True)
class Keeping:
    """Where a form is saved.

    Parameters
    ----------
    store
        An open casebook.
    taking
        For which case, and which step of it.
    sheet
        The form as it was saved; ``None`` while it has not been.
    """

    store: CaseStore
    taking: Taking
    sheet: Sheet | None = None

    def takes(self, paper: Paper | None) -> bool:
        """Tell whether the casebook takes a step from this."""
        if isinstance(paper, FormPaper):
            return any(one.startswith(f"{self.taking.kind}.") for one in paper.form.steps)
        return paper is not None

    def keep(self, checked: Checked, at: str) -> Kept:
        """Save what was filled in.

        Parameters
        ----------
        checked
            What was typed, without a fault.
        at
            When it happened by the school's clock; empty for now.

        Raises
        ------
        StoreError
            When the casebook refuses it; nothing is written then.
        """
        taking = replace(self.taking, at=moment_typed(at))
        if checked.filled is None:
            entries = [self.store.add(self._step(checked.facts, taking))]
            return Kept(tuple(entries), self._after(entries, taking), "taken")
        entries = keep(self.store, checked.filled, taking)
        left = silent_rows(checked.filled, self.store.book.rules.policy, taking.kind)
        return Kept(tuple(entries), self._after(entries, taking), "taken", left)

    def _step(self, facts: Mapping[str, object], taking: Taking) -> Entry:
        book, now = self.store.book, self.store.book.clock()
        case_id = taking.case_id or new_case_id(taking.kind, now)
        student = taking.student_id or None
        at = taking.at or now
        who = (book.actor, book.role)
        return Entry(case_id, taking.kind, taking.step, student, at, *who, facts=dict(facts))

    def _after(self, entries: list[Entry], taking: Taking) -> Keeping:
        sheets = sheets_of(entries)
        return Keeping(self.store, taking, sheets[0] if sheets else None)

    def correct(self, checked: Checked, reason: str) -> Kept:
        """Save a new version; the old one stays.

        Raises
        ------
        StoreError
            When the casebook refuses it, or no reason is given.
        """
        if self.sheet is None or checked.filled is None:
            raise StoreError("forms.blank_copy")
        entries = correct(self.store, self.sheet, checked.filled, reason)
        sheet = self._merged(checked.filled, entries)
        done = "corrected" if entries else "nothing_changed"
        return Kept(tuple(entries), replace(self, sheet=sheet), done)

    def _merged(self, filled: FilledForm, entries: list[Entry]) -> Sheet | None:
        if self.sheet is None:
            return None
        newer = {one.corrects: one for one in entries}
        held = tuple(newer.get(one.entry_id, one) for one in self.sheet.entries)
        return Sheet(self.sheet.number, filled, held)


@dataclass(frozen=True)
class Kept:
    """What saving wrote.

    Parameters
    ----------
    entries
        The entries.
    keeping
        Where the saved form can be corrected.
    done
        ``"taken"``, ``"corrected"`` or ``"nothing_changed"``.
    left_out
        Rows that say too little to be written down, with their students.
    """

    entries: tuple[Entry, ...]
    keeping: Keeping
    done: str
    left_out: tuple[tuple[int, str], ...] = ()

    def steps(self, lang: str) -> list[str]:
        """Return the steps that were written, in words, each once."""
        return list(
            dict.fromkeys(cases.step_text(one.kind, one.step, lang) for one in self.entries)
        )


def moment_typed(said: str) -> dt.datetime | None:
    """Return a moment typed by the school's clock, in UTC; ``None`` where nothing was typed.

    Raises
    ------
    StoreError
        ``forms.no_moment`` when it is no day with a time.

    Examples
    --------
    >>> moment_typed("2026-11-06T16:30").isoformat()
    '2026-11-06T08:30:00+00:00'
    """
    if not said.strip():
        return None
    try:
        kept = clean(Field("at", "moment"), said)
    except UnreadableCellError:
        raise StoreError("forms.no_moment") from None
    found = dt.datetime.fromisoformat(str(kept))
    return found.astimezone(dt.UTC) if found.tzinfo else utc(found)
