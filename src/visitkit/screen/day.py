"""The day on which we stand, as people write it: the same forms as in their tables."""

from __future__ import annotations

import datetime as dt
import re

import numpy as np

from visitkit.calendar import Calendar, DateLike, as_date
from visitkit.errors import CalendarError
from visitkit.load.dates import parse_date
from visitkit.load.unreadable import UnreadableCellError

DayLike = DateLike | int


def written_day(value: DayLike) -> dt.date:
    """Return the day that was written, whatever calendar it belongs to.

    Parameters
    ----------
    value
        A date, or a day as the school's tables may hold it; a whole number is eight digits.

    Raises
    ------
    CalendarError
        When it is not a day.

    Examples
    --------
    >>> written_day("2026/11/2"), written_day(20261102)
    (datetime.date(2026, 11, 2), datetime.date(2026, 11, 2))
    """
    if isinstance(value, dt.date | np.datetime64):
        return as_date(value)
    # pandas would read a number as nanoseconds since 1970, Excel as days since 1900
    plain = str(int(value)) if isinstance(value, int | np.integer) else value
    if isinstance(value, bool) or re.fullmatch(r"\s*(\d{0,7}|\d{9,})\s*", str(plain)):
        raise CalendarError("calendar.not_a_date", value=str(value))
    try:
        return parse_date(plain)
    except UnreadableCellError as error:
        raise CalendarError("calendar.not_a_date", value=str(value)) from error


def read_day(value: DayLike, calendar: Calendar) -> dt.date:
    """Return the day on which we stand, a day of the school's calendar.

    Parameters
    ----------
    value
        As for :func:`written_day`.
    calendar
        Of the school.

    Raises
    ------
    CalendarError
        When it is not a day, or the calendar does not cover it.
    """
    return calendar.date(written_day(value))
