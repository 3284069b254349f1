"""A sheet whose table and layout are known, and what a layout makes of it."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePath

from visitkit.load.faults import Fault
from visitkit.load.grid import MappedTable
from visitkit.load.headers import Header
from visitkit.load.notes import Note
from visitkit.load.rows import DataRows, data_rows
from visitkit.load.sheets import Sheet


@dataclass(frozen=True, slots=True)
class Claim:
    """What a sheet may be.

    Parameters
    ----------
    table
        Name of the table.
    layout
        ``long`` (a row a fact), ``wide`` (marks, a column a subject), ``fields`` (family and home,
        a column a field), ``register`` (attendance, a column a day), ``items`` (a questionnaire),
        ``exams`` (a list of exams with their dates).
    places
        Column name to its place among the headers.
    score
        How much speaks for it; only compared with other claims on the same sheet.
    missing
        Required columns that are not there.
    twice
        Column name to the places of headers that mean it equally well.
    """

    table: str
    layout: str
    places: dict[str, int]
    score: float
    missing: tuple[str, ...] = ()
    twice: dict[str, tuple[int, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Found:
    """A recognised sheet.

    Parameters
    ----------
    sheet
        The cells.
    claim
        Its table and layout.
    headers
        What stands above each column.
    top, first
        First header row and first row below the headers, counted from 0.
    titles
        Text above the headers, from the top.
    """

    sheet: Sheet
    claim: Claim
    headers: tuple[Header, ...]
    top: int
    first: int
    titles: tuple[str, ...] = ()

    @property
    def texts(self) -> tuple[str, ...]:
        """Where a sheet may say what all its rows share, the most telling first."""
        uppers = dict.fromkeys(header.upper for header in self.headers if header.upper)
        return (*self.titles, *uppers, self.sheet.name, PurePath(self.sheet.file).stem)

    def rows(self, used: set[int]) -> DataRows:
        """Return the rows below the headers that hold data in the columns used."""
        places = self.claim.places
        names = ("student_id", "teacher_id", "date", *places)
        key = next(places[name] for name in names if name in places)
        return data_rows(self.sheet, self.headers, self.first, used, key)

    def fault(self, key: str, row: int = 0, column: str = "", **facts: object) -> Fault:
        """Return a fault of this sheet; a row of 0 means the whole sheet."""
        return Fault(
            key,
            self.sheet.file,
            self.sheet.name,
            row=row,
            column=column,
            facts=facts,
            table=self.claim.table,
        )

    def note(self, key: str, **facts: object) -> Note:
        """Return a remark on this sheet."""
        return Note(key, self.sheet.file, self.sheet.name, facts)


#: Table name to the first and last day it is known to cover.
Covers = dict[str, tuple[dt.date, dt.date]]


@dataclass(slots=True)
class Laid:
    """What layouts made of sheets."""

    parts: list[MappedTable] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    covers: Covers = field(default_factory=dict)

    def add(self, other: Laid) -> None:
        """Take over what another layout made."""
        self.parts += other.parts
        self.faults += other.faults
        self.notes += other.notes
        self.left_out += other.left_out
        for table, span in other.covers.items():
            self.cover(table, *span)

    def cover(self, table: str, *days: dt.date) -> None:
        """Widen the days that a table is known to cover."""
        known = (*self.covers.get(table, ()), *days)
        self.covers[table] = (min(known), max(known))


#: Spelling of an exam's name to its date.
Exams = Mapping[str, dt.date]
