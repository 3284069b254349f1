"""What stands around an estimate, worked by hand: sizes, lines, curves, checks, reach, balance."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats

from visitkit.review import Study
from visitkit.review.designs.staggered import PanelColumns, read_panel
from visitkit.review.stats import Explained, hedges_g, individuals, mdes
from visitkit.review.study import CurvesPicture, ThresholdPicture
from visitkit.sample import made_study

StudyOf = Callable[[str], Study]
_SETTINGS = {"unit": "id", "treat": "on"}


def drawn(count: int = 80, seed: int = 11) -> pd.DataFrame:
    """Return a lottery with two measures from before that stand far from nothing."""
    rng = np.random.default_rng(seed)
    on = rng.permutation(count) % 2
    rows = pd.DataFrame({"id": np.arange(count), "on": on, "a": rng.normal(50, 3, count)})
    rows["b"] = rng.normal(-20, 2, count)
    return rows.assign(y=rows["a"] + rows["b"] - 2 * on + rng.normal(0, 3, count))


def study(rows: pd.DataFrame, assign: str = "randomised", **more: Any) -> Study:
    return Study(rows, "y", assign, **{**_SETTINGS, **more})


def checks(one: Study) -> dict[str, dict[str, float]]:
    return {check.kind: dict(check.figures) for check in one.sensitivity()}


def test_a_size_costs_what_is_held_fixed() -> None:
    """Handbook 5.0, appendix E: two measures cost two freedoms; the variance has them below."""
    found = study(drawn(), baseline=("a", "b")).estimate().row("y").found
    size, effect, rows = found.size, found.effect, drawn()
    assert size is not None
    assert size.df == 80 - 2 - 2
    inside = rows["y"] - rows.groupby("on")["y"].transform("mean")
    sd = np.sqrt((inside**2).sum() / 78)
    g = (1 - 3 / (4 * 78 - 1)) * effect.estimate / sd
    assert size.value == pytest.approx(g)
    assert size.se == pytest.approx(np.sqrt((effect.se / sd) ** 2 + g**2 / (2 * 76)))


def test_the_line_is_that_of_the_window(study_of: StudyOf) -> None:
    """Triangular weights that reach as far as the window of the estimate, and no farther."""
    one = study_of("threshold")
    shown, found = one.picture(), one.estimate().rows[0].found
    assert isinstance(shown, ThresholdPicture)
    width = found.material[1].h  # type: ignore[index]
    rows = made_study("threshold", seed=1).table.dropna(subset=[found.outcome])
    for side, on in (("left", rows["score"] < 60), ("right", rows["score"] >= 60)):
        mine = rows[on & ((rows["score"] - 60).abs() < width)]
        weight = 1 - (mine["score"] - 60).abs() / width
        fit = sm.WLS(mine[found.outcome], sm.add_constant(mine["score"]), weights=weight).fit()
        line = shown.lines[shown.lines["side"] == side]
        assert len(mine) < on.sum()
        # the weights reach a millionth farther, so that the last student weighs something
        there = sm.add_constant(line["score"], has_constant="add")
        assert line["fitted"].tolist() == pytest.approx(fit.predict(there).tolist(), rel=1e-4)


def ending(count: int = 60) -> pd.DataFrame:
    """Return times that all end, two ends competing: no student is still there."""
    rng = np.random.default_rng(12)
    on = np.arange(count) % 2
    time = rng.permutation(np.arange(1, count + 1)).astype(float)
    time[on == 1] += 15
    return pd.DataFrame({"id": np.arange(count), "on": on, "y": time, "end": 1}).assign(
        end=np.where(rng.random(count) < 0.3, 2, 1)
    )


def test_a_curve_stops_before_few_are_left() -> None:
    """All thirty of a side end one by one: the curve is told while ten are watched, then cut."""
    rows = ending()
    shown = study(rows, "time_to_event", cause="end", horizon=40.0, drawn=True).picture()
    assert isinstance(shown, CurvesPicture)
    for side, on in (("treated", 1), ("control", 0)):
        curve = shown.curves[shown.curves["side"] == side]
        assert curve["at_risk"].min() == 10
        last = rows.loc[rows["on"] == on, "y"].sort_values().iloc[-10]
        assert curve["time"].max() <= last


def test_share_ended_by_the_horizon_by_hand() -> None:
    """Nobody is lost from sight before it, so shares are plain shares; treated less others."""
    rows = ending()
    told = checks(study(rows, "time_to_event", cause="end", horizon=40.0, drawn=True))["share"]
    ended = rows.assign(by=(rows["end"] == 1) & (rows["y"] <= 40)).groupby("on")["by"].mean()
    assert told["b"] == pytest.approx(100 * (ended[1] - ended[0]))
    assert told["low"] < told["b"] < told["high"]


def test_few_classes_are_weighted_and_regressed() -> None:
    """Weights of the chance of treatment inside least squares, as statsmodels has it."""
    rng = np.random.default_rng(13)
    group = np.repeat(np.arange(12), 20)
    rows = drawn(240, 13).assign(group=group)
    rows["on"] = (rng.random(240) < 1 / (1 + np.exp(-(rows["a"] - 50) / 4))).astype(int)
    rows["y"] += 0.1 * (rows["a"] - 50) ** 2 + rng.normal(0, 1, 12)[group]
    found = study(rows, "chosen", baseline="a", cluster="group").estimate().row("y").found
    weight = found.material.weight  # type: ignore[attr-defined]
    kept = weight > 0
    assert (found.analysed == kept).all()
    design = sm.add_constant(rows.loc[kept, ["on", "a"]])
    by_hand = sm.WLS(rows.loc[kept, "y"], design, weights=weight[kept]).fit()
    plain = sm.OLS(rows.loc[kept, "y"], design).fit()
    assert found.effect.estimate == pytest.approx(by_hand.params["on"])
    assert found.effect.estimate != pytest.approx(plain.params["on"])


def test_reach_of_a_lottery_by_hand() -> None:
    """Numbers, level and power alone: Bloom 1995, with what the measures from before explain."""
    rows, names = drawn(), ["a", "b"]
    seen = study(rows, baseline=("a", "b"), level=0.9).mdes()
    inside = rows - rows.groupby("on").transform("mean").reindex(columns=rows.columns, fill_value=0)
    y, x = inside["y"], inside[names]
    rest = sm.OLS(y, x).fit().resid
    r2 = 1 - (rest @ rest) / (y @ y) * 78 / 76
    spread = np.sqrt((y**2).mean())
    away = stats.t.ppf(0.95, 76) + stats.t.ppf(0.8, 76)
    by_hand = away * np.sqrt((1 - r2) / (0.25 * 80))
    assert seen.in_sd == pytest.approx(by_hand)
    assert seen.value == pytest.approx(by_hand * spread)
    planned = mdes(individuals(80, explained=Explained(0.0, r2, 2)), power=0.8, alpha=0.1)
    assert seen.in_sd == pytest.approx(planned.value)


def test_reach_at_another_level() -> None:
    """A study held to 90 % sees more than one held to 95 %, by the quantiles of t."""
    rows = drawn()
    rows["on"] = (rows["a"] + rows["b"] > 30).astype(int)
    two = [study(rows, "chosen", baseline="a", level=level) for level in (0.95, 0.9)]
    effect = [one.estimate().row("y").found.effect for one in two]
    assert effect[0].se == pytest.approx(effect[1].se)
    for one, found, level in zip(two, effect, (0.95, 0.9), strict=True):
        away = stats.t.ppf(0.5 + level / 2, found.df) + stats.t.ppf(0.8, found.df)
        assert one.mdes().value == pytest.approx(away * found.se)


def lossy() -> pd.DataFrame:
    """Return a lottery in which more of the others are lost, the low ones first."""
    rows = drawn(200, 14)
    rng = np.random.default_rng(15)
    gone = rng.random(200) < np.where(rows["on"] == 1, 0.05, 0.25)
    return rows.assign(y=rows["y"].mask(gone & (rows["y"] < rows["y"].median() + 2)))


def test_lost_outcomes_by_hand() -> None:
    """Bounds put the treated first; what is filled in keeps the sign of the effect."""
    rows = lossy()
    found = checks(study(rows, baseline="a", limits={"y": (0.0, 60.0)}))
    y, on = rows["y"], rows["on"] == 1
    lowest = y.fillna(60).where(~on, y.fillna(0))
    highest = y.fillna(0).where(~on, y.fillna(60))
    ends = [one[on].mean() - one[~on].mean() for one in (lowest, highest)]
    told = found["bounds_extreme"]
    # the interval goes less than the half-width of 95 % beyond the ends, and never inside them
    half = 1.96 * max(
        np.sqrt(one[on].var() / on.sum() + one[~on].var() / (~on).sum())
        for one in (lowest, highest)
    )
    assert ends[0] - half <= told["low"] < ends[0] < ends[1] < told["high"] <= ends[1] + half
    kept, other = np.sort(y[on].dropna()), y[~on].dropna()
    share = 1 - (len(other) / (~on).sum()) / (len(kept) / on.sum())
    some = len(kept) - round(share * len(kept))
    # whole students are cut here, parts of one by the estimator: one of ninety at most
    low, high = kept[:some].mean() - other.mean(), kept[-some:].mean() - other.mean()
    assert found["bounds_lee"]["low"] < low < high < found["bounds_lee"]["high"]
    assert found["bounds_lee"]["high"] < 0.5
    assert found["imputed"]["low"] < found["imputed"]["b"] < found["imputed"]["high"] < 0


def test_other_models_are_other_models(study_of: StudyOf) -> None:
    """Pairs and regression beside the weights: neither is the estimate told again."""
    one = study_of("chosen")
    told, given = checks(one), one.declared
    row = one.estimate().rows[0].found
    rows = given.table.dropna(subset=[row.outcome, *given.baseline])
    design = sm.add_constant(rows[[given.treat, *given.baseline]].astype(float))
    assert told["by_regression"]["b"] == pytest.approx(
        sm.OLS(rows[row.outcome], design).fit().params[given.treat]
    )
    values = {row.effect.estimate, told["by_regression"]["b"], told["by_matched"]["b"]}
    assert len(values) == 3


def test_a_hidden_reason_at_another_level() -> None:
    """Cinelli and Hazlett 2020, section 4.3: f less the quantile of the level over root df - 1."""
    rows = drawn()
    found = study(rows, baseline="a", level=0.9)
    effect = found.estimate().row("y").found.effect
    told = checks(found)["robustness"]
    f = abs(effect.estimate / effect.se) / np.sqrt(effect.df)
    left = f - stats.t.ppf(0.95, effect.df - 1) / np.sqrt(effect.df - 1)
    assert left > 0
    assert told["limit"] == pytest.approx((np.sqrt(left**4 + 4 * left**2) - left**2) / 2)


def test_crisis_is_counted_once_a_student() -> None:
    """A row a period: three students in a crisis are three, not three times the periods."""
    made = made_study("staggered", seed=1)
    unit = str(made.settings["unit"])
    some = made.table[unit].drop_duplicates().iloc[:7]
    rows = made.table.assign(danger=made.table[unit].isin(some).astype(int))
    one = Study(rows, made.outcome[0], "staggered", **made.settings, crisis="danger")  # type: ignore[arg-type]
    steps = one.flow()
    assert steps.crisis == 7
    assert steps.assessed == rows[unit].nunique()


def test_weighted_balance_has_the_error_of_its_weights(study_of: StudyOf) -> None:
    """One over Kish's effective numbers, added: Kish 1965, section 11.7."""
    one = study_of("chosen")
    found = one.estimate().rows[0].found
    weight = found.material.weight[found.material.weight > 0]  # type: ignore[attr-defined]
    on = one.declared.treated[found.analysed]
    sizes = [weight[side].sum() ** 2 / (weight[side] ** 2).sum() for side in (on, ~on)]
    for row in one.balance().rows:
        assert row.size.se == pytest.approx(np.sqrt(sum(1 / size for size in sizes)))


def test_before_the_first_start() -> None:
    """Starters and others are held side by side in the last period in which nobody was treated."""
    made = made_study("staggered", seed=1)
    one = Study(made.table, made.outcome[0], "staggered", **made.settings)  # type: ignore[arg-type]
    given = one.declared
    columns = PanelColumns(given.unit, str(given.time), made.outcome[0], str(given.first))
    panel = read_panel(given.table, columns)
    when = int(panel.first[np.isfinite(panel.first)].min()) - 1
    rows = given.table[given.table[given.time] == when].set_index(given.unit)
    first = rows[given.first].fillna(0)
    starting = (first > 0) & (first <= given.table[given.time].max())
    by_hand = hedges_g(rows.loc[starting, made.outcome[0]], rows.loc[~starting, made.outcome[0]])
    size = one.balance().rows[0].size
    # students with a missing period are left out of the panel: a few in a hundred
    assert size.value == pytest.approx(by_hand.value, abs=0.1)
