"""Families and teachers as the papers show them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from visitkit import tables
from visitkit.load import School
from visitkit.plan.duties_staff import Staff, staff_of


@dataclass(frozen=True, slots=True)
class Guardian:
    """A guardian: relation in words, name, telephone number, languages parted by ``;``."""

    relation: str
    name: str
    phone: str
    language: str
    away: bool


@dataclass(frozen=True, slots=True)
class Child:
    """A student and the family; empty where nothing is known. Those at home come first."""

    student_id: str
    name: str
    class_id: str
    address: str
    guardians: tuple[Guardian, ...]

    @property
    def languages(self) -> tuple[str, ...]:
        """What is spoken at home, each language once."""
        near = [one for one in self.guardians if not one.away] or list(self.guardians)
        spoken = (part.strip() for one in near for part in one.language.split(";"))
        return tuple(dict.fromkeys(part for part in spoken if part))

    @property
    def to_call(self) -> tuple[Guardian, ...]:
        """The guardians with a telephone number, those at home first."""
        return tuple(one for one in self.guardians if one.phone)


@dataclass(frozen=True, slots=True)
class People:
    """Children by student number, teachers' names by teacher number, and who holds which role."""

    children: Mapping[str, Child]
    teachers: Mapping[str, str]
    staff: Staff

    def child(self, student_id: str) -> Child:
        """Return a student; one who is not on the roll is shown by number alone."""
        return self.children.get(student_id, Child(student_id, "", "", "", ()))

    def teacher(self, teacher_id: str) -> str:
        """Return a teacher's name, or the number where there is none."""
        return self.teachers.get(teacher_id) or teacher_id


def people(school: School, lang: str) -> People:
    """Return the people of a school in words.

    Examples
    --------
    >>> roll = pd.DataFrame({"student_id": ["1"], "name": ["A B"], "class_id": ["701"]})
    >>> people(School.from_frames(students=roll), "en").child("1").name
    'A B'
    """
    near = _guardians(school, lang)
    columns = ["student_id", "name", "class_id", "address"]
    rows = school.students[columns].astype("object").itertuples(index=False, name=None)
    children = {
        str(number): Child(str(number), plain(name), plain(own), plain(address), near(str(number)))
        for number, name, own, address in rows
    }
    staff = school.teachers[["teacher_id", "name"]].astype("object")
    names = {str(one): plain(name) for one, name in staff.itertuples(index=False, name=None)}
    return People(children, names, staff_of(school))


class _Near:
    def __init__(self) -> None:
        self.found: dict[str, list[Guardian]] = {}

    def __call__(self, student_id: str) -> tuple[Guardian, ...]:
        told = self.found.get(student_id, [])
        return tuple(sorted(told, key=lambda one: one.away))


def _guardians(school: School, lang: str) -> _Near:
    near = _Near()
    columns = ["student_id", "relation", "name", "phone", "language", "away"]
    rows = school.guardians[columns].astype("object").itertuples(index=False, name=None)
    for number, relation, name, phone, language, away in rows:
        word = tables.word("relation", plain(relation), lang) if plain(relation) else ""
        gone = not pd.isna(away) and bool(away)
        there = Guardian(word, plain(name), plain(phone), plain(language), gone)
        near.found.setdefault(str(number), []).append(there)
    return near


def plain(value: object) -> str:
    """Return text without the blanks around it; nothing where it is missing."""
    return value.strip() if isinstance(value, str) else ""
