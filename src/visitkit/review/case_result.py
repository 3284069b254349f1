"""What a review of one student returns."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from visitkit.review import case_words
from visitkit.review.estimates import Estimate
from visitkit.review.reliable_change import Reliability, ReliableChange

#: What can be said in the end.
CONCLUSIONS = (
    "no_second_baseline",
    "nothing_after",
    "too_few_points",
    "constant",
    "trend_disagrees",
    "better",
    "worse",
    "unclear",
)


@dataclass(frozen=True, slots=True)
class Remark:
    """Something the reader must know: a key of ``review.remark`` and its facts."""

    key: str
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class CaseResult:
    """What can be said of one student.

    Parameters
    ----------
    student_id, score, higher_is, first_visit
        Of whom, which score, what a high one means, and where the phases part.
    points : pandas.DataFrame
        ``date``, ``value``, ``phase``, in order of date.
    phase_table : pandas.DataFrame
        A row a phase (``before``, ``after``): ``n``, ``first``, ``last`` (days), ``median``,
        ``lowest``, ``highest``, ``slope`` per day with ``slope_low`` and ``slope_high``.
    trend_line : pandas.DataFrame
        ``date`` and ``value`` of the two ends of the trend before the first visit, carried on to
        the last measurement; no row with fewer than three measurements before.
    change
        Reliable change from the last measurement before the first visit to the last of all;
        ``None`` when it would not be honest, see ``change_reason``.
    change_reason
        Key of ``review.reason``; empty when there is a change.
    estimates
        Every statistic by its exact name, in the student's favour above 0 (NAP: above one half).
    conclusion
        One of :data:`CONCLUSIONS`.
    remarks
        What the reader must know.
    reliability
        Of the scale, with its source; ``None`` when none was given.
    """

    student_id: str
    score: str
    higher_is: str
    first_visit: dt.date
    points: pd.DataFrame
    phase_table: pd.DataFrame
    trend_line: pd.DataFrame
    change: ReliableChange | None
    change_reason: str
    estimates: Mapping[str, Estimate]
    conclusion: str
    remarks: tuple[Remark, ...]
    reliability: Reliability | None

    @property
    def category(self) -> str | None:
        """Recovered, improved, unchanged or deteriorated; ``None`` when not known."""
        return self.change.category if self.change else None

    @property
    def nap(self) -> Estimate:
        """How likely a measurement after is better than one before."""
        return self.estimates["nap"]

    @property
    def tau(self) -> Estimate:
        """Tau (A v B)."""
        return self.estimates["tau_a_v_b"]

    def table(self) -> pd.DataFrame:
        """Return every statistic: ``name``, ``value``, ``low``, ``high``, ``n``, ``reason``."""
        rows = [
            (one.name, one.value, one.low, one.high, one.n, one.reason)
            for one in self.estimates.values()
        ]
        return pd.DataFrame(rows, columns=["name", "value", "low", "high", "n", "reason"])

    def words(self, lang: str | None = None) -> str:
        """Return the review in words, a sentence a line.

        Parameters
        ----------
        lang
            ``"zh"`` or ``"en"``; ``None`` is the machine's language.
        """
        return "\n".join(case_words.sentences(self, lang))
