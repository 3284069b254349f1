"""Rows of a sparse programme under construction."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from scipy.sparse import csc_array

from visitkit.plan.case import Floats, Ints


@dataclass
class Rows:
    """Rows as triplets; :meth:`matrix` makes them one."""

    row: list[Ints] = field(default_factory=list)
    column: list[Ints] = field(default_factory=list)
    value: list[Floats] = field(default_factory=list)
    right: list[float] = field(default_factory=list)

    def add(self, terms: Iterable[tuple[int, float]], right: float) -> None:
        """Add one row, given as columns and their factors."""
        pairs = list(terms)
        if pairs:
            at, factor = zip(*pairs, strict=True)
            self._put(np.full(len(pairs), len(self.right)), np.array(at), np.array(factor, float))
            self.right.append(right)

    def block(self, row: Ints, column: Ints, value: Floats, right: Floats) -> None:
        """Add many rows whose entries are given as arrays; ``row`` counts from 0."""
        self._put(row + len(self.right), column, value)
        self.right.extend(right.tolist())

    def extend(self, row: Ints, column: Ints, value: Floats) -> None:
        """Add entries to rows that are already there."""
        self._put(row, column, value)

    def _put(self, row: Ints, column: Ints, value: Floats) -> None:
        self.row.append(row)
        self.column.append(column)
        self.value.append(value)

    def matrix(self, width: int) -> csc_array:
        """Return the rows as a sparse matrix."""
        shape = (len(self.right), width)
        if not self.row:
            return csc_array(shape)
        at = (np.concatenate(self.row), np.concatenate(self.column))
        return csc_array((np.concatenate(self.value), at), shape=shape)
