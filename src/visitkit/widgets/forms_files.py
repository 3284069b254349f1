"""A form as a file for people."""

from __future__ import annotations

from visitkit.record.forms import FilledForm
from visitkit.reports.forms import write_form
from visitkit.widgets.saving import written


def paper_files(filled: FilledForm, kind: str, lang: str) -> dict[str, bytes]:
    """Return a form as a file for people.

    Examples
    --------
    >>> from visitkit.record.forms import blank
    >>> list(paper_files(blank("watch_roster"), "docx", "en"))
    ['12_Watch-roster.docx']
    """
    return written(lambda folder: write_form(filled, folder, lang, kinds=[kind]))
