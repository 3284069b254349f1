"""Who was flagged, by what score and when: written down before the first visit.

A study at the threshold (:class:`visitkit.review.Study`) is refused without this record. Students
in a crisis are always visited: they have no flag, no lot and no place in a study.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from visitkit.errors import ScreenError
from visitkit.outgoing.fingerprint import fingerprint
from visitkit.policy import Policy, as_toml
from visitkit.screen.caseload import Caseload
from visitkit.screen.index import STATES

#: What the record tells of each student; read by ``review.stats.read_record``.
COLUMNS = (
    "student_id",
    "score",
    "cutoff",
    "date",
    "model_hash",
    "flagged",
    "override",
    "reason",
)


@dataclass(frozen=True, slots=True)
class Cutoff:
    """Where the score was cut.

    Parameters
    ----------
    value
        Scores at or above it are flagged.
    flagged
        How many are.
    beyond
        How many more than there are places, because their scores tie with the last place.
    """

    value: float
    flagged: int
    beyond: int = 0


@dataclass(frozen=True, slots=True)
class Assignment:
    """A frozen record of who was flagged.

    Parameters
    ----------
    table
        Columns of :data:`COLUMNS`, one row a student in order of ``student_id``: ``score`` raw and
        unrounded (points of the index), ``date`` as ``YYYY-MM-DD``, ``flagged`` and ``override`` as
        0 and 1. An override means that the decision went against the flag and has its ``reason``.
    content_hash
        SHA-256 of the content; keep it apart from the file.
    cutoff
        The score that parts the flagged from the others.
    crisis
        Students in a crisis, in no row of the table: visited whatever their score.
    unscored
        Students too little known for a score, in no row of the table: a reason to ask, not a sign
        that all is well.
    """

    table: pd.DataFrame
    content_hash: str
    cutoff: Cutoff
    crisis: tuple[str, ...]
    unscored: tuple[str, ...]

    def __repr__(self) -> str:
        """Return sizes only: a record never prints its students by accident."""
        return (
            f"Assignment(students={len(self.table)}, flagged={self.cutoff.flagged}, "
            f"crisis={len(self.crisis)}, unscored={len(self.unscored)})"
        )


@dataclass(frozen=True, slots=True)
class Basis:
    """On what the score stands.

    Parameters
    ----------
    model_hash
        From :func:`model_fingerprint`.
    date
        Day on which the record is frozen; before the first visit.
    """

    model_hash: str
    date: dt.date

    def __post_init__(self) -> None:
        if not self.model_hash.strip():
            raise ScreenError("study.assignment.no_model")


def model_fingerprint(model: object, policy: Policy) -> str:
    """Return the SHA-256 of a points card (or any model that prints itself whole) and a policy.

    Parameters
    ----------
    model
        For example ``RiskIndex.card_``.
    policy
        The rules that were applied.
    """
    told = f"{model!r}\x1e{as_toml(policy)}"
    return hashlib.sha256(told.encode("utf-8")).hexdigest()


def capacity_cutoff(score: pd.Series[Any], capacity: int) -> Cutoff:
    """Return the cutoff that flags as many students as can be visited.

    Halfway between the last student flagged and the first who is not. Students with the same score
    stay together and are all flagged, so that no child misses a visit by a tie.

    Parameters
    ----------
    score
        Points, none missing.
    capacity
        Places, at least 1 and fewer than there are students.

    Raises
    ------
    ScreenError
        When the capacity is out of range, or everybody has the same score as the last place.

    Examples
    --------
    >>> capacity_cutoff(pd.Series([70.0, 64.5, 64.5, 60.0]), 2)
    Cutoff(value=62.25, flagged=3, beyond=1)
    """
    if not 1 <= capacity < len(score):
        raise ScreenError("study.assignment.capacity", found=capacity, students=len(score))
    ordered = np.sort(score.to_numpy(dtype=np.float64))[::-1]
    last = float(ordered[capacity - 1])
    below = ordered[ordered < last]
    if not len(below):
        raise ScreenError("study.assignment.all_tied", students=len(score))
    middle = (last + float(below[0])) / 2
    value = middle if middle > below[0] else last  # neighbouring numbers have nothing between them
    flagged = int((ordered >= value).sum())
    return Cutoff(value, flagged, flagged - capacity)


def freeze_assignment(
    score: pd.Series[Any],
    basis: Basis,
    *,
    cutoff: float | None = None,
    capacity: int | None = None,
    crisis: Iterable[str] = (),
    overrides: Mapping[str, str] | None = None,
) -> Assignment:
    """Write down who is flagged, and why where a decision goes against the flag.

    Parameters
    ----------
    score
        Raw score by ``student_id`` (the index), for example ``assessment["risk_index"]``.
    basis
        Fingerprint of model and policy, and the day.
    cutoff, capacity
        One of the two: a score fixed beforehand, or how many can be visited.
    crisis
        Students in a crisis: left out of the record and always visited.
    overrides
        Student to reason: to be visited in spite of a low score, or not in spite of a high one.

    Returns
    -------
    Assignment

    Raises
    ------
    ScreenError
        When a student stands twice, a student in a crisis or with an override is not known, an
        override has no reason, the cutoff flags nobody or everybody, or not exactly one of
        ``cutoff`` and ``capacity`` is given.

    Examples
    --------
    >>> score = pd.Series({"S1": 71.2, "S2": 64.8, "S3": 30.0, "S4": 88.0})
    >>> basis = Basis("a1", dt.date(2026, 9, 7))
    >>> record = freeze_assignment(score, basis, capacity=1, crisis=["S4"])
    >>> record.cutoff.value, record.table["flagged"].tolist(), record.crisis
    (68.0, [1, 0, 0], ('S4',))
    """
    if (cutoff is None) == (capacity is None):
        raise ScreenError("study.assignment.cutoff_or_capacity")
    named = score.set_axis([str(one) for one in score.index]).astype(np.float64)
    urgent = tuple(sorted({str(one) for one in crisis}))
    reasons = {str(one): why.strip() for one, why in (overrides or {}).items()}
    _check(named, urgent, reasons)
    rest = named.drop(list(urgent)).sort_index()
    scored = rest.dropna()
    cut = _given(scored, cutoff) if cutoff is not None else capacity_cutoff(scored, capacity or 0)
    unknown = sorted(set(reasons) - set(scored.index))
    if unknown:
        raise ScreenError("study.assignment.override_unknown", number=len(unknown))
    table = _table(scored, cut.value, basis, reasons)
    unscored = tuple(str(one) for one in rest.index[rest.isna()])
    return Assignment(table, content_hash(table), cut, urgent, unscored)


def freeze_caseload(
    cases: Caseload,
    today: dt.date,
    *,
    cutoff: float | None = None,
    overrides: Mapping[str, str] | None = None,
) -> Assignment:
    """Write down who of a caseload is flagged: raw index, cutoff, flag and override.

    Students with an open crisis alert are in no row: they are visited whatever their score. Nor are
    students too little known for a score, who are counted in ``unscored``.

    Parameters
    ----------
    cases
        The list that was just made.
    today
        The day on which it is frozen; it should be the machine's own day and not the one that was
        screened for, or a record could be dated back.
    cutoff
        Score fixed beforehand; as many as the caseload has places for when not given.
    overrides
        As for :func:`freeze_assignment`.

    Raises
    ------
    ScreenError
        When the cutoff parts nobody, or an override is not possible.
    """
    risk, alerts = cases.assessment, cases.alerts
    score = risk["risk_index"].where(risk["state"] == STATES[0])
    score.index = score.index.astype(str)
    return freeze_assignment(
        score.reindex(cases.table["student_id"].astype(str)),
        Basis(model_fingerprint(risk.model.card_, cases.policy), today),
        cutoff=cutoff,
        capacity=cases.capacity if cutoff is None else None,
        crisis=alerts.loc[alerts["kind"] == "crisis", "student_id"].astype(str).unique(),
        overrides=overrides,
    )


def content_hash(table: pd.DataFrame) -> str:
    """Return the SHA-256 of a record, whatever the order of its rows.

    See :func:`visitkit.outgoing.fingerprint.fingerprint`, by which a study checks it.
    """
    return fingerprint(table[list(COLUMNS)].itertuples(index=False, name=None))


def _check(score: pd.Series[Any], crisis: tuple[str, ...], reasons: dict[str, str]) -> None:
    twice = int(score.index.duplicated().sum())
    if twice or (score.index == "").any():
        raise ScreenError("study.assignment.students", number=twice)
    if np.isinf(score.to_numpy()).any():
        raise ScreenError("study.assignment.infinite")
    missing = len(set(crisis) - set(score.index))
    if missing:
        raise ScreenError("study.assignment.crisis_unknown", number=missing)
    silent = sum(not why for why in reasons.values())
    if silent:
        raise ScreenError("study.assignment.override_without_reason", number=silent)


def _given(score: pd.Series[Any], cutoff: float) -> Cutoff:
    flagged = int((score >= cutoff).sum())
    if not math.isfinite(cutoff) or flagged in {0, len(score)}:
        raise ScreenError(
            "study.assignment.cutoff", cutoff=cutoff, flagged=flagged, students=len(score)
        )
    return Cutoff(float(cutoff), flagged)


def _table(
    score: pd.Series[Any], cutoff: float, basis: Basis, reasons: dict[str, str]
) -> pd.DataFrame:
    ids = [str(one) for one in score.index]
    table = pd.DataFrame(
        {
            "student_id": ids,
            "score": score.to_numpy(),
            "cutoff": cutoff,
            "date": basis.date.isoformat(),
            "model_hash": basis.model_hash,
            "flagged": (score >= cutoff).to_numpy().astype(np.int64),
            "override": [int(one in reasons) for one in ids],
            "reason": [reasons.get(one, "") for one in ids],
        }
    )
    return table[list(COLUMNS)]
