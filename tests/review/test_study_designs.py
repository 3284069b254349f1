"""Each way of assigning: what is estimated, what stands beside it, and invariances."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from visitkit.review import Study
from visitkit.review.stats import cox_index
from visitkit.review.study.compare import share_between
from visitkit.screen.assignment import Basis, freeze_assignment

BASIS, FIRST = Basis("a1", dt.date(2026, 9, 7)), dt.date(2026, 9, 14)


def drawn(seed: int = 1, count: int = 240) -> pd.DataFrame:
    """Return a lottery with a true effect of -1.5 on absence and none on mood; all made up."""
    rng = np.random.default_rng(seed)
    before = rng.normal(10, 3, count)
    on = rng.permutation(count) % 2
    return pd.DataFrame(
        {
            "student_id": [f"S{place:03d}" for place in range(count)],
            "visited": on,
            "class": np.arange(count) % 24,
            "before": before,
            "absence": before - 1.5 * on + rng.normal(0, 1, count),
            "mood": rng.normal(3, 1, count),
            "late": rng.binomial(1, 0.4 - 0.15 * on),
        }
    )


def lottery(rows: pd.DataFrame, **more: Any) -> Study:
    settings_ = {"unit": "student_id", "treat": "visited", "baseline": "before"} | more
    outcome = settings_.pop("outcome", "absence")
    return Study(rows, outcome, "randomised", **settings_)


def cut(count: int = 900, overrides: int = 0, seed: int = 3) -> tuple[pd.DataFrame, Any]:
    """Return a threshold study with a true effect of -3 and its frozen record."""
    rng = np.random.default_rng(seed)
    names = [f"S{place:04d}" for place in range(count)]
    score = pd.Series(rng.uniform(0, 100, count), index=names)
    turned = dict.fromkeys(rng.choice(names, overrides, replace=False).tolist(), "made up")
    record = freeze_assignment(score, BASIS, cutoff=60, overrides=turned)
    table = record.table.set_index("student_id").loc[names]
    on = (table["flagged"] ^ table["override"]).to_numpy()
    before = rng.normal(10, 2, count)
    y = score.to_numpy() / 10 + before - 3 * on + rng.normal(0, 1, count)
    rows = {"student_id": names, "visited": on, "before": before, "y": y}
    return pd.DataFrame(rows), record


def threshold(rows: pd.DataFrame, record: object, **more: Any) -> Study:
    given_ = {"unit": "student_id", "treat": "visited", "baseline": "before", "record": record}
    return Study(rows, "y", "threshold", **(given_ | {"first_visit": FIRST} | more))


def test_lottery_by_hand() -> None:
    """Without covariates: the difference of means, HC1 and t with n - 1 degrees of freedom."""
    rows = drawn()
    found = lottery(rows, baseline=()).estimate().row("absence").found.effect
    one, two = (rows.loc[rows["visited"] == side, "absence"] for side in (1, 0))
    assert found.estimate == pytest.approx(one.mean() - two.mean())
    own = one.var(ddof=0) / len(one) + two.var(ddof=0) / len(two)
    assert found.se == pytest.approx(np.sqrt(own * len(rows) / (len(rows) - 2)))
    assert found.df == len(rows) - 1


def test_the_naive_figure_is_a_paired_t() -> None:
    """Shown beside: the mean gap of the treated with its t interval, worked out by scipy."""
    rows = drawn(count=24)
    row = lottery(rows, before={"absence": "before"}, baseline=()).estimate().row("absence")
    on = rows[rows["visited"] == 1]
    told = stats.ttest_1samp(on["absence"] - on["before"], 0)
    ends = told.confidence_interval(0.95)
    assert row.wrong is not None
    assert row.wrong.ci == pytest.approx((ends.low, ends.high))
    assert row.wrong.p == pytest.approx(told.pvalue)


def test_few_students_are_corrected_for() -> None:
    """Under 40 students each is its own cluster of CR2: Welch's error, and fewer freedoms."""
    rows = drawn(count=30)
    found = lottery(rows, baseline=()).estimate().row("absence").found.effect
    one, two = (rows.loc[rows["visited"] == side, "absence"] for side in (1, 0))
    assert found.se == pytest.approx(np.sqrt(one.var() / len(one) + two.var() / len(two)))
    # Bell and McCaffrey 2002 for two groups: the harmonic kind of Welch's degrees of freedom
    n, m = len(one), len(two)
    free = (n + m) ** 2 * (n - 1) * (m - 1) / (n**2 * (n - 1) + m**2 * (m - 1))
    assert found.df == pytest.approx(free)


