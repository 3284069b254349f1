"""Threshold designs: published and peer figures, hand-worked cases, invariances."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visitkit.errors import ReviewError
from visitkit.review.designs.threshold import (
    ThresholdData,
    ThresholdEffect,
    ThresholdExtras,
    ThresholdOptions,
    best_bandwidths,
    threshold_data,
    threshold_effect,
)
from visitkit.review.designs.threshold.checks import (
    bandwidth_curve,
    binned,
    covariates_at_cutoff,
    density_check,
    donut,
    placebo_cutoffs,
)
from visitkit.review.designs.threshold.local import fit_residuals, neighbour_residuals
from visitkit.review.designs.threshold.pooling import (
    Explained,
    detectable,
    pooled_threshold_data,
)
from visitkit.review.designs.threshold.randomisation import (
    Shuffles,
    choose_window,
    local_randomisation,
)

ROOT = Path(__file__).parents[2]
Floats = npt.NDArray[np.float64]

# rdrobust 2.1.1 (Python): plain estimate, corrected estimate, plain and robust standard error, h, b
SENATE = {
    "triangular nn": (7.414131, 7.506502, 1.458716, 1.741258, 17.7544, 28.02809),
    "uniform nn": (7.202475, 7.593473, 1.612891, 1.852108, 11.59687, 22.94418),
    "epanechnikov nn": (7.238833, 7.300358, 1.486883, 1.768184, 16.10439, 26.7109),
    "triangular hc0": (7.41688, 7.505735, 1.45768, 1.739437, 17.68257, 28.09026),
    "triangular hc1": (7.416199, 7.503832, 1.460124, 1.744298, 17.70369, 28.12491),
    "triangular hc2": (7.415462, 7.502217, 1.462849, 1.747007, 17.72355, 28.15057),
    "triangular hc3": (7.413511, 7.497343, 1.467964, 1.754567, 17.76582, 28.20988),
}
MADE_UP = {
    "plain": (0.1523914, 0.3684916, 0.5415101, 0.6019798, 7.445166, 14.89039),
    "mass": (-0.2949546, -0.1045989, 0.4514838, 0.529674, 10.41595, 17.38443),
    "cluster": (0.1530143, 0.3691984, 0.5084389, 0.5603953, 7.437136, 14.8723),
    "fuzzy": (0.1855777, 0.4476195, 0.6629746, 0.7371735, 7.445166, 14.89039),
    "fuzzy hc1": (0.1903069, 0.4528026, 0.6506097, 0.7252497, 7.395498, 14.77415),
    "hc3": (0.1516215, 0.3697632, 0.5419419, 0.6025643, 7.455117, 14.84758),
}
PRINTED = 1e-6  # relative: the peer's figures are written here with seven digits


def figures(found: ThresholdEffect) -> tuple[float, ...]:
    """Return what the peer prints, in its order."""
    return (
        found.conventional.estimate,
        found.robust.estimate,
        found.conventional.se,
        found.robust.se,
        found.h,
        found.b,
    )


@pytest.fixture(scope="module")
def senate() -> pd.DataFrame:
    """Return the published set of the method."""
    named = os.environ.get("VISITKIT_DATA")
    folder = Path(named) if named else ROOT.parent / "shared" / "data"
    path = folder / "evaluation" / "rdrobust_senate.csv"
    if not path.exists():
        pytest.skip(f"the set is not at {path}; set VISITKIT_DATA to the folder that holds it")
    return pd.read_csv(path)


def made_up() -> tuple[Floats, Floats, Floats, npt.NDArray[np.int64]]:
    """Return scores, outcomes, treatment received and clusters; neither side was tuned on them."""
    rng = np.random.default_rng(20261)
    cluster = rng.integers(0, 45, 900)
    score = rng.normal(50, 18, 900)
    received = (rng.random(900) < np.where(score >= 60, 0.85, 0.1)).astype(float)
    outcome = 0.02 * score + 0.0004 * (score - 60) ** 2 - 1.2 * received
    outcome = outcome + rng.normal(0, 1, 45)[cluster] * 0.5 + rng.normal(0, 2, 900)
    return score, outcome, received, cluster


@pytest.mark.parametrize("case", SENATE)
def test_senate_as_the_peer(senate: pd.DataFrame, case: str) -> None:
    """Every kernel and variance agrees with rdrobust."""
    kernel, variance = case.split()
    data = threshold_data(senate.margin, senate.vote, 0)
    found = threshold_effect(data, ThresholdOptions(kernel=kernel, variance=variance))
    assert figures(found) == pytest.approx(SENATE[case], rel=PRINTED)


def test_senate_as_published(senate: pd.DataFrame) -> None:
    """7.414 (1.459), robust [4.094, 10.919], h 17.754, b 28.028, 360 and 323 students inside."""
    found = threshold_effect(threshold_data(senate.margin, senate.vote, 0))
    plain = found.conventional
    assert (round(plain.estimate, 3), round(plain.se, 3)) == (7.414, 1.459)
    assert [round(end, 3) for end in found.robust.ci] == [4.094, 10.919]
    assert (round(found.h, 3), round(found.b, 3), found.n_h) == (17.754, 28.028, (360, 323))
    assert (found.robust.counts.treated, found.robust.counts.control) == (323, 360)


def test_senate_with_covariates(senate: pd.DataFrame) -> None:
    """rdrobust tests/test_numerical_contracts.py: bandwidths with hc1, students at h 10, b 20."""
    known = senate[["population", "termshouse", "termssenate"]]
    data = threshold_data(senate.margin, senate.vote, 0, ThresholdExtras(covariates=known))
    found = threshold_effect(data, ThresholdOptions(variance="hc1"))
    # the peer inverts an ill-conditioned matrix without scaling; its own contract allows 1e-5
    assert (found.h, found.b) == pytest.approx((17.976890, 28.963712), rel=1e-6)
    assert found.conventional.estimate == pytest.approx(6.734199, rel=PRINTED)
    assert found.robust.se == pytest.approx(1.680456, rel=PRINTED)
    fixed = threshold_effect(data, ThresholdOptions(bandwidth=10, bias_bandwidth=20))
    assert (fixed.n_h, fixed.n_b) == ((215, 181), (336, 300))
    assert data.notes[0].facts == (("number", 282),)


def test_senate_clusters_and_order(senate: pd.DataFrame) -> None:
    """Clusters by state, and a local quadratic, agree with rdrobust."""
    held = threshold_data(senate.margin, senate.vote, 0, ThresholdExtras(cluster=senate.state))
    peer = (7.394838, 7.504956, 1.533925, 1.795945, 18.08429, 27.65069)
    assert figures(threshold_effect(held)) == pytest.approx(peer, rel=PRINTED)
    bent = threshold_effect(
        threshold_data(senate.margin, senate.vote, 0), ThresholdOptions(order=2)
    )
    peer = (8.045079, 8.316589, 1.887705, 2.093029, 22.25628, 33.28414)
    assert figures(bent) == pytest.approx(peer, rel=PRINTED)


@pytest.mark.parametrize("case", MADE_UP)
def test_made_up_as_the_peer(case: str) -> None:
    """Data neither was tuned on: repeated scores, clusters, overridden decisions."""
    score, outcome, received, cluster = made_up()
    extras = ThresholdExtras(
        received=received if "fuzzy" in case else None,
        cluster=cluster if case == "cluster" else None,
    )
    variance = case.split()[-1] if "hc" in case else "nn"
    data = threshold_data(np.round(score) if case == "mass" else score, outcome, 60, extras)
    found = threshold_effect(data, ThresholdOptions(variance=variance))
    assert figures(found) == pytest.approx(MADE_UP[case], rel=PRINTED)
    noted = {note.key.rsplit(".", 1)[1] for note in found.robust.warnings}
    assert ("mass_points" in noted) == (case == "mass")


def test_two_lines_by_hand() -> None:
    """Straight lines on both sides: the jump is the difference of their ends, 5 - 2."""
    score = np.array([-4.0, -3, -2, -1, 0.5, 1.5, 2.5, 3.5])
    outcome = np.where(score < 0, 2 + score, 5 - 2 * score)
    wiggle = np.array([-0.1, 0.3, -0.3, 0.1, -0.1, 0.3, -0.3, 0.1])
    data = threshold_data(score, outcome + wiggle, 0)
    options = ThresholdOptions(kernel="uniform", bandwidth=10, bias_bandwidth=10, variance="hc0")
    found = threshold_effect(data, options)
    assert found.conventional.estimate == pytest.approx(
        3.0
    )  # the wiggle is orthogonal to a parabola
    # weights of the end of a line through 4 points: -.5, 0, .5, 1 and .85, .45, .05, -.35
    noise = 0.01 * (0.25 + 0 + 9 * 0.25 + 1 + 0.7225 + 9 * 0.2025 + 9 * 0.0025 + 0.1225)
    assert found.conventional.se == pytest.approx(np.sqrt(noise))


def test_residuals_by_hand() -> None:
    """Three scores, one neighbour each; and the factors of hc1, hc2 and hc3."""
    x, y = np.array([0.0, 1.0, 5.0]), np.array([1.0, 3.0, 9.0])
    expected = np.sqrt(0.5) * np.array([-2.0, 2.0, 6.0])
    assert neighbour_residuals(x, y, 1) == pytest.approx(expected)
    tied = neighbour_residuals(np.array([0.0, 0.0, 1.0, 3.0]), np.array([1.0, 2.0, 6.0, 0.0]), 1)
    assert tied == pytest.approx(
        [-np.sqrt(0.5), np.sqrt(0.5), np.sqrt(2 / 3) * 4.5, -np.sqrt(0.5) * 6]
    )
    ones = np.ones(3)
    plain = fit_residuals(x, y, ones, 0, "hc0")
    assert fit_residuals(x, y, ones, 0, "hc1") == pytest.approx(plain * np.sqrt(3 / 2))
    assert fit_residuals(x, y, ones, 0, "hc2") == pytest.approx(plain / np.sqrt(2 / 3))
    assert fit_residuals(x, y, ones, 0, "hc3") == pytest.approx(plain / (2 / 3))


@given(st.floats(-50, 50), st.floats(0.1, 20), st.integers(0, 2**31))
@settings(max_examples=15, deadline=None)
def test_shift_scale_and_order(shift: float, scale: float, seed: int) -> None:
    """Units and the order of rows do not matter; the other side treated turns the sign."""
    score, outcome, _, _ = made_up()
    score, outcome = score[:300], outcome[:300]
    base = threshold_effect(threshold_data(score, outcome, 60))
    order = np.random.default_rng(seed).permutation(300)
    moved = threshold_effect(
        threshold_data(
            (score + shift)[order] * scale, (outcome * scale + shift)[order], (60 + shift) * scale
        )
    )
    near = 1e-6  # rounding of shifted scores through three bandwidth steps
    assert moved.robust.estimate == pytest.approx(scale * base.robust.estimate, rel=near)
    assert moved.robust.se == pytest.approx(scale * base.robust.se, rel=near)
    assert moved.h == pytest.approx(scale * base.h, rel=near)
    turned = threshold_effect(threshold_data(score, outcome, 60, treated="below"))
    assert turned.robust.estimate == pytest.approx(-base.robust.estimate)
    assert turned.robust.counts.treated == base.robust.counts.control


def test_fuzzy_is_ratio_and_weak_is_refused() -> None:
    """The plain ratio of two jumps; a score that decides nothing is refused."""
    score, outcome, received, _ = made_up()
    options = ThresholdOptions(bandwidth=15)
    fuzzy = threshold_effect(
        threshold_data(score, outcome, 60, ThresholdExtras(received=received)), options
    )
    jumps = [
        threshold_effect(threshold_data(score, column, 60), options).conventional.estimate
        for column in (outcome, received)
    ]
    assert fuzzy.conventional.estimate == pytest.approx(jumps[0] / jumps[1])
    assert fuzzy.first_stage_f is not None
    assert fuzzy.first_stage_f > 10
    lot = np.random.default_rng(1).integers(0, 2, len(score))
    with pytest.raises(ReviewError) as caught:
        threshold_effect(threshold_data(score, outcome, 60, ThresholdExtras(received=lot)))
    assert caught.value.key == "review_designs.weak_first_stage"


def test_fuzzy_with_the_lower_side_treated() -> None:
    """The ratio has no side: its sign is that of treatment, whichever side is treated."""
    score, outcome, received, _ = made_up()
    options = ThresholdOptions(bandwidth=15)
    found = [
        threshold_effect(
            threshold_data(a, outcome, c, ThresholdExtras(received=received), treated=side),
            options,
        ).robust.estimate
        for a, c, side in ((score, 60.0, "at_or_above"), (-score, -60.0, "at_or_below"))
    ]
    assert found[0] == pytest.approx(found[1])


def few_scores(effect: float = -2.0) -> ThresholdData:
    """Return 160 students on eight scores, one covariate drawn by lot and one that follows it."""
    rng = np.random.default_rng(5)
    score = np.repeat(np.arange(56, 64), 20)
    lot = rng.normal(size=160)
    outcome = rng.normal(size=160) + effect * (score >= 60)
    steep = 0.6 * (score - 60) ** 3 / 10 + rng.normal(size=160)
    return threshold_data(
        score, outcome, 60, ThresholdExtras(covariates=np.column_stack([lot, steep]))
    )


def test_local_randomisation() -> None:
    """The interval is what shuffling does not reject; close to Welch's on normal data."""
    data = few_scores()
    found = local_randomisation(data, 1.0)
    left, right = data.left.y[data.left.x >= -1], data.right.y[data.right.x <= 1]
    assert found.estimate == pytest.approx(right.mean() - left.mean())
    assert found.counts.treated == len(right) == 40
    error = np.sqrt(left.var(ddof=1) / len(left) + right.var(ddof=1) / len(right))
    assert found.se == pytest.approx(error)
    # a constant effect means one spread: the pooled t interval, within the noise of 1,999 shuffles
    pooled = (19 * left.var(ddof=1) + 39 * right.var(ddof=1)) / 58 * (1 / 20 + 1 / 40)
    half = 2.0017 * np.sqrt(pooled)
    assert found.ci == pytest.approx((found.estimate - half, found.estimate + half), abs=0.05)
    assert found.p == pytest.approx(1 / 2000)  # nothing among the shuffles is as far out
    assert found == local_randomisation(data, 1.0)
    nothing = local_randomisation(few_scores(0.0), 1.0, Shuffles(seed=2))
    assert nothing.ci[0] < 0 < nothing.ci[1]
    assert nothing.p > 0.05


