"""Where the register stands: the day, the students on roll, and what is known of them by then."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from visitkit.calendar import Bell, Calendar, end_of_lessons, periods_after
from visitkit.errors import CalendarError
from visitkit.load.school import School
from visitkit.policy import Policy


def each(frame: pd.DataFrame) -> Iterator[Any]:
    """Yield the rows of a frame, a cell an attribute."""
    yield from frame.itertuples(index=False)


def at_once(scene: Scene, day: dt.date) -> dt.datetime:
    """Return when what must be done at once is late: the end of lessons of the very day.

    As for the alerts: a fact bears a day and may have become known at any hour of it.
    """
    return scene.due(day, "")


@dataclass(frozen=True)
class Scene:
    """A school, its policy and the day on which we stand.

    Parameters
    ----------
    school
        The tables.
    policy
        The rules.
    as_of
        The day; its own facts are known.
    """

    school: School
    policy: Policy
    as_of: dt.date

    @cached_property
    def end(self) -> pd.Timestamp:
        """The first instant that is no longer known."""
        return pd.Timestamp(self.as_of) + pd.Timedelta(days=1)

    @cached_property
    def _bell(self) -> Bell:
        """The rhythm of lessons, from the policy."""
        return Bell(
            dt.time.fromisoformat(str(self.policy["absence.day_begins"])),
            int(str(self.policy["absence.lesson_minutes"])),
            int(str(self.policy["absence.break_minutes"])),
        )

    @cached_property
    def students(self) -> pd.DataFrame:
        """The students on roll, a row each, index ``student_id`` in order."""
        rows = self.school.table("students")
        entered = rows["entered_on"].isna() | (rows["entered_on"] < self.end)
        gone = rows["left_on"].notna() & (rows["left_on"] < pd.Timestamp(self.as_of))
        return rows[entered & ~gone].set_index("student_id").sort_index()

    @cached_property
    def _teachers(self) -> pd.DataFrame:
        """The teachers in order of ``teacher_id``; missing cells are empty texts."""
        rows = self.school.table("teachers")[["teacher_id", "roles", "homeroom_class", "classes"]]
        return rows.astype("object").fillna("").sort_values("teacher_id")

    def rows(self, table: str, date: str = "date", within: int | None = None) -> pd.DataFrame:
        """Return the rows of a table that are known, of students on roll.

        Parameters
        ----------
        table
            Name of the table.
        date
            Its column with the date; called ``date`` in what is returned.
        within
            Only the last so many school days.
        """
        rows = self.school.table(table).rename(columns={date: "date"})
        keep = (rows["date"] < self.end) & rows["student_id"].isin(self.students.index)
        if within is not None:
            keep &= rows["date"] >= self.since(within)
        return rows[keep]

    def since(self, school_days: int) -> pd.Timestamp:
        """Return the first day of the last ``school_days`` school days."""
        return pd.Timestamp(self.calendar.window_start(self.as_of, school_days))

    @property
    def calendar(self) -> Calendar:
        """The days of the school."""
        return self.school.calendar

    def number(self, key: str) -> float:
        """Return a number of the policy."""
        return float(str(self.policy[key]))

    def codes(self, key: str) -> tuple[str, ...]:
        """Return a list of codes of the policy."""
        found = self.policy[key]
        return tuple(map(str, found)) if isinstance(found, list) else (str(found),)

    def begins(self, day: dt.date) -> dt.datetime:
        """Return the beginning of a day's lessons: a fact bears a day, and early is safer."""
        return dt.datetime.combine(day, self._bell.begins)

    def due(self, opened: dt.date, key: str) -> dt.datetime:
        """Return when something opened on a day is due by a policy key.

        The ending of the key says the unit: ``_hours`` or ``hours`` of the clock, over weekends
        too, or ``_periods``, lessons of school days. ``""`` or a limit of 0 means at once: before
        the lessons of that day end.
        """
        if not key or self.number(key) == 0:
            return end_of_lessons(self.calendar, opened, self._bell)
        if key.endswith("_periods"):
            return periods_after(
                self.calendar, self.begins(opened), int(self.number(key)), self._bell
            )
        return self.begins(opened) + dt.timedelta(hours=self.number(key))

    def same_school_day(self, day: dt.date) -> dt.datetime:
        """Return the end of lessons on a day, or on the next school day when there is no school.

        Where the calendar ends before that, the day itself.
        """
        try:
            return end_of_lessons(self.calendar, self.calendar.add_school_days(day, 0), self._bell)
        except CalendarError:
            return dt.datetime.combine(day, end_of_lessons(self.calendar, day, self._bell).time())

    def school_days_on(self, day: dt.date, number: int) -> dt.datetime:
        """Return the end of lessons ``number`` school days after a day."""
        try:
            last = self.calendar.add_school_days(day, number)
        except CalendarError:
            span = Calendar.weekdays(day, day + dt.timedelta(days=7 + 2 * number))
            last = span.add_school_days(day, number)
        return end_of_lessons(self.calendar, last, self._bell)

    def who_id(self, student_id: str, role: str) -> str:
        """Return who holds a role for a student, ids joined by ``;``; empty when nobody is known.

        The head teacher and the subject teachers are those of the class; any other role is held
        by whoever the table of teachers says.
        """
        cell = self.students["class_id"].get(student_id, "")
        class_id = "" if pd.isna(cell) else str(cell)
        if (role, class_id) not in self._held:
            self._held[role, class_id] = ";".join(self._holders(role, class_id))
        return self._held[role, class_id]

    @cached_property
    def _held(self) -> dict[tuple[str, str], str]:
        return {}

    def _holders(self, role: str, class_id: str) -> Iterable[str]:
        if role == "head_teacher":
            return [who for who, home, _, _ in self._staff if home == class_id != ""]
        if role == "subject_teacher":
            return [who for who, _, taught, _ in self._staff if class_id in taught and class_id]
        return [who for who, _, _, roles in self._staff if role in roles]

    @cached_property
    def _staff(self) -> list[tuple[str, str, list[str], list[str]]]:
        """Each teacher with the class of her own, the classes she teaches, and her roles."""
        rows = self._teachers[["teacher_id", "homeroom_class", "classes", "roles"]]
        return [
            (str(who), "" if pd.isna(home) else str(home), _codes(classes), _codes(roles))
            for who, home, classes, roles in rows.itertuples(index=False, name=None)
        ]


def _codes(cell: object) -> list[str]:
    return [] if pd.isna(cell) else str(cell).split(";")  # type: ignore[call-overload]
