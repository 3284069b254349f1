"""Interrupted time series: one school's weeks before and after something began.

Segmented regression with a change of level and of slope (Wagner, Soumerai, Zhang and Ross-Degnan
2002, doi:10.1046/j.1365-2710.2002.00430.x). Weeks resemble their neighbours, so ordinary errors are
too small: four ways to count that, compared by Turner et al. 2021,
doi:10.1186/s12874-021-01364-0.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from visitkit.errors import ReviewError
from visitkit.review.designs.autocorrelation import (
    ERRORS,
    Series,
    SeriesFit,
    autocorrelation,
    fit_series,
)
from visitkit.review.inputs import check_outcome, labels, numbers, same_length
from visitkit.review.result import (
    Counts,
    Effect,
    Floats,
    Ints,
    check_spread,
    note,
    quantile,
    wald,
)

#: Fewest points on each side. Penfold and Zhang 2013, doi:10.1016/j.acap.2013.08.002.
FEWEST_POINTS = 8

#: Below this many points on a side slopes are hardly known. Wagner et al. 2002.
COMFORTABLE_POINTS = 12

#: Degrees of freedom left after the model.
LEAST_FREEDOM = 4


@dataclass(frozen=True, slots=True)
class SeriesOptions:
    """How a series is modelled.

    Parameters
    ----------
    errors
        ``"reml"``: first-order autocorrelation by restricted maximum likelihood, degrees of freedom
        by Satterthwaite; the intervals of short series fall least short with it.
        ``"prais-winsten"``: first-order autocorrelation, generalised least squares.
        ``"newey-west"``: ordinary estimates, errors that allow correlation up to ``lags``.
        ``"arma"``: errors follow ``arma_order``, by maximum likelihood.
    lags
        For ``"newey-west"``; ``None`` for the whole part of 4 (n/100)^(2/9).
    arma_order
        Orders p and q.
    period, harmonics
        Length of the season in periods and the number of sine and cosine pairs; 0 for none.
    slope
        Whether the slope may change as well as the level.
    level
        Of intervals.
    """

    errors: str = "reml"
    lags: int | None = None
    arma_order: tuple[int, int] = (1, 0)
    period: float | None = None
    harmonics: int = 0
    slope: bool = True
    level: float = 0.95


@dataclass(frozen=True, slots=True)
class SeriesEffect:
    """What changed when it began.

    Parameters
    ----------
    level
        Jump in the first period.
    slope
        Change of slope per period; ``None`` when the model has none.
    average
        Mean difference between fitted and counterfactual over the periods after the start.
    path
        One row a period: ``time``, ``observed``, ``fitted``, ``counterfactual`` with ``low`` and
        ``high``; the counterfactual is missing before the start.
    durbin_watson
        Near 2 when neighbours do not resemble one another; of the raw residuals.
    ljung_box
        Statistic and p of residuals after the model of errors; a small p says that the model is not
        enough.
    rho
        First-order autocorrelation of the raw residuals.
    """

    level: Effect
    slope: Effect | None
    average: Effect
    path: pd.DataFrame
    durbin_watson: float
    ljung_box: tuple[float, float]
    rho: float


def interrupted_series(
    time: npt.ArrayLike,
    outcome: npt.ArrayLike,
    start: float,
    options: SeriesOptions | None = None,
    *,
    season: npt.ArrayLike | None = None,
) -> SeriesEffect:
    """Estimate the change of level and slope at a start.

    Parameters
    ----------
    time : array-like of shape (n,)
        Whole periods (weeks), rising, each once; gaps are allowed.
    outcome : array-like of shape (n,)
        One number a period, for example the share of absent student-days. Missing periods are left
        out.
    start
        First period of treatment.
    options
        Errors, season, slope.
    season : array-like of shape (n,), optional
        Week of term, or any label that returns: one effect each.

    Returns
    -------
    SeriesEffect

    Raises
    ------
    ReviewError
        When time is not rising, a period occurs twice, there are fewer than 8 points on a side, the
        outcome is constant, or the model leaves too little to estimate errors from.

    Examples
    --------
    >>> weeks = np.arange(40)
    >>> noise = np.random.default_rng(4).normal(0, 0.5, 40)
    >>> found = interrupted_series(weeks, 10 + 0.1 * weeks - 3 * (weeks >= 20) + noise, 20)
    >>> found.level.ci[0] < -3 < found.level.ci[1]
    True
    """
    options = options or SeriesOptions()
    if options.errors not in ERRORS:
        raise ReviewError(
            "review_designs.unknown_choice",
            setting="errors",
            found=options.errors,
            allowed=", ".join(ERRORS),
        )
    series = _read(time, outcome, start, options, season)
    fit = fit_series(series, options.errors, options.lags, options.arma_order)
    return _result(series, fit, options)


def _read(
    time: npt.ArrayLike,
    outcome: npt.ArrayLike,
    start: float,
    options: SeriesOptions,
    season: npt.ArrayLike | None,
) -> Series:
    """Check the series and build its design matrix."""
    when, y = numbers(time, "time"), numbers(outcome, "outcome")
    same_length(len(when), len(y), "outcome")
    check_outcome(y)
    if np.isnan(when).any() or (np.diff(when) <= 0).any() or (when != np.round(when)).any():
        raise ReviewError("review_designs.time_not_rising")
    kinds = None if season is None else labels(np.asarray(season), "season")
    if kinds is not None:
        same_length(len(when), len(kinds), "season")
    known = ~np.isnan(y)
    dropped = int((~known).sum())
    when, y = when[known], y[known]
    kinds = None if kinds is None else kinds[known]
    notes = [note("review_designs.warn.rows_left_out", number=dropped)] if dropped else []
    after = when >= start
    sides = int((~after).sum()), int(after.sum())
    if min(sides) < FEWEST_POINTS:
        raise ReviewError(
            "review_designs.few_points", before=sides[0], after=sides[1], least=FEWEST_POINTS
        )
    if min(sides) < COMFORTABLE_POINTS:
        notes.append(note("review_designs.warn.short_series", before=sides[0], after=sides[1]))
    if np.ptp(y[~after]) == 0:
        raise ReviewError("review_designs.constant_before")
    design = _design(when, after, start, options, kinds)
    if len(y) - design.shape[1] < LEAST_FREEDOM:
        raise ReviewError("review_designs.too_many_terms", points=len(y), terms=design.shape[1])
    if np.linalg.matrix_rank(design) < design.shape[1]:
        raise ReviewError("review_designs.redundant_covariate")
    return Series(when, y, design, after, tuple(notes))


def _design(
    when: Floats,
    after: npt.NDArray[np.bool_],
    start: float,
    options: SeriesOptions,
    kinds: Ints | None,
) -> Floats:
    """Return columns: level change, slope change if wanted, then what would have been anyway."""
    since = when - start
    columns = [after.astype(np.float64)]
    if options.slope:
        columns.append(np.where(after, since, 0.0))
    columns += [np.ones(len(when)), since]
    if options.harmonics:
        if not options.period or options.period <= 1:
            raise ReviewError("review_designs.bad_period", found=options.period)
        for wave in range(1, options.harmonics + 1):
            angle = 2 * np.pi * wave * when / options.period
            columns += [np.sin(angle), np.cos(angle)]
    if kinds is not None:
        columns += [(kinds == kind).astype(np.float64) for kind in np.unique(kinds)[1:]]
    return np.column_stack(columns)


def _result(series: Series, fit: SeriesFit, options: SeriesOptions) -> SeriesEffect:
    """Turn coefficients into effects and paths."""
    effects = 1 + int(options.slope)
    mean = np.zeros(len(fit.beta))
    mean[:effects] = series.design[series.after][:, :effects].mean(axis=0)
    rows = np.eye(len(fit.beta))
    level, average = (_combine(series, fit, options, row) for row in (rows[0], mean))
    slope = _combine(series, fit, options, rows[1]) if options.slope else None
    return SeriesEffect(
        level,
        slope,
        average,
        _path(series, fit, options, effects),
        _durbin_watson(fit.raw),
        _ljung_box(fit.white),
        autocorrelation(series.time, fit.raw),
    )


def _combine(series: Series, fit: SeriesFit, options: SeriesOptions, row: Floats) -> Effect:
    counts = Counts(int(series.after.sum()), int((~series.after).sum()))
    method = f"review_designs.method.series_{options.errors.replace('-', '_')}"
    check_spread(float(fit.raw @ fit.raw) / len(fit.raw), series.y, method)
    return wald(
        float(row @ fit.beta),
        float(np.sqrt(row @ fit.covariance @ row)),
        counts,
        method,
        df=fit.freedom(row),
        level=options.level,
        warnings=series.notes,
    )


def _path(series: Series, fit: SeriesFit, options: SeriesOptions, effects: int) -> pd.DataFrame:
    """Return what was seen, fitted and to be expected without treatment."""
    without = series.design.copy()
    without[:, :effects] = 0
    expected = without @ fit.beta
    half = np.array([quantile(0.5 + options.level / 2, fit.freedom(row)) for row in without])
    half = half * np.sqrt(np.einsum("ij,jk,ik->i", without, fit.covariance, without))
    columns = {"counterfactual": expected, "low": expected - half, "high": expected + half}
    frame = pd.DataFrame(
        {"time": series.time, "observed": series.y, "fitted": series.design @ fit.beta}
    )
    for name, column in columns.items():
        frame[name] = np.where(series.after, column, np.nan)
    return frame


def _durbin_watson(residual: Floats) -> float:
    """Return the statistic of Durbin and Watson 1950, doi:10.1093/biomet/37.3-4.409."""
    from statsmodels.stats.stattools import durbin_watson  # noqa: PLC0415, RUF100  slow to load

    return float(durbin_watson(residual))


def _ljung_box(residual: Floats) -> tuple[float, float]:
    """Return statistic and p of Ljung and Box 1978, doi:10.1093/biomet/65.2.297."""
    from statsmodels.stats.diagnostic import acorr_ljungbox  # noqa: PLC0415, RUF100  slow to load

    lags = max(min(10, len(residual) // 5), 1)
    table = acorr_ljungbox(residual, lags=[lags])
    return float(table["lb_stat"].iloc[0]), float(table["lb_pvalue"].iloc[0])
