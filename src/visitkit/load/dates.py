"""Days and times of day as schools write them.

Accepted for a day: year first, then month and day, separated by signs or by the words for year,
month and day, or eight digits, a cell that Excel knows as a date, or Excel's serial number (1900
date system); month names in either language; a time of day and a weekday may follow and do not
count. A year of two digits is read where it comes first and can be nothing else; a month before the
year is not guessed at.
"""

from __future__ import annotations

import datetime as dt
import re
from functools import cache

from visitkit import text
from visitkit.load.spelling import both, pattern_of, unquoted
from visitkit.load.unreadable import UnreadableCellError

EARLIEST, LATEST = dt.date(1990, 1, 1), dt.date(2100, 12, 31)
#: Day 0 of Excel's 1900 date system, for serials after its invented 29 February 1900.
_DAY_ZERO = dt.date(1899, 12, 30)
#: Two digits above this are not taken for a year of this century.
_LATEST_SHORT = 49
_FIRST_SERIAL = (EARLIEST - _DAY_ZERO).days
_LAST_SERIAL = (LATEST - _DAY_ZERO).days


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    year = rf"(?P<y>\d{{4}})\s*(?:{pattern_of('year')}|\.)\s*"
    month = rf"(?P<m>\d{{1,2}})\s*(?:{pattern_of('month')}|\.)"
    day = rf"\s*(?P<d>\d{{1,2}})\s*(?:{pattern_of('day')})?"
    shut = r"(?!\d)"
    names = "|".join(name[:3] for name in _month_names() if name.isascii())
    return {
        "full": re.compile(rf"(?<!\d){year}{month}{day}{shut}"),
        "short_year": re.compile(
            rf"(?P<y>\d{{2}})\s*(?P<word>{pattern_of('year')}|\.)\s*{month}{day}{shut}"
        ),
        "digits": re.compile(r"(?<!\d)(?P<y>(?:19|20)\d\d)(?P<m>\d\d)(?P<d>\d\d)(?:\d{6})?(?!\d)"),
        "month": re.compile(rf"(?<!\d){year}(?P<m>\d{{1,2}})\s*(?:{pattern_of('month')})?{shut}"),
        "named": re.compile(
            rf"(?<!\d)(?P<d>\d{{1,2}})(?:{pattern_of('day')})?[\s-]*(?P<n>{names})[a-z]*\.?,?[\s-]*(?P<y>\d{{4}})"
        ),
        "named_first": re.compile(
            rf"(?P<n>{names})[a-z]*\.?\s*(?P<d>\d{{1,2}})(?:{pattern_of('day')})?,?\s*(?P<y>\d{{4}})"
        ),
        "school_year": re.compile(rf"(?P<y>\d{{4}})\s*(?:{pattern_of('until')})\s*\d{{4}}"),
        "month_alone": re.compile(
            rf"(?<!\d)(?P<m>\d{{1,2}})\s*(?:{pattern_of('month')})(?!\s*\d{{3}})|(?P<n>{names})"
        ),
        "no_year": re.compile(rf"\s*\d{{1,2}}\s*(?:{pattern_of('month')}|\.)\s*\d{{1,2}}\D*"),
        "tail": re.compile(
            rf"[\s,()t]*(?:(?:{pattern_of('weekday_lead')})(?:{pattern_of('weekday_short')})|[a-z]+day)?[\s,()]*"
            rf"(?:{pattern_of('forenoon')}|{pattern_of('afternoon')})?[\s,]*"
            rf"(?:\d{{1,2}}\s*(?:{pattern_of('hour')}).*)?"
        ),
    }


def _month_names() -> list[str]:
    return list(both("load.words.months"))


def _first_word(key: str) -> str:
    listed = text.find(f"load.words.{key}", "zh")
    return str(listed[0]) if isinstance(listed, list) else str(listed)


def _numerals(plain: str) -> str:
    """Write years, months and days spelt in Chinese numerals in digits."""
    numerals = str(text.find("load.words.numerals", "zh"))
    zero = str(text.find("load.words.zero", "zh"))
    units = [_first_word(key) for key in ("year", "month", "day")]
    if units[0] not in plain or not any(sign in plain for sign in numerals + zero):
        return plain
    ten = numerals[10]
    digit = {sign: str(at) for at, sign in enumerate(numerals[:10])} | {zero: "0"}

    def written(found: re.Match[str]) -> str:
        word = found.group()
        if ten not in word:
            return "".join(digit[sign] for sign in word)
        tens, ones = word.split(ten, 1)
        return str(int(digit.get(tens, "1")) * 10 + int(digit.get(ones, "0")))

    return re.sub(f"[{numerals}{zero}]+(?=[{''.join(units)}])", written, plain)


def _made(year: int, month: int, day: int) -> dt.date:
    try:
        made = dt.date(year, month, day)
    except ValueError as error:
        raise UnreadableCellError("date_impossible") from error
    if not EARLIEST <= made <= LATEST:
        raise UnreadableCellError("date_outside", first=EARLIEST.year, last=LATEST.year)
    return made


