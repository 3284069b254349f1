"""A model beside the store: add, correct, take back, fail, kill, reopen - they always agree."""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from visitkit import record
from visitkit.calendar import Calendar
from visitkit.errors import StoreError
from visitkit.record import Entry, cases

KEYS = record.Keys(bytes(range(32)), bytes(range(1, 33)))
AT = dt.datetime(2026, 11, 6, 8, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


def step(case: int, secret: bool, number: int) -> Entry:
    """Return an entry that opens a case or goes on with it."""
    if secret:
        told: dict[str, object] = {"content": f"sleeps badly {number}"}
        name, role, at = "mind_note", "counsellor", AT + HOUR
    else:
        start = AT + dt.timedelta(days=7)
        times = {"planned_start": start, "planned_end": start + HOUR}
        told = {"form": "home", "visitors": ["T1", "T2"]}
        told |= {name: moment.isoformat() for name, moment in times.items()}
        name, role, at = "plan", "head_teacher", AT
    return Entry(f"v-{case}", "visit", name, f"S{case % 2}", at, "T7", role, told)


class StoreModel(RuleBasedStateMachine):
    """What was acknowledged is there, in order, and nothing else."""

    template: Path

    def __init__(self) -> None:
        super().__init__()
        self.home = Path(tempfile.mkdtemp())
        self.place = self.home / "casebook"
        shutil.copytree(self.template, self.place)
        self.taken: list[Entry] = []
        self.heads: list[record.Head] = []
        self.store = self.open()

    def open(self) -> record.CaseStore:
        """Open the casebook again."""
        return record.open_store(self.place, KEYS, actor="T7", role="counsellor")

    def attempt(self, entries: list[Entry]) -> None:
        """Write entries, if the rules of their kind allow all of them."""
        rules = self.store.book.rules
        so_far = list(self.taken)
        legal = True
        for one in entries:
            before = [other for other in so_far if other.case_id == one.case_id]
            try:
                cases.accept(before, one, rules.policy, rules.calendar)
            except StoreError:
                legal = False
                break
            so_far.append(one)
        if legal:
            self.taken += self.store.add_many(entries)
        else:
            with pytest.raises(StoreError):
                self.store.add_many(entries)

    @rule(wanted=st.lists(st.tuples(st.integers(0, 4), st.booleans()), min_size=1, max_size=4))
    def add(self, wanted: list[tuple[int, bool]]) -> None:
        """Write some entries at once."""
        number = len(self.taken)
        self.attempt([step(case, secret, number) for case, secret in wanted])

    @rule(which=st.integers(0, 99), taking_back=st.booleans())
    def correct(self, which: int, taking_back: bool) -> None:
        """Correct an entry or take it back, if that leaves its case legal."""
        if not self.taken:
            return
        old = self.taken[which % len(self.taken)]
        facts = None if taking_back else dict(old.facts)
        facts = facts and {k: v for k, v in facts.items() if k != "correction_reason"}
        told: dict[str, object] = {"reason": "misread"}
        if facts is not None:
            told = {**facts, "correction_reason": "misread"}
        name = old.step if facts is not None else cases.WITHDRAW
        new = replace(
            old, step=name, facts=told, corrects=old.entry_id, entry_id="", recorded_at=None
        )
        before = [other for other in self.taken if other.case_id == old.case_id]
        rules = self.store.book.rules
        try:
            cases.accept(before, new, rules.policy, rules.calendar)
        except StoreError:
            with pytest.raises(StoreError):
                self.store.correct(old.entry_id, facts, "misread", role=old.role)
        else:
            done = self.store.correct(old.entry_id, facts, "misread", role=old.role)
            assert replace(done, entry_id="", recorded_at=None) == new
            self.taken.append(done)

    @rule()
    def print_head(self) -> None:
        """Keep a head outside."""
        self.heads.append(self.store.head())

    @rule()
    def reopen(self) -> None:
        """Close and open again."""
        self.store.close()
        self.store = self.open()

    @rule()
    def die(self) -> None:
        """Copy the files as a power cut would leave them, logs and all, and go on with the copy."""
        place = self.home / f"after-{len(list(self.home.iterdir()))}"
        shutil.copytree(self.place, place)
        self.store.close()
        self.place = place
        self.store = self.open()

    @invariant()
    def agree(self) -> None:
        """Entries, their order, what they owe and the chain are as they should be."""
        found = [one for s in ("S0", "S1") for one in self.store.file(s, "check").entries]
        expected = sorted(self.taken, key=lambda one: one.student_id or "")
        assert found == expected
        rules = self.store.book.rules
        owed = [
            (one.case_id, one.what)
            for case_id in {one.case_id for one in self.taken}
            for one in cases.owed(
                [e for e in self.taken if e.case_id == case_id], rules.policy, rules.calendar
            )
        ]
        told = self.store.due("2027-06-30")
        assert sorted(zip(told["case_id"], told["what"], strict=True)) == sorted(owed)
        assert self.store.verify(*self.heads).whole

    def teardown(self) -> None:
        """Leave nothing behind."""
        self.store.close()
        shutil.rmtree(self.home)


def test_store_and_model_agree(tmp_path):
    """Runs of up to ten steps."""
    days = Calendar.weekdays("2026-06-01", "2028-08-31")
    record.new_store(tmp_path / "template", KEYS, school="Made-up School", calendar=days)

    class Machine(StoreModel):
        template = tmp_path / "template"

    run = Machine.TestCase
    run.settings = settings(max_examples=12, stateful_step_count=8, deadline=None)
    run("runTest").runTest()
