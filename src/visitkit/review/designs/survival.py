"""Time to dropout when students also leave for other reasons.

A student who moves to another school can no longer drop out of this one: such ends compete, and
counting them as if they might still come back overstates dropout.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats

from visitkit.errors import ReviewError
from visitkit.review.designs.curves import counts_at, cumulative_incidence
from visitkit.review.inputs import (
    check_clusters,
    check_sides,
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
    note,
    wald,
)

#: Fewer events than this on a side: the interval is a guess.
FEW_EVENTS = 10


@dataclass(frozen=True, slots=True)
class Spells:
    """How long each student was watched and how it ended; made by :func:`spells`.

    Parameters
    ----------
    time : ndarray of shape (n,)
        Above 0.
    cause : ndarray of int, shape (n,)
        0 for still there at the end of watching, 1 for the end of interest, 2 and more for others.
    treated : ndarray of bool, shape (n,)
    cluster : ndarray of int, shape (n,), or None
    """

    time: Floats
    cause: Ints
    treated: Flags
    cluster: Ints | None

    def rows(self, chosen: Flags) -> Spells:
        """Return some of the rows."""
        cluster = None if self.cluster is None else self.cluster[chosen]
        return Spells(self.time[chosen], self.cause[chosen], self.treated[chosen], cluster)


def spells(
    time: npt.ArrayLike,
    cause: npt.ArrayLike,
    treated: npt.ArrayLike,
    cluster: Iterable[Hashable] | None = None,
) -> Spells:
    """Check times and ends.

    Parameters
    ----------
    time : array-like of shape (n,)
        In weeks or days, above 0, none missing.
    cause : array-like of shape (n,)
        Whole numbers from 0, as in :class:`Spells`.
    treated : array-like of 0 and 1, shape (n,)
        From the start of watching.
    cluster
        Class or school.

    Raises
    ------
    ReviewError
        When a time is missing or not above 0, a cause is no whole number, nobody on a side reached
        the end of interest, or there is one cluster.

    Examples
    --------
    >>> spells([5, 8, 3, 9], [1, 0, 1, 2], [1, 1, 0, 0]).cause
    array([1, 0, 1, 2])
    """
    when, why = numbers(time, "time"), numbers(cause, "cause")
    group = flags(treated, "treated")
    codes = None if cluster is None else labels(cluster, "cluster")
    for column, name in ((why, "cause"), (group, "treated"), (codes, "cluster")):
        if column is not None:
            same_length(len(when), len(column), name)
    if np.isnan(when).any() or (when <= 0).any():
        raise ReviewError("review_designs.bad_time")
    if np.isnan(why).any() or (why < 0).any() or (why != np.round(why)).any():
        raise ReviewError("review_designs.bad_cause")
    check_sides(int(group.sum()), int((~group).sum()))
    check_clusters(codes)
    ended = [int((why[side] == 1).sum()) for side in (group, ~group)]
    if min(ended) == 0:
        raise ReviewError("review_designs.no_events", treated=ended[0], control=ended[1])
    return Spells(when, why.astype(np.int64), group, codes)


def incidence_difference(
    given: Spells, horizon: float, *, which: int = 1, level: float = LEVEL
) -> Effect:
    """Return the difference in the share ended for one cause by a horizon.

    Parameters
    ----------
    given
        From :func:`spells`.
    horizon
        Time by which ends are counted; students must have been watched that long on both sides.
    which
        Cause of interest.
    level
        Of the interval.

    Returns
    -------
    Effect
        Treated minus control, as a share. With clusters the standard error comes from leaving out
        one cluster at a time (t with G-1 degrees of freedom).

    Raises
    ------
    ReviewError
        When nobody on a side was watched up to the horizon, or nobody ended by then.

    Examples
    --------
    >>> time = [2, 4, 6, 8, 9, 9, 1, 2, 3, 4, 9, 9]
    >>> cause = [1, 2, 1, 0, 0, 0, 1, 1, 2, 1, 0, 0]
    >>> found = incidence_difference(spells(time, cause, [1] * 6 + [0] * 6), horizon=7)
    >>> round(found.estimate, 3)
    -0.167
    """
    longest = [float(given.time[side].max()) for side in (given.treated, ~given.treated)]
    if min(longest) < horizon:
        raise ReviewError("review_designs.horizon_beyond", horizon=horizon, longest=min(longest))
    shares, variances, events = [], [], []
    for side in (given.treated, ~given.treated):
        share, error = _by(given.time[side], given.cause[side], which, horizon)
        shares.append(share)
        variances.append(error**2)
        early = given.time[side] <= horizon
        events.append(int(((given.cause[side] == which) & early).sum()))
    error, df = float(np.sqrt(sum(variances))), np.inf
    if given.cluster is not None:
        error, df = _jackknife(given, which, horizon)
    few = min(events) < FEW_EVENTS
    notes = (note("review_designs.warn.few_events", number=min(events)),) if few else ()
    return wald(
        shares[0] - shares[1],
        error,
        spell_counts(given),
        "review_designs.method.incidence_difference",
        df=df,
        level=level,
        warnings=notes,
    )


def _by(time: Floats, cause: Ints, which: int, horizon: float) -> tuple[float, float]:
    """Return share and standard error at the last end up to the horizon."""
    table = cumulative_incidence(time, cause, which)
    table = table[table["time"] <= horizon]
    if table.empty:
        return 0.0, 0.0
    return float(table["share"].iloc[-1]), float(table["se"].iloc[-1])


def _jackknife(given: Spells, which: int, horizon: float) -> tuple[float, float]:
    """Return a standard error from leaving out one cluster at a time."""
    assert given.cluster is not None  # noqa: S101  asked by the caller
    values = []
    for code in np.unique(given.cluster):
        rest = given.rows(given.cluster != code)
        if rest.treated.all() or not rest.treated.any():
            raise ReviewError("review_designs.one_cluster", number=1, least=2)
        shares = [
            _by(rest.time[side], rest.cause[side], which, horizon)[0]
            for side in (rest.treated, ~rest.treated)
        ]
        values.append(shares[0] - shares[1])
    count = len(values)
    spread = np.array(values) - np.mean(values)
    return float(np.sqrt(spread @ spread * (count - 1) / count)), count - 1.0


def spell_counts(given: Spells) -> Counts:
    """Count students and clusters on both sides."""
    units = int(given.treated.sum()), int((~given.treated).sum())
    if given.cluster is None:
        return Counts(*units)
    clusters = (len(np.unique(given.cluster[side])) for side in (given.treated, ~given.treated))
    return Counts(*units, *clusters)


@dataclass(frozen=True, slots=True)
class LogRank:
    """Whether two groups end for one cause at the same rate.

    Parameters
    ----------
    observed, expected
        Ends among the treated, seen and to be expected were the rates equal.
    statistic, p
        Chi-squared with one degree of freedom.
    """

    observed: float
    expected: float
    statistic: float
    p: float


def log_rank(given: Spells, which: int = 1) -> LogRank:
    """Compare the rates of one cause; students ended otherwise leave the comparison.

    It speaks of rates among those still there. For shares ended see :func:`incidence_difference`:
    with competing ends the two may differ.

    References
    ----------
    Mantel 1966, Cancer Chemotherapy Reports 50:163-170; cause-specific use: Putter, Fiocco and
    Geskus 2007, doi:10.1002/sim.2712.

    Examples
    --------
    >>> found = log_rank(spells([1, 3, 5, 2, 4, 6], [1, 1, 0, 1, 1, 1], [0, 0, 0, 1, 1, 1]))
    >>> found.observed, round(found.expected, 3)
    (3.0, 3.267)
    """
    ended = given.cause == which
    times, risk, ends = counts_at(given.time, ended)
    on = given.time[given.treated]
    risk_on = len(on) - np.searchsorted(np.sort(on), times, side="left")
    observed = float((ended & given.treated).sum())
    expected = float((ends * risk_on / risk).sum())
    with np.errstate(divide="ignore", invalid="ignore"):
        parts = ends * risk_on / risk * (1 - risk_on / risk) * (risk - ends) / (risk - 1)
    variance = float(np.where(risk > 1, parts, 0.0).sum())
    if variance <= 0:
        raise ReviewError("review_designs.no_spread", method="log-rank")
    statistic = (observed - expected) ** 2 / variance
    return LogRank(observed, expected, statistic, float(stats.chi2.sf(statistic, 1)))
