"""Checking a declaration: what cannot be honoured is refused before anything is estimated."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

import numpy as np
import pandas as pd

from visitkit.errors import ReviewError
from visitkit.review.inputs import flags, numbers
from visitkit.review.study.declare import ASSIGNMENTS, METHODS, Declared, Details

#: Columns that each way of assigning needs beside the outcome.
NEEDED = {
    "randomised": ("unit", "treat"),
    "threshold": ("unit", "treat", "record"),
    "chosen": ("unit", "treat", "baseline"),
    "staggered": ("unit", "time", "first"),
    "series": ("time", "start"),
    "time_to_event": ("unit", "treat", "cause", "horizon"),
}
#: Settings that mean something under some ways of assigning only.
_ONLY = {
    "method": ("chosen",),
    "adjust": ("chosen",),
    "record": ("threshold",),
    "first_visit": ("threshold",),
    "bandwidth": ("threshold",),
    "harm": ("randomised", "threshold", "chosen"),
    "first": ("staggered",),
    "start": ("series",),
    "season": ("series",),
    "cause": ("time_to_event",),
    "horizon": ("time_to_event",),
    "drawn": ("time_to_event",),
}


def declare(panel: pd.DataFrame, columns: Mapping[str, Any], details: Details) -> Declared:
    """Check a declaration against its table.

    Parameters
    ----------
    panel
        One row a student; a row a student and period where ``time`` is declared; a row a period
        for a series.
    columns
        ``outcome``, ``assign``, ``unit``, ``treat``, ``baseline`` and ``cluster``.
    details
        Further settings.

    Raises
    ------
    ReviewError
        When a setting is unknown or out of place, a column is missing, a student stands twice, the
        outcome is the score, the treatment or a measure from before, or a threshold study has no
        frozen record.
    """
    known = {one.name for one in fields(Declared)} - {"table", "left_out"}
    strange = sorted(set(details) - known)
    if strange:
        raise ReviewError("study.unknown_setting", settings=", ".join(strange))
    given = dict(columns) | dict(details)
    given["outcome"] = _names(given["outcome"])
    given["baseline"] = _names(given["baseline"])
    _check_assign(given)
    _check_columns(panel, given)
    _check_outcomes(panel, given)
    _check_harm(given)
    table, left_out = _without_crisis(panel, given.get("crisis"))
    if given["assign"] not in {"staggered", "series"}:
        _one_row_a_unit(table, given["unit"])
    return Declared(table=table, left_out=left_out, **given)


def _names(value: str | Sequence[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def _check_assign(given: Mapping[str, Any]) -> None:
    assign = given["assign"]
    if assign not in ASSIGNMENTS:
        _unknown("assign", assign, ASSIGNMENTS)
    if given.get("method", METHODS[0]) not in METHODS:
        _unknown("method", given["method"], METHODS)
    if assign == "threshold" and given.get("record") is None:
        raise ReviewError("study.no_record")
    misplaced = [
        name
        for name, allowed in _ONLY.items()
        if given.get(name) not in (None, {}) and assign not in allowed
    ]
    if misplaced:
        key = "study.only_threshold" if assign == "threshold" else "study.misplaced"
        raise ReviewError(key, settings=", ".join(misplaced), assign=assign)
    empty = [name for name in NEEDED[assign] if given.get(name) in (None, "", ())]
    if empty:
        raise ReviewError("study.needed", settings=", ".join(empty), assign=assign)
    if not given["outcome"]:
        raise ReviewError("study.needed", settings="outcome", assign=assign)


def _unknown(setting: str, found: object, allowed: Sequence[str]) -> None:
    raise ReviewError(
        "review_designs.unknown_choice", setting=setting, found=found, allowed=", ".join(allowed)
    )


def _check_columns(panel: pd.DataFrame, given: Mapping[str, Any]) -> None:
    single = ("unit", "treat", "cluster", "score", "time", "first", "season", "cause", "crisis")
    named = [given.get(name) for name in (*single, "placebo")]
    named += [*given["outcome"], *given["baseline"], *given.get("before", {}).values()]
    missing = sorted({str(one) for one in named if one and one not in panel.columns})
    if missing:
        raise ReviewError("review_designs.columns_missing", columns=", ".join(missing))
    if panel.empty:
        raise ReviewError("review_designs.all_missing")


def _check_outcomes(panel: pd.DataFrame, given: Mapping[str, Any]) -> None:
    """Refuse an outcome by which students were chosen, or that was there before."""
    taken = {given.get(name) for name in ("treat", "cluster", "time", "first", "cause")}
    taken |= {*given["baseline"], *given.get("before", {}).values()}
    wrong = [name for name in given["outcome"] if name in taken]
    if wrong:
        raise ReviewError("study.outcome_taken", columns=", ".join(wrong))
    score = given.get("score")
    if score is None:
        return
    for name in given["outcome"]:
        if name == score or same_line(panel[name], panel[score]):
            raise ReviewError("review_designs.outcome_is_score")


def _check_harm(given: Mapping[str, Any]) -> None:
    """Refuse a limit of harm without direction, or without anything to be worse than."""
    for name, by in given.get("harm", {}).items():
        if name not in given["outcome"]:
            raise ReviewError("study.no_such_outcome", outcome=name)
        if name not in given.get("before", {}):
            raise ReviewError("study.harm_without_before", outcome=name)
        if not (math.isfinite(by) and by):
            raise ReviewError("study.harm_without_way", outcome=name, found=by)


def same_line(one: pd.Series[Any], other: pd.Series[Any]) -> bool:
    """Tell whether two columns are the same figures, perhaps in another unit."""
    a, b = numbers(one, str(one.name)), numbers(other, str(other.name))
    known = ~np.isnan(a) & ~np.isnan(b)
    if known.sum() < 4 or np.ptp(a[known]) == 0 or np.ptp(b[known]) == 0:
        return False
    return bool(abs(np.corrcoef(a[known], b[known])[0, 1]) > 1 - 1e-12)


def _without_crisis(panel: pd.DataFrame, column: str | None) -> tuple[pd.DataFrame, int]:
    if column is None:
        return panel.reset_index(drop=True), 0
    urgent = flags(panel[column], column)
    return panel.loc[~urgent].reset_index(drop=True), int(urgent.sum())


def _one_row_a_unit(table: pd.DataFrame, unit: str) -> None:
    if table[unit].isna().any():
        raise ReviewError("review_designs.label_missing", column=unit)
    twice = int(table[unit].duplicated().sum())
    if twice:
        raise ReviewError("review_designs.unit_twice", number=twice)
