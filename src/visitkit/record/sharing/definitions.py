"""What may leave of each column: the tables of a school, and those that the casebook hands out.

Sensitivity and kind of a school's columns stand in :mod:`visitkit.tables`. A column that is
described nowhere is refused: what nobody has thought about does not leave.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from visitkit import tables
from visitkit.errors import StoreError
from visitkit.tables import Column, Table

_STUDENT = tables.STUDENTS.by_name["student_id"]
_CASE = (
    Column("case_id", "id", sensitivity="personal"),
    Column("kind", "code", vocabulary="-kind"),
    _STUDENT,
)

#: Where the cases stand, as :meth:`visitkit.record.CaseStore.cases` returns it.
CASES = Table(
    "cases",
    (
        *_CASE,
        Column("state", "code", vocabulary="-state"),
        Column("since", "date"),
        Column("level", "code", vocabulary="-level", sensitivity="restricted"),
        Column("flags", "codes", vocabulary="-flag", sensitivity="restricted"),
        Column("closed", "flag"),
        Column("entries", "integer", unit="entry"),
    ),
    key=("case_id",),
)

#: What is owed, as :meth:`visitkit.record.CaseStore.due` returns it.
DUE = Table(
    "due",
    (
        *_CASE,
        Column("what", "code", vocabulary="-what"),
        Column("by", "id"),
        Column("since", "date"),
        Column("due", "date"),
        Column("overdue", "flag"),
        Column("source", "code", vocabulary="-key"),
    ),
)

#: The panel of :meth:`visitkit.record.CaseStore.outcomes`; its days are those of whole periods.
PANEL = Table(
    "panel",
    (
        _STUDENT,
        Column("class_id", "id"),
        Column("period", "integer"),
        Column("date", "date"),
        Column("measure", "number"),
        Column("days", "integer", unit="day"),
        Column("visits", "integer", unit="visit"),
        Column("visited", "integer"),
        Column("first", "integer"),
        Column("first_visit", "date"),
        Column("screening", "flag"),
        Column("before", "number"),
    ),
    key=("student_id", "period"),
)

#: Tables by name; ``visits`` and ``interventions`` are those of the school.
TABLES: Mapping[str, Table] = {
    **{name: table for name, table in tables.TABLES.items() if name != "calendar"},
    **{table.name: table for table in (CASES, DUE, PANEL)},
}

#: Columns that people outside know of somebody, and by which they could find a row again.
QUASI = frozenset(
    (
        *("sex", "grade", "class_id", "boarding", "hukou", "zone", "entered_on", "left_on"),
        *("code", "since", "until", "first"),
        *("relation", "schooling", "away", "able", "language"),
    )
)

#: Numbers of people, classes and cases; all other numbers name things.
IDS = {
    "student_id": "student",
    "teacher_id": "teacher",
    "owner": "teacher",
    "visitors": "teacher",
    "by": "teacher",
    "class_id": "class",
    "homeroom_class": "class",
    "classes": "class",
    "case_id": "case",
}

_ITEM = re.compile(r"item_\d{1,3}")
#: What a code of the casebook looks like; a name in letters has neither underscore nor colon.
CODE = re.compile(r"[a-z0-9_.:]{1,60}")


def column_of(table: str, name: str, measures: tuple[str, ...] = ()) -> Column:
    """Return the definition of a column.

    Parameters
    ----------
    table, name
        Which.
    measures
        Columns of a panel that hold a measure.

    Raises
    ------
    StoreError
        ``record.share_table`` or ``record.share_column`` when nobody has described it.

    Examples
    --------
    >>> column_of("students", "name").sensitivity, column_of("surveys", "item_12").kind
    ('personal', 'number')
    """
    if table not in TABLES:
        found = table if CODE.fullmatch(table) else "?"
        raise StoreError("record.share_table", found=found, allowed=", ".join(TABLES))
    known = TABLES[table].by_name.get(name)
    if known is not None and name not in ("measure", "before"):
        return known
    if table == "panel" and name in measures:
        return Column(name, "number")
    if TABLES[table].items and _ITEM.fullmatch(name):
        return Column(name, "number")
    raise StoreError(
        "record.share_column",
        table=table,
        found=name if CODE.fullmatch(name) else "?",
        allowed=", ".join(TABLES[table].names),
    )
