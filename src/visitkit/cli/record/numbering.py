"""Numbers of new cases."""

from __future__ import annotations

import datetime as dt

from visitkit.record.cases.moments import school_time


def new_case_id(kind: str, now: dt.datetime) -> str:
    """Return the number of a case that is opened now.

    A moment to the thousandth of a second: a casebook has one writer, and whoever may not read the
    other cases of a kind cannot count them.

    Examples
    --------
    >>> new_case_id("visit", dt.datetime(2026, 11, 6, 8, 30, 0, 51_000, tzinfo=dt.UTC))
    'visit-20261106-163000051'
    """
    wall = school_time(now)
    return f"{kind}-{wall:%Y%m%d-%H%M%S}{wall.microsecond // 1000:03}"
