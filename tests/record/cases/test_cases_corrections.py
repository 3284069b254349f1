"""Corrections, entries taken back, late entries, and what an error may say."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from visitkit import text
from visitkit.errors import StoreError
from visitkit.policy import read_policy
from visitkit.record.cases import (
    accept,
    corrected,
    from_alert,
    from_caseload,
    from_record,
    from_visit_plan,
    opening,
    state,
)  # fmt: skip

Story = Callable[..., Any]
AT = dt.datetime(2026, 11, 6, 8, 30, tzinfo=dt.UTC)


@pytest.fixture
def matter(story: Story) -> Any:
    case = story("escalation")
    case.tell("report", "2026-11-02T09:00", issue="no desk", to=["moral_office"])
    due = {"owner": "T07", "answer_by": "2026-11-09"}
    return case.tell("take_up", "2026-11-02T10:00", "moral_office", **due)


def test_a_correction_takes_the_place_of_its_entry(matter: Any) -> None:
    matter.tell("take_up", "2026-11-02T10:00", "moral_office", corrects="e2", owner="T08",
                answer_by="2026-11-11")  # fmt: skip
    assert matter.owed() == {"settle": "2026-11-11 23:59"}
    assert [one.entry_id for one in corrected(matter.entries)] == ["e1", "e3"]
    assert state(matter.entries).facts["owner"] == "T08"
    # The latest version is corrected, not the one it replaced.
    again = {"corrects": "e2", "owner": "T09", "answer_by": "2026-11-12"}
    assert matter.refused("take_up", "2026-11-02T10:00", "moral_office", **again) == (
        "cases.corrects_nothing"
    )
    again["corrects"] = "e3"
    matter.tell("take_up", "2026-11-02T10:00", "moral_office", **again)
    assert state(matter.entries).facts["owner"] == "T09"


def test_a_correction_is_of_the_same_step_and_breaks_nothing(matter: Any) -> None:
    late = {"corrects": "e1", "issue": "x", "to": ["moral_office"]}
    assert matter.refused("report", "2026-11-02T11:00", **late) == "cases.breaks_later"
    assert matter.refused("take_up", "2026-11-02T09:00", "moral_office", corrects="e1") == (
        "cases.corrects_other_step"
    )


def test_an_entry_is_taken_back_with_a_reason(matter: Any) -> None:
    assert matter.refused("withdraw", "2026-11-03T09:00", corrects="e1", reason="x") == (
        "cases.breaks_later"
    )
    office = {"corrects": "e2"}
    assert matter.refused("withdraw", "2026-11-03T09:00", "moral_office", **office) == (
        "cases.withdraw_needs_reason"
    )
    matter.tell("withdraw", "2026-11-03T09:00", "moral_office", **office, reason="wrong matter")
    assert matter.state == "reported"
    matter.tell("withdraw", "2026-11-03T09:10", corrects="e1", reason="wrong child")
    assert matter.state == "withdrawn"
    assert matter.owed() == {}


def test_late_entries_find_their_place_and_others_may_not(story: Story) -> None:
    case = story("crisis")
    case.tell("signal", "2026-11-06T16:30", signal="told", suspected=True)
    case.tell("assess", "2026-11-06T18:00", "counsellor", opinion="x")
    case.tell("phone_counselling_room", "2026-11-06T16:35", to="T90")
    assert [one.step for one in corrected(case.entries)][1] == "phone_counselling_room"
    early = case.refused("level", "2026-11-06T17:00", "counsellor", level="crisis-a:general",
                         facts=["screened"])  # fmt: skip
    assert early == "cases.time_backwards"
    assert case.refused("phone_counselling_room", "2026-11-06T16:00", to="T90") == "cases.not_begun"


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"to": None}, "cases.missing_fact"),
        ({"to": "moral_office"}, "cases.wrong_type"),
        ({"to": ["zhang_san_office"]}, "cases.unknown_code"),
        ({"to": ["principal"]}, "cases.list_lacks"),
        ({"issue": "  "}, "cases.wrong_type"),
        ({"issue": 7}, "cases.wrong_type"),
        ({"telephone": "x"}, "cases.unknown_fact"),
    ],
)
def test_facts_that_do_not_fit(story: Story, change: dict[str, object], key: str) -> None:
    case = story("escalation")
    told = {"issue": "no desk", "to": ["moral_office"], **change}
    assert case.refused("report", "2026-11-02T09:00", **told) == key


def test_an_error_never_repeats_what_may_be_a_name(story: Story, days: Any) -> None:
    case = story("escalation")
    for value in ("Zhang San", "zhangsan", "13800000000", "110101201309010018"):
        new = case.entry("report", "2026-11-02T09:00", issue="x", to=[value])
        with pytest.raises(StoreError) as caught:
            accept([], new, case.policy, days)
        for lang in text.LANGUAGES:
            assert value not in text.say(caught.value.key, lang, **caught.value.facts)


def test_roles_times_and_kinds_that_do_not_fit(story: Story, days: Any) -> None:
    case = story("risk_review")
    told = {"computed_tier": "dropout:high"}
    assert case.refused("rate", "2026-11-02T09:00", tier="dropout:high") == "cases.not_begun"
    case.tell("compute", "2026-11-02T09:00", "computed", actor="computed", **told)
    assert case.refused("compute", "2026-11-02T09:10", **told) == "cases.not_now"
    program = case.refused("rate", "2026-11-02T09:10", "computed", actor="computed", tier="x:y")
    assert program == "cases.not_by_program"
    assert case.refused("rate", "2026-11-02T09:10", "counsellor") == "cases.wrong_role"
    lower = {"tier": "dropout:low"}
    assert case.refused("rate", "2026-11-02T09:10", **lower) == "cases.tier_needs_reason"
    naive = case.entry("rate", "2026-11-02T09:10", tier="dropout:high")
    import dataclasses

    for change, key in (
        ({"at": dt.datetime(2026, 11, 2, 9)}, "cases.not_utc"),
        ({"kind": "rumour"}, "cases.unknown_kind"),
        ({"student_id": None}, "cases.no_student"),
        ({"student_id": "S2"}, "cases.other_case"),
        ({"step": "gossip"}, "cases.unknown_step"),
        ({"actor": " "}, "cases.no_actor"),
    ):
        with pytest.raises(StoreError) as caught:
            accept(case.entries, dataclasses.replace(naive, **change), case.policy, days)
        assert caught.value.key == key


def test_both_tiers_stay_and_the_agreed_one_runs_out(story: Story) -> None:
    case = story("risk_review")
    case.tell("compute", "2026-11-02T09:00", computed_tier="dropout:high")
    why = {"reason_code": "help_working", "reason": "comes each day"}
    case.tell("rate", "2026-11-03T09:00", tier="dropout:medium", **why)
    both = ["moral_office", "counsellor"]
    case.tell("review", "2026-11-04T09:00", "moral_office", tier="dropout:medium", together=both)
    agree = {"tier": "dropout:medium", "together": ["head_teacher", *both], **why}
    assert case.refused("agree", "2026-11-05T09:00", **agree) == "cases.tier_needs_end"
    case.tell("agree", "2026-11-05T09:00", **agree, expires="2026-12-04")
    now = state(case.entries)
    assert (now.computed, now.level) == ("dropout:high", "dropout:medium")
    assert now.level_on(dt.date(2026, 12, 4)) == "dropout:medium"
    assert now.level_on(dt.date(2026, 12, 5)) == "dropout:high"
    assert case.owed() == {"compute": "2026-12-04 23:59"}


def test_the_line_goes_up_one_step_at_a_time(story: Story) -> None:
    case = story("body_image")
    case.tell("open", "2026-11-02T09:00", content="x")
    scale = {"task": "a walk"}
    for answer, aim, key in (
        (4, 10, "one_step_up"),
        (0, 1, "off_the_line"),
        (11, 11, "out_of_range"),
    ):
        told = case.refused(
            "scale", "2026-11-02T10:00", "counsellor", answer=answer, aim=aim, **scale
        )
        assert told == f"cases.{key}"
    case.tell("scale", "2026-11-02T10:00", "counsellor", answer=10, aim=10, **scale)


def test_first_entries_from_what_other_stages_found(days: Any) -> None:
    rules = read_policy("recommended")
    for rule in ("critical_item", "despair_words", "police_event", "unexcused_run", "mark_drop"):
        alert = {"student_id": "S1", "rule": rule, "opened": "2026-11-06", "fact": "missing"}
        first = from_alert(alert, AT, 1)
        assert first is not None
        accept([], first, rules, days)
    assert from_alert({**alert, "rule": "good_event"}, AT, 1) is None
    tier = {"student_id": "S1", "tier": "priority", "risk_index": float("nan"), "coverage": 0.4}
    review = from_caseload(tier, rules, AT, 1)
    assert review is not None
    assert "risk_index" not in review.facts
    accept([], review, rules, days)
    assert from_caseload({**tier, "tier": "unknown"}, rules, AT, 1) is None
    row = {"student_id": "S1", "date": dt.date(2026, 11, 9), "start": 1020.0, "end": 1060.0,
           "visitors": ("T01", "T02"), "form": "home", "duty": "regular", "due": None}  # fmt: skip
    visit = from_visit_plan(row, AT, 3)
    assert visit.facts["planned_start"] == "2026-11-09T09:00:00+00:00"
    accept([], visit, rules, days)
    told = {"issue": "x", "to": "moral_office"}
    handed = opening("visit", "S1", AT, "T01", "head_teacher", told, 3)
    accept([], from_record(handed, 1), rules, days)


def test_an_error_tells_the_word_beside_the_code(
    story: Story, days: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = story("escalation")
    new = case.entry("report", "2026-11-02T09:00", issue="x", to=["principal"])
    for lang, word in (("en", "moral-education office"), ("zh", "\u5fb7\u80b2\u5904")):
        monkeypatch.setenv("VISITKIT_LANG", lang)
        with pytest.raises(StoreError) as caught:
            accept([], new, case.policy, days)
        assert f"{word} (moral_office)" in str(caught.value)
