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
from visitkit.review.designs.staggered import PanelColumns, read_panel
from visitkit.review.designs.staggered.cells import difference
from visitkit.review.designs.staggered.twoway import did_two_by_two, two_way_contrast
from visitkit.review.designs.survival import log_rank, spells
from visitkit.review.designs.threshold import (
    ThresholdExtras,
    ThresholdOptions,
    threshold_data,
    threshold_effect,
)
from visitkit.review.designs.threshold.checks import bandwidth_curve, density_check
from visitkit.review.designs.threshold.pooling import detectable
from visitkit.review.designs.threshold.randomisation import local_randomisation
from visitkit.review.designs.weighting import Groups, WeightingOptions, groups, weighted_effect
from visitkit.review.propensity import fit_propensity


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


@pytest.fixture(scope="module")
def scored() -> tuple[np.ndarray, np.ndarray]:
    """Return scores and outcomes that jump by -3 at 40, with more students below than above."""
    rng = np.random.default_rng(3)
    score = rng.beta(2, 3, 1200) * 100
    return score, score / 10 - 3 * (score >= 40) + rng.normal(size=1200)


def test_the_lower_side_may_be_treated(scored: tuple[np.ndarray, ...]) -> None:
    """The same students, the other side called treated: every sign and count turns round."""
    score, outcome = scored
    above = threshold_data(score, outcome, 40)
    below = threshold_data(score, outcome, 40, treated="below")
    assert (above.sign, below.sign) == (1, -1)
    assert below.counts(5, 7) == (5, 7)
    assert above.counts(5, 7) == (7, 5)
    up, down = threshold_effect(above), threshold_effect(below)
    assert up.robust.estimate < -2
    assert down.robust.estimate == pytest.approx(-up.robust.estimate)
    assert down.robust.counts.treated == up.robust.counts.control == up.n_h[0]
    methods = [one.method.rsplit(".", 1)[1] for one in (up.conventional, up.robust)]
    assert methods == ["threshold_sharp_plain", "threshold_sharp_robust"]
    assert up.ends is not None
    assert down.ends == pytest.approx(up.ends[::-1])
    near = [local_randomisation(data, 3.0) for data in (above, below)]
    assert near[1].estimate == pytest.approx(-near[0].estimate)
    assert near[1].counts.treated == near[0].counts.control
    plain = [outcome[(np.abs(score - 40) <= 3) & side].mean() for side in (score >= 40, score < 40)]
    assert near[0].estimate == pytest.approx(plain[0] - plain[1])


def test_strength_of_the_flag(scored: tuple[np.ndarray, ...]) -> None:
    """F is the squared t of the jump in treatment, in the same window."""
    score, outcome = scored
    on = (score >= 40) ^ (np.random.default_rng(1).random(1200) < 0.2)
    fuzzy = threshold_effect(threshold_data(score, outcome, 40, ThresholdExtras(received=on)))
    same = ThresholdOptions(bandwidth=fuzzy.h, bias_bandwidth=fuzzy.b)
    jump = threshold_effect(threshold_data(score, on.astype(float), 40), same).conventional
    assert fuzzy.first_stage_f == pytest.approx((jump.estimate / jump.se) ** 2)
    assert fuzzy.ends is None
    methods = [one.method.rsplit(".", 1)[1] for one in (fuzzy.conventional, fuzzy.robust)]
    assert methods == ["threshold_fuzzy_plain", "threshold_fuzzy_robust"]


def test_reach_at_the_cutoff(scored: tuple[np.ndarray, ...]) -> None:
    """Normal quantiles of the interval and of the power, added; covariates by the root."""
    data = threshold_data(*scored, 40)
    at = {power: detectable(data, power=power).effect for power in (0.5, 0.8)}
    two_sided = stats.norm.ppf(0.975)
    assert at[0.8] / at[0.5] == pytest.approx((two_sided + stats.norm.ppf(0.8)) / two_sided)


def test_windows_and_sides(scored: tuple[np.ndarray, ...]) -> None:
    """Each window is its factor wide; the share beside the cutoff is of its right side."""
    data = threshold_data(*scored, 40)
    best = threshold_effect(data)
    for factor, found in bandwidth_curve(data):
        assert (found.h, found.b) == pytest.approx((best.h * factor, best.b * factor))
    wide = density_check(data, [30.0])[0]
    score = scored[0]
    right, left = ((score >= 40) & (score <= 70)).sum(), ((score < 40) & (score >= 10)).sum()
    assert right != left
    assert (wide.at_or_above, wide.below) == (right, left)
    assert wide.share == pytest.approx(right / (right + left))
    assert wide.p == pytest.approx(stats.binomtest(int(right), int(right + left)).pvalue)


@pytest.mark.parametrize("method", ["reg", "ipw", "dr"])
def test_pulls_by_leaving_one_out(method: str) -> None:
    """Each student's pull is what the estimate loses without that student, to first order."""
    rng = np.random.default_rng(5)
    x = rng.uniform(-1, 1, 160)
    on = rng.random(160) < 1 / (1 + np.exp(0.4 - x))
    change = x + x**2 - on + 0.5 * rng.normal(size=160)
    found = difference(change, on, x[:, None], method)
    without = []
    for row in range(160):
        kept = np.arange(160) != row
        without.append(difference(change[kept], on[kept], x[kept, None], method).estimate)
    moved = 159 * (found.estimate - np.array(without))
    # first order against exact: the slope is 1 but for terms of 1/n
    assert np.corrcoef(moved, found.influence)[0, 1] > 0.999
    assert found.influence.std() == pytest.approx(moved.std(), rel=0.03)


def test_change_against_change() -> None:
    """Without classes Welch's t, as scipy has it."""
    rng = np.random.default_rng(7)
    on = np.arange(50) < 12
    before, after = rng.normal(size=50), rng.normal(size=50) * np.where(on, 3, 1)
    found = did_two_by_two(before, after, on)
    change = after - before
    told = stats.ttest_ind(change[on], change[~on], equal_var=False)
    assert found.estimate == pytest.approx(change[on].mean() - change[~on].mean())
    assert (found.df, found.p) == pytest.approx((told.df, told.pvalue))


def test_two_way_by_dummies() -> None:
    """Student and period effects as columns; errors within students with both factors."""
    rng = np.random.default_rng(9)
    units, periods = 14, 5
    first = np.repeat([0, 3, 4], [6, 4, 4])
    rows = pd.DataFrame(
        {
            "s": np.repeat(np.arange(units), periods),
            "t": np.tile(np.arange(1, periods + 1), units),
            "g": np.repeat(first, periods),
            "y": rng.normal(size=units * periods),
        }
    )
    found = two_way_contrast(read_panel(rows, PanelColumns("s", "t", "y", "g")))
    on = ((rows["g"] > 0) & (rows["t"] >= rows["g"])).to_numpy(float)
    fixed = np.column_stack([pd.get_dummies(rows[name], dtype=float) for name in ("s", "t")])
    own = on - fixed @ np.linalg.lstsq(fixed, on, rcond=None)[0]
    both = np.column_stack([on, fixed])
    rest = rows["y"] - both @ np.linalg.lstsq(both, rows["y"], rcond=None)[0]
    sums = np.bincount(rows["s"], own * rest)
    n, g = len(rows), units
    variance = (sums**2).sum() / (own @ own) ** 2 * g / (g - 1) * (n - 1) / (n - periods - 1)
    assert found.estimate == pytest.approx(own @ rows["y"] / (own @ own))
    assert found.se == pytest.approx(np.sqrt(variance))
    assert found.df == g - 1
