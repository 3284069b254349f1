"""Models that learn from known outcomes, where the events can carry it."""

from visitkit.screen.learn.blend import Blend
from visitkit.screen.learn.boosting import Boosting
from visitkit.screen.learn.card import IntegerCard
from visitkit.screen.learn.faults import LearnError
from visitkit.screen.learn.forest import Forest
from visitkit.screen.learn.gate import FREE_EVENTS, HYBRID_EVENTS
from visitkit.screen.learn.hybrid import Hybrid
from visitkit.screen.learn.logistic import CalibratedLogistic
from visitkit.screen.learn.model import RiskModel
from visitkit.screen.learn.saving import MODELS, About, check_schema, load_model, save_model

__all__ = [
    "FREE_EVENTS",
    "HYBRID_EVENTS",
    "MODELS",
    "About",
    "Blend",
    "Boosting",
    "CalibratedLogistic",
    "Forest",
    "Hybrid",
    "IntegerCard",
    "LearnError",
    "RiskModel",
    "check_schema",
    "load_model",
    "save_model",
]
