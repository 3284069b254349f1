"""What the board of alerts shows: overdue first, told in school hours, answered ones last."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from visitkit import text
from visitkit.load import School
from visitkit.reports.alerts_view import AlertRow, alert_rows, grouped
from visitkit.screen import Caseload
from visitkit.screen.alerts.clock import bell_of
from visitkit.screen.alerts.left import Left, left
from visitkit.screen.alerts.rules import KINDS
from visitkit.screen.caseload import GOOD_NEWS
from visitkit.text.counting import one_or_many

#: Kinds of what is left, the most urgent first.
_URGENCY = ("late_days", "late_today", "lessons", "hours", "days", "far", "none")


@dataclass(frozen=True, slots=True)
class Board:
    """The board in words, ready to be shown.

    Parameters
    ----------
    groups
        Alerts that ask for the same, in the order in which to look at them.
    kinds
        Kinds that occur: code and word.
    counts
        ``waiting``, ``late``, ``answered`` and ``good``.
    """

    groups: tuple[dict[str, object], ...]
    kinds: tuple[tuple[str, str], ...]
    counts: dict[str, int]

    def __repr__(self) -> str:
        """Return the counts only."""
        return f"Board({self.counts})"

    def sent(self) -> dict[str, object]:
        """Return the board as a message holds it."""
        return {"groups": self.groups, "kinds": self.kinds, "counts": self.counts}


def board(
    cases: Caseload,
    school: School,
    lang: str,
    now: dt.datetime | None = None,
    *,
    names: bool = False,
) -> Board:
    """Return the open alerts as people work them.

    Within a kind of alert, what is overdue comes before what runs, and what a contact has answered
    comes last. Good news stands at the end.

    Parameters
    ----------
    cases
        With its alerts.
    school
        Its calendar counts school hours; it knows names.
    lang
        ``"zh"`` or ``"en"``.
    now
        The moment at which we stand; by default the beginning of the lessons of the day.
    names
        Show names beside numbers.
    """
    known = _names(school) if names else {}
    table = cases.table
    classes = dict(zip(table["student_id"], table["class_id"], strict=True))
    rows = alert_rows(cases, lang, classes, known)
    moment = now or _morning(cases, school)
    whole = [_group(rows_of, cases, school, lang, moment) for rows_of in _by_matter(rows)]
    kinds = tuple(
        (kind, text.say(f"alerts.kind.{kind}", lang))
        for kind in KINDS
        if any(row.kind == kind for row in rows)
    )
    asking = [row for row in rows if row.kind != GOOD_NEWS]
    counts = {
        "waiting": sum(1 for row in asking if not row.answered),
        "late": sum(row["state"] == "late" for group in whole for row in _rows_of(group)),
        "answered": sum(1 for row in asking if row.answered),
        "good": sum(1 for row in rows if row.kind == GOOD_NEWS),
    }
    return Board(tuple(whole), kinds, counts)


def _rows_of(group: dict[str, object]) -> Sequence[dict[str, str]]:
    rows = group["rows"]
    return rows if isinstance(rows, list) else []


def _names(school: School) -> dict[str, str]:
    students = school.table("students").dropna(subset=["name"])
    return dict(zip(students["student_id"].astype(str), students["name"].astype(str), strict=True))


def _morning(cases: Caseload, school: School) -> dt.datetime:
    day = cases.as_of or school.calendar.last
    return dt.datetime.combine(day, bell_of(cases.policy).begins)


def _by_matter(rows: Sequence[AlertRow]) -> list[tuple[AlertRow, ...]]:
    return [group.rows for group in grouped(rows)]


def _group(
    rows: Sequence[AlertRow], cases: Caseload, school: School, lang: str, now: dt.datetime
) -> dict[str, object]:
    first = rows[0]
    bell = bell_of(cases.policy)
    told = [(row, left(_moment(row.due_text), now, school.calendar, bell)) for row in rows]
    told.sort(key=lambda pair: (bool(pair[0].answered), *_order(pair[1])))
    return {
        "kind": first.kind,
        "matter": first.matter,
        "todo": first.todo,
        "owner": first.owner,
        "source": first.source,
        "rows": [_row(row, rest, lang) for row, rest in told],
    }


def _order(rest: Left) -> tuple[int, int]:
    late = rest.kind.startswith("late")
    return _URGENCY.index(rest.kind), -rest.number if late else rest.number


def _row(row: AlertRow, rest: Left, lang: str) -> dict[str, str]:
    late = rest.kind.startswith("late") and row.kind != GOOD_NEWS
    state = "answered" if row.answered else "late" if late else "waits"
    clock = "" if row.answered or row.good else left_words(rest, lang)
    return {
        "student": row.student_id,
        "name": row.name,
        "class": row.class_id,
        "fact": row.fact,
        "opened": row.opened,
        "due": row.due_text,
        "answered": row.answered,
        "state": state,
        "left": clock,
    }


def left_words(rest: Left, lang: str) -> str:
    """Return in words how much school is left before a deadline.

    Examples
    --------
    >>> left_words(Left("lessons", 4), "en")
    '4 school hours left'
    """
    key = one_or_many(f"widgets_board.left.{rest.kind}", rest.number)
    return text.say(key, lang, number=rest.number)


def _moment(written: str) -> dt.datetime | None:
    return dt.datetime.fromisoformat(written) if written else None
