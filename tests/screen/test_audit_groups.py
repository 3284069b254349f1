"""Audit by group: counted by hand, small groups out of sight, chance told from difference."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression

from visitkit.errors import ScreenError
from visitkit.screen.audit.drift import drift, psi, when_to_refit
from visitkit.screen.audit.dropping import Judged, cost_of_dropping
from visitkit.screen.audit.subgroups import FIGURES, Wanted, subgroups
from visitkit.screen.validate import OutOfFold


def found_of(truth: np.ndarray, score: np.ndarray) -> OutOfFold:
    """Return scores as if they had been held out."""
    ids = [f"S{n:04d}" for n in range(len(truth))]
    rows = {"student_id": ids, "repeat": 0, "fold": 0, "outcome": truth, "score": score}
    return OutOfFold(pd.DataFrame(rows), True, "fresh")


def members_of(found: OutOfFold, groups: list[str]) -> pd.Series:
    """Return one attribute by student."""
    return pd.Series(groups, index=found.first.index, name="sex", dtype=object)


def test_shares_by_hand() -> None:
    """Forty a group, list of 40: girls 10 listed, all with the outcome, boys 30 of whom 15."""
    truth = np.array([1] * 20 + [0] * 20 + [1] * 15 + [0] * 25)
    score = np.zeros(80)
    score[:10] = 0.9
    score[40:70] = 0.8
    found = found_of(truth, score)
    made = subgroups(found, members_of(found, ["f"] * 40 + ["m"] * 40), Wanted(40, resamples=50))
    table = made.table.set_index("group")
    assert table.loc["f", list(FIGURES[:4])].to_list() == [0.25, 0.5, 0.0, 0.0]
    assert table.loc["m", list(FIGURES[:4])].to_list() == [0.75, 1.0, 0.6, 0.5]
    # mean promised less found share: .225 - .5 and .6 - .375
    assert table["calibration"].to_list() == pytest.approx([-0.275, 0.225], abs=1e-12)
    gaps = made.gaps.set_index("figure")
    assert gaps.loc["tpr", ["most", "least", "gap"]].to_list() == ["m", "f", 0.5]
    assert not gaps.loc["fpr", "noise"]


def test_small_groups_are_held_back_and_cannot_be_worked_out() -> None:
    """Four in one group: held back, and the next smallest with it; no figure leaks."""
    rng = np.random.default_rng(0)
    found = found_of(np.tile([0, 1], 52), rng.random(104))
    groups = ["a"] * 60 + ["b"] * 40 + ["c"] * 4
    table = subgroups(found, members_of(found, groups), Wanted(20, resamples=5)).table
    table = table.set_index("group")
    assert table["told"].to_dict() == {"a": True, "b": False, "c": False}
    hidden = table.loc[["b", "c"]].drop(columns=["attribute", "told"])
    assert hidden.isna().all(axis=None)


def test_two_of_one_are_not_hidden_by_each_other() -> None:
    """One and one, held back together, could only be one and one: the next is held back too."""
    rng = np.random.default_rng(0)
    found = found_of(np.tile([0, 1], 51), rng.random(102))
    groups = ["a"] * 60 + ["b"] * 40 + ["c", "d"]
    table = subgroups(found, members_of(found, groups), Wanted(20, resamples=5)).table
    assert dict(zip(table["group"], table["told"], strict=True)) == {
        "a": True, "b": False, "c": False, "d": False,
    }  # fmt: skip


def test_the_number_behind_a_share_cannot_be_worked_out() -> None:
    """Of three groups one has four with the outcome: another's share found is held back as well."""
    truth = np.array([1] * 4 + [0] * 36 + [1] * 20 + [0] * 20 + [1] * 15 + [0] * 25)
    found = found_of(truth, np.random.default_rng(1).random(120))
    groups = ["f"] * 40 + ["m"] * 40 + ["x"] * 40
    table = subgroups(found, members_of(found, groups), Wanted(60, resamples=5)).table
    table = table.set_index("group")
    assert table["tpr"].isna().to_dict() == {"f": True, "m": False, "x": True}
    assert table["told"].all()


def test_a_share_needs_its_own_number() -> None:
    """Forty students of whom four have the outcome: share found is not told, share listed is."""
    truth = np.array([1] * 4 + [0] * 36 + [1] * 20 + [0] * 20)
    found = found_of(truth, np.random.default_rng(1).random(80))
    table = subgroups(
        found, members_of(found, ["f"] * 40 + ["m"] * 40), Wanted(40, resamples=5)
    ).table.set_index("group")
    assert np.isnan(table.loc["f", "tpr"])
    assert not np.isnan(table.loc["f", "selection"])
    # all with the outcome are told: twenty of twenty-four would say that the others are four
    assert np.isnan(table.loc["m", "tpr"])


def test_the_floor_holds() -> None:
    """Cells of fewer than five are not to be had."""
    found = found_of(np.tile([0, 1], 10), np.arange(20.0) / 20)
    with pytest.raises(ScreenError):
        subgroups(found, members_of(found, ["f", "m"] * 10), Wanted(5, least=4))
    with pytest.raises(ScreenError):
        subgroups(found, members_of(found, ["f", "m"] * 10), Wanted(21))


