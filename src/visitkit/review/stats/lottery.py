"""Who is visited when there are more students near the line than visits: a lottery on record.

Nobody in a crisis is ever drawn: these students are visited, and stand outside the evaluation.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import pandas as pd

from visitkit.errors import ReviewError
from visitkit.review.stats.checks import between, full
from visitkit.review.stats.fingerprint import (
    columns_of,
    fingerprint,
    lot,
    one_row_a_student,
    text_of,
)

ROLES = ("lottery", "always", "not_now", "crisis")


@dataclass(frozen=True, slots=True)
class LotteryRule:
    """How the lottery is drawn; settle it, and the seed, before anybody sees the pool.

    Parameters
    ----------
    share
        Chance of being drawn, the same for everybody in the lottery; strictly between 0 and 1.
    seed
        Any words, for example a date and a public number.
    stratum
        Column within which the share is kept (grade, sex); empty for none.
    cluster
        Column of units that are drawn as wholes (class); empty to draw students.
    low, high
        Band round the cutoff, by column ``score``: from ``low`` to under ``high`` students are
        drawn; from ``high`` everybody is visited, under ``low`` nobody. ``None`` for no band.
    """

    share: float
    seed: str
    stratum: str = ""
    cluster: str = ""
    low: float | None = None
    high: float | None = None

    def __post_init__(self) -> None:
        between(self.share, 0, 1, "share")
        if not self.seed:
            raise ReviewError("review_stats.no_seed")
        if (self.low is None) != (self.high is None):
            raise ReviewError("review_stats.half_band")
        if self.low is not None and self.high is not None and not self.low < self.high:
            raise ReviewError("review_stats.limits", low=self.low, high=self.high)
        if self.cluster and self.low is not None:
            raise ReviewError("review_stats.band_and_cluster")


@dataclass(frozen=True, slots=True)
class Lottery:
    """A lottery that can be drawn again.

    Parameters
    ----------
    table
        A row a student, by ``student_id``: ``stratum``, ``unit``, ``role`` (``"lottery"``,
        ``"always"``, ``"not_now"``, ``"crisis"``), ``visited`` and ``probability``.
    rule
        As settled.
    pool_hash
        Fingerprint of the pool, its crisis marks included.
    table_hash
        Fingerprint of the table.
    drawn, entered
        Units (students or clusters) drawn, of how many in the lottery.
    """

    table: pd.DataFrame
    rule: LotteryRule
    pool_hash: str
    table_hash: str
    drawn: int
    entered: int


def draw_lottery(pool: pd.DataFrame, rule: LotteryRule, crisis: Collection[str] = ()) -> Lottery:
    """Draw who is visited.

    Parameters
    ----------
    pool
        A row a student: ``student_id``, ``score`` when the rule has a band, and the columns the
        rule names. The order of rows changes nothing.
    rule
        Share, seed, strata, clusters and band.
    crisis
        ``student_id`` of everybody in a crisis: always visited, never drawn.

    Raises
    ------
    ReviewError
        When a student stands twice, a column or a score is missing, a student of ``crisis`` is not
        in the pool, a cluster lies in two strata, or fewer than two units are left to draw.

    Notes
    -----
    In a stratum of ``m`` units ``m * share`` are drawn; a fraction left over is itself drawn for,
    so that every unit has the same chance.

    Examples
    --------
    >>> pool = pd.DataFrame({"student_id": ["S1", "S2", "S3", "S4", "S5"]})
    >>> found = draw_lottery(pool, LotteryRule(0.5, "2026-09-01"), crisis=["S5"])
    >>> found.drawn, found.entered, found.table["role"].iloc[4], int(found.table["visited"].sum())
    (2, 4, 'crisis', 3)
    """
    one_row_a_student(pool)
    columns_of(pool, [name for name in (rule.stratum, rule.cluster) if name])
    rows = _rows(pool, rule, crisis)
    chosen, entered = _draw(rows[rows["role"] == "lottery"], rule)
    drawn = (rows["role"] == "lottery") & rows["unit"].isin(chosen)
    rows["visited"] = drawn | rows["role"].isin(["always", "crisis"])
    rows["probability"] = rows["role"].map(
        {"lottery": rule.share, "always": 1.0, "crisis": 1.0, "not_now": 0.0}
    )
    seen = rows[["student_id", "stratum", "unit", "role", "visited", "probability"]]
    table = seen.sort_values("student_id").reset_index(drop=True)
    hashes = (_pool_hash(rows, rule), fingerprint(table.itertuples(index=False)))
    return Lottery(table, rule, *hashes, len(chosen), entered)


def check_lottery(lottery: Lottery, pool: pd.DataFrame, crisis: Collection[str] = ()) -> None:
    """Draw again and refuse a lottery that does not come out the same.

    Raises
    ------
    ReviewError
        When the pool, the crisis marks or the table were changed after the draw.

    Examples
    --------
    >>> pool = pd.DataFrame({"student_id": ["S1", "S2", "S3", "S4"]})
    >>> check_lottery(draw_lottery(pool, LotteryRule(0.5, "2026-09-01")), pool)
    """
    again = draw_lottery(pool, lottery.rule, crisis)
    if again.pool_hash != lottery.pool_hash:
        raise ReviewError("review_stats.pool_changed")
    held = fingerprint(lottery.table.itertuples(index=False))
    if not held == again.table_hash == lottery.table_hash:
        raise ReviewError("review_stats.draw_changed")


def _rows(pool: pd.DataFrame, rule: LotteryRule, crisis: Collection[str]) -> pd.DataFrame:
    ids = pool["student_id"].map(text_of)
    wanted = {text_of(one) for one in crisis}
    unknown = len(wanted - set(ids))
    if unknown:
        raise ReviewError("review_stats.unknown_crisis", number=unknown)
    rows = pd.DataFrame({"student_id": ids.to_numpy()})
    rows["stratum"] = _column(pool, rule.stratum, "")
    rows["unit"] = _column(pool, rule.cluster, None) if rule.cluster else rows["student_id"]
    rows["score"] = 0.0
    rows["role"] = "lottery"
    if rule.low is not None:
        columns_of(pool, ["score"])
        rows["score"] = full(pool["score"], "score")
        rows.loc[rows["score"] >= rule.high, "role"] = "always"
        rows.loc[rows["score"] < rule.low, "role"] = "not_now"
    rows.loc[rows["student_id"].isin(wanted), "role"] = "crisis"
    return rows


def _column(pool: pd.DataFrame, name: str, default: str | None) -> list[str]:
    if not name:
        return [str(default)] * len(pool)
    missing = int(pool[name].isna().sum())
    if missing:
        raise ReviewError("review_stats.missing", name=name, number=missing)
    return [text_of(value) for value in pool[name]]


def _draw(rows: pd.DataFrame, rule: LotteryRule) -> tuple[set[str], int]:
    units = rows[["stratum", "unit"]].drop_duplicates()
    if units["unit"].duplicated().any():
        raise ReviewError("review_stats.cluster_in_two_strata")
    if len(units) < 2:
        raise ReviewError("review_stats.nothing_to_draw", number=len(units))
    chosen: set[str] = set()
    for stratum, group in units.groupby("stratum"):
        ranked = sorted(group["unit"], key=lambda unit: (lot(rule.seed, "unit", unit), unit))
        exact = len(ranked) * rule.share
        seats = int(exact + 1e-9)
        if lot(rule.seed, "left over", stratum) < exact - seats - 1e-9:
            seats += 1
        chosen.update(ranked[:seats])
    return chosen, len(units)


def _pool_hash(rows: pd.DataFrame, rule: LotteryRule) -> str:
    seen = ["student_id", "stratum", "unit", "score", "role"]
    settled = (rule.share, rule.seed, rule.stratum, rule.cluster, rule.low, rule.high)
    return fingerprint([*rows[seen].itertuples(index=False, name=None), settled])
