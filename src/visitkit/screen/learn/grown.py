"""What models of many trees share: growing, calibration on held-out students, plain data."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from visitkit.screen.learn.filled import Filled
from visitkit.screen.learn.folds import trust
from visitkit.screen.learn.model import RiskModel
from visitkit.screen.learn.trees import Tree

Floats = npt.NDArray[np.float64]


class TreeModel(RiskModel):
    """A model whose log-odds come from trees that are grown once and read as plain data.

    A subclass says how trees are grown (``_grown``), what log-odds they give (``_raw``) and how
    each figure adds to them (``_parts``).
    """

    seed: int

    @abstractmethod
    def _grown(
        self, figures: Floats, outcome: Floats, signs: Mapping[int, str]
    ) -> tuple[Filled, float, list[Tree]]:
        """Return how figures are filled, where the trees start from, and the trees."""

    @abstractmethod
    def _raw(self, filled: Filled, start: float, trees: list[Tree], figures: Floats) -> Floats:
        """Return log-odds before the calibration."""

    def _learn(self, figures: Floats, outcome: Floats, signs: Mapping[int, str]) -> None:
        self._grow(figures, outcome, signs)

        def judge(known: Floats, seen: Floats, other: Floats) -> Floats:
            return self._raw(*self._grown(known, seen, signs), other)

        self.slope_, self.shift_ = trust(judge, figures, outcome, self.seed)

    def _grow(self, figures: Floats, outcome: Floats, signs: Mapping[int, str]) -> None:
        """Learn without the calibration."""
        self.slope_, self.shift_ = 1.0, 0.0
        self.filled_, self.start_, self.trees_ = self._grown(figures, outcome, signs)

    def _odds(self, figures: Floats) -> Floats:
        raw = self._raw(self.filled_, self.start_, self.trees_, figures)
        return self.shift_ + self.slope_ * raw

    def to_plain(self) -> dict[str, Any]:
        """Return the trees, where they start from, how figures are filled, and the calibration."""
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


def added_up(trees: list[Tree], columns: Floats) -> Floats:
    """Return the sum of what the trees say of each student."""
    total = np.zeros(len(columns))
    for tree in trees:
        total += tree.odds(columns)
    return total
