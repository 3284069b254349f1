"""Papers that contradict each other give different duties on the same facts, by policy alone."""

from __future__ import annotations

import pandas as pd
import pytest

from visitkit.calendar import Calendar
from visitkit.load import School
from visitkit.plan.duties import Duties, duties
from visitkit.plan.duties_views import coverage, load
from visitkit.plan.sampling import sample_parents
from visitkit.policy import Policy, read_policy

DAYS = Calendar(
    pd.concat(
        [
            Calendar.weekdays("2026-09-01", "2027-01-22").days.assign(term="autumn"),
            Calendar.weekdays("2027-01-23", "2027-02-28").days.assign(
                term=None, school_day=False, kind="holiday"
            ),
            Calendar.weekdays("2027-03-01", "2027-07-02").days.assign(term="spring"),
        ],
        ignore_index=True,
    )
)
TODAY = "2026-11-02"

STAFF = [
    {"teacher_id": "H", "roles": "head_teacher", "homeroom_class": "701"},
    {"teacher_id": "A", "roles": "subject_teacher", "classes": "701"},
    {"teacher_id": "B", "roles": "subject_teacher", "classes": "701"},
    {"teacher_id": "V", "roles": "vice_principal"},
    {"teacher_id": "M", "roles": "moral_office"},
]
GROUPS = [
    {"student_id": "S0", "code": "poor"},
    {"student_id": "S1", "code": "mental_difficulty"},
    {"student_id": "S2", "code": "orphan"},
    {"student_id": "S3", "code": "only_child"},
    {"student_id": "S4", "code": "gifted_top"},
]
VISITS = [
    {"student_id": "S0", "date": "2026-09-10", "form": "phone", "visitors": "H"},
    {"student_id": "S1", "date": "2026-09-11", "form": "home", "visitors": "H"},
    {"student_id": "S5", "date": "2026-09-12", "form": "online", "visitors": "A"},
    {"student_id": "S6", "date": "2026-09-12", "form": "phone", "visitors": "H"},
]


def school_of(**rows: list[dict[str, object]]) -> School:
    """Return one class of ten with groups, teachers and four contacts."""
    students = [{"student_id": f"S{n}", "class_id": "701", "grade": 7} for n in range(10)]
    given = {"students": students, "teachers": STAFF, "groups": GROUPS, "visits": VISITS, **rows}
    return School.from_frames(
        calendar=DAYS, **{name: pd.DataFrame(table) for name, table in given.items() if table}
    )


SCHOOL = school_of()


def under(policy: str | Policy, day: str = TODAY, **more: object) -> Duties:
    """Return the duties of the school under a policy."""
    rules = read_policy(policy) if isinstance(policy, str) else policy
    return duties(SCHOOL, rules, day, **more)  # type: ignore[arg-type]


def rule(table: Duties, name: str) -> pd.DataFrame:
    """Return the rows of a rule by student."""
    return pd.DataFrame(table[table["rule"] == name]).set_index("student_id")


def needed(table: Duties, name: str) -> int:
    """Return how many of the school a rule asks for."""
    done = coverage(table)
    return int(done[(done["rule"] == name) & (done["level"] == "school")]["needed"].iloc[0])


def test_k1_head_teacher_by_semester_or_year() -> None:
    """Every student once a semester, once a year, or half of the class."""
    semester = read_policy("junior-school-visits")
    year = semester.with_option("head_teacher_yearly")
    in_spring = {name: under(rules, "2027-04-06") for name, rules in (("s", semester), ("y", year))}
    assert rule(in_spring["s"], "quota.head_teacher")["fulfilled"].sum() == 0
    assert rule(in_spring["y"], "quota.head_teacher")["fulfilled"].sum() == 2
    assert needed(under(semester), "quota.head_teacher") == 10
    assert needed(under("home-visit-4"), "quota.head_teacher") == 5


def test_k2_other_teachers() -> None:
    """Every student each, four to six, five, eight, or an equal part of the rest."""
    asked = {}
    for name in (
        "junior-school-visits",
        "junior-school-annex",
        "junior-school-campaign",
        "home-visit-5",
        "home-visit-4",
    ):
        loads = load(under(name))
        loads = loads[loads["rule"] == "quota.subject_teacher"].set_index("teacher_id")
        most = loads.loc["A", "most"]
        asked[name] = (int(loads.loc["A", "least"]), None if pd.isna(most) else int(most))
    assert list(asked.values()) == [(10, None), (4, 6), (5, None), (8, None), (3, None)]


