"""What could overturn a finding: printed numbers and cases worked by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from visitkit.errors import ReviewError
from visitkit.review.result import Counts, wald
from visitkit.review.stats import (
    benjamini_hochberg,
    discoveries,
    e_value,
    e_value_of_difference,
    fall_back,
    fall_back_beyond,
    hidden_bound,
    hodges_lehmann,
    placebo,
    robustness_value,
    rosenbaum_bounds,
)
from visitkit.review.stats.robustness import partial_r2

#: Lead in the blood of children, Rosenbaum 2002, chapter 4, as printed in rbounds' help for psens.
# fmt: off
LEAD = [38, 23, 41, 18, 37, 36, 23, 62, 31, 34, 24, 14, 21, 17, 16, 20, 15, 10, 45, 39, 22, 35, 49,
        48, 44, 35, 43, 39, 34, 13, 73, 25, 27]
CONTROL = [16, 18, 18, 24, 19, 11, 10, 15, 16, 18, 18, 13, 19, 10, 16, 16, 24, 13, 9, 14, 21, 19, 7,
           18, 19, 12, 11, 22, 25, 16, 13, 11, 13]
# fmt: on


def test_e_value_printed() -> None:
    """VanderWeele and Ding's example: 3.9 (1.8, 8.7) gives 7.26 and 3.0."""
    found = e_value(3.9, 1.8, 8.7)
    assert round(found.value, 5) == 7.26303
    assert round(found.limit, 1) == 3.0
    below = e_value(1 / 3.9, 1 / 8.7, 1 / 1.8)
    assert (below.value, below.limit) == pytest.approx((found.value, found.limit))
    assert e_value(1.2, 0.9, 1.6).limit == 1.0
    assert e_value(1.0, 0.9, 1.6).value == 1.0


def test_e_value_of_a_difference() -> None:
    """exp(.91 d), ends exp(.91 d -/+ 1.78 se)."""
    found = e_value_of_difference(-0.4, 0.1)
    ratio = math.exp(-0.364)
    assert found.ratio == pytest.approx(ratio)
    assert found.ci == pytest.approx((math.exp(-0.542), math.exp(-0.186)))
    assert found.value == pytest.approx(1 / ratio + math.sqrt((1 / ratio) * (1 / ratio - 1)))
    assert found.approximate


def test_darfur_robustness() -> None:
    """sensemakr's own tests: RV .138776, RV(.05) .07625797, partial R2 .02187309."""
    found = robustness_value(0.09731582 / 0.02325654, 783)
    assert round(found.value, 6) == 0.138776
    assert round(found.value_alpha, 6) == 0.076258
    assert round(found.partial_r2, 6) == 0.021873
    assert robustness_value(-4.18445, 783).value == pytest.approx(found.value, rel=1e-5)
    assert robustness_value(1.0, 783).value_alpha == 0.0


@pytest.mark.parametrize(
    ("times", "estimate", "se", "t", "low", "high"),
    [
        (1, 0.0752202712, 0.0218733277, 3.43890386, 0.032282966, 0.11815758),
        (2, 0.0529151723, 0.0203500620, 2.60024623, 0.012968035, 0.09286231),
        (3, 0.0303960234, 0.0186700648, 1.62806202, -0.006253282, 0.06704533),
    ],
)
def test_darfur_bounds(
    times: int, estimate: float, se: float, t: float, low: float, high: float
) -> None:
    """sensemakr's check_bounds, 1 to 3 times as strong as 'female' (t -9.788837 and -2.680448)."""
    # sensemakr's test prints the ends to 1e-6 only; its other figures follow to nine digits.
    found = hidden_bound(
        0.09731581928495575,
        0.023256537809811115,
        783,
        treatment_r2=partial_r2(-2.680447864301649, 784),
        outcome_r2=partial_r2(-9.788837042331943, 783),
        times=times,
    )
    assert (found.estimate, found.se, found.t) == pytest.approx((estimate, se, t), rel=1e-8)
    assert found.ci == pytest.approx((low, high), abs=2e-7)


def test_bound_of_a_real_omission() -> None:
    """Told the true strength of what was left out, the bound gives the long regression."""
    rng = np.random.default_rng(2)
    x, z = rng.normal(size=300), rng.normal(size=300)
    d = x + 0.5 * z + rng.normal(size=300)
    y = d + x + z + rng.normal(size=300)
    ones = np.ones(300)
    short = sm.OLS(y, np.column_stack([d, x, ones])).fit()
    long = sm.OLS(y, np.column_stack([d, x, ones, z])).fit()
    of_d = sm.OLS(d, np.column_stack([x, ones, z])).fit()
    r2_y, r2_d = partial_r2(long.tvalues[3], long.df_resid), partial_r2(of_d.tvalues[2], 297)
    bias = short.bse[0] * math.sqrt(short.df_resid * r2_y * r2_d / (1 - r2_d))
    assert short.params[0] - bias == pytest.approx(long.params[0], rel=1e-9)


@pytest.mark.parametrize("times", [30.0, 200.0])
def test_impossible_strength(times: float) -> None:
    """Nothing explains more than there is."""
    with pytest.raises(ReviewError) as caught:
        hidden_bound(0.1, 0.02, 783, treatment_r2=0.01, outcome_r2=0.11, times=times)
    assert caught.value.key == "review_stats.hidden_too_strong"


