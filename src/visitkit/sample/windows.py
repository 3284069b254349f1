"""Weekly windows of time: as codes for tables, as words for a school's own files."""

from __future__ import annotations

from functools import cache
from itertools import groupby

from visitkit import tables, text

Span = tuple[int, int, str]

ALL_DAY = "08:00-21:00"


def spell(spans: tuple[Span, ...]) -> str:
    """Return windows as weekday and hours, a part a day.

    Parameters
    ----------
    spans
        First weekday, last weekday (1 is Monday) and hours.

    Examples
    --------
    >>> spell(((1, 2, "18:00-20:00"),))
    '1 18:00-20:00;2 18:00-20:00'
    """
    parts = {f"{day} {hours}" for first, last, hours in spans for day in range(first, last + 1)}
    return ";".join(sorted(parts))


@cache
def in_words(windows: str, lang: str) -> str:
    """Return windows as people write them; days in a row with the same hours are one part.

    Examples
    --------
    >>> in_words("1 18:00-20:00;2 18:00-20:00;6 08:00-21:00", "en")
    'Monday-Tuesday 18:00-20:00; Saturday all day'
    """
    parts = [part.split(" ", 1) for part in windows.split(";")]
    by_hours = sorted((hours, int(day)) for day, hours in parts)
    runs = [
        (days[0], days[-1], hours)
        for hours, group in groupby(by_hours, key=lambda part: part[0])
        for days in _runs([day for _, day in group])
    ]
    said = [_say(first, last, hours, lang) for first, last, hours in sorted(runs)]
    return text.say("sample.window.join", lang).join(said)


def _runs(days: list[int]) -> list[list[int]]:
    runs: list[list[int]] = []
    for day in days:
        if runs and runs[-1][-1] == day - 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return runs


def _say(first: int, last: int, hours: str, lang: str) -> str:
    days = tables.word("weekday", str(first), lang)
    if last > first:
        until = tables.word("weekday", str(last), lang)
        days = text.say("sample.window.span", lang, first=days, last=until)
    time = text.say("sample.window.all_day", lang) if hours == ALL_DAY else hours
    return text.say("sample.window.hours", lang, days=days, hours=time)
