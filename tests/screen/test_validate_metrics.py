"""Figures of held-out scores: against definitions written out, published tests and known truth."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from visitkit.errors import ScreenError
from visitkit.screen.validate import (
    Folds,
    OutOfFold,
    both_analyses,
    calibration,
    compare,
    corrected_t,
    decision_curve,
    delong,
    delong_paired,
    evaluate,
    leak_probe,
    out_of_fold_scores,
    over_bar,
    reliability,
    scaled_brier,
    treated_between,
)
from visitkit.screen.validate.metrics import best_cut
from visitkit.screen.validate.window import leaving, window_outcome


def found_of(truth: np.ndarray, score: np.ndarray, folds: int = 1) -> OutOfFold:
    """Return scores as if they had been held out."""
    n = len(truth)
    rows = {"student_id": [f"S{one:05d}" for one in range(n)], "repeat": 0}
    table = pd.DataFrame(rows).assign(fold=np.arange(n) % folds, outcome=truth, score=score)
    return OutOfFold(table, True, "students", 0, n * (folds - 1) / folds)


def world(n: int = 3000, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return outcomes and the true probabilities behind them."""
    rng = np.random.default_rng(seed)
    chance = expit(rng.normal(-1, 1.2, n))
    return (rng.random(n) < chance).astype(int), chance


def pairs(truth: np.ndarray, score: np.ndarray) -> np.ndarray:
    """Return 1, a half or 0 for each pair of a student with and one without the outcome."""
    with_it, without = score[truth == 1], score[truth == 0]
    return np.heaviside(with_it[:, None] - without[None, :], 0.5)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6), st.integers(3, 25), st.integers(3, 25))
def test_delong_is_its_definition(seed: int, events: int, others: int) -> None:
    """Midranks give what the definition by all pairs gives, ties and two scores included."""
    rng = np.random.default_rng(seed)
    truth = np.repeat([1, 0], [events, others])
    first, second = rng.integers(0, 8, (2, len(truth))).astype(float)
    one, two = pairs(truth, first), pairs(truth, second)
    found = delong_paired(truth, first, second)
    apart = one - two
    variance = apart.mean(1).var(ddof=1) / events + apart.mean(0).var(ddof=1) / others
    # sums of the same numbers in another order
    assert found.value == pytest.approx(apart.mean(), abs=1e-12)
    assert (found.high - found.low) / 2 == pytest.approx(1.959964 * variance**0.5, abs=1e-6)
    assert delong(truth, first).value == pytest.approx(one.mean(), abs=1e-12)


def test_delong_covers_and_does_not_cry_wolf() -> None:
    """The interval holds the true area 95 times in 100; equal models differ 5 times in 100."""
    rng = np.random.default_rng(0)
    truth = np.repeat([1, 0], [40, 160])
    area = 0.760250  # normal scores one sd apart: Phi(1 / sqrt 2)
    inside = alarms = 0
    for _ in range(400):
        shared = rng.normal(size=200) + truth
        one, two = (shared + rng.normal(scale=0.5, size=200) for _ in range(2))
        found = delong(truth, shared)
        inside += found.low <= area <= found.high
        alarms += not delong_paired(truth, one, two).noise
    # binomial standard error of 400 draws at 5 %: 4.4; three of them
    assert 380 - 13 <= inside <= 393
    assert 7 <= alarms <= 33


def test_perfect_order_is_not_certainty() -> None:
    """Three events in perfect order: .025 to the third root at the lower end, not 1."""
    found = delong([1, 1, 1, 0, 0, 0, 0], [7, 6, 5, 4, 3, 2, 1])
    assert (found.value, found.high) == (1.0, 1.0)
    assert found.low == pytest.approx(0.025 ** (1 / 3), abs=1e-12)


