"""The plan day by day: who goes where with whom, for what, under which mark on the map."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from visitkit.plan import Outing, Session, Visit
from visitkit.plan.duties_owed import KINDS
from visitkit.policy.words import source_words
from visitkit.reports.visits.given import Given
from visitkit.reports.visits.people import Child, People, people

#: Kind of a visit that comes from a support tier or from nothing that the duties name.
TIER, OTHER = "tier", "other"


@dataclass(frozen=True, slots=True)
class Purpose:
    """Why a family is visited.

    Parameters
    ----------
    kind
        The most pressing kind of duty, one of :data:`visitkit.plan.duties_owed.KINDS`, ``tier`` or
        ``other``.
    words
        In words that name no reason which would label the student.
    source
        Where the rule stands.
    matters
        Rules of the alerts behind it.
    """

    kind: str
    words: str
    source: str
    matters: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Stop:
    """One visit with its family, purpose and mark: letter of the crew and number of the day."""

    visit: Visit
    child: Child
    purpose: Purpose
    mark: str


@dataclass(frozen=True, slots=True)
class Trip:
    """An outing with its stops.

    Parameters
    ----------
    outing, session
        From the plan; ``session`` is ``None`` where the problem does not know it.
    letter
        Of the crew on the map of that day.
    stops
        In order.
    mode
        Way of travel, a code.
    leaves
        When the outing leaves the school at the latest, minutes after midnight.
    """

    outing: Outing
    session: Session | None
    letter: str
    stops: tuple[Stop, ...]
    mode: str
    leaves: float

    @property
    def date(self) -> dt.date:
        """The day."""
        return self.stops[0].visit.date

    @property
    def crew(self) -> tuple[str, ...]:
        """Who goes, the lead first."""
        return self.stops[0].visit.crew


@dataclass(frozen=True)
class Round:
    """All that the papers show: the trips in order of day and hour."""

    given: Given
    people: People
    trips: tuple[Trip, ...]

    @property
    def stops(self) -> tuple[Stop, ...]:
        """All visits in order of day, hour and student."""
        found = [stop for trip in self.trips for stop in trip.stops]
        return tuple(sorted(found, key=lambda one: _when(one.visit)))

    @property
    def days(self) -> tuple[dt.date, ...]:
        """The days with visits."""
        return tuple(sorted({trip.date for trip in self.trips}))

    @property
    def teachers(self) -> tuple[str, ...]:
        """Those who go, in order of their numbers."""
        return tuple(sorted({who for trip in self.trips for who in trip.crew}))

    def on(self, date: dt.date) -> tuple[Trip, ...]:
        """Return the trips of a day."""
        return tuple(trip for trip in self.trips if trip.date == date)

    def of(self, teacher_id: str) -> tuple[Trip, ...]:
        """Return the trips of a teacher."""
        return tuple(trip for trip in self.trips if teacher_id in trip.crew)

    def names(self, crew: Iterable[str]) -> str:
        """Return the names of teachers, parted by commas."""
        return self.given.say("visit_papers.comma").join(self.people.teacher(one) for one in crew)


def visit_round(known: Given) -> Round:
    """Return the plan day by day.

    Parameters
    ----------
    known
        The plan and what it was made from.
    """
    folk = people(known.school, known.lang)
    kinds = _kinds(known)
    sessions = {one.id: one for one in known.problem.visitors.sessions}
    modes = {one.teacher_id: one.mode for one in known.problem.visitors.people}
    usual = next(iter(known.problem.trip.minutes))
    outings = sorted((one for one in known.plan.outings if one.visits), key=_first)
    trips = []
    for outing, letter, start in _lettered(outings):
        stops = tuple(
            Stop(visit, folk.child(visit.student_id), kinds.of(visit), f"{letter}{start + place}")
            for place, visit in enumerate(outing.visits)
        )
        first = outing.visits[0]
        mode = modes.get(outing.lead) or usual
        leaves = first.start - first.travel
        trips.append(Trip(outing, sessions.get(outing.session), letter, stops, mode, leaves))
    return Round(known, folk, tuple(trips))


def letters(place: int) -> str:
    """Return the letter of a crew: A to Z, then AA, AB and so on.

    Examples
    --------
    >>> letters(0), letters(25), letters(26), letters(701), letters(702)
    ('A', 'Z', 'AA', 'ZZ', 'AAA')
    """
    word = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        word = chr(ord("A") + rest) + word
    return word


def _lettered(outings: list[Outing]) -> Iterable[tuple[Outing, str, int]]:
    """Yield outings with the letter of their crew on that day and the number of the first stop."""
    crews: dict[dt.date, dict[tuple[str, ...], int]] = {}
    for outing in outings:
        first = outing.visits[0]
        seen = crews.setdefault(first.date, {})
        start = seen.get(first.crew, 0)
        seen.setdefault(first.crew, 0)
        yield outing, letters(list(seen).index(first.crew)), start + 1
        seen[first.crew] = start + len(outing.visits)


def _first(outing: Outing) -> tuple[dt.date, float, str, str]:
    first = outing.visits[0]
    return first.date, first.start, outing.lead, outing.session


def _when(visit: Visit) -> tuple[dt.date, float, str, str]:
    return visit.date, visit.start, visit.student_id, visit.request_id


@dataclass(frozen=True)
class _Kinds:
    known: Given
    rows: Mapping[tuple[str, str], tuple[str, str]]

    def of(self, visit: Visit) -> Purpose:
        """Return the most pressing purpose of a visit, in words that label nobody."""
        found = [
            (*self.rows.get((visit.student_id, duty), self._unknown(duty)), duty)
            for duty in visit.duty.split(";")
        ]
        kind, source, _ = min(found, key=lambda one: _urgency(one[0]))
        matters = tuple(_matter(duty) for each, _, duty in found if each == "immediate")
        words = self.known.say(f"visit_papers.purpose.{kind}")
        return Purpose(kind, words, source_words(source, self.known.lang), matters)

    def _unknown(self, duty: str) -> tuple[str, str]:
        key = duty.partition("@")[0]
        return (TIER if key.startswith("tier.") else OTHER), self.known.policy.source(key)


def _kinds(known: Given) -> _Kinds:
    table = pd.DataFrame(known.duties)
    columns = ["student_id", "duty", "kind", "source"]
    rows = table[columns].astype("object").itertuples(index=False, name=None)
    return _Kinds(
        known, {(str(who), str(duty)): (kind, source) for who, duty, kind, source in rows}
    )


def _urgency(kind: str) -> int:
    order = (*KINDS[:-1], TIER, KINDS[-1])
    return order.index(kind) if kind in order else len(order)


def _matter(duty: str) -> str:
    return duty.partition("@")[0].partition(".")[2]
