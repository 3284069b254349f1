"""Weekly windows of time: ``3 18:00-20:00`` is Wednesday evening."""

from __future__ import annotations

import re
from functools import cache

from visitkit import text
from visitkit.load.clock import clock_pattern, read_clock
from visitkit.load.spelling import both, pattern_of, unquoted, word_key
from visitkit.load.unreadable import UnreadableCellError
from visitkit.load.vocabulary import words

_EVERY_DAY = "1234567"


@cache
def _day_words() -> dict[str, str]:
    days = {key: code for key, code in words("weekday").items() if not key.isdigit()}
    days |= dict.fromkeys(both("load.words.every_day"), _EVERY_DAY)
    days |= dict.fromkeys(both("load.words.working_days"), _EVERY_DAY[:5])
    days |= dict.fromkeys(both("load.words.weekend"), _EVERY_DAY[5:])
    return days


@cache
def _day_parts() -> dict[str, str]:
    parts: dict[str, str] = {}
    for lang in text.LANGUAGES:
        found = text.find("load.day_part", lang)
        for part in found.values() if isinstance(found, dict) else ():
            parts |= {word_key(word): str(part["hours"]) for word in part["words"]}
    return parts


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    longest = sorted(_day_words(), key=len, reverse=True)
    day = re.compile("|".join(map(re.escape, longest)) + r"|(?<![\d:.-])[1-7](?=\d\d:)")
    short = "".join(key for key in both("load.words.weekday_short") if not key.isascii())
    listed = re.compile(rf"(?<=>)([,\u3001/]?)([{short}])")
    until = f"(?:{pattern_of('until')})"
    clock = re.sub(r"\?P<\w+>", "?:", clock_pattern().pattern)
    parts = "|".join(sorted(map(re.escape, _day_parts()), key=len, reverse=True))
    whole = re.compile(
        rf"(?P<days><\d+>(?:{until}<\d+>|(?:[,\u3001/]?<\d+>)*))?[:,]?"
        rf"(?P<part>{parts})?(?:(?P<start>{clock}){until}(?P<end>{clock}))?"
    )
    return day, listed, whole, re.compile(rf"<(\d+)>({until})?")


def parse_windows(value: object) -> str:
    """Return weekly windows as ISO weekday and hours, joined by ``;``.

    Days may be a span or a list; a part of the day without hours takes those of ``day_part`` in
    ``text/*/load.toml``; hours without a day follow the day before them, or mean every day.

    Raises
    ------
    UnreadableCellError
        When a part is not understood or ends before it starts.

    Examples
    --------
    >>> parse_windows("Wed 18:00-20:00; Sat morning")
    '3 18:00-20:00;6 08:00-12:00'
    """
    day, listed, whole, _ = _patterns()
    windows: set[str] = set()
    days = _EVERY_DAY
    plain = re.sub(r"\s+", "", ";".join(str(value).splitlines()))
    marked = day.sub(
        lambda found: f"<{_day_words().get(found.group(), found.group())}>",
        unquoted(plain).casefold(),
    )
    while listed.search(marked):
        marked = listed.sub(lambda found: f"<{_short(found[2])}>", marked, count=1)
    for piece in re.split(r"[;\u3002]|(?<!>)[,\u3001](?=<)", marked):
        found = whole.fullmatch(piece)
        if not found:
            raise UnreadableCellError("times_unknown")
        if piece:
            days = _days(found["days"]) or days
            windows |= {f"{one} {_hours(found)}" for one in days}
    return ";".join(sorted(windows))


def _short(sign: str) -> str:
    signs = [key for key in both("load.words.weekday_short") if not key.isascii()]
    return str(min(signs.index(sign) + 1, 7))


def _days(marked: str | None) -> str:
    found = _patterns()[3].findall(marked or "")
    if any(until for _, until in found):
        first, last = int(found[0][0][0]), int(found[1][0][-1])
        later = range(first, last + 1) if first <= last else [*range(first, 8), *range(1, last + 1)]
        return "".join(map(str, later))
    return "".join(codes for codes, _ in found)


def _hours(found: re.Match[str]) -> str:
    part = found["part"]
    if not found["start"]:
        return _day_parts()[part] if part else "08:00-21:00"
    late = part in both("load.words.afternoon")
    ends = [clock_pattern().fullmatch(clock) for clock in found.group("start", "end")]
    start, end = (read_clock(one, afternoon=late) for one in ends if one)
    if start >= end:
        raise UnreadableCellError("times_unknown")
    return f"{start}-{end}"
