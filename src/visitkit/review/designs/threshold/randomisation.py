"""Few distinct scores: treat the students right around the cutoff as drawn by lot.

Cattaneo, Frandsen and Titiunik 2015, doi:10.1515/jci-2013-0010: in a window chosen because what was
known before does not differ, the labels are shuffled and the difference is compared with those of
the shuffles. Nothing is assumed about curves, much about the window being narrow.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import brentq

from visitkit.errors import ReviewError
from visitkit.review.designs.threshold.data import ThresholdData
from visitkit.review.inputs import check_outcome, check_sides
from visitkit.review.result import LEVEL, Counts, Effect, Flags, Floats, note

#: Smallest window: so many students on each side.
FEWEST_IN_WINDOW = 10

#: A covariate whose shuffled p is below this speaks against the window. Cattaneo et al. 2015.
BALANCED = 0.15


@dataclass(frozen=True, slots=True)
class Shuffles:
    """How labels are shuffled.

    Parameters
    ----------
    draws
        Number of shuffles; p is never below 1 / (draws + 1).
    seed
        The same seed shuffles alike.
    level
        Of the interval.
    """

    draws: int = 1999
    seed: int = 0
    level: float = LEVEL


@dataclass(frozen=True, slots=True)
class Window:
    """The widest window in which what was known before does not differ.

    Parameters
    ----------
    width
        Distance from the cutoff, in points of the score.
    table
        One row a window tried: ``width``, ``left``, ``right``, ``least_p``, ``used``.
    """

    width: float
    table: pd.DataFrame


def local_randomisation(
    data: ThresholdData, width: float, shuffles: Shuffles | None = None
) -> Effect:
    """Estimate the effect among students within ``width`` of the cutoff, as if drawn by lot.

    Parameters
    ----------
    data
        From :func:`visitkit.review.designs.threshold.threshold_data`.
    width
        In points of the score; from :func:`choose_window`.
    shuffles
        Draws, seed, level.

    Returns
    -------
    Effect
        Difference of means. p from shuffling; the interval holds every constant effect that
        shuffling does not reject; ``se`` is that of Neyman 1923, doi:10.1214/ss/1177012031.

    Raises
    ------
    ReviewError
        When the study is fuzzy, fewer than 10 students stand on a side, or nothing varies.

    Examples
    --------
    >>> from visitkit.review.designs.threshold.data import threshold_data
    >>> score = np.repeat([58, 59, 60, 61], 15)
    >>> outcome = np.random.default_rng(7).normal(size=60) - 2 * (score >= 60)
    >>> found = local_randomisation(threshold_data(score, outcome, 60), width=2)
    >>> found.ci[0] < -2 < found.ci[1], found.p < 0.01
    (True, True)
    """
    shuffles = shuffles or Shuffles()
    if data.fuzzy:
        raise ReviewError("review_designs.fuzzy_window")
    outcome, on = _inside(data, width)
    check_sides(int(on.sum()), int((~on).sum()), FEWEST_IN_WINDOW)
    check_outcome(outcome)
    estimate = float(outcome[on].mean() - outcome[~on].mean())
    error = float(np.sqrt(sum(outcome[side].var(ddof=1) / side.sum() for side in (on, ~on))))
    if error == 0:
        raise ReviewError("review_designs.separated_outcome")
    gap, share = _shuffled(outcome, on, shuffles)
    p = _p(gap, share, estimate, 0.0)
    ends = _interval(gap, share, estimate, error, 1 - shuffles.level)
    counts = Counts(int(on.sum()), int((~on).sum()))
    notes = (
        *data.notes,
        note("review_designs.warn.local_window", width=width),
        note("review_designs.warn.shuffled", draws=shuffles.draws, seed=shuffles.seed),
    )
    method = "review_designs.method.local_randomisation"
    return Effect(estimate, error, ends, np.inf, p, counts, method, shuffles.level, notes)


def _inside(data: ThresholdData, width: float) -> tuple[Floats, Flags]:
    """Return outcomes and labels within the window."""
    left, right = (side.y[np.abs(side.x) <= width] for side in (data.left, data.right))
    on = np.repeat([False, True], [len(left), len(right)])
    return np.concatenate([left, right]), on if data.sign > 0 else ~on


def _shuffled(outcome: Floats, on: Flags, shuffles: Shuffles) -> tuple[Floats, Floats]:
    """Return for each shuffle the difference in outcome, and in the true labels."""
    rng = np.random.default_rng(shuffles.seed)
    treated, n = int(on.sum()), len(on)
    both = np.column_stack([outcome - outcome.mean(), on.astype(np.float64)])
    sums = np.empty((shuffles.draws, 2))
    for draw in range(shuffles.draws):
        sums[draw] = both[rng.permutation(n)[:treated]].sum(axis=0)
    differences = sums / treated - (both.sum(axis=0) - sums) / (n - treated)
    return differences[:, 0], differences[:, 1]


def _p(gap: Floats, share: Floats, estimate: float, effect: float) -> float:
    """Return the share of shuffles at least as far out as the truth, were the effect ``effect``."""
    far = np.abs(gap - effect * share) >= abs(estimate - effect) - 1e-12
    return float((1 + far.sum()) / (1 + len(gap)))


def _interval(
    gap: Floats, share: Floats, estimate: float, error: float, size: float
) -> tuple[float, float]:
    """Return the constant effects that shuffling does not reject."""

    def rejected(effect: float) -> float:
        return _p(gap, share, estimate, effect) - size

    ends = []
    for sign in (-1, 1):
        reach = 4.0
        while rejected(estimate + sign * reach * error) > 0 and reach < 1e3:
            reach *= 2
        if rejected(estimate + sign * reach * error) > 0:
            raise ReviewError("review_designs.few_shuffles", draws=len(gap))
        ends.append(float(brentq(rejected, estimate, estimate + sign * reach * error, xtol=1e-9)))
    return ends[0], ends[1]


def choose_window(data: ThresholdData, shuffles: Shuffles | None = None) -> Window:
    """Widen the window score by score while no covariate differs.

    Parameters
    ----------
    data
        With covariates measured before treatment.
    shuffles
        Draws and seed.

    Returns
    -------
    Window
        The last window before the first with a covariate whose p is below 0.15.

    Raises
    ------
    ReviewError
        When there are no covariates, the scores never hold 10 students a side, or even the smallest
        window differs.
    """
    shuffles = shuffles or Shuffles(draws=999)
    if data.left.z.shape[1] == 0:
        raise ReviewError("review_designs.no_covariates")
    rows = []
    for width in np.unique(np.abs(np.concatenate([data.left.x, data.right.x]))):
        sides = [int((np.abs(side.x) <= width).sum()) for side in (data.left, data.right)]
        if min(sides) < FEWEST_IN_WINDOW:
            continue
        least = _least_p(data, float(width), shuffles)
        rows.append({"width": width, "left": sides[0], "right": sides[1], "least_p": least})
        if least < BALANCED:
            break
    if not rows:
        raise ReviewError("review_designs.too_few_in_window", least=FEWEST_IN_WINDOW)
    table = pd.DataFrame(rows)
    good = table["least_p"] >= BALANCED
    if not good.any():
        raise ReviewError("review_designs.no_balanced_window", limit=BALANCED)
    table["used"] = table["width"] == table["width"][good].max()
    return Window(float(table["width"][good].max()), table)


def _least_p(data: ThresholdData, width: float, shuffles: Shuffles) -> float:
    """Return the smallest shuffled p among the covariates."""
    found = []
    for column in range(data.left.z.shape[1]):
        values, on = _inside(
            data.with_outcome(data.left.z[:, column], data.right.z[:, column]), width
        )
        if np.ptp(values) == 0:
            continue
        gap, share = _shuffled(values, on, shuffles)
        found.append(_p(gap, share, float(values[on].mean() - values[~on].mean()), 0.0))
    return min(found, default=1.0)
