"""The level of both sides behind a difference: plain, and as the analysis compares them."""

from __future__ import annotations

import numpy as np

from visitkit.review.designs.interrupted import SeriesEffect
from visitkit.review.designs.threshold import ThresholdEffect
from visitkit.review.inputs import numbers
from visitkit.review.result import Flags, Floats
from visitkit.review.small_cells import FLOOR
from visitkit.review.stats.regression import ClusterFit
from visitkit.review.study.compare import pairs_of, weights_of
from visitkit.review.study.cutoff import assigned
from visitkit.review.study.declare import Declared
from visitkit.review.study.effect import Found, Means


def means_of(given: Declared, found: Found) -> Means | None:
    """Return the means behind one outcome, of those who were analysed.

    Parameters
    ----------
    given, found
        The declared study and what it found.

    Returns
    -------
    Means or None
        Adjusted means differ by the estimate. ``None`` where the outcome has no level that a mean
        could tell (time to an end, changes of cohorts), and where one of a few students could be
        told from it: fewer than 5 on a side, or fewer than 5 of whom a yes-or-no outcome is true,
        or is not.
    """
    if given.assign in {"staggered", "time_to_event"}:
        return None
    rows = found.analysed
    y, on = numbers(given.table[found.outcome], found.outcome)[rows], _sides(given, rows)
    if given.assign != "series" and _tells_few(y, on):
        return None
    ends = _adjusted(found, y, on)
    return Means(float(y[on].mean()), float(y[~on].mean()), *(ends or (None, None)))


def _sides(given: Declared, rows: Flags) -> Flags:
    if given.assign == "threshold":
        return assigned(given).flagged[rows]
    if given.assign != "series":
        return given.treated[rows]
    when = numbers(given.table[str(given.time)], str(given.time))
    after: Flags = when[rows] >= float(given.start or 0.0)
    return after


def _tells_few(y: Floats, on: Flags) -> bool:
    counts = [int(on.sum()), int((~on).sum())]
    if set(np.unique(y)) <= {0.0, 1.0}:
        # of nobody, or of everybody, nobody is told apart
        counts += [int((y[side] == value).sum()) for side in (on, ~on) for value in (0.0, 1.0)]
        return min(counts[:2]) < FLOOR or any(0 < count < FLOOR for count in counts[2:])
    return min(counts) < FLOOR


def _adjusted(found: Found, y: Floats, on: Flags) -> tuple[float, float] | None:
    """Return the adjusted means, treated and control; nothing where there is no adjusting."""
    estimate, material = found.effect.estimate, found.material
    if isinstance(material, ClusterFit):
        control = float(material.beta[-1])  # at the average of what was known before
        return control + estimate, control
    if pairs_of(found) is not None or weights_of(found) is not None:
        # the others are made like the treated, whose own mean stands
        return float(y[on].mean()), float(y[on].mean()) - estimate
    if isinstance(material, SeriesEffect):
        path = material.path.dropna()
        return float(path["fitted"].mean()), float(path["counterfactual"].mean())
    if isinstance(material, tuple) and isinstance(material[1], ThresholdEffect):
        return material[1].ends
    return None
