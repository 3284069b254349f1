"""Whatever stands in the sheets, a reading ends with a school or with words, never with a crash."""

from __future__ import annotations

import datetime as dt
import random

from hypothesis import given, settings
from hypothesis import strategies as st

from visitkit import tables, text
from visitkit.load.assemble import assemble, tell
from visitkit.load.entry import recognised
from visitkit.load.school import School
from visitkit.load.sheets import Sheet

ROLL = Sheet.from_rows("roll.csv", "", [["student id", "name"], ["0411", "Ann"], ["0412", "Ben"]])
HEADERS = [
    text.say(f"tables.{table.name}.{column.name}", "en")
    for table in tables.TABLES.values()
    for column in table.columns
]
MORE = ["maths (120)", "English", "Q1", "item_2", "1", "2", "31", "total", "father name", "lesson"]
MORE += ["groups", "is an orphan", "session", "2026-09", "midterm 2026-11-05", "hours of sleep"]
TITLES = ["", "marks", "attendance 2026-09", "PHQ-9 2026-09-20", "Sheet1", "midterm 2026-11-05"]
TITLES += list(tables.TABLES)
WORDS = [
    tables.word(vocabulary, code, "en")
    for vocabulary in ("sex", "relation", "attendance_status", "mark_status", "flag", "group")
    for code in tables.codes(vocabulary)
]
CELLS = [*WORDS, None, None, None, "0411", "0412", 411.0, 412.5, True, 88.5, 0.98, "98%", "-", "x"]
CELLS += ["2026-09-01", "2013-02-30", dt.date(2026, 9, 1), dt.time(8), 1.2e17, "1.1E+17", "total"]
CELLS += [float("inf"), "Wed 18:00-20:00", "Ann", "7-1", 26.5, 106.7, "(skipped)", "note: x", 3.0]


def sheet(rng: random.Random, number: int) -> Sheet:
    """Return a sheet with headers of one table, some others, and cells of any kind."""
    table = rng.choice(list(tables.TABLES.values()))
    own = rng.sample(table.columns, min(len(table.columns), rng.randint(1, 8)))
    headers = [text.say(f"tables.{table.name}.{column.name}", "en") for column in own]
    headers += rng.choices(HEADERS + MORE, k=rng.randint(0, 3))
    if rng.random() < 0.8:
        headers = ["student id", *headers]
    rows: list[list[object]] = [[rng.choice(["roll of 2026", None])]] * rng.randint(0, 2)
    top = len(rows)
    rows.append(list(headers))
    rows += [[rng.choice(CELLS) for _ in headers] for _ in range(rng.randint(0, 12))]
    for row in rows[top + 1 :]:
        row[0] = rng.choice(["0411", "0412", 412.0, "9", None, row[0]])
    merged = [(top, 0, top, min(1, len(headers) - 1))] if rng.random() < 0.3 else []
    return Sheet.from_rows(f"{number}.xlsx", rng.choice(TITLES), rows, merged)


def read(seed: int) -> School:
    """Return the school of a few such sheets and a roll."""
    rng = random.Random(seed)
    laid = recognised([ROLL, *(sheet(rng, number) for number in range(rng.randint(1, 3)))])
    outcome = assemble(laid.parts, tell(None, laid.parts))
    outcome.faults = laid.faults + outcome.faults
    outcome.notes = laid.notes + outcome.notes
    return outcome.school("any")


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**9))
def test_a_reading_never_crashes_and_keeps_its_word(seed: int) -> None:
    """No required cell is empty, no student unknown, and every sentence can be said."""
    school = read(seed)
    known = set(school.students["student_id"])
    for name, frame in school.tables.items():
        needed = [column.name for column in tables.TABLES[name].columns if column.required]
        assert not frame[needed].isna().any(axis=None), name
        assert set(frame.get("student_id", ())) <= known
        key = list(tables.TABLES[name].key)
        assert not key or not frame.duplicated(key).any(), name
    for lang in text.LANGUAGES:
        told = [one.sentence(lang) for one in (*school.faults, *school.notes)]
        assert not any("{" in sentence for sentence in told)
