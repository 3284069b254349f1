"""The open alerts of each student: which wait, until when, and under which rules."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from visitkit.errors import ScreenError
from visitkit.screen import tiers

_NEEDED = ("student_id", "rule", "opened", "due")


def open_alerts(alerts: pd.DataFrame) -> pd.DataFrame:
    """Return the alerts in the order of telling: waiting before answered, then by deadline.

    Parameters
    ----------
    alerts
        From :func:`visitkit.screen.alerts.alerts`; ``kind`` and ``answered`` may be left out.

    Returns
    -------
    pandas.DataFrame
        With ``waits``: no contact has answered it yet.

    Raises
    ------
    ScreenError
        When a column is missing without which an alert would be lost.
    """
    missing = [name for name in _NEEDED if name not in alerts.columns]
    if missing:
        raise ScreenError("screen.alerts_columns", missing=", ".join(missing))
    told = pd.DataFrame(alerts).copy()
    told["student_id"] = told["student_id"].astype(str)
    told["due"] = pd.to_datetime(told["due"]).astype("datetime64[us]")
    told["answered"] = pd.to_datetime(told["answered"]) if "answered" in told else pd.NaT
    # an alert of unknown kind raises: silence must not lower it
    told["kind"] = told["kind"].fillna("") if "kind" in told else ""
    told["waits"] = told["answered"].isna()
    order = ["student_id", "waits", "due", "opened", "rule"]
    return told.sort_values(order, ascending=[True, False, True, True, True])


def earliest(alerts: pd.DataFrame, ids: list[str]) -> pd.Series[Any]:
    """Return, in the order of ``ids``, the earliest deadline that nobody has met yet, or NaT."""
    waiting = alerts[alerts["waits"]]
    due = waiting.groupby("student_id")["due"].min()
    return due.reindex(ids).reset_index(drop=True).astype("datetime64[us]")


def moments(raising: pd.DataFrame, ids: list[str]) -> tiers.Ints:
    """Return :attr:`visitkit.screen.tiers.Standing.due` for the alerts that raise."""
    stamps = earliest(raising, ids).to_numpy(dtype="datetime64[us]")
    known = np.where(np.isnat(stamps), tiers.NEVER, stamps.astype(np.int64))
    waiting = raising.loc[raising["waits"], "student_id"]
    # a deadline that is not known still comes before alerts that were all answered
    undated = np.isnat(stamps) & np.isin(ids, waiting.to_list())
    return np.where(undated, tiers.NEVER - 1, known)


def joined(alerts: pd.DataFrame, ids: list[str]) -> list[str]:
    """Return each student's rule codes joined by ``;``, each once, in the order of telling."""
    codes: dict[str, dict[str, None]] = {}
    for student, rule in zip(alerts["student_id"], alerts["rule"], strict=True):
        codes.setdefault(student, {})[str(rule)] = None
    return [";".join(codes.get(one, {})) for one in ids]
