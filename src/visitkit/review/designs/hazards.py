"""Hazard ratios: how much faster, or slower, the end of interest comes.

Cox 1972, doi:10.1111/j.2517-6161.1972.tb00899.x, ties by Efron 1977,
doi:10.1080/01621459.1977.10480613, fitted by statsmodels; errors within clusters by Lin and Wei
1989, doi:10.1080/01621459.1989.10478874.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from visitkit.errors import ReviewError
from visitkit.review.designs.survival import FEW_EVENTS, Spells, spell_counts
from visitkit.review.inputs import complete, matrix
from visitkit.review.result import LEVEL, Effect, Floats, Note, note, wald


@dataclass(frozen=True, slots=True)
class HazardEffect:
    """A hazard ratio, told as its logarithm.

    Parameters
    ----------
    effect
        Logarithm of the hazard ratio, treated to control.
    ratio, ratio_ci
        The ratio itself with its interval.
    coefficients
        Index: treatment and covariates. Columns: ``estimate``, ``se``, ``low``, ``high``, ``p``.
    log_likelihood
    proportional
        Index as above. Columns ``statistic`` and ``p`` of the test that the ratio does not change
        with time; a small p says that one ratio does not tell the story.
    """

    effect: Effect
    ratio: float
    ratio_ci: tuple[float, float]
    coefficients: pd.DataFrame
    log_likelihood: float
    proportional: pd.DataFrame


@dataclass(frozen=True, slots=True)
class _Model:
    """A fitted model: design with its names, coefficients, covariances, residuals."""

    names: list[str]
    beta: Floats
    naive: Floats
    robust: Floats
    df: float
    log_likelihood: float
    schoenfeld: Floats
    event_times: Floats


def hazard_effect(
    given: Spells,
    covariates: pd.DataFrame | None = None,
    *,
    which: int = 1,
    level: float = LEVEL,
) -> HazardEffect:
    """Estimate the cause-specific hazard ratio of treatment.

    Parameters
    ----------
    given
        From :func:`visitkit.review.designs.survival.spells`. With clusters, errors hold them
        together, with the factor G/(G-1) and t with G-1 degrees of freedom.
    covariates : data frame of shape (n, n_covariates), optional
        Known before treatment.
    which
        Cause of interest; other ends leave the comparison.
    level
        Of intervals.

    Raises
    ------
    ReviewError
        When covariates repeat one another, or separate those who ended from the rest.

    Examples
    --------
    >>> from visitkit.review.designs.survival import spells
    >>> rng = np.random.default_rng(8)
    >>> on = np.arange(300) % 2
    >>> time = np.ceil(rng.exponential(20 * np.exp(0.7 * on)))
    >>> found = hazard_effect(spells(np.minimum(time, 30), time <= 30, on))
    >>> bool(found.ratio_ci[0] < np.exp(-0.7) < found.ratio_ci[1])
    True
    """
    extra = matrix(covariates, len(given.time), "covariates")
    used = complete([given.time, *extra.T])
    names = [] if covariates is None else [str(name) for name in covariates.columns]
    kept = given.rows(used)
    model = _fit(kept, extra[used], ["treated", *names], which)
    notes = _notes(kept, int((~used).sum()), which)
    kind = "hazard" if given.cluster is None else "hazard_clustered"
    effects = [
        wald(
            float(beta),
            float(np.sqrt(variance)),
            spell_counts(kept),
            f"review_designs.method.{kind}",
            df=model.df,
            level=level,
            warnings=notes,
        )
        for beta, variance in zip(model.beta, np.diag(model.robust), strict=True)
    ]
    table = pd.DataFrame(
        {
            "estimate": [item.estimate for item in effects],
            "se": [item.se for item in effects],
            "low": [item.ci[0] for item in effects],
            "high": [item.ci[1] for item in effects],
            "p": [item.p for item in effects],
        },
        index=pd.Index(model.names, name="term"),
    )
    first = effects[0]
    ends = (float(np.exp(first.ci[0])), float(np.exp(first.ci[1])))
    return HazardEffect(
        first,
        float(np.exp(first.estimate)),
        ends,
        table,
        model.log_likelihood,
        _proportional(model),
    )


def _notes(kept: Spells, dropped: int, which: int) -> tuple[Note, ...]:
    notes = [note("review_designs.warn.rows_left_out", number=dropped)] if dropped else []
    events = [int((kept.cause[side] == which).sum()) for side in (kept.treated, ~kept.treated)]
    if min(events) == 0:
        raise ReviewError("review_designs.no_events", treated=events[0], control=events[1])
    if min(events) < FEW_EVENTS:
        notes.append(note("review_designs.warn.few_events", number=min(events)))
    return tuple(notes)


def _fit(kept: Spells, extra: Floats, names: list[str], which: int) -> _Model:
    """Fit by maximum partial likelihood."""
    from statsmodels.duration.hazard_regression import PHReg  # noqa: PLC0415, RUF100  slow to load

    design = np.column_stack([kept.treated.astype(np.float64), extra])
    centred = design - design.mean(axis=0)
    size = centred.std(axis=0)
    if (size == 0).any() or np.linalg.matrix_rank(centred / size) < design.shape[1]:
        raise ReviewError("review_designs.redundant_covariate")
    ended = kept.cause == which
    found = PHReg(kept.time, centred / size, status=ended.astype(int), ties="efron").fit()
    beta, naive = np.asarray(found.params), np.asarray(found.cov_params())
    if not np.isfinite(naive).all() or np.abs(beta).max() > 10 or np.diag(naive).max() > 100:
        raise ReviewError("review_designs.separated")
    score, schoenfeld, when = _residuals(kept.time, ended, centred / size, beta)
    robust, df = naive, np.inf
    if kept.cluster is not None:
        sums = np.zeros((int(kept.cluster.max()) + 1, len(beta)))
        np.add.at(sums, kept.cluster, score)
        count = len(np.unique(kept.cluster))
        robust = naive @ (sums.T @ sums) @ naive * count / (count - 1)
        df = count - 1.0
    scale = np.outer(size, size)
    return _Model(
        names,
        beta / size,
        naive / scale,
        robust / scale,
        df,
        float(found.llf),
        schoenfeld * size,
        when,
    )


def _residuals(
    time: Floats, ended: np.ndarray, design: Floats, beta: Floats
) -> tuple[Floats, Floats, Floats]:
    """Return score residuals of students, Schoenfeld residuals of ends, and the ends' times."""
    risk = np.exp(design @ beta)
    times = np.unique(time[ended])
    order = np.argsort(-time, kind="stable")
    upto = np.searchsorted(-time[order], -times, side="right") - 1
    zero = np.cumsum(risk[order])[upto]
    one = np.cumsum((risk[:, None] * design)[order], axis=0)[upto]
    rise, pull = np.zeros(len(times)), np.zeros((len(times), design.shape[1]))
    score, schoenfeld, when = np.zeros_like(design), [], []
    for place, moment in enumerate(times):
        tied = ended & (time == moment)
        count = int(tied.sum())
        part = np.arange(count) / count
        below = zero[place] - part * risk[tied].sum()
        mean = (one[place] - part[:, None] * (risk[tied] @ design[tied])) / below[:, None]
        rise[place], pull[place] = (1 / below).sum(), (mean / below[:, None]).sum(axis=0)
        centre = mean.mean(axis=0)
        # tied ends leave the risk set bit by bit; give back what the common sum takes too much
        back = (part / below).sum() * design[tied] - (part / below) @ mean
        score[tied] += design[tied] - centre + risk[tied, None] * back
        schoenfeld.append(design[tied] - centre)
        when.append(np.full(count, moment))
    seen = np.searchsorted(times, time, side="right")
    total = np.append(0.0, np.cumsum(rise))[seen]
    pulls = np.vstack([np.zeros(design.shape[1]), np.cumsum(pull, axis=0)])[seen]
    score -= risk[:, None] * (design * total[:, None] - pulls)
    return score, np.vstack(schoenfeld), np.concatenate(when)


def _proportional(model: _Model) -> pd.DataFrame:
    """Test each ratio against a trend in the rank of time.

    Grambsch and Therneau 1994, doi:10.1093/biomet/81.3.515.
    """
    clock = stats.rankdata(model.event_times)
    clock = clock - clock.mean()
    scaled = len(clock) * (model.schoenfeld @ model.naive)
    top = (clock @ scaled) ** 2
    bottom = len(clock) * np.diag(model.naive) * float(clock @ clock)
    statistic = top / bottom
    return pd.DataFrame(
        {"statistic": statistic, "p": stats.chi2.sf(statistic, 1)},
        index=pd.Index(model.names, name="term"),
    )
