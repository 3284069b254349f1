"""Made-up outcomes with a planted effect of visits, to see whether a review finds it."""

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
#: Of the made-up worry scale.
SCALE = {"mean": 20.0, "sd": 5.0, "reliability": 0.8}
#: Day of the first visit of the made-up study; a record must be older.
FIRST_VISIT = dt.date(2026, 11, 9)
_WEEKS, _BEFORE, _LOSS = 12, 5, 0.03
_MEAN, _SPREAD, _NOISE = 12.0, 4.0, 2.0


@dataclass(frozen=True, slots=True)
class StudyPanel:
    """What happened afterwards to students who were flagged by a score, or not; made up.

    Parameters
    ----------
    table : pandas.DataFrame
        A row a student of the record: ``student_id``; ``visited``, as the record decided;
        ``lessons_missed_at_screening``, which goes into the score; ``lessons_missed_before``, a
        second baseline of other weeks, after the flag and before the first visit;
        ``lessons_missed``, afterwards, with the effect in it; ``worry``, a questionnaire
        afterwards on which visits have no effect. Missing where a student left.
    effect
        What visits do to ``lessons_missed``, in lessons: the truth.
    first_visit
        Day of the first visit.
    """

    table: pd.DataFrame
    effect: float
    first_visit: dt.date = FIRST_VISIT


def study_panel(record: pd.DataFrame, seed: int = 0, effect: float = -4.0) -> StudyPanel:
    """Make what happened after a record of who was flagged was frozen.

    Trouble lasts, but a score also holds the luck of one day, so flagged students fall back by
    themselves: before and after says "it helped" even at ``effect=0``.

    Parameters
    ----------
    record
        ``student_id``, ``score``, ``flagged`` and ``override`` (0 and 1), one row a student.
    seed
        0 or more; the same seed gives the same outcomes on every machine.
    effect
        Of visits on lessons missed in eight weeks; below 0 is good.

    Raises
    ------
    TableError
        When there are too few students.

    Examples
    --------
    >>> score = np.arange(200.0)
    >>> record = pd.DataFrame({"student_id": [f"S{place}" for place in range(200)], "score": score,
    ...     "flagged": (score >= 150).astype(int), "override": 0})
    >>> made = study_panel(record, seed=1, effect=-4)
    >>> len(made.table), made.effect, int(made.table["visited"].sum())
    (200, -4.0, 50)
    """
    students = len(record)
    if students < FEWEST:
        raise TableError("sample.few_for_study", students=students, least=FEWEST)
    rng = stream(seed, "study")
    score = record["score"].to_numpy(dtype=np.float64)
    shown = (score - score.mean()) / score.std()
    # what lasts, given a score that holds it with the reliability above
    luck = np.sqrt(RELIABILITY * (1 - RELIABILITY)) * normal(rng, (students,))
    trouble = RELIABILITY * shown + luck
    visited = record["flagged"].to_numpy(dtype=int) ^ record["override"].to_numpy(dtype=int)
    after = _lessons(rng, trouble) + effect * visited
    lost = happens(rng, _LOSS, students)
    table = pd.DataFrame(
        {
            "student_id": record["student_id"].to_numpy(),
            "visited": visited,
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


def score_panel(seed: int = 0, students: int = 12, effect: float = -5.0) -> pd.DataFrame:
    """Make weekly worry scores of students who were chosen for a high score and then visited.

    Scores have reliability 0.8 and a spread of 5 points around 20 (:data:`SCALE`).

    Parameters
    ----------
    seed
        0 or more.
    students
        How many.
    effect
        What visits do, in points, for every second student; the others do not change.

    Returns
    -------
    pandas.DataFrame
        ``student_id``, ``date``, ``worry``, ``first_visit``, ``screening`` (yes on the score a
        student was chosen by); one row before, five between and six after the first visit.

    Examples
    --------
    >>> score_panel(seed=1, students=2).shape
    (24, 5)
    """
    rng = stream(seed, "scores")
    spread, rho = SCALE["sd"], SCALE["reliability"]
    true = SCALE["mean"] + 4.0 + np.sqrt(rho) * spread * normal(rng, (students,))
    noise = np.sqrt(1 - rho) * spread * normal(rng, (students, _WEEKS))
    noise[:, 0] = np.abs(noise[:, 0]) + spread  # chosen on a bad day
    helped = (np.arange(students) % 2 == 0)[:, None] & (np.arange(_WEEKS) > _BEFORE)[None, :]
    score = true[:, None] + noise + effect * helped
    monday = pd.Timestamp("2026-09-07")
    return pd.DataFrame(
        {
            "student_id": np.repeat([f"T{place:02d}" for place in range(1, students + 1)], _WEEKS),
            "date": np.tile(monday + pd.to_timedelta(7 * np.arange(_WEEKS), unit="D"), students),
            "worry": score.round().ravel(),
            "first_visit": monday + pd.Timedelta(days=7 * _BEFORE + 3),
            "screening": np.tile(np.arange(_WEEKS) == 0, students),
        }
    )
