"""Ridge logistic regression on the figures, calibrated on held-out students."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from visitkit.screen.learn.filled import Filled
from visitkit.screen.learn.folds import trust
from visitkit.screen.learn.gate import FREE_EVENTS
from visitkit.screen.learn.model import RiskModel
from visitkit.screen.learn.ridge import Weights, choose_penalty, fit_ridge

Floats = npt.NDArray[np.float64]


class CalibratedLogistic(RiskModel):
    """Log-odds as a weighted sum of figures, with signs kept and strength chosen by the data.

    Parameters
    ----------
    signs : mapping of str to str, optional
        Figure to ``high`` or ``low``, the direction in which it worries.
    min_events : int, default=300
        Fewer students with the outcome, or without it, are refused.
    seed : int, default=0
        Of the folds behind the calibration.

    References
    ----------
    le Cessie and van Houwelingen 1992, doi:10.2307/2347628; strength by marginal likelihood:
    MacKay 1992, doi:10.1162/neco.1992.4.5.720.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> rng = np.random.default_rng(0)
    >>> X = pd.DataFrame({"absent": rng.normal(size=300), "noise": rng.normal(size=300)})
    >>> y = X["absent"] + rng.normal(size=300) > 1
    >>> model = CalibratedLogistic(min_events=15).fit(X, y)
    >>> parts = model.contributions(X)
    >>> bool(np.allclose(parts.sum(axis=1), model.decision_function(X), rtol=0, atol=1e-12))
    True
    """

    def __init__(
        self,
        signs: Mapping[str, str] | None = None,
        min_events: int = FREE_EVENTS,
        seed: int = 0,
    ) -> None:
        self.signs = signs
        self.min_events = min_events
        self.seed = seed

    def _learn(self, figures: Floats, outcome: Floats, signs: Mapping[int, str]) -> None:
        self._grow(figures, outcome, signs)

        def judge(known: Floats, seen: Floats, other: Floats) -> Floats:
            part = CalibratedLogistic(min_events=0)
            part._grow(known, seen, signs, self.variance_)
            return part._odds(other)

        self.slope_, self.shift_ = trust(judge, figures, outcome, self.seed)

    def _grow(
        self,
        figures: Floats,
        outcome: Floats,
        signs: Mapping[int, str],
        variance: float | None = None,
    ) -> None:
        """Learn without the calibration, at a given strength or at the one the outcomes choose."""
        self.slope_, self.shift_ = 1.0, 0.0
        self.filled_ = Filled.learn(figures)
        columns = self.filled_.whole(figures)
        bounds = self.filled_.signs(signs)
        if variance is None:
            free = np.full(columns.shape[1], np.nan)
            variance = choose_penalty(columns, outcome, free, bounds)[1]
        self.variance_ = variance
        penalty = np.full(columns.shape[1], 1 / variance)
        self.weights_ = fit_ridge(columns, outcome, penalty, bounds)

    def _parts(self, figures: Floats) -> tuple[float, Floats]:
        columns = self.filled_.whole(figures) * self.weights_.slopes * self.slope_
        base = self.shift_ + self.slope_ * self.weights_.intercept
        return base, self.filled_.gathered(columns)

    def to_plain(self) -> dict[str, Any]:
        """Return weights, how figures are filled, and the calibration."""
        return {
            "filled": self.filled_.to_plain(),
            "slopes": self.weights_.slopes.tolist(),
            "intercept": self.weights_.intercept,
            "variance": self.variance_,
            "slope": self.slope_,
            "shift": self.shift_,
        }

    def from_plain(self, learned: Mapping[str, Any]) -> None:
        """Take back what :meth:`to_plain` gave."""
        self.filled_ = Filled.from_plain(learned["filled"])
        self.weights_ = Weights(
            np.array(learned["slopes"], dtype=float), float(learned["intercept"])
        )
        self.variance_, self.slope_ = float(learned["variance"]), float(learned["slope"])
        self.shift_ = float(learned["shift"])
