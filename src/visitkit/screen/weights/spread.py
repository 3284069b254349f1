"""Weights taken from how figures spread, for comparison only: they know nothing of any outcome."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from visitkit.errors import ScreenError

Floats = npt.NDArray[np.float64]


def entropy_weights(scores: pd.DataFrame) -> pd.Series[float]:
    """Return weights by entropy: a column in which few students score much weighs more.

    On public data these weights ranked students worse than points by hand (AUROC .777 against .871
    after the first semester; docs/learned-risk.md): they reward what is rare, not what is risky.
    Show them beside a card, do not decide by them.

    Parameters
    ----------
    scores : DataFrame of shape (n_students, n_columns)
        Not negative, higher is more worrying; missing rows of a column are left out of it.

    Returns
    -------
    Series of shape (n_columns,)
        Adds up to 1.

    Raises
    ------
    ScreenError
        With fewer than two students, or a negative score.

    References
    ----------
    Shannon 1948, doi:10.1002/j.1538-7305.1948.tb01338.x; as weights: Zeleny 1982, *Multiple
    Criteria Decision Making*, chapter 7.

    Examples
    --------
    >>> scores = pd.DataFrame({"even": [1.0, 1.0, 1.0, 1.0], "rare": [0.0, 0.0, 0.0, 4.0]})
    >>> entropy_weights(scores).round(3).to_dict()
    {'even': 0.0, 'rare': 1.0}
    """
    _check(scores)
    spread = {}
    for name in scores:
        column = scores[name].dropna().to_numpy(dtype=np.float64)
        total = column.sum()
        share = column / total if total else np.full(len(column), 1 / max(len(column), 1))
        positive = share[share > 0]
        spread[name] = 1 + float((positive * np.log(positive)).sum()) / np.log(max(len(column), 2))
    return _shares(pd.Series(spread, dtype=float))


def critic_weights(scores: pd.DataFrame) -> pd.Series[float]:
    """Return weights by CRITIC: a column that spreads and goes its own way weighs more.

    On public data these weights did worst of all (AUROC .746 against .871 by hand after the first
    semester; docs/learned-risk.md). Show them beside a card, do not decide by them.

    Parameters
    ----------
    scores : DataFrame of shape (n_students, n_columns)
        Not negative, higher is more worrying.

    Returns
    -------
    Series of shape (n_columns,)
        Adds up to 1.

    Raises
    ------
    ScreenError
        With fewer than two students, or a negative score.

    References
    ----------
    Diakoulaki, Mavrotas and Papayannakis 1995, doi:10.1016/0305-0548(94)00059-H.

    Examples
    --------
    >>> scores = pd.DataFrame({"a": [0.0, 1, 2, 3], "b": [0.0, 1, 2, 3], "c": [0.0, 3, 3, 0]})
    >>> critic_weights(scores).round(3).to_dict()
    {'a': 0.214, 'b': 0.214, 'c': 0.573}
    """
    _check(scores)
    low, high = scores.min(), scores.max()
    scaled = (scores - low) / (high - low).where(high > low, 1.0)
    alike = scaled.corr().fillna(0.0).to_numpy().copy()
    np.fill_diagonal(alike, 1.0)
    own = pd.Series((1 - alike).sum(axis=0), index=scores.columns)
    return _shares(scaled.std(ddof=1) * own)


def _check(scores: pd.DataFrame) -> None:
    if len(scores) < 2:
        raise ScreenError("weights.too_few", number=len(scores))
    if (scores.to_numpy(dtype=np.float64) < 0).any():
        raise ScreenError("weights.negative")


def _shares(spread: pd.Series[float]) -> pd.Series[float]:
    known = spread.fillna(0.0).clip(lower=0.0)
    # rounding leaves an even column a hair above zero; where nothing spreads, all weigh the same
    known = known.where(known > 1e-12, 0.0)
    if known.sum() == 0:
        return pd.Series(1 / len(known), index=known.index)
    return known / known.sum()
