"""The school: frozen tables, a calendar, and what was left out on the way in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import pandas as pd

from visitkit import tables
from visitkit.calendar import Calendar
from visitkit.load.faults import Fault
from visitkit.load.notes import Note


def empty_table(name: str) -> pd.DataFrame:
    """Return a table without rows, its columns typed.

    Examples
    --------
    >>> list(empty_table("activity").columns)
    ['student_id', 'date', 'stream', 'amount']
    """
    columns = {
        column.name: pd.Series([], dtype=tables.DTYPES[column.kind])
        for column in tables.TABLES[name].columns
        if column.sensitivity != "secret"
    }
    return pd.DataFrame(columns)


@dataclass(frozen=True)
class School:
    """All that is known of a school, read once and never changed.

    Parameters
    ----------
    tables
        Table name to data frame, columns and types as in :mod:`visitkit.tables`; a table that was
        not given is there without rows.
    calendar
        The school's own, or weekdays where there is none.
    faults
        What was found wrong when reading leniently; empty otherwise.
    left_out
        Table name to number of rows left out because of a fault.
    source
        Where the tables came from, as the person named it.
    notes
        What a person should know about the reading that is not a fault.
    covers
        Table name to the first and last day the table is known to cover, though nothing may be
        recorded on them: for ``attendance`` the first and last day of any register with a sign,
        also that of being there. A list of absences says nothing of the days without a row, so
        tables kept as lists are not among the keys.
    """

    tables: Mapping[str, pd.DataFrame]
    calendar: Calendar
    faults: tuple[Fault, ...] = ()
    left_out: Mapping[str, int] = field(default_factory=dict)
    source: str = ""
    notes: tuple[Note, ...] = ()
    covers: Mapping[str, tuple[dt.date, dt.date]] = field(default_factory=dict)

    @classmethod
    def from_frames(
        cls,
        *,
        calendar: Calendar | pd.DataFrame | None = None,
        lenient: bool = False,
        **frames: pd.DataFrame,
    ) -> School:
        """Build from data frames, read and checked as files are.

        Parameters
        ----------
        calendar
            A calendar, or its table; weekdays stand in where there is none.
        lenient
            Leave faulty rows out instead of raising.
        **frames
            Table name of :mod:`visitkit.tables` to a frame with our column names or any header
            that files may have.

        Returns
        -------
        School
            The clean tables. A fault names the table as its file and the position of the row, from
            1, as its row.

        Raises
        ------
        FaultsError
            When anything is wrong and ``lenient`` is false.
        TableError
            When a table is unknown or no data frame, or no student can be read.

        Examples
        --------
        >>> roll = pd.DataFrame({"student_id": ["01", "02"], "sex": ["f", "m"]})
        >>> School.from_frames(students=roll).students["sex"].tolist()
        ['female', 'male']
        """
        from visitkit.load.entry import school_from_frames

        return school_from_frames(frames, calendar, lenient=lenient)

    def __post_init__(self) -> None:
        """Freeze the mappings."""
        complete = {name: self.tables.get(name, empty_table(name)) for name in tables.TABLES}
        object.__setattr__(self, "tables", MappingProxyType(complete))
        object.__setattr__(self, "left_out", MappingProxyType(dict(self.left_out)))
        object.__setattr__(self, "covers", MappingProxyType(dict(self.covers)))

    def __repr__(self) -> str:
        """Return sizes only: a school never prints its students."""
        sizes = ", ".join(f"{name}={len(frame)}" for name, frame in self.tables.items())
        return f"School({sizes})"

    def table(self, name: str) -> pd.DataFrame:
        """Return a table; changing what is returned does not change the school."""
        return self.tables[name].copy(deep=False)

    def __getattr__(self, name: str) -> pd.DataFrame:
        """Return a table by its name: ``school.marks``."""
        if name in tables.TABLES and name != "calendar":
            return self.table(name)
        msg = f"School has no attribute {name!r}"
        raise AttributeError(msg)

    @property
    def latest(self) -> dt.date:
        """The latest day on which anything was recorded or a register was kept.

        Where there is nothing but the roll, today, as far as the calendar goes.
        """
        newest = [
            frame[column].max()
            for name, frame in self.tables.items()
            for column in ("date", "start")
            if name not in {"calendar"} and column in frame and frame[column].dtype.kind == "M"
        ]
        known = [stamp.date() for stamp in newest if not pd.isna(stamp)]
        known += [last for _, last in self.covers.values()]
        today = min(max(dt.date.today(), self.calendar.first), self.calendar.last)
        return max(known, default=today)
