"""The study: declared first, then its flow, balance and reach, and only then its estimate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Unpack

import pandas as pd

from visitkit.errors import ReviewError
from visitkit.review.result import Counts, Note, note
from visitkit.review.shown_counts import Shown, safe_sentence
from visitkit.review.small_cells import FLOOR
from visitkit.review.stats import Attrition, Baseline, Verdict
from visitkit.review.stats.wwc_rules import RATINGS
from visitkit.review.study import checks
from visitkit.review.study.accept import declare
from visitkit.review.study.balance import balance, love
from visitkit.review.study.checks import Check
from visitkit.review.study.cutoff import assigned
from visitkit.review.study.declare import Declared, Details
from visitkit.review.study.design_checks import of_design
from visitkit.review.study.effect import EffectTable, Seen
from visitkit.review.study.estimate import estimate, see_one
from visitkit.review.study.flow import StudyFlow, attrition_of, flow
from visitkit.review.study.pictured import DesignPicture, pictured
from visitkit.review.study.shown import shown
from visitkit.review.study.verdict import judge
from visitkit.review.study.words import tell


@dataclass(frozen=True, slots=True)
class Design:
    """The design that a declaration allows.

    Parameters
    ----------
    name
        ``"randomised"``, ``"sharp_threshold"``, ``"fuzzy_threshold"``, ``"chosen"``,
        ``"staggered"``, ``"series"`` or ``"time_to_event"``.
    reasons
        Why, and what it cannot say.
    """

    name: str
    reasons: tuple[Note, ...]

    def sentences(self, lang: str | None = None) -> list[str]:
        """Return the reasons as sentences; no number of one to four students."""
        return [safe_sentence(one.key, dict(one.facts), lang) for one in self.reasons]


class Study:
    """A study, its design declared before anything is estimated.

    Parameters
    ----------
    panel
        One row a student; for ``"staggered"`` a row a student and period; for ``"series"`` a row a
        period. Missing outcomes are empty cells: a student who was lost keeps the row.
    outcome
        Columns measured afterwards, in their own units; for ``"time_to_event"`` the time watched.
    assign
        How students came to be treated: ``"randomised"``, ``"threshold"``, ``"chosen"``,
        ``"staggered"``, ``"series"`` or ``"time_to_event"``. The estimator follows from it and
        cannot be chosen against it.
    unit, treat
        Columns of the student number and of the treatment received, 0 and 1.
    baseline
        Columns known before treatment.
    cluster
        Column of the class or school, where classes may differ.
    **details
        See :class:`visitkit.review.study.declare.Declared`: the frozen ``record`` of a threshold
        study, ``time`` and ``first`` of a staggered start, ``start`` of a series, ``cause`` and
        ``horizon`` of time to an event, and more.

    Raises
    ------
    ReviewError
        When the declaration cannot be honoured: a threshold study without its frozen record, an
        outcome that is the score, a student who stands twice, a column that is missing.

    Notes
    -----
    Standards: What Works Clearinghouse (2022), Procedures Handbook 5.0; sources of the methods
    stand with the estimators in ``review.designs`` and ``review.stats``.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(3)
    >>> table = pd.DataFrame({"student_id": range(200), "visited": np.arange(200) % 2})
    >>> table["before"] = rng.normal(10, 2, 200)
    >>> table["absence"] = table["before"] - 1.5 * table["visited"] + rng.normal(0, 1, 200)
    >>> study = Study(table, unit="student_id", treat="visited", outcome="absence",
    ...               baseline="before", assign="randomised")
    >>> found = study.estimate().row("absence").found.effect
    >>> found.ci[0] < -1.5 < found.ci[1]
    True
    """

    def __init__(
        self,
        panel: pd.DataFrame,
        outcome: str | Sequence[str],
        assign: str,
        *,
        unit: str = "",
        treat: str = "",
        baseline: str | Sequence[str] = (),
        cluster: str | None = None,
        **details: Unpack[Details],
    ) -> None:
        columns: dict[str, object] = {"outcome": outcome, "assign": assign, "unit": unit}
        columns |= {"treat": treat, "baseline": baseline, "cluster": cluster}
        self.declared: Declared = declare(panel, columns, details)
        if assign == "threshold":
            assigned(self.declared)  # a changed, late or foreign record is refused at once

    def __repr__(self) -> str:
        """Return design and sizes only: a study never prints its students by accident."""
        given = self.declared
        return f"Study(assign={given.assign!r}, rows={len(given.table)}, outcome={given.outcome})"

    def design(self) -> Design:
        """Return the design that the declaration allows, with its reasons."""
        given = self.declared
        name = given.assign
        if name == "threshold":
            who = assigned(given)
            name = "fuzzy_threshold" if (given.treated != who.flagged).any() else "sharp_threshold"
        reasons = [note(f"study.design.{name}"), note(f"study.scope.{given.assign}")]
        if given.left_out:
            crisis = flow(given, given.outcome[0]).crisis
            # of one to four students no number of rows is told either
            number = crisis if 0 < crisis < FLOOR else given.left_out
            reasons.append(note("study.crisis_out", number=number))
        return Design(name, tuple(reasons))

    def flow(self, outcome: str | None = None) -> StudyFlow:
        """Return who was assessed, assigned, treated, measured, and used by the estimate."""
        name = self._one(outcome)
        used = self._used(name)
        told = flow(self.declared, name, used)
        return told if used is None else replace(told, shown=self.shown())

    def attrition(self, boundary: str = "cautious", outcome: str | None = None) -> Attrition:
        """Hold the students lost against a boundary; cautious, as visits may change who stays."""
        return attrition_of(self.declared, self._one(outcome), boundary)

    def balance(self, outcome: str | None = None) -> Baseline:
        """Hold each measure from before against the limits 0.05 and 0.25."""
        return balance(self.declared, self._one(outcome))

    def love(self, outcome: str | None = None) -> pd.DataFrame:
        """Return standardised differences before and after adjustment, for the love plot."""
        return love(self.declared, self._one(outcome))

    def mdes(self, outcome: str | None = None) -> Seen:
        """Return the smallest effect that could have been seen: read it before the estimate."""
        return see_one(self.declared, self._one(outcome))

    def estimate(self) -> EffectTable:
        """Return the effect on each outcome, with what could have been seen before it."""
        return self._estimated

    def sensitivity(self, outcome: str | None = None) -> tuple[Check, ...]:
        """Return what could overturn the estimate of one outcome."""
        found = self._estimated.row(self._one(outcome)).found
        given = self.declared
        return (
            *checks.hidden(given, found),
            *checks.wild(found),
            *checks.other_models(given, found),
            *checks.placebo_outcome(given, found),
            *of_design(given, found),
            *checks.lost(given, found),
        )

    def picture(self, outcome: str | None = None) -> DesignPicture:
        """Return the one picture behind an estimate, in numbers; ``figures`` draw it."""
        return pictured(self.declared, self._estimated.row(self._one(outcome)).found)

    def verdict(self, outcome: str | None = None, boundary: str = "cautious") -> Verdict:
        """Rate the study and name the rule that limits it; without an outcome, its weakest one."""
        if outcome is not None:
            return judge(self.declared, self._one(outcome), boundary)
        names = [row.found.outcome for row in self._estimated.rows]
        found = [judge(self.declared, name, boundary) for name in names]
        return min(found, key=lambda one: RATINGS.index(one.rating))

    def text(self, lang: str | None = None) -> str:
        """Return the study in words: what could be seen before what was found."""
        return tell(self, lang)

    def shown(self) -> Shown:
        """Return the counts of the study as they may leave the room, all outcomes together."""
        return self._shown

    @cached_property
    def _shown(self) -> Shown:
        return shown(self.declared, [row.found for row in self._estimated.rows])

    @cached_property
    def _estimated(self) -> EffectTable:
        return estimate(self.declared)

    def _used(self, outcome: str) -> Counts | None:
        """Return whom the estimate used; an outcome without a figure used nobody."""
        try:
            return self._estimated.row(outcome).found.effect.counts
        except ReviewError:
            return None

    def _one(self, outcome: str | None) -> str:
        name = outcome or self.declared.outcome[0]
        if name not in self.declared.outcome:
            raise ReviewError("study.no_such_outcome", outcome=name)
        return name
