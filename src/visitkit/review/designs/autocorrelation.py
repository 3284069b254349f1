"""Regression on a series whose neighbours resemble one another: four ways to count it."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import optimize

from visitkit.errors import ReviewError
from visitkit.review.result import Floats, Note

ERRORS = ("reml", "prais-winsten", "newey-west", "arma")

_ROUNDS, _CLOSE = 200, 1e-10
_EDGE = 0.99  # autocorrelations beyond this cannot be told from a wandering series
_STEP = 1e-3  # of numerical derivatives


@dataclass(frozen=True, slots=True)
class Series:
    """A series in order.

    Parameters
    ----------
    time, y : ndarray of shape (n,)
    design : ndarray of shape (n, n_terms)
        Effects first, then what would have been anyway.
    after : ndarray of bool, shape (n,)
    notes
        What must be said.
    """

    time: Floats
    y: Floats
    design: Floats
    after: npt.NDArray[np.bool_]
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class SeriesFit:
    """A fitted series.

    Parameters
    ----------
    beta, covariance
        Of the terms.
    df
        Degrees of freedom, unless ``satterthwaite`` gives them.
    raw, white : ndarray of shape (n,)
        Residuals, and residuals after the model of errors.
    satterthwaite
        Degrees of freedom of a weighted sum of terms.
    """

    beta: Floats
    covariance: Floats
    df: float
    raw: Floats
    white: Floats
    satterthwaite: Callable[[Floats], float] | None = None

    def freedom(self, row: Floats) -> float:
        """Return the degrees of freedom of ``row @ beta``."""
        return self.df if self.satterthwaite is None else self.satterthwaite(row)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Settings of the models of errors."""

    lags: int | None
    arma_order: tuple[int, int]


def fit_series(
    series: Series, errors: str, lags: int | None, arma_order: tuple[int, int]
) -> SeriesFit:
    """Fit a series with one of the models of errors in :data:`ERRORS`.

    Raises
    ------
    ReviewError
        When the model does not settle.
    """
    fit = {
        "reml": _reml,
        "prais-winsten": _prais_winsten,
        "newey-west": _newey_west,
        "arma": _arma,
    }[errors]
    return fit(series, Wanted(lags, arma_order))


def _newey_west(series: Series, options: Wanted) -> SeriesFit:
    """Ordinary estimates; errors of Newey and West 1987, doi:10.2307/1913610, by distance in time.

    With the factor n/(n-k). Periods that are missing lie between their neighbours, not beside them.
    """
    n, k = series.design.shape
    beta: Floats = np.asarray(np.linalg.lstsq(series.design, series.y, rcond=None)[0], np.float64)
    raw: Floats = series.y - series.design @ beta
    lags = options.lags if options.lags is not None else int(4 * (n / 100) ** (2 / 9))
    apart = np.abs(series.time[:, None] - series.time[None, :])
    weight = np.clip(1 - apart / (lags + 1), 0, None)
    score = series.design * raw[:, None]
    bread = np.linalg.inv(series.design.T @ series.design)
    covariance = bread @ (score.T @ weight @ score) @ bread * n / (n - k)
    return SeriesFit(beta, covariance, float(n - k), raw, raw)


def _prais_winsten(series: Series, options: Wanted) -> SeriesFit:
    """Generalised least squares with first-order autocorrelation, the first point kept.

    Prais and Winsten 1954, Cowles Commission discussion paper 383; a gap of d periods has the
    correlation rho to the power d. Iterated until rho stands still.
    """
    found, rho = _gls(series, 0.0), 0.0
    for _ in range(_ROUNDS):
        raw = series.y - series.design @ found.beta
        new = min(max(autocorrelation(series.time, raw), -_EDGE), _EDGE)
        found = _gls(series, new)
        if abs(new - rho) < _CLOSE:
            break
        rho = new
    n, k = series.design.shape
    covariance = found.bread * float(found.white @ found.white) / (n - k)
    raw = series.y - series.design @ found.beta
    return SeriesFit(found.beta, covariance, float(n - k), raw, found.white)


def _power(rho: float, apart: Floats) -> Floats:
    """Return rho to the power of each distance; distances are whole numbers."""
    power: Floats = np.sign(rho) ** apart * np.abs(rho) ** apart
    return power


def _arma(series: Series, options: Wanted) -> SeriesFit:
    """Regression with ARMA errors by maximum likelihood on the state space, gaps and all."""
    from statsmodels.tsa.statespace.sarimax import SARIMAX  # noqa: PLC0415, RUF100  slow to load

    place = (series.time - series.time[0]).astype(np.int64)
    first = np.linalg.lstsq(series.design, series.y, rcond=None)[0]
    rest = series.y - series.design @ first
    # the optimiser wants columns and noise of like size; least squares is taken out beforehand
    size, scale = np.abs(series.design).max(axis=0), float(rest.std()) or 1.0
    full = np.full(int(place[-1]) + 1, np.nan)
    full[place] = rest / scale
    design = np.zeros((len(full), len(size)))
    design[place] = series.design / size
    p, q = options.arma_order
    model = SARIMAX(full, exog=design, order=(p, 0, q), trend="n")
    start = np.r_[np.zeros(len(size)), np.full(p, 0.1), np.full(q, 0.1), 1.0]
    for search in ("lbfgs", "bfgs", "nm"):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the next search is tried, or a sentence raised
            found = model.fit(start_params=start, method=search, disp=False, maxiter=5000)
        if found.mle_retvals["converged"]:
            break
    else:
        raise ReviewError("review_designs.not_converged")
    k = len(size)
    unit = scale / size
    beta = first + np.asarray(found.params)[:k] * unit
    covariance = np.asarray(found.cov_params())[:k, :k] * np.outer(unit, unit)
    raw = series.y - series.design @ beta
    freedom = float(len(series.y) - k - p - q)
    return SeriesFit(beta, covariance, freedom, raw, np.asarray(found.resid)[place])


