"""Lotteries and records: fair, repeatable, never with a student in a crisis."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import replace
from io import StringIO

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visitkit.errors import ReviewError
from visitkit.review.stats import (
    LotteryRule,
    check_lottery,
    draw_lottery,
    draw_order,
    freeze_record,
    read_record,
)
from visitkit.review.stats.fingerprint import fingerprint, lot


def pool(n: int = 60) -> pd.DataFrame:
    """Return made-up students with score, grade and class."""
    number = np.arange(n)
    return pd.DataFrame(
        {
            "student_id": [f"S{one:03d}" for one in number],
            "score": 40.0 + number % 40,
            "grade": number % 3 + 7,
            "class_id": [f"{one % 3 + 7}-{one // 3 % 4}" for one in number],
        }
    )


def test_lot_can_be_repeated_by_hand() -> None:
    """First 13 hexadecimal digits of SHA-256 of seed, unit separator, name."""
    digits = hashlib.sha256(b"2026-09-01\x1fS1").hexdigest()[:13]
    assert lot("2026-09-01", "S1") == int(digits, 16) / 16**13


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.text(min_size=1, max_size=8), st.floats(0.1, 0.9))
def test_order_of_rows_changes_nothing(seed: int, words: str, share: float) -> None:
    """Students drawn do not depend on where they stand; crisis students are never drawn."""
    rule = LotteryRule(share, words, stratum="grade", low=50, high=70)
    crisis = ["S011", "S012", "S059"]
    order = np.random.default_rng(seed).permutation(60)
    found = draw_lottery(pool(), rule, crisis)
    again = draw_lottery(pool().iloc[order], rule, crisis)
    assert again.table_hash == found.table_hash
    assert again.pool_hash == found.pool_hash
    told = found.table.set_index("student_id")
    assert (told.loc[crisis, "role"] == "crisis").all()
    assert told.loc[crisis, "visited"].all()
    check_lottery(found, pool(), crisis)


def test_band_and_strata() -> None:
    """From 70 everybody, under 50 nobody, between a lot that keeps the share in every grade."""
    rule = LotteryRule(0.5, "2026-09-01", stratum="grade", low=50, high=70)
    table = draw_lottery(pool(), rule).table.merge(pool(), on="student_id")
    assert table.loc[table["score"] >= 70, "visited"].all()
    assert not table.loc[table["score"] < 50, "visited"].any()
    assert (table.loc[table["score"] >= 70, "role"] == "always").all()
    inside = table[table["role"] == "lottery"]
    assert set(inside["score"]) == set(range(50, 70))
    for _, group in inside.groupby("grade"):
        assert abs(group["visited"].sum() - len(group) / 2) <= 0.5
    assert (inside["probability"] == 0.5).all()
    chances = table.groupby("role")["probability"].unique().map(list).to_dict()
    assert chances == {"always": [1.0], "lottery": [0.5], "not_now": [0.0]}


def test_everybody_has_the_same_chance() -> None:
    """200 seeds, 7 students, share .4: each is drawn in 40 %, within four standard errors."""
    seven = pool(7)
    rows = [draw_lottery(seven, LotteryRule(0.4, f"seed {k}")).table["visited"] for k in range(200)]
    rates = np.array(rows).mean(axis=0)
    assert np.abs(rates - 0.4).max() < 4 * np.sqrt(0.24 / 200)
    assert {int(one.sum()) for one in rows} == {2, 3}


def test_classes_are_drawn_as_wholes() -> None:
    """All of a class or none of it; a student in a crisis is visited with neither."""
    rule = LotteryRule(0.5, "2026-09-01", stratum="grade", cluster="class_id")
    found = draw_lottery(pool(), rule, ["S000"])
    inside = found.table[found.table["role"] == "lottery"]
    assert inside.groupby("unit")["visited"].mean().isin([0.0, 1.0]).all()
    assert (found.drawn, found.entered) == (6, 12)
    assert inside.groupby("stratum")["unit"].nunique().tolist() == [4, 4, 4]


def test_a_changed_pool_or_draw_is_seen() -> None:
    """A student added, a crisis mark taken away, a name slipped in."""
    rule = LotteryRule(0.5, "2026-09-01")
    found = draw_lottery(pool(), rule, ["S001"])
    with pytest.raises(ReviewError, match=r"."):
        check_lottery(found, pool().iloc[1:], ["S001"])
    with pytest.raises(ReviewError):
        check_lottery(found, pool(), [])
    forged = found.table.assign(visited=~found.table["visited"])
    with pytest.raises(ReviewError) as caught:
        check_lottery(replace(found, table=forged), pool(), ["S001"])
    assert caught.value.key == "review_stats.draw_changed"


@pytest.mark.parametrize(
    ("call", "key"),
    [
        (lambda: LotteryRule(0, "a"), "not_between"),
        (lambda: LotteryRule(0.5, ""), "no_seed"),
        (lambda: LotteryRule(0.5, "a", low=50), "half_band"),
        (lambda: LotteryRule(0.5, "a", low=50, high=40), "limits"),
        (lambda: LotteryRule(0.5, "a", cluster="class_id", low=5, high=6), "band_and_cluster"),
        (lambda: draw_lottery(pool(), LotteryRule(0.5, "a"), ["S999"]), "unknown_crisis"),
        (lambda: draw_lottery(pool(), LotteryRule(0.5, "a", stratum="town")), "no_column"),
        (lambda: draw_lottery(pool(1), LotteryRule(0.5, "a")), "nothing_to_draw"),
        (
            lambda: draw_lottery(
                pool(), LotteryRule(0.5, "a", stratum="score", cluster="class_id")
            ),
            "cluster_in_two_strata",
        ),
        (
            lambda: draw_lottery(pd.concat([pool(), pool()]), LotteryRule(0.5, "a")),
            "students",
        ),
        (lambda: draw_order(pool(3), 4, "a"), "too_few_for_waves"),
        (lambda: draw_order(pool(), 1, "a"), "too_small"),
        (lambda: draw_order(pool(), 3, "a", crisis=["X"]), "unknown_crisis"),
    ],
)
def test_refused(call: object, key: str) -> None:
    """A sentence, and no student's number in it."""
    with pytest.raises(ReviewError) as caught:
        call()
    assert caught.value.key == f"review_stats.{key}"
    assert "S999" not in str(caught.value)


