"""How one student's attendance and marks went, for the person who opens the card.

Nothing here is scored. What was not recorded is missing, never zero.
"""

from __future__ import annotations

import datetime as dt

import narwhals.stable.v2 as nw
import pandas as pd

from visitkit.calendar import DateLike, lessons_on
from visitkit.load import School
from visitkit.screen.indicators.attendance import AWAY
from visitkit.screen.indicators.moment import QUIET_DAYS, Kept, Moment, covered, joined, kept
from visitkit.screen.indicators.standing import papers

#: Weeks told: about a term.
WEEKS = 16


def attendance_weeks(
    school: School, student_id: str, as_of: DateLike, weeks: int = WEEKS
) -> pd.DataFrame:
    """Return how many school days a student was away, week by week.

    Days are counted as the indicators count them: a row with periods is that share of the day's
    lessons, all rows of a day are one day at most, days without school do not count.

    Parameters
    ----------
    school
        The school.
    student_id
        The student's number.
    as_of
        The day on which we stand; later rows change nothing.
    weeks
        How many weeks back, this one included.

    Returns
    -------
    pandas.DataFrame
        A row a week with school, the oldest first: ``week`` (its Monday), ``school_days`` on which
        the register was kept and the student on roll, ``away`` in school-day equivalents.
    """
    moment = Moment(school.calendar.date(as_of), school.calendar)
    table = _kept_days(school, moment)
    first = _entered(school, student_id)
    monday = moment.as_of - dt.timedelta(days=moment.as_of.weekday() + 7 * (weeks - 1))
    days = [
        day
        for day in school.calendar.school_days(max(monday, school.calendar.first), moment.as_of)
        if table is not None and table.first <= moment.before(day) <= table.last and day >= first
    ]
    away = _away(school, student_id, days)
    told = pd.DataFrame({"day": pd.to_datetime(days), "away": [away.get(day, 0.0) for day in days]})
    told["week"] = told["day"] - pd.to_timedelta(told["day"].dt.day_of_week, unit="D")
    weekly = told.groupby("week")["away"].agg(["size", "sum"]).reset_index()
    return weekly.set_axis(["week", "school_days", "away"], axis=1)


def mark_course(school: School, student_id: str, as_of: DateLike) -> pd.DataFrame:
    """Return how a student did in each exam, beside the class.

    Parameters
    ----------
    school, student_id, as_of
        As in :func:`attendance_weeks`.

    Returns
    -------
    pandas.DataFrame
        A row an exam that the student sat, the oldest first: ``date`` (its last day), ``exam``,
        ``subjects`` sat, ``share`` (percent of the full score, the mean of these subjects) and
        ``class_median`` (of the same figure of all in the class who sat the exam).
    """
    moment = Moment(school.calendar.date(as_of), school.calendar)
    results = school.table("marks")
    mates = _classmates(school, student_id)
    sat = results["score"].notna() & results["full_score"].notna()
    sat &= results["status"].isna() | (results["status"] == "sat")
    known = results[sat & (results["date"] < moment.end) & results["student_id"].isin(mates)]
    columns = ["date", "exam", "subjects", "share", "class_median"]
    if known.empty:
        return pd.DataFrame(columns=columns)
    rows: nw.DataFrame[pd.DataFrame] = nw.from_native(known.reset_index(drop=True))
    placed = papers(rows).to_pandas()
    placed["share"] = placed["score"] / placed["full_score"] * 100
    each = placed.groupby(["sitting", "student_id"]).agg(
        date=("date", "max"),
        exam=("exam", "first"),
        subjects=("subject", "nunique"),
        share=("share", "mean"),
    )
    median = each.groupby("sitting")["share"].median().rename("class_median")
    own = each.reset_index().join(median, on="sitting")
    own = own[own["student_id"] == student_id].sort_values("date")
    return pd.DataFrame(own[columns]).reset_index(drop=True)


def _kept_days(school: School, moment: Moment) -> Kept | None:
    dates = school.table("attendance")["date"].dropna()
    known = dates[dates < moment.end]
    told = school.covers.get("attendance")
    if told is None:
        return _span(known, moment)
    first, last = (pd.Timestamp(day) for day in told)
    quiet = QUIET_DAYS["attendance"]
    before, after = _span(known[known < first], moment), _span(known[known > last], moment)
    return joined(joined(before, covered(*told, moment), quiet), after, quiet)


def _span(dates: pd.Series, moment: Moment) -> Kept | None:
    if dates.empty:
        return None
    return kept(dates.min().date(), dates.max().date(), moment, QUIET_DAYS["attendance"])


def _entered(school: School, student_id: str) -> dt.date:
    students = school.table("students")
    found = students.loc[students["student_id"] == student_id, "entered_on"].dropna()
    return found.iloc[0].date() if len(found) else dt.date.min


def _away(school: School, student_id: str, days: list[dt.date]) -> dict[dt.date, float]:
    rows = school.table("attendance")
    own = rows[(rows["student_id"] == student_id) & rows["status"].isin(AWAY)]
    held = set(days)
    found: dict[dt.date, float] = {}
    for stamp, periods in zip(own["date"], own["periods"], strict=True):
        day = stamp.date()
        if day in held:
            lessons = lessons_on(school.calendar, day)
            share = 1.0 if pd.isna(periods) or not lessons else float(periods) / lessons
            found[day] = min(found.get(day, 0.0) + share, 1.0)
    return found


def _classmates(school: School, student_id: str) -> list[str]:
    students = school.table("students")
    own = students[students["student_id"] == student_id]
    if own.empty or own["class_id"].isna().any():
        return [student_id]
    mates = students["class_id"] == own["class_id"].iloc[0]
    return [str(one) for one in students.loc[mates, "student_id"]]
