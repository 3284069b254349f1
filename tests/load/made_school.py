"""A made-up school of 50,000 rows without a fault, as one workbook or as a folder of csv files.

Used by test_planted_faults.py, which writes faults into it. The seed is fixed, so that a failure
can be repeated.
"""

from __future__ import annotations

import csv
import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from visitkit import tables, text
from visitkit.load.identifiers import check_digit

SEED = 20261102
ROLL = 1_200
#: Students of whom nothing else is recorded: a fault in their row touches no other row.
SPARE = 300
MONTH = (2026, 9)
Rows = list[list[object]]
Place = tuple[str, int, str]


def word(vocabulary: str, code: str) -> str:
    """Return a word as schools write it."""
    return tables.word(vocabulary, code, "zh")


def words(rng: np.random.Generator, vocabulary: str, size: int) -> list[str]:
    """Return random words of a vocabulary."""
    known = [word(vocabulary, code) for code in tables.codes(vocabulary)]
    return [known[at] for at in rng.integers(0, len(known), size)]


def days(rng: np.random.Generator, size: int) -> list[dt.date]:
    """Return random days of one term."""
    return [dt.date(2026, 9, 1) + dt.timedelta(int(at)) for at in rng.integers(0, 60, size)]


def flags(rng: np.random.Generator, size: int) -> list[str]:
    """Return random answers yes and no."""
    return [word("flag", ("yes", "no")[at]) for at in rng.integers(0, 2, size)]


def title(table: str) -> str:
    """Return the usual name of a sheet."""
    return text.say(f"tables.{table}.sheet", "zh")


@dataclass
class School:
    """The sheets of a made-up school, and where faults were planted.

    Attributes
    ----------
    sheets
        Name to rows; the first row holds the headers.
    columns
        Name to our names of its columns.
    """

    rng: np.random.Generator
    sheets: dict[str, Rows] = field(default_factory=dict)
    columns: dict[str, list[str]] = field(default_factory=dict)
    used: set[tuple[str, int]] = field(default_factory=set)

    def add(self, table: str, columns: dict[str, list[object]], name: str = "") -> None:
        """Add a sheet of a table; ``full_score`` and the like are our names."""
        name = name or title(table)
        known = tables.TABLES[table].names
        header = [tables.header(table, c, "zh") if c in known else c for c in columns]
        self.columns[name] = list(columns)
        self.sheets[name] = [list(header), *map(list, zip(*columns.values(), strict=True))]

    def letter(self, name: str, column: str) -> str:
        """Return the letter of a column."""
        return get_column_letter(self.columns[name].index(column) + 1)

    def row(self, name: str, low: int = 1, high: int | None = None) -> int:
        """Return a random row (Excel's number less one) in which nothing is planted yet."""
        last = len(self.sheets[name]) if high is None else high
        while True:
            at = int(self.rng.integers(low, last))
            if (name, at) not in self.used:
                self.used.add((name, at))
                return at

    def put(self, name: str, at: int, column: str, value: object) -> Place:
        """Write a cell and return its place as Excel shows it."""
        self.sheets[name][at][self.columns[name].index(column)] = value
        return name, at + 1, self.letter(name, column)

    def get(self, name: str, at: int, column: str) -> object:
        """Return a cell."""
        return self.sheets[name][at][self.columns[name].index(column)]

    def write(self, path: Path) -> Path:
        """Write the sheets into one workbook."""
        book = Workbook(write_only=True)
        for name, rows in self.sheets.items():
            sheet = book.create_sheet(name)
            for row in rows:
                sheet.append(row)
        book.save(path)
        return path

    def write_folder(self, path: Path) -> Path:
        """Write each sheet into a csv file as Excel in China saves it."""
        path.mkdir()
        for name, rows in self.sheets.items():
            with (path / f"{name}.csv").open("w", encoding="gb18030", newline="") as file:
                csv.writer(file).writerows(rows)
        return path