def test_true_probabilities_are_calibrated_and_bent_ones_are_not() -> None:
    """Slope 1 and intercept 0 for the truth; odds doubled have slope a half; shifted, the shift."""
    truth, chance = world()
    odds = np.log(chance / (1 - chance))
    good = calibration(truth, chance)
    assert good.slope is not None
    assert good.intercept is not None
    assert good.slope.low < 1 < good.slope.high
    assert good.intercept.low < 0 < good.intercept.high
    assert good.error.low <= good.error.value <= good.error.high
    sure = calibration(truth, expit(2 * odds)).slope
    assert sure is not None
    # doubling the odds halves the fitted slope exactly, up to the fit's tolerance
    assert sure.value == pytest.approx(good.slope.value / 2, abs=1e-6)
    low = calibration(truth, expit(odds - 1)).intercept
    assert low is not None
    assert low.value == pytest.approx(good.intercept.value + 1, abs=1e-6)
    assert calibration(truth, expit(odds - 1)).error.low > good.error.high


def test_what_cannot_be_told_is_none() -> None:
    """Equal probabilities have no slope, and neither have those that part perfectly."""
    assert calibration([0, 1, 0, 1], [0.5] * 4, resamples=5).slope is None
    assert calibration([0, 0, 1, 1], [0.1, 0.2, 0.8, 0.9], resamples=5).slope is None
    with pytest.raises(ScreenError):
        calibration([0, 1], [10.0, 90.0])


def test_scaled_brier_by_hand() -> None:
    """Brier .125 against .25 of everybody the mean: half is saved."""
    assert scaled_brier([0, 1], [0.0, 0.5], resamples=5).value == 0.5


def test_reliability_by_hand() -> None:
    """Two classes of four: a quarter and three quarters found; 1.0 belongs to the last class."""
    table = reliability([0, 0, 0, 1, 0, 1, 1, 1], [0.21] * 4 + [1.0] * 4)
    assert table[["low", "n", "found"]].to_numpy().tolist() == [[0.2, 4, 0.25], [0.9, 4, 0.75]]


def test_net_benefit_by_hand() -> None:
    """At one in five: 2 right and 1 wrong of 10 give (2 - 1/4) / 10; all give (3 - 7/4) / 10."""
    truth = [1, 1, 1, 0, 0, 0, 0, 0, 0, 0]
    chance = [0.9, 0.8, 0.1, 0.5, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1]
    row = decision_curve(truth, chance, [0.2], resamples=20).iloc[0]
    assert row["model"] == pytest.approx(0.175, abs=1e-12)
    assert row["everyone"] == pytest.approx(0.125, abs=1e-12)
    assert row["nobody"] == 0
    with pytest.raises(ScreenError):
        decision_curve(truth, chance, [0.0])


def test_a_good_model_beats_everyone_and_nobody() -> None:
    """True probabilities are better than both at one in four; noise is not."""
    truth, chance = world()
    assert decision_curve(truth, chance, [0.25], resamples=100)["better"].all()
    noise = np.random.default_rng(1).permutation(chance)
    assert not decision_curve(truth, noise, [0.25], resamples=100)["better"].any()


def test_the_cut_is_not_chosen_on_the_judged() -> None:
    """Noise reaches a half against the bar; the best cut on the same students would flatter it."""
    truth = np.repeat([1, 0], [30, 90])
    score = np.random.default_rng(2).random(120)
    found = over_bar(found_of(truth, score, 5), resamples=100)
    cut = best_cut(truth.astype(bool), score)
    flattered = ((score[truth == 1] >= cut).mean() + (score[truth == 0] < cut).mean()) / 2
    assert found.balanced_accuracy.low < 0.5 < found.balanced_accuracy.high
    assert flattered > found.balanced_accuracy.value
    assert found.verdict == "below"


def test_recall_comes_with_its_cap() -> None:
    """Twenty places for 800 events find at most one in forty, and the figures say so."""
    truth, chance = world()
    told = evaluate(found_of(truth, chance, 5), 20, resamples=20).as_metrics()
    assert told["recall_at_capacity"]["cap"] == pytest.approx(20 / truth.sum(), abs=1e-12)
    assert told["recall_at_capacity"]["k"] == 20


def test_corrected_t_by_hand() -> None:
    """Differences 1, 2, 3: mean 2, variance 1; error sqrt(1/3 + 1/4) = .7638, t = 2.6186."""
    found = corrected_t([2, 4, 6], [1, 2, 3], 0.25)
    assert found.value == 2
    # t of 2 degrees at .975 is 4.302653
    assert found.high - found.value == pytest.approx(4.302653 * np.sqrt(7 / 12), abs=1e-5)
    assert found.noise


