"""Whole-number sums of points: what a dimension adds up to, and the index under its weights.

What a dimension adds up to does not hang on how dimensions are weighed, so that other weights
(a slider) cost one product.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from visitkit.screen.card import STEPS, Card

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

#: Scores are kept in hundredths of a point of 100.
FULL = 100 * 100


@dataclass(frozen=True, slots=True)
class Sums:
    """What the points of each dimension add up to, before dimensions are weighed.

    Parameters
    ----------
    scores
        Shape (n_students, n_dimensions), whole hundredths of 0-100; the neutral value where
        nothing is known.
    known
        Shape (n_students, n_dimensions), 0-1: the share of the weight that is known.
    """

    scores: Ints
    known: Floats


def dimension_sums(points: npt.ArrayLike, card: Card) -> Sums:
    """Return what each dimension of the card adds up to; its weights are not looked at.

    Parameters
    ----------
    points : array-like of shape (n_students, n_indicators)
        Points of each line of the card, NaN where unknown.
    card
        The checked card; a column for each of its ``dimensions``.
    """
    won, unknown, member = earned(np.asarray(points, dtype=np.float64), card)
    earned_in, unknown_in = won @ member, unknown @ member
    total_in = whole_weights([line.weight for line in card.lines]) @ member
    caps = whole_weights([card.caps[name] for name in card.dimensions])
    neutral = round(card.neutral * 100)
    scores = np.minimum(
        _half_up(FULL * earned_in * total_in + neutral * unknown_in * caps, caps * total_in), FULL
    )
    return Sums(scores, (total_in - unknown_in) / total_in)


def weigh(sums: Sums, shares: Ints) -> tuple[Ints, Floats]:
    """Return index and coverage of each student under weights of the dimensions.

    Parameters
    ----------
    sums
        From :func:`dimension_sums`.
    shares : ndarray of int, shape (n_dimensions,)
        Weights in thousandths, above 0.

    Returns
    -------
    index : ndarray of int, shape (n_students,)
        Hundredths of 0-100.
    coverage : ndarray of float, shape (n_students,)
        0-1.
    """
    index = _half_up(sums.scores @ shares, shares.sum())
    return index, sums.known @ shares / shares.sum()


def earned(points: Floats, card: Card) -> tuple[Ints, Ints, Ints]:
    """Return the weighted points of each line, the weight that is unknown, and whose line it is.

    Returns
    -------
    won, unknown : ndarray of int, shape (n_students, n_indicators)
        In thousandths.
    member : ndarray of int, shape (n_indicators, n_dimensions)
        1 where a line belongs to a dimension of the card.
    """
    weights, known = whole_weights([line.weight for line in card.lines]), ~np.isnan(points)
    won = np.where(known, points, 0).astype(np.int64) * weights
    return won, np.where(known, 0, weights), _membership(card)


def whole_weights(values: Sequence[float]) -> Ints:
    """Return weights in whole thousandths, so that sums are exact."""
    return np.array([round(value * STEPS) for value in values], dtype=np.int64)


def _membership(card: Card) -> Ints:
    rows = [[line.dimension == name for name in card.dimensions] for line in card.lines]
    return np.array(rows, dtype=np.int64)


def _half_up(numerator: Ints, denominator: Ints | np.int64) -> Ints:
    rounded: Ints = (2 * numerator + denominator) // (2 * denominator)
    return rounded
