"""Duties of a crisis: levels from facts, reports with clocks, watching over, classmates."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from visitkit.errors import ScreenError
from visitkit.load.school import School
from visitkit.policy import Policy, read_policy
from visitkit.policy.levels import crisis_level
from visitkit.screen.alerts import alerts
from visitkit.screen.register import crisis_targets, register

Build = Callable[..., School]

PUPILS = [
    {"student_id": "a", "class_id": "701", "grade": 7, "sex": "female", "boarding": True},
    {"student_id": "b", "class_id": "701", "grade": 7, "sex": "male", "boarding": False},
    {"student_id": "c", "class_id": "702", "grade": 7, "sex": "female", "boarding": True},
    {"student_id": "d", "class_id": "702", "grade": 7, "sex": "male", "boarding": True},
    {"student_id": "e", "class_id": "801", "grade": 8, "sex": "female", "boarding": True},
]
STAFF = [
    {"teacher_id": "T1", "roles": "head_teacher", "homeroom_class": "701"},
    {"teacher_id": "T2", "roles": "counsellor"},
    {"teacher_id": "T3", "roles": "subject_teacher;counsellor", "classes": "701;702"},
]


@pytest.fixture(scope="module", name="plan_a")
def _plan_a() -> Policy:
    return read_policy("crisis-plan-a")


@pytest.fixture(scope="module", name="plan_b")
def _plan_b() -> Policy:
    return read_policy("crisis-plan-b")


def told(*rows: tuple[str, str, str]) -> pd.DataFrame:
    """Facts that people told: student, fact, day."""
    frame = pd.DataFrame(rows, columns=["student_id", "fact", "date"])
    return frame.assign(date=pd.to_datetime(frame["date"]))


def event(kind: str, day: str, student: str = "a") -> dict[str, Any]:
    """An event of a student."""
    return {"student_id": student, "date": day, "kind": kind}


def phq(day: str, ninth: float | None, student: str = "a", other: float = 0) -> dict[str, Any]:
    """A sheet of PHQ-9 with the same answer to all but the ninth item."""
    items = {f"item_{n}": other for n in range(1, 9)} | {"item_9": ninth}
    return {"student_id": student, "date": day, "instrument": "PHQ-9", **items}


def only(table: pd.DataFrame, **cells: str) -> pd.DataFrame:
    """The rows that hold these cells."""
    for name, cell in cells.items():
        table = table[table[name] == cell]
    return table


def one(table: pd.DataFrame, **cells: str) -> pd.Series:
    """The one row that holds these cells."""
    found = only(table, **cells)
    assert len(found) == 1, found
    return found.iloc[0]


def levels(table: pd.DataFrame, student: str = "a") -> set[str]:
    """The levels of a student's reports."""
    return set(only(table, student_id=student, step="crisis_report")["level"]) - {""}


def test_k21_a_blow_and_a_reaction_or_a_diagnosis(school_of: Build, plan_a: Policy) -> None:
    """A blow alone makes no level, with a reaction after it the larger one; so does a diagnosis."""
    blow = [event("bereavement", "2026-11-03")]
    upset = [{"student_id": "a", "date": "2026-11-04", "kind": "withdrawn", "severity": 1}]
    before = [{**upset[0], "date": "2026-11-02"}]
    day = "2026-11-05"
    assert levels(register(school_of(events=blow), plan_a, day)) == set()
    after = register(school_of(events=blow, behaviour=upset), plan_a, day)
    assert levels(after) == {"crisis-a:larger"}
    assert set(only(after, step="crisis_report")["opened"].astype(str)) == {"2026-11-04"}
    assert levels(register(school_of(events=blow, behaviour=before), plan_a, day)) == set()
    quiet = school_of(events=[event("award", "2026-11-03")])
    diagnosed = told(("a", "severe_illness_diagnosed", "2026-11-03"))
    assert levels(register(quiet, plan_a, day, told=diagnosed)) == {"crisis-a:larger"}


def test_k21_the_same_blow_under_two_papers(
    school_of: Build, plan_a: Policy, plan_b: Policy
) -> None:
    """Plan A waits for a reaction, plan B reports the blow itself."""
    school = school_of(events=[event("bereavement", "2026-11-03")])
    assert levels(register(school, plan_a, "2026-11-04")) == set()
    assert levels(register(school, plan_b, "2026-11-04")) == {"crisis-b:target"}


