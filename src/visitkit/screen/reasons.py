"""Why a student stands where he or she stands: alerts, concerns, what protects, what is unknown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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
Places = npt.NDArray[np.int64]


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
    told = [_of_alerts(alerts)]
    points, shares, figures = assessment.points, assessment.contributions, assessment.figures
    if points is None or shares is None or figures is None:
        return _ordered(told)
    card: Card = assessment.model.card_
    ids = np.array([str(one) for one in assessment.index.to_list()], dtype=object)
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
    told += [_part(kind, where, by, ids, card, cells) for kind, (where, by) in found.items()]
    return _ordered(told)


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


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """Reasons of one kind, in the order of telling: words as places, since words are slow to sort.

    ``student`` and ``indicator`` hold places in ``students`` and ``indicators``; ``units`` has the
    unit of each indicator, ``cells`` the columns of numbers.
    """

    kind: str
    students: npt.NDArray[np.object_]
    student: Places
    indicators: Sequence[str]
    indicator: Places
    units: Sequence[str]
    cells: dict[str, npt.NDArray[Any]]


def _part(
    kind: str,
    where: Flags,
    by: npt.NDArray[np.float64],
    ids: npt.NDArray[np.object_],
    card: Card,
    cells: dict[str, npt.NDArray[Any]],
) -> _Part:
    rows, columns = np.nonzero(where)
    order = np.lexsort((columns, by[rows, columns], rows))
    rows, columns = rows[order], columns[order]
    units = [BY_NAME[name].unit if name in BY_NAME else "" for name in card.names]
    picked = {name: values[rows, columns] for name, values in cells.items()}
    return _Part(kind, ids, rows, card.names, columns, units, picked)


def _of_alerts(alerts: pd.DataFrame) -> _Part:
    student, ids = pd.factorize(alerts["student_id"].astype(object))
    rule, rules = pd.factorize(alerts["rule"].astype(object))
    nothing = np.full(len(alerts), np.nan)
    opened = pd.to_datetime(alerts["opened"]).to_numpy(dtype="datetime64[us]")
    cells = {"figure": nothing, "class_median": nothing, "date": opened, "points": nothing}
    names = [str(one) for one in rules]
    return _Part("alert", np.asarray(ids), student, names, rule, [""] * len(names), cells)


def _ordered(parts: Sequence[_Part]) -> pd.DataFrame:
    """Return the table of all parts, in order of student, kind and order of telling."""
    everybody = sorted({one for part in parts for one in part.students})
    place = {one: number for number, one in enumerate(everybody)}
    named = [np.array([place[one] for one in part.students], dtype=np.int64) for part in parts]
    student = np.concatenate(
        [whole[part.student] for whole, part in zip(named, parts, strict=True)]
    )
    kind = np.repeat([KINDS.index(part.kind) for part in parts], [len(p.student) for p in parts])
    group = student * len(KINDS) + kind
    rows = np.argsort(group, kind="stable")
    group = group[rows]
    starts = np.flatnonzero(np.diff(group, prepend=-1))
    within = np.arange(len(group)) - np.repeat(starts, np.diff(starts, append=len(group)))
    cells = {
        name: np.concatenate([part.cells[name] for part in parts])[rows] for name in parts[0].cells
    }
    first = np.cumsum([0, *(len(part.indicators) for part in parts)])
    shown = np.concatenate([part.indicator + at for part, at in zip(parts, first, strict=False)])
    columns = {
        "student_id": _objects(everybody, student[rows]),
        "kind": _words(KINDS, kind[rows]),
        "order": within + 1,
        "indicator": _objects([one for part in parts for one in part.indicators], shown[rows]),
        "unit": _words([one for part in parts for one in part.units], shown[rows]),
        **cells,
    }
    return pd.DataFrame(columns)[list(COLUMNS)]


def _objects(known: Sequence[str], places: Places) -> pd.Series[Any]:
    """Return the word at each place as plain objects, which are read fastest one by one."""
    return pd.Series(np.array(known, dtype=object)[places], dtype=object)


def _words(known: Sequence[str], places: Places) -> pd.api.extensions.ExtensionArray:
    """Return the word at each place; only the different words are looked at one by one."""
    return pd.array(list(known), dtype="str").take(places)


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
