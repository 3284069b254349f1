"""The same students under other weights, for the person who moves a slider."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from visitkit.screen.caseload import Caseload, caseload
from visitkit.screen.index import RiskIndex
from visitkit.screen.ranking import changed_rules


def rerank(
    cases: Caseload,
    weights: Mapping[str, float],
    *,
    cuts: Sequence[float] | None = None,
    capacity: int | None = None,
) -> Caseload:
    """Return the caseload that other dimension weights, cut points or another capacity would give.

    Figures, bands, alerts and seed stay as they are; weights and cut points are recorded in the
    policy of what is returned. Where only the order is wanted, at once and again and again,
    :func:`visitkit.screen.ranking.ranked` gives it without the reasons.

    Parameters
    ----------
    cases
        The caseload to start from; it is not changed.
    weights
        Dimension to weight, 0 or more; dimensions not named keep theirs.
    cuts
        Watch from the first, priority from the second; by default the policy's.
    capacity
        How many students can be looked at first this week; by default that of ``cases``.

    Raises
    ------
    ScreenError
        When a dimension does not exist.
    PolicyError
        When a weight is negative or all are 0, or when cut points or capacity are not allowed.
    """
    policy = changed_rules(cases, weights, cuts)
    figures = cases.assessment.figures
    risk = RiskIndex.from_policy(policy).fit(figures).assess(figures)
    places = cases.capacity if capacity is None else capacity
    return caseload(risk, cases.alerts, policy, capacity=places, seed=cases.seed)


def moved(before: Caseload, after: Caseload) -> pd.DataFrame:
    """Return the students whose tier differs: ``student_id``, ``tier_before``, ``tier_after``.

    Joined by student, in the order of ``after``.
    """
    old = before.table.set_index("student_id")["tier"]
    new = after.table.set_index("student_id")["tier"]
    pair = pd.DataFrame({"tier_before": old.reindex(new.index), "tier_after": new})
    return pair[pair["tier_before"] != pair["tier_after"]].reset_index()
