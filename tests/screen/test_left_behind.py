"""Who is left behind by which definition, and whom to see first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from visitkit.load.school import School
from visitkit.policy import read_policy
from visitkit.screen.register import left_behind

Build = Callable[..., School]
DAY = "2026-11-03"


def family(
    student: str, father: tuple[Any, Any] | None, mother: tuple[Any, Any] | None
) -> list[dict[str, Any]]:
    """Parents with (away, able)."""
    pairs = (("father", father), ("mother", mother))
    return [
        {"student_id": student, "relation": name, "away": told[0], "able": told[1]}
        for name, told in pairs
        if told
    ]


@pytest.fixture(name="town")
def _town(school_of: Build) -> School:
    born = {"f": "2010-11-03", "g": "2010-11-04"}  # 16 today, 16 tomorrow
    students = [
        {
            "student_id": one,
            "birth_date": born.get(one, "2013-05-01"),
            "hukou": "urban" if one == "e" else None if one == "h" else "rural",
        }
        for one in "abcdefghi"
    ]
    away, able, unable, unknown = (True, True), (False, True), (False, False), (None, True)
    homes = [
        *family("a", away, away),
        *family("b", away, able),
        *family("c", away, unable),
        *family("d", away, unknown),
        *[row for one in "efgh" for row in family(one, away, away)],
    ]
    groups = [
        {"student_id": "a", "code": "poor"},
        {"student_id": "a", "code": "disabled", "until": "2026-10-01"},
        {"student_id": "b", "code": "poor"},
        {"student_id": "i", "code": "left_behind"},
        {"student_id": "i", "code": "study_difficulty", "since": "2026-09-01"},
        {"student_id": "i", "code": "no_guardian", "since": "2026-12-01"},
    ]
    return school_of(students=students, guardians=homes, groups=groups)


def test_the_citys_definition_on_the_tables(town: School) -> None:
    """LB-01: under 16, rural, both away or one away and the other unable; unknown is ask."""
    table = left_behind(town, read_policy("left-behind-care"), DAY).set_index("student_id")
    told = table["left_behind"]
    yes = [one for one in "abcdefghi" if told[one] is not pd.NA and told[one]]
    unknown = [one for one in "abcdefghi" if told[one] is pd.NA]
    assert yes == ["a", "c", "g"]
    assert unknown == ["d", "h", "i"]
    assert set(table["definition"]) == {"city_notice"}


def test_whom_to_see_first(town: School) -> None:
    """LB-03, SG-14: kinds that hold today, of those left behind or on file as such only."""
    table = left_behind(town, read_policy("left-behind-care"), DAY).set_index("student_id")
    assert table["look_first"].to_dict() == {
        **dict.fromkeys("bcdefgh", ""),
        "a": "poor",
        "i": "study_difficulty",
    }
    assert table.index[table["on_file"]].tolist() == ["i"]


def test_k26_a_one_parent_family_on_the_tables(school_of: Build) -> None:
    """The same child is left behind in one paper and not in another."""
    school = school_of(
        students=[{"student_id": "a", "birth_date": "2013-05-01", "hukou": "rural"}],
        guardians=family("a", None, (False, True)),
        groups=[{"student_id": "a", "code": "single_parent"}],
    )
    folded = left_behind(school, read_policy("home-visit-2"), DAY)["left_behind"].tolist()
    strict = left_behind(school, read_policy("left-behind-care"), DAY)["left_behind"].tolist()
    assert (folded, strict) == ([True], [False])
