"""Effect sizes: printed numbers, formulas worked by hand, and what they must not depend on."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from visitkit.errors import ReviewError
from visitkit.review.stats import (
    Clustering,
    Group,
    cluster_factors,
    cox_index,
    g_adjusted,
    g_from_groups,
    g_from_regression,
    g_gain,
    hedges_g,
    improvement_index,
)

EXACT = 1e-12  # the same arithmetic in another order
figures = st.floats(-50, 50).map(lambda one: round(one, 3))
columns = st.lists(figures, min_size=3, max_size=12).filter(lambda one: np.std(one) > 0.1)


def test_baselinr_tiny_frame() -> None:
    """baselinr's worked frame: pretest g .80, girl 1,0,1 v 0,0,1 Cox .8401784; by hand."""
    g = hedges_g([5, 6, 7], [4, 5, 6])
    assert g.value == pytest.approx(0.80, abs=EXACT)
    assert g.value == pytest.approx(1 * (1 - 3 / 15), abs=EXACT)
    assert round(cox_index(2, 3, 1, 3).value, 7) == 0.8401784
    assert cox_index(2, 3, 1, 3).value == pytest.approx(2 * math.log(2) / 1.65, abs=EXACT)


def test_standard_error_by_hand() -> None:
    """Variance 1/3 + 1/3 + .8^2 / (2 * 4) = .746667; interval with t on 4 degrees of freedom."""
    g = hedges_g([5, 6, 7], [4, 5, 6])
    assert g.se**2 == pytest.approx(2 / 3 + 0.64 / 8, abs=EXACT)
    half = stats.t.ppf(0.975, 4) * g.se
    assert g.ci == pytest.approx((0.8 - half, 0.8 + half), abs=EXACT)
    assert (g.df, g.n_treated, g.n_control) == (4, 3, 3)


def test_star_improvement_index() -> None:
    """Project STAR: g .1861 is 7.4 percentile points."""
    assert round(improvement_index(0.1861), 1) == 7.4
    assert round(improvement_index(0.18614982248012138), 1) == 7.4
    assert improvement_index(-0.5) == pytest.approx(-improvement_index(0.5), abs=EXACT)


def test_cox_interval() -> None:
    """Standard error of the log odds ratio is the root of the inverse counts, here sqrt(.3)."""
    found = cox_index(10, 20, 10, 20)
    assert found.value == 0
    assert found.se == pytest.approx(math.sqrt(0.4) / 1.65, abs=EXACT)
    assert found.ci[1] == pytest.approx(stats.norm.ppf(0.975) * found.se, abs=EXACT)
    corrected = cox_index(15, 20, 10, 20, corrected=True)
    plain = cox_index(15, 20, 10, 20)
    assert plain.value > 0
    assert corrected.value == pytest.approx(plain.value * (1 - 3 / (4 * 40 - 9)), abs=EXACT)


A, B = Group(52.0, 10.0, 60), Group(50.0, 10.0, 40)
FIRST = 1 / 60 + 1 / 40


@pytest.mark.parametrize(
    ("size", "first", "df"),
    [
        (g_adjusted(2, A, B, r_squared=0.5), 0.5 * FIRST, 98),
        (g_adjusted(2, A, B, r_squared=0.36, covariates=3), 0.64 * FIRST, 95),
        (g_from_regression(2, 1.5, A, B), 0.15**2, 98),
        (g_from_regression(2, 1.5, A, B, covariates=2), 0.15**2, 96),
        (g_gain(2, A, B, correlation=0.8), 0.4 * FIRST, 98),
    ],
)
def test_table_of_variances(size: object, first: float, df: float) -> None:
    """The published table: first part by kind of analysis, plus g^2 / (2 df)."""
    assert size.value == pytest.approx(0.2 * (1 - 3 / (4 * 98 - 1)), abs=EXACT)
    assert size.se**2 == pytest.approx(first + size.value**2 / (2 * df), abs=EXACT)
    assert size.df == df


def test_one_arm_factors_as_documented() -> None:
    """VIVECampbell's documented example: N 100, Nc 40, n 5, rho .1."""
    found = cluster_factors(60, 40, Clustering("treated", 5, 0.1))
    assert round(math.sqrt(found.gamma), 3) == round(math.sqrt(1 - (40 + 5 - 2) * 0.1 / 98), 3)
    assert round(found.eta, 3) == 1.1


