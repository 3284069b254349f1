"""A school's days and rules, entries told in one line, and a walk through a machine at random."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping

import pandas as pd
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from visitkit.calendar import Calendar
from visitkit.errors import StoreError
from visitkit.policy import Policy, read_policy
from visitkit.record.cases import (
    KINDS,
    accept,
    corrected,
    owed,
    owed_text,
    state,
    steps_now,
)
from visitkit.record.entry import Entry, Owed

#: Monday, 12 October 2026, half past eight at school.
MONDAY = dt.datetime(2026, 10, 12, 0, 30, tzinfo=dt.UTC)

#: National Day, Thursday 1 to Wednesday 7 October 2026, with Saturday 10 October made up for it.
HOLIDAY = ("2026-10-01", "2026-10-07")


def school_days() -> Calendar:
    """Return an autumn and a spring term, with the October holiday and the winter between."""
    dates = pd.date_range("2026-09-01", "2027-07-09", freq="D", unit="us")
    days = pd.DataFrame({"date": dates})
    holiday = days["date"].between(*HOLIDAY)
    winter = days["date"].between("2027-01-23", "2027-02-21")
    days["kind"] = None
    days.loc[holiday | winter, "kind"] = "holiday"
    days.loc[days["date"] == "2026-10-10", "kind"] = "makeup"
    days["term"] = ["autumn" if day < pd.Timestamp("2027-01-23") else "spring" for day in dates]
    days.loc[winter, "term"] = ""
    days["school_day"] = pd.array([None] * len(days), dtype="boolean")
    days.loc[holiday | winter, "school_day"] = False
    days["week"], days["periods"], days["after_lessons_from"] = pd.NA, 8, None
    return Calendar.from_frame(days)


class Story:
    """One case told step by step; every step is accepted before it is kept."""

    def __init__(self, kind: str, policy: Policy, calendar: Calendar) -> None:
        self.kind, self.policy, self.calendar = kind, policy, calendar
        self.entries: list[Entry] = []
        self.student: str | None = None if kind == "meeting" else "S0001"

    def entry(self, step: str, at: str, role: str = "head_teacher", **facts: object) -> Entry:
        """Return an entry at a time of the school's clock, by ``T01`` unless told."""
        actor = str(facts.pop("actor", "T01"))
        corrects = facts.pop("corrects", None)
        wall = dt.datetime.fromisoformat(at).replace(tzinfo=dt.timezone(dt.timedelta(hours=8)))
        return Entry(
            f"{self.kind}-000001",
            self.kind,
            step,
            self.student,
            wall.astimezone(dt.UTC),
            actor,
            role,
            facts,
            f"e{len(self.entries) + 1}",
            None if corrects is None else str(corrects),
        )

    def tell(self, step: str, at: str, role: str = "head_teacher", **facts: object) -> Story:
        """Take a step."""
        new = self.entry(step, at, role, **facts)
        accept(self.entries, new, self.policy, self.calendar)
        self.entries.append(new)
        return self

    def refused(self, step: str, at: str, role: str = "head_teacher", **facts: object) -> str:
        """Return the key of the error a step meets."""
        with pytest.raises(StoreError) as caught:
            accept(self.entries, self.entry(step, at, role, **facts), self.policy, self.calendar)
        assert str(caught.value)  # the sentence can be said with these facts
        return caught.value.key

    def owed(self) -> dict[str, str | None]:
        """Return what is owed: name to the time on the school's clock."""
        return {row.what: shown(row.due) for row in self.rows()}

    def rows(self) -> list[Owed]:
        """Return the rows of what is owed."""
        found = owed(self.entries, self.policy, self.calendar)
        for row in found:
            code = row.what.partition(":")[2]
            assert owed_text(row, "en")
            said = owed_text(row, "zh")  # a code without words would stand in it as it is
            assert code.isdigit() or not code or code not in said
        return found

    @property
    def state(self) -> str:
        """Where the case stands."""
        return state(self.entries).state


def shown(due: dt.datetime | None) -> str | None:
    """Return a moment as the school's clock shows it."""
    if due is None:
        return None
    wall = due.astimezone(dt.timezone(dt.timedelta(hours=8)))
    return wall.strftime("%Y-%m-%d %H:%M")


@pytest.fixture(scope="session")
def days() -> Calendar:
    """Return a school year."""
    return school_days()


@pytest.fixture
def story(days: Calendar) -> Callable[..., Story]:
    """Return a maker of stories: a kind and the name of a profile, or a policy."""

    def make(kind: str, policy: str | Policy = "recommended") -> Story:
        rules = read_policy(policy) if isinstance(policy, str) else policy
        return Story(kind, rules, days)

    return make


