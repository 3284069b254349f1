"""Two-sided p values, freedoms and sides of the statistics and of the study, worked by hand."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats

from visitkit.review import Study
from visitkit.review.designs.hazards import hazard_effect
from visitkit.review.designs.survival import spells
from visitkit.review.designs.threshold import threshold_data, threshold_effect
from visitkit.review.designs.threshold.checks import density_check
from visitkit.review.stats import (
    Group,
    cluster_effect,
    combine,
    fit_clusters,
    g_from_regression,
    hedges_g,
    imputed_effect,
    lee_bounds,
    pool_studies,
    robustness_value,
)
from visitkit.review.stats.groups import group, pooled_sd
from visitkit.review.study.verdict import not_pushed
from visitkit.sample import made_study

StudyOf = Callable[[str], Study]


def test_spread_of_unequal_sides() -> None:
    """Each side's squares by its own freedoms."""
    rng = np.random.default_rng(1)
    one, two = rng.normal(0, 5, 4), rng.normal(0, 1, 40)
    squares = ((one - one.mean()) ** 2).sum() + ((two - two.mean()) ** 2).sum()
    assert pooled_sd(group(one), group(two)) == pytest.approx(np.sqrt(squares / 42))
    assert pooled_sd(Group(0, 5, 4), Group(0, 1, 40)) > pooled_sd(Group(0, 1, 4), Group(0, 1, 40))


@pytest.mark.parametrize("method", ["reml", "fixed"])
def test_pooled_p_has_two_sides(method: str) -> None:
    """t with one freedom less than studies; the normal with fixed effects."""
    for sign in (1, -1):
        found = pool_studies(sign * np.array([0.2, 0.5, 0.1, 0.4]), [0.1] * 4, method=method)
        away = abs(found.effect) / found.se
        by_hand = 2 * (stats.t.sf(away, 3) if method == "reml" else stats.norm.sf(away))
        assert found.p == pytest.approx(by_hand)


def test_combined_p_has_two_sides() -> None:
    """Over imputations as well."""
    for sign in (1, -1):
        found = combine([sign * 1, sign * 2, sign * 3], [0.5] * 3, complete_df=100, n=102)
        assert found.p == pytest.approx(2 * stats.t.sf(2 / found.se, found.df))


def test_a_fall_is_as_robust_as_a_rise() -> None:
    """The sign of the effect says nothing of how strong a hidden reason must be."""
    up, down = robustness_value(4.2, 783), robustness_value(-4.2, 783)
    assert (down.value, down.value_alpha) == pytest.approx((up.value, up.value_alpha))
    # Cinelli and Hazlett 2020, section 4.2, with f = |t| / sqrt(df)
    f = 4.2 / np.sqrt(783)
    assert up.value == pytest.approx((np.sqrt(f**4 + 4 * f**2) - f**2) / 2)


def test_crossed_effects_cost_their_freedoms() -> None:
    """Weeks taken out of 45 classes count among the parameters of CR1, as columns would."""
    rng = np.random.default_rng(2)
    classes, weeks = np.repeat(np.arange(45), 4), np.tile(np.arange(4), 45)
    on = rng.integers(0, 2, 180).astype(float)
    y = on + weeks + rng.normal(size=180)
    taken = cluster_effect(fit_clusters(y, on, classes, absorb=[weeks]), kind="CR1")
    columns = np.column_stack([on, (weeks[:, None] == np.arange(1, 4)).astype(float)])
    written = cluster_effect(fit_clusters(y, columns, classes), kind="CR1")
    assert taken.estimate == pytest.approx(written.estimate)
    assert taken.se == pytest.approx(written.se)


def test_size_at_the_cutoff(study_of: StudyOf) -> None:
    """Divided by the spread inside the window, of the students inside it, side by side."""
    one = study_of("threshold")
    made = made_study("threshold", seed=1)
    table = made.table.reset_index(drop=True)
    for row in one.estimate().rows:
        found, size = row.found, row.found.size
        local = found.material[1]  # type: ignore[index]
        y, score = table[found.outcome], table["score"]
        near = ((score - 60).abs() <= local.h) & y.notna() & table["missed_before"].notna()
        assert (found.analysed == near.to_numpy()).all()
        on = score >= 60
        sides = group(y[near & on]), group(y[near & ~on])
        by_hand = g_from_regression(found.effect.estimate, found.effect.se, *sides, covariates=2)
        assert size is not None
        assert size == by_hand
        assert (size.n_treated, size.n_control) == ((near & on).sum(), (near & ~on).sum())


