"""Held-out log-odds inside a fit, from which a model learns how far to trust itself."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from sklearn.model_selection import StratifiedKFold

from visitkit.screen.learn.ridge import platt

Floats = npt.NDArray[np.float64]

#: Takes figures and outcomes to learn from, and figures to judge; returns log-odds.
Judge = Callable[[Floats, Floats, Floats], Floats]

FOLDS = 5


def trust(judge: Judge, figures: Floats, outcome: Floats, seed: int) -> tuple[float, float]:
    """Return slope and intercept that turn a model's log-odds into calibrated ones.

    They are learned from students whom the model had not seen; with fewer than two students of a
    kind there are none to spare, and the log-odds stay as they are.
    """
    splits = int(min(FOLDS, outcome.sum(), len(outcome) - outcome.sum()))
    if splits < 2:
        return 1.0, 0.0
    held = np.empty(len(outcome))
    for known, other in StratifiedKFold(splits, shuffle=True, random_state=seed).split(
        figures, outcome
    ):
        held[other] = judge(figures[known], outcome[known], figures[other])
    return platt(held, outcome)
