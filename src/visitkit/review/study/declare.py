"""What the researcher declares before any figure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, TypedDict

import pandas as pd

from visitkit.review.inputs import flags, numbers
from visitkit.review.result import LEVEL, Flags

#: How students came to be treated.
ASSIGNMENTS = ("randomised", "threshold", "chosen", "staggered", "series", "time_to_event")
#: How students who were chosen are compared.
METHODS = ("weighted", "matched", "regression")


class FrozenRecord(Protocol):
    """A frozen assignment record, of screening or of the review."""

    @property
    def table(self) -> pd.DataFrame:
        """Rows of the record."""
        ...

    @property
    def content_hash(self) -> str:
        """Fingerprint of the rows."""
        ...


class Details(TypedDict, total=False):
    """Further settings of a study; see :class:`Declared` for their meaning."""

    score: str | None
    cutoff: float | None
    record: FrozenRecord | None
    first_visit: dt.date | None
    bandwidth: float | None
    time: str | None
    first: str | None
    start: float | None
    season: str | None
    cause: str | None
    horizon: float | None
    drawn: bool | None
    method: str
    adjust: bool
    crisis: str | None
    before: Mapping[str, str]
    harm: Mapping[str, float]
    placebo: str | None
    limits: Mapping[str, tuple[float, float]]
    domains: Mapping[str, str]
    no_confounder: bool | None
    assignment_kept: bool | None
    level: float
    seed: int


@dataclass(frozen=True)
class Declared:
    """A study as declared, with its table.

    Parameters
    ----------
    table
        The panel without students in a crisis, in its own order, rows numbered from 0.
    outcome
        Columns of the outcomes; for ``"time_to_event"`` the time watched.
    assign
        One of :data:`ASSIGNMENTS`.
    unit, treat
        Columns of the student number and of the treatment received (0 and 1).
    baseline
        Columns known before treatment; the estimate adjusts for them.
    cluster
        Column of class or school.
    score, cutoff
        Column of the score and the cutoff, for comparison with the record; the record decides.
    record, first_visit
        Frozen assignment record, and the date of the first visit, which must be later.
    bandwidth
        Window in points of the score, if it was settled beforehand.
    time, first
        Columns of the period and of the first period of treatment (missing or 0 for never).
    start, season
        First period of treatment of a series; column of a label that returns, such as the week of
        term.
    cause, horizon
        Column of how watching ended (0 still there, 1 the end of interest, 2 and more otherwise),
        and the time by which ends are counted.
    drawn
        Whether the treated of a ``"time_to_event"`` study were drawn by lot.
    method, adjust
        How chosen students are compared, and whether pairs are adjusted for what is left.
    crisis
        Column that is 1 for students in a crisis: always visited, never part of a study.
    before
        Outcome to the same measure before treatment: for the naive figure that is shown beside.
    harm
        Outcome to the change since ``before`` from which a student counts as clearly worse: above 0
        where a high figure is bad, below 0 where a low one is.
    placebo
        Column of an outcome that the treatment cannot have changed.
    limits
        Outcome to its lowest and highest possible value, for bounds on lost outcomes.
    domains
        Outcome to domain; q values are within domains. Without it all are one domain.
    no_confounder
        Whether nothing but the treatment was there on one side only, where classes cannot tell.
    assignment_kept
        Whether students were analysed on the side they were drawn for.
    level, seed
        Of intervals; of draws.
    left_out
        Rows of students in a crisis that were taken out.
    """

    table: pd.DataFrame
    outcome: tuple[str, ...]
    assign: str
    unit: str = ""
    treat: str = ""
    baseline: tuple[str, ...] = ()
    cluster: str | None = None
    score: str | None = None
    cutoff: float | None = None
    record: FrozenRecord | None = None
    first_visit: dt.date | None = None
    bandwidth: float | None = None
    time: str | None = None
    first: str | None = None
    start: float | None = None
    season: str | None = None
    cause: str | None = None
    horizon: float | None = None
    drawn: bool | None = None
    method: str = "weighted"
    adjust: bool = True
    crisis: str | None = None
    before: Mapping[str, str] = field(default_factory=dict)
    harm: Mapping[str, float] = field(default_factory=dict)
    placebo: str | None = None
    limits: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    domains: Mapping[str, str] = field(default_factory=dict)
    no_confounder: bool | None = None
    assignment_kept: bool | None = None
    level: float = LEVEL
    seed: int = 0
    left_out: int = 0

    @property
    def treated(self) -> Flags:
        """Who was treated in fact, one a row."""
        return flags(self.table[self.treat], self.treat)

    @property
    def covariates(self) -> pd.DataFrame:
        """Columns known before, as numbers."""
        columns = {name: numbers(self.table[name], name) for name in self.baseline}
        return pd.DataFrame(columns, index=self.table.index)

    def cluster_of(self, rows: Flags) -> list[Any] | None:
        """Return class or school of some rows; ``None`` when students are their own."""
        return None if self.cluster is None else self.table.loc[rows, self.cluster].to_list()
