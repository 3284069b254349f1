"""Counts of a study as they may leave the room: nobody can put them together and find a few."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from importlib.resources import files
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from visitkit.review import Study
from visitkit.review.shown_counts import _NOT_STUDENTS, Shown, safe_sentence
from visitkit.review.study.told import told_checks, told_frame, told_table
from visitkit.review.study.words import few_lost, lost_words, seen_words
from visitkit.sample import made_study
from visitkit.sample.designs import EFFECTS
from visitkit.screen.assignment import Basis, freeze_assignment

SIDES = ("treated", "control")


def rows_of(treated: int, control: int, seed: int = 1) -> pd.DataFrame:
    """Return a lottery of so many, two outcomes, nobody lost."""
    rng, count = np.random.default_rng(seed), treated + control
    on = (np.arange(count) < treated).astype(int)
    y = rng.normal(10, 3, (count, 2)) - on[:, None]
    return pd.DataFrame({"id": np.arange(count), "on": on, "a": y[:, 0], "b": y[:, 1]})


def study(rows: pd.DataFrame, **more: Any) -> Study:
    return Study(rows, ["a", "b"], "randomised", unit="id", treat="on", **more)


def lose(rows: pd.DataFrame, lost: dict[tuple[str, int], int]) -> pd.DataFrame:
    """Take outcomes away from the first students of a side."""
    rows = rows.copy()
    for (name, side), number in lost.items():
        rows.loc[rows[rows["on"] == side].index[:number], name] = np.nan
    return rows


def told(one: Study) -> dict[tuple[str, ...], int]:
    """Return the numbers that are told as they are."""
    return {name: n.number for name, n in one.shown().counts.items() if n.number is not None}


def ways(one: Study, wanted: dict[tuple[int, ...], int]) -> tuple[int, int]:
    """Return the least and the most a group may be for whoever knows all that is told.

    Unknown are the students of each side (and of the crises, side 2) by who was measured on which
    outcome: whole numbers, 0 or more. This is not how the numbers were hidden.
    """
    groups = [*product((1, 0), (0, 1), (0, 1)), (2, 0, 0)]
    place = {"a": 1, "b": 2}

    def member(name: tuple[str, ...], group: tuple[int, ...]) -> bool:
        if name[0] in {"assessed", "crisis"}:
            return name[0] == "assessed" or group[0] == 2
        if group[0] != SIDES.index(name[1]) ^ 1:
            return False
        if name[0] == "received":
            return name[1] == "treated"
        return name[0] == "assigned" or group[place[name[2]]] == 1

    known = told(one)
    rows = np.array([[member(name, group) for group in groups] for name in known], dtype=float)
    counts = np.array(list(known.values()), dtype=float)
    aim = np.array([wanted.get(group, 0) for group in groups], dtype=float)
    ends = []
    for sign in (1, -1):
        found = milp(
            sign * aim,
            constraints=LinearConstraint(rows, counts, counts),
            bounds=Bounds(0, 10_000),
            integrality=np.ones(len(groups)),
        )
        ends.append(round(sign * found.fun))
    return ends[0], ends[1]


@settings(max_examples=25)
@given(
    st.tuples(st.integers(14, 40), st.integers(14, 40)),
    st.dictionaries(st.tuples(st.sampled_from("ab"), st.integers(0, 1)), st.integers(0, 8)),
    st.integers(0, 7),
)
# four lost on one outcome, two of them on the other as well: neither part is four, their sum is
@example((40, 40), {("a", 1): 4, ("b", 1): 2}, 0)
@example((40, 40), {("a", 1): 12, ("b", 1): 10, ("a", 0): 3}, 3)
def test_no_small_group_can_be_worked_out(
    sizes: tuple[int, int], lost: dict[tuple[str, int], int], crisis: int
) -> None:
    """Lost on an outcome, on one and not the other, in a crisis: one to four are five or more."""
    rows = lose(rows_of(*sizes), lost)
    ill = rows_of(crisis, 0).assign(id=lambda t: t["id"] + 1000)
    both = pd.concat([rows.assign(ill=0), ill.assign(ill=1)], ignore_index=True)
    one = study(both, crisis="ill")
    groups: list[dict[tuple[int, ...], int]] = [{(2, 0, 0): 1}]
    for side in (0, 1):
        groups += [{(side, 0, 0): 1, (side, 0, 1): 1}, {(side, 0, 0): 1, (side, 1, 0): 1}]
        groups += [{(side, 0, 1): 1}, {(side, 1, 0): 1}, {(side, 0, 0): 1}]
    measured = both[["a", "b"]].notna().astype(int)
    own = [
        (2, 0, 0) if ill else (on, a, b)
        for ill, on, a, b in zip(both["ill"], both["on"], measured["a"], measured["b"], strict=True)
    ]
    for group in groups:
        count = sum(one in group for one in own)
        if 0 < count < 5:
            low, high = ways(one, group)
            assert high - low + 1 >= 5, (group, count, told(one))


@pytest.mark.parametrize("lost", [1, 2, 3, 4])
def test_one_to_four_lost_look_the_same(lost: int) -> None:
    """A hundred assigned, so many lost: what is said of the numbers is the same each time."""
    one = study(lose(rows_of(100, 98), {("a", 1): lost}), baseline=())
    words = one.flow("a").words("en")
    assert words["treated"] == {
        "assigned": "100",
        "received": "100",
        "measured": "about 100",
        "analysed": "about 100",
    }
    assert set(words["control"].values()) == {"98", "0"}
    assert words["all"]["assessed"] == "198"
    said = one.text("en")
    assert "about 100 treated and 98 others" in said
    assert "Some rows" in said or "Under 5 rows" in said
    assert few_lost(one, "a")
    assert "%" not in lost_words(one, "a", "en")
    assert "standard deviations" not in seen_words(
        told_table(one.estimate(), one.shown()).row("a"), "en"
    )
    assert not few_lost(one, "b")
    table, exact = told_frame(one.estimate(), one.shown()), one.estimate().frame()
    assert table["hidden"].tolist() == [True, False]
    assert table.loc[["a"], ["n_treated", "df", "se", "mdes_sd"]].isna().all(axis=None)
    assert table["n_control"].tolist() == [98, 98]
    for name in ("b", "low", "high"):
        assert table[name].tolist() == pytest.approx(exact[name].tolist(), rel=5e-3)  # three digits


def test_no_sum_gives_the_few_away() -> None:
    """Three of one side and twelve of the other are lost: fifteen less twelve would be three."""
    one = study(lose(rows_of(100, 98), {("a", 1): 3, ("a", 0): 12}), baseline=())
    assert one.flow("a").words("en")["control"]["measured"] == "86"
    said = one.text("en")
    assert "Some rows with a missing value were left out." in said
    assert not re.search(r"(?<![\d.])15(?![\d.])", said)


def test_two_outcomes_are_looked_at_together() -> None:
    """Ten lost on one and twelve on the other of the same side: the two between are nobody's."""
    one = study(lose(rows_of(60, 60), {("a", 1): 10, ("b", 1): 12}), baseline=())
    known = told(one)
    measured = [known.get(("measured", "treated", name)) for name in "ab"]
    assert None in measured
    alone = study(lose(rows_of(60, 60), {("a", 1): 10, ("b", 1): 20}), baseline=())
    assert alone.shown().exact


