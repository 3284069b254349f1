"""The same students under other weights, for the person who moves a slider."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from visitkit.errors import ScreenError
from visitkit.screen.caseload import Caseload, caseload
from visitkit.screen.index import RiskIndex
from visitkit.tables import DIMENSIONS


def rerank(cases: Caseload, weights: Mapping[str, float]) -> Caseload:
    """Return the caseload that other dimension weights would give.

    Figures, bands, alerts, capacity and seed stay as they are; the weights are recorded in the
    policy of what is returned.

    Parameters
    ----------
    cases
        The caseload to start from; it is not changed.
    weights
        Dimension to weight, 0 or more; dimensions not named keep theirs.

    Raises
    ------
    ScreenError
        When a dimension does not exist.
    PolicyError
        When a weight is negative or all are 0.
    """
    unknown = [name for name in weights if name not in DIMENSIONS]
    if unknown:
        raise ScreenError(
            "screen.unknown_dimension", found=unknown[0], allowed=", ".join(DIMENSIONS)
        )
    changes = {f"risk.dimensions.{name}": float(weight) for name, weight in weights.items()}
    policy = cases.policy.with_values(changes)
    figures = cases.assessment.figures
    risk = RiskIndex.from_policy(policy).fit(figures).assess(figures)
    return caseload(risk, cases.alerts, policy, capacity=cases.capacity, seed=cases.seed)


def moved(before: Caseload, after: Caseload) -> pd.DataFrame:
    """Return the students whose tier differs: ``student_id``, ``tier_before``, ``tier_after``.

    Joined by student, in the order of ``after``.
    """
    old = before.table.set_index("student_id")["tier"]
    new = after.table.set_index("student_id")["tier"]
    pair = pd.DataFrame({"tier_before": old.reindex(new.index), "tier_after": new})
    return pair[pair["tier_before"] != pair["tier_after"]].reset_index()
