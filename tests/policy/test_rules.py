"""What follows from a policy: shares, loads, rounds, levels, definitions; pure functions."""

from __future__ import annotations

import datetime as dt
from dataclasses import fields, replace
from functools import cache
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visitkit.calendar import Term
from visitkit.errors import PolicyError
from visitkit.policy import Policy, conflicts, counts, deadlines, levels, persuasion, read_policy
from visitkit.policy.left_behind import Household, is_left_behind
from visitkit.policy.thresholds import equal_parts, reaches, share_met, students_needed

SHARES = st.sampled_from([0.0, 0.1, 0.3, 0.5, 0.9, 1.0])
COMPARATORS = st.sampled_from(["at_least", "more_than"])
FORMS = ("home", "phone", "electronic", "invited", "parent_visit", "online", "salon")
FACTS = (
    "suicide_or_attempt",
    "acute_psychosis",
    "harm_under_way",
    "life_event",
    "strong_reaction",
    "severe_illness_diagnosed",
    "severe_physical_illness",
    "screened",
    "relationship_trouble",
    "study_money_or_adaptation",
    "abnormal_signs",
    "shaken_by_peer_crisis",
    "parents_in_crisis",
)
AUTUMN = Term("autumn", dt.date(2026, 9, 1), dt.date(2027, 1, 22))
SPRING = Term("spring", dt.date(2027, 2, 22), dt.date(2027, 7, 2))


@cache
def profile(name: str) -> Policy:
    """Read a profile once."""
    return read_policy(name)


@given(total=st.integers(0, 3000), share=SHARES, comparator=COMPARATORS)
def test_students_needed_is_the_smallest_number_that_will_do(
    total: int, share: float, comparator: str
) -> None:
    """With that many the share is met, with one fewer it is not; never more than all."""
    needed = students_needed(total, share, comparator)
    assert 0 <= needed <= total
    assert share_met(needed, total, share, comparator)
    if needed:
        assert not share_met(needed - 1, total, share, comparator)


def test_shares_are_exact() -> None:
    """Nine tenths of ten are nine, in spite of binary fractions."""
    assert students_needed(10, 0.9) == 9
    assert 0.55 * 100 > 55  # in binary arithmetic
    assert students_needed(100, 0.55) == 55
    assert students_needed(45, 0.5) == 23


@given(students=st.integers(0, 500), teachers=st.integers(1, 40))
def test_equal_parts_cover_everyone(students: int, teachers: int) -> None:
    """All are taken, and one fewer for each teacher would leave some out."""
    part = equal_parts(students, teachers)
    assert part * teachers >= students
    assert (part - 1) * teachers < students or students == 0


def test_nobody_to_share_with() -> None:
    """A class without other teachers shares nothing."""
    assert equal_parts(20, 0) == 0


@given(value=st.integers(0, 100), threshold=st.integers(0, 100))
def test_the_two_readings_differ_only_at_the_number(value: int, threshold: int) -> None:
    """Inclusive and exclusive agree everywhere but at N itself."""
    differ = reaches(value, threshold) != reaches(value, threshold, inclusive=False)
    assert differ == (value == threshold)


@given(made=st.lists(st.sampled_from(FORMS), max_size=6), more=st.sampled_from(FORMS))
def test_another_contact_never_opens_a_duty(made: list[str], more: str) -> None:
    """Contacts only ever close what is owed."""
    for name in ("home-visit-2", "recommended", "junior-school-visits"):
        for rule, fields_of_rule in profile(name).records("quota").items():
            before = counts.contacts_open(profile(name), rule, made)
            after = counts.contacts_open(profile(name), rule, [*made, more])
            assert 0 <= after <= before <= int(str(fields_of_rule.get("times", 0)))


