"""The smallest effect a study could see: told before what it found."""

from __future__ import annotations

import numpy as np

from visitkit.errors import ReviewError
from visitkit.review.designs.threshold.data import Side
from visitkit.review.designs.threshold.pooling import Explained as Around
from visitkit.review.designs.threshold.pooling import detectable
from visitkit.review.result import Floats
from visitkit.review.stats import Explained, Precision, clusters, individuals, mdes
from visitkit.review.stats.power import multiplier
from visitkit.review.study.compare import Sides, share_between, sides
from visitkit.review.study.cutoff import assigned, cut, options_of
from visitkit.review.study.declare import Declared
from visitkit.review.study.effect import Found, Seen

#: Probability with which an effect is to be found.
POWER = 0.8
#: Shares explained are held below this: nothing explains an outcome whole.
_MOST = 0.99


def planned(given: Declared, outcome: str) -> Seen | None:
    """Return what could be seen, from numbers alone; ``None`` where only the error can tell.

    Parameters
    ----------
    given
        Drawn and threshold studies; the spread of the outcome **within** sides is read, its
        difference between sides is not.
    outcome
        Its column.
    """
    if given.assign == "threshold":
        return _at_cutoff(given, outcome)
    if given.assign != "randomised":
        return None
    two = sides(given, outcome)
    found = mdes(_precision(two), power=POWER, alpha=1 - given.level)
    spread = float(np.sqrt(np.mean(_within(two.y, two) ** 2)))
    return Seen(outcome, found.value * spread, found.value, "planned", POWER, given.level)


def from_error(found: Found, level: float) -> Seen:
    """Return what could be seen from the standard error that the estimate has.

    Parameters
    ----------
    found
        Its error and degrees of freedom are read, its estimate is not.
    level
        Of the interval.
    """
    effect = found.effect
    value = multiplier(effect.df, POWER, 1 - level) * effect.se
    size = found.size
    in_sd = value * abs(size.value / effect.estimate) if size and effect.estimate else None
    return Seen(found.outcome, value, in_sd, "error", POWER, level)


def _precision(two: Sides) -> Precision:
    share, k = float(two.treated.mean()), two.x.shape[1]
    y = _within(two.y, two)
    r2 = _explained(y, two)
    if two.cluster is None or not _whole(two):
        return individuals(len(y), share=share, explained=Explained(0.0, r2, k))
    icc = share_between(two.y, two.treated, two.cluster)
    count = len(set(two.cluster))
    codes = np.unique(np.array([str(one) for one in two.cluster]), return_inverse=True)[1]
    part = float((np.bincount(codes, two.treated) > 0).mean())
    size = 1 / float(np.mean(1 / np.bincount(codes)))
    free = min(k, max(count - 3, 0))
    return clusters(count, size, icc, share=part, explained=Explained(r2, r2, free))


def _whole(two: Sides) -> bool:
    """Tell whether classes were treated as wholes."""
    kinds = {(one, bool(side)) for one, side in zip(two.cluster or (), two.treated, strict=True)}
    return len(kinds) == len(set(two.cluster or ()))


def _within(values: Floats, two: Sides) -> Floats:
    out = values.astype(np.float64).copy()
    for side in (two.treated, ~two.treated):
        out[side] -= out[side].mean()
    return out


def _explained(y: Floats, two: Sides) -> float:
    """Return the share of variance within sides that the baseline explains."""
    if not two.x.shape[1] or len(y) <= two.x.shape[1] + 2:
        return 0.0
    x = np.column_stack([_within(two.x[name].to_numpy(), two) for name in two.x])
    rest = y - x @ np.linalg.lstsq(x, y, rcond=None)[0]
    adjusted = 1 - (rest @ rest) / (y @ y) * (len(y) - 2) / (len(y) - 2 - x.shape[1])
    return float(min(max(adjusted, 0.0), _MOST))


def _at_cutoff(given: Declared, outcome: str) -> Seen:
    data = cut(given, outcome)
    options = options_of(given)
    width = detectable(data, options, power=POWER).bandwidth
    near = [side.rows(np.abs(side.x) <= width) for side in (data.left, data.right)]
    if min(len(side.y) for side in near) < 2:
        raise ReviewError("review_designs.too_few_in_window", least=2)
    spread, r2 = _around(near)
    around = Around(r2=r2, take_up=_take_up(given) if data.fuzzy else 1.0)
    found = detectable(data, options, around, power=POWER)
    return Seen(outcome, found.effect * spread, found.effect, "planned", POWER, given.level)


def _around(near: list[Side]) -> tuple[float, float]:
    """Return the spread within sides, and the share of it that score and covariates explain."""
    gaps = np.concatenate([side.y - side.y.mean() for side in near])
    rows = [
        np.column_stack([side.x - side.x.mean(), side.z - side.z.mean(axis=0)]) for side in near
    ]
    x, free = np.vstack(rows), len(gaps) - 2
    if np.ptp(gaps) == 0:
        raise ReviewError("review_designs.constant_outcome", number=len(gaps))
    rest = gaps - x @ np.linalg.lstsq(x, gaps, rcond=None)[0]
    shrunk = free / max(free - x.shape[1], 1) * float(rest @ rest) / float(gaps @ gaps)
    return float(np.sqrt(gaps @ gaps / free)), float(min(max(1 - shrunk, 0.0), _MOST))


def _take_up(given: Declared) -> float:
    """Return by how much the flag raises the share treated."""
    flagged = assigned(given).flagged
    jump = given.treated[flagged].mean() - given.treated[~flagged].mean()
    return float(min(jump, 1.0))