def test_pairs_are_who_is_analysed() -> None:
    """Only students in a pair stand behind a matched figure, and the flow says so."""
    rows = drawn()
    rows["visited"] = (rows["before"] + np.arange(240) % 7 > 14).astype(int)
    study = Study(
        rows,
        "absence",
        "chosen",
        unit="student_id",
        treat="visited",
        baseline="before",
        method="matched",
    )
    found = study.estimate().row("absence").found
    assert found.analysed.sum() == (found.material.weight > 0).sum() < len(rows)  # type: ignore[attr-defined]


def test_students_like_nobody_are_left_out_and_told() -> None:
    """Chances above nine in ten: out of the figure, counted, and the truth inside the interval."""
    rng = np.random.default_rng(8)
    before = rng.normal(0, 1, 600)
    on = (rng.random(600) < 1 / (1 + np.exp(0.5 - 2.0 * before))).astype(int)
    rows = pd.DataFrame({"student_id": np.arange(600), "visited": on, "before": before})
    rows["y"] = 2 * before - 1.5 * on + rng.normal(0, 1, 600)
    settings_ = {"unit": "student_id", "treat": "visited", "baseline": "before"}
    found = Study(rows, "y", "chosen", **settings_).estimate().row("y").found  # type: ignore[arg-type]
    told = {one.key: dict(one.facts) for one in found.effect.warnings}
    left_out = 600 - int(found.analysed.sum())
    assert told["study.warn.trimmed"]["number"] == left_out > 0
    assert found.effect.counts.treated + found.effect.counts.control == 600 - left_out
    assert found.effect.ci[0] < -1.5 < found.effect.ci[1]
    mild = rows.assign(visited=(rng.random(600) < 0.4).astype(int))
    plain = Study(mild, "y", "chosen", **settings_).estimate().row("y").found  # type: ignore[arg-type]
    assert "study.warn.trimmed" not in {one.key for one in plain.effect.warnings}


def test_classes_alike_within_their_side_share_nothing() -> None:
    """What parts the sides is no likeness of classes; classes that differ within a side are."""
    treated = np.repeat([True, False], 200)
    classes = np.repeat(np.arange(16), 25)
    noise = np.random.default_rng(2).normal(0, 1, 400)
    assert share_between(noise + 50 * treated, treated, classes.tolist()) < 0.05
    own = np.random.default_rng(3).normal(0, 3, 16)[classes]
    assert share_between(noise + own, treated, classes.tolist()) > 0.6


def test_lottery_finds_what_is_there() -> None:
    """True effect, no effect, yes-or-no outcome; q at least p; reach before finding."""
    study = lottery(drawn(), outcome=["absence", "mood", "late"])
    table = study.estimate()
    absence, mood, late = (table.row(name) for name in ("absence", "mood", "late"))
    effect = absence.found.effect
    # 3.5 standard errors: one seed in two thousand is further out
    assert abs(effect.estimate + 1.5) < 3.5 * effect.se
    assert effect.ci[1] < 0
    assert mood.found.effect.ci[0] < 0 < mood.found.effect.ci[1]
    assert late.found.size is not None
    assert late.found.size.kind == "cox_index"
    yes = drawn().groupby("visited")["late"].agg(["sum", "size"])
    by_hand = cox_index(
        yes.loc[1, "sum"], yes.loc[1, "size"], yes.loc[0, "sum"], yes.loc[0, "size"]
    )
    assert late.found.size.value == pytest.approx(by_hand.value)
    assert late.found.size.value < 0
    assert all(row.q >= row.found.effect.p for row in table.rows)
    columns = list(table.frame().columns)
    assert columns.index("mdes") < columns.index("b") < columns.index("wrong")
    assert mood.seen.basis == "planned"


