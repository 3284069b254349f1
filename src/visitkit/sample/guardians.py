"""Guardians on file: one or two a student, who is away, who is able, when there is time."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from visitkit import text
from visitkit.sample import journeys, windows
from visitkit.sample.draws import Flags, Ints, happens, pick, stream, whole
from visitkit.sample.families import SCHOOLING, Family
from visitkit.sample.frames import typed, unless
from visitkit.sample.roll import Homes, Roll, words

_AVAILABLE = (
    ((1, 5, "18:00-20:00"), (6, 6, windows.ALL_DAY)),
    ((6, 7, windows.ALL_DAY),),
    ((1, 5, "17:30-20:30"),),
    ((1, 7, windows.ALL_DAY),),
    ((3, 3, "18:00-20:00"),),
    ((7, 7, "14:00-18:00"),),
    ((1, 5, "12:00-14:00"), (7, 7, windows.ALL_DAY)),
)
#: How likely each pattern is for people who work, and for grandparents at home.
_WORKING = (6, 3, 4, 0.5, 1, 1.5, 1)
_AT_HOME = (1, 0, 1, 8, 0, 0, 1)
_OLD = ("paternal_grandparent", "maternal_grandparent")


def _first(rng: np.random.Generator, family: Family) -> npt.NDArray[np.object_]:
    """Return the relation of the person who looks after the child day by day."""
    size = len(family.able)
    parent = np.where(happens(rng, 0.68, size), "mother", "father").astype(object)
    kin = np.array([*_OLD, "relative", "agent_parent"], dtype=object)
    cared = kin[pick(rng, [7, 2, 0.8, 0.2], size)]
    step = family.separated & happens(rng, 0.12, size)
    parent = np.where(step, "step_parent", parent)
    cared[journeys.of(size, *journeys.AWAY)] = "paternal_grandparent"
    return np.where(family.both_away | family.orphan, cared, parent)


def _second(
    rng: np.random.Generator, family: Family, first: npt.NDArray[np.object_]
) -> npt.NDArray[np.object_]:
    """Return the relation of a second person on file; empty where there is none."""
    size = len(first)
    other = np.where(first == "mother", "father", "mother").astype(object)
    kept = np.where(family.separated, 0.25, np.where(family.both_away, 0.9, 0.8))
    kept = np.where(family.orphan, 0.0, kept)
    kept[journeys.of(size, *journeys.AWAY)] = 1.0
    return np.where(happens(rng, kept), other, "")


def guardians_table(
    seed: int, roll: Roll, homes: Homes, family: Family, *, lang: str
) -> pd.DataFrame:
    """Return the guardians table, ordered by student.

    Parameters
    ----------
    seed
        Seed of the school.
    roll, homes, family
        The students.
    lang
        Language of names and languages.
    """
    rng = stream(seed, "guardians")
    first = _first(rng, family)
    second = _second(rng, family, first)
    row = np.concatenate([np.arange(roll.size), np.flatnonzero(second != "")])
    relation = np.concatenate([first, second[second != ""]])
    is_first = np.arange(len(row)) < roll.size
    order = np.lexsort((~is_first, row))
    row, relation, is_first = row[order], relation[order], is_first[order]
    away = np.where(is_first, False, family.both_away[row] | family.one_away[row])
    away &= ~family.orphan[row]
    old = np.isin(relation.astype(str), _OLD)
    return _frame(rng, roll, family, homes, (row, relation, is_first, away, old), lang)


def _frame(
    rng: np.random.Generator,
    roll: Roll,
    family: Family,
    homes: Homes,
    who: tuple[Ints, npt.NDArray[np.object_], Flags, Flags, Flags],
    lang: str,
) -> pd.DataFrame:
    row, relation, is_first, away, old = who
    size = len(row)
    told = np.isin(row, journeys.of(roll.size))
    blank = np.minimum(np.exp(0.5 * family.vulnerability[row]), 5.0)

    def missing(share: float) -> Flags:
        return happens(rng, np.minimum(share * blank, 0.7)) & ~told

    schooling = np.clip(family.schooling[row] - old, 0, 4)
    pattern = np.where(old, pick(rng, _AT_HOME, size), pick(rng, _WORKING, size))
    spelt = np.array([windows.spell(spans) for spans in _AVAILABLE], dtype=object)
    # A parent far away has no time for a visit on file.
    untimed = missing(0.22) | away
    spoken = np.where(old, pick(rng, [0.1, 0.4, 0.5], size), pick(rng, [0.5, 0.42, 0.08], size))
    able = np.where(is_first, family.able[row], True)
    return typed(
        "guardians",
        {
            "student_id": roll.student_id[row],
            "relation": relation,
            "name": _names(roll, row, relation, lang),
            "phone": unless(missing(0.03), _phones(rng, size)),
            "away": unless(missing(0.04), away),
            "able": unless(missing(0.06), able),
            "schooling": unless(missing(0.05), np.array(SCHOOLING, dtype=object)[schooling]),
            "available": unless(untimed, spelt[pattern]),
            "language": np.array(words("language.spoken", lang), dtype=object)[
                np.where(homes.rural[row], spoken, np.minimum(spoken, 1))
            ],
        },
    )


def _names(
    roll: Roll, row: Ints, relation: npt.NDArray[np.object_], lang: str
) -> npt.NDArray[np.object_]:
    surnames = words("name.surnames", lang)
    pairs = zip(roll.surname[row].tolist(), relation.tolist(), strict=True)
    said = [
        text.say(f"sample.name.guardian.{kind}", lang, surname=surnames[s]) for s, kind in pairs
    ]
    return np.array(said, dtype=object)


def _phones(rng: np.random.Generator, size: int) -> npt.NDArray[np.object_]:
    # No telephone number begins with 000.
    return np.array([f"000{n:08d}" for n in whole(rng, 0, 99_999_999, size).tolist()], dtype=object)
