"""A row a student and period: what was measured, and whether and when they were visited."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from visitkit.calendar import DateLike, as_date
from visitkit.errors import StoreError
from visitkit.load.school import School
from visitkit.record.access import log
from visitkit.record.book import Book, writing
from visitkit.record.cases.folding import corrected
from visitkit.record.cases.moments import moment_of, school_time
from visitkit.record.entry import Entry
from visitkit.record.keys import Key
from visitkit.record.models import entry
from visitkit.record.outcomes.measures import Amounts, amounts
from visitkit.record.outcomes.periods import Period, halves, periods
from visitkit.record.owing import moment_of as until_of
from visitkit.record.reading import by_case, find
from visitkit.record.sharing.definitions import IDS
from visitkit.record.sharing.pseudonyms import Pseudonyms

#: Columns of the panel beside the measure.
COLUMNS = (
    "student_id",
    "class_id",
    "period",
    "date",
    "days",
    "visits",
    "visited",
    "first",
    "first_visit",
    "screening",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcomes:
    """What is asked of the casebook and the tables beside it.

    Parameters
    ----------
    as_of
        The day on which we stand; today where there is none.
    since
        First day looked at; the first of the calendar where there is none.
    forms
        Forms of contact that count as a visit.
    split
        For ``by="split"``: the day that parts before from after, such as the first visit of a
        study; visits count from it on.
    scores
        ``student_id``, ``date`` and the measure, where it is none of
        :data:`visitkit.record.outcomes.MEASURES`: totals of a questionnaire, say.
    """

    as_of: DateLike | None = None
    since: DateLike | None = None
    forms: tuple[str, ...] = ("home",)
    split: DateLike | None = None
    scores: pd.DataFrame | None = None


def outcomes(book: Book, measure: str, by: str, school: School, asked: Outcomes) -> pd.DataFrame:
    """Return the panel with student numbers; see :meth:`visitkit.record.CaseStore.outcomes`."""
    today = as_date(asked.as_of) if asked.as_of is not None else school_time(book.clock()).date()
    made, chosen = _visits(book, today, asked, measure)
    since = school.calendar.first if asked.since is None else as_date(asked.since)
    until = min(today, school.calendar.last)
    found = (
        halves(school.calendar, since, asked.split, until)
        if by == "split"
        else periods(school.calendar, by, since, until)
    )
    grid = _grid(school, found)
    told = _measured(amounts(measure, school, asked.scores), grid, found)
    grid = grid.assign(**{measure: told})
    grid = _with_visits(grid, found, made, chosen)
    if by == "split":
        return _one_row(grid, measure)
    return grid[["student_id", "class_id", "period", "date", measure, *COLUMNS[4:]]]


def _one_row(grid: pd.DataFrame, measure: str) -> pd.DataFrame:
    """Return a row a student with what was before and after; visits count from the split on."""
    before, after = (grid[grid["period"] == number].set_index("student_id") for number in (1, 2))
    told = {
        "class_id": after["class_id"],
        f"{measure}_before": before[measure],
        "days_before": before["days"],
        measure: after[measure],
        "days": after["days"],
        "visits": after["visits"],
        "visited": (after["visits"] > 0).astype("int64"),
    }
    return pd.DataFrame(told).reset_index()


def _visits(
    book: Book, today: dt.date, asked: Outcomes, measure: str
) -> tuple[dict[str, list[dt.date]], dict[str, dt.date]]:
    """Return the days of each student's visits, and the day on which they were chosen for one."""
    until, _ = until_of(today)
    with writing(book) as now:
        wanted = entry.c.kind.in_(["visit", "risk_review"]) & (entry.c.at <= until)
        found = [one for one in find(book, wanted) if not one.secret]
        now.inks["people"].audit(now.next_moment(), "outcomes", measure)
        log(book, now, "outcomes", measure, entries=0)
    made: dict[str, list[dt.date]] = {}
    planned: dict[str, list[tuple[dt.date, dt.date]]] = {}
    computed: dict[str, list[dt.date]] = {}
    for each in by_case(found).values():
        holding = corrected([one.entry for one in each])
        for one in holding:
            who = str(one.student_id)
            if one.step == "visit" and one.facts["form"] in asked.forms:
                day = _day_of(one)
                made.setdefault(who, []).append(day)
                plan = school_time(holding[0].at).date()
                planned.setdefault(who, []).append((day, plan))
            elif one.step == "compute":
                computed.setdefault(who, []).append(school_time(one.at).date())
    chosen = {who: _chosen(min(pairs), computed.get(who, ())) for who, pairs in planned.items()}
    return {who: sorted(days) for who, days in made.items()}, chosen