def test_window_stops_where_covariates_differ() -> None:
    """The covariate that follows the score ends the widening."""
    window = choose_window(few_scores())
    assert window.table["used"].sum() == 1
    assert window.table["least_p"].iloc[-1] < 0.15
    assert window.width < 4
    refused = threshold_data(np.arange(40), np.arange(40) % 7, 20)
    with pytest.raises(ReviewError) as caught:
        choose_window(refused)
    assert caught.value.key == "review_designs.no_covariates"


def test_checks_beside_the_estimate() -> None:
    """Density by hand; placebo and covariates near nothing; the curve holds the estimate."""
    score, outcome, _, _ = made_up()
    known = np.random.default_rng(9).normal(size=(900, 1))
    data = threshold_data(score, outcome, 60, ThresholdExtras(covariates=known))
    window = density_check(data, [2.0])[0]
    near = np.abs(score - 60) <= 2
    assert window.below + window.at_or_above == near.sum()
    assert window.at_or_above == (near & (score >= 60)).sum()
    pushed = threshold_data(np.r_[np.full(5, 59.5), np.full(25, 60.5)], np.arange(30.0), 60)
    # 2 * P(X <= 5) for 30 fair coins = 2 * 174437 / 2**30
    assert density_check(pushed, [1.0])[0].p == pytest.approx(2 * 174437 / 2**30)
    jump = covariates_at_cutoff(data)[0].robust
    assert jump.ci[0] < 0 < jump.ci[1]
    placebo = placebo_cutoffs(data, [45.0, 70.0])
    assert set(placebo) == {45.0, 70.0}
    assert placebo[45.0].counts.treated + placebo[45.0].counts.control < (score < 60).sum()
    curve = bandwidth_curve(data)
    assert [factor for factor, _ in curve] == [0.5, 0.75, 1.0, 1.5, 2.0]
    assert curve[2][1].robust == threshold_effect(data).robust
    hole = donut(data, 1.0)
    assert hole.robust.warnings[0].facts == (("number", int((np.abs(score - 60) < 1).sum())),)


