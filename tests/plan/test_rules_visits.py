"""Rules of the papers on who is visited when and by whom, told on a small school."""

from __future__ import annotations

import pandas as pd

from visitkit.calendar import Calendar
from visitkit.load import School
from visitkit.plan import visitors
from visitkit.plan.duties import Duties, duties
from visitkit.policy import Policy, read_policy

STAFF = [
    {"teacher_id": "H1", "roles": "head_teacher;subject_teacher", "homeroom_class": "701"},
    {"teacher_id": "A1", "roles": "subject_teacher", "classes": "701;702"},
    {"teacher_id": "A2", "roles": "subject_teacher", "classes": "702"},
    {"teacher_id": "H2", "roles": "head_teacher", "homeroom_class": "702"},
]


def year() -> Calendar:
    """Return an autumn term, the winter holiday with the Spring Festival, and a spring term."""
    parts = [
        Calendar.weekdays("2026-09-01", "2027-01-22").days.assign(term="autumn"),
        Calendar.weekdays("2027-01-23", "2027-02-28").days.assign(
            term=None, school_day=False, kind="holiday"
        ),
        Calendar.weekdays("2027-03-01", "2027-07-02").days.assign(term="spring"),
    ]
    return Calendar(pd.concat(parts, ignore_index=True))


def school(*made: dict[str, object], **more: list[dict[str, object]]) -> School:
    """Return two classes of two students."""
    students = [
        {"student_id": f"S{n}", "class_id": ("701", "702")[n // 2], "grade": 7} for n in range(4)
    ]
    rows = {"students": students, "teachers": STAFF, "visits": list(made), **more}
    frames = {name: pd.DataFrame(some) for name, some in rows.items() if some}
    return School.from_frames(calendar=year(), **frames)


def visit(student: str, date: str, who: str = "H1", form: str = "home") -> dict[str, object]:
    """Return a row of the table of visits."""
    return {"student_id": student, "date": date, "form": form, "visitors": who}


def of(table: Duties, rule: str) -> pd.DataFrame:
    """Return the rows of a rule by student."""
    return table[table["rule"] == rule].set_index("student_id")


def test_a_regular_visit_may_be_made_in_the_winter_holiday() -> None:
    """VC-02: every student, in the semester or in the holiday after it; not where only terms."""
    rules = read_policy("junior-school-visits")
    made = school(visit("S0", "2027-02-15"))
    rows = of(duties(made, rules, "2027-02-20"), "quota.head_teacher")
    assert set(rows.index) == {"S0", "S1", "S2", "S3"}
    assert rows.loc["S0", "status"] == "fulfilled"
    assert rows.loc["S1", "due"] == pd.Timestamp("2027-02-28")
    terms = rules.with_values({"visit.regular_when": ["semester"]})
    assert of(duties(made, terms, "2027-02-20"), "quota.head_teacher").loc["S0", "fulfilled"] == 0


def test_each_head_teacher_has_the_whole_class_and_no_other() -> None:
    """CQ-21: the target of a head teacher is the own class; whoever teaches there comes along."""
    rows = of(duties(school(), read_policy("home-school-contact"), "2026-11-02"), "quota.student")
    assert rows["may_lead"].tolist() == ["H1", "H1", "H2", "H2"]
    for student, own in (("S0", {"H1", "A1"}), ("S3", {"H2", "A1", "A2"})):
        assert set(rows.loc[student, "may_join"].split(";")) == own


def test_subject_teachers_have_the_students_they_teach() -> None:
    """CQ-21: who teaches in one class owes nothing in the other."""
    rules = read_policy("junior-school-visits")
    rows = of(duties(school(), rules, "2026-11-02"), "quota.subject_teacher")
    assert rows["occurrences"].tolist() == [1, 1, 2, 2]
    made = school(visit("S0", "2026-10-09", "A2"), visit("S2", "2026-10-09", "A1;A2"))
    rows = of(duties(made, rules, "2026-11-02"), "quota.subject_teacher")
    assert rows.loc[["S0", "S2"], "fulfilled"].tolist() == [0, 2]


def test_visits_lie_in_spare_time() -> None:
    """VF-01, CQ-23: after the second lesson of the afternoon, on rest days, never in lessons."""
    for name in ("home-school-contact", "home-visit-2"):
        found = visitors(school(), "2026-11-02", 7, read_policy(name)).sessions
        assert found
        for one in found:
            weekday = one.date.weekday() < 5
            assert one.start >= (15 * 60 if weekday else 8 * 60), one.id


def test_nobody_goes_alone_and_the_head_teacher_is_in_charge() -> None:
    """PA-10: at least two go where the paper asks for a group, led by the head teacher."""
    rules = read_policy("home-visit-2")
    assert rules["route.group_min"] >= 2
    rows = of(duties(school(), rules, "2026-11-02"), "quota.student")
    assert not rows["alone"].any()
    assert set(rows.loc[["S0", "S1"], "may_lead"]) == {"H1"}


def holiday(rules: Policy) -> pd.DataFrame:
    """Return the visits of a holiday to two children left behind, of whom one was visited."""
    groups = [{"student_id": name, "code": "left_behind"} for name in ("S0", "S1")]
    made = school(visit("S0", "2027-02-03"), groups=groups)
    return of(duties(made, rules, "2027-02-20"), "left_behind.holiday_visits")


def test_key_periods_of_left_behind_children() -> None:
    """LB-09, LB-12: in each holiday that the paper names every such child is looked after."""
    rules = read_policy("left-behind-care")
    assert "winter_holiday" in rules["left_behind.key_periods"]
    rows = holiday(rules)
    assert rows["status"].to_dict() == {"S0": "fulfilled", "S1": "owed"}
    quiet = rules.with_values({"left_behind.key_periods": ["summer_holiday"]})
    assert holiday(quiet).empty
