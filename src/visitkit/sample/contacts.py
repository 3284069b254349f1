"""Visits and other contacts with families: routine ones, and more of them where there is trouble.

Because contacts follow trouble, visited students do worse on the face of it; what visits achieve
cannot be read off these rows without a comparison.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from visitkit import text
from visitkit.sample import journeys
from visitkit.sample.attendance import UNEXCUSED, Register
from visitkit.sample.course import Course
from visitkit.sample.days import AS_OF, DAY, FIRST, NEW_YEAR, TERMS, WEEKS, school_days
from visitkit.sample.draws import Days, Flags, Floats, Ints, happens, pick, poisson, stream, whole
from visitkit.sample.frames import first_of_each, typed, unless
from visitkit.sample.helping import Helps
from visitkit.sample.roll import Roll, words
from visitkit.sample.staff import Staff
from visitkit.sample.strikes import Strikes

FORMS = ("home", "phone", "electronic", "invited", "parent_visit", "online")
HOME, PHONE, ELECTRONIC, INVITED, PARENT_VISIT, ONLINE = range(6)
#: Why somebody was contacted; decides what is talked about.
WHY = ("usual", "attendance", "study", "feelings")
USUAL, ATTENDANCE, STUDY, FEELINGS = range(4)
_TOPICS = (
    (
        "school_life;home_life",
        "school_life;study_method",
        "family;study_place",
        "school_life;opinions",
    ),
    ("school_life", "health;school_life", "family;feelings", "school_life"),
    ("study_method;school_life", "study_place;study_method", "study_method", "aid;study_method"),
    ("feelings;relationship", "feelings", "relationship;family", "health;feelings"),
)
#: How long each form takes, in minutes.
_LENGTH = ((25, 60), (3, 15), (2, 10), (20, 50), (10, 40), (15, 40))
_PRESENT = (0.85, 0.15, 0.0, 0.60, 0.40, 0.70)
_STORY = (("2026-05-16", HOME, STUDY), ("2026-09-28", PHONE, ATTENDANCE))


@dataclass(frozen=True)
class Contacts:
    """Contacts made: student, day, place in :data:`FORMS`, place in :data:`WHY`."""

    student: Ints
    date: Days
    form: Ints
    why: Ints

    def of(self, rows: Flags | Ints) -> Contacts:
        """Return some of them."""
        return Contacts(self.student[rows], self.date[rows], self.form[rows], self.why[rows])


def _join(parts: list[Contacts]) -> Contacts:
    return Contacts(
        np.concatenate([part.student for part in parts]),
        np.concatenate([part.date for part in parts]),
        np.concatenate([part.form for part in parts]),
        np.concatenate([part.why for part in parts]),
    )


def _same(student: Ints, date: Days, form: int | Ints, why: int) -> Contacts:
    size = len(student)
    return Contacts(student, date, np.broadcast_to(form, size).copy(), np.full(size, why))


def _routine(rng: np.random.Generator, roll: Roll) -> list[Contacts]:
    """Return visits a head teacher pays in turn, and early contacts with new students."""
    parts = []
    for _, _, first, last in TERMS:
        start, end = np.datetime64(first), np.datetime64(last)
        visited = np.flatnonzero(happens(rng, 0.26, roll.size))
        length = int((end - start).astype(np.int64))
        day = start + whole(rng, 10, length - 7, len(visited))
        parts.append(_same(visited, day, HOME, USUAL))
    new = np.flatnonzero((roll.entered > FIRST) & happens(rng, 0.75, roll.size))
    form = np.where(happens(rng, 0.5, len(new)), HOME, PHONE)
    parts.append(_same(new, roll.entered[new] + whole(rng, 0, 40, len(new)), form, USUAL))
    return parts


def _about_absence(rng: np.random.Generator, register: Register) -> Contacts:
    """Return calls on the day an unexcused absence begins, or the day after."""
    away = register.status == UNEXCUSED
    begins = away.copy()
    begins[:, 1:] &= ~away[:, :-1]
    student, day = np.nonzero(begins)
    called = happens(rng, 0.55, len(student))
    student, day = student[called], day[called]
    date = register.days.dates[day] + happens(rng, 0.3, len(day))
    form = np.where(happens(rng, 0.85, len(day)), PHONE, ELECTRONIC)
    return _same(student, date, form, ATTENDANCE)


def _about_help(rng: np.random.Generator, helps: Helps) -> list[Contacts]:
    student, start = helps.student, helps.start
    why = np.where(helps.kind == 0, STUDY, FEELINGS)
    first = happens(rng, 0.6, len(student))
    form = pick(rng, [6.5, 0.5, 0, 2.5, 0, 0.5], int(first.sum()))
    day = start[first] + whole(rng, -3, 7, int(first.sum()))
    again = happens(rng, 0.5, len(student))
    later = start[again] + whole(rng, 20, 35, int(again.sum()))
    return [
        Contacts(student[first], day, form, why[first]),
        Contacts(student[again], later, np.full(int(again.sum()), PHONE), why[again]),
    ]


def _about_events(rng: np.random.Generator, strikes: Strikes) -> Contacts:
    told = strikes.known & happens(rng, 0.45, len(strikes.student))
    day = strikes.heard[told] + whole(rng, 1, 5, int(told.sum()))
    form = pick(rng, [7, 2, 0, 1, 0, 0], int(told.sum()))
    return Contacts(strikes.student[told], day, form, np.full(int(told.sum()), FEELINGS))


def _in_passing(rng: np.random.Generator, course: Course) -> Contacts:
    """Return calls, messages and parents' own visits in term time, more of them in trouble."""
    in_term = np.isin(np.arange(WEEKS), school_days().week)
    rate: Floats = 0.013 * np.exp(-0.35 * np.clip(course.engagement, -3, 3)) * in_term[None, :]
    counts = poisson(rng, rate, most=3)
    flat = np.repeat(np.arange(counts.size), counts.ravel())
    student, week = np.divmod(flat, WEEKS)
    day = FIRST + 7 * week + whole(rng, 0, 6, len(week))
    form = pick(rng, [0, 6, 2.5, 0.6, 0.6, 0.3], len(student))
    return Contacts(student, day, form, pick(rng, [6, 1, 3, 1], len(student)))


