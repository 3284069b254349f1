"""A kind of case as data: its states, steps, facts, flags and clocks, read from ``machines/``.

A machine is a TOML file, so that a person can read what a step asks for beside the rule it comes
from. Only what a table cannot say stands in Python, in the modules ``guards_*`` and ``clocks_*``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

#: The state before the first step.
START = "start"
#: Stands for every state of a machine that is not final, the one before the first step left out.
ANY = "*"
#: A step that takes an entry back; it needs the ``entry_id`` it takes back.
WITHDRAW = "withdraw"

Found = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Field:
    """One fact of a step.

    Parameters
    ----------
    name
        Its name in the facts; a word of the policy where the policy lists the fields.
    type
        ``text``, ``texts``, ``code``, ``codes``, ``flag``, ``integer``, ``number``, ``date``,
        ``dates``, ``moment``, ``moments``, ``person``, ``people``, ``level``.
    of
        Where codes come from: ``values.x`` or ``policy.x`` (a vocabulary), ``key:x`` (a list of
        the policy), ``record:x`` (names of records of the policy); empty for ``choices``.
    choices
        Codes of the step itself; words stand in ``text/*/cases_fields.toml`` under ``choice``.
    required
        The step is refused without it.
    when
        Required only where another fact has one of these values.
    if_key
        Required only where this flag of the policy is set.
    low, high
        Smallest and largest number.
    """

    name: str
    type: str = "text"
    of: str = ""
    choices: tuple[str, ...] = ()
    required: bool = False
    when: Mapping[str, tuple[object, ...]] = field(default_factory=dict)
    if_key: str = ""
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a machine.

    Parameters
    ----------
    name
        Its name.
    states
        States in which it is legal; :data:`START` opens the case.
    to
        State it leads to: empty where it stays, else by the state it starts from (``"*"`` for
        all).
    to_by
        A fact whose code is the state it leads to, through ``to``.
    roles
        Who may do it: codes, or ``key:x`` for a list or code of the policy.
    computed
        The program may do it, with ``computed`` as actor and role.
    named
        Keys of the policy that list facts the step must have.
    fields
        Its facts.
    form
        Document it fills.
    rules
        Rows of ``docs/sources.csv`` it stands for.
    secret
        It holds psychological data.
    late
        It may be written down after steps that came later.
    """

    name: str
    states: tuple[str, ...]
    to: Mapping[str, str] = field(default_factory=dict)
    to_by: str = ""
    roles: tuple[str, ...] = ()
    computed: bool = False
    named: tuple[str, ...] = ()
    fields: tuple[Field, ...] = ()
    form: str = ""
    rules: tuple[str, ...] = ()
    secret: bool = False
    late: bool = False

    def target(self, current: str, facts: Mapping[str, object]) -> str:
        """Return the state the step leads to from a state."""
        key = str(facts.get(self.to_by, "")) if self.to_by else current
        return self.to.get(key, self.to.get(ANY, current))


@dataclass(frozen=True, slots=True)
class Flag:
    """Something about a case that stays true.

    Parameters
    ----------
    name
        Its name; words stand in ``text/*/cases.toml`` under ``flag``.
    facts
        Fact to the values that set it.
    on, off
        Steps that set it and take it away.
    kept
        Nothing takes it away, and no correction but the leading group's.
    """

    name: str
    facts: Mapping[str, tuple[object, ...]] = field(default_factory=dict)
    on: tuple[str, ...] = ()
    off: tuple[str, ...] = ()
    kept: bool = False


@dataclass(frozen=True, slots=True)
class Clock:
    """Something owed between two steps.

    Parameters
    ----------
    name
        What is owed: a step, or a name with words in ``text/*/cases.toml`` under ``clock``.
    starts, stops
        Steps that start and end it; a step that does both winds it again.
    when
        It starts only where a fact of the step has one of these values.
    hours, days
        Key of the policy with the time allowed, in hours or school days.
    fact
        Fact of the starting step that says by when.
    base
        Fact of the starting step the time runs from; the step's own moment where there is none.
    by
        Who owes it: ``fact:x``, ``key:x`` or a role; the first that is known.
    source
        Key of the policy behind it.
    if_key
        It exists only where this value of the policy is neither empty nor false.
    survives
        It is still owed when the case has ended.
    rule
        Name of a function in ``clocks_*`` that tells it instead; the rest then describes it.
    rules
        Rows of ``docs/sources.csv``.
    """

    name: str
    starts: tuple[str, ...] = ()
    stops: tuple[str, ...] = ()
    when: Mapping[str, tuple[object, ...]] = field(default_factory=dict)
    hours: str = ""
    days: str = ""
    fact: str = ""
    base: str = ""
    by: tuple[str, ...] = ()
    source: str = ""
    if_key: str = ""
    survives: bool = False
    rule: str = ""
    rules: tuple[str, ...] = ()


@dataclass(frozen=True)
class Machine:
    """A kind of case.

    Parameters
    ----------
    kind
        Its name.
    states
        Its states in the order of the work.
    final
        States in which the case has ended.
    steps, flags, clocks
        What it is made of, by name.
    student
        Every case is about a student; else it may be.
    """

    kind: str
    states: tuple[str, ...]
    final: tuple[str, ...]
    steps: Mapping[str, Step]
    flags: tuple[Flag, ...]
    clocks: tuple[Clock, ...]
    student: bool = True

    def legal(self, current: str) -> Iterator[Step]:
        """Yield the steps that a state allows."""
        for step in self.steps.values():
            if current in step.states or (ANY in step.states and self.going_on(current)):
                yield step

    def going_on(self, current: str) -> bool:
        """Tell whether a case has begun and not ended."""
        return current != START and current not in self.final


def read_machine(kind: str) -> Machine:
    """Read the machine of a kind from its file.

    Examples
    --------
    >>> read_machine("visit").states[0]
    'planned'
    """
    raw: Found = tomllib.loads(
        files(__package__).joinpath("machines", f"{kind}.toml").read_text("utf-8")
    )
    steps = {name: _step(name, one) for name, one in raw["step"].items()}
    return Machine(
        kind,
        tuple(raw["states"]),
        tuple(raw["final"]),
        steps,
        tuple(Flag(name, **_frozen(one)) for name, one in raw.get("flag", {}).items()),
        tuple(Clock(name, **_frozen(one)) for name, one in raw.get("clock", {}).items()),
        raw.get("student", True),
    )


def _step(name: str, raw: Found) -> Step:
    given = dict(raw)
    states = tuple(given.pop("from"))
    to = given.pop("to", {})
    fields = tuple(Field(one, **_frozen(f)) for one, f in given.pop("facts", {}).items())
    return Step(
        name,
        states,
        to={ANY: to} if isinstance(to, str) else to,
        fields=fields,
        **_frozen(given),
    )


def _frozen(raw: Found) -> Found:
    return {key: _tuple(value) for key, value in raw.items()}


def _tuple(value: object) -> object:
    if isinstance(value, list):
        return tuple(value)
    if isinstance(value, dict):
        return {key: tuple(one) if isinstance(one, list) else one for key, one in value.items()}
    return value


@cache
def machine(kind: str) -> Machine:
    """Return the machine of a kind, read once."""
    return read_machine(kind)
