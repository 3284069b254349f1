"""Targets and levels of a crisis from dated facts: rules only, each raises and none lowers."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from visitkit.policy.levels import rank
from visitkit.screen.register.scene import Scene, each

#: Facts after which the leading body is told at once, whatever the level is called: an attempt or
#: a death, or harm under way (crisis plan 003, part 2, IV(1) L111-113 and IV(4)2 L135).
GRAVE = ("suicide_or_attempt", "harm_under_way")

TARGETS = {
    "student_id": "str",
    "target": "str",
    "fact": "str",
    "date": "datetime64[us]",
}

LEVELS = {
    "student_id": "str",
    "level": "str",
    "rule": "str",
    "fact": "str",
    "date": "datetime64[us]",
}


def targets_of(scene: Scene, facts: pd.DataFrame) -> pd.DataFrame:
    """Return the kinds of crisis target a student belongs to, those the policy names.

    Returns
    -------
    pandas.DataFrame
        A row a student and kind: ``student_id``, ``target``, ``fact`` (kind of the earliest row
        behind it) and ``date`` (its day).
    """
    named = facts[facts["target"].isin(scene.codes("crisis.targets"))]
    first = named.sort_values(["student_id", "target", "date", "kind"])
    first = first.drop_duplicates(["student_id", "target"]).assign(fact=lambda rows: rows["kind"])
    return first[list(TARGETS)].astype(TARGETS).reset_index(drop=True)


def key_since(scene: Scene, targets: pd.DataFrame) -> pd.Series[pd.Timestamp]:
    """Return since when each student belongs to several kinds at once: a key target (CP-02)."""
    need = int(scene.number("crisis.key_target_count"))
    rows = targets.sort_values(["student_id", "date"])
    nth = rows[rows.groupby("student_id").cumcount() == need - 1]
    return nth.set_index("student_id")["date"]


def levels_of(scene: Scene, facts: pd.DataFrame, targets: pd.DataFrame) -> pd.DataFrame:
    """Return every level that the facts about a student make, each since the day it was made.

    A student who meets the rules of two levels has two rows: what a lower level asks for stays
    owed when a higher one is reached. Facts of a crisis that has ended (``over``) make no level by
    themselves; together with a new one they count.

    Returns
    -------
    pandas.DataFrame
        Columns as in :data:`LEVELS`, ordered by student and level.
    """
    known: dict[str, dict[str, pd.Timestamp]] = {}
    # Of each fact the first day; where one is new, the first of the new ones.
    for row in each(facts.sort_values(["over", "date"], ascending=False)):
        known.setdefault(row.student_id, {})[row.fact] = row.date
    several = key_since(scene, targets)
    for student, day in several.items():
        known.setdefault(str(student), {})["several_targets"] = day
    rows = [
        row
        for student, new in facts[~facts["over"]].groupby("student_id")
        for row in _levels(scene, str(student), known[str(student)], new)
    ]
    table = pd.DataFrame(rows, columns=list(LEVELS)).astype(LEVELS)
    table = table.sort_values(["student_id", "level", "date", "rule"])
    table = table.drop_duplicates(["student_id", "level"])
    order = table["level"].map(lambda level: rank(scene.policy, level))
    table = table.assign(order=order).sort_values(["student_id", "order"])
    return table[list(LEVELS)].reset_index(drop=True)


def _levels(
    scene: Scene, student: str, dated: dict[str, pd.Timestamp], new: pd.DataFrame
) -> Iterator[tuple[str, str, str, str, pd.Timestamp]]:
    rules = scene.policy.records("crisis.rule")
    known = dict(dated)
    single = [_all(rule)[0] for rule in rules.values() if len(_all(rule)) == 1]
    days = sorted(known[fact] for fact in set(single) & known.keys())
    need = int(scene.number("crisis.key_target_count"))
    if len(days) >= need:
        known["several_targets"] = min(known.get("several_targets", days[need - 1]), days[need - 1])
    if "several_targets" in known:  # so they are since the first of the new ones
        known["several_targets"] = max(known["several_targets"], new["date"].min())
    still = {"several_targets", *new["fact"]}
    for name, rule in rules.items():
        asked = _all(rule)
        if still & set(asked) and known.keys() >= set(asked):
            fact = max(asked, key=lambda one: known[one])
            yield student, str(rule["level"]), name, fact, known[fact]


def _all(rule: dict[str, object]) -> list[str]:
    found = rule["all"]
    return [str(one) for one in found] if isinstance(found, list) else []


def highest(scene: Scene, levels: pd.DataFrame) -> pd.Series[str]:
    """Return the most serious level of each student."""
    order = levels["level"].map(lambda level: rank(scene.policy, level))
    top = levels.assign(order=order).sort_values("order").drop_duplicates("student_id", keep="last")
    return top.set_index("student_id")["level"]
