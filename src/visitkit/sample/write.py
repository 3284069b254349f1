"""Writing the sample as a school would have it: several files, each with its own habits."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd

from visitkit import tables, text
from visitkit.errors import TableError
from visitkit.sample.attendance import REGISTER_FROM
from visitkit.sample.days import EXAMS, TERMS
from visitkit.sample.packing import put, table_of_commas, workbook
from visitkit.sample.school import SampleSchool
from visitkit.sample.sheets import Cell, Sheet, cells, worded

_REPOSITORY = Path(__file__).parents[3]


def sample_folder() -> Path:
    """Return the folder with the files of the sample school (seed 1, in Chinese).

    Raises
    ------
    TableError
        When neither the installed package nor the repository holds it.

    Examples
    --------
    >>> sample_folder().is_dir()
    True
    """
    installed = Path(__file__).parent / "data"
    folder = installed if installed.is_dir() else _REPOSITORY / "data" / "sample"
    if not folder.is_dir():
        raise TableError("sample.no_folder", path=str(folder))
    return folder


def write_school(school: SampleSchool, folder: str | Path, lang: str | None = None) -> list[Path]:
    """Write a school as a folder of workbooks and csv files with a school's own words.

    Marks stand in a sheet an exam and a column a subject; attendance in a long csv and, for the
    last month, in a register with a column a day; questionnaires in a column a question, without
    the questions' text; visits in a csv in GB18030. The same school always gives the same bytes.

    Parameters
    ----------
    school
        A made-up school.
    folder
        Where to write; made when missing. Files of the same names are replaced.
    lang
        Language of headers and words; the school's own when not given.

    Returns
    -------
    list of pathlib.Path
        The files in the order of their names.

    Examples
    --------
    >>> import tempfile
    >>> from visitkit.sample import make_school
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     len(write_school(make_school(students=30), folder))
    12
    """
    lang = text.language(lang or school.lang)
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    written = []
    for (key, ending), make in _FILES.items():
        name = text.say(f"sample.files.{key}", lang)
        written.append(put(make(school, lang), target / f"{name}.{ending}"))
    return sorted(written)


def _roll(school: SampleSchool, lang: str) -> bytes:
    names = ("students", "guardians", "groups", "teachers", "calendar")
    sheets = [worded(name, school.tables[name], lang) for name in names]
    sheets[0] = sheets[0].titled(text.say("sample.files.roll_title", lang))
    return workbook(sheets)


def _support(school: SampleSchool, lang: str) -> bytes:
    names = ("events", "interventions")
    return workbook([worded(name, school.tables[name], lang) for name in names])


def _in_workbook(name: str) -> Callable[[SampleSchool, str], bytes]:
    return lambda school, lang: workbook([worded(name, school.tables[name], lang)])


def _in_commas(name: str, encoding: str) -> Callable[[SampleSchool, str], bytes]:
    return lambda school, lang: table_of_commas(worded(name, school.tables[name], lang), encoding)


def _attendance(school: SampleSchool, lang: str) -> bytes:
    frame = school.tables["attendance"]
    before = frame[frame["date"] < pd.Timestamp(REGISTER_FROM)]
    return table_of_commas(worded("attendance", before, lang), "utf-8-sig")


def _who(school: SampleSchool, ids: pd.Index, lang: str) -> tuple[list[str], list[list[Cell]]]:
    """Return headers and cells of the columns that say who a row is about."""
    roll = school.tables["students"].set_index("student_id").loc[ids]
    headers = [tables.header("students", name, lang) for name in ("student_id", "name", "class_id")]
    return headers, [ids.to_list(), roll["name"].to_list(), roll["class_id"].to_list()]


def _register(school: SampleSchool, lang: str) -> bytes:
    """Return the last month of attendance with a column a day and a sign a cell."""
    frame = school.tables["attendance"]
    month = frame[frame["date"] >= pd.Timestamp(REGISTER_FROM)]
    roll = school.tables["students"]
    there = roll.loc[roll["left_on"].isna(), "student_id"]
    ids = pd.Index(there).union(month["student_id"].unique())
    headers, columns = _who(school, ids, lang)
    calendar = school.tables["calendar"]
    open_days = calendar.loc[calendar["school_day"].astype(bool), "date"]
    last = school.tables["attendance"]["date"].max()
    for day in open_days[open_days.between(pd.Timestamp(REGISTER_FROM), last)]:
        signs = month[month["date"] == day].set_index("student_id")["status"].reindex(ids)
        headers.append(text.say("sample.files.day", lang, number=day.day))
        columns.append(cells(signs, lambda code: text.say(f"sample.files.sign.{code}", lang)))
    title = text.say("sample.files.register_title", lang)
    name = text.say("tables.attendance.sheet", lang)
    return workbook([Sheet(name, tuple(headers), tuple(columns), (title,))])


def _marks(school: SampleSchool, lang: str) -> bytes:
    """Return a sheet an exam, a row a student and a column a subject."""
    frame = school.tables["marks"]
    return workbook(
        [_exam(school, place, sat, lang) for place, (_, sat) in enumerate(frame.groupby("date"))]
    )


def _exam(school: SampleSchool, place: int, sat: pd.DataFrame, lang: str) -> Sheet:
    which, term, first, _ = EXAMS[place]
    season, year, _, _ = TERMS[term]
    ids = pd.Index(sat["student_id"].unique()).sort_values()
    headers, columns = _who(school, ids, lang)
    absent = {code: tables.word("mark_status", code, lang) for code in ("absent", "leave")}
    for subject, rows in sat.groupby("subject", sort=False):
        word = tables.word("subject", str(subject), lang)
        full = f"{rows['full_score'].iloc[0]:g}"
        headers.append(text.say("sample.files.subject", lang, subject=word, full=full))
        found = rows.set_index("student_id").reindex(ids)
        columns.append(
            [
                absent.get(status, None if pd.isna(score) else int(score))
                for status, score in zip(found["status"], found["score"], strict=True)
            ]
        )
    name = text.say(
        "sample.files.exam_sheet",
        lang,
        year=year,
        season=text.say(f"sample.files.season.{season}", lang),
        which=text.say(f"sample.files.which.{which}", lang),
    )
    titles = (str(sat["exam"].iloc[0]), text.say("sample.files.exam_day", lang, date=first))
    return Sheet(name, tuple(headers), tuple(columns), titles)


def _survey(administration: str) -> Callable[[SampleSchool, str], bytes]:
    def make(school: SampleSchool, lang: str) -> bytes:
        frame = school.tables["surveys"]
        frame = frame[frame["administration"] == administration]
        sheet = worded("surveys", frame, lang)
        items = [
            name
            for name in map(str, frame)
            if name.startswith("item_") and frame[name].notna().any()
        ]
        spell: Callable[..., Cell] = int
        if (frame["instrument"] == "MHT").all():
            spell = _yes_or_no(lang)
        headers = [text.say("sample.files.item", lang, number=name[5:]) for name in items]
        columns = [cells(frame[name], spell) for name in items]
        whole = Sheet(sheet.name, (*sheet.headers, *headers), (*sheet.columns, *columns))
        return workbook([whole])

    return make


def _yes_or_no(lang: str) -> Callable[..., Cell]:
    return lambda answer: tables.word("flag", "yes" if answer else "no", lang)


_FILES: dict[tuple[str, str], Callable[[SampleSchool, str], bytes]] = {
    ("students", "xlsx"): _roll,
    ("marks", "xlsx"): _marks,
    ("attendance", "csv"): _attendance,
    ("register", "xlsx"): _register,
    ("behaviour", "xlsx"): _in_workbook("behaviour"),
    ("survey_2025", "xlsx"): _survey("2025-autumn"),
    ("survey_2026", "xlsx"): _survey("2026-autumn"),
    ("talks", "xlsx"): _survey("counselling"),
    ("visits", "csv"): _in_commas("visits", "gb18030"),
    ("support", "xlsx"): _support,
    ("homelife", "xlsx"): _in_workbook("homelife"),
    ("activity", "csv"): _in_commas("activity", "utf-8"),
}
