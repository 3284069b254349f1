"""What rosters hold beside the students: columns of guardians and of special groups."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache

import numpy as np

from visitkit.load.found import Found, Laid
from visitkit.load.grid import Cells, MappedTable, Rows, letter
from visitkit.load.headers import Header
from visitkit.load.signs import parse_flag
from visitkit.load.spelling import both, header_key, tidy, word_key
from visitkit.load.unreadable import UnreadableCellError
from visitkit.load.vocabulary import code_of, words

#: The guardian of columns that name no relation.
MAIN = "main"
_FIELDS = ("name", "phone", "relation", "schooling", "away", "able")


@dataclass(frozen=True, slots=True)
class Extras:
    """Columns of a roster that belong to other tables.

    Parameters
    ----------
    guardians
        A relation, or a name for an unnamed guardian, to the guardian's columns by place.
    groups
        Places of columns that name groups.
    flags
        Place to the group a yes in that column means.
    """

    guardians: dict[str, dict[str, int]] = field(default_factory=dict)
    groups: tuple[int, ...] = ()
    flags: dict[int, str] = field(default_factory=dict)

    @property
    def places(self) -> set[int]:
        """All columns used."""
        used = {at for columns in self.guardians.values() for at in columns.values()}
        return used | set(self.groups) | set(self.flags)


def find_extras(headers: Sequence[Header]) -> Extras:
    """Find columns of guardians and groups among a roster's headers.

    Examples
    --------
    >>> extras = find_extras([Header("father name"), Header("father phone"), Header("groups")])
    >>> extras.guardians, extras.groups
    ({'father': {'name': 0, 'phone': 1}}, (2,))
    """
    guardians: dict[str, dict[str, int]] = {}
    groups: list[int] = []
    flags: dict[int, str] = {}
    for place, header in enumerate(headers):
        key = header_key(header.upper + header.lower)
        who = _guardian_of(key)
        flag = _flag_of(key)
        if key in _group_headers():
            groups.append(place)
        elif flag:
            flags[place] = flag
        elif who:
            guardians.setdefault(who[0], {}).setdefault(who[1], place)
    return Extras(guardians, tuple(groups), flags)


@cache
def _group_headers() -> frozenset[str]:
    return frozenset(header_key(word) for word in both("load.words.group_column"))


def _flag_of(key: str) -> str | None:
    for lead in both("load.words.whether"):
        if key.startswith(lead) and len(key) > len(lead):
            return code_of("group", key.removeprefix(lead))
    return None


@cache
def _endings() -> dict[str, str]:
    endings = {
        header_key(word): name for name in _FIELDS for word in both(f"load.words.guardian_{name}")
    }
    return dict(sorted(endings.items(), key=lambda item: -len(item[0])))


def _guardian_of(key: str) -> tuple[str, str] | None:
    """Return the guardian and the field a header speaks of."""
    if key in _bare_relations():
        return _bare_relations()[key], "name"
    bare = key.rstrip("0123456789")
    which = key.removeprefix(bare)
    if bare in _guardian_words():
        return MAIN + which, "name"
    for ending, name in _endings().items():
        if not bare.endswith(ending):
            continue
        lead = bare.removesuffix(ending)
        if not lead:
            return (MAIN + which, name) if name in {"phone", "relation"} else None
        if lead in _bare_relations():
            return _bare_relations()[lead], name
        numbered = re.fullmatch(r"(.*?)(\d?)", lead)
        if numbered and numbered[1] in _guardian_words():
            return MAIN + (numbered[2] or which), name
    return None


@cache
def _guardian_words() -> frozenset[str]:
    return frozenset(header_key(word) for word in both("load.words.guardian"))


@cache
def _bare_relations() -> dict[str, str]:
    spelt = {header_key(word): code for word, code in words("relation").items()}
    return {word: code for word, code in spelt.items() if len(word) > 1 and code != "other"}


def guardians(found: Found, extras: Extras, keep: Rows) -> Laid:
    """Return a row for each guardian of each student with a name or a telephone number.

    A contact number that equals a parent's is not listed a second time.
    """
    laid = Laid()
    seen: list[Cells] = []
    repeated = 0
    for who, columns in sorted(extras.guardians.items(), key=lambda item: item[0].startswith(MAIN)):
        cells = {name: found.sheet.columns[at] for name, at in columns.items()}
        there = _filled(cells, keep)
        if set(columns) == {"phone"}:
            again = _said_before(cells["phone"], seen, keep)
            repeated += int((again & there).sum())
            there &= ~again
        if "phone" in cells:
            seen.append(cells["phone"])
        if there.any():
            laid.parts.append(_guardian(found, who, columns, keep[there]))
    if repeated:
        laid.notes.append(found.note("same_phone", number=repeated))
    return laid


def _filled(cells: dict[str, Cells], keep: Rows) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    there = np.zeros(len(keep), dtype=bool)
    for name in ("name", "phone"):
        if name in cells:
            nothing = both("load.words.empty")
            told = [v is not None and word_key(v) not in nothing for v in cells[name].values]
            there |= np.array(told, dtype=bool)[cells[name].codes][keep]
    return there


def _said_before(
    phone: Cells, seen: Iterable[Cells], keep: Rows
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    again = np.zeros(len(keep), dtype=bool)
    plain = [_digits(value) for value in phone.values]
    for other in seen:
        theirs = [_digits(value) for value in other.values]
        again |= np.array(
            [
                plain[a] == theirs[b] and plain[a] != ""
                for a, b in zip(phone.codes[keep], other.codes[keep], strict=True)
            ],
            dtype=bool,
        )
    return again


def _digits(value: object) -> str:
    if isinstance(value, float) and value == int(value):
        value = int(value)
    return re.sub(r"\D", "", tidy(value)) if value is not None else ""


def _guardian(found: Found, who: str, columns: dict[str, int], rows: Rows) -> MappedTable:
    places = {"student_id": found.claim.places["student_id"], **columns}
    part = found.sheet.take("guardians", places, 0, rows)
    cells = dict(part.columns)
    if not who.startswith(MAIN):
        cells["relation"] = Cells.constant(who, len(rows))
    return MappedTable("guardians", cells, part.rows, part.letters, part.file, part.sheet)


def groups(found: Found, extras: Extras, keep: Rows) -> Laid:
    """Return a row for each group a roster puts a student in; words for none make no row."""
    laid = Laid()
    for at in extras.groups:
        laid.add(_named_groups(found, at, keep))
    for at, code in extras.flags.items():
        laid.add(_flagged(found, at, code, keep))
    return laid


def _named_groups(found: Found, at: int, keep: Rows) -> Laid:
    column = found.sheet.columns[at]
    pieces = [_pieces(value) for value in column.values]
    rows: list[int] = []
    said: list[str] = []
    for row in keep.tolist():
        for piece in pieces[column.codes[row]]:
            rows.append(row)
            said.append(piece)
    if not rows:
        return Laid()
    return Laid([_group(found, at, np.array(rows, dtype=np.int64), Cells.of(said))])


def _pieces(value: object) -> list[str]:
    if value is None:
        return []
    # A word that is known as a whole may hold a sign that separates others.
    whole = [tidy(value)] if code_of("group", value) else None
    lines = ";".join(str(value).splitlines())
    parts = whole or re.split(r"[;,/|+\u3001 ]+", tidy(lines))
    return [part for part in parts if part and word_key(part) not in both("load.words.no_group")]


def _flagged(found: Found, at: int, code: str, keep: Rows) -> Laid:
    column = found.sheet.columns[at]
    told = [_flag(value) for value in column.values]
    counts = np.array([yes is not False for yes in told], dtype=bool)
    rows = keep[counts[column.codes[keep]]]
    if not len(rows):
        return Laid()
    # A cell that is neither yes nor no is handed on as it is, so that it becomes a fault.
    meant = Cells(
        column.codes,
        tuple(code if yes else value for yes, value in zip(told, column.values, strict=True)),
    )
    return Laid([_group(found, at, rows, meant.take(rows))])


def _flag(value: object) -> bool | None:
    if value is None or word_key(value) in both("load.words.empty"):
        return False
    try:
        return parse_flag(value)
    except UnreadableCellError:
        return None


def _group(found: Found, at: int, rows: Rows, code: Cells) -> MappedTable:
    part = found.sheet.take("groups", {"student_id": found.claim.places["student_id"]}, 0, rows)
    columns = {**part.columns, "code": code}
    letters = {**part.letters, "code": letter(at)}
    return MappedTable("groups", columns, part.rows, letters, part.file, part.sheet)
