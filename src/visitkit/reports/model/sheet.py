"""A page of headings, sentences and tables, without network or script."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import jinja2

from visitkit import text
from visitkit.reports.together import write_alone


@dataclass(frozen=True)
class Section:
    """A heading, sentences, and a table where there is one."""

    title: str
    lines: Sequence[str] = ()
    header: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()


@dataclass(frozen=True)
class Page:
    """What stands on a page, in words."""

    title: str
    facts: Sequence[str]
    sections: Sequence[Section]
    closing: str
    lang: str = field(default="en")


def render(page: Page) -> str:
    """Return a page as HTML; every word is escaped."""
    environment = jinja2.Environment(
        loader=jinja2.ChoiceLoader(
            [
                jinja2.PackageLoader("visitkit.reports.model"),
                jinja2.PackageLoader("visitkit.reports"),
            ]
        ),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("model.html").render(
        page=page,
        html_lang={"zh": "zh-CN", "en": "en"}[page.lang],
        private=text.say("report.private", page.lang),
    )


def write_page(page: Page, path: str | Path) -> Path:
    """Write a page whole or not at all, readable by its owner alone."""
    content = render(page)

    def write(target: Path) -> None:
        target.write_text(content, encoding="utf-8")

    return write_alone(path, write)


def share(value: float) -> str:
    """Return a share in per cent, or a dash where it is not told.

    Examples
    --------
    >>> share(0.5), share(-0.001)
    ('50%', '0%')
    """
    # minus nothing is nothing
    return "\u2013" if math.isnan(value) else f"{round(value, 2) + 0.0:.0%}"


def between(value: float, low: float, high: float) -> str:
    r"""Return a share with its interval, or a dash.

    Examples
    --------
    >>> between(0.5, 0.4, 0.61) == "50% (40% \u2013 61%)"
    True
    """
    if math.isnan(value):
        return share(value)
    return f"{share(value)} ({share(low)} \u2013 {share(high)})"


def figure_word(name: str, lang: str) -> str:
    """Return the word for a figure, or its own name where it has none.

    Examples
    --------
    >>> figure_word("absence_rate", "en"), figure_word("Debtor", "en")
    ('Absence', 'Debtor')
    """
    key = "screen.column.risk_index" if name == "risk_index" else f"indicators.{name}.name"
    return text.say(key, lang) if text.has(key) else name
