"""Figures in words: how a number is written, and the sentence that tells it."""

from __future__ import annotations

import datetime as dt
import math

from visitkit import text
from visitkit.screen.catalog import BY_NAME, CATALOG, Indicator
from visitkit.screen.indicators.moment import LATEST_DAYS, MIN_DAYS, QUIET_DAYS
from visitkit.text.counting import one_or_many

#: Decimals of a unit; one where nothing is said. Zeros at the end are dropped.
DECIMALS = {"ratio": 2, "minute": 0}


def figure_text(name: str, value: float, lang: str | None = None) -> str:
    """Write a figure as people do: few decimals, a sign on a difference, a word for a step.

    Parameters
    ----------
    name
        An indicator of the catalogue.
    value
        The figure, not missing.
    lang
        ``"zh"``, ``"en"`` or ``None`` for the machine's language.

    Examples
    --------
    >>> figure_text("absence_rate", 12.5), figure_text("absence_rate", 3.0)
    ('12.5', '3')
    >>> figure_text("absence_trend", 4.04), figure_text("family_climate", 1.4, "en")
    ('+4', 'fair')
    """
    indicator = BY_NAME[name]
    if indicator.unit == "step" and text.has(f"indicators.{name}.steps"):
        steps = text.find(f"indicators.{name}.steps", lang)
        if isinstance(steps, list):
            return str(steps[min(max(math.floor(value + 0.5), 0), len(steps) - 1)])
    written = f"{value:.{DECIMALS.get(indicator.unit, 1)}f}"
    if "." in written:
        written = written.rstrip("0").rstrip(".")
    if written == "-0":
        return "0"
    return f"+{written}" if indicator.signed and value > 0 and written != "0" else written


def sentence(
    name: str,
    value: float,
    *,
    median: float | None = None,
    date: dt.date | None = None,
    protects: bool = False,
    lang: str | None = None,
) -> str:
    """Tell a figure in one sentence, without the full stop.

    Parameters
    ----------
    name
        An indicator of the catalogue.
    value
        The figure, not missing.
    median
        The median of the class; a dash where it is not known.
    date
        The date of the latest fact behind the figure; a dash where there is none.
    protects
        Tell it as something that protects.
    lang
        ``"zh"``, ``"en"`` or ``None`` for the machine's language.

    Examples
    --------
    >>> sentence("absence_rate", 15.0, median=2.5, date=dt.date(2026, 10, 30), lang="en")
    'absent 15% of the last 40 school days (class median 2.5%, last on 2026-10-30)'
    >>> sentence("absence_rate", 0.0, lang="en")
    'no absence in the last 40 school days'
    """
    kind = "good" if protects and text.has(f"indicators.{name}.good") else "figure"
    if value == 0 and text.has(f"indicators.{name}.none"):
        kind = "none"
    known = median is not None and not math.isnan(median)
    figure = figure_text(name, value, lang)
    return text.say(
        one_or_many(f"indicators.{name}.{kind}", figure),
        lang,
        figure=figure,
        median=figure_text(name, median, lang) if known and median is not None else "\u2014",
        date=date.isoformat() if date else "\u2014",
        window=BY_NAME[name].window,
    )


def page() -> str:
    """Return ``docs/indicators.md``: every indicator, what it is and when it is unknown."""
    facts = {**QUIET_DAYS, "days": MIN_DAYS, "latest": LATEST_DAYS}
    parts = []
    for lang in ("en", "zh"):
        title = text.say("indicators.page.title", lang)
        intro = text.say("indicators.page.intro", lang, **facts).strip()
        parts.append(f"# {title}\n\n{intro}\n\n{table(lang)}")
    return "\n".join(parts)


def table(lang: str = "en") -> str:
    """Return the indicators as a table in Markdown.

    Examples
    --------
    >>> table("en").splitlines()[0]
    '| indicator | name | dimension | table | unit | window | worse | protects | how it is found |'
    """
    heads = [text.say(f"indicators.page.{head}", lang) for head in _HEADS]
    rows = [heads, ["---"] * len(heads), *(_row(indicator, lang) for indicator in CATALOG)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows) + "\n"


_HEADS = (
    "indicator",
    "name",
    "dimension",
    "table",
    "unit",
    "window",
    "worse",
    "protects",
    "meaning",
)


def _row(indicator: Indicator, lang: str) -> list[str]:
    window = {0: "latest", -1: "all"}.get(indicator.window, "days")
    name = f"indicators.{indicator.name}"
    return [
        f"`{indicator.name}`",
        text.say(f"{name}.name", lang),
        text.say(f"indicators.dimension.{indicator.dimension}", lang),
        text.say(f"tables.{indicator.table}.sheet", lang),
        text.say(f"indicators.unit.{indicator.unit}", lang),
        text.say(f"indicators.window.{window}", lang, window=indicator.window),
        text.say(f"indicators.worse.{indicator.worse}", lang),
        text.say("values.flag.yes", lang) if indicator.protective else "",
        text.say(f"{name}.meaning", lang, window=indicator.window),
    ]
