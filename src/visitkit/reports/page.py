"""The report as one page: no network, no script, readable on paper and in grey."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import cast

import jinja2

from visitkit import tables, text
from visitkit.reports import about, gaps, points
from visitkit.reports.alerts_view import grouped, written
from visitkit.reports.bars import Bar, bars, strip
from visitkit.reports.view import REASONS, Card, Screening
from visitkit.reports.words import MARKS, dimension_word, tier_word
from visitkit.screen.stability import DRAWS
from visitkit.screen.tiers import TIERS, read_cuts
from visitkit.text.counting import one_or_many

#: Fillings of the strip: each lighter than the one before, so that they differ in grey.
_FILLS = {"priority": "#9c2f12", "watch": "#c08a1e", "unknown": "#b9c2cb", "routine": "#e4ebe6"}

_SECTIONS = {
    "summary": "summary",
    "alerts": "alerts",
    "priority": "priority",
    "watch": "watch",
    "unknown": "unknown_list",
    "coverage": "coverage",
    "points": "points",
    "about": "about",
}


def write_page(screening: Screening, path: Path) -> None:
    """Write the report as a self-contained page."""
    path.write_text(render(screening), encoding="utf-8")


def render(screening: Screening) -> str:
    """Return the report as HTML; every word of the school's own is escaped."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("visitkit.reports"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    facts = {**_words(screening.lang), **_facts(screening)}
    return environment.get_template("screening.html").render(facts)


def _words(lang: str) -> dict[str, object]:
    """Return what words the templates need beyond the facts."""
    say = partial(_say, lang)
    dimensions = {name: dimension_word(name, lang) for name in tables.DIMENSIONS}
    return {
        "t": say,
        "lines": partial(_lines, lang),
        "html_lang": {"zh": "zh-CN", "en": "en"}[lang],
        "tiers": {code: tier_word(code, lang) for code in TIERS},
        "marks": MARKS,
        "fills": _FILLS,
        "dimensions": dimensions,
        "sections": list(_SECTIONS.items()),
        "reasons": REASONS,
        "one": _one,
        "percent": _percent,
        "moment": written,
        "bars_of": partial(_bars_of, dimensions),
        "bars_label": partial(_bars_label, lang, dimensions),
        "ask": partial(gaps.ask, lang=lang),
    }


def _facts(screening: Screening) -> dict[str, object]:
    cases, lang = screening.cases, screening.lang
    faults, more = gaps.faults(screening)
    return {
        "s": screening,
        "as_of": cases.as_of or text.say("report.unknown", lang),
        "policy": about.rules(screening),
        "policy_name": cases.policy.name,
        "alerts": grouped(screening.alerts),
        "good_news": grouped(screening.good_news),
        "waiting": sum(1 for row in screening.alerts if not row.answered),
        "overdue": sum(1 for row in screening.alerts if row.overdue_days),
        "sizes": cases.sizes,
        "strip": strip(cases.sizes),
        "strip_label": _strip_label(cases.sizes, lang),
        "left_out": gaps.left_out(screening),
        "faults": faults,
        "notes": gaps.notes(screening),
        "more_faults": more,
        "points": points.points(cases, lang),
        "cuts": [f"{cut:g}" for cut in read_cuts(cases.policy)],
        "draws": DRAWS,
        "undecided": about.undecided(screening),
        "papers": text.say("policy.papers", lang),
        "made": about.made(screening),
    }


def _say(lang: str, key: str, **facts: object) -> str:
    return text.say(one_or_many(f"report.{key}", facts.get("number")), lang, **facts)


def _lines(lang: str, key: str, **facts: object) -> list[str]:
    found = cast("list[str]", text.find(f"report.{key}", lang))
    return [line.format(**facts) for line in found]


def _one(value: float | None) -> str:
    return "\u2013" if value is None else f"{value:.1f}"


def _percent(value: float | None) -> str:
    return "\u2013" if value is None else f"{value:.0%}"


def _bars_of(words: Mapping[str, str], card: Card) -> list[Bar]:
    return bars(card.dimensions, words)


def _bars_label(lang: str, words: Mapping[str, str], card: Card) -> str:
    parts = [
        text.say("report.priority.bar", lang, name=bar.name, score=bar.score)
        if bar.score
        else text.say("report.priority.bar_unknown", lang, name=bar.name)
        for bar in bars(card.dimensions, words)
    ]
    joined = text.say("report.comma", lang).join(parts)
    return text.say("report.priority.bars", lang, parts=joined)


def _strip_label(sizes: Mapping[str, int], lang: str) -> str:
    parts = [
        text.say("report.summary.part", lang, tier=tier_word(code, lang), number=number)
        for code, number in sizes.items()
    ]
    joined = text.say("report.comma", lang).join(parts)
    return text.say("report.summary.strip", lang, parts=joined)