def test_loads() -> None:
    """A load is a number of students for each visitor, never more than there are."""
    annex = profile("junior-school-annex")
    assert counts.students_owed(annex, "subject_teacher", 45) == 4
    assert counts.students_owed(annex, "subject_teacher", 3) == 3
    over = annex.with_values({"quota.leader.mode": "load", **_leader("more_than")})
    assert counts.students_owed(over, "leader", 45) == 11
    assert counts.students_owed(profile("junior-school-visits"), "special", 45) == 0


def _leader(comparator: str) -> dict[str, object]:
    record: dict[str, object] = {
        "by": ["principal"],
        "scope": "all",
        "forms": ["home"],
        "per": "year",
        "comparator": comparator,
        "min_students": 10,
    }
    return {f"quota.leader.{name}": value for name, value in record.items()}


def test_a_distant_family_may_be_called() -> None:
    """What the paper allows for families far away counts for them and for nobody else."""
    policy = profile("home-visit-4")
    assert not counts.counts_as(policy, "head_teacher", "phone")
    assert counts.counts_as(policy, "head_teacher", "phone", remote=True)
    assert counts.counts_as(policy, "school", "salon")


def test_a_call_never_stands_in_where_the_policy_says_so() -> None:
    """A rule that counts home visits and calls stops counting calls once they may not stand in."""
    free = profile("home-visit-2")
    assert counts.contacts_open(free, "student", ["home", "phone"]) == 0
    strict = free.with_values({"visit.no_substitute": ["phone"]})
    assert counts.contacts_open(strict, "student", ["home", "phone"]) == 1
    assert [one.kind for one in conflicts(strict)] == ["barred_form"]


@pytest.mark.parametrize("name", ["home-visit-1", "dropout-control"])
def test_a_rule_that_is_not_there(name: str) -> None:
    """Asking for a rule the policy does not have names the policy and what it has."""
    with pytest.raises(PolicyError) as caught:
        counts.quota(profile(name), "head_teacher")
    assert caught.value.key == "policy.no_record"
    assert name in str(caught.value)


def test_rounds_in_order() -> None:
    """Rounds come by number, with a limit where one was decided."""
    rounds = persuasion.rounds(profile("recommended"))
    assert [one.number for one in rounds] == [1, 2, 3]
    assert [one.max_days for one in rounds] == [1, 1, 1]
    assert [one.written_report for one in rounds] == [False, False, True]
    assert persuasion.rounds(profile("home-visit-1")) == ()
    two = profile("recommended").with_values({"persuasion.max_days_per_round": [1, 2]})
    assert [one.max_days for one in persuasion.rounds(two)] == [1, 2, None]
    with pytest.raises(PolicyError, match="dropout-control"):
        persuasion.round_of(profile("dropout-control"), 4)


@given(facts=st.sets(st.sampled_from(FACTS)), more=st.sampled_from(FACTS))
def test_another_fact_never_lowers_a_level(facts: set[str], more: str) -> None:
    """A rule can only raise a level."""
    for name in ("crisis-plan-a", "crisis-plan-b", "recommended"):
        policy = profile(name)
        before = levels.crisis_level(policy, facts)
        after = levels.crisis_level(policy, facts | {more})
        if before is not None:
            assert after is not None
            assert levels.rank(policy, after) >= levels.rank(policy, before)


def test_the_order_of_facts_does_not_matter() -> None:
    """Facts are a set."""
    policy = profile("crisis-plan-b")
    assert levels.crisis_level(policy, ["screened", "life_event"]) == "crisis-b:key"
    assert levels.crisis_level(policy, ["life_event", "screened", "screened"]) == "crisis-b:key"
    assert levels.crisis_level(policy, ["screened"]) == "crisis-b:target"


def test_major_needs_no_score() -> None:
    """An attempt is major whatever else is known; psychosis only with harm under way."""
    policy = profile("crisis-plan-a")
    assert levels.crisis_level(policy, ["suicide_or_attempt"]) == "crisis-a:major"
    assert levels.crisis_level(policy, ["acute_psychosis"]) is None
    both = ["acute_psychosis", "harm_under_way"]
    assert levels.crisis_level(policy, both) == "crisis-a:major"


