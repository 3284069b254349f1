"""Sudden matters that strike from outside: when, whom, and how hard."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from visitkit.sample import journeys
from visitkit.sample.days import FIRST, WEEKS, week_of
from visitkit.sample.draws import Days, Flags, Floats, Ints, happens, poisson, stream, whole
from visitkit.sample.families import Family
from visitkit.sample.roll import Roll

_WEEKS_A_YEAR = 52.0


class Kind(NamedTuple):
    """A kind of sudden matter.

    Parameters
    ----------
    code
        Code of the vocabulary ``event_kind``.
    yearly
        Chance in a year for a student of average vulnerability.
    slope
        How much the log of the chance grows with one unit of vulnerability.
    blow, upset
        How far engagement falls and distress rises at once.
    known
        Chance that the school hears of it.
    """

    code: str
    yearly: float
    slope: float
    blow: float
    upset: float
    known: float


#: Rates are our choice: rare enough for a school of a thousand to meet each kind a few times a
#: year. About half of the bullying and quarrels never reaches the school.
KINDS = (
    Kind("bereavement", 0.015, 0.0, 0.5, 1.0, 0.8),
    Kind("parents_separated", 0.015, 0.4, 0.9, 1.0, 0.6),
    Kind("parent_accident", 0.012, 0.2, 0.5, 0.8, 0.8),
    Kind("family_income_loss", 0.020, 0.4, 0.6, 0.5, 0.5),
    Kind("family_conflict", 0.050, 0.5, 0.4, 0.8, 0.35),
    Kind("domestic_violence", 0.005, 0.8, 0.8, 1.3, 0.5),
    Kind("student_injury", 0.025, 0.0, 0.2, 0.3, 0.95),
    Kind("student_illness", 0.010, 0.1, 0.5, 0.6, 0.95),
    Kind("disaster", 0.002, 0.2, 0.5, 0.6, 0.95),
    Kind("bullying", 0.050, 0.3, 0.8, 1.3, 0.45),
    Kind("peer_crisis", 0.006, 0.0, 0.3, 0.6, 0.7),
    Kind("guardian_change", 0.025, 0.5, 0.6, 0.6, 0.6),
    Kind("moved", 0.030, 0.2, 0.2, 0.2, 0.6),
    Kind("alone", 0.003, 0.7, 0.6, 0.5, 0.6),
)


@dataclass(frozen=True)
class Strikes:
    """What struck, a place an event.

    Parameters
    ----------
    student
        Place of the student on the roll.
    kind
        Place in :data:`KINDS`.
    day
        When it happened.
    heard
        When the school heard of it.
    known
        Whether it ever did.
    """

    student: Ints
    kind: Ints
    day: Days
    heard: Days
    known: Flags

    @property
    def week(self) -> Ints:
        """Week of each event, from 0."""
        return week_of(self.day)

    def of_kind(self, column: str) -> npt.NDArray[np.generic]:
        """Return a column of :data:`KINDS` for each event."""
        return np.array([getattr(kind, column) for kind in KINDS])[self.kind]


def _rate(kind: Kind, family: Family) -> Floats:
    rate = kind.yearly * np.exp(kind.slope * family.vulnerability - kind.slope**2 / 2)
    if kind.code in {"guardian_change", "alone"}:
        rate = rate * np.where(family.both_away, 3.0, 0.6)
    if kind.code == "parents_separated":
        rate = np.where(family.separated, 0.0, rate)
    return np.asarray(rate)


def strike(seed: int, roll: Roll, family: Family) -> Strikes:
    """Return what struck the students of a roll over the whole time.

    Parameters
    ----------
    seed
        Seed of the school.
    roll, family
        The students and their families.

    Examples
    --------
    >>> from visitkit.sample.families import raise_families
    >>> from visitkit.sample.roll import enrol, house
    >>> roll = enrol(1, 60)
    >>> struck = strike(1, roll, raise_families(1, roll, house(1, roll)))
    >>> bool((struck.heard >= struck.day).all())
    True
    """
    rng = stream(seed, "strikes")
    students, kinds = [], []
    for place, kind in enumerate(KINDS):
        counts = poisson(rng, _rate(kind, family) * WEEKS / _WEEKS_A_YEAR, most=3)
        students.append(np.repeat(np.arange(roll.size), counts))
        kinds.append(np.full(counts.sum(), place))
    student, kind_of = np.concatenate(students), np.concatenate(kinds)
    day = FIRST + whole(rng, 0, 7 * WEEKS - 1, len(student))
    chance = np.array([kind.known for kind in KINDS])[kind_of]
    free = ~np.isin(student, journeys.of(roll.size))
    student, kind_of, day, chance = student[free], kind_of[free], day[free], chance[free]
    return Strikes(
        student=student,
        kind=kind_of,
        day=day,
        heard=day + whole(rng, 0, 6, len(student)),
        known=happens(rng, chance),
    )
