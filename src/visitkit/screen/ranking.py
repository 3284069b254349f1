"""The order of a caseload under other weights, fast enough to follow a hand on a slider.

What hangs on the weights is worked out anew each time, all else once. The result equals the table
of :func:`visitkit.screen.rerank.rerank` to the last place; a test compares them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from visitkit.errors import ScreenError
from visitkit.policy import Policy
from visitkit.screen import tiers
from visitkit.screen.caseload import GOOD_NEWS, Caseload
from visitkit.screen.index import RiskIndex
from visitkit.screen.sums import Ints, Sums, dimension_sums, weigh, whole_weights
from visitkit.screen.waiting import moments, open_alerts, urgency, waiting_and_met
from visitkit.tables import DIMENSIONS

Codes = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """The order of students, without the reasons; arrays of shape (n_students,).

    Parameters
    ----------
    ids
        The students, always in the same order, whatever their rank.
    index
        0-100; missing where a student has an alert but was never assessed.
    coverage
        0-1.
    tier
        Place in :data:`visitkit.screen.tiers.TIERS`.
    rank
        1 to n_students, each once.
    policy
        The rules with the weights, cut points and capacity that were applied.
    capacity
        How many students can be looked at first this week.
    """

    ids: tuple[str, ...]
    index: npt.NDArray[np.float64]
    coverage: npt.NDArray[np.float64]
    tier: Codes
    rank: Ints
    policy: Policy
    capacity: int

    def __repr__(self) -> str:
        """Return sizes only: a ranking never prints its students by accident."""
        return f"Ranking({len(self.ids)} students, capacity={self.capacity})"

    @property
    def sizes(self) -> dict[str, int]:
        """Number of students in each tier."""
        counted = np.bincount(self.tier, minlength=len(tiers.TIERS))
        return {name: int(counted[place]) for place, name in enumerate(tiers.TIERS)}


@dataclass(frozen=True, slots=True, eq=False)
class Footing:
    """What a ranking stands on and no weight changes.

    Parameters
    ----------
    ids
        The students.
    rows
        Of the assessed students, their place in ``ids``.
    dimensions
        The dimensions that have a figure that counts.
    sums
        Of the assessed students.
    standing
        All that decides a place but the index.
    cases
        The caseload it was made of.
    """

    ids: tuple[str, ...]
    rows: Ints
    dimensions: tuple[str, ...]
    sums: Sums
    standing: tiers.Standing
    cases: Caseload

    def __repr__(self) -> str:
        """Return the size only."""
        return f"Footing({len(self.ids)} students)"


def changed_rules(
    cases: Caseload, weights: Mapping[str, float], cuts: Sequence[float] | None = None
) -> Policy:
    """Return the policy of a caseload with other weights and cut points.

    Raises
    ------
    ScreenError
        When a dimension does not exist.
    """
    unknown = [name for name in weights if name not in DIMENSIONS]
    if unknown:
        raise ScreenError(
            "screen.unknown_dimension", found=unknown[0], allowed=", ".join(DIMENSIONS)
        )
    changes: dict[str, object] = {
        f"risk.dimensions.{name}": float(weight) for name, weight in weights.items()
    }
    if cuts is not None:
        changes["risk.cuts"] = [float(cut) for cut in cuts]
    return cases.policy.with_values(changes)


def footing(cases: Caseload) -> Footing:
    """Work out once what other weights do not change.

    Parameters
    ----------
    cases
        The caseload to start from.

    Returns
    -------
    Footing
        Its students stand in the order of ``cases``.
    """
    even = changed_rules(cases, dict.fromkeys(DIMENSIONS, 1.0))
    figures = cases.assessment.figures
    model = RiskIndex.from_policy(even).fit(figures)
    points = _points(cases, model)
    ids = cases.table["student_id"].astype(str).tolist()
    told = open_alerts(cases.alerts)
    raising = told[told["kind"] != GOOD_NEWS]
    raised, met = waiting_and_met(raising, ids)
    standing = tiers.Standing(
        index=np.full(len(ids), np.nan),
        enough=np.zeros(len(ids), dtype=bool),
        raised=raised,
        met=met,
        urgency=urgency(raising, ids),
        due=moments(raising, ids),
        lot=tiers.dense(tiers.draw_lots(ids, cases.seed)),
    )
    place = {one: number for number, one in enumerate(ids)}
    rows = np.array([place[str(one)] for one in points.index.to_list()], dtype=np.int64)
    sums = dimension_sums(points.to_numpy(dtype=np.float64), model.card_)
    return Footing(tuple(ids), rows, model.card_.dimensions, sums, standing, cases)


def ranked(
    footing: Footing,
    weights: Mapping[str, float],
    cuts: Sequence[float] | None = None,
    capacity: int | None = None,
) -> Ranking:
    """Return the order that other weights, cut points or another capacity give.

    Parameters
    ----------
    footing
        From :func:`footing`.
    weights
        Dimension to weight, 0 or more; dimensions not named keep theirs.
    cuts
        Watch from the first, priority from the second; by default the policy's.
    capacity
        By default that of the caseload.

    Raises
    ------
    ScreenError
        When a dimension does not exist.
    PolicyError
        When a weight, the cut points or the capacity are not allowed, or all weights are 0.
    """
    policy = changed_rules(footing.cases, weights, cuts)
    model = RiskIndex.from_policy(policy)
    shares = _shares(model, footing.dimensions)
    used = np.flatnonzero(shares)
    sums = footing.sums
    if len(used) < len(shares):
        sums = Sums(sums.scores[:, used].copy("C"), sums.known[:, used].copy("C"))
    whole, known = weigh(sums, shares[used])
    index = np.full(len(footing.ids), np.nan)
    coverage = np.zeros(len(footing.ids))
    enough = np.zeros(len(footing.ids), dtype=bool)
    index[footing.rows], coverage[footing.rows] = whole / 100, known
    enough[footing.rows] = known >= model.min_coverage
    places = tiers.read_capacity(policy, footing.cases.capacity if capacity is None else capacity)
    standing = replace(footing.standing, index=index, enough=enough)
    tier, rank = tiers.assign_codes(standing, tiers.read_cuts(policy), places)
    return Ranking(footing.ids, index, coverage, tier, rank, policy, places)


def as_ranking(cases: Caseload) -> Ranking:
    """Return the order of a caseload as it stands, its students in the order of its table."""
    table = cases.table
    code = {name: place for place, name in enumerate(tiers.TIERS)}
    return Ranking(
        tuple(table["student_id"].astype(str).to_list()),
        table["risk_index"].to_numpy(dtype=np.float64),
        table["coverage"].to_numpy(dtype=np.float64),
        np.array([code[str(name)] for name in table["tier"].to_list()], dtype=np.uint8),
        table["rank"].to_numpy(dtype=np.int64),
        cases.policy,
        cases.capacity,
    )


def shifted(before: Ranking, after: Ranking) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return who moved up and who moved down a tier, joined by student, in order of ``after``.

    Students of whom too little is known stand in no order with the others: going there or coming
    from there is neither up nor down.
    """
    order = np.argsort(after.rank, kind="stable")
    old = before.tier
    if before.ids != after.ids:
        place = {one: number for number, one in enumerate(before.ids)}
        old = old[[place[one] for one in after.ids]]
    unknown = tiers.TIERS.index("unknown")
    told = (old != unknown) & (after.tier != unknown)
    up, down = told & (after.tier < old), told & (after.tier > old)
    return (
        tuple(after.ids[place] for place in order[up[order]]),
        tuple(after.ids[place] for place in order[down[order]]),
    )


def _points(cases: Caseload, model: RiskIndex) -> pd.DataFrame:
    """Return the points of each student: those of the caseload where its card has these bands."""
    own, wanted = cases.assessment, _bands(model)
    if isinstance(own.model, RiskIndex) and own.points is not None and _bands(own.model) == wanted:
        return own.points
    return pd.DataFrame(model.assess(own.figures).points)


def _bands(model: RiskIndex) -> list[tuple[str, object, str]]:
    return [(line.name, line.cuts, line.worse) for line in model.card_.lines]


def _shares(model: RiskIndex, dimensions: Sequence[str]) -> Ints:
    """Return the checked weights in thousandths; a dimension that no figure counts for has none."""
    weights = model.weights or {}
    found = [round(weights.get(name, 1.0) * 1000) / 1000 for name in dimensions]
    return whole_weights(found)