def test_order_of_visits() -> None:
    """Waves differ by at most one student in each grade; crisis first and outside; repeatable."""
    found = draw_order(pool(), 4, "2026-09-01", stratum="grade", crisis=["S004", "S005"])
    table = found.table.set_index("student_id")
    assert (table.loc[["S004", "S005"], "wave"] == 0).all()
    assert not table.loc[["S004", "S005"], "evaluated"].any()
    rest = table[table["evaluated"]]
    for _, group in rest.groupby("stratum"):
        counts = group["wave"].value_counts()
        assert set(counts.index) == {1, 2, 3, 4}
        assert counts.max() - counts.min() <= 1
    mixed = draw_order(pool().iloc[::-1], 4, "2026-09-01", stratum="grade", crisis=["S005", "S004"])
    assert mixed.table_hash == found.table_hash
    assert draw_order(pool(), 4, "2026-09-02").table_hash != found.table_hash


def test_small_strata_do_not_fill_the_first_wave() -> None:
    """Sixty strata of one student: where each begins is drawn too, half and half."""
    lone = pool().assign(own=[f"G{place}" for place in range(60)])
    waves = draw_order(lone, 2, "2026-09-01", stratum="own").table["wave"]
    # four standard errors of sixty tosses
    assert abs((waves == 1).sum() - 30) < 4 * np.sqrt(15)


