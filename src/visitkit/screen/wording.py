"""Figures, dates and facts as people say them."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pandas as pd

from visitkit import text
from visitkit.screen.catalog import BY_NAME
from visitkit.screen.indicators.words import figure_text
from visitkit.text.counting import one_or_many


def number_words(value: float) -> str:
    """Return a number as people write it: one decimal, rounded half up, no needless zero.

    Examples
    --------
    >>> number_words(12.499999), number_words(10.0), number_words(-0.04)
    ('12.5', '10', '0')
    """
    # repr first: the digits a person would see, not those of the binary fraction
    rounded = Decimal(repr(float(value))).quantize(Decimal("0.1"), ROUND_HALF_UP)
    plain = f"{rounded:f}".removesuffix(".0")
    return "0" if plain == "-0" else plain


def date_words(date: Any, lang: str, today: dt.date | None = None) -> str:
    """Return a day as people say it, with the year only when it is not this year.

    Examples
    --------
    >>> date_words(dt.date(2026, 10, 30), "en", dt.date(2026, 11, 2))
    '30 October'
    >>> date_words(pd.NaT, "en")
    'date not on record'
    """
    if pd.isna(date):
        return text.say("screen.explain.no_date", lang)
    stamp = pd.Timestamp(date)
    months = text.find("screen.date.months", lang)
    facts = {"day": stamp.day, "month": months[stamp.month - 1], "year": stamp.year}  # type: ignore[index]
    this_year = today is not None and today.year == stamp.year
    return text.say("screen.date.day" if this_year else "screen.date.year", lang, **facts)


def moment_words(moment: Any, lang: str, today: dt.date | None = None) -> str:
    """Return a due moment: the day, and the time of day when it has one."""
    day = date_words(moment, lang, today)
    clock = "" if pd.isna(moment) else pd.Timestamp(moment).strftime("%H:%M")
    if clock in {"", "00:00"}:
        return day
    return text.say("screen.date.time", lang, day=day, clock=clock)


def name_words(indicator: str, lang: str) -> str:
    """Return the name of an indicator; one without words is called as its column."""
    return said(f"indicators.{indicator}.name", lang) or indicator


def figure_words(
    reason: Mapping[str, Any], lang: str, today: dt.date | None = None, part: str = "figure"
) -> str:
    """Return a figure as a sentence, with the class median and the date.

    Parameters
    ----------
    reason
        A row of :attr:`visitkit.screen.caseload.Caseload.reasons`.
    lang
        ``"zh"`` or ``"en"``.
    today
        The day on which we stand.
    part
        ``figure`` or ``good``.
    """
    name = str(reason["indicator"])
    facts = {
        "figure": _value(name, reason["figure"], lang),
        "median": _value(name, reason["class_median"], lang),
        "window": BY_NAME[name].window if name in BY_NAME else 0,
        "date": date_words(reason["date"], lang, today),
    }
    parts = ["none"] if reason["figure"] == 0 else []
    for wanted in (*parts, part, "figure"):
        key = one_or_many(f"indicators.{name}.{wanted}", facts["figure"])
        sentence = said(key, lang, **facts)
        if sentence:
            return sentence
    return text.say("screen.explain.own_figure", lang, name=name, **facts)


def cut_words(indicator: str, cut: float, unit: str, worse: str, lang: str) -> tuple[str, str]:
    """Return how a figure reads that earns no points: the key of the sentence, and the figure."""
    steps = _steps(indicator, lang)
    if steps and worse == "high":
        best = max(math.ceil(cut) - 1, 0)
        return "screen.explain.lower_step", steps[min(best, len(steps) - 1)]
    if worse == "high" and unit in {"count", "day"} and cut <= 1:
        return "screen.explain.lower_zero", "0"
    figure = _value(indicator, cut, lang)
    shown = text.say(one_or_many(f"screen.measure.{unit or 'other'}", figure), lang, figure=figure)
    return f"screen.explain.lower_{worse}", shown


def said(key: str, lang: str, **facts: object) -> str:
    """Return a sentence, or nothing when there is none under this key."""
    return text.say(key, lang, **facts) if text.has(key) else ""


def _value(name: str, value: float, lang: str) -> str:
    if math.isnan(value):
        return text.say("screen.explain.no_median", lang)
    return figure_text(name, value, lang) if name in BY_NAME else number_words(value)


def _steps(name: str, lang: str) -> list[str]:
    key = f"indicators.{name}.steps"
    found = text.find(key, lang) if text.has(key) else []
    return [str(word) for word in found] if isinstance(found, list) else []
