"""Time to dropout: hazards and shares ended, other ends competing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from visitkit.errors import ReviewError
from visitkit.review.designs.hazards import HazardEffect, hazard_effect
from visitkit.review.designs.survival import (
    LogRank,
    Spells,
    incidence_difference,
    log_rank,
    spells,
)
from visitkit.review.inputs import numbers
from visitkit.review.result import Effect
from visitkit.review.stats.cluster_inference import clusters_a_side
from visitkit.review.study.declare import Declared
from visitkit.review.study.effect import Found


@dataclass(frozen=True, slots=True)
class Ends:
    """What a study of time to an end found.

    Parameters
    ----------
    spells
        Times and ends.
    hazard
        Logarithm of the hazard ratio, with the ratio and the test of proportionality.
    share
        Difference in the share ended by the horizon: in the unit that people understand.
    rank
        Test that does not need the ratio to be the same throughout.
    """

    spells: Spells
    hazard: HazardEffect
    share: Effect
    rank: LogRank


def time_to_event(given: Declared, outcome: str) -> Found:
    """Estimate the hazard ratio and the difference in the share ended by the horizon.

    Students without a time or an end are refused: they were watched for some time at least, and
    leaving them out would count only those who stayed.
    """
    if given.horizon is None or given.cause is None:
        raise ReviewError("study.needed", settings="cause, horizon", assign=given.assign)
    everybody = np.ones(len(given.table), dtype=bool)
    cluster, treated = given.cluster_of(everybody), given.treated
    if cluster is not None:
        clusters_a_side(treated, cluster)
    time = numbers(given.table[outcome], outcome)
    watched = spells(time, given.table[given.cause].to_numpy(), treated, cluster)
    known = given.covariates if given.baseline else None
    hazard = hazard_effect(watched, known, level=given.level)
    found = Ends(
        watched,
        hazard,
        incidence_difference(watched, given.horizon, level=given.level),
        log_rank(watched),
    )
    rows = ~given.covariates.isna().any(axis=1).to_numpy()
    return Found(outcome, hazard.effect, None, rows, None, found)
