"""The effect at the cutoff: local polynomial, bias-corrected, with a robust interval.

Calonico, Cattaneo and Titiunik 2014, doi:10.3982/ECTA11757: the estimate is corrected for its
leading bias and the interval counts the correction's own noise. The plain estimate stands beside.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from visitkit.errors import ReviewError
from visitkit.review.designs.threshold.bandwidth import (
    Bandwidths,
    ThresholdOptions,
    best_bandwidths,
    covariate_slopes,
    has_mass_points,
    residuals,
)
from visitkit.review.designs.threshold.data import Side, ThresholdData
from visitkit.review.designs.threshold.kernels import kernel_weights
from visitkit.review.designs.threshold.local import VARIANCES, smoother, spread
from visitkit.review.result import (
    Counts,
    Effect,
    Floats,
    Note,
    check_spread,
    note,
    wald,
)

_Column = Callable[[Side], Floats]

#: Below this, overridden decisions leave the score too weak to learn from (Staiger and Stock 1997,
#: doi:10.2307/2171753).
LEAST_F = 10.0

#: With fewer distinct scores inside the window on a side, local randomisation is more honest.
FEW_SCORES = 20

#: With fewer clusters on a side, the normal interval is too narrow.
FEW_CLUSTERS = 20


@dataclass(frozen=True, slots=True)
class ThresholdEffect:
    """The effect for students whose score is near the cutoff.

    Parameters
    ----------
    robust
        Bias-corrected estimate with the robust standard error and interval. Use this one.
    conventional
        Local polynomial estimate with its own standard error; its interval ignores bias.
    h, b
        Bandwidths of the estimate and of the bias, in points of the score.
    n_h, n_b
        Students inside each window, left and right of the cutoff.
    distinct
        Distinct scores inside the first window, left and right.
    first_stage_f
        How strongly the score decided who was treated; ``None`` when it decided alone.
    ends
        Where the corrected lines of the treated and of the others meet the cutoff, at the average
        covariates of the window: their difference is the robust estimate. ``None`` when others
        than the flagged were treated.
    """

    robust: Effect
    conventional: Effect
    h: float
    b: float
    n_h: tuple[int, int]
    n_b: tuple[int, int]
    distinct: tuple[int, int]
    first_stage_f: float | None
    ends: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class _Fit:
    """One side: rows inside the windows, their weights in the plain and corrected estimate."""

    side: Side
    plain: Floats
    corrected: Floats
    weight_h: Floats
    weight_b: Floats


def threshold_effect(
    data: ThresholdData, options: ThresholdOptions | None = None
) -> ThresholdEffect:
    """Estimate the effect at the cutoff, sharp or fuzzy as the data are.

    Parameters
    ----------
    data
        From :func:`visitkit.review.designs.threshold.threshold_data`.
    options
        Kernel, order, bandwidths, variance.

    Returns
    -------
    ThresholdEffect
        Treated minus control, in the unit of the outcome. For a fuzzy study the effect on students
        whose treatment the score decided; bandwidths are those of the outcome.

    Raises
    ------
    ReviewError
        When too few distinct scores lie inside the window, nothing varies, a setting is unknown, or
        the first stage of a fuzzy study has F below 10.

    Examples
    --------
    >>> from visitkit.review.designs.threshold.data import threshold_data
    >>> rng = np.random.default_rng(2)
    >>> score = rng.uniform(0, 100, 2000)
    >>> outcome = score / 10 - 3 * (score >= 60) + rng.normal(size=2000)
    >>> found = threshold_effect(threshold_data(score, outcome, 60))
    >>> found.robust.ci[0] < -3 < found.robust.ci[1]
    True
    """
    options = options or ThresholdOptions()
    _check(options)
    widths = _bandwidths(data, options)
    left, right = (_fit(side, options, widths) for side in (data.left, data.right))
    return _result(data, options, widths, (left, right), _figures(data, options, left, right))


def _check(options: ThresholdOptions) -> None:
    if options.variance not in VARIANCES:
        raise ReviewError(
            "review_designs.unknown_choice",
            setting="variance",
            found=options.variance,
            allowed=", ".join(VARIANCES),
        )


def _bandwidths(data: ThresholdData, options: ThresholdOptions) -> Bandwidths:
    if options.bandwidth is not None:
        return Bandwidths(options.bandwidth, options.bias_bandwidth or options.bandwidth)
    return best_bandwidths(data, options)


def _fit(side: Side, options: ThresholdOptions, widths: Bandwidths) -> _Fit:
    """Return the weights of one side, plain and corrected for bias."""
    weight_h = kernel_weights(side.x, widths.h, options.kernel) / widths.h
    weight_b = kernel_weights(side.x, widths.b, options.kernel) / widths.b
    used = (weight_h > 0) | (weight_b > 0)
    near, weight_h, weight_b = side.rows(used), weight_h[used], weight_b[used]
    p = options.order
    plain = smoother(near.x, weight_h, p)[0]
    bias = widths.h ** (p + 1) * float(plain @ (near.x / widths.h) ** (p + 1))
    corrected = plain - bias * smoother(near.x, weight_b, p + 1)[p + 1]
    return _Fit(near, plain, corrected, weight_h, weight_b)


def _slopes(left: _Fit, right: _Fit, order: int) -> Floats:
    return covariate_slopes([(fit.side, fit.weight_h) for fit in (left, right)], order)


def _jump(left: _Fit, right: _Fit, column: _Column) -> tuple[float, float]:
    """Return right minus left, plain and corrected."""
    ends = [
        (fit.plain @ column(fit.side), fit.corrected @ column(fit.side)) for fit in (left, right)
    ]
    return float(ends[1][0] - ends[0][0]), float(ends[1][1] - ends[0][1])


def _first_stage(left: _Fit, right: _Fit, options: ThresholdOptions) -> float:
    """Return F of the jump in treatment, and refuse a weak one."""
    jump = _jump(left, right, lambda side: side.received)[0]
    variance = sum(_spreads(fit, fit.side.received, options)[0] for fit in (left, right))
    strength = jump**2 / variance if variance > 0 else (np.inf if jump else 0.0)
    if strength < LEAST_F:
        raise ReviewError("review_designs.weak_first_stage", f=float(strength), least=LEAST_F)
    return float(strength)


def _spreads(fit: _Fit, outcome: Floats, options: ThresholdOptions) -> tuple[float, float]:
    """Return the variance of one side's weighted outcomes, plain and corrected."""
    p, cluster = options.order, fit.side.cluster
    plain = residuals(fit.side, outcome, fit.weight_h, p, options)
    corrected = plain
    if options.variance != "nn" or cluster is not None:
        corrected = residuals(fit.side, outcome, fit.weight_b, p + 1, options)
    return (
        spread(fit.plain, plain, cluster, p),
        spread(fit.corrected, corrected, cluster, p + 1),
    )


