"""Every rule of the papers has its row: built, held as data, for people, or not yet built."""

from __future__ import annotations

import ast
import csv
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from visitkit.policy import read_policy

ROOT = Path(__file__).parents[2]
STATUSES = {"built", "partly", "by hand", "out of scope", "open"}
#: How many rules each chapter of the requirements has.
CHAPTERS = {
    "VF": 13,
    "VC": 18,
    "CQ": 28,
    "SG": 15,
    "PA": 12,
    "VE": 11,
    "SF": 8,
    "RC": 15,
    "FU": 8,
    "HC": 8,
    "HB": 3,
    "CF": 7,
    "CW": 9,
    "CR": 23,
    "RA": 3,
    "CP": 4,
    "BI": 6,
    "LB": 16,
    "DO": 5,
    "DD": 8,
    "DR": 10,
    "DM": 6,
    "DP": 11,
    "DH": 11,
    "DE": 12,
    "DS": 5,
    "DI": 6,
}


@cache
def rows() -> tuple[dict[str, str], ...]:
    """Read the list of sources."""
    with (ROOT / "docs" / "sources.csv").open(encoding="utf-8", newline="") as handle:
        return tuple(csv.DictReader(handle))


@cache
def names_in(path: str) -> frozenset[str]:
    """Return the names of the tests in a file."""
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


@cache
def proven() -> frozenset[str]:
    """Return the rules whose values are compared with the paper."""
    path = Path(__file__).parent / "source_values.csv"
    with path.open(encoding="utf-8", newline="") as handle:
        return frozenset(row["id"] for row in csv.DictReader(handle))


def test_every_rule_is_there_once() -> None:
    """281 rules, none twice, none forgotten."""
    assert sum(CHAPTERS.values()) == 281
    wanted = [f"{name}-{n:02}" for name, count in CHAPTERS.items() for n in range(1, count + 1)]
    assert Counter(row["id"] for row in rows()) == Counter(wanted)


def test_every_row_is_complete() -> None:
    """A built rule names place and test; one that is not says why."""
    for row in rows():
        assert row["status"] in STATUSES, row
        assert row["status"] == "built" or row["reason"], row
        if row["status"] in {"built", "partly"}:
            assert row["where"], row
            assert row["test"], row


@pytest.mark.parametrize("row", rows(), ids=lambda row: row["id"])
def test_named_places_and_tests_exist(row: dict[str, str]) -> None:
    """Whoever follows a row arrives somewhere."""
    for place in row["where"].split():
        if place.startswith("policy:"):
            _, profile, key = place.split(":", 2)
            policy = read_policy(profile)
            option = key.removeprefix("option.")
            known = key in policy or bool(policy.section(key)) or option in policy.options
            assert known, place
        else:
            assert (ROOT / place).exists(), place
    for test in row["test"].split():
        path, _, name = test.partition("::")
        name, _, case = name.partition("[")
        assert name in names_in(path), test
        assert not case or case.removesuffix("]") in proven(), test
