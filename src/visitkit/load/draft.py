"""A table while it is being read: typed columns, every row's place, and what is wrong so far."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from visitkit.load.faults import Fault
from visitkit.load.grid import Cells, MappedTable
from visitkit.load.identifiers import looks_like_identity
from visitkit.load.notes import Note
from visitkit.load.parsing import BY_KIND, Read, column_of, parser_of, read_cells, typed
from visitkit.load.spelling import mask, tidy
from visitkit.tables import Column, Table

#: Faults of one kind in one column that are listed one by one.
MOST_ALIKE = 1000
#: Columns that are read by a step of their own.
LATER = {("attendance", "status"), ("marks", "score")}
_LONGEST_VALUE = 40
_MOBILE = re.compile(r"1[3-9]\d{9}")
Mask = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.int64]


def shown(raw: object, column: Column) -> str:
    """Return a cell for a fault; what identifies a person is hidden.

    Examples
    --------
    >>> shown("13800000000", Column("phone", "id", sensitivity="personal"))
    '1*********0'
    """
    if raw is None:
        return ""
    if isinstance(raw, float) and raw == int(raw) and abs(raw) < 10**15:
        raw = int(raw)
    plain = tidy(raw)
    if column.name == "student_id":
        usual = plain.isascii() and not looks_like_identity(plain) and not _MOBILE.fullmatch(plain)
        return plain[:_LONGEST_VALUE] if usual else mask(plain)
    free_text = column.kind == "text" and column.sensitivity == "restricted"
    if column.sensitivity in {"personal", "secret"} or free_text or column.name == "_name":
        return mask(plain)
    return mask(plain) if re.search(r"\d{11}", plain) else plain[:_LONGEST_VALUE]


@dataclass(eq=False)
class Draft:
    """One table while it is read and checked.

    Rows are known by their place in the stack of all parts, which is the frame's index; a row may
    become several (two signs in one cell), and they keep the same place.

    Parameters
    ----------
    table
        What the table should be.
    parts
        The parts in the order of the files.
    """

    table: Table
    parts: Sequence[MappedTable]
    faults: list[Fault] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Stack the parts and read every column."""
        sizes = [len(part) for part in self.parts]
        self.part: Numbers = np.repeat(np.arange(len(sizes)), sizes)
        self.start: Numbers = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
        self.dropped: Mask = np.zeros(sum(sizes), dtype=bool)
        self.cells = {name: self._stack(name) for name in self._names()}
        self.reads: dict[str, Read] = {}
        self._alike: Counter[tuple[str, str]] = Counter()
        columns = [self.read(column) for column in self.columns if self._at_once(column)]
        self.frame = pd.DataFrame(dict(columns), index=np.arange(len(self)))

    def __len__(self) -> int:
        return len(self.dropped)

    @property
    def columns(self) -> list[Column]:
        """Our columns, with the items of questionnaires in order."""
        items = sorted(
            (name for name in self.cells if name.startswith("item_")),
            key=lambda name: int(name.removeprefix("item_")),
        )
        return [*self.table.columns, *(column_of(self.table, name) for name in items)]

    def _at_once(self, column: Column) -> bool:
        later = (self.table.name, column.name) in LATER or column.name.startswith("item_")
        return not later

    def _names(self) -> list[str]:
        return list(dict.fromkeys(name for part in self.parts for name in part.columns))

    def _stack(self, name: str) -> Cells:
        return Cells.join(
            [
                part.columns[name] if name in part.columns else Cells.constant(None, len(part))
                for part in self.parts
            ]
        )

    def read(
        self, column: Column, parser: Callable[[object, Column], object] | None = None
    ) -> tuple[str, pd.Series]:
        """Read a column and report its faults; a column nobody gave is empty."""
        cells = self.cells.get(column.name, Cells.constant(None, len(self)))
        found = read_cells(cells, column, parser or parser_of(self.table.name, column))
        self.reads[column.name] = found
        self._report_cells(column, cells, found)
        if column.required:
            self._report_empty(column, cells, found)
        simple = parser is None and self._at_once(column)
        values = found.meanings if simple else [None] * len(found.meanings)
        return column.name, typed(values, cells.codes, column.kind)

    def _report_cells(self, column: Column, cells: Cells, found: Read) -> None:
        for key in sorted({key for key, _ in found.problems.values()}):
            wrong = np.zeros(len(cells.values), dtype=bool)
            wrong[[at for at, problem in found.problems.items() if problem[0] == key]] = True
            rows = np.flatnonzero(wrong[cells.codes])
            for row in self._count(rows, column.name, key, drop=column.required):
                self._list(row, column.name, key, found.problems[int(cells.codes[row])][1])

    def _report_empty(self, column: Column, cells: Cells, found: Read) -> None:
        empty = np.array([meant is None for meant in found.meanings], dtype=bool)
        empty[list(found.problems)] = False
        if empty.any():
            self.report(np.flatnonzero(empty[cells.codes]), column.name, "required_empty")

    def place(self, row: int) -> tuple[MappedTable, int]:
        """Return the part a row came from and its place in that part."""
        at = int(self.part[row])
        return self.parts[at], int(row - self.start[at])

    def rows_of(self, rows: Mask) -> int:
        """Return how many rows of sheets some rows came from: a row may have become several."""
        sheets, _ = pd.factorize(
            pd.Series([f"{part.file}\n{part.sheet}" for part in self.parts], dtype="str")
        )
        numbers = np.concatenate([part.rows for part in self.parts])
        return len(set(zip(sheets[self.part[rows]].tolist(), numbers[rows].tolist(), strict=True)))

    def where(self, row: int) -> dict[str, object]:
        """Return file, sheet and Excel row of a row, for a sentence that points at it."""
        part, at = self.place(row)
        sheet = part.sheet or part.file
        return {"other_sheet": sheet, "other_row": int(part.rows[at])}

    def report(
        self, rows: Iterable[int], column: str, key: str, *, drop: bool = True, **facts: object
    ) -> None:
        """Report the same fault at some rows.

        Parameters
        ----------
        rows
            Places in the stack.
        column
            Name of the column; empty for the whole row.
        key
            Name of the fault.
        drop
            Leave the rows out; else the cell only counts as missing.
        **facts
            What fills the sentences.
        """
        listed = np.asarray(list(rows), dtype=np.int64)
        for row in self._count(listed, column, key, drop=drop):
            self._list(row, column, key, facts)

    def _count(self, rows: Numbers, column: str, key: str, *, drop: bool) -> list[int]:
        """Drop rows and return those whose faults are still listed one by one."""
        if drop:
            self.dropped[rows] = True
        room = max(MOST_ALIKE - self._alike[column, key], 0)
        self._alike[column, key] += len(rows)
        return [int(row) for row in rows[:room]]

    def _list(self, row: int, column: str, key: str, facts: dict[str, object]) -> None:
        part, at = self.place(row)
        number, letters = part.place(column, at)
        raw = self.cells[column][row] if column in self.cells else None
        fault = Fault(
            key,
            part.file,
            part.sheet,
            row=number,
            column=letters,
            value=shown(raw, column_of(self.table, column)),
            facts=dict(facts),
            table=self.table.name,
            field=column,
        )
        self.faults.append(fault)

    def close(self) -> None:
        """Say how many faults were not listed one by one."""
        for (column, key), count in sorted(self._alike.items()):
            if count > MOST_ALIKE:
                part = self.parts[0]
                facts = {"number": count - MOST_ALIKE, "table": self.table.name, "field": column}
                self.notes.append(Note("more_faults", part.file, part.sheet, {**facts, "key": key}))

    def keep(self, rows: Mask) -> None:
        """Keep only some rows of the frame; not counted as left out."""
        self.frame = self.frame[rows]

    def clear(self, rows: Iterable[int], column: str) -> None:
        """Make a cell of some rows missing."""
        listed = list(rows)
        if listed:
            self.frame.loc[self.frame.index.isin(listed), column] = None

    def standing(self) -> pd.DataFrame:
        """Return the rows that no fault has dropped so far."""
        kept: pd.DataFrame = self.frame[~self.dropped[self.frame.index.to_numpy()]]
        return kept


__all__ = ["BY_KIND", "Draft", "shown"]
