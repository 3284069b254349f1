"""Reading students: figures, alerts, a ranked and explained caseload."""

from visitkit.screen import evaluate, instruments
from visitkit.screen.alerts import alerts
from visitkit.screen.caseload import Caseload, caseload
from visitkit.screen.explain import explain, reason_words
from visitkit.screen.frames import Assessment, Indicators
from visitkit.screen.index import RiskIndex
from visitkit.screen.indicators import indicators
from visitkit.screen.points import points_table
from visitkit.screen.register import crisis_targets, register
from visitkit.screen.rerank import moved, rerank

__all__ = [
    "Assessment",
    "Caseload",
    "Indicators",
    "RiskIndex",
    "alerts",
    "caseload",
    "crisis_targets",
    "evaluate",
    "explain",
    "indicators",
    "instruments",
    "moved",
    "points_table",
    "reason_words",
    "register",
    "rerank",
]