def test_a_level_of_another_scale_has_no_rank() -> None:
    """A bare or foreign level is refused."""
    for level in ("crisis-b:key", "major", "3"):
        with pytest.raises(PolicyError) as caught:
            levels.rank(profile("crisis-plan-a"), level)
        assert caught.value.key == "policy.unknown_level"


def test_parents_wait_only_while_all_four_hold() -> None:
    """Three of the four signs of being well are not enough, and what is unknown does not hold."""
    policy = profile("body-image")
    states = policy["body_image.parents_wait_while"]
    assert isinstance(states, list)
    assert not levels.parents_told(policy, states)
    for three in combinations(states, 3):
        assert levels.parents_told(policy, three)
    assert levels.parents_told(policy, [])


def test_no_watching_over_in_a_dormitory() -> None:
    """Home is allowed, a dormitory is not, under every policy."""
    for name in ("crisis-plan-a", "recommended", "dropout-control"):
        assert not levels.watch_allowed(profile(name), "dormitory")
        assert levels.watch_allowed(profile(name), "home")


@st.composite
def households(draw: st.DrawFn) -> Household:
    """Draw a household in which anything may be unknown."""
    flag = st.none() | st.booleans()
    return Household(
        draw(st.none() | st.integers(6, 19)),
        draw(st.none() | st.sampled_from(["rural", "urban"])),
        draw(st.none() | st.integers(0, 2)),
        draw(flag),
        draw(flag),
    )


@given(home=households(), more=households())
def test_learning_more_never_turns_an_answer_round(home: Household, more: Household) -> None:
    """A known answer stays when an unknown fact is filled in."""
    filled = replace(
        home,
        **{
            one.name: getattr(more, one.name)
            for one in fields(home)
            if getattr(home, one.name) is None
        },
    )
    for name in ("left-behind-care", "home-visit-2"):
        known = is_left_behind(profile(name), home)
        assert known is None or is_left_behind(profile(name), filled) == known


@pytest.mark.parametrize(
    ("home", "answer"),
    [
        (Household(15, "rural", 2), True),
        (Household(16, "rural", 2), False),
        (Household(12, "urban", 2), False),
        (Household(12, "rural", 1, other_parent_able=False), True),
        (Household(12, "rural", 1, other_parent_able=True), False),
        (Household(12, "rural", 1), None),
        (Household(12, "rural", 0), False),
        (Household(None, "rural", 2), None),
    ],
)
def test_the_citys_definition(home: Household, answer: bool | None) -> None:
    """Under 16, rural, both away or one away and the other unable; unknown is asked."""
    assert is_left_behind(profile("left-behind-care"), home) is answer


def test_new_students() -> None:
    """Late entry counts from the day of entry; after the last term there is no date."""
    society, third = profile("dropout-home-school-society"), profile("home-visit-3")
    late = dt.date(2026, 10, 12)
    assert deadlines.new_student_due(society, [AUTUMN, SPRING], late) == late
    holiday = dt.date(2027, 2, 1)
    assert deadlines.new_student_due(society, [AUTUMN, SPRING], holiday) == SPRING.start
    assert deadlines.new_student_due(third, [AUTUMN, SPRING], holiday) == SPRING.end
    before = society.with_values({"new_student.due": "before_entry"})
    assert deadlines.new_student_due(before, [AUTUMN], dt.date(2026, 8, 20)) == dt.date(2026, 8, 20)
    assert deadlines.new_student_due(society, [AUTUMN], dt.date(2027, 8, 1)) is None


def test_talks_after_the_return() -> None:
    """Days are counted from the return."""
    days = deadlines.interview_days(profile("recommended"), dt.date(2026, 11, 2))
    assert days[0] == dt.date(2026, 11, 9)
    assert days[-1] == dt.date(2027, 1, 29)
