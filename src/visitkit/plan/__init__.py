"""Planning visits: who must be visited, by whom, when and in what order."""

from visitkit.plan.change import Change
from visitkit.plan.check import Violation, check_plan
from visitkit.plan.district import SchoolPlan, plan_district
from visitkit.plan.duties import Duties, duties
from visitkit.plan.duties_views import coverage, load
from visitkit.plan.effort import Progress
from visitkit.plan.explain import explain_unassigned
from visitkit.plan.kept import kept_visits, visits_table
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
from visitkit.plan.requests import Asking, requests, unmet
from visitkit.plan.sampling import sample_parents
from visitkit.plan.solve import plan_visits
from visitkit.plan.terms import Setting, Terms, base_place, problem_of
from visitkit.plan.travel import travel_times, whole_minutes
from visitkit.plan.visitors import visitors

__all__ = [
    "Asking",
    "Change",
    "Duties",
    "Outing",
    "Problem",
    "Progress",
    "Request",
    "Rules",
    "SchoolPlan",
    "Session",
    "Setting",
    "Terms",
    "Travel",
    "Unassigned",
    "Violation",
    "Visit",
    "VisitPlan",
    "Visitor",
    "Visitors",
    "Window",
    "base_place",
    "check_plan",
    "coverage",
    "duties",
    "explain_unassigned",
    "kept_visits",
    "load",
    "plan_district",
    "plan_visits",
    "problem_of",
    "requests",
    "sample_parents",
    "travel_times",
    "unmet",
    "visitors",
    "visits_table",
    "whole_minutes",
]
