"""The kinds of case there are."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from visitkit.record.cases.machine import Machine, machine

#: Kind to machine, in the order in which they are shown.
KINDS: Mapping[str, Machine] = MappingProxyType(
    {
        kind: machine(kind)
        for kind in (
            "visit",
            "risk_review",
            "crisis",
            "persuasion",
            "left_behind",
            "help_plan",
            "body_image",
            "meeting",
            "escalation",
            "complaint",
        )
    }
)


def secret(kind: str, step: str) -> bool:
    """Tell whether a step holds psychological data, which are kept under a key of their own.

    Either every step of a kind is secret, or the secret ones never move the case: whoever lacks
    the key still sees truly where it stands.

    Examples
    --------
    >>> secret("crisis", "assess"), secret("visit", "record"), secret("visit", "mind_note")
    (True, False, True)
    """
    return KINDS[kind].steps[step].secret
