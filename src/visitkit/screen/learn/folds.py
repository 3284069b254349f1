"""Held-out log-odds inside a fit, from which a model learns how far to trust itself."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from sklearn.model_selection import StratifiedKFold

from visitkit.screen.learn.ridge import platt, stacked

Floats = npt.NDArray[np.float64]

#: Takes figures and outcomes to learn from, and figures to judge; returns log-odds, where several
#: models judge in a column each.
Judge = Callable[[Floats, Floats, Floats], Floats]

FOLDS = 5


def trust(judge: Judge, figures: Floats, outcome: Floats, seed: int) -> tuple[float, float]:
    """Return slope and intercept that turn a model's log-odds into calibrated ones.

    They are learned from students whom the model had not seen; with fewer than two students of a
    kind there are none to spare, and the log-odds stay as they are.
    """
    held = _held(judge, figures, outcome, seed)
    return (1.0, 0.0) if held is None else platt(held[:, 0], outcome)


def trust_each(
    judge: Judge, figures: Floats, outcome: Floats, seed: int, members: int
) -> tuple[Floats, float]:
    """Return the weights of several models' log-odds, none below 0, and the intercept.

    As :func:`trust`, for models that are added up: who errs less, or otherwise than the rest,
    counts more. Where there are no students to spare each counts the same.

    References
    ----------
    Breiman 1996, "Stacked regressions", Machine Learning 24(1), 49-64.
    """
    held = _held(judge, figures, outcome, seed)
    if held is None:
        return np.full(members, 1 / members), 0.0
    return stacked(held, outcome)


def _held(judge: Judge, figures: Floats, outcome: Floats, seed: int) -> Floats | None:
    splits = int(min(FOLDS, outcome.sum(), len(outcome) - outcome.sum()))
    if splits < 2:
        return None
    parts: list[tuple[npt.NDArray[np.int64], Floats]] = []
    for known, other in StratifiedKFold(splits, shuffle=True, random_state=seed).split(
        figures, outcome
    ):
        odds = judge(figures[known], outcome[known], figures[other])
        parts.append((other, odds.reshape(len(other), -1)))
    held = np.empty((len(outcome), parts[0][1].shape[1]))
    for other, odds in parts:
        held[other] = odds
    return held
