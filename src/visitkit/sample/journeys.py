"""Students whose story is planted, so that examples and tests can follow it by name."""

from __future__ import annotations

import numpy as np

from visitkit.errors import TableError
from visitkit.sample.draws import Ints

LEAST = 30

#: Where each journey's student stands on the roll, as a share of it.
_SHARES = {
    "absent_three_days": 0.17,
    "left_behind_able": 0.25,
    "mark_drop": 0.30,
    "left_behind": 0.45,
    "void_critical": 0.55,
}
#: S0412, wherever there are so many students.
_MANY_REASONS = 411
_MANY_REASONS_SHARE = 0.381

#: Journeys that begin with a family whose parents work far away.
AWAY = ("left_behind", "left_behind_able", "many_reasons")


def places(students: int) -> dict[str, int]:
    """Return the place on the roll of each journey's student.

    ``absent_three_days``
        Absent without leave on the three school days up to 2026-10-30, nothing before.
    ``void_critical``
        Filled in the questionnaire on Friday 2026-10-30; the sheet is void by its lie scale and a
        critical item is answered with yes.
    ``left_behind``, ``left_behind_able``
        Both parents work far away; the grandparent is not able, or able, to look after the child.
    ``mark_drop``
        Marks fell by about one and a half standard deviations between the last two exams.
    ``many_reasons``
        Student S0412: several reasons on different days, and some things that protect.

    Parameters
    ----------
    students
        Students on the roll.

    Raises
    ------
    TableError
        When there are fewer than 30, because stories would fall on the same student.

    Examples
    --------
    >>> places(1080)["many_reasons"]
    411
    """
    if students < LEAST:
        raise TableError("sample.too_few", students=students, least=LEAST)
    found = {name: round(share * students) for name, share in _SHARES.items()}
    many = _MANY_REASONS if students > _MANY_REASONS else round(_MANY_REASONS_SHARE * students)
    return {**found, "many_reasons": many}


def of(students: int, *names: str) -> Ints:
    """Return the places of some journeys.

    Examples
    --------
    >>> of(1080, "many_reasons").tolist()
    [411]
    """
    known = places(students)
    return np.array([known[name] for name in names or known], dtype=np.int64)
