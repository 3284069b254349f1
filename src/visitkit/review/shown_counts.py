"""Counts in words for people outside: none from which a few students could be told."""

from __future__ import annotations

from collections.abc import Mapping

from visitkit.review.small_cells import FLOOR, LEAST
from visitkit.text import say


def shown_count(number: int, lang: str | None = None) -> str:
    """Return a count, or that it is small.

    Examples
    --------
    >>> shown_count(12, "en"), shown_count(3, "en"), shown_count(0, "en")
    ('12', 'under 5', '0')
    """
    if 0 < number < FLOOR:
        return say("review.cells.under", lang, least=FLOOR)
    return str(number)


def shown_steps(steps: Mapping[str, int], lang: str | None = None) -> dict[str, str]:
    """Return counts of steps such that no difference between two of them is small either.

    Parameters
    ----------
    steps
        Step to number, from the first step on.
    lang
        ``"zh"``, ``"en"`` or ``None`` for the machine's language.

    Examples
    --------
    >>> shown_steps({"assigned": 100, "measured": 97, "analysed": 60}, "en")
    {'assigned': '100', 'measured': 'about 100', 'analysed': '60'}
    """
    told: dict[str, str] = {}
    known: list[int] = []
    for step, number in steps.items():
        if any(0 < abs(number - other) < FLOOR for other in known) and number >= FLOOR:
            told[step] = say("review.cells.about", lang, number=round(number / LEAST) * LEAST)
            continue
        told[step] = shown_count(number, lang)
        known.append(number)
    return told
