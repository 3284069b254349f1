"""A made-up school that a page opens, and everybody in it."""

from __future__ import annotations

from functools import cache

from visitkit import sample

SEED, STUDENTS = 3, 240
#: Cells of a notebook begin with this; ``{lang}`` stands for the language of its words.
SCHOOL = f"""
from visitkit import load, record, sample
from visitkit.app import Session, open_app
from visitkit.calendar import Calendar
made = sample.make_school(seed={SEED}, students={STUDENTS}, lang="{{lang}}")
school = load.School(made.tables, Calendar.from_frame(made.tables["calendar"]))
"""
_PERSONAL = {
    "students": ("name", "address", "student_id"),
    "guardians": ("name", "phone"),
    "teachers": ("name",),
}


@cache
def _personal(lang: str) -> frozenset[str]:
    tables = sample.make_school(seed=SEED, students=STUDENTS, lang=lang).tables
    cells = [tables[table][one] for table, names in _PERSONAL.items() for one in names]
    return frozenset(str(word) for column in cells for word in column.dropna())


def named_in(content: str, lang: str) -> set[str]:
    """Return which names, telephone numbers, addresses and student numbers stand in a text."""
    return {word for word in _personal(lang) if word in content}
