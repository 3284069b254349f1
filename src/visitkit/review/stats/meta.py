"""Several schools or terms together: meta-analysis, with what the next school may expect."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy.typing as npt
from scipy import stats

from visitkit.errors import ReviewError
from visitkit.review.inputs import same_length
from visitkit.review.result import LEVEL, Floats, Note, note, quantile, upper_tail
from visitkit.review.stats.checks import full, one_of
from visitkit.review.stats.meta_tau import (
    METHODS,
    q_statistic,
    tau2_by,
    tau2_interval,
    weighted_mean,
)

#: With fewer studies the spread between them is hardly known.
FEW_STUDIES = 5


@dataclass(frozen=True, slots=True)
class ForestRow:
    """One study in the forest plot.

    Parameters
    ----------
    name
        Of the school or term.
    effect, se, ci
        As handed in.
    weight
        Its share of the pooled effect.
    """

    name: str
    effect: float
    se: float
    ci: tuple[float, float]
    weight: float


@dataclass(frozen=True, slots=True)
class Pooled:
    """The pooled effect of several studies.

    Parameters
    ----------
    effect, se, ci, df, p
        The mean; by Hartung and Knapp's method with random effects.
    tau2, tau2_ci
        Variance of true effects between studies, with its Q-profile interval.
    prediction
        Where the true effect of a further study would lie; ``None`` with fixed effects or fewer
        than three studies.
    q, q_p, i2
        Cochran's Q, its p value, and the share of variance (0 to 1) that is between studies.
    rows
        One a study.
    method
        ``"reml"``, ``"paule_mandel"`` or ``"fixed"``.
    n
        Studies.
    notes
        What must be said.
    level
        Of the intervals.
    """

    effect: float
    se: float
    ci: tuple[float, float]
    df: float
    p: float
    tau2: float
    tau2_ci: tuple[float, float]
    prediction: tuple[float, float] | None
    q: float
    q_p: float
    i2: float
    rows: tuple[ForestRow, ...]
    method: str
    n: int
    notes: tuple[Note, ...]
    level: float = LEVEL


def pool_studies(
    effects: npt.ArrayLike,
    ses: npt.ArrayLike,
    names: Sequence[str] | None = None,
    *,
    method: str = "reml",
    level: float = LEVEL,
) -> Pooled:
    """Pool the effects of several schools or terms.

    Parameters
    ----------
    effects, ses : array-like of shape (k,)
        Independent of one another: a student must not be in two of them.
    names
        Of the studies.
    method
        ``"reml"`` or ``"paule_mandel"`` (random effects), or ``"fixed"``.
    level
        Of the intervals.

    Raises
    ------
    ReviewError
        When there are fewer than two studies, a figure is missing or an error is not positive.

    Notes
    -----
    Random effects take Hartung and Knapp 2001 (doi:10.1002/sim.791) and Sidik and Jonkman 2002
    (doi:10.1002/sim.1262) standard errors with ``k - 1`` degrees of freedom, never narrower than
    the plain ones with the same degrees of freedom (Jackson and others 2017,
    doi:10.1002/sim.7411). The prediction interval is Higgins, Thompson and Spiegelhalter's 2009
    (doi:10.1111/j.1467-985X.2008.00552.x), ``k - 2`` degrees of freedom.

    Examples
    --------
    >>> found = pool_studies([28, 8, -3, 7, -1, 1, 18, 12], [15, 10, 16, 11, 9, 11, 10, 18],
    ...                      method="fixed")
    >>> round(found.effect, 2), round(found.se, 2), round(found.q, 2)
    (7.69, 4.07, 4.71)
    """
    y, s = full(effects, "effects"), full(ses, "ses")
    same_length(len(y), len(s), "ses")
    one_of(method, METHODS, "method")
    if len(y) < 2:
        raise ReviewError("review_stats.too_few_studies", number=len(y), least=2)
    if s.min() <= 0:
        raise ReviewError("review_stats.not_positive", name="ses", value=float(s.min()))
    labels = [str(place + 1) for place in range(len(y))] if names is None else list(names)
    same_length(len(y), len(labels), "names")
    tau2 = tau2_by(method, y, s**2)
    return _pooled(y, s, labels, (method, tau2), level)


def _pooled(y: Floats, s: Floats, names: list[str], how: tuple[str, float], level: float) -> Pooled:
    method, tau2 = how
    k, fixed = len(y), method == "fixed"
    weights = 1 / (s**2 + tau2)
    middle = weighted_mean(y, s**2, tau2)
    plain = 1 / math.sqrt(float(weights.sum()))
    df = math.inf if fixed else k - 1.0
    widened = math.sqrt(max(1.0, q_statistic(y, s**2, tau2) / (k - 1)))
    se = plain if fixed else plain * widened
    half = quantile(0.5 + level / 2, df) * se
    q = q_statistic(y, s**2)
    q_p = float(stats.chi2.sf(q, k - 1))
    return Pooled(
        middle,
        se,
        (middle - half, middle + half),
        df,
        2 * upper_tail(abs(middle) / se, df),
        tau2,
        tau2_interval(y, s**2, level),
        None
        if fixed or k < 3
        else _prediction(middle, math.hypot(plain, math.sqrt(tau2)), k, level),
        q,
        q_p,
        max(0.0, (q - (k - 1)) / q) if q > 0 else 0.0,
        _rows(y, s, names, weights / weights.sum(), level),
        method,
        k,
        _notes(k, fixed),
        level,
    )


def _prediction(middle: float, spread: float, k: int, level: float) -> tuple[float, float]:
    half = quantile(0.5 + level / 2, k - 2.0) * spread
    return middle - half, middle + half


def _rows(
    y: Floats, s: Floats, names: list[str], weights: Floats, level: float
) -> tuple[ForestRow, ...]:
    reach = quantile(0.5 + level / 2, math.inf)
    return tuple(
        ForestRow(name, float(a), float(b), (float(a - reach * b), float(a + reach * b)), float(w))
        for name, a, b, w in zip(names, y, s, weights, strict=True)
    )


def _notes(k: int, fixed: bool) -> tuple[Note, ...]:
    told = []
    if k < FEW_STUDIES:
        told.append(note("review_stats.few_studies", number=k))
    if fixed:
        told.append(note("review_stats.fixed_effects"))
    elif k < 3:
        told.append(note("review_stats.no_prediction", number=k))
    return tuple(told)
