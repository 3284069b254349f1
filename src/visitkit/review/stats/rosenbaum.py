"""Matched pairs: how unlike in secret the two of a pair may be before the finding falls.

Rosenbaum 2002, Observational Studies, chapter 4, doi:10.1007/978-1-4757-3692-2.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import optimize, stats

from visitkit.errors import ReviewError
from visitkit.review.inputs import same_length
from visitkit.review.result import Floats
from visitkit.review.stats.checks import at_least, full, one_of

TESTS = ("signed_rank", "sign")
_LARGEST = 1000.0


@dataclass(frozen=True, slots=True)
class PairBound:
    """P values of one side at one strength of hidden unlikeness.

    Parameters
    ----------
    gamma
        Odds with which one of a pair may have been more likely to be treated.
    p_low, p_high
        Between these lies the one-sided p value.
    """

    gamma: float
    p_low: float
    p_high: float


@dataclass(frozen=True, slots=True)
class PairBounds:
    """Rosenbaum bounds of a matched comparison.

    Parameters
    ----------
    rows
        One a gamma, in the order asked.
    breaks_at
        The gamma at which the upper p value reaches ``alpha``; 1 when it is above from the
        start, infinite when it stays below for every gamma up to 1,000.
    alpha
        One-sided.
    test
        ``"signed_rank"`` or ``"sign"``.
    pairs, ties
        Pairs given, and pairs without a difference, which are left out.
    """

    rows: tuple[PairBound, ...]
    breaks_at: float
    alpha: float
    test: str
    pairs: int
    ties: int


def rosenbaum_bounds(
    treated: npt.ArrayLike,
    control: npt.ArrayLike,
    *,
    gammas: Sequence[float] = (1.0, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0),
    test: str = "signed_rank",
    higher: bool = True,
    alpha: float = 0.05,
) -> PairBounds:
    """Return bounds on the one-sided p value for hidden unlikeness within pairs.

    Parameters
    ----------
    treated, control : array-like of shape (n_pairs,)
        Outcomes, the two of a pair at the same place.
    gammas
        Strengths to ask about, each at least 1.
    test
        ``"signed_rank"`` (Wilcoxon, normal approximation, mean ranks for ties) or ``"sign"``
        (exact).
    higher
        Whether the treated are expected to have the higher figure.
    alpha
        One-sided level for ``breaks_at``.

    Raises
    ------
    ReviewError
        When columns differ in length, a value is missing, or no pair differs.

    Examples
    --------
    >>> found = rosenbaum_bounds([5, 7, 9, 6, 8], [4, 4, 4, 4, 4], gammas=[1, 2], test="sign")
    >>> [round(row.p_high, 4) for row in found.rows]
    [0.0312, 0.1317]
    """
    one_of(test, TESTS, "test")
    first, second = full(treated, "treated"), full(control, "control")
    same_length(len(first), len(second), "control")
    difference = (first - second) * (1.0 if higher else -1.0)
    kept = difference[difference != 0]
    if len(kept) == 0:
        raise ReviewError("review_stats.no_pair_differs", number=len(first))
    upper = _signed_rank if test == "signed_rank" else _sign
    rows = tuple(
        PairBound(gamma, upper(kept, 1 / gamma), upper(kept, gamma))
        for gamma in (at_least(one, 1, "gamma") for one in gammas)
    )
    ties = len(first) - len(kept)
    return PairBounds(rows, _breaking(kept, upper, alpha), alpha, test, len(first), ties)


def _signed_rank(difference: Floats, gamma: float) -> float:
    chance = gamma / (1 + gamma)
    ranks = stats.rankdata(np.abs(difference))
    expected = chance * ranks.sum()
    spread = math.sqrt(chance * (1 - chance) * float((ranks**2).sum()))
    return float(stats.norm.sf((ranks[difference > 0].sum() - expected) / spread))


def _sign(difference: Floats, gamma: float) -> float:
    above = int((difference > 0).sum())
    return float(stats.binom.sf(above - 1, len(difference), gamma / (1 + gamma)))


def _breaking(difference: Floats, find: Callable[[Floats, float], float], alpha: float) -> float:
    if find(difference, 1.0) >= alpha:
        return 1.0
    if find(difference, _LARGEST) < alpha:
        return math.inf
    return float(optimize.brentq(lambda gamma: find(difference, gamma) - alpha, 1.0, _LARGEST))


def hodges_lehmann(
    treated: npt.ArrayLike, control: npt.ArrayLike, gamma: float
) -> tuple[float, float]:
    """Return the lowest and the highest shift that pairs so unlike could have.

    Parameters
    ----------
    treated, control : array-like of shape (n_pairs,)
    gamma
        At least 1; at 1 both ends are Hodges and Lehmann's estimate, the median of pairwise means.

    Examples
    --------
    >>> hodges_lehmann([5, 7, 9], [4, 4, 4], 1.0)
    (3.0, 3.0)
    """
    chance = at_least(gamma, 1, "gamma") / (1 + gamma)
    difference = full(treated, "treated") - full(control, "control")
    if len(difference) == 0:
        raise ReviewError("review_stats.no_pair_differs", number=0)
    rows, columns = np.triu_indices(len(difference))
    means = np.sort((difference[rows] + difference[columns]) / 2)
    return _shift(means, chance), _shift(means, 1 - chance)


def _shift(means: Floats, share: float) -> float:
    # The rank sum of the shifted differences counts the pairwise means above the shift.
    place = len(means) * (1 - share)
    near = round(place)
    if math.isclose(place, near, abs_tol=1e-9) and 0 < near < len(means):
        return float((means[near - 1] + means[near]) / 2)
    return float(means[min(max(math.ceil(place), 1), len(means)) - 1])
