"""What people have ended: a crisis that was closed asks for nothing any more.

The casebook says which cases answer for which alerts and when they ended (``record.History``).
A report that was left out and survives the end of its case stays owed there, in its own list.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from visitkit.errors import ScreenError
from visitkit.screen.alerts.closing import COLUMNS
from visitkit.screen.register.scene import Scene, each

#: Rules of alerts that a crisis answers for, whatever its sign.
CRISIS_RULES = ("despair_words", "critical_item", "critical_missing")


@dataclass(frozen=True, slots=True)
class _Span:
    """A crisis: when it began, until when facts were known, when it ended if it has."""

    since: dt.date
    known: dt.date
    ended: dt.date | None


@dataclass(frozen=True)
class Ended:
    """The crises that the casebook knows of.

    Parameters
    ----------
    spans
        Student to crises.
    cases
        Number of a case to whether it has ended.
    """

    spans: Mapping[str, tuple[_Span, ...]]
    cases: Mapping[str, bool]

    def crisis(self, student_id: str, day: dt.date) -> bool:
        """Tell whether a fact about a student, of a day, belongs to a crisis that has ended.

        As for the alerts: what was known when the case was opened and what came before the day of
        its end. A fact from the time of another crisis that goes on belongs to that one.
        """
        spans = self.spans.get(student_id, ())
        if any(one.ended is None and one.since <= day for one in spans):
            return False
        return any(one.ended and (day <= one.known or day < one.ended) for one in spans)

    def told(self, rows: pd.DataFrame) -> list[bool]:
        """Tell of each row that people told whether it belongs to a case that has ended."""
        return [
            self.cases.get(row.case_id, self.crisis(row.student_id, row.date.date()))
            for row in each(rows)
        ]

    def facts(self, facts: pd.DataFrame, told: pd.DataFrame) -> pd.Series[bool]:
        """Tell which facts belong to crises that have ended.

        Parameters
        ----------
        facts
            ``student_id``, ``fact``, ``kind`` and ``date``.
        told
            What people told: ``student_id``, ``fact``, ``date`` and ``case_id``.
        """
        over: dict[tuple[str, str, dt.date], bool] = {}
        for row, done in zip(each(told), self.told(told), strict=True):
            key = (row.student_id, row.fact, row.date.date())
            over[key] = over.get(key, True) and done
        found = [
            over[row.student_id, row.fact, row.date.date()]
            if row.kind == "told"
            else self.crisis(row.student_id, row.date.date())
            for row in each(facts)
        ]
        return pd.Series(found, index=facts.index, dtype="bool")


def ended_of(scene: Scene, matters: pd.DataFrame | None) -> Ended:
    """Return the crises that people have closed or go on with.

    Parameters
    ----------
    scene
        The day.
    matters
        As for :func:`visitkit.screen.alerts.alerts`; ``case_id`` where it is known.

    Raises
    ------
    visitkit.errors.ScreenError
        ``screen.matters_column`` when a column is missing.
    """
    if matters is None:
        return Ended({}, {})
    for name in COLUMNS:
        if name not in matters:
            raise ScreenError("screen.matters_column", column=name, allowed=", ".join(COLUMNS))
    rows = matters[matters["rule"].isin(CRISIS_RULES) & (matters["known"] < scene.end)]
    ended = rows["ended"].where(rows["ended"] < scene.end)
    spans: dict[str, set[_Span]] = defaultdict(set)
    cases: dict[str, bool] = {}
    numbers = rows["case_id"] if "case_id" in rows else pd.Series("", index=rows.index)
    columns = (rows["student_id"], rows["since"], rows["known"], ended, numbers)
    for student, since, known, end, case in zip(*columns, strict=True):
        over = None if pd.isna(end) else end.date()
        spans[str(student)].add(_Span(since.date(), known.date(), over))
        if case:
            cases[str(case)] = over is not None
    return Ended({name: tuple(found) for name, found in spans.items()}, cases)
