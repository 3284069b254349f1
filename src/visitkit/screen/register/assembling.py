"""The register of duties: from alerts and facts to who must do what by when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from visitkit.calendar import DateLike
from visitkit.load.school import School
from visitkit.policy import Policy
from visitkit.screen.alerts import RULES
from visitkit.screen.alerts import alerts as raise_alerts
from visitkit.screen.day import read_day
from visitkit.screen.instruments import score_table
from visitkit.screen.register.care import (
    MANDATORY,
    body_image_duties,
    incident_duties,
    mandatory_duties,
    return_duties,
    scaling_duties,
)
from visitkit.screen.register.case import Case
from visitkit.screen.register.crisis import crisis_duties
from visitkit.screen.register.dropout import persuasion_duties, report_chain
from visitkit.screen.register.duty import COLUMNS, PRIORITIES, Duty, table_of
from visitkit.screen.register.ended import ended_of
from visitkit.screen.register.facts import crisis_facts, told_facts
from visitkit.screen.register.levels import key_since, levels_of, targets_of
from visitkit.screen.register.scene import Scene, each

#: Kind of alert to its priority.
PRIORITY = {
    "crisis": "now",
    "mandatory": "now",
    "report": "soon",
    "contact": "soon",
    "ask": "soon",
    "visit": "usual",
    "good": "later",
}

#: Kind of alert to what on record can answer it.
ANSWERS = {
    "crisis": ("talk",),
    "ask": ("talk",),
    "contact": ("call",),
    "visit": ("visit",),
    "good": ("visit",),
}

#: Alerts that are a signal for a topic visit (``trigger.topic_signals``).
TOPIC = {"mark_drop": "grades", "serious_conduct": "conduct", "despair_words": "mood"}

_CLOCKS = {rule.code: rule.clock for rule in RULES}


def register(
    school: School,
    policy: Policy,
    as_of: DateLike,
    alerts: pd.DataFrame | None = None,
    *,
    told: pd.DataFrame | None = None,
    scored: pd.DataFrame | None = None,
    matters: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return every duty that alerts and facts open under a policy, with its clock.

    Nothing is stored: the table follows from what the tables hold on that day. Rows dated after
    ``as_of`` and the order of rows change nothing, and one more alert never takes another duty
    away, lowers its level or priority, or makes it due later.

    Parameters
    ----------
    school
        From :func:`visitkit.load.read_school`.
    policy
        Levels, clocks, roles, rounds and their sources.
    as_of
        The day on which we stand, within the calendar of the school.
    alerts
        From :func:`visitkit.screen.alerts.alerts`; made here when not given.
    told
        What only people can tell, from the casebook (``record.History.told``): ``student_id``,
        ``fact``, ``date``, and where known ``about``, the kind of matter a report was made of
        (``mandatory``, ``report`` or ``crisis``; it then answers for no other), and ``case_id``.
        Facts are those of the policy's crisis rules (``suicide_or_attempt``,
        ``severe_illness_diagnosed`` ...), ``ideation`` (a trained person confirmed it), ``cleared``
        (a trained person found no danger), ``harm_others``, ``returned`` (to school after
        treatment), ``reported``, and the states of ``body_image.parents_wait_while``.
    scored
        Questionnaire sheets that were scored already, as for the alerts.
    matters
        What people have taken up and ended, from the casebook (``record.History.matters``), the
        same as for the alerts. Without it a crisis that was closed long ago would still ask for
        its reports: what people told never grows old by itself.

    Returns
    -------
    pandas.DataFrame
        A row a duty, ordered by student, priority, due and rule: ``student_id``; ``rule``;
        ``level`` (``scheme:code`` or empty); ``priority`` (:data:`PRIORITIES`); ``opened`` (day
        of the fact); ``why`` (the fact as ``code:value``); ``step``; ``who`` (roles, the first in
        charge); ``who_id`` (those of them the tables know, by ``teacher_id``); ``with_whom``
        (partners outside school); ``what`` (what to do); ``due`` (moment; missing where neither a
        paper nor the school set a clock); ``chain`` (``role@moment``: by when each must know);
        ``state`` (``open``, ``due_today``, ``overdue``, ``ask`` without a clock, ``answered``);
        ``answered`` and ``answered_by`` (the first record that can be the answer: whether it is
        one, a person says); ``barred`` (places where it must not be done); ``source``.
        A row tells of danger and of questionnaires: it is for the counselling room, and no class
        list is made from it.

    Raises
    ------
    visitkit.errors.CalendarError
        When ``as_of`` is no day of the school's calendar.
    visitkit.errors.PolicyError
        When the policy lacks a value a rule needs.
    visitkit.errors.ScreenError
        When ``told`` or ``matters`` lack a column or ``told`` names a fact that is not known.
    """
    case = case_of(school, policy, as_of, alerts, told=told, scored=scored, matters=matters)
    duties = [
        *_alerted(case),
        *_topics(case),
        *crisis_duties(case),
        *mandatory_duties(case),
        *incident_duties(case),
        *body_image_duties(case),
        *scaling_duties(case),
        *persuasion_duties(case),
        *return_duties(case),
        *_panel(case),
    ]
    table = table_of(case.scene, duties)
    keyed = table["student_id"].isin(list(key_since(case.scene, case.targets).index))
    raised = {one: PRIORITIES[max(place - 1, 0)] for place, one in enumerate(PRIORITIES[:3])}
    table["priority"] = table["priority"].mask(keyed, table["priority"].replace(raised))
    table = table.drop_duplicates()
    table["_place"] = table["priority"].map(list(PRIORITIES).index)
    order = ["student_id", "_place", "due", "rule", "what", "opened", "why"]
    table = table.sort_values(order, na_position="last")
    return table[list(COLUMNS)].astype(COLUMNS).reset_index(drop=True)


