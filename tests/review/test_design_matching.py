"""Matching and weighting: published and peer figures, hand-worked cases, refusals."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visitkit.errors import ReviewError
from visitkit.review.designs.matching import (
    MatchingOptions,
    match_pairs,
    matched_effect,
    matched_rows,
    multiway,
)
from visitkit.review.designs.overlap import overlap, standardised_differences
from visitkit.review.designs.staggered.cells import difference
from visitkit.review.designs.weighting import (
    Groups,
    WeightingOptions,
    groups,
    weighted_effect,
)
from visitkit.review.propensity import fit_propensity
from visitkit.review.result import Effect, Note

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def lalonde() -> Groups:
    """Return the set of MatchIt, rows numbered in file order."""
    named = os.environ.get("VISITKIT_DATA")
    folder = Path(named) if named else ROOT.parent / "shared" / "data"
    path = folder / "evaluation" / "matchit_lalonde.tab"
    if not path.exists():
        pytest.skip(f"the set is not at {path}; set VISITKIT_DATA to the folder that holds it")
    data = pd.read_csv(path, sep=r"\s+")
    for race in ("black", "hispan"):
        data[race] = (data["race"] == race).astype(float)
    known = ["age", "educ", "black", "hispan", "married", "nodegree", "re74", "re75"]
    return groups(data["re78"], data["treat"], data[known], range(len(data)))


def test_lalonde_as_published(lalonde: Groups) -> None:
    """MatchIt, nearest without replacement, largest first: pairs, balance, difference."""
    pairs = match_pairs(lalonde)
    assert matched_rows(pairs).sum() == 370
    table = pairs.balance.round(4)
    row = table.loc["distance"]
    assert (row["mean_treated"], row["mean_control"]) == (0.5774, 0.3629)
    assert (row["before"], row["after"]) == (1.7941, 0.9739)
    printed = {"age": 0.0718, "educ": -0.1290, "married": -0.0552, "nodegree": 0.1546}
    printed |= {"re74": -0.0505, "re75": -0.0257}
    assert {name: table.loc[name, "after"] for name in printed} == printed
    plain = matched_effect(lalonde, pairs, adjust=False)
    assert round(plain.estimate, 3) == 894.367
    adjusted = matched_effect(lalonde, pairs)
    assert round(adjusted.estimate, 2) == 1121.18
    assert (plain.counts.treated, plain.counts.control) == (185, 185)
    assert plain.warnings[-1].key == "review_designs.warn.unbalanced"


def test_pairs_error_by_hand(lalonde: Groups) -> None:
    """Pairs are clusters: the error of the mean difference with its two factors."""
    pairs = match_pairs(lalonde)
    gaps = lalonde.outcome[pairs.treated] - lalonde.outcome[pairs.control]
    found = matched_effect(lalonde, pairs, adjust=False)
    factor = 185 / 184 * 369 / 368
    assert found.se == pytest.approx(np.sqrt(gaps.var() / 185 * factor))
    assert found.df == 184


def made_up(count: int = 300, seed: int = 4) -> Groups:
    """Return two groups with one confounder, a class and a true effect of -1."""
    rng = np.random.default_rng(seed)
    before, sex = rng.normal(size=count), rng.integers(0, 2, count)
    on = rng.random(count) < 1 / (1 + np.exp(0.8 - before))
    outcome = 2 * before + sex - on + rng.normal(size=count)
    known = pd.DataFrame({"before": before, "sex": sex})
    return groups(outcome, on, known, range(count), np.arange(count) // 10)


def test_matching_by_hand() -> None:
    """Five treated among eleven controls in steps: nearest free one, highest chance first."""
    before = np.r_[[2.0, 4, 6, 8, 10], np.arange(0, 11) - 0.4]
    on = np.repeat([1, 0], [5, 11])
    table = groups(np.arange(16.0), on, pd.DataFrame({"before": before}), range(16))
    pairs = match_pairs(table)
    # 10 takes 9.6 (row 15), 8 takes 7.6, 6 takes 5.6, ...: 0.4 below each
    assert dict(zip(pairs.treated.tolist(), pairs.control.tolist(), strict=True)) == {
        4: 15,
        3: 13,
        2: 11,
        1: 9,
        0: 7,
    }
    assert pairs.treated.tolist() == [4, 3, 2, 1, 0]
    assert match_pairs(table, MatchingOptions(order="smallest")).treated.tolist() == [0, 1, 2, 3, 4]


def test_ways_of_matching() -> None:
    """Replacement gets nearer, a caliper drops, strata agree, the seed repeats."""
    table = made_up()
    plain = match_pairs(table)
    again = match_pairs(table, MatchingOptions(replace=True))

    def far(pairs: object) -> float:
        return float(np.abs(plain.score[pairs.treated] - plain.score[pairs.control]).mean())  # type: ignore[attr-defined]

    assert far(again) < far(plain)
    assert len(set(again.control.tolist())) < len(again.control)
    tight = match_pairs(table, MatchingOptions(caliper=0.05))
    logit = np.log(plain.score / (1 - plain.score))
    apart = np.abs(logit[tight.treated] - logit[tight.control])
    assert apart.max() <= 0.05 * logit.std(ddof=1)
    assert tight.unmatched == table.treated.sum() - len(tight.treated) > 0
    sex = table.covariates["sex"].to_numpy()
    same = match_pairs(table, strata=sex)
    assert (sex[same.treated] == sex[same.control]).all()
    drawn = [match_pairs(table, MatchingOptions(order="random", seed=s)).control for s in (1, 1, 2)]
    assert (drawn[0] == drawn[1]).all()
    assert (drawn[0] != drawn[2]).any()
    for pairs in (plain, again, tight, same):
        assert matched_effect(table, pairs).ci[0] < -1 < matched_effect(table, pairs).ci[1]


def test_several_ways_of_clustering() -> None:
    """Cameron, Gelbach and Miller: one grouping plus the other less their crossing."""
    pull = np.array([1.0, -2, 3, -1, 2, -3])
    rows, columns = np.array([0, 0, 1, 1, 2, 2]), np.array([0, 1, 0, 1, 0, 1])

    def one(groups_: int, squares: float) -> float:
        return squares * groups_ / (groups_ - 1) * 5 / 4

    by_row = one(3, 1 + 4 + 1)
    by_column = one(2, 36 + 36)
    by_both = one(6, 28)
    found = multiway(pull, [rows, columns], 2)
    assert found == pytest.approx((by_row + by_column - by_both, 1))


@given(st.integers(0, 2**31))
@settings(max_examples=10, deadline=None)
def test_order_of_rows_does_not_matter(seed: int) -> None:
    """The same students in another order give the same pairs, weights and figures."""
    rng = np.random.default_rng(6)
    before = np.round(rng.normal(size=120), 1)  # many ties
    on = rng.random(120) < 1 / (1 + np.exp(0.5 - before))
    outcome = before + rng.normal(size=120)
    order = np.random.default_rng(seed).permutation(120)

    def both(rows: object) -> tuple[float, float, float, float]:
        table = groups(
            outcome[rows], on[rows], pd.DataFrame({"before": before[rows]}), np.arange(120)[rows]
        )
        matched, weighted = matched_effect(table, match_pairs(table)), weighted_effect(table).effect
        return matched.estimate, matched.se, weighted.estimate, weighted.se

    assert both(order) == pytest.approx(both(np.arange(120)))


def test_propensity_is_maximum_likelihood() -> None:
    """At the maximum the score is 0; the influence is minus the inverse Hessian times it."""
    rng = np.random.default_rng(8)
    design = np.column_stack([np.ones(200), rng.normal(size=200) * 1e6, rng.normal(size=200)])
    on = rng.random(200) < 0.4
    found = fit_propensity(on, design)
    assert (on - found.score) @ design / 1e6 == pytest.approx(np.zeros(3), abs=1e-6)
    hessian = (design.T * found.score * (1 - found.score)) @ design
    expected = ((on - found.score)[:, None] * design) @ np.linalg.inv(hessian) * 200
    assert np.allclose(found.influence, expected, rtol=1e-6)


def test_att_weights_as_the_staggered_estimator() -> None:
    """The same estimate and error as inverse weighting of a change, which a peer confirmed."""
    table = made_up()
    found = weighted_effect(
        Groups(
            table.outcome,
            table.treated,
            table.covariates,
            None,
            table.unit,
            0,
        )
    ).effect
    other = difference(table.outcome, table.treated, table.covariates.to_numpy(), "ipw")
    assert found.estimate == pytest.approx(other.estimate)
    assert found.se == pytest.approx(np.sqrt((other.influence**2).sum()) / 300)


@pytest.mark.parametrize("target", ["att", "ate", "overlap"])
def test_weights_by_hand(target: str) -> None:
    """A binary covariate: chances are shares, effects within its values are averaged."""
    # x = 0: 2 treated of 8, effect 4; x = 1: 6 treated of 8, effect 1
    x = np.repeat([0, 1], 8)
    on = np.r_[np.repeat([1, 0], [2, 6]), np.repeat([1, 0], [6, 2])]
    noise = np.tile([0.5, -0.5], 8)
    outcome = np.where(x == 0, 4, 1) * on + 3 * x + noise
    table = groups(outcome, on, pd.DataFrame({"x": x}), range(16))
    found = weighted_effect(table, WeightingOptions(target=target))
    share = {"att": 2 / 8, "ate": 1 / 2, "overlap": 1 / 2}[target]
    assert found.effect.estimate == pytest.approx(4 * share + 1 * (1 - share))
    assert found.weight[table.treated].sum() == pytest.approx(1)
    assert found.overlap.shared == pytest.approx((0.25, 0.75))
    if target != "att":
        assert found.balance.loc["x", "after"] == pytest.approx(0)


@pytest.mark.parametrize("target", ["att", "ate", "overlap"])
def test_errors_by_numerical_jackknife(target: str) -> None:
    """Leaving out one student at a time gives the error, chances fitted anew each time."""
    rng = np.random.default_rng(14)
    before = rng.uniform(-1, 1, 150)  # bounded, so that no weight is heavy
    on = rng.random(150) < 1 / (1 + np.exp(0.3 - before))
    outcome = 2 * before - on * (1 + before) + 0.5 * rng.normal(size=150)
    table = groups(outcome, on, pd.DataFrame({"before": before}), range(150))
    options = WeightingOptions(target=target)
    found = weighted_effect(table, options).effect
    values = []
    for row in range(150):
        kept = np.arange(150) != row
        values.append(weighted_effect(table.rows(kept), options).effect.estimate)
    error = np.sqrt(149 / 150 * ((values - np.mean(values)) ** 2).sum())
    assert found.se == pytest.approx(error, rel=0.05)  # first order against exact, n = 150


def test_weighting_covers_and_clusters() -> None:
    """The truth lies inside; swapping groups turns the sign; classes give G - 1 freedom."""
    table = made_up(1000)
    for target in ("att", "ate", "overlap"):
        found = weighted_effect(table, WeightingOptions(target=target)).effect
        assert found.ci[0] < -1 < found.ci[1]
        assert found.df == 99
    swapped = Groups(table.outcome, ~table.treated, table.covariates, table.cluster, table.unit, 0)
    options = WeightingOptions(target="ate")
    turned = weighted_effect(swapped, options).effect.estimate
    assert turned == pytest.approx(-weighted_effect(table, options).effect.estimate)
    own = Groups(table.outcome, table.treated, table.covariates, table.unit, table.unit, 0)
    none = Groups(table.outcome, table.treated, table.covariates, None, table.unit, 0)
    ratio = weighted_effect(own).effect.se / weighted_effect(none).effect.se
    assert ratio == pytest.approx(np.sqrt(1000 / 999))


def test_trimming_is_counted() -> None:
    """Chances outside 0.1 to 0.9 are left out, and weights there are 0."""
    table = made_up(600)
    found = weighted_effect(table, WeightingOptions(target="ate", trim=0.15))
    assert sum(found.trimmed) == np.isnan(found.score).sum() > 0
    assert (found.weight[np.isnan(found.score)] == 0).all()
    assert found.effect.counts.treated == table.treated.sum() - found.trimmed[0]


def test_denominators_are_what_they_say() -> None:
    """Spread of the treated, of both by size, of both alike; a share by p(1 - p)."""
    known = pd.DataFrame({"age": [10.0, 14, 10, 12, 14], "boy": [1.0, 0, 1, 1, 0]})
    on = np.array([True, True, False, False, False])
    spreads = {
        "treated": (np.sqrt(8), 0.5),
        "pooled": (np.sqrt((8 + 2 * 4) / 3), np.sqrt((0.25 + 2 * 2 / 9) / 3)),
        "average": (np.sqrt(6), np.sqrt((0.25 + 2 / 9) / 2)),
    }
    for name, expected in spreads.items():
        table = standardised_differences(known, on, denominator=name)
        assert table["sd"].tolist() == pytest.approx(expected)
    assert table.loc["boy", "before"] == pytest.approx((0.5 - 2 / 3) / spreads["average"][1])


def test_refusals() -> None:
    """A sentence and no number."""
    rng = np.random.default_rng(1)
    on, known = np.repeat([1, 0], 20), pd.DataFrame({"x": rng.normal(size=40)})
    outcome, unit = rng.normal(size=40), np.arange(40)
    cases = [
        ("constant_outcome", (np.ones(40), on, known, unit)),
        ("all_missing", (np.full(40, np.nan), on, known, unit)),
        ("unit_twice", (outcome, on, known, np.r_[0, unit[:-1]])),
        ("too_few_units", (outcome, np.ones(40), known, unit)),
        ("one_cluster", (outcome, on, known, unit, ["a"] * 40)),
        ("not_flags", (outcome, on + 1, known, unit)),
        ("lengths_differ", (outcome, on, known.iloc[:9], unit)),
    ]
    for key, given_ in cases:
        with pytest.raises(ReviewError) as caught:
            groups(*given_)
        assert caught.value.key == f"review_designs.{key}"
    parted = groups(outcome, on, pd.DataFrame({"x": on + 0.01 * rng.random(40)}), unit)
    for estimate in (weighted_effect, match_pairs):
        with pytest.raises(ReviewError) as caught:
            estimate(parted)
        assert caught.value.key == "review_designs.separated"
    doubled = groups(outcome, on, known.assign(y=known["x"] * 2), unit)
    with pytest.raises(ReviewError) as caught:
        weighted_effect(doubled)
    assert caught.value.key == "review_designs.redundant_covariate"
    with pytest.raises(ReviewError) as caught:
        overlap(np.array([0.1, 0.2, 0.8, 0.9]), np.array([False, False, True, True]))
    assert caught.value.key == "review_designs.no_overlap"


def test_a_number_never_without_its_interval() -> None:
    """The result itself refuses a missing figure; a note is a sentence in both languages."""
    with pytest.raises(ReviewError):
        Effect(1.0, np.nan, (0.0, 1.0), 3, 0.5, None, "review_designs.method.hazard")  # type: ignore[arg-type]
    said = Note("review_designs.warn.unmatched", (("number", 4),))
    assert "4" in said.sentence("en")
    assert said.sentence("zh") != said.sentence("en")