def test_crises_are_not_found_by_subtraction() -> None:
    """Three in a crisis: neither their number nor all who were assessed, which would tell it."""
    rows = pd.concat([rows_of(50, 50), rows_of(3, 0).assign(id=[997, 998, 999])])
    one = study(rows.assign(ill=rows["id"].ge(997).astype(int)), crisis="ill")
    assert one.flow().words("en")["all"]["assessed"] == "about 100"
    assert "Under 5 rows of students in a crisis" in " ".join(one.design().sentences("en"))
    assert "103" not in one.text("en")
    many = pd.concat([rows_of(50, 50), rows_of(7, 0).assign(id=range(990, 997))])
    told_ = study(many.assign(ill=many["id"].ge(990).astype(int)), crisis="ill")
    assert told_.flow().words("en")["all"]["assessed"] == "107"


def test_few_overrides_are_not_told() -> None:
    """Three visited against the flag, out of two hundred: no number from which they follow."""
    made = made_study("threshold", seed=1)
    rows = made.table.drop(columns="lessons_missed").dropna()
    record = freeze_assignment(
        rows.set_index("student_id")["score"], Basis("a", dt.date(2026, 9, 7)), cutoff=60
    )
    against = rows[rows["score"] < 60].index[:3]
    rows.loc[against, "visited"] = 1
    one = Study(
        rows,
        "worry",
        "threshold",
        unit="student_id",
        treat="visited",
        record=record,
        first_visit=dt.date(2026, 9, 28),
    )
    words = one.flow().words("en")
    assert words["control"]["received"] == "under 5"
    assert words["control"]["assigned"].isdigit()


