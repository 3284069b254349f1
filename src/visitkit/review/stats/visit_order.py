"""Everybody is visited, in an order drawn by lot: a staggered start that can be evaluated."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import pandas as pd

from visitkit.errors import ReviewError
from visitkit.review.stats.checks import at_least
from visitkit.review.stats.fingerprint import (
    columns_of,
    fingerprint,
    lot,
    one_row_a_student,
    text_of,
)


@dataclass(frozen=True, slots=True)
class VisitOrder:
    """An order of visits that can be drawn again.

    Parameters
    ----------
    table
        A row a student, by ``student_id``: ``stratum``, ``wave`` (1 is first; 0 for students in a
        crisis, who are visited at once) and ``evaluated``.
    waves
        How many.
    seed
        As settled.
    stratum
        Column within which waves are kept even; empty for none.
    table_hash
        Fingerprint of the table.
    """

    table: pd.DataFrame
    waves: int
    seed: str
    stratum: str
    table_hash: str


def draw_order(
    pool: pd.DataFrame,
    waves: int,
    seed: str,
    *,
    stratum: str = "",
    crisis: Collection[str] = (),
) -> VisitOrder:
    """Draw in which wave each student is first visited.

    Parameters
    ----------
    pool
        A row a student: ``student_id``, and ``stratum`` where named. The order of rows changes
        nothing.
    waves
        At least 2. Waves of a stratum differ by at most one student.
    seed
        Any words, settled before anybody sees the pool.
    stratum
        Column within which waves are kept even.
    crisis
        ``student_id`` of everybody in a crisis: visited at once, never drawn.

    Raises
    ------
    ReviewError
        When a student stands twice, a student of ``crisis`` is not in the pool, or there are fewer
        students than waves.

    Examples
    --------
    >>> pool = pd.DataFrame({"student_id": ["S1", "S2", "S3", "S4", "S5"]})
    >>> found = draw_order(pool, 2, "2026-09-01", crisis=["S5"])
    >>> sorted(found.table["wave"])
    [0, 1, 1, 2, 2]
    """
    one_row_a_student(pool)
    at_least(waves, 2, "waves")
    if not seed:
        raise ReviewError("review_stats.no_seed")
    columns_of(pool, [stratum] if stratum else [])
    wanted = {text_of(one) for one in crisis}
    rows = pd.DataFrame({"student_id": pool["student_id"].map(text_of).to_numpy()})
    rows["stratum"] = [text_of(one) for one in pool[stratum]] if stratum else ""
    unknown = len(wanted - set(rows["student_id"]))
    if unknown:
        raise ReviewError("review_stats.unknown_crisis", number=unknown)
    rows["evaluated"] = ~rows["student_id"].isin(wanted)
    if int(rows["evaluated"].sum()) < waves:
        raise ReviewError(
            "review_stats.too_few_for_waves", number=int(rows["evaluated"].sum()), waves=waves
        )
    places = _waves(rows[rows["evaluated"]], waves, seed)
    rows["wave"] = rows["student_id"].map(places).fillna(0).astype("int64")
    seen = rows[["student_id", "stratum", "wave", "evaluated"]]
    table = seen.sort_values("student_id").reset_index(drop=True)
    return VisitOrder(table, waves, seed, stratum, fingerprint(table.itertuples(index=False)))


def _waves(rows: pd.DataFrame, waves: int, seed: str) -> dict[str, int]:
    places: dict[str, int] = {}
    for stratum, group in rows.groupby("stratum"):
        ranked = sorted(group["student_id"], key=lambda one: (lot(seed, "order", one), one))
        # Small strata must not always fill the first wave: where to begin is drawn as well.
        start = int(lot(seed, "start", stratum) * waves)
        for rank, student in enumerate(ranked):
            places[student] = (start + rank) % waves + 1
    return places
