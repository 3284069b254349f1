"""The frozen record of who was flagged: cutoff, ties, crisis, overrides, fingerprint."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visitkit.errors import ReviewError, ScreenError
from visitkit.policy import names, read_policy
from visitkit.review.stats import read_record
from visitkit.screen.assignment import (
    Basis,
    capacity_cutoff,
    content_hash,
    freeze_assignment,
    model_fingerprint,
)

DAY = dt.date(2026, 9, 7)
BASIS = Basis("a1b2", DAY)


def scores(count: int = 60, seed: int = 1) -> pd.Series:
    rng = np.random.default_rng(seed)
    names = [f"S{place:03d}" for place in range(count)]
    return pd.Series(rng.uniform(0, 100, count), index=names)


def test_cutoff_lies_halfway_and_ties_stay_together() -> None:
    """By hand: 64.5 twice at the second place of two; 62.25 is halfway to 60."""
    cut = capacity_cutoff(pd.Series([70.0, 64.5, 64.5, 60.0]), 2)
    assert (cut.value, cut.flagged, cut.beyond) == (62.25, 3, 1)
    assert capacity_cutoff(pd.Series([4.0, 3.0, 2.0, 1.0]), 3).value == 1.5


def test_neighbouring_numbers_are_still_parted() -> None:
    """Between two neighbouring floats there is no number; nobody below may be flagged."""
    low = 60.0
    cut = capacity_cutoff(pd.Series([np.nextafter(low, 99), low]), 1)
    assert cut.flagged == 1


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 12), min_size=3, max_size=30), st.integers(1, 29), st.randoms())
def test_capacity_flags_the_highest(values: list[int], places: int, random: object) -> None:
    """Whatever the order: at least the places, only the highest, no tie cut in two."""
    table = pd.Series([float(one) for one in values])
    if places >= len(values) or sum(one < sorted(values)[-places] for one in values) == 0:
        with pytest.raises(ScreenError):
            capacity_cutoff(table, places)
        return
    cut = capacity_cutoff(table, places)
    flagged = table >= cut.value
    assert flagged.sum() == cut.flagged == places + cut.beyond
    assert table[flagged].min() > table[~flagged].max()
    shuffled = list(values)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert capacity_cutoff(pd.Series(shuffled, dtype=float), places) == cut


def test_crisis_is_never_left_to_a_score() -> None:
    """A student in a crisis takes no place, has no row and is named among those always visited."""
    table = scores()
    top = str(table.idxmax())
    record = freeze_assignment(table, BASIS, capacity=10, crisis=[top])
    assert record.crisis == (top,)
    assert top not in set(record.table["student_id"])
    assert record.table["flagged"].sum() == 10
    with pytest.raises(ScreenError, match=r"crisis|\u5371\u673a"):
        freeze_assignment(table, BASIS, capacity=10, crisis=["nobody"])


def test_unscored_students_are_named() -> None:
    """Too little known is not a low score."""
    table = scores()
    table.iloc[3] = np.nan
    record = freeze_assignment(table, BASIS, cutoff=60)
    assert record.unscored == ("S003",)
    assert len(record.table) == 59


def test_review_reads_what_screening_froze() -> None:
    """The two stages share the table and the fingerprint, and nothing else."""
    record = freeze_assignment(scores(), BASIS, capacity=12, overrides={"S001": "ill"})
    again = read_record(record.table, record.content_hash, first_visit=DAY + dt.timedelta(days=7))
    assert again.content_hash == record.content_hash
    assert again.overrides == 1
    assert again.assigned.sum() in {11, 13}
    text = record.table.astype(str)  # as from a file
    assert read_record(text, record.content_hash).content_hash == record.content_hash
    shuffled = record.table.sample(frac=1, random_state=2)
    assert content_hash(shuffled) == record.content_hash


def test_a_changed_record_is_refused() -> None:
    """One score moved by a hair, and the fingerprint no longer fits; nor does a late record."""
    record = freeze_assignment(scores(), BASIS, cutoff=60)
    changed = record.table.copy()
    changed.loc[0, "score"] += 1e-9
    with pytest.raises(ReviewError) as wrong:
        read_record(changed, record.content_hash)
    assert wrong.value.key == "review_stats.record_changed"
    with pytest.raises(ReviewError) as late:
        read_record(record.table, record.content_hash, first_visit=DAY)
    assert late.value.key == "review_stats.record_late"


def test_fingerprint_of_model_and_policy() -> None:
    """Another model or another policy is another fingerprint."""
    policy = read_policy(names()[0])
    assert model_fingerprint("a", policy) == model_fingerprint("a", policy)
    assert model_fingerprint("a", policy) != model_fingerprint("b", policy)


@pytest.mark.parametrize(
    ("key", "settings_"),
    [
        ("cutoff_or_capacity", {}),
        ("cutoff_or_capacity", {"cutoff": 60, "capacity": 3}),
        ("cutoff", {"cutoff": 1000}),
        ("cutoff", {"cutoff": float("nan")}),
        ("capacity", {"capacity": 0}),
        ("capacity", {"capacity": 60}),
        ("override_unknown", {"cutoff": 60, "overrides": {"X": "ill"}}),
        ("override_without_reason", {"cutoff": 60, "overrides": {"S001": " "}}),
    ],
)
def test_refusals(key: str, settings_: dict[str, object]) -> None:
    """A sentence and no record."""
    with pytest.raises(ScreenError) as wrong:
        freeze_assignment(scores(), BASIS, **settings_)
    assert wrong.value.key == f"study.assignment.{key}"
    assert str(wrong.value)


def test_more_refusals() -> None:
    """Twice on the list, infinite, all alike, no model; a record never prints its students."""
    twice = pd.concat([scores(), scores().iloc[:1]])
    same = pd.Series(50.0, index=scores().index)
    for key, table in (
        ("students", twice),
        ("infinite", scores().replace(scores().iloc[0], np.inf)),
        ("all_tied", same),
    ):
        with pytest.raises(ScreenError) as wrong:
            freeze_assignment(table, BASIS, capacity=5)
        assert wrong.value.key == f"study.assignment.{key}"
    with pytest.raises(ScreenError):
        Basis(" ", DAY)
    assert "S0" not in repr(freeze_assignment(scores(), BASIS, cutoff=60))
