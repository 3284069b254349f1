"""Teachers: who teaches which class what, who is head teacher, who can go visiting and when."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from visitkit import text
from visitkit.sample import windows
from visitkit.sample.draws import Ints, happens, normal, pick, stream, whole
from visitkit.sample.frames import typed
from visitkit.sample.marks import SUBJECTS
from visitkit.sample.roll import GRADES, SCHOOL_LAT, SCHOOL_LON, Roll, words

#: Classes a teacher of a subject takes.
_LOADS = {"chinese": 2, "maths": 2, "english": 2, "physics": 3, "chemistry": 3}
_USUAL_LOAD = 4
#: Subjects without exams, one teacher for so many classes of all grades.
_ARTS = {"it": 12, "music": 12, "art": 12}
_CORE = ("chinese", "maths", "english")
_STUDENTS_A_COUNSELLOR = 500
_OFFICES = (
    "principal",
    "vice_principal",
    "vice_principal",
    "moral_office",
    "teaching_office",
    "logistics",
)
_AVAILABLE = (
    ((1, 5, "16:00-18:30"),),
    ((1, 5, "16:00-18:30"), (6, 6, "08:00-12:00")),
    ((1, 4, "16:00-19:00"), (6, 6, windows.ALL_DAY)),
    ((2, 2, "16:00-18:30"), (4, 4, "16:00-18:30"), (6, 7, "08:00-12:00")),
    ((3, 3, "14:00-18:30"), (5, 5, "16:00-18:30")),
)


@dataclass
class Teacher:
    """A teacher; classes as places in the roll's list, -1 for no class of one's own."""

    roles: list[str]
    subjects: list[str] = field(default_factory=list)
    classes: list[int] = field(default_factory=list)
    homeroom: int = -1


@dataclass(frozen=True)
class Staff:
    """The teachers and who looks after which class.

    Parameters
    ----------
    teachers
        In the order of their numbers.
    ids
        Their numbers.
    head
        Place of each class's head teacher, shape ``(C,)``.
    second
        Place of another teacher of the class who goes along on visits.
    counsellors
        Places of the counsellors.
    """

    teachers: tuple[Teacher, ...]
    ids: tuple[str, ...]
    head: Ints
    second: Ints
    counsellors: Ints


def _taught(grade_classes: dict[int, list[int]]) -> list[Teacher]:
    """Return subject teachers, each within one grade; arts teachers take all grades."""
    teachers = []
    for grade in GRADES:
        classes = grade_classes[grade]
        for subject in SUBJECTS:
            if grade not in subject.grades:
                continue
            load = _LOADS.get(subject.code, _USUAL_LOAD)
            number = -(-len(classes) // load)
            for place in range(number):
                own = [c for j, c in enumerate(classes) if j * number // len(classes) == place]
                teachers.append(Teacher(["subject_teacher"], [subject.code], own))
    everything = [c for grade in GRADES for c in grade_classes[grade]]
    for subject_code, load in _ARTS.items():
        number = -(-len(everything) // load)
        for place in range(number):
            own = [c for j, c in enumerate(everything) if j * number // len(everything) == place]
            teachers.append(Teacher(["subject_teacher"], [subject_code], own))
    return teachers


def _head_teachers(teachers: list[Teacher], classes: int) -> None:
    for place in range(classes):
        core = [
            next(t for t in teachers if place in t.classes and t.subjects == [subject])
            for subject in (*_CORE[place % 3 :], *_CORE[: place % 3])
        ]
        free = [teacher for teacher in core if teacher.homeroom < 0]
        if free:
            free[0].homeroom = place
            free[0].roles.insert(0, "head_teacher")


def _offices(teachers: list[Teacher], students: int) -> list[Teacher]:
    plain = [teacher for teacher in teachers if teacher.homeroom < 0]
    step = max(1, len(plain) // (len(_OFFICES) + 3))
    for role, teacher in zip((*_OFFICES, *["grade_leader"] * 3), plain[::step], strict=False):
        teacher.roles.insert(0, role)
    for teacher in teachers:
        if "pe" in teacher.subjects:
            teacher.roles.append("coach")
    counsellors = max(2, round(students / _STUDENTS_A_COUNSELLOR))
    extra = [Teacher(["counsellor"]) for _ in range(counsellors)]
    return [*teachers, *extra, Teacher(["health_teacher"])]


def employ(roll: Roll) -> Staff:
    """Return the teachers of a roll: about 80 for 24 classes.

    Parameters
    ----------
    roll
        The students.

    Examples
    --------
    >>> from visitkit.sample.roll import enrol
    >>> staff = employ(enrol(1, 1080))
    >>> 75 <= len(staff.teachers) <= 85, len(staff.head)
    (True, 24)
    """
    count = len(roll.classes)
    by_grade = {
        grade: [place for place, name in enumerate(roll.classes) if name.startswith(str(grade))]
        for grade in GRADES
    }
    teachers = _taught(by_grade)
    _head_teachers(teachers, count)
    teachers = _offices(teachers, roll.size)
    digits = max(2, len(str(len(teachers))))
    head, second = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
    for place, teacher in enumerate(teachers):
        if teacher.homeroom >= 0:
            head[teacher.homeroom] = place
        elif teacher.subjects in (["politics"], ["history"]):
            second[teacher.classes] = place
    return Staff(
        teachers=tuple(teachers),
        ids=tuple(f"T{place + 1:0{digits}d}" for place in range(len(teachers))),
        head=head,
        second=second,
        counsellors=np.array([p for p, t in enumerate(teachers) if "counsellor" in t.roles]),
    )


def teachers_table(seed: int, roll: Roll, staff: Staff, lang: str) -> pd.DataFrame:
    """Return the teachers table.

    Parameters
    ----------
    seed
        Seed of the school.
    roll, staff
        The students and the teachers.
    lang
        Language of names.
    """
    rng = stream(seed, "teachers")
    size = len(staff.teachers)
    away = 1.8 * normal(rng, (2, size))
    unknown = happens(rng, 0.15, size)
    surnames, given = words("name.surnames", lang), words("name.adult_words", lang)
    first, last = whole(rng, 0, len(given) - 1, size), whole(rng, 0, len(surnames) - 1, size)
    windows_of = [windows.spell(spans) for spans in _AVAILABLE]
    open_to = pick(rng, [3, 3, 2, 1.5, 0.5], size)
    trained = np.array(["2025-08-28", "2026-08-27", "NaT"], dtype="datetime64[D]")
    spoken = words("language.spoken", lang)
    visits = np.array([10 if t.homeroom < 0 else 24 for t in staff.teachers])
    return typed(
        "teachers",
        {
            "teacher_id": list(staff.ids),
            "name": [
                text.say("sample.name.teacher", lang, surname=surnames[s], word=given[g])
                for s, g in zip(last.tolist(), first.tolist(), strict=True)
            ],
            "sex": np.where(happens(rng, 0.62, size), "female", "male"),
            "roles": [";".join(t.roles) for t in staff.teachers],
            "homeroom_class": [
                roll.classes[t.homeroom] if t.homeroom >= 0 else None for t in staff.teachers
            ],
            "classes": [
                ";".join(roll.classes[c] for c in t.classes) or None for t in staff.teachers
            ],
            "subjects": [";".join(t.subjects) or None for t in staff.teachers],
            "available": [
                None if skip else windows_of[place]
                for place, skip in zip(open_to.tolist(), happens(rng, 0.1, size), strict=True)
            ],
            "home_lat": np.where(unknown, np.nan, np.round(SCHOOL_LAT + away[0] / 111, 6)),
            "home_lon": np.where(unknown, np.nan, np.round(SCHOOL_LON + away[1] / 86, 6)),
            "languages": np.array(spoken[:2], dtype=object)[pick(rng, [0.4, 0.6], size)],
            "max_visits": visits + 2 * whole(rng, 0, 4, size),
            "trained_on": trained[pick(rng, [0.35, 0.4, 0.25], size)],
        },
    )
