"""Pages made from templates: self-contained, every word of the school's own escaped."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import jinja2

from visitkit.reports.visits.given import Given, clock

HTML_LANG = {"zh": "zh-CN", "en": "en"}


def write_rendered(path: Path, name: str, known: Given, facts: dict[str, object]) -> None:
    """Write a page from a template."""
    path.write_text(render(name, known, facts), encoding="utf-8", newline="\n")


def render(name: str, known: Given, facts: dict[str, object]) -> str:
    """Return a page from a template.

    Parameters
    ----------
    name
        Of the template.
    known
        For language and words.
    facts
        What the template shows beyond words.
    """
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("visitkit.reports.visits"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    shared = {
        "t": partial(_say, known),
        "html_lang": HTML_LANG[known.lang],
        "clock": clock,
        "day": known.day,
        "form": known.form,
    }
    return environment.get_template(name).render({**shared, **facts})


def _say(known: Given, key: str, **facts: object) -> str:
    """Return a sentence of these papers; templates leave out the name of the room."""
    return known.say(f"visit_papers.{key}", **facts)
