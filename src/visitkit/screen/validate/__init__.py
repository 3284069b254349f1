"""Honest validation: scores by models that had not seen the student, and what they are worth."""

from visitkit.screen.validate.calibration import Calibration, calibration, reliability, scaled_brier
from visitkit.screen.validate.compare import Comparison, compare, corrected_t
from visitkit.screen.validate.decision import decision_curve
from visitkit.screen.validate.delong import Difference, delong, delong_paired
from visitkit.screen.validate.leakage import leak_probe, suspicious
from visitkit.screen.validate.metrics import Evaluation, OverBar, evaluate, over_bar
from visitkit.screen.validate.out_of_fold import (
    Folds,
    OutOfFold,
    fresh_scores,
    out_of_fold_scores,
    scored,
)
from visitkit.screen.validate.treated import BothAnalyses, both_analyses, treated_between
from visitkit.screen.validate.window import TARGETS, leaving, window_outcome

__all__ = [
    "TARGETS",
    "BothAnalyses",
    "Calibration",
    "Comparison",
    "Difference",
    "Evaluation",
    "Folds",
    "OutOfFold",
    "OverBar",
    "both_analyses",
    "calibration",
    "compare",
    "corrected_t",
    "decision_curve",
    "delong",
    "delong_paired",
    "evaluate",
    "fresh_scores",
    "leak_probe",
    "leaving",
    "out_of_fold_scores",
    "over_bar",
    "reliability",
    "scaled_brier",
    "scored",
    "suspicious",
    "treated_between",
    "window_outcome",
]
