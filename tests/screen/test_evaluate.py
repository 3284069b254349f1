"""Evaluation: known answers, intervals that cover, ties by lot, and refusals."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest

from visitkit.errors import ScreenError
from visitkit.screen.evaluate import (
    Estimate,
    at_capacity,
    auroc,
    average_precision,
    brier,
)

Y = np.array([1, 0, 1, 0, 0, 0, 0, 0])
S = np.array([9.0, 8.0, 7.0, 6.0, 5.0, 4.0, 3.0, 2.0])


def made_up(
    n: int, events: int, shift: float, seed: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """Return outcomes and normal scores, shifted for those with the outcome."""
    truth = np.repeat([1, 0], [events, n - events])
    return truth, np.random.default_rng(seed).normal(size=n) + shift * truth


def test_known_answers() -> None:
    """Counted by hand: 11 of 12 pairs in order; hits at places 1 and 3."""
    assert auroc(Y, S, resamples=0).value == pytest.approx(
        11 / 12, abs=1e-12
    )  # division of twelfths
    assert average_precision(Y, S, resamples=0).value == pytest.approx(
        (1 + 2 / 3) / 2, abs=1e-12
    )  # thirds
    assert brier([1, 0, 1, 0], [0.5, 0.5, 1.0, 0.0], resamples=0).value == 0.125
    assert auroc([1, 0], [3.0, 3.0], resamples=0).value == 0.5


def test_a_list_of_known_length() -> None:
    """Two on the list, one hit of two: precision, recall, the most there could be, lift."""
    found = at_capacity(Y, S, k=2)
    assert (found.precision.value, found.recall.value, found.lift.value) == (0.5, 0.5, 2.0)
    assert found.recall_cap == 1.0
    assert at_capacity(Y, S, k=1).recall_cap == 0.5
    assert (found.precision.n, found.precision.events, found.k) == (8, 2, 2)


def test_ties_never_lengthen_the_list() -> None:
    """With all scores equal the list still holds k students, drawn by the seed."""
    truth = np.repeat([1, 0], [50, 50])
    hits = [at_capacity(truth, np.ones(100), 10, seed, resamples=0) for seed in range(60)]
    values = [round(found.precision.value * 10, 9) for found in hits]
    assert all(value == round(value) for value in values)
    assert len(set(values)) > 3
    # mean of 60 draws of 10 from an even urn: standard error 0.2; four of them
    assert np.mean(values) == pytest.approx(5, abs=0.8)
    assert hits[0] == at_capacity(truth, np.ones(100), 10, 0, resamples=0)


def test_the_order_of_students_does_not_matter() -> None:
    """Shuffled students have the same value."""
    truth, score = made_up(80, 20, 1.0, seed=2)
    turn = np.random.default_rng(0).permutation(80)
    shuffled = auroc(truth[turn], score[turn], resamples=0)
    assert auroc(truth, score, resamples=0).value == shuffled.value
    one, other = at_capacity(truth, score, 9), at_capacity(truth[turn], score[turn], 9)
    assert one.precision.value == other.precision.value


def test_intervals_cover_the_truth() -> None:
    """About 95 % of the intervals hold the area that the shift implies."""
    area = 0.7602499389065233  # normal distribution function at 1 / sqrt(2)
    held = 0
    for seed in range(30):
        truth, score = made_up(120, 40, 1.0, seed)
        found = auroc(truth, score, seed=seed, resamples=30)
        assert found.low <= found.value <= found.high
        held += found.low <= area <= found.high
    # binomial(30, 0.92), as 30 resamples undercover: 27.6 with a standard deviation of 1.5; three
    assert 23 <= held < 30


def test_intervals_are_seeded_and_shrink() -> None:
    """The same seed repeats the interval; more students narrow it."""
    truth, score = made_up(60, 20, 1.0, seed=3)
    one = auroc(truth, score, seed=1, resamples=100)
    assert one == auroc(truth, score, seed=1, resamples=100)
    assert one != auroc(truth, score, seed=2, resamples=100)
    many = auroc(*made_up(2000, 700, 1.0, seed=3), resamples=50)
    assert many.high - many.low < (one.high - one.low) / 2


def test_resamples_keep_the_number_of_events() -> None:
    """With one event no resample is without it, and the list never finds more than one."""
    truth, score = np.repeat([1, 0], [1, 29]), np.arange(30.0)
    found = auroc(truth, score, resamples=60)
    assert (found.low, found.high) == (0.0, 0.0)
    listed = at_capacity(truth, score[::-1], k=3, resamples=60)
    assert listed.recall.high <= 1.0
    assert listed.precision.high <= 1 / 3


def test_an_estimate_never_stands_alone() -> None:
    """Printed, a figure carries its interval and sizes."""
    assert str(Estimate(0.5, 0.4, 0.6, 100, 20)) == "0.500 [0.400, 0.600] n=100 events=20"


@pytest.mark.parametrize("measure", [auroc, average_precision, brier])
@pytest.mark.parametrize(
    ("truth", "score", "key"),
    [
        ([0, 1], [0.1], "screen.lengths"),
        ([0, 1, np.nan], [0.1, 0.2, 0.3], "screen.missing_values"),
        ([0, 1, 1], [0.1, np.nan, 0.3], "screen.missing_values"),
        ([0, 1, 2], [0.1, 0.2, 0.3], "screen.not_outcomes"),
        ([0, 0], [0.1, 0.2], "screen.one_outcome"),
        ([1, 1], [0.1, 0.2], "screen.one_outcome"),
        ([], [], "screen.one_outcome"),
    ],
)
def test_what_cannot_be_judged_is_refused(
    measure: Callable[..., Estimate], truth: list[float], score: list[float], key: str
) -> None:
    """An evaluation that would not be honest is an error with a sentence."""
    with pytest.raises(ScreenError) as caught:
        measure(truth, score)
    assert caught.value.key == key
    assert str(caught.value) != key


def test_an_index_is_not_a_probability() -> None:
    """The Brier score refuses an index of 0 to 100."""
    with pytest.raises(ScreenError) as caught:
        brier([0, 1], [20.0, 80.0])
    assert caught.value.key == "screen.not_probabilities"


@pytest.mark.parametrize("k", [0, 9, 2.5, True])
def test_a_list_must_have_a_length(k: float) -> None:
    """A list of no students, or of more than there are, is refused."""
    with pytest.raises(ScreenError) as caught:
        at_capacity(Y, S, k)
    assert caught.value.key == "screen.bad_k"
