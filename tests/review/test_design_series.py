"""Interrupted series: coefficients and errors worked another way, refusals, invariances."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st

from visitkit.errors import ReviewError
from visitkit.review.designs.interrupted import SeriesOptions, interrupted_series

Floats = npt.NDArray[np.float64]


def weeks(seed: int = 1, rho: float = 0.5, count: int = 60) -> tuple[Floats, Floats]:
    """Return weeks and an outcome that falls by 3 in week 30 and by 0.2 a week after it."""
    rng = np.random.default_rng(seed)
    noise = np.zeros(count)
    for week in range(count):
        noise[week] = rho * (noise[week - 1] if week else 0) + rng.normal(0, 0.5)
    time = np.arange(count, dtype=float)
    after = time >= 30
    return time, 12 + 0.05 * time - 3 * after - 0.2 * after * (time - 30) + noise


def design(time: Floats) -> Floats:
    """Return the textbook design: constant, time, after, time since the start."""
    after = (time >= 30).astype(float)
    return np.column_stack([np.ones(len(time)), time, after, after * (time - 30)])


def test_newey_west_as_statsmodels() -> None:
    """Same coefficients and errors (lags by the rule, factor n/(n-k), t)."""
    time, outcome = weeks()
    found = interrupted_series(time, outcome, 30, SeriesOptions(errors="newey-west"))
    lags = int(4 * (60 / 100) ** (2 / 9))
    peer = sm.OLS(outcome, design(time)).fit(
        cov_type="HAC", cov_kwds={"maxlags": lags, "use_correction": True}, use_t=True
    )
    assert found.slope is not None
    assert found.level.estimate == pytest.approx(peer.params[2])
    assert found.level.se == pytest.approx(peer.bse[2])
    assert found.slope.se == pytest.approx(peer.bse[3])
    assert found.level.p == pytest.approx(peer.pvalues[2])
    assert found.level.ci == pytest.approx(tuple(peer.conf_int()[2]))


def test_prais_winsten_as_textbook() -> None:
    """The transformation with the first point kept, iterated by hand, gives the same figures."""
    time, outcome = weeks()
    x, rho = design(time), 0.0
    beta = np.linalg.lstsq(x, outcome, rcond=None)[0]
    for _ in range(100):
        rest = outcome - x @ beta
        rho = (rest[1:] @ rest[:-1]) / (rest @ rest) * 60 / 59
        first = np.sqrt(1 - rho**2)
        moved_x = np.vstack([first * x[:1], x[1:] - rho * x[:-1]])
        moved_y = np.r_[first * outcome[0], outcome[1:] - rho * outcome[:-1]]
        beta = np.linalg.lstsq(moved_x, moved_y, rcond=None)[0]
    rest = moved_y - moved_x @ beta
    covariance = np.linalg.inv(moved_x.T @ moved_x) * (rest @ rest) / 56
    found = interrupted_series(time, outcome, 30, SeriesOptions(errors="prais-winsten"))
    assert found.slope is not None
    assert found.rho == pytest.approx(rho)
    assert found.level.estimate == pytest.approx(beta[2])
    assert found.level.se == pytest.approx(np.sqrt(covariance[2, 2]))
    assert found.slope.estimate == pytest.approx(beta[3])
    assert found.level.df == 56


def test_arma_finds_the_truth() -> None:
    """Maximum likelihood is near least squares, by half its error, and covers."""
    time, outcome = weeks(2)
    found = interrupted_series(time, outcome, 30, SeriesOptions(errors="arma"))
    other = interrupted_series(time, outcome, 30)
    assert found.level.estimate == pytest.approx(other.level.estimate, abs=0.5 * other.level.se)
    assert found.level.ci[0] < -3 < found.level.ci[1]


def test_average_and_path() -> None:
    """The average is that of fitted less counterfactual; before the start there is none."""
    time, outcome = weeks()
    found = interrupted_series(time, outcome, 30)
    assert found.slope is not None
    path = found.path
    gap = (path["fitted"] - path["counterfactual"])[30:]
    assert found.average.estimate == pytest.approx(gap.mean())
    assert gap.iloc[0] == pytest.approx(found.level.estimate)
    assert gap.iloc[10] == pytest.approx(found.level.estimate + 10 * found.slope.estimate)
    assert path["counterfactual"][:30].isna().all()
    assert (path["low"] < path["counterfactual"])[30:].all()


def test_restricted_likelihood_is_at_its_top() -> None:
    """With the true correlation known it is least squares; the maximum is one, to a brute grid."""
    time, outcome = weeks(2)
    found = interrupted_series(time, outcome, 30)
    apart, x = np.abs(np.subtract.outer(time, time)), design(time)

    def fit(rho: float) -> tuple[float, float, float]:
        inverse = np.linalg.inv(rho**apart)
        bread = np.linalg.inv(x.T @ inverse @ x)
        beta = bread @ x.T @ inverse @ outcome
        rest = outcome - x @ beta
        variance = rest @ inverse @ rest / 56
        value = np.linalg.slogdet(rho**apart)[1] - np.linalg.slogdet(bread)[1]
        return value + 56 * np.log(variance), beta[2], np.sqrt(variance * bread[2, 2])

    best = min((fit(rho) for rho in np.arange(0.01, 0.98, 0.001)), key=lambda row: row[0])
    assert found.level.estimate == pytest.approx(best[1], abs=1e-3)  # the grid's step
    assert found.level.se == pytest.approx(best[2], rel=2e-3)
    assert 1 < found.level.df < 56


def test_coverage_where_neighbours_resemble() -> None:
    """80 series with autocorrelation 0.4: the interval covers, where Newey-West's fails."""
    hits = {"reml": 0, "newey-west": 0}
    for seed in range(80):
        time, outcome = weeks(seed, 0.4)
        for errors in hits:
            ends = interrupted_series(time, outcome, 30, SeriesOptions(errors=errors)).level.ci
            hits[errors] += ends[0] < -3 < ends[1]
    assert hits["reml"] >= 0.88 * 80  # 95 % less three standard errors of 80 draws
    assert hits["newey-west"] < hits["reml"]


