"""Power: printed numbers, another program, and a simulated check."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.power import TTestIndPower

from visitkit import text
from visitkit.errors import ReviewError
from visitkit.review.stats import (
    Explained,
    before_after,
    before_study,
    clusters,
    individuals,
    mdes,
    mdes_of_shares,
    power_curve,
    power_of,
    threshold,
    threshold_design_effect,
    units_for,
)


def test_powerup_cra2() -> None:
    """PowerUpR mdes.cra2, rho .2, n 40, J 20: .6215; with R2 .5/.5 and one covariate .4410."""
    plain = mdes(clusters(20, 40, 0.2))
    assert round(plain.value, 4) == 0.6215
    told = mdes(clusters(20, 40, 0.2, explained=Explained(0.5, 0.5, 1)))
    assert f"{told.value:.4f}" == "0.4410"
    assert (plain.precision.df, told.precision.df) == (18, 17)


def test_individuals_by_hand() -> None:
    """Multiplier times sqrt((1 - R2) / (P (1 - P) n))."""
    found = mdes(individuals(400, share=0.25, explained=Explained(within=0.36, covariates=2)))
    m = stats.t.ppf(0.975, 396) + stats.t.ppf(0.8, 396)
    assert found.value == pytest.approx(m * math.sqrt(0.64 / (0.1875 * 400)))
    assert found.ci_half == pytest.approx(stats.t.ppf(0.975, 396) * math.sqrt(0.64 / 75))


@pytest.mark.parametrize(("effect", "n"), [(0.2, 100), (0.5, 64), (0.8, 20), (0.0, 30)])
def test_power_beside_statsmodels(effect: float, n: int) -> None:
    """statsmodels' TTestIndPower, two-sided."""
    expected = TTestIndPower().power(effect, n, 0.05) if effect else 0.05
    assert power_of(effect, individuals(2 * n)) == pytest.approx(expected, abs=1e-9)
    assert power_of(-effect, individuals(2 * n)) == pytest.approx(expected, abs=1e-9)


def test_sample_sizes() -> None:
    """d .5 needs 64 a side (the textbook number); one fewer would not do."""
    assert units_for(0.5, individuals) == 128
    for plan in (individuals, lambda count: clusters(count, 40, 0.2)):
        least = units_for(0.3, plan)
        assert mdes(plan(least)).value <= 0.3 < mdes(plan(least - 1)).value
    with pytest.raises(ReviewError):
        units_for(1e-9, individuals)


def test_threshold_design_effects() -> None:
    """Schochet 2009: 2.75 for a normal score cut in the middle, 4 for a uniform one."""
    assert round(threshold_design_effect(0.5), 2) == 2.75
    assert threshold_design_effect(0.5, "uniform") == 4.0
    rng = np.random.default_rng(1)
    score = rng.normal(size=200_000)
    r = np.corrcoef(score, score > stats.norm.ppf(0.8))[0, 1]
    # Correlation of 200,000: its error moves the design effect by less than .03.
    assert threshold_design_effect(0.2) == pytest.approx(1 / (1 - r * r), abs=0.03)
    ratio = threshold(400).se / individuals(400, explained=Explained(covariates=2)).se
    assert ratio == pytest.approx(2.0)


def test_changes() -> None:
    """2 (1 - r): nothing won at .5; many measurements help as McKenzie 2012 says."""
    base = individuals(400)
    assert before_after(base, correlation=0.5).se == pytest.approx(base.se)
    assert before_after(base, correlation=0.2).se > base.se
    found = before_after(base, before=3, after=5, correlation=0.4)
    assert found.se**2 == pytest.approx(base.se**2 * 0.6 * 8 / 15)
    assert found.design == "individuals_change"


def test_shares() -> None:
    """10 % against 20 %: 199 a side (Fleiss, Levin and Paik, table A.4 without correction)."""
    assert mdes_of_shares(0.10, 398).higher == pytest.approx(0.10, abs=2e-4)  # 199 is rounded up
    found = mdes_of_shares(0.02, 100)
    assert found.lower is None
    assert found.higher is not None
    mirrored = mdes_of_shares(0.98, 100)
    assert mirrored.higher is None
    assert mirrored.lower == pytest.approx(-found.higher, rel=1e-9)


def test_simulated_power_is_as_promised() -> None:
    """2,000 lotteries at the minimum detectable effect find it in 80 %: four standard errors."""
    rng = np.random.default_rng(6)
    effect = mdes(individuals(60)).value
    first, second = rng.normal(effect, 1, (2000, 30)), rng.normal(0, 1, (2000, 30))
    found = (stats.ttest_ind(first, second, axis=1).pvalue < 0.05).mean()
    assert found == pytest.approx(0.8, abs=4 * math.sqrt(0.16 / 2000))


def test_table_and_curve() -> None:
    """Every design of the table has words; a curve rises."""
    rows = before_study([400, 3000])
    assert {row.design for row in rows} == {
        "individuals",
        "individuals_change",
        "threshold",
        "clusters",
    }
    for row in rows:
        assert text.has(f"review_stats.power.{row.design}")
    powers = [p for _, p in power_curve(np.linspace(0, 1, 9), clusters(20, 40, 0.2))]
    assert powers == sorted(powers)
    for bad in (lambda: individuals(2), lambda: clusters(20, 40, 1.2), lambda: before_study([])):
        with pytest.raises(ReviewError):
            bad()


@pytest.mark.parametrize("share", [0.2, 0.7])
def test_sides_of_unlike_size(share: float) -> None:
    """A fifth treated sees as much as four fifths; of shares each side has its own variance."""
    count, size, icc = 30, 25, 0.15
    found = clusters(count, size, icc, share=share)
    by_hand = (icc + (1 - icc) / size) / (share * (1 - share) * count)
    assert found.se == pytest.approx(math.sqrt(by_hand))
    assert found.se == pytest.approx(clusters(count, size, icc, share=1 - share).se)
    higher = mdes_of_shares(0.1, 400, share=share).higher
    assert higher is not None
    other, first, second = 0.1 + higher, share * 400, (1 - share) * 400
    pooled = (first * other + second * 0.1) / 400
    null = math.sqrt(pooled * (1 - pooled) * (1 / first + 1 / second))
    real = math.sqrt(other * (1 - other) / first + 0.1 * 0.9 / second)
    # Fleiss, Levin and Paik 2003, section 4.2
    assert higher == pytest.approx(stats.norm.ppf(0.975) * null + stats.norm.ppf(0.8) * real)


def test_a_cutoff_costs_its_lines() -> None:
    """Score and side are fitted on both sides: two freedoms more than a lottery."""
    assert threshold(400).df == 400 - 2 - 2
    assert individuals(400).df == 400 - 2
