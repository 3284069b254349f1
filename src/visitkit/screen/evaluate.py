"""How well a ranking found those it was meant to find, with what chance alone could do to it.

Every function takes outcomes and scores of students that were held out: figures computed on the
rows from which a model was learned are not an evaluation. Every figure comes with an interval from
a stratified bootstrap, because a school has few events. No function changes or fits anything.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score

from visitkit.errors import ScreenError

#: Resamples behind an interval.
RESAMPLES = 500

#: Share of resamples inside an interval.
LEVEL = 0.95

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Metric = Callable[[Flags, Floats], float]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its interval.

    Parameters
    ----------
    value
        The figure on the students as they are.
    low, high
        Ends of the 95 % percentile interval.
    n
        Number of students.
    events
        Number of students with the outcome.
    """

    value: float
    low: float
    high: float
    n: int
    events: int

    def __str__(self) -> str:
        """Return figure, interval and sizes."""
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}] n={self.n} events={self.events}"


@dataclass(frozen=True, slots=True)
class AtCapacity:
    """What a list of a given length finds.

    Parameters
    ----------
    k
        Students on the list.
    precision
        Share of the list with the outcome.
    recall
        Share of those with the outcome who are on the list.
    recall_cap
        The highest recall any list of this length could have: recall means nothing without it.
    lift
        Precision over the share of the outcome among all students.
    """

    k: int
    precision: Estimate
    recall: Estimate
    recall_cap: float
    lift: Estimate


def auroc(
    y_true: npt.ArrayLike, y_score: npt.ArrayLike, *, seed: int = 0, resamples: int = RESAMPLES
) -> Estimate:
    """Return the area under the receiver operating characteristic curve.

    The probability that a student with the outcome stands above one without; ties count half.

    Parameters
    ----------
    y_true : array-like of shape (n_students,)
        1 or True for the outcome. Held out.
    y_score : array-like of shape (n_students,)
        Higher means looked at earlier.
    seed
        Of the bootstrap.
    resamples
        Number of bootstrap resamples.

    Returns
    -------
    Estimate

    Raises
    ------
    ScreenError
        When lengths differ, a value is missing, or only one of the two outcomes occurs.

    References
    ----------
    Stratified bootstrap of the curve: Robin et al. 2011, doi:10.1186/1471-2105-12-77.

    Examples
    --------
    >>> auroc([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]).value
    0.75
    """
    truth, score = checked_pair(y_true, y_score)
    return bootstrap(truth, score, _auroc, seed, resamples)


def average_precision(
    y_true: npt.ArrayLike, y_score: npt.ArrayLike, *, seed: int = 0, resamples: int = RESAMPLES
) -> Estimate:
    """Return the average precision, the step-wise area under the precision-recall curve.

    Chance gives the share of the outcome, not 0.5. Parameters, returns and errors as in
    :func:`auroc`.

    Examples
    --------
    >>> round(average_precision([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]).value, 3)
    0.833
    """
    truth, score = checked_pair(y_true, y_score)
    return bootstrap(truth, score, _average_precision, seed, resamples)


def brier(
    y_true: npt.ArrayLike, y_score: npt.ArrayLike, *, seed: int = 0, resamples: int = RESAMPLES
) -> Estimate:
    """Return the mean squared distance of probabilities from what happened; 0 is best.

    Parameters, returns and errors as in :func:`auroc`, and the scores must be probabilities from 0
    to 1: an index of 0 to 100 is none.

    References
    ----------
    Brier 1950, doi:10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2.

    Examples
    --------
    >>> brier([0, 1], [0.0, 0.5]).value
    0.125
    """
    truth, score = checked_pair(y_true, y_score)
    if score.min() < 0 or score.max() > 1:
        raise ScreenError("screen.not_probabilities", low=score.min(), high=score.max())
    return bootstrap(truth, score, _brier, seed, resamples)


