"""Whether the values of a policy are what the schema allows; pure functions on values."""

from __future__ import annotations

import datetime as dt
import difflib
import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from visitkit.policy import schema
from visitkit.policy.faults import PolicyFault
from visitkit.policy.lines import Lines
from visitkit.policy.schema import Entry

#: Vocabulary of the days of a school's year that may stand where a month and a day would.
ANCHORS = ("policy.anchor",)

_CODE = re.compile(r"[a-z0-9_]+")
_LEVEL = re.compile(r"[a-z0-9-]+:[a-z0-9_-]+")
_MONTH_DAY = re.compile(r"(\d\d)-(\d\d)")
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")

#: Smaller field, larger field: the first of a record must not exceed the second.
_ORDERED = (("min_students", "max_students"), ("times", "max_times"))


def written(value: object) -> str:
    """Return a value as it would be written in a policy file.

    Examples
    --------
    >>> written(["home", "phone"]), written(True)
    ('["home", "phone"]', 'true')
    """
    return json.dumps(value, ensure_ascii=False, default=str)


def fault_in(entry: Entry, value: object) -> tuple[str, dict[str, object]] | None:
    """Return what is wrong with a value, as kind and facts; ``None`` when all is well.

    Examples
    --------
    >>> fault_in(schema.entry_for("absence.report_days"), 3) is None
    True
    >>> fault_in(schema.entry_for("absence.report_days"), "3")[0]
    'wrong_type'
    """
    facts: dict[str, object] = {"type": entry.type, **_range(entry), "codes": _codes(entry)}
    if entry.is_list:
        return _fault_in_list(entry, value, facts)
    return _fault_in_one(entry, value, facts)


def _range(entry: Entry) -> dict[str, object]:
    low = "" if entry.low is None else f"{entry.low:g}"
    high = "" if entry.high is None else f"{entry.high:g}"
    return {"low": low, "high": high}


def _codes(entry: Entry) -> str:
    vocabularies = ANCHORS if entry.type == "month_day" else entry.codes
    return ", ".join(schema.allowed_codes(vocabularies))


def _fault_in_list(
    entry: Entry, value: object, facts: dict[str, object]
) -> tuple[str, dict[str, object]] | None:
    if not isinstance(value, list):
        return "wrong_type", facts
    if entry.filled and not value:
        return "empty_list", facts
    if entry.type in {"codes", "levels"} and len(set(map(str, value))) < len(value):
        return "listed_twice", facts
    for item in value:
        fault = _fault_in_one(entry, item, facts)
        if fault is not None:
            return fault
    if entry.ascending and any(a >= b for a, b in pairwise(value)):
        return "not_ascending", facts
    return None


def _fault_in_one(
    entry: Entry, value: object, facts: dict[str, object]
) -> tuple[str, dict[str, object]] | None:
    kind = entry.type.removesuffix("s") if entry.is_list else entry.type
    if kind == "flag":
        return None if isinstance(value, bool) else ("wrong_type", facts)
    if kind in {"integer", "number"}:
        return _fault_in_number(entry, value, kind, facts)
    if not isinstance(value, str):
        return "wrong_type", facts
    if kind == "code":
        return _fault_in_code(entry, value, facts)
    right = {"month_day": _is_month_day, "time": _is_time, "level": _is_level}[kind](value)
    return None if right else ("wrong_form", {**facts, "item": value})


def _fault_in_number(
    entry: Entry, value: object, kind: str, facts: dict[str, object]
) -> tuple[str, dict[str, object]] | None:
    if isinstance(value, bool) or not isinstance(value, int if kind == "integer" else (int, float)):
        return "wrong_type", facts
    if not math.isfinite(value):
        return "out_of_range", facts
    too_low = entry.low is not None and value < entry.low
    too_high = entry.high is not None and value > entry.high
    return ("out_of_range", facts) if too_low or too_high else None


def _fault_in_code(
    entry: Entry, value: str, facts: dict[str, object]
) -> tuple[str, dict[str, object]] | None:
    allowed = schema.allowed_codes(entry.codes)
    own = entry.own_words and value.strip() and not _CODE.fullmatch(value)
    if value in allowed or own:
        return None
    close = difflib.get_close_matches(value, allowed, n=1, cutoff=0.6)
    if close:
        return "misspelt_code", {**facts, "item": value, "nearest": close[0]}
    return "unknown_code", {**facts, "item": value}


def _is_month_day(value: str) -> bool:
    parts = _MONTH_DAY.fullmatch(value)
    if parts is None:
        return value in schema.allowed_codes(ANCHORS)
    try:
        dt.date(2024, int(parts[1]), int(parts[2]))
    except ValueError:
        return False
    return True


def _is_time(value: str) -> bool:
    return _TIME.fullmatch(value) is not None


def _is_level(value: str) -> bool:
    return _LEVEL.fullmatch(value) is not None


def faults_of_keys(values: Mapping[str, object], file: str, lines: Lines) -> Iterator[PolicyFault]:
    """Yield the faults that a key has on its own: unknown, of the wrong type, out of range.

    Parameters
    ----------
    values
        Dotted key to value.
    file
        Name of the file for the fault.
    lines
        Its lines.
    """
    for key, value in values.items():
        entry = schema.entry_for(key)
        if entry is None:
            close = schema.nearest(key)
            kind = "misspelt_key" if close else "unknown_key"
            yield PolicyFault(kind, file, lines.of(key), key, written(value), {"nearest": close})
            continue
        fault = fault_in(entry, value)
        if fault is not None:
            yield PolicyFault(fault[0], file, lines.of(key), key, written(value), fault[1])


def faults_of_whole(
    values: Mapping[str, object], file: str, lines: Lines, complete: bool
) -> Iterator[PolicyFault]:
    """Yield the faults that show only when all keys are together.

    Parameters
    ----------
    values
        Dotted key to value, after every base has been read.
    file, lines
        Where to point: the file that was asked for and its lines.
    complete
        Whether every key must be there.
    """
    for key in schema.missing(values):
        record = schema.record_of(key)
        if complete or record:
            kind = "missing_field" if record else "missing_key"
            facts: dict[str, object] = {"record": record}
            yield PolicyFault(kind, file, lines.of(record), key, "", facts)
    for key in schema.surplus(values):
        record = key.rpartition(".")[0]
        facts = {"mode": values[f"{record}.mode"]}
        yield PolicyFault("surplus_field", file, lines.of(key), key, written(values[key]), facts)
    for low, high in _pairs(values):
        if values[low] > values[high]:  # type: ignore[operator]
            facts = {"other": high, "other_value": written(values[high])}
            yield PolicyFault("too_large", file, lines.of(low), low, written(values[low]), facts)


def _pairs(values: Mapping[str, object]) -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = [("route.group_min", "route.group_max")]
    for record in schema.records_in(values):
        pairs += [(f"{record}.{low}", f"{record}.{high}") for low, high in _ORDERED]
    return [pair for pair in pairs if _both_numbers(values, pair)]


def _both_numbers(values: Mapping[str, object], keys: Sequence[str]) -> bool:
    return all(isinstance(values.get(key), int | float) for key in keys)
