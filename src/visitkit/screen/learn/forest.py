"""A random forest with signs kept, and reasons that add up to the log-odds exactly."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import logit
from sklearn.ensemble import RandomForestClassifier

from visitkit.screen.learn.filled import Filled
from visitkit.screen.learn.gate import FREE_EVENTS
from visitkit.screen.learn.grown import TreeModel, added_up
from visitkit.screen.learn.trees import Tree, attribute

Floats = npt.NDArray[np.float64]

#: Two shares that lie closer than this have a slope between them, not a ratio of differences.
_CLOSE = 1e-6

#: Figures beyond this many spreads are no different: the trees compare in single precision.
_FAR = 1e30


class Forest(TreeModel):
    """Many trees on resampled students, each question chosen among few figures; their mean share.

    Parameters
    ----------
    trees : int, default=100
        Number of trees.
    leaf : int, default=5
        Least students in a leaf.
    signs : mapping of str to str, optional
        Figure to ``high`` or ``low``, the direction in which it worries.
    min_events : int, default=300
        Fewer students with the outcome, or without it, are refused.
    seed : int, default=0
        Of the resamples, the figures tried, and the folds behind the calibration.

    Notes
    -----
    The mean share of the leaves is drawn in by one student of the usual share to each leaf, so that
    it is never 0 or 1. What a figure adds to the share is its Shapley value; log-odds are no sum of
    shares, so these parts are brought to the log-odds as Aumann and Shapley divide the value of a
    function of a sum: each in the same proportion. They add up without a rest.

    References
    ----------
    Breiman 2001, doi:10.1023/A:1010933404324. Division: Aumann and Shapley 1974, "Values of
    Non-Atomic Games", Princeton University Press; Chen, Lundberg and Lee 2022, "Explaining a series
    of models by propagating Shapley values", Nature Communications 13, 4512.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> rng = np.random.default_rng(0)
    >>> X = pd.DataFrame({"absent": rng.normal(size=300), "noise": rng.normal(size=300)})
    >>> y = X["absent"] + rng.normal(size=300) > 1
    >>> model = Forest(trees=10, min_events=15).fit(X, y)
    >>> parts = model.contributions(X)
    >>> bool(np.allclose(parts.sum(axis=1), model.decision_function(X), rtol=0, atol=1e-9))
    True
    """

    def __init__(
        self,
        trees: int = 100,
        leaf: int = 5,
        signs: Mapping[str, str] | None = None,
        min_events: int = FREE_EVENTS,
        seed: int = 0,
    ) -> None:
        self.trees = trees
        self.leaf = leaf
        self.signs = signs
        self.min_events = min_events
        self.seed = seed

    def _grown(
        self, figures: Floats, outcome: Floats, signs: Mapping[int, str]
    ) -> tuple[Filled, float, list[Tree]]:
        filled = Filled.learn(figures)
        grown = RandomForestClassifier(
            self.trees,
            min_samples_leaf=self.leaf,
            monotonic_cst=filled.directions(signs),
            random_state=self.seed,
        )
        grown.fit(_single(filled, figures), outcome)
        return filled, float(outcome.mean()), [_read(one) for one in grown.estimators_]

    def _raw(self, filled: Filled, start: float, trees: list[Tree], figures: Floats) -> Floats:
        share = added_up(trees, _single(filled, figures)) / len(trees)
        odds: Floats = logit(self._drawn_in(share, start))
        return odds

    def _drawn_in(self, share: Floats, usual: float) -> Floats:
        drawn: Floats = (self.leaf * share + usual) / (self.leaf + 1)
        return drawn

    def _parts(self, figures: Floats) -> tuple[float, Floats]:
        total, parts = attribute(self.trees_, _single(self.filled_, figures))
        parts = parts / len(self.trees_) * self.leaf / (self.leaf + 1)
        base = float(self._drawn_in(np.array(total / len(self.trees_)), self.start_))
        parts *= self.slope_ * _steepness(base, base + parts.sum(axis=1))[:, None]
        return self.shift_ + self.slope_ * float(logit(base)), self.filled_.gathered(parts)


def _single(filled: Filled, figures: Floats) -> Floats:
    """Return the columns as the trees see them: in single precision."""
    columns = np.clip(filled.whole(figures), -_FAR, _FAR)
    return columns.astype(np.float32).astype(np.float64)


def _steepness(base: float, share: Floats) -> Floats:
    """Return how much log-odds a unit of share is worth between the base and each share."""
    apart = share - base
    close = np.abs(apart) < _CLOSE
    middle = (share + base) / 2
    slope = 1 / (middle * (1 - middle))
    ratio = (logit(share) - logit(base)) / np.where(close, 1.0, apart)
    return np.where(close, slope, ratio)


def _read(grown: Any) -> Tree:
    tree = grown.tree_
    leaf = tree.children_left < 0
    value = tree.value[:, 0, :]
    return Tree(
        np.where(leaf, -1, tree.feature).astype(np.int64),
        np.where(leaf, 0.0, tree.threshold),
        np.where(leaf, 0, tree.children_left).astype(np.int64),
        np.where(leaf, 0, tree.children_right).astype(np.int64),
        np.where(leaf, value[:, 1] / value.sum(axis=1), 0.0),
        tree.weighted_n_node_samples.astype(np.float64),
    )
