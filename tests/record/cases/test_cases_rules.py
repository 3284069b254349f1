"""Rules of the papers that a case keeps: what they ask for is taken, what they bar is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from visitkit.policy import read_policy
from visitkit.record.cases import from_record, steps_now
from visitkit.record.forms import About, FormFaultsError, fill, values_from

Story = Callable[..., Any]

PLANNED = {
    "form": "home", "visitors": ["T01", "T02"], "planned_start": "2026-11-06T17:00:00+08:00",
    "planned_end": "2026-11-06T17:40:00+08:00",
}  # fmt: skip
MADE = {
    "form": "home", "visitors": ["T01"], "student_present": True,
    "start": "2026-11-06T17:00:00+08:00", "end": "2026-11-06T17:40:00+08:00",
}  # fmt: skip
RECORD = {
    "time": "evening", "content": "x", "parent_feedback": "x", "problem_solved": "x",
    "next_steps": "x", "focus": "study", "next_date": "2026-11-20", "needs_school": False,
}  # fmt: skip


def visited(story: Story, policy: str = "recommended", **facts: object) -> Any:
    """Return a visit that was made on Friday at five."""
    case = story("visit", policy)
    case.tell("plan", "2026-11-02T09:00", **PLANNED)
    return case.tell("visit", "2026-11-06T17:45", **MADE, **facts)


def signalled(story: Story, **facts: object) -> Any:
    """Return a crisis signalled on Monday morning."""
    case = story("crisis")
    return case.tell("signal", "2026-11-02T09:00", signal="told", suspected=False, **facts)


def test_a_summons_to_school_is_planned_like_a_visit(story: Story) -> None:
    """VF-03: agreed and recorded, and nobody has to report before leaving for his own school."""
    case = story("visit", "home-school-contact")
    case.tell("plan", "2026-11-02T09:00", **PLANNED | {"form": "invited"})
    assert case.owed().keys() == {"appoint", "visit"}
    case.tell("visit", "2026-11-06T17:45", **MADE | {"form": "invited"})
    assert case.owed().keys() == {"record"}


def test_an_appointment_is_asked_for_declined_and_made_up(story: Story) -> None:
    """PA-05: it is always known whether the family has agreed."""
    case = story("visit")
    case.tell("plan", "2026-11-02T09:00", **PLANNED, due="2026-11-30")
    assert case.state == "planned"
    case.tell("decline", "2026-11-03T09:00", by="family", reason="harvest")
    assert case.state == "declined"
    times = {"agreed_start": PLANNED["planned_start"], "agreed_end": PLANNED["planned_end"]}
    case.tell("appoint", "2026-11-04T09:00", with_whom="mother", **times)
    assert case.state == "appointed"


def test_somebody_steps_out_for_a_topic(story: Story) -> None:
    """VE-03: the record says for which topic student or parents were asked to leave the room."""
    case = visited(story, stepped_out_for="the marks")
    known = values_from("visit_record", case.entries)
    assert known["stepped_out_for"] == "the marks"
    assert fill("visit_record", known, unfinished=True).content["stepped_out_for"] == "the marks"


def test_topics_are_those_a_school_may_talk_about(story: Story) -> None:
    """VE-09: what the paper adds (health, aid, opinions) is taken, another word is not."""
    topics = read_policy("home-visit-2")["visit.topics"]
    case = visited(story, "home-visit-2")
    rest = {**RECORD, "needs_school": False}
    told = case.refused("record", "2026-11-07T08:00", **rest, topics=["the_weather"])
    assert told == "cases.unknown_code"
    assert {"health", "aid", "opinions"} <= set(topics)
    case.tell("record", "2026-11-07T08:00", **rest, topics=topics)
    assert case.state == "recorded"


def test_nothing_is_asked_for_and_complaints_are_answered(story: Story) -> None:
    """VE-04: the record says that the bans were kept; the open telephone and mailbox are taken."""
    case = visited(story)
    case.tell("record", "2026-11-07T08:00", **RECORD, bans_kept=True)
    assert values_from("visit_record", case.entries)["bans_kept"] is True
    told = {"content": "a gift was asked for", "anonymous": True, "danger": False}
    for channel in read_policy("home-visit-2")["visit.complaint_channels"]:
        box = story("complaint", "home-visit-2")
        box.tell("receive", "2026-11-09T08:00", channel=channel, **told)
        assert box.owed().keys() == {"assign"}
        box.tell("assign", "2026-11-09T09:00", "moral_office", owner="T09", answer_by="2026-11-12")
        assert box.owed() == {"answer": "2026-11-12 23:59"}
        box.tell("answer", "2026-11-10T09:00", answer="looked into", told="in_public")
        assert box.owed() == {}


@pytest.mark.parametrize(
    ("profile", "channels"),
    [
        ("dropout-innovation", ("release_room", "tree_hole")),
        ("dropout-home-school-society", ("feedback_box", "mailbox")),
    ],
)
def test_open_doors_take_anonymous_words(
    story: Story, profile: str, channels: tuple[str, ...]
) -> None:
    """CF-07, DE-05: every door of the paper is one; no name is asked for; danger comes first."""
    assert set(channels) <= set(read_policy(profile)["access.intake"])
    for channel in channels:
        box = story("complaint", profile)
        box.student = None
        told = {"channel": channel, "content": "I do not want to live", "anonymous": True}
        box.tell("receive", "2026-11-09T08:00", "any_staff", actor="T05", **told, danger=True)
        assert {"assign", "crisis_opened"} == box.owed().keys()
        box.tell("assign", "2026-11-09T08:05", "moral_office", owner="T9", answer_by="2026-11-10")
        early = box.refused("answer", "2026-11-09T08:10", answer="x", told="in_public")
        assert early == "cases.crisis_first"


def test_common_problems_reach_the_school(story: Story) -> None:
    """RC-10: what needs the school is handed up at once and stands on the sheet of the class."""
    case = visited(story)
    facts = {**RECORD, "needs_school": True, "issues": ["no desk", "no bus"]}
    case.tell("record", "2026-11-07T08:00", **facts)
    assert "escalate" in case.owed()
    case.tell("escalate", "2026-11-07T08:10", issue="no bus", to="moral_office")
    assert "escalate" not in case.owed()
    assert from_record(case.entries[-1], 1).facts["from_case"] == "visit-000001"
    assert values_from("visit_record", case.entries)["issues"] == ["no desk", "no bus"]


def test_visits_are_repeated_and_followed_by_calls(story: Story) -> None:
    """RC-15: without the day of the next contact no record is taken, and the contact is owed."""
    case = visited(story)
    short = {name: value for name, value in RECORD.items() if name != "next_date"}
    assert case.refused("record", "2026-11-07T08:00", **short) == "cases.missing_fact"
    case.tell("record", "2026-11-07T08:00", **RECORD)
    assert case.owed()["follow_up"] == "2026-11-20 23:59"
    case.tell("follow_up", "2026-11-20T17:00", how="phone", content="reads each evening")
    assert "follow_up" not in case.owed()


def test_a_sound_plan_step_by_step(story: Story) -> None:
    """FU-04: the panel looks together, each step has its day, and the days are clocks."""
    case = story("escalation")
    case.tell("report", "2026-11-02T09:00", issue="cannot sit still", to=["moral_office"])
    case.tell("take_up", "2026-11-02T10:00", "moral_office", owner="T07", answer_by="2026-11-20")
    panel = ["moral_office", "counsellor", "head_teacher", "subject_teacher"]
    steps = {"steps": ["talk", "test"], "dates": ["2026-11-05", "2026-11-12"]}
    at = ("analyse", "2026-11-03T16:00", "moral_office")
    assert case.refused(*at, together=panel[:3], **steps) == "cases.list_lacks"
    undated = {"steps": ["talk", "test"], "dates": ["2026-11-05"]}
    assert case.refused(*at, together=panel, **undated) == "cases.steps_undated"
    case.tell(*at, together=panel, **steps)
    owed = case.owed()
    assert owed["plan_step:1"] == "2026-11-05 23:59"
    assert owed["plan_step:2"] == "2026-11-12 23:59"


def test_opinions_are_solved_now_or_planned(story: Story) -> None:
    """FU-06: solved ends it; planned is explained to the family and looked at again on a day."""
    states = read_policy("recommended")["followup.issue_states"]
    assert {"solved", "planned"} <= set(states)
    case = story("escalation")
    case.tell("report", "2026-11-02T09:00", issue="no desk", to=["moral_office"])
    case.tell("take_up", "2026-11-02T10:00", "moral_office", owner="T07", answer_by="2026-11-20")
    answer = {"answer": "a desk in spring", "family_told": True}
    at = ("settle", "2026-11-04T10:00", "moral_office")
    assert case.refused(*at, state="planned", **answer) == "cases.missing_fact"
    case.tell(*at, state="planned", **answer, next_date="2027-03-01")
    assert case.state == "planned"
    assert case.owed()["settle_again"] == "2027-03-01 23:59"
    case.tell("settle", "2027-03-01T10:00", "moral_office", state="solved", **answer)
    assert case.state == "solved"
    assert case.owed() == {}


def test_minutes_of_the_representatives(story: Story) -> None:
    """HC-04: an assembly is called for a day, held, and its minutes are owed."""
    case = story("meeting", "junior-school-visits")
    call = {"meeting": "representatives", "chair": "T01", "planned": "2026-11-12T16:00:00+08:00"}
    case.tell("call", "2026-11-02T09:00", **call)
    assert case.owed() == {"hold": "2026-11-12 16:00"}
    chair = read_policy("junior-school-visits").records("meeting")["representatives"]["chair"]
    case.tell("hold", "2026-11-12T17:00", roles=[chair], present=["T01"])
    assert case.owed().keys() == {"minute"}
    assert [one.step for one in steps_now(case.entries, case.policy)] == ["minute"]
    case.tell("minute", "2026-11-12T18:00", minutes="what was said")
    assert "minute" not in case.owed()


@pytest.mark.parametrize("profile", ["dropout-control", "dropout-mechanism"])
def test_checks_order_fixes_by_a_day(story: Story, profile: str) -> None:
    """DE-06, DE-12: each order of the group has an owner and a day, and is owed until done."""
    case = story("meeting", profile)
    call = {"meeting": "group", "chair": "T01", "planned": "2026-11-12T16:00:00+08:00"}
    case.tell("call", "2026-11-02T09:00", **call)
    chair = str(read_policy(profile).records("meeting")["group"].get("chair") or "principal")
    case.tell("hold", "2026-11-12T17:00", roles=[chair], present=["T01"])
    found = read_policy(profile).records("meeting")["group"].get("needs")
    needs = [one for one in found if one != "minutes"] if isinstance(found, list) else []
    told = {"minutes": "x", "needs_met": needs, "decisions": ["mend the list"], "owners": ["T05"]}
    at = ("minute", "2026-11-12T18:00")
    assert case.refused(*at, **told, dues=["2026-11-11"]) == "cases.day_behind"
    case.tell(*at, **told, dues=["2026-11-18"])
    rows = {row.what: row.by for row in case.rows()}
    assert rows["decision:1"] == "T05"
    case.tell("decision_done", "2026-11-18T09:00", number=1, content="mended")
    assert "decision:1" not in case.owed()


def test_contacts_with_parents_in_a_crisis_are_kept_under_their_key(story: Story) -> None:
    """CF-03: what was said to the parents stands in the psychological file and nowhere else."""
    case = signalled(story, ideation=True)
    case.tell("contact_parents", "2026-11-02T09:20", content="both come at once")
    from visitkit.record.cases import secret

    assert secret("crisis", "contact_parents")
    assert secret("crisis", "handover")
    assert "contact" not in str(values_from("visit_record", case.entries))


def test_the_leading_group_decides_on_referral(story: Story) -> None:
    """CW-02: outcome and end are the leading group's; a referral may also be the counsellor's."""
    case = signalled(story)
    case.tell("assess", "2026-11-02T11:00", "counsellor", opinion="x")
    outcome = {"outcome": "hospital", "leave": True}
    for role in ("head_teacher", "counsellor", "moral_office"):
        assert case.refused("decide", "2026-11-02T12:00", role, **outcome) == "cases.wrong_role"
    to = {"to": "the city hospital", "family_agrees": True}
    assert case.refused("refer", "2026-11-02T12:00", "head_teacher", **to) == "cases.wrong_role"
    case.tell("decide", "2026-11-02T12:00", "leading_group", **outcome)
    assert case.state == "in_hospital"


def test_the_working_group_reports_and_assesses(story: Story) -> None:
    """CW-03: telephone and written report are owed by the roles of the second tier."""
    case = story("crisis", "crisis-plan-a")
    case.tell("signal", "2026-11-02T09:00", signal="told", suspected=False)
    by = {row.what: row.by for row in case.rows()}
    tier = read_policy("crisis-plan-a")["crisis.tier.2.roles"]
    assert by["phone_counselling_room"] in tier
    assert by["written_crisis_report"] in tier


def test_a_severe_disorder_goes_to_the_counselling_room_first(story: Story) -> None:
    """CR-10: each station of the route is owed until it is noted."""
    case = signalled(story, facts=["severe_illness_diagnosed"])
    level = {"level": "crisis-a:larger", "facts": ["severe_illness_diagnosed"], "reason": "known"}
    case.tell("level", "2026-11-02T09:10", "counsellor", **level)
    route = read_policy("recommended")["crisis.illness_route"]
    assert {f"act:{one}" for one in route} <= case.owed().keys()
    case.tell("act", "2026-11-02T09:30", act="report_counselling_room")
    case.tell("assess", "2026-11-02T11:00", "counsellor", opinion="needs a doctor")
    assert "act:report_counselling_room" not in case.owed()
    to = {"to": "the city hospital", "family_agrees": True}
    case.tell("refer", "2026-11-02T12:00", "counsellor", **to)
    assert not {f"act:{one}" for one in route} & case.owed().keys()


def test_study_under_treatment_has_a_watcher_and_an_agreement(story: Story) -> None:
    """CR-11: neither can be left out, and what it asks for is owed afterwards."""
    case = signalled(story)
    case.tell("assess", "2026-11-02T11:00", "counsellor", opinion="fit under treatment")
    at = ("decide", "2026-11-02T12:00", "principal")
    told = {"outcome": "study_with_treatment", "watcher": "T01", "agreement_signed": True}
    for name in ("watcher", "agreement_signed"):
        lacking = {one: value for one, value in told.items() if one != name}
        assert case.refused(*at, **lacking) == "cases.missing_fact"
    case.tell(*at, **told)
    assert case.state == "at_school"
    assert any(what.startswith("act:more_support") for what in case.owed())


def test_class_measures_against_teasing(story: Story) -> None:
    """BI-05: the measures of the paper are kept with the care, another word is refused."""
    measures = read_policy("body-image")["body_image.measures"]
    case = story("body_image", "body-image")
    case.tell("open", "2026-11-02T09:00", content="is teased for the weight")
    level = {"level": "body-image:distress", "states": ["mood_stable"], "opinion": "x"}
    case.tell("judge", "2026-11-02T10:00", "counsellor", **level)
    told = {"content": "with the class", "next_date": "2026-11-09"}
    wrong = case.refused("care", "2026-11-03T10:00", "counsellor", **told, measures=["diet"])
    assert wrong == "cases.unknown_code"
    case.tell("care", "2026-11-03T10:00", "counsellor", **told, measures=measures)
    assert case.owed()["care"] == "2026-11-09 23:59"


def filed(story: Story) -> Any:
    """Return the file of a left-behind child."""
    case = story("left_behind", "left-behind-care")
    definition = read_policy("left-behind-care")["left_behind.definition"]
    return case.tell("open", "2026-11-02T09:00", definition=definition)


def test_one_file_with_five_blocks_kept_up_to_date(story: Story) -> None:
    """LB-02: five blocks are owed; each version stays; what changed is asked for anew."""
    case = filed(story)
    blocks = read_policy("left-behind-care")["left_behind.file_blocks"]
    assert {f"block:{one}" for one in blocks} <= case.owed().keys()
    assert len(blocks) == 5
    for block in blocks:
        if block != "mind":
            case.tell("block", "2026-11-02T10:00", block=block, content="first")
    case.tell("mind_block", "2026-11-02T11:00", "counsellor", content="first")
    case.tell("block", "2026-11-09T10:00", block="study", content="second")
    assert not any(what.startswith("block") for what in case.owed())
    versions = [one.facts["content"] for one in case.entries if one.facts.get("block") == "study"]
    assert versions == ["first", "second"]
    case.tell("check", "2027-01-20T10:00", content="looked through", changed=["study", "family"])
    assert {what for what in case.owed() if what.startswith("block")} == {
        "block:study", "block:family",
    }  # fmt: skip


def test_head_teacher_and_counsellor_watch_the_mind(story: Story) -> None:
    """LB-08: who watches may write; what the counsellor sees stays under its key."""
    case = filed(story)
    for role in read_policy("left-behind-care")["left_behind.watched_by"]:
        case.tell("block", "2026-11-02T10:00", role, block="life", content=f"seen by {role}")
    mind = case.refused("block", "2026-11-02T10:00", block="mind", content="x")
    assert mind == "cases.own_step"
    wrong = case.refused("mind_block", "2026-11-02T11:00", "subject_teacher", content="x")
    assert wrong == "cases.wrong_role"


def test_services_are_logged(story: Story) -> None:
    """LB-11: after class, in the holidays, boarding and the telephone room, and no other word."""
    case = filed(story)
    services = read_policy("left-behind-care")["left_behind.services"]
    for number, service in enumerate(services):
        case.tell("service", f"2026-11-0{number + 3}T17:00", service=service)
    assert len([one for one in case.entries if one.step == "service"]) == len(services) == 4
    wrong = case.refused("service", "2026-11-20T17:00", service="taxi")
    assert wrong == "cases.unknown_code"


def away(story: Story, policy: str = "dropout-mechanism") -> Any:
    """Return a student away since Monday."""
    case = story("persuasion", policy)
    return case.tell("open", "2026-11-02T08:30", signal="unexcused_absence", since="2026-11-02")


def test_a_return_plan_with_one_to_one_tracking(story: Story) -> None:
    """DP-08: catch-up, counselling and tracking are all asked for, and the plan is owed."""
    case = away(story)
    case.tell("back", "2026-11-03T08:00", returned_on="2026-11-03", tracker="T05")
    assert {row.what: row.by for row in case.rows()}["return_plan"] == "T05"
    parts = read_policy("dropout-mechanism")["return.plan_parts"]
    whole = dict.fromkeys(parts, "as agreed")
    for part in parts:
        lacking = {name: value for name, value in whole.items() if name != part}
        assert case.refused("return_plan", "2026-11-03T12:00", **lacking) == "cases.missing_fact"
    case.tell("return_plan", "2026-11-03T12:00", **whole)
    assert "return_plan" not in case.owed()


SEVEN = {
    "place": "at home", "talk": "x", "parent_feedback": "x", "promises": "x", "people": ["x"],
    "signatures": ["x"], "time": "2026-11-06T10:00:00+08:00",
}  # fmt: skip


def test_village_and_grid_staff_come_along_after_a_round_failed(story: Story) -> None:
    """DP-11: not before the school's own rounds were made; with the partners of the paper."""
    partners = read_policy("dropout-home-school-society")["persuasion.joint_partners"]
    case = away(story, "recommended")
    assert case.policy["persuasion.joint_partners"] == partners
    joint = ("joint_visit", "2026-11-07T10:00")
    assert case.refused(*joint, **SEVEN, partners=partners) == "cases.not_now"
    first = {"number": 1, "form": "home", "roles": ["head_teacher"], "result": "not_yet"}
    case.tell("round", "2026-11-06T10:10", **SEVEN, **first)
    assert case.refused(*joint, **SEVEN, partners=["township"]) == "cases.unknown_code"
    assert case.refused(*joint, **SEVEN, partners=partners) == "cases.rounds_first"
    roles = ["vice_principal", "moral_office", "head_teacher"]
    second = first | {"number": 2, "roles": roles}
    case.tell("round", "2026-11-06T16:10", "vice_principal", **SEVEN, **second)
    case.tell(*joint, **SEVEN, partners=partners)
    form = fill("persuasion_record", values_from("persuasion_record", case.entries[-1:]))
    assert list(form.content["partners"]) == list(partners)


