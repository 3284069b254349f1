"""Records and reports of visits: in time, late, missing; and appointments called off."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from visitkit.errors import ReviewError
from visitkit.policy import Policy

#: What is owed with a visit.
MATTERS = ("record", "report_before", "report_after")
#: Columns of the table of visits that the casebook hands over.
LOG_COLUMNS = (
    "student_id",
    "form",
    "start",
    "end",
    "recorded_at",
    "reported_before",
    "reported_after",
)
TIMELINESS_COLUMNS = (
    "matter",
    "owed",
    "in_time",
    "late",
    "missing",
    "running",
    "not_known",
    "share",
    "source",
)
CALLED_OFF_COLUMNS = ("by", "appointments", "students", "made_up", "open")

_MOMENTS = ("start", "end", "recorded_at", "reported_before", "reported_after")


def timeliness(log: pd.DataFrame, policy: Policy, as_of: pd.Timestamp) -> pd.DataFrame:
    """Return how many records and safety reports came in time.

    Parameters
    ----------
    log
        A row a visit made: ``student_id``, ``form``, ``start``, ``end``, ``recorded_at``,
        ``reported_before``, ``reported_after`` (moments of the school's clock; empty when not
        done). Safety reports are owed for the forms in ``visit.branch_out`` alone.
    policy
        ``record.due_hours``, ``safety.report_grace_minutes`` and ``visit.branch_out``.
    as_of
        The day on which we stand; what happened after it is not known yet.

    Returns
    -------
    pandas.DataFrame
        A row a matter, see :data:`MATTERS`: ``owed``, of these
        ``in_time``, ``late``, ``missing`` (past the limit and not done), ``running`` (still within
        it) and ``not_known`` (no moment to count from); ``share`` in time of those judged (missing
        when none is); ``source`` of the limit.

    Raises
    ------
    ReviewError
        When a column is missing or holds something else than moments.
    """
    lacking = [name for name in LOG_COLUMNS if name not in log.columns]
    if lacking:
        raise ReviewError("review.columns_missing", missing=", ".join(lacking))
    now = as_of + pd.Timedelta(days=1)
    table = log[list(LOG_COLUMNS)].copy()
    for name in _MOMENTS:
        table[name] = _moments(log[name], name)
        table[name] = table[name].where(table[name] < now)
    rows = [_judge(*one, now) for one in _owed(table, policy)]
    return pd.DataFrame(rows, columns=list(TIMELINESS_COLUMNS))


def _moments(column: pd.Series[Any], name: str) -> pd.Series[pd.Timestamp]:
    if pd.api.types.is_numeric_dtype(column) and column.notna().any():
        raise ReviewError("review.not_moments", column=name)
    try:
        found = pd.to_datetime(column, format="ISO8601")
    except (ValueError, TypeError) as error:
        raise ReviewError("review.not_moments", column=name) from error
    if found.dt.tz is not None:
        raise ReviewError("review.not_moments", column=name)
    return found.astype("datetime64[us]")


Owed = tuple[str, "pd.Series[pd.Timestamp]", "pd.Series[pd.Timestamp]", str]


def _owed(table: pd.DataFrame, policy: Policy) -> Iterator[Owed]:
    """Yield each matter with when it was done, by when it is owed, and the source of that."""
    hours = pd.Timedelta(hours=float(str(policy["record.due_hours"])))
    source = policy.source("record.due_hours")
    yield "record", table["recorded_at"], table["end"] + hours, source
    out = policy["visit.branch_out"]
    gone = table[table["form"].isin(list(out) if isinstance(out, list) else [])]
    source = policy.source("safety.report_before")
    yield "report_before", gone["reported_before"], gone["start"], source
    grace = pd.Timedelta(minutes=float(str(policy["safety.report_grace_minutes"])))
    source = policy.source("safety.report_grace_minutes")
    yield "report_after", gone["reported_after"], gone["end"] + grace, source


def _judge(
    matter: str,
    done: pd.Series[pd.Timestamp],
    due: pd.Series[pd.Timestamp],
    source: str,
    now: pd.Timestamp,
) -> tuple[object, ...]:
    known = due.notna()
    in_time = int((known & (done <= due)).sum())
    late = int((known & (done > due)).sum())
    missing = int((known & done.isna() & (due < now)).sum())
    running = int((known & done.isna() & (due >= now)).sum())
    judged = in_time + late + missing
    share = in_time / judged if judged else float("nan")
    unknown = int((~known).sum())
    return matter, len(due), in_time, late, missing, running, unknown, share, source


def called_off(appointments: pd.DataFrame, visits: pd.DataFrame) -> pd.DataFrame:
    """Return how many appointments the school and the families called off, and what came of it.

    Parameters
    ----------
    appointments
        ``student_id``, ``date``, ``status``; rows of ``cancelled_school`` and
        ``cancelled_family`` count.
    visits
        ``student_id`` and ``date`` of the contacts that count.

    Returns
    -------
    pandas.DataFrame
        A row each for ``school`` and ``family``: ``appointments``, ``students``, ``made_up`` (a
        contact on the day or later, each contact for one appointment) and ``open``.
    """
    off = appointments[appointments["status"].isin(["cancelled_school", "cancelled_family"])]
    off = off.sort_values(["student_id", "date"], kind="stable")
    dates: dict[str, list[pd.Timestamp]] = {
        str(student): sorted(rows) for student, rows in visits.groupby("student_id")["date"]
    }
    made = []
    for row in off.to_dict("records"):
        left = dates.get(str(row["student_id"]), [])
        after = [day for day in left if day >= row["date"]]
        made.append(bool(after))
        if after:
            left.remove(after[0])
    off = off.assign(made=pd.Series(made, index=off.index, dtype="bool"))
    rows = []
    for by in ("school", "family"):
        part = off[off["status"] == f"cancelled_{by}"]
        up = int(part["made"].sum())
        rows.append((by, len(part), part["student_id"].nunique(), up, len(part) - up))
    return pd.DataFrame(rows, columns=list(CALLED_OFF_COLUMNS))
