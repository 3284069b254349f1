"""How good a plan is, said so that families whom no plan can visit do not flatter it."""

from __future__ import annotations

import math

from visitkit.errors import PlanError
from visitkit.plan.outcome import Unassigned, VisitPlan
from visitkit.plan.problem import Problem

#: The reason that is nobody's to mend: other visits were more pressing.
CROWDED = "crowded"
#: Reasons of visits that could be in the plan.
OPEN = (CROWDED, "taken_out")


def open_costs(plan: VisitPlan) -> tuple[float, float]:
    """Return cost and bound of a plan without the families that no plan can visit.

    Their weight is part of every plan; left in, it would make any plan look close to the best.

    Raises
    ------
    PlanError
        When the plan does not know what it was made from.

    Examples
    --------
    >>> import numpy as np
    >>> from visitkit.plan.problem import Request, Travel, Visitors
    >>> nowhere = Travel(("school",), {"walk": np.zeros((1, 1))}, "school")
    >>> asked = Problem((Request("R", "S", "", (), ()),), Visitors((), ()), nowhere)
    >>> left = Unassigned("R", "S", "", None, "no_address")
    >>> open_costs(VisitPlan((), (left,), 130.0, 125.0, False, 0, problem=asked))
    (30.0, 25.0)
    """
    problem = _problem(plan)
    hindered = {item.request_id for item in plan.unassigned if item.reason not in OPEN}
    penalty = problem.rules.mandatory_penalty
    fixed = sum(
        request.prize + penalty * request.mandatory
        for request in problem.requests
        if request.id in hindered
    )
    return plan.cost - fixed, max(0.0, plan.bound - fixed)


def longer(plan: VisitPlan) -> float:
    """Return how much longer than the best possible a plan is at most, rounded up to 0.1 %.

    Returns
    -------
    float
        A share; infinite where nothing is known.
    """
    cost, bound = open_costs(plan)
    if plan.proved or cost <= bound:
        return 0.0
    return math.ceil((cost / bound - 1) * 1000) / 1000 if bound > 0 else math.inf


def must(plan: VisitPlan) -> list[Unassigned]:
    """Return the visits left out that must be made, the earliest due first."""
    pressing = {request.id for request in _problem(plan).requests if request.mandatory}
    found = [item for item in plan.unassigned if item.request_id in pressing]
    return sorted(found, key=lambda item: (item.due is None, item.due or 0, item.request_id))


def _problem(plan: VisitPlan) -> Problem:
    if plan.problem is None:
        raise PlanError("plan.unknown_problem")
    return plan.problem
