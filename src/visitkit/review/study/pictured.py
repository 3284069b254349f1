"""The picture behind a figure, in numbers: one kind a design, and nobody to be recognised in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from visitkit.errors import ReviewError
from visitkit.review.designs.curves import cumulative_incidence
from visitkit.review.designs.interrupted import SeriesEffect
from visitkit.review.designs.matching import MatchedPairs
from visitkit.review.designs.threshold import ThresholdData
from visitkit.review.designs.weighting import WeightedEffect
from visitkit.review.estimates import share
from visitkit.review.inputs import numbers
from visitkit.review.result import Flags, Floats
from visitkit.review.small_cells import FLOOR, LEAST
from visitkit.review.study.binned import ThresholdPicture, threshold_picture
from visitkit.review.study.change import Starts
from visitkit.review.study.declare import Declared
from visitkit.review.study.effect import Found
from visitkit.review.study.ending import Ends

#: Quantiles that are drawn of a side, by how many students it has at least: so many stand between
#: two of them that none can be told from the picture.
_QUANTILES = ((10 * LEAST, 10), (4 * FLOOR, 4))
#: Bands of the chance of treatment.
_BANDS = 10


@dataclass(frozen=True, slots=True)
class EventPicture:
    """Effects by periods since the start, those before it among them.

    Parameters
    ----------
    outcome
        Its column.
    points : pandas.DataFrame
        ``at`` (0 is the period of the start), ``estimate``, ``low`` and ``high``.
    """

    outcome: str
    points: pd.DataFrame


@dataclass(frozen=True, slots=True)
class SeriesPicture:
    """One series and what was to be expected without a start.

    Parameters
    ----------
    outcome
        Its column.
    path : pandas.DataFrame
        ``time``, ``observed``, ``fitted``, ``counterfactual``, ``low`` and ``high``, the last three
        missing before the start.
    start
        First period of treatment.
    """

    outcome: str
    path: pd.DataFrame
    start: float


@dataclass(frozen=True, slots=True)
class CurvesPicture:
    """Share ended for the end of interest, other ends competing, side by side.

    Parameters
    ----------
    outcome
        Column of the time watched.
    curves : pandas.DataFrame
        ``side`` (``"treated"``, ``"control"``), ``time``, ``share``, ``low``, ``high`` and
        ``at_risk``; only while 10 students or more are still watched.
    horizon
        By which ends are counted.
    """

    outcome: str
    curves: pd.DataFrame
    horizon: float


@dataclass(frozen=True, slots=True)
class SidesPicture:
    """How the outcome is spread on each side.

    Parameters
    ----------
    outcome
        Its column.
    kind
        ``"quantiles"``; or ``"shares"`` where the outcome is yes or no.
    points : pandas.DataFrame
        ``side``, ``at`` (share of the side at or below the value; missing for shares), ``value``,
        and ``low`` and ``high`` (for shares, Wilson).
    """

    outcome: str
    kind: str
    points: pd.DataFrame


@dataclass(frozen=True, slots=True)
class OverlapPicture:
    """Whether the sides have students with the same chance of treatment.

    Parameters
    ----------
    outcome
        Its column.
    bands : pandas.DataFrame
        ``low`` and ``high`` end of the band of chances; ``treated``, ``control``: share of each
        side in it before; ``weighted``: share of the others as they are compared. Missing where a
        band holds some students but fewer than 5.
    shared
        Lowest and highest chance that both sides have.
    """

    outcome: str
    bands: pd.DataFrame
    shared: tuple[float, float]


DesignPicture = (
    ThresholdPicture | EventPicture | SeriesPicture | CurvesPicture | SidesPicture | OverlapPicture
)


def pictured(given: Declared, found: Found) -> DesignPicture:
    """Return the picture behind one figure.

    Parameters
    ----------
    given, found
        The declared study and what it found for one outcome.

    Raises
    ------
    ReviewError
        When so few students stand on a side that a picture would show single ones.
    """
    name = found.outcome
    match found.material:
        case (ThresholdData() as data, second):
            return threshold_picture(name, data, second)
        case Starts() as starts:
            return EventPicture(name, _points(starts))
        case SeriesEffect() as one:
            return SeriesPicture(name, one.path, float(given.start or 0.0))
        case Ends() as ends:
            return CurvesPicture(name, _curves(ends), float(given.horizon or 0.0))
        case WeightedEffect() | MatchedPairs() as made:
            return _overlap(given, found, made)
        case _:
            return _sides(given, found)


def _points(starts: Starts) -> pd.DataFrame:
    rows = [(one.at, one.effect.estimate, *one.effect.ci) for one in starts.since.points]
    return pd.DataFrame(rows, columns=["at", "estimate", "low", "high"])


def _curves(ends: Ends) -> pd.DataFrame:
    told, names = [], ["time", "share", "low", "high", "at_risk"]
    for side, rows in (("treated", ends.spells.treated), ("control", ~ends.spells.treated)):
        time, cause = ends.spells.time[rows], ends.spells.cause[rows]
        curve = cumulative_incidence(time, cause)[names]
        first = pd.DataFrame([(0.0, 0.0, 0.0, 0.0, len(time))], columns=names)
        curve = pd.concat([first, curve[curve["at_risk"] >= LEAST]], ignore_index=True)
        told.append(curve.assign(side=side))
    return pd.concat(told, ignore_index=True)


def _sides(given: Declared, found: Found) -> SidesPicture:
    y = numbers(given.table[found.outcome], found.outcome)
    rows: list[tuple[str, float, float, float, float]] = []
    yes_or_no = set(np.unique(y[found.analysed])) <= {0.0, 1.0}
    for side, on in (("treated", given.treated), ("control", ~given.treated)):
        values = y[found.analysed & on]
        rows += [(side, *row) for row in (_share(values) if yes_or_no else _quantiles(values))]
    table = pd.DataFrame(rows, columns=["side", "at", "value", "low", "high"])
    return SidesPicture(found.outcome, "shares" if yes_or_no else "quantiles", table)


def _quantiles(values: Floats) -> Iterator[tuple[float, float, float, float]]:
    parts = next((parts for least, parts in _QUANTILES if len(values) >= least), None)
    if parts is None:
        raise ReviewError("review.picture_small", number=len(values), least=_QUANTILES[-1][0])
    for place in range(1, parts):
        at = place / parts
        yield at, float(np.quantile(values, at)), np.nan, np.nan


def _share(values: Floats) -> Iterator[tuple[float, float, float, float]]:
    yes = int(values.sum())
    if min(yes, len(values) - yes) < FLOOR:
        raise ReviewError("review.picture_small", number=min(yes, len(values) - yes), least=FLOOR)
    known = share(yes, len(values)).whole()
    if known is not None:
        yield np.nan, *known


def _overlap(given: Declared, found: Found, made: WeightedEffect | MatchedPairs) -> OverlapPicture:
    known = ~np.isnan(numbers(given.table[found.outcome], found.outcome))
    rows: Flags = known & ~given.covariates.isna().any(axis=1).to_numpy()
    treated, score = given.treated[rows], made.score
    ends = np.linspace(0.0, 1.0, _BANDS + 1)
    here = ~np.isnan(score)
    table = pd.DataFrame({"low": ends[:-1], "high": ends[1:]})
    for side, on in (("treated", treated), ("control", ~treated)):
        count = np.histogram(score[here & on], ends)[0]
        hidden = (count > 0) & (count < FLOOR)
        table[side] = np.where(hidden, np.nan, count / max(count.sum(), 1))
    heavy = np.histogram(score[here & ~treated], ends, weights=made.weight[here & ~treated])[0]
    table["weighted"] = np.where(table["control"].isna(), np.nan, heavy / max(heavy.sum(), 1e-12))
    return OverlapPicture(found.outcome, table, made.overlap.shared)
