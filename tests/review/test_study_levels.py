"""Who was used, the means behind a difference, and who came out worse."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st

from visitkit.errors import ReviewError
from visitkit.review import Study
from visitkit.review.study.effect import Harm
from visitkit.review.study.harm import harm_of
from visitkit.review.study.words import harm_words
from visitkit.sample import made_study
from visitkit.sample.designs import EFFECTS
from visitkit.screen.assignment import Basis, freeze_assignment


def declared(assign: str, **more: Any) -> Study:
    """Return the made-up study of a design."""
    made = made_study(assign, seed=1)
    given_: dict[str, Any] = dict(made.settings)
    if assign == "threshold":
        score = made.table.set_index("student_id")["score"]
        given_["record"] = freeze_assignment(score, Basis("a1", dt.date(2026, 9, 7)), cutoff=60)
        given_["first_visit"] = dt.date(2026, 9, 28)
    return Study(made.table, list(made.outcome), assign, **(given_ | more))


def drawn(count: int = 120, seed: int = 1, **more: Any) -> Study:
    """Return a lottery with a measure from before and two outcomes."""
    rows = rows_of(count, seed)
    given_ = {"unit": "student_id", "treat": "visited", "baseline": "before"}
    given_ |= {"before": {"missed": "before"}}
    return Study(rows, more.pop("outcome", "missed"), "randomised", **(given_ | more))  # type: ignore[arg-type]


def rows_of(count: int = 120, seed: int = 1) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    on, before = rng.permutation(count) % 2, rng.normal(10, 3, count)
    missed = before + rng.normal(0, 2, count) - 1.5 * on
    late = (rng.random(count) < 0.5).astype(int)
    ids = [f"S{place:03d}" for place in range(count)]
    columns = {"student_id": ids, "visited": on, "before": before, "missed": missed, "late": late}
    return pd.DataFrame(columns)


@pytest.mark.parametrize("assign", EFFECTS)
def test_analysed_are_those_the_estimate_used(assign: str) -> None:
    """The last step of the flow is what the number rests on, in every design."""
    one = declared(assign)
    for row in one.estimate().rows:
        counts, steps = row.found.effect.counts, one.flow(row.found.outcome)
        assert steps.treated["analysed"] == counts.treated <= steps.treated["measured"]
        assert steps.control["analysed"] == counts.control <= steps.control["measured"]


@pytest.mark.parametrize("method", ["weighted", "matched", "regression"])
def test_who_has_nobody_alike_is_not_analysed(method: str) -> None:
    """Measured and not used: chances above nine in ten, and students without a partner."""
    rng = np.random.default_rng(8)
    before = rng.normal(0, 1, 600)
    on = (rng.random(600) < 1 / (1 + np.exp(0.5 - 2.0 * before))).astype(int)
    rows = pd.DataFrame({"student_id": np.arange(600), "visited": on, "before": before})
    rows["y"] = 2 * before - 1.5 * on + rng.normal(0, 1, 600)
    given_ = {"unit": "student_id", "treat": "visited", "baseline": "before"}
    one = Study(rows, "y", "chosen", method=method, **given_)  # type: ignore[arg-type]
    used = one.estimate().row("y").found.analysed
    steps = one.flow()
    assert steps.treated["analysed"] == (used & (on == 1)).sum()
    assert steps.control["analysed"] == (used & (on == 0)).sum()
    assert (used.sum() == 600) == (method == "regression")


def test_without_a_figure_the_flow_still_counts() -> None:
    """An outcome that is refused: those of whom all is known."""
    rows = rows_of().assign(late=1)
    one = Study(
        rows, ["missed", "late"], "randomised", unit="student_id", treat="visited", baseline=()
    )
    assert one.flow("late").treated["analysed"] == int(rows["visited"].sum())


@pytest.mark.parametrize("assign", EFFECTS)
def test_adjusted_means_differ_by_the_effect(assign: str) -> None:
    """In every design that has a level; plain means are those of the students used."""
    one = declared(assign)
    for row in one.estimate().rows:
        if assign in {"staggered", "time_to_event"}:
            assert row.means is None
            continue
        means = row.means
        assert means is not None
        assert means.adjusted_treated is not None
        assert means.adjusted_control is not None
        gap = means.adjusted_treated - means.adjusted_control
        assert gap == pytest.approx(row.found.effect.estimate)
    table = one.estimate().frame()
    columns = list(table.columns)
    assert columns.index("mdes") < columns.index("mean_treated") < columns.index("b")


def test_means_of_a_lottery_by_hand() -> None:
    """Plain means; adjusted ones as statsmodels foretells them at the average of before."""
    rows = rows_of()
    means = drawn().estimate().row("missed").means
    assert means is not None
    plain = rows.groupby("visited")["missed"].mean()
    assert (means.control, means.treated) == pytest.approx((plain[0], plain[1]))
    fit = sm.OLS(rows["missed"], sm.add_constant(rows[["visited", "before"]])).fit()
    there = pd.DataFrame({"const": 1.0, "visited": [0, 1], "before": rows["before"].mean()})
    assert [means.adjusted_control, means.adjusted_treated] == pytest.approx(
        fit.predict(there).tolist()
    )
    bare = drawn(baseline=()).estimate().row("missed").means
    assert bare is not None
    assert (bare.adjusted_treated, bare.adjusted_control) == pytest.approx((plain[1], plain[0]))


def test_means_of_weights_by_hand() -> None:
    """The treated as they are; the others weighted to be like them."""
    made = made_study("chosen", seed=1)
    row = declared("chosen").estimate().rows[0]
    material, means = row.found.material, row.means
    assert means is not None
    used = row.found.analysed
    y = made.table[row.found.outcome].to_numpy()[used]
    on = made.table[made.settings["treat"]].to_numpy()[used] == 1  # type: ignore[call-overload]
    weight = material.weight[material.weight > 0]  # type: ignore[attr-defined]
    assert means.adjusted_treated == pytest.approx(y[on].mean())
    assert means.adjusted_control == pytest.approx(np.average(y[~on], weights=weight[~on]))


def test_means_at_the_cutoff_by_hand() -> None:
    """Uniform scores on two straight lines: the ends are where the lines meet the cutoff."""
    rng = np.random.default_rng(2)
    ids = [f"S{place:04d}" for place in range(2000)]
    score = pd.Series(rng.uniform(0, 100, 2000), index=ids)
    record = freeze_assignment(score, Basis("a1", dt.date(2026, 9, 7)), cutoff=60)
    on = (score >= 60).to_numpy()
    rows = pd.DataFrame({"id": ids, "visited": on.astype(int)})
    rows["y"] = 5 + score.to_numpy() / 10 - 3 * on + rng.normal(0, 0.01, 2000)
    given_ = {"unit": "id", "treat": "visited", "record": record}
    given_ |= {"first_visit": dt.date(2026, 9, 28)}
    means = Study(rows, "y", "threshold", **given_).estimate().row("y").means  # type: ignore[arg-type]
    assert means is not None
    # noise of .01 over hundreds of students: a hundredth is ten standard errors
    assert means.adjusted_treated == pytest.approx(8, abs=0.01)
    assert means.adjusted_control == pytest.approx(11, abs=0.01)


@pytest.mark.parametrize(
    ("yes_treated", "yes_control", "told"),
    [(30, 30, True), (4, 30, False), (57, 30, False), (30, 3, False), (30, 0, True)],
)
def test_no_mean_tells_of_a_few(yes_treated: int, yes_control: int, told: bool) -> None:
    """A share of sixty is a count: where it speaks of under five students neither mean is told."""
    on = np.repeat([1, 0], 60)
    late = np.r_[np.arange(60) < yes_treated, np.arange(60) < yes_control].astype(int)
    rows = pd.DataFrame({"student_id": np.arange(120), "visited": on, "late": late})
    one = Study(rows, "late", "randomised", unit="student_id", treat="visited", baseline=())
    assert (one.estimate().row("late").means is not None) == told


def test_few_students_have_no_mean() -> None:
    """Four on a side may be compared; their mean is not shown."""
    rows = rows_of(40).assign(visited=(np.arange(40) < 4).astype(int))
    one = Study(rows, "missed", "randomised", unit="student_id", treat="visited", baseline=())
    assert one.estimate().row("missed").means is None


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**31), st.floats(0.5, 4), st.booleans())
def test_worse_by_hand(seed: int, by: float, high_is_bad: bool) -> None:
    """Counted one by one; missing is neither well nor worse; a turned scale turns the sign."""
    rows = rows_of(60, seed)
    rows.loc[::7, "missed"] = np.nan
    rows.loc[::11, "before"] = np.nan
    sign = 1 if high_is_bad else -1
    turned = rows.assign(missed=sign * rows["missed"], before=sign * rows["before"])
    given_: dict[str, Any] = {"unit": "student_id", "treat": "visited", "baseline": ()}
    given_ |= {"before": {"missed": "before"}, "harm": {"missed": sign * by}}
    harm = Study(turned, "missed", "randomised", **given_).estimate().row("missed").harm
    assert harm is not None
    both = [
        (one.visited, one.missed - one.before)
        for one in rows.itertuples()
        if one.missed == one.missed and one.before == one.before
    ]
    assert harm.of_treated == sum(on == 1 for on, _ in both)
    assert harm.of_control == sum(on == 0 for on, _ in both)
    assert harm.treated == sum(on == 1 and change >= by for on, change in both)
    assert harm.control == sum(on == 0 and change >= by for on, change in both)


def test_worse_counts_on_the_side_that_was_meant() -> None:
    """A student visited against the flag stays on the side of the flag."""
    plain = declared("threshold").declared
    worse = plain.table.assign(now=plain.table["score"] + 10, then=plain.table["score"])
    worse["now"] += np.arange(len(worse)) % 3  # no straight line of the score
    one = Study(
        worse.assign(visited=1 - worse["visited"]),
        "now",
        "threshold",
        unit="student_id",
        treat="visited",
        record=plain.record,
        first_visit=plain.first_visit,
        before={"now": "then"},
        harm={"now": 10.0},
    )
    harm = harm_of(one.declared, "now")
    assert harm is not None
    assert harm.treated == harm.of_treated == int((plain.table["score"] >= 60).sum())


@pytest.mark.parametrize(
    ("settings_", "key"),
    [
        ({"harm": {"late": 1.0}}, "no_such_outcome"),
        ({"harm": {"missed": 2.0}, "before": {}}, "harm_without_before"),
        ({"harm": {"missed": 0.0}}, "harm_without_way"),
        ({"harm": {"missed": float("nan")}}, "harm_without_way"),
    ],
)
def test_harm_is_refused(settings_: dict[str, Any], key: str) -> None:
    """Without an outcome, a measure from before or a direction: a sentence."""
    with pytest.raises(ReviewError) as caught:
        drawn(**settings_)
    assert caught.value.key == f"study.{key}"


@pytest.mark.parametrize("assign", ["staggered", "series", "time_to_event"])
def test_harm_needs_one_row_a_student(assign: str) -> None:
    """Where rows are periods or times nobody can be held against before."""
    with pytest.raises(ReviewError) as caught:
        declared(assign, harm={made_study(assign, seed=1).outcome[0]: 1.0})
    assert caught.value.key == "study.misplaced"


def test_no_small_count_is_said() -> None:
    """Under five is not told, nor a number that differs from the whole by so few."""
    said = harm_words(Harm(2.0, 3, 58, 60, 60), "en")
    assert "under 5 of 60 with the help" in said
    assert "about 60 of 60 without" in said
    assert "58" not in said
    assert harm_words(Harm(-2.0, 0, 20, 60, 60), "en").count("-2") == 1
    assert "0 of 60 with" in harm_words(Harm(2.0, 0, 20, 60, 60), "en")


def test_told_in_both_languages() -> None:
    """Means and harm stand in the text of the study."""
    one = drawn(harm={"missed": 2.0})
    row = one.estimate().row("missed")
    assert row.harm is not None
    for lang in ("zh", "en"):
        assert harm_words(row.harm, lang) in one.text(lang)
    assert "as they are compared" in one.text("en")
