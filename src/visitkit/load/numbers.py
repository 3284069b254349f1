"""Numbers as schools write them: full-width, with thousands commas, with their unit."""

from __future__ import annotations

import math
import re

from visitkit import text
from visitkit.load.spelling import tidy, unquoted, word_key
from visitkit.load.unreadable import UnreadableCellError

_NUMBER = re.compile(r"([+-]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d+)?(?:e[+-]?\d+)?)(.*)", re.DOTALL)


def _units(unit: str) -> set[str]:
    if not unit:
        return set()
    return {
        word_key(word)
        for lang in text.LANGUAGES
        for word in text.find(f"values.unit.{unit}", lang)  # type: ignore[attr-defined]
    }


def parse_number(value: object, unit: str = "") -> float:
    """Return the number a cell holds; its own unit may follow it.

    Parameters
    ----------
    value
        A cell: number or text.
    unit
        Code of the unit in ``text/*/values.toml``; any other unit is not understood.

    Raises
    ------
    UnreadableCellError
        When the cell is not a number, or has another unit.

    Examples
    --------
    >>> parse_number("3 periods", "period"), parse_number("1,250")
    (3.0, 1250.0)
    """
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _finite(float(value))
    if not isinstance(value, str):
        raise UnreadableCellError("number_unknown")
    found = _NUMBER.fullmatch(unquoted(value).casefold())
    if not found or not re.search(r"\d", found[1]):
        raise UnreadableCellError("number_unknown")
    rest = word_key(found[2])
    if rest and rest not in _units(unit):
        raise UnreadableCellError("number_unit" if unit else "number_unknown", unit=unit)
    return _finite(float(found[1].replace(",", "")))


def _finite(number: float) -> float:
    if not math.isfinite(number):
        raise UnreadableCellError("number_unknown")
    return number


def parse_percent(value: object) -> float | None:
    """Return the share a cell such as ``98%`` means, or ``None`` when it has no per cent sign.

    Examples
    --------
    >>> parse_percent("98%"), parse_percent("98")
    (0.98, None)
    """
    plain = tidy(value).removeprefix("'") if isinstance(value, str) else ""
    if not plain.endswith("%"):
        return None
    return parse_number(plain[:-1]) / 100


def parse_whole(value: object, unit: str = "") -> int:
    """Return the whole number a cell holds.

    Raises
    ------
    UnreadableCellError
        When the cell is not a whole number.
    """
    number = parse_number(value, unit)
    if number != int(number):
        raise UnreadableCellError("integer_unknown")
    return int(number)
