"""Inference by cluster: against long-hand matrices, other programs and known truth."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visitkit.errors import ReviewError
from visitkit.review.stats import cluster_effect, cluster_inference, fit_clusters, wild_bootstrap

LONG_HAND = 1e-9  # the same estimator by n x n matrices; rounding of inverses

SIZES = [3, 4, 5, 6, 3, 3, 4, 5, 6, 5]
G = np.repeat(np.arange(10), SIZES)
D = (G % 2 == 0).astype(float)
# fmt: off
X = np.array([
    0.0, 0.3, -0.27, -0.89, -0.45, -0.99, 0.06, 1.34, -0.49, -0.62, 0.49, 0.36, 0.11, -0.93, -0.03,
    0.7, -1.34, -0.46, -1.9, -1.29, -1.84, -0.24, -1.27, 0.27, 0.16, -0.19, -2.52, -0.54, -0.05,
    0.11, -1.53, -0.48, -0.98, -0.81, 1.06, -0.81, -0.03, 0.88, -0.58, -0.11, 0.11, 0.06, -1.23,
    0.08,
])
Y = np.array([
    1.97, 3.14, 1.82, -1.77, -0.56, -3.21, -1.28, 2.54, 1.3, -0.15, 1.57, 1.82, 1.13, 0.33, -1.23,
    0.02, -0.57, -2.33, -2.2, -1.23, -0.42, 2.45, 0.4, 1.9, 1.47, 2.9, -1.39, 0.72, -0.9, -1.21,
    -2.93, -2.79, -2.19, -0.38, 3.1, 0.72, 0.82, 2.42, -0.05, 1.52, 0.68, 1.22, -1.94, 1.0,
])
# fmt: on
FIT = fit_clusters(Y, np.column_stack([D, X]), G)


def long_hand(
    x: np.ndarray, y: np.ndarray, w: np.ndarray, g: np.ndarray, kind: str
) -> tuple[float, float]:
    """Return variance and Satterthwaite df of the first coefficient, by full matrices."""
    x, y = x * np.sqrt(w)[:, None], y * np.sqrt(w)
    bread = np.linalg.inv(x.T @ x)
    rest = np.eye(len(y)) - x @ bread @ x.T
    e, total, reaches = rest @ y, 0.0, []
    for one in np.unique(g):
        rows = g == one
        values, vectors = np.linalg.eigh(rest[np.ix_(rows, rows)])
        power = np.array([v**-0.5 if v > 1e-9 else 0.0 for v in values])
        adjust = vectors @ np.diag(power) @ vectors.T if kind == "CR2" else np.eye(rows.sum())
        lever = adjust @ x[rows] @ bread[0]
        total += float(lever @ e[rows]) ** 2
        reaches.append(rest[:, rows] @ lever)
    shared = np.array([[a @ b for b in reaches] for a in reaches])
    return total, float(np.trace(shared) ** 2 / (shared**2).sum())


def test_pyfixest_cr1_and_jackknife() -> None:
    """pyfixest 0.60.0, feols('y ~ d + x', CRV1 and CRV3), printed to six digits."""
    one = cluster_effect(FIT, kind="CR1")
    assert round(one.estimate, 6) == 1.420694
    assert round(one.se, 6) == 0.534285
    assert round(one.p, 6) == 0.026086
    assert tuple(round(end, 6) for end in one.ci) == (0.212057, 2.629332)
    three = cluster_effect(FIT, kind="CR3")
    # pyfixest multiplies the jackknife by the factor of CR1 in place of (G-1)/G.
    assert round(three.se * math.sqrt(10 / 9 * 43 / 41 / (9 / 10)), 6) == 0.665902
    other = cluster_effect(FIT, 1, kind="CR1")
    assert (round(other.estimate, 6), round(other.se, 6)) == (1.364166, 0.178339)


def test_jackknife_by_leaving_out() -> None:
    """CR3 is the jackknife over clusters."""
    x = np.column_stack([D, X, np.ones(len(Y))])
    left = [np.linalg.lstsq(x[g != G], Y[g != G], rcond=None)[0][0] for g in range(10)]
    expected = 0.9 * ((np.array(left) - FIT.beta[0]) ** 2).sum()
    assert cluster_effect(FIT, kind="CR3").se ** 2 == pytest.approx(expected, rel=LONG_HAND)


@pytest.mark.parametrize("kind", ["CR0", "CR2"])
@pytest.mark.parametrize("weighted", [False, True])
def test_variance_by_full_matrices(kind: str, weighted: bool) -> None:
    """Low-rank sums give what n x n matrices give."""
    w = 0.5 + (np.arange(len(Y)) % 7) / 4 if weighted else np.ones(len(Y))
    fit = fit_clusters(Y, np.column_stack([D, X]), G, weights=w)
    found = cluster_effect(fit, kind=kind)
    variance, df = long_hand(np.column_stack([D, X, np.ones(len(Y))]), Y, w, G, kind)
    assert found.se**2 == pytest.approx(variance, rel=LONG_HAND)
    assert found.df == pytest.approx(df if kind == "CR2" else 9.0, rel=LONG_HAND)


def panel() -> tuple[np.ndarray, ...]:
    """Return a made-up panel: 12 classes, 3 students each, 4 weeks."""
    rows = np.array([(c, c * 3 + s, t) for c in range(12) for s in range(3) for t in range(4)])
    c, s, t = rows.T
    d = ((c % 2 == 0) & (t >= 2)).astype(float)
    return (np.arange(144) * 37 % 23) / 4 + c % 5 + 1.5 * d, d, c, s, t


def test_absorbed_effects() -> None:
    """pyfixest 0.60.0, feols('y ~ d | s + t'): it counts all four weeks, we count their rank."""
    y, d, c, s, t = panel()
    fit = fit_clusters(y, d, c, absorb=[s, t])
    found = cluster_effect(fit, kind="CR1")
    assert round(found.estimate, 6) == 1.979167
    assert round(found.se * math.sqrt(140 / 139), 6) == 0.539522
    dummies = [(s[:, None] == np.arange(36)).astype(float), (t[:, None] == [1, 2, 3]).astype(float)]
    x = np.column_stack([d, *dummies])
    variance, df = long_hand(x, y, np.ones(144), c, "CR2")
    exact = cluster_effect(fit)
    assert (exact.se**2, exact.df) == pytest.approx((variance, df), rel=1e-8)


def test_many_clusters_demean_what_few_clusters_write_out() -> None:
    """Alternating projections give the coefficient of explicit columns; CR2 is refused."""
    rng = np.random.default_rng(5)
    c = np.repeat(np.arange(50), 8)
    s, t = np.repeat(np.arange(100), 4), rng.integers(0, 5, 400)
    d = rng.integers(0, 2, 400).astype(float)
    y = d + s % 3 + t + rng.normal(size=400)
    fit = fit_clusters(y, d, c, absorb=[s, t])
    x = np.column_stack([d, *((one[:, None] == np.unique(one)).astype(float) for one in (s, t))])
    assert fit.beta[0] == pytest.approx(np.linalg.lstsq(x, y, rcond=None)[0][0], rel=1e-8)
    with pytest.raises(ReviewError, match=r"CR2"):
        cluster_effect(fit, kind="CR2")
    with pytest.raises(ReviewError):
        wild_bootstrap(fit)
    assert cluster_inference(fit, d).effect.kind == "CR1"


def wild_long_hand(null: float) -> tuple[float, float]:
    """Return t and p of the bootstrap by refitting every pattern of signs."""
    x = np.column_stack([D, X, np.ones(len(Y))])
    bread = np.linalg.inv(x.T @ x)

    def t_of(y: np.ndarray) -> float:
        b = bread @ x.T @ y
        scores = np.array([x[g == G].T @ (y - x @ b)[g == G] for g in range(10)])
        variance = (bread @ scores.T @ scores @ bread)[0, 0] * 10 / 9 * 43 / 41
        return float((b[0] - null) / math.sqrt(variance))

    moved = Y - null * D
    rest = moved - x[:, 1:] @ np.linalg.lstsq(x[:, 1:], moved, rcond=None)[0]
    t = t_of(Y)
    signs = itertools.product((1.0, -1.0), repeat=10)
    far = [abs(t_of(Y - rest + rest * np.array(one)[G])) >= abs(t) - 1e-9 for one in signs]
    return t, float(np.mean(far))


@pytest.mark.parametrize("null", [0.0, 0.5])
def test_wild_bootstrap_by_refitting(null: float) -> None:
    """All 1,024 patterns refitted one by one give the same t and p."""
    found = wild_bootstrap(FIT, null=null)
    t, p = wild_long_hand(null)
    assert found.enumerated
    assert found.t == pytest.approx(t, rel=LONG_HAND)
    assert found.p == pytest.approx(p, abs=1e-12)


def test_wild_bootstrap_beside_wildboottest() -> None:
    """wildboottest 0.3.2, type 11, null imposed: p 30/1024; it leaves out the two ties."""
    assert wild_bootstrap(FIT).p == 32 / 1024
    # Webb weights, 99,999 draws: .02993; two such p differ by at most .0011 in 95 of 100 cases,
    # and ours is drawn 19,999 times: 3 standard errors are .004.
    assert wild_bootstrap(FIT, weights="webb", draws=19999).p == pytest.approx(0.02993, abs=0.004)


def test_wild_interval_inverts_the_test() -> None:
    """Just inside the ends p is at least 5 %, just outside it is less."""
    low, high = wild_bootstrap(FIT).ci
    assert low < FIT.beta[0] < high
    for end, step in ((low, 1e-6), (high, -1e-6)):
        assert wild_bootstrap(FIT, null=end + step).p >= 0.05
        assert wild_bootstrap(FIT, null=end - step).p < 0.05


def test_seed_repeats_the_draws() -> None:
    """The same seed gives the same p; enumeration asks for no seed."""
    one = wild_bootstrap(FIT, weights="webb", draws=999, seed=4)
    assert one == wild_bootstrap(FIT, weights="webb", draws=999, seed=4)
    assert wild_bootstrap(FIT, seed=1).p == wild_bootstrap(FIT, seed=2).p


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.2, 5), st.floats(-9, 9))
def test_order_unit_and_sides(seed: int, scale: float, shift: float) -> None:
    """Order and names of classes change nothing; a swapped side changes the sign alone."""
    order = np.random.default_rng(seed).permutation(len(Y))
    names = np.array([f"class {(g * 7) % 10}" for g in G])
    design = np.column_stack([1 - D, X])[order]
    fit = fit_clusters((Y * scale + shift)[order], design, names[order])
    found, base = cluster_effect(fit), cluster_effect(FIT)
    assert found.estimate == pytest.approx(-scale * base.estimate, rel=1e-8)
    assert (found.se, found.df) == pytest.approx((scale * base.se, base.df), rel=1e-8)


def test_coverage_with_few_classes() -> None:
    """400 studies of 6 + 6 unequal classes: CR2 covers 95 %; CR0 does not. Four standard errors."""
    rng = np.random.default_rng(11)
    g = np.repeat(np.arange(12), [6, 8, 10, 12, 14, 16] * 2)
    d = (g >= 6).astype(float)
    hits = np.zeros(2)
    for _ in range(400):
        y = 0.3 * d + rng.normal(size=12)[g] * 0.5 + rng.normal(size=len(g))
        fit = fit_clusters(y, d, g)
        for place, kind in enumerate(("CR2", "CR0")):
            low, high = cluster_effect(fit, kind=kind).ci
            hits[place] += low <= 0.3 <= high
    assert hits[0] / 400 == pytest.approx(0.95, abs=4 * math.sqrt(0.95 * 0.05 / 400))
    assert hits[1] < hits[0]


def test_policy_for_few_clusters() -> None:
    """Under 40 clusters CR2 and bootstrap; under 4 a side no number."""
    found = cluster_inference(FIT, D)
    assert (found.effect.kind, found.clusters_treated, found.clusters_control) == ("CR2", 5, 5)
    assert found.wild is not None
    assert [one.key for one in found.notes] == ["review_stats.few_clusters"]
    few = G < 7
    fit = fit_clusters(Y[few], D[few], G[few])
    with pytest.raises(ReviewError) as caught:
        cluster_inference(fit, D[few])
    assert caught.value.key == "review_stats.too_few_clusters"


@pytest.mark.parametrize(
    ("call", "key"),
    [
        (lambda: fit_clusters(Y, D, np.zeros(len(Y))), "review_stats.one_cluster"),
        (lambda: fit_clusters(np.ones(len(Y)), D, G), "review_designs.constant_outcome"),
        (lambda: fit_clusters(np.where(Y > 3, np.nan, Y), D, G), "review_stats.missing"),
        (lambda: fit_clusters(Y, np.where(X > 1, np.nan, X), G), "review_stats.missing"),
        (lambda: fit_clusters(Y, np.column_stack([D, 2 * D]), G), "review_stats.collinear"),
        (lambda: fit_clusters(Y, D, G, absorb=[G]), "review_stats.no_variation"),
        (lambda: fit_clusters(Y, np.zeros(len(Y)), G), "review_stats.no_variation"),
        (lambda: fit_clusters(D, D, G), "review_stats.perfect_fit"),
        (lambda: fit_clusters(Y, D[:-1], G), "review_designs.lengths_differ"),
        (lambda: fit_clusters(Y, D, [None, *G[1:]]), "review_stats.missing"),
        (lambda: fit_clusters(Y, X, G, weights=np.zeros(len(Y))), "review_stats.not_positive"),
        (lambda: fit_clusters(1.0 * G, X, G, absorb=[G]), "review_stats.constant_within"),
        (lambda: cluster_effect(FIT, kind="HC1"), "review_stats.unknown_word"),
        (lambda: cluster_effect(FIT, 2), "review_stats.outside"),
        (lambda: wild_bootstrap(FIT, draws=9), "review_stats.too_small"),
    ],
)
def test_bad_input_is_a_sentence(call: object, key: str) -> None:
    """A sentence and no number."""
    with pytest.raises(ReviewError) as caught:
        call()
    assert caught.value.key == key
