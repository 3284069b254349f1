"""Standard errors for students in clusters: CR0, CR1, CR2 with Satterthwaite's df, CR3."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from visitkit.errors import ReviewError
from visitkit.review.result import LEVEL, Floats, quantile, upper_tail
from visitkit.review.stats.checks import one_of, within
from visitkit.review.stats.regression import ClusterFit

KINDS = ("CR0", "CR1", "CR2", "CR3")
# A cluster that alone carries a coefficient has leverage 1; its share is then set aside.
_FULL = 1 - 1e-9


@dataclass(frozen=True, slots=True)
class ClusterEffect:
    """A coefficient with a standard error that allows for clusters.

    Parameters
    ----------
    estimate, se
        In the unit of the outcome.
    ci
        At ``level``.
    df
        Degrees of freedom: clusters less one; Satterthwaite's for CR2.
    p
        Two-sided.
    kind
        ``"CR0"`` to ``"CR3"``.
    n, clusters
        Rows and clusters.
    level
        Of ``ci``.
    """

    estimate: float
    se: float
    ci: tuple[float, float]
    df: float
    p: float
    kind: str
    n: int
    clusters: int
    level: float = LEVEL


def cluster_effect(
    fit: ClusterFit, column: int = 0, *, kind: str = "CR2", level: float = LEVEL
) -> ClusterEffect:
    """Return one coefficient with its cluster-robust interval.

    Parameters
    ----------
    fit
        From :func:`~visitkit.review.stats.fit_clusters`.
    column
        Place of the coefficient in the design.
    kind
        ``"CR0"`` (Liang and Zeger 1986, doi:10.1093/biomet/73.1.13), ``"CR1"`` (times
        ``G/(G-1) (N-1)/(N-K)``), ``"CR2"`` (Bell and McCaffrey 2002; Pustejovsky and Tipton 2018,
        doi:10.1080/07350015.2016.1247004) or ``"CR3"`` (jackknife over clusters; MacKinnon, Nielsen
        and Webb 2023, doi:10.1016/j.jeconom.2022.04.001).
    level
        Of the interval.

    Raises
    ------
    ReviewError
        When the standard error is 0, or CR2 or CR3 is asked of effects that were demeaned across
        clusters.

    Examples
    --------
    >>> from visitkit.review.stats.regression import fit_clusters
    >>> y, d = [1, 2, 3, 4, 5, 7, 2, 6], [0, 0, 0, 0, 1, 1, 1, 1]
    >>> found = cluster_effect(fit_clusters(y, d, list("aabbccdd")))
    >>> found.estimate, round(found.se, 3), round(found.df, 2)
    (2.5, 1.414, 2.0)
    """
    one_of(kind, KINDS, "kind")
    within(column, 0, fit.columns - 1, "column")
    if kind in {"CR2", "CR3"} and not fit.exact:
        raise ReviewError("review_stats.crossed_demeaned", kind=kind)
    find = {"CR0": _cr0, "CR1": _cr1, "CR2": _cr2, "CR3": _cr3}[kind]
    variance, df = find(fit, column)
    estimate = float(fit.beta[column])
    se = math.sqrt(max(variance, 0.0))
    if se <= 1e-12 * max(abs(estimate), 1e-12):
        raise ReviewError("review_stats.no_spread")
    half = quantile(0.5 + level / 2, df) * se
    p = 2 * upper_tail(abs(estimate) / se, df)
    ends = (estimate - half, estimate + half)
    return ClusterEffect(estimate, se, ends, df, p, kind, fit.n, fit.clusters, level)


def cr1_factor(fit: ClusterFit) -> float:
    """Return the small-sample factor of CR1."""
    count = fit.clusters
    return count / (count - 1) * (fit.n - 1) / (fit.n - fit.parameters)


def _cr0(fit: ClusterFit, column: int) -> tuple[float, float]:
    pulls = fit.scores @ fit.bread[column]
    return float((pulls**2).sum()), fit.clusters - 1.0


def _cr1(fit: ClusterFit, column: int) -> tuple[float, float]:
    plain, df = _cr0(fit, column)
    return cr1_factor(fit) * plain, df


def _cr3(fit: ClusterFit, column: int) -> tuple[float, float]:
    whole = np.linalg.inv(fit.bread)
    try:
        # Leaving a cluster out moves the coefficients by (X'X - X_g'X_g)^-1 X_g'e_g.
        moves = np.linalg.solve(whole[None] - fit.inner, fit.scores[:, :, None])[:, column, 0]
    except np.linalg.LinAlgError:
        raise ReviewError("review_stats.cluster_carries_all") from None
    ranks = np.linalg.cond(whole[None] - fit.inner)
    if not np.isfinite(moves).all() or ranks.max() > 1e13:
        raise ReviewError("review_stats.cluster_carries_all")
    count = fit.clusters
    return float((count - 1) / count * (moves**2).sum()), count - 1.0


def _cr2(fit: ClusterFit, column: int) -> tuple[float, float]:
    root = np.linalg.cholesky(fit.bread)
    values, vectors = np.linalg.eigh(root.T @ fit.inner @ root)
    values = np.clip(values, 0.0, 1.0)
    half = _factor(values, 0.5)
    whole = _factor(values, 1.0)
    spun = root @ vectors  # X_g times this spans the cluster's part of the hat matrix
    lever = fit.bread[column]
    seen = np.einsum("gkr,gk->gr", spun, fit.inner @ lever)
    heard = np.einsum("gkr,gk->gr", spun, fit.scores)
    pulls = fit.scores @ lever + (seen * half * heard).sum(axis=1)
    own = (fit.inner @ lever) @ lever + (seen * whole * seen).sum(axis=1)
    reach = fit.inner @ lever + np.einsum("gkl,gl->gk", fit.inner @ spun, half * seen)
    return float((pulls**2).sum()), _satterthwaite(own, reach, fit.bread)


def _factor(values: Floats, power: float) -> Floats:
    """Return f such that (I - ZZ')^-power is I + Z V f V' Z' for the eigenvalues of Z'Z."""
    safe = np.minimum(values, _FULL)
    small = values < 1e-8
    inside = np.where(small, power, ((1 - safe) ** -power - 1) / np.where(small, 1.0, safe))
    return np.where(values >= _FULL, -1.0, inside)


def _satterthwaite(own: Floats, reach: Floats, bread: Floats) -> float:
    shared = -(reach @ bread @ reach.T)
    shared[np.diag_indices_from(shared)] += own
    return float(np.trace(shared) ** 2 / (shared**2).sum())