def crisis_targets(
    school: School,
    policy: Policy,
    as_of: DateLike,
    alerts: pd.DataFrame | None = None,
    *,
    told: pd.DataFrame | None = None,
    scored: pd.DataFrame | None = None,
    matters: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return which kinds of crisis target each student belongs to (CP-01).

    Parameters
    ----------
    school, policy, as_of, alerts, told, scored, matters
        As for :func:`register`.

    Returns
    -------
    pandas.DataFrame
        A row a student and kind: ``student_id``, ``target`` (code of ``crisis.targets``),
        ``fact`` (kind of the earliest row behind it), ``date`` (its day).
    """
    return case_of(school, policy, as_of, alerts, told=told, scored=scored, matters=matters).targets


def case_of(
    school: School,
    policy: Policy,
    as_of: DateLike,
    alerts: pd.DataFrame | None = None,
    *,
    told: pd.DataFrame | None = None,
    scored: pd.DataFrame | None = None,
    matters: pd.DataFrame | None = None,
) -> Case:
    """Gather what the duties of a day are made from; parameters as for :func:`register`."""
    scene = Scene(school, policy, read_day(as_of, school.calendar))
    surveys = school.table("surveys")
    sheets = score_table(surveys[surveys["date"] < scene.end]) if scored is None else scored
    if alerts is None:
        alerts = raise_alerts(school, policy, scene.as_of, scored=sheets, matters=matters)
    known = (alerts["opened"] < scene.end) & alerts["student_id"].isin(scene.students.index)
    alerts = alerts[known].sort_values(["student_id", "opened", "rule", "fact"])
    said, ended = told_facts(scene, told), ended_of(scene, matters)
    facts = crisis_facts(scene, alerts, sheets, said)
    facts = facts.assign(over=ended.facts(facts, said))
    targets = targets_of(scene, facts)
    levels = levels_of(scene, facts, targets)
    return Case(scene, alerts, facts, targets, levels, sheets, said, ended)


def _alerted(case: Case) -> Iterator[Duty]:
    """Yield the duty of each alert: the alert says what, the policy along which chain."""
    for cells in case.alerts.to_dict("records"):
        row: dict[str, Any] = {str(name): cell for name, cell in cells.items()}
        opened, due = row["opened"].date(), row["due"].to_pydatetime()
        police = row["kind"] == "mandatory"
        why = MANDATORY.get(str(row["fact"]), row["fact"]) if police else row["fact"]
        yield Duty(
            str(row["student_id"]),
            str(row["rule"]),
            f"{row['rule']}:{row['fact']}" if not police else f"mandatory:{why}",
            "alert",
            str(row["action"]),
            opened,
            due,
            (str(row["owner"]),),
            str(row["source"]),
            priority=PRIORITY[str(row["kind"])],
            chain=_chain(case.scene, row, opened, due),
            partners=case.scene.codes("mandatory.to") if police else (),
            answers=ANSWERS.get(str(row["kind"]), ()),
            done=_done(case, row, opened),
        )


def _done(case: Case, row: Mapping[str, Any], opened: dt.date) -> tuple[dt.date, str] | None:
    """Return what answers an alert beyond the tables: the casebook, or that a report was made."""
    if not pd.isna(row["answered"]):
        return row["answered"].date(), "history"
    kind = str(row["kind"])
    if kind not in {"mandatory", "report"}:
        return None
    return case.said(str(row["student_id"]), "reported", opened, kind)


def _chain(
    scene: Scene, row: Mapping[str, Any], opened: dt.date, due: dt.datetime
) -> tuple[tuple[str, dt.datetime], ...]:
    kind, owner = row["kind"], str(row["owner"])
    if kind == "report":
        key = _CLOCKS.get(str(row["rule"]), "trigger.report_hours")
        return report_chain(scene, opened, key)
    if kind == "crisis":
        roles = (*scene.codes("crisis.network"), owner, *scene.codes("crisis.group"))
        return tuple((role, due) for role in dict.fromkeys(roles))
    if kind == "mandatory":
        return ((owner, due), ("principal", due))
    if kind == "visit" and row["action"] == "report_and_visit":
        return (
            (owner, scene.begins(opened)),
            *((role, due) for role in scene.codes("followup.escalate_to")),
        )
    return ((owner, due),)


def _topics(case: Case) -> Iterator[Duty]:
    """Yield a topic visit for each wavering that a policy with topic visits names (VC-14)."""
    scene = case.scene
    if "topic" not in scene.codes("visit.classes"):
        return
    signals = scene.codes("trigger.topic_signals")
    for row in each(case.alerts):
        if TOPIC.get(row.rule) in signals:
            yield Duty(
                row.student_id,
                f"topic.{row.rule}",
                f"{row.rule}:{row.fact}",
                "topic",
                "topic_visit",
                row.opened.date(),
                None,
                (str(scene.policy["trigger.visit_owner"]),),
                scene.policy.source("trigger.topic_signals"),
                priority="usual",
                answers=("call",),
            )


def _panel(case: Case) -> Iterator[Duty]:
    """Yield the joint look at each student to whom several targets apply (CP-02, FU-05)."""
    scene = case.scene
    for student, day in key_since(scene, targets_of(scene, case.crisis)).items():
        opened = day.date()
        yield Duty(
            str(student),
            "crisis.key_target",
            f"targets:{(case.targets['student_id'] == student).sum()}",
            "panel",
            "panel_looks_together",
            opened,
            None,
            scene.codes("followup.panel"),
            scene.policy.source("crisis.key_target_count"),
            priority="now",
            chain=tuple((role, scene.begins(opened)) for role in scene.codes("crisis.group")),
        )
