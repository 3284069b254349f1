"""Days on which something was recorded must be days the school can have lived through."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import pandas as pd

from visitkit.load.draft import Draft
from visitkit.load.sense import middle_day

#: The column with the day of each kind of record.
_DAYS = {
    "attendance": "date",
    "marks": "date",
    "behaviour": "date",
    "homelife": "date",
    "surveys": "date",
    "activity": "date",
    "events": "date",
    "visits": "date",
    "interventions": "start",
}
#: A pupil's records span the years at one school; a slip of the year lies further off.
YEARS_BEFORE, YEARS_AFTER = 8, 3


def check_recorded_days(drafts: Mapping[str, Draft]) -> None:
    """Report records after the end of the school calendar, and records years off all others.

    One slip such as 2062 for 2026 would move the day on which the screening stands, and the row
    would wait there unseen.
    """
    last = _calendar_end(drafts)
    middle = pd.Timestamp(middle_day(drafts))
    first = middle - pd.DateOffset(years=YEARS_BEFORE)
    for name, column in _DAYS.items():
        draft = drafts.get(name)
        if draft is None or column not in draft.frame:
            continue
        days = draft.standing()[column]
        far = (days < first) | (days > middle + pd.DateOffset(years=YEARS_AFTER))
        rows = days.index[far.fillna(False).to_numpy(dtype=bool)]
        draft.report(rows, column, "date_far", middle=middle.date())
        if last is not None:
            late = (days > pd.Timestamp(last)) & ~far
            rows = days.index[late.fillna(False).to_numpy(dtype=bool)]
            draft.report(rows, column, "date_after_calendar", last=last)


def _calendar_end(drafts: Mapping[str, Draft]) -> dt.date | None:
    if "calendar" not in drafts:
        return None
    days = drafts["calendar"].standing()["date"].dropna()
    return None if days.empty else pd.Timestamp(days.max()).date()