def test_comparison_says_noise_or_who() -> None:
    """The same figures with one of noise added: noise. Without the telling figure: the first."""
    rng = np.random.default_rng(0)
    ids = pd.Index([f"S{n:04d}" for n in range(300)], name="student_id")
    X = pd.DataFrame(rng.normal(size=(300, 3)), index=ids, columns=["a", "b", "noise"])
    y = (X["a"] + X["b"] + rng.logistic(size=300) > 1).astype(int)
    folds = Folds(5, repeats=2)
    model = LogisticRegression()
    full = out_of_fold_scores(model, X, y, folds=folds)
    lean = out_of_fold_scores(model, X[["a", "b"]], y, folds=folds)
    poor = out_of_fold_scores(model, X[["noise"]], y, folds=folds)
    assert compare(full, lean).verdict == "noise"
    made = compare(full, poor)
    assert (made.verdict, compare(poor, full).verdict) == ("first", "second")
    assert made.folds is not None
    assert made.folds.n == 10
    with pytest.raises(ScreenError):
        compare(full, out_of_fold_scores(model, X, y, folds=Folds(5, 2, seed=1)))


def test_help_that_works_hides_the_risk_it_met() -> None:
    """High scores helped and saved: everybody looks worse; the weighted others come near truth."""
    truth, chance = world(6000)
    rng = np.random.default_rng(5)
    helped = rng.random(6000) < np.where(chance > np.quantile(chance, 0.8), 0.7, 0.05)
    seen = np.where(helped, 0, truth)
    found = found_of(seen, chance)
    log = pd.Series(True, index=found.first.index[helped])
    both = both_analyses(found, log, resamples=60)
    true_area = delong(truth, chance).value
    assert both.untreated is not None
    assert both.weighted is not None
    assert both.verdict == "differs"
    assert both.helped == int(helped.sum())
    errors = [abs(one.auroc.value - true_area) for one in (both.everybody, both.weighted)]
    assert errors[1] < errors[0] / 3
    assert errors[1] < abs(both.untreated.auroc.value - true_area)
    assert both.untreated.ratio is not None
    assert abs(both.weighted.ratio.value - 1) < abs(both.untreated.ratio.value - 1)
    assert both.weighted.n == both.untreated.n
    assert both.weighted.ratio is not None
    # the weighted others have the outcome as often as was promised; everybody does not
    assert both.weighted.ratio.low < 1 < both.weighted.ratio.high
    assert both.everybody.ratio is not None
    assert both.everybody.ratio.high < 0.8


def test_no_help_no_second_analysis() -> None:
    """Nobody helped: said; nearly all helped: it cannot be told."""
    truth, chance = world(300)
    found = found_of(truth, chance)
    assert both_analyses(found, pd.Series(dtype=bool), resamples=5).verdict == "none"
    most = pd.Series(True, index=found.first.index[8:])
    assert both_analyses(found, most, resamples=5).verdict == "cannot"


def test_the_log_counts_the_window_only() -> None:
    """A visit on the day belongs to the figures; help without an end goes on."""
    visits = pd.DataFrame(
        {
            "student_id": list("abc"),
            "date": pd.to_datetime(["2026-11-02", "2026-11-03", "2027-02-01"]),
        }
    )
    given = pd.DataFrame(
        {
            "student_id": list("defg"),
            "start": pd.to_datetime(["2026-10-01", "2026-10-01", "2026-10-01", "2027-02-01"]),
            "end": pd.to_datetime([None, "2026-10-20", "2026-12-01", None]),
        }
    )
    tables = {"visits": visits, "interventions": given}
    log = treated_between(tables, dt.date(2026, 11, 2), dt.date(2027, 1, 29))
    assert list(log.index) == ["b", "d", "f"]