def test_size_of_unequal_sides() -> None:
    """Who is treated stands first, in the size as in the effect."""
    rng = np.random.default_rng(3)
    on = (np.arange(90) < 20).astype(int)
    rows = pd.DataFrame({"id": np.arange(90), "on": on, "y": rng.normal(size=90) - on})
    found = Study(rows, "y", "randomised", unit="id", treat="on").estimate().row("y").found
    assert found.size is not None
    assert (found.size.n_treated, found.size.n_control) == (20, 70)
    assert (found.effect.counts.treated, found.effect.counts.control) == (20, 70)


@pytest.mark.parametrize("assign", ["randomised", "chosen", "series"])
def test_the_table_tells_the_reach(assign: str, study_of: StudyOf) -> None:
    """`mdes` is what could be seen, not what was found."""
    one = study_of(assign)
    table = one.estimate().frame()
    for outcome in table.index:
        assert table.loc[outcome, "mdes"] == pytest.approx(one.mdes(outcome).value)
        assert table.loc[outcome, "mdes"] != pytest.approx(abs(table.loc[outcome, "b"]))


def test_starts_by_hand(study_of: StudyOf) -> None:
    """Treated first in the size; the naive gap is after less before, of those who start."""
    one = study_of("staggered")
    row, given = one.estimate().rows[0], one.declared
    rows = given.table.dropna(subset=[row.found.outcome])
    first = rows[given.first].fillna(0)
    mine = rows[(first > 0) & (first <= rows[given.time].max())]
    late = mine[given.time] >= mine[given.first]
    whole = (
        mine.groupby(given.unit)[row.found.outcome].transform("size") == rows[given.time].nunique()
    )
    by_student = [
        mine[whole & part].groupby(given.unit)[row.found.outcome].mean() for part in (late, ~late)
    ]
    assert row.wrong is not None
    assert row.wrong.estimate == pytest.approx((by_student[0] - by_student[1]).mean())
    assert row.wrong.estimate < 0
    size, counts = row.found.size, row.found.effect.counts
    assert size is not None
    assert (size.n_treated, size.n_control) == (counts.treated, counts.control)
    assert counts.treated != counts.control


def test_time_to_an_end_holds_before_fixed(study_of: StudyOf) -> None:
    """The ratio adjusts for what was known before, as declared."""
    one = study_of("time_to_event")
    found, given = one.estimate().rows[0].found, one.declared
    watched = spells(given.table[found.outcome], given.table[given.cause], given.treated)
    assert given.baseline
    held = hazard_effect(watched, given.covariates).effect
    assert found.effect.estimate == pytest.approx(held.estimate)
    assert found.effect.estimate != pytest.approx(hazard_effect(watched).effect.estimate)


@pytest.mark.parametrize("assign", ["chosen", "staggered", "series", "time_to_event"])
def test_reach_by_hand(assign: str, study_of: StudyOf) -> None:
    """Quantiles of interval and power, added, times the error: Bloom 1995."""
    for row in study_of(assign).estimate().rows:
        effect, seen, size = row.found.effect, row.seen, row.found.size
        away = stats.t.ppf(0.975, effect.df) + stats.t.ppf(0.8, effect.df)
        assert seen.basis == "error"
        assert seen.value == pytest.approx(away * effect.se)
        if size is not None:
            assert seen.in_sd == pytest.approx(seen.value * size.value / effect.estimate)


def test_reach_is_wider_where_few_follow_the_flag(study_of: StudyOf) -> None:
    """By the share that the flag moves, with the same students and outcomes."""
    given = study_of("threshold").declared
    flag = (given.table["score"] >= 60).astype(int)
    turned = np.random.default_rng(4).random(len(flag)) < 0.15
    rows = given.table.assign(visited=flag, followed=np.where(turned, 1 - flag, flag))
    settings = {"unit": "student_id", "record": given.record, "first_visit": given.first_visit}
    outcome = given.outcome[0]
    sharp, fuzzy = (
        Study(rows, outcome, "threshold", treat=name, **settings).mdes()  # type: ignore[arg-type]
        for name in ("visited", "followed")
    )
    moved = rows.groupby("visited")["followed"].mean()
    assert sharp.in_sd is not None
    assert fuzzy.in_sd == pytest.approx(sharp.in_sd / (moved[1] - moved[0]))