def test_unknown_groups_are_a_group() -> None:
    """Who has no entry is seen as such, not dropped."""
    found = found_of(np.tile([0, 1], 30), np.random.default_rng(0).random(60))
    some = members_of(found, ["f"] * 60).iloc[:40]
    table = subgroups(found, some, Wanted(10, resamples=5)).table
    assert dict(zip(table["group"], table["n"], strict=True)) == {"": 20, "f": 40}


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 59))
def test_groups_add_up_to_the_list(seed: int, capacity: int) -> None:
    """However scores tie, the listed of all groups are as many as there are places."""
    rng = np.random.default_rng(seed)
    found = found_of(np.tile([0, 1], 30), rng.integers(0, 3, 60) / 3)
    groups = members_of(found, ["f"] * 30 + ["m"] * 30)
    table = subgroups(found, groups, Wanted(capacity, resamples=1)).table
    listed = (table["selection"] * table["n"].astype(float)).sum()
    # shares times numbers: rounding only
    assert listed == pytest.approx(capacity, abs=1e-9)
    mixed = groups.iloc[rng.permutation(60)]
    again = subgroups(found, mixed, Wanted(capacity, resamples=1)).table
    pd.testing.assert_frame_equal(table, again)


def test_a_gap_of_chance_is_called_chance() -> None:
    """Groups dealt out at random differ by more than chance in about one of twenty draws."""
    rng = np.random.default_rng(4)
    apart = 0
    for _ in range(30):
        truth = (rng.random(200) < 0.3).astype(int)
        found = found_of(truth, truth + rng.normal(size=200))
        groups = members_of(found, list(rng.choice(["f", "m"], 200)))
        gaps = subgroups(found, groups, Wanted(60, resamples=60)).gaps.set_index("figure")
        apart += not gaps.loc["tpr", "noise"]
    # the larger group is taken first, so 2.5 % a side are 5 % together: binomial sd 1.2
    assert apart <= 6


def test_dropping_what_tells_costs_and_what_does_not_is_free() -> None:
    """The telling figure costs; the sex, which only shifts, is free and closes the gap."""
    rng = np.random.default_rng(0)
    ids = pd.Index([f"S{n:04d}" for n in range(600)], name="student_id")
    X = pd.DataFrame({"absent": rng.normal(size=600), "male": np.tile([0.0, 1.0], 300)}, index=ids)
    y = (2 * X["absent"] + 0.3 * X["male"] + rng.logistic(size=600) > 1.5).astype(int)
    sex = X["male"].map({0.0: "female", 1.0: "male"}).rename("sex")
    wanted = Wanted(150, resamples=40)
    free = cost_of_dropping(LogisticRegression(), Judged(X, y), ["male"], sex, wanted)
    costly = cost_of_dropping(LogisticRegression(), Judged(X, y), ["absent"], sex, wanted)
    assert costly.cost.verdict == "first"
    assert costly.cost.students.value > 0.2
    assert abs(free.cost.students.value) < 0.03
    assert {"gap", "noise"} <= set(free.found_with.columns)
    with pytest.raises(ScreenError):
        cost_of_dropping(LogisticRegression(), Judged(X, y), ["height"], sex, wanted)
    with pytest.raises(ScreenError):
        cost_of_dropping(LogisticRegression(), Judged(X, y), ["male", "absent"], sex, wanted)


def test_stability_index_by_hand() -> None:
    """Halves become a fifth and four fifths: .3 ln .4 to the plus side and .3 ln 1.6."""
    value = psi([0] * 50 + [1] * 50, [0] * 20 + [1] * 80)
    assert value == pytest.approx(0.3 * (np.log(1 / 0.4) + np.log(1.6)), abs=1e-12)


def test_drift_tells_shift_gaps_and_chance() -> None:
    """Same draw: steady; moved by one sd: large; half gone: coverage; nine known: cannot."""
    rng = np.random.default_rng(0)
    before = pd.DataFrame({name: rng.normal(size=500) for name in "abcde"})
    now = pd.DataFrame({name: rng.normal(size=500) for name in "abcde"})
    now["b"] += 1
    now.loc[rng.random(500) < 0.5, "c"] = np.nan
    now.loc[9:, "d"] = np.nan
    now["e"] += 0.3
    found = drift(before, now).set_index("column")
    assert found["verdict"].to_dict() == {
        "a": "steady",
        "b": "large",
        "c": "steady",
        "d": "cannot",
        "e": "some",
    }
    assert found["coverage_drift"].to_dict() == dict(
        zip("abcde", [False, False, True, True, False], strict=True)
    )
    # nine classes' worth of chi-square over 250: .036, its sd .017
    assert found.loc["a", "by_chance"] == pytest.approx(0.036, abs=1e-12)
    assert found.loc["a", "psi"] < 0.1


def test_when_to_refit() -> None:
    """The score itself moved: yes; one figure of nine: look; nothing: no."""
    columns = ["risk_index", *"abcdefgh"]
    calm = pd.DataFrame({"column": columns, "verdict": "steady", "coverage_drift": False})
    assert when_to_refit(calm).needed == "no"
    one = calm.assign(verdict=["steady", "large", *["steady"] * 7])
    assert when_to_refit(one).needed == "look"
    score = calm.assign(verdict=["large", *["steady"] * 8])
    assert when_to_refit(score).needed == "yes"
    gone = calm.assign(coverage_drift=[False] * 8 + [True])
    assert when_to_refit(gone).coverage == ("h",)
    with pytest.raises(ScreenError):
        drift(pd.DataFrame({"a": [1.0]}), pd.DataFrame({"b": [1.0]}))
