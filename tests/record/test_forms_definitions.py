"""Forms as data: the fields that the rules name, their words, who may see them."""

from __future__ import annotations

import pytest

from visitkit import text
from visitkit.policy import read_policy
from visitkit.record.cases.fields import fields_of
from visitkit.record.cases.kinds import KINDS as CASES
from visitkit.record.cases.kinds import secret
from visitkit.record.forms import AUDIENCES, FORMS, Form
from visitkit.record.forms import words as say
from visitkit.record.forms.drafts import _facts_of

#: The documents that schools produce, in the order of the list of requirements.
DOCUMENTS = [
    "home_visit_plan",
    "appointment_list",
    "safety_sheet",
    "visit_record",
    "visit_feedback",
    "visit_analysis",
    "family_profile",
    "photo_folder_check",
    "class_summary",
    "conference_minutes",
    "crisis_report",
    "watch_roster",
    "assessment_opinion",
    "family_agreement",
    "referral_letter",
    "readmission_set",
    "left_behind_file",
    "agent_parent_log",
    "absence_sheet",
    "dropout_warning_file",
    "persuasion_record",
    "authority_report",
    "return_plan",
    "student_plan",
    "help_ledger",
    "aid_list",
    "group_minutes",
    "self_check",
    "coverage_report",
    "effect_report",
]

