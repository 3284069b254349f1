"""The list of bad input, for every design: a sentence and no number, never a silent gap."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from visitkit.errors import ReviewError
from visitkit.review import Study, freeze_record
from visitkit.sample import made_study
from visitkit.sample.designs import EFFECTS

Spoil = Callable[[pd.DataFrame], pd.DataFrame]
TWO_SIDED = ("randomised", "threshold", "chosen", "staggered")
BY_STUDENT = ("randomised", "threshold", "chosen", "time_to_event")


def declared(assign: str, spoil: Spoil, **more: Any) -> Study:
    """Declare a made-up study whose table was spoilt."""
    made = made_study(assign, seed=1)
    table = spoil(made.table)
    settings: dict[str, Any] = {**made.settings, **more}
    if assign == "threshold" and "record" not in settings:
        settings["record"] = frozen(made.table, 60.0)
        settings["first_visit"] = dt.date(2026, 9, 28)
    return Study(table, made.outcome[0], assign, **settings)


def frozen(table: pd.DataFrame, cutoff: float) -> Any:
    flagged = (table["score"] >= cutoff).astype(int)
    rows = table[["student_id", "score"]].assign(cutoff=cutoff, flagged=flagged, override=0)
    return freeze_record(rows.assign(date="2026-09-07", model_hash="made up", reason=""))


def refused(assign: str, spoil: Spoil, **more: Any) -> str:
    """Return the key of the refusal; it has a sentence in both languages without a gap in it."""
    with pytest.raises(ReviewError) as wrong:
        declared(assign, spoil, **more).estimate()
    assert len(str(wrong.value)) > 20
    assert "nan" not in str(wrong.value).lower()
    return wrong.value.key.partition(".")[2]


def outcome_of(assign: str) -> str:
    return made_study(assign).outcome[0]


@pytest.mark.parametrize("assign", [name for name in EFFECTS if name != "time_to_event"])
def test_a_constant_outcome(assign: str) -> None:
    """Nothing varies, so nothing can be told."""
    name = outcome_of(assign)
    key = refused(assign, lambda table: table.assign(**{name: 3.0}))
    assert key in {"constant_outcome", "no_spread"}


def test_an_end_that_nobody_reached() -> None:
    """The constant of a time to an end: everybody is still there."""
    assert refused("time_to_event", lambda table: table.assign(how_ended=0)) == "no_events"


@pytest.mark.parametrize("assign", EFFECTS)
def test_all_missing_after(assign: str) -> None:
    """Nobody was measured: a sentence, not a missing number."""
    name = outcome_of(assign)
    key = refused(assign, lambda table: table.assign(**{name: np.nan}))
    assert key in {"all_missing", "bad_time"}


@pytest.mark.parametrize("assign", ["randomised", "threshold", "chosen"])
def test_one_side_missing_after(assign: str) -> None:
    """The helped were never measured: the others say nothing of them."""
    name = outcome_of(assign)

    def spoil(table: pd.DataFrame) -> pd.DataFrame:
        return table.assign(**{name: table[name].where(table["visited"] == 0)})

    assert refused(assign, spoil) in {"too_few_units", "cutoff_outside"}


def test_missing_from_the_start_on() -> None:
    """A series and a staggered start without a period after the start."""

    def cut(table: pd.DataFrame) -> pd.DataFrame:
        return table.assign(days_missed=table["days_missed"].where(table["week"] < 31))

    assert refused("series", cut) == "few_points"

    def gone(table: pd.DataFrame) -> pd.DataFrame:
        began = (table["first_month"] > 0) & (table["month"] >= table["first_month"])
        return table.assign(lessons_missed=table["lessons_missed"].where(~began))

    with pytest.raises(ReviewError):
        declared("staggered", gone).estimate()


@pytest.mark.parametrize("assign", [*TWO_SIDED, "time_to_event"])
def test_one_cluster(assign: str) -> None:
    """All in one class, or one class a side."""
    key = refused(assign, lambda table: table.assign(class_id="K1"), cluster="class_id")
    assert key in {"too_few_clusters", "one_cluster"}
    if "visited" in made_study(assign).table:
        key = refused(
            assign,
            lambda table: table.assign(class_id=table["visited"].map({0: "A", 1: "B"})),
            cluster="class_id",
        )
        assert key in {"too_few_clusters", "one_cluster"}


@pytest.mark.parametrize("method", ["weighted", "matched"])
def test_no_overlap_and_perfect_separation(method: str) -> None:
    """A measure that parts the sides, just or by far: nobody is like anybody."""
    for gap in (30.0, 1000.0):

        def spoil(table: pd.DataFrame, gap: float = gap) -> pd.DataFrame:
            return table.assign(missed_before=table["missed_before"] + gap * table["visited"])

        key = refused("chosen", spoil, method=method)
        assert key in {"separated", "no_overlap"}


def test_separation_in_a_staggered_start_and_in_time() -> None:
    """Covariates that decide who begins; all of one side ended at once."""

    def spoil(table: pd.DataFrame) -> pd.DataFrame:
        return table.assign(fate=(table["first_month"] > 0) * 50.0 + table["lessons_missed"] * 0.01)

    assert refused("staggered", spoil, baseline=("fate",)) in {"separated", "no_comparison"}

    def never(table: pd.DataFrame) -> pd.DataFrame:
        ended = table["how_ended"].where(table["visited"] == 0, 0)
        return table.assign(how_ended=ended)

    assert refused("time_to_event", never) == "no_events"


@pytest.mark.parametrize("cutoff", [-5.0, 0.0, 100.5])
def test_a_cutoff_outside_the_data(cutoff: float) -> None:
    """Everybody or nobody flagged: there is no other side."""
    table = made_study("threshold", seed=1).table
    rows = table.assign(visited=(table["score"] >= cutoff).astype(int))
    key = refused(
        "threshold",
        lambda _: rows,
        record=frozen(rows, cutoff),
        first_visit=dt.date(2026, 9, 28),
    )
    assert key in {"cutoff_outside", "too_few_units"}


@pytest.mark.parametrize("assign", BY_STUDENT)
def test_a_student_twice(assign: str) -> None:
    """The same student in two rows, alike or different."""

    def spoil(table: pd.DataFrame) -> pd.DataFrame:
        return pd.concat([table, table.iloc[[3]]])

    assert refused(assign, spoil) == "unit_twice"


@pytest.mark.parametrize("assign", ["staggered", "series"])
def test_a_period_twice(assign: str) -> None:
    """A student twice in a period; a week twice in a series."""

    def spoil(table: pd.DataFrame) -> pd.DataFrame:
        return pd.concat([table.iloc[[0]], table])

    assert refused(assign, spoil) in {"unit_period_twice", "time_not_rising"}


def test_unsorted_time() -> None:
    """A series out of order is refused; students and periods may stand in any order."""
    assert (
        refused("series", lambda table: table.sample(frac=1, random_state=1)) == "time_not_rising"
    )
    one = declared("staggered", lambda table: table).estimate().rows[0].found.effect
    two = declared("staggered", lambda table: table.sample(frac=1, random_state=1))
    assert two.estimate().rows[0].found.effect.estimate == pytest.approx(one.estimate)


@pytest.mark.parametrize("assign", EFFECTS)
def test_a_number_never_without_its_interval(assign: str) -> None:
    """Every figure of the table and of the checks is finite, and every estimate has both ends."""
    study = declared(assign, lambda table: table)
    frame = study.estimate().frame()
    for name in ("b", "se", "low", "high", "p", "q", "mdes"):
        assert frame[name].notna().all()
    assert (frame["low"] <= frame["b"]).all()
    assert (frame["b"] <= frame["high"]).all()
    for value, ends in (("g", ("g_low", "g_high")), ("wrong", ("wrong_low", "wrong_high"))):
        for end in ends:
            assert (frame[value].isna() == frame[end].isna()).all()
    for check in study.sensitivity():
        figures = dict(check.figures)
        assert not any(math.isnan(number) for number in figures.values())
        if "b" in figures:
            assert figures["low"] <= figures["b"] <= figures["high"]
        assert "nan" not in check.told.sentence("en").lower()
