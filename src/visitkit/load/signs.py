"""Cells that hold words: one code, several codes, signs of a register, marks and their absence."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass

from visitkit.load.numbers import parse_number, parse_percent
from visitkit.load.spelling import tidy, unquoted
from visitkit.load.unreadable import UnreadableCellError
from visitkit.load.vocabulary import code_of, split_by, split_words
from visitkit.tables import Column

#: The code of a sign that only says somebody was there.
PRESENT = "present"


def parse_code(value: object, vocabulary: str, *, open_vocabulary: bool = False) -> str:
    """Return the code of a word; with ``open_vocabulary`` an unknown word itself.

    Raises
    ------
    UnreadableCellError
        When the word is not known; its facts name the vocabulary to choose from.

    Examples
    --------
    >>> parse_code("Boy", "sex")
    'male'
    """
    if isinstance(value, float) and value == int(value):
        value = int(value)
    plain = unquoted(value)
    bare = re.sub(r"\([^()]*\)", "", plain)
    code = code_of(vocabulary, plain) or code_of(vocabulary, bare)
    if code is not None:
        return code
    usable = isinstance(value, str) and any(sign.isalpha() for sign in plain)
    if not (open_vocabulary and usable):
        raise UnreadableCellError("word_unknown", vocabulary=vocabulary)
    return plain


def parse_codes(value: object, vocabulary: str, *, open_vocabulary: bool = False) -> str:
    """Return the codes of several words, joined by ``;`` in the order written.

    Raises
    ------
    UnreadableCellError
        When a word is not known.

    Examples
    --------
    >>> parse_codes("head teacher, counsellor", "role")
    'head_teacher;counsellor'
    """
    if code_of(vocabulary, value) is not None:
        return parse_code(value, vocabulary)
    pieces = [piece.strip() for piece in re.split(r"[;,/|+\u3001\n]", tidy(value))]
    codes = [
        parse_code(piece, vocabulary, open_vocabulary=open_vocabulary) for piece in pieces if piece
    ]
    return ";".join(dict.fromkeys(codes))


def parse_flag(value: object) -> bool:
    """Return yes or no.

    Raises
    ------
    UnreadableCellError
        When the word is neither.
    """
    if isinstance(value, bool):
        return value
    return parse_code(value, "flag") == "yes"


@dataclass(frozen=True, slots=True)
class Signs:
    """What one cell of a register says: statuses, and periods where a number stands beside."""

    codes: tuple[str, ...]
    periods: float | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """A cell of a register as written, with what the legend of its sheet makes of it.

    ``signs`` is ``None`` where the legend does not have the sign.
    """

    written: str
    signs: Signs | None

    def __str__(self) -> str:
        """Return the cell as written, which is what a fault shows."""
        return self.written


def parse_signs(value: object, index: Mapping[str, str] | None = None) -> Signs:
    """Return the statuses written in a cell of a register; being there has none.

    Several signs may stand in a cell; a number after a single one is a number of periods.

    Parameters
    ----------
    value
        A cell, or one that the legend of its sheet explains.
    index
        Spelling to code, where a legend goes before our own signs.

    Raises
    ------
    UnreadableCellError
        When a sign is not known.

    Examples
    --------
    >>> parse_signs("late 2"), parse_signs("present")
    (Signs(codes=('late',), periods=2.0), Signs(codes=(), periods=None))
    """
    if isinstance(value, Told):
        if value.signs is None:
            raise UnreadableCellError("sign_unlisted")
        return value.signs
    if isinstance(value, dt.date | dt.time | bool | int | float):
        raise UnreadableCellError("word_unknown", vocabulary="attendance_status")
    plain = unquoted(value)
    codes = _split(plain, index)
    periods = None
    if codes is None:
        counted = re.fullmatch(r"(\D+?)\s*(\d+(?:\.\d+)?\s*\D*)", plain)
        codes = _split(counted[1], index) if counted else None
        periods = _periods(counted[2]) if counted and codes else None
        if codes is None or len(codes) != 1 or periods is None:
            raise UnreadableCellError("word_unknown", vocabulary="attendance_status")
    return Signs(tuple(code for code in codes if code != PRESENT), periods)


def _split(plain: str, index: Mapping[str, str] | None) -> list[str] | None:
    if index is not None:
        return split_by(plain, index)
    return split_words(plain, ("attendance_status", "attendance_present"))


def _periods(value: str) -> float | None:
    try:
        return parse_number(value, "period")
    except UnreadableCellError:
        return None


@dataclass(frozen=True, slots=True)
class Score:
    """What a mark cell says: marks, a share of the full score, or why there are none."""

    marks: float | None = None
    share: float | None = None
    status: str | None = None


def parse_score(value: object, column: Column) -> Score:
    """Return marks, a share for a per cent cell, or the status for a word such as absent.

    Raises
    ------
    UnreadableCellError
        When the cell is none of these, or the marks lie outside the column's range.

    Examples
    --------
    >>> from visitkit.tables import MARKS
    >>> column = MARKS.by_name["score"]
    >>> parse_score("98%", column).share, parse_score("absent", column).status
    (0.98, 'absent')
    """
    if isinstance(value, str):
        status = code_of("mark_status", unquoted(value))
        if status is not None:
            return Score(status=status)
        share = parse_percent(value)
        if share is not None:
            if not 0 <= share <= 1:
                raise UnreadableCellError("percent_range")
            return Score(share=share)
    try:
        marks = parse_number(value, "mark")
    except UnreadableCellError as error:
        unit = error.key == "number_unit"
        raise UnreadableCellError("score_unit" if unit else "score_unknown") from error
    low, high = column.low or 0.0, column.high or float("inf")
    if not low <= marks <= high:
        raise UnreadableCellError("out_of_range", low=f"{low:g}", high=f"{high:g}", unit="mark")
    return Score(marks=marks)
