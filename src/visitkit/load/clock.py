"""Times of day: ``14:30`` in one spelling."""

from __future__ import annotations

import datetime as dt
import re
from functools import cache

from visitkit.load.spelling import both, pattern_of, unquoted, word_key
from visitkit.load.unreadable import UnreadableCellError


@cache
def clock_pattern() -> re.Pattern[str]:
    """Return the pattern of a time of day: hour ``h``, minute ``m``, half of the day."""
    halves = f"{pattern_of('forenoon')}|{pattern_of('afternoon')}"
    minutes = rf"(?P<m>\d{{1,2}})(?:{pattern_of('minute')})?(?:{pattern_of('second')}|:?\d\d)?"
    return re.compile(
        rf"(?P<lead>{halves})?(?P<h>\d{{1,2}})(?:(?:{pattern_of('hour')})(?:{minutes})?)?"
        rf"(?P<tail>{halves})?"
    )


def read_clock(found: re.Match[str], *, afternoon: bool = False) -> str:
    """Return a match of :func:`clock_pattern` as ``HH:MM``.

    Raises
    ------
    UnreadableCellError
        When there is no such time of day.
    """
    hour, minute = int(found["h"]), int(found["m"] or 0)
    half = found["lead"] or found["tail"] or ""
    if (afternoon or half in both("load.words.afternoon")) and 1 <= hour < 12:
        hour += 12
    if hour > 24 or minute > 59 or (hour == 24 and minute):
        raise UnreadableCellError("time_unknown")
    return f"{hour:02d}:{minute:02d}"


def parse_time(value: object) -> str:
    """Return a time of day as ``HH:MM``.

    Raises
    ------
    UnreadableCellError
        When the cell is not a time of day.

    Examples
    --------
    >>> parse_time("8:05"), parse_time(0.5), parse_time("2:30 pm")
    ('08:05', '12:00', '14:30')
    """
    if isinstance(value, dt.datetime | dt.time):
        return f"{value.hour:02d}:{value.minute:02d}"
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1:
        minutes = round(value * 24 * 60)
        return f"{minutes // 60 % 24:02d}:{minutes % 60:02d}"
    plain = word_key(unquoted(value)) if isinstance(value, str) else ""
    # A bare number is as likely a duration as an hour.
    found = None if plain.isdigit() else clock_pattern().fullmatch(plain)
    if not found:
        raise UnreadableCellError("time_unknown")
    return read_clock(found)
