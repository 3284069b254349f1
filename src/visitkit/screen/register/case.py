"""All that the duties of one day are made from."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from visitkit.screen.register.ended import Ended
from visitkit.screen.register.levels import GRAVE
from visitkit.screen.register.scene import Scene, each


@dataclass(frozen=True)
class Case:
    """What is known on one day.

    Parameters
    ----------
    scene
        The school, the policy and the day.
    alerts
        From :func:`visitkit.screen.alerts.alerts`.
    facts, targets, levels
        Of :mod:`visitkit.screen.register.facts` and :mod:`visitkit.screen.register.levels`; the
        column ``over`` of the facts says which belong to a crisis that has ended.
    sheets
        Scored questionnaires.
    told
        What people told.
    ended
        Which crises have ended.
    """

    scene: Scene
    alerts: pd.DataFrame
    facts: pd.DataFrame
    targets: pd.DataFrame
    levels: pd.DataFrame
    sheets: pd.DataFrame
    told: pd.DataFrame
    ended: Ended

    @cached_property
    def _told(self) -> dict[tuple[str, str], list[tuple[dt.date, str]]]:
        days: dict[tuple[str, str], list[tuple[dt.date, str]]] = defaultdict(list)
        for row in each(self.told):
            days[row.student_id, row.fact].append((row.date.date(), row.about))
        return days

    def told_days(self, student_id: str, fact: str) -> list[dt.date]:
        """Return the days on which a fact about a student was told, in order."""
        return [day for day, _ in self._told.get((student_id, fact), [])]

    def said(
        self, student_id: str, fact: str, opened: dt.date, about: str = ""
    ) -> tuple[dt.date, str] | None:
        """Return when a person first told a fact since a day, as an answer on record.

        ``cleared``: a trained person found no danger; ``reported``: the report was made. A report
        that says what it was about answers for that kind of alert alone.
        """
        told = self._told.get((student_id, fact), [])
        days = [day for day, kind in told if day >= opened and kind in ("", about)]
        return (min(days), f"told:{fact}") if days else None

    @cached_property
    def crisis(self) -> pd.DataFrame:
        """The facts that belong to no crisis that has ended."""
        return self.facts[~self.facts["over"]]

    @cached_property
    def grave(self) -> dict[str, dt.date]:
        """Students with an attempt, a death or harm under way, each since its first day."""
        rows = self.crisis[self.crisis["fact"].isin(GRAVE)]
        first = rows.groupby("student_id")["date"].min()
        return {str(student): day.date() for student, day in first.items()}
