"""Which inference a study with clusters may have: the rule for few clusters."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from visitkit.errors import ReviewError
from visitkit.review.inputs import flags, same_length
from visitkit.review.result import LEVEL, Note, note
from visitkit.review.stats.absorbing import codes
from visitkit.review.stats.cluster_robust import ClusterEffect, cluster_effect
from visitkit.review.stats.regression import FEW_CLUSTERS, ClusterFit
from visitkit.review.stats.wild_bootstrap import WildTest, wild_bootstrap

#: Under so many clusters on a side nobody can tell the help from the class.
FEWEST_A_SIDE = 4


@dataclass(frozen=True, slots=True)
class ClusterInference:
    """A coefficient with the inference that its clusters allow.

    Parameters
    ----------
    effect
        CR2 with Satterthwaite's degrees of freedom under 40 clusters, else CR1.
    wild
        Wild cluster bootstrap beside it under 40 clusters; ``None`` otherwise, or where the
        bootstrap can give no interval.
    clusters_treated, clusters_control
        Clusters with a row on that side; one with both counts on both.
    notes
        What was done and why.
    """

    effect: ClusterEffect
    wild: WildTest | None
    clusters_treated: int
    clusters_control: int
    notes: tuple[Note, ...]


def clusters_a_side(
    treated: npt.ArrayLike, cluster: npt.ArrayLike | Iterable[Hashable]
) -> tuple[int, int]:
    """Return how many clusters have a treated row, and how many one that is not.

    Raises
    ------
    ReviewError
        When a side has fewer than 4.

    Examples
    --------
    >>> clusters_a_side([1, 1, 1, 1, 0, 0, 0, 0], [1, 2, 3, 4, 5, 6, 7, 8])
    (4, 4)
    """
    side = flags(treated, "treated")
    group = codes(cluster, len(side), "cluster")
    counts = (len(np.unique(group[side])), len(np.unique(group[~side])))
    if min(counts) < FEWEST_A_SIDE:
        raise ReviewError(
            "review_stats.too_few_clusters",
            treated=counts[0],
            control=counts[1],
            least=FEWEST_A_SIDE,
        )
    return counts


def cluster_inference(
    fit: ClusterFit,
    treated: npt.ArrayLike,
    *,
    column: int = 0,
    seed: int = 0,
    level: float = LEVEL,
) -> ClusterInference:
    """Return the treatment coefficient with the inference that its clusters allow.

    Parameters
    ----------
    fit
        From :func:`~visitkit.review.stats.fit_clusters`.
    treated : array-like of shape (n,)
        0 and 1 of each row, to count clusters on each side.
    column
        Place of the treatment in the design.
    seed
        Of the bootstrap.
    level
        Of the intervals.

    Raises
    ------
    ReviewError
        When a side has fewer than 4 clusters: no interval would be honest.

    Notes
    -----
    The line at 40 clusters follows Cameron and Miller 2015, doi:10.3368/jhr.50.2.317, section VI.

    Examples
    --------
    >>> from visitkit.review.stats.regression import fit_clusters
    >>> side = [0, 0, 0, 0, 1, 1, 1, 1] * 2
    >>> fit = fit_clusters([1, 2, 3, 4, 5, 7, 2, 6, 2, 1, 3, 5, 6, 7, 3, 5], side, [*range(8)] * 2)
    >>> found = cluster_inference(fit, side)
    >>> found.effect.kind, found.wild.enumerated, found.clusters_treated
    ('CR2', True, 4)
    """
    same_length(fit.n, np.size(treated), "treated")
    counts = clusters_a_side(treated, fit.cluster)
    if fit.clusters >= FEW_CLUSTERS:
        effect = cluster_effect(fit, column, kind="CR1", level=level)
        told = note("review_stats.many_clusters", clusters=fit.clusters)
        return ClusterInference(effect, None, *counts, (told,))
    effect = cluster_effect(fit, column, kind="CR2", level=level)
    notes = [note("review_stats.few_clusters", clusters=fit.clusters)]
    try:
        wild = wild_bootstrap(fit, column, seed=seed, level=level)
    except ReviewError as error:
        wild, notes = None, [*notes, note(error.key, **error.facts)]
    return ClusterInference(effect, wild, *counts, tuple(notes))
