"""Alerts worked by hand: each rule opens on its fact, on its day, with its deadline and source."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from visitkit import text
from visitkit.load.school import School
from visitkit.policy import Policy, read_policy
from visitkit.screen.alerts import COLUMNS, RULES, alerts
from visitkit.screen.alerts.words import fact_text
from visitkit.text import LANGUAGES

# Friday 30 October 2026; weekdays are school days.
AS_OF = "2026-10-30"
Build = Callable[..., School]


@pytest.fixture(scope="module", name="rules")
def _rules() -> Policy:
    return read_policy("recommended")


def days(student: str, status: str, dates: list[str], periods: int | None = None) -> list[Any]:
    """Return rows of attendance."""
    row = {"student_id": student, "status": status, "periods": periods}
    return [{**row, "date": date} for date in dates]


def event(date: str, kind: str, student: str = "A") -> dict[str, Any]:
    """Return a row of events."""
    return {"student_id": student, "date": date, "kind": kind}


def of_rule(found: pd.DataFrame, rule: str) -> pd.DataFrame:
    """Return the alerts of one rule."""
    return found[found["rule"] == rule].reset_index(drop=True)


def test_three_days_without_a_reason_are_reported(school_of: Build, rules: Policy) -> None:
    """Friday, Monday and Tuesday, a lesson each: opened on the third day, due a day later."""
    rows = days("A", "unexcused", ["2026-10-23", "2026-10-26", "2026-10-27", "2026-10-28"], 1)
    found = of_rule(alerts(school_of(attendance=rows), rules, AS_OF), "unexcused_run")
    assert found.to_dict("records") == [
        {
            "student_id": "A",
            "rule": "unexcused_run",
            "kind": "report",
            "opened": pd.Timestamp("2026-10-27"),
            "since": pd.Timestamp("2026-10-23"),
            "due": pd.Timestamp("2026-10-28 08:00"),
            "action": "verify_and_report",
            "owner": "head_teacher",
            "source": rules.source("absence.report_days"),
            "fact": "4",
            "answered": pd.NaT,
            "overdue": True,
        }
    ]


def test_two_days_are_not_three(school_of: Build, rules: Policy) -> None:
    """Two days, or three with a day between, open no report."""
    rows = days("A", "unexcused", ["2026-10-26", "2026-10-27"])
    rows += days("B", "unexcused", ["2026-10-23", "2026-10-27", "2026-10-28"])
    found = alerts(school_of(attendance=rows), rules, AS_OF)
    assert of_rule(found, "unexcused_run").empty


def test_more_than_can_be_asked_for(school_of: Build, rules: Policy) -> None:
    """Where a school reads "more than three", the fourth day opens the alert."""
    rows = days("A", "unexcused", ["2026-10-23", "2026-10-26", "2026-10-27"])
    rows += days("B", "unexcused", ["2026-10-23", "2026-10-26", "2026-10-27", "2026-10-28"])
    strict = rules.with_values({"absence.report_inclusive": False})
    found = of_rule(alerts(school_of(attendance=rows), strict, AS_OF), "unexcused_run")
    assert found["student_id"].tolist() == ["B"]
    assert found["opened"].tolist() == [pd.Timestamp("2026-10-28")]


def test_two_runs_are_two_alerts(school_of: Build, rules: Policy) -> None:
    """One alert a run, not one a row."""
    first = ["2026-10-19", "2026-10-20", "2026-10-21"]
    second = ["2026-10-26", "2026-10-27", "2026-10-28", "2026-10-29"]
    rows = days("A", "unexcused", [*first, *second])
    found = of_rule(alerts(school_of(attendance=rows), rules, AS_OF), "unexcused_run")
    assert found["fact"].tolist() == ["3", "4"]


def test_a_lesson_missed_today_is_a_call_within_a_lesson(school_of: Build, rules: Policy) -> None:
    """Today and the school day before are told; the day before that is past."""
    rows = [
        *days("A", "unexcused", [AS_OF], 1),
        *days("B", "unexcused", ["2026-10-29"], 2),
        *days("C", "unexcused", ["2026-10-28"], 1),
        *days("D", "sick", [AS_OF]),
    ]
    truant = [{"student_id": "E", "date": AS_OF, "kind": "truancy"}]
    school = school_of(attendance=rows, behaviour=truant)
    found = of_rule(alerts(school, rules, AS_OF), "unexcused_absence")
    assert found["student_id"].tolist() == ["A", "B", "E"]
    assert found["due"].iloc[0] == pd.Timestamp("2026-10-30 08:45")
    assert found["overdue"].tolist() == [False, True, False]
    assert found["fact"].tolist() == ["1", "2", ""]


def test_a_call_answers_and_a_visit_needs_the_home(school_of: Build, rules: Policy) -> None:
    """A call made since answers a lesson missed, not an absence that asks for a visit."""
    rows = [*days("A", "unexcused", ["2026-10-29"]), *days("B", "unexcused", ["2026-10-27"])]
    visits = [
        {"student_id": "A", "date": "2026-10-28", "form": "home"},  # before it happened
        {"student_id": "A", "date": "2026-10-29", "form": "phone"},
        {"student_id": "B", "date": "2026-10-28", "form": "home"},
    ]
    found = alerts(school_of(attendance=rows, visits=visits), rules, AS_OF)
    call = of_rule(found, "unexcused_absence")
    assert call["answered"].tolist() == [pd.Timestamp("2026-10-29")]
    assert not call["overdue"].any()
    visit = of_rule(found, "unexcused_visit").set_index("student_id")
    assert pd.isna(visit.loc["A", "answered"])
    assert visit.loc["B", "answered"] == pd.Timestamp("2026-10-28")
    assert not visit.loc["B", "overdue"]


def test_a_talk_answers_a_crisis(school_of: Build, rules: Policy) -> None:
    """Counselling since then answers words of despair; a visit or help with study does not."""
    school = school_of(
        events=[event("2026-10-27", "despair_words", one) for one in "ABC"],
        visits=[{"student_id": "A", "date": "2026-10-28", "form": "home"}],
        interventions=[
            {"student_id": "B", "start": "2026-10-27", "type": "counselling"},
            {"student_id": "C", "start": "2026-10-28", "type": "study"},
        ],
    )
    found = alerts(school, rules, AS_OF)
    assert found["answered"].notna().tolist() == [False, True, False]
    assert found["overdue"].tolist() == [True, False, True]


def test_a_visit_is_for_whole_days(school_of: Build, rules: Policy) -> None:
    """Eight lessons over two days make the one day the rule asks for; one lesson does not."""
    rows = days("A", "unexcused", ["2026-10-28", "2026-10-29"], 4)
    rows += days("B", "unexcused", ["2026-10-29"], 1)
    found = of_rule(alerts(school_of(attendance=rows), rules, AS_OF), "unexcused_visit")
    assert found[["student_id", "fact"]].to_numpy().tolist() == [["A", "1;1"]]
    assert found["opened"].tolist() == [pd.Timestamp("2026-10-29")]
    assert found["due"].tolist() == [pd.Timestamp("2026-10-30 08:00")]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_run_is_told_beside_the_total(school_of: Build, rules: Policy, lang: str) -> None:
    """Eleven of eight lessons on end are one day and a half, beside the two and a half in all."""
    rows = days("A", "unexcused", ["2026-10-20"])
    rows += days("A", "unexcused", ["2026-10-28"], 8) + days("A", "unexcused", ["2026-10-29"], 3)
    found = of_rule(alerts(school_of(attendance=rows), rules, AS_OF), "unexcused_visit")
    assert found["fact"].tolist() == ["1;2.5", "1.5;2.5"]
    told = fact_text("unexcused_visit", "1.5;1", lang)
    assert told == text.say(
        "alerts.run_and_total",
        lang,
        run=text.say("alerts.days", lang, number="1.5"),
        total=text.say("alerts.days_one", lang, number="1"),
        window=60,
    )


def test_sick_and_personal_leave(school_of: Build, rules: Policy) -> None:
    """Two days sick ask for a visit; personal leave only where the school says after how many."""
    rows = days("A", "sick", ["2026-10-28", "2026-10-29"])
    rows += days("B", "personal", ["2026-10-28", "2026-10-29"])
    school = school_of(attendance=rows)
    found = alerts(school, rules, AS_OF)
    assert found["rule"].tolist() == ["sick_absence"]
    asked = alerts(school, rules.with_values({"trigger.personal_days": 2}), AS_OF)
    assert asked["rule"].tolist() == ["sick_absence", "personal_absence"]


@pytest.mark.parametrize(
    ("kind", "raised"),
    [
        ("bereavement", ["family_event"]),
        ("domestic_violence", ["family_event", "police_event"]),
        ("student_injury", ["student_event"]),
        ("award", ["good_event"]),
        ("leaving_talk", ["leaving_talk"]),
        ("no_show", ["no_show"]),
        ("left_without_reason", ["left_without_reason"]),
        ("alone", ["police_event"]),
        ("despair_words", ["despair_words"]),
        ("other", []),
    ],
)
def test_events_open_what_the_policy_lists(
    school_of: Build, rules: Policy, kind: str, raised: list[str]
) -> None:
    """Each kind opens the rules that list it, with the kind as the fact and the list's source."""
    found = alerts(school_of(events=[event("2026-10-28", kind)]), rules, AS_OF)
    assert sorted(found["rule"]) == raised
    assert set(found["fact"]) <= {kind}
    by_code = {rule.code: rule for rule in RULES}
    for row in found.itertuples():
        assert row.source == rules.source(by_code[row.rule].key)
        assert row.kind == by_code[row.rule].kind


