"""Which alerts the casebook has taken up, and which of them people have closed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from visitkit.record.cases.folding import fold
from visitkit.record.cases.moments import day_of, school_time
from visitkit.record.entry import Entry
from visitkit.record.remembering.contacts import Cases
from visitkit.record.remembering.rows import Row, day, frame, steps

MATTERS = {
    "student_id": "str",
    "rule": "str",
    "since": "datetime64[us]",
    "known": "datetime64[us]",
    "ended": "datetime64[us]",
    "case_id": "str",
}

_ABSENCE = (
    "unexcused_absence",
    "unexcused_run",
    "unexcused_visit",
    "no_show",
    "left_without_reason",
)
_VISITED = (
    "unexcused_visit",
    "sick_absence",
    "personal_absence",
    "serious_conduct",
    "family_event",
    "student_event",
    "good_event",
)
#: Kind of case, and the sign that opened it, to the rules of the alerts it answers for.
COVERS: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("crisis", ""): ("despair_words", "critical_item", "critical_missing"),
    ("persuasion", "unexcused_absence"): _ABSENCE,
    ("persuasion", "unexcused_run"): _ABSENCE,
    ("persuasion", "no_show"): _ABSENCE,
    ("persuasion", "left_without_reason"): _ABSENCE,
    ("persuasion", "leaving_talk"): ("leaving_talk",),
    ("persuasion", "grades"): ("mark_drop",),
    ("persuasion", "conduct"): ("serious_conduct",),
    ("persuasion", "family_change"): ("family_event",),
    ("visit", ""): _VISITED,
}


def matters(cases: Cases) -> pd.DataFrame:
    """Return the alerts that cases answer for: a row a case and rule of alerts.

    Returns
    -------
    pandas.DataFrame
        ``student_id``; ``rule`` (of the alerts); ``since`` (day of the fact that opened the case);
        ``known`` (until that day facts were before the people when they opened it, or made the
        visit); ``ended`` (the day people ended it; missing while it goes on); ``case_id``. A visit
        that was planned and not made answers for nothing; a report to the police is answered for
        by that report alone, never by the end of a case.
    """
    rows = [row for holding in cases for row in _rows(holding)]
    return frame(rows, MATTERS, ["student_id", "rule", "known", "case_id"])


def _rows(holding: Sequence[Entry]) -> list[Row]:
    first = holding[0]
    if first.kind == "visit":
        return _visit(holding)
    if first.kind not in ("crisis", "persuasion"):
        return []
    rows: list[Row] = []
    opened = [one for one in holding if one.step in ("signal", "open", "away_again")]
    signals = [str(one.facts.get("signal", "")) for one in opened]
    state = fold(holding)
    ended = school_time(state.since).date() if state.closed and state.since else None
    for one, signal in zip(opened, signals, strict=True):
        key = (first.kind, "" if first.kind == "crisis" else signal)
        for rule in COVERS.get(key, ()):
            rows.append(_row(first, rule, one, ended))
    return rows


def _visit(holding: Sequence[Entry]) -> list[Row]:
    """Return what a visit answers for, once it was made; it ends when all was followed up."""
    made = list(steps(holding, "visit"))
    if not made:
        return []
    state = fold(holding)
    over = state.state == "followed_up" and state.since
    ended = school_time(over).date() if over else None
    return [_row(holding[0], rule, made[-1], ended) for rule in COVERS["visit", ""]]


def _row(first: Entry, rule: str, opened: Entry, ended: object) -> Row:
    return {
        "student_id": first.student_id,
        "rule": rule,
        "since": day_of(opened.facts.get("since")) or day(opened),
        "known": day(opened),
        "ended": ended,
        "case_id": first.case_id,
    }
