"""Scoring a whole ``surveys`` table, whatever questionnaires stand in it.

Never an error for a sheet: a questionnaire that is not known, or answers whose coding was not
declared, leave their figures missing and say why.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import pandas as pd

from visitkit.errors import ScreenError
from visitkit.screen.instruments.answers import Floats
from visitkit.screen.instruments.read import names, read_instrument, resolve
from visitkit.screen.instruments.result import Result, examine
from visitkit.screen.instruments.score import note_list, nullable

T = TypeVar("T")

#: Columns of a scored ``surveys`` table with their types.
COLUMNS = {
    "student_id": "str",
    "date": "datetime64[us]",
    "instrument": "str",
    "administration": "str",
    "state": "str",
    "total": "float64",
    "total_low": "float64",
    "total_high": "float64",
    "flagged": "boolean",
    "ratio": "float64",
    "subscales_raised": "float64",
    "critical_hits": "str",
    "critical_missing": "str",
    "soft_hits": "str",
    "notes": "str",
    "norm": "str",
}


def score_table(
    surveys: pd.DataFrame,
    norm: Mapping[str, str] | None = None,
    coding: Mapping[str, str] | None = None,
    critical: Mapping[str, Mapping[int, int]] | None = None,
) -> pd.DataFrame:
    """Score a ``surveys`` table that may hold sheets of many questionnaires.

    Parameters
    ----------
    surveys
        Columns as in :data:`visitkit.tables.SURVEYS`, then ``item_1`` .. ``item_n``; missing
        where not answered.
    norm
        Questionnaire to the name of its norm; the default norm where there is none.
    coding
        Questionnaire to the coding of its answers, for example ``{"SCL-90": "0-4"}``.
    critical
        Questionnaire to item number to the answer from which a critical item counts, for example
        ``{"SDS": {19: 3}}``.

    Returns
    -------
    pandas.DataFrame
        A row a sheet in the order and with the index of ``surveys``, columns as in
        :data:`COLUMNS`. ``instrument`` is the code of the form, or what was written where it is
        not known. ``ratio`` is the total over its cut-off (the worst subscale over its own where
        the norm has none for the total), from 1 on flagged; where items are missing but the
        answer is decided, the bound nearest the cut-off. ``subscales_raised`` is the percentage
        of subscales at their cut-off. Both are missing on a void or undetermined sheet; so is the
        total of a void sheet. ``state``
        is ``unknown``, ``notes`` ``unknown_instrument`` and every figure missing where the
        questionnaire is not known. Empty texts mean none.

    Raises
    ------
    ScreenError
        When a questionnaire, norm, coding or critical item named in the choices is not known.

    Examples
    --------
    >>> surveys = pd.DataFrame({"student_id": ["S1"], "date": pd.to_datetime(["2026-10-12"])})
    >>> surveys["instrument"], surveys["administration"] = "gad7", "autumn"
    >>> surveys[[f"item_{n}" for n in range(1, 8)]] = 2.0
    >>> score_table(surveys)[["instrument", "state", "total", "ratio"]]
      instrument  state  total  ratio
    0      GAD-7  valid   14.0    1.4
    """
    choices = _Choices(_by_form(norm), _by_form(coding), _by_form(critical))
    forms = {written: resolve(written) for written in surveys["instrument"].dropna().unique()}
    known = np.array([(forms.get(each) or ("", ""))[1] for each in surveys["instrument"]], object)
    blocks = []
    for form in sorted(set(known)):
        place = np.flatnonzero(known == form)
        rows = surveys.iloc[place]
        block = _scored(form, rows, choices) if form else _unknown(rows)
        block["_place"] = place
        blocks.append(block)
    return _together(surveys, blocks)


@dataclass(frozen=True)
class _Choices:
    norm: Mapping[str, str]
    coding: Mapping[str, str]
    critical: Mapping[str, Mapping[int, int]]


def _by_form(choice: Mapping[str, T] | None) -> dict[str, T]:
    found: dict[str, T] = {}
    for written, value in (choice or {}).items():
        known = resolve(written)
        if known is None:
            raise ScreenError(
                "instruments.unknown_instrument", instrument=written, allowed=", ".join(names())
            )
        found[known[1]] = value
    return found


def _scored(form: str, rows: pd.DataFrame, choices: _Choices) -> pd.DataFrame:
    instrument = read_instrument(form)
    # Another form is another person answering: its norm is its own, its coding need not be.
    norm = instrument.norm(choices.norm.get(form))
    coding = choices.coding.get(form, choices.coding.get(instrument.code))
    levels = choices.critical.get(form, choices.critical.get(instrument.code, {}))
    coding = instrument.coding(coding) if coding else instrument.default_coding
    found = examine(instrument.with_critical(levels), rows, norm, coding)
    total, readable = found.figures["total"], np.isin(found.state, ("valid", "incomplete"))
    void = found.state == "void"
    return pd.DataFrame(
        {
            "instrument": form,
            "state": found.state,
            "total": np.where(void, np.nan, total.figure),
            "total_low": np.where(void, np.nan, total.low),
            "total_high": np.where(void, np.nan, total.high),
            "flagged": nullable(np.where(void, np.nan, found.flagged)),
            "ratio": np.where(readable, _ratio(found), np.nan),
            "subscales_raised": np.where(readable, _raised(found), np.nan),
            "critical_hits": found.critical.hits,
            "critical_missing": found.critical.missing,
            "soft_hits": found.critical.soft,
            "notes": note_list(found.notes, len(rows)),
            "norm": norm.name,
        }
    )


def _ratio(found: Result) -> Floats:
    """Return the total over its cut-off, else the worst subscale over its own."""
    cutoff = found.norm.cutoff("total")
    if cutoff:
        return found.figures["total"].nearest(cutoff) / cutoff.at
    subscales = {scale.name for scale in found.instrument.scales}
    each = [
        found.figures[cutoff.scale].nearest(cutoff) / cutoff.at
        for cutoff in found.norm.cutoffs
        if cutoff.scale in subscales and cutoff.worse == "high"
    ]
    if not each:
        return np.full(len(found.state), np.nan)
    ratios = np.vstack(each)
    worst = np.fmax.reduce(ratios)
    # A subscale that cannot be told may be the worst one, unless another is flagged already.
    return np.where(np.isnan(ratios).any(axis=0) & ~(worst >= 1), np.nan, worst)


def _raised(found: Result) -> Floats:
    """Return the percentage of subscales at their cut-off; missing where one cannot be told."""
    each = [
        found.flags[scale.name] for scale in found.instrument.scales if scale.name in found.flags
    ]
    if not each:
        return np.full(len(found.state), np.nan)
    return np.asarray(np.vstack(each).mean(axis=0) * 100, dtype=float)


def _unknown(rows: pd.DataFrame) -> pd.DataFrame:
    table = pd.DataFrame({"instrument": rows["instrument"].to_numpy()})
    for name in ("total", "total_low", "total_high", "ratio", "subscales_raised"):
        table[name] = np.nan
    table["flagged"] = pd.array([None] * len(rows), dtype="boolean")
    return table.assign(
        state="unknown",
        critical_hits="",
        critical_missing="",
        soft_hits="",
        notes="unknown_instrument",
        norm="",
    )


def _together(surveys: pd.DataFrame, blocks: list[pd.DataFrame]) -> pd.DataFrame:
    """Put the blocks back into the order of the table they came from."""
    if blocks:
        table = pd.concat(blocks, ignore_index=True).sort_values("_place", ignore_index=True)
    else:
        table = pd.DataFrame(columns=list(COLUMNS))
    for name in ("student_id", "date", "administration"):
        table[name] = surveys[name].array if name in surveys else None
    table = table[list(COLUMNS)].astype(COLUMNS)
    table.index = surveys.index
    return table
