"""Expert points first, corrected by the figures as far as the events carry it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from visitkit.screen.index import RiskIndex
from visitkit.screen.learn.faults import LearnError
from visitkit.screen.learn.filled import Filled
from visitkit.screen.learn.gate import HYBRID_EVENTS
from visitkit.screen.learn.model import RiskModel
from visitkit.screen.learn.ridge import Weights, averaged

Floats = npt.NDArray[np.float64]

#: The index enters in tens of points, and its weight is all but free.
_TENS = 10.0
_LOOSE = 0.01


class Hybrid(RiskModel):
    """The expert index as a nearly free term, and small corrections by the figures.

    With few events the corrections stay near zero and the expert points decide; with many they
    grow. All strengths are averaged, each weighted by how much it made the outcomes be expected.

    Parameters
    ----------
    expert : RiskIndex, optional
        The points card; without one, cut points are learned from the figures alone.
    signs : mapping of str to str, optional
        Figure to ``high`` or ``low``. Corrections may go either way, because they correct points
        that already have their direction; only a missing figure never lowers the risk.
    min_events : int, default=15
        Fewer students with the outcome, or without it, are refused.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> rng = np.random.default_rng(0)
    >>> X = pd.DataFrame({"absent": rng.normal(size=300), "noise": rng.normal(size=300)})
    >>> y = X["absent"] + rng.normal(size=300) > 2
    >>> told = {"absent": {"dimension": "attendance", "worse": "high"}}
    >>> model = Hybrid(expert=RiskIndex(bands={"absent": [0.5, 1, 2]}, extra=told))
    >>> model.fit(X, y).contributions(X).columns.tolist()
    ['base', 'absent', 'noise']
    """

    def __init__(
        self,
        expert: RiskIndex | None = None,
        signs: Mapping[str, str] | None = None,
        min_events: int = HYBRID_EVENTS,
    ) -> None:
        self.expert = expert
        self.signs = signs
        self.min_events = min_events

    def _learn(self, figures: Floats, outcome: Floats, signs: Mapping[int, str]) -> None:
        expert = RiskIndex() if self.expert is None else self.expert
        self.expert_ = RiskIndex(**expert.get_params(deep=False)).fit(self._named(figures))
        self.filled_ = Filled.learn(figures)
        columns = self._columns(figures)
        fixed = np.append(_LOOSE, np.full(columns.shape[1] - 1, np.nan))
        bounds = np.vstack([[0.0, np.inf], self.filled_.signs({})])
        self.weights_, self.variance_ = averaged(columns, outcome, fixed, bounds)

    def _named(self, figures: Floats) -> pd.DataFrame:
        return pd.DataFrame(figures, columns=self.names_)

    def _columns(self, figures: Floats) -> Floats:
        index = self.expert_.transform(self._named(figures))[:, 0] / _TENS
        return np.column_stack([index, self.filled_.whole(figures)])

    def _parts(self, figures: Floats) -> tuple[float, Floats]:
        slopes = self.weights_.slopes
        assessed = self.expert_.assess(self._named(figures))
        if assessed.contributions is None:
            raise LearnError("learn.no_points")
        points = assessed.contributions
        parts = self.filled_.gathered(self.filled_.whole(figures) * slopes[1:])
        outside = np.zeros(len(figures))
        for name in points.columns:
            share = points[name].to_numpy() / _TENS * slopes[0]
            if name in self.names_:
                parts[:, self.names_.index(str(name))] += share
            else:
                outside += share  # figures of the card that this table does not hold: all neutral
        return self.weights_.intercept + float(outside[0] if len(outside) else 0.0), parts

    def to_plain(self) -> dict[str, Any]:
        """Return the expert's settings, weights, and how figures are filled."""
        settings = self.expert_.get_params(deep=False)
        if settings["bands"] is None:
            card = self.expert_.card_
            settings["bands"] = {line.name: list(line.cuts) for line in card.lines}
            settings["extra"] = {
                line.name: {"dimension": line.dimension, "worse": line.worse} for line in card.lines
            }
        return {
            "expert": {name: _plain(value) for name, value in settings.items()},
            "filled": self.filled_.to_plain(),
            "slopes": self.weights_.slopes.tolist(),
            "intercept": self.weights_.intercept,
            "variance": self.variance_,
        }

    def from_plain(self, learned: Mapping[str, Any]) -> None:
        """Take back what :meth:`to_plain` gave."""
        self.filled_ = Filled.from_plain(learned["filled"])
        empty = np.full((1, len(self.filled_.usual)), np.nan)
        self.expert_ = RiskIndex(**learned["expert"]).fit(self._named(empty))
        self.weights_ = Weights(
            np.array(learned["slopes"], dtype=float), float(learned["intercept"])
        )
        self.variance_ = float(learned["variance"])


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return {str(name): _plain(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    return value
