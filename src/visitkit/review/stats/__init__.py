"""The researcher's statistical tools: pure functions in, frozen results with their interval out.

Files, in the order of a study: ``power`` and ``lottery`` before it; ``regression``,
``cluster_robust`` and ``wild_bootstrap`` for the estimate; ``effect_size`` and ``cox_index`` for
its size; ``wwc_*`` for how far it can be trusted; ``robustness``, ``e_value``, ``rosenbaum``,
``placebo``, ``bounds`` and ``imputation`` for what could overturn it; ``meta`` for several
studies together.
"""

from visitkit.review.stats.assignment_record import AssignmentRecord, freeze_record, read_record
from visitkit.review.stats.attrition_weights import AttritionWeights, attrition_weights
from visitkit.review.stats.bounds import Bounds, extreme_bounds, lee_bounds
from visitkit.review.stats.cluster_inference import ClusterInference, cluster_inference
from visitkit.review.stats.cluster_robust import ClusterEffect, cluster_effect
from visitkit.review.stats.clustered_size import ALONE, Clustering, cluster_factors
from visitkit.review.stats.cox_index import cox_index
from visitkit.review.stats.e_value import EValue, e_value, e_value_of_difference
from visitkit.review.stats.effect_size import (
    EffectSize,
    g_adjusted,
    g_from_groups,
    g_from_regression,
    g_gain,
    hedges_g,
    improvement_index,
)
from visitkit.review.stats.groups import Group
from visitkit.review.stats.imputation import Imputed, analyse, impute, imputed_effect
from visitkit.review.stats.lottery import Lottery, LotteryRule, check_lottery, draw_lottery
from visitkit.review.stats.meta import ForestRow, Pooled, pool_studies
from visitkit.review.stats.multiple import Discovery, benjamini_hochberg, discoveries
from visitkit.review.stats.placebo import Placebo, placebo
from visitkit.review.stats.power import (
    Explained,
    Mdes,
    Precision,
    clusters,
    individuals,
    mdes,
    power_curve,
    power_of,
    units_for,
)
from visitkit.review.stats.power_designs import (
    before_after,
    before_study,
    mdes_of_shares,
    threshold,
    threshold_design_effect,
)
from visitkit.review.stats.regression import ClusterFit, fit_clusters
from visitkit.review.stats.regression_to_mean import FallBack, fall_back, fall_back_beyond
from visitkit.review.stats.robustness import (
    HiddenBound,
    Robustness,
    hidden_bound,
    robustness_value,
)
from visitkit.review.stats.rosenbaum import PairBounds, hodges_lehmann, rosenbaum_bounds
from visitkit.review.stats.rubin import Combined, combine
from visitkit.review.stats.visit_order import VisitOrder, draw_order
from visitkit.review.stats.wild_bootstrap import WildTest, wild_bootstrap
from visitkit.review.stats.wwc_attrition import Attrition, Flow, attrition, largest_differential
from visitkit.review.stats.wwc_baseline import Baseline, BaselineRow, baseline_equivalence
from visitkit.review.stats.wwc_clusters import CorrectedTest, cluster_correct, default_icc
from visitkit.review.stats.wwc_verdict import StudyFacts, Verdict, verdict

__all__ = [
    "ALONE",
    "AssignmentRecord",
    "Attrition",
    "AttritionWeights",
    "Baseline",
    "BaselineRow",
    "Bounds",
    "ClusterEffect",
    "ClusterFit",
    "ClusterInference",
    "Clustering",
    "Combined",
    "CorrectedTest",
    "Discovery",
    "EValue",
    "EffectSize",
    "Explained",
    "FallBack",
    "Flow",
    "ForestRow",
    "Group",
    "HiddenBound",
    "Imputed",
    "Lottery",
    "LotteryRule",
    "Mdes",
    "PairBounds",
    "Placebo",
    "Pooled",
    "Precision",
    "Robustness",
    "StudyFacts",
    "Verdict",
    "VisitOrder",
    "WildTest",
    "analyse",
    "attrition",
    "attrition_weights",
    "baseline_equivalence",
    "before_after",
    "before_study",
    "benjamini_hochberg",
    "check_lottery",
    "cluster_correct",
    "cluster_effect",
    "cluster_factors",
    "cluster_inference",
    "clusters",
    "combine",
    "cox_index",
    "default_icc",
    "discoveries",
    "draw_lottery",
    "draw_order",
    "e_value",
    "e_value_of_difference",
    "extreme_bounds",
    "fall_back",
    "fall_back_beyond",
    "fit_clusters",
    "freeze_record",
    "g_adjusted",
    "g_from_groups",
    "g_from_regression",
    "g_gain",
    "hedges_g",
    "hidden_bound",
    "hodges_lehmann",
    "improvement_index",
    "impute",
    "imputed_effect",
    "individuals",
    "largest_differential",
    "lee_bounds",
    "mdes",
    "mdes_of_shares",
    "placebo",
    "pool_studies",
    "power_curve",
    "power_of",
    "read_record",
    "robustness_value",
    "rosenbaum_bounds",
    "threshold",
    "threshold_design_effect",
    "units_for",
    "verdict",
    "wild_bootstrap",
]
