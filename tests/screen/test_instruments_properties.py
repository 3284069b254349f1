"""What must hold for every questionnaire and every sheet."""

from __future__ import annotations

import hypothesis.extra.numpy as hnp
import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visitkit.screen.instruments import Instrument, names, read_instrument, score
from visitkit.screen.instruments.scales import turn

ALL = [read_instrument(name) for name in names()]
MATRIX = hnp.arrays(
    np.float64, st.tuples(st.integers(1, 6), st.just(100)), elements=st.sampled_from(range(12))
)
GAPS = st.integers(0, 2**32 - 1)
COUNT = settings(max_examples=12, deadline=None)


def coding_of(instrument: Instrument) -> str:
    """Return a coding to declare."""
    return instrument.default_coding or instrument.codings[0]


def complete(instrument: Instrument, drawn: npt.NDArray[np.float64]) -> pd.DataFrame:
    """Turn whatever was drawn into complete sheets with codes of the form."""
    table = pd.DataFrame(index=range(len(drawn)))
    for place, column in enumerate(instrument.item_columns):
        codes = instrument.options_of(place + 1).codes[coding_of(instrument)]
        table[column] = [codes[int(value) % len(codes)] for value in drawn[:, place]]
    return table.astype(float).assign(student_id=[f"S{place}" for place in range(len(drawn))])


def with_gaps(table: pd.DataFrame, instrument: Instrument, seed: int) -> pd.DataFrame:
    """Leave about a sixth of the cells empty."""
    gaps = np.random.default_rng(seed).random((len(table), instrument.n_items)) < 1 / 6
    holed = table.copy()
    holed[instrument.item_columns] = table[instrument.item_columns].mask(gaps)
    return holed


@pytest.mark.parametrize("instrument", ALL, ids=names())
@given(drawn=MATRIX)
@COUNT
def test_turning_twice_gives_back_what_was_there(
    instrument: Instrument, drawn: npt.NDArray[np.float64]
) -> None:
    """Reversing is its own opposite, for every item."""
    values = complete(instrument, drawn)[instrument.item_columns].to_numpy()
    once = turn(values, instrument)
    np.testing.assert_array_equal(turn(once, instrument), values)
    changed = {place + 1 for place in np.flatnonzero((once != values).any(axis=0))}
    assert changed <= instrument.reverse


@pytest.mark.parametrize("instrument", ALL, ids=names())
@given(drawn=MATRIX, seed=GAPS)
@COUNT
def test_bounds_hold_the_complete_total(
    instrument: Instrument, drawn: npt.NDArray[np.float64], seed: int
) -> None:
    """Whatever was skipped, the total of the complete sheet lies between the bounds."""
    table = complete(instrument, drawn)
    whole = score(instrument, table, coding=coding_of(instrument))
    holed = score(instrument, with_gaps(table, instrument, seed), coding=coding_of(instrument))
    sure = ~holed["notes"].str.contains("coding_doubt")
    assert (holed["total_low"] <= whole["total"])[sure].all()
    assert (holed["total_high"] >= whole["total"])[sure].all()
    known = holed["total"].notna()
    assert (holed["total"] >= holed["total_low"])[known].all()
    assert (holed["total"] <= holed["total_high"])[known].all()


@pytest.mark.parametrize("instrument", ALL, ids=names())
@given(drawn=MATRIX, seed=GAPS)
@COUNT
def test_incomplete_sheets_are_flagged_as_the_complete_ones(
    instrument: Instrument, drawn: npt.NDArray[np.float64], seed: int
) -> None:
    """Where bounds decide, they decide as the complete sheet would have."""
    table = complete(instrument, drawn)
    whole = score(instrument, table, coding=coding_of(instrument))
    holed = score(instrument, with_gaps(table, instrument, seed), coding=coding_of(instrument))
    decided = (holed["state"] == "incomplete") & (whole["state"] == "valid")
    decided &= whole["flagged"].notna()
    assert (holed["flagged"] == whole["flagged"])[decided].all()


@pytest.mark.parametrize("instrument", ALL, ids=names())
@given(drawn=MATRIX, seed=GAPS)
@COUNT
def test_other_students_and_order_change_nothing(
    instrument: Instrument, drawn: npt.NDArray[np.float64], seed: int
) -> None:
    """Each sheet is scored by itself: shuffled, alone or among others."""
    table = with_gaps(complete(instrument, drawn), instrument, seed)
    coding = coding_of(instrument)
    together = score(instrument, table, coding=coding)
    order = np.random.default_rng(seed).permutation(len(table))
    shuffled = score(instrument, table.iloc[order], coding=coding)
    pd.testing.assert_frame_equal(shuffled.sort_index(), together)
    first = score(instrument, table.iloc[[0]], coding=coding)
    pd.testing.assert_frame_equal(first, together.iloc[[0]])


@pytest.mark.parametrize(
    "instrument", [each for each in ALL if each.critical], ids=lambda each: each.code
)
@given(drawn=MATRIX, seed=GAPS, wild=st.booleans())
@COUNT
def test_no_other_answer_hides_a_hit(
    instrument: Instrument, drawn: npt.NDArray[np.float64], seed: int, wild: bool
) -> None:
    """A critical answer is told whatever else stands on the sheet, sense or nonsense."""
    table = complete(instrument, drawn)
    table = with_gaps(table, instrument, seed)
    if wild:
        others = np.random.default_rng(seed).integers(-3, 12, (len(table), instrument.n_items))
        table[instrument.item_columns] = others.astype(float)
    for critical in instrument.critical:
        group = instrument.options_of(critical.item)
        code = group.codes[coding_of(instrument)][critical.starts_at - group.low]
        answered = table.assign(**{f"item_{critical.item}": code})
        scored = score(instrument, answered, coding=coding_of(instrument))
        column = "soft_hits" if critical.level == "soft" else "critical_hits"
        assert all(str(critical.item) in hits.split(";") for hits in scored[column])


@pytest.mark.parametrize("instrument", ALL, ids=names())
def test_totals_reach_their_ends(instrument: Instrument) -> None:
    """The lowest and the highest keyed answers give the ends of the total."""
    lows, highs = {}, {}
    for item in range(1, instrument.n_items + 1):
        codes = instrument.options_of(item).codes[coding_of(instrument)]
        ends = (codes[-1], codes[0]) if item in instrument.reverse else (codes[0], codes[-1])
        lows[f"item_{item}"], highs[f"item_{item}"] = ends
    table = pd.DataFrame([lows, highs]).assign(student_id=["S1", "S2"])
    empty = table.assign(**dict.fromkeys(instrument.item_columns, np.nan))
    scored = score(instrument, table, coding=coding_of(instrument))
    bounds = score(instrument, empty, coding=coding_of(instrument))
    if "prosocial" not in scored:  # kindness counts the other way and stays out of the total
        assert scored["total"].is_monotonic_increasing
    assert scored["total"].tolist() == [bounds["total_low"][0], bounds["total_high"][0]]