def test_season_is_taken_out() -> None:
    """A wave with a known period, or week of term, does not enter the jump."""
    time, outcome = weeks(rho=0.0)
    wave = 4 * np.sin(2 * np.pi * time / 20)
    options = SeriesOptions(period=20, harmonics=1)
    plain = interrupted_series(time, outcome, 30, options).level.estimate
    waved = interrupted_series(time, outcome + wave, 30, options).level.estimate
    assert waved == pytest.approx(plain)
    term = time % 10
    table = np.arange(10)[term.astype(int)] ** 2 / 10
    with_season = [
        interrupted_series(time, y, 30, season=term).level.estimate
        for y in (outcome, outcome + table)
    ]
    assert with_season[0] == pytest.approx(with_season[1])


def test_gaps_are_distances() -> None:
    """Missing weeks are left out, said, and do not become neighbours."""
    time, outcome = weeks()
    holed = outcome.copy()
    holed[[5, 6, 40]] = np.nan
    found = interrupted_series(time, holed, 30, SeriesOptions(errors="prais-winsten"))
    assert found.level.warnings[0].facts == (("number", 3),)
    apart = np.abs(np.subtract.outer(*(np.delete(time, [5, 6, 40]),) * 2))
    x, y = design(np.delete(time, [5, 6, 40])), np.delete(outcome, [5, 6, 40])
    inverse = np.linalg.inv(found.rho**apart)
    beta = np.linalg.solve(x.T @ inverse @ x, x.T @ inverse @ y)
    assert found.level.estimate == pytest.approx(beta[2])


@given(st.floats(-50, 50), st.floats(0.1, 20), st.integers(-300, 300))
@settings(max_examples=10, deadline=None)
def test_shift_and_scale(shift: float, scale: float, later: int) -> None:
    """Units of the outcome and the first week's number do not matter."""
    time, outcome = weeks()
    base = interrupted_series(time, outcome, 30)
    moved = interrupted_series(time + later, outcome * scale + shift, 30 + later)
    assert moved.level.estimate == pytest.approx(scale * base.level.estimate, rel=1e-6)
    assert moved.level.se == pytest.approx(scale * base.level.se, rel=1e-6)
    assert moved.durbin_watson == pytest.approx(base.durbin_watson, rel=1e-6)


def test_signs_of_likeness_are_shown() -> None:
    """Durbin-Watson by hand; Ljung-Box small where likeness is left in."""
    time, outcome = weeks(3, 0.8)
    found = interrupted_series(time, outcome, 30, SeriesOptions(errors="newey-west"))
    rest = outcome - design(time) @ np.linalg.lstsq(design(time), outcome, rcond=None)[0]
    assert found.durbin_watson == pytest.approx((np.diff(rest) ** 2).sum() / (rest @ rest))
    assert found.ljung_box[1] < 0.05
    assert interrupted_series(time, outcome, 30).ljung_box[1] > found.ljung_box[1]


def test_refusals() -> None:
    """A sentence and no number."""
    time, outcome = weeks()
    turned = time.copy()
    turned[[3, 4]] = turned[[4, 3]]
    twice = time.copy()
    twice[4] = 3
    cases = [
        ("time_not_rising", (turned, outcome, 30)),
        ("time_not_rising", (twice, outcome, 30)),
        ("few_points", (time, outcome, 4)),
        ("few_points", (time, np.where(time >= 30, np.nan, outcome), 30)),
        ("constant_outcome", (time, np.ones(60), 30)),
        ("constant_before", (time, np.where(time >= 30, outcome, 5.0), 30)),
        ("all_missing", (time, np.full(60, np.nan), 30)),
        ("no_spread", (time, 3 * time + 1, 30)),
    ]
    for key, given_ in cases:
        with pytest.raises(ReviewError) as caught:
            interrupted_series(*given_)
        assert caught.value.key == f"review_designs.{key}"
    with pytest.raises(ReviewError):
        interrupted_series(time[20:40], outcome[20:40], 30, SeriesOptions(period=9, harmonics=7))
    with pytest.raises(ReviewError):
        interrupted_series(time, outcome, 30, SeriesOptions(errors="plain"))
