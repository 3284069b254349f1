"""Lost values drawn again several times from students like these: chained equations.

van Buuren 2018, Flexible Imputation of Missing Data, doi:10.1201/9780429492259; predictive mean
matching with five donors, so that every value drawn is one that a student really had.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from visitkit.errors import ReviewError
from visitkit.review.inputs import check_outcome, flags, matrix, numbers, same_length
from visitkit.review.result import LEVEL, Floats
from visitkit.review.stats.checks import at_least
from visitkit.review.stats.rubin import Combined, combine

DONORS = 5
_RIDGE = 1e-5


@dataclass(frozen=True, slots=True)
class Imputed:
    """A table completed several times.

    Parameters
    ----------
    tables
        The completed tables, rows and columns in the order given.
    missing
        How many values each column lacked.
    rounds
        How often the chain went through the columns.
    seed
        Of the draws.
    """

    tables: tuple[pd.DataFrame, ...]
    missing: dict[str, int]
    rounds: int
    seed: int


def impute(
    table: pd.DataFrame, *, imputations: int = 20, rounds: int = 10, seed: int = 0
) -> Imputed:
    """Complete a table several times by chained equations.

    Parameters
    ----------
    table
        Columns of numbers: outcome, measures from before. Sort rows by a key of your own if the
        same draws are to come back when rows arrive in another order.
    imputations, rounds
        How many tables, and how often the chain goes round for each.
    seed
        Makes the draws repeatable.

    Raises
    ------
    ReviewError
        When nothing is missing, a column is missing throughout or has fewer than six values, or
        there is no other column to learn from.

    Notes
    -----
    Assumes that what is lost depends only on what the table holds. A table for each side keeps the
    effect from being drawn towards 0 (Sullivan and others 2018, doi:10.1177/0962280216683570);
    :func:`imputed_effect` does so.

    Examples
    --------
    >>> before = [1.0, 2, 3, 4, 5, 6, 7, 8]
    >>> after = [2.0, 3, 5, 4, 6, 8, 7, None]
    >>> found = impute(pd.DataFrame({"before": before, "after": after}), imputations=3)
    >>> len(found.tables), int(found.tables[0].isna().sum().sum()), found.missing["after"]
    (3, 0, 1)
    """
    at_least(imputations, 2, "imputations")
    at_least(rounds, 1, "rounds")
    values = np.column_stack([numbers(table[name], str(name)) for name in table.columns])
    lost = np.isnan(values)
    _check(table, lost)
    random = np.random.default_rng(seed)
    filled = [_chain(values, lost, rounds, random) for _ in range(imputations)]
    tables = tuple(pd.DataFrame(one, index=table.index, columns=table.columns) for one in filled)
    counts = {str(name): int(lost[:, place].sum()) for place, name in enumerate(table.columns)}
    return Imputed(tables, counts, rounds, seed)


def _check(table: pd.DataFrame, lost: npt.NDArray[np.bool_]) -> None:
    if not lost.any():
        raise ReviewError("review_stats.nothing_missing")
    if table.shape[1] < 2:
        raise ReviewError("review_stats.nothing_to_learn_from")
    for place, name in enumerate(table.columns):
        known = int((~lost[:, place]).sum())
        if known <= DONORS:
            raise ReviewError(
                "review_stats.too_few_known", column=str(name), known=known, least=DONORS + 1
            )


def _chain(
    values: Floats, lost: npt.NDArray[np.bool_], rounds: int, random: np.random.Generator
) -> Floats:
    out = values.copy()
    order = [place for place in np.argsort(lost.sum(axis=0), kind="stable") if lost[:, place].any()]
    for place in order:
        gap = lost[:, place]
        out[gap, place] = random.choice(values[~gap, place], int(gap.sum()))
    # With one column to fill the others never change: one round is as good as many.
    for _ in range(rounds if len(order) > 1 else 1):
        for place in order:
            gap = lost[:, place]
            others = np.delete(out, place, axis=1)
            out[gap, place] = _match(others, values[:, place], gap, random)
    return out


def _match(
    others: Floats, target: Floats, gap: npt.NDArray[np.bool_], random: np.random.Generator
) -> Floats:
    """Draw for each gap one of the values whose prediction is nearest to its own."""
    spread = others.std(axis=0)
    design = np.column_stack(
        [np.ones(len(others)), (others - others.mean(axis=0)) / np.where(spread > 0, spread, 1.0)]
    )
    known, y = design[~gap], target[~gap]
    fitted, drawn = _draw(known, y, random)
    near = known @ fitted
    distance = np.abs(near[None, :] - (design[gap] @ drawn)[:, None])
    donors = np.argpartition(distance, DONORS - 1, axis=1)[:, :DONORS]
    pick = random.integers(0, DONORS, len(donors))
    return np.asarray(y[donors[np.arange(len(donors)), pick]])


def _draw(x: Floats, y: Floats, random: np.random.Generator) -> tuple[Floats, Floats]:
    """Return least-squares coefficients and a draw from their posterior."""
    inner = x.T @ x
    inverse = np.linalg.inv(inner + _RIDGE * np.diag(np.diag(inner)))
    fitted = inverse @ (x.T @ y)
    rest = float(((y - x @ fitted) ** 2).sum())
    sigma = np.sqrt(rest / random.chisquare(max(len(y) - x.shape[1], 1)))
    root = np.linalg.cholesky((inverse + inverse.T) / 2)
    return fitted, fitted + sigma * (root @ random.standard_normal(x.shape[1]))


def imputed_effect(
    outcome: npt.ArrayLike,
    treated: npt.ArrayLike,
    covariates: npt.ArrayLike,
    *,
    imputations: int = 20,
    seed: int = 0,
    level: float = LEVEL,
) -> Combined:
    """Return the effect by regression on completed data, combined over imputations.

    Parameters
    ----------
    outcome : array-like of shape (n,)
        All students assigned; missing where lost.
    treated : array-like of shape (n,)
        0 and 1.
    covariates : array-like of shape (n, k)
        Measures from before; may have gaps too. They are imputed within each side and adjusted for.
    imputations, seed, level
        As in :func:`impute`.

    Examples
    --------
    >>> random = np.random.default_rng(1)
    >>> before, side = random.normal(size=80), np.repeat([0, 1], 40)
    >>> after = before + side + random.normal(scale=0.5, size=80)
    >>> after[[3, 50, 61]] = np.nan
    >>> found = imputed_effect(after, side, before)
    >>> found.ci[0] < 1 < found.ci[1], found.imputations
    (True, 20)
    """
    y, side = numbers(outcome, "outcome"), flags(treated, "treated")
    same_length(len(y), len(side), "treated")
    check_outcome(y)
    before = matrix(covariates, len(y), "covariates")
    table = pd.DataFrame(np.column_stack([y, before]))
    done = [_arm(table[arm], imputations, seed + place) for place, arm in enumerate((~side, side))]
    found = [
        _effect(np.concatenate([done[0][m], done[1][m]]), int((~side).sum()))
        for m in range(imputations)
    ]
    df = len(y) - before.shape[1] - 2
    pairs = np.array(found)
    return combine(pairs[:, 0], pairs[:, 1], complete_df=df, n=len(y), level=level)


def _arm(table: pd.DataFrame, imputations: int, seed: int) -> list[Floats]:
    if not table.isna().to_numpy().any():
        return [table.to_numpy(dtype=np.float64)] * imputations
    done = impute(table, imputations=imputations, seed=seed)
    return [one.to_numpy(dtype=np.float64) for one in done.tables]


def _effect(both: Floats, n_control: int) -> tuple[float, float]:
    import statsmodels.api as sm  # slow to load, and seldom needed

    side = (np.arange(len(both)) >= n_control).astype(np.float64)
    design = np.column_stack([side, np.ones(len(both)), both[:, 1:]])
    if np.linalg.matrix_rank(design) < design.shape[1]:
        raise ReviewError("review_stats.collinear", columns=design.shape[1], rows=len(both))
    fit = sm.OLS(both[:, 0], design).fit()
    return float(fit.params[0]), float(fit.bse[0] ** 2)


#: What an analysis of one completed table looks like.
Analysis = Callable[[pd.DataFrame], tuple[float, float]]


def analyse(imputed: Imputed, analysis: Analysis, *, complete_df: float) -> Combined:
    """Run any analysis on every completed table and combine what it returns.

    Parameters
    ----------
    imputed
        From :func:`impute`.
    analysis
        From a table to ``(estimate, variance)``.
    complete_df
        Degrees of freedom had nothing been lost.

    Examples
    --------
    >>> table = pd.DataFrame({"a": [1.0, 2, 3, 4, 5, 6, 7], "b": [1, 3, 2, 5, 4, 7, None]})
    >>> mean = lambda one: (one["b"].mean(), one["b"].var() / len(one))
    >>> analyse(impute(table), mean, complete_df=6).imputations
    20
    """
    found = np.array([analysis(one) for one in imputed.tables])
    return combine(found[:, 0], found[:, 1], complete_df=complete_df, n=len(imputed.tables[0]))
