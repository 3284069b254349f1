"""Numbers of new cases: the one place where they are made."""

from __future__ import annotations

import datetime as dt
import secrets

from visitkit.record.cases.moments import school_time

#: Bytes of chance at the end: two cases of one moment, or of a clock that was put back, differ.
_CHANCE = 6


def new_case_id(kind: str, now: dt.datetime) -> str:
    """Return the number of a case that is opened now, different from all others.

    The moment puts the numbers in order and lets people find a case by its day. What makes them
    different is chance, not counting: whoever may not read the other cases of a kind must not be
    able to count them.

    Parameters
    ----------
    kind
        One of :data:`visitkit.record.cases.KINDS`.
    now
        When it is opened, aware; written as the school's clock shows it.

    Examples
    --------
    >>> moment = dt.datetime(2026, 11, 6, 8, 30, 0, 51_000, tzinfo=dt.UTC)
    >>> new_case_id("visit", moment)[:25]
    'visit-20261106-163000051-'
    >>> new_case_id("visit", moment) == new_case_id("visit", moment)
    False
    """
    wall = school_time(now)
    thousandth = wall.microsecond // 1000
    return f"{kind}-{wall:%Y%m%d-%H%M%S}{thousandth:03}-{secrets.token_hex(_CHANCE)}"
