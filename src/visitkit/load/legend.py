"""The legend of a register: what the school itself says that its signs mean.

Schools print the same signs with other meanings, so a legend in the titles or below the rows goes
before our own list of signs. A sign stands before its words or behind them; which of the two is
read from the whole legend, and a legend that can be read both ways is not read at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import groupby

from visitkit.load.grid import Cells
from visitkit.load.rows import is_usual
from visitkit.load.sheets import Sheet
from visitkit.load.signs import PRESENT, Signs, Told, parse_signs
from visitkit.load.spelling import both, phrases, tidy, word_key
from visitkit.load.unreadable import UnreadableCellError
from visitkit.load.vocabulary import words

_HAN = "\u3400-\u9fff\uf900-\ufaff"
_TOKENS = (
    rf"(?P<word>[{_HAN}]+|[a-z]{{3,}})|(?P<letters>[a-z]+)|\d+|(?P<loose>[\s,;\u3001\u3002|]+)"
    r"|[:=\-\u2013\u2014>\u2192()\"'\u201c\u201d\u2018\u2019\u300a\u300b\[\]\u3010\u3011<~_.!?%s]+"
    r"|(?P<sign>.)"
)
_BRACKETS = re.compile(r"\(([^()]*)\)")
_UNKNOWN, _SEVERAL = "", "?"
#: Signs that a title must explain before it counts as a legend without being called one.
_FEWEST = 2


@dataclass(frozen=True, slots=True)
class _Run:
    """Signs, or words, that follow each other."""

    signs: bool
    members: tuple[str, ...]
    loose: bool


@dataclass(frozen=True, slots=True)
class Legend:
    """What a sheet says of its signs.

    Parameters
    ----------
    signs
        A sign, spelt as for comparing, to the code of its status; empty where its words are not
        known.
    unclear
        Row and column, counted from 0, and words of a legend that could not be understood.
    """

    signs: Mapping[str, str] = field(default_factory=dict)
    unclear: tuple[int, int, str] | None = None

    def told(self, cells: Cells) -> Cells:
        """Return cells in which those that the legend changes carry what it says."""
        if not self.signs:
            return cells
        index = _index(self.signs)
        return Cells(cells.codes, tuple(self._told(value, index) for value in cells.values))

    def _told(self, value: object, index: Mapping[str, str]) -> object:
        empty = isinstance(value, str) and word_key(value) in both("load.words.empty")
        if not isinstance(value, str) or (empty and word_key(value) not in self.signs):
            return value
        usual, here = _read(value, None), _read(value, index)
        return value if here is not None and usual == here else Told(value, here)

    def listed(self) -> tuple[tuple[str, str], ...]:
        """Return each sign with its code, for a remark; none where all have their usual one."""
        if all(_usual().get(sign) == code for sign, code in self.signs.items() if code):
            return ()
        return tuple((sign, code) for sign, code in sorted(self.signs.items()) if code)


def _read(value: object, index: Mapping[str, str] | None) -> Signs | None:
    try:
        return parse_signs(value, index)
    except UnreadableCellError:
        return None


@cache
def _usual() -> dict[str, str]:
    return {**words("attendance_present"), **words("attendance_status")}


def _is_sign(spelling: str) -> bool:
    return len(spelling) == 1 and not re.match(f"[{_HAN}]", spelling)


def _index(signs: Mapping[str, str]) -> dict[str, str]:
    """Return spelling to code where a legend goes first.

    Signs that differ only in how they are drawn follow the one the legend lists; other signs
    than those it lists are not taken to have their usual meaning, except that of being there.
    """
    usual = _usual()
    index = {spelling: code for spelling, code in usual.items() if not _is_sign(spelling)}
    for spelling, code in usual.items():
        alike = {signs[sign] for sign in signs if usual.get(sign) == code}
        if not _is_sign(spelling):
            continue
        if len(alike) == 1:
            index[spelling] = alike.pop()
        elif code == PRESENT or (len(signs) < _FEWEST and code not in signs.values()):
            index[spelling] = code
    index |= signs
    kept = {sign for sign, code in signs.items() if not code and usual.get(sign) == PRESENT}
    index |= dict.fromkeys(kept, PRESENT)
    return {spelling: code for spelling, code in index.items() if code}


def find_legend(sheet: Sheet, first: int, key: int, used: str) -> Legend:
    """Return the legend of a sheet: in its titles, or in rows that are no student's.

    Parameters
    ----------
    sheet
        The sheet.
    first
        First row below the headers, counted from 0.
    key
        The column of student numbers.
    used
        All characters in the cells that hold signs; a legend nobody can read is only told when
        it is about one of them.
    """
    signs: dict[str, str] = {}
    unclear: tuple[int, int, str] | None = None
    for row, column, said in _texts(sheet, first, key):
        found = _signs_of(said)
        if found is None and unclear is None and _concerns(said, used):
            unclear = (row, column, tidy(said))
        for sign, code in (found or {}).items():
            if signs.setdefault(sign, code) != code:
                unclear = (row, column, tidy(said))
    return Legend({} if unclear else signs, unclear)


def _texts(sheet: Sheet, first: int, key: int) -> Iterator[tuple[int, int, str]]:
    """Yield texts that may be a legend; the cells of a row called legend as one."""
    for row in range(sheet.height):
        if row >= first and is_usual(sheet.cell(row, key)):
            continue
        cells = [(at, cell) for at, cell in enumerate(sheet.row(row)) if isinstance(cell, str)]
        if cells and _called_legend(cells[0][1]):
            yield row, cells[0][0], " ".join(dict.fromkeys(cell for _, cell in cells))
        else:
            yield from ((row, at, cell) for at, cell in cells if len(cell) > _FEWEST)


def is_legend(said: object) -> bool:
    """Tell whether a text explains signs.

    Examples
    --------
    >>> is_legend("legend: S = sick, X = unexcused"), is_legend("filled in every day")
    (True, False)
    """
    return isinstance(said, str) and bool(_signs_of(said))


def _called_legend(said: str) -> bool:
    return tidy(said).casefold().startswith(phrases("load.words.legend"))


def _signs_of(said: str) -> dict[str, str] | None:
    """Return what a text says of signs: nothing when it is no legend, ``None`` when unclear."""
    plain = tidy(said).casefold()
    for inner in _BRACKETS.findall(plain):
        found = _paired(_runs(inner, "/"))
        if found and _explained(found) >= _FEWEST:
            return found
    whole = _without_lead(plain)
    enough = 1 if _called_legend(said) else _FEWEST
    for separator in ("/", ""):
        found = _paired(_runs(whole, separator))
        if found and _explained(found) >= enough:
            return found
    runs = _runs(whole, "/")
    marks = sum(len(run.members) for run in runs if run.signs)
    known = sum(bool(code) for run in runs if not run.signs for code in run.members)
    return None if marks >= enough and known >= enough else {}


def _explained(found: Mapping[str, str]) -> int:
    return sum(bool(code) for code in found.values())


def _concerns(said: str, used: str) -> bool:
    signs = (sign for run in _runs(_without_lead(tidy(said).casefold()), "/") if run.signs
             for sign in run.members)  # fmt: skip
    return any(sign in used for sign in signs)


def _without_lead(plain: str) -> str:
    """Drop what stands before a colon, such as "legend:", unless it is itself explained."""
    lead, colon, rest = plain.partition(":")
    told = any(run.signs for run in _runs(lead, "/")) or word_key(lead) in _usual()
    return rest if colon and not told else plain


def _runs(plain: str, separator: str) -> list[_Run]:
    tokens: list[tuple[bool, str, bool]] = []
    loose = True
    for found in re.finditer(_TOKENS % separator, plain):
        kind, text = found.lastgroup, found.group()
        code = _code(text) if kind == "word" else None
        if kind == "loose":
            loose = True
        elif kind == "sign" or (kind == "letters" and len(text) <= 2):
            tokens.append((True, word_key(text), loose))
            loose = False
        elif code is not None:
            tokens.append((False, code, loose))
            loose = False
    grouped = (list(group) for _, group in groupby(tokens, key=lambda token: token[0]))
    return [_Run(run[0][0], tuple(member for _, member, _ in run), run[0][2]) for run in grouped]


def _code(word: str) -> str | None:
    """Return the status some words name; ``None`` when they only join a sign to its words."""
    found = {_usual()[spelling] for spelling in _statuses().findall(word)}
    if found:
        return found.pop() if len(found) == 1 else _SEVERAL
    return _UNKNOWN if _joining().sub("", word) else None


@cache
def _statuses() -> re.Pattern[str]:
    longest = sorted((one for one in _usual() if len(one) > 1), key=lambda one: (-len(one), one))
    return re.compile("|".join(map(re.escape, longest)))


@cache
def _joining() -> re.Pattern[str]:
    joining = both("load.words.legend_joins") + both("load.words.legend")
    longest = sorted((one.rstrip(":") for one in joining), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest)))


def _paired(runs: Sequence[_Run]) -> dict[str, str] | None:
    start = _first_pair(runs)
    if start is None:
        return None
    found: dict[str, str] = {}
    for at in range(start, len(runs) - 1, 2):
        marks, named = sorted(runs[at : at + 2], key=lambda run: not run.signs)
        codes = {code for code in named.members if code}
        if len(codes) > 1 or _SEVERAL in codes:
            return None
        code = next(iter(codes), _UNKNOWN)
        if any(found.setdefault(sign, code) != code for sign in marks.members):
            return None
    return found


def _first_pair(runs: Sequence[_Run]) -> int | None:
    """Return where pairs of signs and words begin, ``None`` when it cannot be told."""
    if len(runs) < 2:
        return None
    close = [not run.loose for run in runs]
    if len(runs) % 2 == 0:
        crossed = len(runs) > 2 and not any(close[1::2]) and all(close[2::2])
        return None if crossed else 0
    if runs[0].signs:
        return None
    unknown = [not any(runs[at].members) for at in (0, -1)]
    if unknown[0] != unknown[1]:
        return 1 if unknown[0] else 0
    tight = [all(close[1::2]), all(close[2::2])]
    return None if tight[0] == tight[1] else int(tight[1])