@dataclass(frozen=True, slots=True)
class _Figures:
    """Estimates and variances, plain and corrected, and the first stage."""

    estimates: tuple[float, float]
    variances: tuple[float, float]
    first_f: float | None
    ends: tuple[float, float]


def _figures(data: ThresholdData, options: ThresholdOptions, left: _Fit, right: _Fit) -> _Figures:
    """Estimate; a fuzzy study as the ratio of two jumps, its noise by the delta method."""
    gamma = _slopes(left, right, options.order)
    y = _jump(left, right, lambda side: side.y - side.z @ gamma)
    first_f, on_y, on_t = None, 1.0, 0.0
    if data.fuzzy:
        first_f = _first_stage(left, right, options)
        t = _jump(left, right, lambda side: side.received)
        on_y, on_t = 1 / t[0], -y[0] / t[0] ** 2
        y = (y[0] / t[0], y[0] / t[0] + on_y * (y[1] - y[0]) + on_t * (t[1] - t[0]))
    both = [
        _spreads(fit, on_y * (fit.side.y - fit.side.z @ gamma) + on_t * fit.side.received, options)
        for fit in (left, right)
    ]
    variances = (both[0][0] + both[1][0], both[0][1] + both[1][1])
    outcomes = np.concatenate([left.side.y, right.side.y])
    for variance in variances:
        check_spread(variance, outcomes, "review_designs.method.threshold_sharp_robust")
    return _Figures(y, variances, first_f, _ends(left, right, gamma))


def _ends(left: _Fit, right: _Fit, gamma: Floats) -> tuple[float, float]:
    """Return where the corrected lines meet the cutoff, left and right, at average covariates."""
    near = np.vstack([fit.side.z[fit.weight_h > 0] for fit in (left, right)])
    middle = float(near.mean(axis=0) @ gamma)
    low, high = (
        float(fit.corrected @ (fit.side.y - fit.side.z @ gamma)) + middle for fit in (left, right)
    )
    return low, high


def _result(
    data: ThresholdData,
    options: ThresholdOptions,
    widths: Bandwidths,
    fits: tuple[_Fit, _Fit],
    found: _Figures,
) -> ThresholdEffect:
    """Put numbers, counts and warnings together."""
    n_h = _pair(int((fit.weight_h > 0).sum()) for fit in fits)
    n_b = _pair(int((fit.weight_b > 0).sum()) for fit in fits)
    distinct = _pair(len(np.unique(fit.side.x[fit.weight_h > 0])) for fit in fits)
    sign = 1 if data.fuzzy else data.sign
    kind = "fuzzy" if data.fuzzy else "sharp"
    notes = (*data.notes, *_notes(data, distinct, fits))
    effects = [
        wald(
            sign * estimate,
            float(np.sqrt(variance)),
            _counts(data, fits),
            f"review_designs.method.threshold_{kind}_{name}",
            level=options.level,
            warnings=notes,
        )
        for name, estimate, variance in zip(
            ("plain", "robust"), found.estimates, found.variances, strict=True
        )
    ]
    ends = found.ends[::-1] if data.sign > 0 else found.ends
    sizes = (widths.h, widths.b, n_h, n_b, distinct, found.first_f)
    return ThresholdEffect(effects[1], effects[0], *sizes, None if data.fuzzy else ends)


def _pair(values: Iterable[int]) -> tuple[int, int]:
    left, right = values
    return left, right


def _counts(data: ThresholdData, fits: tuple[_Fit, _Fit]) -> Counts:
    """Count students and clusters inside the window of the estimate."""
    units = data.counts(*_pair(int((fit.weight_h > 0).sum()) for fit in fits))
    if data.left.cluster is None:
        return Counts(*units)
    clusters = _pair(
        0 if fit.side.cluster is None else len(np.unique(fit.side.cluster[fit.weight_h > 0]))
        for fit in fits
    )
    return Counts(*units, *data.counts(*clusters))


def _notes(
    data: ThresholdData, distinct: tuple[int, int], fits: tuple[_Fit, _Fit]
) -> tuple[Note, ...]:
    """Say what weakens the number."""
    notes = []
    if has_mass_points(data):
        notes.append(note("review_designs.warn.mass_points"))
    if min(distinct) < FEW_SCORES:
        notes.append(note("review_designs.warn.few_scores", left=distinct[0], right=distinct[1]))
    if data.left.cluster is not None:
        counts = _counts(data, fits)
        fewest = min(counts.clusters_treated or 0, counts.clusters_control or 0)
        if fewest < FEW_CLUSTERS:
            notes.append(note("review_designs.warn.few_clusters", number=fewest))
    return tuple(notes)
