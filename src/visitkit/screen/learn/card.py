"""A learned points card: a few yes-or-no terms with whole points."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import expit

from visitkit.screen.columns import student_ids
from visitkit.screen.learn.folds import trust
from visitkit.screen.learn.gate import FREE_EVENTS
from visitkit.screen.learn.model import RiskModel
from visitkit.screen.learn.points_fit import choose, odds_of_others
from visitkit.screen.learn.stumps import make_stumps

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


class IntegerCard(RiskModel):
    """Five to twenty yes-or-no terms with whole points that anyone can add up.

    Parameters
    ----------
    terms : int, default=10
        Most terms on the card.
    most_points : int, default=5
        Most points of one term, either way.
    signs : mapping of str to str, optional
        Figure to ``high`` or ``low``, the direction in which it worries: points then never go the
        other way.
    min_events : int, default=300
        Fewer students with the outcome, or without it, are refused.
    seed : int, default=0
        Of the folds behind the calibration.

    Attributes
    ----------
    lines_ : pandas.DataFrame
        ``figure``, ``cut`` (the term is met from here on; missing: when the figure is unknown),
        ``points``.
    unknown_ : dict of str to int
        Points of a figure that is missing: what the students learned from had on average, rounded
        up where it is undecided, so that not knowing is never good news.
    slope_, intercept_ : float
        Log-odds are ``intercept_ + slope_ * points``.

    References
    ----------
    Ustun and Rudin 2019, http://jmlr.org/papers/v20/18-615.html; Liu et al. 2022,
    arXiv:2210.05846.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> rng = np.random.default_rng(0)
    >>> X = pd.DataFrame({"absent": rng.integers(0, 20, 400), "noise": rng.random(400)})
    >>> y = X["absent"] + rng.normal(0, 2, 400) > 14
    >>> card = IntegerCard(terms=3, min_events=15).fit(X, y)
    >>> bool((card.points(X) == card.points_table(X).sum(axis=1)).all())
    True
    """

    def __init__(
        self,
        terms: int = 10,
        most_points: int = 5,
        signs: Mapping[str, str] | None = None,
        min_events: int = FREE_EVENTS,
        seed: int = 0,
    ) -> None:
        self.terms = terms
        self.most_points = most_points
        self.signs = signs
        self.min_events = min_events
        self.seed = seed

    def points_table(self, X: object) -> pd.DataFrame:
        """Return the points of each student by figure; a row adds up to :meth:`points`."""
        points = self._points(self._read(X))
        return pd.DataFrame(points, index=student_ids(X, len(points)), columns=self.names_)

    def points(self, X: object) -> Ints:
        """Return the sum of points of each student.

        Returns
        -------
        ndarray of int of shape (n_students,)
        """
        total: Ints = self._points(self._read(X)).sum(axis=1)
        return total

    def scale(self, rows: int = 9) -> list[tuple[int, float]]:
        """Return sums of points from the lowest to the highest there can be, and their probability.

        Parameters
        ----------
        rows
            Most sums told.
        """
        known = self.lines_[self.lines_["cut"].notna()]
        worth = known.groupby("figure")["points"].agg(
            least=lambda points: min(0, *points.cumsum()),
            most=lambda points: max(0, *points.cumsum()),
        )
        low, high = int(worth["least"].sum()), int(worth["most"].sum())
        sums = np.unique(np.linspace(low, high, max(2, rows)).round().astype(int))
        return [(int(one), float(expit(self.intercept_ + self.slope_ * one))) for one in sums]

    def _learn(self, figures: Floats, outcome: Floats, signs: Mapping[int, str]) -> None:
        stumps, met = make_stumps(figures, signs)
        bounds = np.array([[stump.least, stump.most] for stump in stumps]).reshape(-1, 2)
        chosen = choose(met, outcome, bounds, self.terms, self.most_points)
        terms = [stumps[place] for place in chosen.terms]
        self.lines_ = pd.DataFrame(
            {
                "figure": [self.names_[stump.column] for stump in terms],
                "cut": [stump.cut for stump in terms],
                "points": chosen.points,
            }
        ).sort_values(["figure", "cut"], ignore_index=True)

        def judge(known: Floats, seen: Floats, other: Floats) -> Floats:
            return odds_of_others(known, seen, other, bounds, self.terms)

        # terms picked among many promise too much: held-out students say how much
        trusted, shift = trust(judge, met, outcome, self.seed)
        self.slope_, self.intercept_ = trusted * chosen.slope, shift + trusted * chosen.intercept
        self.unknown_ = self._unknown(figures)

    def _unknown(self, figures: Floats) -> dict[str, int]:
        earned = pd.DataFrame(self._known_points(figures), columns=self.names_)
        known = ~np.isnan(figures)
        usual = {}
        for place, name in enumerate(self.names_):
            mean = earned[name][known[:, place]].mean() if known[:, place].any() else 0.0
            usual[name] = int(np.ceil(mean - 0.5)) + self._extra(name)
        return usual

    def _extra(self, name: str) -> int:
        lines = self.lines_[(self.lines_["figure"] == name) & self.lines_["cut"].isna()]
        return int(lines["points"].sum())

    def _known_points(self, figures: Floats) -> Ints:
        points = np.zeros(figures.shape, dtype=np.int64)
        places = {name: place for place, name in enumerate(self.names_)}
        table = self.lines_
        for name, cut, worth in zip(table["figure"], table["cut"], table["points"], strict=True):
            place = places[str(name)]
            points[:, place] += int(worth) * (figures[:, place] >= float(cut))
        return points

    def _points(self, figures: Floats) -> Ints:
        unknown = np.array([self.unknown_[name] for name in self.names_], dtype=np.int64)
        return np.where(np.isnan(figures), unknown, self._known_points(figures))

    def _parts(self, figures: Floats) -> tuple[float, Floats]:
        return self.intercept_, self.slope_ * self._points(figures).astype(np.float64)

    def to_plain(self) -> dict[str, Any]:
        """Return lines, points of the unknown, slope and intercept."""
        return {
            "lines": {
                "figure": list(self.lines_["figure"]),
                "cut": [None if np.isnan(cut) else cut for cut in self.lines_["cut"]],
                "points": [int(points) for points in self.lines_["points"]],
            },
            "unknown": self.unknown_,
            "slope": self.slope_,
            "intercept": self.intercept_,
        }

    def from_plain(self, learned: Mapping[str, Any]) -> None:
        """Take back what :meth:`to_plain` gave."""
        self.lines_ = pd.DataFrame(learned["lines"]).astype({"cut": float, "points": np.int64})
        self.unknown_ = {str(name): int(points) for name, points in learned["unknown"].items()}
        self.slope_, self.intercept_ = float(learned["slope"]), float(learned["intercept"])
