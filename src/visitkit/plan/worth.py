"""What a visit is worth, in minutes of travel, and how visits are asked for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import pandas as pd

from visitkit.plan.wishes import TIER, Wish

#: Days for which visits are asked where nobody says: more than most plans look ahead.
HORIZON = 28


def _kind_worth() -> Mapping[str, float]:
    return MappingProxyType(
        {
            "immediate": 200.0,
            "persuasion": 200.0,
            TIER: 150.0,
            "topic": 100.0,
            "new_student": 80.0,
            "special_group": 60.0,
            "key": 40.0,
            "agent_parent": 40.0,
            "holiday": 20.0,
            "readmission": 80.0,
            "regular": 0.0,
        }
    )


def _tier_worth() -> Mapping[str, float]:
    return MappingProxyType({"priority": 200.0, "watch": 80.0, "unknown": 40.0, "routine": 0.0})


@dataclass(frozen=True)
class Worth:
    """How much travel a visit is worth, in minutes; stated defaults, no paper gives them.

    Parameters
    ----------
    base
        Any visit.
    point
        A point of the index, of which there are 100.
    tier, kind
        By support tier, and by the most pressing kind of duty it serves.
    overdue
        The day has passed.
    soon
        The whole of it on the due day, none of it ``soon_days`` days earlier.
    made_up
        The school called the visit off before.
    first
        An everyday visit to a student of the groups that the policy puts first
        (``groups.priority``; VC-16, SG-12).
    shared
        Factor where only a share of students is asked for and others would do as well.
    """

    base: float = 60.0
    point: float = 4.0
    tier: Mapping[str, float] = field(default_factory=_tier_worth)
    kind: Mapping[str, float] = field(default_factory=_kind_worth)
    overdue: float = 150.0
    soon: float = 100.0
    soon_days: int = 28
    made_up: float = 100.0
    first: float = 40.0
    shared: float = 0.6


_WORTH = Worth()


@dataclass(frozen=True)
class Asking:
    """How visits are asked for.

    Parameters
    ----------
    days
        Days from the day on which we stand that visits are asked for.
    far
        Address zones too far away for a home visit.
    late
        A visit whose day passes before the first session is asked for within so many days all the
        same, because a child is not less in need when we are late. ``None`` keeps the day, and the
        planner lists the visit as too late.
    worth
        What a visit is worth.
    chosen
        Students whom a person put on the list: one visit to each must be made, owed or not.
    only_chosen
        Nobody else is asked for.
    kinds
        Kinds of duty that are asked for, see :mod:`visitkit.plan.kinds`; all where none is named.
    """

    days: int = HORIZON
    far: Collection[str] = ()
    late: int | None = 7
    worth: Worth = _WORTH
    chosen: Collection[str] = ()
    only_chosen: bool = False
    kinds: Collection[str] = ()


#: The usual way.
ASKING = Asking()


def prize(
    wish: Wish,
    case: Mapping[str, Any],
    day: dt.date,
    worth: Worth = _WORTH,
    *,
    first: bool = False,
) -> float:
    """Return the minutes of travel a visit is worth.

    Parameters
    ----------
    wish
        The visit.
    case
        Row of the caseload with ``tier`` and ``risk_index``; empty for a student not on it.
    day
        The day on which we stand.
    worth
        What counts how much.
    first
        The student is of a group that the policy puts first.

    Examples
    --------
    >>> nobody = Wish("1", ("d",), ("regular",), dt.date.min, None, ("home",), (), ())
    >>> prize(nobody, {"tier": "watch", "risk_index": 10.0}, dt.date(2026, 11, 2))
    180.0
    >>> prize(nobody, {"tier": "watch", "risk_index": 10.0}, dt.date(2026, 11, 2), first=True)
    220.0
    """
    index = case.get("risk_index")
    points = 0.0 if index is None or pd.isna(index) else float(index)
    total = worth.base + worth.point * points + worth.tier.get(str(case.get("tier")), 0.0)
    total += max(worth.kind.get(kind, 0.0) for kind in wish.kinds)
    total += worth.overdue if wish.overdue else 0.0
    total += worth.made_up if wish.made_up else 0.0
    total += worth.first if first and "regular" in wish.kinds else 0.0
    if wish.due is not None and not wish.overdue:
        days = (wish.due - day).days
        total += worth.soon * min(max(1 - days / worth.soon_days, 0.0), 1.0)
    return total * (worth.shared if wish.shared else 1.0)
