"""Writing forms: Word documents, workbooks to fill in, pages to print, in both languages."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from visitkit import text
from visitkit.errors import StoreError
from visitkit.record.forms import FilledForm, blank
from visitkit.record.forms import words as say
from visitkit.reports.forms.document import docx_bytes
from visitkit.reports.forms.page import html_bytes
from visitkit.reports.forms.workbook import xlsx_bytes
from visitkit.reports.together import Writer, write_alone, write_together

__all__ = ["KINDS", "write_blank", "write_form"]

_MADE: Mapping[str, Callable[[FilledForm, str], bytes]] = {
    "docx": docx_bytes,
    "xlsx": xlsx_bytes,
    "html": html_bytes,
}
#: Kinds of file a form can be written as.
KINDS = tuple(_MADE)
#: Areas whose file names say nothing about a child: a folder may be seen by others.
_NAMED_AREAS = frozenset({"visit", "meetings"})


def write_form(
    filled: FilledForm,
    target: str | Path,
    lang: str | None = None,
    kinds: Sequence[str] = KINDS,
) -> list[Path]:
    """Write a form for people; all files are whole, or none is there.

    Parameters
    ----------
    filled
        From :func:`visitkit.record.forms.fill` or ``blank``.
    target
        A folder, or the path of one file whose ending tells its kind. Files in a folder are named
        by the number of the form and by the student, class or case; the title is left out where it
        would tell others something about a child.
    lang
        ``"zh"``, ``"en"`` or ``None`` for the machine's language.
    kinds
        Any of :data:`KINDS`.

    Returns
    -------
    list of Path
        The files.

    Raises
    ------
    StoreError
        When a kind is unknown, or one file name is to hold several kinds.
    VisitkitError
        When the folder cannot be written to.

    Examples
    --------
    >>> import tempfile
    >>> from visitkit.record.forms import fill
    >>> told = fill("visit_feedback", {"student_id": "S0412", "visited_on": "2026-11-06"})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     [path.name for path in write_form(told, folder, "en", kinds=["html"])]
    ['05_Feedback-on-the-visit_S0412.html']
    """
    path, spoken = Path(target), text.language(lang)
    ending = path.suffix.lower().removeprefix(".")
    if ending in _MADE and not path.is_dir():
        wanted = [ending] if tuple(kinds) == KINDS else list(kinds)
        if wanted != [ending]:
            raise StoreError("forms.one_kind", found=path.name, number=len(wanted))
        return [write_alone(path, _writer(filled, spoken, ending))]
    for kind in kinds:
        if kind not in _MADE:
            raise StoreError("forms.wrong_kind", found=kind, allowed=", ".join(KINDS))
    stem = _stem(filled, spoken)
    return write_together(path, {f"{stem}.{one}": _writer(filled, spoken, one) for one in kinds})


def write_blank(
    form: str, folder: str | Path, lang: str | None = None, kinds: Sequence[str] = KINDS
) -> list[Path]:
    """Write blank copies of a form for paper use.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     [path.name for path in write_blank("watch_roster", folder, "en", kinds=["docx"])]
    ['12_Watch-roster.docx']
    """
    return write_form(blank(form), folder, lang, kinds)


def _writer(filled: FilledForm, lang: str, kind: str) -> Writer:
    def write(path: Path) -> None:
        path.write_bytes(_MADE[kind](filled, lang))

    return write


def _stem(filled: FilledForm, lang: str) -> str:
    form = filled.definition
    key = str(filled.content.get(form.key, "")).partition("\n")[0]
    parts = [f"{form.number:02d}"]
    if filled.empty or form.area in _NAMED_AREAS:
        parts.append(say.title(form, lang))
    if key:
        parts.append(key[:40])
    return "_".join(re.sub(r"[^\w]+", "-", part).strip("-") for part in parts)
