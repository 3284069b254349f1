"""Words that several of the files share."""

from __future__ import annotations

from visitkit import text

#: A shape a support tier, so that a list reads without colour.
MARKS = {"priority": "\u25b2", "watch": "\u25c6", "unknown": "\u25cb", "routine": "\u25cf"}


def tier_word(code: str, lang: str) -> str:
    """Return the word for a support tier."""
    return text.say(f"screen.tier.{code}", lang)


def dimension_word(name: str, lang: str) -> str:
    """Return the word for a dimension.

    Examples
    --------
    >>> dimension_word("attendance", "en")
    'Attendance'
    """
    said = text.say(f"indicators.dimension.{name}", lang)
    return said[:1].upper() + said[1:]
