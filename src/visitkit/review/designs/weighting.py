"""Weights that make the groups alike in what was known before.

Weights: Hirano, Imbens and Ridder 2003, doi:10.1111/1468-0262.00442; overlap weights, which need no
trimming and balance means exactly: Li, Morgan and Zaslavsky 2018,
doi:10.1080/01621459.2016.1260466.
Standard errors count that the chances were estimated: Lunceford and Davidian 2004,
doi:10.1002/sim.1903.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from visitkit.errors import ReviewError
from visitkit.review.designs.overlap import Overlap, overlap, standardised_differences
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
from visitkit.review.propensity import Propensity, fit_propensity
from visitkit.review.result import (
    LEVEL,
    Counts,
    Effect,
    Flags,
    Floats,
    Ints,
    check_spread,
    note,
    wald,
)

#: For whom: the treated, everybody, or those who might have gone either way.
TARGETS = ("att", "ate", "overlap")

#: A student who stands for more than this share of a side is named.
HEAVY = 0.1


@dataclass(frozen=True, slots=True)
class Groups:
    """Two groups with their covariates; made by :func:`groups`.

    Parameters
    ----------
    outcome : ndarray of shape (n,)
    treated : ndarray of bool, shape (n,)
    covariates : data frame of shape (n, n_covariates)
    cluster : ndarray of int, shape (n,), or None
    unit : ndarray of int, shape (n,)
        Place of each student in the order of student numbers: decides ties, so that the order of
        rows does not.
    left_out
        Rows with a missing value.
    """

    outcome: Floats
    treated: Flags
    covariates: pd.DataFrame
    cluster: Ints | None
    unit: Ints
    left_out: int

    def rows(self, chosen: Flags) -> Groups:
        """Return some of the rows."""
        cluster = None if self.cluster is None else self.cluster[chosen]
        return Groups(
            self.outcome[chosen],
            self.treated[chosen],
            self.covariates.loc[chosen].reset_index(drop=True),
            cluster,
            self.unit[chosen],
            self.left_out,
        )


def groups(
    outcome: npt.ArrayLike,
    treated: npt.ArrayLike,
    covariates: pd.DataFrame,
    unit: Iterable[Hashable],
    cluster: Iterable[Hashable] | None = None,
) -> Groups:
    """Check two groups and leave out incomplete rows, counted.

    Parameters
    ----------
    outcome, treated : array-like of shape (n,)
    covariates : data frame of shape (n, n_covariates)
        Numbers, known before treatment.
    unit
        Student numbers, each once.
    cluster
        Class or school.

    Raises
    ------
    ReviewError
        When the outcome is constant or missing, a student occurs twice, a side has fewer than two
        students, or there is one cluster.

    Examples
    --------
    >>> known = pd.DataFrame({"age": [12, 13, 12, 14]})
    >>> groups([1, 2, 3, 5], [1, 1, 0, 0], known, ["S1", "S2", "S3", "S4"]).treated.sum()
    np.int64(2)
    """
    y, group = numbers(outcome, "outcome"), flags(treated, "treated")
    same_length(len(y), len(group), "treated")
    x = matrix(covariates, len(y), "covariates")
    codes = labels(unit, "unit")
    same_length(len(y), len(codes), "unit")
    if len(np.unique(codes)) < len(codes):
        raise ReviewError("review_designs.unit_twice", number=len(codes) - len(np.unique(codes)))
    some = None if cluster is None else labels(cluster, "cluster")
    if some is not None:
        same_length(len(y), len(some), "cluster")
    check_outcome(y)
    used = complete([y, *x.T])
    frame = pd.DataFrame(x, columns=list(pd.DataFrame(covariates).columns))
    found = Groups(y, group, frame, some, codes, int((~used).sum())).rows(used)
    check_outcome(found.outcome)
    check_sides(int(found.treated.sum()), int((~found.treated).sum()))
    check_clusters(found.cluster)
    return found


@dataclass(frozen=True, slots=True)
class WeightedEffect:
    """A weighted comparison.

    Parameters
    ----------
    effect
        Difference of weighted means.
    overlap
        Of the chances, before trimming.
    balance
        Standardised differences before and after.
    weight : ndarray of shape (n,)
        Of the rows of the groups, 0 for students trimmed away; each side adds up to 1.
    score : ndarray of shape (n,)
        Chance of treatment; missing for students trimmed away.
    effective
        Effective numbers of students, treated and control.
    trimmed
        Students trimmed away, treated and control.
    """

    effect: Effect
    overlap: Overlap
    balance: pd.DataFrame
    weight: Floats
    score: Floats
    effective: tuple[float, float]
    trimmed: tuple[int, int]


@dataclass(frozen=True, slots=True)
class WeightingOptions:
    """How students are weighted.

    Parameters
    ----------
    target
        ``"att"``, ``"ate"`` or ``"overlap"``.
    trim
        Chances outside ``trim`` to ``1 - trim`` are left out and the chances fitted anew; 0.1 is
        the rule of Crump, Hotz, Imbens and Mitnik 2009, doi:10.1093/biomet/asn055. For ``"att"``
        only chances above ``1 - trim``: treated students with a low chance have many like them.
        Without it a few students can carry a side, and the interval is too short.
    denominator
        Of standardised differences.
    level
        Of the interval.
    """

    target: str = "att"
    trim: float = 0.0
    denominator: str = "treated"
    level: float = LEVEL


def weighted_effect(given: Groups, options: WeightingOptions | None = None) -> WeightedEffect:
    """Compare two groups with weights from the chance of treatment.

    Weights are normalised on each side, which makes stabilised and plain weights the same.

    Parameters
    ----------
    given
        From :func:`groups`.
    options
        Target, trimming, denominator, level.

    Returns
    -------
    WeightedEffect
        With clusters: factor G/(G-1) and t with G-1 degrees of freedom.

    Raises
    ------
    ReviewError
        When a setting is unknown, the covariates separate the groups, or nothing overlaps.

    Examples
    --------
    >>> rng = np.random.default_rng(5)
    >>> before = rng.normal(size=400)
    >>> visited = rng.random(400) < 1 / (1 + np.exp(-before))
    >>> after = before - visited + rng.normal(size=400)
    >>> table = groups(after, visited, pd.DataFrame({"before": before}), range(400))
    >>> found = weighted_effect(table)
    >>> found.effect.ci[0] < -1 < found.effect.ci[1]
    True
    """
    options = options or WeightingOptions()
    if options.target not in TARGETS:
        raise ReviewError(
            "review_designs.unknown_choice",
            setting="target",
            found=options.target,
            allowed=", ".join(TARGETS),
        )
    first = propensity_of(given)
    shared = overlap(first.score, given.treated)
    kept = first.score <= 1 - options.trim
    if options.target != "att":
        kept &= first.score >= options.trim
    check_sides(int((kept & given.treated).sum()), int((kept & ~given.treated).sum()))
    used = given.rows(kept)
    chances = first if kept.all() else propensity_of(used)
    weight, slope = _weights(chances.score, used.treated, options.target)
    effect, share = _estimate(used, chances, weight, slope, options)
    everyone, score = np.zeros(len(kept)), np.full(len(kept), np.nan)
    everyone[kept], score[kept] = share, chances.score
    balance = standardised_differences(
        given.covariates, given.treated, everyone, denominator=options.denominator
    )
    effective = [1 / float((share[side] ** 2).sum()) for side in (used.treated, ~used.treated)]
    trimmed = [int((~kept & side).sum()) for side in (given.treated, ~given.treated)]
    return WeightedEffect(
        effect,
        shared,
        balance,
        everyone,
        score,
        (effective[0], effective[1]),
        (trimmed[0], trimmed[1]),
    )


def propensity_of(given: Groups) -> Propensity:
    """Fit the chance of treatment on all covariates, in the order of student numbers."""
    rows = given.covariates.to_numpy(dtype=np.float64)
    design = np.column_stack([np.ones(len(rows)), rows])
    return fit_propensity(given.treated, design)


def _weights(score: Floats, treated: Flags, target: str) -> tuple[Floats, Floats]:
    """Return weights and how they change with the logarithm of the odds."""
    odds = score / (1 - score)
    if target == "att":
        return np.where(treated, 1.0, odds), np.where(treated, 0.0, odds)
    if target == "overlap":
        slope = score * (1 - score)
        return np.where(treated, 1 - score, score), np.where(treated, -slope, slope)
    inverse = np.where(treated, 1 / score, 1 / (1 - score))
    return inverse, np.where(treated, -1 / odds, odds)


def _estimate(
    used: Groups, chances: Propensity, weight: Floats, slope: Floats, options: WeightingOptions
) -> tuple[Effect, Floats]:
    """Return the difference of weighted means and the share each student has in its side."""
    rows = used.covariates.to_numpy(dtype=np.float64)
    design = np.column_stack([np.ones(len(rows)), rows])
    pull, share, means, n = np.zeros(len(rows)), np.zeros(len(rows)), [], len(rows)
    for side, sign in ((used.treated, 1), (~used.treated, -1)):
        total = float(weight[side].sum())
        mean = float(weight[side] @ used.outcome[side]) / total
        gap = side * (used.outcome - mean)
        through = chances.influence @ ((slope * gap) @ design / n)
        pull += sign * (weight * gap + through) / (total / n)
        share += side * weight / total
        means.append(mean)
    error, df = _error(pull, used.cluster)
    check_spread(error**2, used.outcome, f"review_designs.method.weighted_{options.target}")
    heaviest = float(share.max())
    notes = []
    if used.left_out:
        notes.append(note("review_designs.warn.rows_left_out", number=used.left_out))
    if heaviest > HEAVY:
        notes.append(note("review_designs.warn.heavy_weight", share=f"{heaviest:.0%}"))
    effect = wald(
        means[0] - means[1],
        error,
        counts_of(used),
        f"review_designs.method.weighted_{options.target}",
        df=df,
        level=options.level,
        warnings=notes,
    )
    return effect, share


def _error(pull: Floats, cluster: Ints | None) -> tuple[float, float]:
    """Return the standard error of a mean of influences and its degrees of freedom."""
    if cluster is None:
        return float(np.sqrt(pull @ pull)) / len(pull), np.inf
    sums, count = np.bincount(cluster, weights=pull), len(np.unique(cluster))
    return float(np.sqrt(sums @ sums * count / (count - 1))) / len(pull), count - 1.0


def counts_of(used: Groups) -> Counts:
    """Count students and clusters of both groups."""
    units = int(used.treated.sum()), int((~used.treated).sum())
    if used.cluster is None:
        return Counts(*units)
    clusters = (len(np.unique(used.cluster[side])) for side in (used.treated, ~used.treated))
    return Counts(*units, *clusters)
