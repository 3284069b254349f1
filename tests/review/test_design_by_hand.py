"""Signs, small-sample factors and degrees of freedom of the designs, each worked out again by hand.

Published sets are not always at hand; these need none, so that no estimator rests on them alone.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from visitkit.review.designs.curves import kaplan_meier
from visitkit.review.designs.hazards import _residuals, hazard_effect
from visitkit.review.designs.interrupted import SeriesOptions, interrupted_series
from visitkit.review.designs.matching import match_pairs, matched_effect
from visitkit.review.designs.propensity import fit_propensity
from visitkit.review.designs.survival import log_rank, spells
from visitkit.review.designs.weighting import Groups, WeightingOptions, groups, weighted_effect


def two_sides(count: int = 300, seed: int = 4) -> Groups:
    """Return two groups with one confounder and an effect that grows with it."""
    rng = np.random.default_rng(seed)
    before = rng.normal(size=count)
    on = rng.random(count) < 1 / (1 + np.exp(0.5 - 1.3 * before))
    outcome = 2 * before - on * (1 + before) + rng.normal(size=count)
    return groups(outcome, on, pd.DataFrame({"before": before}), range(count))


def chances(table: Groups) -> np.ndarray:
    rows = table.covariates.to_numpy()
    return fit_propensity(table.treated, np.column_stack([np.ones(len(rows)), rows])).score


def test_trimming_for_the_treated() -> None:
    """Only chances above the limit go, on both sides; the chances of the others are fitted anew."""
    table = two_sides()
    found = weighted_effect(table, WeightingOptions(trim=0.2))
    kept = chances(table) <= 0.8
    assert (np.isnan(found.score) == ~kept).all()
    assert (chances(table) < 0.2).any()
    assert found.trimmed == (
        int((~kept & table.treated).sum()),
        int((~kept & ~table.treated).sum()),
    )
    assert min(found.trimmed) > 0
    again = chances(table.rows(kept))
    assert found.score[kept] == pytest.approx(again)
    odds = np.where(table.treated[kept], 1, again / (1 - again))
    for side, effective in zip((True, False), found.effective, strict=True):
        mine = odds[table.treated[kept] == side]
        # Kish 1965, Survey Sampling, section 11.7
        assert effective == pytest.approx(mine.sum() ** 2 / (mine**2).sum())


def test_differences_left_over_have_a_sign() -> None:
    """Treated less control after weighting, over the spread of the treated before it."""
    table = two_sides()
    found = weighted_effect(table)
    x, on = table.covariates["before"].to_numpy(), table.treated
    left = (found.weight[on] * x[on]).sum() - (found.weight[~on] * x[~on]).sum()
    assert abs(left) > 1e-4
    row = found.balance.loc["before"]
    assert row["after"] == pytest.approx(left / x[on].std(ddof=1))
    assert row["before"] == pytest.approx((x[on].mean() - x[~on].mean()) / x[on].std(ddof=1))


def test_adjusted_pairs_speak_of_the_treated() -> None:
    """A line on each side; the gap between them is averaged over the treated of the pairs."""
    table = two_sides()
    pairs = match_pairs(table)
    x, y = table.covariates["before"].to_numpy(), table.outcome
    lines = [np.polyfit(x[rows], y[rows], 1) for rows in (pairs.treated, pairs.control)]
    there = x[pairs.treated]
    by_hand = (np.polyval(lines[0], there) - np.polyval(lines[1], there)).mean()
    assert matched_effect(table, pairs).estimate == pytest.approx(by_hand)


def test_freedom_of_arma() -> None:
    """Weeks less terms less the two orders."""
    weeks = np.arange(60)
    y = 10 - 3 * (weeks >= 30) + np.random.default_rng(4).normal(size=60)
    found = interrupted_series(weeks, y, 30, SeriesOptions(errors="arma", arma_order=(1, 0)))
    assert found.level.df == 60 - 4 - 1


@pytest.fixture(scope="module")
def watched() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return times with many ties, ends and treatment."""
    rng = np.random.default_rng(6)
    on = np.arange(120) % 2
    time = np.ceil(rng.exponential(6 * (1 + on)))
    return np.minimum(time, 8), (time <= 8).astype(int), on


