"""How large a difference is: Hedges' g from means, adjusted means, regressions and gain scores.

The variances are those of the table in What Works Clearinghouse (2020), Supplement to Appendix E
of the Procedures Handbook 4.1 (taken over in version 5.0), and Hedges, Tipton, Zejnullahi and Diaz
(2023), doi:10.1111/bmsp.12296: a first part that depends on how the difference was found, and
``g**2 / (2 df)`` for the estimated standard deviation.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy.typing as npt
from scipy.stats import norm

from visitkit.errors import ReviewError
from visitkit.review.result import LEVEL, quantile
from visitkit.review.stats.checks import at_least, positive, within
from visitkit.review.stats.clustered_size import ALONE, Clustering, cluster_factors
from visitkit.review.stats.groups import Group, group, pooled_sd


@dataclass(frozen=True, slots=True)
class EffectSize:
    """A difference in standard deviations, with its interval.

    Parameters
    ----------
    kind
        ``"hedges_g"`` or ``"cox_index"``.
    value, se
        In standard deviations; above 0 when the treated figure is the higher one.
    ci
        Both ends at ``level``.
    df
        Degrees of freedom behind the standard deviation; infinite for the Cox index.
    n_treated, n_control
        Students.
    level
        Of ``ci``.
    """

    kind: str
    value: float
    se: float
    ci: tuple[float, float]
    df: float
    n_treated: int
    n_control: int
    level: float = LEVEL


def omega(df: float) -> float:
    """Return Hedges' small-sample correction, ``1 - 3 / (4 df - 1)``.

    Hedges 1981, doi:10.3102/10769986006002107. With ``df = N - 2`` this is ``1 - 3 / (4 N - 9)``.

    Examples
    --------
    >>> omega(4)
    0.8
    """
    return 1 - 3 / (4 * at_least(df, 1, "df") - 1)


def hedges_g(
    treated: npt.ArrayLike,
    control: npt.ArrayLike,
    *,
    clustering: Clustering = ALONE,
    level: float = LEVEL,
) -> EffectSize:
    """Return Hedges' g of two columns of figures.

    Parameters
    ----------
    treated : array-like of shape (n_treated,)
    control : array-like of shape (n_control,)
        Missing values are left out.
    clustering
        How students sit in classes; see :class:`Clustering`.
    level
        Of the interval.

    Raises
    ------
    ReviewError
        When a side has fewer than two figures or nothing varies.

    Examples
    --------
    >>> round(hedges_g([5, 6, 7], [4, 5, 6]).value, 4)
    0.8
    """
    return g_from_groups(group(treated), group(control), clustering=clustering, level=level)


def g_from_groups(
    treated: Group, control: Group, *, clustering: Clustering = ALONE, level: float = LEVEL
) -> EffectSize:
    """Return Hedges' g from means, standard deviations and numbers of students.

    Examples
    --------
    >>> g = g_from_groups(Group(6, 1, 3), Group(5, 1, 3))
    >>> round(g.value, 4), round(g.se, 4)
    (0.8, 0.8641)
    """
    first = 1 / treated.n + 1 / control.n
    return _sized(treated.mean - control.mean, first, (treated, control), clustering, level=level)


def g_adjusted(
    difference: float,
    treated: Group,
    control: Group,
    *,
    r_squared: float,
    covariates: int = 1,
    clustering: Clustering = ALONE,
    level: float = LEVEL,
) -> EffectSize:
    """Return Hedges' g of a difference between adjusted means (ANCOVA).

    Parameters
    ----------
    difference
        Between the adjusted means, in the unit of the outcome.
    treated, control
        With their **unadjusted** standard deviations.
    r_squared
        Share of the outcome's variance that the covariates explain; for one pretest the square of
        its correlation with the outcome. 0 when unknown, which widens the interval.
    covariates
        How many.

    Examples
    --------
    >>> a, b = Group(52, 10, 50), Group(50, 10, 50)
    >>> g = g_adjusted(2.0, a, b, r_squared=0.5)
    >>> round(g.value, 3), round(g.se, 3)
    (0.198, 0.142)
    """
    share = within(r_squared, 0, 1, "r_squared")
    first = (1 - share) * (1 / treated.n + 1 / control.n)
    return _sized(difference, first, (treated, control), clustering, covariates, level)


def g_from_regression(
    coefficient: float,
    se: float,
    treated: Group,
    control: Group,
    *,
    covariates: int = 1,
    clustering: Clustering = ALONE,
    level: float = LEVEL,
) -> EffectSize:
    """Return Hedges' g of a regression coefficient with its standard error.

    Parameters
    ----------
    coefficient, se
        Of the treatment, in the unit of the outcome.
    treated, control
        With their unadjusted standard deviations.
    covariates
        How many stand beside the treatment.

    Examples
    --------
    >>> a, b = Group(52, 10, 50), Group(50, 10, 50)
    >>> round(g_from_regression(2.0, 1.4, a, b).se, 3)
    0.141
    """
    first = (positive(se, "se") / pooled_sd(treated, control)) ** 2
    return _sized(coefficient, first, (treated, control), clustering, covariates, level)


def g_gain(
    difference: float,
    treated: Group,
    control: Group,
    *,
    correlation: float,
    clustering: Clustering = ALONE,
    level: float = LEVEL,
) -> EffectSize:
    """Return Hedges' g of a difference between gains (difference in differences).

    Parameters
    ----------
    difference
        Mean gain of the treated minus mean gain of the others.
    treated, control
        With the standard deviations of the **outcome**, not of the gain: a gain has a smaller
        spread and would make the effect look larger.
    correlation
        Between before and after. 0.5 gives the variance of a comparison of outcomes alone.

    Examples
    --------
    >>> a, b = Group(52, 10, 50), Group(50, 10, 50)
    >>> round(g_gain(2.0, a, b, correlation=0.8).se, 3)
    0.127
    """
    share = 2 * (1 - within(correlation, -1, 1, "correlation"))
    first = share * (1 / treated.n + 1 / control.n)
    return _sized(difference, first, (treated, control), clustering, level=level)


def _sized(
    difference: float,
    first: float,
    groups: tuple[Group, Group],
    clustering: Clustering,
    covariates: int = 1,
    level: float = LEVEL,
) -> EffectSize:
    treated, control = groups
    factors = cluster_factors(treated.n, control.n, clustering)
    # One pretest costs no degree of freedom in the published table; two or more cost their number.
    df = factors.df - (covariates if covariates > 1 else 0)
    if df < 1:
        raise ReviewError("review_stats.too_small", name="df", value=df, least=1)
    if not math.isfinite(difference):
        raise ReviewError("review_stats.no_mean", value=difference)
    d = difference / pooled_sd(treated, control)
    g = omega(factors.df) * math.sqrt(factors.gamma) * d
    se = math.sqrt(first * factors.inflation + g * g / (2 * df))
    half = quantile(0.5 + level / 2, df) * se
    return EffectSize("hedges_g", g, se, (g - half, g + half), df, treated.n, control.n, level)


def improvement_index(value: float) -> float:
    """Return how many percentile points an average student of the comparison side would rise.

    ``100 (Phi(g) - 0.5)``: What Works Clearinghouse (2022), Procedures Handbook 5.0.

    Examples
    --------
    >>> round(improvement_index(0.1861), 1)
    7.4
    """
    return 100 * (float(norm.cdf(value)) - 0.5)