def test_reach_is_about_right() -> None:
    """The planned reach agrees with 2.8 standard errors of the estimate within a tenth."""
    row = lottery(drawn(count=1000)).estimate().row("absence")
    assert row.seen.value == pytest.approx(2.8 * row.found.effect.se, rel=0.1)


def test_reach_does_not_read_the_effect() -> None:
    """Moving the treated changes the estimate and leaves what could be seen as it was."""
    rows = drawn()
    moved = rows.assign(absence=rows["absence"] + 40 * rows["visited"])
    assert lottery(rows).mdes().value == pytest.approx(lottery(moved).mdes().value)
    table, record = cut()
    far = table.assign(y=table["y"] + 40 * table["visited"])
    assert threshold(table, record).mdes().value == pytest.approx(
        threshold(far, record).mdes().value
    )


@settings(max_examples=25, deadline=None)
@given(st.floats(-50, 50), st.floats(0.1, 20), st.randoms(use_true_random=False))
def test_shift_scale_order_and_names(shift: float, scale: float, random: Any) -> None:
    """Units and the order of rows change nothing; swapped sides turn the sign."""
    rows = drawn()
    base = lottery(rows).estimate().row("absence").found
    order = list(range(len(rows)))
    random.shuffle(order)
    moved = rows.assign(absence=rows["absence"] * scale + shift).iloc[order]
    found = lottery(moved).estimate().row("absence").found
    assert found.effect.estimate == pytest.approx(base.effect.estimate * scale)
    assert found.effect.se == pytest.approx(base.effect.se * scale)
    assert found.size is not None
    assert base.size is not None
    assert found.size.value == pytest.approx(base.size.value)
    turned = lottery(rows.assign(visited=1 - rows["visited"])).estimate().row("absence").found
    assert turned.effect.estimate == pytest.approx(-base.effect.estimate)


def test_few_classes() -> None:
    """24 classes: CR2 with fewer degrees of freedom, and the wild bootstrap beside it."""
    rows = drawn()
    rows["visited"] = (rows["class"] < 12).astype(int)
    study = lottery(rows, cluster="class", outcome="mood")
    found = study.estimate().row("mood").found
    assert found.effect.df < 23
    assert found.effect.counts.clusters_treated == 12
    assert found.wild is not None
    assert "wild" in {check.kind for check in study.sensitivity()}


def test_size_counts_the_classes_once() -> None:
    """The error of g already allows for classes: g and the estimate lie as far from nothing."""
    rows = drawn()
    rows["visited"] = (rows["class"] < 12).astype(int)
    rows["mood"] += np.random.default_rng(9).normal(0, 1, 24)[rows["class"]]
    found = lottery(rows, cluster="class", outcome="mood").estimate().row("mood").found
    assert found.size is not None
    away = found.effect.estimate / found.effect.se
    # omega and g's own noise move it by less than a twentieth here; counting twice by far more
    assert found.size.value / found.size.se == pytest.approx(away, rel=0.05)


