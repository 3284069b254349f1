"""First entries of a case, from what screening and planning found.

Stages meet through tables only: what comes in here is a row, by the names of its columns.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from visitkit.errors import StoreError
from visitkit.policy import Policy
from visitkit.record.cases.accepting import COMPUTED
from visitkit.record.cases.fields import codes
from visitkit.record.cases.kinds import KINDS
from visitkit.record.cases.machine import START
from visitkit.record.cases.moments import utc
from visitkit.record.entry import Entry

Facts = Mapping[str, object]

#: Rules of the alerts that open a case, with its kind and what is told of it.
_FROM_ALERT: Mapping[str, tuple[str, Facts]] = {
    "critical_item": (
        "crisis",
        {"signal": "critical_item", "suspected": True, "facts": ["screened"]},
    ),
    "despair_words": (
        "crisis",
        {
            "signal": "despair_words",
            "suspected": False,
            "ideation": True,
            "facts": ["abnormal_signs"],
        },
    ),
    "police_event": ("crisis", {"signal": "event", "suspected": False}),
    "unexcused_absence": ("persuasion", {"signal": "unexcused_absence"}),
    "unexcused_run": ("persuasion", {"signal": "unexcused_run"}),
    "leaving_talk": ("persuasion", {"signal": "leaving_talk"}),
    "left_without_reason": ("persuasion", {"signal": "left_without_reason"}),
    "no_show": ("persuasion", {"signal": "no_show"}),
    "mark_drop": ("persuasion", {"signal": "grades"}),
    "serious_conduct": ("persuasion", {"signal": "conduct"}),
    "family_event": ("persuasion", {"signal": "family_change"}),
}


#: Kinds of event to what the law wants reported outside (``mandatory.triggers``).
_DANGERS = {
    "alone": "alone_or_missing",
    "missing": "alone_or_missing",
    "domestic_violence": "domestic_violence",
}


@dataclass(frozen=True, slots=True)
class Who:
    """Who writes an entry down: a ``teacher_id`` and a role, or the program itself."""

    actor: str = COMPUTED
    role: str = COMPUTED


def opening(
    kind: str,
    student_id: str | None,
    at: dt.datetime,
    actor: str,
    role: str,
    facts: Facts,
    number: int,
) -> Entry:
    """Return the first entry of a case.

    Parameters
    ----------
    kind
        One of :data:`visitkit.record.cases.KINDS`.
    student_id
        Whom it is about; ``None`` for a meeting.
    at
        When it began: aware; kept in UTC.
    actor, role
        Who opened it; ``"computed"`` for both where the program did.
    facts
        The facts of the opening step.
    number
        Number of the case among its kind.

    Raises
    ------
    StoreError
        When there is no such kind, or the moment has no zone.

    Examples
    --------
    >>> at = dt.datetime(2026, 11, 6, 8, tzinfo=dt.UTC)
    >>> opening("escalation", "S1", at, "T1", "head_teacher", {"issue": "stairs"}, 7).case_id
    'escalation-000007'
    """
    if kind not in KINDS:
        raise StoreError("cases.unknown_kind", found=kind, allowed=", ".join(KINDS))
    case_id = f"{kind}-{number:06d}"
    if at.tzinfo is None:
        raise StoreError("cases.not_utc", case=case_id, found=at.isoformat())
    first = next(KINDS[kind].legal(START))
    return Entry(
        case_id, kind, first.name, student_id, at.astimezone(dt.UTC), actor, role, dict(facts)
    )


def from_alert(
    row: Mapping[str, object], at: dt.datetime, number: int, by: Who = Who()
) -> Entry | None:
    """Return the first entry of the case that an alert opens.

    Parameters
    ----------
    row
        A row of the alerts: ``student_id``, ``rule``, ``opened``, ``fact``, and ``since``, the
        first day of a run of absence, which began before it was long enough for an alert.
    at
        When somebody learnt of it; the day alone is not enough for clocks in hours.
    number
        Number of the case among its kind.
    by
        Who writes it down.

    Returns
    -------
    Entry or None
        ``None`` for an alert that asks for a visit or a call and opens no case of its own.

    Examples
    --------
    >>> at = dt.datetime(2026, 11, 6, 8, tzinfo=dt.UTC)
    >>> alert = {"student_id": "S1", "rule": "critical_item", "opened": "2026-11-06"}
    >>> from_alert(alert, at, 1).facts["signal"]
    'critical_item'
    >>> away = {**alert, "rule": "unexcused_run", "since": "2026-11-04"}
    >>> from_alert(away, at, 1).facts["since"]
    '2026-11-04'
    """
    found = _FROM_ALERT.get(str(row["rule"]))
    if found is None:
        return None
    kind, told = found
    facts = dict(told)
    danger = _DANGERS.get(str(row.get("fact", "")))
    if kind == "crisis" and danger:
        facts["danger_outside"] = danger
    if kind == "persuasion":
        first = str(row.get("since") or "")
        told_day = first if first[:1].isdigit() else str(row["opened"])  # "nan" where it is missing
        facts["since"] = told_day[: len("2026-11-06")]
    return opening(kind, str(row["student_id"]), at, by.actor, by.role, facts, number)


def from_visit_plan(row: Mapping[str, object], at: dt.datetime, number: int) -> Entry:
    """Return the first entry of a visit that a plan holds.

    Parameters
    ----------
    row
        A row of ``visits.csv``: ``student_id``, ``date``, ``start`` and ``end`` (minutes after
        midnight, or ``HH:MM``), ``visitors`` (joined by ``;``), ``form``, ``duty``, ``due``.
    at
        When the plan was taken over.
    number
        Number of the case among its kind.

    Examples
    --------
    >>> at = dt.datetime(2026, 11, 2, 8, tzinfo=dt.UTC)
    >>> row = {"student_id": "S1", "date": "2026-11-06", "start": "17:00", "end": "17:40",
    ...        "visitors": "T01;T02", "form": "home", "duty": "regular", "due": "2026-11-30"}
    >>> from_visit_plan(row, at, 1).facts["planned_end"]
    '2026-11-06T09:40:00+00:00'
    """
    day = dt.date.fromisoformat(str(row["date"])[: len("2026-11-06")])
    visitors = row["visitors"]
    facts: dict[str, object] = {
        "form": str(row.get("form") or "home"),
        "planned_start": _clock(day, row["start"]),
        "planned_end": _clock(day, row["end"]),
        "visitors": visitors.split(";") if isinstance(visitors, str) else list(_many(visitors)),
    }
    for name in ("duty", "due"):
        value = str(row.get(name) or "")
        if value and value not in {"nan", "NaT", "None", "<NA>"}:
            facts[name] = value[: len("2026-11-06")] if name == "due" else value
    return opening("visit", str(row["student_id"]), at, COMPUTED, COMPUTED, facts, number)


def _many(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list | tuple) else (str(value),)


def _clock(day: dt.date, value: object) -> str:
    if isinstance(value, str) and ":" in value:
        wall = dt.datetime.combine(day, dt.time.fromisoformat(value))
    else:
        minutes = float(str(value))
        wall = dt.datetime.combine(day, dt.time()) + dt.timedelta(minutes=round(minutes))
    return utc(wall).isoformat()


def from_caseload(
    row: Mapping[str, object], policy: Policy, at: dt.datetime, number: int
) -> Entry | None:
    """Return the first entry of a review of the support tier that screening proposed.

    Parameters
    ----------
    row
        A row of the caseload: ``student_id``, ``tier``, ``risk_index``, ``coverage``, ``reason_1``
        to ``reason_3``.
    policy
        Its ``tier.levels`` name the levels, the lowest first.
    at
        When it was computed.
    number
        Number of the case among its kind.

    Returns
    -------
    Entry or None
        ``None`` where too little is known for a tier: there is nothing to review yet.

    Examples
    --------
    >>> from visitkit.policy import read_policy
    >>> at = dt.datetime(2026, 11, 2, 8, tzinfo=dt.UTC)
    >>> row = {"student_id": "S1", "tier": "priority", "risk_index": 71.5, "coverage": 0.8}
    >>> from_caseload(row, read_policy("recommended"), at, 1).facts["computed_tier"]
    'dropout:high'
    """
    tier = _level(str(row["tier"]), codes(policy, "tier.levels"))
    if tier is None:
        return None
    facts: dict[str, object] = {"computed_tier": tier}
    for name in ("risk_index", "coverage"):
        figure = float(str(row.get(name, "nan") or "nan"))
        if math.isfinite(figure):
            facts[name] = figure
    reasons = [str(row.get(f"reason_{place}") or "") for place in (1, 2, 3)]
    told = [one for one in reasons if one and one != "nan"]
    if told:
        facts["reasons"] = told
    return opening("risk_review", str(row["student_id"]), at, COMPUTED, COMPUTED, facts, number)


def _level(tier: str, levels: Sequence[str]) -> str | None:
    """Return the level of the policy a place in the queue stands for."""
    place = {"routine": 0, "watch": len(levels) // 2, "priority": len(levels) - 1}
    if tier in levels:
        return tier
    return levels[place[tier]] if tier in place and levels else None


def from_record(visit: Entry, number: int) -> Entry:
    """Return the first entry of the matter that a visit handed up (FU-01, FU-02).

    Parameters
    ----------
    visit
        The entry ``escalate`` of the visit.
    number
        Number of the case among its kind.

    Examples
    --------
    >>> at = dt.datetime(2026, 11, 6, 12, tzinfo=dt.UTC)
    >>> told = {"issue": "no desk at home", "to": "moral_office"}
    >>> handed = Entry("visit-000001", "visit", "escalate", "S1", at, "T1", "head_teacher", told)
    >>> from_record(handed, 1).facts["from_case"]
    'visit-000001'
    """
    facts = {
        "issue": visit.facts["issue"],
        "to": list(_many(visit.facts["to"])),
        "from_case": visit.case_id,
    }
    return opening("escalation", visit.student_id, visit.at, visit.actor, visit.role, facts, number)
