"""Carrying out a mapping: from sheets as found to parts of tables, every cell's place kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from visitkit.load.grid import Cells, MappedTable, Rows, letter
from visitkit.load.mapping_rules import Filter, Lookup, MappingFault, Rule, Source, Target, plain
from visitkit.load.sheets import Sheet

_Mask = npt.NDArray[np.bool_]
_SHOWN = 12


@dataclass(frozen=True, eq=False)
class Made:
    """A column made by a rule: its cells, and the letter each came from."""

    cells: Cells
    letters: str | tuple[str, ...] = ""

    def take(self, rows: Rows | _Mask) -> Made:
        """Return some rows of it."""
        if isinstance(self.letters, str):
            return Made(self.cells.take(rows), self.letters)
        return Made(self.cells.take(rows), tuple(np.array(self.letters, dtype=object)[rows]))


@dataclass(frozen=True, eq=False)
class View:
    """The rows of a source in one sheet that a rule may see.

    Parameters
    ----------
    sheet, source
        Where they come from.
    rows
        Row numbers in the sheet, counted from 0.
    before
        Data rows of the same source in earlier files, so that row numbers go on.
    headers
        Header to column number; a header twice keeps the first.
    made
        Columns already made, by name.
    """

    sheet: Sheet
    source: Source
    rows: Rows
    before: int
    headers: Mapping[str, int]
    made: dict[str, Made]

    def keep(self, mask: _Mask) -> View:
        """Return only the rows marked."""
        made = {name: column.take(mask) for name, column in self.made.items()}
        return replace(self, rows=self.rows[mask], made=made)


def _header(value: object) -> str:
    return " ".join(plain(value).split()).casefold()


def view_of(sheet: Sheet, source: Source, before: int) -> View:
    """Return the rows below the headers that hold anything."""
    top = source.header_row - 1
    names = [_header(column[top]) if top < sheet.height else "" for column in sheet.columns]
    headers: dict[str, int] = {}
    for number, name in enumerate(names):
        if name:
            headers.setdefault(name, number)
    filled = np.zeros(sheet.height, dtype=bool)
    for column in sheet.columns:
        filled |= column.filled()
    rows = np.flatnonzero(filled)
    return View(sheet, source, rows[rows > top].astype(np.int64), before, headers, {})


def change(cells: Cells, rule: Callable[[object], object]) -> Cells:
    """Return cells with each distinct value changed by a rule, called once a value."""
    spread = Cells.of([rule(value) for value in cells.values])
    return Cells(spread.codes[cells.codes], spread.values)


class Run:
    """One run of a mapping over the sheets of a school.

    Parameters
    ----------
    sheets
        All sheets as found.
    sources
        The mapping's sources by name.

    Attributes
    ----------
    faults : list of MappingFault
        What did not fit, each said once.
    """

    def __init__(self, sheets: Sequence[Sheet], sources: Mapping[str, Source]) -> None:
        self.faults: list[MappingFault] = []
        self._sources = sources
        self._indexes: dict[int, dict[str, object]] = {}
        self._said: set[tuple[str, str, str]] = set()
        self._views = {name: list(self._find(source, sheets)) for name, source in sources.items()}

    def _find(self, source: Source, sheets: Sequence[Sheet]) -> Iterator[View]:
        before = 0
        for sheet in sheets:
            if source.matches(sheet.file, sheet.name):
                yield view_of(sheet, source, before)
                before += max(sheet.height - source.header_row, 0)

    def missing(self) -> None:
        """Note every source that must be there and is not."""
        for name, source in self._sources.items():
            if source.required and not self._views[name]:
                pattern = source.file if source.sheet == "*" else f"{source.file} / {source.sheet}"
                self._say("no_file", source.file, pattern, "", source=name)

    def _say(self, key: str, file: str, value: str, sheet: str, **facts: object) -> None:
        if (key, file, value) not in self._said:
            self._said.add((key, file, value))
            self.faults.append(MappingFault(key, file, sheet, value=value, facts={**facts}))

    def tables(self, target: Target) -> Iterator[MappedTable]:
        """Return the parts of a table that one target gives."""
        for whole in self._views[target.source]:
            view = self._split(whole, target.split) if target.split else whole
            for part in target.parts:
                rows = self._filtered(view, part.where, part.unless)
                columns = {name: self.make(rule, rows) for name, rule in part.columns.items()}
                needed = np.ones(len(rows.rows), dtype=bool)
                for name in part.needs:
                    needed &= columns[name].cells.filled()
                columns = {name: column.take(needed) for name, column in columns.items()}
                yield MappedTable(
                    table=target.to,
                    columns={name: column.cells for name, column in columns.items()},
                    rows=rows.rows[needed] + 1,
                    letters={name: column.letters for name, column in columns.items()},
                    file=rows.sheet.file,
                    sheet=rows.sheet.name,
                )

    def _split(self, view: View, split: tuple[str, str]) -> View:
        name, sign = split
        whole = self.column(view, name, optional=False)
        parts = [
            [part.strip() for part in plain(value).split(sign) if part.strip()]
            for value in whole.cells.values
        ]
        pairs = [(row, part) for row, code in enumerate(whole.cells.codes) for part in parts[code]]
        at = np.array([row for row, _ in pairs], dtype=np.int64)
        made = {known: column.take(at) for known, column in view.made.items()}
        made[name] = Made(Cells.of([part for _, part in pairs]), whole.letters)
        return replace(view, rows=view.rows[at], made=made)

    def _filtered(self, view: View, where: Filter, unless: Filter) -> View:
        mask = np.ones(len(view.rows), dtype=bool)
        for wanted, words_by_column in ((True, where), (False, unless)):
            for name, words in words_by_column.items():
                cells = self.column(view, name, optional=False).cells
                folded = {word.casefold() for word in words}
                held = np.array([plain(v).casefold() in folded for v in cells.values], dtype=bool)
                mask &= held[cells.codes] == wanted
        return view.keep(mask)

    def column(self, view: View, name: str, optional: bool) -> Made:
        """Return a column of a source by its header or by the name the mapping added."""
        if name in view.made:
            return view.made[name]
        if name in view.source.add:
            view.made[name] = self.make(view.source.add[name], view)
            return view.made[name]
        at = view.headers.get(_header(name))
        if at is not None:
            return Made(view.sheet.columns[at].take(view.rows), letter(at))
        if not optional:
            found = ", ".join(list(view.headers)[:_SHOWN])
            self._say("no_column", view.sheet.file, name, view.sheet.name, found=found)
        return Made(Cells.constant(None, len(view.rows)))

    def make(self, rule: Rule, view: View) -> Made:
        """Return the column a rule makes for the rows of a view."""
        made = self._made(rule, view)
        if rule.values or rule.other is not None or rule.date:
            return Made(change(made.cells, lambda value: _changed(value, rule)), made.letters)
        return made

    def _made(self, rule: Rule, view: View) -> Made:
        if rule.way == "column":
            return self.column(view, rule.column, rule.optional)
        if rule.way == "constant":
            return Made(Cells.constant(rule.constant, len(view.rows)))
        if rule.way == "row_number":
            return Made(Cells.of(_numbers(rule.number, view)))
        parts = [self.make(part, view) for part in rule.parts]
        if rule.way == "join":
            return _joined(parts, rule.glue)
        if rule.way == "first_of":
            return _first_of(parts)
        assert rule.lookup is not None  # noqa: S101 - the reader gives a lookup its where-to-look
        key = self.make(rule.lookup.key, view)
        index = self._index(rule.lookup)
        return Made(
            change(key.cells, lambda v: None if v is None else index.get(plain(v))), key.letters
        )

    def _index(self, lookup: Lookup) -> dict[str, object]:
        if id(lookup) not in self._indexes:
            self._indexes[id(lookup)] = self._answers(lookup)
        return self._indexes[id(lookup)]

    def _answers(self, lookup: Lookup) -> dict[str, object]:
        """Return the answer to each key of a lookup."""
        answers: dict[str, list[tuple[str, object]]] = {}
        for whole in self._views[lookup.source]:
            view = self._filtered(whole, lookup.where, {})
            keys = self.column(view, lookup.match, optional=False).cells.listed()
            given = self.column(view, lookup.give, optional=False).cells.listed()
            order = [""] * len(keys)
            if lookup.by:
                order = [plain(v) for v in self.column(view, lookup.by, False).cells.listed()]
            for key, value, rank in zip(keys, given, order, strict=True):
                if value is not None:
                    answers.setdefault(plain(key), []).append((rank, value))
        return {key: self._one(lookup, key, found) for key, found in answers.items()}

    def _one(self, lookup: Lookup, key: str, found: list[tuple[str, object]]) -> object:
        distinct = list(dict.fromkeys(plain(value) for _, value in found))
        if lookup.many == "join":
            return ";".join(distinct)
        if lookup.many == "latest":
            return max(found, key=lambda pair: pair[0])[1]
        if lookup.many == "one" and len(distinct) > 1:
            file = self._views[lookup.source][0].sheet.file
            # The answers may be names of people, so only their number is told.
            self._say("many_answers", file, key, "", number=len(distinct), give=lookup.give)
        return found[0][1]


def _changed(value: object, rule: Rule) -> object:
    """Return a value after the date format and the word list of a rule; what fits neither stays."""
    if rule.date and isinstance(value, str):
        try:
            value = dt.datetime.strptime(value.strip(), rule.date).date()
        except ValueError:
            return value
    word = plain(value).casefold()
    if word in rule.values:
        return rule.values[word]
    return value if rule.other is None or value is None else rule.other


def _numbers(first: str, view: View) -> list[str]:
    digits = len(first) - len(first.rstrip("0123456789"))
    stem, start = first[: len(first) - digits], int(first[len(first) - digits :])
    offset = start + view.before - view.source.header_row
    return [f"{stem}{row + offset:0{digits}d}" for row in view.rows.tolist()]


def _joined(parts: Sequence[Made], glue: str) -> Made:
    columns = [[plain(value) for value in part.cells.listed()] for part in parts]
    cells = [glue.join(filter(None, row)) for row in zip(*columns, strict=True)]
    return Made(Cells.of(cells), parts[0].letters if parts else "")


def _first_of(parts: Sequence[Made]) -> Made:
    """Return the first cell of each row that holds something, and where it stands."""
    cells = [part.cells.listed() for part in parts]
    values: list[object] = []
    letters: list[str] = []
    for row in range(len(cells[0])):
        at = next((n for n, column in enumerate(cells) if column[row] is not None), 0)
        found = parts[at].letters
        values.append(cells[at][row])
        letters.append(found if isinstance(found, str) else found[row])
    return Made(Cells.of(values), tuple(letters))
