"""The numbers behind a picture: right, and nobody to be recognised in them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visitkit.errors import ReviewError
from visitkit.review import Study
from visitkit.review.shown_counts import shown_count, shown_steps
from visitkit.review.stats.wwc_attrition import boundary_line, largest_differential
from visitkit.review.study import (
    CurvesPicture,
    EventPicture,
    OverlapPicture,
    SeriesPicture,
    SidesPicture,
    ThresholdPicture,
)
from visitkit.sample import made_study
from visitkit.sample.designs import EFFECTS
from visitkit.screen.assignment import Basis, freeze_assignment


def study(assign: str, outcome: str = "", table: Any = None, **more: Any) -> Study:
    """Return a made-up study, perhaps with another table."""
    made = made_study(assign, seed=1)
    rows = made.table if table is None else table
    details: dict[str, Any] = {**made.settings, **more}
    if assign == "threshold":
        score = rows.set_index("student_id")["score"]
        details["record"] = freeze_assignment(score, Basis("a", dt.date(2026, 9, 7)), cutoff=60)
        details["first_visit"] = dt.date(2026, 9, 28)
    return Study(rows, outcome or made.outcome[0], assign, **details)


def test_threshold_bins_hold_everybody_measured() -> None:
    """Ten students a sign or more, all of them once, their own means, each on its side."""
    rows = made_study("threshold", seed=1).table
    shown = study("threshold").picture()
    assert isinstance(shown, ThresholdPicture)
    assert shown.bins["n"].min() >= 10
    known = rows.dropna(subset=["lessons_missed"])
    for side, on in (("left", known["score"] < 60), ("right", known["score"] >= 60)):
        bins = shown.bins[shown.bins["side"] == side]
        assert bins["n"].sum() == on.sum()
        total = (bins["mean"] * bins["n"]).sum() / bins["n"].sum()
        assert total == pytest.approx(known.loc[on, "lessons_missed"].mean())
        assert (
            bins["score"].between(0 if side == "left" else 60, 60 if side == "left" else 100).all()
        )
        assert bins["score"].is_monotonic_increasing


def test_threshold_lines_end_at_the_cutoff() -> None:
    """The lines jump by about the effect: within one standard error of the estimate."""
    one = study("threshold", seed=1)
    shown = one.picture()
    assert isinstance(shown, ThresholdPicture)
    at = shown.lines[shown.lines["score"] == 60].set_index("side")["fitted"]
    effect = one.estimate().rows[0].found.effect
    # without covariates and bias correction the gap differs by noise of the order of the error
    assert abs(at["right"] - at["left"] - effect.estimate) < 2 * effect.se


def test_few_scores_are_compared_flat() -> None:
    """In a window compared as if drawn by lot the lines are the two means of the window."""
    rows = made_study("threshold", seed=1).table
    rows["score"] = (rows["score"] / 10).astype(int) * 10.0
    rows["visited"] = (rows["score"] >= 60).astype(int)
    one = study("threshold", table=rows)
    shown, found = one.picture(), one.estimate().rows[0].found
    assert isinstance(shown, ThresholdPicture)
    assert isinstance(found.material, tuple)
    width = found.material[1].width
    for side, low, high in (("left", 60 - width, 60), ("right", 60, 60 + width)):
        line = shown.lines[shown.lines["side"] == side]
        inside = rows["score"].between(low, high, inclusive="left" if side == "left" else "both")
        mean = rows.loc[inside, "lessons_missed"].mean()
        assert list(line["fitted"]) == pytest.approx([mean, mean])
        assert list(line["score"]) == [low, high]


def test_events_are_those_of_the_event_study() -> None:
    """One row a period, with its interval; before the start near nothing."""
    one = study("staggered")
    shown = one.picture()
    assert isinstance(shown, EventPicture)
    checks = [check for check in one.sensitivity() if check.kind == "event"]
    assert list(shown.points["at"]) == [check.figure("at") for check in checks]
    assert list(shown.points["estimate"]) == [check.figure("b") for check in checks]
    assert (shown.points["low"] < shown.points["estimate"]).all()
    assert (shown.points["estimate"] < shown.points["high"]).all()
    found = one.estimate().rows[0].found
    by_cohort, since = found.material.by_cohort.overall, found.material.since.overall  # type: ignore[attr-defined]
    # cohorts by their size are reported, not periods evenly
    assert found.effect.estimate == by_cohort.estimate != since.estimate
    late = shown.points.loc[shown.points["at"] >= 0, "estimate"]
    assert late.mean() == pytest.approx(EFFECTS["staggered"], abs=0.3)  # 3 errors of about .1


def test_series_holds_every_period() -> None:
    """Observed as given; what was to be expected only from the start on."""
    rows = made_study("series", seed=1).table
    shown = study("series").picture()
    assert isinstance(shown, SeriesPicture)
    assert list(shown.path["observed"]) == list(rows["days_missed"])
    before = shown.path["time"] < shown.start
    assert shown.path.loc[before, "counterfactual"].isna().all()
    assert shown.path.loc[~before, ["counterfactual", "low", "high"]].notna().all(axis=None)
    gap = (shown.path["fitted"] - shown.path["counterfactual"])[~before]
    found = study("series").estimate().rows[0].found.effect
    # what is reported is the mean gap from what was to be expected, not the first jump
    assert found.estimate == pytest.approx(gap.mean())
    assert found.estimate != pytest.approx(gap.iloc[0])


def test_curves_stop_where_few_are_watched() -> None:
    """They begin at nothing, never fall, and end while ten students are still watched."""
    shown = study("time_to_event").picture()
    assert isinstance(shown, CurvesPicture)
    for _, rows in shown.curves.groupby("side"):
        assert rows["time"].iloc[0] == rows["share"].iloc[0] == 0
        assert rows["share"].is_monotonic_increasing
        assert rows["at_risk"].min() >= 10
        inside = rows.iloc[1:]
        assert (inside["low"] <= inside["share"]).all()
        assert (inside["share"] <= inside["high"]).all()


def test_quantiles_by_hand() -> None:
    """Tenths of each side among the students analysed; quarters of a small one; else refused."""
    made = made_study("randomised", seed=1)
    shown = study("randomised").picture()
    assert isinstance(shown, SidesPicture)
    on = made.table["visited"] == 1
    own = made.table.loc[on, "lessons_missed"].dropna()
    told = shown.points[shown.points["side"] == "treated"].set_index("at")["value"]
    assert len(told) == 9
    assert told[0.5] == pytest.approx(own.median())
    few = study("randomised", table=made.table.head(60)).picture()
    assert isinstance(few, SidesPicture)
    assert (few.points.groupby("side").size() == 3).all()
    with pytest.raises(ReviewError) as wrong:
        study("randomised", table=made.table.head(30)).picture()
    assert wrong.value.key == "review.picture_small"


def test_yes_or_no_is_a_share() -> None:
    """Shares with intervals; refused where a share would show fewer than five students."""
    table = made_study("randomised", seed=1).table
    table["lessons_missed"] = (table["lessons_missed"] > 10).astype(float)
    shown = study("randomised", table=table).picture()
    assert isinstance(shown, SidesPicture)
    assert shown.kind == "shares"
    row = shown.points.set_index("side").loc["treated"]
    assert row["value"] == pytest.approx(table.loc[table["visited"] == 1, "lessons_missed"].mean())
    assert row["low"] < row["value"] < row["high"]
    rare = table.assign(lessons_missed=0.0)
    rare.loc[rare.groupby("visited").head(3).index, "lessons_missed"] = 1.0
    with pytest.raises(ReviewError) as wrong:
        study("randomised", table=rare).picture()
    assert wrong.value.key == "review.picture_small"


@pytest.mark.parametrize("method", ["weighted", "matched"])
def test_overlap_hides_few_students(method: str) -> None:
    """Shares of a side add up to one or, where a band is hidden, to less; none of under five."""
    made = made_study("chosen", seed=1)
    one = study("chosen", method=method)
    shown = one.picture()
    assert isinstance(shown, OverlapPicture)
    counts = {
        "treated": (made.table["visited"] == 1).sum(),
        "control": (made.table["visited"] == 0).sum(),
    }
    for side, count in counts.items():
        shares = shown.bands[side]
        assert shares.sum() <= 1 + 1e-9
        least = shares[shares > 0].min() * count
        assert least >= 4.5  # five of those analysed, who are a little fewer
    assert 0 <= shown.shared[0] < shown.shared[1] <= 1
    heavy = shown.bands["weighted"]
    middle = (shown.bands["low"] + shown.bands["high"]) / 2
    means = {
        name: np.nansum(shown.bands[name] * middle) / np.nansum(shown.bands[name])
        for name in ("treated", "control", "weighted")
    }
    # weighting or matching moves the others towards the helped
    assert means["control"] < means["weighted"]
    assert abs(means["weighted"] - means["treated"]) < abs(means["control"] - means["treated"]) / 2
    assert heavy.sum() <= 1 + 1e-9


def test_regression_of_the_chosen_shows_the_sides() -> None:
    """Without a chance of treatment there is no overlap to draw."""
    assert isinstance(study("chosen", method="regression").picture(), SidesPicture)


@pytest.mark.parametrize("assign", [name for name in EFFECTS if name != "series"])
def test_the_order_of_rows_changes_no_picture(assign: str) -> None:
    """Shuffled students, the same picture; the periods of a series must stand in order."""
    made = made_study(assign, seed=1)
    mixed = made.table.sample(frac=1, random_state=5).reset_index(drop=True)
    one, two = study(assign).picture(), study(assign, table=mixed).picture()
    for name in one.__slots__:
        first, second = getattr(one, name), getattr(two, name)
        if isinstance(first, pd.DataFrame):
            pd.testing.assert_frame_equal(first, second, rtol=1e-9)
        else:
            assert first == second or first == pytest.approx(second)


def test_the_made_up_effects_are_found() -> None:
    """Each planted effect lies in its interval: seven of eight seeds or more, as 95 % should."""
    for assign in ("randomised", "staggered", "series", "time_to_event"):
        inside = 0
        for seed in range(8):
            made = made_study(assign, seed=seed)
            found = Study(made.table, made.outcome[0], assign, **made.settings)  # type: ignore[arg-type]
            low, high = found.estimate().rows[0].found.effect.ci
            inside += low < made.effect < high
        # fewer than six of eight happens once in two hundred when 95 % of intervals hold
        assert inside >= 6, assign


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(0, 300), min_size=1, max_size=5))
def test_no_small_count_and_no_small_difference_is_told(numbers: list[int]) -> None:
    """From what is told no group of one to four students can be worked out."""
    steps = {f"step{place}": number for place, number in enumerate(numbers)}
    told = shown_steps(steps, "en")
    exact = [int(word) for word in told.values() if word.isdigit()]
    assert all(number == 0 or number >= 5 for number in exact)
    assert all(one == two or abs(one - two) >= 5 for one in exact for two in exact)
    assert shown_count(numbers[0], "en").isdigit() == (numbers[0] == 0 or numbers[0] >= 5)


def test_the_boundary_is_the_table() -> None:
    """The line drawn is the boundary by which attrition is judged."""
    for boundary in ("cautious", "optimistic"):
        line = boundary_line(boundary)
        for overall, differential in line.itertuples(index=False):
            assert largest_differential(overall, boundary) == pytest.approx(differential)
