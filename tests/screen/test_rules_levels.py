"""The levels of the paper on dropout, from screening to the casebook (DR-02 to DR-04)."""

from __future__ import annotations

import datetime as dt

import pytest

from visitkit.policy import read_policy
from visitkit.record.cases import from_caseload

RULES = read_policy("dropout-data-driven")
AT = dt.datetime(2026, 11, 2, 8, tzinfo=dt.UTC)


def level(tier: str, index: float = 50.0) -> str | None:
    """Return the level that a place in the queue stands for."""
    row = {"student_id": "S1", "tier": tier, "risk_index": index, "coverage": 0.8}
    entry = from_caseload(row, RULES, AT, 1)
    return None if entry is None else str(entry.facts["computed_tier"])


@pytest.mark.parametrize(
    ("tier", "name"), [("routine", "low"), ("watch", "medium"), ("priority", "high")]
)
def test_each_tier_is_a_level_of_the_paper(tier: str, name: str) -> None:
    """DR-02, DR-03, DR-04: three levels, the lowest first, under the scheme of the policy."""
    levels = [str(one) for one in RULES["tier.levels"]]
    found = level(tier)
    assert found in levels
    assert found.partition(":")[2] == name
    assert [one.partition(":")[2] for one in levels] == ["low", "medium", "high"]


def test_the_level_does_not_hang_on_the_index() -> None:
    """DR-04: a student put first by an alert is high, however low the index is."""
    assert level("priority", 3.0) == level("priority", 90.0)


def test_too_little_known_is_no_level() -> None:
    """Nobody is called low because nothing is known."""
    assert level("unknown") is None