def meet(
    seed: int, roll: Roll, course: Course, register: Register, strikes: Strikes, helps: Helps
) -> Contacts:
    """Return all contacts with families, ordered by date and student.

    Parameters
    ----------
    seed
        Seed of the school.
    roll, course, register, strikes, helps
        The students, their course, attendance, what struck them and the help given.
    """
    rng = stream(seed, "contacts")
    made = _join(
        [
            *_routine(rng, roll),
            _about_absence(rng, register),
            *_about_help(rng, helps),
            _about_events(rng, strikes),
            _in_passing(rng, course),
        ]
    )
    told = np.isin(made.student, journeys.of(roll.size)) & (made.date <= AS_OF)
    # Their stories are open on the day we stand: nobody has been in touch since summer.
    keep = course.present(made.date, made.student, roll) & ~(
        told & (made.date >= NEW_YEAR - 120 * DAY)
    )
    place = journeys.of(roll.size, "many_reasons")[0]
    story = Contacts(
        np.full(len(_STORY), place),
        np.array([day for day, _, _ in _STORY], dtype="datetime64[D]"),
        np.array([form for _, form, _ in _STORY]),
        np.array([why for _, _, why in _STORY]),
    )
    made = _join([made.of(keep), story])
    made = made.of(np.lexsort((made.form, made.student, made.date)))
    return made.of(first_of_each(made.student, made.date, made.form))


