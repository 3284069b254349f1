"""Fixed effects (students, weeks, schools) taken out of a regression."""

from __future__ import annotations

from collections.abc import Hashable, Iterable

import numpy as np
import numpy.typing as npt
import pandas as pd

from visitkit.errors import ReviewError
from visitkit.review.inputs import same_length
from visitkit.review.result import Floats, Ints

_ROUNDS = 10_000
_CLOSE = 1e-10


def codes(values: npt.ArrayLike | Iterable[Hashable], rows: int, name: str) -> Ints:
    """Return the labels of a column as numbers, in their sorted order.

    Raises
    ------
    ReviewError
        When a label is missing or the column has another length.

    Examples
    --------
    >>> codes(["b", "a", "b"], 3, "class")
    array([1, 0, 1])
    """
    found, _ = pd.factorize(pd.Series(values), sort=True)
    same_length(rows, len(found), name)
    if (found < 0).any():
        raise ReviewError("review_stats.missing", name=name, number=int((found < 0).sum()))
    return found.astype(np.int64)


def nested(effect: Ints, cluster: Ints) -> bool:
    """Tell whether every level of an effect lies in one cluster.

    Examples
    --------
    >>> nested(np.array([0, 0, 1]), np.array([4, 4, 4])), nested(np.array([0, 0]), np.array([0, 1]))
    (True, False)
    """
    home = np.empty(effect.max() + 1, dtype=np.int64)
    home[effect] = cluster
    return bool((home[effect] == cluster).all())


def dummies(effect: Ints) -> Floats:
    """Return a column a level, without the first."""
    return np.asarray(effect[:, None] == np.arange(1, effect.max() + 1)[None, :], dtype=np.float64)


def demean(columns: Floats, effects: list[Ints], weights: Floats) -> Floats:
    """Take the (weighted) means of every effect out of every column.

    Parameters
    ----------
    columns : ndarray of shape (n, k)
    effects
        Codes, one array an effect. Several are taken out in turn until nothing moves (method of
        alternating projections; Gaure 2013, doi:10.1016/j.csda.2013.03.024).
    weights : ndarray of shape (n,)

    Raises
    ------
    ReviewError
        When the means do not settle.

    Examples
    --------
    >>> demean(np.array([[1.0], [3.0], [10.0]]), [np.array([0, 0, 1])], np.ones(3)).ravel()
    array([-1.,  1.,  0.])
    """
    out = columns.copy()
    totals = [np.asarray(np.bincount(one, weights), dtype=np.float64) for one in effects]
    scale = np.abs(columns).max(axis=0) if len(columns) else np.ones(columns.shape[1])
    for place in range(out.shape[1]):
        out[:, place] = _settle(out[:, place], effects, totals, weights, max(scale[place], 1e-300))
    return out


def _settle(
    column: Floats, effects: list[Ints], totals: list[Floats], weights: Floats, scale: float
) -> Floats:
    for _ in range(_ROUNDS):
        moved = 0.0
        for effect, total in zip(effects, totals, strict=True):
            means = np.bincount(effect, column * weights) / total
            column = column - means[effect]
            moved = max(moved, float(np.abs(means).max()))
        if len(effects) < 2 or moved <= _CLOSE * scale:
            return column
    raise ReviewError("review_stats.no_convergence")
