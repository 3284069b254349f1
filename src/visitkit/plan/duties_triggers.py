"""Visits owed because something happened: immediate and topic visits, persuasion, re-admission."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pandas as pd

from visitkit.calendar import Calendar
from visitkit.errors import CalendarError, PlanError
from visitkit.plan.duties_ground import TALK, Ground, Student, here, listed
from visitkit.plan.duties_owed import Crew, Owed, by_any, crew_of, made, name_of
from visitkit.policy.persuasion import Round, rounds

#: Columns of a table of alerts that are read here.
ALERT_COLUMNS = ("student_id", "rule", "kind", "opened", "due", "source")
#: Kinds of alert that ask for a visit at once (VC-05 to VC-10).
VISIT_KINDS = ("visit", "good")
#: Alerts that open the rounds of bringing a student back (DP-02; 004, part 1, 3(1)2, 3(4)1 and part
#: 2, 3(1)2): days of absence without a reason, leaving without one, and talk of leaving.
PERSUASION_RULES = ("unexcused_run", "left_without_reason", "leaving_talk")
#: Alerts behind the signals of a topic visit (VC-14). Low mood alone sends nobody to a home:
#: whether parents are told is for the counsellor to judge (BI-04).
TOPIC_RULES = {"mark_drop": "grades", "serious_conduct": "conduct"}

Alert = dict[str, Any]


def trigger_duties(base: Ground, alerts: pd.DataFrame | None) -> Iterator[Owed]:
    """Yield the duties that alerts, persuasion and returns open."""
    known = _alerts(base, alerts)
    classes = listed(base.policy, "visit.classes")
    for alert in known:
        student = base.students[str(alert["student_id"])]
        if alert["kind"] in VISIT_KINDS and "immediate" in classes:
            yield _immediate(base, student, alert)
        elif "topic" in classes and _is_topic(base, alert):
            yield _topic(base, student, alert)
    yield from _persuasion(base, known)
    yield from _readmission(base)


def _alerts(base: Ground, alerts: pd.DataFrame | None) -> list[Alert]:
    """Return the alerts of students here, each matter once, in order of student and day."""
    if alerts is None:
        return []
    missing = [column for column in ALERT_COLUMNS if column not in alerts]
    if missing:
        raise PlanError("duties.alerts_column", column=missing[0])
    rows = alerts[list(ALERT_COLUMNS)].sort_values(["student_id", "opened", "rule", "due"])
    rows = rows[rows["opened"] <= pd.Timestamp(base.as_of)]
    rows = rows.drop_duplicates(["student_id", "rule", "opened"])
    on_roll = {one.student_id for one in base.on_roll}
    return [
        {str(name): cell for name, cell in row.items()}
        for row in rows.to_dict("records")
        if str(row["student_id"]) in on_roll
    ]


def _immediate(base: Ground, student: Student, alert: Alert) -> Owed:
    forms = listed(base.policy, "trigger.visit_forms")
    owner = (str(base.policy["trigger.visit_owner"]),)
    return _one(base, student, f"immediate.{alert['rule']}", "immediate", alert, forms, owner)


def _topic(base: Ground, student: Student, alert: Alert) -> Owed:
    forms = base.forms("", remote=student.far)
    return _one(base, student, f"topic.{alert['rule']}", "topic", alert, forms, ())


def _is_topic(base: Ground, alert: Alert) -> bool:
    signal = TOPIC_RULES.get(str(alert["rule"]))
    return signal is not None and signal in listed(base.policy, "trigger.topic_signals")


def _one(
    base: Ground,
    student: Student,
    rule: str,
    kind: str,
    alert: Alert,
    forms: tuple[str, ...],
    by: tuple[str, ...],
) -> Owed:
    opened = pd.Timestamp(alert["opened"]).date()
    due = _day(alert["due"])
    contacts = made(base, student, opened, base.as_of, forms)
    source = alert["source"] if isinstance(alert["source"], str) else ""
    crew = crew_of(base, student, by)
    return _duty(student, (kind, rule, source), (opened, due), forms, crew, contacts)


def _duty(
    student: Student,
    what: tuple[str, str, str],
    when: tuple[dt.date, dt.date | None],
    forms: tuple[str, ...],
    crew: Crew,
    contacts: tuple[Any, ...],
) -> Owed:
    kind, rule, source = what
    return Owed(
        student=student,
        kind=kind,
        duty=name_of(rule, when[0]),
        rule=rule,
        source=source,
        opens=when[0],
        due=when[1],
        closes=dt.date.max,
        forms=forms,
        roles=crew.roles,
        must=crew.must,
        leads=crew.leads,
        partners=crew.partners,
        alone=crew.alone,
        fulfilled=min(len(contacts), 1),
        made=contacts,
    )


def _persuasion(base: Ground, alerts: list[Alert]) -> Iterator[Owed]:
    steps = rounds(base.policy)
    opened: dict[str, tuple[dt.date, dt.date | None]] = {}
    for alert in alerts:
        if steps and alert["rule"] in PERSUASION_RULES:
            day = pd.Timestamp(alert["opened"]).date()
            due = _day(alert["due"])
            opened.setdefault(str(alert["student_id"]), (day, due))
    told: dict[str, list[Alert]] = {}
    for row in base.rows("persuasion"):
        told.setdefault(str(row["student_id"]), []).append(row)
    for number in sorted({*opened, *told} & base.students.keys()):
        student = base.students[number]
        if steps and here(student, base.as_of):
            yield from _rounds(base, student, steps, opened.get(number), told.get(number, []))


def _rounds(
    base: Ground,
    student: Student,
    steps: tuple[Round, ...],
    opened: tuple[dt.date, dt.date | None] | None,
    told: list[Alert],
) -> Iterator[Owed]:
    """Yield the rounds reached: the next one opens only when somebody has said one failed."""
    known = sorted(told, key=lambda row: (row["date"], row["round"]))
    if opened is None or (known and known[0]["date"].date() < opened[0]):
        opened = (known[0]["date"].date(), None)
    start, due = opened
    for step in steps:
        ended = [row for row in known if int(row["round"]) == step.number]
        if step.max_days is not None:
            due = _school_days_on(base.calendar, start, step.max_days)
        yield _round(base, student, step, (start, due), ended)
        if not ended or ended[-1]["outcome"] != "failed":
            return
        start, due = ended[-1]["date"].date(), None


def _round(
    base: Ground,
    student: Student,
    step: Round,
    when: tuple[dt.date, dt.date | None],
    ended: list[Alert],
) -> Owed:
    rule = f"persuasion.round.{step.number}"
    crew = crew_of(base, student, step.roles, each=True)
    crew = Crew(crew.roles, crew.must, crew.leads, crew.partners, len(step.roles) <= 1)
    last = ended[-1]["date"].date() if ended else base.as_of
    contacts = made(base, student, when[0], last, step.forms)
    for people in crew.must:
        contacts = by_any(contacts, people)
    source = base.policy.source(f"{rule}.roles")
    found = _duty(student, ("persuasion", rule, source), when, step.forms, crew, contacts)
    # Somebody has said how the round ended, so it was made, whatever the table of visits holds.
    return found if not ended else replace(found, fulfilled=1)


def _readmission(base: Ground) -> Iterator[Owed]:
    offsets = base.policy["readmission.interviews"]
    days = [int(one) for one in offsets] if isinstance(offsets, list) else []
    for row in base.rows("returns"):
        student = base.students.get(str(row["student_id"]))
        if student is None or not here(student, base.as_of):
            continue
        back = row["date"].date()
        yield from _interviews(base, student, back, days)


def _interviews(base: Ground, student: Student, back: dt.date, days: list[int]) -> Iterator[Owed]:
    """Yield the talks after a return; each takes the first talk not taken by an earlier one."""
    key, forms = "readmission.interviews", (TALK, "home")
    crew = crew_of(base, student, listed(base.policy, "readmission.interview_by"))
    free = list(made(base, student, back + dt.timedelta(days=1), base.as_of, forms))
    opens = back + dt.timedelta(days=1)
    for offset in sorted(days):
        due = back + dt.timedelta(days=offset)
        taken = [one for one in free if one.date >= opens][:1]
        free = [one for one in free if one not in taken]
        what = ("readmission", f"{key}.{offset}", base.policy.source(key))
        yield _duty(student, what, (opens, due), forms, crew, tuple(taken))
        opens = due + dt.timedelta(days=1)


def _day(value: Any) -> dt.date | None:
    day: dt.date | None = None if pd.isna(value) else pd.Timestamp(value).date()
    return day


def _school_days_on(calendar: Calendar, day: dt.date, number: int) -> dt.date:
    try:
        return calendar.add_school_days(day, number)
    except CalendarError:
        end = day + dt.timedelta(days=7 + 2 * number)
        return Calendar.weekdays(day, end).add_school_days(day, number)
