"""A sheet as found: every cell in its place from A1, nothing read into it yet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePath
from typing import Protocol

import numpy as np

from visitkit.load.grid import Cells, MappedTable, letter

#: First row, first column, last row, last column, counted from 0, all included.
Merge = tuple[int, int, int, int]


@dataclass(frozen=True, eq=False)
class Sheet:
    """A sheet of a workbook, or a csv file.

    Parameters
    ----------
    file
        File name without its folder.
    name
        Sheet name; empty for csv.
    columns
        Raw cells, a column each from A, all of the same height from row 1.
    merged
        Merged ranges as Excel has them; only the first cell of each is filled.

    Examples
    --------
    >>> sheet = Sheet.from_rows("roll.csv", "", [["id", "sex"], ["01", "f"], ["02"]])
    >>> sheet.height, sheet.width, sheet.rows[2]
    (3, 2, ['02', None])
    """

    file: str
    name: str
    columns: tuple[Cells, ...]
    merged: tuple[Merge, ...] = ()

    @classmethod
    def from_rows(
        cls,
        file: str,
        name: str,
        rows: Iterable[Sequence[object]],
        merged: Iterable[Merge] = (),
    ) -> Sheet:
        """Build from rows of cells; short rows are filled with empty cells."""
        listed = list(rows)
        width = max((len(row) for row in listed), default=0)
        even = [list(row) + [None] * (width - len(row)) for row in listed]
        columns = tuple(Cells.of(column) for column in zip(*even, strict=True))
        return cls(file, name, columns, tuple(merged))

    @property
    def height(self) -> int:
        """Number of rows."""
        return len(self.columns[0]) if self.columns else 0

    @property
    def width(self) -> int:
        """Number of columns."""
        return len(self.columns)

    @property
    def title(self) -> str:
        """The sheet's name, or the file's name without its ending for csv."""
        return self.name or PurePath(self.file).stem

    def cell(self, row: int, column: int) -> object:
        """Return a cell, counted from 0; ``None`` is empty."""
        return self.columns[column][row]

    def row(self, row: int) -> list[object]:
        """Return the cells of a row, counted from 0."""
        return [column[row] for column in self.columns]

    @cached_property
    def rows(self) -> list[list[object]]:
        """All cells by row; for large files prefer :meth:`row` and ``columns``."""
        return [list(row) for row in zip(*(c.listed() for c in self.columns), strict=True)]

    def take(
        self,
        table: str,
        places: Mapping[str, int],
        first: int,
        keep: Sequence[int] | np.ndarray[tuple[int], np.dtype[np.int64]] | None = None,
    ) -> MappedTable:
        """Return some columns as a part of a table.

        Parameters
        ----------
        table
            Name of the table.
        places
            Our column name to column number, counted from 0.
        first
            First data row, counted from 0.
        keep
            Rows to take, counted from 0; all from ``first`` where not given.
        """
        rows = np.arange(first, self.height) if keep is None else np.asarray(keep, dtype=np.int64)
        return MappedTable(
            table=table,
            columns={name: self.columns[at].take(rows) for name, at in places.items()},
            rows=rows.astype(np.int64) + 1,
            letters={name: letter(at) for name, at in places.items()},
            file=self.file,
            sheet=self.name,
        )


class SheetMapping(Protocol):
    """What a school says about its own sheets, used before anything is recognised.

    A part whose ``table`` is empty leaves its sheet alone. Sheets for which no part is returned
    are recognised as usual.
    """

    def apply(self, sheets: list[Sheet]) -> list[MappedTable]:
        """Return the parts of tables that the mapping finds in the sheets it names."""
        ...
