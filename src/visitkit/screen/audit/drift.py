"""Whether this term's figures still are those a model was made for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from visitkit.errors import ScreenError

Floats = npt.NDArray[np.float64]

#: Population stability index from which a shift is ``some``, and from which it is ``large``. The
#: customary marks of credit scoring: Siddiqi 2006, ISBN 978-0-471-75451-0, chapter 9.
SOME, LARGE = 0.10, 0.25

#: Change in the known share from which coverage has drifted.
COVERAGE = 0.10

BINS = 10

#: A class without students counts half a student: the index would be infinite else.
_HALF = 0.5

VERDICTS = ("steady", "some", "large", "cannot")


@dataclass(frozen=True, slots=True)
class Refit:
    """Whether to teach the model again.

    Parameters
    ----------
    needed
        ``yes``, ``look`` (somebody should) or ``no``.
    shifted
        Figures whose shift is large.
    coverage
        Figures of which clearly more or less is known.
    """

    needed: str
    shifted: tuple[str, ...]
    coverage: tuple[str, ...]


def psi(before: npt.ArrayLike, now: npt.ArrayLike, bins: int = BINS) -> float:
    """Return the population stability index of two sets of figures.

    Parameters
    ----------
    before, now : array-like of shape (n_students,)
        NaN where unknown; unknown ones are no class here, coverage is told apart.
    bins
        Classes, of equal size in ``before``; figures with fewer values have a class each.

    Returns
    -------
    float
        The sum over classes of (share now - share before) * ln(share now / share before); 0 when
        nothing changed. NaN when one side knows fewer figures than classes: chance alone then
        makes an index of this size (its mean is about ``(bins - 1) * (1 / n + 1 / m)``:
        Yurdakul 2018, https://scholarworks.wmich.edu/dissertations/3208).

    Examples
    --------
    >>> psi([0] * 50 + [1] * 50, [0] * 50 + [1] * 50)
    0.0
    >>> round(psi([0] * 50 + [1] * 50, [0] * 20 + [1] * 80), 3)
    0.416
    """
    first, second = _known(before), _known(now)
    cuts = _cuts(first, bins)
    if min(len(first), len(second)) < max(bins, 1):
        return float("nan")
    shares = [_shares(one, cuts) for one in (first, second)]
    return float(((shares[1] - shares[0]) * np.log(shares[1] / shares[0])).sum())


def drift(before: pd.DataFrame, now: pd.DataFrame, bins: int = BINS) -> pd.DataFrame:
    """Return for each figure whether it has shifted, and whether as much of it is known.

    Parameters
    ----------
    before
        Figures (and, where wanted, ``risk_index``) of the students a model was made with.
    now
        The same columns of the students of today. Students need not be the same.
    bins
        Classes of the index.

    Returns
    -------
    pandas.DataFrame
        ``column``, ``psi``, ``by_chance`` (what it would be on average were nothing changed),
        ``verdict`` (one of :data:`VERDICTS`), ``known_before``, ``known_now`` (shares),
        ``coverage`` (change in the known share), ``coverage_drift``.

    Raises
    ------
    ScreenError
        When the two have no column in common.

    Examples
    --------
    >>> before = pd.DataFrame({"absent": range(100)})
    >>> drift(before, before + 40)[["column", "verdict"]].values.tolist()
    [['absent', 'large']]
    """
    names = [name for name in before.columns if name in now.columns]
    names = [name for name in names if name not in {"student_id", "class_id"}]
    if not names:
        raise ScreenError("audit.no_common_column", number=len(before.columns))
    return pd.DataFrame([_row(str(name), before[name], now[name], bins) for name in names])


def when_to_refit(found: pd.DataFrame, score: str = "risk_index") -> Refit:
    """Return whether a model should be taught again.

    A large shift of the score itself, or of a quarter of the figures, says yes; any large shift or
    drift of coverage says that somebody should look why first. A shift may be a new way of
    keeping the register and no change in students; then mend the register, not the model.

    Parameters
    ----------
    found
        From :func:`drift`.
    score
        The column that holds the index or score.

    Examples
    --------
    >>> table = pd.DataFrame(
    ...     {"column": ["risk_index"], "verdict": ["large"], "coverage_drift": [False]}
    ... )
    >>> when_to_refit(table).needed
    'yes'
    """
    shifted = tuple(found.loc[found["verdict"] == "large", "column"])
    coverage = tuple(found.loc[found["coverage_drift"].astype(bool), "column"])
    if score in shifted or len(shifted) * 4 >= max(len(found), 4):
        return Refit("yes", shifted, coverage)
    return Refit("look" if shifted or coverage else "no", shifted, coverage)


def _row(name: str, before: pd.Series[Any], now: pd.Series[Any], bins: int) -> dict[str, object]:
    first, second = _known(before), _known(now)
    value = psi(before, now, bins)
    classes = len(_cuts(first, bins)) + 1
    chance = (classes - 1) * (1 / max(len(first), 1) + 1 / max(len(second), 1))
    shares = [len(known) / max(len(all_), 1) for known, all_ in ((first, before), (second, now))]
    return {
        "column": name,
        "psi": value,
        "by_chance": chance,
        "verdict": _verdict(value),
        "known_before": shares[0],
        "known_now": shares[1],
        "coverage": shares[1] - shares[0],
        "coverage_drift": abs(shares[1] - shares[0]) >= COVERAGE,
    }


def _verdict(value: float) -> str:
    if np.isnan(value):
        return "cannot"
    return "large" if value >= LARGE else "some" if value >= SOME else "steady"


def _known(values: npt.ArrayLike | pd.Series[Any]) -> Floats:
    numbers = pd.to_numeric(pd.Series(np.asarray(values, dtype=object)), errors="coerce")
    found: Floats = numbers.to_numpy(dtype=np.float64, na_value=np.nan)
    return found[np.isfinite(found)]


def _cuts(values: Floats, bins: int) -> Floats:
    """Return the upper ends of all classes but the last."""
    single = np.unique(values)
    if len(single) <= bins:
        return single[:-1]
    return np.unique(np.quantile(values, np.linspace(0, 1, bins + 1)[1:-1]))


def _shares(values: Floats, cuts: Floats) -> Floats:
    counts = np.bincount(np.searchsorted(cuts, values), minlength=len(cuts) + 1).astype(np.float64)
    counts = np.where(counts == 0, _HALF, counts)
    shares: Floats = counts / counts.sum()
    return shares