@pytest.mark.parametrize("arms", ["both", "treated"])
def test_degrees_of_freedom_are_those_of_the_quadratic_form(arms: str) -> None:
    """h = 2 E^2 / Var of the total sum of squares, from its eigenvalues (checked numerically)."""
    size, icc, clusters = 5, 0.3, 6
    block = np.kron(np.eye(clusters), np.full((size, size), icc)) + (1 - icc) * np.eye(30)
    other = block if arms == "both" else (1 - icc) * np.eye(20)
    traces = np.zeros(2)
    for cov in (block, other):
        n = len(cov)
        centred = (np.eye(n) - 1 / n) @ cov
        traces += [np.trace(centred), np.trace(centred @ centred)]
    n_control = len(other)
    found = cluster_factors(30, n_control, Clustering(arms, size, icc))
    assert found.df == pytest.approx(traces[0] ** 2 / traces[1], rel=1e-10)
    # gamma is the expectation of S^2 in units of the total variance
    assert found.gamma == pytest.approx(traces[0] / (30 + n_control - 2), rel=1e-10)


def test_clustered_size_by_hand() -> None:
    """200 v 200 in classes of 25, rho .2: gamma 1 - 48*.2/398, eta 5.8, h 210.5."""
    plain = g_from_groups(Group(0.3, 1, 200), Group(0, 1, 200))
    found = g_from_groups(
        Group(0.3, 1, 200), Group(0, 1, 200), clustering=Clustering("both", 25, 0.2)
    )
    h = found.df
    assert round(h, 1) == 210.5
    assert found.value == pytest.approx(
        0.3 * (1 - 3 / (4 * h - 1)) * math.sqrt(1 - 9.6 / 398), abs=EXACT
    )
    assert found.se**2 == pytest.approx(5.8 * 0.01 + found.value**2 / (2 * h), abs=EXACT)
    assert found.se > 2 * plain.se
    told = Clustering("both", 25, 0.2, accounted=True)
    again = g_from_groups(Group(0.3, 1, 200), Group(0, 1, 200), clustering=told)
    assert again.se**2 == pytest.approx((1 - 9.6 / 398) * 0.01 + again.value**2 / (2 * h))


@settings(max_examples=30, deadline=None)
@given(columns, columns, st.floats(0.1, 10), st.floats(-100, 100))
def test_g_ignores_unit_and_changes_sign(
    first: list[float], second: list[float], scale: float, shift: float
) -> None:
    """Another unit changes nothing; swapped sides change the sign alone."""
    base = hedges_g(first, second)
    moved = hedges_g(np.array(first) * scale + shift, np.array(second) * scale + shift)
    assert moved.value == pytest.approx(base.value, rel=1e-6, abs=1e-6)  # rounding of the shift
    swapped = hedges_g(second, first)
    assert swapped.value == pytest.approx(-base.value, abs=1e-9)
    assert swapped.se == pytest.approx(base.se, abs=1e-9)


@pytest.mark.parametrize(
    ("call", "key"),
    [
        (lambda: hedges_g([3, 3, 3], [3, 3]), "constant"),
        (lambda: hedges_g([1], [1, 2]), "too_small"),
        (lambda: hedges_g([1, 2, None], [None, 2]), "too_small"),
        (lambda: hedges_g([0.1 + 0.2, 0.3], [0.3, 0.3]), None),
        (lambda: cox_index(0, 10, 3, 10), "no_odds"),
        (lambda: cox_index(3, 10, 10, 10), "no_odds"),
        (lambda: cox_index(3, 1, 1, 10), "too_small"),
        (lambda: Group(math.nan, 1, 3), "no_mean"),
        (lambda: Clustering("both", 5, 1.2), "outside"),
        (lambda: Clustering("some", 5, 0.2), "unknown_word"),
        (lambda: g_from_groups(A, B, clustering=Clustering("both", 50, 0.2)), "cluster_too_large"),
        (lambda: g_from_groups(A, B, clustering=Clustering("both", 40, 1.0)), "too_clustered"),
        (lambda: g_adjusted(math.nan, A, B, r_squared=0.5), "no_mean"),
        (lambda: g_from_regression(1, 0, A, B), "not_positive"),
    ],
)
def test_bad_input_is_a_sentence(call: object, key: str | None) -> None:
    """A sentence and no number, never NaN."""
    if key is None:
        assert math.isfinite(call().value)
        return
    with pytest.raises(ReviewError) as caught:
        call()
    assert caught.value.key == f"review_stats.{key}"
    assert "{" not in str(caught.value)
