"""How far a list depends on the weights of the dimensions."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.utils.validation import check_is_fitted

from visitkit.errors import ScreenError
from visitkit.screen.card import STEPS, Card
from visitkit.screen.frames import Assessment
from visitkit.screen.points import score

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Sensitivity:
    """What other weights would have done to the list.

    Parameters
    ----------
    students
        By ``student_id``: ``rank`` as ranked now, ``low`` and ``high`` (ranks in the middle 90 % of
        the draws), ``on_list`` (share of the draws in which the student is among the first ``k``).
    overlap
        Share of the first ``k`` that stays among the first ``k``: 5 %, 50 % and 95 % of the draws.
    k, draws
        Length of the list and number of draws.
    """

    students: pd.DataFrame
    overlap: tuple[float, float, float]
    k: int
    draws: int


def sensitivity(
    assessed: Assessment, k: int, *, draws: int = 500, tightness: float = 10.0, seed: int = 0
) -> Sensitivity:
    """Draw other dimension weights and see who would have been on the list.

    Parameters
    ----------
    assessed : Assessment
        What a fitted index returned.
    k
        Length of the list.
    draws
        Number of drawn weightings.
    tightness
        How near the drawn weights stay: the parameters of the Dirichlet distribution are the
        present shares times this times the number of dimensions. 1 is "anything goes".
    seed
        Of the draws, and of the lots among students with equal scores.

    Returns
    -------
    Sensitivity

    Raises
    ------
    ScreenError
        When ``k`` is not between 1 and the number of students, or the points are not there.

    References
    ----------
    Drawing weights to see what a composite index hangs on: Saisana, Saltelli and Tarantola 2005,
    doi:10.1111/j.1467-985X.2005.00350.x.
    """
    if assessed.points is None or assessed.model is None:
        raise ScreenError("weights.no_points")
    if not 1 <= k <= len(assessed):
        raise ScreenError("screen.bad_k", found=k, high=len(assessed))
    check_is_fitted(assessed.model)
    card: Card = assessed.model.card_
    rng = np.random.default_rng(seed)
    lots = rng.random(len(assessed))
    now = _ranks(score(assessed.points, card).index, lots)
    names = [name for name in card.dimensions if card.weights[name] > 0]
    shares = np.array([card.weights[name] for name in names])
    mean = shares / shares.sum() * tightness * len(names)
    ranks = np.empty((draws, len(assessed)), dtype=np.int64)
    for place in range(draws):
        drawn = np.maximum(np.round(rng.dirichlet(mean) * STEPS) / STEPS, 1 / STEPS)
        weights = {**dict.fromkeys(card.weights, 0.0), **dict(zip(names, drawn, strict=True))}
        other = score(assessed.points, replace(card, weights=weights))
        ranks[place] = _ranks(other.index, lots)
    low, high = np.quantile(ranks, [0.05, 0.95], axis=0)
    students = pd.DataFrame(
        {"rank": now, "low": low, "high": high, "on_list": (ranks <= k).mean(axis=0)},
        index=assessed.index,
    )
    kept = ((ranks <= k) & (now <= k)).sum(axis=1) / k
    five, half, most = np.quantile(kept, [0.05, 0.5, 0.95])
    return Sensitivity(students, (float(five), float(half), float(most)), k, draws)


def _ranks(index: Floats, lots: Floats) -> npt.NDArray[np.int64]:
    order = np.lexsort((lots, -index))
    ranks = np.empty(len(index), dtype=np.int64)
    ranks[order] = np.arange(1, len(index) + 1)
    return ranks