def record() -> pd.DataFrame:
    """Return a made-up record of 5 students, one overridden."""
    return pd.DataFrame(
        {
            "student_id": ["S5", "S1", "S2", "S3", "S4"],
            "score": [59.999, 61.25, 40.1, 60.0, 0.1 + 0.2],
            "cutoff": 60.0,
            "date": dt.date(2026, 9, 7),
            "model_hash": "a1b2",
            "flagged": [0, 1, 0, 1, 0],
            "override": [0, 0, 1, 0, 0],
            "reason": ["", "", "ill at home", "", ""],
        }
    )


def test_record_survives_a_file_and_any_order() -> None:
    """Written and read as text, rows turned round: the same fingerprint."""
    frozen = freeze_record(record())
    csv = record().iloc[::-1].to_csv(index=False)
    back = pd.read_csv(StringIO(csv), dtype=str, keep_default_na=False)
    again = read_record(back, frozen.content_hash, first_visit=dt.date(2026, 9, 14))
    assert again.table.equals(frozen.table)
    assert frozen.table["student_id"].tolist() == ["S1", "S2", "S3", "S4", "S5"]
    assert frozen.assigned.tolist() == [True, True, True, False, False]
    assert frozen.overrides == 1
    lower = record().assign(flagged=[1, 0, 1, 1, 1])
    assert freeze_record(lower, higher_is_flagged=False).overrides == 1


@pytest.mark.parametrize("column", ["score", "cutoff", "date", "model_hash", "override", "reason"])
def test_any_change_is_seen(column: str) -> None:
    """One cell changed by the least that can be: the record is refused."""
    told = freeze_record(record()).content_hash
    changes = {
        "score": np.nextafter(61.25, 62),
        "cutoff": 60.5,
        "date": dt.date(2026, 9, 6),
        "model_hash": "a1b3",
        "override": 1,
        "reason": "moved away",
    }
    forged = record()
    forged.loc[1, column] = changes[column]
    if column == "override":
        forged.loc[1, "reason"] = "ill"
    with pytest.raises(ReviewError) as caught:
        read_record(forged, told)
    assert caught.value.key == "review_stats.record_changed"


@pytest.mark.parametrize(
    ("changed", "key"),
    [
        ({"flagged": [1, 1, 0, 1, 0]}, "review_stats.flag_contradicts"),
        ({"reason": ""}, "review_stats.override_without_reason"),
        ({"score": [59.0, None, 40.1, 60.0, 1.0]}, "review_stats.missing"),
        ({"score": [59.0, "high", 40.1, 60.0, 1.0]}, "review_designs.not_numbers"),
        ({"student_id": ["S1", "S1", "S2", "S3", "S4"]}, "review_stats.students"),
        ({"date": "next week"}, "review_stats.no_date"),
        ({"model_hash": ""}, "review_stats.missing"),
        ({"flagged": [0, 2, 0, 1, 0]}, "review_designs.not_flags"),
    ],
)
def test_a_record_that_cannot_be(changed: dict[str, object], key: str) -> None:
    """Contradictions are refused, never repaired."""
    with pytest.raises(ReviewError) as caught:
        freeze_record(record().assign(**changed))
    assert caught.value.key == key


def test_a_record_made_after_visits_began() -> None:
    """The day of the first visit is too late."""
    told = freeze_record(record()).content_hash
    with pytest.raises(ReviewError) as caught:
        read_record(record(), told, first_visit=dt.date(2026, 9, 7))
    assert caught.value.key == "review_stats.record_late"
    with pytest.raises(ReviewError) as caught:
        freeze_record(record().drop(columns="reason"))
    assert caught.value.key == "review_stats.no_column"


def test_fingerprint_tells_cells_apart() -> None:
    """Neighbouring cells do not run together."""
    assert fingerprint([("ab", "c")]) != fingerprint([("a", "bc")])
    assert fingerprint([("a",), ("b",)]) != fingerprint([("a", "b")])
