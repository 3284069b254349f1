"""Each value of a shipped policy is what its paper says, row by row of the requirements."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from pathlib import Path

import pytest

from visitkit.policy import read_policy

ROWS: dict[str, list[dict[str, str]]] = defaultdict(list)
with (Path(__file__).parent / "source_values.csv").open(encoding="utf-8", newline="") as handle:
    for row in csv.DictReader(handle):
        ROWS[row["id"]].append(row)


@pytest.mark.parametrize("requirement", ROWS)
def test_value_is_what_the_source_says(requirement: str) -> None:
    """The profile holds the value and the source that were copied from the paper."""
    for expected in ROWS[requirement]:
        policy = read_policy(expected["profile"])
        key = expected["key"]
        if key.startswith("option."):
            _, option, key = key.split(".", 2)
            policy = policy.with_option(option)
        where = (expected["profile"], key)
        assert (*where, policy[key]) == (*where, json.loads(expected["value"]))
        assert (*where, policy.source(key)) == (*where, expected["source"])
