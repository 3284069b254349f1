"""All indicators of a school on one day: the families, computed and put side by side."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Generic

import narwhals.stable.v2 as nw
import pandas as pd
from narwhals.stable.v2.typing import FrameT

from visitkit import tables
from visitkit.load.school import School
from visitkit.screen.catalog import CATALOG
from visitkit.screen.day import DayLike, read_day
from visitkit.screen.frames import Indicators
from visitkit.screen.indicators import activity as streams
from visitkit.screen.indicators import attendance as away
from visitkit.screen.indicators.basic import basic, groups
from visitkit.screen.indicators.behaviour import behaviour, bullied_signs
from visitkit.screen.indicators.contact import events, interventions, visits
from visitkit.screen.indicators.facts import collected, known, present, roll, span
from visitkit.screen.indicators.homelife import homelife
from visitkit.screen.indicators.household import guardians
from visitkit.screen.indicators.marks import marks, papers_missed
from visitkit.screen.indicators.moment import (
    LATEST_DAYS,
    QUIET_DAYS,
    Kept,
    Moment,
    covered,
    joined,
    kept,
)
from visitkit.screen.indicators.reading import read_values
from visitkit.screen.indicators.standing import standings
from visitkit.screen.indicators.surveys import surveys

#: Table name to the first and last day its registers are known to cover.
Covers = Mapping[str, tuple[dt.date, dt.date]]


@dataclass(frozen=True)
class Ground(Generic[FrameT]):
    """What every family starts from.

    Parameters
    ----------
    frames
        Tables by name, of one engine.
    moment
        The day on which we stand.
    days, everyone, here
        The calendar, all students, and those on roll, from :func:`ground`.
    covers
        Table name to the first and last day that its registers are known to cover; for a table
        that is not there, and for rows outside those days, a list is taken whose days follow from
        its rows.
    """

    frames: Mapping[str, FrameT]
    moment: Moment
    days: FrameT
    everyone: FrameT
    here: FrameT
    covers: Covers = field(default_factory=dict)


def ground(
    frames: Mapping[str, FrameT], moment: Moment, covers: Covers | None = None
) -> Ground[FrameT]:
    """Give students and school days their numbers, once for all families."""
    days = moment.frame(frames["students"])
    everyone = roll(frames["students"], days, moment)
    return Ground(frames, moment, days, everyone, present(everyone), covers or {})


def facts(
    base: Ground[FrameT],
    table: str,
    columns: list[str],
    *,
    date: str = "date",
    since: dt.datetime | None = None,
) -> FrameT:
    """Return the known rows of a table; see :func:`visitkit.screen.indicators.facts.known`."""
    return known(
        base.frames[table],
        base.everyone,
        base.days,
        base.moment,
        columns=columns,
        date=date,
        since=since,
    )


def families(base: Ground[FrameT]) -> list[FrameT]:
    """Compute every family that has a table with known rows.

    Parameters
    ----------
    base
        From :func:`ground`, over tables of pandas, polars or another engine that narwhals
        knows; missing cells are null. ``homelife`` holds ``number`` and ``step``
        (:func:`visitkit.screen.indicators.reading.read_values`), ``surveys`` scored sheets.

    Returns
    -------
    list of frames
        Each with ``student``, some indicators, and ``<name>_date`` for those that have a date.
        An indicator of a table without rows is in none of them: it is unknown.
    """
    parts = [basic(base.here, base.moment)]
    for some in (_undated(base), _kept(base), _latest(base)):
        parts += some
    return parts


def _begun(base: Ground[FrameT], table: str, date: str = "date") -> Any:
    if table not in base.frames:
        return None
    return span(base.frames[table], base.moment, date)[0]


def _undated(base: Ground[FrameT]) -> list[FrameT]:
    numbers = base.everyone.select("student_id", "student")
    parts = []
    for table in ("guardians", "groups"):
        if collected(base.frames[table].select(nw.len())).item():
            rows = base.frames[table].join(numbers, on="student_id", how="inner")
            parts.append(
                guardians(rows, base.here)
                if table == "guardians"
                else groups(rows, base.here, base.moment)
            )
    return parts


def _kept_days(base: Ground[FrameT], table: FrameT, quiet: str) -> Kept | None:
    return kept(*span(table, base.moment), base.moment, QUIET_DAYS[quiet])


def _attendance_days(base: Ground[FrameT]) -> Kept | None:
    """Return the school days on which attendance was kept: by a list, by registers, or by both."""
    rows = base.frames["attendance"]
    told = base.covers.get("attendance")
    if not told:
        return _kept_days(base, rows, "attendance")
    first, last = (dt.datetime.combine(day, dt.time()) for day in told)
    before = _kept_days(base, rows.filter(nw.col("date") < nw.lit(first)), "attendance")
    after = _kept_days(base, rows.filter(nw.col("date") > nw.lit(last)), "attendance")
    quiet = QUIET_DAYS["attendance"]
    return joined(joined(before, covered(*told, base.moment), quiet), after, quiet)


def _kept(base: Ground[FrameT]) -> list[FrameT]:
    here, moment = base.here, base.moment
    parts = []
    table = _attendance_days(base)
    if table:
        since = moment.since(away.WINDOW)
        rows = facts(base, "attendance", ["status", "periods"], since=since)
        parts.append(away.attendance(rows, here, moment, table))
    table = _kept_days(base, base.frames["behaviour"], "behaviour")
    seen = facts(base, "behaviour", ["kind", "severity"])
    reported = facts(base, "events", ["kind"])
    if table:
        parts.append(behaviour(seen, here, moment, table))
    if _begun(base, "events"):
        parts.append(events(reported, here, moment))
    if table or _begun(base, "events"):
        parts.append(bullied_signs(seen, reported, here, moment))
    if _begun(base, "activity"):
        stream = base.frames["activity"].select("stream", "date")
        since = moment.since(streams.RECENT + streams.EARLIER)
        rows = facts(base, "activity", ["stream", "amount"], since=since)
        spans = {
            name: _kept_days(base, stream.filter(nw.col("stream") == name), "activity")
            for name in streams.STREAMS.values()
        }
        parts.append(streams.changes(rows, here, moment, spans))
    return parts


def _latest(base: Ground[FrameT]) -> list[FrameT]:
    here, moment = base.here, base.moment
    since = moment.days_ago(LATEST_DAYS)
    parts = []
    if _begun(base, "marks"):
        columns = ["exam", "subject", "score", "full_score", "status"]
        rows = facts(base, "marks", columns, since=since)
        parts += [marks(standings(rows, base.everyone), here), papers_missed(rows, here, moment)]
    if _begun(base, "homelife"):
        columns = ["field", "observer", "number", "step"]
        parts.append(homelife(facts(base, "homelife", columns, since=since), here))
    if _begun(base, "surveys"):
        columns = ["instrument", "state", "ratio", "subscales_raised"]
        parts.append(surveys(facts(base, "surveys", columns, since=since), here))
    if _begun(base, "interventions", "start"):
        rows = facts(base, "interventions", ["type"], date="start")
        parts.append(interventions(rows, here, moment))
    begun = _begun(base, "visits")
    if begun:
        parts.append(visits(facts(base, "visits", ["form"]), here, moment, begun))
    return parts


def indicators(
    school: School,
    as_of: DayLike,
    history: Mapping[str, pd.DataFrame] | None = None,
    *,
    scored: pd.DataFrame | None = None,
) -> Indicators:
    """Compute the real figures of every student on roll.

    Facts of ``as_of`` itself are known and count; rows dated after it change nothing. A figure
    that is not known is missing, never 0; what counts as known is told for each indicator in
    ``docs/indicators.md``.

    Parameters
    ----------
    school
        From :func:`visitkit.load.read_school`.
    as_of
        The day on which we stand, within the calendar of the school.
    history
        Remembered facts by table name (for example ``{"visits": frame}`` from the casebook), with
        columns as in :mod:`visitkit.tables`. They are added to the school's tables; a row that the
        school's table already holds (same student, date and kind) is not counted twice.
    scored
        Questionnaire sheets that were scored already, for example with the norm the school
        chose; by default they are scored here with each instrument's usual norm.

    Returns
    -------
    Indicators
        A row a student (index ``student_id``, in order) and a float64 column an indicator in the
        order of :data:`visitkit.screen.catalog.CATALOG`; ``dates`` holds the date of the latest
        fact behind each figure, missing where no record is behind it.

    Raises
    ------
    visitkit.errors.CalendarError
        When ``as_of`` is no day of the school's calendar.
    """
    moment = Moment(read_day(as_of, school.calendar), school.calendar)
    held = gathered(school, history or {})
    held["surveys"] = scored_sheets(held["surveys"], moment) if scored is None else scored
    held["homelife"] = read_values(held["homelife"])
    frames = {name: nw.from_native(frame) for name, frame in held.items()}
    base = ground(frames, moment, getattr(school, "covers", None))
    return _side_by_side(base, families(base))


def gathered(school: School, history: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return the tables of a school with remembered facts added."""
    held = {name: school.table(name) for name in tables.TABLES if name != "calendar"}
    for name, extra in history.items():
        held[name] = _added(held[name], extra, name)
    return held


