"""Duties when a student stays away, topic visits, and talks after a return."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd
import pytest

from visitkit.load.school import School
from visitkit.policy import Policy, read_policy
from visitkit.screen.register import register

Build = Callable[..., School]

STAFF = [
    {"teacher_id": "T1", "roles": "head_teacher", "homeroom_class": "701"},
    {"teacher_id": "T2", "roles": "vice_principal"},
    {"teacher_id": "T3", "roles": "moral_office"},
]


def away(*days: str, status: str = "unexcused", student: str = "a") -> list[dict[str, Any]]:
    """Whole days missed in November 2026."""
    return [
        {"student_id": student, "date": f"2026-11-{day}", "status": status, "periods": 8}
        for day in days
    ]


#: The register was kept on these days for others.
def kept(*days: str) -> list[dict[str, Any]]:
    """Rows of somebody else, which show that attendance was kept."""
    return away(*days, status="late", student="z")


def visit(day: str, duty: str, form: str = "home") -> dict[str, Any]:
    """A contact of a round."""
    return {"student_id": "a", "date": f"2026-11-{day}", "form": form, "duty": duty}


def school(
    school_of: Build,
    attendance: Sequence[dict[str, Any]],
    visits: Sequence[dict[str, Any]] = (),
    **more: Sequence[dict[str, Any]],
) -> School:
    """A class of two with a head teacher."""
    pupils = [{"student_id": one, "class_id": "701", "grade": 7} for one in ("a", "z")]
    return school_of(
        students=pupils, teachers=STAFF, attendance=attendance, visits=list(visits), **more
    )


def rows(table: pd.DataFrame, prefix: str) -> pd.DataFrame:
    """The rows of rules that begin so, of student a."""
    return table[(table["student_id"] == "a") & table["rule"].str.startswith(prefix)]


THREE = away("02", "03", "04")


def test_one_lesson_then_three_days(school_of: Build) -> None:
    """DM-01, DM-02: parents within a period; three days are reported along the chain in 24 h."""
    rules = read_policy("dropout-mechanism")
    table = register(school(school_of, THREE), rules, "2026-11-04")
    call = rows(table, "unexcused_absence").set_index("opened").loc["2026-11-04"]
    assert str(call["due"]) == "2026-11-04 08:45:00"
    assert (call["who"], call["who_id"]) == ("head_teacher", "T1")
    report = rows(table, "unexcused_run").iloc[0]
    assert str(report["due"]) == "2026-11-05 08:00:00"
    assert report["chain"] == (
        "head_teacher@2026-11-04T08:00;moral_office@2026-11-05T08:00;"
        "vice_principal@2026-11-05T08:00;principal@2026-11-05T08:00"
    )


@pytest.mark.parametrize(
    ("profile", "due"),
    [("dropout-control", "2026-11-04 15:10:00"), ("dropout-mechanism", "2026-11-05 08:00:00")],
)
def test_k12_at_once_or_within_a_day(school_of: Build, profile: str, due: str) -> None:
    """The same three days: one paper reports at once, another within 24 hours."""
    table = register(school(school_of, THREE), read_policy(profile), "2026-11-04")
    assert set(rows(table, "unexcused_run")["due"].astype(str)) == {due}


def test_k13_inclusive_and_exclusive(school_of: Build) -> None:
    """Three days are enough in one reading, four are needed in the other."""
    rules = read_policy("recommended")
    strict = rules.with_option("exclusive_reading")
    three = school(school_of, THREE)
    four = school(school_of, away("02", "03", "04", "05"))
    assert len(rows(register(three, rules, "2026-11-04"), "unexcused_run")) == 1
    assert rows(register(three, strict, "2026-11-04"), "unexcused_run").empty
    assert len(rows(register(four, strict, "2026-11-05"), "unexcused_run")) == 1
    assert rows(register(three, strict, "2026-11-04"), "persuasion").empty


def test_round_one_opens_with_the_report(school_of: Build) -> None:
    """DP-02: the head teacher, by telephone or at home; nothing else yet."""
    table = register(school(school_of, THREE), read_policy("dropout-control"), "2026-11-04")
    found = rows(table, "persuasion")
    assert list(found["rule"]) == ["persuasion.round.1"]
    assert (found["who"].iloc[0], found["state"].iloc[0]) == ("head_teacher", "due_today")
    assert found["what"].iloc[0] == "visit_or_call_parents"


def test_leaving_without_a_reason_starts_the_rounds_that_day(school_of: Build) -> None:
    """DO-05: no three days are waited for; who did not come is asked for first (DO-03)."""
    rules = read_policy("dropout-control")
    gone = [{"student_id": "a", "date": "2026-11-02", "kind": "left_without_reason"}]
    table = register(school(school_of, kept("02"), events=gone), rules, "2026-11-02")
    assert list(rows(table, "persuasion")["rule"]) == ["persuasion.round.1"]
    assert len(rows(table, "left_without_reason")) == 1
    absent = [{**gone[0], "kind": "no_show"}]
    table = register(school(school_of, kept("02"), events=absent), rules, "2026-11-02")
    assert str(rows(table, "no_show").iloc[0]["due"]) == "2026-11-02 08:45:00"
    assert rows(table, "persuasion").empty


def test_k14_who_joins_the_second_round(school_of: Build) -> None:
    """After a first contact that failed: with or without the moral-education office."""
    data = school(
        school_of, [*THREE, *away("05", "06")], [visit("05", "persuasion.round.1", "phone")]
    )
    for profile, who in (
        ("dropout-control", "vice_principal;head_teacher"),
        ("dropout-mechanism", "vice_principal;moral_office;head_teacher"),
    ):
        found = rows(register(data, read_policy(profile), "2026-11-06"), "persuasion")
        found = found.set_index("rule")
        assert found.loc["persuasion.round.1", "answered_by"] == "visits:phone"
        assert found.loc["persuasion.round.2", "who"] == who
        assert str(found.loc["persuasion.round.2", "opened"].date()) == "2026-11-06"
        assert "T2" in found.loc["persuasion.round.2", "who_id"]


def test_k15_who_joins_from_outside(school_of: Build) -> None:
    """DP-04, DP-05: the third round brings partners and a written report, of two papers two."""
    data = school(
        school_of,
        [*THREE, *away("05", "06", "09")],
        [visit("05", "persuasion"), visit("06", "persuasion")],
    )
    for profile, partners in (
        ("dropout-control", {"township", "village", "police"}),
        (
            "dropout-mechanism",
            {"education_authority", "township", "police", "village", "justice"},
        ),
    ):
        found = rows(register(data, read_policy(profile), "2026-11-09"), "persuasion.round.3")
        joint = found[found["step"] == "persuasion"].iloc[0]
        paper = found[found["step"] == "written_report"].iloc[0]
        assert set(joint["with_whom"].split(";")) == partners
        assert paper["with_whom"] == "education_authority;township"
        assert paper["what"] == "written_report_to_authority"


def test_k16_no_clock_between_rounds_is_invented(school_of: Build) -> None:
    """Without days in the policy the later round asks; with days it has a due time."""
    data = school(
        school_of, [*THREE, *away("05", "06")], [visit("05", "persuasion.round.1", "phone")]
    )
    rules = read_policy("dropout-control")
    asked = rows(register(data, rules, "2026-11-06"), "persuasion.round.2").iloc[0]
    assert (asked["state"], pd.isna(asked["due"])) == ("ask", True)
    timed = read_policy("recommended")
    found = rows(register(data, timed, "2026-11-06"), "persuasion.round.2").iloc[0]
    assert str(found["due"]) == "2026-11-09 15:10:00"  # one school day on, over a weekend
    assert found["state"] == "open"


def test_a_round_that_ran_out_does_not_hold_up_the_next(school_of: Build) -> None:
    """Nobody went: the first round is overdue and the second has begun; nobody is given up."""
    data = school(school_of, [*THREE, *away("05", "06", "09", "10", "11")])
    found = rows(register(data, read_policy("recommended"), "2026-11-11"), "persuasion")
    states = found[found["step"] == "persuasion"].set_index("rule")["state"].to_dict()
    assert states["persuasion.round.1"] == "overdue"
    assert {"persuasion.round.2", "persuasion.round.3"} <= states.keys()
    assert "persuasion.failed" not in set(found["rule"])


def test_when_every_round_failed(school_of: Build) -> None:
    """DP-09, LB-14: the authority, and the place on the roll is kept."""
    data = school(
        school_of,
        [*THREE, *away("05", "06", "09", "10")],
        [visit(day, "persuasion") for day in ("05", "06", "09")],
    )
    found = rows(register(data, read_policy("dropout-control"), "2026-11-10"), "persuasion.failed")
    assert set(found["what"]) == {"refer_to_authority", "keep_roll_place"}
    named = found.set_index("what").loc["refer_to_authority", "with_whom"]
    assert named == "education_authority"


def test_a_student_who_is_back_ends_the_rounds(school_of: Build) -> None:
    """Back on a day on which attendance was kept: answered, and no further round opens."""
    seen = school(school_of, [*THREE, *kept("05")])
    found = rows(register(seen, read_policy("dropout-control"), "2026-11-06"), "persuasion")
    assert list(found["answered_by"]) == ["attendance:back"]
    not_kept = school(school_of, THREE)
    found = rows(register(not_kept, read_policy("dropout-control"), "2026-11-06"), "persuasion")
    assert list(found["state"]) == ["overdue"]


def test_a_call_is_no_second_round(school_of: Build) -> None:
    """DP-03: the second round is made at home."""
    data = school(
        school_of,
        [*THREE, *away("05", "06", "09")],
        [visit("05", "persuasion.round.1", "phone"), visit("06", "persuasion.round.2", "phone")],
    )
    found = rows(register(data, read_policy("dropout-control"), "2026-11-09"), "persuasion")
    assert "persuasion.round.3" not in set(found["rule"])
    assert set(found[found["rule"] == "persuasion.round.2"]["state"]) == {"ask"}


def test_topic_visits_where_the_policy_has_them(school_of: Build) -> None:
    """VC-14: a serious breach wavers, and one paper visits to agree on causes."""
    act = [{"student_id": "a", "date": "2026-11-03", "kind": "fighting", "severity": 3}]
    data = school(school_of, [], behaviour=act)
    with_topics = register(data, read_policy("dropout-home-school-society"), "2026-11-03")
    assert list(rows(with_topics, "topic")["what"]) == ["topic_visit"]
    assert rows(register(data, read_policy("junior-school-visits"), "2026-11-03"), "topic").empty


def test_k9_one_day_of_sick_leave(school_of: Build) -> None:
    """VC-05, VC-13: two days in one paper, any sick leave in its annex."""
    data = school(school_of, away("03", status="sick"))
    strict = register(data, read_policy("junior-school-annex"), "2026-11-03")
    assert len(rows(strict, "sick_absence")) == 1
    assert rows(register(data, read_policy("junior-school-visits"), "2026-11-03"), "sick").empty


@pytest.mark.parametrize(
    ("table", "kind", "rule"),
    [
        ("events", "bereavement", "family_event"),
        ("events", "parent_accident", "family_event"),
        ("events", "student_injury", "student_event"),
        ("events", "award", "good_event"),
        ("behaviour", "fighting", "serious_conduct"),
        ("attendance", "unexcused", "unexcused_visit"),
    ],
)
def test_immediate_visits_are_the_head_teachers(
    school_of: Build, table: str, kind: str, rule: str
) -> None:
    """VC-06 to VC-12: one visit at home, by the head teacher, a call is no answer."""
    row: dict[str, Any] = {"student_id": "a", "date": "2026-11-03", "kind": kind, "severity": 3}
    if table == "attendance":
        row = away("03")[0]
    given: dict[str, Any] = {"attendance": [], table: [row]}
    call = visit("03", "", "phone")
    data = school(school_of, **given, visits=[call])
    rules = read_policy("junior-school-visits")
    found = rows(register(data, rules, "2026-11-03"), rule).iloc[0]
    assert (found["who"], found["who_id"], found["state"]) == ("head_teacher", "T1", "open")
    assert str(found["due"]) == "2026-11-04 08:00:00"
    at_home = school(school_of, **given, visits=[call, visit("03", "")])
    answered = rows(register(at_home, rules, "2026-11-03"), rule).iloc[0]
    assert answered["answered_by"] == "visits:home"


def test_dm03_signs_go_up_within_a_day(school_of: Build) -> None:
    """DM-03: a serious breach is reported like three days' absence."""
    act = [{"student_id": "a", "date": "2026-11-06", "kind": "fighting", "severity": 3}]
    table = register(school(school_of, [], behaviour=act), read_policy("recommended"), "2026-11-06")
    found = rows(table, "serious_conduct").iloc[0]
    assert str(found["due"]) == "2026-11-07 08:00:00"
    assert "moral_office@2026-11-07T08:00" in found["chain"]


