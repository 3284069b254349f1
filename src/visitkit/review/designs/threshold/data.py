"""The rows of a threshold study, cut in two at the cutoff."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from visitkit.errors import ReviewError
from visitkit.review.inputs import (
    check_clusters,
    check_outcome,
    check_sides,
    complete,
    flags,
    labels,
    matrix,
    numbers,
    same_length,
)
from visitkit.review.result import Flags, Floats, Ints, Note, note

#: Which scores are treated, and whether the side right of the cutoff is the treated one.
TREATED = {"at_or_above": True, "above": True, "below": False, "at_or_below": False}


@dataclass(frozen=True, slots=True)
class Side:
    """One side of the cutoff, in order of the score.

    Parameters
    ----------
    x : ndarray of shape (n,)
        Score minus cutoff, rising.
    y : ndarray of shape (n,)
        Outcome.
    z : ndarray of shape (n, n_covariates)
    received : ndarray of shape (n,)
        1 for those who were treated in fact.
    cluster : ndarray of int, shape (n,), or None
    """

    x: Floats
    y: Floats
    z: Floats
    received: Floats
    cluster: Ints | None

    def rows(self, chosen: Flags) -> Side:
        """Return some of the rows."""
        cluster = None if self.cluster is None else self.cluster[chosen]
        return Side(self.x[chosen], self.y[chosen], self.z[chosen], self.received[chosen], cluster)


@dataclass(frozen=True, slots=True)
class ThresholdData:
    """A threshold study ready to be estimated; made by :func:`threshold_data`.

    Parameters
    ----------
    left, right
        The two sides.
    sign
        1 when the right side is the treated one, else -1.
    cutoff
        In points of the score.
    fuzzy
        Whether some students were treated although the score said no, or the reverse.
    notes
        What must be said: rows left out.
    """

    left: Side
    right: Side
    sign: int
    cutoff: float
    fuzzy: bool
    notes: tuple[Note, ...] = ()

    def with_outcome(self, left: Floats, right: Floats) -> ThresholdData:
        """Return the same study with another outcome."""
        return replace(self, left=replace(self.left, y=left), right=replace(self.right, y=right))

    def rows(self, left: Flags, right: Flags) -> ThresholdData:
        """Return the same study with some of the rows."""
        return replace(self, left=self.left.rows(left), right=self.right.rows(right))

    def counts(self, left: int, right: int) -> tuple[int, int]:
        """Return counts of the two sides as treated and control."""
        return (right, left) if self.sign > 0 else (left, right)


@dataclass(frozen=True, slots=True)
class ThresholdExtras:
    """Further columns of a threshold study.

    Parameters
    ----------
    received : array-like of 0 and 1, shape (n,), optional
        Who was treated in fact. Differences from the score make the study fuzzy.
    covariates : array-like of shape (n, n_covariates), optional
        Measured before treatment; they narrow the interval.
    cluster : iterable of length n, optional
        Class or school.
    """

    received: npt.ArrayLike | None = None
    covariates: npt.ArrayLike | None = None
    cluster: Iterable[Hashable] | None = None


def threshold_data(
    score: npt.ArrayLike,
    outcome: npt.ArrayLike,
    cutoff: float,
    extras: ThresholdExtras | None = None,
    *,
    treated: str = "at_or_above",
) -> ThresholdData:
    """Check the columns of a threshold study and cut them in two.

    Rows with a missing value are left out and counted in ``notes``.

    Parameters
    ----------
    score : array-like of shape (n,)
        The unrounded score by which students were chosen, as recorded before treatment.
    outcome : array-like of shape (n,)
        Measured afterwards; not the score itself.
    cutoff
        Fixed beforehand, in points of the score.
    extras
        Treatment received, covariates, clusters.
    treated
        Which scores were to be treated: ``"at_or_above"``, ``"above"``, ``"below"`` or
        ``"at_or_below"``.

    Raises
    ------
    ReviewError
        When the cutoff lies outside the scores, a side is empty, the outcome is constant or missing
        throughout, the outcome is the score, or there is one cluster.

    Examples
    --------
    >>> found = threshold_data([1, 2, 3, 4], [5, 6, 9, 8], cutoff=3)
    >>> len(found.left.x), len(found.right.x), found.fuzzy
    (2, 2, False)
    """
    if treated not in TREATED:
        raise ReviewError(
            "review_designs.unknown_choice",
            setting="treated",
            found=treated,
            allowed=", ".join(TREATED),
        )
    given = _columns(numbers(score, "score"), numbers(outcome, "outcome"), extras)
    used = complete([given.x, given.y, *given.z.T, given.received])
    side = given.rows(used)
    _check(side, cutoff)
    right = side.x > cutoff if treated in {"above", "at_or_below"} else side.x >= cutoff
    sign = 1 if TREATED[treated] else -1
    check_sides(*sorted((int(right.sum()), int((~right).sum()))))
    assigned = right if sign > 0 else ~right
    fuzzy = extras is not None and extras.received is not None
    fuzzy = fuzzy and bool((side.received != assigned).any())
    dropped = int((~used).sum())
    notes = (note("review_designs.warn.rows_left_out", number=dropped),) if dropped else ()
    return ThresholdData(
        _side(side, ~right, cutoff), _side(side, right, cutoff), sign, cutoff, fuzzy, notes
    )


def _columns(score: Floats, outcome: Floats, extras: ThresholdExtras | None) -> Side:
    """Put all columns together, in the order given."""
    rows, more = len(score), extras or ThresholdExtras()
    same_length(rows, len(outcome), "outcome")
    check_outcome(outcome)
    z = matrix(more.covariates, rows, "covariates")
    received = np.zeros(rows)
    if more.received is not None:
        received = flags(more.received, "received").astype(np.float64)
    cluster = None if more.cluster is None else labels(more.cluster, "cluster")
    for column, name in ((received, "received"), (cluster, "cluster")):
        if column is not None:
            same_length(rows, len(column), name)
    return Side(score, outcome, z, received, cluster)


def _check(side: Side, cutoff: float) -> None:
    """Refuse what no estimate can be honest with."""
    check_outcome(side.y)
    low, high = float(side.x.min()), float(side.x.max())
    if not low <= cutoff <= high:
        raise ReviewError("review_designs.cutoff_outside", cutoff=cutoff, low=low, high=high)
    if len(side.x) > FEW and np.array_equal(side.x, side.y):
        raise ReviewError("review_designs.outcome_is_score")
    check_clusters(side.cluster)


#: Fewer rows than this may agree by chance.
FEW = 3


def _side(given: Side, chosen: Flags, cutoff: float) -> Side:
    """Return one side, centred at the cutoff and in order of score and outcome."""
    half = given.rows(chosen)
    order = np.lexsort((half.y, half.x))
    cluster = None if half.cluster is None else half.cluster[order]
    return Side(half.x[order] - cutoff, half.y[order], half.z[order], half.received[order], cluster)