def test_k20_levels_bear_their_scheme(school_of: Build, plan_a: Policy, plan_b: Policy) -> None:
    """The same facts, two scales that no number joins."""
    school = school_of(surveys=[phq("2026-11-03", 2, other=3)])
    for policy, wanted in ((plan_a, "crisis-a:general"), (plan_b, "crisis-b:key")):
        found = levels(register(school, policy, "2026-11-03"))
        assert wanted in found
        assert all(":" in level for level in found)


@pytest.mark.parametrize(
    ("facts", "level"),
    [
        (["suicide_or_attempt"], "crisis-a:major"),
        (["acute_psychosis", "harm_under_way"], "crisis-a:major"),
        (["screened"], "crisis-a:general"),
        (["relationship_trouble", "abnormal_signs"], "crisis-a:general"),
        (["study_money_or_adaptation", "abnormal_signs"], "crisis-a:general"),
        (["shaken_by_peer_crisis"], "crisis-a:general"),
        (["relationship_trouble"], None),
        (["acute_psychosis"], None),
    ],
)
def test_levels_are_those_of_the_policy(
    school_of: Build, plan_a: Policy, facts: list[str], level: str | None
) -> None:
    """What the register says is what the rules of the paper say of the same facts."""
    school = school_of(students=PUPILS)
    rows = told(*(("a", fact, "2026-11-03") for fact in facts))
    found = levels(register(school, plan_a, "2026-11-03", told=rows))
    assert found == ({level} if level else set())
    assert crisis_level(plan_a, facts) == level


def test_trouble_and_a_change_make_a_general_case(school_of: Build, plan_a: Policy) -> None:
    """From the tables: a family moves and the student keeps apart; quarrels and keeps apart."""
    apart = {"student_id": "a", "date": "2026-11-04", "kind": "withdrawn", "severity": 1}
    quarrel = {**apart, "kind": "conflict_peer"}
    moved = [event("moved", "2026-11-03")]
    day = "2026-11-05"
    assert levels(register(school_of(events=moved), plan_a, day)) == set()
    both = school_of(events=moved, behaviour=[apart])
    assert levels(register(both, plan_a, day)) == {"crisis-a:general"}
    quarrels = school_of(behaviour=[apart, quarrel])
    assert levels(register(quarrels, plan_a, day)) == {"crisis-a:general"}


def test_telephone_now_and_paper_within_a_day(school_of: Build, plan_a: Policy) -> None:
    """CR-08: the counselling room at once, in writing after 24 hours, over a weekend too."""
    school = school_of(events=[event("peer_crisis", "2026-11-06")], students=PUPILS)
    table = register(school, plan_a, "2026-11-07")
    phone = one(table, what="phone_counselling_room")
    paper = one(table, what="written_crisis_report")
    assert str(phone["due"]) == "2026-11-06 15:10:00"
    assert str(paper["due"]) == "2026-11-07 08:00:00"
    assert (phone["state"], paper["state"]) == ("overdue", "due_today")
    assert paper["who"] == "working_group"
    assert paper["chain"].split(";")[-1] == "leading_group@2026-11-07T08:00"
    reported = told(("a", "reported", "2026-11-06"))
    done = one(register(school, plan_a, "2026-11-07", told=reported), what="written_crisis_report")
    assert (done["state"], done["answered_by"]) == ("answered", "told:reported")


def test_the_gravest_is_told_at_once(school_of: Build, plan_a: Policy) -> None:
    """CR-09, CR-17: an attempt goes to the leading body without delay, and to hospital."""
    school = school_of(students=PUPILS)
    table = register(
        school, plan_a, "2026-11-03", told=told(("a", "suicide_or_attempt", "2026-11-03"))
    )
    row = one(table, what="report_leading_body")
    assert str(row["due"]) == "2026-11-03 15:10:00"
    assert (row["level"], row["priority"]) == ("crisis-a:major", "now")
    assert "leading_group@2026-11-03T15:10" in row["chain"]
    steps = set(only(table, step="attempt")["what"])
    assert steps == set(plan_a["crisis.attempt"])
    assert str(one(table, what="nearest_hospital_now")["due"]) == "2026-11-03 15:10:00"


