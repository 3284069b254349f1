"""Where the papers differ, the profile decides: the same case under different policies."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from visitkit.policy import read_policy

Story = Callable[..., Any]

SEVEN = {
    "time": "2026-11-06T10:00:00+08:00", "place": "x", "people": ["x"], "talk": "x",
    "parent_feedback": "x", "promises": "x", "signatures": ["x"], "form": "home",
    "result": "not_yet",
}  # fmt: skip


@pytest.mark.parametrize(
    ("profile", "due"),
    [
        ("dropout-control", "2026-11-04 08:00"),  # at once on day 3 (004 L57)
        ("dropout-mechanism", "2026-11-05 08:00"),  # within 24 hours of it (004 L285)
    ],
)
def test_k12_report_of_three_days(story: Story, profile: str, due: str) -> None:
    case = story("persuasion", profile)
    case.tell("open", "2026-11-02T08:30", signal="unexcused_absence", since="2026-11-02")
    assert case.owed()["report_absence:moral_office"] == due


def test_k13_more_than_three_days(story: Story) -> None:
    """Read as "more than three", day 4 is the day: Thursday 5 November, and 24 hours."""
    exclusive = read_policy("recommended").with_option("exclusive_reading")
    case = story("persuasion", exclusive)
    case.tell("open", "2026-11-02T08:30", signal="unexcused_absence", since="2026-11-02")
    assert case.owed()["report_absence:moral_office"] == "2026-11-06 08:00"


def _after_round_1(story: Story, profile: str) -> Any:
    case = story("persuasion", profile)
    case.tell("open", "2026-11-03T08:30", signal="unexcused_run", since="2026-11-03")
    return case.tell("round", "2026-11-06T10:00", number=1, roles=["head_teacher"], **SEVEN)


def test_k14_who_joins_round_2(story: Story) -> None:
    two = {"number": 2, "roles": ["vice_principal", "head_teacher"], **SEVEN}
    _after_round_1(story, "dropout-control").tell("round", "2026-11-09T16:00", **two)
    asks_more = _after_round_1(story, "dropout-mechanism")
    assert asks_more.refused("round", "2026-11-09T16:00", **two) == "cases.list_lacks"
    away = {**two, "absent": ["moral_office"]}
    assert asks_more.refused("round", "2026-11-09T16:00", **away) == "cases.absent_reason"
    asks_more.tell("round", "2026-11-09T16:00", **away, absent_reason="was at a course")


@pytest.mark.parametrize(
    ("profile", "roles", "partners"),
    [
        (
            "dropout-control",
            ["principal", "vice_principal", "moral_office", "head_teacher", "subject_teacher"],
            ["township", "village", "police"],
        ),
        (
            "dropout-mechanism",
            ["principal", "vice_principal", "moral_office", "head_teacher"],
            ["education_authority", "township", "police", "village", "justice"],
        ),
    ],
)
def test_k15_partners_of_round_3(
    story: Story, profile: str, roles: list[str], partners: list[str]
) -> None:
    case = _after_round_1(story, profile)
    two = {"number": 2, "roles": ["vice_principal", "moral_office", "head_teacher"]}
    case.tell("round", "2026-11-09T16:00", **two, **SEVEN)
    three = {"number": 3, "roles": roles, **SEVEN}
    assert case.refused("round", "2026-11-10T16:00", **three, partners=partners[:-1]) == (
        "cases.list_lacks"
    )
    case.tell("round", "2026-11-10T16:00", **three, partners=partners)
    assert case.owed()["refer_to_authority"] is None
    refer = {"state": "refused", "to": ["education_authority"], "report": "x", "legal_notice": True}
    given_up = case.refused(
        "refer_to_authority", "2026-11-11T09:00", "principal", **refer, roll_place_kept=False
    )
    assert given_up == "cases.roll_place"
    case.tell("refer_to_authority", "2026-11-11T09:00", "principal", **refer, roll_place_kept=True)
    assert case.state == "refused"
    case.tell("back", "2026-11-16T08:00", returned_on="2026-11-16", tracker="T05")
    assert case.state == "returned"  # nobody is lost for good


def test_k16_no_clock_between_rounds_is_said(story: Story) -> None:
    assert _after_round_1(story, "dropout-mechanism").owed()["round:2"] is None
    assert _after_round_1(story, "recommended").owed()["round:2"] == "2026-11-09 15:10"


def test_k17_rhythm_of_meetings(story: Story) -> None:
    dues = {}
    for profile, name in (
        ("junior-school-campaign", "case_conference"),
        ("dropout-mechanism", "special"),
        ("dropout-control", "group"),
    ):
        case = story("meeting", profile)
        planned = "2026-09-17T16:00:00+08:00"
        case.tell("call", "2026-09-10T09:00", meeting=name, chair="T01", planned=planned)
        chair = {"case_conference": "head_teacher"}.get(name, "principal")
        case.tell("hold", "2026-09-17T17:00", roles=[chair], present=["T01"])
        needs = {"case_conference": ["class_teachers"], "group": ["checks", "fixes"]}
        case.tell("minute", "2026-09-17T18:00", minutes="x", needs_met=needs.get(name, []))
        dues[name] = case.owed()["call"]
    assert dues == {
        "case_conference": "2026-10-31 23:59",
        "special": "2027-01-22 23:59",  # September answers the quarter up to 30 November
        "group": "2027-07-09 23:59",
    }


def _returned(story: Story, profile: str, **more: object) -> Any:
    case = story("crisis", profile)
    case.tell("signal", "2026-10-12T09:00", signal="told", suspected=False, **more)
    case.tell("assess", "2026-10-12T11:00", "counsellor", opinion="x")
    outcome = {"outcome": "hospital", "leave": True}
    case.tell("decide", "2026-10-12T12:00", "leading_group", **outcome)
    back = {
        "returned_on": "2026-11-02", "judged_by": ["counsellor", "leading_group"],
        "agreement_needed": False, "opinion": "x", "papers": ["medical_proof", "recovery_opinion"],
    }  # fmt: skip
    if more:
        assert (
            case.refused("readmit", "2026-11-02T08:00", "counsellor", **back) == "cases.list_lacks"
        )
        back["papers"] = [*back["papers"], "family_agreement"]  # type: ignore[misc]
    return case.tell("readmit", "2026-11-02T08:00", "counsellor", **back)


def test_k18_talks_after_the_return(story: Story) -> None:
    """No days in the paper: one row asks for them; with days, each talk has its own."""
    assert _returned(story, "crisis-plan-a").owed()["interview"] is None
    talks = {k: v for k, v in _returned(story, "recommended").owed().items() if "interview" in k}
    # 7, 14, 21, 28, 58 and 88 days after Monday 2 November; 29 January lies in the holiday.
    assert talks == {
        "interview:1": "2026-11-09 15:10", "interview:2": "2026-11-16 15:10",
        "interview:3": "2026-11-23 15:10", "interview:4": "2026-11-30 15:10",
        "interview:5": "2026-12-30 15:10", "interview:6": "2027-02-22 15:10",
    }  # fmt: skip


def test_ra03_a_past_attempt_keeps_its_flag(story: Story) -> None:
    case = _returned(story, "recommended", facts=["suicide_or_attempt"])
    assert "act:close_watch" in case.owed()
    talk = {"topics": ["life"], "content": "x"}
    assert case.refused("interview", "2026-11-09T10:00", "counsellor", **talk) == "cases.must_hold"
    for number in range(6):
        held = f"2026-11-{10 + number}T10:00"
        case.tell("interview", held, "counsellor", **talk, danger_assessed=True)
    group = ["counsellor", "leading_group"]
    case.tell("close", "2026-12-01T10:00", "principal", together=group, opinion="x")
    from visitkit.record.cases import state

    assert "past_attempt" in state(case.entries).flags
    away = {"reason": "typed in the wrong case"}
    back = case.refused("withdraw", "2026-10-12T09:00", corrects="e1", **away)
    assert back == "cases.flag_kept"


def test_k19_the_fifth_duty_is_shown_without_a_day(story: Story) -> None:
    for profile, due in (("left-behind-care", None), ("recommended", "2027-01-22 23:59")):
        case = story("left_behind", profile)
        case.tell("open", "2026-11-02T09:00", definition="city_notice")
        pair = {"agent": "T03", "agent_role": "party_staff", "pairing": "one_to_one"}
        case.tell("pair", "2026-11-03T09:00", **pair)
        assert case.owed()["duty:fifth"] == due


def test_k20_never_a_bare_number(story: Story) -> None:
    case = story("crisis")
    case.tell("signal", "2026-11-06T16:30", signal="screened", suspected=False)
    for level in (2, "2"):
        told = case.refused(
            "level", "2026-11-06T16:40", "counsellor", level=level, facts=["screened"]
        )
        assert told == "cases.wrong_type"
    other = {"level": "crisis-b:key", "facts": ["screened"]}
    assert case.refused("level", "2026-11-06T16:40", "counsellor", **other) == "cases.unknown_code"
    case.tell(
        "level", "2026-11-06T16:40", "counsellor", level="crisis-a:general", facts=["screened"]
    )


@pytest.mark.parametrize(
    ("facts", "lowest"),
    [
        (["severe_illness_diagnosed"], "crisis-a:larger"),  # the diagnosis alone (003 L119)
        (["life_event", "strong_reaction"], "crisis-a:larger"),  # event and reaction (003 L117)
        (["suicide_or_attempt"], "crisis-a:major"),
    ],
)
def test_k21_levels_by_rules(story: Story, facts: list[str], lowest: str) -> None:
    case = story("crisis")
    case.tell("signal", "2026-11-06T16:30", signal="event", suspected=False)
    low = {"level": "crisis-a:general", "facts": facts, "reason": "x"}
    assert case.refused("level", "2026-11-06T16:40", "counsellor", **low) == "cases.level_too_low"
    case.tell("level", "2026-11-06T16:40", "counsellor", level=lowest, facts=facts)


def test_k21_an_event_alone_needs_a_reason(story: Story) -> None:
    case = story("crisis")
    case.tell("signal", "2026-11-06T16:30", signal="event", suspected=False)
    alone = {"level": "crisis-a:larger", "facts": ["life_event"]}
    refused = case.refused("level", "2026-11-06T16:40", "counsellor", **alone)
    assert refused == "cases.level_needs_reason"


@pytest.mark.parametrize(
    ("profile", "hand_in"),
    [
        ("home-visit-5", "2026-11-30 23:59"),  # records are handed in monthly (000 L261)
        ("recommended", "2027-01-22 23:59"),  # gathered each semester (002 L115)
    ],
)
def test_k24_when_a_record_is_due(story: Story, profile: str, hand_in: str) -> None:
    case = story("visit", profile)
    plan = {
        "planned_start": "2026-11-06T17:00:00+08:00",
        "planned_end": "2026-11-06T18:00:00+08:00",
    }
    case.tell("plan", "2026-11-02T09:00", form="home", visitors=["T01"], **plan)
    visit = {"start": "2026-11-06T17:00:00+08:00", "end": "2026-11-06T17:50:00+08:00"}
    case.tell(
        "visit", "2026-11-06T17:50", form="home", visitors=["T01"], student_present=True, **visit
    )
    assert case.owed()["record"] == "2026-11-07 17:50"
    record = dict.fromkeys(
        ("time", "content", "parent_feedback", "problem_solved", "next_steps", "focus"), "x"
    )
    case.tell("record", "2026-11-07T08:00", **record, next_date="2026-11-20", needs_school=True)
    assert case.owed()["hand_in"] == hand_in
    assert case.owed()["escalate"] == "2026-11-07 08:00"  # at once (FU-01, FU-02)


def test_k22_photos_are_owed_where_the_paper_asks(story: Story) -> None:
    for profile, owes in (("junior-school-visits", True), ("recommended", False)):
        case = story("visit", profile)
        hours = {"start": "2026-11-06T17:00:00+08:00", "end": "2026-11-06T17:50:00+08:00"}
        plan = {"planned_start": hours["start"], "planned_end": hours["end"]}
        case.tell("plan", "2026-11-02T09:00", form="home", visitors=["T01"], **plan)
        people = {"visitors": ["T01"], "student_present": True}
        case.tell("visit", "2026-11-06T17:50", form="home", **people, **hours)
        assert ("photos" in case.owed()) == owes
        case.tell("photos", "2026-11-06T18:00", photos=1)
        assert "photos" not in case.owed()