def test_flow_attrition_and_lost_outcomes() -> None:
    """Lost students stay in the flow; bounds and imputation are told; the crisis stays outside."""
    rows = drawn()
    rows["crisis"] = 0
    rows.loc[:4, "crisis"] = 1
    lost = rows["visited"].eq(1) & (rows.index > 180)
    rows.loc[lost, "absence"] = np.nan
    study = lottery(rows, crisis="crisis", limits={"absence": (-10.0, 40.0)})
    steps = study.flow()
    assert (steps.assessed, steps.crisis) == (240, 5)
    assert steps.treated["assigned"] - steps.treated["measured"] == int(lost.sum())
    assert steps.control["measured"] == steps.control["assigned"]
    attrition = study.attrition()
    assert attrition.boundary == "cautious"
    assert not attrition.low
    kinds = {check.kind: check for check in study.sensitivity()}
    assert {"bounds_extreme", "bounds_lee", "imputed"} <= kinds.keys()
    wide, narrow = (kinds[kind] for kind in ("bounds_extreme", "bounds_lee"))
    assert wide.figure("low") < narrow.figure("low") < narrow.figure("high") < wide.figure("high")
    held = lottery(rows, crisis="crisis", no_confounder=True, assignment_kept=True)
    assert held.verdict().rating != "without_reservations"


def test_verdict_names_the_rule() -> None:
    """A clean lottery passes; what is not known limits it, by name."""
    rows = drawn()
    clean = lottery(rows, no_confounder=True, assignment_kept=True).verdict()
    assert (clean.rating, clean.limits) == ("without_reservations", "")
    unknown = lottery(rows, assignment_kept=True).verdict()
    assert (unknown.rating, unknown.limits) == ("does_not_meet", "no_confounder")


def test_sharp_threshold() -> None:
    """The effect at the cutoff; a record without the date of the first visit is not enough."""
    rows, record = cut()
    study = threshold(rows, record, no_confounder=True, before={"y": "before"})
    assert study.design().name == "sharp_threshold"
    row = study.estimate().row("y")
    assert row.found.effect.ci[0] < -3 < row.found.effect.ci[1]
    assert "study.warn.fuzzy" not in {one.key for one in row.found.effect.warnings}
    on = rows[rows["visited"] == 1]
    assert row.wrong is not None
    assert row.wrong.estimate == pytest.approx((on["y"] - on["before"]).mean())
    assert study.verdict().rating == "without_reservations"
    silent = threshold(rows, record, no_confounder=True, first_visit=None).verdict()
    assert (silent.rating, silent.limits) == ("does_not_meet", "record_frozen")
    checks = study.sensitivity()
    kinds = [check.kind for check in checks]
    assert kinds.count("bandwidth") == 5
    near = next(check for check in checks if check.kind == "density")
    assert near.figure("low") < near.figure("share") < near.figure("high") <= 100
    assert near.figure("share") > 1
    assert {"density", "placebo_cutoff", "donut", "e_value"} <= set(kinds)


def test_pushed_scores_are_seen() -> None:
    """Scores moved over the cutoff by hand: the study does not meet the standards, and says why."""
    rng = np.random.default_rng(3)
    names = [f"S{place:04d}" for place in range(900)]
    score = pd.Series(rng.uniform(0, 100, 900), index=names)
    score[(score > 54) & (score < 60)] += 6
    record = freeze_assignment(score, BASIS, cutoff=60)
    on = (score >= 60).to_numpy().astype(int)
    rows = pd.DataFrame({"student_id": names, "visited": on, "before": rng.normal(size=900)})
    rows["y"] = rng.normal(size=900) - on
    found = threshold(rows, record, no_confounder=True).verdict()
    assert (found.rating, found.limits) == ("does_not_meet", "score_not_manipulated")


def test_overrides_make_it_fuzzy() -> None:
    """Overridden students stay in; the flag stands in for the visit."""
    rows, record = cut(overrides=90)
    study = threshold(rows, record)
    assert study.design().name == "fuzzy_threshold"
    found = study.estimate().row("y").found.effect
    assert found.ci[0] < -3 < found.ci[1]
    assert found.method == "review_designs.method.threshold_fuzzy_robust"
    told = {one.key: dict(one.facts) for one in found.warnings}
    assert told["study.warn.fuzzy"]["number"] == 90
    assert study.flow().treated["assigned"] == int(record.table["flagged"].sum())
    assert study.flow().control["received"] > 0


