"""The two lists as csv that Excel opens with the right signs and never runs."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

import pandas as pd

from visitkit import tables
from visitkit.reports.guard import guard
from visitkit.reports.view import REASONS, Card, Screening

#: Columns of ``caseload.csv``; other programs read them, so they are the same in both languages.
CASELOAD = (
    "student_id",
    "class_id",
    "tier",
    "risk_index",
    "coverage",
    *tables.DIMENSIONS,
    *(f"reason_{place}" for place in range(1, REASONS + 1)),
    "alerts",
    "stability",
)

#: Columns of ``alerts.csv``.
ALERTS = ("student_id", "rule", "opened", "due", "action", "source", "since", "fact")


def write_caseload_csv(screening: Screening, path: Path) -> None:
    """Write every student once, in order: codes for programs, reasons in words for people."""
    codes = dict(
        zip(screening.cases.table["student_id"], screening.cases.table["alerts"], strict=True)
    )
    _write(path, CASELOAD, (_row(card, codes[card.student_id]) for card in screening.cards))


def write_alerts_csv(screening: Screening, path: Path) -> None:
    """Write every open alert, the earliest deadline first, good news last."""
    rows = (
        (
            row.student_id,
            row.rule,
            row.opened,
            row.due_text,
            row.action,
            row.source,
            row.since,
            row.found,
        )
        for row in (*screening.alerts, *screening.good_news)
    )
    _write(path, ALERTS, rows)


def write_table(frame: pd.DataFrame, path: Path) -> None:
    """Write any table as csv, its text guarded; missing values are empty cells."""
    days = {
        name: frame[name].dt.strftime("%Y-%m-%d")
        for name in frame.columns
        if frame[name].dtype.kind == "M"
    }
    plain = frame.assign(**days).astype("object").where(frame.notna(), None)
    _write(path, [str(name) for name in frame.columns], plain.itertuples(index=False, name=None))


def _row(card: Card, alerts: str) -> tuple[object, ...]:
    reasons = (*card.reasons, *[""] * REASONS)[:REASONS]
    return (
        card.student_id,
        card.class_id,
        card.tier,
        card.index,
        _share(card.coverage),
        *card.dimensions.values(),
        *reasons,
        alerts,
        _share(card.stability),
    )


def _share(value: float | None) -> float | None:
    # Four places: what lies beyond says nothing and makes two runs look different.
    return None if value is None else round(value, 4)


def _write(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    # The mark at the beginning tells Excel that this is UTF-8 and not the machine's own encoding.
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows([guard(cell) for cell in row] for row in rows)
