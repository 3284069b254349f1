"""Gradient boosting with small trees, signs kept, and exact reasons."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.ensemble import HistGradientBoostingClassifier
from threadpoolctl import threadpool_limits

from visitkit.screen.learn.faults import LearnError
from visitkit.screen.learn.filled import Filled
from visitkit.screen.learn.folds import trust
from visitkit.screen.learn.gate import FREE_EVENTS
from visitkit.screen.learn.model import RiskModel
from visitkit.screen.learn.trees import Tree, attribute

Floats = npt.NDArray[np.float64]


class Boosting(RiskModel):
    """Many small trees, each correcting the ones before, calibrated on held-out students.

    Parameters
    ----------
    rounds : int, default=200
        Number of trees.
    rate : float, default=0.05
        How much of each tree is taken.
    depth : int, default=3
        Questions on the longest way through a tree: figures that may act together.
    signs : mapping of str to str, optional
        Figure to ``high`` or ``low``, the direction in which it worries.
    min_events : int, default=300
        Fewer students with the outcome, or without it, are refused.
    seed : int, default=0
        Of the folds behind the calibration.

    References
    ----------
    Friedman 2001, doi:10.1214/aos/1013203451.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> rng = np.random.default_rng(0)
    >>> X = pd.DataFrame({"absent": rng.normal(size=300), "noise": rng.normal(size=300)})
    >>> y = X["absent"] + rng.normal(size=300) > 1
    >>> model = Boosting(rounds=20, min_events=15).fit(X, y)
    >>> parts = model.contributions(X)
    >>> bool(np.allclose(parts.sum(axis=1), model.decision_function(X), rtol=0, atol=1e-9))
    True
    """

    def __init__(
        self,
        rounds: int = 200,
        rate: float = 0.05,
        depth: int = 3,
        signs: Mapping[str, str] | None = None,
        min_events: int = FREE_EVENTS,
        seed: int = 0,
    ) -> None:
        self.rounds = rounds
        self.rate = rate
        self.depth = depth
        self.signs = signs
        self.min_events = min_events
        self.seed = seed

    def _learn(self, figures: Floats, outcome: Floats, signs: Mapping[int, str]) -> None:
        self._grow(figures, outcome, signs)

        def judge(known: Floats, seen: Floats, other: Floats) -> Floats:
            filled, start, trees = self._grown(known, seen, signs)
            return _sum(start, trees, filled.whole(other))

        self.slope_, self.shift_ = trust(judge, figures, outcome, self.seed)

    def _grow(self, figures: Floats, outcome: Floats, signs: Mapping[int, str]) -> None:
        """Learn without the calibration."""
        self.slope_, self.shift_ = 1.0, 0.0
        self.filled_, self.start_, self.trees_ = self._grown(figures, outcome, signs)

    def _grown(
        self, figures: Floats, outcome: Floats, signs: Mapping[int, str]
    ) -> tuple[Filled, float, list[Tree]]:
        filled = Filled.learn(figures)
        columns = filled.whole(figures)
        grown = HistGradientBoostingClassifier(
            learning_rate=self.rate,
            max_iter=self.rounds,
            max_depth=self.depth,
            early_stopping=False,
            monotonic_cst=filled.directions(signs),
            random_state=self.seed,
        )
        # a few thousand students are sooner done by one thread than shared out among several
        with threadpool_limits(1, "openmp"):
            grown.fit(columns, outcome)
        start, trees = _read(grown)
        # the trees are read from the library's inner tables: should these ever change, say so
        difference = np.abs(_sum(start, trees, columns) - grown.decision_function(columns))
        if float(difference.max()) > 1e-6:
            raise LearnError("learn.trees_differ")
        return filled, start, trees

    def _odds(self, figures: Floats) -> Floats:
        columns = self.filled_.whole(figures)
        return self.shift_ + self.slope_ * _sum(self.start_, self.trees_, columns)

    def _parts(self, figures: Floats) -> tuple[float, Floats]:
        base, parts = attribute(self.trees_, self.filled_.whole(figures))
        whole = self.shift_ + self.slope_ * (self.start_ + base)
        return whole, self.filled_.gathered(self.slope_ * parts)

    def to_plain(self) -> dict[str, Any]:
        """Return the trees, how figures are filled, and the calibration."""
        return {
            "filled": self.filled_.to_plain(),
            "start": self.start_,
            "trees": [tree.to_plain() for tree in self.trees_],
            "slope": self.slope_,
            "shift": self.shift_,
        }

    def from_plain(self, learned: Mapping[str, Any]) -> None:
        """Take back what :meth:`to_plain` gave."""
        self.filled_ = Filled.from_plain(learned["filled"])
        self.start_ = float(learned["start"])
        self.trees_ = [Tree.from_plain(tree) for tree in learned["trees"]]
        self.slope_, self.shift_ = float(learned["slope"]), float(learned["shift"])


def _sum(start: float, trees: list[Tree], columns: Floats) -> Floats:
    odds = np.full(len(columns), start)
    for tree in trees:
        odds += tree.odds(columns)
    return odds


def _read(grown: HistGradientBoostingClassifier) -> tuple[float, list[Tree]]:
    trees = []
    for (predictor,) in grown._predictors:
        nodes = predictor.nodes
        leaf = nodes["is_leaf"].astype(bool)
        trees.append(
            Tree(
                np.where(leaf, -1, nodes["feature_idx"].astype(np.int64)),
                nodes["num_threshold"].astype(np.float64),
                nodes["left"].astype(np.int64),
                nodes["right"].astype(np.int64),
                nodes["value"].astype(np.float64),
                nodes["count"].astype(np.float64),
            )
        )
    return float(np.ravel(grown._baseline_prediction)[0]), trees
