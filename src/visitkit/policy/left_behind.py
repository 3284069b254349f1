"""Who counts as left behind: a definition with a name, because papers draw the line differently."""

from __future__ import annotations

from dataclasses import dataclass

from visitkit.policy.policy import Policy


@dataclass(frozen=True, slots=True)
class Household:
    """What is known of a child's household; ``None`` means unknown.

    Parameters
    ----------
    age
        Years completed.
    hukou
        ``rural`` or ``urban``.
    parents_away
        Parents who work away, 0 to 2.
    other_parent_able
        Whether the parent at home can look after the child.
    single_parent
        A one-parent family.
    """

    age: int | None = None
    hukou: str | None = None
    parents_away: int | None = None
    other_parent_able: bool | None = None
    single_parent: bool | None = None


def is_left_behind(policy: Policy, home: Household) -> bool | None:
    """Tell whether a child is left behind under the policy's definition.

    Returns
    -------
    bool or None
        ``None`` when something needed is unknown: ask, never assume.

    Examples
    --------
    >>> from visitkit.policy import read_policy
    >>> rules = read_policy("left-behind-care")
    >>> is_left_behind(rules, Household(12, "rural", 2))
    True
    >>> is_left_behind(rules, Household(16, "rural", 2))
    False
    >>> is_left_behind(rules, Household(12, "rural", None)) is None
    True
    """
    wanted = policy["left_behind.hukou"]
    away = _all_of(
        (
            None if home.age is None else home.age < int(str(policy["left_behind.age_below"])),
            None if home.hukou is None else isinstance(wanted, list) and home.hukou in wanted,
            _without_parents(policy, home),
        )
    )
    if away is True or not policy["left_behind.includes_single_parent"]:
        return away
    return True if home.single_parent else away if home.single_parent is False else None


def _without_parents(policy: Policy, home: Household) -> bool | None:
    if home.parents_away is None:
        return None
    if home.parents_away >= 2:
        return bool(policy["left_behind.both_away"])
    if home.parents_away == 1 and policy["left_behind.one_away_other_unable"]:
        return None if home.other_parent_able is None else not home.other_parent_able
    return False


def _all_of(parts: tuple[bool | None, ...]) -> bool | None:
    """Return False when any part is false, unknown when any is unknown, else True."""
    if any(part is False for part in parts):
        return False
    return None if any(part is None for part in parts) else True
