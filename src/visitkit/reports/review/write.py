"""The files of a review, written together or not at all."""

from __future__ import annotations

from pathlib import Path

from visitkit.outgoing import check_folder, write_together
from visitkit.reports.csv_files import write_table
from visitkit.reports.review.asked import Asked
from visitkit.reports.review.document import save_document
from visitkit.reports.review.page import study_page
from visitkit.reports.review.view import study_view
from visitkit.review.study import Study
from visitkit.review.study.told import told_frame
from visitkit.text import language


def write_review(
    study: Study, folder: str | Path, asked: Asked | None = None, lang: str | None = None
) -> list[Path]:
    """Write ``effects.csv``, ``report.html`` and ``report.docx``.

    All three may leave the room: no few students can be worked out from them, nor from the three
    together. What the researcher needs with every digit stays in ``study.estimate().frame()``.

    Parameters
    ----------
    study
        Declared; it is estimated when it was not yet.
    folder
        Where they go; made when it is not there.
    asked
        The head of the report.
    lang
        ``"zh"``, ``"en"`` or ``None`` for the machine's language.

    Returns
    -------
    list of Path
        The three files.

    Raises
    ------
    ReviewError
        When no outcome allows a figure.
    VisitkitError
        When the folder cannot be written to.
    """
    check_folder(folder)
    view = study_view(study, asked or Asked(), language(lang))
    page = study_page(view)
    effects = told_frame(study.estimate(), study.shown()).reset_index()

    def write_page(path: Path) -> None:
        path.write_text(page, encoding="utf-8")

    return write_together(
        folder,
        {
            "effects.csv": lambda path: write_table(effects, path),
            "report.html": write_page,
            "report.docx": lambda path: save_document(view, path),
        },
    )
