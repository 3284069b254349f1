"""Marks of two exams a term: ability and the engagement of the weeks before, subject by subject.

A subject's mark shares about half of its variance with the student's other subjects; of the rest a
part is the student's standing in that subject and a part the day. These shares are ordinary for
school exams; how far engagement moves marks is our choice.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from visitkit.sample import journeys
from visitkit.sample.course import Course, weekly
from visitkit.sample.days import EXAMS, NEW_YEAR, exam_name
from visitkit.sample.draws import Flags, Floats, happens, normal, stream
from visitkit.sample.families import Traits
from visitkit.sample.frames import typed
from visitkit.sample.roll import Roll


class Subject(NamedTuple):
    """A subject: code, full score, grades taught, finals only, mean and spread of the share won."""

    code: str
    full: int
    grades: tuple[int, ...]
    finals_only: bool
    mean: float
    spread: float


SUBJECTS = (
    Subject("chinese", 120, (7, 8, 9), False, 0.68, 0.12),
    Subject("maths", 120, (7, 8, 9), False, 0.60, 0.19),
    Subject("english", 120, (7, 8, 9), False, 0.62, 0.19),
    Subject("politics", 100, (7, 8, 9), False, 0.68, 0.14),
    Subject("history", 100, (7, 8, 9), False, 0.66, 0.16),
    Subject("geography", 100, (7, 8), False, 0.65, 0.16),
    Subject("biology", 100, (7, 8), False, 0.67, 0.15),
    Subject("physics", 100, (8, 9), False, 0.60, 0.18),
    Subject("chemistry", 100, (9,), False, 0.62, 0.18),
    Subject("pe", 100, (7, 8, 9), True, 0.80, 0.09),
)
_WEEKS_BEFORE = 8
_ABILITY, _ENGAGEMENT, _STANDING, _DAY = 0.62, 0.42, 0.40, 0.42
#: How far the planted fall goes, in standard deviations of a subject.
_FALL = 1.7
#: Place of the exam at which it comes; later exams keep a part of it.
_FALLS_AT = 3


def _fall(roll: Roll, exam: int) -> Floats:
    """Return the planted falls of marks at an exam."""
    fall = np.zeros(roll.size)
    if exam >= _FALLS_AT:
        left = 1.0 if exam == _FALLS_AT else 0.6
        fall[journeys.of(roll.size, "mark_drop")] = _FALL * left
        fall[journeys.of(roll.size, "many_reasons")] = 0.8 * _FALL * left
    return fall


def grade_then(roll: Roll, day: np.datetime64) -> npt.NDArray[np.int64]:
    """Return each student's grade on a day.

    Examples
    --------
    >>> from visitkit.sample.roll import enrol
    >>> grade_then(enrol(1, 30), np.datetime64("2026-05-01")).max()
    np.int64(8)
    """
    return roll.grade - int(day < NEW_YEAR)


def _missed(rng: np.random.Generator, engagement: Floats, size: int) -> tuple[Flags, Flags]:
    """Return who missed the whole exam without leave, and with leave."""
    absent = happens(rng, np.minimum(np.exp(-5.3 - 1.1 * engagement), 0.5))
    leave = happens(rng, 0.008, size) & ~absent
    return absent, leave


def _sit(
    rng: np.random.Generator, place: int, roll: Roll, traits: Traits, course: Course
) -> tuple[Floats, Floats, Flags]:
    """Return general standing, engagement and presence at an exam, each of shape ``(N,)``."""
    day = np.datetime64(EXAMS[place][2])
    everyone = np.arange(roll.size)
    dates = np.full(roll.size, day)
    engagement = np.clip(weekly(course.engagement, everyone, dates, _WEEKS_BEFORE), -3, 3)
    general = _ABILITY * traits.ability + _ENGAGEMENT * engagement - _fall(roll, place)
    form = 0.2 * normal(rng, roll.size)
    # The day's luck must not hide a planted fall, nor make one.
    form[journeys.of(roll.size)] *= 0.3
    return (
        general + form,
        engagement,
        course.present(dates, everyone, roll),
    )


def marks_table(seed: int, roll: Roll, traits: Traits, course: Course, lang: str) -> pd.DataFrame:
    """Return the marks table: by exam, then by subject, then by student.

    Parameters
    ----------
    seed
        Seed of the school.
    roll, traits, course
        The students and their course.
    lang
        Language of the exam names.
    """
    rng = stream(seed, "marks")
    standing = normal(rng, (len(SUBJECTS), roll.size))
    parts: dict[str, list[npt.NDArray[np.generic]]] = {}
    told = journeys.of(roll.size)
    for place, (which, _, first, _) in enumerate(EXAMS):
        general, engagement, there = _sit(rng, place, roll, traits, course)
        absent, leave = _missed(rng, engagement, roll.size)
        absent[told] = leave[told] = False
        grade = grade_then(roll, np.datetime64(first))
        for number, subject in enumerate(SUBJECTS):
            skipped = happens(rng, np.minimum(np.exp(-6.2 - 0.9 * engagement), 0.3))
            skipped[told] = False
            luck = normal(rng, roll.size)
            luck[told] *= 0.3
            if subject.finals_only and which != "final":
                continue
            sits = there & np.isin(grade, subject.grades)
            won = general + _STANDING * standing[number] + _DAY * luck
            score = np.rint(subject.full * np.clip(subject.mean + subject.spread * won, 0.02, 0.99))
            status = np.where(absent | skipped, 1, np.where(leave, 2, 0))
            rows = np.flatnonzero(sits)
            _collect(parts, rows, place, number, score, status)
    joined = {name: np.concatenate(part) for name, part in parts.items()}
    return _frame(roll, joined, lang)


def _collect(
    parts: dict[str, list[npt.NDArray[np.generic]]],
    rows: npt.NDArray[np.int64],
    exam: int,
    subject: int,
    score: Floats,
    status: npt.NDArray[np.int64],
) -> None:
    columns = {
        "student": rows,
        "exam": np.full(len(rows), exam),
        "subject": np.full(len(rows), subject),
        "score": np.where(status[rows] == 0, score[rows], np.nan),
        "status": status[rows],
    }
    for name, column in columns.items():
        parts.setdefault(name, []).append(column)


def _frame(roll: Roll, joined: dict[str, npt.NDArray[np.generic]], lang: str) -> pd.DataFrame:
    exam, subject = joined["exam"], joined["subject"]
    names = np.array([exam_name(place, lang) for place in range(len(EXAMS))], dtype=object)
    days = np.array([first for _, _, first, _ in EXAMS], dtype="datetime64[D]")
    return typed(
        "marks",
        {
            "student_id": roll.student_id[joined["student"]],
            "date": days[exam],
            "exam": names[exam],
            "subject": np.array([known.code for known in SUBJECTS], dtype=object)[subject],
            "score": joined["score"],
            "full_score": np.array([float(known.full) for known in SUBJECTS])[subject],
            "status": np.array(["sat", "absent", "leave"], dtype=object)[joined["status"]],
        },
    )
