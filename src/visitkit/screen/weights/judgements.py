"""Pairwise judgements by people: weights, how consistent they are, and which pair to talk over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from visitkit.errors import ScreenError

Floats = npt.NDArray[np.float64]

#: Mean consistency index of random matrices of size 1, 2, 3 ...: Alonso and Lamata 2006,
#: doi:10.1142/S0218488506004114; a test draws its own and compares.
RANDOM_INDEX = (0.0, 0.0, 0.5245, 0.8815, 1.1086, 1.2479, 1.3417, 1.4056, 1.4499, 1.4854)

#: Above this ratio the judgements contradict each other too much to be used: Saaty 1980.
MOST_RATIO = 0.10

_SCALE = 9.0


@dataclass(frozen=True)
class Judged:
    """Weights from pairwise judgements.

    Parameters
    ----------
    weights
        Name to weight; they add up to 1.
    ratio
        Consistency ratio; 0 is perfectly consistent, above 0.10 the judgements should be talked
        over before anybody uses them. Missing with judgements that were left out.
    pairs
        Every judged pair, the one that fits the others worst first: ``first``, ``second``,
        ``judged``, ``implied`` (by the weights), ``ratio_if_mended`` (the consistency ratio if this
        one judgement were replaced by what the other judgements imply).
    judges
        Number of judges.
    """

    weights: Mapping[str, float]
    ratio: float
    pairs: pd.DataFrame
    judges: int

    @property
    def usable(self) -> bool:
        """Whether the judgements are consistent enough."""
        return bool(np.isnan(self.ratio) or self.ratio <= MOST_RATIO)


def judge(judgements: pd.DataFrame | Sequence[pd.DataFrame]) -> Judged:
    """Return the weights behind pairwise judgements, by one judge or several.

    Several judges are brought together by the geometric mean of each pair, which alone keeps
    "twice as important" and "half as important" mirror images. A pair nobody judged is left open
    and the others decide.

    Parameters
    ----------
    judgements : DataFrame of shape (n, n), or a sequence of them
        Row over column: 3 means the row matters three times as much. The same names on both sides,
        1 on the diagonal, each pair reciprocal; NaN where a judge left a pair out. A value given on
        one side only is mirrored.

    Returns
    -------
    Judged

    Raises
    ------
    ScreenError
        When names differ, a value is not between 1/9 and 9, a pair contradicts its mirror image,
        or the judged pairs do not connect all names.

    References
    ----------
    Saaty 1980, *The Analytic Hierarchy Process*; several judges: Aczel and Saaty 1983,
    doi:10.1016/0022-2496(83)90028-7; missing judgements: Harker 1987,
    "Incomplete pairwise comparisons in the analytic hierarchy process", Mathematical Modelling
    9(11), 837-848.

    Examples
    --------
    >>> names = ["attendance", "academic", "family"]
    >>> table = pd.DataFrame([[1, 2, 4], [1/2, 1, 2], [1/4, 1/2, 1]], names, names)
    >>> found = judge(table)
    >>> {name: round(weight, 3) for name, weight in found.weights.items()}
    {'attendance': 0.571, 'academic': 0.286, 'family': 0.143}
    >>> round(abs(found.ratio), 6)
    0.0
    """
    tables = [judgements] if isinstance(judgements, pd.DataFrame) else list(judgements)
    if not tables:
        raise ScreenError("weights.no_judges")
    names = [str(name) for name in tables[0].columns]
    whole = _together([_checked(table, names) for table in tables])
    if not _connected(whole):
        raise ScreenError("weights.not_connected")
    weights, ratio = _weights(whole)
    return Judged(
        dict(zip(names, weights.tolist(), strict=True)),
        ratio,
        _pairs(whole, weights, names),
        len(tables),
    )


def _checked(table: pd.DataFrame, names: list[str]) -> Floats:
    if [str(name) for name in table.columns] != names or [str(n) for n in table.index] != names:
        raise ScreenError("weights.other_names", allowed=", ".join(names))
    values = table.to_numpy(dtype=np.float64).copy()
    np.fill_diagonal(values, 1.0)
    values = np.where(np.isnan(values), 1 / values.T, values)
    known = ~np.isnan(values)
    for row, column in zip(*np.nonzero(known), strict=True):
        value = values[row, column]
        pair = {"first": names[row], "second": names[column]}
        if not 1 / _SCALE - 1e-9 <= value <= _SCALE + 1e-9:
            raise ScreenError("weights.off_scale", found=f"{value:g}", **pair)
        if abs(np.log(value * values[column, row])) > 0.01:
            raise ScreenError(
                "weights.not_mirrored",
                found=f"{value:g}",
                mirror=f"{values[column, row]:g}",
                **pair,
            )
    return values


def _together(tables: list[Floats]) -> Floats:
    logs = np.log(np.stack(tables))
    known = ~np.isnan(logs)
    number = known.sum(axis=0)
    total = np.where(known, logs, 0.0).sum(axis=0)
    whole: Floats = np.exp(np.where(number > 0, total / np.maximum(number, 1), np.nan))
    return whole


def _connected(whole: Floats) -> bool:
    reached = {0}
    while True:
        more = {
            int(other) for place in reached for other in np.flatnonzero(~np.isnan(whole[place]))
        }
        if more <= reached:
            return len(reached) == len(whole)
        reached |= more


def _weights(whole: Floats) -> tuple[Floats, float]:
    """Return the principal eigenvector and the consistency ratio."""
    known = ~np.isnan(whole)
    # Harker: an open pair counts as what the weights themselves imply
    matrix = np.where(known, whole, 0.0)
    np.fill_diagonal(matrix, 1.0 + (~known).sum(axis=1))
    values, vectors = np.linalg.eig(matrix)
    place = int(np.argmax(values.real))
    vector = np.abs(vectors[:, place].real)
    return vector / vector.sum(), _ratio(float(values[place].real), known)


def _ratio(largest: float, known: npt.NDArray[np.bool_]) -> float:
    size = len(known)
    if size < 3:
        return 0.0
    if not known.all() or size > len(RANDOM_INDEX):
        return float("nan")
    return (largest - size) / (size - 1) / RANDOM_INDEX[size - 1]


def _pairs(whole: Floats, weights: Floats, names: list[str]) -> pd.DataFrame:
    rows = []
    for row in range(len(names)):
        for column in range(row + 1, len(names)):
            judged = whole[row, column]
            if np.isnan(judged):
                continue
            open_pair = whole.copy()
            open_pair[row, column] = open_pair[column, row] = np.nan
            mended = float("nan")
            implied = weights[row] / weights[column]
            if _connected(open_pair):
                others, _ = _weights(open_pair)
                implied = others[row] / others[column]
                open_pair[row, column], open_pair[column, row] = implied, 1 / implied
                mended = _weights(open_pair)[1]
            rows.append((names[row], names[column], judged, implied, mended))
    columns = ["first", "second", "judged", "implied", "ratio_if_mended"]
    table = pd.DataFrame(rows, columns=columns)
    table["gap"] = np.abs(np.log(table["judged"] / table["implied"]))
    order = table.sort_values(["gap", "first", "second"], ascending=[False, True, True])
    return order.drop(columns="gap").reset_index(drop=True)
