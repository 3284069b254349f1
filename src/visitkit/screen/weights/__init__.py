"""Weights that people can defend: judged in pairs, compared, tried for what hangs on them."""

from visitkit.screen.weights.decided import policy_part
from visitkit.screen.weights.judgements import Judged, judge
from visitkit.screen.weights.sensitivity import Sensitivity, sensitivity
from visitkit.screen.weights.spread import critic_weights, entropy_weights

__all__ = [
    "Judged",
    "Sensitivity",
    "critic_weights",
    "entropy_weights",
    "judge",
    "policy_part",
    "sensitivity",
]