def test_who_did_not_come_or_left_is_asked_for_at_once(school_of: Build, rules: Policy) -> None:
    """DO-03 and DO-05: parents within the lesson, a report within a day; either may be off."""
    rows = [event("2026-10-30", "no_show"), event("2026-10-30", "left_without_reason", "B")]
    found = alerts(school_of(events=rows), rules, AS_OF).set_index("student_id")
    assert found["action"].tolist() == ["call_parents", "verify_and_report"]
    assert found["kind"].tolist() == ["contact", "report"]
    assert found["due"]["A"] == pd.Timestamp("2026-10-30 08:45")  # the first lesson is over
    flags = ["trigger.no_show", "trigger.left_without_reason"]
    assert found["source"].tolist() == [rules.source(key) for key in flags]
    off = rules.with_values(dict.fromkeys(flags, False))
    assert alerts(school_of(events=rows), off, AS_OF).empty


def test_the_police_and_a_crisis_are_due_at_once(school_of: Build, rules: Policy) -> None:
    """Due before the lessons of that very day end, overdue only from the next day on."""
    rows = [event("2026-10-30", "missing"), event("2026-10-30", "despair_words", "B")]
    found = alerts(school_of(events=rows), rules, AS_OF)
    assert found["due"].tolist() == [pd.Timestamp("2026-10-30 15:10")] * 2
    assert found["kind"].tolist() == ["mandatory", "crisis"]
    assert not found["overdue"].any()
    assert alerts(school_of(events=rows), rules, "2026-10-31")["overdue"].all()


