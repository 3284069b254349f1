"""Optional streams, kept since March 2026: library loans, canteen spending, club meetings.

A row a student, stream and week, dated on the week's last school day; weeks without anything leave
no row, and not everybody has a library card, a canteen card or a club.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from visitkit.sample import journeys
from visitkit.sample.attendance import Register
from visitkit.sample.course import Course
from visitkit.sample.days import NEW_YEAR, TERMS, school_days, week_of
from visitkit.sample.draws import Floats, happens, normal, poisson, stream
from visitkit.sample.frames import typed
from visitkit.sample.roll import Homes, Roll

_FIRST_WEEK = int(week_of(np.array([TERMS[1][2]], dtype="datetime64[D]"))[0])
_NEW_YEAR_WEEK = int(week_of(np.array([NEW_YEAR]))[0])
_MEAL = 9.5


def _streams(
    seed: int, homes: Homes, course: Course, register: Register, days: Floats
) -> dict[str, Floats]:
    """Return amounts by stream, each of shape (N, weeks); 0 leaves no row."""
    rng = stream(seed, "activity")
    size, weeks = course.engagement[:, _FIRST_WEEK:].shape
    engagement = np.clip(course.engagement[:, _FIRST_WEEK:], -3, 3)
    there = _days_there(register, weeks)
    share = there / np.maximum(days, 1)[None, :]
    reader = happens(rng, 0.45, size) * np.exp(0.5 * normal(rng, size))
    loans = poisson(rng, 0.45 * reader[:, None] * share * np.exp(0.45 * engagement)).astype(
        np.float64
    )
    eater = happens(rng, np.where(homes.boarding, 0.95, 0.15))
    meals = np.where(homes.boarding, 3.0, 1.0)[:, None] * there
    spent = (
        eater[:, None]
        * meals
        * _MEAL
        * np.exp(0.05 * engagement + 0.10 * normal(rng, (size, weeks)))
    )
    member = happens(rng, 0.3, size)
    comes = happens(rng, np.clip(0.82 + 0.12 * engagement, 0.05, 0.97) * share)
    return {
        "library": loans,
        "canteen": np.round(spent, 1),
        "club": (member[:, None] & comes).astype(np.float64),
    }


def _days_there(register: Register, weeks: int) -> Floats:
    """Return days at school in each week, shape (N, weeks)."""
    there = np.zeros((register.status.shape[0], weeks))
    place = register.days.week - _FIRST_WEEK
    away = register.away()
    for day in np.flatnonzero(place >= 0):
        there[:, place[day]] += ~away[:, day]
    return there


def activity_table(
    seed: int, roll: Roll, homes: Homes, course: Course, register: Register
) -> pd.DataFrame:
    """Return the activity table, ordered by date, stream and student.

    Parameters
    ----------
    seed
        Seed of the school.
    roll, homes, course, register
        The students, where they live, their course and their attendance.
    """
    days = school_days()
    weeks = course.engagement.shape[1] - _FIRST_WEEK
    per_week = np.bincount(days.week, minlength=course.engagement.shape[1])[_FIRST_WEEK:]
    last = np.searchsorted(days.week, np.arange(_FIRST_WEEK, _FIRST_WEEK + weeks), side="right") - 1
    streams = _streams(seed, homes, course, register, per_week.astype(np.float64))
    parts = []
    for place, (name, amount) in enumerate(streams.items()):
        if name == "library":
            _fade(amount, roll.size)
        student, week = np.nonzero(amount * (per_week > 0)[None, :])
        date = days.dates[last[week]]
        keep = course.present(date, student, roll)
        parts.append(
            pd.DataFrame(
                {
                    "student": student[keep],
                    "date": date[keep].astype("datetime64[us]"),
                    "stream": name,
                    "amount": amount[student, week][keep],
                    "place": place,
                }
            )
        )
    joined = pd.concat(parts, ignore_index=True)
    joined = joined.iloc[np.lexsort((joined["student"], joined["place"], joined["date"]))]
    return typed(
        "activity",
        {
            "student_id": roll.student_id[joined["student"].to_numpy()],
            **{name: joined[name].to_numpy() for name in ("date", "stream", "amount")},
        },
    )


def _fade(loans: Floats, size: int) -> None:
    """Plant a student who read a lot from spring to September and then stopped."""
    place = int(journeys.of(size, "many_reasons")[0])
    first = _NEW_YEAR_WEEK - _FIRST_WEEK
    loans[place, :first] = 1.0 + np.arange(first) % 2
    loans[place, first:] = 0.0
    loans[place, first : first + 4] = (2.0, 3.0, 2.0, 1.0)
