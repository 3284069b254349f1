"""One duty of the register: who must do what about whom, by when, and who is told if not."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pandas as pd

from visitkit.screen.register.scene import Scene, each

#: Columns of the register with their types.
COLUMNS = {
    "student_id": "str",
    "rule": "str",
    "level": "str",
    "priority": "str",
    "opened": "datetime64[us]",
    "why": "str",
    "step": "str",
    "who": "str",
    "who_id": "str",
    "with_whom": "str",
    "what": "str",
    "due": "datetime64[us]",
    "chain": "str",
    "state": "str",
    "answered": "datetime64[us]",
    "answered_by": "str",
    "barred": "str",
    "source": "str",
}

#: Priorities, the most pressing first.
PRIORITIES = ("now", "soon", "usual", "later")

#: States of a duty: its clock runs, ends today, has run out; there is no clock in any paper and
#: the school has set none; something on record can be the answer.
STATES = ("open", "due_today", "overdue", "ask", "answered")


@dataclass(frozen=True, slots=True)
class Duty:
    """A duty before it is a row.

    Parameters
    ----------
    student_id, rule, why
        Whom it is about, which rule opened it, and the fact: a code, or ``code:value``.
    step
        The stage of work it belongs to; words stand in ``text/*/register.toml``.
    what
        What to do, as a code.
    opened
        Day of the fact.
    due
        Moment by which it is done; ``None`` where no paper and no school has set one.
    who
        Roles that do it, the first in charge.
    source
        Where the rule stands.
    chain
        Roles and the moment by which each must know, in order.
    partners
        Who joins from outside the school.
    answers
        What on record can answer it: ``visit``, ``call``, ``talk``, ``told`` (a person said it is
        cleared); empty where only the casebook can.
    level
        ``scheme:code``; empty where the rule has none.
    barred
        Places where it must not be done.
    done
        Date and kind of what answers it where no contact on record does.
    """

    student_id: str
    rule: str
    why: str
    step: str
    what: str
    opened: dt.date
    due: dt.datetime | None
    who: tuple[str, ...]
    source: str
    priority: str = "soon"
    chain: tuple[tuple[str, dt.datetime], ...] = ()
    partners: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    level: str = ""
    barred: tuple[str, ...] = ()
    done: tuple[dt.date, str] | None = None


def chain_text(chain: tuple[tuple[str, dt.datetime], ...]) -> str:
    """Return roles and moments as one text, in order.

    Examples
    --------
    >>> chain_text((("head_teacher", dt.datetime(2026, 11, 2, 8)),))
    'head_teacher@2026-11-02T08:00'
    """
    return ";".join(f"{role}@{when.isoformat(timespec='minutes')}" for role, when in chain)


def table_of(scene: Scene, duties: list[Duty]) -> pd.DataFrame:
    """Return duties as rows, answered and dated."""
    answers = _Answers(scene)
    rows = [_row(scene, duty, answers.first(duty) or duty.done) for duty in duties]
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(COLUMNS)


def _row(scene: Scene, duty: Duty, answer: tuple[dt.date, str] | None) -> dict[str, object]:
    who_ids = [scene.who_id(duty.student_id, role) for role in duty.who]
    return {
        "student_id": duty.student_id,
        "rule": duty.rule,
        "level": duty.level,
        "priority": duty.priority,
        "opened": pd.Timestamp(duty.opened),
        "why": duty.why,
        "step": duty.step,
        "who": ";".join(duty.who),
        "who_id": ";".join(dict.fromkeys(one for one in who_ids if one)),
        "with_whom": ";".join(duty.partners),
        "what": duty.what,
        "due": duty.due,
        "chain": chain_text(duty.chain),
        "state": _state(scene.as_of, duty.due, answered=answer is not None),
        "answered": pd.Timestamp(answer[0]) if answer else None,
        "answered_by": answer[1] if answer else "",
        "barred": ";".join(duty.barred),
        "source": duty.source,
    }


def _state(as_of: dt.date, due: dt.datetime | None, *, answered: bool) -> str:
    if answered:
        return "answered"
    if due is None:
        return "ask"
    return "open" if due.date() > as_of else "due_today" if due.date() == as_of else "overdue"


class _Answers:
    """Contacts and help on record, by student."""

    def __init__(self, scene: Scene) -> None:
        forms = set(scene.codes("trigger.visit_forms"))
        self._met: dict[str, list[tuple[dt.date, str, str]]] = {}
        for row in each(scene.rows("visits")[["student_id", "date", "form"]]):
            kind = "visit" if row.form in forms else "call"
            self._met.setdefault(row.student_id, []).append(
                (row.date.date(), kind, f"visits:{row.form}")
            )
        talks = scene.rows("interventions", "start")
        talks = talks[talks["type"].isin(["counselling", "medical_referral"])]
        for row in each(talks[["student_id", "date", "type"]]):
            self._met.setdefault(row.student_id, []).append(
                (row.date.date(), "talk", f"interventions:{row.type}")
            )

    def first(self, duty: Duty) -> tuple[dt.date, str] | None:
        """Return the first record since the duty opened that can be its answer."""
        wanted = {*duty.answers, *(("visit",) if "call" in duty.answers else ())}
        found = [
            (day, name)
            for day, kind, name in self._met.get(duty.student_id, ())
            if kind in wanted and day >= duty.opened
        ]
        return min(found, default=None)
