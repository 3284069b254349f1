"""28 contradictions between the papers: each is a value of a policy, never a line of code."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pytest

from visitkit.calendar import Term
from visitkit.errors import PolicyError
from visitkit.policy import Policy, conflicts, counts, deadlines, levels, persuasion, read_policy
from visitkit.policy.left_behind import Household, is_left_behind
from visitkit.policy.thresholds import share_met

UNDECIDED = "undecided"


@dataclass(frozen=True)
class Reading:
    """What one profile says at a key, and the paper and line it stands in."""

    profile: str
    value: object
    source: str
    option: str = ""

    def policy(self) -> Policy:
        """Read the profile, with its second reading where one is named."""
        policy = read_policy(self.profile)
        return policy.with_option(self.option) if self.option else policy


@dataclass(frozen=True)
class Contradiction:
    """A key at which two profiles differ."""

    number: int
    key: str
    one: Reading
    other: Reading


CONTRADICTIONS = (
    Contradiction(
        1,
        "quota.head_teacher.per",
        Reading("junior-school-visits", "semester", "002 L52"),
        Reading("junior-school-visits", "year", "002 L8", "head_teacher_yearly"),
    ),
    Contradiction(
        2,
        "quota.subject_teacher.mode",
        Reading("junior-school-visits", "cover", "002 L52"),
        Reading("junior-school-annex", "load_range", "002 L100"),
    ),
    Contradiction(
        3,
        "quota.school.share",
        Reading("home-visit-4", 0.9, "000 L197"),
        Reading("junior-school-campaign", 1.0, "002 L139"),
    ),
    Contradiction(
        4,
        "visit.counts_as",
        Reading("home-visit-1", ["home"], "000 L41"),
        Reading("home-school-contact", ["home", "parent_visit", "invited", "phone"], "001 L35-41"),
    ),
    Contradiction(
        5,
        "quota.school.forms",
        Reading("junior-school-campaign", ["online"], "002 L139"),
        Reading("home-visit-5", ["home"], "000 L245"),
    ),
    Contradiction(
        6,
        "quota.student.times",
        Reading("home-visit-2", 2, "000 L103"),
        Reading("dropout-home-school-society", 1, "004 L193"),
    ),
    Contradiction(
        7,
        "quota.special.mode",
        Reading("home-visit-2", "cover", "000 L103"),
        Reading("junior-school-visits", "form", "002 L52"),
    ),
    Contradiction(
        8,
        "groups.special",
        Reading(
            "home-visit-4",
            [
                "poor",
                "only_child",
                "migrant_child",
                "left_behind",
                "study_difficulty",
                "conduct_deviation",
            ],
            "000 L187",
        ),
        Reading(
            "home-school-contact",
            [
                "poor",
                "conduct_deviation",
                "study_difficulty",
                "single_parent",
                "orphan",
                "intellectual_disability",
            ],
            "001 L47",
        ),
    ),
    Contradiction(
        9,
        "trigger.sick_days",
        Reading("junior-school-visits", 2, "002 L48-50"),
        Reading("junior-school-annex", 1, "002 L101"),
    ),
    Contradiction(
        10,
        "meeting.parents.times",
        Reading("home-school-contact", 1, "001 L25"),
        Reading("junior-school-visits", 2, "002 L25-27"),
    ),
    Contradiction(
        11,
        "survey.parents.times",
        Reading("home-school-contact", 1, "001 L27"),
        Reading("junior-school-visits", 2, "002 L28-29"),
    ),
    Contradiction(
        12,
        "absence.report_hours",
        Reading("dropout-control", 0, "004 L57"),
        Reading("dropout-mechanism", 24, "004 L285"),
    ),
    Contradiction(
        13,
        "absence.report_inclusive",
        Reading("recommended", True, "004 L57"),
        Reading("recommended", False, UNDECIDED, "exclusive_reading"),
    ),
    Contradiction(
        14,
        "persuasion.round.2.roles",
        Reading("dropout-control", ["vice_principal", "head_teacher"], "004 L61"),
        Reading(
            "dropout-mechanism",
            ["vice_principal", "moral_office", "head_teacher"],
            "004 L293-295",
        ),
    ),
    Contradiction(
        15,
        "persuasion.round.3.partners",
        Reading("dropout-control", ["township", "village", "police"], "004 L62"),
        Reading(
            "dropout-mechanism",
            ["education_authority", "township", "police", "village", "justice"],
            "004 L293-295",
        ),
    ),
    Contradiction(
        16,
        "persuasion.max_days_per_round",
        Reading("dropout-control", [], UNDECIDED),
        Reading("recommended", [1, 1, 1], "practice"),
    ),
    Contradiction(
        17,
        "meeting.group.per",
        Reading("dropout-mechanism", "month", "004 L308"),
        Reading("dropout-control", "semester", UNDECIDED),
    ),
    Contradiction(
        18,
        "readmission.interviews",
        Reading("crisis-plan-a", [], UNDECIDED),
        Reading("recommended", [7, 14, 21, 28, 58, 88], UNDECIDED),
    ),
    Contradiction(
        19,
        "agent_parent.duty.fifth.act",
        Reading("left-behind-care", "to_be_decided", UNDECIDED),
        Reading("recommended", "note_in_file", UNDECIDED),
    ),
    Contradiction(
        20,
        "crisis.levels",
        Reading(
            "crisis-plan-a",
            ["crisis-a:general", "crisis-a:larger", "crisis-a:major"],
            "003 L109-129",
        ),
        Reading("crisis-plan-b", ["crisis-b:target", "crisis-b:key"], "003 L225-243"),
    ),
    Contradiction(
        21,
        "crisis.rule.life_event.all",
        Reading("crisis-plan-a", ["life_event", "strong_reaction"], "003 L117"),
        Reading("crisis-plan-b", ["life_event"], "003 L225-241"),
    ),
    Contradiction(
        22,
        "evidence.photos",
        Reading("junior-school-visits", 1, "002 L24"),
        Reading("junior-school-campaign", 5, "002 L148"),
    ),
    Contradiction(
        23,
        "visit.student_present",
        Reading("junior-school-annex", "should", "002 L110"),
        Reading("home-school-contact", "by_topic", "001 L81"),
    ),
    Contradiction(
        24,
        "record.batch",
        Reading("home-visit-5", "month", "000 L261"),
        Reading("junior-school-annex", "semester", "002 L115"),
    ),
    Contradiction(
        25,
        "access.mental_file",
        Reading("junior-school-campaign", ["head_teacher"], "002 L152"),
        Reading("recommended", ["counsellor"], UNDECIDED),
    ),
    Contradiction(
        26,
        "left_behind.includes_single_parent",
        Reading("left-behind-care", False, "003 L279"),
        Reading("home-visit-2", True, "000 L81"),
    ),
    Contradiction(
        27,
        "new_student.due",
        Reading("home-visit-3", "first_semester_end", "000 L127"),
        Reading("dropout-home-school-society", "term_start", "004 L195"),
    ),
    Contradiction(
        28,
        "window.visits.from",
        Reading("home-visit-2", "05-31", "000 L91-99"),
        Reading("home-visit-3", "09-16", "000 L147-163"),
    ),
)


def test_all_contradictions_are_here() -> None:
    """The requirements number them from 1 to 28."""
    assert [one.number for one in CONTRADICTIONS] == list(range(1, 29))


@pytest.mark.parametrize("case", CONTRADICTIONS, ids=lambda case: f"K{case.number}")
def test_two_profiles_differ(case: Contradiction) -> None:
    """Two profiles hold different values at the same key, each with its own source."""
    assert case.one.value != case.other.value
    for reading in (case.one, case.other):
        policy = reading.policy()
        assert policy[case.key] == reading.value
        source = policy.source(case.key)
        paper, _, line = reading.source.partition(" ")
        assert source.startswith(paper)
        assert source.endswith(line)


# The same facts, different duties.

AUTUMN = Term("autumn", dt.date(2026, 9, 1), dt.date(2027, 1, 22))


def test_k1_a_yearly_quota_is_met_by_one_visit_in_two_semesters() -> None:
    """The period over which the head teacher's visits are counted is the policy's."""
    each = read_policy("junior-school-visits")
    assert counts.quota(each, "head_teacher")["per"] == "semester"
    yearly = each.with_option("head_teacher_yearly")
    assert counts.quota(yearly, "head_teacher")["per"] == "year"
    assert counts.students_owed(each, "head_teacher", 45) == 45
    assert counts.students_owed(read_policy("junior-school-annex"), "head_teacher", 45) == 23


@pytest.mark.parametrize(
    ("profile", "students"),
    [
        ("junior-school-visits", 45),
        ("junior-school-annex", 4),
        ("junior-school-campaign", 5),
        ("home-visit-5", 8),
        ("home-visit-4", 8),
    ],
)
def test_k2_what_another_teacher_owes(profile: str, students: int) -> None:
    """One class of 45 and six teachers: every paper asks a subject teacher for another number."""
    policy = read_policy(profile)
    assert counts.students_owed(policy, "subject_teacher", 45, visitors=6) == students


def test_k3_nine_of_ten_is_not_over_ninety_per_cent() -> None:
    """The same nine of ten families meet half, miss "over 90 %" and miss all."""
    met = {}
    for profile in ("home-visit-5", "home-visit-4", "home-visit-2"):
        rule = counts.quota(read_policy(profile), "school")
        met[profile] = share_met(9, 10, float(str(rule["share"])), str(rule["comparator"]))
    assert met == {"home-visit-5": True, "home-visit-4": False, "home-visit-2": False}


def test_k4_a_call_is_a_visit_in_one_school_only() -> None:
    """A telephone call counts under one paper and not under the other."""
    assert not counts.counts_as(read_policy("home-visit-1"), "", "phone")
    assert counts.counts_as(read_policy("home-school-contact"), "student", "phone")
    far = read_policy("home-visit-5").with_values({"visit.remote_forms": ["phone"]})
    assert not counts.counts_as(far, "school", "phone")
    assert counts.counts_as(far, "school", "phone", remote=True)


def test_k5_the_campaign_contradicts_itself_and_says_so() -> None:
    """Each clause keeps its own forms, and the school is told that they do not go together."""
    campaign = read_policy("junior-school-campaign")
    assert counts.counts_as(campaign, "subject_teacher", "home")
    assert not counts.counts_as(campaign, "subject_teacher", "online")
    found = conflicts(campaign)
    assert {one.kind for one in found} == {"barred_form", "two_modes"}
    assert {name for one in found for name in one.quotas} == {"school", "subject_teacher"}


def test_k6_one_contact_is_enough_or_half() -> None:
    """After one home visit nothing is open under one paper and one contact under the other."""
    assert counts.contacts_open(read_policy("home-visit-2"), "student", ["home"]) == 1
    society = read_policy("dropout-home-school-society")
    assert counts.contacts_open(society, "student", ["home"]) == 0


def test_k7_a_special_family_reached_by_telephone() -> None:
    """One paper owes a home visit, the other only asks that what is due be at home."""
    assert counts.contacts_open(read_policy("home-visit-2"), "special", ["phone"]) == 1
    junior = read_policy("junior-school-visits")
    assert counts.contacts_open(junior, "special", []) == 0
    assert not counts.counts_as(junior, "special", "phone")


def test_k8_who_is_special() -> None:
    """An only child is special under one paper, an orphan under another."""
    four, contact = read_policy("home-visit-4"), read_policy("home-school-contact")
    assert counts.in_scope_of_special(four, ["only_child"])
    assert not counts.in_scope_of_special(contact, ["only_child"])
    assert counts.in_scope_of_special(contact, ["orphan"])
    assert not counts.in_scope_of_special(four, ["orphan"])


def test_k9_one_day_of_sick_leave() -> None:
    """One day opens an immediate visit under the annex and none under the main text."""
    assert deadlines.sick_visit_owed(read_policy("junior-school-annex"), 1)
    assert not deadlines.sick_visit_owed(read_policy("junior-school-visits"), 1)


def test_k13_three_days_or_more() -> None:
    """The third day is reported where N counts, the fourth where it does not."""
    inclusive = read_policy("recommended")
    exclusive = inclusive.with_option("exclusive_reading")
    assert [deadlines.absence_reported(inclusive, n) for n in (2, 3, 4)] == [False, True, True]
    assert [deadlines.absence_reported(exclusive, n) for n in (2, 3, 4)] == [False, False, True]
    assert deadlines.sick_visit_owed(inclusive, 2)
    assert not deadlines.sick_visit_owed(exclusive, 2)


def test_k14_k15_k16_who_goes_and_how_long() -> None:
    """Round 2 takes the moral-education office along in one paper, round 3 the justice office."""
    control, mechanism = read_policy("dropout-control"), read_policy("dropout-mechanism")
    assert "moral_office" not in persuasion.round_of(control, 2).roles
    assert "moral_office" in persuasion.round_of(mechanism, 2).roles
    assert "justice" not in persuasion.round_of(control, 3).partners
    assert "justice" in persuasion.round_of(mechanism, 3).partners
    assert persuasion.round_of(control, 1).max_days is None
    assert persuasion.round_of(read_policy("recommended"), 1).max_days == 1


def test_k17_which_meetings_there_are() -> None:
    """A monthly case conference in one paper, a monthly and a quarterly meeting in another."""
    campaign = read_policy("junior-school-campaign").records("meeting")
    mechanism = read_policy("dropout-mechanism").records("meeting")
    assert (campaign["case_conference"]["chair"], campaign["case_conference"]["per"]) == (
        "head_teacher",
        "month",
    )
    assert {name: meeting["per"] for name, meeting in mechanism.items()} == {
        "group": "month",
        "special": "quarter",
    }


def test_k18_no_talk_is_invented() -> None:
    """Where the school has not decided there are no days, and the gap is told."""
    returned = dt.date(2026, 11, 2)
    assert deadlines.interview_days(read_policy("crisis-plan-a"), returned) == ()
    assert len(deadlines.interview_days(read_policy("recommended"), returned)) == 6


def test_k19_the_fifth_duty_is_visible() -> None:
    """The paper speaks of five and lists four: the fifth stands there to be decided."""
    duties = read_policy("left-behind-care").records("agent_parent.duty")
    assert len(duties) == 5
    assert [duty["per"] for duty in duties.values()] == [
        "day",
        "week",
        "month",
        "half_year",
        "to_be_decided",
    ]


def test_k20_levels_of_two_papers_are_never_compared() -> None:
    """A level is scale and code; comparing across scales is an error, within a scale an answer."""
    plan = read_policy("crisis-plan-a")
    assert levels.more_serious(plan, "crisis-a:major", "crisis-a:larger")
    with pytest.raises(PolicyError) as caught:
        levels.more_serious(plan, "crisis-a:major", "crisis-b:key")
    assert caught.value.key == "policy.levels_differ"


def test_k21_a_blow_without_a_strong_reaction() -> None:
    """Plan A wants the reaction as well, or a diagnosis alone; plan B the blow alone."""
    plan_a, plan_b = read_policy("crisis-plan-a"), read_policy("crisis-plan-b")
    assert levels.crisis_level(plan_a, ["life_event"]) is None
    assert levels.crisis_level(plan_a, ["life_event", "strong_reaction"]) == "crisis-a:larger"
    assert levels.crisis_level(plan_a, ["severe_illness_diagnosed"]) == "crisis-a:larger"
    assert levels.crisis_level(plan_b, ["life_event"]) == "crisis-b:target"
    assert levels.crisis_level(plan_b, ["life_event", "screened"]) == "crisis-b:key"


def test_k22_photos_of_three_visits() -> None:
    """Three visits make three photos, five photos or none."""
    owed = {
        profile: deadlines.photos_owed(read_policy(profile), 3)
        for profile in ("junior-school-visits", "junior-school-campaign", "home-visit-4")
    }
    assert owed == {"junior-school-visits": 3, "junior-school-campaign": 5, "home-visit-4": 0}


def test_k26_a_one_parent_family() -> None:
    """A child of a one-parent family in town is left behind under one definition only."""
    home = Household(age=12, hukou="urban", parents_away=0, single_parent=True)
    assert is_left_behind(read_policy("home-visit-2"), home) is True
    assert is_left_behind(read_policy("left-behind-care"), home) is False


def test_k27_when_a_new_student_is_due() -> None:
    """By the end of the first semester, or at once."""
    entered = dt.date(2026, 9, 1)
    late = deadlines.new_student_due(read_policy("home-visit-3"), [AUTUMN], entered)
    early = deadlines.new_student_due(read_policy("dropout-home-school-society"), [AUTUMN], entered)
    assert (late, early) == (AUTUMN.end, AUTUMN.start)
