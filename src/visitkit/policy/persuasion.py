"""Rounds of bringing a student back to school: who joins, and how long a round may take."""

from __future__ import annotations

from dataclasses import dataclass

from visitkit.errors import PolicyError
from visitkit.policy.policy import Policy


@dataclass(frozen=True, slots=True)
class Round:
    """One round.

    Parameters
    ----------
    number
        1 for the first.
    roles
        Who goes from the school.
    partners
        Who joins from outside.
    forms
        Forms of contact.
    written_report
        A written report to the education authority belongs to it.
    max_days
        Longest time in school days; ``None`` where the school has not decided.
    """

    number: int
    roles: tuple[str, ...]
    partners: tuple[str, ...]
    forms: tuple[str, ...]
    written_report: bool
    max_days: int | None


def rounds(policy: Policy) -> tuple[Round, ...]:
    """Return the rounds in order; empty where the policy has none.

    Examples
    --------
    >>> from visitkit.policy import read_policy
    >>> rounds(read_policy("dropout-control"))[1].roles
    ('vice_principal', 'head_teacher')
    """
    records = policy.records("persuasion.round")
    return tuple(_round(policy, name) for name in sorted(records, key=_place))


def round_of(policy: Policy, number: int) -> Round:
    """Return one round.

    Raises
    ------
    PolicyError
        When the policy has no such round.
    """
    known = {one.number: one for one in rounds(policy)}
    if number not in known:
        raise PolicyError(
            "policy.no_record",
            policy=policy.name,
            family="persuasion.round",
            name=number,
            names=", ".join(map(str, known)) or "-",
        )
    return known[number]


def _place(name: str) -> int:
    return int(name) if name.isdigit() else 0


def _round(policy: Policy, name: str) -> Round:
    fields = policy.records("persuasion.round")[name]
    limits = policy["persuasion.max_days_per_round"]
    days = limits if isinstance(limits, list) else []
    number = _place(name)
    return Round(
        number,
        _texts(fields["roles"]),
        _texts(fields["partners"]),
        _texts(fields["forms"]),
        bool(fields["written_report"]),
        int(days[number - 1]) if 1 <= number <= len(days) else None,
    )


def _texts(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list) else ()
