"""Yes-or-no terms cut from figures: the raw material of an integer card."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

#: Least share of the students on either side of a cut: a line of the card that hardly anybody meets
#: is learned from too few and read by everybody.
SUPPORT = 0.05

#: Cut points tried for a figure with many values: as many quantiles.
CUTS = 24


@dataclass(frozen=True, slots=True)
class Stump:
    """One term: a figure that reaches a cut point.

    Parameters
    ----------
    column
        Place of the figure.
    cut
        The term is met by figures of at least ``cut``; NaN: by a figure that is not known.
    least, most
        What the sign of its points may be: 0 for the side that is closed.
    """

    column: int
    cut: float
    least: float
    most: float


def make_stumps(
    X: Floats, signs: Mapping[int, str], cuts: int = CUTS
) -> tuple[list[Stump], Floats]:
    """Return the terms that the known figures allow, and who meets them.

    A missing figure meets a term to the share in which the known figures meet it, so that not
    knowing is neither good nor bad news; where many figures are missing, a term of its own may make
    it bad news, never good.

    Parameters
    ----------
    X : ndarray of shape (n_students, n_figures)
        NaN where unknown.
    signs
        Place of a figure to ``high`` or ``low``: the direction in which it worries. Others may
        earn points either way.
    cuts
        Most cut points a figure.

    Returns
    -------
    stumps : list of Stump
    met : ndarray of shape (n_students, n_stumps)
    """
    stumps: list[Stump] = []
    columns: list[Floats] = []
    for place in range(X.shape[1]):
        figures = X[:, place]
        known = ~np.isnan(figures)
        worse = signs.get(place)
        least, most = (0.0 if worse == "high" else -1.0), (0.0 if worse == "low" else 1.0)
        for cut in _cut_points(figures[known], cuts):
            met = np.where(known, (figures >= cut).astype(float), np.nan)
            if not SUPPORT <= np.nanmean(met) <= 1 - SUPPORT:
                continue
            columns.append(np.where(known, met, np.nanmean(met)))
            stumps.append(Stump(place, float(cut), least, most))
        if SUPPORT <= (~known).mean() <= 1 - SUPPORT:
            columns.append((~known).astype(float))
            stumps.append(Stump(place, float("nan"), 0.0, 1.0))
    return stumps, np.column_stack(columns) if columns else np.empty((len(X), 0))


def _cut_points(known: Floats, cuts: int) -> Floats:
    values = np.unique(known)
    if len(values) < 2:
        return np.empty(0)
    if len(values) <= cuts + 1:
        return values[1:]
    levels = np.linspace(0, 1, cuts + 2)[1:-1]
    return np.unique(np.quantile(known, levels, method="higher"))[0:]
