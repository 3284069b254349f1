"""A weighted sum, small trees and a forest, added up by what each is worth."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from visitkit.screen.learn.boosting import Boosting
from visitkit.screen.learn.folds import trust_each
from visitkit.screen.learn.forest import Forest
from visitkit.screen.learn.gate import FREE_EVENTS
from visitkit.screen.learn.logistic import CalibratedLogistic
from visitkit.screen.learn.model import RiskModel

Floats = npt.NDArray[np.float64]
Member = CalibratedLogistic | Boosting | Forest


class Blend(RiskModel):
    """The log-odds of a logistic regression, boosted trees and a forest, weighted and calibrated.

    :class:`CalibratedLogistic`, :class:`Boosting` and :class:`Forest` err in different ways: one
    sees no figures that act together, one learns on from its own errors, one only averages.
    Held-out students inside the fit say how much each counts.

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
            return _each((again, trees, forest), other)

        number = len(self.members_)
        self.shares_, self.shift_ = trust_each(judge, figures, outcome, self.seed, number)

    def _odds(self, figures: Floats) -> Floats:
        odds: Floats = self.shift_ + _each(self.members_, figures) @ self.shares_
        return odds

    def _parts(self, figures: Floats) -> tuple[float, Floats]:
        bases, parts = zip(*[member._parts(figures) for member in self.members_], strict=True)
        whole: Floats = np.tensordot(self.shares_, np.array(parts), axes=1)
        return self.shift_ + float(np.array(bases) @ self.shares_), whole

    def to_plain(self) -> dict[str, Any]:
        """Return what the models learned, how much each counts, and the intercept."""
        members = [member.to_plain() for member in self.members_]
        return {"members": members, "shares": self.shares_.tolist(), "shift": self.shift_}

    def from_plain(self, learned: Mapping[str, Any]) -> None:
        """Take back what :meth:`to_plain` gave."""
        self.members_ = self._members()
        for member, plain in zip(self.members_, learned["members"], strict=True):
            member.from_plain(plain)
        self.shares_ = np.array(learned["shares"], dtype=np.float64)
        self.shift_ = float(learned["shift"])


def _each(members: tuple[Member, ...], figures: Floats) -> Floats:
    odds: Floats = np.column_stack([member._odds(figures) for member in members])
    return odds
