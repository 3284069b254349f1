"""The parts of the learned models against cases worked by hand and by other routes."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression

from visitkit.screen.index import RiskIndex
from visitkit.screen.learn import CalibratedLogistic, Hybrid, IntegerCard
from visitkit.screen.learn.filled import Filled
from visitkit.screen.learn.points_fit import choose
from visitkit.screen.learn.ridge import averaged, choose_penalty, fit_ridge, platt, stacked
from visitkit.screen.learn.stumps import make_stumps
from visitkit.screen.learn.trees import Tree, attribute

FREE = np.array([-np.inf, np.inf])


def made(number: int = 400, columns: int = 3, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Made-up columns and outcomes."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(number, columns))
    y = (rng.random(number) < 1 / (1 + np.exp(-(X[:, 0] - 0.5 * X[:, 1] - 1)))).astype(float)
    return X, y


def test_ridge_is_the_library_s() -> None:
    """Without bounds the weights are those of scikit-learn's ridge regression."""
    X, y = made()
    ours = fit_ridge(X, y, np.full(3, 2.0), np.tile(FREE, (3, 1)))
    theirs = LogisticRegression(C=0.5, tol=1e-10, max_iter=1000).fit(X, y)
    # both solve the same convex problem; lbfgs stops a little before the end
    np.testing.assert_allclose(ours.slopes, theirs.coef_[0], atol=1e-5)
    assert ours.intercept == pytest.approx(theirs.intercept_[0], abs=1e-5)


def test_a_bound_holds_and_the_rest_adapts() -> None:
    """A weight at its bound leaves the others where they would be without that column."""
    X, y = made()
    bounds = np.tile(FREE, (3, 1))
    bounds[1] = (0.0, np.inf)
    ours = fit_ridge(X, y, np.full(3, 1.0), bounds)
    without = fit_ridge(X[:, [0, 2]], y, np.full(2, 1.0), np.tile(FREE, (2, 1)))
    assert ours.slopes[1] == 0
    np.testing.assert_allclose(ours.slopes[[0, 2]], without.slopes, atol=1e-6)


def test_the_strength_follows_the_signal() -> None:
    """Pure noise is held down hard; a real signal is let go."""
    X, y = made(800)
    limits = np.tile(FREE, (3, 1))
    noise = np.random.default_rng(1).permutation(y)
    weak = choose_penalty(X, noise, np.full(3, np.nan), limits)[1]
    strong = choose_penalty(X, y, np.full(3, np.nan), limits)[1]
    assert weak <= 0.01 < 0.1 <= strong


def test_averaging_lies_between_and_nears_the_likeliest() -> None:
    """Few events: a mean of many strengths, none alone; many events: the likeliest has it all."""
    limits, open_ = np.tile(FREE, (3, 1)), np.full(3, np.nan)
    for number, near in ((40, False), (4000, True)):
        X, y = made(number)
        weights, variance = averaged(X, y, open_, limits)
        best, found = choose_penalty(X, y, open_, limits)
        alone = fit_ridge(X, y, best, limits)
        assert variance == found
        ends = [fit_ridge(X, y, np.full(3, 1 / one), limits) for one in (0.0001, 1.0)]
        low, high = np.abs(ends[0].slopes), np.abs(ends[1].slopes)
        assert (np.abs(weights.slopes[:2]) > low[:2]).all()
        assert (np.abs(weights.slopes[:2]) < high[:2]).all()
        # 40 students hardly tell the strengths apart; 4,000 hold the weights within 1 %
        apart = abs(weights.slopes[0] / alone.slopes[0] - 1)
        assert (apart < 0.01) == near


def test_platt_undoes_a_wrong_scale() -> None:
    """Log-odds that are three times too large and shifted come back to scale."""
    rng = np.random.default_rng(0)
    true = rng.normal(size=20_000)
    y = (rng.random(20_000) < 1 / (1 + np.exp(-true))).astype(float)
    slope, shift = platt(3 * true + 1, y)
    # standard error of a slope from 20,000 students is about .02 on the scale of the true odds
    assert 3 * slope == pytest.approx(1, abs=0.08)
    assert shift + slope == pytest.approx(0, abs=0.08)