def test_rosenbaum_lead() -> None:
    """rbounds' psens on the lead data: upper p .0000 .0018 .0131 .0367 .0694 .1073."""
    found = rosenbaum_bounds(LEAD, CONTROL, gammas=[1, 2, 3, 4, 5, 6])
    printed = [0.0000, 0.0018, 0.0131, 0.0367, 0.0694, 0.1073]
    assert [round(row.p_high, 4) for row in found.rows] == printed
    assert 4 < found.breaks_at < 5
    assert (found.pairs, found.ties) == (33, 1)
    assert rosenbaum_bounds(LEAD, CONTROL, gammas=[found.breaks_at]).rows[0].p_high == (
        pytest.approx(0.05, abs=1e-6)
    )


def test_rosenbaum_without_hidden_bias_is_wilcoxon() -> None:
    """At gamma 1 both bounds are scipy's one-sided signed-rank p (normal, no correction)."""
    found = rosenbaum_bounds(LEAD, CONTROL, gammas=[1]).rows[0]
    expected = stats.wilcoxon(
        LEAD, CONTROL, alternative="greater", method="asymptotic", correction=False
    ).pvalue
    assert found.p_high == pytest.approx(expected, rel=1e-9)
    assert found.p_low == found.p_high
    lower = rosenbaum_bounds(CONTROL, LEAD, gammas=[1], higher=False).rows[0]
    assert lower.p_high == pytest.approx(expected, rel=1e-9)
    assert rosenbaum_bounds(CONTROL, LEAD).breaks_at == 1.0


def test_sign_test_by_hand() -> None:
    """Five of five: (gamma / (1 + gamma))^5."""
    found = rosenbaum_bounds([5, 7, 9, 6, 8], [4] * 5, gammas=[1, 2], test="sign")
    assert [row.p_high for row in found.rows] == pytest.approx([1 / 32, (2 / 3) ** 5])
    assert found.rows[1].p_low == pytest.approx((1 / 3) ** 5)


def test_hodges_lehmann_lead() -> None:
    """Rosenbaum 2002: 15 at gamma 1, then 10.25 to 19.5 and 8 to 23."""
    assert hodges_lehmann(LEAD, CONTROL, 1) == (15.0, 15.0)
    assert hodges_lehmann(LEAD, CONTROL, 2) == (10.25, 19.5)
    assert hodges_lehmann(LEAD, CONTROL, 3) == (8.0, 23.0)


@pytest.mark.parametrize("columns", [([1, 2], [1, 2]), ([1, 2], [1]), ([1, None], [0, 0])])
def test_pairs_that_say_nothing(columns: tuple[list[float], list[float]]) -> None:
    """No pair differs, a pair is broken, a value is missing."""
    with pytest.raises(ReviewError):
        rosenbaum_bounds(*columns)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=20), st.randoms())
def test_benjamini_hochberg(p: list[float], random: object) -> None:
    """statsmodels' multipletests agrees, in whatever order; q is never under p."""
    q = benjamini_hochberg(p)
    expected = sm.stats.multipletests(p, method="fdr_bh")[1]
    assert q == pytest.approx(expected, abs=1e-12)
    order = list(range(len(p)))
    random.shuffle(order)
    assert benjamini_hochberg([p[i] for i in order]) == pytest.approx(q[order], abs=1e-12)
    assert (q >= np.array(p) - 1e-15).all()


def test_domains_are_adjusted_apart() -> None:
    """By hand: two in mood are doubled, one in marks stays."""
    found = discoveries([0.01, 0.04, 0.03], ["mood", "mood", "marks"])
    assert [one.q for one in found] == pytest.approx([0.02, 0.04, 0.03])
    assert [one.of for one in found] == [2, 2, 1]
    with pytest.raises(ReviewError):
        benjamini_hochberg([0.1, 1.2])
    with pytest.raises(ReviewError):
        benjamini_hochberg([])


def test_placebo() -> None:
    """Passed, passed but blind, failed."""
    counts, method = Counts(50, 50), "review_stats.method.regression"
    real = wald(-2.0, 0.5, counts, method)
    keys = [
        placebo(real, wald(*pair, counts, method)).note.key
        for pair in ((0.2, 0.5), (0.2, 2.0), (1.5, 0.5))
    ]
    assert keys == [f"review_stats.placebo_{end}" for end in ("passed", "weak", "failed")]


def test_fall_back_by_hand_and_simulated() -> None:
    """(1 - .7)(30 - 67) = -11.1; beyond a cutoff, 200,000 normal scores agree within .1."""
    assert fall_back(30, 67, 0.7).change == pytest.approx(-11.1)
    assert fall_back(50, 40, 0.7).change == pytest.approx(3.0)
    assert fall_back(30, 67, 1.0).change == 0
    rng = np.random.default_rng(8)
    truth = rng.normal(50, 10 * math.sqrt(0.7), 200_000)
    first, second = (truth + rng.normal(0, 10 * math.sqrt(0.3), 200_000) for _ in range(2))
    chosen = first >= 60
    actual = (second - first)[chosen].mean()
    assert fall_back_beyond(60, 50, 10, 0.7).change == pytest.approx(actual, abs=0.1)
    with pytest.raises(ReviewError):
        fall_back(math.nan, 67, 0.7)
