"""Who was there at each step: assessed, assigned, treated, measured, analysed."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from visitkit.errors import ReviewError
from visitkit.review.inputs import labels, numbers
from visitkit.review.result import Counts, Flags
from visitkit.review.shown_counts import SIDES, Shown, shown_count, shown_steps
from visitkit.review.stats import Attrition, Flow, attrition
from visitkit.review.study.cutoff import assigned
from visitkit.review.study.declare import Declared

#: Steps in order.
STEPS = ("assigned", "received", "measured", "analysed")


@dataclass(frozen=True, slots=True)
class StudyFlow:
    """The flow of one outcome.

    Parameters
    ----------
    outcome
        Its column.
    assessed
        Students (periods, for a series) before anybody was taken out.
    crisis
        Students in a crisis, always visited and not part of the study.
    treated, control
        Step to number: ``assigned``, ``received`` (the treatment), ``measured`` (outcome known),
        ``analysed`` (behind the estimate).
    clusters
        Classes or schools assigned, treated and control; ``None`` without them.
    counted
        ``"students"``, or ``"periods"`` from the start on and before it, for a series.
    shown
        The counts of the whole study as they may leave the room; without them this outcome is
        looked at alone.
    """

    outcome: str
    assessed: int
    crisis: int
    treated: dict[str, int]
    control: dict[str, int]
    clusters: tuple[int, int] | None
    counted: str = "students"
    shown: Shown | None = None

    def words(self, lang: str | None = None) -> dict[str, dict[str, str]]:
        """Return the steps in words: no number from which a few students could be told.

        Returns
        -------
        dict
            ``treated`` and ``control``: step to words; ``all``: ``assessed`` to words.
        """
        if self.shown is None:
            alone = {side: shown_steps(getattr(self, side), lang) for side in SIDES}
            return {**alone, "all": {"assessed": shown_count(self.assessed, lang)}}
        of, all_ = self.shown, self.shown.told("assessed").words(lang)
        told = {
            side: {step: of.told(step, side, self.outcome).words(lang) for step in STEPS}
            for side in SIDES
        }
        return {**told, "all": {"assessed": all_}}

    def measured(self) -> Flow:
        """Return the numbers that attrition is worked out from."""
        return Flow(
            self.treated["assigned"],
            self.treated["measured"],
            self.control["assigned"],
            self.control["measured"],
        )

    def frame(self) -> pd.DataFrame:
        """Return a table: index step, columns ``treated`` and ``control``."""
        table = pd.DataFrame({"treated": self.treated, "control": self.control}).loc[list(STEPS)]
        return table.rename_axis("step")


@dataclass(frozen=True, slots=True)
class Units:
    """One row a student: meant to be treated, treated, measured, analysed, class.

    Parameters
    ----------
    meant, received, measured, analysed : ndarray of bool, shape (n_students,)
        ``analysed``: all is known that the model needs.
    cluster
        Class or school; ``None`` without them.
    lost
        Students of the record who are not in the table, flagged and not.
    crisis
        Students in a crisis, who were taken out.
    """

    meant: Flags
    received: Flags
    measured: Flags
    analysed: Flags
    cluster: list[object] | None
    lost: tuple[int, int] = (0, 0)
    crisis: int = 0


def flow(given: Declared, outcome: str, used: Counts | None = None) -> StudyFlow:
    """Count students at each step.

    Parameters
    ----------
    given
        The declared study; in a threshold study students of the record who are not in the table
        were lost, and a student who was overridden stays on the side of the flag.
    outcome
        Its column.
    used
        Students whom the estimate used; without it those of whom all is known that the model
        needs. Fewer are used where some have nobody like them, no partner, or a score far from
        the cutoff.
    """
    told = _periods(given, outcome) if given.assign == "series" else _students(given, outcome)
    if used is None:
        return told
    treated, control = told.treated, told.control
    return replace(
        told,
        treated={**treated, "analysed": used.treated},
        control={**control, "analysed": used.control},
    )


def _students(given: Declared, outcome: str) -> StudyFlow:
    units = units_of(given, outcome)
    sides = [
        _count(units, side, lost) for side, lost in zip((True, False), units.lost, strict=True)
    ]
    count = len(units.meant) + sum(units.lost)
    crisis = units.crisis
    clusters = None
    if units.cluster is not None:
        kinds = pd.Series(units.cluster)
        clusters = (int(kinds[units.meant].nunique()), int(kinds[~units.meant].nunique()))
    return StudyFlow(outcome, count + crisis, crisis, sides[0], sides[1], clusters)


def units_of(given: Declared, outcome: str) -> Units:
    """Return who was there, a row a student; not for a series, which has none."""
    if given.assign != "staggered":
        return replace(_by_row(given, outcome), crisis=given.left_out)
    periods = max(given.table[given.time].nunique(), 1)
    return replace(_by_period(given, outcome), crisis=given.left_out // periods)


def _count(units: Units, side: bool, lost: int) -> dict[str, int]:
    mine = units.meant if side else ~units.meant
    steps = {"received": units.received, "measured": units.measured, "analysed": units.analysed}
    told = {step: int((mine & known).sum()) for step, known in steps.items()}
    return {"assigned": int(mine.sum()) + lost, **told}


def _by_row(given: Declared, outcome: str) -> Units:
    treated, lost = given.treated, (0, 0)
    meant = treated
    if given.assign == "threshold":
        who = assigned(given)
        meant = who.flagged
        lost = (who.flagged_not_in_table, who.not_in_table - who.flagged_not_in_table)
    known = ~np.isnan(numbers(given.table[outcome], outcome))
    full = known & ~given.covariates.isna().any(axis=1).to_numpy()
    cluster = None if given.cluster is None else given.table[given.cluster].to_list()
    return Units(meant, treated, known, full, cluster, lost)


def _by_period(given: Declared, outcome: str) -> Units:
    """Return a row a student; measured means known in every period of the table."""
    if given.time is None or given.first is None:
        raise ReviewError("study.needed", settings="time, first", assign=given.assign)
    table = given.table
    codes = labels(table[given.unit], given.unit)
    count, periods = int(codes.max()) + 1, table[given.time].nunique()
    first = numbers(table[given.first], given.first)
    start = np.full(count, np.inf)
    start[codes] = np.where(np.isnan(first) | (first <= 0), np.inf, first)
    meant = start <= float(numbers(table[given.time], given.time).max())
    y = ~np.isnan(numbers(table[outcome], outcome))
    full = y & ~given.covariates.isna().any(axis=1).to_numpy()
    known = np.bincount(codes, y, count) == periods
    whole = np.bincount(codes, full, count) == periods
    earliest = float(numbers(table[given.time], given.time).min())
    cluster = None
    if given.cluster is not None:
        cluster = list(pd.Series(table[given.cluster].to_numpy()).groupby(codes).first())
    return Units(meant, meant, known, whole & (start > earliest), cluster)


def _periods(given: Declared, outcome: str) -> StudyFlow:
    when = numbers(given.table[str(given.time)], str(given.time))
    known = ~np.isnan(numbers(given.table[outcome], outcome))
    after = when >= float(given.start or 0.0)
    units = Units(after, after, known, known, None)
    sides = [_count(units, side, 0) for side in (True, False)]
    return StudyFlow(outcome, len(when), 0, sides[0], sides[1], None, "periods")


def attrition_of(given: Declared, outcome: str, boundary: str = "cautious") -> Attrition:
    """Hold the loss of one outcome against a boundary.

    Raises
    ------
    ReviewError
        When the boundary is unknown, a side is empty, or the study is a series, in which periods
        and not students are counted.
    """
    if given.assign == "series":
        raise ReviewError("study.no_attrition")
    return attrition(flow(given, outcome).measured(), boundary)
