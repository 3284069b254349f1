"""Who was flagged, by what score and when: frozen before the first visit, checked ever after."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd

from visitkit.errors import ReviewError
from visitkit.review.inputs import flags
from visitkit.review.result import Flags
from visitkit.review.stats.checks import full
from visitkit.review.stats.fingerprint import columns_of, fingerprint, one_row_a_student, text_of

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
class AssignmentRecord:
    """A frozen record of who was flagged.

    Parameters
    ----------
    table
        A row a student, by ``student_id``, with the columns of ``COLUMNS``: ``score`` raw and
        unrounded, ``date`` a date, ``flagged`` and ``override`` as truth values; an override means
        that the decision went against the flag, and has its ``reason``.
    content_hash
        SHA-256 of the content; keep it apart from the file.
    overrides
        How many decisions went against the flag.
    """

    table: pd.DataFrame
    content_hash: str
    overrides: int

    @property
    def assigned(self) -> Flags:
        """Who was to be visited: the flag, unless overridden."""
        flagged = self.table["flagged"].to_numpy(dtype=bool)
        return np.asarray(flagged ^ self.table["override"].to_numpy(dtype=bool))


def freeze_record(table: pd.DataFrame, *, higher_is_flagged: bool = True) -> AssignmentRecord:
    """Check a record and fingerprint it.

    Parameters
    ----------
    table
        Columns as in :class:`AssignmentRecord`; dates as dates or ``YYYY-MM-DD``, truth values as
        0 and 1.
    higher_is_flagged
        Whether students at or above the cutoff are flagged; else at or below.

    Raises
    ------
    ReviewError
        When a column is missing, a student stands twice, a score is missing, a flag contradicts
        its score and cutoff, an override has no reason, or a date cannot be read.

    Examples
    --------
    >>> row = {"student_id": ["S1", "S2"], "score": [61.25, 40.0], "cutoff": 60, "flagged": [1, 0]}
    >>> rest = {"date": "2026-09-07", "model_hash": "a1", "override": [0, 1], "reason": ["", "ill"]}
    >>> record = freeze_record(pd.DataFrame(row | rest))
    >>> record.overrides, record.assigned.tolist()
    (1, [True, True])
    """
    columns_of(table, COLUMNS)
    one_row_a_student(table)
    clean = pd.DataFrame({"student_id": [text_of(one) for one in table["student_id"]]})
    for name in ("score", "cutoff"):
        clean[name] = full(table[name], name)
    clean["date"] = [_date(one) for one in table["date"]]
    clean["model_hash"] = [text_of(one) for one in table["model_hash"]]
    for name in ("flagged", "override"):
        clean[name] = flags(table[name], name)
    clean["reason"] = [text_of(one).strip() for one in table["reason"]]
    _check(clean, higher_is_flagged)
    ordered = clean.sort_values("student_id").reset_index(drop=True)
    content = fingerprint(ordered[list(COLUMNS)].itertuples(index=False, name=None))
    return AssignmentRecord(ordered, content, int(ordered["override"].sum()))


def read_record(
    table: pd.DataFrame,
    content_hash: str,
    *,
    first_visit: dt.date | None = None,
    higher_is_flagged: bool = True,
) -> AssignmentRecord:
    """Read a record back and refuse one that was changed, or was made after visits began.

    Parameters
    ----------
    table
        As it was frozen; from a file, read every cell as text.
    content_hash
        As :func:`freeze_record` gave it.
    first_visit
        Date of the first visit of the study; every row must be dated before it.
    higher_is_flagged
        As when it was frozen.

    Raises
    ------
    ReviewError
        When the content differs from its fingerprint, or a row is not older than the first visit.

    Examples
    --------
    >>> row = {"student_id": ["S1"], "score": ["61.25"], "cutoff": ["60"], "flagged": ["1"]}
    >>> rest = {"date": "2026-09-07", "model_hash": "a1", "override": ["0"], "reason": [""]}
    >>> table = pd.DataFrame(row | rest)
    >>> first = dt.date(2026, 9, 14)
    >>> len(read_record(table, freeze_record(table).content_hash, first_visit=first).table)
    1
    """
    record = freeze_record(table, higher_is_flagged=higher_is_flagged)
    if record.content_hash != content_hash:
        raise ReviewError("review_stats.record_changed", rows=len(table))
    if first_visit is not None:
        late = int(sum(one >= first_visit for one in record.table["date"]))
        if late:
            raise ReviewError(
                "review_stats.record_late", number=late, first=first_visit.isoformat()
            )
    return record


def _date(value: object) -> dt.date:
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    try:
        return dt.date.fromisoformat(str(value).strip()[:10])
    except ValueError:
        raise ReviewError("review_stats.no_date") from None


def _check(clean: pd.DataFrame, higher: bool) -> None:
    score, cutoff = clean["score"], clean["cutoff"]
    expected = score >= cutoff if higher else score <= cutoff
    wrong = int((expected != clean["flagged"]).sum())
    if wrong:
        raise ReviewError("review_stats.flag_contradicts", number=wrong)
    silent = int((clean["override"] & (clean["reason"] == "")).sum())
    if silent:
        raise ReviewError("review_stats.override_without_reason", number=silent)
    nameless = int((clean["model_hash"] == "").sum())
    if nameless:
        raise ReviewError("review_stats.missing", name="model_hash", number=nameless)
