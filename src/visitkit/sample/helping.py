"""Interventions: what help began for those the school saw in trouble, and aid for the poor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
import numpy.typing as npt
import pandas as pd

from visitkit import text
from visitkit.sample import journeys
from visitkit.sample.course import NOT_A_DAY, Course, weekly
from visitkit.sample.days import DAY, FIRST, RECORDED, TERMS, school_days
from visitkit.sample.draws import Days, Floats, Ints, happens, normal, stream, whole
from visitkit.sample.families import Family, Traits
from visitkit.sample.frames import typed, unless
from visitkit.sample.roll import Roll
from visitkit.sample.staff import Staff
from visitkit.sample.surveys import CRITICAL, Sheets

TYPES = (
    "study",
    "counselling",
    "family",
    "mentor",
    "behaviour_contract",
    "agent_parent",
    "medical_referral",
    "financial",
)
_SPOKEN_WITH = 0.9
_AID_DAYS = ("2025-10-15", "2026-04-10", "2026-10-14")


@dataclass(frozen=True)
class Helps:
    """Help given: student, place in :data:`TYPES`, first and last day (not-a-time if going on)."""

    student: Ints
    kind: Ints
    start: Days
    end: Days

    def of_type(self, name: str) -> tuple[Ints, Days]:
        """Return students and first days of one type of help."""
        chosen = self.kind == TYPES.index(name)
        return self.student[chosen], self.start[chosen]


def _suits(
    rng: np.random.Generator, family: Family, traits: Traits, distress: Floats, who: Ints
) -> Ints:
    """Return which type of help suits each student best, with some chance."""
    claims = np.stack(
        [
            -traits.ability[who],
            1.1 * distress - 0.3,
            -0.6 * family.view[who],
            np.full(len(who), 0.3),
            traits.conduct[who] - 0.6,
            1.2 * family.both_away[who] - 0.5,
            distress - 2.6,
        ]
    )
    return np.asarray(np.argmax(claims + 0.6 * normal(rng, claims.shape), axis=0))


def give_help(seed: int, roll: Roll, family: Family, traits: Traits, course: Course) -> Helps:
    """Return the help given to the students of a roll.

    Parameters
    ----------
    seed
        Seed of the school.
    roll, family, traits, course
        The students and their course.
    """
    rng = stream(seed, "helping")
    dates = school_days().dates
    start = dates[
        np.minimum(np.searchsorted(dates, FIRST + 7 * course.help_from * DAY), len(dates) - 1)
    ]
    start = start + whole(rng, 0, 2, len(start))
    end = FIRST + (7 * course.help_until + 4) * DAY
    distress = weekly(course.distress, course.helped, start)
    kind = _suits(rng, family, traits, distress, course.helped)
    aided, aid_start, aid_end = _aid(rng, family)
    story = journeys.of(roll.size, "many_reasons")
    helps = Helps(
        student=np.concatenate([course.helped, aided, story]),
        kind=np.concatenate(
            [kind, np.full(len(aided), TYPES.index("financial")), [TYPES.index("mentor")]]
        ),
        start=np.concatenate([start, aid_start, np.array(["2026-03-16"], "datetime64[D]")]),
        end=np.concatenate([end, aid_end, np.array(["2026-06-26"], "datetime64[D]")]),
    )
    return _within(helps, roll, course)


def _aid(rng: np.random.Generator, family: Family) -> tuple[Ints, Days, Days]:
    students, starts, ends = [], [], []
    for day, (_, _, _, last) in zip(_AID_DAYS, TERMS, strict=True):
        chance = np.where(family.registered, 0.9, np.where(family.poor, 0.3, 0.0))
        given = np.flatnonzero(happens(rng, chance))
        students.append(given)
        starts.append(np.full(len(given), np.datetime64(day)))
        ends.append(np.full(len(given), np.datetime64(last)))
    return np.concatenate(students), np.concatenate(starts), np.concatenate(ends)


def _within(helps: Helps, roll: Roll, course: Course) -> Helps:
    keep = course.present(helps.start, helps.student, roll)
    student, start, end = helps.student[keep], helps.start[keep], helps.end[keep]
    left = course.left_on[student]
    end = np.where(left <= end, left - DAY, end)
    end = np.where(end > RECORDED, NOT_A_DAY, np.maximum(end, start))
    order = np.lexsort((helps.kind[keep], student, start))
    return Helps(student[order], helps.kind[keep][order], start[order], end[order])


def with_talks(seed: int, roll: Roll, helps: Helps, sheets: Sequence[Sheets]) -> Helps:
    """Return the help given and the counsellors' talks about answers that must be seen first.

    After a questionnaire day the counsellors speak with nearly all who said yes to a critical
    item, within a school week; a few are still to come, and one made-up case is left open.

    Parameters
    ----------
    seed, roll, helps
        The school, the students and the help given otherwise.
    sheets
        All questionnaires; only the MHT has the items looked for.
    """
    rng = stream(seed, "talks after questionnaires")
    dates = school_days().dates
    talks = [_talks(rng, part, dates) for part in sheets if part.instrument == "MHT"]
    student = np.concatenate([who for who, _ in talks])
    day = np.concatenate([when for _, when in talks])
    keep = (student != journeys.of(roll.size, "void_critical")[0]) & (day <= RECORDED)
    student, day = student[keep], day[keep]
    start = np.concatenate([helps.start, day])
    who = np.concatenate([helps.student, student])
    kind = np.concatenate([helps.kind, np.full(len(day), TYPES.index("counselling"))])
    order = np.lexsort((kind, who, start))
    end = np.concatenate([helps.end, day])
    return Helps(who[order], kind[order], start[order], end[order])


def _talks(rng: np.random.Generator, sheets: Sheets, dates: Days) -> tuple[Ints, Days]:
    hit = np.nansum(sheets.answers[:, np.array(CRITICAL) - 1], axis=1) > 0
    came = hit & happens(rng, _SPOKEN_WITH, len(hit))
    place = np.searchsorted(dates, sheets.date[came]) + whole(rng, 0, 4, int(came.sum()))
    return sheets.student[came], dates[np.minimum(place, len(dates) - 1)]


def interventions_table(
    seed: int, roll: Roll, staff: Staff, helps: Helps, lang: str
) -> pd.DataFrame:
    """Return the interventions table, ordered by first day and student.

    Parameters
    ----------
    seed
        Seed of the school.
    roll, staff, helps
        The students, the teachers and the help given.
    lang
        Language of doses and goals.
    """
    rng = stream(seed, "interventions table")
    types = np.array(TYPES, dtype=object)[helps.kind]
    dose = cast("dict[str, str]", text.find("sample.help.dose", lang))
    goal = cast("dict[str, str]", text.find("sample.help.goal", lang))
    ids = np.array(staff.ids, dtype=object)
    head = ids[staff.head[roll.class_index[helps.student]]]
    turn = whole(rng, 0, len(staff.counsellors) - 1, len(types))
    counsellor = ids[staff.counsellors[turn]]
    by_counsellor = np.isin(
        helps.kind, [TYPES.index("counselling"), TYPES.index("medical_referral")]
    )
    return typed(
        "interventions",
        {
            "student_id": roll.student_id[helps.student],
            "start": helps.start,
            "end": helps.end,
            "type": types,
            "owner": np.where(by_counsellor, counsellor, head),
            "dose": _said(dose, types),
            "goal": unless(~happens(rng, 0.8, len(types)), _said(goal, types)),
        },
    )


def _said(words: dict[str, str], types: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    return np.array([words[name] for name in types], dtype=object)