def test_a_serious_sign_of_self_harm_is_held_for_an_attempt(
    school_of: Build, plan_a: Policy
) -> None:
    """Until a trained person says otherwise; a slight sign opens the watch but no major level."""
    sign = {"student_id": "a", "date": "2026-11-03", "kind": "self_harm_sign", "severity": 3}
    for severity, found in ((3, {"crisis-a:major"}), (2, set())):
        school = school_of(behaviour=[{**sign, "severity": severity}])
        table = register(school, plan_a, "2026-11-03")
        assert levels(table) == found
        assert len(only(table, step="ideation")) == len(plan_a["crisis.ideation"])


def test_words_of_despair_start_the_watch(school_of: Build, plan_a: Policy) -> None:
    """CR-14, CR-22: safe place, round the clock, parents called; never in the dormitory."""
    school = school_of(
        events=[event("despair_words", "2026-11-03")], students=PUPILS, teachers=STAFF
    )
    table = only(register(school, plan_a, "2026-11-03"), step="ideation")
    assert set(table["what"]) == set(plan_a["crisis.ideation"])
    watch = one(table, what="full_watch")
    assert watch["barred"] == "dormitory"
    assert watch["why"] == "suspected:despair_words"
    assert str(watch["due"]) == "2026-11-03 15:10:00"
    assert watch["who_id"] == "T2;T3;T1"
    assert one(table, what="call_parents")["state"] == "due_today"
    assert str(one(table, what="written_opinion")["due"]) == "2026-11-04 08:00:00"


def test_parents_were_called(school_of: Build, plan_a: Policy) -> None:
    """A call on record is shown as what may be the answer; the watch goes on."""
    school = school_of(
        events=[event("despair_words", "2026-11-03")],
        visits=[{"student_id": "a", "date": "2026-11-03", "form": "phone"}],
    )
    table = only(register(school, plan_a, "2026-11-04"), step="ideation")
    assert one(table, what="call_parents")["answered_by"] == "visits:phone"
    assert one(table, what="full_watch")["state"] == "overdue"
    clear = told(("a", "cleared", "2026-11-04"))
    after = only(register(school, plan_a, "2026-11-04", told=clear), step="ideation")
    assert set(after["state"]) == {"answered"}


def test_a_critical_answer_is_suspected_until_a_talk(school_of: Build, plan_a: Policy) -> None:
    """A talk the same school day; no watch until it is confirmed; a low total hides nothing."""
    school = school_of(students=PUPILS, surveys=[phq("2026-11-06", 1)], teachers=STAFF)
    table = register(school, plan_a, "2026-11-06")
    talk = one(table, what="second_stage_talk")
    assert str(talk["due"]) == "2026-11-06 15:10:00"
    assert (talk["state"], talk["who"]) == ("due_today", "counsellor")
    assert talk["why"].startswith("suspected:")
    assert only(table, step="ideation").empty
    confirmed = told(("a", "ideation", "2026-11-06"))
    assert not only(register(school, plan_a, "2026-11-06", told=confirmed), step="ideation").empty
    weekend = register(school_of(surveys=[phq("2026-11-07", 1)]), plan_a, "2026-11-07")
    assert str(one(weekend, what="second_stage_talk")["due"]) == "2026-11-09 15:10:00"
    assert str(one(weekend, what="second_look")["due"]) == "2026-11-07 15:10:00"


def test_a_talk_on_record_answers_the_second_stage(school_of: Build, plan_a: Policy) -> None:
    """Counselling since then may be the talk."""
    help_given = [{"student_id": "a", "start": "2026-11-06", "type": "counselling"}]
    school = school_of(surveys=[phq("2026-11-06", 1)], interventions=help_given)
    talk = one(register(school, plan_a, "2026-11-09"), what="second_stage_talk")
    assert (talk["state"], talk["answered_by"]) == ("answered", "interventions:counselling")