@pytest.mark.parametrize("kind", ["study", "poor_family", "thought", "special_family"])
def test_each_kind_of_trouble_has_its_measures(story: Story, kind: str) -> None:
    """DH-01 to DH-04: the four measures of each kind are planned and what was given is told."""
    rules = read_policy("dropout-data-driven")
    measures = list(rules[f"help.{kind}"])
    assert len(measures) == 4
    case = story("help_plan", "dropout-data-driven")
    plan = {
        "causes": ["parenting"], "types": ["study"], "measures": measures, "owner": "T04",
        "goal": "reads aloud twice a week", "start": "2026-11-09", "weeks": 8,
        "meeting_per": "month", "monitor_per": "week", "before": "x",
        "time_points": ["2026-11-20"],
    }  # fmt: skip
    wrong = case.refused("draft", "2026-11-06T09:00", **plan | {"measures": ["punishment"]})
    assert wrong == "cases.unknown_code"
    case.tell("draft", "2026-11-06T09:00", **plan)
    for signer in rules["help.signed_by"]:
        case.tell("sign", "2026-11-06T10:00", signer=signer)
    case.tell("begin", "2026-11-09T08:00")
    for measure in measures:
        given = {"measure": measure, "delivered": True, "minutes": 40}
        case.tell("deliver", "2026-11-10T16:00", actor="T04", **given)
    rows = values_from("help_ledger", case.entries)["delivered"]
    assert [row["measure"] for row in rows] == measures