def test_it_does_not_matter_in_which_sheet_it_stands(school_of: Build, rules: Policy) -> None:
    """A sign of self-harm, being bullied and violence at home open what the events would."""
    school = school_of(
        behaviour=[
            {"student_id": "A", "date": AS_OF, "kind": "self_harm_sign"},
            {"student_id": "B", "date": AS_OF, "kind": "bullied"},
        ],
        homelife=[
            {"student_id": "C", "date": AS_OF, "field": "violence", "value": "yes"},
            {"student_id": "D", "date": AS_OF, "field": "violence", "value": "no"},
        ],
        groups=[{"student_id": "E", "code": "domestic_violence", "since": AS_OF}],
    )
    found = alerts(school, rules, AS_OF)
    assert found[["student_id", "rule"]].to_numpy().tolist() == [
        ["A", "despair_words"],
        ["B", "student_event"],
        ["C", "police_event"],
        ["C", "family_event"],
        ["E", "police_event"],
        ["E", "family_event"],
    ]


def test_facts_close_together_are_one_matter(school_of: Build, rules: Policy) -> None:
    """The same change told again within a week is one alert from the first day on."""
    dates = ["2026-10-12", "2026-10-16", "2026-10-26"]
    rows = [event(date, "bereavement") for date in dates]
    found = of_rule(alerts(school_of(events=rows), rules, AS_OF), "family_event")
    assert found["opened"].tolist() == [pd.Timestamp("2026-10-12"), pd.Timestamp("2026-10-26")]


