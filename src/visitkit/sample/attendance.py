"""Attendance: spells of sickness, leave and unexcused absence, late and early days.

Sickness has its seasons and comes in spells; unexcused absence follows engagement; late days follow
engagement and the way to school. About two days in a hundred are missed, most by sickness, and the
unexcused days gather in few students, as in published school data (absence is the strongest single
sign in Balfanz, Herzog and Mac Iver 2007).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from visitkit.sample import journeys
from visitkit.sample.course import Course
from visitkit.sample.days import RECORDED, SchoolDays, school_days
from visitkit.sample.draws import Floats, happens, normal, pick, stream, whole
from visitkit.sample.families import Traits
from visitkit.sample.frames import typed
from visitkit.sample.roll import Homes, Roll, words

Small = npt.NDArray[np.int8]

#: Codes of the status matrix; 0 is simply attended.
STATUS = ("", "sick", "personal", "unexcused", "late", "early")
SICK, PERSONAL, UNEXCUSED, LATE, EARLY = range(1, 6)
#: From this day the school keeps a monthly register with signs and no lessons.
REGISTER_FROM = np.datetime64("2027-01-01")

_FLU_WEEKS = (15, 28, 66)
_FLU_HEIGHT = (1.8, 0.7, 1.5)
#: Chance that a spell goes on for another day, by status.
_GOES_ON = np.array([0.0, 0.45, 0.25, 0.25, 0.0, 0.0])
_LONGEST = 12
#: Share of full days by status; the rest miss some lessons only.
_FULL_DAY = np.array([0.0, 0.88, 0.80, 0.60, 0.0, 0.0])
_NOTED = np.array([0.0, 0.55, 0.60, 0.35, 0.0, 0.0])


@dataclass(frozen=True)
class Register:
    """Who was simply there and who was not, on each school day.

    Parameters
    ----------
    status
        Place in :data:`STATUS`, shape ``(N, D)``; 0 also for days not on roll.
    periods
        Lessons missed, same shape.
    days
        The school days.
    """

    status: Small
    periods: Small
    days: SchoolDays

    def away(self) -> npt.NDArray[np.bool_]:
        """Tell who missed the whole day, shape ``(N, D)``."""
        full = self.periods >= self.days.periods[None, :]
        return np.asarray(full & (self.status > 0) & (self.status <= UNEXCUSED))


def _flu(week: int) -> float:
    bumps = [
        height * float(np.exp(-(((week - peak) / 2.5) ** 2) / 2))
        for peak, height in zip(_FLU_WEEKS, _FLU_HEIGHT, strict=True)
    ]
    return 1.0 + sum(bumps)


def _chances(course: Course, traits: Traits, homes: Homes, habit: Floats, week: int) -> Floats:
    """Return the chance that each status begins on a day, shape ``(5, N)``."""
    engagement = np.clip(course.engagement[:, week], -3.5, 3.0)
    distress = np.clip(course.distress[:, week], -3.0, 3.5)
    way = np.where(homes.boarding, 0.0, 0.05 * homes.km)
    sick = np.exp(-5.15 + 0.30 * distress + 0.22 * traits.frail) * _flu(week)
    personal = np.exp(-6.0 - 0.20 * engagement + 0.2 * habit)
    unexcused = np.exp(-6.3 - 1.25 * engagement + 0.30 * traits.conduct)
    late = np.exp(-5.0 - 0.60 * engagement + 0.6 * habit + way)
    early = np.exp(-7.0 - 0.45 * engagement + 0.3 * habit)
    chances = np.stack([sick, personal, unexcused, late, early])
    return np.asarray(np.minimum(chances, 0.35))


def keep_register(seed: int, roll: Roll, homes: Homes, traits: Traits, course: Course) -> Register:
    """Walk through the school days and return the register.

    Parameters
    ----------
    seed
        Seed of the school.
    roll, homes, traits, course
        The students and their course.
    """
    rng = stream(seed, "attendance")
    days = school_days()
    size, length = roll.size, len(days.dates)
    habit = normal(rng, size)
    status = np.zeros((size, length), dtype=np.int8)
    periods = np.zeros((size, length), dtype=np.int8)
    going = np.zeros(size, dtype=np.int64)
    left = np.zeros(size, dtype=np.int64)
    week = -1
    reached = np.zeros((5, size))
    for day in range(length):
        if days.week[day] != week:
            week = int(days.week[day])
            reached = np.cumsum(_chances(course, traits, homes, habit, week), axis=0)
        drawn, lasts, part = rng.random((3, size))
        begun = np.where(drawn < reached[-1], 1 + (drawn[None, :] >= reached).sum(axis=0), 0)
        on = left > 0
        now = np.where(on, going, begun)
        full = on | (part < _FULL_DAY[now])
        # The length of a spell is geometric: inverting its distribution gives the days to come.
        more = np.floor(np.log1p(-lasts) / np.log(np.maximum(_GOES_ON[now], 1e-9)))
        left = np.where(on, left - 1, np.where(full, np.minimum(more, _LONGEST), 0)).astype(
            np.int64
        )
        going = now
        status[:, day] = now
        periods[:, day] = _lessons(now, full, part, int(days.periods[day]))
    absent = ~_on_roll(roll, course, days)
    status[absent] = 0
    periods[absent] = 0
    _plant(status, periods, days, roll.size)
    return Register(status, periods, days)


def _lessons(
    status: npt.NDArray[np.int64], full: npt.NDArray[np.bool_], part: Floats, lessons: int
) -> Small:
    some = 1 + np.floor(part * 4).astype(np.int64)
    missed = np.where(full, lessons, some)
    missed = np.where(status == LATE, part < 0.25, missed)
    missed = np.where(status == EARLY, 1 + (part < 0.3), missed)
    return np.where(status == 0, 0, missed).astype(np.int8)


def _on_roll(roll: Roll, course: Course, days: SchoolDays) -> npt.NDArray[np.bool_]:
    entered = days.dates[None, :] >= roll.entered[:, None]
    gone = days.dates[None, :] >= course.left_on[:, None]
    return np.asarray(entered & ~gone & (days.dates <= RECORDED)[None, :])


def _plant(status: Small, periods: Small, days: SchoolDays, size: int) -> None:
    """Write the days of the planted stories over what chance had written."""
    term, today = days.place("2026-09-01"), days.place("2026-11-02")
    stories: dict[str, dict[int, tuple[str, ...]]] = {
        "absent_three_days": {UNEXCUSED: ("2026-10-28", "2026-10-29", "2026-10-30")},
        "many_reasons": {
            LATE: ("2026-09-14", "2026-09-22", "2026-10-09", "2026-10-20", "2026-10-26"),
            UNEXCUSED: ("2026-10-13", "2026-10-21", "2026-10-22"),
            SICK: ("2026-09-17",),
        },
    }
    for name, story in stories.items():
        place = int(journeys.of(size, name)[0])
        status[place, term : today + 1] = 0
        periods[place, term : today + 1] = 0
        for code, dates in story.items():
            for date in dates:
                day = days.place(date)
                status[place, day] = code
                periods[place, day] = 0 if code == LATE else days.periods[day]


def attendance_table(seed: int, roll: Roll, register: Register, lang: str) -> pd.DataFrame:
    """Return the attendance table, ordered by date and student.

    Parameters
    ----------
    seed
        Seed of the school.
    roll, register
        The students and the register.
    lang
        Language of the notes.
    """
    rng = stream(seed, "attendance notes")
    day, student = np.nonzero(register.status.T)
    status = register.status[student, day].astype(np.int64)
    dates = register.days.dates[day]
    lessons = register.periods[student, day].astype(np.float64)
    by_hand = dates >= REGISTER_FROM
    noted = happens(rng, _NOTED[status]) & ~by_hand
    which = pick(rng, [4, 3, 2, 1, 1], len(day)), whole(rng, 0, 2, len(day))
    notes = np.full(len(day), None, dtype=object)
    for code in (SICK, PERSONAL, UNEXCUSED):
        said = np.array(words(f"attendance_note.{STATUS[code]}", lang), dtype=object)
        rows = noted & (status == code)
        notes[rows] = said[np.minimum(which[0][rows], len(said) - 1)]
    return typed(
        "attendance",
        {
            "student_id": roll.student_id[student],
            "date": dates,
            "status": np.array(STATUS, dtype=object)[status],
            "periods": np.where(by_hand, np.nan, lessons),
            "note": notes,
        },
    )
