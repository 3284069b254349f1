"""From tables to the words a school writes: headers, codes, flags, dates and several in a cell."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from visitkit import tables, text
from visitkit.sample.frames import open_columns
from visitkit.sample.windows import in_words
from visitkit.tables import Column

Cell = str | int | float | dt.date | None


@dataclass(frozen=True)
class Sheet:
    """A sheet to write.

    Parameters
    ----------
    name
        Sheet name; of no use in csv.
    headers
        Words above the columns.
    columns
        Cells of each column, all of the same length.
    titles
        Rows of text above the headers.
    """

    name: str
    headers: tuple[str, ...]
    columns: tuple[Sequence[Cell], ...]
    titles: tuple[str, ...] = ()

    def rows(self) -> zip[tuple[Cell, ...]]:
        """Return the rows below the headers."""
        return zip(*self.columns, strict=True)

    def titled(self, *titles: str) -> Sheet:
        """Return the sheet with titles above its headers."""
        return replace(self, titles=titles)


def _date(value: pd.Timestamp) -> Cell:
    return value.date()


def _number(value: float) -> Cell:
    return int(value) if float(value).is_integer() else float(value)


def _speller(column: Column, lang: str) -> Callable[..., Cell]:
    """Return what turns a known value of a column into what a school writes."""
    join = text.say("sample.files.list", lang)
    vocabulary = column.vocabulary
    spellers: dict[str, Callable[..., Cell]] = {
        "date": _date,
        "number": _number,
        "flag": lambda value: tables.word("flag", "yes" if value else "no", lang),
        "code": lambda value: tables.word(vocabulary, str(value), lang),
        "codes": lambda value: join.join(
            tables.word(vocabulary, code, lang) for code in str(value).split(";")
        ),
        "ids": lambda value: join.join(str(value).split(";")),
        "times": lambda value: in_words(str(value), lang),
        "integer": int,
    }
    if column.kind == "integer" and vocabulary:
        return lambda value: tables.word(vocabulary, str(value), lang)
    if column.name == "instrument":
        return lambda value: tables.word("instrument", str(value), lang)
    return spellers.get(column.kind, str)


def cells(values: pd.Series, spell: Callable[..., Cell]) -> list[Cell]:
    """Return the cells of a column; each distinct value is spelt once, missing ones are empty.

    Examples
    --------
    >>> cells(pd.Series([True, None], dtype="boolean"), str)
    ['True', None]
    """
    codes, distinct = pd.factorize(values)
    spelt: list[Cell] = [spell(value) for value in distinct]
    # Missing values have the code -1, which finds the last place.
    spelt.append(None)
    return [spelt[code] for code in codes.tolist()]


def worded(name: str, frame: pd.DataFrame, lang: str, leave_out: tuple[str, ...] = ()) -> Sheet:
    """Return a table as a sheet with the words of a language.

    Parameters
    ----------
    name
        Name of the table.
    frame
        Its rows.
    lang
        ``"zh"`` or ``"en"``.
    leave_out
        Columns not to write, beside those without any value.

    Examples
    --------
    >>> frame = pd.DataFrame({"student_id": ["S1"], "stream": ["club"], "amount": [1.0]})
    >>> sheet = worded("activity", frame, "en")
    >>> sheet.headers, list(sheet.rows())
    (('student id', 'stream', 'amount'), [('S1', 'club meetings', 1)])
    """
    chosen = [
        column
        for column in open_columns(name)
        if column.name in frame
        and column.name not in leave_out
        and frame[column.name].notna().any()
    ]
    return Sheet(
        text.say(f"tables.{name}.sheet", lang),
        tuple(tables.header(name, column.name, lang) for column in chosen),
        tuple(cells(frame[column.name], _speller(column, lang)) for column in chosen),
    )
