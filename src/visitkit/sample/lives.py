"""All that happened in the made-up school, before anybody wrote it down."""

from __future__ import annotations

from dataclasses import dataclass

from visitkit.sample.attendance import Register, keep_register
from visitkit.sample.course import Course
from visitkit.sample.engagement import unfold
from visitkit.sample.families import Family, Traits, bear_traits, raise_families
from visitkit.sample.helping import Helps, give_help
from visitkit.sample.roll import Homes, Roll, enrol, house
from visitkit.sample.staff import Staff, employ
from visitkit.sample.strikes import Strikes, strike
from visitkit.sample.surveys import Sheets, answer_all


@dataclass(frozen=True)
class Lives:
    """Students, their families and courses, and what the school did and asked.

    ``sheets`` holds the MHT of autumn 2025 and of autumn 2026 and the questionnaires of
    counselling, in this order.
    """

    roll: Roll
    homes: Homes
    family: Family
    traits: Traits
    strikes: Strikes
    course: Course
    register: Register
    helps: Helps
    staff: Staff
    sheets: tuple[Sheets, ...]


def live(seed: int, students: int) -> Lives:
    """Let one and a half school years happen.

    Parameters
    ----------
    seed
        Seed of the school.
    students
        Students on the roll.

    Examples
    --------
    >>> live(1, 30).roll.size
    30
    """
    roll = enrol(seed, students)
    homes = house(seed, roll)
    family = raise_families(seed, roll, homes)
    traits = bear_traits(seed, family)
    strikes = strike(seed, roll, family)
    course = unfold(seed, roll, family, traits, strikes)
    register = keep_register(seed, roll, homes, traits, course)
    helps = give_help(seed, roll, family, traits, course)
    sheets = answer_all(seed, roll, traits, course, register, helps.of_type("counselling"))
    return Lives(
        roll, homes, family, traits, strikes, course, register, helps, employ(roll), sheets
    )