@dataclass(frozen=True, slots=True)
class _Gls:
    """Generalised least squares at one autocorrelation."""

    beta: Floats
    bread: Floats
    white: Floats
    determinants: float


def _whitened(series: Series, rho: float) -> tuple[Floats, Floats, float]:
    """Return design and outcome with the likeness taken out, and the log determinant.

    Each point less what its neighbour foretells; the first is kept as it is.
    """
    tie = _power(rho, np.diff(series.time))
    size = np.append(1.0, np.sqrt(1 - tie**2))
    both = np.column_stack([series.design, series.y])
    both[1:] = both[1:] - tie[:, None] * both[:-1]
    both = both / size[:, None]
    return both[:, :-1], both[:, -1], 2 * float(np.log(size).sum())


def _gls(series: Series, rho: float) -> _Gls:
    """Fit with errors whose correlation falls with distance in time."""
    x, y, determinant = _whitened(series, rho)
    q, r = np.linalg.qr(x)
    inverse = np.linalg.inv(r)
    beta = inverse @ (q.T @ y)
    logs = determinant + 2 * float(np.log(np.abs(np.diag(r))).sum())
    return _Gls(beta, inverse @ inverse.T, y - x @ beta, logs)


def _restricted(series: Series, rho: float, log_variance: float) -> float:
    """Return minus twice the restricted log-likelihood, without its constant."""
    found, freedom = _gls(series, rho), len(series.y) - series.design.shape[1]
    squares = float(found.white @ found.white)
    return float(found.determinants + freedom * log_variance + squares / np.exp(log_variance))


def _reml(series: Series, options: Wanted) -> SeriesFit:
    """First-order autocorrelation by restricted maximum likelihood.

    Patterson and Thompson 1971, doi:10.1093/biomet/58.3.545; found least short of its level in
    short interrupted series by Turner et al. 2021, doi:10.1186/s12874-021-01364-0.
    """
    freedom = len(series.y) - series.design.shape[1]

    def profile(rho: float) -> float:
        found = _gls(series, rho)
        return float(found.determinants + freedom * np.log(found.white @ found.white))

    rest = series.y - series.design @ _gls(series, 0.0).beta
    if not rest @ rest > 1e-20 * float(np.ptp(series.y)) ** 2:
        return _prais_winsten(series, options)  # a perfect line: the caller refuses it
    rho = float(optimize.minimize_scalar(profile, bounds=(-_EDGE, _EDGE), method="bounded").x)
    found = _gls(series, rho)
    variance = float(found.white @ found.white) / freedom

    raw = series.y - series.design @ found.beta
    return SeriesFit(
        found.beta,
        found.bread * variance,
        float(freedom),
        raw,
        found.white,
        _satterthwaite(series, rho, variance),
    )


def _satterthwaite(series: Series, rho: float, variance: float) -> Callable[[Floats], float]:
    """Return degrees of freedom that count that spread and autocorrelation are estimated.

    Satterthwaite 1946, doi:10.2307/3002019; derivatives are numerical. Between 1 and n - k.
    """
    freedom = float(len(series.y) - series.design.shape[1])
    rho = min(max(rho, -_EDGE + 2 * _STEP), _EDGE - 2 * _STEP)
    here, steps = np.array([rho, np.log(variance)]), np.eye(2) * _STEP

    def badness(at: Floats) -> float:
        return _restricted(series, float(at[0]), float(at[1]))

    bend = np.empty((2, 2))
    for i, a in enumerate(steps):
        for j, b in enumerate(steps):
            corners = badness(here + a + b) + badness(here - a - b)
            corners -= badness(here + a - b) + badness(here - a + b)
            bend[i, j] = corners / (4 * _STEP**2)
    known = bool(np.linalg.eigvalsh(bend)[0] > 0)
    middle, more, less = (_gls(series, rho + by).bread for by in (0.0, _STEP, -_STEP))

    def of(row: Floats) -> float:
        if not known:
            return 1.0  # the autocorrelation is not settled at all
        wide = float(row @ middle @ row)
        if wide == 0:
            return freedom
        # slopes of the logarithm of the variance; that in the log of the spread is 1
        slope = np.array([float(row @ (more - less) @ row) / (2 * _STEP) / wide, 1.0])
        doubt = float(slope @ np.linalg.solve(bend / 2, slope))
        return float(np.clip(2 / doubt, 1.0, freedom))

    return of


def autocorrelation(time: Floats, residual: Floats) -> float:
    """Return the correlation of neighbours that are one period apart."""
    beside = np.diff(time) == 1
    if not beside.any():
        return 0.0
    earlier, later = residual[:-1][beside], residual[1:][beside]
    size = float(residual @ residual) * len(earlier) / len(residual)
    return float(earlier @ later) / size if size > 0 else 0.0
