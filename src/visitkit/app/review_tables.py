"""Tables for the review: handed over by a person, or made up for practice."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from visitkit import sample
from visitkit.errors import ReviewError
from visitkit.load.outcomes import read_outcomes
from visitkit.load.plain import plain_table
from visitkit.sample.designs import made_study
from visitkit.screen.assignment import Basis, freeze_assignment

#: Endings of tables that are read.
ENDINGS = (".csv", ".xlsx")
#: Columns that are numbers of people or classes: they stay text, so that no leading zero is lost.
_AS_TEXT = ("student_id", "class_id", "teacher_id", "school_id", "goal_id")
_FROZEN_ON, _FIRST_VISIT, _CUT = dt.date(2026, 9, 7), dt.date(2026, 9, 28), 60.0


@dataclass(frozen=True)
class Handed:
    """A table for a study.

    Parameters
    ----------
    name
        Of the file; empty for a made-up one.
    table
        Its rows.
    design
        What is proposed to be declared; empty where nothing is known.
    settings
        What goes with it: columns, and a frozen record.
    """

    name: str
    table: pd.DataFrame = field(repr=False)
    design: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict, repr=False)


def table_of(name: str, data: bytes, *, all_text: bool = False) -> pd.DataFrame:
    r"""Read a csv or xlsx table.

    Parameters
    ----------
    name
        Of the file; its ending tells what it is.
    data
        Its bytes; csv in UTF-8, or in GB18030 as Chinese Excel writes it.
    all_text
        Whether every column stays text.

    Raises
    ------
    ReviewError
        When it is no table, or an empty one.

    Examples
    --------
    >>> table_of("a.csv", b"student_id,score\n007,3\n")["student_id"].tolist()
    ['007']
    """
    found = plain_table(name, data, None if all_text else _AS_TEXT)
    if found is None or found.empty:
        raise ReviewError("app_review.no_table", name=name)
    return found


def outcomes_of(kind: str, name: str, data: bytes) -> pd.DataFrame:
    """Read a table of scores or goals, see :func:`visitkit.load.outcomes.read_outcomes`.

    Raises
    ------
    VisitkitError
        When it is no table, an empty one, or lacks a column.
    """
    found = read_outcomes(kind, name, data)
    if found is None:
        raise ReviewError("app_review.no_table", name=name)
    return found


def made_up(design: str) -> Handed:
    """Return a made-up study of a design, whose true effect is known."""
    made = made_study(design, seed=1)
    settings: dict[str, Any] = {"outcome": made.outcome, **made.settings}
    if design == "threshold":
        scores = made.table.set_index("student_id")["score"]
        settings["record"] = freeze_assignment(scores, Basis("sample", _FROZEN_ON), cutoff=_CUT)
        settings["first_visit"] = _FIRST_VISIT
    return Handed("", made.table, design, settings)


def made_up_scores() -> pd.DataFrame:
    """Return made-up weekly scores of students before and after a first visit."""
    return sample.score_panel(seed=1)


@dataclass(frozen=True)
class ReadRecord:
    """A frozen record as it was kept in a file; the study checks it against its fingerprint."""

    table: pd.DataFrame
    content_hash: str