#: Rule to form and the fields it names.
NAMED = [
    (
        "PA-01",
        "home_visit_plan",
        "brief.conduct brief.subjects brief.hobbies_and_habits brief.strengths brief.weak_points",
    ),
    ("PA-02", "appointment_list", "appointments.agreed_start appointments.with_whom"),
    ("PA-03", "home_visit_plan", "prepared"),
    ("PA-04", "home_visit_plan", "prepared_together_on prepared_with"),
    ("PA-04", "visit_analysis", "analysed_with"),
    ("PA-05", "appointment_list", "declined.reason appointments.focus"),
    ("PA-06", "appointment_list", "appointments.asked_on"),
    ("PA-07", "home_visit_plan", "trained_on"),
    ("PA-08", "visit_record", "focus"),
    ("PA-09", "home_visit_plan", "brief.life brief.conduct"),
    ("PA-10", "home_visit_plan", "leader visits.visitors"),
    ("PA-11", "visit_analysis", "follow_up_file"),
    ("PA-12", "home_visit_plan", "weather_and_route"),
    ("CQ-27", "home_visit_plan", "visits.student_name visits.address visits.guardian visits.phone"),
    ("VE-01", "visit_record", "student_present"),
    ("VE-02", "visit_record", "present stepped_out_for"),
    ("VE-04", "visit_record", "bans_kept"),
    ("VE-04", "visit_feedback", "complaint nothing_asked"),
    ("VE-07", "visit_record", "face_to_face"),
    ("VE-08", "visit_record", "topics"),
    ("VE-10", "visit_record", "go_ins law_explained"),
    ("VE-11", "visit_record", "phones_exchanged"),
    ("VF-13", "visit_record", "exception_reason"),
    ("SF-01", "safety_sheet", "who where when reported_to"),
    ("SF-02", "safety_sheet", "phone phone_reachable licensed_vehicle vehicle"),
    ("SF-03", "safety_sheet", "told_after_to told_after_at all_well back_by"),
    ("SF-04", "safety_sheet", "checks"),
    ("SF-05", "safety_sheet", "weather route"),
    ("SF-07", "safety_sheet", "trained"),
    ("RC-02", "visit_record", "visitors teacher_signature"),
    ("RC-03", "visit_analysis", "analysis"),
    ("RC-04", "visit_record", "photos"),
    (
        "RC-05",
        "photo_folder_check",
        "folder teacher_id photos photos_owed photos_seen.landscape "
        "photos_seen.class_id photos_seen.student_id photos_seen.together",
    ),
    ("RC-06", "photo_folder_check", "video_minutes"),
    ("RC-07", "visit_record", "start content parent_feedback problem_solved next_steps"),
    (
        "RC-08",
        "family_profile",
        "parent_minutes home_study_and_life parent_behaviour parent_puzzles",
    ),
    ("RC-09", "family_profile", "mental_file_kept"),
    ("RC-10", "class_summary", "common_problems"),
    ("RC-11", "visit_analysis", "note"),
    ("RC-12", "class_summary", "new_practices results case_story class_id teacher_id"),
    ("RC-13", "class_summary", "documents"),
    ("RC-15", "class_summary", "complete_with"),
    ("FU-01", "visit_record", "needs_school"),
    ("FU-03", "conference_minutes", "held_on chair minutes"),
    ("FU-04", "conference_minutes", "steps.decision steps.due"),
    ("FU-05", "conference_minutes", "roles students reported_up"),
    ("FU-06", "conference_minutes", "solved_now explained_and_planned"),
    ("FU-07", "visit_record", "next_date"),
    ("FU-08", "visit_analysis", "at_home at_school mental_state measures"),
    ("CR-01", "crisis_report", "level"),
    ("CR-08", "crisis_report", "known_at phoned_at written_at report reporter"),
    ("CR-09", "crisis_report", "leading_body_told leading_body_told_at"),
    ("CR-11", "family_agreement", "watcher school_does family_signature agreement_signed"),
    ("CR-12", "watch_roster", "handed_at to_whom family_signature"),
    ("CR-13", "family_agreement", "outcome family_does"),
    ("CR-14", "watch_roster", "shifts.start shifts.end shifts.watcher family_called_at"),
    ("CR-15", "assessment_opinion", "opinion seen assessed_by assessed_on"),
    ("CR-18", "crisis_report", "scene"),
    ("CR-20", "crisis_report", "affected"),
    ("CR-22", "watch_roster", "shifts.place not_in_dormitory"),
    ("CR-23", "family_agreement", "leave"),
    ("CF-04", "crisis_report", "spokesperson"),
    ("CW-02", "referral_letter", "decided_by"),
    ("BI-02", "assessment_opinion", "crisis"),
    ("RA-01", "readmission_set", "papers judged_by opinion agreement_needed returned_on"),
    ("RA-02", "readmission_set", "interviews.date interviews.topics interviews.content"),
    ("RA-03", "readmission_set", "past_attempt watched_closely_by interviews.danger_assessed"),
    ("LB-01", "left_behind_file", "definition birth_date hukou guardians.away guardians.able"),
    ("LB-02", "left_behind_file", "blocks.block blocks.content blocks.date mental_file_kept"),
    ("LB-03", "left_behind_file", "look_first"),
    ("LB-04", "agent_parent_log", "agent agent_role pairing"),
    ("LB-05", "agent_parent_log", "duties.duty duties.date duties.content"),
    ("LB-10", "authority_report", "to report"),
    ("LB-13", "agent_parent_log", "duties.means"),
    ("LB-14", "authority_report", "to report roll_marked roll_place_kept"),
    ("DM-01", "absence_sheet", "noticed_at contacts.at contacts.reached contacts.content"),
    ("DM-02", "absence_sheet", "signal since reports.at reports.to"),
    ("DR-05", "dropout_warning_file", "tier head_teacher_signature counsellor_signature"),
    ("DR-06", "dropout_warning_file", "computed_tier reason_code"),
    ("DR-07", "dropout_warning_file", "together plan"),
    ("DR-08", "dropout_warning_file", "tier factors responsible_teacher"),
    ("DR-09", "dropout_warning_file", "causes"),
    ("DP-01", "persuasion_record", "roles"),
    ("DP-04", "persuasion_record", "number partners"),
    ("DP-06", "persuasion_record", "time place people talk parent_feedback promises signatures"),
    ("DP-07", "return_plan", "tracker returned_on tracking.topics"),
    ("DP-08", "return_plan", "catch_up counselling one_to_one_tracking"),
    ("DP-09", "authority_report", "state to asked_for"),
    ("DP-10", "persuasion_record", "legal_duty_explained"),
    ("DP-11", "persuasion_record", "partners"),
    ("DH-05", "student_plan", "goal owner measures time_points"),
    ("DH-06", "help_ledger", "delivered.date delivered.delivered checked_by checked_on"),
    ("DH-07", "help_ledger", "helper content goal monitored.date monitored.doing"),
    ("DH-08", "student_plan", "school_does family_does school_signature family_signature"),
    ("DH-09", "help_ledger", "ratio"),
    ("DH-10", "aid_list", "aid.aid aid.emergency aid.family_guided reviewed_by made_public_as"),
    ("DH-11", "student_plan", "home_teaching"),
    ("DE-01", "group_minutes", "meeting held_on chair present"),
    ("DE-02", "effect_report", "before after learned goal_reached"),
    ("DE-03", "effect_report", "how_sure figures.measured next"),
    ("DE-04", "self_check", "term points.point points.done"),
    ("DE-05", "self_check", "feedback_received from_families from_students from_community"),
    ("DE-06", "group_minutes", "decided.decision decided.owner decided.due"),
    ("DE-07", "group_minutes", "minutes archived"),
    ("DE-12", "self_check", "points.fix points.due"),
    ("DI-04", "effect_report", "figures.domain figures.rater"),
    ("CQ-01", "coverage_report", "classes.reached"),
    ("CQ-05", "coverage_report", "classes.rate classes.asked"),
    ("CQ-18", "coverage_report", "spread"),
    ("VF-12", "coverage_report", "classes.phone_only"),
]


