"""The open alerts of each student: which wait, until when, and under which rules."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from visitkit.errors import ScreenError
from visitkit.screen import tiers
from visitkit.screen.alerts.rules import KINDS

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
    return np.where(np.isnat(stamps), tiers.NEVER, stamps.astype(np.int64))


def urgency(raising: pd.DataFrame, ids: list[str]) -> tiers.Ints:
    """Return, in the order of ``ids``, the place of the most urgent kind that waits; 0 for none.

    A kind that is not known counts as the most urgent: silence must not lower it.
    """
    order = {kind: place for place, kind in enumerate(KINDS)}
    waiting = raising[raising["waits"]]
    places = waiting["kind"].map(order).fillna(0).groupby(waiting["student_id"]).min()
    return np.asarray(places.reindex(ids).fillna(0), dtype=np.int64)


def waiting_and_met(raising: pd.DataFrame, ids: list[str]) -> tuple[tiers.Flags, tiers.Flags]:
    """Tell of each student whether a raising alert waits, and whether all there are were answered.

    Parameters
    ----------
    raising
        From :func:`open_alerts`, without good news.
    ids
        The students in order.
    """
    waits = np.isin(ids, raising.loc[raising["waits"], "student_id"].to_list())
    any_open = np.isin(ids, raising["student_id"].to_list())
    return waits, any_open & ~waits


def joined(alerts: pd.DataFrame, ids: list[str]) -> list[str]:
    """Return each student's rule codes joined by ``;``, each once, in the order of telling."""
    codes: dict[str, dict[str, None]] = {}
    rows = (alerts[name].to_list() for name in ("student_id", "rule"))
    for student, rule in zip(*rows, strict=True):
        codes.setdefault(student, {})[str(rule)] = None
    return [";".join(codes.get(one, {})) for one in ids]