def test_bins_count_everybody_once() -> None:
    """A score at the cutoff belongs to its own side."""
    data = threshold_data([58, 59, 59.5, 60, 60, 61, 64], [1, 2, 3, 4, 6, 8, 10], 60)
    table = binned(data, [-2, -1, 0, 2, 4])
    assert table["n"].tolist() == [1, 2, 3, 1]
    assert table["low"].tolist() == [58, 59, 60, 62]
    assert table["mean"].tolist() == [1, 2.5, 6, 10]


def test_pooling_takes_out_schools() -> None:
    """Two schools with their own cutoffs and levels give the common jump."""
    rng = np.random.default_rng(11)
    site = rng.integers(0, 2, 3000)
    cutoff = np.where(site == 1, 70.0, 60.0)
    score = cutoff + rng.uniform(-25, 25, 3000)
    outcome = 0.05 * (score - cutoff) + 40.0 * site - 3 * (score >= cutoff) + rng.normal(size=3000)
    data = pooled_threshold_data(score, outcome, cutoff, site)
    found = threshold_effect(data).robust
    assert found.ci[0] < -3 < found.ci[1]
    assert found.se < 0.5  # 40 points between schools would make it several points
    with pytest.raises(ReviewError):
        pooled_threshold_data(score, outcome, cutoff + rng.integers(0, 2, 3000), site)


