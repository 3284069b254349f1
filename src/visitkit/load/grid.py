"""Cells as found: coded columns, and a recognised table of them with every cell's place kept.

A column is kept as distinct values and a code a row, so that each distinct cell is read once,
however often it occurs.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.int32]
Rows = npt.NDArray[np.int64]


def letter(column: int) -> str:
    """Return the letter Excel shows above a column, counted from 0.

    Examples
    --------
    >>> letter(0), letter(25), letter(26)
    ('A', 'Z', 'AA')
    """
    name = ""
    rest = column + 1
    while rest:
        rest, digit = divmod(rest - 1, 26)
        name = chr(65 + digit) + name
    return name


def _plain(cell: object) -> object:
    """Return a cell, ``None`` when it is empty; infinity is a word, so that no reader meets it."""
    if isinstance(cell, float) and not math.isfinite(cell):
        return None if math.isnan(cell) else str(cell)
    return None if isinstance(cell, str) and not cell.strip() else cell


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """One column of raw cells.

    Parameters
    ----------
    codes
        A place in ``values`` for each row.
    values
        The distinct cells as found: text, number, date, time, truth value; ``None`` is an empty
        cell.

    Examples
    --------
    >>> cells = Cells.of(["a", "b", "a", "  "])
    >>> cells.values, cells.codes.tolist(), cells[3] is None
    (('a', 'b', None), [0, 1, 0, 2], True)
    """

    codes: Codes
    values: tuple[object, ...]

    @classmethod
    def of(cls, cells: Iterable[object]) -> Cells:
        """Build from cells in order; blank text and not-a-number are empty cells."""
        seen: dict[tuple[type, object], int] = {}
        values: list[object] = []
        codes: list[int] = []
        for cell in cells:
            known = _plain(cell)
            key = (type(known), known)
            code = seen.get(key)
            if code is None:
                code = seen[key] = len(values)
                values.append(known)
            codes.append(code)
        return cls(np.array(codes, dtype=np.int32), tuple(values))

    @classmethod
    def constant(cls, cell: object, length: int) -> Cells:
        """Build a column that holds one cell ``length`` times."""
        return cls(np.zeros(length, dtype=np.int32), (_plain(cell),))

    @classmethod
    def join(cls, parts: Sequence[Cells]) -> Cells:
        """Stack columns, the first on top."""
        seen: dict[tuple[type, object], int] = {}
        values: list[object] = []
        codes = []
        for part in parts:
            places = np.empty(len(part.values), dtype=np.int32)
            for place, value in enumerate(part.values):
                key = (type(value), value)
                if key not in seen:
                    seen[key] = len(values)
                    values.append(value)
                places[place] = seen[key]
            codes.append(places[part.codes] if len(part) else part.codes)
        joined = np.concatenate(codes) if codes else np.empty(0, dtype=np.int32)
        return cls(joined.astype(np.int32), tuple(values))

    @property
    def distinct(self) -> tuple[object, ...]:
        """The distinct cells: :attr:`values` by another name, which no data frame has."""
        return self.values

    def __len__(self) -> int:
        return len(self.codes)

    def __getitem__(self, row: int) -> object:
        """Return one cell."""
        return self.values[self.codes[row]]

    def take(self, rows: npt.NDArray[np.int64] | npt.NDArray[np.bool_]) -> Cells:
        """Return the cells of some rows, by number or by mask."""
        return Cells(self.codes[rows], self.values)

    def listed(self) -> list[object]:
        """Return the cells as a list."""
        return [self.values[code] for code in self.codes]

    def filled(self) -> npt.NDArray[np.bool_]:
        """Tell for each row whether the cell holds something."""
        if not self.values:
            return np.zeros(len(self.codes), dtype=bool)
        known = np.array([value is not None for value in self.values])
        return known[self.codes]


@dataclass(frozen=True, eq=False)
class MappedTable:
    """Part of a table of :mod:`visitkit.tables`, recognised but not yet read.

    Parameters
    ----------
    table
        Name of the table; empty when the sheet is to be left alone (said as a note, not read).
    columns
        Our column name to raw cells; all have the same length.
    rows
        Row number of each row as Excel shows it, from 1.
    letters
        Our column name to the letter Excel shows: one for the whole column, or one a row where
        rows were made out of columns.
    file, sheet
        Where it came from; the sheet is empty for csv.

    Examples
    --------
    >>> part = MappedTable("students", {"student_id": Cells.of(["01", "02"])}, np.array([2, 3]),
    ...                    {"student_id": "A"}, "roll.csv")
    >>> part.place("student_id", 1)
    (3, 'A')
    """

    table: str
    columns: dict[str, Cells]
    rows: Rows
    letters: Mapping[str, str | Sequence[str]]
    file: str
    sheet: str = ""
    #: Facts a layout adds beside the cells, by name, for example the full score of a sheet.
    extra: dict[str, object] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.rows)

    def letter(self, column: str, row: int) -> str:
        """Return the column letter of a cell; empty when the column is not in the file."""
        letters = self.letters.get(column, "")
        return letters if isinstance(letters, str) else letters[row]

    def place(self, column: str, row: int) -> tuple[int, str]:
        """Return Excel's row number and column letter of a cell, ``row`` counted from 0."""
        return int(self.rows[row]), self.letter(column, row)
