"""Files to sheets: one file, or a folder of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from visitkit import text
from visitkit.errors import TableError
from visitkit.load.delimited import read_text_table
from visitkit.load.excel import read_workbook
from visitkit.load.faults import Fault
from visitkit.load.notes import Note
from visitkit.load.sheets import Sheet

WORKBOOKS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
TEXTS = (".csv", ".tsv")
#: Tables of other programs, which a person may think are read.
_OTHER_TABLES = (".et", ".ett", ".numbers", ".dbf", ".sav", ".dta", ".mdb", ".accdb", ".parquet")
#: ``(done, total, what)``
Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class Reading:
    """Sheets as found, with remarks and with faults of whole files."""

    sheets: list[Sheet] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def read_file(path: str | Path) -> list[Sheet]:
    """Return the sheets of one file; csv gives one without a name.

    Parameters
    ----------
    path
        An xlsx, xlsm, xlsb, xls, ods, csv or tsv file.

    Raises
    ------
    TableError
        When there is no such file, it is of another kind, or it cannot be read.
    """
    return _read(Path(path))[0]


def _read(path: Path) -> tuple[list[Sheet], list[Note]]:
    ending = path.suffix.lower()
    if not path.is_file():
        raise TableError("load.file_missing", path=str(path))
    if ending in WORKBOOKS:
        return read_workbook(path)
    if ending in TEXTS:
        try:
            sheet = read_text_table(path)
        except OSError as error:
            raise TableError("load.unreadable", path=str(path)) from error
        return ([sheet] if sheet.height else []), []
    raise TableError("load.kind_unreadable", path=str(path))


def files_of(folder: Path) -> tuple[list[Path], list[Note]]:
    """Return the tables in a folder by name, and a remark on each that cannot be read.

    Hidden files, lock files of an open workbook and papers that are no tables are passed over.
    """
    shown = sorted(
        path
        for path in folder.iterdir()
        if path.is_file() and not path.name.startswith((".", "~$", ".~"))
    )
    files = [path for path in shown if path.suffix.lower() in WORKBOOKS + TEXTS]
    others = [path for path in shown if path.suffix.lower() in _OTHER_TABLES]
    return files, [Note("file_kind", path.name) for path in others]


def read_sheets(path: str | Path, progress: Progress | None = None) -> Reading:
    """Return all sheets of a file or folder.

    A file of a folder that cannot be read is a fault of that file, so that the others are still
    looked at; a file named alone is an error.

    Parameters
    ----------
    path
        A file or a folder.
    progress
        Called before each file.

    Raises
    ------
    TableError
        When the path does not exist, holds no table, or cannot be read.
    """
    place = Path(path)
    if not place.exists():
        raise TableError("load.file_missing", path=str(path))
    if place.is_file():
        _tell(progress, 0, 1, place)
        sheets, notes = _read(place)
        if not sheets:
            raise TableError("load.workbook_empty", path=str(path))
        return Reading(sheets, notes)
    files, notes = files_of(place)
    if not files:
        raise TableError("load.folder_empty", path=str(path))
    reading = Reading(notes=notes)
    for number, file in enumerate(files):
        _tell(progress, number, len(files), file)
        _add(reading, file)
    return reading


def _add(reading: Reading, file: Path) -> None:
    try:
        sheets, notes = _read(file)
    except TableError as error:
        key = error.key.removeprefix("load.")
        facts = {name: fact for name, fact in error.facts.items() if name != "path"}
        reading.faults.append(Fault(f"file_{key}", file.name, facts=facts))
        return
    if not sheets and not notes:
        reading.notes.append(Note("file_empty", file.name))
    reading.sheets.extend(sheets)
    reading.notes.extend(notes)


def _tell(progress: Progress | None, done: int, total: int, file: Path) -> None:
    if progress is not None:
        progress(done, total, text.say("load.progress_read", file=file.name))
