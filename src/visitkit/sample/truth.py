"""What is truly so: what no school knows, and what was planted."""

from __future__ import annotations

import numpy as np
import pandas as pd

from visitkit.sample import journeys
from visitkit.sample.attendance import UNEXCUSED, Register
from visitkit.sample.course import Course
from visitkit.sample.days import AS_OF, EXAMS, WEEKS, week_of
from visitkit.sample.draws import Flags, Floats
from visitkit.sample.helping import TYPES, Helps
from visitkit.sample.lives import Lives
from visitkit.sample.roll import Roll
from visitkit.sample.surveys import void_with_critical

#: Weeks after :data:`visitkit.sample.days.AS_OF` over which trouble is averaged.
WEEKS_AHEAD = 8
#: Weight of distress beside lost engagement, and where real trouble begins (about 8 %).
DISTRESS_WEIGHT = 0.6
TROUBLE_FROM = 1.75
_RUN = 3
_DROP = 1.0


def _trouble(course: Course) -> Floats:
    first = int(week_of(np.array([AS_OF]))[0])
    ahead = slice(first, min(first + WEEKS_AHEAD, WEEKS))
    mean = DISTRESS_WEIGHT * course.distress[:, ahead] - course.engagement[:, ahead]
    return np.asarray(mean.mean(axis=1))


def _absent_run(register: Register) -> Flags:
    """Tell who missed three or more whole school days in a row without leave, to 2026-10-30."""
    last = register.days.place(AS_OF)
    away = (register.status == UNEXCUSED) & register.away()
    return np.asarray(away[:, last - _RUN : last].all(axis=1))


def _mark_drop(roll: Roll, marks: pd.DataFrame) -> Flags:
    """Tell whose mean standing in the grade fell by a standard deviation between two exams."""
    days = [pd.Timestamp(first) for _, _, first, _ in EXAMS if np.datetime64(first) < AS_OF][-2:]
    sat = marks[marks["date"].isin(days) & marks["score"].notna()]
    share = (sat["score"] / sat["full_score"]).to_numpy()
    grade = pd.Series(roll.grade, index=roll.student_id).reindex(sat["student_id"]).to_numpy()
    keyed = pd.DataFrame(
        {
            "student": sat["student_id"],
            "date": sat["date"],
            "subject": sat["subject"],
            "share": share,
        }
    )
    group = keyed.assign(grade=grade).groupby(["grade", "date", "subject"])["share"]
    keyed["z"] = (keyed["share"] - group.transform("mean")) / group.transform("std")
    # Subjects examined only once cannot fall, so both exams must have the subject.
    wide = keyed.pivot_table(index=["student", "subject"], columns="date", values="z").dropna()
    fall = (wide[days[0]] - wide[days[1]]).groupby("student").mean()
    return np.asarray(fall.reindex(roll.student_id).to_numpy() >= _DROP)


def truth_table(lives: Lives, marks: pd.DataFrame) -> pd.DataFrame:
    """Return the truth, a row a student, indexed by ``student_id``.

    Columns: ``on_roll`` on 2026-11-02; ``engagement`` and ``distress`` in that week; ``trouble``,
    their mean over the eight weeks from then on; ``at_risk``, real trouble in those weeks or
    dropping out after that day; ``dropped_out`` and ``dropped_on``; ``helped``, an intervention
    other than aid that was going on; and the facts ``absent_three_days``, ``void_critical``,
    ``left_behind``, ``guardian_able``, ``mark_drop``, whoever they hold for; ``journey``, the name
    of a planted story.

    Parameters
    ----------
    lives
        All that happened.
    marks
        The marks table.
    """
    roll, course, family = lives.roll, lives.course, lives.family
    week = int(week_of(np.array([AS_OF]))[0])
    everyone = np.arange(roll.size)
    on_roll = course.present(np.full(roll.size, AS_OF), everyone, roll)
    trouble = _trouble(course)
    leaving = course.dropped & (course.left_on >= AS_OF)
    story = np.full(roll.size, None, dtype=object)
    for name, place in journeys.places(roll.size).items():
        story[place] = name
    return pd.DataFrame(
        {
            "on_roll": on_roll,
            "engagement": course.engagement[:, week],
            "distress": course.distress[:, week],
            "trouble": trouble,
            "at_risk": on_roll & ((trouble > TROUBLE_FROM) | leaving),
            "dropped_out": course.dropped,
            "dropped_on": pd.Series(
                np.where(course.dropped, course.left_on, np.datetime64("NaT", "D")),
                dtype="datetime64[us]",
            ).to_numpy(),
            "helped": _helped(lives.helps, roll.size),
            "absent_three_days": _absent_run(lives.register),
            "void_critical": void_with_critical(lives.sheets[1], roll.size),
            "left_behind": family.left_behind & lives.homes.rural,
            "guardian_able": family.able,
            "mark_drop": _mark_drop(roll, marks),
            "journey": pd.array(story, dtype="str"),
        },
        index=pd.Index(roll.student_id, name="student_id", dtype="str"),
    )


def _helped(helps: Helps, size: int) -> Flags:
    going = (helps.start <= AS_OF) & (np.isnat(helps.end) | (helps.end >= AS_OF))
    going &= helps.kind != TYPES.index("financial")
    found = np.zeros(size, dtype=bool)
    found[helps.student[going]] = True
    return found


def places_of(roll: Roll) -> dict[str, str]:
    """Return the student number of each planted story."""
    return {name: str(roll.student_id[place]) for name, place in journeys.places(roll.size).items()}