def test_detectable_effect() -> None:
    """2.802 standard errors; a quarter explained away and half taken up change it so."""
    rng = np.random.default_rng(12)
    data = threshold_data(rng.uniform(0, 100, 1500), rng.normal(size=1500), 60)
    options = ThresholdOptions(bandwidth=15)
    base = detectable(data, options)
    error = threshold_effect(data, options).robust.se
    assert base.effect == pytest.approx(2.8016 * error, rel=0.1)  # residuals estimate a spread of 1
    half = detectable(data, options, Explained(r2=0.75, take_up=0.5))
    assert half.effect == pytest.approx(base.effect)  # sqrt(1 - .75) / .5 = 1
    assert base.n == threshold_effect(data, options).n_h


@pytest.mark.parametrize(
    ("key", "score", "outcome", "cutoff"),
    [
        ("cutoff_outside", range(30), np.arange(30) % 7, 99),
        ("constant_outcome", range(30), [3] * 30, 15),
        ("all_missing", range(30), [None] * 30, 15),
        ("outcome_is_score", range(30), range(30), 15),
        ("not_numbers", ["a"] * 30, range(30), 15),
        ("lengths_differ", range(30), range(29), 15),
        ("too_few_units", range(30), np.arange(30) % 7, 29),
    ],
)
def test_refusals(key: str, score: object, outcome: object, cutoff: float) -> None:
    """A sentence and no number."""
    with pytest.raises(ReviewError) as caught:
        threshold_data(score, outcome, cutoff)  # type: ignore[arg-type]
    assert caught.value.key == f"review_designs.{key}"
    assert "{" not in str(caught.value)


def test_more_refusals() -> None:
    """One cluster, an unknown kernel, two scores a side, a perfect line."""
    score, outcome, _, _ = made_up()
    with pytest.raises(ReviewError, match="1"):
        threshold_data(score, outcome, 60, ThresholdExtras(cluster=["a"] * 900))
    with pytest.raises(ReviewError):
        best_bandwidths(threshold_data(score, outcome, 60), ThresholdOptions(kernel="gauss"))
    with pytest.raises(ReviewError) as caught:
        threshold_effect(threshold_data([1, 1, 2, 2, 3, 3, 4, 4], range(8), 3))
    assert caught.value.key == "review_designs.few_scores"
    with pytest.raises(ReviewError):
        threshold_effect(
            threshold_data(range(40), np.arange(40) * 2.0 + 1, 20),
            ThresholdOptions(bandwidth=15, variance="hc1"),
        )
