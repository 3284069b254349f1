"""Reading a policy: a TOML file in which every value carries its source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from visitkit.errors import PolicyError
from visitkit.policy import schema
from visitkit.policy.checking import faults_of_keys, faults_of_whole
from visitkit.policy.faults import PolicyFault, PolicyFaultsError
from visitkit.policy.lines import Lines
from visitkit.policy.reading import PARTS, Place, PolicyFile, read_file

#: Source of a value that no paper gives.
UNDECIDED = "undecided"
#: Source of a value that the school has set itself.
SCHOOL = "school"

_RISK = "risk."
#: Faults after which nothing can be said of the policy as a whole.
_FATAL = ("not_utf8", "not_toml", "no_base", "cycle")

Leaf = tuple[object, str]


@dataclass(frozen=True)
class Policy:
    """The rules of one school.

    Parameters
    ----------
    name
        Name of the profile or stem of the file.
    values
        Dotted key to value.
    sources
        Dotted key to where the value comes from.
    options
        Second readings of a paper that says two things: name to keys, each with value and source.
    origins
        Dotted key to the name of the profile that set it.

    Examples
    --------
    >>> rules = read_policy("recommended")
    >>> rules["absence.report_days"]
    3
    >>> rules.records("quota")["head_teacher"]["share"]
    0.5
    """

    name: str
    values: Mapping[str, object]
    sources: Mapping[str, str]
    options: Mapping[str, Mapping[str, Leaf]] = field(default_factory=dict)
    origins: Mapping[str, str] = field(default_factory=dict)

    def __getitem__(self, key: str) -> object:
        """Return a value; an unknown key is an error that names it."""
        if key not in self.values:
            raise PolicyError("policy.unknown_key", policy=self.name, key=key)
        return self.values[key]

    def __contains__(self, key: str) -> bool:
        """Tell whether a key is set."""
        return key in self.values

    def source(self, key: str) -> str:
        """Return where a value comes from."""
        return self.sources.get(key, "")

    def section(self, prefix: str) -> dict[str, object]:
        """Return the values below a prefix, keys relative to it."""
        start = f"{prefix}."
        return {key[len(start) :]: v for key, v in self.values.items() if key.startswith(start)}

    def records(self, family: str) -> dict[str, dict[str, object]]:
        """Return the records of a family, name to fields, in the order of the files.

        Parameters
        ----------
        family
            ``"quota"``, ``"meeting"``, ``"persuasion.round"`` or another of
            :func:`visitkit.policy.schema.families`.
        """
        found: dict[str, dict[str, object]] = {}
        for key, value in self.section(family).items():
            entry = schema.entry_for(f"{family}.{key}")
            if entry is not None and entry.family == family:
                found.setdefault(key.rpartition(".")[0], {})[entry.field] = value
        return found

    def with_values(self, changes: Mapping[str, object], source: str = SCHOOL) -> Policy:
        """Return a policy with some values changed by the school itself.

        Parameters
        ----------
        changes
            Dotted key to the new value.
        source
            Where the new values come from.

        Raises
        ------
        PolicyFaultsError
            When a key is unknown or a value is not allowed. The section ``risk`` is not looked
            at here: whoever adds up the points checks it.
        """
        leaves = {key: (value, source) for key, value in changes.items()}
        return _changed(self, leaves, SCHOOL)

    def with_option(self, option: str) -> Policy:
        """Return the policy with a second reading of its paper put in.

        Raises
        ------
        PolicyError
            When the policy has no such reading.
        """
        if option not in self.options:
            known = ", ".join(self.options) or "-"
            raise PolicyError("policy.no_option", policy=self.name, option=option, names=known)
        return _changed(self, self.options[option], f"{self.name}: {option}")


def _changed(policy: Policy, leaves: Mapping[str, Leaf], origin: str) -> Policy:
    changes = {key: leaf[0] for key, leaf in leaves.items()}
    sources = {key: leaf[1] for key, leaf in leaves.items()}
    looked_at = {key: v for key, v in changes.items() if not key.startswith(_RISK)}
    faults = list(faults_of_keys(looked_at, policy.name, Lines()))
    values = {**policy.values, **changes}
    if not faults and any(schema.record_of(key) for key in looked_at):
        faults = list(faults_of_whole(values, policy.name, Lines(), complete=False))
    if faults:
        raise PolicyFaultsError(policy.name, tuple(faults))
    return replace(
        policy,
        values=values,
        sources={**policy.sources, **sources},
        origins={**policy.origins, **dict.fromkeys(changes, origin)},
    )


def read_policy(name: str | Path) -> Policy:
    """Read a shipped profile by name, or a file.

    Parameters
    ----------
    name
        One of :func:`visitkit.policy.names`, or the path of a TOML file.

    Raises
    ------
    PolicyError
        When there is no such profile or file.
    PolicyFaultsError
        When the file or one of its bases holds faults; all of them are listed.

    Examples
    --------
    >>> read_policy("dropout-control").source("absence.report_days")[:3]
    '004'
    """
    policy, faults = _assemble(name)
    if faults:
        raise PolicyFaultsError(policy.name, faults)
    return policy


def check(path: str | Path) -> tuple[PolicyFault, ...]:
    """Return every fault of a policy file, none when it can be used.

    Raises
    ------
    PolicyError
        When there is no such profile or file.

    Examples
    --------
    >>> check("recommended")
    ()
    """
    return _assemble(path)[1]


def _assemble(name: str | Path) -> tuple[Policy, tuple[PolicyFault, ...]]:
    chain, faults = _chain(name)
    top = chain[-1]
    leaves: dict[str, Leaf] = {}
    origins: dict[str, str] = {}
    options: dict[str, Mapping[str, Leaf]] = {}
    for one in chain:
        options.update(one.options)
        for reading in one.choose:
            faults += [] if reading in options else [_no_option(one, reading, options)]
            leaves.update(options.get(reading, {}))
            origins.update(dict.fromkeys(options.get(reading, {}), one.place.name))
        leaves.update({key: (value, one.sources[key]) for key, value in one.values.items()})
        origins.update(dict.fromkeys(one.values, one.place.name))
        faults += _faults_of(one)
    values = {key: _own(leaf[0]) for key, leaf in leaves.items()}
    if not any(fault.kind in _FATAL for fault in faults):
        complete = not (top.part or top.place.name in PARTS)
        whole = faults_of_whole(values, top.place.label, top.lines(), complete)
        faults += _not_told_yet(list(whole), faults)
    sources = {key: leaf[1] for key, leaf in leaves.items()}
    files = [one.place.label for one in reversed(chain)]
    told = sorted(faults, key=lambda one: (files.index(one.file), one.line == 0, one.line))
    return Policy(top.place.name, values, sources, options, origins), tuple(told)


def _own(value: object) -> object:
    """Return a list of its own, so that whoever changes it changes no other policy."""
    return list(value) if isinstance(value, list) else value


def _not_told_yet(whole: list[PolicyFault], told: list[PolicyFault]) -> list[PolicyFault]:
    """Leave out what follows from a fault already told: a misspelt key is not missing as well."""
    keys = {str(fault.facts.get("nearest", "")) for fault in told} | {fault.key for fault in told}
    records = {schema.record_of(key) for key in keys} - {""}
    return [
        fault
        for fault in whole
        if fault.key not in keys and schema.record_of(fault.key) not in records
    ]


def _faults_of(one: PolicyFile) -> Iterator[PolicyFault]:
    label = one.place.label
    yield from one.faults
    yield from faults_of_keys(one.values, label, one.lines())
    for option, leaves in one.options.items():
        values = {key: leaf[0] for key, leaf in leaves.items()}
        yield from faults_of_keys(values, label, one.lines(f"option.{option}."))


def _no_option(one: PolicyFile, reading: str, known: Mapping[str, object]) -> PolicyFault:
    facts: dict[str, object] = {"names": ", ".join(known) or "-"}
    line = one.lines().of("choose")
    return PolicyFault("no_option", one.place.label, line, "choose", reading, facts)


def _chain(name: str | Path) -> tuple[list[PolicyFile], list[PolicyFault]]:
    """Return a file and all it builds on, each once, the bases first.

    A base that two others share is read once and first, so that a value a base merely inherits
    never overrides what another base says itself.
    """
    done: dict[str, PolicyFile] = {}
    faults: list[PolicyFault] = []

    def add(one: PolicyFile, above: tuple[Place, ...]) -> None:
        for base in one.extends:
            try:
                below = read_file(base, one.place.folder)
            except PolicyError as error:
                faults.append(_bad_base(one, "no_base", base, error.facts))
                continue
            if below.place in above:
                chain = " > ".join([*(place.name for place in above), base])
                faults.append(_bad_base(one, "cycle", base, {"chain": chain}))
            elif below.place.identity not in done:
                add(below, (*above, below.place))
        done[one.place.identity] = one

    top = read_file(name)
    add(top, (top.place,))
    return list(done.values()), faults


def _bad_base(one: PolicyFile, kind: str, base: str, facts: dict[str, object]) -> PolicyFault:
    line = one.lines().of("extends")
    return PolicyFault(kind, one.place.label, line, "extends", base, facts)
