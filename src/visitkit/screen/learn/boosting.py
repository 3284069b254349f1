"""Gradient boosting with small trees, signs kept, and exact reasons."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
from sklearn.ensemble import HistGradientBoostingClassifier
from threadpoolctl import threadpool_limits

from visitkit.screen.learn.faults import LearnError
from visitkit.screen.learn.filled import Filled
from visitkit.screen.learn.gate import FREE_EVENTS
from visitkit.screen.learn.grown import TreeModel, added_up
from visitkit.screen.learn.trees import Tree, attribute

Floats = npt.NDArray[np.float64]


class Boosting(TreeModel):
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
        difference = np.abs(start + added_up(trees, columns) - grown.decision_function(columns))
        if float(difference.max()) > 1e-6:
            raise LearnError("learn.trees_differ")
        return filled, start, trees

    def _raw(self, filled: Filled, start: float, trees: list[Tree], figures: Floats) -> Floats:
        return start + added_up(trees, filled.whole(figures))

    def _parts(self, figures: Floats) -> tuple[float, Floats]:
        base, parts = attribute(self.trees_, self.filled_.whole(figures))
        whole = self.shift_ + self.slope_ * (self.start_ + base)
        return whole, self.filled_.gathered(self.slope_ * parts)


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