def _added(table: pd.DataFrame, extra: pd.DataFrame, name: str) -> pd.DataFrame:
    spec = tables.TABLES[name]
    same = spec.key or tuple(c.name for c in spec.columns if c.required)
    same = tuple(column for column in same if column in extra)
    if table.empty or extra.empty:
        return extra.reindex(columns=table.columns) if table.empty else table
    there = pd.MultiIndex.from_frame(table[list(same)])
    new = ~pd.MultiIndex.from_frame(extra[list(same)]).isin(there)
    return pd.concat([table, extra.loc[new]], ignore_index=True)


def scored_sheets(sheets: pd.DataFrame, moment: Moment) -> pd.DataFrame:
    """Score the known questionnaire sheets with each instrument's usual norm."""
    from visitkit.screen import instruments

    return instruments.score_table(sheets[sheets["date"] < moment.end])


def _side_by_side(base: Ground[Any], parts: list[Any]) -> Indicators:
    here = base.here.to_native()
    wide = here[["student"]]
    for part in parts:
        wide = wide.merge(part.to_native(), on="student", how="left", validate="1:1")
    index = pd.Index(here["student_id"], name="student_id")
    names = [indicator.name for indicator in CATALOG]
    columns = {name: _column(wide, name).set_axis(index) for name in names}
    result = Indicators(pd.DataFrame(columns, index=index)[names].sort_index())
    dates = {
        name: _dates(wide, name).set_axis(index).reindex(result.index).where(result[name].notna())
        for name in names
    }
    result.as_of = base.moment.as_of
    result.dates = pd.DataFrame(dates, index=result.index)
    result.class_id = here.set_index(index)["class_id"].reindex(result.index)
    return result


def _column(wide: pd.DataFrame, name: str) -> pd.Series[float]:
    if name not in wide:
        return pd.Series(float("nan"), index=wide.index)
    return pd.Series(wide[name].to_numpy(dtype="float64", na_value=float("nan")), index=wide.index)


def _dates(wide: pd.DataFrame, name: str) -> pd.Series[pd.Timestamp]:
    if f"{name}_date" not in wide:
        return pd.Series(pd.NaT, index=wide.index, dtype="datetime64[us]")
    return wide[f"{name}_date"].astype("datetime64[us]")
