"""Two groups and two periods; and the two-way regression, kept only to show how it misleads."""

from __future__ import annotations

from collections.abc import Hashable, Iterable

import numpy as np
import numpy.typing as npt

from visitkit.errors import ReviewError
from visitkit.review.designs.staggered.att_gt import count_units
from visitkit.review.designs.staggered.panel import Panel
from visitkit.review.inputs import (
    check_clusters,
    check_outcome,
    check_sides,
    complete,
    flags,
    labels,
    numbers,
    same_length,
)
from visitkit.review.result import (
    LEVEL,
    Counts,
    Effect,
    Flags,
    Floats,
    Ints,
    check_spread,
    note,
    wald,
)


def did_two_by_two(
    before: npt.ArrayLike,
    after: npt.ArrayLike,
    treated: npt.ArrayLike,
    cluster: Iterable[Hashable] | None = None,
    *,
    level: float = LEVEL,
) -> Effect:
    """Return the change of the treated less the change of the others.

    Parameters
    ----------
    before, after : array-like of shape (n,)
        Outcome of each student; ``before`` must not be the score by which students were chosen.
    treated : array-like of 0 and 1, shape (n,)
    cluster
        Class or school.
    level
        Of the interval.

    Returns
    -------
    Effect
        Unequal variances with Welch's degrees of freedom; with clusters, sums of residuals within
        clusters, the factor G/(G-1) * (n-1)/(n-2) and t with G-1 degrees of freedom.

    Raises
    ------
    ReviewError
        When fewer than two students stand on a side, nothing changes or there is one cluster.

    References
    ----------
    Welch 1947, doi:10.2307/2332510; Liang and Zeger 1986, doi:10.1093/biomet/73.1.13.

    Examples
    --------
    >>> did_two_by_two([1, 2, 1, 2], [4, 6, 2, 4], [1, 1, 0, 0]).estimate
    2.0
    """
    first, second = numbers(before, "before"), numbers(after, "after")
    group = flags(treated, "treated")
    same_length(len(first), len(second), "after")
    same_length(len(first), len(group), "treated")
    check_outcome(second)
    used = complete([first, second])
    change, group_used = (second - first)[used], group[used]
    check_sides(int(group_used.sum()), int((~group_used).sum()))
    codes = None if cluster is None else labels(cluster, "cluster")
    if codes is not None:
        same_length(len(first), len(codes), "cluster")
        codes = codes[used]
    dropped = int((~used).sum())
    notes = (note("review_designs.warn.rows_left_out", number=dropped),) if dropped else ()
    estimate = float(change[group_used].mean() - change[~group_used].mean())
    error, df, counts = _uncertainty(change, group_used, codes)
    check_spread(error**2, second[used], "review_designs.method.did_two_by_two")
    return wald(
        estimate,
        error,
        counts,
        "review_designs.method.did_two_by_two",
        df=df,
        level=level,
        warnings=notes,
    )


def _uncertainty(
    change: Floats, treated: Flags, cluster: Ints | None
) -> tuple[float, float, Counts]:
    """Return standard error, degrees of freedom and counts of a difference of means."""
    sides = [change[treated], change[~treated]]
    parts = [float(side.var(ddof=1)) / len(side) for side in sides]
    if cluster is None:
        freedom = sum(part**2 / (len(side) - 1) for part, side in zip(parts, sides, strict=True))
        total = sum(parts)
        df = total**2 / freedom if freedom else np.inf
        return float(np.sqrt(total)), float(df), Counts(len(sides[0]), len(sides[1]))
    groups = check_clusters(cluster)
    pull = np.where(
        treated,
        (change - sides[0].mean()) / len(sides[0]),
        -(change - sides[1].mean()) / len(sides[1]),
    )
    sums, n = np.bincount(cluster, weights=pull), len(change)
    variance = float(sums @ sums) * groups / (groups - 1) * (n - 1) / (n - 2)
    per_side = (len(np.unique(cluster[side])) for side in (treated, ~treated))
    return float(np.sqrt(variance)), groups - 1.0, Counts(len(sides[0]), len(sides[1]), *per_side)


def two_way_contrast(panel: Panel, *, level: float = LEVEL) -> Effect:
    """Return the two-way fixed-effects estimate, as a contrast only.

    It uses students already treated as controls, so that effects which differ between cohorts or
    grow with time come out with wrong weights, some negative (Goodman-Bacon 2021,
    doi:10.1016/j.jeconom.2021.03.014). The result says so among its warnings. Use
    :func:`visitkit.review.designs.staggered.att_gt`.

    Parameters
    ----------
    panel
        From :func:`visitkit.review.designs.staggered.read_panel`.
    level
        Of the interval.

    Returns
    -------
    Effect
        Errors summed within students or the panel's clusters, with the factors G/(G-1) and
        (n-1)/(n-k), k the period effects and the treatment.
    """
    on = (panel.periods[None, :] >= panel.first[:, None]).astype(np.float64)
    if not on.any():
        raise ReviewError("review_designs.nobody_starts")
    x, y = _demeaned(on), _demeaned(panel.outcome)
    norm = float((x * x).sum())
    if norm < 1e-9:
        raise ReviewError("review_designs.no_comparison")
    slope = float((x * y).sum() / norm)
    units, periods = x.shape
    cluster = np.arange(units) if panel.cluster is None else panel.cluster
    sums = np.bincount(cluster, weights=(x * (y - slope * x)).sum(axis=1))
    groups, n = check_clusters(cluster), units * periods
    factor = groups / (groups - 1) * (n - 1) / (n - periods - 1)
    ever: Flags = np.asarray(on.any(axis=1))
    return wald(
        slope,
        float(np.sqrt(sums @ sums * factor)) / norm,
        count_units(panel, ever, ~ever),
        "review_designs.method.two_way",
        df=groups - 1.0,
        level=level,
        warnings=(*panel.notes, note("review_designs.warn.two_way")),
    )


def _demeaned(table: Floats) -> Floats:
    """Take away unit and period means, exact in a balanced panel."""
    rows, columns = table.mean(axis=1, keepdims=True), table.mean(axis=0, keepdims=True)
    result: Floats = table - rows - columns + table.mean()
    return result
