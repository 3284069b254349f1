"""The part of the table that runs in the browser, run by node: no row is ever lost."""

from __future__ import annotations

import json
import shutil
import subprocess
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

NODE = shutil.which("node")
ROWS = files("visitkit.widgets").joinpath("assets", "table_rows.js")

pytestmark = pytest.mark.skipif(
    NODE is None, reason="node is not installed; the browser tests run the same script"
)

LIST: dict[str, Any] = {
    "columns": {
        "ids": ["S10", "S9", "S2", "S1"],
        "classes": ["702", "701", "801", ""],
        "grades": [7, 7, 8, None],
        "names": ["Wu", "Hu", "<b>Li</b>", "Yu"],
        "alerts": [0, 2, 1, 0],
        "due": ["", "2026-11-02 16:00", "2026-11-01", ""],
    },
    "rank": [3, 1, 4, 2],
    "index": [1250, 4000, 0xFFFF, 1250],
    "tier": [1, 0, 2, 3],
    "column": "rank",
    "falling": False,
}


def run(**task: Any) -> Any:
    """Run a task of ``table_rows.mjs``."""
    script = Path(__file__).with_name("table_rows.mjs")
    done = subprocess.run(
        [str(NODE), str(script), str(ROWS)],
        input=json.dumps(task),
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def ordered(**changes: Any) -> Any:
    """Run the small list with changes."""
    return run(kind="order", **{**LIST, **changes})


def test_no_row_is_lost_in_fifty_thousand() -> None:
    """A hundred random orders, sorts and filters: each row once, and all of them come back."""
    told = run(kind="many", args={"size": 50_000, "rounds": 100, "seed": 7})
    assert told == {"faults": [], "size": 50_000}


@pytest.mark.parametrize(
    ("column", "falling", "order"),
    [
        ("rank", False, [1, 3, 0, 2]),
        ("rank", True, [2, 0, 3, 1]),
        ("ids", False, [3, 2, 1, 0]),  # S2 before S10
        ("ids", True, [0, 1, 2, 3]),
        ("classes", False, [1, 0, 2, 3]),
        ("classes", True, [2, 0, 1, 3]),  # what is missing stays last
        ("grades", False, [1, 0, 2, 3]),  # equal ones by rank
        ("index", True, [1, 3, 0, 2]),
        ("tier", False, [1, 0, 2, 3]),
        ("due", False, [2, 1, 3, 0]),
        ("alerts", True, [1, 2, 3, 0]),
    ],
)
def test_sorting(column: str, falling: bool, order: list[int]) -> None:
    """Numbers in numbers by size, equal ones by rank, missing ones last in both directions."""
    assert ordered(column=column, falling=falling)["order"] == order


@pytest.mark.parametrize(
    ("filters", "kept"),
    [
        ({}, [1, 3, 0, 2]),
        ({"search": "s1"}, [3, 0]),
        ({"search": "WU 702"}, [0]),
        ({"search": "<b>"}, [2]),
        ({"search": "nobody"}, []),
        ({"grade": "7"}, [1, 0]),
        ({"class": "801"}, [2]),
        ({"tiers": [0, 2]}, [1, 2]),
        ({"chosen": [0, 3]}, [3, 0]),
        ({"chosen": []}, []),
        ({"grade": "7", "tiers": [1]}, [0]),
    ],
)
def test_filters(filters: dict[str, Any], kept: list[int]) -> None:
    """All filters at once; no filter keeps everybody."""
    assert ordered(filters=filters)["kept"] == kept


def test_whom_a_person_raised_is_found_under_both_tiers() -> None:
    """A tier set by a person adds to where a student is found and takes nothing away."""
    assert ordered(filters={"tiers": [0]}, human={"S1": 0})["kept"] == [1, 3]
    assert ordered(filters={"tiers": [3]}, human={"S1": 0})["kept"] == [3]


def test_values_for_the_pull_downs() -> None:
    """Grades and classes in order; classes of the grade that is chosen only."""
    told = ordered(filters={"grade": "7"})
    assert told["grades"] == [7, 8]
    assert told["classes"] == ["701", "702"]


@pytest.mark.parametrize(
    "broken", [{"rank": [1, 1, 2, 3]}, {"rank": [1, 2, 3]}, {"tier": [0]}, {"rank": [0, 1, 2, 3]}]
)
def test_an_order_that_is_not_whole_is_refused(broken: dict[str, Any]) -> None:
    """A half order would lose a student; the list stays as it was."""
    told = ordered(**broken)
    assert told["taken"] is False
    assert sorted(told["order"]) == [0, 1, 2, 3]


def test_keys() -> None:
    """Arrows, pages and ends stay on the list; other keys do not move."""
    steps = [("ArrowDown", 0, 1), ("ArrowUp", 0, 0), ("PageDown", 3, 9), ("End", 2, 9)]
    steps += [("Home", 7, 0), ("PageUp", 9, 1), ("ArrowDown", 9, 9), ("ArrowDown", -1, 0)]
    for key, place, to in steps:
        assert run(kind="move", args=[key, place, 10, 8]) == to
    assert run(kind="move", args=["x", 0, 10, 8]) is None
    assert run(kind="move", args=["ArrowDown", -1, 0, 8]) is None


def test_choosing() -> None:
    """Space turns one over; a run with Shift adds all between."""
    shown = [7, 5, 3, 1]
    assert run(kind="choose", args=[[5], shown, 1, None]) == []
    assert run(kind="choose", args=[[], shown, 2, None]) == [3]
    assert run(kind="choose", args=[[7], shown, 3, 1]) == [1, 3, 5, 7]
