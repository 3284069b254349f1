"""Several studies together: printed numbers, another computation, a case worked by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats
from statsmodels.stats.meta_analysis import combine_effects

from visitkit.errors import ReviewError
from visitkit.review.stats import pool_studies

SCHOOLS = [28, 8, -3, 7, -1, 1, 18, 12]
ERRORS = [15, 10, 16, 11, 9, 11, 10, 18]
# BCG vaccine trials (Colditz and others 1994), the standard example of metafor.
TREATED = [(4, 119), (6, 300), (3, 228), (62, 13536), (33, 5036), (180, 1361), (8, 2537),
           (505, 87886), (29, 7470), (17, 1699), (186, 50448), (5, 2493), (27, 16886)]  # fmt: skip
CONTROL = [(11, 128), (29, 274), (11, 209), (248, 12619), (47, 5761), (372, 1079), (10, 619),
           (499, 87892), (45, 7232), (65, 1600), (141, 27197), (3, 2338), (29, 17825)]  # fmt: skip


def bcg() -> tuple[np.ndarray, np.ndarray]:
    """Return log risk ratios and their standard errors."""
    (a, b), (c, d) = np.array(TREATED, float).T, np.array(CONTROL, float).T
    effect = np.log(a / (a + b)) - np.log(c / (c + d))
    return effect, np.sqrt(1 / a - 1 / (a + b) + 1 / c - 1 / (c + d))


def test_eight_schools() -> None:
    """Gelman and others, Bayesian Data Analysis, 5.5: pooled 7.7, standard error 4.1; tau 0."""
    for method in ("fixed", "reml", "paule_mandel"):
        found = pool_studies(SCHOOLS, ERRORS, method=method)
        assert (round(found.effect, 1), round(found.se, 1)) == (7.7, 4.1)
        assert (found.tau2, found.i2, found.n) == (0.0, 0.0, 8)
        assert (round(found.q, 3), round(found.q_p, 3)) == (4.707, 0.696)
    # Hartung and Knapp would be narrower here; never narrower than the plain error with t(7).
    assert found.ci[1] - found.effect == pytest.approx(stats.t.ppf(0.975, 7) * found.se)


def test_bcg_printed_by_metafor() -> None:
    """metafor's printed analysis: tau2 .3132, -.7145, Q 152.2330, tau2 from .1197 to 1.1115."""
    effect, se = bcg()
    found = pool_studies(effect, se)
    assert (round(found.tau2, 4), round(found.effect, 4)) == (0.3132, -0.7145)
    assert round(found.q, 4) == 152.2330
    assert tuple(round(end, 4) for end in found.tau2_ci) == (0.1197, 1.1115)
    # With Hartung and Knapp's test metafor prints .1808 and -1.1084 to -.3206.
    assert round(found.se, 4) == 0.1808
    assert tuple(round(end, 4) for end in found.ci) == (-1.1084, -0.3206)


def test_paule_mandel_beside_statsmodels() -> None:
    """statsmodels' iterated method is Paule and Mandel's; its loop stops at 1e-5."""
    effect, se = bcg()
    found = pool_studies(effect, se, method="paule_mandel")
    other = combine_effects(effect, se**2, method_re="iterated", use_t=True)
    assert found.tau2 == pytest.approx(other.tau2, rel=1e-4)
    assert found.effect == pytest.approx(other.mean_effect_re, rel=1e-4)
    assert found.se == pytest.approx(other.sd_eff_w_re_hksj, rel=1e-4)
    fixed = pool_studies(effect, se, method="fixed")
    assert (fixed.effect, fixed.se) == pytest.approx((other.mean_effect_fe, other.sd_eff_w_fe))
    assert fixed.i2 == pytest.approx(other.i2)


def test_reml_is_the_top_of_the_integrated_likelihood() -> None:
    """The likelihood with the mean integrated out numerically is highest at our tau squared."""
    effect, se = bcg()
    found = pool_studies(effect, se).tau2

    def height(tau2: float) -> float:
        spread = np.sqrt(se**2 + tau2)
        area = integrate.quad(
            lambda mean: math.exp(stats.norm.logpdf(effect, mean, spread).sum() + 15), -4, 3
        )[0]
        return math.log(area)

    assert height(found) > max(height(found * 0.98), height(found * 1.02))


