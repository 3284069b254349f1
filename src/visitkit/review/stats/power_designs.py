"""How small an effect can be seen at a threshold, with a before and after, and in shares."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from scipy import optimize, stats

from visitkit.errors import ReviewError
from visitkit.review.stats.checks import at_least, between, one_of, within
from visitkit.review.stats.power import Explained, Mdes, Precision, clusters, individuals, mdes

SHAPES = ("normal", "uniform")


def threshold_design_effect(share: float, shape: str = "normal") -> float:
    """Return how many times the students of a lottery a threshold study needs.

    Parameters
    ----------
    share
        Of students who are flagged.
    shape
        Of the score: ``"normal"`` or ``"uniform"``.

    Notes
    -----
    ``1 / (1 - r²)`` with ``r`` the correlation of score and flag: Goldberger 1972; Schochet 2009,
    doi:10.3102/1076998609332748. It is that of a straight line over all scores. A local estimate
    uses fewer students and sees less: hand in the students within the bandwidth, whose scores are
    nearly uniform.

    Examples
    --------
    >>> round(threshold_design_effect(0.5), 2), threshold_design_effect(0.5, "uniform")
    (2.75, 4.0)
    """
    part = between(share, 0, 1, "share")
    split = part * (1 - part)
    if one_of(shape, SHAPES, "shape") == "uniform":
        return 1 / (1 - 3 * split)
    height = float(stats.norm.pdf(stats.norm.ppf(part)))
    return 1 / (1 - height**2 / split)


def threshold(
    n: int, *, share: float = 0.5, shape: str = "uniform", explained: float = 0.0
) -> Precision:
    """Return the precision of a study at a threshold.

    Parameters
    ----------
    n
        Students whose scores are used, both sides.
    share
        Of them who are flagged.
    shape
        Of the score among them.
    explained
        Share of variance that score and covariates explain.

    Examples
    --------
    >>> round(mdes(threshold(400)).value, 3)
    0.562
    """
    base = individuals(n, share=share, explained=Explained(within=explained, covariates=2))
    effect = threshold_design_effect(share, shape)
    return replace(base, se=base.se * math.sqrt(effect), design="threshold")


def before_after(
    base: Precision, *, before: int = 1, after: int = 1, correlation: float = 0.5
) -> Precision:
    """Return the precision of a comparison of changes (difference in differences).

    Parameters
    ----------
    base
        Of the comparison of outcomes alone, from :func:`individuals` or :func:`clusters`; leave
        out covariates, the time before takes their place.
    before, after
        Measurements of each unit.
    correlation
        Of two measurements of a unit: of students, or of cluster means (Teerenstra and others
        2012, doi:10.1002/sim.5352).

    Notes
    -----
    The variance is multiplied by ``(1 - r) (1/before + 1/after)``: McKenzie 2012,
    doi:10.1016/j.jdeveco.2012.01.002. Under a correlation of 0.5 with one measurement each, a
    comparison of changes sees **less** than one of outcomes.

    Examples
    --------
    >>> round(mdes(before_after(individuals(400), correlation=0.8)).value, 3)
    0.178
    """
    at_least(before, 1, "before")
    at_least(after, 1, "after")
    left = 1 - within(correlation, 0, 0.999, "correlation")
    factor = left * (1 / before + 1 / after)
    return replace(base, se=base.se * math.sqrt(factor), design=f"{base.design}_change")


@dataclass(frozen=True, slots=True)
class ShareMdes:
    """A minimum detectable difference of two shares.

    Parameters
    ----------
    base
        Share expected without help.
    lower, higher
        Differences that could be seen, below and above; ``None`` where the share would have to
        leave 0 to 1.
    n, share
        Students, and the share of them treated.
    power, alpha
        Two-sided.
    """

    base: float
    lower: float | None
    higher: float | None
    n: int
    share: float
    power: float
    alpha: float


def mdes_of_shares(
    base: float, n: int, *, share: float = 0.5, power: float = 0.8, alpha: float = 0.05
) -> ShareMdes:
    """Return the smallest difference of two shares that can be seen.

    Parameters
    ----------
    base
        Share expected without help, for example of students who leave school.
    n
        Students, both sides; divide by the design effect where they sit in classes.
    share
        Of them who are treated.

    Notes
    -----
    Normal approximation with pooled variance under no effect: Fleiss, Levin and Paik 2003,
    doi:10.1002/0471445428, section 4.2.

    Examples
    --------
    >>> found = mdes_of_shares(0.10, 398)
    >>> round(found.higher, 3), round(found.lower, 3)
    (0.1, -0.069)
    """
    between(base, 0, 1, "base")
    at_least(n, 4, "n")
    split = between(share, 0, 1, "share")
    levels = (between(power, alpha, 1, "power"), between(alpha, 0, 1, "alpha"))

    def short(other: float) -> float:
        return abs(other - base) - _reach(base, other, n, split, *levels)

    def solve(end: float) -> float | None:
        near = base + math.copysign(1e-12, end - base)
        if short(end) < 0:
            return None
        return float(optimize.brentq(short, near, end)) - base

    return ShareMdes(base, solve(0.0), solve(1.0), n, share, power, alpha)


def _reach(base: float, other: float, n: int, split: float, power: float, alpha: float) -> float:
    pooled = split * other + (1 - split) * base
    null = pooled * (1 - pooled) / (split * (1 - split) * n)
    real = other * (1 - other) / (split * n) + base * (1 - base) / ((1 - split) * n)
    z = (float(stats.norm.ppf(1 - alpha / 2)), float(stats.norm.ppf(power)))
    return z[0] * math.sqrt(null) + z[1] * math.sqrt(real)


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One way of doing the study, with what it could see.

    Parameters
    ----------
    design
        Names the sentence in ``review_stats.power``.
    units
        Students, or clusters.
    found
        Its minimum detectable effect.
    """

    design: str
    units: int
    found: Mdes


def before_study(
    sizes: Sequence[int],
    *,
    cluster_size: float = 40.0,
    icc: float = 0.1,
    correlation: float = 0.7,
    power: float = 0.8,
    alpha: float = 0.05,
) -> tuple[PlanRow, ...]:
    """Return what each design could see at each number of students: the table to read first.

    Parameters
    ----------
    sizes
        Students, both sides.
    cluster_size
        Students in a class, for the design that assigns classes.
    icc
        Share of the variance between classes.
    correlation
        Between before and after, for the comparison of changes.

    Raises
    ------
    ReviewError
        When no number of students is given.

    Examples
    --------
    >>> [(row.design, round(row.found.value, 2)) for row in before_study([800])]
    [('individuals', 0.2), ('individuals_change', 0.15), ('threshold', 0.4), ('clusters', 0.46)]
    """
    if not sizes:
        raise ReviewError("review_stats.no_sizes")
    rows = []
    for n in sizes:
        plans = [individuals(n), before_after(individuals(n), correlation=correlation)]
        plans.append(threshold(n))
        count = int(n // cluster_size)
        if count >= 4:
            plans.append(clusters(count, cluster_size, icc))
        rows += [PlanRow(p.design, p.units, mdes(p, power=power, alpha=alpha)) for p in plans]
    return tuple(rows)
