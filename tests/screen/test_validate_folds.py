"""Held-out scores: joined by student, honest about chance, no row judged by what it taught."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier

from visitkit.errors import ScreenError
from visitkit.screen.evaluate import at_capacity
from visitkit.screen.learn import CalibratedLogistic, LearnError
from visitkit.screen.validate import (
    Folds,
    delong,
    evaluate,
    fresh_scores,
    leak_probe,
    out_of_fold_scores,
    suspicious,
)

UCI = Path(__file__).parents[3] / "shared" / "data" / "uci_dropout" / "data.csv"


def people(n: int = 240, seed: int = 0, strength: float = 1.5) -> tuple[pd.DataFrame, pd.Series]:
    """Return figures and outcomes of made-up students; one in four has the outcome."""
    rng = np.random.default_rng(seed)
    ids = pd.Index([f"S{one:04d}" for one in rng.permutation(n)], name="student_id")
    X = pd.DataFrame({"absent": rng.normal(size=n), "noise": rng.normal(size=n)}, index=ids)
    drive = strength * X["absent"] + rng.logistic(size=n)
    return X, (drive > np.quantile(drive, 0.75)).astype(int)


class Memory(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Knows the outcomes of the rows it saw by heart, and nothing else."""

    def fit(self, X: pd.DataFrame, y: np.ndarray) -> Memory:
        self.classes_ = np.unique(y)
        self.known_ = dict(zip(map(tuple, X.to_numpy()), y, strict=True))
        return self

    def predict_proba(self, X: pd.DataFrame) -> np.ndarray:
        chance = np.array([float(self.known_.get(tuple(row), 0.5)) for row in X.to_numpy()])
        return np.column_stack([1 - chance, chance])


def test_a_model_that_learns_by_heart_is_worth_nothing() -> None:
    """Judged on the rows it learned it is perfect; out of fold it is chance."""
    X, y = people()
    by_heart = Memory().fit(X, y.to_numpy()).predict_proba(X)[:, 1]
    assert delong(y, by_heart).value == 1.0
    assert (
        delong(*out_of_fold_scores(Memory(), X, y).first[["outcome", "score"]].T.to_numpy()).value
        == 0.5
    )


def test_training_rows_are_refused() -> None:
    """A fitted model is not judged on a student it has learned from."""
    X, y = people()
    known = X.index[:120]
    model = LogisticRegression().fit(X.loc[known], y[known])
    with pytest.raises(ScreenError) as refused:
        fresh_scores(model, X, y, learned_from=known)
    assert refused.value.facts == {"number": 120, "n": 240}
    fresh = X.index[120:]
    found = fresh_scores(model, X.loc[fresh], y[fresh], learned_from=known)
    assert (len(found), found.way) == (120, "fresh")


def test_join_by_position_would_lose_the_signal() -> None:
    """Outcomes in another order: joined by position they are noise, joined by student they hold."""
    X, y = people(strength=4)
    other_order = y.sort_index()
    model = LogisticRegression()
    honest = out_of_fold_scores(model, X, other_order).first
    again = out_of_fold_scores(model, X, y).first
    pd.testing.assert_frame_equal(honest, again)
    assert delong(honest["outcome"], honest["score"]).value > 0.85
    by_position = delong(other_order.to_numpy(), model.fit(X, y).predict_proba(X)[:, 1])
    assert by_position.low < 0.5 < by_position.high


@pytest.mark.parametrize("wrong", ["array", "range", "twice"])
def test_tables_without_students_are_refused(wrong: str) -> None:
    """No number, no join; the same number twice is nobody's number."""
    X, y = people()
    given = {
        "array": y.to_numpy(),
        "range": y.reset_index(drop=True),
        "twice": pd.concat([y, y.head(1)]),
    }[wrong]
    with pytest.raises(ScreenError):
        out_of_fold_scores(LogisticRegression(), X, given)  # type: ignore[arg-type]
    with pytest.raises(ScreenError):
        out_of_fold_scores(LogisticRegression(), pd.concat([X, X.head(1)]), y)
    with pytest.raises(ScreenError):
        out_of_fold_scores(LogisticRegression(), X.reset_index(drop=True), y)