def test_a_gap_before_the_day_is_no_leak() -> None:
    """Known more often among leavers: suspicious undated, not when each fact has its day."""
    ids = pd.Index([f"S{n:03d}" for n in range(100)], name="student_id")
    y = pd.Series([int(n < 40) for n in range(100)], index=ids)
    # every other value among leavers, so that knowing it says all and the value nothing
    X = pd.DataFrame({"talk": [float(n % 2) if n < 40 else np.nan for n in range(100)]}, index=ids)
    day = dt.date(2026, 11, 2)
    early = pd.DataFrame({"talk": pd.Timestamp("2026-10-01")}, index=ids)
    late = pd.DataFrame({"talk": pd.Timestamp("2026-12-01")}, index=ids)
    assert "filled_after" in set(leak_probe(X, y)["reason"])
    assert "filled_after" not in set(leak_probe(X, y, dates=early, as_of=day)["reason"])
    assert "dated_later" in set(leak_probe(X, y, dates=late, as_of=day)["reason"])


def test_outcomes_of_a_window(school_of) -> None:  # type: ignore[no-untyped-def]
    """Left within, before and after; absence by share of days; nothing recorded is refused."""
    students = [
        {"student_id": one, "class_id": "701", "grade": 7, "left_on": left, "left_how": how}
        for one, left, how in (
            ("a", "2026-11-10", "dropped_out"),
            ("b", None, None),
            ("c", "2026-11-02", "dropped_out"),
            ("d", "2027-01-05", "dropped_out"),
        )
    ]
    away = [
        {"student_id": "b", "date": str(day.date()), "status": "sick"}
        for day in pd.bdate_range("2026-11-03", "2026-11-09")
    ]
    away += [{"student_id": "d", "date": "2026-12-30", "status": "late"}]
    school = school_of(students=students, attendance=away)
    first, last = dt.date(2026, 11, 2), dt.date(2026, 12, 30)
    left = window_outcome(school, "dropout", first, last)
    assert left.to_dict() == {"a": 1.0, "b": 0.0, "d": 0.0}
    absent = window_outcome(school, "absence", first, last)
    # 5 of 42 school days; who left has no term's absence
    assert absent.drop("a").to_dict() == {"b": 1.0, "d": 0.0}
    assert np.isnan(absent["a"])
    for kind, until in (("failing", last), ("absence", dt.date(2027, 1, 29)), ("mood", last)):
        with pytest.raises(ScreenError):
            window_outcome(school, kind, first, until)


def test_a_transfer_is_no_dropout(school_of) -> None:  # type: ignore[no-untyped-def]
    """Who went to another school, or nobody knows where, has no outcome; only dropping out has."""
    how = {"a": "dropped_out", "b": "transfer", "c": None, "d": "graduated", "e": "a word of ours"}
    students = [
        {"student_id": one, "class_id": "701", "left_on": "2026-11-10", "left_how": way}
        for one, way in how.items()
    ]
    students.append({"student_id": "f", "class_id": "701"})
    first, last = dt.date(2026, 11, 2), dt.date(2026, 12, 30)
    talk = [{"student_id": "f", "date": "2026-12-30", "status": "late"}]
    found = window_outcome(school_of(students=students, attendance=talk), "dropout", first, last)
    assert found.dropna().to_dict() == {"a": 1.0, "f": 0.0}
    assert set(found[found.isna()].index) == {"b", "c", "d", "e"}
    left = leaving(school_of(students=students, attendance=talk), first, last)
    assert left["b"] == "transfer"
    assert left.isna().to_dict() == {one: one == "c" for one in "abcde"}


def test_leaving_without_a_word_is_not_taken_for_dropping_out(school_of) -> None:  # type: ignore[no-untyped-def]
    """A roll that never says how students left cannot teach who drops out, and says so."""
    students = [
        {"student_id": one, "class_id": "701", "left_on": left}
        for one, left in (("a", "2026-11-10"), ("b", "2026-11-12"), ("c", None))
    ]
    late = [{"student_id": "c", "date": "2026-12-30", "status": "late"}]
    school = school_of(students=students, attendance=late)
    with pytest.raises(ScreenError) as refused:
        window_outcome(school, "dropout", dt.date(2026, 11, 2), dt.date(2026, 12, 30))
    assert refused.value.key == "validate.left_how_unknown"
    assert refused.value.facts["number"] == 2
    # nobody left in this window, so nothing is unknown
    none = window_outcome(school, "dropout", dt.date(2026, 11, 20), dt.date(2026, 12, 30))
    assert none.to_dict() == {"c": 0.0}
