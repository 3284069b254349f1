"""What a policy may hold: every key with its type, range and codes, read from ``schema.toml``.

A key is single (``absence.report_days``) or the field of a record (``quota.*.share``, where the
school names the record). Single keys must all be there in a complete policy; a record is whole or
not there.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from visitkit import tables, text

#: Rooms of ``text/`` with the words of codes, and of keys.
CODE_ROOMS = ("policy_visits", "policy_crisis", "policy_dropout")
KEY_ROOMS = ("policy_keys", "policy_care_keys")


@dataclass(frozen=True, slots=True)
class Entry:
    """One key of the schema.

    Parameters
    ----------
    pattern
        Dotted key; ``*`` stands for the name of a record.
    type
        ``integer``, ``number``, ``flag``, ``code``, ``codes``, ``integers``, ``numbers``,
        ``month_day``, ``time``, ``level`` or ``levels``.
    codes
        Vocabularies of the codes allowed, ``values.x`` or ``policy.x``.
    low, high
        Smallest and largest number allowed, of each number in a list.
    unit
        Unit of the number, a word in ``text/*/policy.toml``.
    zero
        What 0 means, a word in ``text/*/policy.toml``; empty where it is a plain number.
    own_words
        A list may hold the school's own words beside the codes.
    filled, ascending
        A list must not be empty; its numbers must rise.
    optional
        A complete policy may leave it out.
    when
        Field of the record to the values with which this key belongs to the record.
    """

    pattern: str
    type: str
    codes: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    unit: str = ""
    zero: str = ""
    own_words: bool = False
    filled: bool = False
    ascending: bool = False
    optional: bool = False
    when: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def family(self) -> str:
        """Prefix of the records it belongs to; empty for a single key."""
        return self.pattern.rpartition(".*.")[0]

    @property
    def field(self) -> str:
        """Last part of the key."""
        return self.pattern.rpartition(".")[2]

    @property
    def is_list(self) -> bool:
        """True when the value is a list."""
        return self.type in {"codes", "integers", "numbers", "levels"}


@cache
def entries() -> dict[str, Entry]:
    """Return every key of the schema by its pattern, in the order of the file.

    Examples
    --------
    >>> entries()["quota.*.share"].family
    'quota'
    """
    raw = tomllib.loads(files(__package__).joinpath("schema.toml").read_text("utf-8"))
    return {entry.pattern: entry for entry in _walk(raw, "")}


def _walk(node: Mapping[str, object], prefix: str) -> Iterator[Entry]:
    for name, item in node.items():
        if not isinstance(item, dict):
            continue
        if isinstance(item.get("type"), str):
            yield _entry(prefix + name, item)
        else:
            yield from _walk(item, f"{prefix}{name}.")


def _entry(pattern: str, item: Mapping[str, object]) -> Entry:
    facts = {key: tuple(v) if isinstance(v, list) else v for key, v in item.items()}
    when = item.get("when", {})
    facts["when"] = {name: tuple(allowed) for name, allowed in dict(when).items()}  # type: ignore[call-overload]
    return Entry(pattern, **facts)  # type: ignore[arg-type]


def entry_for(key: str) -> Entry | None:
    """Return what the schema says of a key, ``None`` when it knows no such key.

    Examples
    --------
    >>> entry_for("quota.my_own_rule.share").pattern
    'quota.*.share'
    """
    known = entries()
    if key in known and "*" not in key:
        return known[key]
    field_name = key.rpartition(".")[2]
    found = [
        known[pattern]
        for family in families()
        if (pattern := f"{family}.*.{field_name}") in known
        and len(key) > len(f"{family}.{field_name}") + 1
        and key.startswith(f"{family}.")
    ]
    return found[0] if found else None


def record_of(key: str) -> str:
    """Return the record a key belongs to, or ``""``.

    Examples
    --------
    >>> record_of("quota.student.share"), record_of("absence.report_days")
    ('quota.student', '')
    """
    entry = entry_for(key)
    return key.rpartition(".")[0] if entry is not None and entry.family else ""


@cache
def fields_of(family: str) -> tuple[Entry, ...]:
    """Return the fields of a family of records in order."""
    return tuple(entry for entry in entries().values() if entry.family == family)


@cache
def families() -> tuple[str, ...]:
    """Return the prefixes below which a school names records.

    Examples
    --------
    >>> families()[:2]
    ('quota', 'window')
    """
    return tuple(dict.fromkeys(entry.family for entry in entries().values() if entry.family))


def room_of_codes(list_name: str) -> str:
    """Return the room of ``text/`` that holds a vocabulary of policies."""
    return next(room for room in CODE_ROOMS if text.has(f"{room}.{list_name}"))


@cache
def vocabulary(name: str) -> tuple[str, ...]:
    """Return the codes of one vocabulary, ``values.group`` or ``policy.period``."""
    room, _, list_name = name.partition(".")
    if room == "values":
        return tables.codes(list_name)
    words = text.find(f"{room_of_codes(list_name)}.{list_name}", "en")
    return tuple(words) if isinstance(words, dict) else ()


@cache
def allowed_codes(vocabularies: tuple[str, ...]) -> tuple[str, ...]:
    """Return the codes of several vocabularies together."""
    return tuple(dict.fromkeys(code for name in vocabularies for code in vocabulary(name)))


def belongs(entry: Entry, record: str, values: Mapping[str, object]) -> bool:
    """Tell whether a field belongs to a record, given the record's other fields."""
    return all(values.get(f"{record}.{name}") in wanted for name, wanted in entry.when.items())


def records_in(keys: Collection[str]) -> dict[str, str]:
    """Return the records that occur among keys, each with its family, in order of appearance."""
    found: dict[str, str] = {}
    for key in keys:
        entry = entry_for(key)
        if entry is not None and entry.family:
            found.setdefault(key.rpartition(".")[0], entry.family)
    return found


def missing(values: Mapping[str, object]) -> list[str]:
    """Return the keys a complete policy would need beside those given.

    Examples
    --------
    >>> "absence.report_days" in missing({})
    True
    """
    single = [
        entry.pattern
        for entry in entries().values()
        if not entry.family and not entry.optional and entry.pattern not in values
    ]
    of_records = [
        f"{record}.{entry.field}"
        for record, family in records_in(values).items()
        for entry in fields_of(family)
        if not entry.optional
        and f"{record}.{entry.field}" not in values
        and belongs(entry, record, values)
    ]
    return single + of_records


def surplus(values: Mapping[str, object]) -> list[str]:
    """Return the fields that do not belong to their record, such as a share where loads are set."""
    return [
        f"{record}.{entry.field}"
        for record, family in records_in(values).items()
        for entry in fields_of(family)
        if entry.when
        and f"{record}.{entry.field}" in values
        and all(f"{record}.{name}" in values for name in entry.when)
        and not belongs(entry, record, values)
    ]


def nearest(key: str) -> str:
    """Return the known key most like a misspelt one, or ``""``.

    Examples
    --------
    >>> nearest("absence.raport_days")
    'absence.report_days'
    >>> nearest("quota.student.shar")
    'quota.student.share'
    """
    known = [pattern for pattern in entries() if "*" not in pattern]
    parts = key.split(".")
    if len(parts) > 2:
        known += [
            f"{entry.family}.{parts[-2]}.{entry.field}"
            for entry in entries().values()
            if entry.family.count(".") == len(parts) - 3 and entry.family
        ]
    found = difflib.get_close_matches(key, known, n=1, cutoff=0.6)
    return found[0] if found else ""
