"""Planning visits: who must be visited, by whom, when and in what order."""

from visitkit.plan.change import Change
from visitkit.plan.check import Violation, check_plan
from visitkit.plan.effort import Progress
from visitkit.plan.explain import explain_unassigned
from visitkit.plan.outcome import Outing, Unassigned, Visit, VisitPlan
from visitkit.plan.problem import (
    Problem,
    Request,
    Rules,
    Session,
    Travel,
    Visitor,
    Visitors,
    Window,
)
from visitkit.plan.solve import plan_visits

__all__ = [
    "Change",
    "Outing",
    "Problem",
    "Progress",
    "Request",
    "Rules",
    "Session",
    "Travel",
    "Unassigned",
    "Violation",
    "Visit",
    "VisitPlan",
    "Visitor",
    "Visitors",
    "Window",
    "check_plan",
    "explain_unassigned",
    "plan_visits",
]
