"""What planning knows of a family: where it lives, when it is free, what it speaks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from visitkit.load.school import School
from visitkit.plan.duties_staff import Staff, staff_of
from visitkit.plan.problem import Session, Window
from visitkit.plan.visitors import Week, cut, joined, weekly

_FRIDAY, _SATURDAY = 5, 6


@dataclass(frozen=True)
class Family:
    """A student's family.

    Parameters
    ----------
    student_id, class_id
        The student.
    place
        Name of the home in the travel table; empty where nobody knows the address.
    far
        Too far away for a home visit.
    boarding
        The student lives at school on school days.
    weeks
        Weekly hours of each guardian who is there and says so; empty: nobody says.
    languages
        What the guardians who are there speak; empty: not known.
    visited, earlier
        Day of the last visit at home, and who was there.
    staff, speakers
        Teachers, and the languages of each.
    """

    student_id: str
    class_id: str
    place: str
    far: bool
    boarding: bool
    weeks: tuple[Week, ...]
    languages: frozenset[str]
    visited: dt.date | None
    earlier: tuple[str, ...]
    staff: Staff
    speakers: Mapping[str, frozenset[str]]

    def windows(
        self, times: tuple[Session, ...], service: int, *, with_student: bool = False
    ) -> tuple[Window, ...]:
        """Return when a visit may begin.

        Parameters
        ----------
        times
            The sessions.
        service
            Minutes of a visit, which must end within the window and the session.
        with_student
            The student should be there: a boarder is at home from Friday evening to Sunday noon.
        """
        found = []
        for one in times:
            if with_student and self.boarding and not _at_home(one):
                continue
            parts = [
                part
                for week in self.weeks or (None,)
                for part in cut(week, one.date, (one.start, one.end))
            ]
            found += [
                Window(one.id, start, end - service)
                for start, end in joined(parts)
                if end - start >= service
            ]
        return tuple(found)

    def crew(
        self, leads: tuple[str, ...], partners: tuple[str, ...], alone: bool
    ) -> tuple[tuple[str, ...], tuple[str, ...], bool]:
        """Return who may lead, who may come along and whether one may go alone, given languages.

        Where some who may lead speak with the family, they lead; where none does, somebody who does
        comes along; where nobody does, all stay as they are and the family is asked to help.
        """
        able = tuple(one for one in leads if self._speaks(one))
        if able or not leads:
            return able, partners, alone
        helping = tuple(one for one in partners if self._speaks(one))
        return (leads, helping, False) if helping else (leads, partners, alone)

    def _speaks(self, teacher: str) -> bool:
        spoken = self.speakers.get(teacher, frozenset())
        return not self.languages or not spoken or not spoken.isdisjoint(self.languages)


def families(school: School, as_of: dt.date, far: frozenset[str]) -> dict[str, Family]:
    """Return the families of students who have not left, by student."""
    staff = staff_of(school)
    speakers = _speakers(school)
    guardians = _guardians(school)
    seen = _visited(school, as_of)
    found = {}
    columns = [
        *("student_id", "class_id", "address", "lat", "zone", "boarding", "left_on"),
    ]
    rows = school.students[columns].astype("object").sort_values("student_id")
    for number, name, address, lat, zone, boarding, left in rows.itertuples(index=False):
        if not pd.isna(left) and left.date() <= as_of:
            continue
        weeks, languages = guardians.get(str(number), ((), frozenset()))
        visited, earlier = seen.get(str(number), (None, ()))
        nowhere = pd.isna(lat) and not _text(address)
        found[str(number)] = Family(
            student_id=str(number),
            class_id=_text(name),
            place="" if nowhere else str(number),
            far=_text(zone) in far,
            boarding=not pd.isna(boarding) and bool(boarding),
            weeks=weeks,
            languages=languages,
            visited=visited,
            earlier=earlier,
            staff=staff,
            speakers=speakers,
        )
    return found


def _at_home(one: Session) -> bool:
    day, morning = one.date.isoweekday(), one.start < 12 * 60
    if one.kind == "weekend":
        return day == _SATURDAY or morning or day <= _FRIDAY
    return day == _FRIDAY


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def _languages(cell: object) -> frozenset[str]:
    return frozenset(part.strip() for part in _text(cell).split(";") if part.strip())


def _speakers(school: School) -> dict[str, frozenset[str]]:
    rows = school.teachers[["teacher_id", "languages"]].astype("object")
    return {str(one): _languages(cell) for one, cell in rows.itertuples(index=False, name=None)}


def _guardians(school: School) -> dict[str, tuple[tuple[Week, ...], frozenset[str]]]:
    """Return hours and languages of the guardians who are not away; of all where all are."""
    told = school.guardians
    near = told[~told["away"].fillna(False).astype(bool)]
    alone = told[~told["student_id"].isin(near["student_id"])]
    rows = pd.concat([near, alone])[["student_id", "available", "language", "relation"]]
    weeks: dict[str, set[str]] = {}
    spoken: dict[str, set[str]] = {}
    for number, available, language, _ in rows.astype("object").itertuples(index=False, name=None):
        weeks.setdefault(str(number), set()).update(filter(None, [_text(available)]))
        spoken.setdefault(str(number), set()).update(_languages(language))
    return {
        number: (
            tuple(week for cell in sorted(cells) if (week := weekly(cell)) is not None),
            frozenset(spoken[number]),
        )
        for number, cells in weeks.items()
    }


def _visited(school: School, as_of: dt.date) -> dict[str, tuple[dt.date, tuple[str, ...]]]:
    made = school.visits
    made = made[made["form"].eq("home") & (made["date"] <= pd.Timestamp(as_of))]
    found: dict[str, tuple[dt.date, tuple[str, ...]]] = {}
    rows = made[["student_id", "date", "visitors"]].astype("object")
    for number, date, visitors in rows.itertuples(index=False, name=None):
        who = tuple(sorted(part for part in _text(visitors).split(";") if part))
        latest = found.get(str(number))
        if latest is None or (date.date(), who) > latest:
            found[str(number)] = (date.date(), who)
    return found
