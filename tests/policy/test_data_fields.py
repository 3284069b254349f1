"""What the papers want known of a student has a place in the tables or among the figures."""

from __future__ import annotations

import pandas as pd
import pytest

from visitkit import tables
from visitkit.load.school import School
from visitkit.policy import names, read_policy
from visitkit.screen.catalog import CATALOG

#: Field of ``data.*`` to where it stands: ``table.column``, ``vocabulary:code`` or ``figure:name``.
PLACES = {
    "basic": {
        "roll": "students.student_id",
        "address": "students.address",
        "contact": "guardians.phone",
        "guardian": "guardians.relation",
        "registration_type": "students.hukou",
        "left_behind": "group:left_behind",
        "migrant": "group:migrant_child",
        "single_parent": "group:single_parent",
        "disabled": "group:disabled",
        "poor_household": "group:poor_registered",
    },
    "attendance": {
        "daily_record": "attendance.date",
        "leave_frequency": "figure:absence_rate",
        "leave_reason": "attendance_status:personal",
        "late_and_early": "figure:early_rate",
        "truancy": "figure:truancy_rate",
    },
    "behaviour": {
        "rule_keeping": "behaviour_kind:rule_breach",
        "discipline_record": "behaviour_kind:warning",
        "relations": "behaviour_kind:conflict_teacher",
        "games_or_phone": "figure:phone_hours",
    },
    "family": {
        "economy": "figure:family_economy",
        "parents_schooling": "figure:guardian_schooling",
        "climate": "figure:family_climate",
        "parent_child_relation": "homelife_field:relationship",
        "domestic_violence": "homelife_field:violence",
        "guardian_ideas": "figure:education_view",
    },
    "census_fields": {
        "address": "students.address",
        "contact": "guardians.phone",
        "health": "group:health_condition",
        "special_state": "groups.code",
    },
}


@pytest.mark.parametrize("part", PLACES)
def test_every_field_has_a_place(part: str) -> None:
    """DD-01, DD-03, DD-04, DD-06, DO-04: no field of the paper is without one."""
    fields = read_policy("dropout-data-driven")[f"data.{part}"]
    assert isinstance(fields, list)
    figures = {indicator.name for indicator in CATALOG}
    for name in map(str, fields):
        place = PLACES[part][name]
        if place.startswith("figure:"):
            assert place.removeprefix("figure:") in figures, name
        elif ":" in place:
            vocabulary, code = place.split(":")
            assert code in tables.codes(vocabulary), name
        else:
            table, column = place.split(".")
            assert column in tables.TABLES[table].by_name, name


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", names())
def test_every_form_of_contact_can_be_recorded(name: str, lang: str) -> None:
    """VF-02 to VF-08: each form a policy knows is read from the word people write."""
    policy = read_policy(name)
    keys = ("visit.counts_as", "visit.group_forms", "visit.branch_in", "visit.branch_remote")
    codes = sorted({str(code) for key in keys if key in policy for code in policy[key]})  # type: ignore[attr-defined]
    if not codes:
        pytest.skip("a part that other policies build on")
    visits = pd.DataFrame(
        {
            "student_id": "01",
            "date": "2026-11-02",
            "form": [tables.word("visit_form", code, lang) for code in codes],
        }
    )
    roll = pd.DataFrame({"student_id": ["01"]})
    school = School.from_frames(students=roll, visits=visits)
    assert sorted(school.visits["form"]) == codes


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_topic_can_be_recorded(lang: str) -> None:
    """VE-08: the seven topics of a talk, all in one cell."""
    codes = read_policy("home-school-contact")["visit.topics"]
    assert isinstance(codes, list)
    assert len(codes) == 7
    words = ";".join(tables.word("topic", str(code), lang) for code in codes)
    visits = pd.DataFrame(
        {"student_id": ["01"], "date": ["2026-11-02"], "form": ["home"], "topics": [words]}
    )
    roll = pd.DataFrame({"student_id": ["01"]})
    school = School.from_frames(students=roll, visits=visits)
    assert set(school.visits["topics"].iloc[0].split(";")) == set(map(str, codes))
