"""Duties when a student stays away: rounds of persuasion, the written report, and what follows.

Sources: dropout control 004, part 1, III(4) (L57-64) and part 4, III(3) (L293-298); left-behind
care 003, part 5, IV.3 (L303). No paper gives a clock between the rounds: without
``persuasion.max_days_per_round`` a later round has no due time and its state is "ask".
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from visitkit.policy.persuasion import Round, rounds
from visitkit.screen.register.case import Case
from visitkit.screen.register.duty import Duty
from visitkit.screen.register.scene import Scene, each

#: Alerts after which a student is brought back to school.
OPENS = ("unexcused_run", "left_without_reason")

#: How a duty of a visit is written that belongs to a round: ``persuasion`` and, where somebody
#: noted it, its number, as in ``persuasion.round.2/2026-11-02``.
_DUTY = re.compile(r"persuasion(?:\W*round)?(?:\W*([1-9]))?\b")

_AWAY = ("sick", "personal", "unexcused")


@dataclass(frozen=True, slots=True)
class Made:
    """A contact of a round on record."""

    date: dt.date
    number: int
    form: str


def persuasion_duties(case: Case) -> Iterator[Duty]:
    """Yield the rounds of persuasion that are open or made, and the written reports."""
    steps = rounds(case.scene.policy)
    runs = case.alerts[case.alerts["rule"].isin(OPENS)]
    if not steps or runs.empty:
        return
    first = runs.sort_values("opened").drop_duplicates("student_id")
    trails = _Trails(case.scene, frozenset(first["student_id"]))
    for row in each(first):
        opened = row.opened.date()
        yield from _rounds(case, trails, row.student_id, opened)


class _Trails:
    """Days away and contacts made, by student."""

    def __init__(self, scene: Scene, students: frozenset[str]) -> None:
        rows = scene.rows("attendance")
        self._last = rows["date"].max()
        away = rows[rows["status"].isin(_AWAY) & rows["student_id"].isin(students)]
        self._away = {
            str(student): sorted({day.date() for day in days})
            for student, days in away.groupby("student_id")["date"]
        }
        visits = scene.rows("visits")
        visits = visits[visits["student_id"].isin(students)]
        self._made: dict[str, list[Made]] = {}
        for row in each(visits.sort_values(["date", "duty", "form"])):
            found = None if pd.isna(row.duty) else _DUTY.search(str(row.duty))
            if found:
                number = int(found.group(1) or 0)
                made = Made(row.date.date(), number, str(row.form))
                self._made.setdefault(row.student_id, []).append(made)
        self._scene = scene

    def made(self, student: str, since: dt.date, step: Round, after: dt.date | None) -> Made | None:
        """Return the first contact that bears a round's number, or none and lies after the last."""
        for one in self._made.get(student, ()):
            later = after is None or one.date > after
            if (
                one.date >= since
                and one.form in step.forms
                and (one.number == step.number or (one.number == 0 and later))
            ):
                return one
        return None

    def away_after(self, student: str, day: dt.date) -> dt.date | None:
        """Return the first day after a day on which the student is still away."""
        return next((one for one in self._away.get(student, ()) if one > day), None)

    def back(self, student: str) -> dt.date | None:
        """Return the first school day after the last one missed, if attendance was kept then."""
        days = self._away.get(student, [])
        if not days or pd.isna(self._last):
            return None
        after = self._scene.calendar.school_days(days[-1] + dt.timedelta(days=1), self._scene.as_of)
        return after[0] if after and after[0] <= self._last.date() else None


def _rounds(case: Case, trails: _Trails, student: str, opened: dt.date) -> Iterator[Duty]:
    scene, steps = case.scene, rounds(case.scene.policy)
    back = trails.back(student)
    begun, after, made = opened, None, None
    for step in steps:
        made = trails.made(student, opened, step, after)
        due = _due(scene, step, begun)
        done = (
            (made.date, f"visits:{made.form}")
            if made
            else (back, "attendance:back")
            if back
            else None
        )
        yield from _round(scene, student, step, (begun, due), done)
        failed = trails.away_after(student, made.date) if made else None
        ran_out = due.date() if made is None and step.max_days and due else None
        following = failed or (ran_out if ran_out and ran_out < scene.as_of else None)
        if following is None or (back and following >= back):
            return
        begun, after = following, made.date if made else after
    if made:  # nobody is given up on whom nobody has visited
        yield from _lost(scene, student, begun)


def _due(scene: Scene, step: Round, begun: dt.date) -> dt.datetime | None:
    if step.max_days is not None:
        return scene.school_days_on(begun, step.max_days)
    return scene.due(begun, "absence.report_hours") if step.number == 1 else None


def _round(
    scene: Scene,
    student: str,
    step: Round,
    when: tuple[dt.date, dt.datetime | None],
    done: tuple[dt.date, str] | None,
) -> Iterator[Duty]:
    opened, due = when
    key = f"persuasion.round.{step.number}"
    chain = _chain(scene, opened)
    yield Duty(
        student,
        key,
        f"persuasion:{step.number}",
        "persuasion",
        "visit_or_call_parents" if "phone" in step.forms else "visit_home_together",
        opened,
        due,
        step.roles,
        scene.policy.source(f"{key}.roles"),
        chain=chain,
        partners=step.partners,
        done=done,
    )
    if step.written_report:
        yield Duty(
            student,
            key,
            f"persuasion:{step.number}",
            "written_report",
            "written_report_to_authority",
            opened,
            due,
            step.roles[:1],
            scene.policy.source(f"{key}.written_report"),
            chain=chain,
            partners=scene.codes("dropout.written_report_to"),
            done=done if done and done[1] == "attendance:back" else None,
        )


def _lost(scene: Scene, student: str, opened: dt.date) -> Iterator[Duty]:
    """Yield what is left when the last round failed: the authority, and the place on the roll."""
    keep = bool(scene.policy["dropout.keep_roll_place"])
    for what in ("refer_to_authority", *(("keep_roll_place",) if keep else ())):
        key = (
            "persuasion.hopeless_to" if what == "refer_to_authority" else "dropout.keep_roll_place"
        )
        yield Duty(
            student,
            "persuasion.failed",
            "failed:",
            "lost_or_refused",
            what,
            opened,
            None,
            ("principal",),
            scene.policy.source(key),
            chain=_chain(scene, opened),
            partners=scene.codes("persuasion.hopeless_to") if what == "refer_to_authority" else (),
        )


def _chain(scene: Scene, opened: dt.date) -> tuple[tuple[str, dt.datetime], ...]:
    return report_chain(scene, opened, "absence.report_hours")


def report_chain(scene: Scene, opened: dt.date, key: str) -> tuple[tuple[str, dt.datetime], ...]:
    """Return the school's chain: the first role knows at once, the others within the limit.

    The paper says "within 24 hours, then upward" and gives no hours for the upper roles.
    """
    first, *others = scene.codes("absence.report_chain")
    due = scene.due(opened, key)
    return ((first, scene.begins(opened)), *((role, due) for role in others))
