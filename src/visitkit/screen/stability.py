"""How far a place on the list hangs on weights that nobody has measured."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from visitkit.screen.points import Floats
from visitkit.screen.tiers import Flags, Ints

#: Weightings drawn.
DRAWS = 200

#: Sum of the Dirichlet parameters. Six equal weights then have a standard deviation of 0.067 around
#: 0.167 each, and lie between 0.4 and 1.7 times the policy's weight nine times in ten.
CONCENTRATION = 30.0

_AT_ONCE = 2_000_000  # cells of one batch, 16 MB


def plausible_weights(
    weights: npt.ArrayLike, draws: int = DRAWS, seed: int = 0, concentration: float = CONCENTRATION
) -> Floats:
    """Draw weightings around the policy's, from a Dirichlet distribution.

    Parameters
    ----------
    weights : array-like of shape (n_dimensions,)
        The policy's weights; one of 0 stays 0.
    draws
        Number of weightings.
    seed
        The same seed draws the same weightings.
    concentration
        Sum of the Dirichlet parameters: the higher, the closer to the policy.

    Returns
    -------
    ndarray of shape (draws, n_dimensions)
        Each row adds up to 1.

    References
    ----------
    Drawing weights to see whether a ranking stands: Saisana, Saltelli and Tarantola 2005,
    doi:10.1111/j.1467-985X.2005.00350.x.

    Examples
    --------
    >>> drawn = plausible_weights([1, 1, 0], draws=3)
    >>> drawn.shape, bool((drawn[:, 2] == 0).all())
    ((3, 3), True)
    """
    given = np.asarray(weights, dtype=np.float64)
    used = given > 0
    drawn = np.zeros((draws, len(given)))
    alpha = concentration * given[used] / given[used].sum()
    drawn[:, used] = np.random.default_rng(seed).dirichlet(alpha, size=draws)
    return drawn


def stability(
    scores: npt.ArrayLike, weightings: Floats, first: Flags, competing: Flags, lot: Ints
) -> Floats:
    """Return the share of weightings in which each student stays on the same side of the line.

    The line runs below the last student who finds a place by the index. Dimension scores do not
    change, only their weights; ties are broken as in the caseload.

    Parameters
    ----------
    scores : array-like of shape (n_students, n_dimensions)
        Dimension scores, 0-100, without missing values.
    weightings : ndarray of shape (draws, n_dimensions)
        From :func:`plausible_weights`.
    first : ndarray of bool, shape (n_students,)
        Who stands above the line with the policy's weights; their number is the number of places.
    competing : ndarray of bool, shape (n_students,)
        Who competes for these places: no open alert, and enough known.
    lot : ndarray of int, shape (n_students,)
        From :func:`visitkit.screen.tiers.draw_lots`.

    Returns
    -------
    ndarray of shape (n_students,)
        0-1; missing for students who do not compete.

    Examples
    --------
    >>> everyone, lots = np.ones(3, dtype=bool), np.arange(3)
    >>> scores = [[90, 90], [50, 10], [10, 50]]
    >>> even = np.array([[0.4, 0.6], [0.6, 0.4]])
    >>> stability(scores, even, np.array([True, True, False]), everyone, lots)
    array([1. , 0.5, 0.5])
    """
    rows = np.flatnonzero(competing)
    share = np.full(len(competing), np.nan)
    if len(rows) == 0:
        return share
    rows = rows[np.argsort(lot[rows], kind="stable")]
    values = np.asarray(scores, dtype=np.float64)[rows]
    base = first[rows]
    same = np.zeros(len(rows))
    batch = max(_AT_ONCE // len(rows), 1)
    for start in range(0, len(weightings), batch):
        drawn = weightings[start : start + batch] @ values.T
        same += (_above(drawn, int(base.sum())) == base).sum(axis=0)
    share[rows] = same / len(weightings)
    return share


def _above(index: Floats, places: int) -> Flags:
    """Tell who has a place in each row; columns stand in the order of the lots."""
    count = index.shape[1]
    if places <= 0 or places >= count:
        return np.full(index.shape, places > 0)
    # hundredths, as the index is told, then the lot: a whole number that no two students share
    hundredths = np.floor(index * 100 + 0.5).astype(np.int64)
    key = hundredths * count + (count - 1 - np.arange(count))
    line = np.partition(key, count - places, axis=1)[:, count - places]
    above: Flags = key >= line[:, None]
    return above