def identity(born: dt.date, male: bool, number: int) -> str:
    """Return an identity number that is right in itself, of a place that does not exist."""
    digits = f"999999{born:%Y%m%d}{number % 50:02d}{1 if male else 2}"
    return digits + check_digit(digits)


def clean_school(seed: int = SEED) -> School:
    """Return a school of 50,000 rows without a fault."""
    rng = np.random.default_rng(seed)
    school = School(rng)
    ids = [f"0{2_600_000 + number}" for number in range(1, ROLL + 1)]
    busy = ids[: ROLL - SPARE]
    _people(school, ids, busy)
    _attendance(school, busy)
    _marks(school, busy)
    _records(school, busy)
    _calendar(school)
    return school


def _people(school: School, ids: list[str], busy: list[str]) -> None:
    rng, size = school.rng, len(ids)
    born = [dt.date(2013, 9, 1) + dt.timedelta(int(at)) for at in rng.integers(0, 365, size)]
    male = rng.integers(0, 2, size).astype(bool)
    school.add(
        "students",
        {
            "student_id": list(ids),
            "name": [f"Made Up {number}" for number in range(size)],
            "id_number": [
                identity(b, m, n) for n, (b, m) in enumerate(zip(born, male, strict=True))
            ],
            "sex": [word("sex", "male" if m else "female") for m in male],
            "birth_date": list(born),
            "grade": [word("grade", "7")] * size,
            "class_id": [f"7-{number % 24 + 1}" for number in range(size)],
            "boarding": flags(rng, size),
            "hukou": words(rng, "hukou", size),
            "lat": [round(v, 5) for v in rng.uniform(26.4, 26.7, size).tolist()],
            "lon": [round(v, 5) for v in rng.uniform(106.5, 106.9, size).tolist()],
            "coord_system": [word("coord_system", "gcj02")] * size,
            "entered_on": [dt.date(2026, 9, 1)] * size,
            "left_on": [None] * size,
        },
    )
    size = 1_800
    school.add(
        "guardians",
        {
            "student_id": [busy[at // 2] for at in range(size)],
            "relation": [word("relation", ("father", "mother")[at % 2]) for at in range(size)],
            "name": [f"Parent Of {at}" for at in range(size)],
            "phone": [f"139{at:08d}" for at in range(size)],
            "away": flags(rng, size),
            "able": flags(rng, size),
            "schooling": words(rng, "schooling", size),
        },
    )
    size = 60
    school.add(
        "teachers",
        {
            "teacher_id": [f"T{at:03d}" for at in range(size)],
            "name": [f"Teacher {at}" for at in range(size)],
            "sex": words(rng, "sex", size),
            "roles": words(rng, "role", size),
            "homeroom_class": [f"7-{at + 1}" if at < 24 else None for at in range(size)],
            "available": ["Wed 18:00-20:00"] * size,
            "max_visits": [20] * size,
            "trained_on": [dt.date(2026, 8, 20)] * size,
        },
    )


def _attendance(school: School, busy: list[str]) -> None:
    rng = school.rng
    # Each student is away at most once a day, so that no row repeats another.
    pairs = rng.choice(len(busy) * 55, 13_000, replace=False)
    first = dt.date(2026, 10, 1)
    size = len(pairs)
    school.add(
        "attendance",
        {
            "student_id": [busy[at // 55] for at in pairs],
            "date": [first + dt.timedelta(int(at % 55)) for at in pairs],
            "status": words(rng, "attendance_status", size),
            "periods": rng.integers(1, 8, size).tolist(),
        },
    )
    signs = np.array(
        [None, word("attendance_present", "present"), "\u25b3", "\u00d7"], dtype=object
    )
    grid = signs[rng.choice(4, (600, 30), p=[0.9, 0.06, 0.02, 0.02])]
    columns: dict[str, list[object]] = {"student_id": list(busy[:600])}
    columns |= {str(day): grid[:, day - 1].tolist() for day in range(1, 31)}
    school.add("attendance", columns, f"{MONTH[0]}-{MONTH[1]:02d}")


def _marks(school: School, busy: list[str]) -> None:
    rng = school.rng
    subjects = [word("subject", code) for code in tables.codes("subject")[:8]]
    exams = [("midterm", dt.date(2026, 11, 5)), ("monthly", dt.date(2026, 10, 10))]
    listed = [(subject, exam, day) for exam, day in exams for subject in subjects]
    rows = [(student, *of) for student in busy for of in listed]
    size = len(rows)
    school.add(
        "marks",
        {
            "student_id": [row[0] for row in rows],
            "date": [row[3] for row in rows],
            "exam": [row[2] for row in rows],
            "subject": [row[1] for row in rows],
            "score": rng.integers(20, 101, size).tolist(),
            "full_score": [120] * size,
        },
    )
    header = {f"{subject}(120)": rng.integers(30, 121, 700).tolist() for subject in subjects}
    school.add("marks", {"student_id": list(busy[:700]), **header}, "quiz 2026-09-20 exam")


def _records(school: School, busy: list[str]) -> None:
    rng = school.rng

    def who(size: int) -> list[object]:
        return [busy[at] for at in rng.integers(0, len(busy), size)]

    size = 2_500
    school.add(
        "behaviour",
        {
            "student_id": who(size),
            "date": days(rng, size),
            "kind": words(rng, "behaviour_kind", size),
            "severity": words(rng, "severity", size),
            "note": [f"seen {at}" for at in range(size)],
        },
    )
    size = 900
    school.add(
        "homelife",
        {
            "student_id": list(busy),
            "date": days(rng, size),
            "field": [word("homelife_field", "sleep_hours")] * size,
            "value": rng.integers(5, 10, size).tolist(),
            "observer": words(rng, "observer", size),
        },
    )
    items = {f"item_{n}": rng.integers(0, 4, size).tolist() for n in range(1, 10)}
    school.add(
        "surveys",
        {
            "student_id": list(busy),
            "date": days(rng, size),
            "instrument": ["PHQ-9"] * size,
            "administration": ["2026"] * size,
            **items,
        },
    )
    size = 11_000
    school.add(
        "activity",
        {
            "student_id": who(size),
            "date": days(rng, size),
            "stream": words(rng, "stream", size),
            "amount": [round(v, 2) for v in rng.uniform(1, 30, size).tolist()],
        },
    )
    size = 900
    school.add(
        "groups",
        {
            "student_id": list(busy),
            "code": words(rng, "group", size),
            "since": [dt.date(2025, 9, 1)] * size,
            "until": [dt.date(2027, 7, 1)] * size,
        },
    )
    school.add(
        "visits",
        {
            "student_id": list(busy),
            "date": days(rng, size),
            "start": ["18:30"] * size,
            "end": ["19:10"] * size,
            "form": words(rng, "visit_form", size),
            "visitors": ["T001"] * size,
            "student_present": flags(rng, size),
            "photos": [0] * size,
        },
    )
    size = 600
    school.add(
        "events",
        {
            "student_id": who(size),
            "date": days(rng, size),
            "kind": words(rng, "event_kind", size),
            "detail": [f"told {at}" for at in range(size)],
        },
    )
    school.add(
        "interventions",
        {
            "student_id": list(busy[:size]),
            "start": days(rng, size),
            "end": [dt.date(2026, 12, 31)] * size,
            "type": words(rng, "help_type", size),
            "owner": ["T001"] * size,
        },
    )


def _calendar(school: School) -> None:
    size = 334
    dates = [dt.date(2026, 9, 1) + dt.timedelta(at) for at in range(size)]
    school.add(
        "calendar",
        {
            "date": dates,
            "term": ["autumn" if day < dt.date(2027, 2, 1) else "spring" for day in dates],
            "week": [at // 7 + 1 for at in range(size)],
            "school_day": [word("flag", "yes" if d.weekday() < 5 else "no") for d in dates],
        },
    )