def test_alike_are_those_who_are_compared() -> None:
    """With pairs the balance is that of the pairs, not of everybody."""
    rng = np.random.default_rng(5)
    before = rng.normal(size=200)
    on = (before + rng.normal(size=200) > 0.8).astype(int)
    rows = pd.DataFrame({"id": np.arange(200), "on": on, "before": before})
    rows["y"] = before - on + rng.normal(size=200)
    one = Study(
        rows,
        "y",
        "chosen",
        unit="id",
        treat="on",
        baseline="before",
        method="matched",
        adjust=False,
    )
    used = one.estimate().row("y").found.analysed
    assert used.sum() < 200
    by_hand = hedges_g(before[used & (on == 1)], before[used & (on == 0)]).value
    assert one.balance().rows[0].size.value == pytest.approx(by_hand)


def test_what_jumps_at_the_cutoff_has_a_sign(study_of: StudyOf) -> None:
    """The jump of what was known before, over the spread of both sides together."""
    given = study_of("threshold").declared
    rows = given.table.assign(missed_before=lambda t: t["missed_before"] + 3 * (t["score"] >= 60))
    rows = rows.dropna(subset=[given.outcome[0], "missed_before"])
    settings = {"unit": "student_id", "treat": "visited", "record": given.record}
    settings |= {"baseline": "missed_before", "first_visit": given.first_visit}
    one = Study(rows, given.outcome[0], "threshold", **settings)  # type: ignore[arg-type]
    before, on = rows["missed_before"], rows["score"] >= 60
    jump = threshold_effect(threshold_data(rows["score"], before, 60)).robust
    spread = pooled_sd(group(before[on]), group(before[~on]))
    size = one.balance().rows[0].size
    assert size.value == pytest.approx(jump.estimate / spread)
    assert size.se == pytest.approx(jump.se / spread)
    assert size.value > 0


def test_weights_are_judged_by_what_they_leave(study_of: StudyOf) -> None:
    """Balance after weighting, not before it."""
    one = study_of("chosen")
    table = one.estimate().rows[0].found.material.balance  # type: ignore[attr-defined]
    for row in one.balance().rows:
        assert row.size.value == pytest.approx(table.loc[row.measure, "after"])
        assert row.size.value != pytest.approx(table.loc[row.measure, "before"])


def test_a_heap_right_above_the_cutoff() -> None:
    """One window of five is enough, at a fifth of the level: Bonferroni."""
    rng = np.random.default_rng(6)
    heap = 60 + rng.uniform(0, 0.2, 18)
    score = np.r_[heap, rng.uniform(60.3, 70, 40), rng.uniform(50, 59.9, 58)]
    data = threshold_data(score, rng.normal(size=len(score)), 60)
    p = [one.p for one in density_check(data)]
    assert len(p) == 5
    assert min(p) * 5 < 0.05 < max(p)
    assert not not_pushed(data)
    even = threshold_data(np.linspace(50, 70, 112), rng.normal(size=112), 60)
    assert not_pushed(even)


def test_trimmed_share_where_both_sides_lose() -> None:
    """Lee 2009: one less the ratio of the shares measured."""
    y = [1.0, 2, 3, 4, np.nan, 2, 3, 1, np.nan, np.nan]
    found = lee_bounds(y, [1] * 5 + [0] * 5)
    assert found.trimmed == pytest.approx(1 - 0.6 / 0.8)
    # the best, then the worst of the four treated is set aside; the others' mean is 2
    assert (found.low, found.high) == pytest.approx((2 - 2, 3 - 2))


@pytest.mark.parametrize("assign", ["randomised", "chosen"])
def test_strength_of_a_hidden_reason(assign: str, study_of: StudyOf) -> None:
    """From t and its freedom; where the interval is normal, from what the columns leave."""
    one = study_of(assign)
    row = one.estimate().rows[0]
    effect, used = row.found.effect, int(row.found.analysed.sum())
    free = effect.df if np.isfinite(effect.df) else used - len(one.declared.baseline) - 2
    told = {check.kind: check for check in one.sensitivity()}["robustness"]
    by_hand = robustness_value(effect.estimate / effect.se, free, alpha=0.05)
    assert told.figure("value") == pytest.approx(by_hand.value)
    assert told.figure("limit") == pytest.approx(by_hand.value_alpha)


def test_imputed_variance_is_that_of_least_squares() -> None:
    """One lost value of eighty: the mean variance inside is nearly that of the whole."""
    rng = np.random.default_rng(7)
    before, on = rng.normal(size=80), np.repeat([0, 1], 40)
    y = 100 * (before + on + rng.normal(scale=0.5, size=80))  # variance and error lie far apart
    variance = sm.OLS(y, np.column_stack([on, np.ones(80), before])).fit().bse[0] ** 2
    y[3] = np.nan
    found = imputed_effect(y, on, before)
    assert found.within == pytest.approx(variance, rel=0.1)  # one value of eighty
    assert found.df < 80 - 1 - 2
