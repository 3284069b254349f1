"""No small number can be worked out from what is shown, by whoever adds and subtracts."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visitkit.errors import VisitkitError
from visitkit.outgoing import FLOOR, LEAST, cross, without_small_cells
from visitkit.outgoing.crossed import ALL
from visitkit.outgoing.small_cells import SPREAD


def test_two_single_students_are_not_hidden_together() -> None:
    """12 in all, 10 shown: the two hidden can only be 1 and 1. So the ten are hidden too."""
    rows = pd.DataFrame({"tier": ["a", "b", "c"], "students": [10, 1, 1]})
    assert without_small_cells(rows, "students", [])["hidden"].tolist() == [True, True, True]
    rows["students"] = [40, 12, 3]
    assert without_small_cells(rows, "students", [])["hidden"].tolist() == [False, True, True]
    rows["students"] = [40, 12, 0]
    assert not without_small_cells(rows, "students", [])["hidden"].any()  # nobody is no secret


def test_the_floor() -> None:
    rows = pd.DataFrame({"students": [40, 3]})
    with pytest.raises(VisitkitError) as caught:
        without_small_cells(rows, "students", [], least=FLOOR - 1)
    assert caught.value.key == "outgoing.too_small"
    with pytest.raises(VisitkitError):
        cross(pd.DataFrame({"student_id": [1], "x": [1]}), ["x"], least=FLOOR - 1)


COUNTS = st.lists(st.integers(0, 30), min_size=1, max_size=8)


@given(COUNTS, st.integers(FLOOR, 15))
def test_one_total(counts: list[int], least: int) -> None:
    """Whoever knows the total: by trying all ways to fill it, hidden numbers stay open."""
    table = pd.DataFrame({"cell": range(len(counts)), "students": counts})
    found = without_small_cells(table, "students", [], least=least)
    hidden = found["hidden"].to_numpy()
    shown = np.array(counts)[~hidden]
    assert (shown[shown > 0] >= least).all()
    mine = np.array(counts)[hidden]
    if len(mine) and len(shown[shown > 0]):
        left = mine.sum()
        values = range(1, left - (len(mine) - 1) + 1)
        assert len(values) >= SPREAD
        assert set(mine) <= set(values)


def values_left(cells: dict[tuple[str, str], int], known: pd.DataFrame) -> dict[object, set[int]]:
    """Return the values each cell may have in any table that fits what is shown, by trying all."""
    open_ = [one for one in cells if known.loc[one, "hidden"]]
    numbers = np.arange(1, sum(cells.values()) + 1, dtype=np.int16)
    grid = np.meshgrid(*[numbers] * len(open_)) if open_ else []
    tried = {one: np.full(grid[0].size if open_ else 1, cells[one]) for one in cells}
    tried |= {one: each.ravel() for one, each in zip(open_, grid, strict=True)}
    fits = np.ones(len(next(iter(tried.values()))), dtype=bool)
    for place, row in known[~known["hidden"]].iterrows():
        inside = [
            each for (a, b), each in tried.items() if place[0] in (a, ALL) and place[1] in (b, ALL)
        ]
        fits &= np.sum(inside, axis=0) == row["people"]
    return {one: set(each[fits].tolist()) for one, each in tried.items()}


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(0, 8), min_size=4, max_size=4))
def test_two_by_two_with_all_totals(numbers: list[int]) -> None:
    """Against trying every table that fits: each small number could be one of five or more."""
    cells = {
        place: number for place, number in zip(product("ab", "xy"), numbers, strict=True) if number
    }
    rows = [place for place, number in cells.items() for _ in range(number)]
    if not rows:
        return
    table = pd.DataFrame(rows, columns=["one", "two"]).assign(student_id=range(len(rows)))
    found = cross(table, ["one", "two"], least=FLOOR).table
    known = found.set_index(["one", "two"])
    left = values_left(cells, known)
    for place, number in cells.items():
        assert number in left[place]
        if number < FLOOR:
            assert known.loc[place, "hidden"]
            # Where all is hidden there is nothing to reckon with.
            assert len(left[place]) >= SPREAD or known["hidden"].all()


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 3))
def test_small_numbers_are_never_shown(seed: int, columns: int) -> None:
    """Neither in a cell nor in a total; what is shown is true."""
    rng = np.random.default_rng(seed)
    rows = int(rng.integers(1, 200))
    names = ["a", "b", "c"][:columns]
    table = pd.DataFrame({name: rng.choice(list("xyz"), rows, p=[0.7, 0.2, 0.1]) for name in names})
    table["student_id"] = range(rows)
    found = cross(table, names)
    shown = found.table[~found.table["hidden"]]
    assert (shown["people"] >= LEAST).all()
    assert found.table.loc[found.table["hidden"], "people"].isna().all()
    for _, row in shown.iterrows():
        mine = table
        for name in names:
            mine = mine if row[name] == ALL else mine[mine[name] == row[name]]
        assert len(mine) == row["people"]


def test_people_in_several_places_have_no_totals() -> None:
    """A student in two groups would make the totals disagree with the sum."""
    rows = pd.DataFrame({"student_id": [1, 1, *range(2, 30)], "group": ["a", "b"] + ["a"] * 28})
    found = cross(rows, ["group"]).table
    assert ALL not in set(found["group"])
    assert found.loc[found["group"] == "a", "people"].tolist() == [29]
    assert found.loc[found["group"] == "b", "hidden"].tolist() == [True]


def test_the_order_of_rows_changes_nothing() -> None:
    rng = np.random.default_rng(5)
    rows = pd.DataFrame({"student_id": range(90), "a": rng.choice(list("xy"), 90)})
    rows["b"] = rng.choice(list("pqr"), 90, p=[0.8, 0.15, 0.05])
    pd.testing.assert_frame_equal(
        cross(rows, ["a", "b"]).table, cross(rows.sample(frac=1, random_state=1), ["a", "b"]).table
    )