def test_every_document_is_a_form() -> None:
    """The list of documents is the list of forms, in its order."""
    assert list(FORMS) == DOCUMENTS
    assert [form.number for form in FORMS.values()] == list(range(1, len(DOCUMENTS) + 1))


@pytest.mark.parametrize(
    ("rule", "name", "fields"), NAMED, ids=[f"{rule}-{name}" for rule, name, _ in NAMED]
)
def test_the_fields_a_rule_names_are_on_its_form(rule: str, name: str, fields: str) -> None:
    """Each field is there, and says which rule asks for it or stands for the form."""
    form = FORMS[name]
    known = dict(form.all_fields())
    assert [field for field in fields.split() if field not in known] == []
    told = {rule for one in known.values() for rule in one.rules} | set(form.rules)
    assert rule in told


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@pytest.mark.parametrize("lang", text.LANGUAGES)
def test_everything_on_a_form_has_words(form: Form, lang: str) -> None:
    """Titles, labels and codes are said in both languages, and no two fields alike."""
    assert say.title(form, lang)
    assert say.purpose(form, lang)
    assert say.shown(form, lang)
    labels = [say.label(form, name, lang) for name in form.fields]
    assert len(set(labels)) == len(labels)
    for one in form.fields.values():
        headers = [say.label(form, f"{one.name}.{column.name}", lang) for column in one.columns]
        assert len(set(headers)) == len(headers)
    for _, one in form.all_fields():
        spoken = [say.code_of(one, code, lang) for code in say.codes(one)] if one.coded else ["-"]
        assert spoken
        assert len(set(spoken)) == len(spoken)
        assert not any("\n" in word or ";" in word or "\uff1b" in word for word in spoken)


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_no_psychological_detail_leaves_the_school(form: Form) -> None:
    """What leaves holds none, but for the letter of the crisis team to a doctor."""
    psych = [name for name, one in form.all_fields() if one.psych]
    assert form.audience in AUDIENCES
    if form.leaves and psych:
        assert (form.name, form.secret, form.audience) == ("referral_letter", True, "hospital")
    if form.audience in {"family", "authority", "visitors"}:
        assert psych == []
    if psych and not form.secret:
        assert [(form.name, *psych)] == [("visit_analysis", "mental_state")]


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_secret_steps_reach_secret_forms_alone(form: Form) -> None:
    """Facts under the second key go only where such facts are kept, or where a step says so."""
    for step in (*form.steps, *form.reads):
        kind, _, name = step.partition(".")
        assert name in CASES[kind].steps
        if secret(kind, name) and not form.secret:
            assert form.name in {"family_agreement", "authority_report"}
            assert step in form.steps


def test_each_step_finds_the_form_it_names() -> None:
    """A step of the casebook that names a form is among the steps of that form.

    The state of mind of a left-behind child is kept with the counsellor, so it has no place on
    the file that the moral-education office reads.
    """
    missing = [
        f"{kind}.{step.name}"
        for kind, made in CASES.items()
        for step in made.steps.values()
        if step.form and f"{kind}.{step.name}" not in FORMS[step.form].steps
    ]
    assert missing == ["left_behind.mind_block"]


#: Facts that a form leaves out on purpose: the family profile is part of a record, a plan for the
#: family shows no tier, who signs is taken one by one, and duty and place come from the plan.
LEFT_OUT = {
    "home_visit_plan": {"duty", "place"},
    "student_plan": {"tier", "signer"},
}


@pytest.mark.parametrize("policy", ["recommended", "dropout-mechanism", "left-behind-care"])
def test_every_fact_of_a_step_has_a_field(policy: str) -> None:
    """What the casebook wants of a step can be written on its form."""
    rules = read_policy(policy)
    for form in FORMS.values():
        for step in form.steps:
            kind, _, name = step.partition(".")
            made = CASES[kind].steps[name]
            if made.form != form.name:
                continue
            fields = [one for _, one in form.all_fields()]
            there = {fact for one in fields for fact in _facts_of(one, step)}
            wanted = {fact.name for fact in fields_of(made, rules)}
            assert wanted - there <= LEFT_OUT.get(form.name, set()), (form.name, step)


def test_forms_about_a_child_name_no_label() -> None:
    """Titles of the files that lie about say nothing about the child."""
    for lang in text.LANGUAGES:
        title = say.title(FORMS["left_behind_file"], lang)
        group = text.say("values.group.left_behind", lang)
        assert group.lower() not in title.lower()