def test_models_that_are_added_up_count_what_they_are_worth() -> None:
    """Of two with half the signal each both count; one of noise, or turned round, does not."""
    rng = np.random.default_rng(1)
    halves = rng.normal(size=(20_000, 2))
    y = (rng.random(20_000) < 1 / (1 + np.exp(-halves.sum(axis=1)))).astype(float)
    held = np.column_stack([halves, rng.normal(size=20_000), -halves[:, 0]])
    weights, shift = stacked(held, y)
    # standard error of a weight from 20,000 students is about .02
    np.testing.assert_allclose(weights, [1, 1, 0, 0], atol=0.08)
    assert weights.min() >= 0
    assert shift == pytest.approx(0, abs=0.08)


def test_a_card_finds_the_line_it_was_made_from() -> None:
    """Outcomes made from two cut points give a card with these two and no reversal."""
    rng = np.random.default_rng(3)
    X = pd.DataFrame(rng.integers(0, 10, size=(2000, 3)), columns=["absent", "late", "noise"])
    odds = 2.0 * (X["absent"] >= 6) + 1.0 * (X["late"] >= 3) - 2.0
    y = (rng.random(2000) < 1 / (1 + np.exp(-odds))).astype(int)
    card = IntegerCard(terms=2, most_points=2, min_events=15).fit(X, y)
    assert card.lines_.to_dict("records") == [
        {"figure": "absent", "cut": 6.0, "points": 2},
        {"figure": "late", "cut": 3.0, "points": 1},
    ]
    assert card.slope_ > 0


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 6), st.integers(1, 5), st.integers(0, 50))
def test_cards_keep_their_size(terms: int, most: int, seed: int) -> None:
    """Never more terms or points than asked for, and every point a whole number."""
    X, y = made(200, 4, seed)
    stumps, met = make_stumps(X, {0: "high", 1: "low"}, cuts=6)
    bounds = np.array([[stump.least, stump.most] for stump in stumps])
    chosen = choose(met, y, bounds, terms, most)
    assert len(chosen.terms) <= terms
    assert np.abs(chosen.points).max(initial=0) <= most
    assert (chosen.points != 0).all()
    signs = np.sign(chosen.points)
    assert (signs >= bounds[chosen.terms, 0]).all()
    assert (signs <= bounds[chosen.terms, 1]).all()


def test_an_unknown_figure_counts_what_is_usual() -> None:
    """Half of the students earn 3 points: a missing figure counts 1.5, so 2 by rounding up."""
    X = pd.DataFrame({"absent": [0.0, 10.0] * 200, "late": [0.0, 0.0, 1.0, 1.0] * 100})
    card = IntegerCard(min_events=0, terms=1).fit(X, [0, 1] * 200)
    worth = int(card.lines_["points"].iloc[0])
    assert card.unknown_["absent"] == int(np.ceil(worth / 2 - 0.5))
    assert card.unknown_["late"] == 0


def test_a_rare_yes_is_not_blown_up() -> None:
    """A yes-or-no figure keeps its step of one; others are brought to spread one."""
    rng = np.random.default_rng(0)
    X = np.column_stack([rng.random(300) < 0.03, rng.normal(5, 20, 300), np.full(300, 7.0)])
    filled = Filled.learn(X.astype(float))
    assert filled.spread[0] == 1
    assert filled.whole(X.astype(float))[:, 1].std() == pytest.approx(1)
    assert filled.spread[2] == 1


def brute_force(tree: Tree, row: np.ndarray) -> np.ndarray:
    """Shapley values by their definition: every order in which the columns may become known."""

    def worth(known: frozenset[int], node: int = 0) -> float:
        column = int(tree.column[node])
        if column < 0:
            return float(tree.value[node])
        low, high = int(tree.left[node]), int(tree.right[node])
        if column in known:
            return worth(known, low if row[column] <= tree.cut[node] else high)
        share = tree.count[low] / tree.count[node]
        return float(share * worth(known, low) + (1 - share) * worth(known, high))

    found = np.zeros(len(row))
    orders = list(permutations(range(len(row))))
    for order in orders:
        known: frozenset[int] = frozenset()
        for column in order:
            before = worth(known)
            known |= {column}
            found[column] += (worth(known) - before) / len(orders)
    return found


