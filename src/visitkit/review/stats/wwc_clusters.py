"""A test that ignored the classes, put right afterwards."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy import stats

from visitkit.review.stats.checks import at_least, within
from visitkit.review.stats.clustered_size import Clustering, cluster_factors
from visitkit.review.stats.wwc_rules import sheet, source


@dataclass(frozen=True, slots=True)
class CorrectedTest:
    """A t test before and after clusters are allowed for.

    Parameters
    ----------
    t_ignoring, p_ignoring
        As if students had been assigned one by one.
    t, df, p
        With the clusters.
    icc
        Share of variance between clusters that was assumed.
    n_treated, n_control, clusters
        How many.
    source
        Where the correction is written.
    """

    t_ignoring: float
    p_ignoring: float
    t: float
    df: float
    p: float
    icc: float
    n_treated: int
    n_control: int
    clusters: int
    source: str


def default_icc(outcome: str) -> float:
    """Return the share of variance between clusters to assume when none is known.

    Examples
    --------
    >>> default_icc("achievement"), default_icc("absence")
    (0.2, 0.1)
    """
    assumed = sheet()["clusters"]["icc"]
    return float(assumed.get(outcome, assumed["other"]))


def cluster_correct(
    g: float, n_treated: int, n_control: int, clusters: int, *, icc: float
) -> CorrectedTest:
    """Correct the test of an effect size that ignored its clusters.

    Parameters
    ----------
    g
        Hedges' g found as if students were independent.
    n_treated, n_control
        Students.
    clusters
        Classes or schools on both sides together.
    icc
        Share of variance between clusters; :func:`default_icc` gives the customary one.

    Raises
    ------
    ReviewError
        When there are fewer than two clusters or more clusters than students.

    Examples
    --------
    >>> test = cluster_correct(0.30, 200, 200, 16, icc=0.20)
    >>> round(test.t_ignoring, 3), round(test.t, 3), round(test.df, 1), round(test.p, 3)
    (2.983, 1.224, 210.5, 0.222)
    """
    total = n_treated + n_control
    within(clusters, 2, total, "clusters")
    at_least(min(n_treated, n_control), 2, "n")
    share = within(icc, 0, 1, "icc")
    factors = cluster_factors(n_treated, n_control, Clustering("both", total / clusters, share))
    naive = g / math.sqrt(1 / n_treated + 1 / n_control + g * g / (2 * total))
    t = naive * math.sqrt(factors.gamma / factors.eta)
    p_naive = 2 * float(stats.t.sf(abs(naive), total - 2))
    p = 2 * float(stats.t.sf(abs(t), factors.df))
    counts = (n_treated, n_control, clusters)
    return CorrectedTest(naive, p_naive, t, factors.df, p, share, *counts, source("clusters"))