def test_k3_rate_of_the_school() -> None:
    """More than 90 % in any form, all of them, or half of them at home."""
    assert needed(under("home-visit-4"), "quota.school") == 10
    assert needed(under("home-visit-2"), "quota.school") == 10
    assert needed(under("home-visit-5"), "quota.school") == 5
    more = read_policy("home-visit-4").with_values({"quota.school.comparator": "at_least"})
    assert needed(under(more), "quota.school") == 9


def test_k4_what_counts_as_a_visit() -> None:
    """The same telephone call is a visit in one school and none in another."""
    call = {
        name: rule(under(name), key).loc["S6", "fulfilled"]
        for name, key in (
            ("home-school-contact", "quota.student"),
            ("dropout-home-school-society", "quota.student"),
            ("junior-school-visits", "quota.head_teacher"),
            ("junior-school-annex", "quota.head_teacher"),
        )
    }
    assert list(call.values()) == [1, 0, 1, 0]


def test_k5_two_modes_in_one_paper() -> None:
    """The campaign covers families online and asks teachers for visits at home."""
    table = under("junior-school-campaign", "2027-04-06")
    assert set(rule(table, "quota.school")["forms"]) == {"online"}
    held = [{"student_id": "S5", "date": "2027-04-03", "form": "online", "visitors": "A"}]
    made = duties(school_of(visits=held), read_policy("junior-school-campaign"), "2027-04-06")
    assert rule(made, "quota.school").loc["S5", "fulfilled"] == 1
    assert load(made).set_index("teacher_id").loc["A", "visited"] == 0


def test_k6_contacts_a_semester() -> None:
    """Two contacts, one visit, and more for key students."""
    assert set(rule(under("home-visit-2"), "quota.student")["occurrences"]) == {2}
    assert set(rule(under("home-school-contact"), "quota.student")["occurrences"]) == {1}
    assert set(rule(under("home-school-contact"), "quota.key_extra").index) == {"S0", "S2"}
    assert "quota.key_extra" not in set(under("home-visit-2")["rule"])


def test_k7_special_students_at_home() -> None:
    """A home visit a semester of its own, or the everyday visit that must be at home."""
    assert rule(under("home-visit-2"), "quota.special")["forms"].to_dict() == {"S0": "home"}
    heads = rule(under("junior-school-visits"), "quota.head_teacher")
    assert heads.loc["S4", "forms"] == "home"
    assert "phone" in heads.loc["S5", "forms"].split(";")
    assert heads.loc[["S0", "S6"], "fulfilled"].tolist() == [0, 1]


@pytest.mark.parametrize(
    ("policy", "special"),
    [
        ("home-visit-2", {"S0"}),
        ("recommended", {"S0", "S1"}),
        (
            "home-visit-4",
            {"S0", "S3"},
        ),
        ("home-school-contact", {"S0", "S2"}),
        ("junior-school-visits", {"S0", "S1", "S4"}),
    ],
)
def test_k8_who_is_special(policy: str, special: set[str]) -> None:
    """Each paper has its own list of families to care for first."""
    rules = read_policy(policy)
    asked = read_policy("home-visit-2").with_values({"groups.special": rules["groups.special"]})
    assert set(rule(under(asked), "quota.special").index) == special


def alert(name: str, kind: str, opened: str = "2026-10-29") -> pd.DataFrame:
    """Return a table of one alert of student S0."""
    row = {"student_id": "S0", "rule": name, "kind": kind, "opened": pd.Timestamp(opened)}
    return pd.DataFrame([{**row, "due": pd.Timestamp(opened) + pd.Timedelta("32h"), "source": ""}])


def test_k9_sick_leave_opens_a_visit_where_the_policy_knows_such_visits() -> None:
    """The number of days is the alert's; whether a visit is owed at once is the policy's."""
    told = alert("sick_absence", "visit")
    assert "immediate.sick_absence" in set(under("junior-school-visits", alerts=told)["rule"])
    assert "immediate.sick_absence" not in set(under("home-school-contact", alerts=told)["rule"])


def test_k10_meetings_are_no_visits() -> None:
    """One or two parents' meetings a semester change no family's duty."""
    rules = read_policy("junior-school-visits")
    fewer = rules.with_values({"meeting.parents.times": 1})
    pd.testing.assert_frame_equal(pd.DataFrame(under(rules)), pd.DataFrame(under(fewer)))


