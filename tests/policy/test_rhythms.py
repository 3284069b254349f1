"""What comes round again, and how far a rule on visits is met."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visitkit.calendar import Term
from visitkit.errors import PolicyError
from visitkit.policy import names, read_policy
from visitkit.policy.counts import forms_of
from visitkit.policy.deadlines import counsellors_missing, record_due, safety_alarm
from visitkit.policy.reached import phone_only, reached
from visitkit.policy.rhythms import occurrences
from visitkit.policy.windows import list_due, window_days
from visitkit.tables import GUARDIANS, STUDENTS

AUTUMN = Term("autumn", dt.date(2026, 9, 1), dt.date(2027, 1, 22))
SPRING = Term("spring", dt.date(2027, 2, 22), dt.date(2027, 7, 2))
YEAR = [AUTUMN, SPRING]


@pytest.mark.parametrize(
    ("profile", "key", "times"),
    [
        ("home-school-contact", "meeting.parents", 2),  # HC-01: one each semester
        ("junior-school-visits", "meeting.parents", 4),  # HC-02: two each semester
        ("junior-school-visits", "survey.parents", 4),  # HC-03
        ("junior-school-visits", "meeting.representatives", 4),  # HC-04
        ("junior-school-campaign", "meeting.council_forum", 11),  # HC-07: each month
        ("junior-school-campaign", "meeting.case_conference", 11),  # FU-03
        ("dropout-home-school-society", "meeting.parents", 2),  # HC-08
        ("dropout-mechanism", "meeting.group", 11),  # DE-01: each month of the terms
        ("dropout-mechanism", "meeting.special", 4),  # DE-01: quarterly
        ("dropout-control", "data.census_per", 1),  # DO-04: once a year
        ("dropout-home-school-society", "evaluation.self_check_per", 2),  # DE-04
        ("crisis-plan-a", "screening.per", 1),  # CW-09
        ("crisis-plan-a", "training.crisis_per", 2),  # CW-05, CP-04
        ("left-behind-care", "agent_parent.duty.parents", 11),  # LB-05: monthly
        ("left-behind-care", "agent_parent.duty.visit", 2),  # LB-05: half-yearly
    ],
)
def test_how_often_in_a_school_year(profile: str, key: str, times: int) -> None:
    """As often as the paper says, each within its term."""
    found = [one for one in occurrences(read_policy(profile), YEAR) if one.key == key]
    assert len(found) == times
    assert all(any(term.start <= one.due <= term.end for term in YEAR) for one in found)


def test_each_week_of_a_term_is_analysed() -> None:
    """DM-05: attendance every week, on Sunday at the latest, and at the end of the term."""
    found = occurrences(read_policy("dropout-control"), [AUTUMN])
    weeks = [one.due for one in found if one.key == "absence.analysis_per"]
    assert weeks[0] == dt.date(2026, 9, 6)
    assert weeks[-1] == AUTUMN.end
    assert {day.weekday() for day in weeks[:-1]} == {6}


def test_data_before_and_in_the_middle_of_term() -> None:
    """DD-08: two fixed days a semester."""
    found = occurrences(read_policy("dropout-data-driven"), YEAR)
    days = [one.due for one in found if one.key == "data.entry_points"]
    assert days[0] == dt.date(2026, 8, 31)
    assert len(days) == 4
    assert AUTUMN.start < days[1] < AUTUMN.end


def test_two_of_a_semester_are_spread() -> None:
    """Two meetings are not both due on the last day."""
    found = occurrences(read_policy("junior-school-visits"), [AUTUMN])
    days = [one.due for one in found if one.key == "meeting.parents"]
    assert days == [dt.date(2026, 11, 11), AUTUMN.end]


def test_what_is_not_decided_has_no_day() -> None:
    """LB-05: the fifth duty of an agent parent is a gap, not a date."""
    found = occurrences(read_policy("left-behind-care"), YEAR)
    assert "agent_parent.duty.fifth" not in {one.key for one in found}
    assert occurrences(read_policy("left-behind-care"), []) == ()


def test_k17_the_same_months_under_two_papers() -> None:
    """A monthly conference of the head teacher, or a monthly and a quarterly meeting."""
    one = Counter(x.key for x in occurrences(read_policy("junior-school-campaign"), YEAR))
    other = Counter(x.key for x in occurrences(read_policy("dropout-mechanism"), YEAR))
    assert one["meeting.case_conference"] == 11
    assert (other["meeting.case_conference"], other["meeting.special"]) == (0, 4)


@pytest.mark.parametrize("name", names())
def test_every_occurrence_has_a_source(name: str) -> None:
    """No rhythm is invented."""
    policy = read_policy(name)
    if "absence.analysis_per" not in policy:
        pytest.skip("a part that other policies build on")
    assert all(one.source for one in occurrences(policy, YEAR))


def made(home: int, phone: int, none: int, times: int = 1) -> dict[str, list[str]]:
    """So many students visited at home, telephoned, and not contacted."""
    forms = [["home"] * times] * home + [["phone"] * times] * phone + [[]] * none
    return {f"{place:03}": one for place, one in enumerate(forms)}


@pytest.mark.parametrize(
    ("profile", "rule", "contacts", "met"),
    [
        ("home-visit-2", "school", made(10, 0, 0), True),  # CQ-01: all
        ("home-visit-2", "school", made(9, 0, 1), False),
        ("home-visit-2", "student", made(10, 0, 0, 2), True),  # CQ-02: two contacts each
        ("home-visit-2", "student", made(10, 0, 0, 1), False),
        ("home-visit-2", "special", made(9, 1, 0), False),  # CQ-02: one at home
        ("home-visit-4", "school", made(9, 0, 1), False),  # CQ-05: more than 90 %
        ("home-visit-4", "school", made(10, 0, 0), True),
        ("home-visit-4", "head_teacher", made(22, 0, 23), False),  # CQ-03: half of 45 is 23
        ("home-visit-4", "head_teacher", made(23, 0, 22), True),
        ("home-visit-4", "leader", made(9, 0, 11), False),  # CQ-04: ten
        ("home-visit-4", "leader", made(10, 0, 10), True),
        ("home-visit-5", "school", made(5, 5, 0), True),  # CQ-06: half at home
        ("home-visit-5", "school", made(4, 6, 0), False),
        ("home-visit-5", "class", made(4, 0, 6), False),  # CQ-07
        ("home-visit-5", "subject_teacher", made(7, 0, 20), False),  # CQ-07: eight
        ("home-visit-5", "subject_teacher", made(8, 0, 20), True),
        ("junior-school-visits", "head_teacher", made(44, 0, 1), False),  # CQ-09: every student
        ("junior-school-visits", "head_teacher", made(45, 0, 0), True),
        ("junior-school-visits", "special", made(9, 1, 0), False),  # CQ-11: at home
        ("junior-school-visits", "special", made(10, 0, 0), True),
        ("junior-school-annex", "head_teacher", made(22, 0, 23), False),  # CQ-13
        ("junior-school-annex", "head_teacher", made(23, 0, 22), True),
        ("junior-school-annex", "subject_teacher", made(3, 0, 40), False),  # CQ-14: four to six
        ("junior-school-annex", "subject_teacher", made(4, 0, 40), True),
        ("junior-school-campaign", "subject_teacher", made(4, 0, 40), False),  # CQ-16: five
        ("junior-school-campaign", "subject_teacher", made(5, 0, 40), True),
        ("dropout-home-school-society", "student", made(9, 0, 1), False),  # VC-16
        ("home-school-contact", "student", made(9, 0, 1), False),  # VC-01: every student
        ("home-school-contact", "student", made(9, 1, 0), True),
    ],
)
def test_a_quota_is_met_or_not(
    profile: str, rule: str, contacts: dict[str, list[str]], met: bool
) -> None:
    """At the very number the paper names, and one below it."""
    assert reached(read_policy(profile), rule, contacts).met is met


def test_a_call_does_not_replace_a_visit() -> None:
    """VF-10, VF-11: where a paper says so, telephoned students stay open."""
    assert forms_of(read_policy("home-visit-1")) == ("home",)
    campaign = read_policy("junior-school-campaign")
    assert reached(campaign, "subject_teacher", made(0, 10, 0)).reached == 0
    assert reached(campaign, "subject_teacher", made(10, 0, 0)).reached == 10


@pytest.mark.parametrize("profile", ["home-school-contact", "junior-school-visits"])
def test_key_students_are_visited_once_more(profile: str) -> None:
    """CQ-12, VC-03: each key student once on top, whoever else was visited."""
    policy = read_policy(profile)
    assert not reached(policy, "key_extra", made(9, 0, 1)).met
    assert reached(policy, "key_extra", made(10, 0, 0)).met


@pytest.mark.parametrize(
    ("profile", "name", "first", "last"),
    [
        ("home-visit-2", "prepare", (2026, 5, 15), (2026, 5, 31)),  # CQ-24
        ("home-visit-2", "visits", (2026, 5, 31), (2026, 9, 30)),
        ("home-visit-3", "prepare", (2026, 9, 3), (2026, 9, 11)),  # CQ-25
        ("home-visit-3", "visits", (2026, 9, 16), (2027, 5, 30)),
        ("home-visit-3", "summary", (2026, 6, 1), (2026, 6, 28)),
        ("home-visit-5", "prepare", (2026, 11, 2), (2026, 11, 6)),  # CQ-26
        ("home-visit-5", "visits", (2026, 11, 17), (2027, 6, 7)),
        ("home-visit-5", "summary", (2026, 6, 10), None),
        ("junior-school-campaign", "visits", (2026, 4, 1), (2026, 5, 31)),  # CQ-15
        ("home-visit-1", "graduating", (2026, 2, 17), (2026, 3, 1)),  # CQ-22
    ],
)
def test_k28_windows_are_days(
    profile: str, name: str, first: tuple[int, int, int], last: tuple[int, int, int] | None
) -> None:
    """Each campaign has its own days; the Spring Festival moves with the year."""
    named = {
        "spring_festival": dt.date(2026, 2, 17),
        "winter_holiday_end": dt.date(2026, 3, 1),
    }
    found = window_days(read_policy(profile), name, 2026, named)
    assert found == (dt.date(*first), dt.date(*last) if last else None)


def test_a_window_that_cannot_be_told_is_an_error() -> None:
    """An unknown window, and a festival whose day nobody gave."""
    with pytest.raises(PolicyError):
        window_days(read_policy("home-visit-3"), "autumn", 2026)
    with pytest.raises(PolicyError):
        window_days(read_policy("home-visit-1"), "graduating", 2026)


def test_a_record_and_a_safe_return_have_a_time() -> None:
    """RC-01, K24, SF-03: hours after the visit, minutes of grace after its planned end."""
    ended = dt.datetime(2026, 11, 6, 18, 0)
    rules = read_policy("recommended")
    changed = rules.with_values({"record.due_hours": 48, "safety.report_grace_minutes": 15})
    assert record_due(changed, ended) - record_due(rules, ended) == dt.timedelta(hours=24)
    assert safety_alarm(changed, ended) == dt.datetime(2026, 11, 6, 18, 15)


def test_the_list_of_students_to_visit_has_a_day() -> None:
    """CQ-27: 26 June in one paper, no day in the others; its fields stand in the tables."""
    policy = read_policy("home-visit-4")
    assert list_due(policy, 2026) == dt.date(2026, 6, 26)
    assert list_due(read_policy("home-visit-5"), 2026) is None
    places = {"student": STUDENTS, "address": STUDENTS, "parent": GUARDIANS, "phone": GUARDIANS}
    columns = {"student": "student_id", "parent": "relation"}
    fields = policy["assign.list_fields"]
    assert isinstance(fields, list)
    assert all(columns.get(one, one) in places[one].by_name for one in fields)


def test_a_school_has_a_counsellor() -> None:
    """LB-07: at least one, more than one is no fault."""
    rules = read_policy("left-behind-care")
    assert [counsellors_missing(rules, held) for held in (0, 1, 2)] == [1, 0, 0]


def test_only_telephoned() -> None:
    """VF-12: the share of families that were only telephoned; unknown where nobody was."""
    assert phone_only(made(3, 1, 6)) == 0.25
    assert phone_only(made(0, 0, 3)) is None


@settings(max_examples=30, deadline=None)  # a busy machine is no failure
@given(st.integers(0, 20), st.integers(0, 20), st.integers(0, 20))
def test_another_visit_never_breaks_a_rule(home: int, phone: int, none: int) -> None:
    """A rule that is met stays met when somebody else is visited."""
    rules = read_policy("recommended")
    for rule in ("student", "head_teacher", "special"):
        before = reached(rules, rule, made(home, phone, none + 1))
        after = reached(rules, rule, made(home + 1, phone, none))
        assert after.met >= before.met
        assert after.reached + len(after.open) == home + phone + none + 1
