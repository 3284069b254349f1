"""Which lessons of a day a cell means: one, a span, a list, half a day or the whole day."""

from __future__ import annotations

import math
import re
from functools import cache

from visitkit import text
from visitkit.calendar import USUAL_PERIODS
from visitkit.load.numbers import parse_number
from visitkit.load.spelling import both, pattern_of, unquoted, word_key
from visitkit.load.unreadable import UnreadableCellError

#: Half a school day in lessons.
HALF_DAY = USUAL_PERIODS / 2
#: More lessons than any day has.
_MOST = 20
_WHOLE = "whole"
HALVES = ("forenoon", "afternoon")
Lessons = tuple[str, ...]


@cache
def _parts() -> dict[str, str]:
    found = dict.fromkeys(both("load.words.whole_day"), _WHOLE)
    for half in HALVES:
        found |= dict.fromkeys(both(f"load.words.{half}_part"), half)
    return found | dict.fromkeys(both("load.words.half_day"), "half")


@cache
def _span() -> re.Pattern[str]:
    until, unit = pattern_of("until"), pattern_of("lesson_unit")
    lead = pattern_of("lesson_lead")
    halves = "|".join(pattern_of(f"{half}_part") for half in HALVES)
    one = rf"(?:{lead})?\d{{1,2}}(?:{unit})?"
    return re.compile(rf"(?:{halves})?(?P<span>{one}(?:(?:{until}|[,;&+/\u3001.]){one})*)")


def _digits(plain: str) -> str:
    """Write numerals in digits; numerals in a row are lessons in a row, not tens and ones."""
    numerals = str(text.find("load.words.numerals", "zh"))
    ten = numerals[10]
    digit = {sign: str(at) for at, sign in enumerate(numerals[:10])}

    def written(found: re.Match[str]) -> str:
        word = found.group()
        if ten not in word:
            return ",".join(digit[sign] for sign in word)
        tens, ones = word.split(ten, 1)
        return str(int(digit.get(tens, "1")) * 10 + int(digit.get(ones, "0")))

    return re.sub(f"[{numerals[:10]}]*{ten}[{numerals[:10]}]?|[{numerals[:10]}]+", written, plain)


def parse_lessons(value: object) -> Lessons:
    """Return the lessons of a day that a cell names: numbers, halves, named lessons or the day.

    Parameters
    ----------
    value
        A cell: a number is the number of one lesson.

    Raises
    ------
    UnreadableCellError
        When the words are not understood.

    Examples
    --------
    >>> parse_lessons("lessons 1-3"), parse_lessons(2.0), parse_lessons("all day")
    (('1', '2', '3'), ('2',), ('whole',))
    """
    if isinstance(value, float) and value == int(value):
        value = int(value)
    key = word_key(unquoted(value))
    if key in _parts():
        return (_parts()[key],)
    if key in both("load.words.named_lesson"):
        return (key,)
    found = _span().fullmatch(_digits(re.sub(r"[\s_]", "", unquoted(value).casefold())))
    if not found:
        raise UnreadableCellError("lesson_unknown")
    return _numbered(found["span"])


def _numbered(span: str) -> Lessons:
    listed: list[str] = []
    for piece in re.split(r"[,;&+/\u3001.]", span):
        ends = [int(number) for number in re.findall(r"\d+", piece)]
        first, last = ends[0], ends[-1]
        if len(ends) > 2 or not 1 <= first <= last <= _MOST:
            raise UnreadableCellError("lesson_unknown")
        listed += map(str, range(first, last + 1))
    return tuple(dict.fromkeys(listed))


def weight(lesson: str) -> float:
    """Return how many periods a part of a day counts; the whole day is infinite.

    Examples
    --------
    >>> weight("3"), weight("forenoon"), weight("whole")
    (1.0, 4.0, inf)
    """
    if lesson == _WHOLE:
        return math.inf
    return HALF_DAY if lesson in {*HALVES, "half"} else 1.0


def parse_periods(value: object) -> float | None:
    """Return a number of periods; ``None`` is the whole day, as an empty cell is.

    A bare number is a count, not the number of a lesson; a span or list of lessons counts them.

    Raises
    ------
    UnreadableCellError
        When the cell is neither.

    Examples
    --------
    >>> parse_periods("3"), parse_periods("lessons 1-4"), parse_periods("all day")
    (3.0, 4.0, None)
    """
    try:
        return parse_number(value, "period")
    except UnreadableCellError as error:
        plain = unquoted(value) if isinstance(value, str) else ""
        named = word_key(plain) in _parts() or re.search(
            pattern_of("lesson_name"), plain.casefold()
        )
        if not named:
            raise
        try:
            total = sum(map(weight, parse_lessons(plain)))
        except UnreadableCellError:
            raise error from None
        return None if math.isinf(total) else total
