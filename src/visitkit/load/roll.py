"""The roll: every student once, and every other table's student numbers matched to it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from visitkit.load.draft import Draft
from visitkit.load.notes import Note
from visitkit.load.spelling import person, word_key

#: Signs between the parts of a name, which people leave out or write differently.
_NAME_SIGNS = "\u00b7\u2022\u30fb.-'\u2027 "


@dataclass(frozen=True, slots=True)
class Roll:
    """The students of a school, for matching.

    Parameters
    ----------
    names
        Student number to the key of the name; empty when there is none.
    stripped
        Student number without leading zeros to the numbers on the roll that it may be.
    folded
        Student number in small letters to the numbers on the roll that it may be.
    shared
        Rows that have their number in common with a row of another name, each with where it
        stands: a student's own number may be missing on the roll for that reason.
    """

    names: dict[str, str]
    stripped: dict[str, list[str]] = field(default_factory=dict)
    folded: dict[str, list[str]] = field(default_factory=dict)
    shared: tuple[Mapping[str, object], ...] = ()

    @classmethod
    def of(cls, names: dict[str, str]) -> Roll:
        """Index a roll.

        Examples
        --------
        >>> roll = Roll.of({"0412": "", "0413": ""})
        >>> roll.match("412", number=True), roll.match("999", number=False)
        ('0412', None)
        """
        stripped: dict[str, list[str]] = defaultdict(list)
        folded: dict[str, list[str]] = defaultdict(list)
        for one in names:
            folded[one.casefold()].append(one)
            if one.isdigit():
                stripped[one.lstrip("0")].append(one)
        return cls(names, dict(stripped), dict(folded))

    def match(self, student: str, *, number: bool) -> str | None:
        """Return the student on the roll that a number means; empty when several may be meant.

        Parameters
        ----------
        student
            The number as read.
        number
            The cell held a number, so leading zeros may have been lost.
        """
        twins = self.stripped.get(student.lstrip("0"), []) if student.isdigit() else []
        if student in self.names and not (number and len(twins) > 1):
            return student
        candidates = twins or self.folded.get(student.casefold(), [])
        if len(candidates) == 1:
            return candidates[0]
        return "" if candidates else None


def name_key(name: object) -> str:
    """Return what two spellings of a person's name have in common.

    Examples
    --------
    >>> name_key("Li Ming") == name_key("li-ming")
    True
    """
    plain = word_key(person(name))
    return "".join(sign for sign in plain if sign not in _NAME_SIGNS)


def settle_roll(students: Draft) -> Roll:
    """Give the students one number each and report those listed twice.

    A number cell among text of one common width gets its leading zeros back. Of a student listed
    twice one row stays, the fullest, so that no child is lost; which row comes first does not
    count.
    """
    _pad(students)
    frame = students.standing()
    listed = frame[frame["student_id"].duplicated(keep=False)]
    shared = _one_row_each(students, listed) if len(listed) else ()
    kept = students.standing()
    names = kept["name"].fillna("")
    roll = Roll.of(dict(zip(kept["student_id"], map(name_key, names), strict=True)))
    return replace(roll, shared=shared)


def _one_row_each(students: Draft, listed: pd.DataFrame) -> tuple[dict[str, object], ...]:
    """Keep one row of each number; return where the later rows under another name stand."""
    words = listed.astype("object").map(str).agg("\x1f".join, axis=1)
    order = listed.assign(_empty=listed.isna().sum(axis=1), _words=words)
    order = order.sort_values(["student_id", "_empty", "_words"], kind="stable")
    stays = order.drop_duplicates("student_id").index
    places = pd.Series(listed.index, index=listed.index)
    first_of = places.groupby(listed["student_id"]).transform("min")
    for row, first in first_of.items():
        if row != first:
            where = students.where(int(first))
            students.report([int(str(row))], "student_id", "student_twice", drop=False, **where)
    students.dropped[listed.index.difference(stays).to_numpy()] = True
    names = dict(zip(listed.index.tolist(), listed["name"].fillna("").map(name_key), strict=True))
    firsts = zip(first_of.index.tolist(), first_of.tolist(), strict=True)
    others = [
        at for at, first in firsts if at != first and (not names[at] or names[at] != names[first])
    ]
    return tuple(students.where(at) for at in others)


def _pad(students: Draft) -> None:
    """Fill number cells up to the one width that the text cells of the roll have."""
    cells, read = students.cells["student_id"], students.reads["student_id"]
    values = read.meanings
    found = [
        (at, raw, value)
        for at, (raw, value) in enumerate(zip(cells.values, values, strict=True))
        if isinstance(value, str)
    ]
    texts = {value for _, raw, value in found if isinstance(raw, str)}
    widths = {len(value) for value in texts if value.isdigit()}
    if len(widths) == 1:
        width = widths.pop()
        padded = {at: value.zfill(width) for at, raw, value in found if not isinstance(raw, str)}
        new = {at: one for at, one in padded.items() if one not in texts | {values[at]}}
        _rewrite(students, new)


def _rewrite(draft: Draft, changed: dict[int, str]) -> None:
    """Replace the student number of some distinct cells."""
    if not changed:
        return
    read = draft.reads["student_id"]
    values = [changed.get(at, value) for at, value in enumerate(read.meanings)]
    codes = draft.cells["student_id"].codes
    taken = np.array(values, dtype=object)[codes]
    draft.frame["student_id"] = draft.frame["student_id"].mask(np.isin(codes, list(changed)), taken)
    rows = draft.rows_of(np.isin(codes, list(changed)))
    widths = Counter(len(value) for value in changed.values())
    facts = {"table": draft.table.name, "number": rows, "width": widths.most_common(1)[0][0]}
    draft.notes.append(Note("ids_padded", facts=facts))


def match_students(draft: Draft, roll: Roll) -> None:
    """Match a table's students to the roll; report those who are not on it.

    Where the table has the student's name beside the number, the two must be of one student.
    """
    cells, read = draft.cells["student_id"], draft.reads["student_id"]
    changed: dict[int, str] = {}
    unknown: dict[str, list[int]] = {"not_on_roll": [], "id_ambiguous": []}
    for at, (raw, value) in enumerate(zip(cells.values, read.meanings, strict=True)):
        if not isinstance(value, str):
            continue
        found = roll.match(value, number=not isinstance(raw, str))
        if found:
            changed |= {at: found} if found != value else {}
        else:
            unknown["not_on_roll" if found is None else "id_ambiguous"].append(at)
    _rewrite(draft, changed)
    covered = _covered(draft, roll, unknown["not_on_roll"])
    known = {at for places in covered for at in places}
    unknown["not_on_roll"] = [at for at in unknown["not_on_roll"] if at not in known]
    _wait_for_the_roll(draft, roll, covered)
    for key, places in unknown.items():
        rows = np.flatnonzero(np.isin(cells.codes, places)) if places else ()
        draft.report(rows, "student_id", key, number=len(roll.names))
    if "_name" in draft.cells:
        _compare_names(draft, roll)


def _covered(draft: Draft, roll: Roll, strangers: Iterable[int]) -> list[list[int]]:
    """Return the cells of numbers that seem to be typed over on the roll, number by number.

    Their neighbours in the row of numbers are on the roll, and there are no more of them than rows
    that have their number in common with somebody else.
    """
    cells, meanings = draft.cells["student_id"], draft.reads["student_id"].meanings
    found: dict[str, list[int]] = defaultdict(list)
    for at in sorted(set(strangers).intersection(cells.codes.tolist())):
        number = str(meanings[at])
        if roll.shared and any(one in roll.names for one in _neighbours(number)):
            found[number].append(at)
    return list(found.values()) if len(found) <= len(roll.shared) else []


def _neighbours(number: str) -> Iterator[str]:
    """Yield the numbers before and after one that ends in digits.

    Examples
    --------
    >>> list(_neighbours("S0410"))
    ['S0409', 'S0411']
    """
    digits = number[len(number.rstrip("0123456789")) :]
    for value in (int(digits or 0) - 1, int(digits or 0) + 1):
        if digits and value >= 0:
            yield number.removesuffix(digits) + str(value).zfill(len(digits))


def _wait_for_the_roll(draft: Draft, roll: Roll, numbers: Iterable[list[int]]) -> None:
    """Leave out the rows of students whose number seems to be typed over on the roll.

    Told once for each number: the fault is the roll's, and these rows may well be right.
    """
    for places in numbers:
        rows = np.flatnonzero(np.isin(draft.cells["student_id"].codes, places))
        draft.dropped[rows] = True
        facts = {**roll.shared[0], "number": len(rows)}
        draft.report(rows[:1], "student_id", "number_covered", drop=True, **facts)


def _compare_names(draft: Draft, roll: Roll) -> None:
    names = draft.cells["_name"]
    keys = [name_key(value) if value is not None else "" for value in names.distinct]
    numbers, students = pd.factorize(draft.frame["student_id"])
    pairs = numbers.astype(np.int64) * len(keys) + names.codes
    distinct, inverse = np.unique(pairs, return_inverse=True)
    differs = np.zeros(len(distinct), dtype=bool)
    for place, pair in enumerate(distinct.tolist()):
        student, name = divmod(pair, len(keys))
        expected = roll.names.get(str(students[student]), "") if student >= 0 else ""
        differs[place] = bool(expected and keys[name] and expected != keys[name])
    draft.report(np.flatnonzero(differs[inverse] & ~draft.dropped), "_name", "name_differs")
