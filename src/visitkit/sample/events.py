"""The events table: what struck and became known, and what the child's own course brings about."""

from __future__ import annotations

from typing import NamedTuple, cast

import numpy as np
import numpy.typing as npt
import pandas as pd

from visitkit import text
from visitkit.sample import journeys
from visitkit.sample.course import Course
from visitkit.sample.days import WEEKS, school_days
from visitkit.sample.draws import Days, Floats, Ints, happens, stream
from visitkit.sample.families import Traits
from visitkit.sample.frames import first_of_each, typed
from visitkit.sample.roll import Roll
from visitkit.sample.strikes import Strikes

#: Planted events of student S0412: date, kind, key of the detail.
_STORY = (
    ("2026-08-29", "guardian_change", "sample.journey.mother_left"),
    ("2026-10-20", "leaving_talk", "sample.journey.leaving_words"),
)


class _Own(NamedTuple):
    """Events that follow from the course: code and weekly chance, shape (N, weeks)."""

    code: str
    chance: Floats


def _own_events(traits: Traits, course: Course) -> list[_Own]:
    engagement = np.clip(course.engagement, -3.5, 3)
    distress = np.clip(course.distress, -3, 3.5)
    before = np.concatenate([engagement[:, :1].repeat(8, axis=1), engagement[:, :-8]], axis=1)
    return [
        _Own("leaving_talk", np.exp(-9.3 - 1.5 * engagement)),
        _Own("despair_words", np.exp(-11.0 + 1.4 * distress)),
        _Own("missing", np.exp(-12.0 - 1.1 * engagement + 0.4 * distress)),
        _Own("progress", 0.0009 * np.exp(1.0 * (engagement - before))),
        _Own("award", np.repeat(0.0009 * np.exp(0.6 * traits.ability)[:, None], WEEKS, axis=1)),
    ]


def _happened(
    rng: np.random.Generator, own: list[_Own]
) -> tuple[Ints, Days, npt.NDArray[np.object_]]:
    days = school_days()
    per_week = np.bincount(days.week, minlength=WEEKS)
    first = np.searchsorted(days.week, np.arange(WEEKS))
    students, dates, codes = [], [], []
    for event in own:
        student, week = np.nonzero(happens(rng, event.chance) & (per_week > 0)[None, :])
        place = first[week] + np.floor(rng.random(len(week)) * per_week[week]).astype(np.int64)
        students.append(student)
        dates.append(days.dates[place])
        codes.append(np.full(len(student), event.code, dtype=object))
    return np.concatenate(students), np.concatenate(dates), np.concatenate(codes)


def events_table(
    seed: int, roll: Roll, traits: Traits, course: Course, strikes: Strikes, *, lang: str
) -> pd.DataFrame:
    """Return the events table, ordered by date and student.

    Parameters
    ----------
    seed
        Seed of the school.
    roll, traits, course, strikes
        The students, their course and what struck them.
    lang
        Language of the details.
    """
    student, dates, codes = _happened(stream(seed, "events"), _own_events(traits, course))
    heard = strikes.known
    student = np.concatenate([student, strikes.student[heard]])
    dates = np.concatenate([dates, strikes.heard[heard]])
    codes = np.concatenate([codes, strikes.of_kind("code").astype(object)[heard]])
    told = np.isin(student, journeys.of(roll.size)) & (dates >= np.datetime64("2026-05-01"))
    keep = course.present(dates, student, roll) & ~told
    student, dates, codes = student[keep], dates[keep], codes[keep]
    say = cast("dict[str, str]", text.find("sample.event_detail", lang))
    details = np.array([say[code] for code in codes], dtype=object)
    place = journeys.of(roll.size, "many_reasons")[0]
    student = np.concatenate([student, np.full(len(_STORY), place)])
    dates = np.concatenate([dates, np.array([day for day, _, _ in _STORY], dtype="datetime64[D]")])
    codes = np.concatenate([codes, np.array([code for _, code, _ in _STORY], dtype=object)])
    planted = np.array([text.say(key, lang) for _, _, key in _STORY], dtype=object)
    details = np.concatenate([details, planted])
    order = np.lexsort((student, dates))
    order = order[first_of_each(student[order], dates[order], codes[order])]
    return typed(
        "events",
        {
            "student_id": roll.student_id[student[order]],
            "date": dates[order],
            "kind": codes[order],
            "detail": details[order],
        },
    )
