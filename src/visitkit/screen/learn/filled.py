"""Figures made ready for a model: the unknown told apart, never better than usual."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Filled:
    """How figures become a complete table of numbers.

    A missing figure counts the usual one (the median of those known), and where figures were
    missing already when learning, a column of its own says so. A model may add risk for that
    column, never take any away.

    Parameters
    ----------
    usual
        Median of each figure, shape (n_figures,).
    centre, spread
        For standardising, shape (n_figures,). The spread of a yes-or-no figure is the step from no
        to yes, so that a rare yes is not blown up; that of a constant figure is 1.
    unknown
        Places of the figures with a column for "missing".
    """

    usual: Floats
    centre: Floats
    spread: Floats
    unknown: tuple[int, ...]

    @classmethod
    def learn(cls, figures: Floats) -> Filled:
        """Learn from figures of shape (n_students, n_figures)."""
        known = ~np.isnan(figures)
        columns = [figures[known[:, place], place] for place in range(figures.shape[1])]
        usual = np.array([float(np.median(column)) if len(column) else 0.0 for column in columns])
        whole = np.where(known, figures, usual)
        spread = whole.std(axis=0)
        spread = np.where(spread > 1e-12 * (1 + np.abs(usual)), spread, 1.0)
        spread = np.where(_two_valued(whole), np.ptp(whole, axis=0), spread)
        unknown = tuple(int(place) for place in np.flatnonzero(~known.all(axis=0)))
        return cls(usual, whole.mean(axis=0), spread, unknown)

    def whole(self, figures: Floats) -> Floats:
        """Return standardised figures without gaps, then the columns for "missing"."""
        missing = np.isnan(figures)
        scaled = (np.where(missing, self.usual, figures) - self.centre) / self.spread
        return np.column_stack([scaled, missing[:, list(self.unknown)].astype(np.float64)])

    def owners(self) -> npt.NDArray[np.int64]:
        """Return the figure behind each column of :meth:`whole`."""
        return np.array([*range(len(self.usual)), *self.unknown], dtype=np.int64)

    def signs(self, signs: Mapping[int, str]) -> Floats:
        """Return the lowest and highest weight of each column of :meth:`whole`, shape (n, 2)."""
        rows = []
        for place in range(len(self.usual)):
            worse = signs.get(place)
            rows.append((0.0 if worse == "high" else -np.inf, 0.0 if worse == "low" else np.inf))
        rows += [(0.0, np.inf)] * len(self.unknown)
        return np.array(rows).reshape(-1, 2)

    def directions(self, signs: Mapping[int, str]) -> npt.NDArray[np.int64]:
        """Return for each column of :meth:`whole` whether the risk may only rise or fall with it.

        1 rising, -1 falling, 0 either way; shape (n,).
        """
        limits = self.signs(signs)
        found: npt.NDArray[np.int64] = np.where(
            limits[:, 0] >= 0, 1, np.where(limits[:, 1] <= 0, -1, 0)
        ).astype(np.int64)
        return found

    def gathered(self, columns: Floats) -> Floats:
        """Add up what the columns of :meth:`whole` contribute, by figure."""
        parts = columns[:, : len(self.usual)].copy()
        for place, owner in enumerate(self.unknown):
            parts[:, owner] += columns[:, len(self.usual) + place]
        return parts

    def to_plain(self) -> dict[str, list[float]]:
        """Return everything as lists."""
        return {
            "usual": self.usual.tolist(),
            "centre": self.centre.tolist(),
            "spread": self.spread.tolist(),
            "unknown": list(self.unknown),
        }

    @classmethod
    def from_plain(cls, learned: Mapping[str, list[float]]) -> Filled:
        """Take back what :meth:`to_plain` gave."""
        usual, centre, spread = (
            np.array(learned[name], dtype=np.float64) for name in ("usual", "centre", "spread")
        )
        return cls(usual, centre, spread, tuple(int(place) for place in learned["unknown"]))


def _two_valued(whole: Floats) -> npt.NDArray[np.bool_]:
    least, most = whole.min(axis=0), whole.max(axis=0)
    between = (whole > least) & (whole < most)
    two: npt.NDArray[np.bool_] = ~between.any(axis=0) & (least < most)
    return two
