"""Making the whole school."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import pandas as pd

from visitkit import text
from visitkit.sample.activity import activity_table
from visitkit.sample.attendance import attendance_table
from visitkit.sample.conduct import behaviour_table
from visitkit.sample.contacts import meet, visits_table
from visitkit.sample.days import calendar_table
from visitkit.sample.events import events_table
from visitkit.sample.guardians import guardians_table
from visitkit.sample.helping import interventions_table, with_talks
from visitkit.sample.homelife import homelife_table
from visitkit.sample.lives import Lives, live
from visitkit.sample.marks import marks_table
from visitkit.sample.staff import teachers_table
from visitkit.sample.students import groups_table, students_table
from visitkit.sample.surveys import surveys_table
from visitkit.sample.truth import places_of, truth_table
from visitkit.tables import TABLES


@dataclass(frozen=True)
class SampleSchool:
    """A made-up school.

    Parameters
    ----------
    tables
        Table name to data frame, columns and types as in :mod:`visitkit.tables`; secret columns
        are absent.
    truth
        What is truly so, indexed by ``student_id``; see
        :func:`visitkit.sample.truth.truth_table`.
    journeys
        Name of a planted story to student number; see :func:`visitkit.sample.journeys.places`.
    lang
        Language of names and notes.
    seed
        Seed it was made from.
    """

    tables: Mapping[str, pd.DataFrame]
    truth: pd.DataFrame
    journeys: Mapping[str, str]
    lang: str
    seed: int

    def __repr__(self) -> str:
        """Return sizes only."""
        sizes = ", ".join(f"{name}={len(frame)}" for name, frame in self.tables.items())
        return f"SampleSchool(seed={self.seed}, {sizes})"


def _write_down(seed: int, lives: Lives, lang: str) -> dict[str, pd.DataFrame]:
    roll, homes, family = lives.roll, lives.homes, lives.family
    traits, course, strikes = lives.traits, lives.course, lives.strikes
    register, staff, helps = lives.register, lives.staff, lives.helps
    contacts = meet(seed, roll, course, register, strikes, helps)
    told = with_talks(seed, roll, helps, lives.sheets)
    made = {
        "students": students_table(seed, roll, homes, family, course, lang=lang),
        "groups": groups_table(seed, roll, homes, family, traits, course, lang=lang),
        "guardians": guardians_table(seed, roll, homes, family, lang=lang),
        "teachers": teachers_table(seed, roll, staff, lang),
        "attendance": attendance_table(seed, roll, register, lang),
        "marks": marks_table(seed, roll, traits, course, lang),
        "behaviour": behaviour_table(seed, roll, traits, course, strikes, lang=lang),
        "homelife": homelife_table(seed, roll, family, course, contacts, lang=lang),
        "surveys": surveys_table(roll, lives.sheets),
        "activity": activity_table(seed, roll, homes, course, register),
        "events": events_table(seed, roll, traits, course, strikes, lang=lang),
        "visits": visits_table(seed, roll, staff, contacts, lang),
        "interventions": interventions_table(seed, roll, staff, told, lang),
        "calendar": calendar_table(lang),
    }
    return {name: made[name] for name in TABLES}


def make_school(seed: int = 1, students: int = 1080, *, lang: str = "zh") -> SampleSchool:
    """Make a junior middle school with three grades and one and a half school years of records.

    Each student has a hidden engagement and distress that drift week by week, start from family
    circumstances and traits, fall with what strikes the family and rise with help; attendance,
    marks, conduct, questionnaires, home life and contacts follow from them with noise. Parents'
    forms, questionnaires and addresses are missing more often where there is trouble. Head
    teachers differ in how much they write. So the index of a careful school should sort
    ``truth.at_risk`` well but not perfectly: the noise was chosen for plausible rates, as each
    module of this package says, and published single signs reach balanced accuracies of .6 to .8
    (Bowers, Sprott and Taff 2013, doi:10.1353/hsj.2013.0000).

    Everything is made up. Draws are the same on every machine.

    Parameters
    ----------
    seed
        Another seed is another school.
    students
        Students on the roll, those who left included; at least 30.
    lang
        Language of names and notes, ``"zh"`` or ``"en"``; figures and codes do not change.

    Raises
    ------
    TableError
        When there are fewer than 30 students.

    Examples
    --------
    >>> school = make_school(seed=1, students=60, lang="en")
    >>> len(school.tables["students"]), school.truth["at_risk"].dtype.name
    (60, 'bool')
    """
    lang = text.language(lang)
    lives = live(seed, students)
    tables = _write_down(seed, lives, lang)
    truth = truth_table(lives, tables["marks"])
    return SampleSchool(
        MappingProxyType(tables), truth, MappingProxyType(places_of(lives.roll)), lang, seed
    )
