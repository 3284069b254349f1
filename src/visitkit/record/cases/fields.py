"""The facts of a step: which there are under a policy, and whether those given fit."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from visitkit import text
from visitkit.errors import StoreError
from visitkit.policy import Policy, schema
from visitkit.record.cases.folding import says
from visitkit.record.cases.machine import Field, Step
from visitkit.record.cases.moments import day_of, moment_of

#: Facts that any step may hold: a remark, names of files kept beside it, the case it came from,
#: why an entry was corrected, and what stood on the form it was written on.
FREE = (
    Field("remark"),
    Field("attachments", "texts"),
    Field("from_case"),
    Field("correction_reason"),
    Field("sheet"),
)

_ROLES = ("values.role", "policy.role")
#: What can only be a code: a name in letters has neither underscore nor colon.
_CODE = re.compile(r"(?=.*[_:])[a-z0-9_:.-]{1,40}")
_ACTS = (
    "illness_route",
    "study_with_treatment",
    "home_rest",
    "hospital",
    "ideation",
    "attempt",
    "aftermath",
    "harm_others",
)
_MEASURES = ("study", "poor_family", "thought", "special_family")


def all_roles() -> tuple[str, ...]:
    """Return every role a person can have."""
    return schema.allowed_codes(_ROLES)


def fields_of(step: Step, policy: Policy) -> tuple[Field, ...]:
    """Return the facts of a step under a policy; what the policy lists is required.

    Examples
    --------
    >>> from visitkit.policy import read_policy
    >>> from visitkit.record.cases.machine import machine
    >>> found = fields_of(machine("persuasion").steps["round"], read_policy("dropout-control"))
    >>> [one.name for one in found if one.name in ("promises", "signatures")]
    ['signatures', 'promises']
    """
    known = {one.name: one for one in step.fields}
    for key in step.named:
        for name in codes(policy, key):
            known[name] = replace(known.get(name, Field(name)), required=True, when={}, if_key="")
    return tuple(known.values())


def codes(policy: Policy, key: str) -> tuple[str, ...]:
    """Return a list of the policy as texts: one value is a list of one, no value an empty one."""
    if key not in policy:
        return ()
    found = policy[key]
    return tuple(map(str, found)) if isinstance(found, list) else (str(found),)


def allowed(field: Field, policy: Policy) -> tuple[str, ...]:
    """Return the codes a fact may have under a policy.

    Examples
    --------
    >>> from visitkit.policy import read_policy
    >>> allowed(Field("block", "code", "key:left_behind.file_blocks"), read_policy("recommended"))
    ('study', 'mind', 'life', 'family', 'guardian')
    """
    kind, _, rest = field.of.partition(":")
    if kind == "key":
        return codes(policy, rest)
    if kind == "record":
        return tuple(policy.records(rest))
    if kind in _LISTS:
        return tuple(dict.fromkeys(_LISTS[kind](policy)))
    return schema.vocabulary(field.of) if field.of else field.choices


def _acts(policy: Policy) -> Iterable[str]:
    """Yield every step of a crisis that the policy names, wherever it names it."""
    for name in _ACTS:
        yield from codes(policy, f"crisis.{name}")
    yield from codes(policy, "readmission.attempt_needs")


def _measures(policy: Policy) -> Iterable[str]:
    for name in _MEASURES:
        yield from codes(policy, f"help.{name}")
    yield from codes(policy, "help.types")


_LISTS: Mapping[str, Callable[[Policy], Iterable[str]]] = {
    "roles": lambda _: all_roles(),
    "roles_and_partners": lambda _: (*all_roles(), *schema.vocabulary("policy.partner")),
    "acts": _acts,
    "measures": _measures,
    "causes": lambda policy: codes(policy, "dropout.causes"),
    "channels": lambda policy: (
        *codes(policy, "access.intake"),
        *codes(policy, "visit.complaint_channels"),
    ),
}


def check_facts(step: Step, facts: Mapping[str, object], policy: Policy) -> None:
    """Check the facts of a step.

    Raises
    ------
    StoreError
        When a fact is missing, unknown, of another type or not allowed. What was found is told
        only where it is a number, a day or a code: a free text may hold a name.
    """
    known = {one.name: one for one in (*fields_of(step, policy), *FREE)}
    for name in facts:
        if name not in known:
            raise StoreError(
                "cases.unknown_fact", step=step.name, fact=_told(name), allowed=", ".join(known)
            )
    for field in known.values():
        given = facts.get(field.name)
        if given is None or given in ("", []):
            if wanted(field, facts, policy):
                raise StoreError("cases.missing_fact", step=step.name, fact=field.name)
            continue
        _check(step, field, given, policy)


def wanted(field: Field, facts: Mapping[str, object], policy: Policy) -> bool:
    """Tell whether a fact is required beside the others."""
    if not field.required or (field.when and not says(facts, field.when)):
        return False
    return not field.if_key or bool(policy[field.if_key])


def _check(step: Step, field: Field, given: object, policy: Policy) -> None:
    if not _typed(field, given):
        raise StoreError(
            "cases.wrong_type",
            step=step.name,
            fact=field.name,
            found=_told(given),
            allowed=text.say(f"cases_fields.type.{field.type}"),
        )
    if field.type in {"code", "codes", "level"}:
        legal = allowed(field, policy)
        for one in given if isinstance(given, list | tuple) else (given,):
            if one not in legal:
                raise StoreError(
                    "cases.unknown_code",
                    step=step.name,
                    fact=field.name,
                    found=_told(one),
                    allowed=", ".join(legal) or "-",
                )
    if isinstance(given, int | float) and not isinstance(given, bool) and _outside(field, given):
        raise StoreError(
            "cases.out_of_range",
            step=step.name,
            fact=field.name,
            found=given,
            low=field.low,
            high=field.high,
        )


def _outside(field: Field, given: float) -> bool:
    below = field.low is not None and given < field.low
    return below or (field.high is not None and given > field.high)


def _typed(field: Field, given: object) -> bool:
    plural = {
        "texts": "text",
        "codes": "code",
        "dates": "date",
        "moments": "moment",
        "people": "person",
    }
    if field.type in plural:
        single = _TYPES[plural[field.type]]
        return isinstance(given, list | tuple) and all(single(one) for one in given)
    return _TYPES[field.type](given)


def _is_text(given: object) -> bool:
    return isinstance(given, str) and bool(given.strip())


_TYPES: Mapping[str, Callable[[object], bool]] = {
    "text": _is_text,
    "code": _is_text,
    "person": _is_text,
    "level": lambda given: isinstance(given, str) and ":" in given.strip(":"),
    "flag": lambda given: isinstance(given, bool),
    "integer": lambda given: isinstance(given, int) and not isinstance(given, bool),
    "number": lambda given: (
        isinstance(given, int | float) and not isinstance(given, bool) and math.isfinite(given)
    ),
    "date": lambda given: day_of(given) is not None,
    "moment": lambda given: moment_of(given) is not None,
}


def _told(found: object) -> str:
    """Return what was found where it cannot be a name, a telephone or an identity number."""
    if isinstance(found, bool) or (isinstance(found, int | float) and abs(found) < 1e6):
        return str(found)
    if day_of(found) or moment_of(found):
        return str(found)
    coded = isinstance(found, str) and _CODE.fullmatch(found) and not re.search(r"\d{5}", found)
    return str(found) if coded else text.say("cases.not_shown")
