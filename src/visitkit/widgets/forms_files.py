"""A form as a file for people, and a filled file read again."""

from __future__ import annotations

import tempfile
from pathlib import Path

from visitkit.record.forms import FilledForm, read_form
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


def form_in(data: bytes) -> tuple[str, dict[str, object]]:
    """Return the form in a filled workbook and its values.

    The workbook lies for a moment in a folder that this person alone can read.

    Raises
    ------
    StoreError
        When it holds no form; a ``FormFaultsError`` names every fault with its cell.
    """
    with tempfile.TemporaryDirectory(prefix="visitkit-") as folder:
        path = Path(folder) / "form.xlsx"
        path.write_bytes(data)
        return read_form(path)
