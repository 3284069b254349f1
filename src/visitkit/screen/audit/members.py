"""To which groups students belong, for an audit only: no group enters a score here."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from visitkit.load import School

#: Registered facts that open support; each becomes an attribute of its own.
FACTS = {
    "left_behind": ("left_behind",),
    "migrant_child": ("migrant_child",),
    "disabled": ("disabled", "intellectual_disability"),
    "poor": ("poor", "poor_registered"),
}

YES, NO = "yes", "no"


def members(school: School, as_of: dt.date) -> pd.DataFrame:
    """Return the groups of each student on a day.

    Parameters
    ----------
    school
        The school.
    as_of
        A fact registered later, or ended by then, does not count.

    Returns
    -------
    pandas.DataFrame
        By ``student_id``: ``sex``, ``boarding`` and those of :data:`FACTS` of which the school
        keeps a register; cells are codes, ``yes`` or ``no``, missing where not known. A fact of
        which no student is registered is left out: nobody knows whether it was looked at.

    Examples
    --------
    >>> from visitkit.calendar import Calendar
    >>> students = pd.DataFrame({"student_id": ["S01", "S02"], "sex": ["male", "female"]})
    >>> school = School({"students": students}, Calendar.weekdays("2026-09-01", "2027-01-29"))
    >>> members(school, dt.date(2026, 11, 2))["sex"].to_list()
    ['male', 'female']
    """
    students = school.tables["students"].set_index("student_id")
    told = pd.DataFrame(index=pd.Index(students.index.astype(str), name="student_id"))
    if "sex" in students:
        told["sex"] = students["sex"].to_numpy()
    if "boarding" in students:
        lives = students["boarding"].map({True: YES, False: NO})
        told["boarding"] = lives.to_numpy()
    groups = school.tables.get("groups")
    if groups is not None and len(groups):
        day = pd.Timestamp(as_of)
        open_rows = groups[~(groups["since"] > day) & ~(groups["until"] <= day)]
        for name, codes in FACTS.items():
            who = set(open_rows.loc[open_rows["code"].isin(codes), "student_id"].astype(str))
            if who:
                told[name] = [YES if one in who else NO for one in told.index]
    return told.loc[:, told.notna().any()]
