"""A screening as files: two csv, a workbook and a page, all of them or none."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from visitkit.load import School
from visitkit.reports.csv_files import write_alerts_csv, write_caseload_csv
from visitkit.reports.page import write_page
from visitkit.reports.together import write_together
from visitkit.reports.view import view
from visitkit.reports.workbook import write_workbook
from visitkit.screen.caseload import Caseload

_WRITERS = {
    "caseload.csv": write_caseload_csv,
    "alerts.csv": write_alerts_csv,
    "caseload.xlsx": write_workbook,
    "report.html": write_page,
}


def write_screening(
    cases: Caseload,
    school: School,
    folder: str | Path,
    lang: str | None = None,
    *,
    names: bool = False,
) -> list[Path]:
    """Write a caseload for people: ``caseload.csv``, ``alerts.csv``, ``caseload.xlsx``, the page.

    The files take their names only when all of them are whole; what stood there before comes back
    when one cannot be written. They can be read by their owner alone. Text that a spreadsheet
    would run as a formula is written as text.

    Parameters
    ----------
    cases
        From :func:`visitkit.screen.caseload.caseload`.
    school
        Where the students came from: for what was left out, and for names where asked for.
    folder
        Where the files go; made when it is not there.
    lang
        ``"zh"``, ``"en"`` or ``None`` for the machine's language. File names and the columns of the
        csv files are the same in both.
    names
        Show students' names in the workbook and on the page. The csv files never hold names.

    Returns
    -------
    list of pathlib.Path
        The four files.

    Raises
    ------
    VisitkitError
        When the folder is a file, may not be written to, or the disk is full.
    """
    shown = view(cases, school, lang, names=names)
    writers = {name: partial(write, shown) for name, write in _WRITERS.items()}
    return write_together(folder, writers)
