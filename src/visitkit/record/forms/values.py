"""One value of a form: read from a cell or from Python, and written for people.

The value kept is the one of the casebook's facts: ISO text for days and moments, codes for words,
``True`` and ``False``, numbers, text.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping

from visitkit.load.clock import parse_time
from visitkit.load.dates import parse_date
from visitkit.load.numbers import parse_number, parse_whole
from visitkit.load.spelling import tidy, unquoted, word_key
from visitkit.load.unreadable import UnreadableCellError
from visitkit.load.vocabulary import code_of as word_to_code
from visitkit.record.cases.moments import SCHOOL_ZONE
from visitkit.record.forms import words
from visitkit.record.forms.definition import Field

#: UTF-16 units a cell of a workbook can hold.
LONGEST = 32_767
#: Line ends of other systems and of Word; a cell knows one.
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
#: What no XML document can hold: control signs, halves of signs, and two that are no signs.
_NO_SIGNS = re.compile("[\x00-\x08\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
#: Between several words in one cell.
_BETWEEN = re.compile("[;|\n\uff1b]")
_COMMAS = re.compile("[,\uff0c\u3001]")
JOIN = "\uff1b"
_LONGEST_MOMENT = 40


def clean(field: Field, value: object) -> object:
    """Return a value as the casebook keeps it; ``None`` where there is nothing.

    Parameters
    ----------
    field
        The field, not a table.
    value
        A cell, or a value given in Python.

    Raises
    ------
    UnreadableCellError
        With the kind of fault as its key.

    Examples
    --------
    >>> clean(Field("day", "date"), "2026.11.6"), clean(Field("there", "flag"), "yes")
    ('2026-11-06', True)
    """
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if field.kind in {"list", "choices"}:
        return _several(field, value)
    return _READ[field.kind](field, value)


def _several(field: Field, value: object) -> object:
    found: list[object] = []
    if field.kind == "choices":
        found = [code for part in _parts(value) for code in _codes(field, part)]
        return tuple(dict.fromkeys(found)) or None
    if isinstance(value, Mapping):
        raise UnreadableCellError("list")
    item = Field(field.name, field.item, of=field.of, choices=field.choices, open=field.open)
    given = value if isinstance(value, list | tuple) else [value]
    if field.item not in {"text", "signature"}:
        given = [part for one in given for part in _apart(one)]
    found = [clean(item, one) for one in given]
    return tuple(one for one in found if one is not None) or None


def _apart(value: object) -> list[object]:
    """Return the items that somebody wrote into one cell, one after the other."""
    if not isinstance(value, str):
        return [value]
    return [part for one in _BETWEEN.split(value) for part in _COMMAS.split(one)]


def _parts(value: object) -> list[str]:
    given = value if isinstance(value, list | tuple | set | frozenset) else [value]
    found: list[str] = []
    for one in sorted(given, key=str) if isinstance(given, set | frozenset) else given:
        if not isinstance(one, str):
            raise UnreadableCellError("choice")
        found += [part.strip() for part in _BETWEEN.split(one) if part.strip()]
    return found


def _text(field: Field, value: object) -> str | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float | dt.date | dt.time):
        raise UnreadableCellError("text")
    if isinstance(value, float) and value == int(value):
        value = int(value)
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        value = value.date()
    plain = _LINE_ENDS.sub("\n", str(value)).strip()
    if _NO_SIGNS.search(plain):
        raise UnreadableCellError("signs")
    if len(plain.encode("utf-16-le")) // 2 > LONGEST:
        raise UnreadableCellError("too_long", most=LONGEST)
    return plain or None


def _id(field: Field, value: object) -> str | None:
    plain = _text(field, value)
    return (unquoted(plain) or None) if plain else None


def _date(_: Field, value: object) -> str:
    try:
        return parse_date(value).isoformat()
    except UnreadableCellError as error:
        raise UnreadableCellError("date") from error


def _time(_: Field, value: object) -> str:
    try:
        return parse_time(value)
    except UnreadableCellError as error:
        raise UnreadableCellError("time") from error


def _moment(_: Field, value: object) -> str:
    found = _moment_found(value)
    if found is None:
        raise UnreadableCellError("moment")
    if found.tzinfo is None:
        found = found.replace(tzinfo=SCHOOL_ZONE)
    return found.astimezone(SCHOOL_ZONE).isoformat(timespec="minutes")


def _moment_found(value: object) -> dt.datetime | None:
    if isinstance(value, dt.datetime):
        # a spreadsheet keeps moments as fractions of a day, a hair beside the minute
        return value if value.tzinfo else value + dt.timedelta(seconds=0.5)
    if isinstance(value, float) and value != int(value):
        return _of_serial(value)
    if not isinstance(value, str):
        return None
    try:
        found = dt.datetime.fromisoformat(value.strip())
    except ValueError:
        return _of_words(tidy(value))
    return found if len(value.strip()) > len("2026-11-06") else None


def _of_serial(value: float) -> dt.datetime | None:
    try:
        day = parse_date(value)
    except UnreadableCellError:
        return None
    minutes = round((value - int(value)) * 24 * 60)
    return dt.datetime.combine(day, dt.time()) + dt.timedelta(minutes=minutes)


def _of_words(plain: str) -> dt.datetime | None:
    """Return the moment that a day and a time of day behind it mean."""
    for place in range(6, min(len(plain), _LONGEST_MOMENT)):
        if plain[place - 1].isdigit() and plain[place].isdigit():
            continue
        try:
            day = parse_date(plain[:place].rstrip("T "))
            clock = parse_time(plain[place:].lstrip("Tt, "))
        except UnreadableCellError:
            continue
        hour, minute = map(int, clock.split(":"))
        return dt.datetime.combine(day, dt.time(hour % 24, minute)) + dt.timedelta(days=hour // 24)
    return None


def _number(field: Field, value: object) -> float | int:
    try:
        found = parse_number(value)
    except UnreadableCellError as error:
        raise UnreadableCellError("number") from error
    _within(field, found)
    # a spreadsheet keeps fifteen digits of a number, so a form does
    kept = float(f"{found:.15g}")
    return int(kept) if kept == int(kept) else kept


def _integer(field: Field, value: object) -> int:
    try:
        found = parse_whole(value)
    except UnreadableCellError as error:
        raise UnreadableCellError("integer") from error
    _within(field, found)
    return found


def _within(field: Field, found: float) -> None:
    below = field.low is not None and found < field.low
    if below or (field.high is not None and found > field.high):
        raise UnreadableCellError("range", low=_plain(field.low), high=_plain(field.high))


def _plain(limit: float | None) -> str:
    return "-" if limit is None else f"{limit:g}"


def _flag(_: Field, value: object) -> bool:
    if isinstance(value, bool):
        return value
    found = word_to_code("flag", f"{value:g}" if isinstance(value, int | float) else value)
    if found is None:
        raise UnreadableCellError("flag")
    return found == "yes"


def _choice(field: Field, value: object) -> str:
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        raise UnreadableCellError("choice")
    plain = _text(field, value) or ""
    found = words.index(field).get(word_key(plain))
    if found is None and not field.open:
        raise UnreadableCellError("choice")
    return found or plain


def _codes(field: Field, part: str) -> list[str]:
    """Return the codes of one part; a word may itself hold a comma, so that is looked at last."""
    known = words.index(field)
    if word_key(part) not in known:
        smaller = [one.strip() for one in _COMMAS.split(part) if one.strip()]
        if smaller and all(word_key(one) in known for one in smaller):
            return [known[word_key(one)] for one in smaller]
    return [_choice(field, part)]


_READ: Mapping[str, Callable[[Field, object], object]] = {
    "text": _text,
    "long": _text,
    "signature": _text,
    "id": _id,
    "person": _id,
    "date": _date,
    "time": _time,
    "moment": _moment,
    "number": _number,
    "integer": _integer,
    "flag": _flag,
    "choice": _choice,
}


def written(field: Field, value: object, lang: str | None = None) -> str:
    """Return a value as people read it; lists one item a line, several codes in one line.

    Examples
    --------
    >>> written(Field("at", "moment"), "2026-11-06T16:30+08:00"), written(Field("n", "number"), 2)
    ('2026-11-06 16:30', '2')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return words.yes_or_no(value, lang)
    if isinstance(value, list | tuple):
        item = Field(field.name, _single(field), of=field.of, choices=field.choices)
        return _joined(field, (written(item, one, lang) for one in value))
    if field.kind == "choice":
        return words.code_of(field, str(value), lang)
    if field.kind == "moment":
        return dt.datetime.fromisoformat(str(value)).strftime("%Y-%m-%d %H:%M")
    return str(value)


def _single(field: Field) -> str:
    return "choice" if field.kind == "choices" else field.item


def _joined(field: Field, parts: Iterable[str]) -> str:
    return (JOIN if field.kind == "choices" else "\n").join(parts)


def is_word(value: object) -> bool:
    """Tell whether what was found may hold a person's name, so that it stays out of a message.

    Examples
    --------
    >>> is_word("2026-13-40"), is_word("Li Ming"), is_word("13800000000")
    (False, True, True)
    """
    plain = unicodedata.normalize("NFKC", str(value))
    return len(plain) > 16 or bool(re.search(r"\d{6}|[^\d\s:./+-]", plain))
