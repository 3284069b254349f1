"""Levels of a crisis: always scale and level, made by rules on facts, never by a score.

Papers number and name their levels in opposite directions, and there is no national scale. A level
is therefore ``scheme:code``, and levels of two scales cannot be compared.
"""

from __future__ import annotations

from collections.abc import Collection

from visitkit.errors import PolicyError
from visitkit.policy.policy import Policy


def crisis_level(policy: Policy, facts: Collection[str]) -> str | None:
    """Return the most serious level that the facts about a student make.

    Parameters
    ----------
    policy
        The policy; its records ``crisis.rule.*`` each name the facts that must all be true.
    facts
        Codes of what is known, such as ``life_event`` and ``strong_reaction``.

    Returns
    -------
    str or None
        ``scheme:code``; ``None`` when no rule is met. A rule only ever raises a level.

    Examples
    --------
    >>> from visitkit.policy import read_policy
    >>> rules = read_policy("crisis-plan-a")
    >>> crisis_level(rules, ["life_event"]) is None
    True
    >>> crisis_level(rules, ["life_event", "strong_reaction"])
    'crisis-a:larger'
    """
    known = set(facts)
    if len(known & _targets(policy)) >= int(str(policy["crisis.key_target_count"])):
        known.add("several_targets")
    made = [
        str(rule["level"])
        for rule in policy.records("crisis.rule").values()
        if isinstance(rule["all"], list) and known.issuperset(rule["all"])
    ]
    return max(made, key=lambda level: rank(policy, level), default=None)


def _targets(policy: Policy) -> set[str]:
    """Return the facts that make a target on their own."""
    rules = policy.records("crisis.rule").values()
    return {
        str(rule["all"][0])
        for rule in rules
        if isinstance(rule["all"], list) and len(rule["all"]) == 1
    }


def rank(policy: Policy, level: str) -> int:
    """Return the place of a level on the policy's scale, 0 for the lowest.

    Raises
    ------
    PolicyError
        When the level is not on the scale, as with a level of another paper.

    Examples
    --------
    >>> from visitkit.policy import read_policy
    >>> rank(read_policy("crisis-plan-a"), "crisis-a:major")
    2
    """
    levels = policy["crisis.levels"]
    names = [str(one) for one in levels] if isinstance(levels, list) else []
    if level not in names:
        raise PolicyError(
            "policy.unknown_level", policy=policy.name, level=level, names=", ".join(names)
        )
    return names.index(level)


def more_serious(policy: Policy, one: str, other: str) -> bool:
    """Tell whether one level is more serious than another of the same scale.

    Raises
    ------
    PolicyError
        When the two belong to different scales.

    Examples
    --------
    >>> from visitkit.policy import read_policy
    >>> more_serious(read_policy("crisis-plan-a"), "crisis-a:major", "crisis-a:general")
    True
    """
    if one.partition(":")[0] != other.partition(":")[0]:
        raise PolicyError("policy.levels_differ", one=one, other=other)
    return rank(policy, one) > rank(policy, other)


def watch_allowed(policy: Policy, place: str) -> bool:
    """Tell whether a student in danger may be watched over in a place.

    Examples
    --------
    >>> from visitkit.policy import read_policy
    >>> watch_allowed(read_policy("crisis-plan-a"), "dormitory")
    False
    """
    barred = policy["watch.barred_places"]
    return place not in (barred if isinstance(barred, list) else [])


def parents_told(policy: Policy, states: Collection[str]) -> bool:
    """Tell whether parents must be told of a worry about looks.

    Parameters
    ----------
    states
        Which of the policy's four signs of being well hold now, such as ``mood_stable``. One that
        is not known to hold does not hold.

    Examples
    --------
    >>> from visitkit.policy import read_policy
    >>> rules = read_policy("body-image")
    >>> parents_told(rules, rules["body_image.parents_wait_while"])
    False
    >>> parents_told(rules, ["mood_stable"])
    True
    """
    needed = policy["body_image.parents_wait_while"]
    return not set(states).issuperset(needed if isinstance(needed, list) else [])