def visits_table(
    seed: int, roll: Roll, staff: Staff, contacts: Contacts, lang: str
) -> pd.DataFrame:
    """Return the visits table.

    Parameters
    ----------
    seed
        Seed of the school.
    roll, staff, contacts
        The students, the teachers and the contacts made.
    lang
        Language of what was said.
    """
    rng = stream(seed, "visits table")
    size, form = len(contacts.student), contacts.form
    home = form == HOME
    start = _begin(rng, contacts)
    low, high = np.array(_LENGTH)[form].T
    end = start + low + np.floor(rng.random(size) * (high - low + 1)).astype(np.int64)
    untimed = happens(rng, np.where(home, 0.04, 0.35))
    present = happens(rng, np.array(_PRESENT)[form])
    topic = np.array(_TOPICS, dtype=object)[contacts.why, whole(rng, 0, 3, size)]
    ids = np.array(staff.ids, dtype=object)
    group = roll.class_index[contacts.student]
    alone = ids[staff.head[group]]
    both = alone + ";" + ids[staff.second[group]]
    return typed(
        "visits",
        {
            "student_id": roll.student_id[contacts.student],
            "date": contacts.date,
            "start": unless(untimed, _clock(start)),
            "end": unless(untimed, _clock(end)),
            "form": np.array(FORMS, dtype=object)[form],
            "visitors": np.where(home & happens(rng, 0.8, size), both, alone),
            "student_present": unless(form == ELECTRONIC, present),
            "topics": unless(~happens(rng, 0.9, size), topic),
            "photos": unless(~home, whole(rng, 0, 3, size)),
            **_told(rng, roll, contacts, lang),
        },
    )


def _begin(rng: np.random.Generator, contacts: Contacts) -> Ints:
    """Return the minute of the day at which a contact begins."""
    weekend = (contacts.date - FIRST).astype(np.int64) % 7 >= 5
    size = len(contacts.student)
    after_lessons = 16 * 60 + 5 * whole(rng, 0, 30, size)
    by_day = 9 * 60 + 5 * whole(rng, 0, 84, size)
    evening = 18 * 60 + 5 * whole(rng, 0, 24, size)
    out = np.where(weekend, by_day, after_lessons)
    return np.where(np.isin(contacts.form, [PHONE, ELECTRONIC, ONLINE]), evening, out)


def _clock(minutes: Ints) -> npt.NDArray[np.object_]:
    said = [
        f"{hour:02d}:{minute:02d}" for hour, minute in (divmod(m, 60) for m in minutes.tolist())
    ]
    return np.array(said, dtype=object)


def _told(
    rng: np.random.Generator, roll: Roll, contacts: Contacts, lang: str
) -> dict[str, npt.NDArray[np.object_]]:
    """Return what was said: focus, feedback and next step, some of it left empty."""
    size = len(contacts.student)
    turns = rng.random((3, size))
    focus = _of_kind("visit.focus.{}", WHY, contacts.why, turns[0], lang)
    hard = happens(rng, np.where(contacts.why == USUAL, 0.12, 0.4)).astype(np.int64)
    feedback = _of_kind("visit.feedback.{}", ("good", "hard"), hard, turns[1], lang)
    close = (contacts.why != USUAL).astype(np.int64)
    step = _of_kind("visit.next_step.{}", ("usual", "close"), close, turns[2], lang)
    quiet = happens(rng, np.array([0.25, 0.35, 0.4])[:, None], (3, size))
    told = np.isin(contacts.student, journeys.of(roll.size, "many_reasons"))
    told &= contacts.date == np.datetime64("2026-09-28")
    feedback[told] = text.say("sample.journey.promise", lang)
    quiet[:, told] = False
    columns = zip(("focus", "feedback", "next_step"), (focus, feedback, step), quiet, strict=True)
    return {name: unless(empty, said) for name, said, empty in columns}


def _of_kind(
    key: str, kinds: tuple[str, ...], kind: Ints, turn: Floats, lang: str
) -> npt.NDArray[np.object_]:
    said = np.full(len(kind), None, dtype=object)
    for place, name in enumerate(kinds):
        known = np.array(words(key.format(name), lang), dtype=object)
        rows = kind == place
        said[rows] = known[np.floor(turn[rows] * len(known)).astype(np.int64)]
    return said
