"""Small trees as plain tables: judged, explained and saved without the library that grew them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
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
        What a leaf adds.
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


#: Cells of the largest table held at once while reasons are worked out.
_CELLS = 4_000_000


@dataclass(frozen=True, slots=True)
class _Leaves:
    """The ways to all leaves: for each column asked, the interval and the share that goes this way.

    Rows are leaves; short ways are filled up with columns that everybody passes.
    """

    value: Floats
    column: Ints
    low: Floats
    high: Floats
    share: Floats


def attribute(trees: list[Tree], columns: Floats) -> tuple[float, Floats]:
    """Return the mean of all trees over the students of the fit, and what each column adds to it.

    The parts are Shapley values of the game in which an unknown column lets a row go both ways, in
    the shares in which the students of the fit went; they add up to the sum of the trees exactly.

    Parameters
    ----------
    trees
        The trees.
    columns : ndarray of shape (n_students, n_columns)

    Returns
    -------
    base : float
    parts : ndarray of shape (n_students, n_columns)

    Notes
    -----
    A leaf worth ``v`` on a way of ``d`` columns gives the column ``i`` the part
    ``v * (o_i - z_i) * integral over u from 0 to 1 of the product over the other columns j of
    ((1 - u) * z_j + u * o_j)``, where ``o`` tells whether the row goes that way and ``z`` is the
    share that does: the Shapley weight of a set of size s among d is the integral of
    ``u^s * (1 - u)^(d - 1 - s)``. The product has degree d - 1, so Gauss and Legendre's rule with
    half as many nodes gives it without error, in time linear in d where sets number 2^d.

    References
    ----------
    Lundberg et al. 2020, doi:10.1038/s42256-019-0138-9 (path-dependent tree values). The integral:
    Owen 1972, "Multilinear extensions of games", Management Science 18(5), 64-79.
    """
    leaves = _leaves(trees)
    parts = np.zeros(columns.shape)
    base = float((leaves.value * leaves.share.prod(axis=1)).sum())
    step = max(1, _CELLS // max(leaves.column.size, 1))
    for start in range(0, len(columns), step):
        rows = slice(start, start + step)
        parts[rows] = _parts(leaves, columns[rows])
    return base, parts


def _parts(leaves: _Leaves, rows: Floats) -> Floats:
    asked = rows[:, leaves.column]
    inside = ((asked > leaves.low) & (asked <= leaves.high)).astype(np.float64)
    total = np.zeros(inside.shape)
    depth = leaves.column.shape[1]
    nodes, weights = np.polynomial.legendre.leggauss(max(1, (depth + 1) // 2))
    for node, weight in zip((nodes + 1) / 2, weights / 2, strict=True):
        factor = (1 - node) * leaves.share + node * inside
        total += weight * (factor.prod(axis=2, keepdims=True) / factor)
    worth = leaves.value[:, None] * (inside - leaves.share) * total
    # a row a student: what its leaves give to each column is added up in one count
    width = rows.shape[1]
    place = leaves.column.ravel() + width * np.arange(len(rows))[:, None]
    given = worth.reshape(len(rows), -1).ravel()
    found: Floats = np.bincount(place.ravel(), given, width * len(rows)).astype(np.float64)
    return found.reshape(rows.shape)


def _leaves(trees: list[Tree]) -> _Leaves:
    found = [leaf for tree in trees for leaf in _ways(tree)]
    depth = max((len(way) for _, way in found), default=0) or 1
    column = np.zeros((len(found), depth), dtype=np.int64)
    low, high = np.full(column.shape, -np.inf), np.full(column.shape, np.inf)
    share = np.ones(column.shape)
    for place, (_, way) in enumerate(found):
        for at, (asked, (least, most, part)) in enumerate(way.items()):
            column[place, at] = asked
            low[place, at], high[place, at], share[place, at] = least, most, part
    return _Leaves(np.array([value for value, _ in found]), column, low, high, share)


def _ways(tree: Tree) -> Iterator[tuple[float, dict[int, tuple[float, float, float]]]]:
    """Yield the value of each leaf, and by column asked its interval and the share that passes."""
    ways: list[tuple[int, dict[int, tuple[float, float, float]]]] = [(0, {})]
    while ways:
        node, way = ways.pop()
        column = int(tree.column[node])
        if column < 0:
            yield float(tree.value[node]), way
            continue
        least, most, share_so_far = way.get(column, (-np.inf, np.inf, 1.0))
        cut = float(tree.cut[node])
        for after, interval in (
            (int(tree.left[node]), (least, min(most, cut))),
            (int(tree.right[node]), (max(least, cut), most)),
        ):
            part = share_so_far * float(tree.count[after] / tree.count[node])
            ways.append((after, {**way, column: (*interval, part)}))
