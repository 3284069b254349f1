"""What a case is now: entries in order of time, corrections in place, folded to a state."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from visitkit.record.cases.machine import START, WITHDRAW, Flag, Machine, machine
from visitkit.record.cases.moments import day_of
from visitkit.record.entry import Entry

#: State of a case whose every entry was taken back.
WITHDRAWN = "withdrawn"
_EMPTY: Mapping[str, object] = MappingProxyType({})


@dataclass(frozen=True)
class CaseState:
    """Where a case stands.

    Parameters
    ----------
    kind, case_id, student_id
        Which case.
    state
        A state of the machine, ``"start"`` before the first step or ``"withdrawn"``.
    since
        When it came to that state; aware, in UTC.
    level
        Level or tier that people gave it, ``scheme:code``; the computed one where nobody has, and
        empty where there is none.
    computed
        Tier that was computed; it stays beside the other.
    until
        Last day on which a level that differs from the computed one holds.
    flags
        What stays true about it, such as ``past_attempt``.
    issues
        Questions raised and not yet solved.
    facts
        The latest value of each fact, corrections applied.
    closed
        It has ended.
    """

    kind: str
    case_id: str
    student_id: str | None
    state: str = START
    since: dt.datetime | None = None
    level: str = ""
    computed: str = ""
    until: dt.date | None = None
    flags: tuple[str, ...] = ()
    issues: tuple[str, ...] = ()
    facts: Mapping[str, object] = field(default_factory=dict)
    closed: bool = False

    def level_on(self, day: dt.date) -> str:
        """Return the level that holds on a day: after its end, the computed one holds again.

        Examples
        --------
        >>> agreed = CaseState("risk_review", "r-1", "S1", level="dropout:low",
        ...                    computed="dropout:high", until=dt.date(2026, 12, 1))
        >>> agreed.level_on(dt.date(2026, 12, 1)), agreed.level_on(dt.date(2026, 12, 2))
        ('dropout:low', 'dropout:high')
        """
        return self.computed if self.until is not None and day > self.until else self.level


def corrected(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """Return the entries that hold, in order of time.

    The latest correction stands in for what it corrects; what was taken back is left out. Entries
    of the same moment keep the order in which they were written down.

    Examples
    --------
    >>> at = dt.datetime(2026, 11, 6, 8, tzinfo=dt.UTC)
    >>> old = Entry("m-1", "escalation", "report", "S1", at, "T1", "head_teacher",
    ...             {"issue": "old"}, "e1")
    >>> new = Entry("m-1", "escalation", "report", "S1", at, "T1", "head_teacher",
    ...             {"issue": "new"}, "e2", corrects="e1")
    >>> [one.facts["issue"] for one in corrected([old, new])]
    ['new']
    """
    places: dict[str, int] = {}
    held: list[Entry | None] = []
    for one in entries:
        if one.corrects is not None and one.corrects in places:
            place = places[one.corrects]
            held[place] = None if one.step == WITHDRAW else one
        else:
            place = len(held)
            held.append(one)
        if one.entry_id:
            places[one.entry_id] = place
    return tuple(sorted((one for one in held if one is not None), key=lambda one: one.at))


def state(entries: Sequence[Entry]) -> CaseState:
    """Return where a case stands after its entries.

    Parameters
    ----------
    entries
        All entries of one case in the order in which they were written down.

    Examples
    --------
    >>> at = dt.datetime(2026, 11, 6, 8, tzinfo=dt.UTC)
    >>> state([Entry("m-1", "escalation", "report", "S1", at, "T1", "head_teacher")]).state
    'reported'
    """
    holding = corrected(entries)
    if holding:
        return fold(holding)
    if not entries:
        return CaseState("", "", None)
    first = entries[0]
    return CaseState(first.kind, first.case_id, first.student_id, WITHDRAWN, closed=True)


def fold(holding: Sequence[Entry]) -> CaseState:
    """Return where a case stands after entries that hold, in order of time."""
    first = holding[0]
    made = machine(first.kind)
    current, since, facts = START, first.at, dict(_EMPTY)
    level = computed = ""
    until: dt.date | None = None
    for one in holding:
        step = made.steps[one.step]
        following = step.target(current, one.facts)
        if following != current:
            current, since = following, one.at
        facts.update(one.facts)
        if "computed_tier" in one.facts:
            computed = level = str(one.facts["computed_tier"])
            until = None
        level = str(one.facts.get("tier", one.facts.get("level", level)))
        until = day_of(one.facts.get("expires")) or until
    return CaseState(
        first.kind,
        first.case_id,
        first.student_id,
        current,
        since,
        level,
        computed,
        until,
        tuple(flag.name for flag in made.flags if _flagged(flag, holding)),
        _issues(holding),
        facts,
        closed=current in made.final,
    )


def _flagged(flag: Flag, holding: Sequence[Entry]) -> bool:
    raised = False
    for one in holding:
        if one.step in flag.on or says(one.facts, flag.facts):
            raised = True
        elif one.step in flag.off:
            raised = False
    return raised


def says(facts: Mapping[str, object], wanted: Mapping[str, Collection[object]]) -> bool:
    """Tell whether any of the facts has one of the values wanted, a list any in it."""
    for name, values in wanted.items():
        found = facts.get(name)
        held = found if isinstance(found, list | tuple) else [found]
        if any(type(one) is type(value) and one == value for one in held for value in values):
            return True
    return False


def _issues(holding: Sequence[Entry]) -> tuple[str, ...]:
    """Return what was raised and not solved; what is planned or handed on is not solved yet."""
    still: dict[str, None] = {}
    for one in holding:
        still.update(dict.fromkeys(listed(one.facts, "issues")))
        for solved in listed(one.facts, "solved"):
            still.pop(solved, None)
    return tuple(still)


def listed(facts: Mapping[str, object], name: str) -> tuple[str, ...]:
    """Return a list among the facts as texts; a single text is a list of one."""
    found = facts.get(name)
    if isinstance(found, list | tuple):
        return tuple(map(str, found))
    return () if found is None else (str(found),)


def kept_flags(made: Machine) -> tuple[str, ...]:
    """Return the flags that nothing takes away."""
    return tuple(flag.name for flag in made.flags if flag.kept)
