"""How two policies differ, told in words."""

from __future__ import annotations

from visitkit import text
from visitkit.policy import schema
from visitkit.policy.policy import Policy
from visitkit.policy.showing import quota_told, title, told
from visitkit.policy.words import field_words, full_words, record_words


def diff(one: Policy, other: Policy, lang: str | None = None) -> list[str]:
    """Return how two policies differ, a sentence a difference, in words.

    A value that is the same in both is not told, also where the sources differ. A rule on the
    number of visits is told as one sentence.

    Examples
    --------
    >>> from visitkit.policy import read_policy
    >>> yearly = read_policy("junior-school-visits").with_option("head_teacher_yearly")
    >>> for line in diff(read_policy("junior-school-visits"), yearly, "en"):
    ...     print(line.split(";")[0])
    head teacher's visits: every student once (each semester)
    """
    order = {pattern: place for place, pattern in enumerate(schema.entries())}
    lines: list[tuple[tuple[object, ...], str]] = []
    for unit, keys in _units(one, other).items():
        if any(key not in one or key not in other or one[key] != other[key] for key in keys):
            entry = schema.entry_for(keys[0])
            family = next(iter(schema.fields_of(entry.family)), entry) if entry else None
            place = (-1 if family is None else order[family.pattern], schema.record_of(keys[0]))
            lines.append((place, _difference(one, other, unit, keys, lang)))
    return [line for _, line in sorted(lines, key=lambda pair: pair[0])]


def _units(one: Policy, other: Policy) -> dict[str, list[str]]:
    """Return what is told together: a rule on visits, a record only one of them has, else a key."""
    records = [set(schema.records_in(policy.values)) for policy in (one, other)]
    found: dict[str, list[str]] = {}
    for key in {**one.values, **other.values}:
        record = schema.record_of(key)
        whole = record.startswith("quota.") or record in records[0] ^ records[1]
        found.setdefault(record if whole else key, []).append(key)
    return found


def _difference(one: Policy, other: Policy, unit: str, keys: list[str], lang: str | None) -> str:
    before, after = _unit_told(one, unit, keys, lang), _unit_told(other, unit, keys, lang)
    words = _unit_words(unit, keys, lang)
    if before and after:
        return text.say("policy.form.change", lang, key=words, before=before, after=after)
    policy = title((one if before else other).name, lang)
    return text.say("policy.form.only", lang, key=words, policy=policy, value=before or after)


def _unit_words(unit: str, keys: list[str], lang: str | None) -> str:
    if unit in keys:
        return full_words(unit, lang)
    entry = schema.entry_for(keys[0])
    family = entry.family if entry else ""
    return record_words(family, unit[len(family) + 1 :], lang)


def _unit_told(policy: Policy, unit: str, keys: list[str], lang: str | None) -> str:
    """Return what a policy says of a unit; empty when it says nothing."""
    there = [key for key in keys if key in policy]
    if unit in there:
        return told(policy, unit, lang)
    if there and unit.startswith("quota."):
        return quota_told(policy, unit.removeprefix("quota."), lang)
    parts = [
        text.say(
            "policy.form.line", lang, key=field_words(key, lang), value=told(policy, key, lang)
        )
        for key in there
    ]
    return text.say("policy.form.end", lang).join(parts)
