"""What sitting in the same class does to an effect size and to its certainty."""

from __future__ import annotations

from dataclasses import dataclass

from visitkit.errors import ReviewError
from visitkit.review.stats.checks import at_least, one_of, within

ARMS = ("none", "both", "treated")


@dataclass(frozen=True, slots=True)
class Clustering:
    """How students sit in clusters (classes, groups, schools).

    Parameters
    ----------
    arms
        ``"none"``; ``"both"`` sides in clusters; ``"treated"`` when only the treated met in groups.
    size
        Average number of students in a cluster.
    icc
        Share of the variance that lies between clusters.
    accounted
        Whether the standard error or t that is handed in already allowed for the clusters.
    """

    arms: str
    size: float = 1.0
    icc: float = 0.0
    accounted: bool = False

    def __post_init__(self) -> None:
        one_of(self.arms, ARMS, "arms")
        at_least(self.size, 1, "size")
        within(self.icc, 0, 1, "icc")


#: Students assigned and taught one by one.
ALONE = Clustering("none")


@dataclass(frozen=True, slots=True)
class ClusterFactors:
    """The three factors of a clustered effect size.

    Parameters
    ----------
    gamma
        Shrinks the squared effect size: part of the variance lies between clusters.
    eta
        Design effect on the variance of a difference that ignored the clusters.
    df
        Degrees of freedom ``h`` behind the total standard deviation.
    inflation
        What the first part of the variance is multiplied by: ``eta`` when the clusters were
        ignored, ``gamma`` when they were allowed for.
    """

    gamma: float
    eta: float
    df: float
    inflation: float


def cluster_factors(n_treated: int, n_control: int, clustering: Clustering) -> ClusterFactors:
    """Return gamma, eta and h for a study.

    Parameters
    ----------
    n_treated, n_control
        Students on each side.
    clustering
        How they sit in clusters.

    Raises
    ------
    ReviewError
        When a cluster would hold more students than a side, or too few are left to say anything.

    Notes
    -----
    Both sides: Hedges 2007, doi:10.3102/1076998606298043. Treated side alone: Hedges and Citkowicz
    2015, doi:10.3758/s13428-014-0538-z, equations 5 to 7. Both are in the supplement to Appendix E
    of the What Works Clearinghouse Procedures Handbook 4.1.

    Examples
    --------
    >>> one = cluster_factors(60, 40, Clustering("treated", size=5, icc=0.1))
    >>> round(one.gamma ** 0.5, 3), round(one.eta, 3), round(one.df, 2)
    (0.978, 1.1, 95.4)
    """
    total = n_treated + n_control
    if clustering.arms == "none":
        return ClusterFactors(1.0, 1.0, total - 2.0, 1.0)
    largest = n_treated if clustering.arms == "treated" else min(n_treated, n_control)
    if clustering.size > largest:
        raise ReviewError("review_stats.cluster_too_large", size=clustering.size, largest=largest)
    find = _one_arm if clustering.arms == "treated" else _two_arms
    gamma, eta, df = find(n_treated, n_control, clustering.size, clustering.icc)
    if gamma <= 0 or df < 1:
        raise ReviewError("review_stats.too_clustered", size=clustering.size, icc=clustering.icc)
    return ClusterFactors(gamma, eta, df, gamma if clustering.accounted else eta)


def _two_arms(
    n_treated: int, n_control: int, size: float, icc: float
) -> tuple[float, float, float]:
    total = n_treated + n_control
    gamma = 1 - 2 * (size - 1) * icc / (total - 2)
    eta = 1 + (size - 1) * icc
    return gamma, eta, total_df(total, size, icc)


def _one_arm(n_treated: int, n_control: int, size: float, icc: float) -> tuple[float, float, float]:
    total = n_treated + n_control
    gamma = 1 - (n_control + size - 2) * icc / (total - 2)
    eta = 1 + (size * n_control / total - 1) * icc
    left = (total - 2) * (1 - icc) + (n_treated - size) * icc
    spread = (
        (total - 2) * (1 - icc) ** 2
        + (n_treated - size) * size * icc**2
        + 2 * (n_treated - size) * (1 - icc) * icc
    )
    return gamma, eta, left**2 / spread


def total_df(total: int, size: float, icc: float) -> float:
    """Return ``h``, the degrees of freedom of a total variance with clusters on both sides.

    Hedges 2007, doi:10.3102/1076998606298043.

    Examples
    --------
    >>> round(total_df(400, 25, 0.2), 1)
    210.5
    """
    above = ((total - 2) - 2 * (size - 1) * icc) ** 2
    below = (
        (total - 2) * (1 - icc) ** 2
        + size * (total - 2 * size) * icc**2
        + 2 * (total - 2 * size) * icc * (1 - icc)
    )
    return above / below
