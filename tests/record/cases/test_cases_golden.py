"""Days worked by hand: what is owed, to the minute, on the clock of the school."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

Story = Callable[..., Any]

RECORD = {
    "time": "evening", "content": "x", "parent_feedback": "x", "problem_solved": "x",
    "next_steps": "x", "focus": "study", "next_date": "2026-11-20", "needs_school": False,
}  # fmt: skip


def test_friday_afternoon_critical_answer(story: Story) -> None:
    """Friday 6 November 2026, 16:30, after lessons: nothing waits for Monday (CR-08, CR-14)."""
    case = story("crisis")
    case.tell(
        "signal", "2026-11-06T16:30", "computed", actor="computed",
        signal="critical_item", suspected=True, facts=["screened"],
    )  # fmt: skip
    assert case.owed() == {
        "second_stage_talk": "2026-11-06 16:30",
        "phone_counselling_room": "2026-11-06 16:30",
        "written_crisis_report": "2026-11-07 16:30",
        "level": "2026-11-06 16:30",
    }
    case.tell("phone_counselling_room", "2026-11-06T16:40", to="T90")
    case.tell(
        "second_stage_talk", "2026-11-06T17:00", "counsellor", ideation=True, content="talked"
    )
    owed = case.owed()
    assert owed["written_crisis_report"] == "2026-11-07 16:30"  # Saturday, a weekend is no reason
    assert owed["act:safe_place_now"] == owed["act:full_watch"] == "2026-11-06 17:00"
    assert owed["act:written_opinion"] == "2026-11-07 17:00"
    assert (
        case.refused("clear", "2026-11-06T17:10", "counsellor", opinion="x") == "cases.assess_first"
    )
    case.tell(
        "written_crisis_report", "2026-11-07T09:00", report="x", to=["counsellor", "leading_group"]
    )
    assert "written_crisis_report" not in case.owed()


def test_second_talk_before_the_lessons_of_the_day_end(story: Story) -> None:
    """Eight lessons of 45 minutes from 8:00 with breaks of 10 end at 15:10."""
    case = story("crisis")
    case.tell("signal", "2026-11-06T10:00", signal="critical_item", suspected=True)
    assert case.owed()["second_stage_talk"] == "2026-11-06 15:10"
    weekend = story("crisis")
    weekend.tell("signal", "2026-11-07T10:00", signal="critical_item", suspected=True)
    assert weekend.owed()["second_stage_talk"] == "2026-11-09 15:10"


def test_three_days_away_over_the_october_holiday(story: Story) -> None:
    """Wednesday 30 September is day 1, 8 October day 2, 9 October day 3; the holiday is none."""
    case = story("persuasion")
    case.tell("open", "2026-09-30T08:50", signal="unexcused_absence", since="2026-09-30")
    owed = case.owed()
    # Lesson 2 begins at 8:55 and ends at 9:40: one class period (DM-01).
    assert owed["contact_parents"] == "2026-09-30 09:40"
    # Day 3 begins on Friday at 8:00; 24 hours on it is Saturday, a made-up school day or not.
    assert owed["report_absence:moral_office"] == "2026-10-10 08:00"
    # One school day after day 3 is that Saturday, made up for the holiday; lessons end at 15:10.
    assert owed["round:1"] == "2026-10-10 15:10"


def test_a_run_is_long_enough_when_it_is_told(story: Story) -> None:
    """Told on Friday, the third day: 24 hours on, whatever day the alert is said to have begun."""
    for since, due in (("2026-10-28", "2026-10-31 08:00"), ("2026-10-30", "2026-10-31 08:10")):
        case = story("persuasion")
        case.tell("open", "2026-10-30T08:10", signal="unexcused_run", since=since)
        assert case.owed()["report_absence:moral_office"] == due


def test_contact_after_the_last_lesson_waits_for_the_next_school_day(story: Story) -> None:
    case = story("persuasion")
    case.tell("open", "2026-11-06T15:00", signal="unexcused_absence", since="2026-11-06")
    assert case.owed()["contact_parents"] == "2026-11-09 08:45"


def test_the_chain_is_told_one_by_one(story: Story) -> None:
    case = story("persuasion")
    case.tell("open", "2026-11-02T08:30", signal="unexcused_absence", since="2026-11-02")
    by = [(row.what, row.by) for row in case.rows() if row.what.startswith("report")]
    assert by == [("report_absence:moral_office", "head_teacher")]
    case.tell("report_absence", "2026-11-04T09:00", to=["moral_office"])
    by = [(row.what, row.by) for row in case.rows() if row.what.startswith("report")]
    assert by == [("report_absence:vice_principal", "moral_office")]


def test_rounds_with_one_school_day_each(story: Story) -> None:
    """Round 1 on Friday 6 November; round 2 one school day later: Monday, end of lessons."""
    case = story("persuasion")
    case.tell("open", "2026-11-03T08:30", signal="unexcused_run", since="2026-11-03")
    seven = dict.fromkeys(("place", "talk", "parent_feedback", "promises"), "x")
    seven |= {"time": "2026-11-06T10:00:00+08:00", "people": ["x"], "signatures": ["x"]}
    more = {**seven, "form": "home", "result": "not_yet"}
    case.tell("round", "2026-11-06T10:00", number=1, roles=["head_teacher"], **more)
    assert case.owed()["round:2"] == "2026-11-09 15:10"
    assert "written_report_to_authority" not in case.owed()
    for change, key in (
        ({"number": 3}, "round_order"),
        ({"number": 1}, "round_order"),
        ({"number": 2, "form": "phone"}, "round_form"),
        ({"number": 2, "roles": ["head_teacher"]}, "list_lacks"),
    ):
        facts = {"roles": ["vice_principal", "moral_office", "head_teacher"], **more, **change}
        assert case.refused("round", "2026-11-09T16:00", **facts) == f"cases.{key}"
    assert (
        case.refused("refer_to_authority", "2026-11-09T16:00", "principal") == "cases.missing_fact"
    )
    roles = ["vice_principal", "moral_office", "head_teacher"]
    case.tell("round", "2026-11-09T16:00", "vice_principal", number=2, roles=roles, **more)
    owed = case.owed()
    assert owed["round:3"] == owed["written_report_to_authority"] == "2026-11-10 15:10"
    case.tell("back", "2026-11-10T08:00", returned_on="2026-11-10", tracker="T05")
    assert {row.what: row.by for row in case.rows()} == {"return_plan": "T05", "track": "T05"}


def test_a_visit_on_time_and_late(story: Story) -> None:
    case = story("visit")
    case.tell(
        "plan", "2026-11-02T09:00", form="home", visitors=["T01", "T02"], due="2026-11-30",
        planned_start="2026-11-06T17:00:00+08:00", planned_end="2026-11-06T17:40:00+08:00",
    )  # fmt: skip
    assert case.owed() == {
        "appoint": "2026-11-05 17:00",
        "report_before": "2026-11-06 17:00",
        "visit": "2026-11-06 17:40",
    }
    case.tell("decline", "2026-11-03T09:00", by="family", reason="harvest")
    assert case.owed() == {"make_up": "2026-11-30 23:59"}
    case.tell(
        "appoint", "2026-11-04T09:00", with_whom="mother",
        agreed_start="2026-11-06T18:00:00+08:00", agreed_end="2026-11-06T18:40:00+08:00",
    )  # fmt: skip
    case.tell(
        "report_before", "2026-11-06T17:30", to="grade_leader", phone_reachable=True,
        licensed_vehicle=True, who="x", where="x", when="x",
    )  # fmt: skip
    assert case.owed() == {"report_after": "2026-11-06 19:10", "visit": "2026-11-06 18:40"}
    case.tell("report_after", "2026-11-06T18:50", to="grade_leader", all_well=True)
    # The visit itself is written down afterwards, in its true place in time.
    case.tell(
        "visit", "2026-11-06T18:30", form="home", visitors=["T01"], student_present=True,
        start="2026-11-06T18:00:00+08:00", end="2026-11-06T18:30:00+08:00",
    )  # fmt: skip
    assert case.state == "reported_back"
    assert case.owed() == {"record": "2026-11-07 18:30"}
    assert (
        case.refused("record", "2026-11-07T08:00", actor="T09", **RECORD) == "cases.not_the_visitor"
    )
    case.tell("record", "2026-11-07T08:00", **RECORD)
    assert case.owed() == {
        "review": "2027-01-22 23:59", "hand_in": "2027-01-22 23:59",
        "follow_up": "2026-11-20 23:59",
    }  # fmt: skip


def test_watch_day_and_night(story: Story) -> None:
    """Three shifts over 24 hours; a gap, an overlap and a dormitory are refused (CR-14, CR-22)."""
    case = story("crisis")
    case.tell("signal", "2026-11-06T17:00", signal="told", suspected=False, ideation=True)

    def roster(*hours: int, place: str = "counselling room") -> dict[str, list[str]]:
        first = dt.datetime.fromisoformat("2026-11-06T17:00:00+08:00")
        times = [(first + dt.timedelta(hours=h)).isoformat() for h in hours]
        number = len(hours) // 2
        return {
            "watchers": ["T01", "T02", "T03"][:number], "starts": times[0::2], "ends": times[1::2],
            "places": [place] * number,
        }  # fmt: skip

    def watch(*hours: int, **more: str) -> str:
        return case.refused(
            "full_watch", "2026-11-06T17:10", "counsellor", **roster(*hours, **more)
        )

    assert watch(0, 8, 9, 24) == "cases.watch_gap"
    assert watch(0, 8, 7, 24) == "cases.watch_overlaps"
    assert watch(0, 8, 8, 20) == "cases.watch_too_short"
    assert watch(1, 12, 12, 25) == "cases.watch_begins_late"
    assert watch(0, 12, 12, 24, place="dormitory") == "cases.place_barred"
    assert watch(0, 12, 12, 24, place="Girls' Dormitory 3") == "cases.place_barred"
    case.tell("full_watch", "2026-11-06T17:10", "counsellor", **roster(0, 8, 8, 16, 16, 24))
    assert case.owed()["watch_goes_on"] == "2026-11-07 17:00"
    late = case.refused("handover", "2026-11-07T18:00", to_whom="mother", signed=True)
    assert late == "cases.watch_ran_out"
    for hours, key in (((25, 30), "gap"), ((23, 30), "overlaps")):
        told = case.refused("full_watch", "2026-11-07T16:00", "counsellor", **roster(*hours))
        assert told == f"cases.watch_{key}"
    uneven = {**roster(24, 27, 27, 30), "places": ["counselling room"]}
    told = case.refused("full_watch", "2026-11-07T16:00", "counsellor", **uneven)
    assert told == "cases.shifts_uneven"
    case.tell("full_watch", "2026-11-07T16:00", "counsellor", **roster(24, 30))
    assert case.owed()["watch_goes_on"] == "2026-11-07 23:00"
    case.tell("handover", "2026-11-07T18:00", to_whom="mother", signed=True)
    assert "watch_goes_on" not in case.owed()


def test_agent_parent_next_times(story: Story) -> None:
    """Paired on Tuesday 3 November: homework today, talk by Sunday, call by 30 November."""
    case = story("left_behind")
    case.tell("open", "2026-11-02T09:00", definition="city_notice")
    case.tell(
        "pair", "2026-11-03T09:00", agent="T03", agent_role="party_staff", pairing="one_to_one"
    )
    owed = case.owed()
    assert owed["duty:homework"] == "2026-11-03 23:59"
    assert owed["duty:talk"] == "2026-11-08 23:59"
    assert owed["duty:parents"] == "2026-11-30 23:59"
    assert owed["check"] == "2027-01-22 23:59"
    for row in case.rows():
        assert (row.by == "T03") == row.what.startswith("duty:")
    case.tell("duty", "2026-11-06T16:00", "party_staff", actor="T03", duty="homework")
    case.tell("duty", "2026-11-06T16:10", "party_staff", actor="T03", duty="talk")
    assert case.owed()["duty:homework"] == "2026-11-09 23:59"  # Monday: no school at weekends
    assert case.owed()["duty:talk"] == "2026-11-15 23:59"
    refused = case.refused("duty", "2026-11-09T16:00", "party_staff", actor="T08", duty="talk")
    assert refused == "cases.not_the_agent"


def test_a_plan_its_rhythm_and_its_end(story: Story) -> None:
    """Eight weeks from Monday 9 November end on 4 January; monitored weekly, met monthly."""
    case = story("help_plan")
    plan = {
        "causes": ["study"], "types": ["study"], "measures": ["tutoring"], "owner": "T04",
        "start": "2026-11-09", "weeks": 8, "meeting_per": "month", "monitor_per": "week",
        "before": "x", "time_points": ["2026-11-20", "2026-12-18"],
    }  # fmt: skip
    for goal in ("stop being late", "\u4e0d\u518d\u65f7\u8bfe"):
        assert (
            case.refused("draft", "2026-11-06T09:00", goal=goal, **plan) == "cases.goal_not_growth"
        )
    case.tell("draft", "2026-11-06T09:00", goal="reads aloud twice a week", **plan)
    assert case.refused("begin", "2026-11-09T08:00") == "cases.not_signed"
    case.tell("sign", "2026-11-06T10:00", signer="school")
    case.tell("sign", "2026-11-06T18:00", signer="parents")
    case.tell("begin", "2026-11-09T08:00")
    assert case.owed() == {
        "meet": "2026-12-09 23:59", "monitor": "2026-11-16 23:59", "end": "2027-01-04 23:59",
        "time_point:1": "2026-11-20 23:59", "time_point:2": "2026-12-18 23:59",
    }  # fmt: skip
    case.tell("monitor", "2026-11-20T10:00", actor="T04", doing="better", goes_as_planned=True)
    owed = case.owed()
    assert owed["monitor"] == "2026-11-27 23:59"
    assert "time_point:1" not in owed
    assert "time_point:2" in owed


def test_conferences_come_round_each_month(story: Story) -> None:
    case = story("meeting")
    call = {"meeting": "case_conference", "chair": "T01", "planned": "2026-11-12T16:00:00+08:00"}
    case.tell("call", "2026-11-02T09:00", **call)
    assert case.owed() == {"hold": "2026-11-12 16:00"}
    assert case.refused("hold", "2026-11-12T17:00", roles=["subject_teacher"], present=["T02"]) == (
        "cases.list_lacks"
    )
    case.tell("hold", "2026-11-12T17:00", roles=["head_teacher"], present=["T01"])
    case.tell(
        "minute", "2026-11-12T18:00", minutes="x", needs_met=["class_teachers"],
        decisions=["find a desk"], owners=["T05"], dues=["2026-11-18"],
    )  # fmt: skip
    assert {row.what: row.by for row in case.rows()} == {"decision:1": "T05", "call": "T01"}
    assert case.owed() == {"decision:1": "2026-11-18 23:59", "call": "2026-12-31 23:59"}
    assert {row.source for row in case.rows()} == {
        "evaluation.fix_by_date", "meeting.case_conference.per",
    }  # fmt: skip


def test_the_clocks_go_on_after_the_calendar_ends(story: Story) -> None:
    """Nobody has entered next year yet: weekdays stand in, and no clock is lost."""
    case = story("persuasion")
    case.tell("open", "2027-07-09T16:00", signal="unexcused_absence", since="2027-07-09")
    owed = case.owed()
    assert owed["contact_parents"] == "2027-07-12 08:45"
    assert owed["report_absence:moral_office"] == "2027-07-14 08:00"


@pytest.mark.parametrize(
    ("told", "outcome"),
    [
        ({"ideation": True}, "study_with_treatment"),
        ({"facts": ["suicide_or_attempt"]}, "home_rest"),
    ],
)
def test_outcomes_the_policy_does_not_allow(
    story: Story, told: dict[str, object], outcome: str
) -> None:
    """Thoughts of dying: hospital or home; an attempt: home only once stable (CR-16, CR-19)."""
    case = story("crisis")
    case.tell("signal", "2026-11-02T09:00", signal="told", suspected=False, **told)
    case.tell("assess", "2026-11-02T11:00", "counsellor", opinion="x")
    facts = {"outcome": outcome, "leave": True, "watcher": "T01", "agreement_signed": True}
    refused = case.refused("decide", "2026-11-02T12:00", "principal", **facts)
    assert refused == "cases.outcome_not_allowed"
    assert case.refused("decide", "2026-11-02T12:00", "counsellor", **facts) == "cases.wrong_role"
