"""Draws are the same everywhere and follow the distributions they claim."""

from __future__ import annotations

import numpy as np
import pytest

from visitkit.sample import draws

PINNED = [-1.71954988079886, -0.04818339858237968, 0.7537288459654833]
MANY = 200_000
#: Five standard errors of a share or mean over MANY draws, for a standard deviation of 1.
FIVE_ERRORS = 5 / np.sqrt(MANY)


def test_draws_are_pinned() -> None:
    """The first draws are known numbers, so that another machine or numpy would be noticed."""
    found = draws.normal(draws.stream(1, "pinned"), 3)
    # Inverting the normal distribution may differ in the last digits between builds of scipy.
    np.testing.assert_allclose(found, PINNED, rtol=1e-12)


def test_themes_do_not_share_a_stream() -> None:
    """Two themes of a seed, and two seeds of a theme, draw different numbers."""
    first = draws.stream(1, "marks").random(4)
    assert not np.array_equal(first, draws.stream(1, "conduct").random(4))
    assert not np.array_equal(first, draws.stream(2, "marks").random(4))


def test_normal_has_mean_and_spread() -> None:
    """Standard normal draws have mean 0 and standard deviation 1."""
    found = draws.normal(draws.stream(3, "normal"), MANY)
    assert abs(found.mean()) < FIVE_ERRORS
    assert abs(found.std() - 1) < FIVE_ERRORS


def test_normal_survives_a_zero() -> None:
    """A uniform draw of exactly 0 gives a number, not minus infinity."""

    class Zero:
        def random(self, shape: int) -> np.ndarray:
            return np.zeros(shape)

    assert np.isfinite(draws.normal(Zero(), 2)).all()  # type: ignore[arg-type]


@pytest.mark.parametrize("rate", [0.02, 0.4, 1.5])
def test_poisson_has_its_rate(rate: float) -> None:
    """Poisson draws have mean and variance equal to their rate."""
    found = draws.poisson(draws.stream(4, "poisson"), np.full(MANY, rate), most=20)
    assert abs(found.mean() - rate) < FIVE_ERRORS * np.sqrt(rate)
    # The variance of a variance is about (rate + 2 rate^2) / n.
    assert abs(found.var() - rate) < FIVE_ERRORS * np.sqrt(rate + 2 * rate**2)


def test_poisson_is_cut_off() -> None:
    """No count is larger than asked for."""
    found = draws.poisson(draws.stream(4, "poisson"), np.full(1000, 3.0), most=2)
    assert found.max() == 2


def test_pick_follows_weights() -> None:
    """Places come in proportion to their weights; a weight of 0 never comes."""
    found = draws.pick(draws.stream(5, "pick"), [1, 0, 3], MANY)
    shares = np.bincount(found, minlength=3) / MANY
    assert shares[1] == 0
    assert abs(shares[0] - 0.25) < FIVE_ERRORS


def test_whole_reaches_both_ends() -> None:
    """Both ends are drawn and nothing beyond."""
    found = draws.whole(draws.stream(6, "whole"), -1, 1, 1000)
    assert sorted(set(found.tolist())) == [-1, 0, 1]