def test_words_of_despair_are_never_gathered(school_of: Build, rules: Policy) -> None:
    """Each day on which they were heard is its own alert."""
    rows = [event(date, "despair_words") for date in ("2026-10-27", "2026-10-27", "2026-10-28")]
    found = alerts(school_of(events=rows), rules, AS_OF)
    assert len(found) == 2


def test_serious_conduct_by_the_policy(school_of: Build, rules: Policy) -> None:
    """Severity three opens an alert; two and a missing severity do not, unless asked for."""
    rows = [
        {"student_id": one, "date": "2026-10-29", "kind": kind, "severity": severity}
        for one, kind, severity in [
            ("A", "fighting", 3),
            ("B", "fighting", 2),
            ("C", "fighting", None),
            ("D", "withdrawn", 3),
            ("E", "other", 3),
        ]
    ]
    school = school_of(behaviour=rows)
    found = of_rule(alerts(school, rules, AS_OF), "serious_conduct")
    assert found[["student_id", "fact"]].to_numpy().tolist() == [["A", "fighting"], ["E", "other"]]
    looser = rules.with_values({"trigger.conduct_severity": 1})
    found = of_rule(alerts(school, looser, AS_OF), "serious_conduct")
    assert found["student_id"].tolist() == ["A", "B", "C", "E"]


def exam(name: str, date: str, best: str) -> list[dict[str, Any]]:
    """Return one paper of ten students in which one is far above and the others alike."""
    return [
        {
            "student_id": f"S{n}",
            "date": date,
            "exam": name,
            "subject": "maths",
            "score": 95 if f"S{n}" == best else 60,
            "full_score": 100,
        }
        for n in range(10)
    ]


def test_a_sudden_fall_in_marks(school_of: Build, rules: Policy) -> None:
    """From three standard deviations above to a third below: told on the day of the exam."""
    rows = exam("first", "2026-09-25", "S0") + exam("second", "2026-10-26", "S1")
    found = alerts(school_of(marks=rows), rules, AS_OF)
    assert found[["student_id", "rule", "fact"]].to_numpy().tolist() == [["S0", "mark_drop", "3.3"]]
    assert found["opened"].tolist() == [pd.Timestamp("2026-10-26")]
    assert found["due"].tolist() == [pd.Timestamp("2026-10-27 08:00")]


def scored(**columns: list[str]) -> pd.DataFrame:
    """Return scored sheets of students A, B ... a day apart."""
    number = len(columns["state"])
    return pd.DataFrame(
        {
            "student_id": list("ABCDEF"[:number]),
            "date": pd.date_range("2026-10-20", periods=number, unit="us"),
            "instrument": "MHT",
            "ratio": np.nan,
            "subscales_raised": np.nan,
            **columns,
        }
    )


