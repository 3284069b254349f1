"""How small an effect a study can see: minimum detectable effects, before any is estimated.

Bloom 1995, doi:10.1177/0193841X9501900504; Dong and Maynard 2013 (PowerUp!),
doi:10.1080/19345747.2012.673143.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from scipy import stats

from visitkit.errors import ReviewError
from visitkit.review.stats.checks import at_least, between, positive, within

_MOST = 10_000_000


@dataclass(frozen=True, slots=True)
class Precision:
    """What decides how much a planned study can see.

    Parameters
    ----------
    se
        Standard error of the effect, in standard deviations of the outcome.
    df
        Degrees of freedom of its test.
    units
        Units that are assigned: students, or clusters.
    design
        Names the sentence in ``review_stats.power``.
    """

    se: float
    df: float
    units: int
    design: str


@dataclass(frozen=True, slots=True)
class Mdes:
    """A minimum detectable effect.

    Parameters
    ----------
    value
        In standard deviations: the smallest true effect found with probability ``power``.
    ci_half
        Half the width of the interval to expect.
    precision
        What it rests on.
    power, alpha
        Two-sided.
    """

    value: float
    ci_half: float
    precision: Precision
    power: float
    alpha: float


@dataclass(frozen=True, slots=True)
class Explained:
    """What covariates take away from the noise.

    Parameters
    ----------
    between, within
        Shares of the variance explained between clusters and between students; a study without
        clusters uses ``within``.
    covariates
        How many at the level that is assigned; each costs a degree of freedom.
    """

    between: float = 0.0
    within: float = 0.0
    covariates: int = 0

    def __post_init__(self) -> None:
        within(self.between, 0, 0.999, "between")
        within(self.within, 0, 0.999, "within")
        at_least(self.covariates, 0, "covariates")


#: No covariates.
NOTHING = Explained()


def individuals(n: int, *, share: float = 0.5, explained: Explained = NOTHING) -> Precision:
    """Return the precision of a study in which students are assigned one by one.

    Parameters
    ----------
    n
        Students with an outcome, both sides.
    share
        Of them who are treated.
    explained
        By covariates.

    Examples
    --------
    >>> round(mdes(individuals(400)).value, 4)
    0.2808
    """
    df = at_least(n - explained.covariates - 2, 1, "df")
    split = between(share, 0, 1, "share") * (1 - share)
    return Precision(math.sqrt((1 - explained.within) / (split * n)), df, n, "individuals")


def clusters(
    count: int, size: float, icc: float, *, share: float = 0.5, explained: Explained = NOTHING
) -> Precision:
    """Return the precision of a study in which whole classes or schools are assigned.

    Parameters
    ----------
    count, size
        Clusters on both sides; students in each (harmonic mean).
    icc
        Share of the variance between clusters.
    share
        Of clusters that are treated.
    explained
        By covariates.

    Examples
    --------
    >>> round(mdes(clusters(20, 40, 0.2)).value, 4)
    0.6215
    >>> round(mdes(clusters(20, 40, 0.2, explained=Explained(0.5, 0.5, 1))).value, 4)
    0.441
    """
    df = at_least(count - explained.covariates - 2, 1, "df")
    at_least(size, 1, "size")
    share_between = within(icc, 0, 1, "icc")
    split = between(share, 0, 1, "share") * (1 - share) * count
    variance = share_between * (1 - explained.between) / split
    variance += (1 - share_between) * (1 - explained.within) / (split * size)
    return Precision(math.sqrt(variance), df, count, "clusters")


def multiplier(df: float, power: float = 0.8, alpha: float = 0.05) -> float:
    """Return how many standard errors an effect must be away to be seen.

    Examples
    --------
    >>> round(multiplier(18), 3)
    2.963
    """
    inside = between(alpha, 0, 1, "alpha")
    wanted = between(power, inside, 1, "power")
    return float(stats.t.ppf(1 - inside / 2, df) + stats.t.ppf(wanted, df))


def mdes(precision: Precision, *, power: float = 0.8, alpha: float = 0.05) -> Mdes:
    """Return the minimum detectable effect of a planned study.

    Parameters
    ----------
    precision
        From :func:`individuals`, :func:`clusters`, :func:`threshold` or :func:`before_after`.
    power, alpha
        Probability of seeing it; two-sided level.

    Examples
    --------
    >>> round(mdes(individuals(1000)).value, 3)
    0.177
    """
    value = multiplier(precision.df, power, alpha) * precision.se
    half = float(stats.t.ppf(1 - alpha / 2, precision.df)) * precision.se
    return Mdes(value, half, precision, power, alpha)


def power_of(effect: float, precision: Precision, *, alpha: float = 0.05) -> float:
    """Return the probability that a true effect is seen, by the noncentral t distribution.

    Examples
    --------
    >>> round(power_of(0.6215, clusters(20, 40, 0.2)), 2)
    0.8
    """
    critical = float(stats.t.ppf(1 - between(alpha, 0, 1, "alpha") / 2, precision.df))
    away = abs(effect) / positive(precision.se, "se")
    right = float(stats.nct.sf(critical, precision.df, away))
    # The far tail is beyond scipy's precision for large effects and then 0 in truth.
    left = float(stats.nct.cdf(-critical, precision.df, away))
    return min(1.0, right + (left if math.isfinite(left) else 0.0))


def power_curve(
    effects: Sequence[float], precision: Precision, *, alpha: float = 0.05
) -> tuple[tuple[float, float], ...]:
    """Return pairs of effect and power, for a figure.

    Examples
    --------
    >>> [round(p, 2) for _, p in power_curve([0.0, 0.28, 0.5], individuals(400))]
    [0.05, 0.8, 1.0]
    """
    return tuple((effect, power_of(effect, precision, alpha=alpha)) for effect in effects)


def units_for(
    target: float,
    plan: Callable[[int], Precision],
    *,
    power: float = 0.8,
    alpha: float = 0.05,
) -> int:
    """Return the fewest units with which an effect can be seen.

    Parameters
    ----------
    target
        Effect in standard deviations.
    plan
        From a number of units (students or clusters) to the precision.
    power, alpha
        As in :func:`mdes`.

    Raises
    ------
    ReviewError
        When ten million would not do.

    Examples
    --------
    >>> units_for(0.5, individuals), units_for(0.5, lambda count: clusters(count, 40, 0.2))
    (128, 30)
    """
    positive(target, "target")
    low, high = 2, 4
    while not _enough(plan, high, target, power, alpha):
        low, high = high, high * 2
        if high > _MOST:
            raise ReviewError("review_stats.never_enough", target=target, most=_MOST)
    while high - low > 1:
        middle = (low + high) // 2
        if _enough(plan, middle, target, power, alpha):
            high = middle
        else:
            low = middle
    return high


def _enough(
    plan: Callable[[int], Precision], units: int, target: float, power: float, alpha: float
) -> bool:
    try:
        return mdes(plan(units), power=power, alpha=alpha).value <= target
    except ReviewError:
        return False