class Modelled:
    """A table of legal steps, written down here once more by hand."""

    kind = ""
    policy: Policy = read_policy("recommended")
    student: str | None = "S0001"
    roles: Mapping[str, str] = {}
    #: State to steps: what the state becomes, empty where it stays.
    table: Mapping[str, Mapping[str, str]] = {}

    def __init__(self) -> None:
        self.state = "start"
        self.done: list[str] = []
        self.seen: list[tuple[str, Mapping[str, object]]] = []

    def legal(self, at: dt.datetime) -> dict[str, str]:
        steps = self.table.get(self.state, {})
        return {step: to or self.state for step, to in steps.items() if self.fits(step)}

    def fits(self, step: str) -> bool:
        return True

    def role(self, step: str) -> str:
        return self.roles.get(step, "head_teacher")

    def take(self, step: str, at: dt.datetime, facts: Mapping[str, object]) -> None:
        self.done.append(step)
        self.seen.append((step, facts))

    def since(self, *steps: str) -> list[str]:
        """Return what was done since the last of some steps."""
        places = [n for n, step in enumerate(self.done) if step in steps]
        return self.done[places[-1] + 1 :] if places else []

    def running(self, starts: tuple[str, ...], stops: tuple[str, ...]) -> bool:
        on = False
        for step in self.done:
            on = (on and step not in stops) or step in starts
        return on


def walk_of(make: type, calendar: Calendar) -> type[RuleBasedStateMachine]:
    """Return a machine that walks through a kind of case beside a model of the test's own."""

    class Walk(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.model, self.entries, self.at = make(), [], MONDAY

        def entry(self, step: str, at: dt.datetime, **changes: object) -> Entry:
            known = {
                "student_id": self.model.student,
                "role": self.model.role(step),
                "facts": self.model.facts(step, at),
                **changes,
            }
            number = f"e{len(self.entries) + 1}"
            kind = self.model.kind
            return Entry(
                "c-1",
                kind,
                step,
                known["student_id"],
                at,
                "T01",
                known["role"],
                known["facts"],
                number,
            )

        def accepted(self, entry: Entry) -> bool:
            try:
                accept(self.entries, entry, self.model.policy, calendar)
            except StoreError as error:
                return not str(error)  # every refusal can be said
            return True

        @rule(choice=st.data(), minutes=st.sampled_from((0, 20, 600, 2880)))
        def any_step(self, choice: st.DataObject, minutes: int) -> None:
            at = self.at + dt.timedelta(minutes=minutes)
            legal = self.model.legal(at)
            near = choice.draw(st.booleans()) and bool(legal)
            steps = sorted(legal) if near else sorted(KINDS[self.model.kind].steps)
            step = choice.draw(st.sampled_from(steps))
            new = self.entry(step, at)
            assert self.accepted(new) == (step in legal), (step, self.model.state)
            if step in legal:
                self.entries.append(new)
                self.at = at
                self.model.take(step, at, new.facts)
                self.model.state = legal[step]

        @rule(choice=st.data())
        def spoilt_step(self, choice: st.DataObject) -> None:
            legal = sorted(self.model.legal(self.at))
            if not legal:
                return
            step = choice.draw(st.sampled_from(legal))
            facts = self.model.facts(step, self.at)
            spoilt: list[dict[str, object]] = [
                {"facts": {**facts, "no_such_fact": "x"}},
                {"role": "mind_delegate" if step != "signal" else "parent_council"},
            ]
            if self.entries:
                spoilt.append({"student_id": "S9999"})
            new = self.entry(step, self.at, **choice.draw(st.sampled_from(spoilt)))
            assert not self.accepted(new)
            before = self.entry(step, MONDAY - dt.timedelta(days=1))
            assert not self.entries or not self.accepted(before)

        @invariant()
        def the_same_state(self) -> None:
            if self.entries:
                assert state(self.entries).state == self.model.state
                assert corrected(self.entries) == tuple(self.entries)

        @invariant()
        def the_same_steps(self) -> None:
            if self.entries:
                offered = {one.step for one in steps_now(self.entries, self.model.policy)}
                assert offered == set(self.model.legal(MONDAY))  # whatever the hour is

        @invariant()
        def no_clock_missed(self) -> None:
            rows = owed(self.entries, self.model.policy, calendar)
            assert {row.what for row in rows} == (self.model.clocks() if self.entries else set())
            assert all(row.due is None or row.due.tzinfo is not None for row in rows)
            assert all(row.by and row.source for row in rows)

    return Walk


@pytest.fixture
def walk(days: Calendar) -> Callable[[type], None]:
    """Return a runner of random walks beside a model."""

    def run(make: type) -> None:
        chosen = settings(
            max_examples=30,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
        )
        model = type(make.__name__, (make, Modelled), {})
        run_state_machine_as_test(walk_of(model, days), settings=chosen)

    return run
