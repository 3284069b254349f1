"""Who is on the roll: grades, classes, ages, and where the made-up homes stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import numpy as np
import numpy.typing as npt

from visitkit import text
from visitkit.sample import journeys
from visitkit.sample.draws import (
    Days,
    Flags,
    Floats,
    Ints,
    happens,
    normal,
    order,
    pick,
    stream,
    whole,
)

GRADES = (9, 8, 7)
CLASS_SIZE = 45
#: The school, in a desert where nobody lives, so that no point falls on a real home.
SCHOOL_LAT, SCHOOL_LON = 39.2000, 83.2000
_KM_PER_DEGREE = 111.2
#: Share of students and distance from the school in km: the town, then the villages.
_ZONE_SHARES = (0.34, 0.14, 0.12, 0.11, 0.10, 0.08, 0.06, 0.05)
_ZONE_KM = (0.0, 2.4, 3.1, 4.6, 6.0, 8.2, 10.5, 13.5)
_ZONE_ANGLE = (0.0, 0.3, 2.1, 4.0, 5.2, 1.2, 3.1, 5.9)
_SPREAD_KM = (0.9, 0.5, 0.5, 0.5, 0.6, 0.6, 0.7, 0.7)


@dataclass(frozen=True)
class Roll:
    """Students in the order of their numbers; every array has shape ``(N,)``.

    Parameters
    ----------
    student_id, class_id
        As text.
    grade
        Grade in the school year 2026-27.
    class_index
        Place of the class in ``classes``.
    classes
        Class numbers in the order of grades 9, 8, 7.
    female, birth, entered
        As the roll has them.
    surname, given
        Places in the word lists.
    """

    student_id: npt.NDArray[np.object_]
    class_id: npt.NDArray[np.object_]
    grade: Ints
    class_index: Ints
    classes: tuple[str, ...]
    female: Flags
    birth: Days
    entered: Days
    surname: Ints
    given: Ints

    @property
    def size(self) -> int:
        """Number of students."""
        return len(self.student_id)

    def entered_before(self, day: np.datetime64) -> Flags:
        """Tell who was already there on a day."""
        return np.asarray(self.entered <= day)


@dataclass(frozen=True)
class Homes:
    """Where students live; every array has shape ``(N,)``; ``km`` to the school, degrees GCJ-02."""

    zone: Ints
    number: Ints
    km: Floats
    lat: Floats
    lon: Floats
    rural: Flags
    boarding: Flags


def words(key: str, lang: str) -> list[str]:
    """Return a list of words of the sample's room.

    Examples
    --------
    >>> words("place.zones", "en")[0]
    'Town'
    """
    return cast("list[str]", text.find(f"sample.{key}", lang))


def _classes(sizes: list[int]) -> tuple[Ints, tuple[str, ...]]:
    places: list[Ints] = []
    names: list[str] = []
    for grade, size in zip(GRADES, sizes, strict=True):
        number = max(1, round(size / CLASS_SIZE))
        places.append(np.arange(size) * number // size + len(names))
        names += [f"{grade}{place + 1:02d}" for place in range(number)]
    return np.concatenate(places), tuple(names)


def enrol(seed: int, students: int) -> Roll:
    """Return a roll of three grades, the oldest first.

    Parameters
    ----------
    seed
        Seed of the school.
    students
        Number of students.

    Examples
    --------
    >>> roll = enrol(1, 1080)
    >>> len(roll.classes), roll.student_id[411]
    (24, 'S0412')
    """
    rng = stream(seed, "roll")
    sizes = [(students + 2 - place) // 3 for place in range(3)]
    grade = np.repeat(np.array(GRADES), sizes)
    class_index, classes = _classes(sizes)
    digits = max(4, len(str(students)))
    numbers = [f"S{place + 1:0{digits}d}" for place in range(students)]
    late_starter = happens(rng, 0.06, students)
    first_birthday = np.array(
        [f"{2019 - 6 - (g - 7)}-09-01" for g in GRADES], dtype="datetime64[D]"
    )
    birth = np.repeat(first_birthday, sizes) + whole(rng, 0, 364, students) - 365 * late_starter
    surnames, given = len(words("name.surnames", "en")), len(words("name.words", "en"))
    return Roll(
        student_id=np.array(numbers, dtype=object),
        class_id=np.array(classes, dtype=object)[class_index],
        grade=grade,
        class_index=class_index,
        classes=classes,
        female=happens(rng, 0.48, students),
        birth=birth,
        entered=_entered(rng, grade),
        surname=whole(rng, 0, surnames - 1, students),
        given=whole(rng, 0, given - 1, students),
    )


def _entered(rng: np.random.Generator, grade: Ints) -> Days:
    # Three in a hundred came from another school later than their class.
    usual = {9: "2024-09-01", 8: "2025-09-01", 7: "2026-09-01"}
    later = {
        9: ("2025-09-01", "2026-03-02", "2026-09-01"),
        8: ("2026-03-02", "2026-09-01", "2026-09-01"),
        7: ("2026-10-12", "2026-09-21", "2026-09-14"),
    }
    joined = happens(rng, 0.03, len(grade))
    joined[journeys.of(len(grade))] = False
    turn = pick(rng, [1, 1, 2], len(grade))
    dates = np.array([usual[g] for g in grade.tolist()], dtype="datetime64[D]")
    other = np.array(
        [later[g][t] for g, t in zip(grade.tolist(), turn.tolist(), strict=True)],
        dtype="datetime64[D]",
    )
    return np.where(joined, other, dates)


def house(seed: int, roll: Roll) -> Homes:
    """Return the homes of a roll around the made-up town.

    Parameters
    ----------
    seed
        Seed of the school.
    roll
        The students.

    Examples
    --------
    >>> homes = house(1, enrol(1, 60))
    >>> bool(homes.km.max() < 20)
    True
    """
    rng = stream(seed, "homes")
    zone = pick(rng, _ZONE_SHARES, roll.size)
    zone[journeys.of(roll.size, *journeys.AWAY)] = [4, 2, 3]
    km, angle = np.array(_ZONE_KM)[zone], np.array(_ZONE_ANGLE)[zone]
    spread = np.array(_SPREAD_KM)[zone]
    east = km * np.cos(angle) + spread * normal(rng, roll.size)
    north = km * np.sin(angle) + spread * normal(rng, roll.size)
    away = np.hypot(east, north)
    rural = happens(rng, np.where(zone == 0, 0.25, 0.92))
    rural[journeys.of(roll.size, *journeys.AWAY)] = True
    number = order(rng, roll.size) % 400 + 1
    return Homes(
        zone=zone,
        number=number,
        km=away,
        lat=SCHOOL_LAT + north / _KM_PER_DEGREE,
        lon=SCHOOL_LON + east / (_KM_PER_DEGREE * np.cos(np.radians(SCHOOL_LAT))),
        rural=rural,
        boarding=happens(rng, np.clip(0.03 + 0.075 * away, 0, 0.8)),
    )
