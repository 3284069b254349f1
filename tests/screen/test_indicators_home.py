"""Roll, groups, guardians, home and contact worked by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from visitkit import tables, text
from visitkit.load.school import School
from visitkit.screen.indicators import indicators
from visitkit.screen.indicators.household import SCHOOLING
from visitkit.screen.indicators.reading import read_step, read_time

AS_OF = "2026-12-31"
Build = Callable[..., School]


@pytest.mark.parametrize(
    ("born", "grade", "gap"),
    [
        ("2014-09-01", 7, 0),  # twelve on the day itself
        ("2014-09-02", 7, -1),  # a day too young
        ("2013-09-02", 7, 0),
        ("2012-03-05", 7, 2),
        ("2020-08-31", 1, 0),
        (None, 7, np.nan),
        ("2014-01-01", None, np.nan),
    ],
)
def test_age_against_the_grade(
    school_of: Build, born: str | None, grade: int | None, gap: float
) -> None:
    """Six completed years on 1 September of grade 1, a year more each grade."""
    students = [{"student_id": "A", "birth_date": born, "grade": grade}]
    found = indicators(school_of(students=students), AS_OF).loc["A", "age_gap"]
    assert found == gap or (np.isnan(found) and np.isnan(gap))


def test_the_school_year_begins_in_september(school_of: Build) -> None:
    """In January the age still counts on 1 September of the year before."""
    students = [{"student_id": "A", "birth_date": "2014-09-01", "grade": 7}]
    assert indicators(school_of(students=students), "2027-01-15").loc["A", "age_gap"] == 0


def test_weeks_since_entry_are_whole(school_of: Build) -> None:
    """Thirteen days are one week; no date of entry is unknown."""
    students = [
        {"student_id": "A", "entered_on": "2026-12-18"},
        {"student_id": "B", "entered_on": "2026-12-17"},
        {"student_id": "C"},
    ]
    found = indicators(school_of(students=students), AS_OF)["weeks_since_entry"]
    assert found[:2].tolist() == [1, 2]
    assert np.isnan(found["C"])


def test_groups_valid_on_the_day(school_of: Build) -> None:
    """Two of six facts hold and call for support; a promising student is no reason to look."""
    facts = [
        ("A", "poor", None, None),
        ("A", "left_behind", "2026-09-01", "2026-12-31"),
        ("A", "disabled", "2027-01-01", None),
        ("A", "orphan", "2020-01-01", "2026-12-30"),
        ("A", "promising", None, None),
        ("A", "poor", "2026-10-01", None),
        ("B", "only_child", None, None),
    ]
    rows = [
        {"student_id": student, "code": code, "since": since, "until": until}
        for student, code, since, until in facts
    ]
    found = indicators(school_of(groups=rows), AS_OF)
    assert found["group_facts"].tolist() == [2, 0]


def guardian(student: str, relation: str, **more: Any) -> dict[str, Any]:
    """Return a row of the table of guardians."""
    return {"student_id": student, "relation": relation, **more}


def test_guardians_worked_by_hand(school_of: Build) -> None:
    """Away, able, reachable and schooling, each unknown where it is not known."""
    rows = [
        guardian("A", "father", away=True, able=True, phone="138", schooling="junior"),
        guardian("A", "mother", away=True, able=True, schooling="primary"),
        guardian("A", "paternal_grandparent", away=False, able=False, schooling="college"),
        guardian("B", "mother", away=False, able=True, phone=" "),
        guardian("B", "father", schooling=None),
        guardian("C", "paternal_grandparent", able=None, phone="139", schooling="none"),
    ]
    students = [{"student_id": one} for one in "ABCD"]
    found = indicators(school_of(students=students, guardians=rows), AS_OF)
    expected = {
        "contact_missing": [0, 1, 0, 1],
        "parents_away": [2, 0, np.nan, np.nan],
        "no_able_guardian": [1, 0, np.nan, np.nan],
        "guardian_schooling": [2, np.nan, 0, np.nan],
    }
    for name, figures in expected.items():
        np.testing.assert_array_equal(found[name], figures, err_msg=name)


def test_a_guardian_away_of_unknown_ability_is_not_at_hand(school_of: Build) -> None:
    """The only guardian is away: nobody is at hand, whatever their ability."""
    found = indicators(school_of(guardians=[guardian("A", "mother", away=True)]), AS_OF)
    assert found.loc["A", "no_able_guardian"] == 1


def test_schooling_follows_the_vocabulary() -> None:
    """The steps are the codes of the vocabulary in their order."""
    assert list(SCHOOLING) == list(tables.codes("schooling"))


def told(date: str, field: str, value: str, observer: str = "parent") -> dict[str, Any]:
    """Return a row of homelife."""
    return {
        "student_id": "A",
        "date": date,
        "field": field,
        "value": value,
        "observer": observer,
    }


def test_the_latest_word_of_each_observer_is_averaged(school_of: Build) -> None:
    """The parent's newer word replaces the older; the student's is averaged with it."""
    rows = [
        told("2026-09-01", "sleep_hours", "5"),
        told("2026-10-01", "sleep_hours", "8"),
        told("2026-09-15", "sleep_hours", "7", "student"),
        told("2026-10-02", "climate", "poor"),
        told("2026-10-03", "relationship", "good", "student"),
        told("2026-10-03", "economy", "who knows"),
        told("2025-11-01", "education_view", "poor"),  # older than 400 days
        told("2026-10-03", "parent_minutes", "1 hour 30 minutes"),
    ]
    found = indicators(school_of(homelife=rows), AS_OF)
    figures = found.loc["A"]
    assert figures["sleep_hours"] == 7.5
    assert figures["family_climate"] == 1
    assert figures["parent_minutes"] == 90
    assert np.isnan(figures["family_economy"])
    assert np.isnan(figures["education_view"])
    assert found.dates.loc["A", "sleep_hours"] == pd.Timestamp("2026-10-01")


def test_words_of_both_languages_are_read() -> None:
    """Every word of the vocabulary leads to its step, whatever language is spoken."""
    for step, code in enumerate(("good", "fair", "poor")):
        for lang in text.LANGUAGES:
            words = text.find(f"values.home_value.{code}", lang)
            assert isinstance(words, list)
            assert {read_step(word) for word in words} == {step}


@pytest.mark.parametrize(
    ("template", "hours"),
    [
        ("8{hour}", 8),
        ("{eight}{hour}", 8),
        ("7.5", 7.5),
        ("7-8{hour}", 7.5),
        ("7{to}8", 7.5),
        ("1{hour_and_half}", 1.5),
        ("{half_hour}", 0.5),
        ("90{minute}", 1.5),
        ("1{hour}30{minute}", 1.5),
        ("{ten}{eight}{hour}", None),  # eighteen, not eight
        ("22:30", None),
        ("9{clock}", None),
        ("?", None),
        ("30", None),
    ],
)
def test_lengths_of_time_are_read(template: str, hours: float | None) -> None:
    """Hours in the ways Chinese teachers write them; what cannot be a length is unknown."""
    words = {}
    for name in ("hour", "minute", "hour_and_half", "half_hour", "to", "clock"):
        found = text.find(f"indicators.reading.{name}", "zh")
        assert isinstance(found, list)
        words[name] = found[0]
    digits = text.find("indicators.reading.digits", "zh")
    assert isinstance(digits, list)
    value = template.format(**words, eight=digits[8], ten=digits[10])
    assert read_time(value, "sleep_hours") == hours


def test_contact_of_any_form_and_visits_at_home(school_of: Build) -> None:
    """A call counts as contact, only a visit at home as a home visit."""
    rows = [
        {"student_id": student, "date": day, "form": form}
        for student, day, form in [
            ("A", "2026-09-10", "home"),
            ("A", "2026-09-10", "home"),
            ("A", "2026-12-21", "phone"),
            ("B", "2026-09-01", "phone"),
        ]
    ]
    students = [
        {"student_id": "A"},
        {"student_id": "B"},
        {"student_id": "C"},
        {"student_id": "D", "entered_on": "2026-12-01"},
    ]
    found = indicators(school_of(students=students, visits=rows), AS_OF)
    # C was never spoken with since the records began, D not since entering
    assert found["days_since_contact"].tolist() == [10, 121, 121, 30]
    assert found["home_visits"].tolist() == [1, 0, 0, 0]
    assert found.dates["days_since_contact"].isna().tolist() == [False, False, True, True]


def test_no_table_of_visits_is_unknown(school_of: Build) -> None:
    """A school that gave no visits is not told to have made none."""
    found = indicators(school_of(students=[{"student_id": "A"}]), AS_OF)
    assert found[["days_since_contact", "home_visits"]].isna().all(axis=None)