def test_students_missing_from_the_table_are_lost() -> None:
    """The record knows who was there: rows that disappeared count as attrition."""
    rows, record = cut()
    kept = rows[(rows["visited"] == 0) | (rows.index % 3 > 0)]
    steps = threshold(kept, record).flow()
    assert steps.assessed == len(rows)
    assert steps.treated["assigned"] == int(rows["visited"].sum())
    assert steps.treated["measured"] < steps.treated["assigned"]


def test_few_scores_use_a_window() -> None:
    """Rounded scores: students around the cutoff as if drawn by lot, and it is said."""
    rng = np.random.default_rng(8)
    names = [f"S{place:04d}" for place in range(600)]
    score = pd.Series(rng.integers(54, 66, 600).astype(float), index=names)
    record = freeze_assignment(score, BASIS, cutoff=60)
    on = (score >= 60).to_numpy().astype(int)
    before = rng.normal(0, 1, 600)
    rows = pd.DataFrame({"student_id": names, "visited": on, "before": before})
    rows["y"] = before - 2 * on + rng.normal(0, 1, 600)
    study = threshold(rows, record)
    found = study.estimate().row("y").found.effect
    assert found.method == "review_designs.method.local_randomisation"
    assert found.ci[0] < -2 < found.ci[1]
    assert "study.warn.window_instead" in {one.key for one in found.warnings}


def selected(seed: int = 2) -> pd.DataFrame:
    """Return students chosen for a high score, with a true effect of -1."""
    rng = np.random.default_rng(seed)
    before = rng.normal(0, 1, 500)
    on = (rng.random(500) < 1 / (1 + np.exp(1 - before))).astype(int)
    y = 2 * before - on + rng.normal(0, 1, 500)
    return pd.DataFrame(
        {
            "id": range(500),
            "on": on,
            "before": before,
            "y": y,
            "past": before + rng.normal(size=500),
        }
    )


@pytest.mark.parametrize("method", ["weighted", "matched", "regression"])
def test_chosen_students(method: str) -> None:
    """All three ways find the effect that the plain difference hides; the ceiling stays."""
    rows = selected()
    study = Study(
        rows,
        "y",
        "chosen",
        unit="id",
        treat="on",
        baseline="before",
        method=method,
        placebo="past",
        no_confounder=True,
        before={"y": "past"},
    )
    found = study.estimate().row("y").found.effect
    assert found.ci[0] < -1 < found.ci[1]
    assert study.verdict().rating != "without_reservations"
    kinds = {check.kind for check in study.sensitivity()}
    assert {"robustness", "e_value", "placebo_outcome"} <= kinds
    assert ("rosenbaum" in kinds) == (method == "matched")
    after = study.love()["after"].abs().max()
    assert after <= study.love()["before"].abs().max() + 1e-12


def test_weights_alone_do_not_adjust_for_what_they_leave() -> None:
    """What weights leave is adjusted for by the regression of few classes only."""
    rows = selected()
    given_ = {"unit": "id", "treat": "on", "baseline": "before"}
    plain = Study(rows, "y", "chosen", **given_)
    rooms = Study(rows.assign(room=rows.index % 10), "y", "chosen", cluster="room", **given_)
    assert not any(row.adjusted for row in plain.balance().rows)
    assert all(row.adjusted for row in rooms.balance().rows)


