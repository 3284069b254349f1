"""Joint tests and paths of the designs, worked out again by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from visitkit.errors import ReviewError
from visitkit.review.designs.interrupted import SeriesOptions, interrupted_series
from visitkit.review.designs.staggered import PanelColumns, StaggeredOptions, att_gt, read_panel
from visitkit.review.designs.staggered.aggregate import _shaken
from visitkit.review.designs.staggered.cells import difference
from visitkit.review.designs.survival import incidence_difference, spells
from visitkit.review.designs.weighting import (
    WeightingOptions,
    groups,
    propensity_of,
    weighted_effect,
)


def panel(classes: int = 30) -> pd.DataFrame:
    """Return 120 students in classes, seven terms, starts in the fourth and the sixth."""
    rng = np.random.default_rng(21)
    students, terms = 120, 7
    group = np.arange(students) % classes
    first = rng.choice([0, 4, 6], classes)[group]
    y = rng.normal(size=(students, terms)) + rng.normal(size=(classes, terms))[group]
    return pd.DataFrame(
        {
            "s": np.repeat(np.arange(students), terms),
            "t": np.tile(np.arange(1, terms + 1), students),
            "g": np.repeat(first, terms),
            "c": np.repeat(group, terms),
            "y": y.ravel(),
        }
    )


@pytest.mark.parametrize("cluster", [None, "c"])
def test_alike_before_the_start(cluster: str | None) -> None:
    """Wald's statistic of all effects before it; sums within classes times G/(G-1); chi-squared."""
    read = read_panel(panel(), PanelColumns("s", "t", "y", "g", (), cluster))
    found = att_gt(read, StaggeredOptions(method="reg"))
    before = [cell.period < cell.cohort for cell in found.cells]
    values = np.array([cell.effect.estimate for cell in found.cells])[before]
    pulls = found.influence[:, before]
    if cluster is not None:
        codes = panel().groupby("s")["c"].first().to_numpy()
        sums = pd.DataFrame(pulls).groupby(codes).sum().to_numpy()
        pulls = sums * np.sqrt(30 / 29)
    variance = pulls.T @ pulls / 120**2
    statistic = values @ np.linalg.inv(variance) @ values
    assert found.pre_test is not None
    assert found.pre_test.df == sum(before) == 6
    assert found.pre_test.statistic == pytest.approx(statistic)
    assert found.pre_test.p == pytest.approx(stats.chi2.sf(statistic, 6))
    # each cell's own error is the square root of its place in the same matrix
    errors = np.array([cell.effect.se for cell in found.cells])[before]
    assert errors == pytest.approx(np.sqrt(np.diag(variance)))


def test_two_point_weights() -> None:
    """Mammen 1993: mean 0, variance 1, third moment 1; the lesser value comes more often."""
    weights = _shaken(np.ones((1, 1)), 1, seed=3, draws=20_000)[:, 0]
    root = np.sqrt(5)
    assert sorted(set(weights.round(12))) == pytest.approx([(1 - root) / 2, (1 + root) / 2])
    # four standard errors; the sixth moment is 8.5 and less
    for power, moment, spread in ((1, 0.0, 1.0), (2, 1.0, 1.0), (3, 1.0, 3.0)):
        assert abs((weights**power).mean() - moment) < 4 * spread / np.sqrt(20_000), power


@pytest.mark.parametrize("errors", ["newey-west", "arma"])
def test_what_was_to_be_expected_has_two_ends(errors: str) -> None:
    """Quantiles of t at half of what is left: by their ratio at two levels, whatever the error."""
    weeks = np.arange(60)
    y = 10 - 3 * (weeks >= 30) + np.random.default_rng(4).normal(size=60)
    wide, narrow = (
        interrupted_series(weeks, y, 30, SeriesOptions(errors=errors, level=level))
        for level in (0.95, 0.8)
    )
    halves = [
        (one.path["high"] - one.path["counterfactual"]).dropna().to_numpy()
        for one in (wide, narrow)
    ]
    assert len(halves[0]) == 30
    ratio = stats.t.ppf(0.975, wide.level.df) / stats.t.ppf(0.9, wide.level.df)
    assert halves[0] / halves[1] == pytest.approx(ratio)
    low = (wide.path["counterfactual"] - wide.path["low"]).dropna().to_numpy()
    assert low == pytest.approx(halves[0])


def test_periods_after_stand_first() -> None:
    """Twenty from the start on, forty before it."""
    weeks = np.arange(60)
    y = np.random.default_rng(5).normal(size=60)
    for effect in (
        interrupted_series(weeks, y, 40).average,
        interrupted_series(weeks, y, 40).level,
    ):
        assert (effect.counts.treated, effect.counts.control) == (20, 40)


def test_a_horizon_beyond_one_side_is_refused() -> None:
    """Both sides must have been watched so long, not one of them."""
    time = np.r_[np.arange(1.0, 9), np.arange(1.0, 13)]
    watched = spells(time, np.ones(20, dtype=int), np.repeat([1, 0], [8, 12]))
    assert incidence_difference(watched, 8).estimate > 0
    with pytest.raises(ReviewError) as caught:
        incidence_difference(watched, 10)
    assert caught.value.key == "review_designs.horizon_beyond"
    assert caught.value.facts["longest"] == 8


@pytest.mark.parametrize("target", ["ate", "overlap"])
def test_trimming_for_everybody(target: str) -> None:
    """Chances near nothing go as well as those near one: nobody is like them either."""
    rng = np.random.default_rng(6)
    before = rng.normal(size=300)
    on = rng.random(300) < 1 / (1 + np.exp(0.5 - 1.3 * before))
    y = before + rng.normal(size=300)
    table = groups(y, on, pd.DataFrame({"before": before}), range(300))
    found = weighted_effect(table, WeightingOptions(target=target, trim=0.2))
    score = propensity_of(table).score
    assert (score < 0.2).any()
    assert (score > 0.8).any()
    assert (np.isnan(found.score) == ((score < 0.2) | (score > 0.8))).all()


@pytest.mark.parametrize("method", ["reg", "ipw", "dr"])
def test_what_is_held_fixed_was_known_before(method: str) -> None:
    """A measure that help may change is read in the earlier of the two periods, never after."""
    rng = np.random.default_rng(8)
    on = np.arange(80) % 2
    x = np.column_stack([rng.normal(size=80), rng.normal(size=80) + 5 * on])
    y = np.column_stack([rng.normal(size=80), rng.normal(size=80) + x[:, 0] - on])
    rows = pd.DataFrame({"s": np.repeat(np.arange(80), 2), "t": np.tile([1, 2], 80)})
    rows = rows.assign(g=np.repeat(2 * on, 2), x=x.ravel(), y=y.ravel())
    read = read_panel(rows, PanelColumns("s", "t", "y", "g", ("x",)))
    (cell,) = att_gt(read, StaggeredOptions(method=method)).cells
    by_hand = difference(y[:, 1] - y[:, 0], on == 1, x[:, :1], method)
    assert cell.effect.estimate == pytest.approx(by_hand.estimate)
