"""Parts of tables to a school: read, matched, checked, and every fault of all tables at once."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import pandas as pd

from visitkit import tables, text
from visitkit.calendar import Calendar
from visitkit.load.absences import settle_attendance
from visitkit.load.answers import settle_surveys
from visitkit.load.classes import settle_classes
from visitkit.load.draft import Draft
from visitkit.load.faults import Fault
from visitkit.load.found import Covers
from visitkit.load.grid import MappedTable
from visitkit.load.notes import Note
from visitkit.load.people import hide_names, student_names_of_guardians
from visitkit.load.recorded import check_recorded_days
from visitkit.load.repeats import check_repeats, put_in_order
from visitkit.load.results import settle_marks
from visitkit.load.roll import Roll, match_students, settle_roll
from visitkit.load.school import School
from visitkit.load.sense import (
    check_ages,
    check_identities,
    check_order,
    check_places,
    middle_day,
)

#: How far the calendar that stands in reaches beyond the records.
_AROUND = dt.timedelta(days=366)
Say = Callable[[str], None]
_SETTLE = {
    "attendance": settle_attendance,
    "marks": settle_marks,
    "surveys": settle_surveys,
}


@dataclass(slots=True)
class Outcome:
    """What came of a reading before anybody decides what faults mean.

    Parameters
    ----------
    frames
        Table name to its clean rows.
    faults, notes
        Everything to be said.
    left_out
        Table name to rows left out.
    calendar
        The school's own, or ``None``.
    covers
        Table name to the first and last day that registers are known to cover.
    """

    frames: dict[str, pd.DataFrame] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    calendar: Calendar | None = None
    covers: Covers = field(default_factory=dict)

    def school(self, source: str) -> School:
        """Return the school of the clean rows."""
        calendar = self.calendar or _assumed(self.frames, self.covers)
        notes = list(self.notes)
        if self.calendar is None:
            notes.append(Note("calendar_assumed"))
        return School(
            self.frames,
            calendar,
            faults=tuple(self.faults),
            left_out={name: count for name, count in self.left_out.items() if count},
            source=source,
            notes=tuple(notes),
            covers=self.covers,
        )


def assemble(parts: Sequence[MappedTable], say: Say) -> Outcome:
    """Read and check the parts of all tables together.

    Parameters
    ----------
    parts
        Recognised parts in the order of the files.
    say
        Told the name of each table before it is read.
    """
    drafts = _drafts(parts, say)
    outcome = Outcome()
    roll = _settle_people(drafts)
    for name, draft in drafts.items():
        say(name)
        _settle(name, draft, roll)
    check_recorded_days(drafts)
    for name, draft in drafts.items():
        if name == "students":
            put_in_order(draft)
        else:
            check_repeats(draft)
    _collect(drafts, outcome)
    if "calendar" in outcome.frames and len(outcome.frames["calendar"]):
        outcome.calendar = _calendar(drafts["calendar"], outcome)
    return outcome


def _drafts(parts: Sequence[MappedTable], say: Say) -> dict[str, Draft]:
    drafts = {}
    for name, table in tables.TABLES.items():
        found = [part for part in parts if part.table == name]
        if found:
            say(name)
            drafts[name] = Draft(table, found)
    return drafts


def _settle_people(drafts: Mapping[str, Draft]) -> Roll | None:
    students = drafts.get("students")
    if students is None:
        return None
    # A birth date that cannot be is no witness against an identity number.
    check_ages(students, middle_day(drafts))
    check_identities(students)
    settle_classes(students, drafts.get("teachers"))
    return settle_roll(students)


def _settle(name: str, draft: Draft, roll: Roll | None) -> None:
    if roll is not None and name != "students" and "student_id" in draft.frame:
        match_students(draft, roll)
    if name == "guardians" and roll is not None:
        student_names_of_guardians(draft, roll)
    if name in _SETTLE:
        _SETTLE[name](draft)
    check_order(draft)
    check_places(draft)


def _collect(drafts: Mapping[str, Draft], outcome: Outcome) -> None:
    for name, draft in drafts.items():
        draft.close()
        outcome.frames[name] = _typed(name, draft.standing().reset_index(drop=True))
        outcome.faults += draft.faults
        outcome.notes += draft.notes
        outcome.left_out[name] += int(draft.dropped.sum())
    outcome.faults = hide_names(_once(outcome.faults), drafts)


def _once(faults: Sequence[Fault]) -> list[Fault]:
    """Return each fault once: where columns become rows, one cell stands in several of them."""
    found: dict[tuple[object, ...], Fault] = {}
    for fault in faults:
        place = (fault.file, fault.sheet, fault.row, fault.column, fault.field)
        found.setdefault((fault.key, *place, "" if fault.column else id(fault)), fault)
    return list(found.values())


def _typed(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table's own columns in order, each of its type; items follow."""
    table = tables.TABLES[name]
    own = [column for column in table.columns if column.sensitivity != "secret"]
    items = [column for column in frame.columns if str(column).startswith("item_")]
    frame = frame[[column.name for column in own] + items]
    return frame.astype({column.name: tables.DTYPES[column.kind] for column in own})


def _calendar(draft: Draft, outcome: Outcome) -> Calendar:
    sources = list(dict.fromkeys(part.file for part in draft.parts))
    calendar = Calendar.from_frame(outcome.frames["calendar"], source=", ".join(sources))
    span = _span(outcome.frames)
    if span and not (calendar.first <= span[0] and span[1] <= calendar.last):
        first, last = calendar.first, calendar.last
        facts = {"first": first, "last": last, "start": span[0], "end": span[1]}
        outcome.notes.append(Note("calendar_short", facts=facts))
    return calendar


def _span(frames: Mapping[str, pd.DataFrame]) -> tuple[dt.date, dt.date] | None:
    """Return the first and last day of attendance, which is counted by school days."""
    if "attendance" not in frames or frames["attendance"].empty:
        return None
    days = frames["attendance"]["date"]
    return pd.Timestamp(days.min()).date(), pd.Timestamp(days.max()).date()


def _assumed(frames: Mapping[str, pd.DataFrame], covers: Covers) -> Calendar:
    """Return weekdays from a year before to a year after all that is known, else around today.

    Screening looks back from a day and visits are planned ahead of it, so the days on which
    something was recorded are not enough.
    """
    recorded = [
        frame[column].dropna()
        for name, frame in frames.items()
        for column in ("date", "start")
        if name not in {"calendar", "students"} and column in frame
        if frame[column].dtype.kind == "M"
    ]
    ends = [stamp.date() for days in recorded if len(days) for stamp in (days.min(), days.max())]
    ends += [day for span in covers.values() for day in span]
    ends = ends or [dt.date.today()]
    calendar = Calendar.weekdays(min(ends) - _AROUND, max(ends) + _AROUND)
    return replace(calendar, source=text.say("load.calendar_source"))


def tell(progress: Callable[[int, int, str], None] | None, parts: Sequence[MappedTable]) -> Say:
    """Return what tells a person how far the checking has come."""
    names = {part.table for part in parts}
    done: list[str] = []

    def say(name: str) -> None:
        done.append(name)
        if progress is not None:
            sheet = text.say(f"tables.{name}.sheet")
            what = text.say("load.progress_check", table=sheet)
            progress(min(len(done), 2 * len(names)), 2 * len(names), what)

    return say
