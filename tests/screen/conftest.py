"""A small school made by hand: whatever tables a test names, typed as the loader types them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest

from visitkit import tables
from visitkit.calendar import Calendar
from visitkit.load.school import School, empty_table
from visitkit.tables import DTYPES

Rows = Sequence[dict[str, Any]]

FIRST, LAST = "2026-09-01", "2027-01-29"


def typed(name: str, rows: Rows) -> pd.DataFrame:
    """Build a table of :mod:`visitkit.tables` from rows that name only what matters."""
    if not rows:
        return empty_table(name)
    columns = {
        column.name: pd.Series([row.get(column.name) for row in rows], dtype=DTYPES[column.kind])
        for column in tables.TABLES[name].columns
        if column.sensitivity != "secret"
    }
    items = sorted({key for row in rows for key in row if key.startswith("item_")})
    for item in items:
        columns[item] = pd.Series([row.get(item) for row in rows], dtype="float64")
    return pd.DataFrame(columns)


def school_of(calendar: Calendar | None = None, **rows: Rows) -> School:
    """Build a school; students are made up for the ids that occur when no table names them."""
    if "students" not in rows:
        ids = sorted({row["student_id"] for table in rows.values() for row in table})
        rows["students"] = [{"student_id": one, "class_id": "701", "grade": 7} for one in ids]
    given = {name: typed(name, table) for name, table in rows.items()}
    return School(given, calendar or Calendar.weekdays(FIRST, LAST))


@pytest.fixture(name="school_of", scope="session")
def _school_of() -> Callable[..., School]:
    return school_of


@pytest.fixture(name="typed", scope="session")
def _typed() -> Callable[[str, Rows], pd.DataFrame]:
    return typed


def full_school(students: int = 24, seed: int = 0) -> School:
    """Make a school with rows in every table, drawn at random, some after any day in between."""
    draw = np.random.default_rng(seed)
    ids = [f"{place:03d}" for place in range(students)]
    days = pd.bdate_range(FIRST, LAST, unit="us")

    def some(number: int, **columns: Sequence[Any]) -> list[dict[str, Any]]:
        return [
            {
                "student_id": str(draw.choice(ids)),
                "date": draw.choice(days),
                **{name: draw.choice(np.array(words, object)) for name, words in columns.items()},
            }
            for _ in range(number)
        ]

    kinds = {name: list(tables.codes(name)) for name in ("behaviour_kind", "event_kind", "group")}
    rows: dict[str, list[dict[str, Any]]] = {
        "students": [
            {
                "student_id": one,
                "class_id": f"70{place % 2 + 1}" if place % 7 else None,
                "grade": 7 if place % 11 else None,
                "birth_date": f"201{3 + place % 2}-0{1 + place % 9}-15",
                "entered_on": str(draw.choice(days))[:10] if place % 3 == 0 else None,
                "left_on": "2026-12-01" if place % 8 == 5 else None,
            }
            for place, one in enumerate(ids)
        ],
        "attendance": some(
            30 * students,
            status=tables.codes("attendance_status"),
            periods=[None, 1, 2, 3, 5, 7, 8],
        ),
        "behaviour": some(10 * students, kind=kinds["behaviour_kind"], severity=[None, 0, 1, 2, 3]),
        "homelife": some(
            10 * students,
            field=tables.codes("homelife_field"),
            value=["good", "fair", "poor", "6.3", "7-8", "1 hour"],
            observer=["parent", "student", None],
        ),
        "events": some(2 * students, kind=kinds["event_kind"]),
        "visits": some(3 * students, form=tables.codes("visit_form")),
        "groups": some(students, code=kinds["group"], since=[None, "2026-10-01", "2027-01-04"]),
        "surveys": some(2 * students, instrument=["GAD-7", "MSSMHS"]),
        "guardians": some(
            2 * students,
            relation=tables.codes("relation"),
            away=[True, False, None],
            able=[True, False, None],
            phone=["138", "", None],
            schooling=[None, *tables.codes("schooling")],
        ),
        "activity": some(60 * students, stream=("library", "canteen"), amount=[0.1, 0.3, 7.7]),
        "interventions": some(6 * students, type=tables.codes("help_type")),
        "marks": [],
    }
    for row in rows["interventions"]:
        row["start"] = row["date"]
    for row in rows["surveys"]:
        low, items = (0, 7) if row["instrument"] == "GAD-7" else (1, 60)
        told = items if draw.random() < 0.8 else 2
        row.update({f"item_{n}": float(draw.integers(low, 4)) for n in range(1, told + 1)})
    for exam, day in (("one", "2026-09-25"), ("mid", "2026-11-10"), ("end", "2027-01-20")):
        for subject in ("chinese", "maths", "english", "physics"):
            for one in ids:
                row = {"student_id": one, "exam": exam, "date": day, "subject": subject}
                row["score"] = float(draw.integers(20, 100))
                row["status"] = draw.choice(np.array([None, "sat", "absent", "leave"], object))
                rows["marks"].append({**row, "full_score": 100})
    return school_of(**rows)


@pytest.fixture(name="full_school", scope="session")
def _full_school() -> School:
    return full_school()
