"""The days of a campaign: a window of a policy as dates of one year."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from visitkit.errors import PolicyError
from visitkit.policy.policy import Policy


def window_days(
    policy: Policy, name: str, year: int, named: Mapping[str, dt.date] | None = None
) -> tuple[dt.date, dt.date | None]:
    """Return first and last day of a window that begins in a year.

    Parameters
    ----------
    policy
        The policy.
    name
        A record of ``window``, such as ``visits``.
    year
        Calendar year of the first day.
    named
        Days that move with the year, such as ``spring_festival`` and ``winter_holiday_end``.

    Returns
    -------
    tuple
        The last day is the first such day on or after the first one, in the next year where the
        window runs over New Year; ``None`` where the paper names no end.

    Raises
    ------
    PolicyError
        When the policy has no such window, or a day that moves is not given.

    Examples
    --------
    >>> from visitkit.policy import read_policy
    >>> window_days(read_policy("home-visit-3"), "visits", 2026)
    (datetime.date(2026, 9, 16), datetime.date(2027, 5, 30))
    """
    known = policy.records("window")
    if name not in known:
        names = ", ".join(known) or "-"
        raise PolicyError(
            "policy.no_record", policy=policy.name, family="window", name=name, names=names
        )
    moving = named or {}
    start = _day(policy, str(known[name]["from"]), year, moving)
    if str(known[name]["to"]) == "none":
        return start, None
    end = _day(policy, str(known[name]["to"]), year, moving)
    return start, end if end >= start else _day(policy, str(known[name]["to"]), year + 1, moving)


def list_due(policy: Policy, year: int) -> dt.date | None:
    """Return by when each teacher hands in the list of students to visit; ``None`` without one.

    Examples
    --------
    >>> from visitkit.policy import read_policy
    >>> list_due(read_policy("home-visit-4"), 2026)
    datetime.date(2026, 6, 26)
    """
    text = str(policy["assign.list_due"])
    return None if text == "none" else _day(policy, text, year, {})


def _day(policy: Policy, text: str, year: int, named: Mapping[str, dt.date]) -> dt.date:
    if text[:2].isdigit():
        return dt.date(year, int(text[:2]), int(text[3:]))
    if text not in named:
        raise PolicyError(
            "policy.no_record",
            policy=policy.name,
            family="named",
            name=text,
            names=", ".join(named) or "-",
        )
    return named[text]