def _of_number(value: float, *, month_only: bool) -> dt.date:
    if _FIRST_SERIAL <= value < _LAST_SERIAL + 1:
        return _DAY_ZERO + dt.timedelta(days=int(value))
    if value == int(value):
        whole = int(value)
        if 10**7 <= whole < 10**8:
            return _made(whole // 10_000, whole // 100 % 100, whole % 100)
        if EARLIEST.year * 100 < whole <= LATEST.year * 100 + 12:
            return _month(whole // 100, whole % 100, allowed=month_only)
    elif 1 <= value < 13:
        raise UnreadableCellError("date_no_year")
    elif EARLIEST.year <= value < LATEST.year + 1:
        # 2013.1 may have been typed as 2013.10, of which Excel keeps 2013.1
        written = f"{value:.10g}".partition(".")[2]
        if written == "1" or len(written) > 2:
            raise UnreadableCellError("date_unclear")
        return _month(int(value), int(written), allowed=month_only)
    raise UnreadableCellError("date_unknown")


def _month(year: int, month: int, *, allowed: bool) -> dt.date:
    made = _made(year, month, 1)
    if not allowed:
        raise UnreadableCellError("date_no_day")
    return made


def _plain(value: object) -> str:
    return _numerals(unquoted(value).casefold())


def parse_date(value: object, *, month_only: bool = False) -> dt.date:
    """Return the day a cell means.

    Parameters
    ----------
    value
        A cell: text, number, date or date and time.
    month_only
        Accept a year and a month, as schools write for a birth or an entry, and take the first
        day.

    Raises
    ------
    UnreadableCellError
        When the cell is not a day, no such day exists, or it lies outside 1990 to 2100.

    Examples
    --------
    >>> parse_date("2013.9.1"), parse_date(41518.0)
    (datetime.date(2013, 9, 1), datetime.date(2013, 9, 1))
    """
    if isinstance(value, dt.datetime):
        value = value.date()
    if isinstance(value, dt.date):
        return _made(value.year, value.month, value.day)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _of_number(float(value), month_only=month_only)
    if not isinstance(value, str):
        raise UnreadableCellError("date_unknown")
    return _of_text(_plain(value), month_only=month_only)


def _of_text(plain: str, *, month_only: bool) -> dt.date:
    patterns = _patterns()
    for name in ("full", "digits", "named", "named_first"):
        found = patterns[name].match(plain)
        if found and patterns["tail"].fullmatch(plain, found.end()):
            return _of_match(found)
    month = patterns["month"].fullmatch(plain)
    if month and not re.fullmatch(r"\d{4}\.1", plain):
        return _month(int(month["y"]), int(month["m"]), allowed=month_only)
    short = patterns["short_year"].match(plain)
    if short and patterns["tail"].fullmatch(plain, short.end()):
        return _of_short_year(short)
    if re.fullmatch(r"\d+(\.\d+)?", plain):
        return _of_number(float(plain), month_only=month_only)
    if patterns["no_year"].fullmatch(plain):
        raise UnreadableCellError("date_no_year")
    raise UnreadableCellError("date_unknown")


def _of_short_year(found: re.Match[str]) -> dt.date:
    """Read year, month and day where the first number can be nothing but a year.

    Behind its own word any year counts; else a number up to 12 may be a month, and a high one a
    year of the last century.
    """
    year = int(found["y"])
    worded = found["word"] in both("load.words.year") and not found["word"].isascii()
    if not (worded or year > 12) or year > _LATEST_SHORT:
        raise UnreadableCellError("date_short_year")
    return _made(2000 + year, int(found["m"]), int(found["d"]))


def _of_match(found: re.Match[str]) -> dt.date:
    parts = found.groupdict()
    month = int(parts["m"]) if parts.get("m") else _named_month(parts["n"])
    return _made(int(parts["y"]), month, int(parts["d"]))


def _named_month(start: str) -> int:
    names = [name for name in _month_names() if name.isascii()]
    return next(at for at, name in enumerate(names, start=1) if name.startswith(start[:3]))


def date_within(value: object) -> dt.date | None:
    """Return the one day written somewhere in a title, or ``None``.

    Where a title holds several days, as in a span, the first is returned.

    Examples
    --------
    >>> date_within("Midterm of 2026-11-05")
    datetime.date(2026, 11, 5)
    """
    plain = _plain(value)
    for name in ("full", "digits", "named", "named_first"):
        found = _patterns()[name].search(plain)
        if found:
            try:
                return _of_match(found)
            except UnreadableCellError:
                return None
    return None


def month_within(*titles: object) -> tuple[int, int] | None:
    """Return the year and month written in titles, the most telling first, or ``None``.

    A month without a year takes the year of a school year written anywhere in the titles: August
    to December its first, January to July its second.

    Examples
    --------
    >>> month_within("Attendance 2026-09"), month_within("September", "2026-2027")
    ((2026, 9), (2026, 9))
    """
    plains = [_plain(title) for title in titles if title is not None]
    patterns = _patterns()
    for plain in plains:
        bare = patterns["school_year"].sub(" ", plain)
        found = patterns["month"].search(bare) or patterns["full"].search(bare)
        if found and 1 <= int(found["m"]) <= 12:
            return int(found["y"]), int(found["m"])
    month = next((m for m in map(_month_alone, plains) if m), None)
    if month is None:
        return None
    for plain in plains:
        span = patterns["school_year"].search(plain)
        if span:
            return int(span["y"]) + (month < 8), month
        alone = re.search(r"(?<!\d)((?:19|20)\d\d)(?!\d)", plain)
        if alone:
            return int(alone[1]), month
    return None


def _month_alone(plain: str) -> int | None:
    found = _patterns()["month_alone"].search(_patterns()["school_year"].sub(" ", plain))
    if not found:
        return None
    month = int(found["m"]) if found["m"] else _named_month(found["n"])
    return month if 1 <= month <= 12 else None
