"""What acting on a score would gain over talking with everybody or with nobody."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from visitkit.errors import ScreenError
from visitkit.screen.evaluate import RESAMPLES
from visitkit.screen.validate.calibration import probabilities

Floats = npt.NDArray[np.float64]

#: Thresholds at which a curve is drawn: from one talk in twenty worth it to one in two.
THRESHOLDS = tuple(round(0.05 * step, 2) for step in range(1, 11))


def decision_curve(
    y_true: npt.ArrayLike,
    chance: npt.ArrayLike,
    thresholds: Sequence[float] = THRESHOLDS,
    *,
    seed: int = 0,
    resamples: int = RESAMPLES,
) -> pd.DataFrame:
    """Return the net benefit of talking with everyone above a probability.

    A threshold of 0.2 says that a talk is worth it when at least one in five is needed: a missed
    student then weighs four needless talks. Net benefit counts students rightly talked with, less
    the needless talks at that rate, per student.

    Parameters
    ----------
    y_true : array-like of shape (n_students,)
        1 or 0. Held out.
    chance : array-like of shape (n_students,)
        Probabilities.
    thresholds
        Above 0 and below 1.
    seed, resamples
        Of the bootstrap.

    Returns
    -------
    pandas.DataFrame
        ``threshold``, ``model``, ``low``, ``high`` (95 % interval), ``everyone`` (talking with
        all), ``nobody`` (0), and ``better``: the model beats both by more than chance.

    Raises
    ------
    ScreenError
        As in :func:`visitkit.screen.evaluate.brier`, and when a threshold is not allowed.

    References
    ----------
    Vickers and Elkin 2006, doi:10.1177/0272989X06295361.

    Examples
    --------
    >>> curve = decision_curve([1, 0, 0, 0], [0.9, 0.6, 0.1, 0.1], [0.5])
    >>> curve[["model", "everyone", "nobody"]].values.tolist()
    [[0.0, -0.5, 0.0]]
    """
    truth, promised = probabilities(y_true, chance)
    cuts = np.asarray(thresholds, dtype=np.float64)
    if not ((cuts > 0) & (cuts < 1)).all():
        raise ScreenError("validate.bad_threshold", found=", ".join(map(str, thresholds)))
    rng = np.random.default_rng(seed)
    outcome = truth.astype(np.float64)
    model, everyone = _benefits(outcome, promised, cuts)
    drawn, beyond = np.empty((resamples, len(cuts))), np.empty((resamples, len(cuts)))
    for place in range(resamples):
        rows = rng.integers(0, len(truth), len(truth))
        drawn[place], all_of_them = _benefits(outcome[rows], promised[rows], cuts)
        beyond[place] = drawn[place] - np.maximum(all_of_them, 0)
    low, high = np.quantile(drawn, [0.025, 0.975], axis=0) if resamples else (model, model)
    least = np.quantile(beyond, 0.025, axis=0) if resamples else model - np.maximum(everyone, 0)
    return pd.DataFrame(
        {
            "threshold": cuts,
            "model": model,
            "low": low,
            "high": high,
            "everyone": everyone,
            "nobody": 0.0,
            "better": least > 0,
        }
    )


def _benefits(outcome: Floats, promised: Floats, cuts: Floats) -> tuple[Floats, Floats]:
    chosen = promised[None, :] >= cuts[:, None]
    right, wrong = chosen @ outcome, chosen @ (1 - outcome)
    rate = cuts / (1 - cuts)
    model: Floats = (right - wrong * rate) / len(outcome)
    share = outcome.mean()
    everyone: Floats = share - (1 - share) * rate
    return model, everyone