def test_classmates_are_offered_support(school_of: Build, plan_a: Policy) -> None:
    """CR-07, CR-20: the same class, and boarders who may share a dormitory are asked about."""
    school = school_of(students=PUPILS)
    table = register(
        school, plan_a, "2026-11-03", told=told(("a", "suicide_or_attempt", "2026-11-03"))
    )
    near = only(table, rule="crisis.exposed").set_index("student_id")["why"]
    assert near.to_dict() == {"b": "exposed:class", "c": "exposed:dormitory"}
    assert one(table, student_id="c", rule="crisis.exposed")["state"] == "ask"
    assert not only(table, rule="crisis.exposed")["why"].str.contains("701").any()
    elsewhere = plan_a.with_values({"crisis.exposure": []})
    rows = told(("a", "suicide_or_attempt", "2026-11-03"))
    assert only(register(school, elsewhere, "2026-11-03", told=rows), rule="crisis.exposed").empty


def test_harm_to_others_protects_both(school_of: Build, plan_a: Policy) -> None:
    """CR-21: both sides at once, an assessment the same day."""
    school = school_of(students=PUPILS)
    rows = told(("a", "harm_others", "2026-11-03"))
    table = only(register(school, plan_a, "2026-11-03", told=rows), step="harm_others")
    assert set(table["what"]) == set(plan_a["crisis.harm_others"])
    assert str(one(table, what="protect_both_now")["due"]) == "2026-11-03 15:10:00"


def test_eight_kinds_of_target(school_of: Build, plan_b: Policy) -> None:
    """CP-01: each kind is found, once a student, with the fact and its day."""
    sheets = [phq("2026-11-02", 0, other=3)]
    events = [
        event(kind, "2026-11-03")
        for kind in (
            "bereavement",
            "despair_words",
            "student_illness",
            "peer_crisis",
            "family_conflict",
        )
    ]
    acts = [{"student_id": "a", "date": "2026-11-03", "kind": "withdrawn", "severity": 1}]
    school = school_of(surveys=sheets, events=events, behaviour=acts)
    ill = told(("a", "severe_illness_diagnosed", "2026-11-03"))
    table = crisis_targets(school, plan_b, "2026-11-04", told=ill)
    assert sorted(table["target"]) == sorted(map(str, plan_b["crisis.targets"]))
    assert one(table, target="screened")["fact"] == "flagged"
    assert str(one(table, target="life_event")["date"].date()) == "2026-11-03"


def test_one_matter_is_one_target(school_of: Build, plan_b: Policy) -> None:
    """A single event never counts twice."""
    for kind in ("bereavement", "parent_accident", "despair_words", "domestic_violence"):
        school = school_of(events=[event(kind, "2026-11-03")])
        assert len(crisis_targets(school, plan_b, "2026-11-03")) == 1, kind


def test_several_targets_raise_the_priority(school_of: Build, plan_b: Policy) -> None:
    """CP-02, FU-05: a key target, a joint look, and every other duty one step up."""
    sick = [{"student_id": "a", "date": f"2026-11-0{day}", "status": "sick"} for day in (2, 3)]
    single = school_of(events=[event("bereavement", "2026-11-03")], attendance=sick)
    double = school_of(
        events=[event("bereavement", "2026-11-03"), event("peer_crisis", "2026-11-04")],
        attendance=sick,
    )
    one_target = register(single, plan_b, "2026-11-04")
    two_targets = register(double, plan_b, "2026-11-04")
    assert one(one_target, rule="sick_absence")["priority"] == "usual"
    assert one(two_targets, rule="sick_absence")["priority"] == "soon"
    assert levels(two_targets) == {"crisis-b:target", "crisis-b:key"}
    look = one(two_targets, what="panel_looks_together")
    assert look["who"].split(";") == list(plan_b["followup.panel"])
    three = plan_b.with_values({"crisis.key_target_count": 3})
    assert only(register(double, three, "2026-11-04"), what="panel_looks_together").empty


