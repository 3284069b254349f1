"""The register: which duties follow from alerts and facts, with clocks, roles and sources."""

from visitkit.screen.register.assembling import crisis_targets, register
from visitkit.screen.register.duty import COLUMNS, PRIORITIES, STATES
from visitkit.screen.register.left_behind import left_behind
from visitkit.screen.register.words import state_text, step_text, what_text, why_text

__all__ = [
    "COLUMNS",
    "PRIORITIES",
    "STATES",
    "crisis_targets",
    "left_behind",
    "register",
    "state_text",
    "step_text",
    "what_text",
    "why_text",
]
