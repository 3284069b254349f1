"""The plan as two csv files that other programs, and the planner itself, can read."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from visitkit import text
from visitkit.plan import Unassigned
from visitkit.reports.csv_files import write_table
from visitkit.reports.visits.given import clock, number
from visitkit.reports.visits.rows import Round

#: Columns of ``visits.csv``; other programs read them, so they are the same in both languages.
VISITS = (
    "date",
    "start",
    "end",
    "student_id",
    "visitors",
    "form",
    "duty",
    "due",
    "travel_minutes",
    "order",
)

#: Columns of ``unassigned.csv``.
UNASSIGNED = ("student_id", "duty", "due", "reason")


def write_visits_csv(told: Round, path: Path) -> None:
    """Write a row a visit, codes only; :func:`visitkit.plan.kept_visits` reads it back."""
    rows = [
        (
            visit.date.isoformat(),
            clock(visit.start),
            clock(visit.end),
            visit.student_id,
            ";".join(visit.crew),
            visit.form,
            visit.duty,
            "" if visit.due is None else visit.due.isoformat(),
            number(visit.travel),
            visit.order,
        )
        for visit in (stop.visit for stop in told.stops)
    ]
    write_table(pd.DataFrame(rows, columns=list(VISITS), dtype="object"), path)


def write_unassigned_csv(told: Round, path: Path) -> None:
    """Write a row for each request left out, with the reason in words."""
    rows = [
        (
            item.student_id,
            item.duty,
            "" if item.due is None else item.due.isoformat(),
            reason_words(item, told.given.lang),
        )
        for item in left_out(told)
    ]
    write_table(pd.DataFrame(rows, columns=list(UNASSIGNED), dtype="object"), path)


def left_out(told: Round) -> list[Unassigned]:
    """Return what the plan leaves out, the earliest due first."""
    return sorted(
        told.given.plan.unassigned,
        key=lambda item: (item.due is None, item.due or told.given.today, item.request_id),
    )


def reason_words(item: Unassigned, lang: str) -> str:
    """Return why a request is left out."""
    return text.say(f"plan.reason.{item.reason}", lang, **item.facts)
