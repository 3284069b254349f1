"""Checks that are always printed beside a threshold effect.

Whether scores were pushed over the cutoff, whether what was known before jumps there, whether the
outcome jumps where nothing happened, and how much the answer hangs on the window.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from visitkit.errors import ReviewError
from visitkit.review.designs.threshold.bandwidth import ThresholdOptions
from visitkit.review.designs.threshold.data import Side, ThresholdData
from visitkit.review.designs.threshold.estimate import ThresholdEffect, threshold_effect
from visitkit.review.result import Effect, Floats, Note, note

#: Windows beside the best one.
FACTORS = (0.5, 0.75, 1.0, 1.5, 2.0)

#: The density check widens until both sides together hold so many students, then doubles.
DENSITY_SIZES = (20, 40, 60, 80, 100)


@dataclass(frozen=True, slots=True)
class DensityWindow:
    """How students near the cutoff fall on its sides.

    Parameters
    ----------
    width
        Distance from the cutoff, in points of the score.
    below, at_or_above
        Students on each side (right of the cutoff is the side that holds it, if any).
    share
        Share on the right.
    ci
        Exact interval of that share, at 95 % (Clopper and Pearson 1934, doi:10.2307/2331986).
    p
        Of an even split, exact and two-sided.
    """

    width: float
    below: int
    at_or_above: int
    share: float
    ci: tuple[float, float]
    p: float


def density_check(
    data: ThresholdData, widths: Sequence[float] | None = None
) -> tuple[DensityWindow, ...]:
    """Count students just left and right of the cutoff.

    Parameters
    ----------
    data
        From :func:`visitkit.review.designs.threshold.threshold_data`.
    widths
        Windows, in points of the score; ``None`` for those that hold 20, 40, ... 100 students.
        With whole scores give widths that hold as many scores on both sides.

    Returns
    -------
    tuple of DensityWindow

    Raises
    ------
    ReviewError
        When a window is empty.

    References
    ----------
    Binomial test in a window: Cattaneo, Titiunik and Vazquez-Bare 2017, doi:10.1002/pam.21985.

    Examples
    --------
    >>> from visitkit.review.designs.threshold.data import threshold_data
    >>> data = threshold_data([1, 2, 3, 4, 5, 6], [1, 2, 3, 4, 5, 7], cutoff=4)
    >>> density_check(data, [2.5])[0].p
    1.0
    """
    distance = np.sort(np.abs(np.concatenate([data.left.x, data.right.x])))
    if widths is None:
        sizes = [size for size in DENSITY_SIZES if size <= len(distance)] or [len(distance)]
        widths = sorted({float(distance[size - 1]) for size in sizes})
    found = []
    for width in widths:
        left, right = (int((np.abs(side.x) <= width).sum()) for side in (data.left, data.right))
        if left + right == 0:
            raise ReviewError("review_designs.bad_bandwidth", found=width)
        test = stats.binomtest(right, left + right)
        ends = test.proportion_ci(0.95, method="exact")
        share = right / (left + right)
        ci = (float(ends.low), float(ends.high))
        found.append(DensityWindow(width, left, right, share, ci, float(test.pvalue)))
    return tuple(found)


def covariates_at_cutoff(
    data: ThresholdData, options: ThresholdOptions | None = None
) -> tuple[ThresholdEffect, ...]:
    """Estimate the jump of each covariate at the cutoff: each ought to be nothing.

    Whether treatment was received is set aside: the question is who stood on which side.

    Raises
    ------
    ReviewError
        When there are no covariates, or one does not vary.
    """
    if data.left.z.shape[1] == 0:
        raise ReviewError("review_designs.no_covariates")
    return tuple(
        threshold_effect(_only(data, data.left.z[:, place], data.right.z[:, place]), options)
        for place in range(data.left.z.shape[1])
    )


def _only(data: ThresholdData, left: Floats, right: Floats) -> ThresholdData:
    """Return a sharp study of one column without covariates."""
    bare = [
        replace(side, y=y, z=np.empty((len(y), 0)))
        for side, y in ((data.left, left), (data.right, right))
    ]
    return replace(data, left=bare[0], right=bare[1], fuzzy=False)


def placebo_cutoffs(
    data: ThresholdData, cutoffs: Sequence[float], options: ThresholdOptions | None = None
) -> dict[float, Effect]:
    """Estimate the jump at cutoffs where nothing happened, each on its own side of the true one.

    Parameters
    ----------
    data
        From :func:`visitkit.review.designs.threshold.threshold_data`.
    cutoffs
        In points of the score, not the true one.

    Raises
    ------
    ReviewError
        When a cutoff is the true one or leaves too few students on a side.
    """
    return {
        float(cutoff): threshold_effect(_moved(data, cutoff - data.cutoff), options).robust
        for cutoff in cutoffs
    }


def _moved(data: ThresholdData, by: float) -> ThresholdData:
    """Cut one side in two, so that the true effect is on neither."""
    if by == 0:
        raise ReviewError("review_designs.placebo_is_cutoff", cutoff=data.cutoff)
    side = data.right if by > 0 else data.left
    upper = side.x >= by
    if min(upper.sum(), (~upper).sum()) == 0:
        low, high = float(side.x[0]) + data.cutoff, float(side.x[-1]) + data.cutoff
        raise ReviewError(
            "review_designs.cutoff_outside", cutoff=data.cutoff + by, low=low, high=high
        )
    halves = [side.rows(chosen) for chosen in (~upper, upper)]
    left, right = (replace(half, x=half.x - by) for half in halves)
    return replace(data, left=left, right=right, cutoff=data.cutoff + by, fuzzy=False)


def bandwidth_curve(
    data: ThresholdData,
    options: ThresholdOptions | None = None,
    factors: Sequence[float] = FACTORS,
) -> tuple[tuple[float, ThresholdEffect], ...]:
    """Estimate again with other windows: pairs of the factor and the effect.

    Both bandwidths are multiplied. An answer that turns round with the window is none.
    """
    options = options or ThresholdOptions()
    best = threshold_effect(data, options)
    return tuple(
        (
            factor,
            threshold_effect(
                data, replace(options, bandwidth=best.h * factor, bias_bandwidth=best.b * factor)
            ),
        )
        for factor in factors
    )


def donut(
    data: ThresholdData, radius: float, options: ThresholdOptions | None = None
) -> ThresholdEffect:
    """Estimate again without the students nearest to the cutoff, whose scores could be pushed.

    Parameters
    ----------
    radius
        In points of the score; students nearer than this are left out.

    References
    ----------
    Barreca, Guldi, Lindo and Waddell 2011, doi:10.1093/qje/qjr042.
    """
    near = [np.abs(side.x) < radius for side in (data.left, data.right)]
    if any(chosen.all() for chosen in near):
        raise ReviewError("review_designs.bad_bandwidth", found=radius)
    notes: tuple[Note, ...] = (
        *data.notes,
        note("review_designs.warn.donut", number=int(near[0].sum() + near[1].sum())),
    )
    return threshold_effect(replace(data.rows(~near[0], ~near[1]), notes=notes), options)


def binned(data: ThresholdData, edges: npt.ArrayLike | None = None) -> pd.DataFrame:
    """Return means of the outcome in bins of the score, for a picture with n in each.

    Parameters
    ----------
    edges : array-like, optional
        Rising, in points from the cutoff, 0 among them; ``None`` for 10 bins on each side.

    Returns
    -------
    DataFrame
        ``low``, ``high`` (in points of the score), ``n``, ``mean`` and ``received`` (share treated
        in fact); bins without students are missing from the table.
    """
    if edges is None:
        left = np.linspace(data.left.x[0], 0, 11) if data.left.x[0] < 0 else np.array([0.0])
        right = np.linspace(0, data.right.x[-1], 11) if data.right.x[-1] > 0 else np.array([0, 1.0])
        cuts = np.unique(np.concatenate([left, right]))
    else:
        cuts = np.asarray(edges, dtype=np.float64)
        if (np.diff(cuts) <= 0).any() or not (cuts == 0).any():
            raise ReviewError("review_designs.bad_edges")
    parts = [_bins(side, cuts, place) for place, side in enumerate((data.left, data.right))]
    table = pd.concat(parts, ignore_index=True)
    table[["low", "high"]] += data.cutoff
    return table


def _bins(side: Side, cuts: Floats, place: int) -> pd.DataFrame:
    """Return one side's bins; a score on an edge goes to the bin on its right, 0 to its side."""
    x, y, received = side.x, side.y, side.received
    bin_ = np.clip(np.searchsorted(cuts, x, side="right") - 1, 0, len(cuts) - 2)
    middle = int(np.searchsorted(cuts, 0.0))
    bin_ = np.minimum(bin_, middle - 1) if place == 0 else np.maximum(bin_, middle)
    rows = pd.DataFrame({"bin": bin_, "y": y, "received": received})
    made = rows.groupby("bin").agg(
        n=("y", "size"), mean=("y", "mean"), received=("received", "mean")
    )
    made.insert(0, "low", cuts[made.index])
    made.insert(1, "high", cuts[made.index + 1])
    return made.reset_index(drop=True)
