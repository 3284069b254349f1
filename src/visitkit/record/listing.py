"""The list of what is owed, a column at a time: it is long, and a whole school waits for it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import compress
from typing import Any

import numpy as np
import pandas as pd
import sqlalchemy as sa
from numpy.typing import NDArray

from visitkit.record.access import Reader
from visitkit.record.book import Book
from visitkit.record.cases.moments import SCHOOL_ZONE, school_time
from visitkit.record.entry import Owed
from visitkit.record.models import entry, microseconds, owed
from visitkit.record.owing import joint_cases, owed_of
from visitkit.record.reading import of_cases
from visitkit.record.shelf import Shelf

#: Columns of the list of what is owed.
COLUMNS = ("case_id", "kind", "student_id", "what", "by", "since", "due", "overdue", "source")
_KEPT = tuple(column.name for column in owed.columns)
#: How far the school's clock is ahead of UTC, in microseconds; and NumPy's "no moment".
_AHEAD = SCHOOL_ZONE.utcoffset(None) // dt.timedelta(microseconds=1)
_NO_MOMENT = np.iinfo(np.int64).min
_NEVER = np.iinfo(np.int64).max

#: Columns of the kept table, of one length; moments are microseconds since 1970.
Kept = dict[str, list[Any]]


@dataclass(frozen=True)
class Layers:
    """What is owed, seen from both files.

    Parameters
    ----------
    people
        As the entries of the people file alone tell it.
    psych
        As all entries together tell it, for the cases with a part in the psychological file.
    """

    people: Kept
    psych: Kept


def due_layers(book: Book, until: dt.datetime) -> Layers:
    """Return what is owed after the entries up to a moment, inside a transaction."""
    later = _begun_after(book, until)
    kept = {shelf.name: _without(later, _read(shelf)) for shelf in book.shelves}
    people, psych = [kept["people"]], [kept.get("psych", _columns([]))]
    for found in of_cases(book, later).values():
        before = [one for one in found if one.entry.at <= until]
        plain = [one.entry for one in before if not one.secret]
        people.append(_columns(owed_of(book, plain)))
        if len(plain) < len(before):
            psych.append(_columns(owed_of(book, [one.entry for one in before])))
    return Layers(_joined(people), _joined(psych))


def _begun_after(book: Book, until: dt.datetime) -> set[str]:
    """Return the cases with an entry dated after a moment: there the kept list knows too much."""
    # Without DISTINCT, which would have SQLite walk all cases instead of the few late entries.
    wanted = sa.select(entry.c.case_id).where(entry.c.at > until)
    return {one for shelf in book.shelves for one in shelf.connection.execute(wanted).scalars()}


def _read(shelf: Shelf) -> Kept:
    """Return the kept rows, in any order.

    SQLite hands each column over as one text: to build a list of a text is quicker than to build
    a tuple for every row and to take all of them apart again.
    """
    if shelf.connection.dialect.name != "sqlite":
        return _columns([Owed(*row) for row in shelf.connection.execute(sa.select(owed))])
    texts = sa.select(*(sa.func.json_group_array(column) for column in owed.columns))
    found = shelf.connection.execute(texts).one()
    return {name: json.loads(cell) for name, cell in zip(_KEPT, found, strict=True)}


def _columns(rows: Sequence[Owed]) -> Kept:
    kept: Kept = {name: [getattr(row, name) for row in rows] for name in _KEPT}
    for name in ("since", "due"):
        kept[name] = [None if one is None else microseconds(one) for one in kept[name]]
    return kept


def _joined(parts: Sequence[Kept]) -> Kept:
    if len(parts) == 1:
        return parts[0]
    return {name: [one for part in parts for one in part[name]] for name in _KEPT}


def _where(kept: Kept, wanted: Sequence[bool]) -> Kept:
    if all(wanted):
        return kept
    return {name: list(compress(column, wanted)) for name, column in kept.items()}


def _without(cases: set[str], kept: Kept) -> Kept:
    return _where(kept, [one not in cases for one in kept["case_id"]]) if cases else kept


def visible(book: Book, layers: Layers, reader: Reader) -> tuple[Kept, Kept]:
    """Return what the person at work may see, and which of it comes from the psychological file.

    Who may not read a case sees what the people file says of it, and of the rest only what they
    owe themselves.
    """
    joint = joint_cases(book)
    people, psych = layers.people, layers.psych
    if joint:
        may = _readable(people, reader)
        cases = people["case_id"]
        wanted = [one not in joint or not read for one, read in zip(cases, may, strict=True)]
        people = _where(people, wanted)
    known = set(_rows(_where(people, [one in joint for one in people["case_id"]])))
    mine = (book.actor, book.role)
    wanted = _readable(psych, reader)
    for place, row in enumerate(_rows(psych)) if not all(wanted) else ():
        wanted[place] = wanted[place] or (row[_KEPT.index("by")] in mine and row not in known)
    secret = _where(psych, wanted)
    return _joined([people, secret]), secret


def _readable(kept: Kept, reader: Reader) -> list[bool]:
    """Tell of each row whether the role, or a consent, opens it; each kind is looked up once."""
    kinds = {kind: reader.by_role(kind) for kind in set(kept["kind"])}
    pairs = zip(kept["kind"], kept["student_id"], strict=True)
    return [kinds[kind] or student in reader.students for kind, student in pairs]


def _rows(kept: Kept) -> Iterable[tuple[Any, ...]]:
    return zip(*kept.values(), strict=True)


def as_table(kept: Kept, before: dt.datetime) -> pd.DataFrame:
    """Return what is owed as a table: overdue first, then by when it is due, then by person."""
    words = {name: _coded(kept[name]) for name in _KEPT if name not in ("since", "due")}
    due = _moments(kept["due"])
    # Whatever is overdue is due before everything else, so the moment alone puts it first.
    last = np.where(due == _NO_MOMENT, _NEVER, due)
    order = np.lexsort((words["what"][0], words["case_id"][0], words["by"][0], last))
    told: dict[str, object] = {
        name: pd.array(each, dtype="str").take(codes[order], allow_fill=True)
        for name, (codes, each) in words.items()
    }
    for name, moments in (("since", _moments(kept["since"])), ("due", due)):
        told[name] = moments[order].view("datetime64[us]")
    told["overdue"] = np.asarray(told["due"]) < np.datetime64(school_time(before), "us")
    return pd.DataFrame({name: told[name] for name in COLUMNS})


def _coded(values: Sequence[str | None]) -> tuple[NDArray[np.int64], list[str]]:
    """Return each text as its place among the different ones, which are in order; -1: missing."""
    words = sorted(one for one in dict.fromkeys(values) if one is not None)
    places: dict[str | None, int] = {word: place for place, word in enumerate(words)}
    places[None] = -1
    return np.fromiter(map(places.__getitem__, values), np.int64, len(values)), words


def _moments(values: Sequence[int | None]) -> NDArray[np.int64]:
    """Return moments as the school's clock shows them."""
    return np.array([_NO_MOMENT if one is None else one + _AHEAD for one in values], np.int64)