@pytest.mark.parametrize("grouped", [False, True])
def test_shuffled_rows_change_nothing(grouped: bool) -> None:
    """The same students in another order get the same scores in the same folds."""
    X, y = people()
    classes = pd.Series([f"7{int(one[1:]) % 12:02d}" for one in X.index], index=X.index)
    groups = classes if grouped else None
    mixed = np.random.default_rng(1).permutation(len(X))
    folds = Folds(4, repeats=2)
    one = out_of_fold_scores(LogisticRegression(), X, y, groups=groups, folds=folds)
    two = out_of_fold_scores(
        LogisticRegression(), X.iloc[mixed], y.iloc[mixed[::-1]], groups=groups, folds=folds
    )
    columns = ["student_id", "repeat", "fold", "outcome"]
    pd.testing.assert_frame_equal(one.table[columns], two.table[columns])
    # the same rows in the same order reach the solver, so not even rounding differs
    assert (one.table["score"] == two.table["score"]).all()


def test_shuffled_labels_give_a_half() -> None:
    """Outcomes dealt out at random: the area lies at a half within its interval."""
    X, y = people(600)
    dealt = pd.Series(np.random.default_rng(3).permutation(y), index=y.index)
    model = RandomForestClassifier(50, random_state=0)
    result = evaluate(out_of_fold_scores(model, X, dealt), 60, resamples=50)
    assert result.auroc.low < 0.5 < result.auroc.high
    assert result.bar is not None
    assert result.bar.verdict == "below"