def test_k11_survey_of_parents() -> None:
    """A random 30 % once, or two surveys a semester: the share is the policy's."""
    rules = read_policy("home-school-contact")
    term = SCHOOL.calendar.terms[0]
    assert len(sample_parents(SCHOOL, rules, term, 1)) == 3
    half = rules.with_values({"survey.parents.share": 0.5})
    assert len(sample_parents(SCHOOL, half, term, 1)) == 5


def test_k14_k15_who_goes_in_the_second_and_third_round() -> None:
    """The vice-principal and the head teacher, with or without the moral-education office."""
    failed = [
        {"student_id": "S0", "date": f"2026-10-{29 + n}", "round": n, "outcome": "failed"}
        for n in (1, 2)
    ]
    roles = {}
    for name in ("dropout-control", "dropout-mechanism"):
        table = under(
            name,
            alerts=alert("unexcused_run", "report"),
            history={"persuasion": pd.DataFrame(failed)},
        )
        roles[name] = [
            rule(table, f"persuasion.round.{n}").loc["S0", "roles"].split(";") for n in (2, 3)
        ]
    assert roles["dropout-control"][0] == ["vice_principal", "head_teacher"]
    assert roles["dropout-mechanism"][0] == ["vice_principal", "moral_office", "head_teacher"]
    assert "subject_teacher" in roles["dropout-control"][1]
    assert "subject_teacher" not in roles["dropout-mechanism"][1]


def test_k16_clock_between_rounds() -> None:
    """A day a round where the school has decided; no made-up day where it has not."""
    failed = {"student_id": "S0", "date": "2026-10-30", "round": 1, "outcome": "failed"}
    history = {"persuasion": pd.DataFrame([failed])}
    told = alert("unexcused_run", "report")
    second = {
        name: rule(under(name, alerts=told, history=history), "persuasion.round.2").loc["S0", "due"]
        for name in ("recommended", "dropout-control")
    }
    assert second["recommended"] == pd.Timestamp("2026-11-02")
    assert pd.isna(second["dropout-control"])


def test_k18_talks_after_a_return() -> None:
    """Days that the school has set, or none: the papers say only that they are regular."""
    history = {"returns": pd.DataFrame({"student_id": ["S0"], "date": ["2026-10-12"]})}
    assert under("recommended", history=history)["kind"].eq("readmission").sum() == 6
    assert under("crisis-plan-a", history=history)["kind"].eq("readmission").sum() == 0


def test_k19_the_fifth_duty_of_an_agent_parent() -> None:
    """Left open it is shown as open; decided as a note in the file it is no visit."""
    helps = [{"student_id": "S0", "start": "2026-09-07", "type": "agent_parent", "owner": "A"}]
    school = school_of(interventions=helps)
    found = {}
    for name in ("left-behind-care", "recommended"):
        table = duties(school, read_policy(name), TODAY)
        found[name] = set(table.loc[table["kind"] == "agent_parent", "rule"].str.rpartition(".")[2])
    assert found["left-behind-care"] - found["recommended"] == {"fifth"}
    assert found["recommended"] == {"talk", "parents", "visit"}


def test_k27_new_students() -> None:
    """Before entry or at the start of term, by the end of the first semester, or not at all."""
    students = [
        {"student_id": "S0", "class_id": "701", "entered_on": "2026-09-01"},
        {"student_id": "S1", "class_id": "701", "entered_on": "2024-09-01"},
    ]
    school = school_of(students=students, groups=[], visits=[])
    due = {}
    for name in ("dropout-home-school-society", "home-visit-3", "junior-school-visits"):
        table = duties(school, read_policy(name), TODAY)
        due[name] = rule(table, "new_student.due")["due"].dt.strftime("%Y-%m-%d").to_dict()
    assert due == {
        "dropout-home-school-society": {"S0": "2026-09-01"},
        "home-visit-3": {"S0": "2027-01-22"},
        "junior-school-visits": {},
    }


def test_k28_windows_of_a_campaign() -> None:
    """Each paper has its own months; a visit outside of them is none of the campaign's."""
    opens = {
        name: rule(under(name), "quota.school")["opens"].iloc[0].strftime("%Y-%m-%d")
        for name in ("home-visit-2", "home-visit-3", "home-visit-5", "junior-school-campaign")
    }
    assert list(opens.values()) == ["2027-05-31", "2026-09-16", "2026-11-17", "2027-04-01"]
    assert rule(under("home-visit-3"), "quota.school")["fulfilled"].sum() == 0
