"""A form as a page to print: A4, no network, no script, the foot on every sheet of paper."""

from __future__ import annotations

import jinja2

from visitkit.record.forms import FilledForm
from visitkit.reports.forms.view import Grid, page


def html_bytes(filled: FilledForm, lang: str) -> bytes:
    """Return a form as a self-contained page; every word of the school's own is escaped."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("visitkit.reports.forms"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.tests["grid"] = lambda block: isinstance(block, Grid)
    template = environment.get_template("form.html")
    shown = page(filled, lang)
    words = template.render(page=shown, html_lang="zh-CN" if lang == "zh" else "en")
    return words.encode("utf-8")
