"""The rules that open an alert: what they ask for, of whom, by when, and for how long it stays.

Thresholds, deadlines and sources stand in the policy. A rule only ever raises: no figure and no
index can close an alert or outvote it.
"""

from __future__ import annotations

from dataclasses import dataclass

from visitkit.policy import Policy

#: Kinds of alert in the order of urgency.
KINDS = ("crisis", "mandatory", "report", "contact", "visit", "ask", "good")


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    Parameters
    ----------
    code
        Its name; words stand in ``text/*/alerts.toml``.
    kind
        ``crisis`` (speak with the student now), ``mandatory`` (report to the police),
        ``report`` (verify and report within the school), ``contact`` (call the parents),
        ``visit`` (visit the home), ``ask`` (something must be asked again), ``good`` (good news).
    action
        What to do, as a code.
    owner
        The role that does it, as a code of :data:`values.role`.
    key
        The policy key with the threshold; its source is the source of the alert.
    clock
        The policy key with the deadline; ``""`` means at once. The ending of the key says the
        unit: ``_hours``, ``_periods`` or ``_school_days``.
    lookback
        School days for which the alert stays open after its latest fact; the policy key
        ``trigger.<code>_lookback_days`` comes first where a school sets it.
    apart
        Facts of one kind that lie more than so many school days apart are two matters; 0 makes
        each day its own.
    """

    code: str
    kind: str
    action: str
    owner: str
    key: str
    clock: str
    lookback: int
    apart: int = 5


#: No source says how long an alert stays open. A crisis or a report to the police stays for two
#: months of school, a matter of the family or a fall in marks for one, absence and conduct for two
#: weeks, a lesson missed until the end of the next school day.
RULES: tuple[Rule, ...] = (
    Rule(
        "despair_words",
        "crisis",
        "speak_now",
        "counsellor",
        "crisis.signal_events",
        "crisis.phone_hours",
        40,
        apart=0,
    ),
    Rule(
        "critical_item",
        "crisis",
        "second_look",
        "counsellor",
        "crisis.phone_hours",
        "crisis.phone_hours",
        40,
        apart=0,
    ),
    Rule(
        "police_event",
        "mandatory",
        "call_police",
        "head_teacher",
        "trigger.police_events",
        "mandatory.hours",
        40,
        apart=0,
    ),
    Rule(
        "unexcused_run",
        "report",
        "verify_and_report",
        "head_teacher",
        "absence.report_days",
        "absence.report_hours",
        10,
    ),
    Rule(
        "leaving_talk",
        "report",
        "verify_and_report",
        "head_teacher",
        "trigger.leaving_events",
        "trigger.report_hours",
        20,
    ),
    Rule(
        "left_without_reason",
        "report",
        "verify_and_report",
        "head_teacher",
        "trigger.left_without_reason",
        "trigger.report_hours",
        20,
    ),
    Rule(
        "no_show",
        "contact",
        "call_parents",
        "head_teacher",
        "trigger.no_show",
        "absence.contact_periods",
        20,
    ),
    Rule(
        "unexcused_absence",
        "contact",
        "call_parents",
        "head_teacher",
        "absence.contact_periods",
        "absence.contact_periods",
        2,
        apart=0,
    ),
    Rule(
        "unexcused_visit",
        "visit",
        "visit_home",
        "head_teacher",
        "trigger.unexcused_days",
        "trigger.visit_hours",
        10,
    ),
    Rule(
        "sick_absence",
        "visit",
        "visit_home",
        "head_teacher",
        "trigger.sick_days",
        "trigger.visit_hours",
        10,
    ),
    Rule(
        "personal_absence",
        "visit",
        "visit_home",
        "head_teacher",
        "trigger.personal_days",
        "trigger.visit_hours",
        10,
    ),
    Rule(
        "mark_drop",
        "report",
        "talk_and_report",
        "head_teacher",
        "trigger.mark_drop_sd",
        "trigger.report_hours",
        20,
    ),
    Rule(
        "serious_conduct",
        "visit",
        "report_and_visit",
        "head_teacher",
        "trigger.conduct_severity",
        "trigger.report_hours",
        10,
    ),
    Rule(
        "family_event",
        "visit",
        "report_and_visit",
        "head_teacher",
        "trigger.family_events",
        "trigger.report_hours",
        20,
    ),
    Rule(
        "student_event",
        "visit",
        "visit_home",
        "head_teacher",
        "trigger.student_events",
        "trigger.visit_hours",
        20,
    ),
    Rule(
        "critical_missing",
        "ask",
        "ask_again",
        "counsellor",
        "crisis.phone_hours",
        "trigger.report_hours",
        40,
        apart=0,
    ),
    Rule(
        "good_event",
        "good",
        "visit_with_good_news",
        "head_teacher",
        "trigger.good_events",
        "trigger.visit_hours",
        20,
    ),
)

#: Rules by code.
BY_CODE: dict[str, Rule] = {rule.code: rule for rule in RULES}

#: Rules that are opened by a kind of event: those in a list of the policy, or, where the policy
#: only says that the rule holds, the kind of the rule's own name.
EVENT_RULES = (
    "despair_words",
    "police_event",
    "leaving_talk",
    "left_without_reason",
    "no_show",
    "family_event",
    "student_event",
    "good_event",
)

#: Rules opened by consecutive school days of absence: the status, and the policy key that says
#: whether the day that reaches the number counts (``""``: it does).
RUN_RULES = {
    "unexcused_run": ("unexcused", "absence.report_inclusive"),
    "sick_absence": ("sick", "trigger.sick_inclusive"),
    "personal_absence": ("personal", ""),
}


def lookback(rule: Rule, policy: Policy) -> int:
    """Return for how many school days an alert of a rule stays open after its latest fact."""
    key = f"trigger.{rule.code}_lookback_days"
    return int(str(policy.values.get(key, rule.lookback)))
