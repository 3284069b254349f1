"""Rules of the cases that a table cannot say.

``ready`` looks at the case alone, whatever the facts of the step will be; ``check`` looks at the
facts as well. Both raise :class:`~visitkit.errors.StoreError` or return nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from visitkit.record.cases.guards import care, crisis, persuasion, talks, visits
from visitkit.record.cases.guards.ground import Ground
from visitkit.record.entry import Entry

__all__ = ["Ground", "check", "ready"]

_READY: Mapping[tuple[str, str], Callable[[Ground], None]] = {
    ("visit", "report_after"): visits.somebody_out,
    ("crisis", "clear"): crisis.ready_to_clear,
    ("crisis", "close"): crisis.ready_to_close,
    ("persuasion", "round"): persuasion.round_left,
    ("persuasion", "joint_visit"): persuasion.failed_twice,
    ("persuasion", "refer_to_authority"): persuasion.all_rounds_made,
    ("persuasion", "settle"): persuasion.ready_to_settle,
    ("help_plan", "sign"): care.signature_wanted,
    ("help_plan", "begin"): care.ready_to_begin,
    ("left_behind", "report_outside"): care.danger_known,
    ("body_image", "close"): care.ready_to_close,
    ("meeting", "decision_done"): talks.decision_open,
    ("complaint", "answer"): talks.ready_to_answer,
}

_CHECK: Mapping[tuple[str, str], Callable[[Ground, Entry], None]] = {
    ("visit", "plan"): visits.planned,
    ("visit", "make_up"): visits.planned,
    ("visit", "appoint"): visits.appointed,
    ("visit", "visit"): visits.visited,
    ("visit", "report_before"): visits.report_before,
    ("visit", "record"): visits.recorded,
    ("visit", "review"): visits.reviewed,
    ("risk_review", "rate"): care.rated,
    ("risk_review", "review"): care.reviewed,
    ("risk_review", "agree"): care.agreed,
    ("crisis", "level"): crisis.levelled,
    ("crisis", "act"): crisis.acted,
    ("crisis", "full_watch"): crisis.watched,
    ("crisis", "handover"): crisis.handed_over,
    ("crisis", "report_leading_body"): crisis.reported_up,
    ("crisis", "report_outside"): crisis.reported_outside,
    ("crisis", "decide"): crisis.decided,
    ("crisis", "readmit"): crisis.readmitted,
    ("crisis", "interview"): crisis.interviewed,
    ("crisis", "close"): crisis.closed,
    ("persuasion", "open"): persuasion.opened,
    ("persuasion", "away_again"): persuasion.opened,
    ("persuasion", "round"): persuasion.round_made,
    ("persuasion", "written_report_to_authority"): persuasion.written_report,
    ("persuasion", "keep_roll_place"): persuasion.place_kept,
    ("persuasion", "refer_to_authority"): persuasion.referred,
    ("persuasion", "back"): persuasion.came_back,
    ("left_behind", "open"): care.filed,
    ("left_behind", "block"): care.block_written,
    ("left_behind", "duty"): care.duty_done,
    ("left_behind", "report_outside"): care.reported_outside,
    ("help_plan", "draft"): care.drafted,
    ("help_plan", "revise"): care.goal_grows,
    ("help_plan", "sign"): care.signed,
    ("help_plan", "monitor"): care.owner_or_checker,
    ("body_image", "judge"): care.judged,
    ("body_image", "scale"): care.scaled,
    ("body_image", "refer"): care.referred,
    ("meeting", "hold"): talks.held,
    ("meeting", "minute"): talks.minuted,
    ("meeting", "decision_done"): talks.decision_done,
    ("meeting", "call"): talks.same_meeting,
    ("escalation", "report"): talks.reported,
    ("escalation", "analyse"): talks.analysed,
    ("complaint", "assign"): talks.not_in_the_past,
    ("escalation", "take_up"): talks.not_in_the_past,
}


def ready(ground: Ground, step: str) -> None:
    """Refuse a step for which the case is not ready, whatever its facts."""
    rule = _READY.get((ground.state.kind, step))
    if rule is not None:
        rule(ground)


def check(ground: Ground, entry: Entry) -> None:
    """Refuse a step whose facts break a rule of its kind."""
    rule = _CHECK.get((entry.kind, entry.step))
    if rule is not None:
        rule(ground, entry)