def test_two_studies_by_hand() -> None:
    """1 and 5, errors 1: Q 8, Paule-Mandel tau2 7, mean 3, error 2, t on 1 degree of freedom."""
    found = pool_studies([1, 5], [1, 1], ["North", "South"], method="paule_mandel")
    assert found.tau2 == pytest.approx(7, abs=1e-9)
    assert (found.effect, found.se, found.q, found.df) == pytest.approx((3, 2, 8, 1))
    assert found.ci == pytest.approx((3 - 12.7062 * 2, 3 + 12.7062 * 2), abs=1e-3)
    assert found.i2 == pytest.approx(7 / 8)
    assert found.prediction is None
    keys = [one.key.removeprefix("review_stats.") for one in found.notes]
    assert keys == ["few_studies", "no_prediction"]
    assert [row.name for row in found.rows] == ["North", "South"]
    assert [row.weight for row in found.rows] == [0.5, 0.5]
    assert pool_studies([1, 5], [1, 1]).tau2 == pytest.approx(7, abs=1e-6)


def test_prediction_interval_by_formula() -> None:
    """Mean -/+ t(k - 2) sqrt(tau2 + se2), with the plain standard error."""
    effect, se = bcg()
    found = pool_studies(effect, se)
    plain = 1 / (1 / (se**2 + found.tau2)).sum()
    half = stats.t.ppf(0.975, 11) * math.sqrt(found.tau2 + plain)
    assert found.prediction == pytest.approx((found.effect - half, found.effect + half))


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.tuples(st.floats(-5, 5), st.floats(0.3, 3)), min_size=3, max_size=9),
    st.floats(0.1, 10),
    st.randoms(),
)
def test_order_unit_and_sign(
    studies: list[tuple[float, float]], scale: float, random: object
) -> None:
    """Order changes nothing; unit scales; a turned sign turns the effect alone."""
    y, s = np.array(studies).T
    base = pool_studies(y, s, method="paule_mandel")
    order = list(range(len(y)))
    random.shuffle(order)
    moved = pool_studies(-scale * y[order], scale * s[order], method="paule_mandel")
    assert moved.effect == pytest.approx(-scale * base.effect, abs=1e-6)
    assert moved.se == pytest.approx(scale * base.se, rel=1e-6)
    assert moved.tau2 == pytest.approx(scale**2 * base.tau2, rel=1e-5, abs=1e-6)
    assert sum(row.weight for row in base.rows) == pytest.approx(1)


@pytest.mark.parametrize(
    "columns", [([1], [1]), ([1, 2], [1, 0]), ([1, None], [1, 1]), ([1, 2], [1]), ([], [])]
)
def test_bad_input(columns: tuple[list[float], list[float]]) -> None:
    """One study, an error of 0, a missing figure, columns of two lengths, nothing."""
    with pytest.raises(ReviewError):
        pool_studies(*columns)


def test_reml_is_not_ml() -> None:
    """Four studies for which plain likelihood is highest at nothing, the restricted one is not."""
    y, variance = np.array([-0.7, -1.3, -0.6, 0.0]), np.array([0.9, 0.3, 0.8, 0.4])

    def plain(tau2: float) -> float:
        weight = 1 / (variance + tau2)
        middle = (weight * y).sum() / weight.sum()
        return float((np.log(variance + tau2) + weight * (y - middle) ** 2).sum())

    def restricted(tau2: float) -> float:
        return plain(tau2) + math.log((1 / (variance + tau2)).sum())

    grid = np.linspace(0, 2, 20_001)
    assert grid[np.argmin([plain(one) for one in grid])] == 0
    best = grid[np.argmin([restricted(one) for one in grid])]
    assert best > 0.05
    assert pool_studies(y, np.sqrt(variance)).tau2 == pytest.approx(best, abs=1e-3)  # ten steps


def test_weights_of_the_forest() -> None:
    """Each study by the inverse of its variance and of what lies between them; together 1."""
    effect, se = bcg()
    found = pool_studies(effect, se)
    weight = 1 / (se**2 + found.tau2)
    assert [row.weight for row in found.rows] == pytest.approx(list(weight / weight.sum()))
    assert found.effect == pytest.approx(sum(row.weight * row.effect for row in found.rows))
