"""The students table and the special groups a school has on file."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from visitkit import text
from visitkit.sample import journeys
from visitkit.sample.course import Course
from visitkit.sample.days import DAY, NEW_YEAR, RECORDED
from visitkit.sample.draws import Days, Flags, Floats, happens, normal, stream, whole
from visitkit.sample.families import Family, Traits
from visitkit.sample.frames import typed, unless
from visitkit.sample.roll import Homes, Roll, words


def _blank(rng: np.random.Generator, share: float, family: Family) -> Flags:
    """Tell whose cell is empty: more often in families with troubles of their own."""
    chance = np.minimum(share * np.exp(0.5 * family.vulnerability), 0.6)
    blank = happens(rng, chance)
    blank[journeys.of(len(chance))] = False
    return blank


def students_table(
    seed: int, roll: Roll, homes: Homes, family: Family, course: Course, *, lang: str
) -> pd.DataFrame:
    """Return the students table.

    Parameters
    ----------
    seed
        Seed of the school.
    roll, homes, family, course
        The students.
    lang
        Language of names and addresses.
    """
    rng = stream(seed, "students table")
    zones = np.array(words("place.zones", lang), dtype=object)[homes.zone]
    nowhere = _blank(rng, 0.02, family)
    unmapped = nowhere | _blank(rng, 0.05, family)
    gone = course.left_on <= RECORDED
    return typed(
        "students",
        {
            "student_id": roll.student_id,
            "name": names(roll, "child", lang),
            "sex": np.where(roll.female, "female", "male"),
            "birth_date": np.where(
                _blank(rng, 0.01, family), np.datetime64("NaT", "D"), roll.birth
            ),
            "grade": roll.grade,
            "class_id": roll.class_id,
            "boarding": homes.boarding,
            "hukou": unless(_blank(rng, 0.01, family), np.where(homes.rural, "rural", "urban")),
            "address": unless(nowhere, _addresses(zones, homes, lang)),
            "lat": np.where(unmapped, np.nan, np.round(homes.lat, 6)),
            "lon": np.where(unmapped, np.nan, np.round(homes.lon, 6)),
            "coord_system": unless(unmapped, "gcj02"),
            "zone": unless(nowhere, zones),
            "entered_on": roll.entered,
            "left_on": np.where(gone, course.left_on, np.datetime64("NaT", "D")),
            "left_how": unless(~gone, np.where(course.dropped, "dropped_out", "transfer")),
        },
    )


def names(roll: Roll, kind: str, lang: str) -> npt.NDArray[np.object_]:
    """Return made-up names of students: surname, a diminutive and a word of nature."""
    surnames, given = words("name.surnames", lang), words("name.words", lang)
    pairs = zip(roll.surname.tolist(), roll.given.tolist(), strict=True)
    said = [
        text.say(f"sample.name.{kind}", lang, surname=surnames[s], word=given[g]) for s, g in pairs
    ]
    return np.array(said, dtype=object)


def _addresses(zones: npt.NDArray[np.object_], homes: Homes, lang: str) -> npt.NDArray[np.object_]:
    pairs = zip(zones.tolist(), homes.number.tolist(), strict=True)
    said = [text.say("sample.place.address", lang, zone=zone, number=n) for zone, n in pairs]
    return np.array(said, dtype=object)


class _Fact(NamedTuple):
    """A special-group fact: who truly has it, chance to be on file, chance to be there wrongly."""

    code: str
    true: Flags
    found: float
    wrong: float
    source: str


#: Facts that do not bend a planted story.
_KEPT_IN_STORIES = ("only_child", "new_student", "poor_registered")


def _facts(roll: Roll, homes: Homes, family: Family, traits: Traits, tired: Floats) -> list[_Fact]:
    new = roll.entered > np.datetime64("2026-08-31")
    struggling = traits.ability + 0.3 * tired < -1.45
    return [
        _Fact("left_behind", family.left_behind & homes.rural, 0.82, 0.012, "census"),
        _Fact("single_parent", family.separated, 0.72, 0.006, "census"),
        _Fact("orphan", family.orphan, 0.97, 0.0, "card"),
        _Fact("de_facto_unattended", family.both_away & ~family.able, 0.12, 0.0, "card"),
        _Fact("no_guardian", family.both_away & ~family.able, 0.10, 0.0, "census"),
        _Fact("poor", family.poor, 0.66, 0.010, "census"),
        _Fact("poor_registered", family.registered, 0.97, 0.0, "card"),
        _Fact("migrant_child", family.migrant, 0.85, 0.004, "census"),
        _Fact("disabled", family.disabled, 0.94, 0.0, "card"),
        _Fact("intellectual_disability", family.intellectual, 0.80, 0.0, "card"),
        _Fact("health_condition", family.ill, 0.85, 0.004, "census"),
        _Fact("study_difficulty", struggling, 0.45, 0.010, "nomination"),
        _Fact("mental_difficulty", traits.mood > 1.9, 0.22, 0.004, "nomination"),
        _Fact("conduct_deviation", traits.conduct > 1.9, 0.25, 0.004, "nomination"),
        _Fact("gifted_top", traits.ability > 1.5, 0.55, 0.005, "nomination"),
        _Fact("promising", (traits.ability > 0.9) & (traits.grit > 0.9), 0.35, 0.006, "nomination"),
        _Fact("only_child", family.only_child, 0.90, 0.01, "census"),
        _Fact("new_student", new, 1.0, 0.0, "census"),
    ]


def _since(rng: np.random.Generator, roll: Roll, course: Course, number: int) -> Days:
    """Return when a fact was put on file: at the census after entry, or a few weeks later."""
    first = np.where(
        roll.entered <= np.datetime64("2025-09-05"),
        np.datetime64("2025-09-10"),
        np.where(
            roll.entered <= NEW_YEAR + 5 * DAY, np.datetime64("2026-09-10"), roll.entered + 7 * DAY
        ),
    )
    first = np.where(
        (roll.entered > np.datetime64("2025-09-05")) & (roll.entered < NEW_YEAR),
        roll.entered + 7 * DAY,
        first,
    )
    later = np.where(happens(rng, 0.2, number), whole(rng, 10, 60, number), 0)
    day = first + later
    return np.where(day > RECORDED, first, day)


def groups_table(
    seed: int,
    roll: Roll,
    homes: Homes,
    family: Family,
    traits: Traits,
    course: Course,
    *,
    lang: str,
) -> pd.DataFrame:
    """Return the special groups on file: overlapping, incomplete and sometimes wrong.

    Parameters
    ----------
    seed
        Seed of the school.
    roll, homes, family, traits, course
        The students.
    lang
        Language of sources and definitions.
    """
    rng = stream(seed, "groups")
    told = journeys.of(roll.size, *journeys.AWAY)
    everyone_told = journeys.of(roll.size)
    size = roll.size
    parts = []
    for fact in _facts(roll, homes, family, traits, normal(rng, size)):
        on_file = happens(rng, np.where(fact.true, fact.found, fact.wrong))
        if fact.code not in _KEPT_IN_STORIES:
            on_file[everyone_told] = False
        if fact.code == "left_behind":
            on_file[told] = True
        since = _since(rng, roll, course, size)
        since[journeys.of(size, "many_reasons")] = np.datetime64("2026-09-10")
        on_file &= course.present(since, np.arange(size), roll)
        rows = np.flatnonzero(on_file)
        defined = fact.code == "left_behind"
        parts.append(
            pd.DataFrame(
                {
                    "row": rows,
                    "code": fact.code,
                    "since": since[rows],
                    "source": text.say(f"sample.group.{fact.source}", lang),
                    "definition": text.say("sample.group.left_behind", lang) if defined else None,
                }
            )
        )
    joined = pd.concat(parts).sort_values(["row"], kind="stable")
    columns = {name: joined[name].to_numpy() for name in ("code", "since", "source")}
    definition = joined["definition"].to_numpy(dtype=object, copy=True)
    definition[pd.isna(definition)] = None
    return typed(
        "groups",
        {
            "student_id": roll.student_id[joined["row"].to_numpy()],
            "definition": definition,
            **columns,
        },
    )
