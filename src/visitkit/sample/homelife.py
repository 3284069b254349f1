"""What is known of home: parents' forms, students' own words, what teachers see on visits.

Parents of students in trouble hand in fewer forms and tell of fewer phone hours than the students
do themselves.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from visitkit import tables
from visitkit.sample import journeys
from visitkit.sample.contacts import HOME, Contacts
from visitkit.sample.course import Course, weekly
from visitkit.sample.days import NEW_YEAR
from visitkit.sample.draws import Days, Flags, Floats, Ints, happens, normal, stream, whole
from visitkit.sample.families import Family
from visitkit.sample.frames import typed
from visitkit.sample.roll import Roll, words

Words = npt.NDArray[np.object_]

_STEPS = ("good", "fair", "poor")
#: Fields of the parents' form, of the students' own sheet, and of a visit.
_FORM = (
    "homework_hours",
    "homework_done",
    "sleep_hours",
    "phone_hours",
    "parent_minutes",
    "economy",
    "climate",
    "education_view",
)
_OWN = ("sleep_hours", "phone_hours", "relationship")
_SEEN = ("study_place", "economy", "climate", "education_view", "parent_behaviour", "parent_worry")
_FORM_DAYS = ("2025-09-12", "2026-09-11")
_OWN_DAYS = ("2025-10-13", "2026-10-12")
#: Planted answers of student S0412 and the family in autumn 2026: numbers, or places in _STEPS.
_STORY: dict[str, dict[str, str | int]] = {
    "parent": {
        "phone_hours": "3.5",
        "sleep_hours": "6.5",
        "parent_minutes": "10",
        "economy": 1,
        "climate": 1,
        "education_view": 0,
        "homework_done": 2,
    },
    "student": {"phone_hours": "4", "sleep_hours": "6", "relationship": 1},
}


@dataclass(frozen=True)
class _Asked:
    """Who is asked when, by whom; every array of shape ``(P,)``."""

    student: Ints
    date: Days
    observer: str


def _half_hours(hours: Floats, most: float) -> Words:
    # some processors clip minus zero to minus zero, which would be written as "-0"
    rounded = np.clip(np.rint(hours * 2) / 2, 0, most) + 0.0
    known = {step: f"{step:g}" for step in np.unique(rounded).tolist()}
    return np.array([known[hour] for hour in rounded.tolist()], dtype=object)


def _step(worse: Floats, lang: str) -> Words:
    said = np.array([tables.word("home_value", code, lang) for code in _STEPS], dtype=object)
    return said[(worse > 0.4).astype(np.int64) + (worse > 1.5)]


def _numbers(field: str, asked: _Asked, family: Family, course: Course, noise: Floats) -> Words:
    engagement = weekly(course.engagement, asked.student, asked.date, 4)
    distress = weekly(course.distress, asked.student, asked.date, 4)
    if field == "homework_hours":
        return _half_hours(1.6 + 0.35 * engagement + 0.5 * noise, 5)
    if field == "sleep_hours":
        return _half_hours(7.8 - 0.45 * distress + 0.6 * noise, 10)
    if field == "phone_hours":
        shy = 0.5 if asked.observer == "parent" else 0.0
        return _half_hours(1.7 - shy - 0.4 * engagement + 0.2 * distress + 0.8 * noise, 8)
    away = family.both_away[asked.student]
    minutes = np.exp(3.6 - 0.6 * away - 0.25 * family.vulnerability[asked.student] + 0.5 * noise)
    rounded = np.clip(5 * np.rint(minutes / 5), 0, 240).astype(np.int64)
    return np.array([str(number) for number in rounded.tolist()], dtype=object)


def _worse(field: str, asked: _Asked, family: Family, course: Course) -> Floats:
    student = asked.student
    distress = weekly(course.distress, student, asked.date, 4)
    engagement = weekly(course.engagement, student, asked.date, 4)
    worse = {
        "homework_done": -0.7 * engagement,
        "economy": 0.9 * family.hardship[student],
        "climate": 0.5 * distress + 0.6 * family.separated[student],
        "relationship": 0.6 * distress - 0.2 * family.view[student],
        "education_view": -0.8 * family.view[student],
    }
    return worse[field]


def _answers(
    rng: np.random.Generator, field: str, asked: _Asked, family: Family, course: Course, lang: str
) -> Words:
    noise = normal(rng, len(asked.student))
    if field in {"parent_behaviour", "parent_worry"}:
        said = np.array(words(f"homelife.{field}", lang), dtype=object)
        return said[whole(rng, 0, len(said) - 1, len(noise))]
    if field == "study_place":
        has = 0.8 - 0.8 * family.hardship[asked.student] + 0.6 * noise > 0
        yes, no = (tables.word("flag", code, lang) for code in ("yes", "no"))
        return np.where(has, yes, no).astype(object)
    if field in {"homework_hours", "sleep_hours", "phone_hours", "parent_minutes"}:
        return _numbers(field, asked, family, course, noise)
    return _step(_worse(field, asked, family, course) + 0.6 * noise, lang)


def _reached(
    rng: np.random.Generator, roll: Roll, course: Course, day: str, share: float
) -> tuple[Ints, Days]:
    """Return who answers on a day; those turning away answer less often."""
    everyone = np.arange(roll.size)
    dates = np.full(roll.size, np.datetime64(day))
    engagement = weekly(course.engagement, everyone, dates)
    answers = happens(rng, 1 - np.minimum((1 - share) * np.exp(-0.6 * engagement), 0.85))
    answers[journeys.of(roll.size)] = True
    rows = np.flatnonzero(answers & course.present(dates, everyone, roll))
    return rows, dates[rows]


def homelife_table(
    seed: int,
    roll: Roll,
    family: Family,
    course: Course,
    contacts: Contacts,
    *,
    lang: str,
) -> pd.DataFrame:
    """Return the homelife table, ordered by date, student and field.

    Parameters
    ----------
    seed
        Seed of the school.
    roll, family, course, contacts
        The students, their families, their course and the visits paid.
    lang
        Language of the values.
    """
    rng = stream(seed, "homelife")
    home = contacts.form == HOME
    visited = np.unique(
        np.stack([contacts.student[home], contacts.date[home].astype(np.int64)]), axis=1
    )
    plan = [
        *(
            (_Asked(*_reached(rng, roll, course, d, 0.80), "parent"), _FORM, 0.97)
            for d in _FORM_DAYS
        ),
        *(
            (_Asked(*_reached(rng, roll, course, d, 0.90), "student"), _OWN, 0.97)
            for d in _OWN_DAYS
        ),
        (_Asked(visited[0], visited[1].astype("datetime64[D]"), "head_teacher"), _SEEN, 0.45),
    ]
    parts = []
    for asked, fields, filled in plan:
        for field in fields:
            value = _answers(rng, field, asked, family, course, lang)
            value = _plant(field, asked, value, roll.size, lang)
            keep = happens(rng, filled, len(value)) | _told(asked, roll.size)
            parts.append(_part(asked, field, value, keep))
    joined = pd.concat(parts, ignore_index=True)
    order = np.lexsort((joined["place"], joined["student"], joined["date"]))
    joined = joined.iloc[order]
    return typed(
        "homelife",
        {
            "student_id": roll.student_id[joined["student"].to_numpy()],
            **{name: joined[name].to_numpy() for name in ("date", "field", "value", "observer")},
        },
    )


def _told(asked: _Asked, size: int) -> Flags:
    return np.asarray(np.isin(asked.student, journeys.of(size, "many_reasons")))


def _plant(field: str, asked: _Asked, value: Words, size: int, lang: str) -> Words:
    story = _STORY.get(asked.observer, {}).get(field)
    if story is None:
        return value
    rows = _told(asked, size) & (asked.date >= NEW_YEAR)
    said = story if isinstance(story, str) else tables.word("home_value", _STEPS[story], lang)
    value[rows] = said
    return value


def _part(asked: _Asked, field: str, value: Words, keep: Flags) -> pd.DataFrame:
    fields = list(dict.fromkeys((*_FORM, *_OWN, *_SEEN)))
    return pd.DataFrame(
        {
            "student": asked.student[keep],
            "date": asked.date[keep].astype("datetime64[us]"),
            "field": field,
            "value": value[keep],
            "observer": asked.observer,
            "place": fields.index(field),
        }
    )
