"""One distinct cell to one value, by the kind of its column."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from visitkit.load import identifiers
from visitkit.load.clock import parse_time
from visitkit.load.dates import parse_date
from visitkit.load.grid import Cells, Codes
from visitkit.load.lessons import parse_periods
from visitkit.load.numbers import parse_number, parse_whole
from visitkit.load.signs import parse_code, parse_codes, parse_flag, parse_score, parse_signs
from visitkit.load.spelling import both, person, prose, tidy, unquoted, word_key
from visitkit.load.unreadable import UnreadableCellError
from visitkit.load.vocabulary import code_of
from visitkit.load.windows import parse_windows
from visitkit.tables import DTYPES, Column, Table

Parser = Callable[[object, Column], object]


def _in_range(number: float, column: Column) -> float:
    too_low = column.low is not None and number < column.low
    too_high = column.high is not None and number > column.high
    if too_low or too_high:
        raise UnreadableCellError("out_of_range", **limits(column))
    return number


def limits(column: Column) -> dict[str, object]:
    """Return what a sentence about a range needs."""
    return {
        "low": _short(column.low),
        "high": _short(column.high),
        "unit": column.unit,
    }


def _short(number: float | None) -> str:
    return "" if number is None else f"{number:g}"


def _number(value: object, column: Column) -> object:
    return _in_range(parse_number(value, column.unit), column)


def _integer(value: object, column: Column) -> object:
    if column.vocabulary and isinstance(value, str):
        code = code_of(column.vocabulary, value)
        if code is not None:
            return int(code)
    try:
        number = parse_whole(value, column.unit)
    except UnreadableCellError:
        if column.vocabulary:
            return int(parse_code(value, column.vocabulary))
        raise
    return int(_in_range(number, column))


def _several_ids(value: object, column: Column) -> object:
    del column
    parts = [identifiers.parse_id(part) for part in _pieces(value)]
    return ";".join(dict.fromkeys(parts))


def _pieces(value: object) -> list[object]:
    if not isinstance(value, str):
        return [value]
    plain = tidy(value)
    for sign in ",/|\u3001\n":
        plain = plain.replace(sign, ";")
    parts = plain.split(";")
    return [part.strip() for part in parts if part.strip()]


def _text(value: object, column: Column) -> object:
    if isinstance(value, float) and value == int(value):
        value = int(value)
    plain = prose(value) if column.sensitivity == "restricted" else unquoted(prose(value))
    return plain if any(sign.isalnum() for sign in plain) else None


def _name(value: object, column: Column) -> object:
    return _text(person(value), column)


def _from_month(value: object, column: Column) -> object:
    """Read a day that schools often give by its month; an end is never meant so."""
    del column
    return parse_date(value, month_only=True)


def _periods(value: object, column: Column) -> object:
    number = parse_periods(value)
    return None if number is None else _in_range(number, column)


def _instrument(value: object, column: Column) -> object:
    del column
    return code_of("instrument", value) or identifiers.parse_id(value)


BY_KIND: dict[str, Parser] = {
    "id": lambda value, _: identifiers.parse_id(value),
    "text": _text,
    "date": lambda value, _: parse_date(value),
    "time": lambda value, _: parse_time(value),
    "times": lambda value, _: parse_windows(value),
    "number": _number,
    "integer": _integer,
    "flag": lambda value, _: parse_flag(value),
    "code": lambda value, column: parse_code(
        value, column.vocabulary, open_vocabulary=column.open_vocabulary
    ),
    "codes": lambda value, column: parse_codes(
        value, column.vocabulary, open_vocabulary=column.open_vocabulary
    ),
    "ids": _several_ids,
}

BY_COLUMN: dict[tuple[str, str], Parser] = {
    ("students", "id_number"): lambda value, _: identifiers.parse_identity(value),
    ("students", "birth_date"): _from_month,
    ("students", "entered_on"): _from_month,
    ("groups", "since"): _from_month,
    ("teachers", "trained_on"): _from_month,
    ("guardians", "phone"): lambda value, _: identifiers.parse_phone(value),
    ("attendance", "status"): lambda value, _: parse_signs(value),
    ("attendance", "periods"): _periods,
    ("marks", "score"): parse_score,
    ("surveys", "instrument"): _instrument,
}


def parser_of(table: str, column: Column) -> Parser:
    """Return what reads the cells of a column."""
    if column.name == "student_id":
        return lambda value, _: identifiers.parse_student_id(value)
    if column.name == "name":
        return _name
    return BY_COLUMN.get((table, column.name), BY_KIND[column.kind])


@dataclass(frozen=True, slots=True)
class Read:
    """The distinct values of a column, read, and what could not be read.

    Parameters
    ----------
    meanings
        A value for each distinct cell; ``None`` where the cell is empty or cannot be read.
    problems
        Place among the distinct cells to the fault's key and facts.
    """

    meanings: list[object]
    problems: dict[int, tuple[str, dict[str, object]]] = field(default_factory=dict)


def read_cells(cells: Cells, column: Column, parser: Parser) -> Read:
    """Read each distinct cell once.

    Words for "nothing known" are empty cells where the column itself has no such word.

    Examples
    --------
    >>> from visitkit.tables import MARKS
    >>> full = MARKS.by_name["full_score"]
    >>> read_cells(Cells.of(["100", "-", "many"]), full, BY_KIND["number"])
    Read(meanings=[100.0, None, None], problems={2: ('number_unknown', {'unit': 'mark'})})
    """
    values: list[object] = []
    problems: dict[int, tuple[str, dict[str, object]]] = {}
    for place, raw in enumerate(cells.values):
        value: object = None
        if raw is not None:
            try:
                value = parser(raw, column)
            except UnreadableCellError as error:
                if not _means_nothing(raw):
                    problems[place] = (error.key, _facts(error, column))
        values.append(None if _means_nothing(value) and column.kind == "id" else value)
    return Read(values, problems)


def _facts(error: UnreadableCellError, column: Column) -> dict[str, object]:
    unit = {"unit": column.unit} if column.unit else {}
    return {**unit, **error.facts}


def _means_nothing(raw: object) -> bool:
    return isinstance(raw, str) and (word_key(raw) in both("load.words.empty") or raw == "")


def typed(values: Sequence[object], codes: Codes, kind: str) -> pd.Series:
    """Return a column of the type its kind has in a school, from distinct values and codes."""
    dtype = DTYPES[kind]
    filler = pd.NaT if kind == "date" else pd.NA if kind in {"integer", "flag"} else np.nan
    filled: list[Any] = [filler if value is None else value for value in values]
    distinct = pd.array(filled, dtype=dtype)  # type: ignore[call-overload]
    return pd.Series(distinct.take(codes) if len(values) else distinct)


def column_of(table: Table, name: str) -> Column:
    """Return a column of a table; an item of a questionnaire is a number without limits."""
    return table.by_name.get(name) or Column(name, "number")