def test_reasons_of_trees_are_shapley_values() -> None:
    """Leaf by leaf gives what the definition gives, also where a column is asked twice."""
    tree = Tree(
        column=np.array([0, 1, 0, -1, -1, -1, -1]),
        cut=np.array([0.0, 0.5, 1.0, 0, 0, 0, 0]),
        left=np.array([1, 3, 5, 0, 0, 0, 0]),
        right=np.array([2, 4, 6, 0, 0, 0, 0]),
        value=np.array([0, 0, 0, -1.0, 2.0, 0.5, 3.0]),
        count=np.array([100.0, 60, 40, 45, 15, 30, 10]),
    )
    rows = np.array([[-1.0, 0.0, 9], [-1, 1, 9], [0.5, 0, 9], [2, 1, 9]])
    base, parts = attribute([tree], rows)
    assert base == pytest.approx((45 * -1 + 15 * 2 + 30 * 0.5 + 10 * 3) / 100)
    for row, part in zip(rows, parts, strict=True):
        np.testing.assert_allclose(part, brute_force(tree, row), atol=1e-12)
    np.testing.assert_allclose(base + parts.sum(axis=1), tree.odds(rows), atol=1e-12)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 5), st.integers(1, 4))
def test_reasons_of_deep_trees_are_shapley_values(seed: int, depth: int, width: int) -> None:
    """Whatever the tree, also where columns come again on the way, the definition is met."""
    rng = np.random.default_rng(seed)
    tree = grown_at_random(rng, depth, width)
    rows = rng.normal(size=(3, width))
    base, parts = attribute([tree, tree], rows)
    for row, part in zip(rows, parts, strict=True):
        np.testing.assert_allclose(part, 2 * brute_force(tree, row), atol=1e-12)
    np.testing.assert_allclose(base + parts.sum(axis=1), 2 * tree.odds(rows), atol=1e-12)


def grown_at_random(rng: np.random.Generator, depth: int, width: int) -> Tree:
    """A full tree of a depth that asks for columns, cuts and shares at random."""
    size = 2 ** (depth + 1) - 1
    inner = np.arange(size) < 2**depth - 1
    count = np.ones(size)
    for node in np.flatnonzero(inner):
        share = rng.uniform(0.05, 0.95)
        count[2 * node + 1], count[2 * node + 2] = count[node] * share, count[node] * (1 - share)
    return Tree(
        np.where(inner, rng.integers(0, width, size), -1),
        rng.normal(size=size),
        np.where(inner, 2 * np.arange(size) + 1, 0),
        np.where(inner, 2 * np.arange(size) + 2, 0),
        rng.normal(size=size),
        count,
    )


def test_with_few_events_the_expert_decides() -> None:
    """Fifteen events move the expert's ranking a little; a free fit is far from it."""
    rng = np.random.default_rng(6)
    X = pd.DataFrame(rng.normal(size=(600, 12)), columns=[f"f{place}" for place in range(12)])
    bands = {"f0": [0.5, 1.0, 1.5], "f1": [0.5, 1.0, 1.5]}
    extra = {name: {"dimension": "academic", "worse": "high"} for name in bands}
    expert = RiskIndex(bands=bands, extra=extra)
    points = expert.fit(X).transform(X).ravel()
    y = np.zeros(600, dtype=int)
    y[rng.choice(600, 15, replace=False, p=(points + 5) / (points + 5).sum())] = 1
    hybrid = Hybrid(expert=expert).fit(X, y).decision_function(X)
    free = CalibratedLogistic(min_events=0).fit(X, y).decision_function(X)
    near, far = (pd.Series(odds).corr(pd.Series(points), "spearman") for odds in (hybrid, free))
    assert near > 0.7
    assert near > far
