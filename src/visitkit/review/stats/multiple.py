"""Several outcomes, one question: false discoveries held down within each domain."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from visitkit.errors import ReviewError
from visitkit.review.inputs import labels, same_length
from visitkit.review.result import Floats
from visitkit.review.stats.checks import full


@dataclass(frozen=True, slots=True)
class Discovery:
    """One outcome among those of its domain.

    Parameters
    ----------
    p
        As tested.
    q
        Smallest false discovery rate at which it would still count.
    of
        How many outcomes its domain holds.
    """

    p: float
    q: float
    of: int


def benjamini_hochberg(p_values: npt.ArrayLike) -> Floats:
    """Return Benjamini and Hochberg's adjusted p values, in the order given.

    Benjamini and Hochberg 1995, doi:10.1111/j.2517-6161.1995.tb02031.x.

    Raises
    ------
    ReviewError
        When there is none, or one is missing or outside 0 to 1.

    Examples
    --------
    >>> benjamini_hochberg([0.01, 0.04, 0.03]).round(3)
    array([0.03, 0.04, 0.04])
    """
    p = full(p_values, "p")
    if len(p) == 0 or p.min() < 0 or p.max() > 1:
        raise ReviewError("review_stats.not_p_values", number=len(p))
    order = np.argsort(p)[::-1]
    rank = np.arange(len(p), 0, -1)
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum.accumulate(p[order] * len(p) / rank)
    return np.minimum(adjusted, 1.0)


def discoveries(p_values: npt.ArrayLike, domains: Iterable[Hashable]) -> tuple[Discovery, ...]:
    """Adjust p values within each domain (absence, mood, marks ...).

    Parameters
    ----------
    p_values : array-like of shape (n,)
    domains : iterable of length n
        The domain of each outcome, settled before the results were seen.

    Examples
    --------
    >>> [round(one.q, 3) for one in discoveries([0.01, 0.04, 0.03], ["mood", "mood", "marks"])]
    [0.02, 0.04, 0.03]
    """
    p, place = full(p_values, "p"), labels(domains, "domain")
    same_length(len(p), len(place), "domain")
    if len(p) == 0:
        raise ReviewError("review_stats.not_p_values", number=0)
    q = pd.Series(p).groupby(place).transform(lambda some: benjamini_hochberg(some.to_numpy()))
    of = pd.Series(p).groupby(place).transform("size")
    rows = zip(p, q, of, strict=True)
    return tuple(Discovery(float(a), float(b), int(c)) for a, b, c in rows)
