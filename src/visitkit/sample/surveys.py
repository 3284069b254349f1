"""Questionnaires: the MHT for everybody each autumn, the PHQ-9 for those in counselling.

Answers come from distress through a threshold model with correlated answers (Lord and Novick 1968,
ch. 16). The base rate of the two critical items of the MHT is put below the 16 % of Chinese junior
students who report past-year ideation when asked alone, because the sheets carry names. About one
sheet in twenty is void by the lie scale, about two in a hundred are filled in without reading, and
those in trouble are more often missing and skip more items.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import ndtr, ndtri

from visitkit.sample import journeys
from visitkit.sample.attendance import Register
from visitkit.sample.course import Course, weekly
from visitkit.sample.days import DAY, school_days
from visitkit.sample.draws import Days, Flags, Floats, Ints, happens, normal, pick, stream, whole
from visitkit.sample.families import Traits
from visitkit.sample.frames import first_of_each, typed
from visitkit.sample.roll import Roll

ITEMS = 100
#: Item numbers (from 1) of the MHT's parts; keys as in the instrument's file.
LIE = tuple(range(82, 101, 2))
CRITICAL = (85, 97)
_PARTS = (
    (tuple(range(1, 16)), 0.46),
    (tuple(range(16, 26)), 0.33),
    (tuple(range(26, 36)), 0.17),
    (tuple(range(36, 46)), 0.44),
    (tuple(range(46, 56)), 0.42),
    (tuple(range(56, 71)), 0.31),
    (tuple(range(71, 81)), 0.20),
    (tuple(range(81, 100, 2)), 0.18),
)
_LIE_RATE = 0.24
_CRITICAL_RATES = {85: 0.055, 97: 0.018}
_LOAD, _CRITICAL_LOAD, _LIE_LOAD = 0.60, 0.72, 0.50
#: Mean and standard deviation of distress over the population.
_CENTRE, _WIDTH = 0.03, 0.88
#: Survey days of each autumn; the last is for those who were away.
ROUNDS = (
    ("2025-autumn", ("2025-10-20", "2025-10-21", "2025-10-22", "2025-10-23", "2025-10-24")),
    ("2026-autumn", ("2026-10-26", "2026-10-27", "2026-10-28", "2026-10-29", "2026-10-30")),
)
VOID_FROM = 7


@dataclass(frozen=True)
class Sheets:
    """Answered sheets: who, when, which round, and the answers with NaN where skipped."""

    student: Ints
    date: Days
    instrument: str
    administration: str
    answers: Floats


def _base_rates() -> Floats:
    rates = np.empty(ITEMS)
    for items, rate in _PARTS:
        # Items of a part differ in how readily they are affirmed.
        steps = np.linspace(-0.10, 0.10, len(items))
        rates[np.array(items) - 1] = np.clip(rate + steps[np.argsort(np.sin(items))], 0.03, 0.9)
    rates[np.array(LIE) - 1] = _LIE_RATE + np.linspace(-0.08, 0.08, len(LIE))
    for item, rate in _CRITICAL_RATES.items():
        rates[item - 1] = rate
    return rates


def _answer(rng: np.random.Generator, distress: Floats, candour: Floats) -> Floats:
    """Return yes (1) and no (0), shape (sheets, 100)."""
    size = len(distress)
    worry = (distress - _CENTRE) / _WIDTH
    # Named sheets hide and overstate: a part of the answers is how a child answers, not how it is.
    shown = 0.70 * worry + 0.71 * normal(rng, size)
    factor = np.empty((size, ITEMS))
    load = np.full(ITEMS, _LOAD)
    for items, _ in _PARTS:
        own = 0.85 * shown + 0.53 * normal(rng, size)
        factor[:, np.array(items) - 1] = own[:, None]
    lie = np.array(LIE) - 1
    factor[:, lie], load[lie] = candour[:, None], _LIE_LOAD
    critical = np.array(CRITICAL) - 1
    factor[:, critical], load[critical] = worry[:, None], _CRITICAL_LOAD
    cut = ndtri(_base_rates())
    chance = ndtr((cut[None, :] + load[None, :] * factor) / np.sqrt(1 - load**2)[None, :])
    # Dividing by the spread that is left keeps each item's rate in the population as given.
    return np.asarray(rng.random((size, ITEMS)) < chance, dtype=np.float64)


def _careless(rng: np.random.Generator, answers: Floats, engagement: Floats) -> None:
    """Let some fill in the sheet without reading: all yes, all no, or by turns."""
    chance = np.minimum(0.013 * np.exp(-0.5 * engagement), 0.25)
    rows = np.flatnonzero(happens(rng, chance))
    pattern = pick(rng, [3, 5, 2], len(rows))
    columns = np.arange(ITEMS)
    for row, way in zip(rows.tolist(), pattern.tolist(), strict=True):
        answers[row] = (1.0, 0.0, (columns // 5) % 2)[way]


def _skip(rng: np.random.Generator, answers: Floats, engagement: Floats, distress: Floats) -> None:
    """Leave items empty, more often by those in trouble."""
    chance = np.minimum(0.012 * np.exp(-0.5 * engagement + 0.3 * distress), 0.3)
    rows = np.flatnonzero(happens(rng, chance))
    number = whole(rng, 1, 6, len(rows))
    places = np.argsort(rng.random((len(rows), ITEMS)), axis=1, kind="stable")
    for row, many, order in zip(rows.tolist(), number.tolist(), places, strict=True):
        answers[row, order[:many]] = np.nan


def _turnout(
    rng: np.random.Generator, roll: Roll, course: Course, register: Register, days: tuple[str, ...]
) -> tuple[Ints, Days]:
    """Return who answered and when: with the class, or on the last day when away before."""
    dates = np.array(days, dtype="datetime64[D]")
    turn = roll.class_index % (len(dates) - 1)
    there = np.arange(roll.size)
    day = dates[turn]
    away = register.away()[there, np.searchsorted(school_days().dates, day)]
    engagement = weekly(course.engagement, there, day)
    distress = weekly(course.distress, there, day)
    away = away | happens(rng, np.minimum(0.03 * np.exp(-0.5 * engagement + 0.2 * distress), 0.5))
    late = away & happens(rng, np.where(engagement > 0, 0.6, 0.35))
    told = journeys.of(roll.size)
    away[told] = late[told] = False
    void = journeys.of(roll.size, "void_critical")
    away[void] = late[void] = True
    day = np.where(late, dates[-1], day)
    answered = (~away | late) & course.present(day, there, roll)
    return np.flatnonzero(answered), day[answered]


def _mht(
    seed: int, roll: Roll, traits: Traits, course: Course, register: Register, place: int
) -> Sheets:
    name, days = ROUNDS[place]
    rng = stream(seed, f"mht {name}")
    student, date = _turnout(rng, roll, course, register, days)
    distress = weekly(course.distress, student, date, 2)
    engagement = np.clip(weekly(course.engagement, student, date), -3, 3)
    answers = _answer(rng, distress, traits.candour[student])
    _careless(rng, answers, engagement)
    _skip(rng, answers, engagement, distress)
    told = np.isin(student, journeys.of(roll.size))
    # Planted students answer carefully, so that their stories rest on what was planted.
    calm = _answer(rng, distress[told], np.zeros(told.sum()))
    calm[:, np.array(CRITICAL) - 1] = 0.0
    calm[:, np.array(LIE) - 1] = np.arange(len(LIE)) < 3
    answers[told] = calm
    if place == len(ROUNDS) - 1:
        row = np.flatnonzero(student == journeys.of(roll.size, "void_critical")[0])
        answers[np.ix_(row, np.array(LIE) - 1)] = np.arange(len(LIE)) < VOID_FROM + 1
        answers[row, CRITICAL[0] - 1] = 1.0
    return Sheets(student, date, "MHT", name, answers)


def _phq(seed: int, course: Course, roll: Roll, start: tuple[Ints, Days]) -> Sheets:
    """Return nine answers 0 to 3 at the start of counselling and eight weeks later."""
    rng = stream(seed, "phq")
    student, first = start
    who = np.concatenate([student, student])
    date = np.concatenate([first, first + 56 * DAY])
    days = school_days().dates
    place = np.searchsorted(days, date)
    date = days[np.minimum(place, len(days) - 1)]
    keep = course.present(date, who, roll) & happens(rng, 0.85, len(who)) & (place < len(days))
    who, date = who[keep], date[keep]
    worry = (weekly(course.distress, who, date, 2) - _CENTRE) / _WIDTH
    cuts = np.array([0.2, 1.2, 1.9])[None, None, :] + np.array([0.0] * 8 + [1.1])[None, :, None]
    felt = 0.75 * worry[:, None] + 0.66 * normal(rng, (len(who), 9))
    answers = (felt[:, :, None] > cuts).sum(axis=2).astype(np.float64)
    order = np.lexsort((who, date))
    # Counselling that begins again on the day of the second sheet needs no third one.
    order = order[first_of_each(who[order], date[order])]
    return Sheets(who[order], date[order], "PHQ-9", "counselling", answers[order])


def answer_all(
    seed: int,
    roll: Roll,
    traits: Traits,
    course: Course,
    register: Register,
    counselled: tuple[Ints, Days],
) -> tuple[Sheets, ...]:
    """Return all sheets: two rounds of the MHT and the PHQ-9 of those in counselling.

    Parameters
    ----------
    seed
        Seed of the school.
    roll, traits, course, register
        The students, their course and their attendance.
    counselled
        Places of students and first days of their counselling.
    """
    rounds = [_mht(seed, roll, traits, course, register, place) for place in range(len(ROUNDS))]
    return (*rounds, _phq(seed, course, roll, counselled))


def surveys_table(roll: Roll, sheets: tuple[Sheets, ...]) -> pd.DataFrame:
    """Return the surveys table: a row a sheet, ``item_1`` .. ``item_100`` as columns.

    Parameters
    ----------
    roll
        The students.
    sheets
        From :func:`answer_all`.
    """
    frame = typed(
        "surveys",
        {
            "student_id": roll.student_id[np.concatenate([part.student for part in sheets])],
            "date": np.concatenate([part.date for part in sheets]),
            "instrument": _repeat([part.instrument for part in sheets], sheets),
            "administration": _repeat([part.administration for part in sheets], sheets),
        },
    )
    answers = np.full((len(frame), ITEMS), np.nan)
    start = 0
    for part in sheets:
        rows, columns = part.answers.shape
        answers[start : start + rows, :columns] = part.answers
        start += rows
    items = [f"item_{number + 1}" for number in range(ITEMS)]
    return pd.concat([frame, pd.DataFrame(answers, columns=items)], axis=1)


def _repeat(names: list[str], sheets: tuple[Sheets, ...]) -> npt.NDArray[np.object_]:
    lengths = [len(part.student) for part in sheets]
    return np.repeat(np.array(names, dtype=object), lengths)


def void_with_critical(sheets: Sheets, size: int) -> Flags:
    """Tell of each student whether the sheet is void by its lie scale and a critical item is yes.

    Parameters
    ----------
    sheets
        A round of the MHT.
    size
        Number of students.
    """
    lies = np.nansum(sheets.answers[:, np.array(LIE) - 1], axis=1)
    hit = np.nansum(sheets.answers[:, np.array(CRITICAL) - 1], axis=1) > 0
    found = np.zeros(size, dtype=bool)
    found[sheets.student[(lies >= VOID_FROM) & hit]] = True
    return found