def test_domains_part_the_outcomes() -> None:
    """Three outcomes of one domain are held to q together; each in its own domain to its p."""
    outcomes = ["absence", "mood", "late"]
    rows = drawn()
    together = lottery(rows, outcome=outcomes).estimate()
    ranked = sorted(row.found.effect.p for row in together.rows)
    assert [row.of for row in together.rows] == [3, 3, 3]
    # Benjamini and Hochberg by hand for three p values in order
    wanted = [min(ranked[0] * 3, ranked[1] * 1.5, ranked[2]), min(ranked[1] * 1.5, ranked[2])]
    assert sorted(row.q for row in together.rows) == pytest.approx([*wanted, ranked[2]])
    apart = lottery(rows, outcome=outcomes, domains={name: name for name in outcomes}).estimate()
    assert [row.q for row in apart.rows] == [row.found.effect.p for row in apart.rows]


def test_hidden_reasons_among_pairs() -> None:
    """A strong effect holds against a hidden reason whichever way it points."""
    rows = selected()
    for sign in (1, -1):
        turned = rows.assign(y=sign * (rows["y"] - 3 * rows["on"]))
        given_ = {"unit": "id", "treat": "on", "baseline": "before", "method": "matched"}
        checks = Study(turned, "y", "chosen", **given_).sensitivity()
        found = next(check for check in checks if check.kind == "rosenbaum")
        assert found.figure("gamma") > 3


def test_weights_with_few_classes_use_cr2() -> None:
    """Ten classes: weighted regression with the small-sample inference, not the plain weights."""
    rows = selected().assign(room=lambda one: one.index % 10)
    given_ = {"unit": "id", "treat": "on", "baseline": "before", "cluster": "room"}
    found = Study(rows, "y", "chosen", **given_).estimate().row("y").found
    assert found.effect.method == "study.method.weighted"
    assert found.wild is not None
    assert found.effect.df < 9.5


def test_series_and_its_other_errors() -> None:
    """Level, slope, other errors; no second side, so it does not meet the standards."""
    rng = np.random.default_rng(4)
    weeks = np.arange(60)
    rows = pd.DataFrame({"week": weeks, "y": 20 - 4 * (weeks >= 30) + rng.normal(0, 1, 60)})
    study = Study(rows, "y", "series", time="week", start=30)
    row = study.estimate().row("y")
    assert row.found.effect.ci[0] < -4 < row.found.effect.ci[1]
    assert row.found.size is None
    assert row.seen.basis == "error"
    assert {"level", "slope", "left_over"} <= {check.kind for check in study.sensitivity()}
    assert study.verdict().rating == "does_not_meet"
    assert study.text("en")


def test_staggered_against_those_who_had_not_begun() -> None:
    """Nobody is never treated: the comparison falls back on those not yet treated."""
    rng = np.random.default_rng(6)
    first = np.repeat([2, 4, 6], 40)
    rows = pd.DataFrame(
        [(s, t, first[s]) for s in range(120) for t in range(1, 7)], columns=["id", "term", "first"]
    )
    own = rng.normal(0, 2, 120)[rows["id"]]
    rows["y"] = own + rows["term"] - 2 * (rows["term"] >= rows["first"]) + rng.normal(0, 1, 720)
    study = Study(rows, "y", "staggered", unit="id", time="term", first="first")
    row = study.estimate().row("y")
    assert row.found.effect.ci[0] < -2 < row.found.effect.ci[1]
    assert row.wrong is not None
    assert row.wrong.estimate > row.found.effect.estimate + 1
    told = {check.kind: check for check in study.sensitivity()}
    assert told["pre_test"].told.key == "study.warn.no_pre_test"
    assert {"event", "pre_test"} <= told.keys()


def test_never_a_number_without_its_interval() -> None:
    """Every figure of the table stands between its two ends."""
    rows, record = cut()
    for study in (lottery(drawn(), outcome=["absence", "mood"]), threshold(rows, record)):
        table = study.estimate().frame()
        assert (table["low"] < table["b"]).all()
        assert (table["b"] < table["high"]).all()
        assert (table["g_low"] < table["g"]).all()
        assert (table["improvement"] < table["improvement_high"]).all()
        assert "S0" not in repr(study)
