"""Any other export enters through a mapping file: which of their columns is which of ours.

A mapping is a TOML file. It names **sources** (files or sheets of one kind) and **tables** to fill
from them. A column that stands in no rule is not read.

.. code-block:: toml

    name = "town-export"

    [source.pupils]                 # a name of your own choice
    file = "pupils*.csv"            # * and ? as in file names
    header_row = 1                  # row of the headers, as Excel shows it

    [[table]]
    to = "students"                 # one of our tables
    from = "pupils"
    where = { state = "active" }    # only rows that hold this word (or one of a list)
    unless = { year = "left" }      # and not this one

    [table.columns]                 # our column = how it is made
    student_id = "No"                                               # their header
    name = { join = ["First", "Last"], with = " " }                 # several columns in one
    sex = { column = "Sex", values = { M = "male", F = "female" } } # their words to ours
    birth_date = { column = "Born", date = "%d/%m/%Y" }             # their way to write a date
    class_id = { lookup = "rooms", key = "RoomNo", match = "No", give = "Title" }

A column is made in one of six ways: ``column``, ``constant``, ``join``, ``first_of``,
``row_number`` and ``lookup``. ``unpivot`` makes several rows out of a wide one, ``split`` makes a
row of each value in a cell, ``needs`` leaves out rows without a value, ``add`` gives a source a
column of its own making. ``docs/mapping.md`` tells each with an example.

Sheets that belong to no source are recognised by their headers as without a mapping; a source
that no table is filled from is only looked into, or left alone.

Values come out as found or as the mapping says and are then read and checked like any other
workbook, so a fault still names the cell of the file it came from.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping as Map
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import numpy as np

from visitkit.errors import ManyFaultsError, TableError
from visitkit.load.grid import MappedTable
from visitkit.load.mapping_file import Reader
from visitkit.load.mapping_rules import MappingFault, Source, Target
from visitkit.load.mapping_run import Run
from visitkit.load.sheets import Sheet

__all__ = ["Mapping", "MappingError", "MappingFault", "read_mapping", "shipped"]


class MappingError(ManyFaultsError, TableError):
    """A mapping file is not right, or the files do not fit it; all faults are in ``faults``."""

    faults: tuple[MappingFault, ...]

    def __init__(self, name: str, faults: Sequence[MappingFault]) -> None:
        super().__init__("mapping.faults", "mapping.more", faults, name=name)


@dataclass(frozen=True)
class Mapping:
    """A mapping file, read and found right.

    Parameters
    ----------
    name
        What it is called.
    about
        What it is for, in the words of who wrote it.
    sources
        The sources by name.
    targets
        The tables to fill.
    """

    name: str
    about: str
    sources: Map[str, Source]
    targets: tuple[Target, ...]

    def apply(self, sheets: Sequence[Sheet]) -> list[MappedTable]:
        """Return the parts of tables that sheets give, not yet read.

        Parameters
        ----------
        sheets
            All sheets as found.

        Returns
        -------
        list of MappedTable
            Parts of tables in the order of the mapping; then a part without a table for each
            sheet of a source that fills none. Nothing for sheets that belong to no source.

        Raises
        ------
        MappingError
            When a file or column the mapping needs is missing, or a lookup has several answers
            and the mapping does not say which to take.

        Examples
        --------
        >>> mapping = read_mapping("oneroster-1.2")
        >>> sorted({target.to for target in mapping.targets})
        ['guardians', 'marks', 'students', 'teachers']
        """
        run = Run(sheets, self.sources)
        run.missing()
        parts = [part for target in self.targets for part in run.tables(target)]
        if run.faults:
            raise MappingError(self.name, run.faults)
        used = {(part.file, part.sheet) for part in parts}
        alone = [sheet for sheet in sheets if (sheet.file, sheet.name) not in used]
        return parts + [_left_alone(sheet) for sheet in alone if self.knows(sheet)]

    def knows(self, sheet: Sheet) -> bool:
        """Tell whether a sheet belongs to one of the sources."""
        return any(source.matches(sheet.file, sheet.name) for source in self.sources.values())


def _left_alone(sheet: Sheet) -> MappedTable:
    return MappedTable("", {}, np.empty(0, dtype=np.int64), {}, sheet.file, sheet.name)


def shipped() -> tuple[str, ...]:
    """Return the names of the mappings that come with visitkit.

    Examples
    --------
    >>> shipped()
    ('oneroster-1.2',)
    """
    folder = files(__package__) / "mappings"
    names = [item.name for item in folder.iterdir() if item.name.endswith(".toml")]
    return tuple(sorted(name.removesuffix(".toml") for name in names))


def read_mapping(path_or_name: str | Path) -> Mapping:
    """Read a mapping file, or one that comes with visitkit by its name.

    Parameters
    ----------
    path_or_name
        Path of a TOML file, or one of :func:`shipped`.

    Raises
    ------
    TableError
        When there is no such file or name.
    MappingError
        When the file is not right; every fault names the file, the place in it, what was found,
        what is allowed and what to do.

    Examples
    --------
    >>> read_mapping("oneroster-1.2").name
    'oneroster-1.2'
    """
    path = Path(path_or_name)
    if path.is_file():
        return _read(path.read_bytes(), path.name)
    name = str(path_or_name).removesuffix(".toml")
    if name in shipped():
        return _read((files(__package__) / "mappings" / f"{name}.toml").read_bytes(), name)
    raise TableError("mapping.unknown", name=str(path_or_name), allowed=", ".join(shipped()))


def _read(content: bytes, file: str) -> Mapping:
    reader = Reader(file)
    document: dict[str, object] = {}
    try:
        document = tomllib.loads(content.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        reader.fault("not_toml", "", str(error))
        raise MappingError(file, reader.faults) from error
    sources, targets = reader.document(document)
    if reader.faults:
        raise MappingError(file, reader.faults)
    stem = file.removesuffix(".toml")
    return Mapping(
        str(document.get("name", stem)), str(document.get("about", "")), sources, targets
    )
