"""Reading what people write about the home: hours and minutes in many ways, and words like good.

The words stand in ``text/*/indicators.toml`` under ``reading`` and in the vocabulary
``home_value``; both languages are read whatever language is spoken.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

import pandas as pd

from visitkit import tables, text

#: Fields told in a length of time: the hours in one of its units, and the longest a day allows.
_TIMES = {
    "sleep_hours": (1.0, 24.0),
    "phone_hours": (1.0, 24.0),
    "homework_hours": (1.0, 24.0),
    "parent_minutes": (1 / 60, 1440.0),
}


def _strings(key: str) -> list[str]:
    words = [word for lang in text.LANGUAGES for word in _listed(text.find(key, lang))]
    return sorted({word.lower() for word in words}, key=lambda word: (-len(word), word))


def _listed(found: object) -> list[str]:
    return [str(word) for word in found] if isinstance(found, list) else [str(found)]


@cache
def _grammar() -> re.Pattern[str]:
    part = {
        name: "|".join(re.escape(word) for word in _strings(f"indicators.reading.{name}"))
        for name in ("hour", "minute", "hour_and_half", "half_hour", "to")
    }
    number = r"\d+(?:\.\d+)?"
    return re.compile(
        rf"(?P<half>{part['half_hour']})"
        rf"|(?P<low>{number})\s*(?:(?:{part['to']})\s*(?P<high>{number}))?\s*"
        rf"(?P<unit>(?P<more>{part['hour_and_half']})|(?P<hour>{part['hour']})|(?P<minute>{part['minute']}))?"
    )


@cache
def _spoken() -> tuple[re.Pattern[str], dict[str, str]]:
    # A numeral is read only before a unit and on its own: it also begins words like "so-so", and
    # twelve is not two.
    signs = {
        str(sign): str(number)
        for lang in text.LANGUAGES
        for number, sign in enumerate(_listed(text.find("indicators.reading.digits", lang)))
    }
    one = "|".join(re.escape(sign) for sign in signs)
    names = ("hour_and_half", "hour", "minute")
    units = "|".join(
        re.escape(word) for name in names for word in _strings(f"indicators.reading.{name}")
    )
    return re.compile(rf"(?<![a-z-])(?:{one})+(?=\s*(?:{units}))"), signs


@cache
def _clock() -> re.Pattern[str]:
    words = "|".join(re.escape(word) for word in _strings("indicators.reading.clock"))
    return re.compile(rf"\d\s*(?::\s*\d|(?:{words}))")


def read_time(value: str, field: str) -> float | None:
    """Read a length of time in the unit of its field; ``None`` when it cannot be one.

    A time of the clock is no length, and a day has no more than 24 hours.

    Parameters
    ----------
    value
        ``"7.5"``, ``"about 7 h"``, ``"6-8"``, ``"1 hour 30 minutes"``, and the Chinese for them.
    field
        A field of homelife told in hours or minutes.

    Examples
    --------
    >>> read_time("6-8", "sleep_hours"), read_time("1.5 hours", "parent_minutes")
    (7.0, 90.0)
    >>> read_time("80", "sleep_hours") is None
    True
    """
    own, most = _TIMES[field]
    plain = unicodedata.normalize("NFKC", value).lower()
    spoken, digits = _spoken()
    plain = spoken.sub(lambda sign: digits.get(sign[0], sign[0]), plain)
    found = list(_grammar().finditer(plain))
    if not found or _clock().search(plain):
        return None
    length = round(sum(_hours(match, own) for match in found) / own, 6)
    return length if length <= most else None


def _hours(match: re.Match[str], own: float) -> float:
    if match["half"]:
        return 0.5
    low = float(match["low"])
    number = (low + float(match["high"])) / 2 if match["high"] else low
    if match["more"]:
        return number + 0.5
    if match["hour"]:
        return number
    return number / 60 if match["minute"] else number * own


@cache
def _steps() -> dict[str, float]:
    words: dict[str, float] = {}
    for step, code in enumerate(tables.codes("home_value")):
        words[code] = float(step)
        for lang in text.LANGUAGES:
            found = text.find(f"values.home_value.{code}", lang)
            words.update({word.lower(): float(step) for word in _listed(found)})
    return words


def read_step(value: str) -> float | None:
    """Read a word for how something at home is: good 0, fair 1, poor 2; ``None`` for others.

    Examples
    --------
    >>> read_step("fair"), read_step("Supportive"), read_step("perhaps")
    (1.0, 0.0, None)
    """
    return _steps().get(unicodedata.normalize("NFKC", value).strip().lower())


@cache
def _yes() -> frozenset[str]:
    return frozenset(_strings("values.flag.yes"))


def read_yes(value: str) -> bool:
    """Tell whether a cell says yes in either language.

    Examples
    --------
    >>> read_yes("Yes"), read_yes("no")
    (True, False)
    """
    return unicodedata.normalize("NFKC", value).strip().lower() in _yes()


def read_values(homelife: pd.DataFrame) -> pd.DataFrame:
    """Add ``number`` and ``step`` to the table ``homelife``, missing where nothing can be read."""
    pairs = homelife[["field", "value"]].drop_duplicates().dropna()
    number = [
        read_time(value, field) if field in _TIMES else None
        for field, value in pairs.itertuples(index=False, name=None)
    ]
    pairs["number"] = pd.Series(number, index=pairs.index, dtype="float64")
    step = [read_step(value) for value in pairs["value"]]
    pairs["step"] = pd.Series(step, index=pairs.index, dtype="float64")
    return homelife.merge(pairs, on=["field", "value"], how="left")
