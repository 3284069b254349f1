"""A made-up study with a planted effect of visits, to see whether a review finds it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd

from visitkit.errors import TableError
from visitkit.sample.draws import Floats, happens, normal, stream

#: Share of what a score says that lasts; the rest is the luck of the day of screening.
RELIABILITY = 0.7
#: Fewest students that can be cut in two with some on each side of the window.
FEWEST = 100
_CLASS_SIZE, _LOSS = 40, 0.03
_MEAN, _SPREAD, _NOISE = 12.0, 4.0, 2.0


@dataclass(frozen=True, slots=True)
class StudyPanel:
    """A made-up threshold study.

    Parameters
    ----------
    table : pandas.DataFrame
        A row a student: ``student_id``; ``class_id``; ``score``, raw, 0 to 100; ``visited``, 1 at
        or above the cutoff; ``lessons_missed_at_screening``, which goes into the score;
        ``lessons_missed_before``, a second baseline of other weeks, after the flag and before the
        first visit; ``lessons_missed``, afterwards, with the effect in it; ``worry``, a
        questionnaire afterwards on which visits have no effect. Missing where a student left.
    effect
        What visits do to ``lessons_missed``, in lessons: the truth.
    cutoff
        In points of the score.
    frozen_on, first_visit
        Days of the flag and of the first visit.
    """

    table: pd.DataFrame
    effect: float
    cutoff: float = 60.0
    frozen_on: dt.date = dt.date(2026, 9, 7)
    first_visit: dt.date = dt.date(2026, 9, 28)


def study_panel(seed: int = 0, effect: float = -4.0, students: int = 2400) -> StudyPanel:
    """Make a threshold study whose true effect is known.

    Students with a score of 60 or more were visited. Trouble lasts, but the score also holds the
    luck of one day, so flagged students fall back by themselves: before and after says "it helped"
    even at ``effect=0``.

    Parameters
    ----------
    seed
        0 or more; the same seed gives the same table on every machine.
    effect
        Of visits on lessons missed in eight weeks; below 0 is good.
    students
        In all classes together, 100 or more.

    Raises
    ------
    TableError
        When there are too few students.

    Examples
    --------
    >>> made = study_panel(seed=1, effect=-4)
    >>> len(made.table), made.effect
    (2400, -4.0)
    >>> bool((made.table["visited"] == (made.table["score"] >= made.cutoff)).all())
    True
    """
    if students < FEWEST:
        raise TableError("sample.study_small", students=students, least=FEWEST)
    rng = stream(seed, "study")
    trouble, luck = normal(rng, (students,)), normal(rng, (students,))
    shown = np.sqrt(RELIABILITY) * trouble + np.sqrt(1 - RELIABILITY) * luck
    score = np.clip(43.0 + 17.0 * shown, 0.0, 100.0)
    visited = score >= StudyPanel.cutoff
    after = _lessons(rng, trouble) + effect * visited
    lost = happens(rng, _LOSS, students)
    table = pd.DataFrame(
        {
            "student_id": [f"T{place:05d}" for place in range(1, students + 1)],
            "class_id": [f"K{place // _CLASS_SIZE + 1:02d}" for place in range(students)],
            "score": score,
            "visited": visited.astype(int),
            "lessons_missed_at_screening": _MEAN + _SPREAD * shown,
            "lessons_missed_before": _lessons(rng, trouble),
            "lessons_missed": np.where(lost, np.nan, after),
            "worry": np.where(lost, np.nan, 20 + 4 * trouble + 4 * normal(rng, (students,))),
        }
    )
    return StudyPanel(table, float(effect))


def _lessons(rng: np.random.Generator, trouble: Floats) -> Floats:
    """Return lessons missed in eight weeks; allowed below 0, so that the truth stays exact."""
    return _MEAN + _SPREAD * trouble + _NOISE * normal(rng, trouble.shape)
