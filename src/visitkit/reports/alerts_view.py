"""Alerts as people read them: what happened, by when, who does what, and which rule says so."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from visitkit import text
from visitkit.policy.words import code_word, source_words
from visitkit.screen.alerts.rules import KINDS, RULES
from visitkit.screen.alerts.words import fact_text
from visitkit.screen.caseload import GOOD_NEWS, Caseload
from visitkit.text.counting import one_or_many

_RULES = [rule.code for rule in RULES]


@dataclass(frozen=True, slots=True)
class AlertRow:
    """One open alert.

    Parameters
    ----------
    student_id, class_id, name
        Who; ``name`` is empty unless names were asked for.
    rule, matter
        Code of the rule and what people call it.
    action, todo
        Code of what to do and how people say it.
    opened, due_text
        Day and deadline as written; ``due_text`` is empty where no rule sets one.
    since
        First day of the matter as written: of a run of absence its first school day.
    answered
        Day of the first contact on record since, as written; empty while it waits. Whether the
        matter is closed is for a person to say.
    overdue_days
        Days since the deadline; 0 when it has not passed or a contact has answered.
    due_today
        The deadline is the day of the report.
    fact, owner, source
        What was found, who does it, and where the rule stands.
    kind
        Code of the kind of alert.
    found
        What was found as a code or a number, for programs.
    """

    student_id: str
    class_id: str
    name: str
    rule: str
    matter: str
    opened: str
    due_text: str
    answered: str
    overdue_days: int
    due_today: bool
    fact: str
    action: str
    todo: str
    owner: str
    source: str
    kind: str
    since: str
    found: str

    @property
    def good(self) -> bool:
        """Good news, which raises nobody."""
        return self.kind == GOOD_NEWS


def alert_rows(
    cases: Caseload, lang: str, classes: Mapping[str, str], names: Mapping[str, str]
) -> list[AlertRow]:
    """Return all open alerts: those that wait before those answered, the earliest deadline first.

    Parameters
    ----------
    cases
        With its alerts.
    lang
        ``"zh"`` or ``"en"``.
    classes, names
        By student; a student who is missing there is shown by number alone.
    """
    alerts = cases.alerts
    if alerts.empty:
        return []
    ordered = alerts.sort_values(["due", "opened", "student_id", "rule"], na_position="last")
    rows = [_row(cases, row, lang, classes, names) for row in records(ordered)]
    # a talk about despair never stands below a call that was due some hours earlier
    return sorted(rows, key=lambda row: (bool(row.answered), _kind(row)))


@dataclass(frozen=True, slots=True)
class AlertGroup:
    """Alerts of one rule, which ask for the same: what, who, where it stands, and whom."""

    matter: str
    todo: str
    owner: str
    source: str
    rows: tuple[AlertRow, ...]

    @property
    def overdue(self) -> int:
        """How many are past their deadline."""
        return sum(1 for row in self.rows if row.overdue_days)

    @property
    def answered(self) -> int:
        """How many a contact has answered."""
        return sum(1 for row in self.rows if row.answered)


def grouped(rows: Sequence[AlertRow]) -> list[AlertGroup]:
    """Return alerts by what they ask for: the most urgent kind first, then as rules are listed.

    Parameters
    ----------
    rows
        In the order of :func:`alert_rows`.
    """
    groups: dict[tuple[str, str, str, str], list[AlertRow]] = {}
    for row in sorted(rows, key=_urgency):
        groups.setdefault((row.matter, row.todo, row.owner, row.source), []).append(row)
    return [
        AlertGroup(matter, todo, owner, source, tuple(found))
        for (matter, todo, owner, source), found in groups.items()
    ]


def _urgency(row: AlertRow) -> tuple[int, int]:
    return _kind(row), _RULES.index(row.rule) if row.rule in _RULES else -1


def _kind(row: AlertRow) -> int:
    # A kind nobody knows comes first: silence must not lower it.
    return KINDS.index(row.kind) if row.kind in KINDS else -1


def _row(
    cases: Caseload,
    row: Mapping[str, object],
    lang: str,
    classes: Mapping[str, str],
    names: Mapping[str, str],
) -> AlertRow:
    student_id, rule = str(row["student_id"]), str(row["rule"])
    due = as_moment(row["due"])
    kind = _plain(row.get("kind"))
    answered = written(as_moment(row.get("answered")))
    # Good news may be told late; it is still good.
    waits = kind != GOOD_NEWS and not answered
    return AlertRow(
        student_id=student_id,
        class_id=classes.get(student_id, ""),
        name=names.get(student_id, ""),
        rule=rule,
        matter=word("alerts.rule", rule, lang),
        opened=written(as_moment(row["opened"])),
        due_text=written(due),
        answered=answered,
        overdue_days=days_late(due, cases.as_of) if waits else 0,
        due_today=waits and due is not None and due.date() == cases.as_of,
        fact=fact_words(rule, row, lang),
        action=_plain(row.get("action")),
        todo=word("alerts.action", _plain(row.get("action")), lang),
        owner=code_word(("values.role", "policy.role"), _plain(row.get("owner")), lang),
        source=source_words(_plain(row.get("source")), lang),
        kind=kind,
        since=written(as_moment(row.get("since"))),
        found=_plain(row.get("fact")),
    )


def records(frame: pd.DataFrame) -> list[dict[str, object]]:
    """Return the rows of a table as plain mappings."""
    return [{str(key): value for key, value in row.items()} for row in frame.to_dict("records")]


def word(room: str, code: str, lang: str) -> str:
    """Return the word for a code, or the code where there is none."""
    key = f"{room}.{code}"
    return text.say(key, lang) if code and text.has(key) else code


def as_moment(value: object) -> dt.datetime | None:
    """Return a moment, or ``None`` for a missing one."""
    return None if value is None or pd.isna(value) else pd.Timestamp(value).to_pydatetime()  # type: ignore[call-overload,arg-type]


def written(value: dt.datetime | None) -> str:
    """Return a moment as people write it; midnight stands for the day as a whole.

    Examples
    --------
    >>> written(dt.datetime(2026, 11, 2, 16, 30)), written(dt.datetime(2026, 11, 2)), written(None)
    ('2026-11-02 16:30', '2026-11-02', '')
    """
    if value is None:
        return ""
    whole_day = value.time() == dt.time(0)
    return value.strftime("%Y-%m-%d" if whole_day else "%Y-%m-%d %H:%M")


def days_late(due: dt.datetime | None, today: dt.date | None) -> int:
    """Return the days since a deadline; 0 on the day itself, before it, or without one.

    Examples
    --------
    >>> days_late(dt.datetime(2026, 10, 30, 8), dt.date(2026, 11, 2))
    3
    """
    if due is None or today is None:
        return 0
    return max((today - due.date()).days, 0)


def _plain(value: object) -> str:
    return "" if value is None or pd.isna(value) else str(value)  # type: ignore[call-overload]


def fact_words(rule: str, row: Mapping[str, object], lang: str) -> str:
    """Tell what was found as a sentence; a rule of the school's own tells its fact as it is."""
    found = _plain(row.get("fact"))
    fact = fact_text(rule, found, lang)
    key = one_or_many(f"alerts.why.{rule}", found)
    opened = written(as_moment(row["opened"]))
    return text.say(key, lang, fact=fact, date=opened) if text.has(key) else fact