def test_critical_answers_come_first(school_of: Build, rules: Policy) -> None:
    """Also on a void sheet; a question left open is asked, and no item is named."""
    sheets = scored(
        state=["void", "valid", "valid", "incomplete"],
        critical_hits=["85;97", "", "85", ""],
        critical_missing=["", "", "97", "85;97"],
    )
    school = school_of(students=[{"student_id": one} for one in "ABCD"])
    found = alerts(school, rules, AS_OF, scored=sheets)
    assert found[["student_id", "rule", "fact", "owner"]].to_numpy().tolist() == [
        ["A", "critical_item", "2", "counsellor"],
        ["C", "critical_item", "1", "counsellor"],
        ["C", "critical_missing", "1", "counsellor"],
        ["D", "critical_missing", "2", "counsellor"],
    ]


def test_a_void_sheet_of_the_school_itself(school_of: Build, rules: Policy) -> None:
    """Raw answers: item 9 of a PHQ-9 that is otherwise all zero opens an alert."""
    answers = {f"item_{number}": 0 for number in range(1, 9)} | {"item_9": 1}
    rows = [{"student_id": "A", "date": "2026-10-28", "instrument": "PHQ-9", **answers}]
    found = alerts(school_of(surveys=rows), rules, AS_OF)
    assert found["rule"].tolist() == ["critical_item"]


def test_an_alert_ends_with_its_lookback(school_of: Build, rules: Policy) -> None:
    """Ten school days after the last day sick the alert is no longer told, unless asked for."""
    school = school_of(attendance=days("A", "sick", ["2026-10-14", "2026-10-15"]))
    assert len(alerts(school, rules, "2026-10-28")) == 1
    assert alerts(school, rules, "2026-10-29").empty
    longer = rules.with_values({"trigger.sick_absence_lookback_days": 20})
    assert len(alerts(school, longer, "2026-10-29")) == 1


def test_only_students_on_roll(school_of: Build, rules: Policy) -> None:
    """Who has left is no longer the school's to visit; who is on no roll is nobody."""
    school = school_of(
        students=[{"student_id": "A", "left_on": "2026-10-29"}, {"student_id": "B"}],
        events=[event(AS_OF, "moved", "A"), event(AS_OF, "award", "B"), event(AS_OF, "alone", "C")],
    )
    assert alerts(school, rules, AS_OF)["student_id"].tolist() == ["B"]


def test_an_empty_school_has_an_empty_table(school_of: Build, rules: Policy) -> None:
    """No fact, no alert, but every column with its type."""
    found = alerts(school_of(students=[{"student_id": "A"}]), rules, AS_OF)
    assert found.empty
    assert {name: str(kind) for name, kind in found.dtypes.items()} == COLUMNS


def test_remembered_events_open_alerts(school_of: Build, rules: Policy) -> None:
    """What the casebook remembers counts like the school's own table."""
    memory = {"events": pd.DataFrame([event("2026-10-29", "missing")])}
    memory["events"]["date"] = pd.to_datetime(memory["events"]["date"])
    school = school_of(students=[{"student_id": "A"}])
    assert alerts(school, rules, AS_OF, memory)["rule"].tolist() == ["police_event"]


def test_the_end_of_an_earlier_crisis_closes_no_later_one(school_of: Build, rules: Policy) -> None:
    """Words of despair while one crisis goes on open a second; the first ends, the alert stays."""
    school = school_of(events=[event("2026-10-20", "despair_words")])
    row = {"student_id": "A", "rule": "despair_words"}
    earlier = {**row, "since": "2026-10-05", "known": "2026-10-05", "ended": "2026-10-27"}
    later = {**row, "since": "2026-10-20", "known": "2026-10-20", "ended": None}
    one, both = pd.DataFrame([earlier]), pd.DataFrame([earlier, later])
    assert of_rule(alerts(school, rules, AS_OF, matters=one), "despair_words").empty
    assert len(of_rule(alerts(school, rules, AS_OF, matters=both), "despair_words")) == 1
