"""Names by which a filled workbook is read again, hidden from the person who fills it in.

Each is a defined name of one cell, so that it goes where its cell goes when rows are inserted or
cut and pasted: ``vk.form`` holds the form, ``vk.f.<field>`` is the first value cell of a field,
``vk.c.<table>.<column>`` a header of a table, ``vk.s.<section>`` a heading, ``vk.end`` the end.
"""

from __future__ import annotations

FORM = "vk.form"
END = "vk.end"
_FIELD, _COLUMN, _SECTION = "vk.f.", "vk.c.", "vk.s."


def field_anchor(field: str) -> str:
    """Return the name of a field's first value cell.

    Examples
    --------
    >>> field_anchor("student_id")
    'vk.f.student_id'
    """
    return _FIELD + field


def column_anchor(table: str, column: str) -> str:
    """Return the name of the header of a column.

    Examples
    --------
    >>> column_anchor("shifts", "start")
    'vk.c.shifts.start'
    """
    return f"{_COLUMN}{table}.{column}"


def section_anchor(section: str) -> str:
    """Return the name of the heading of a section.

    Examples
    --------
    >>> section_anchor("who")
    'vk.s.who'
    """
    return _SECTION + section
