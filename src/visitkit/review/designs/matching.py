"""Pairs of students alike in what was known before.

Nearest neighbours in the chance of treatment (Rosenbaum and Rubin 1983,
doi:10.1093/biomet/70.1.41; Ho, Imai, King and Stuart 2011, doi:10.18637/jss.v042.i08), then a
comparison whose errors hold pairs together (Abadie and Spiess 2022,
doi:10.1080/01621459.2020.1840383).
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd

from visitkit.errors import ReviewError
from visitkit.review.designs.overlap import Overlap, overlap, standardised_differences
from visitkit.review.designs.weighting import Groups, propensity_of
from visitkit.review.inputs import labels, same_length
from visitkit.review.result import (
    LEVEL,
    Counts,
    Effect,
    Flags,
    Floats,
    Ints,
    Note,
    check_spread,
    note,
    wald,
)

#: Who chooses a partner first.
ORDERS = ("largest", "smallest", "unit", "random")

#: Fewer pairs than this say nothing about spread.
FEWEST_PAIRS = 5


@dataclass(frozen=True, slots=True)
class MatchingOptions:
    """How pairs are made.

    Parameters
    ----------
    replace
        Whether a control may serve more than once.
    caliper
        Widest difference allowed, in standard deviations of the log-odds; ``None`` for any. 0.2 is
        the advice of Austin 2011, doi:10.1002/pst.359.
    order
        ``"largest"`` or ``"smallest"`` chance first, ``"unit"`` by student number, ``"random"``.
    seed
        Of the random order.
    denominator
        Of standardised differences.
    level
        Of the interval.
    """

    replace: bool = False
    caliper: float | None = None
    order: str = "largest"
    seed: int = 0
    denominator: str = "treated"
    level: float = LEVEL


@dataclass(frozen=True, slots=True)
class MatchedPairs:
    """Pairs, and how alike they are.

    Parameters
    ----------
    treated, control : ndarray of int, shape (n_pairs,)
        Rows of the groups.
    score : ndarray of shape (n,)
        Chance of treatment.
    weight : ndarray of shape (n,)
        How often each student occurs among the pairs.
    overlap
        Of the chances.
    balance
        Standardised differences of ``distance`` and covariates before and after.
    unmatched
        Treated students without a partner: the effect does not speak of them.
    options
        With which the pairs were made.
    """

    treated: Ints
    control: Ints
    score: Floats
    weight: Floats
    overlap: Overlap
    balance: pd.DataFrame
    unmatched: int
    options: MatchingOptions


def match_pairs(
    given: Groups,
    options: MatchingOptions | None = None,
    *,
    strata: Iterable[Hashable] | None = None,
) -> MatchedPairs:
    """Find for each treated student the control with the nearest chance of treatment.

    Outcomes are not looked at. Equal distances go to the lower student number.

    Parameters
    ----------
    given
        From :func:`visitkit.review.designs.weighting.groups`.
    options
        Replacement, caliper, order.
    strata
        One label a row of ``given``: partners have the same one (class, sex, grade).

    Raises
    ------
    ReviewError
        When a setting is unknown, the groups do not overlap, or fewer than 5 pairs are found.

    Examples
    --------
    >>> from visitkit.review.designs.weighting import groups
    >>> rng = np.random.default_rng(6)
    >>> before = rng.normal(size=60)
    >>> visited = (before + rng.normal(size=60)) > 1
    >>> table = groups(rng.normal(size=60), visited, pd.DataFrame({"before": before}), range(60))
    >>> pairs = match_pairs(table)
    >>> len(pairs.treated) == visited.sum() and len(set(pairs.control)) == len(pairs.control)
    True
    """
    options = options or MatchingOptions()
    if options.order not in ORDERS:
        raise ReviewError(
            "review_designs.unknown_choice",
            setting="order",
            found=options.order,
            allowed=", ".join(ORDERS),
        )
    kinds = None if strata is None else labels(strata, "strata")
    if kinds is not None:
        same_length(len(given.outcome), len(kinds), "strata")
    score = propensity_of(given).score
    shared = overlap(score, given.treated)
    pairs = _nearest(given, score, kinds, options)
    if len(pairs) < FEWEST_PAIRS:
        raise ReviewError("review_designs.few_pairs", number=len(pairs), least=FEWEST_PAIRS)
    treated, control = np.array(pairs, dtype=np.int64).T
    weight = np.bincount(np.concatenate([treated, control]), minlength=len(score)).astype(float)
    columns = pd.concat([pd.DataFrame({"distance": score}), given.covariates], axis=1)
    balance = standardised_differences(
        columns, given.treated, weight, denominator=options.denominator
    )
    unmatched = int(given.treated.sum()) - len(pairs)
    return MatchedPairs(treated, control, score, weight, shared, balance, unmatched, options)


def _nearest(
    given: Groups, score: Floats, kinds: Ints | None, options: MatchingOptions
) -> list[tuple[int, int]]:
    """Pair greedily in the order asked for."""
    free = ~given.treated
    control = np.flatnonzero(free)
    control = control[np.argsort(given.unit[control], kind="stable")]
    logit = np.log(score / (1 - score))
    widest = np.inf if options.caliper is None else options.caliper * float(logit.std(ddof=1))
    open_ = np.ones(len(control), dtype=bool)
    pairs = []
    for row in _queue(given, score, options):
        distance = np.abs(score[control] - score[row])
        allowed = open_ & (np.abs(logit[control] - logit[row]) <= widest)
        if kinds is not None:
            allowed &= kinds[control] == kinds[row]
        if not allowed.any():
            continue
        # rounding must not decide between two equally near controls
        best = int(np.argmin(np.where(allowed, np.round(distance, 12), np.inf)))
        pairs.append((int(row), int(control[best])))
        open_[best] = options.replace
    return pairs


def _queue(given: Groups, score: Floats, options: MatchingOptions) -> Ints:
    """Return treated rows in the order in which they choose."""
    treated = np.flatnonzero(given.treated)
    treated = treated[np.argsort(given.unit[treated], kind="stable")]
    if options.order == "random":
        return np.random.default_rng(options.seed).permutation(treated)
    if options.order == "unit":
        return treated
    key = np.round(score[treated], 12)
    return treated[np.argsort(-key if options.order == "largest" else key, kind="stable")]


def matched_effect(given: Groups, pairs: MatchedPairs, *, adjust: bool = True) -> Effect:
    """Compare the outcomes of pairs.

    Parameters
    ----------
    given, pairs
        From :func:`groups` and :func:`match_pairs`.
    adjust
        Whether to take out what imbalance is left: outcomes are regressed on covariates in both
        groups, and the difference is that for the treated students matched.

    Returns
    -------
    Effect
        On the treated students matched. Errors hold pairs together, controls used more than once
        and classes if given (Cameron, Gelbach and Miller 2011, doi:10.1198/jbes.2010.07136), with
        the factor G/(G-1) * (n-1)/(n-k) and t with the smallest G-1 degrees of freedom.

    Raises
    ------
    ReviewError
        When covariates repeat one another among the pairs, or nothing varies.
    """
    rows = np.concatenate([pairs.treated, pairs.control])
    number = len(pairs.treated)
    on = np.repeat([1.0, 0.0], number)
    design = _design(given, rows, on, adjust=adjust)
    if np.linalg.matrix_rank(design / np.maximum(np.abs(design).max(axis=0), 1e-300)) < len(
        design.T
    ):
        raise ReviewError("review_designs.redundant_covariate")
    bread = np.linalg.inv(design.T @ design)
    residual = given.outcome[rows] - design @ (bread @ design.T @ given.outcome[rows])
    estimate = float((bread @ design.T @ given.outcome[rows])[1])
    ways = [np.tile(np.arange(number), 2)]
    if pairs.options.replace:
        ways.append(given.unit[rows])
    if given.cluster is not None:
        ways.append(given.cluster[rows])
    pull = (design @ bread)[:, 1] * residual
    variance, df = multiway(pull, ways, design.shape[1])
    kind = "adjusted" if adjust else "plain"
    check_spread(variance, given.outcome, f"review_designs.method.matched_{kind}")
    return wald(
        estimate,
        float(np.sqrt(variance)),
        _counts(given, pairs),
        f"review_designs.method.matched_{kind}",
        df=df,
        level=pairs.options.level,
        warnings=_notes(given, pairs),
    )


def _design(given: Groups, rows: Ints, on: Floats, *, adjust: bool) -> Floats:
    """Return ones, treatment and, adjusting, covariates from the mean of the treated and products.

    Columns that do not vary among the pairs are left out: they have nothing to take out.
    """
    columns = [np.ones(len(rows)), on]
    if adjust:
        values = given.covariates.to_numpy(dtype=np.float64)[rows]
        values = values[:, np.ptp(values, axis=0) > 0]
        centred = (values - values[on == 1].mean(axis=0)) / values.std(axis=0)
        columns += [*centred.T, *(centred * on[:, None]).T]
    return np.column_stack(columns)


def multiway(pull: Floats, ways: list[Ints], terms: int) -> tuple[float, float]:
    """Return a variance that holds several groupings together, and its degrees of freedom.

    Parameters
    ----------
    pull : ndarray of shape (n,)
        Each row's pull on the estimate; they add up to its error.
    ways : list of ndarray of int, shape (n,)
        Groupings.
    terms
        Of the regression.

    Examples
    --------
    >>> variance, df = multiway(np.array([1.0, 1.0, -2.0]), [np.array([0, 0, 1])], 1)
    >>> round(variance, 6), df
    (16.0, 1.0)
    """
    total, n, fewest = 0.0, len(pull), np.inf
    alone = []
    for size in range(1, len(ways) + 1):
        for chosen in combinations(ways, size):
            _, code = np.unique(np.column_stack(chosen), axis=0, return_inverse=True)
            sums = np.bincount(code.ravel(), weights=pull)
            count = len(sums)
            part = float(sums @ sums) * count / (count - 1) * (n - 1) / (n - terms)
            total += part if size % 2 else -part
            if size == 1:
                alone.append(part)
                fewest = min(fewest, count)
    # the difference of estimated variances may be negative; the largest single one is cautious
    return (total if total > 0 else max(alone)), float(fewest - 1)


def _counts(given: Groups, pairs: MatchedPairs) -> Counts:
    """Count students (and classes) among the pairs, each once."""
    sides = [np.unique(pairs.treated), np.unique(pairs.control)]
    if given.cluster is None:
        return Counts(len(sides[0]), len(sides[1]))
    clusters = (len(np.unique(given.cluster[side])) for side in sides)
    return Counts(len(sides[0]), len(sides[1]), *clusters)


def _notes(given: Groups, pairs: MatchedPairs) -> tuple[Note, ...]:
    """Say who is left out and what is still unlike."""
    notes = []
    if given.left_out:
        notes.append(note("review_designs.warn.rows_left_out", number=given.left_out))
    if pairs.unmatched:
        notes.append(note("review_designs.warn.unmatched", number=pairs.unmatched))
    apart = pairs.balance["after"].drop("distance").abs()
    far = int((apart > APART).sum())
    if far:
        notes.append(note("review_designs.warn.unbalanced", number=far, limit=APART))
    return tuple(notes)


#: Standardised differences above this are not mended by adjusting (What Works Clearinghouse
#: procedures handbook 5.0, baseline equivalence).
APART = 0.25


def matched_rows(pairs: MatchedPairs) -> Flags:
    """Tell which rows of the groups are in a pair."""
    return pairs.weight > 0
