"""Least squares for students in clusters: one pass over the rows, then only cluster sums."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from visitkit.errors import ReviewError
from visitkit.review.inputs import check_outcome, same_length
from visitkit.review.result import Floats, Ints
from visitkit.review.stats.absorbing import codes, demean, dummies, nested
from visitkit.review.stats.checks import full

#: Fewer clusters than this: crossed effects become columns, so that small-sample methods are exact.
FEW_CLUSTERS = 40
_SMALL = 1e-10
_FEW_COLUMNS = 6


@dataclass(frozen=True, slots=True)
class ClusterFit:
    """A least-squares fit, kept as sums over clusters.

    Parameters
    ----------
    beta : ndarray of shape (k,)
        Coefficients: first those of the design in its order, then what was added.
    bread : ndarray of shape (k, k)
        Inverse of X'WX.
    inner : ndarray of shape (n_clusters, k, k)
        X'WX of each cluster.
    scores : ndarray of shape (n_clusters, k)
        X'We of each cluster.
    columns
        Columns of the design that was handed in.
    n, parameters
        Rows; coefficients counted for the degrees of freedom (effects that lie within clusters
        are not counted).
    cluster : ndarray of shape (n,)
        Cluster of each row, as numbers.
    exact
        Whether every effect that crosses clusters stands as columns.
    """

    beta: Floats
    bread: Floats
    inner: Floats
    scores: Floats
    columns: int
    n: int
    parameters: int
    cluster: Ints
    exact: bool

    @property
    def clusters(self) -> int:
        """How many clusters."""
        return len(self.inner)


def fit_clusters(
    outcome: npt.ArrayLike,
    design: npt.ArrayLike,
    cluster: npt.ArrayLike | Iterable[Hashable],
    *,
    absorb: Sequence[npt.ArrayLike | Iterable[Hashable]] = (),
    weights: npt.ArrayLike | None = None,
) -> ClusterFit:
    """Fit least squares, ready for inference by cluster.

    Parameters
    ----------
    outcome : array-like of shape (n,)
    design : array-like of shape (n, k)
        Treatment and covariates. A column of ones is added when nothing is absorbed.
    cluster : array-like of shape (n,)
        Class or school of each row.
    absorb
        Effects to take out (student, week ...), each of shape (n,). Effects within clusters are
        demeaned, which leaves every result exact (Pustejovsky and Tipton 2018, theorem 2).
        Effects across clusters become columns when there are fewer than 40 clusters; else they are
        demeaned as well.
    weights : array-like of shape (n,), optional
        Positive. The small-sample methods take their inverse as the variance of a row.

    Raises
    ------
    ReviewError
        When a value is missing, the outcome is constant, there is one cluster, or a column repeats
        others or does not vary within the effects.

    Examples
    --------
    >>> fit = fit_clusters([1, 2, 3, 4, 5, 7], [[0], [0], [0], [1], [1], [1]], list("aabbcc"))
    >>> fit.beta.round(3)
    array([3.333, 2.   ])
    """
    y = full(outcome, "outcome")
    check_outcome(y)
    x = _matrix(design, len(y))
    group = codes(cluster, len(y), "cluster")
    if group.max() < 1:
        raise ReviewError("review_stats.one_cluster")
    w = np.ones(len(y)) if weights is None else full(weights, "weights")
    same_length(len(y), len(w), "weights")
    if w.min() <= 0:
        raise ReviewError("review_stats.not_positive", name="weights", value=float(w.min()))
    effects = [codes(one, len(y), "absorb") for one in absorb]
    return _fit(y, x, group, effects, w)


def _matrix(design: npt.ArrayLike, rows: int) -> Floats:
    x = np.asarray(design, dtype=np.float64)
    x = x[:, None] if x.ndim == 1 else x
    same_length(rows, len(x), "design")
    bad = int((~np.isfinite(x)).sum())
    if bad:
        raise ReviewError("review_stats.missing", name="design", number=bad)
    return x


def _fit(y: Floats, x: Floats, group: Ints, effects: list[Ints], w: Floats) -> ClusterFit:
    within = [one for one in effects if nested(one, group)]
    across = [one for one in effects if not nested(one, group)]
    as_columns = group.max() + 1 < FEW_CLUSTERS
    wide = [x, *(dummies(one) for one in across if as_columns)]
    if not within and (as_columns or not across):
        wide.append(np.ones((len(y), 1)))
    taken = within if as_columns else within + across
    crossed = 0
    if across and not as_columns:
        # the levels beyond each first; the constant too, unless an effect within clusters holds it
        crossed = sum(int(one.max()) for one in across) + (not within)
    both = np.column_stack([y, *wide])
    size = np.sqrt((both**2).sum(axis=0))
    if taken:
        both = demean(both, taken, w)
    both *= np.sqrt(w)[:, None]
    if np.sqrt((both[:, 0] ** 2).sum()) <= _SMALL * size[0]:
        raise ReviewError("review_stats.constant_within", number=len(y))
    return _solve(both, size[1:], group, x.shape[1], crossed, as_columns or not across)


def _solve(
    both: Floats, size: Floats, group: Ints, columns: int, crossed: int, exact: bool
) -> ClusterFit:
    y, x = both[:, 0], both[:, 1:]
    n, k = x.shape
    scale = np.sqrt((x**2).sum(axis=0))
    for place in range(k):
        if scale[place] <= _SMALL * max(size[place], 1e-300):
            raise ReviewError("review_stats.no_variation", column=place + 1)
    inner = _inner(x, group)
    whole = inner.sum(axis=0) / np.outer(scale, scale)
    if n <= k or np.linalg.eigvalsh(whole)[0] <= _SMALL:
        raise ReviewError("review_stats.collinear", columns=k, rows=n)
    bread = np.linalg.inv(whole) / np.outer(scale, scale)
    beta = bread @ (x.T @ y)
    residual = y - x @ beta
    if np.sqrt((residual**2).sum()) <= 1e-12 * np.sqrt((y**2).sum()):
        raise ReviewError("review_stats.perfect_fit")
    sums = [np.bincount(group, x[:, j] * residual) for j in range(k)]
    scores: Floats = np.asarray(np.column_stack(sums), dtype=np.float64)
    return ClusterFit(beta, bread, inner, scores, columns, n, k + crossed, group, exact)


def _inner(x: Floats, group: Ints) -> Floats:
    count, k = int(group.max()) + 1, x.shape[1]
    out = np.empty((count, k, k))
    if k > _FEW_COLUMNS:
        order = np.argsort(group, kind="stable")
        ends = np.cumsum(np.bincount(group))
        for place, rows in enumerate(np.split(order, ends[:-1])):
            out[place] = x[rows].T @ x[rows]
        return out
    for i in range(k):
        for j in range(i + 1):
            out[:, i, j] = out[:, j, i] = np.bincount(group, x[:, i] * x[:, j])
    return out
