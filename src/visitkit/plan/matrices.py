"""Travel minutes that somebody else has worked out: a table, or the answer of a routing engine."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from visitkit import text
from visitkit.errors import PlanError

#: Columns of a table of minutes; ``minutes`` is missing where there is no way.
COLUMNS = ("origin", "destination", "minutes")


def read_minutes(path: str | Path, places: Sequence[str] = ()) -> pd.DataFrame:
    """Read travel minutes from a file.

    Parameters
    ----------
    path
        A csv file with the columns ``origin``, ``destination`` and ``minutes``, or a json file with
        the answer of an OSRM or Valhalla server.
    places
        For json: the names of the places, in the order in which their coordinates were asked for.

    Returns
    -------
    pandas.DataFrame
        ``origin``, ``destination``, ``minutes``. An empty cell of minutes means: no way.

    Raises
    ------
    PlanError
        When the file is missing or cannot be understood; the message names the row.
    """
    file = Path(path)
    if not file.is_file():
        raise PlanError("duties.matrix_missing", file=file.name)
    content = _decoded(file)
    if file.suffix.lower() != ".json":
        return minutes_from_csv(content, file.name)
    try:
        answer = json.loads(content)
    except json.JSONDecodeError as error:
        raise PlanError("duties.matrix_not_json", file=file.name, row=error.lineno) from error
    return minutes_from_answer(answer, places)


def minutes_from_csv(content: str, file: str = "csv") -> pd.DataFrame:
    r"""Read a table of minutes from the text of a csv file; see :func:`read_minutes`.

    Examples
    --------
    >>> minutes_from_csv("origin,destination,minutes\nschool,S1,12")["minutes"].tolist()
    [12.0]
    """
    rows = list(csv.reader(io.StringIO(content)))
    at = _header(rows[0] if rows else [], file)
    found = []
    for number, row in enumerate(rows[1:], 2):
        cells = [row[place].strip() if place < len(row) else "" for place in at]
        if any(cells):
            if not (cells[0] and cells[1]):
                raise PlanError("duties.matrix_no_place", file=file, row=number)
            found.append((cells[0], cells[1], _number(cells[2], file, number)))
    return pd.DataFrame(found, columns=list(COLUMNS))


def minutes_from_answer(answer: object, places: Sequence[str]) -> pd.DataFrame:
    """Return the minutes in the answer of a routing engine.

    Parameters
    ----------
    answer
        The json object of the OSRM table service (``code``, ``durations``: rows of seconds from
        each source to each destination, null where there is no way) or of the Valhalla matrix
        service (``sources_to_targets``: rows of objects with ``from_index``, ``to_index`` and
        ``time`` in seconds; in the short form an object with ``durations``).
    places
        The names of the places, in the order in which their coordinates were asked for; the same
        places as origins and destinations.

    Raises
    ------
    PlanError
        When it is neither, the engine reports a failure, or the table is not one of these places.

    Notes
    -----
    OSRM HTTP API, "Table service"; Valhalla documentation, "Time-Distance Matrix service API
    reference", section "Outputs of the matrix service".

    Examples
    --------
    >>> answer = {"code": "Ok", "durations": [[0, 90.0], [None, 0]]}
    >>> minutes_from_answer(answer, ["school", "S1"])["minutes"].tolist()
    [0.0, 1.5, nan, 0.0]
    """
    rows = _seconds(answer)
    if len(rows) != len(places) or any(len(row) != len(places) for row in rows):
        widest = max((len(row) for row in rows), default=0)
        raise PlanError("duties.matrix_size", places=len(places), rows=len(rows), columns=widest)
    found = [
        (origin, destination, math.nan if seconds is None else seconds / 60)
        for origin, row in zip(places, rows, strict=True)
        for destination, seconds in zip(places, row, strict=True)
    ]
    return pd.DataFrame(found, columns=list(COLUMNS)).astype({"minutes": float})


def _decoded(file: Path) -> str:
    raw = file.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise PlanError("duties.matrix_encoding", file=file.name)


def _header(cells: list[str], file: str) -> list[int]:
    plain = [cell.strip().casefold() for cell in cells]
    at = []
    for column in COLUMNS:
        known = {word.casefold() for lang in text.LANGUAGES for word in _words(column, lang)}
        places = [place for place, cell in enumerate(plain) if cell in known]
        if len(places) != 1:
            raise PlanError("duties.matrix_header", file=file, column=column)
        at += places
    return at


def _words(column: str, lang: str) -> list[str]:
    found = text.find(f"duties.matrix_column.{column}", lang)
    return [str(word) for word in found] if isinstance(found, list) else [str(found)]


def _number(cell: str, file: str, row: int) -> float:
    try:
        value = float(cell) if cell else math.nan
    except ValueError as error:
        raise PlanError("duties.matrix_number", file=file, row=row, found=cell) from error
    if value < 0 or math.isinf(value):
        raise PlanError("duties.matrix_number", file=file, row=row, found=cell)
    return value


def _seconds(answer: object) -> list[list[float | None]]:
    if not isinstance(answer, Mapping):
        raise PlanError("duties.matrix_unknown")
    code = answer.get("code", "Ok")
    if code != "Ok":
        raise PlanError("duties.matrix_failed", code=code)
    table = answer.get("durations", answer.get("sources_to_targets"))
    if isinstance(table, Mapping):
        table = table.get("durations")
    if not isinstance(table, Sequence) or isinstance(table, str):
        raise PlanError("duties.matrix_unknown")
    return [_row(row) for row in table]


def _row(row: object) -> list[float | None]:
    if not isinstance(row, Sequence) or isinstance(row, str):
        raise PlanError("duties.matrix_unknown")
    cells = list(row)
    if cells and all(isinstance(cell, Mapping) for cell in cells):
        cells = [cell.get("time") for cell in sorted(cells, key=lambda cell: cell["to_index"])]
    if any(isinstance(cell, bool) or not isinstance(cell, int | float | None) for cell in cells):
        raise PlanError("duties.matrix_unknown")
    if any(cell is not None and (not math.isfinite(cell) or cell < 0) for cell in cells):
        raise PlanError("duties.matrix_unknown")
    return cells