def _day_of(one: Entry) -> dt.date:
    start = moment_of(one.facts["start"])
    return school_time(start or one.at).date()


def _chosen(first: tuple[dt.date, dt.date], computed: Sequence[dt.date]) -> dt.date:
    """Return when a student was chosen: by a computed tier before the first plan, else the plan."""
    _, plan = first
    before = [day for day in computed if day <= plan]
    return max(before) if before else plan


def _grid(school: School, found: Sequence[Period]) -> pd.DataFrame:
    """Return a row a student and period with the school days on roll in it."""
    roll = school.table("students")[["student_id", "class_id", "entered_on", "left_on"]]
    roll = roll.sort_values("student_id", ignore_index=True)
    calendar = school.calendar
    parts = []
    for one in found:
        days = np.array(calendar.school_days(one.first, one.last), dtype="datetime64[D]")
        first = roll["entered_on"].fillna(pd.Timestamp.min.as_unit("us")).to_numpy()
        last = roll["left_on"].fillna(pd.Timestamp.max.as_unit("us")).to_numpy()
        low = np.searchsorted(days, first.astype("datetime64[D]"), side="left")
        high = np.searchsorted(days, last.astype("datetime64[D]"), side="right")
        parts.append(
            roll[["student_id", "class_id"]].assign(
                period=one.number,
                date=pd.Timestamp(one.first).as_unit("us"),
                days=np.maximum(high - low, 0),
            )
        )
    if not parts:
        raise StoreError("record.no_period")
    grid = pd.concat(parts, ignore_index=True)
    return grid.sort_values(["student_id", "period"], ignore_index=True)


def _measured(told: Amounts, grid: pd.DataFrame, found: Sequence[Period]) -> Any:
    """Return the figure of each row: missing where the table was not kept or nobody was there."""
    firsts = np.array([one.first for one in found], dtype="datetime64[D]")
    lasts = np.array([one.last for one in found], dtype="datetime64[D]")
    day = told.rows["date"].to_numpy().astype("datetime64[D]")
    place = np.searchsorted(firsts, day, side="right") - 1
    inside = (place >= 0) & (day <= lasts[place.clip(min=0)])
    rows = told.rows[inside].assign(period=place[inside] + 1)
    grouped = rows.groupby(["student_id", "period"])["amount"]
    sums = (grouped.mean() if told.mean else grouped.sum()).rename("figure").reset_index()
    figure = grid[["student_id", "period"]].merge(sums, how="left")["figure"]
    if told.kept is not None:
        kept = {
            one.number for one in found if told.kept[0] <= one.first and one.last <= told.kept[1]
        }
        figure = figure.fillna(0.0).where(grid["period"].isin(kept))
    return figure.where(grid["days"] > 0).astype("float64")


def _with_visits(
    grid: pd.DataFrame,
    found: Sequence[Period],
    made: dict[str, list[dt.date]],
    chosen: dict[str, dt.date],
) -> pd.DataFrame:
    """Add visits, whether visited by then, the first period and day, and the mark of choice."""
    firsts = [one.first for one in found]

    def place(day: dt.date) -> int:
        """Return the number of the last period that had begun on a day; 0 where none had."""
        return int(np.searchsorted(np.array(firsts), np.array(day), side="right"))

    counts: dict[tuple[str, int], int] = {}
    begun: dict[str, int] = {}
    for who, days in made.items():
        for day in days:
            counts[who, place(day)] = counts.get((who, place(day)), 0) + 1
        # Whoever was visited before the first period was visited all along, not never.
        begun[who] = max(place(days[0]), 1)
    keys = list(zip(grid["student_id"], grid["period"], strict=True))
    first = grid["student_id"].map(begun)
    starts = {one.number: pd.Timestamp(one.first) for one in found}
    marked = {(who, place(day) - 1) for who, day in chosen.items()}
    return grid.assign(
        visits=[counts.get(key, 0) for key in keys],
        visited=(grid["period"] >= first).astype("int64"),
        first=first.fillna(0).astype("int64"),
        first_visit=first.map(starts).astype("datetime64[us]"),
        screening=[key in marked for key in keys],
    )


def with_pseudonyms(table: pd.DataFrame, key: Key | str | bytes | None) -> pd.DataFrame:
    """Return a panel with pseudonyms of students and classes, in their order.

    Parameters
    ----------
    table
        From :func:`outcomes`.
    key
        Without one nobody keeps it, and no two panels can be joined.
    """
    made = Pseudonyms(key)
    named = {name: made.column(IDS[name], table[name]) for name in ("student_id", "class_id")}
    order = [one for one in ("student_id", "period") if one in table]
    return table.assign(**named).sort_values(order, ignore_index=True)
