"""Threshold designs: students chosen because a score passed a cutoff."""

from visitkit.review.designs.threshold.bandwidth import (
    Bandwidths,
    ThresholdOptions,
    best_bandwidths,
)
from visitkit.review.designs.threshold.data import (
    ThresholdData,
    ThresholdExtras,
    threshold_data,
)
from visitkit.review.designs.threshold.estimate import ThresholdEffect, threshold_effect

__all__ = [
    "Bandwidths",
    "ThresholdData",
    "ThresholdEffect",
    "ThresholdExtras",
    "ThresholdOptions",
    "best_bandwidths",
    "threshold_data",
    "threshold_effect",
]