def test_groups_stay_together() -> None:
    """Classmates are never on both sides, and twins in a class do not help a neighbour model."""
    rng = np.random.default_rng(0)
    ids = pd.Index([f"S{n:03d}" for n in range(300)], name="student_id")
    classes = pd.Series([f"c{n // 10}" for n in range(300)], index=ids)
    mood = rng.normal(size=30)[np.arange(300) // 10]
    X = pd.DataFrame({"mood": mood + rng.normal(scale=0.01, size=300)}, index=ids)
    y = pd.Series((rng.random(30) < 0.4).astype(int)[np.arange(300) // 10], index=ids)
    model = KNeighborsClassifier(5)
    apart = out_of_fold_scores(model, X, y, groups=classes).table
    folds = apart["fold"].groupby(classes[apart["student_id"]].to_numpy())
    assert (folds.min() == folds.max()).all()
    mixed = out_of_fold_scores(model, X, y).table
    assert delong(mixed["outcome"], mixed["score"]).value > 0.95
    assert delong(apart["outcome"], apart["score"]).value < 0.8


def rolling(days: dict[str, str], share: int) -> tuple[pd.DataFrame, pd.Series, pd.DataFrame]:
    """Return students of several days, ``share`` each."""
    X, y = people(share * len(days))
    as_of = np.repeat(list(days), share)
    until = np.repeat(list(days.values()), share)
    return X, y, pd.DataFrame({"as_of": as_of, "until": until}, index=X.index)


def test_only_closed_windows_teach() -> None:
    """A window that closes after the day of the judged students has not happened yet."""
    days = {"2025-09-30": "2026-01-30", "2025-12-31": "2026-06-30", "2026-03-01": "2026-07-01"}
    X, y, times = rolling(days, 80)
    found = out_of_fold_scores(LogisticRegression(), X, y, times=times)
    # on 2025-12-31 nothing had closed; on 2026-03-01 only the first window had
    judged = found.first.index
    assert set(times.loc[judged, "as_of"]) == {"2026-03-01"}
    assert (found.way, found.left_out, found.learned) == ("times", 160, 80)
    early = times.index[times["as_of"] == "2025-09-30"]
    model = LogisticRegression().fit(X.loc[early].sort_index(), y[early].sort_index())
    expected = model.predict_proba(X.loc[judged])[:, 1]
    # the same rows in the same order: rounding only
    np.testing.assert_allclose(found.first["score"], expected, rtol=0, atol=1e-12)


def test_days_that_cannot_be_are_refused() -> None:
    """A window before its day, and a file in which nothing had closed."""
    X, y, times = rolling({"2025-09-30": "2025-09-30", "2026-09-30": "2027-01-30"}, 40)
    with pytest.raises(ScreenError, match=r"40"):
        out_of_fold_scores(LogisticRegression(), X, y, times=times)
    X, y, times = rolling({"2025-09-30": "2027-01-30", "2026-09-30": "2027-01-30"}, 40)
    with pytest.raises(ScreenError) as refused:
        out_of_fold_scores(LogisticRegression(), X, y, times=times)
    assert refused.value.key == "validate.no_closed_window"


def test_the_gate_is_asked_of_all_students_once() -> None:
    """75 events pass a gate of 75 although each fold learns from 60; 76 do not."""
    X, y = people(300)
    assert int(y.sum()) == 75
    found = out_of_fold_scores(CalibratedLogistic(min_events=75), X, y)
    assert len(found) == 300
    with pytest.raises(LearnError):
        out_of_fold_scores(CalibratedLogistic(min_events=76), X, y)


def test_unknown_outcomes_are_left_out_and_counted() -> None:
    """A student without an outcome is not one who stayed."""
    X, y = people()
    gaps = y.astype(float).copy()
    gaps.iloc[:30] = np.nan
    found = out_of_fold_scores(LogisticRegression(), X, gaps)
    assert (len(found), found.left_out) == (210, 30)


def test_too_few_to_divide() -> None:
    """Three events cannot be in five parts."""
    X, y = people()
    few = y * 0
    few.iloc[:3] = 1
    with pytest.raises(ScreenError) as refused:
        out_of_fold_scores(LogisticRegression(), X, few)
    assert refused.value.facts == {"events": 3, "folds": 5}


def test_ties_do_not_overrun_the_capacity() -> None:
    """Dense ranks would invite all who tie; the list holds as many as there are places."""
    X, y = people()
    tied = (X["absent"] > 0).astype(int)
    dense = tied.rank(method="dense", ascending=False)
    assert int((dense <= 1).sum()) > 20
    found = at_capacity(y, tied, 20, resamples=0)
    hits = found.precision.value * 20
    assert found.k == 20
    # hits are whole students of 20; division rounds
    assert hits == pytest.approx(round(hits), abs=1e-9)


def test_a_planted_leak_is_named() -> None:
    """A form that leavers sign, and one only they have: both named, the honest figure not."""
    X, y = people()
    X["form_signed"] = y + 0.0
    X["talk_date"] = np.where(y == 1, 3.0, np.nan)
    found = leak_probe(X, y)
    assert suspicious(found) == ["form_signed", "talk_date"]
    assert set(found.loc[found["column"] == "talk_date", "reason"]) == {"settles", "filled_after"}
    assert leak_probe(X[["absent", "noise"]], y).empty


def test_one_student_at_the_end_is_no_leak() -> None:
    """A single leaver with the lowest figure of all is chance; the same of eight is not."""
    X, _ = people()
    order = X["absent"].sort_values().index
    for events, named in ((1, []), (8, ["absent"])):
        few = pd.Series(0, index=X.index)
        few[order[:events]] = 1
        assert suspicious(leak_probe(X, few)) == named, events


@pytest.mark.skipif(not UCI.is_file(), reason="the public data of UCI 697 are not here")
def test_fees_of_the_public_data_are_named() -> None:
    """Fees not paid: 86.6 % left, 24.7 % of the others, and nobody wrote down when it was noted."""
    table = pd.read_csv(UCI)
    table.index = pd.Index([f"U{n:05d}" for n in range(len(table))], name="student_id")
    y = (table.pop("Target") == "Dropout").astype(int)
    found = leak_probe(table, y, undated=["Tuition fees up to date"])
    fees = found[found["column"] == "Tuition fees up to date"].set_index("reason")
    assert list(fees.index) == ["settles", "undated"]
    # as published: 457 of 528
    assert fees.loc["settles", "figure"] == pytest.approx(0.866, abs=0.0005)
    assert fees.loc["settles", "value"] == 0