def test_reports_to_the_police(school_of: Build) -> None:
    """LB-10: four triggers, at once, to the police; how a child was hurt is asked first."""
    rules = read_policy("left-behind-care")
    school = school_of(
        students=PUPILS,
        events=[
            event("alone", "2026-11-03"),
            event("domestic_violence", "2026-11-03", "b"),
            event("student_injury", "2026-11-03", "d"),
        ],
        guardians=[
            {"student_id": "c", "relation": "father", "able": False},
            {"student_id": "e", "relation": "father", "able": False},
            {"student_id": "e", "relation": "mother", "able": None},
        ],
    )
    table = register(school, rules, "2026-11-03")
    police = table[table["with_whom"] == "police"]
    found = police.set_index("student_id")[["why", "what"]].agg("/".join, axis=1).to_dict()
    assert found == {
        "a": "mandatory:alone_or_missing/call_police",
        "b": "mandatory:domestic_violence/call_police",
        "c": "mandatory:guardian_unable_or_neglecting/call_police",
        "d": "mandatory:accident_or_unlawful_harm/ask_how_it_happened",
    }
    assert set(police["due"].astype(str)) == {"2026-11-03 15:10:00"}
    assert police["chain"].str.contains("principal@2026-11-03T15:10").all()
    fewer = rules.with_values({"mandatory.triggers": ["alone_or_missing"]})
    assert "c" not in set(register(school, fewer, "2026-11-03")["student_id"])


def looks(student: str, step: int, words: int = 0) -> dict[str, Any]:
    """A counsellor's judgement of worry about looks."""
    sheet = {"student_id": student, "date": "2026-11-03", "instrument": "BODY-IMAGE"}
    return {**sheet, "item_1": step, "item_2": words}


def test_worry_about_looks_is_routed(school_of: Build) -> None:
    """BI-01, BI-02, BI-04, BI-06: care, assessment, treatment; parents unless all is well."""
    rules = read_policy("body-image")
    school = school_of(
        students=PUPILS, surveys=[looks("a", 1), looks("b", 2), looks("c", 3), looks("d", 1, 1)]
    )
    table = register(school, rules, "2026-11-03")
    steps = only(table, step="body_image").groupby("student_id")["what"].agg(set)
    assert steps["a"] == {"care"}
    assert steps["b"] == {"follow_actively", "assess", "tell_parents"}
    assert steps["c"] == {"professional_treatment", "tell_parents"}
    assert set(only(table, student_id="c", step="body_image")["level"]) == {"body-image:disorder"}
    assert one(table, student_id="d", what="second_stage_talk")["priority"] == "now"
    assert "screened" not in set(crisis_targets(school, rules, "2026-11-03")["target"])
    well = told(
        *(("b", str(state), "2026-11-03") for state in rules["body_image.parents_wait_while"])
    )
    calm = only(register(school, rules, "2026-11-03", told=well), student_id="b")
    assert "tell_parents" not in set(calm["what"])
    assert "tell_parents" in set(
        only(register(school, rules, "2026-11-03", told=well[1:]), student_id="b")["what"]
    )


def test_the_scale_aims_one_step_up(school_of: Build) -> None:
    """BI-03: one point more than now, never 10 at once; the latest answer counts."""
    rules = read_policy("body-image")
    sheet = {"student_id": "a", "instrument": "SCALING-1-10"}
    rows = [
        {**sheet, "date": "2026-11-02", "item_1": 3},
        {**sheet, "date": "2026-11-03", "item_1": 5},
        {**sheet, "student_id": "b", "date": "2026-11-03", "item_1": 10},
    ]
    table = only(register(school_of(surveys=rows), rules, "2026-11-03"), step="scaling")
    assert table.set_index("student_id")["why"].to_dict() == {"a": "scale:5>6", "b": "scale:10>10"}


def test_a_fact_that_cannot_be_told_is_an_error(school_of: Build, plan_a: Policy) -> None:
    """A misspelt fact is never dropped in silence."""
    school = school_of(students=PUPILS)
    with pytest.raises(ScreenError, match="ideatoin"):
        register(school, plan_a, "2026-11-03", told=told(("a", "ideatoin", "2026-11-03")))
    with pytest.raises(ScreenError, match="fact"):
        register(school, plan_a, "2026-11-03", told=pd.DataFrame({"student_id": ["a"]}))


def test_alerts_may_be_handed_in(school_of: Build, plan_a: Policy) -> None:
    """Alerts made before lead to the same register."""
    school = school_of(events=[event("despair_words", "2026-11-03")])
    made = alerts(school, plan_a, "2026-11-03")
    given = register(school, plan_a, "2026-11-03", made)
    pd.testing.assert_frame_equal(given, register(school, plan_a, "2026-11-03"))
