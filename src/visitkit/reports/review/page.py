"""The report of a study as one page of A4: no network, no script, readable in grey."""

from __future__ import annotations

from typing import Any

import jinja2

from visitkit import text
from visitkit.reports.review.pictures import as_svg
from visitkit.reports.review.view import StudyView


def study_page(view: StudyView) -> str:
    """Return the report as HTML; every word is escaped.

    Parameters
    ----------
    view
        From :func:`visitkit.reports.review.study_view`.
    """
    return render("study.html", v=view, lang=view.lang)


def render(template: str, lang: str, **facts: Any) -> str:
    """Fill in one of the templates of this folder."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("visitkit.reports.review"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )

    def say(key: str, **more: object) -> str:
        return text.say(f"review_report.{key}", lang, **more)

    html_lang = {"zh": "zh-CN", "en": "en"}[lang]
    page = environment.get_template(template)
    return page.render(t=say, svg=as_svg, html_lang=html_lang, **facts)
