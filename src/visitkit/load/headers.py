"""Headers to columns: which column of which table a header may be, in either language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache

from visitkit import tables, text
from visitkit.load.spelling import both, header_key

#: Headers that name the student or the row and need no word when a table does not use them.
_COMPANIONS = ("name", "class_id", "grade", "sex")


@dataclass(frozen=True, slots=True)
class Header:
    """What stands above one column.

    Parameters
    ----------
    lower
        The words next to the data; empty when only the level above is filled.
    upper
        The words of the level above, spread over its merged cells; empty with one level.
    """

    lower: str
    upper: str = ""

    @property
    def words(self) -> str:
        """The header as one piece of text."""
        return " ".join(part for part in (self.upper, self.lower) if part)

    @property
    def names(self) -> tuple[str, ...]:
        """Spellings to look up, the most telling first."""
        if self.upper and self.lower:
            return (header_key(self.upper + self.lower), *_keys(self.lower))
        return _keys(self.lower or self.upper)


@cache
def _keys(words: str) -> tuple[str, ...]:
    """Return a header's key, then without a question's number and its polite words."""
    key = header_key(words)
    bare = re.sub(r"^q?\d+[.,\u3001)]*", "", key)
    for lead in both("load.words.question"):
        bare = bare.removeprefix(lead)
    return (key,) if bare in {key, ""} else (key, bare)


@cache
def _ranks(table: str) -> dict[str, tuple[str, int]]:
    """Return spelling to column and its rank: 0 is the header or name that we write ourselves."""
    found: dict[str, tuple[str, int]] = {}
    listed: list[tuple[int, str, str]] = []
    for column in tables.TABLES[table].columns:
        listed.append((0, header_key(column.name), column.name))
        for lang in text.LANGUAGES:
            words = text.find(f"tables.{table}.{column.name}", lang)
            for rank, word in enumerate(words if isinstance(words, list) else [words]):
                listed.append((rank, header_key(word), column.name))
    for rank, key, name in sorted(listed, key=lambda item: item[0]):
        found.setdefault(key, (name, rank))
    return found


@dataclass(frozen=True, slots=True)
class Match:
    """The columns of one table found among headers.

    Parameters
    ----------
    places
        Column name to its place among the headers.
    own
        How many of them carry the header we would write.
    twice
        Column name to the places of headers that mean it equally well.
    """

    places: dict[str, int]
    own: int = 0
    twice: dict[str, tuple[int, ...]] = field(default_factory=dict)


def match(table: str, headers: Sequence[Header], without: Iterable[int] = ()) -> Match:
    """Find a table's columns among headers; where several fit, the most usual header wins.

    Parameters
    ----------
    table
        Name of the table.
    headers
        What stands above each column.
    without
        Places that mean something else already.

    Examples
    --------
    >>> match("students", [Header("Student ID*"), Header("gender"), Header("shoe size")]).places
    {'student_id': 0, 'sex': 1}
    """
    ranks, taken = _ranks(table), set(without)
    candidates: list[tuple[int, int, str]] = []
    for place, header in enumerate(headers):
        found = next((ranks[name] for name in header.names if name in ranks), None)
        if found and place not in taken:
            candidates.append((found[1], place, found[0]))
    best: dict[str, list[tuple[int, int]]] = {}
    for rank, place, name in sorted(candidates):
        best.setdefault(name, []).append((rank, place))
    places = {name: listed[0][1] for name, listed in best.items()}
    twice = {
        name: tuple(place for _, place in listed)
        for name, listed in best.items()
        if len(listed) > 1 and _same(headers, [place for _, place in listed])
    }
    if table == "attendance":
        _settle_reasons(places, headers, taken)
    own = sum(listed[0][0] == 0 for listed in best.values())
    return Match(places, own, twice)


def _settle_reasons(places: dict[str, int], headers: Sequence[Header], taken: set[int]) -> None:
    """Take a column of reasons for the status where there is no other, else for the note."""
    reasons = [
        at
        for at, header in enumerate(headers)
        if at not in taken and set(header.names) & set(both("load.words.reason"))
    ]
    if "status" not in places and places.get("note") in reasons:
        places["status"] = places.pop("note")
    free = [at for at in reasons if at not in places.values()]
    if "status" in places and free:
        places.setdefault("note", free[0])


def _same(headers: Sequence[Header], places: Sequence[int]) -> bool:
    return len({headers[place].names[0] for place in places}) < len(places)


@cache
def _quiet() -> frozenset[str]:
    known = set(both("load.words.ignored")) | set(both("load.words.derived"))
    keys = {header_key(word) for word in known}
    for name in _COMPANIONS:
        keys |= {key for key, (column, _) in _ranks("students").items() if column == name}
    return frozenset(keys)


def is_companion(header: Header, column: str) -> bool:
    """Tell whether a header names the student beside the number: name, class, grade or sex."""
    return any(_ranks("students").get(name, ("", 0))[0] == column for name in header.names)


def says_nothing(header: Header) -> bool:
    """Tell whether a header needs no word when its column is not used: serial numbers, totals."""
    return any(name in _quiet() for name in header.names) or not header.words