def running(story: Story) -> Any:
    """Return a plan of help that has begun."""
    case = story("help_plan")
    plan = {
        "causes": ["study"], "types": ["study"], "measures": ["tutoring"], "owner": "T04",
        "goal": "reads aloud twice a week", "start": "2026-11-09", "weeks": 8,
        "meeting_per": "month", "monitor_per": "week", "before": "x",
        "time_points": ["2026-11-20"],
    }  # fmt: skip
    case.tell("draft", "2026-11-06T09:00", **plan)
    case.tell("sign", "2026-11-06T10:00", signer="school")
    case.tell("sign", "2026-11-06T18:00", signer="parents")
    return case.tell("begin", "2026-11-09T08:00")


def test_the_owner_acts_and_the_office_checks_and_adjusts(story: Story) -> None:
    """DH-06: what was not given has a reason; owner or office monitor; the office revises."""
    case = running(story)
    gone = {"measure": "tutoring", "delivered": False, "minutes": 0}
    assert case.refused("deliver", "2026-11-10T16:00", actor="T04", **gone) == "cases.missing_fact"
    case.tell("deliver", "2026-11-10T16:00", actor="T04", **gone, reason="was ill")
    told = {"doing": "as before", "goes_as_planned": True}
    at = ("monitor", "2026-11-16T10:00")
    assert case.refused(*at, "subject_teacher", actor="T09", **told) == "cases.not_the_owner"
    case.tell(*at, "moral_office", actor="T08", **told)
    change = {"measures": ["tutoring", "interest"], "reason": "a club helps"}
    assert case.refused("revise", "2026-11-17T10:00", "subject_teacher", **change) == (
        "cases.wrong_role"
    )
    case.tell("revise", "2026-11-17T10:00", "moral_office", **change)


