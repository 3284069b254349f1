"""The picture of a threshold study: means of many students by score, and a line on each side."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from visitkit.review.designs.threshold import ThresholdData, ThresholdEffect
from visitkit.review.designs.threshold.data import Side
from visitkit.review.designs.threshold.kernels import kernel_weights
from visitkit.review.designs.threshold.randomisation import Window
from visitkit.review.result import Floats

#: Students in a bin at least, and bins on a side at most.
IN_A_BIN, BINS = 10, 12


@dataclass(frozen=True, slots=True)
class ThresholdPicture:
    """The outcome by the score.

    Parameters
    ----------
    outcome
        Its column.
    bins : pandas.DataFrame
        ``side`` (``"left"`` or ``"right"``), ``score`` and ``mean`` of the students in the bin,
        and their number ``n``, 10 or more.
    lines : pandas.DataFrame
        ``side``, ``score`` and ``fitted``, two points a side: the local line without covariates,
        or the mean where students near the cutoff are compared as if drawn by lot.
    cutoff
        In points of the score; 0 where schools with their own cutoffs were put together.
    """

    outcome: str
    bins: pd.DataFrame
    lines: pd.DataFrame
    cutoff: float


def threshold_picture(outcome: str, data: ThresholdData, second: object) -> ThresholdPicture:
    """Return bins of equal size and the line fitted on each side of the cutoff.

    Parameters
    ----------
    outcome
        Its column.
    data
        The two sides.
    second
        The local estimate or the window behind the figure.

    Notes
    -----
    Lines are least squares with triangular weights in the window of the estimate. Covariates and
    the correction of bias are not in them, so their gap differs a little from the estimate.
    """
    sides = (("left", data.left), ("right", data.right))
    width = second.h if isinstance(second, ThresholdEffect) else np.inf
    flat = isinstance(second, Window)
    if isinstance(second, Window):
        width = second.width
    bins = [_bins(data.cutoff, side, at) for side, at in sides]
    lines = [_line(data.cutoff, side, at, width, flat=flat) for side, at in sides]
    tables = [pd.concat(one, ignore_index=True) for one in (bins, lines)]
    return ThresholdPicture(outcome, tables[0], tables[1], data.cutoff)


def _bins(cutoff: float, side: str, at: Side) -> pd.DataFrame:
    count = max(1, min(BINS, len(at.x) // IN_A_BIN))
    place = pd.Series(np.arange(len(at.x)) * count // len(at.x))
    table = pd.DataFrame({"score": at.x + cutoff, "mean": at.y})
    told = table.groupby(place).mean().assign(n=place.value_counts().sort_index())
    # a side of fewer students than a bin needs would show single ones
    return told.loc[told["n"] >= IN_A_BIN].assign(side=side)


def _line(cutoff: float, side: str, at: Side, width: float, *, flat: bool) -> pd.DataFrame:
    near = np.abs(at.x) <= width
    x, y = at.x[near], at.y[near]
    if len(np.unique(x)) < (1 if flat else 2):
        return pd.DataFrame({"side": [], "score": [], "fitted": []})
    far = width if flat else float(np.abs(x).max())
    ends = np.array([-far, 0.0]) if side == "left" else np.array([0.0, far])
    fitted = np.full(2, y.mean()) if flat else _fitted(x, y, width, ends)
    return pd.DataFrame({"side": side, "score": ends + cutoff, "fitted": fitted})


def _fitted(x: Floats, y: Floats, width: float, ends: Floats) -> Floats:
    """Return the weighted line at two scores."""
    furthest = float(np.abs(x).max()) * (1 + 1e-6)  # so that the last student weighs something
    reach = max(width, furthest) if np.isfinite(width) else furthest
    weight = kernel_weights(x, reach, "triangular")
    slope, level = np.polyfit(x, y, 1, w=np.sqrt(weight))
    line: Floats = level + slope * ends
    return line
