"""Stability: seeded, independent of the order of the file, and true to a direct count."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visitkit.screen.stability import CONCENTRATION, plausible_weights, stability

RNG = np.random.default_rng(5)


def by_counting(
    scores: npt.NDArray[np.float64],
    weightings: npt.NDArray[np.float64],
    first: npt.NDArray[np.bool_],
    lot: npt.NDArray[np.int64],
) -> list[float]:
    """Rank all students anew under each weighting, one after the other."""
    stays = np.zeros(len(scores))
    for weights in weightings:
        index = [int(np.floor(float(row @ weights) * 100 + 0.5)) for row in scores]
        order = sorted(range(len(scores)), key=lambda one: (-index[one], lot[one]))
        now = np.zeros(len(scores), dtype=bool)
        now[order[: int(first.sum())]] = True
        stays += now == first
    return (stays / len(weightings)).tolist()


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(*[st.sampled_from([40.0, 40.02, 40.5, 41.0])] * 3), min_size=1, max_size=8),
    st.integers(0, 8),
    st.integers(0, 1000),
)
def test_it_counts_what_it_says(rows: list[tuple[float, ...]], places: int, seed: int) -> None:
    """The fast count equals ranking everybody anew under each weighting, ties included."""
    scores = np.array(rows)
    lot = np.random.default_rng(seed).permutation(len(rows))
    order = sorted(range(len(rows)), key=lambda one: (-scores[one].mean(), lot[one]))
    first = np.zeros(len(rows), dtype=bool)
    first[order[:places]] = True
    drawn = plausible_weights([1, 1, 1], draws=20, seed=seed)
    found = stability(scores, drawn, first, np.ones(len(rows), dtype=bool), lot)
    assert found.tolist() == by_counting(scores, drawn, first, lot)


def test_the_order_of_students_does_not_matter() -> None:
    """The same students in another order keep their stability."""
    scores, lot = RNG.uniform(0, 100, (40, 6)), RNG.permutation(40)
    first = np.zeros(40, dtype=bool)
    first[np.argsort(-scores.mean(axis=1))[:10]] = True
    drawn, everyone = plausible_weights(np.ones(6)), np.ones(40, dtype=bool)
    turn = RNG.permutation(40)
    found = stability(scores, drawn, first, everyone, lot)
    again = stability(scores[turn], drawn, first[turn], everyone, lot[turn])
    assert found[turn].tolist() == again.tolist()
    assert 0.5 < found[first].mean() < 1


def test_only_competitors_count() -> None:
    """Who does not compete has no stability and takes nobody's place."""
    scores = np.array([[100.0, 100.0], [60.0, 0.0], [0.0, 60.0]])
    competing = np.array([False, True, True])
    first = np.array([False, True, False])
    even = np.array([[0.6, 0.4], [0.4, 0.6]])
    found = stability(scores, even, first, competing, np.arange(3))
    assert np.isnan(found[0])
    assert found[1:].tolist() == [0.5, 0.5]
    nobody = np.zeros(3, dtype=bool)
    assert np.isnan(stability(scores, even, nobody, nobody, np.arange(3))).all()


def test_a_student_who_is_highest_everywhere_stays() -> None:
    """No weighting moves a student who leads in every dimension."""
    scores = RNG.uniform(0, 50, (30, 6))
    scores[3] = 90.0
    first = np.arange(30) == 3
    drawn = plausible_weights(np.ones(6))
    found = stability(scores, drawn, first, np.ones(30, dtype=bool), np.arange(30))
    assert found[3] == 1.0


def test_weights_are_drawn_around_the_policy() -> None:
    """Draws add up to one, centre on the policy's weights and spread as documented."""
    drawn = plausible_weights([2, 1, 1, 0], draws=4000, seed=1)
    assert drawn.sum(axis=1) == pytest.approx(np.ones(4000), abs=1e-12)  # rounding of a sum
    # standard error of a mean below 0.0015 with 4000 draws; six of them
    assert drawn.mean(axis=0) == pytest.approx([0.5, 0.25, 0.25, 0], abs=0.009)
    spread = np.sqrt(0.5 * 0.5 / (CONCENTRATION + 1))
    # relative standard error of a standard deviation about 1.1 %; five of them
    assert drawn[:, 0].std() == pytest.approx(spread, rel=0.06)
    assert (drawn[:, 3] == 0).all()


def test_the_same_seed_draws_the_same_weights() -> None:
    """A recorded seed repeats the draw; another seed draws anew."""
    assert (plausible_weights([1, 1], seed=3) == plausible_weights([1, 1], seed=3)).all()
    assert (plausible_weights([1, 1], seed=3) != plausible_weights([1, 1], seed=4)).any()