def test_the_roster_of_help_names_helper_content_goal_and_course(story: Story) -> None:
    """DH-07: the four columns of the roster are filled from the plan and what was done."""
    case = running(story)
    given = {"measure": "tutoring", "delivered": True, "minutes": 40, "content": "fractions"}
    case.tell("deliver", "2026-11-10T16:00", actor="T04", **given)
    case.tell("monitor", "2026-11-16T10:00", actor="T04", doing="reads", goes_as_planned=True)
    known = values_from("help_ledger", case.entries)
    assert known["helper"] == "T04"
    assert known["goal"] == "reads aloud twice a week"
    assert known["delivered"][0]["content"] == "fractions"
    assert known["monitored"][0]["doing"] == "reads"


def test_causes_are_told_apart(story: Story) -> None:
    """DR-10: the hidden risks of the paper are causes of a plan; another word is refused."""
    causes = list(read_policy("dropout-data-driven")["dropout.causes"])
    assert {"study_weariness", "net", "early_love", "family_change"} <= set(causes)
    case = story("help_plan", "dropout-data-driven")
    plan = {
        "types": ["study"], "measures": ["tutoring"], "owner": "T04", "weeks": 8,
        "goal": "reads aloud twice a week", "start": "2026-11-09", "before": "x",
        "meeting_per": "month", "monitor_per": "week", "time_points": ["2026-11-20"],
    }  # fmt: skip
    assert case.refused("draft", "2026-11-06T09:00", **plan, causes=["laziness"]) == (
        "cases.unknown_code"
    )
    case.tell("draft", "2026-11-06T09:00", **plan, causes=causes)
    assert case.entries[-1].facts["causes"] == causes


