"""From figures to points to an index, in whole numbers, so that paper and computer agree.

The sums are done on integers (weights in thousandths, scores in hundredths) and rounded half up
at two places that a person can see: the dimension score and the index. Whoever adds up the printed
points table gets the same digits. ``docs/risk-index.md`` holds the formula and a worked example.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from visitkit.screen.card import MOST_POINTS, Card, Cuts
from visitkit.screen.sums import FULL, Ints, dimension_sums, earned, weigh, whole_weights
from visitkit.screen.sums import Floats as Floats
from visitkit.tables import DIMENSIONS

_QUANTILES = (0.2, 0.1, 0.05)

_DIGITS = 9  # a tenth of a day ten times is a day, whatever binary fractions make of it


@dataclass(frozen=True, slots=True)
class Scores:
    """What a card makes of figures.

    Parameters
    ----------
    dimensions
        Shape (n_students, 6), 0-100 to two decimals; missing where nothing is known.
    index
        Shape (n_students,), 0-100 to two decimals.
    coverage
        Shape (n_students,), 0-1: the share of the weight that is known.
    contributions
        Shape (n_students, n_indicators), to two decimals; a row adds up to the index.
    """

    dimensions: Floats
    index: Floats
    coverage: Floats
    contributions: Floats


def band_points(figures: npt.ArrayLike, cuts: Cuts, worse: str = "high") -> Floats:
    """Return 0 to 3 points for each figure, missing for a missing one.

    A cut point belongs to the band it opens: ten per cent absence reaches "from 10". Figures are
    rounded to nine decimals first.

    Parameters
    ----------
    figures : array-like of shape (n,)
        Figures in the unit of the indicator; NaN where unknown.
    cuts
        Three cut points in the worrying direction.
    worse
        ``high`` or ``low``.

    Returns
    -------
    ndarray of shape (n,)

    Examples
    --------
    >>> band_points([0.0, 5.0, 12.5, 20.0, float("nan")], (5.0, 10.0, 20.0))
    array([ 0.,  1.,  2.,  3., nan])
    >>> band_points([0.2, -1.0, -2.4], (-1.0, -1.5, -2.0), worse="low")
    array([0., 1., 3.])
    """
    values = np.round(np.asarray(figures, dtype=np.float64), _DIGITS)
    reached = [values >= cut if worse == "high" else values <= cut for cut in cuts]
    points = np.sum(reached, axis=0, dtype=np.float64)
    return np.where(np.isnan(values), np.nan, points)


def learned_cuts(figures: npt.ArrayLike, worse: str = "high") -> Cuts:
    """Return cut points that at most 20, 10 and 5 % of the known figures reach.

    A cut that too many share moves on to the next figure, so that a column of zeros worries nobody.

    Examples
    --------
    >>> learned_cuts(range(100))
    (80.0, 90.0, 95.0)
    >>> learned_cuts([0, 0, 0, 0, 0])
    (inf, inf, inf)
    """
    sign = 1.0 if worse == "high" else -1.0
    values = sign * np.asarray(figures, dtype=np.float64)
    known = np.sort(values[~np.isnan(values)])
    distinct, first = np.unique(known, return_index=True)
    share = (len(known) - first) / max(len(known), 1)
    cuts = []
    for quantile in _QUANTILES:
        rare = distinct[share <= quantile]
        cuts.append(sign * float(rare[0]) + 0.0 if len(rare) else sign * np.inf)
    return tuple(cuts)


def score(points: npt.ArrayLike, card: Card) -> Scores:
    """Return dimension scores, index, coverage and contributions.

    Parameters
    ----------
    points : array-like of shape (n_students, n_indicators)
        Points of each line of the card, NaN where unknown.
    card
        The checked card.

    Returns
    -------
    Scores
    """
    given = np.asarray(points, dtype=np.float64)
    won, unknown, member = earned(given, card)
    sums, neutral = dimension_sums(given, card), round(card.neutral * 100)
    shares = whole_weights([card.weights[name] for name in card.dimensions])
    weights = whole_weights([line.weight for line in card.lines])
    caps = whole_weights([card.caps[name] for name in card.dimensions])
    index, coverage = weigh(sums, shares)
    parts = won + unknown * (member @ (neutral * caps / (FULL * (weights @ member))))
    contributions = _add_up(_spread(parts, sums.scores * shares / shares.sum(), member), index)
    dimensions = np.where(sums.known == 0, np.nan, sums.scores / 100)
    return Scores(_all_six(dimensions, card), index / 100, coverage, contributions / 100)


def weight_shares(card: Card) -> Floats:
    """Return the share of each line in ``coverage``; all shares add up to 1.

    A line whose share is 0 earns nothing: its own weight or that of its dimension is 0.
    """
    totals: dict[str, float] = {}
    for line in card.lines:
        totals[line.dimension] = totals.get(line.dimension, 0) + line.weight
    whole = sum(card.weights.values())
    return np.array(
        [
            card.weights[line.dimension] * line.weight / (totals[line.dimension] or 1) / whole
            for line in card.lines
        ]
    )


def points_table(model: object) -> pd.DataFrame:
    """Return the card as a table that a person can print and add up.

    Parameters
    ----------
    model
        A fitted :class:`visitkit.screen.index.RiskIndex`, or a :class:`Card`.

    Returns
    -------
    pandas.DataFrame
        Five rows an indicator (0 to 3 points, and missing): ``dimension``, ``indicator``, ``band``
        (how it reads), ``low``, ``high`` and ``closed`` (which end belongs to the band),
        ``points``, ``weight``, ``dimension_weight``, ``cap`` and ``neutral``.
    """
    card = model if isinstance(model, Card) else model.card_  # type: ignore[attr-defined]
    rows = [
        {
            "dimension": line.dimension,
            "indicator": line.name,
            **band,
            "weight": line.weight,
            "dimension_weight": card.weights[line.dimension],
            "cap": card.caps[line.dimension],
            "neutral": card.neutral,
        }
        for line in card.lines
        for band in _bands(line.cuts, line.worse)
    ]
    return pd.DataFrame(rows)


def _bands(cuts: Cuts, worse: str) -> list[dict[str, object]]:
    outer = np.inf if worse == "high" else -np.inf
    edges = [-outer, *cuts, outer]
    rows: list[dict[str, object]] = []
    for points in range(MOST_POINTS + 1):
        low, high = sorted(edges[points : points + 2])
        closed = "left" if worse == "high" else "right"
        rows.append(
            {
                "band": _reads(low, high, closed),
                "low": low,
                "high": high,
                "closed": closed,
                "points": float(points),
            }
        )
    unknown = {"band": "?", "low": np.nan, "high": np.nan, "closed": "", "points": np.nan}
    return [*rows, unknown]


def _reads(low: float, high: float, closed: str) -> str:
    if np.isinf(low) and np.isinf(high):
        return "-" if low == high else "..."
    if closed == "left":
        lower = f"\u2265 {low:g}" if np.isfinite(low) else ""
        upper = f"< {high:g}" if np.isfinite(high) else ""
    else:
        lower = f"> {low:g}" if np.isfinite(low) else ""
        upper = f"\u2264 {high:g}" if np.isfinite(high) else ""
    return ", ".join(part for part in (lower, upper) if part)


def _spread(parts: Floats, scores: Floats, member: Ints) -> Floats:
    """Divide each dimension's part of the index among its indicators, in proportion."""
    totals = parts @ member
    rate = np.divide(scores, totals, out=np.zeros_like(scores), where=totals > 0)
    shared: Floats = parts * (rate @ member.T)
    return shared


def _add_up(exact: Floats, index: Ints) -> Floats:
    """Round to whole hundredths so that each row adds up to the index (largest remainders)."""
    whole = np.floor(exact)
    left = index - whole.sum(axis=1).astype(np.int64)
    order = np.argsort(whole - exact, axis=1, kind="stable")
    place = np.empty_like(order)
    np.put_along_axis(place, order, np.arange(exact.shape[1])[None, :], axis=1)
    rounded: Floats = whole + (place < left[:, None])
    return rounded


def _all_six(scores: Floats, card: Card) -> Floats:
    full = np.full((len(scores), len(DIMENSIONS)), np.nan)
    for place, name in enumerate(card.dimensions):
        full[:, DIMENSIONS.index(name)] = scores[:, place]
    return full