def at_capacity(
    y_true: npt.ArrayLike,
    y_score: npt.ArrayLike,
    k: int,
    seed: int = 0,
    *,
    resamples: int = RESAMPLES,
) -> AtCapacity:
    """Return precision, recall and lift of the first ``k`` students.

    Exactly ``k`` students are on the list; students with equal scores draw lots by ``seed``, which
    know nothing of the outcome.

    Parameters
    ----------
    y_true, y_score
        As in :func:`auroc`.
    k
        Length of the list, from 1 to the number of students.
    seed
        Of the lots and of the bootstrap.
    resamples
        Number of bootstrap resamples.

    Returns
    -------
    AtCapacity

    Raises
    ------
    ScreenError
        As in :func:`auroc`, and when ``k`` is not in that range.

    Examples
    --------
    >>> found = at_capacity([1, 0, 1, 0, 0], [9, 8, 7, 6, 5], k=2)
    >>> found.precision.value, found.recall.value, found.recall_cap, found.lift.value
    (0.5, 0.5, 1.0, 1.25)
    """
    truth, score = checked_pair(y_true, y_score)
    if isinstance(k, bool) or not 1 <= k <= len(truth) or k != int(k):
        raise ScreenError("screen.bad_k", found=k, high=len(truth))
    events = int(truth.sum())
    found = resampled(truth, score, lambda y, s, lot: _hits(y, s, k, lot), seed, resamples)
    precision, recall, lift = (
        percentiles(found / most, len(truth), events)
        for most in (k, events, k * events / len(truth))
    )
    return AtCapacity(k, precision, recall, min(k / events, 1.0), lift)


def _auroc(truth: Flags, score: Floats) -> float:
    return float(roc_auc_score(truth, score))


def _average_precision(truth: Flags, score: Floats) -> float:
    return float(average_precision_score(truth, score))


def _brier(truth: Flags, score: Floats) -> float:
    return float(brier_score_loss(truth, score))


def _hits(truth: Flags, score: Floats, k: int, lot: Floats) -> float:
    return float(truth[np.lexsort((lot, -score))[:k]].sum())


def checked_pair(y_true: npt.ArrayLike, y_score: npt.ArrayLike) -> tuple[Flags, Floats]:
    """Return outcomes and scores once they are fit to be compared, or raise as :func:`auroc`."""
    truth = np.asarray(y_true, dtype=np.float64).ravel()
    score = np.asarray(y_score, dtype=np.float64).ravel()
    if len(truth) != len(score):
        raise ScreenError("screen.lengths", outcomes=len(truth), scores=len(score))
    if np.isnan(truth).any() or not np.isfinite(score).all():
        number = int((np.isnan(truth) | ~np.isfinite(score)).sum())
        raise ScreenError("screen.missing_values", number=number)
    if not np.isin(truth, (0, 1)).all():
        raise ScreenError("screen.not_outcomes")
    if truth.sum() in {0, len(truth)}:
        raise ScreenError("screen.one_outcome", events=int(truth.sum()), n=len(truth))
    return truth.astype(bool), score


def bootstrap(truth: Flags, score: Floats, metric: Metric, seed: int, resamples: int) -> Estimate:
    """Return a metric with its interval from a stratified bootstrap."""
    values = resampled(truth, score, lambda y, s, _lot: metric(y, s), seed, resamples)
    return percentiles(values, len(truth), int(truth.sum()))


def resampled(
    truth: Flags,
    score: Floats,
    metric: Callable[[Flags, Floats, Floats], float],
    seed: int,
    resamples: int,
) -> Floats:
    """Return the metric on the students as they are, then on each stratified resample."""
    rng = np.random.default_rng(seed)
    groups = [np.flatnonzero(truth), np.flatnonzero(~truth)]
    values = [metric(truth, score, rng.random(len(truth)))]
    for _ in range(resamples):
        rows = np.concatenate([rng.choice(group, len(group)) for group in groups])
        values.append(metric(truth[rows], score[rows], rng.random(len(rows))))
    return np.array(values)


def percentiles(values: Floats, n: int, events: int) -> Estimate:
    """Return the first value with the percentile interval of those after it."""
    tail = (1 - LEVEL) / 2
    others = values[1:] if len(values) > 1 else values
    low, high = np.quantile(others, [tail, 1 - tail])
    return Estimate(float(values[0]), float(low), float(high), n, events)