def test_hazard_is_efrons(watched: tuple[np.ndarray, ...]) -> None:
    """With ties Efron's score is nothing at the estimate; Breslow's estimate lies elsewhere."""
    time, cause, on = watched
    found = hazard_effect(spells(time, cause, on)).effect
    design, beta = on[:, None].astype(float), np.array([found.estimate])
    score, schoenfeld, _ = _residuals(time, cause == 1, design, beta)
    assert score.sum() == pytest.approx(0, abs=1e-6)
    assert schoenfeld.sum() == pytest.approx(0, abs=1e-6)
    assert abs(_residuals(time, cause == 1, design, beta + 0.01)[0].sum()) > 1e-3


def test_hazard_by_cluster(watched: tuple[np.ndarray, ...]) -> None:
    """Lin and Wei's sandwich of sums within classes, times G/(G-1), t with G-1 freedoms."""
    time, cause, on = watched
    classes = np.arange(120) // 10
    plain = hazard_effect(spells(time, cause, on)).effect
    found = hazard_effect(spells(time, cause, on, classes)).effect
    design, beta = on[:, None].astype(float), np.array([plain.estimate])
    sums = np.bincount(classes, _residuals(time, cause == 1, design, beta)[0][:, 0])
    by_hand = plain.se**4 * (sums**2).sum() * 12 / 11
    assert found.se == pytest.approx(np.sqrt(by_hand))
    assert found.df == 11
    assert found.p == pytest.approx(2 * stats.t.sf(abs(found.estimate) / found.se, 11))


def test_proportional_by_hand(watched: tuple[np.ndarray, ...]) -> None:
    """Grambsch and Therneau with the rank of time, one covariate."""
    time, cause, on = watched
    found = hazard_effect(spells(time, cause, on))
    design, beta = on[:, None].astype(float), np.array([found.effect.estimate])
    _, rest, when = _residuals(time, cause == 1, design, beta)
    clock = stats.rankdata(when) - stats.rankdata(when).mean()
    statistic = (clock @ rest[:, 0]) ** 2 * len(when) * found.effect.se**2 / (clock @ clock)
    row = found.proportional.loc["treated"]
    assert row["statistic"] == pytest.approx(statistic)
    assert row["p"] == pytest.approx(stats.chi2.sf(statistic, 1))


def test_log_rank_by_hand(watched: tuple[np.ndarray, ...]) -> None:
    """Each time is a draw without replacement: mean and variance of the hypergeometric."""
    time, cause, on = watched
    ended = cause == 1
    drawn = [
        stats.hypergeom(
            (time >= now).sum(), ((time >= now) & (on == 1)).sum(), (ended & (time == now)).sum()
        )
        for now in np.unique(time[ended])
    ]
    mean, variance = sum(one.mean() for one in drawn), sum(one.var() for one in drawn)
    found = log_rank(spells(time, cause, on))
    assert found.observed == (ended & (on == 1)).sum()
    assert found.expected == pytest.approx(mean)
    assert found.statistic == pytest.approx((found.observed - mean) ** 2 / variance)
    assert found.p == pytest.approx(stats.chi2.sf(found.statistic, 1))


def test_ends_of_a_curve(watched: tuple[np.ndarray, ...]) -> None:
    """Complementary log-log: the interval of log(-log S) turned back; low below, high above."""
    time, cause, _ = watched
    curve = kaplan_meier(time, cause == 1)
    row = curve.iloc[2]
    half = 1.959963985 * row["se"] / (row["share"] * abs(np.log(row["share"])))
    middle = np.log(-np.log(row["share"]))
    assert row["low"] == pytest.approx(np.exp(-np.exp(middle + half)))
    assert row["high"] == pytest.approx(np.exp(-np.exp(middle - half)))
    assert (curve["low"] < curve["share"]).all()
    assert (curve["share"] < curve["high"]).all()