@pytest.mark.parametrize("assign", EFFECTS)
def test_what_is_told_is_true(assign: str, study_of: Any) -> None:
    """Numbers told are the numbers of the flow; nothing is hidden where nothing is small."""
    one = study_of(assign)
    table, exact = told_frame(one.estimate(), one.shown()), one.estimate().frame()
    for row in one.estimate().rows:
        name, steps = row.found.outcome, one.flow(row.found.outcome)
        for side, step in product(SIDES, ("assigned", "received", "measured", "analysed")):
            number = one.shown().told(step, side, name).number
            assert number in {None, getattr(steps, side)[step]}
        if not table.loc[name, "hidden"]:
            pd.testing.assert_series_equal(table.loc[name, exact.columns], exact.loc[name])
    assert list(table.columns) == [*exact.columns, "hidden"]


def test_few_yes_have_no_index() -> None:
    """Four of sixty say yes: the Cox index is made of the counts, and goes as the means do."""
    rows = rows_of(60, 60).assign(a=lambda t: t.index.to_numpy() % 60 < 4 + 20 * (1 - t["on"]))
    rows["a"] = rows["a"].astype(int)
    one = Study(rows, "a", "randomised", unit="id", treat="on", baseline="b")
    size = one.estimate().row("a").found.size
    assert size is not None
    assert size.kind == "cox_index"
    assert "Cox index" not in one.text("en")
    table = told_frame(one.estimate(), one.shown())
    assert table[["g", "g_low", "improvement", "mean_treated", "mdes_sd"]].isna().all(axis=None)
    assert table["b"].tolist() == one.estimate().frame()["b"].tolist()


def test_a_hidden_number_does_not_follow_from_a_check() -> None:
    """The strength of a hidden reason is t over the root of df: told in full it would tell df."""
    rows = lose(rows_of(20, 22), {("a", 1): 3})
    one = Study(rows, "a", "randomised", unit="id", treat="on", baseline="b")
    exact = {check.kind: check for check in one.sensitivity()}["robustness"]
    told_ = {check.kind: check for check in told_checks(one.sensitivity(), one.shown())}
    for name, value in told_["robustness"].figures:
        assert value == float(f"{exact.figure(name):.2g}")
    assert told_["robustness"].told.sentence("en") in one.text("en")
    whole = Study(rows_of(20, 22), "a", "randomised", unit="id", treat="on", baseline="b")
    assert tuple(told_checks(whole.sensitivity(), whole.shown())) == whole.sensitivity()


def test_refusals_tell_of_nobody() -> None:
    """An outcome with three treated measured has no figure, and no three."""
    one = study(lose(rows_of(30, 30), {("b", 1): 27}), baseline=())
    assert [why.outcome for why in one.estimate().refused] == ["b"]
    assert "under 5 treated" in one.text("en")
    assert "3 treated" not in one.text("en")


def test_sentences_that_count_something_else_are_there() -> None:
    """Classes, periods and scores are nobody: their numbers stay, under keys that exist."""
    for key in _NOT_STUDENTS:
        room, *names = key.split(".")
        node: Any = tomllib.loads(
            (files("visitkit.text") / "en" / f"{room}.toml").read_text(encoding="utf-8")
        )
        for name in names:
            node = node[name]
        assert isinstance(node, str)
    assert safe_sentence("review_designs.one_cluster", {"number": 3, "least": 4}, "en").startswith(
        "There are 3 clusters"
    )
    assert isinstance(Shown({}, True), Shown)
