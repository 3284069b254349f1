"""The mean of a weighted sum, of small trees and of a forest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from visitkit.screen.learn.boosting import Boosting
from visitkit.screen.learn.folds import trust
from visitkit.screen.learn.forest import Forest
from visitkit.screen.learn.gate import FREE_EVENTS
from visitkit.screen.learn.logistic import CalibratedLogistic
from visitkit.screen.learn.model import RiskModel

Floats = npt.NDArray[np.float64]
Member = CalibratedLogistic | Boosting | Forest


class Blend(RiskModel):
    """The mean log-odds of a logistic regression, boosted trees and a forest, calibrated again.

    :class:`CalibratedLogistic`, :class:`Boosting` and :class:`Forest` err in different ways: one
    sees no figures that act together, one learns on from its own errors, one only averages. Each
    counts a third; weights learned from held-out students gained nothing on public data.

    Parameters
    ----------
    rounds : int, default=200
        Number of boosted trees.
    trees : int, default=100
        Number of trees of the forest.
    signs : mapping of str to str, optional
        Figure to ``high`` or ``low``, the direction in which it worries.
    min_events : int, default=300
        Fewer students with the outcome, or without it, are refused.
    seed : int, default=0
        Of the folds behind the calibration.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> rng = np.random.default_rng(0)
    >>> X = pd.DataFrame({"absent": rng.normal(size=200), "noise": rng.normal(size=200)})
    >>> y = X["absent"] + rng.normal(size=200) > 1
    >>> model = Blend(rounds=10, trees=10, min_events=15).fit(X, y)
    >>> parts = model.contributions(X.head(20))
    >>> odds = model.decision_function(X.head(20))
    >>> bool(np.allclose(parts.sum(axis=1), odds, rtol=0, atol=1e-9))
    True
    """

    def __init__(
        self,
        rounds: int = 200,
        trees: int = 100,
        signs: Mapping[str, str] | None = None,
        min_events: int = FREE_EVENTS,
        seed: int = 0,
    ) -> None:
        self.rounds = rounds
        self.trees = trees
        self.signs = signs
        self.min_events = min_events
        self.seed = seed

    def _members(self) -> tuple[CalibratedLogistic, Boosting, Forest]:
        return (
            CalibratedLogistic(min_events=0),
            Boosting(self.rounds, min_events=0, seed=self.seed),
            Forest(self.trees, min_events=0, seed=self.seed),
        )

    def _learn(self, figures: Floats, outcome: Floats, signs: Mapping[int, str]) -> None:
        self.members_ = self._members()
        first = self.members_[0]
        for member in self.members_:
            member._grow(figures, outcome, signs)

        def judge(known: Floats, seen: Floats, other: Floats) -> Floats:
            # the strength was chosen on all students; it hardly differs between parts
            again, trees, forest = self._members()
            again._grow(known, seen, signs, first.variance_)
            trees._grow(known, seen, signs)
            forest._grow(known, seen, signs)
            return _mean((again, trees, forest), other)

        self.slope_, self.shift_ = trust(judge, figures, outcome, self.seed)

    def _odds(self, figures: Floats) -> Floats:
        return self.shift_ + self.slope_ * _mean(self.members_, figures)

    def _parts(self, figures: Floats) -> tuple[float, Floats]:
        bases, parts = zip(*[member._parts(figures) for member in self.members_], strict=True)
        whole: Floats = self.slope_ * np.mean(parts, axis=0)
        return self.shift_ + self.slope_ * float(np.mean(bases)), whole

    def to_plain(self) -> dict[str, Any]:
        """Return what the models learned, and the calibration."""
        members = [member.to_plain() for member in self.members_]
        return {"members": members, "slope": self.slope_, "shift": self.shift_}

    def from_plain(self, learned: Mapping[str, Any]) -> None:
        """Take back what :meth:`to_plain` gave."""
        self.members_ = self._members()
        for member, plain in zip(self.members_, learned["members"], strict=True):
            member.from_plain(plain)
        self.slope_, self.shift_ = float(learned["slope"]), float(learned["shift"])


def _mean(members: tuple[Member, ...], figures: Floats) -> Floats:
    odds: Floats = np.mean([member._odds(figures) for member in members], axis=0)
    return odds