def test_a_class_sums_up_what_it_learned(story: Story) -> None:
    """RC-12: new practices and results are asked for, of the class and of each teacher."""
    case = visited(story)
    case.tell("record", "2026-11-07T08:00", **RECORD)
    case.tell("hand_in", "2026-11-09T08:00", documents=["visit_record"])
    known = values_from("class_summary", case.entries, about=About("", "701", "T01"))
    assert (known["class_id"], known["teacher_id"]) == ("701", "T01")
    assert known["documents"] == ["visit_record"]
    with pytest.raises(FormFaultsError) as caught:
        fill("class_summary", known)
    assert {one.field for one in caught.value.faults} == {"new_practices", "results"}
    told = {"new_practices": "visits in pairs", "results": "two desks", "case_story": "a child"}
    assert fill("class_summary", known | told).content["case_story"] == "a child"


def test_a_referral_ends_the_yearly_census_where_it_is_needed(story: Story) -> None:
    """CW-09: found by the census, talked with, filed, and referred with the family's consent."""
    case = story("crisis")
    told = {"signal": "critical_item", "suspected": True, "facts": ["screened"]}
    case.tell("signal", "2026-11-02T09:00", "computed", actor="computed", **told)
    assert "second_stage_talk" in case.owed()
    case.tell("second_stage_talk", "2026-11-02T10:00", "counsellor", ideation=False, content="x")
    case.tell("assess", "2026-11-02T11:00", "counsellor", opinion="needs more than a school")
    to = {"to": "the city hospital", "family_agrees": True}
    case.tell("refer", "2026-11-02T12:00", "counsellor", **to)
    assert values_from("referral_letter", case.entries)["to"] == "the city hospital"
