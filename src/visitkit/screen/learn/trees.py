"""Small trees as plain tables: judged, explained and saved without the library that grew them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from math import factorial
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_FIELDS = ("column", "cut", "left", "right", "value", "count")


@dataclass(frozen=True)
class Tree:
    """One tree; node 0 is the root.

    Parameters
    ----------
    column
        Which column a node asks for; -1 in a leaf.
    cut
        Rows of at most ``cut`` go left.
    left, right
        Next nodes.
    value
        What a leaf adds to the log-odds.
    count
        Students of the fit who came by.
    """

    column: Ints
    cut: Floats
    left: Ints
    right: Ints
    value: Floats
    count: Floats

    def odds(self, columns: Floats) -> Floats:
        """Return what the tree adds for each row."""
        node = np.zeros(len(columns), dtype=np.int64)
        rows = np.arange(len(columns))
        while True:
            asked = self.column[node]
            inner = asked >= 0
            if not inner.any():
                break
            low = columns[rows, np.maximum(asked, 0)] <= self.cut[node]
            node = np.where(inner, np.where(low, self.left[node], self.right[node]), node)
        found: Floats = self.value[node]
        return found

    def to_plain(self) -> dict[str, list[float]]:
        """Return everything as lists."""
        return {name: getattr(self, name).tolist() for name in _FIELDS}

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Tree:
        """Take back what :meth:`to_plain` gave."""
        return cls(
            np.array(plain["column"], dtype=np.int64),
            np.array(plain["cut"], dtype=np.float64),
            np.array(plain["left"], dtype=np.int64),
            np.array(plain["right"], dtype=np.int64),
            np.array(plain["value"], dtype=np.float64),
            np.array(plain["count"], dtype=np.float64),
        )


@dataclass(frozen=True, slots=True)
class _Leaf:
    """The way to a leaf: for each column asked, the interval and the share that goes this way."""

    value: float
    columns: tuple[int, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    share: tuple[float, ...]


def attribute(trees: list[Tree], columns: Floats) -> tuple[float, Floats]:
    """Return the mean of all trees over the students of the fit, and what each column adds to it.

    The parts are Shapley values of the game in which an unknown column lets a row go both ways, in
    the shares in which the students of the fit went; they add up to the log-odds exactly.

    Parameters
    ----------
    trees
        The trees.
    columns : ndarray of shape (n_students, n_columns)

    Returns
    -------
    base : float
    parts : ndarray of shape (n_students, n_columns)

    References
    ----------
    Lundberg et al. 2020, doi:10.1038/s42256-019-0138-9 (path-dependent tree values), computed leaf
    by leaf.
    """
    parts = np.zeros(columns.shape)
    base = 0.0
    for tree in trees:
        for leaf in _leaves(tree):
            base += leaf.value * float(np.prod(leaf.share))
            _add(leaf, columns, parts)
    return base, parts


def _leaves(tree: Tree) -> list[_Leaf]:
    found: list[_Leaf] = []
    ways: list[tuple[int, dict[int, tuple[float, float, float]]]] = [(0, {})]
    while ways:
        node, way = ways.pop()
        column = int(tree.column[node])
        if column < 0:
            rows = list(way.values())
            low, high, share = (tuple(row[place] for row in rows) for place in range(3))
            found.append(_Leaf(float(tree.value[node]), tuple(way), low, high, share))
            continue
        least, most, share_so_far = way.get(column, (-np.inf, np.inf, 1.0))
        cut = float(tree.cut[node])
        for after, interval in (
            (int(tree.left[node]), (least, min(most, cut))),
            (int(tree.right[node]), (max(least, cut), most)),
        ):
            part = share_so_far * float(tree.count[after] / tree.count[node])
            ways.append((after, {**way, column: (*interval, part)}))
    return found


def _add(leaf: _Leaf, columns: Floats, parts: Floats) -> None:
    number = len(leaf.columns)
    inside = [
        ((columns[:, column] > low) & (columns[:, column] <= high)).astype(np.float64)
        for column, low, high in zip(leaf.columns, leaf.low, leaf.high, strict=True)
    ]
    for place, column in enumerate(leaf.columns):
        others = [other for other in range(number) if other != place]
        total = np.zeros(len(columns))
        for size in range(number):
            weight = factorial(size) * factorial(number - size - 1) / factorial(number)
            for known in combinations(others, size):
                term = np.full(len(columns), weight)
                for other in others:
                    term *= inside[other] if other in known else leaf.share[other]
                total += term
        parts[:, column] += leaf.value * total * (inside[place] - leaf.share[place])
