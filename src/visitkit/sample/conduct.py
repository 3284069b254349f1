"""Observed acts, good and bad: rates follow the course, and teachers differ in what they write.

Head teachers differ several-fold in how much they note, for good acts and bad apart; an index that
counts notes has to live with that.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from visitkit.sample import journeys
from visitkit.sample.course import Course
from visitkit.sample.days import school_days
from visitkit.sample.draws import Floats, Ints, happens, normal, pick, poisson, stream, whole
from visitkit.sample.families import Traits
from visitkit.sample.frames import first_of_each, typed
from visitkit.sample.roll import Roll, words
from visitkit.sample.strikes import KINDS, Strikes


class Act(NamedTuple):
    """A kind of act: code, weight among its like, and weights of severity 1, 2, 3."""

    code: str
    weight: float
    severity: tuple[float, float, float]


BAD = (
    Act("homework_missing", 42, (9, 1, 0)),
    Act("disruption", 18, (7, 3, 0)),
    Act("phone_use", 11, (5, 5, 0)),
    Act("rule_breach", 10, (8, 2, 0)),
    Act("conflict_peer", 8, (6, 4, 0)),
    Act("truancy", 3, (3, 6, 1)),
    Act("conflict_teacher", 2.5, (4, 5, 1)),
    Act("fighting", 1.6, (1, 5, 4)),
    Act("smoking", 1.4, (2, 7, 1)),
    Act("damage", 0.8, (5, 4, 1)),
    Act("bullying_done", 0.7, (1, 5, 4)),
    Act("warning", 0.5, (0, 5, 5)),
    Act("alcohol", 0.2, (1, 7, 2)),
    Act("theft", 0.2, (1, 6, 3)),
    Act("suspension", 0.1, (0, 2, 8)),
)
GOOD = (
    Act("praise", 45, (0, 0, 0)),
    Act("service", 36, (0, 0, 0)),
    Act("progress", 11, (0, 0, 0)),
    Act("award", 8, (0, 0, 0)),
)
#: Signs of low mood that teachers note.
LOW = (
    Act("withdrawn", 94, (6, 4, 0)),
    Act("self_harm_sign", 6, (0, 4, 6)),
)
#: Acts whose note is rather a warning than a story.
_WRITING = 0.7
_NOTED = 0.5

#: Planted acts: date, kind, severity.
_STORY = (
    ("2026-09-16", "homework_missing", 1),
    ("2026-09-29", "conflict_peer", 1),
    ("2026-10-12", "homework_missing", 1),
    ("2026-10-15", "service", 0),
    ("2026-10-19", "phone_use", 2),
    ("2026-10-23", "homework_missing", 2),
    ("2026-10-27", "praise", 0),
)


def _rates(seed: int, roll: Roll, traits: Traits, course: Course) -> tuple[Floats, Floats, Floats]:
    """Return weekly rates of bad acts, good acts and low mood noted, each ``(N, weeks)``."""
    rng = stream(seed, "writers")
    classes = len(roll.classes)
    pen = np.exp(_WRITING * normal(rng, (3, classes)) - _WRITING**2 / 2)[:, roll.class_index]
    engagement = np.clip(course.engagement, -3, 3)
    distress = np.clip(course.distress, -3, 3.5)
    restless = np.exp(0.5 * traits.conduct)[:, None]
    bad = 0.040 * pen[0][:, None] * restless * np.exp(-0.80 * engagement)
    good = 0.075 * pen[1][:, None] * np.exp(0.35 * engagement)
    low = 0.0016 * pen[2][:, None] * np.exp(0.95 * distress)
    return bad, good, low


def _draw(
    rng: np.random.Generator, rates: Floats, acts: tuple[Act, ...]
) -> tuple[Ints, Ints, Ints, Ints]:
    """Return student, place of the school day, place of the act and severity."""
    days = school_days()
    per_week = np.bincount(days.week, minlength=rates.shape[1])
    counts = poisson(rng, rates * (per_week / 5.0)[None, :], most=8)
    flat = np.repeat(np.arange(counts.size), counts.ravel())
    student, week = np.divmod(flat, rates.shape[1])
    first = np.searchsorted(days.week, np.arange(rates.shape[1]))
    day = first[week] + np.floor(rng.random(len(flat)) * per_week[week]).astype(np.int64)
    act = pick(rng, [known.weight for known in acts], len(flat))
    severity = np.zeros(len(flat), dtype=np.int64)
    for place, known in enumerate(acts):
        rows = act == place
        if sum(known.severity):
            severity[rows] = 1 + pick(rng, known.severity, int(rows.sum()))
    return student, day, act, severity


def _bullied(rng: np.random.Generator, strikes: Strikes) -> tuple[Ints, Ints]:
    """Return student and school day of notes about being bullied."""
    bullying = [kind.code for kind in KINDS].index("bullying")
    seen = (strikes.kind == bullying) & happens(rng, 0.4, len(strikes.kind))
    days = school_days().dates
    place = np.searchsorted(days, strikes.day[seen])
    inside = place < len(days)
    return strikes.student[seen][inside], place[inside]


def _gather(
    seed: int, roll: Roll, traits: Traits, course: Course, strikes: Strikes
) -> tuple[Ints, Ints, npt.NDArray[np.object_], Ints]:
    rng = stream(seed, "conduct")
    students, places, codes, severities = [], [], [], []
    rates = _rates(seed, roll, traits, course)
    for rate, acts in zip(rates, (BAD, GOOD, LOW), strict=True):
        student, day, act, severity = _draw(rng, rate, acts)
        students.append(student)
        places.append(day)
        codes.append(np.array([known.code for known in acts], dtype=object)[act])
        severities.append(severity)
    student, day = _bullied(rng, strikes)
    students.append(student)
    places.append(day)
    codes.append(np.full(len(student), "bullied", dtype=object))
    severities.append(whole(rng, 1, 3, len(student)))
    return (
        np.concatenate(students),
        np.concatenate(places),
        np.concatenate(codes),
        np.concatenate(severities),
    )


def behaviour_table(
    seed: int, roll: Roll, traits: Traits, course: Course, strikes: Strikes, *, lang: str
) -> pd.DataFrame:
    """Return the behaviour table, ordered by date and student.

    Parameters
    ----------
    seed
        Seed of the school.
    roll, traits, course, strikes
        The students, their course and what struck them.
    lang
        Language of the notes.
    """
    student, place, code, severity = _gather(seed, roll, traits, course, strikes)
    dates = school_days().dates[place]
    told = journeys.of(roll.size, "many_reasons")[0]
    quiet = (student == told) & (dates >= np.datetime64("2026-09-01"))
    keep = course.present(dates, student, roll) & ~quiet
    student, dates, code, severity = student[keep], dates[keep], code[keep], severity[keep]
    day, kind, weight = zip(*_STORY, strict=True)
    student = np.concatenate([student, np.full(len(_STORY), told)])
    dates = np.concatenate([dates, np.array(day, dtype="datetime64[D]")])
    code = np.concatenate([code, np.array(kind, dtype=object)])
    severity = np.concatenate([severity, np.array(weight)])
    order = np.lexsort((student, dates))
    # Teachers write the same kind of act once a day.
    order = order[first_of_each(student[order], dates[order], code[order])]
    return typed(
        "behaviour",
        {
            "student_id": roll.student_id[student[order]],
            "date": dates[order],
            "kind": code[order],
            "severity": severity[order],
            "note": _notes(stream(seed, "conduct notes"), code[order], lang),
        },
    )


def _notes(
    rng: np.random.Generator, code: npt.NDArray[np.object_], lang: str
) -> npt.NDArray[np.object_]:
    noted = happens(rng, _NOTED, len(code))
    turn = rng.random(len(code))
    notes = np.full(len(code), None, dtype=object)
    good = np.isin(code.astype(str), ["praise", "service"])
    kinds = ("homework_missing", "disruption", "phone_use", "rule_breach", "conflict_peer")
    for kind in (*kinds, "truancy", "good"):
        said = np.array(words(f"behaviour_note.{kind}", lang), dtype=object)
        rows = noted & (good if kind == "good" else code == kind)
        notes[rows] = said[np.floor(turn[rows] * len(said)).astype(np.int64)]
    return notes
