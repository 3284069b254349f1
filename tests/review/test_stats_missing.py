"""Lost outcomes: bounds, imputation, weights."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
import pandas as pd
import pytest

from visitkit.errors import ReviewError
from visitkit.review.stats import (
    analyse,
    attrition_weights,
    combine,
    extreme_bounds,
    imputation,
    impute,
    imputed_effect,
    lee_bounds,
)


def test_extreme_bounds_by_hand() -> None:
    """Treated 1, 2, ?; others 0, 1, ?; scale 0 to 4: 1 - 5/3 and 7/3 - 1/3."""
    found = extreme_bounds([1, 2, None, 0, 1, None], [1, 1, 1, 0, 0, 0], 0, 4)
    assert (found.low, found.high) == pytest.approx((1 - 5 / 3, 7 / 3 - 1 / 3))
    assert found.ci[0] < found.low < found.high < found.ci[1]
    assert (found.treated, found.treated_measured, found.control_measured) == (3, 2, 2)
    whole = extreme_bounds([1, 2, 3, 0, 1, 2], [1, 1, 1, 0, 0, 0], 0, 4)
    se = math.sqrt(1 / 3 + 1 / 3)
    assert (whole.low, whole.high) == (1, 1)
    assert whole.ci == pytest.approx((1 - 1.959964 * se, 1 + 1.959964 * se), abs=1e-5)


def test_lee_bounds_by_hand() -> None:
    """Four of four against two of four: half is trimmed; 1.5 - 2.5 and 3.5 - 2.5."""
    y, d = [1, 2, 3, 4, 2, 3, None, None], [1, 1, 1, 1, 0, 0, 0, 0]
    found = lee_bounds(y, d)
    assert (found.low, found.high, found.trimmed) == (-1.0, 1.0, 0.5)
    turned = lee_bounds(y, [1 - one for one in d])
    assert (turned.low, turned.high) == (-1.0, 1.0)
    third = lee_bounds([1, 2, 4, 2, 3, None], [1, 1, 1, 0, 0, 0])
    # two of three are kept: 1 and 2, or 2 and 4
    assert (third.low, third.high) == pytest.approx((1.5 - 2.5, 3.0 - 2.5))


def test_lee_variance_by_hand() -> None:
    """1 to 8 against 2, 4, 6, 8 and four lost: half is trimmed, 1 to 4 are kept, the cut is 4.

    Inside (1.25 + 1.5^2 * .5) / 4 = .59375; of the share (1.5 / .5)^2 * .25 * .5 / 4 = .28125; of
    the others (20 / 3) / 4 = 1.66667.
    """
    y = [*range(1, 9), 2, 4, 6, 8, None, None, None, None]
    found = lee_bounds(y, [1] * 8 + [0] * 8)
    assert (found.low, found.high) == (-2.5, 1.5)
    se = math.sqrt(0.59375 + 0.28125 + 5 / 3)
    reach = (found.low - found.ci[0]) / se
    assert found.ci[1] - found.high == pytest.approx(reach * se)
    normal = NormalDist()
    assert normal.cdf(reach + 4 / se) - normal.cdf(-reach) == pytest.approx(0.95, abs=1e-9)


def test_lee_bounds_hold_the_truth_and_their_errors_are_right() -> None:
    """Effect 1, treated stay more: the range holds 1; errors agree with 300 repetitions.

    A standard deviation of 300 is known to 4 %, so 15 % is beyond three and a half of these.
    """
    rng = np.random.default_rng(4)
    lows, ends = [], []
    for _ in range(300):
        d = np.repeat([1, 0], 300)
        base = rng.normal(size=600)
        stay = rng.random(600) < np.where(d == 1, 0.9, 0.75)
        y = np.where(stay, base + d, np.nan)
        found = lee_bounds(y, d)
        lows.append(found.low)
        ends.append(found.low - found.ci[0])
        assert found.low < 1.15
        assert found.high > 0.85
    reach = 1.6449  # the range is wide beside its errors, so one side counts
    assert np.mean(ends) / reach == pytest.approx(np.std(lows), rel=0.15)


@pytest.mark.parametrize(
    ("call", "key"),
    [
        (lambda: lee_bounds([2, 2, 2, 2], [1, 1, 0, 0]), "review_designs.constant_outcome"),
        (lambda: lee_bounds([1, None, 2, 3], [1, 1, 0, 0]), "review_stats.side_too_small"),
        (lambda: extreme_bounds([1, 9, 2, 3], [1, 1, 0, 0], 0, 4), "review_stats.limits"),
        (lambda: extreme_bounds([1, 2, 2, 3], [1, 1, 0, 2], 0, 4), "review_designs.not_flags"),
    ],
)
def test_bounds_refuse(call: object, key: str) -> None:
    """Constant outcome, empty side, impossible limits, a side that is neither."""
    with pytest.raises(ReviewError) as caught:
        call()
    assert caught.value.key == key


def test_rubin_by_hand() -> None:
    """1, 2, 3 with variance .5: total .5 + 4/3, lost .7273, df 3.7813 and 26.7440 make 3.3129."""
    found = combine([1, 2, 3], [0.5, 0.5, 0.5], complete_df=100, n=102)
    assert found.estimate == 2
    assert found.se**2 == pytest.approx(0.5 + 4 / 3)
    assert found.missing_information == pytest.approx((4 / 3) / (0.5 + 4 / 3))
    assert found.df == pytest.approx(3.3129, abs=1e-4)
    classic = combine([1, 2, 3], [0.5, 0.5, 0.5], complete_df=math.inf, n=102)
    assert classic.df == pytest.approx(2 / (8 / 11) ** 2)
    same = combine([2, 2], [0.5, 0.5], complete_df=100, n=102)
    assert same.df == pytest.approx(101 / 103 * 100)
    with pytest.raises(ReviewError):
        combine([1], [1], complete_df=10, n=12)


def _lossy(rng: np.random.Generator, n: int = 200) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    before, side = rng.normal(size=n), np.repeat([0, 1], n // 2)
    after = 0.5 * side + 0.8 * before + rng.normal(scale=0.6, size=n)
    lost = rng.random(n) < np.where(side == 1, 0.2 + 0.4 * (before > 0), 0.1)
    return np.where(lost, np.nan, after), side, before


def test_imputation_draws_only_what_was_seen_and_keeps_what_was_known() -> None:
    """Matching on predictions never invents a value; known cells stay; a seed repeats."""
    y, _, before = _lossy(np.random.default_rng(1))
    table = pd.DataFrame({"before": before, "after": y}, index=np.arange(200) + 7)
    found = impute(table, imputations=5, seed=3)
    for one in found.tables:
        assert set(one["after"]) <= set(y[~np.isnan(y)])
        assert (one["after"][~np.isnan(y)] == y[~np.isnan(y)]).all()
        assert (one.index == table.index).all()
    again = impute(table, imputations=5, seed=3)
    assert all(a.equals(b) for a, b in zip(found.tables, again.tables, strict=True))
    assert not found.tables[0].equals(impute(table, imputations=5, seed=4).tables[0])
    assert found.missing["after"] == int(np.isnan(y).sum())
    # the drawn values follow the line: slope .8 within the noise of some 60 lost values
    gaps = np.isnan(y)
    slopes = [np.polyfit(before[gaps], one["after"][gaps], 1)[0] for one in found.tables]
    assert np.mean(slopes) == pytest.approx(0.8, abs=0.25)


def test_coefficients_are_drawn_as_uncertain_as_they_are() -> None:
    """2,000 draws scatter as s^2 (X'X)^-1 nu / (nu - 2); a scatter of 2,000 is known to 10 %."""
    rng = np.random.default_rng(9)
    x = np.column_stack([np.ones(12), np.linspace(-1, 1, 12)])
    y = x @ [1.0, 2.0] + rng.normal(size=12)
    draws = np.array([imputation._draw(x, y, rng)[1] for _ in range(2000)])
    fitted = np.linalg.lstsq(x, y, rcond=None)[0]
    rest = ((y - x @ fitted) ** 2).sum()
    expected = np.diag(np.linalg.inv(x.T @ x)) * rest / (10 - 2)
    assert draws.mean(axis=0) == pytest.approx(fitted, abs=0.05)
    assert draws.var(axis=0) == pytest.approx(expected, rel=0.25)


def test_imputed_effect_covers_the_truth() -> None:
    """40 studies with outcomes lost by what was known before: 95 % intervals, four errors wide."""
    rng = np.random.default_rng(5)
    hits = 0
    for place in range(40):
        found = imputed_effect(*_lossy(rng), imputations=6, seed=place)
        hits += found.ci[0] <= 0.5 <= found.ci[1]
    assert hits / 40 >= 0.95 - 4 * math.sqrt(0.95 * 0.05 / 40)


def test_analyse_combines_any_analysis() -> None:
    """The mean after imputation lies near the mean of all; its error is larger than with all."""
    y, _, before = _lossy(np.random.default_rng(2))
    found = analyse(
        impute(pd.DataFrame({"before": before, "after": y})),
        lambda one: (float(one["after"].mean()), float(one["after"].var() / len(one))),
        complete_df=199,
    )
    assert found.between > 0
    assert found.se**2 > found.within
    assert found.df < 199


@pytest.mark.parametrize(
    ("table", "key"),
    [
        ({"a": [1.0, 2], "b": [3, 4.0]}, "nothing_missing"),
        ({"a": [1.0, None, 3, 4, 5, 6, 7]}, "nothing_to_learn_from"),
        ({"a": [1.0, 2, 3, 4, 5, 6], "b": [1, 2, 3, None, None, None]}, "too_few_known"),
    ],
)
def test_imputation_refuses(table: dict[str, list[float]], key: str) -> None:
    """Nothing lost, nothing to learn from, nearly everything lost."""
    with pytest.raises(ReviewError) as caught:
        impute(pd.DataFrame(table))
    assert caught.value.key == f"review_stats.{key}"


def test_attrition_weights_undo_a_known_loss() -> None:
    """By hand: 2 of 3 stay where the mark is 1, 1 of 3 where it is 0; the weighted mark is 1/2."""
    stayed, mark = np.array([1, 1, 0, 1, 0, 0] * 2), np.array([1, 1, 1, 0, 0, 0] * 2)
    side = np.repeat([1, 0], 6)
    found = attrition_weights(stayed, side, mark)
    assert found.weights[:6] == pytest.approx([0.75, 0.75, 0, 1.5, 0, 0])
    assert np.average(mark[:6], weights=found.weights[:6]) == pytest.approx(0.5)
    assert found.effective == pytest.approx((9 / (2 * 0.75**2 + 1.5**2),) * 2)
    assert (found.measured, found.assigned, found.cut) == (6, 12, 0)
    everybody = attrition_weights(np.ones(12), side, mark)
    assert (everybody.weights == 1).all()


def test_attrition_weights_refuse() -> None:
    """Covariates that tell for certain who was lost; covariates with gaps."""
    side = np.repeat([1, 0], 6)
    with pytest.raises(ReviewError):
        attrition_weights([1, 1, 1, 0, 0, 0] * 2, side, [1, 1, 1, 0, 0, 0] * 2)
    with pytest.raises(ReviewError):
        attrition_weights([1, 1, 1, 0, 0, 1] * 2, side, [1, None, 1, 0, 0, 0] * 2)
