"""Why a student stands where he or she stands: alerts, concerns, what protects, what is unknown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from visitkit.screen.card import Card
from visitkit.screen.catalog import BY_NAME
from visitkit.screen.frames import Assessment, Indicators
from visitkit.screen.points import weight_shares

#: Kinds of reason in the order in which they are told.
KINDS = ("alert", "concern", "protects", "unknown")

COLUMNS = (
    "student_id",
    "kind",
    "order",
    "indicator",
    "figure",
    "unit",
    "date",
    "class_median",
    "points",
)

Flags = npt.NDArray[np.bool_]


def class_medians(figures: Indicators, names: Sequence[str]) -> pd.DataFrame:
    """Return, for each student, the median of the class for each figure.

    Parameters
    ----------
    figures
        Figures by student with ``class_id``; without it, or for a student without a class, the
        medians are missing.
    names
        Columns wanted; one that is not there is missing throughout.
    """
    frame = pd.DataFrame(figures).reindex(columns=list(names)).astype("float64")
    classes = figures.class_id
    if classes is None or classes.reindex(frame.index).isna().all():
        return frame * np.nan
    classes = classes.reindex(frame.index)
    return frame.groupby(classes).transform("median").reindex(frame.index)


def reasons(assessment: Assessment, alerts: pd.DataFrame) -> pd.DataFrame:
    """Return all reasons of all students, long.

    Parameters
    ----------
    assessment
        With its points, contributions, figures and model.
    alerts
        Open alerts that raise: ``student_id``, ``rule``, ``opened`` in the order of telling.

    Returns
    -------
    pandas.DataFrame
        ``student_id``, ``kind``, ``order``, ``indicator`` (for an alert: the rule), ``figure``,
        ``unit``, ``date``, ``class_median``, ``points``, in order of student, kind and order.
        Concerns are ordered by what they add to the index, the largest first; what is unknown by
        its share in ``coverage``.
    """
    points, shares, figures = assessment.points, assessment.contributions, assessment.figures
    if points is None or shares is None or figures is None:
        return _of_alerts(alerts)
    card: Card = assessment.model.card_
    ids = [str(one) for one in assessment.index]
    cells = {
        "figure": pd.DataFrame(figures).reindex(columns=list(card.names)).to_numpy(dtype=float),
        "class_median": class_medians(figures, card.names).to_numpy(),
        "date": _dates(figures, card.names),
        "points": points.to_numpy(),
    }
    weights = weight_shares(card)
    earned = np.nan_to_num(cells["points"]) * weights
    found = {
        "concern": (earned > 0, -shares.to_numpy()),
        "protects": (_protects(card, cells), np.zeros_like(earned)),
        "unknown": (np.isnan(cells["points"]) & (weights > 0), np.zeros_like(earned) - weights),
    }
    parts = [_of_alerts(alerts)]
    for kind, (where, by) in found.items():
        parts.append(_long(kind, where, by, ids, card, cells))
    return _ordered(parts)


def _protects(card: Card, cells: dict[str, npt.NDArray[Any]]) -> Flags:
    """Tell which figures speak for a student: no points, and at least as good as half the class."""
    good = np.zeros(cells["figure"].shape, dtype=bool)
    for place, line in enumerate(card.lines):
        known = BY_NAME.get(line.name)
        if known is None or not known.protective:
            continue
        figure, median = cells["figure"][:, place], cells["class_median"][:, place]
        sign = 1.0 if line.worse == "high" else -1.0
        as_good = np.isnan(median) | (sign * figure <= sign * median)
        if known.unit == "step":  # a fair climate is not a good one, whatever the class says
            as_good &= figure < 1
        elif known.unit == "sd":
            as_good &= figure > 0
        good[:, place] = (cells["points"][:, place] == 0) & as_good
    return good


def _long(
    kind: str,
    where: Flags,
    by: npt.NDArray[np.float64],
    ids: Sequence[str],
    card: Card,
    cells: dict[str, npt.NDArray[Any]],
) -> pd.DataFrame:
    rows, columns = np.nonzero(where)
    order = np.lexsort((columns, by[rows, columns], rows))
    rows, columns = rows[order], columns[order]
    names = np.array(card.names, dtype=object)
    units = np.array(
        [BY_NAME[name].unit if name in BY_NAME else "" for name in card.names], dtype=object
    )
    long = pd.DataFrame(
        {
            "student_id": np.array(ids, dtype=object)[rows],
            "kind": kind,
            "indicator": names[columns],
            "unit": units[columns],
            **{name: values[rows, columns] for name, values in cells.items()},
        }
    )
    return _numbered(long)


def _of_alerts(alerts: pd.DataFrame) -> pd.DataFrame:
    long = pd.DataFrame(
        {
            "student_id": alerts["student_id"].astype(object),
            "kind": "alert",
            "indicator": alerts["rule"].astype(object),
            "unit": "",
            "figure": np.nan,
            "class_median": np.nan,
            "date": pd.to_datetime(alerts["opened"]).astype("datetime64[us]"),
            "points": np.nan,
        }
    )
    return _numbered(long)


def _numbered(long: pd.DataFrame) -> pd.DataFrame:
    return long.assign(order=long.groupby("student_id", sort=False).cumcount() + 1)


def _ordered(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    table = pd.concat(parts, ignore_index=True)
    rank = table["kind"].map({kind: place for place, kind in enumerate(KINDS)})
    table = table.assign(_kind=rank).sort_values(["student_id", "_kind", "order"], kind="stable")
    return table.reset_index(drop=True)[list(COLUMNS)]


def _dates(figures: Indicators, names: Sequence[str]) -> npt.NDArray[np.datetime64]:
    shape = (len(figures), len(names))
    dates = np.full(shape, np.datetime64("NaT", "us"), dtype="datetime64[us]")
    if figures.dates is None:
        return dates
    given = figures.dates.reindex(index=figures.index)
    for place, name in enumerate(names):
        if name in given.columns:
            dates[:, place] = pd.to_datetime(given[name]).to_numpy(dtype="datetime64[us]")
    return dates
