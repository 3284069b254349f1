"""A plan as files for the people who go, the families and the school: all of them or none."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

from visitkit.load import School
from visitkit.plan import Duties, VisitPlan
from visitkit.policy import Policy
from visitkit.reports.together import Writer, write_together
from visitkit.reports.visits.calendar_file import write_calendar
from visitkit.reports.visits.exchange import write_geojson, write_gpx
from visitkit.reports.visits.given import NOTHING, Beside, given
from visitkit.reports.visits.map_page import write_map
from visitkit.reports.visits.pages import write_appointments, write_safety, write_sheets
from visitkit.reports.visits.rows import Round, visit_round
from visitkit.reports.visits.tables import write_unassigned_csv, write_visits_csv
from visitkit.reports.visits.workbook import write_itineraries

_WRITERS: dict[str, Callable[[Round, Path], None]] = {
    "visits.csv": write_visits_csv,
    "unassigned.csv": write_unassigned_csv,
    "itineraries.xlsx": write_itineraries,
    "sheets.html": write_sheets,
    "appointments.html": write_appointments,
    "safety.html": write_safety,
    "map.html": write_map,
    "visits.geojson": write_geojson,
    "visits.gpx": write_gpx,
}
_PLAIN = re.compile(r"[\w.-]", re.ASCII)


def write_visits(
    plan: VisitPlan,
    duties: Duties,
    school: School,
    policy: Policy,
    folder: str | Path,
    lang: str | None = None,
    *,
    beside: Beside = NOTHING,
) -> list[Path]:
    """Write a plan of visits for people.

    ``visits.csv`` and ``unassigned.csv`` for programs, ``itineraries.xlsx`` with the whole plan,
    ``sheets.html`` (a page a teacher and day), ``appointments.html`` (calls and slips to parents),
    ``safety.html`` (before and after each trip), ``map.html`` (no network needed),
    ``visits.geojson``, ``visits.gpx`` and ``visits_<teacher>.ics``.

    The files take their names only when all of them are whole. They can be read by their owner
    alone. The same plan gives the same bytes. Teachers who had a calendar in the folder and have no
    visit now get an empty one, so that nobody goes out by an old plan.

    Parameters
    ----------
    plan
        From :func:`visitkit.plan.plan_visits`; reasons are told as ``plan.unassigned`` holds them.
    duties
        From :func:`visitkit.plan.duties`, for what a visit is for.
    school
        Names, addresses, guardians and earlier visits.
    policy
        Conduct, safety, appointments, and who may see what.
    folder
        Where the files go; made when it is not there.
    lang
        ``"zh"``, ``"en"`` or ``None`` for the machine's language. File names and the columns of the
        csv files are the same in both.
    beside
        The caseload, where the school is, and whether psychological details may be printed.

    Returns
    -------
    list of pathlib.Path
        The files; the calendars last, in order of the teachers.

    Raises
    ------
    PlanError
        When the plan does not know what it was made from, or homes mix systems of coordinates.
    VisitkitError
        When the folder is a file, may not be written to, or the disk is full.

    Notes
    -----
    What a sheet tells about a student is said in :mod:`visitkit.reports.visits.knows`. No name of a
    student, guardian or teacher stands in the csv files, the calendars, the map and the routes.
    """
    told = visit_round(given(plan, duties, school, policy, lang, beside))
    writers: dict[str, Writer] = {name: partial(write, told) for name, write in _WRITERS.items()}
    for teacher, name in _calendars(told, Path(folder)).items():
        writers[name] = partial(write_calendar, told, teacher)
    return write_together(folder, writers)


def _calendars(told: Round, folder: Path) -> dict[str, str]:
    """Return the file of each teacher who has visits, or had a calendar here before."""
    everyone = {one.teacher_id for one in told.given.problem.visitors.people} | set(told.teachers)
    names = {teacher: f"visits_{file_word(teacher)}.ics" for teacher in sorted(everyone)}
    going = set(told.teachers)
    return {
        teacher: name
        for teacher, name in names.items()
        if teacher in going or (folder / name).is_file()
    }


def file_word(name: str) -> str:
    """Return a name as part of a file name that every system takes, different for each name.

    Examples
    --------
    >>> file_word("T01"), file_word("a/b"), file_word("A B")
    ('T01', 'a%2Fb', 'A%20B')
    """
    return "".join(
        sign if _PLAIN.fullmatch(sign) else "".join(f"%{octet:02X}" for octet in sign.encode())
        for sign in name
    )