def back_again(*more: tuple[str, str, str]) -> pd.DataFrame:
    """Student a came back on 2 November."""
    told = pd.DataFrame(
        [("a", "returned", "2026-11-02"), *more], columns=["student_id", "fact", "date"]
    )
    return told.assign(date=pd.to_datetime(told["date"]))


def test_k18_talks_after_a_return(school_of: Build) -> None:
    """RA-02: days of the policy, on school days; where it has none, one row asks."""
    data = school(school_of, [])
    rules: Policy = read_policy("recommended")
    found = rows(register(data, rules, "2026-11-10", told=back_again()), "readmission")
    assert len(found) == 6
    assert str(found["due"].iloc[0]) == "2026-11-09 15:10:00"
    assert (found["state"].iloc[0], found["state"].iloc[1]) == ("overdue", "open")
    bare = read_policy("crisis-plan-a")
    asked = rows(register(data, bare, "2026-11-10", told=back_again()), "readmission")
    assert list(asked["state"]) == ["ask"]


def test_each_talk_answers_one(school_of: Build) -> None:
    """Two talks on record answer the first two; a past attempt keeps every talk pressing."""
    talks = [
        {"student_id": "a", "start": f"2026-11-{day}", "type": "counselling"}
        for day in ("04", "05")
    ]
    data = school(school_of, [], interventions=talks)
    rules = read_policy("recommended")
    found = rows(register(data, rules, "2026-11-06", told=back_again()), "readmission")
    assert list(found.sort_values("why")["state"]) == ["answered"] * 2 + ["open"] * 4
    attempt = back_again(("a", "suicide_or_attempt", "2026-09-20"))
    kept_high = rows(register(data, rules, "2026-11-06", told=attempt), "readmission")
    assert set(kept_high["what"]) == {"talk_and_assess"}
    assert set(kept_high["priority"]) == {"now"}


def test_illness_and_accident_at_school(school_of: Build) -> None:
    """HC-05, HC-06: parents at once, hospital after an accident; steps of two papers differ."""
    sick = [{"student_id": "a", "date": "2026-11-03", "kind": "student_illness"}]
    hurt = [{"student_id": "a", "date": "2026-11-03", "kind": "student_injury"}]
    for profile in ("home-school-contact", "junior-school-visits"):
        rules = read_policy(profile)
        for events, key in ((sick, "incident.illness"), (hurt, "incident.accident")):
            data = school(school_of, [], events=events)
            found = rows(register(data, rules, "2026-11-03"), key)
            assert set(found["what"]) == set(rules[key])
            assert set(found["due"].astype(str)) == {"2026-11-03 15:10:00"}
    assert "hospital" in set(found["what"])
