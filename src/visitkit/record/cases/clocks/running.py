"""How a clock runs: from the step that starts it to the step that stops it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from visitkit.calendar import Calendar
from visitkit.record.cases.folding import listed, says
from visitkit.record.cases.guards.ground import Ground
from visitkit.record.cases.machine import Clock
from visitkit.record.cases.moments import day_of, end_of_day, hours_later, lessons_over, moment_of
from visitkit.record.entry import Entry, Owed


@dataclass(frozen=True)
class Face:
    """A clock on a case.

    Parameters
    ----------
    ground
        The case with the rules of the school.
    clock
        What the machine says of the clock.
    calendar
        The days of the school.
    """

    ground: Ground
    clock: Clock
    calendar: Calendar

    def started(self) -> Entry | None:
        """Return the step since which the clock runs; ``None`` when it stands still."""
        found: Entry | None = None
        for one in self.ground.entries:
            if one.step in self.clock.stops:
                found = None
            if one.step in self.clock.starts and self.counts(one):
                # A fact told again does not give more time, unless the step winds the clock.
                winds = one.step in self.clock.stops or not self.clock.when
                found = one if winds or found is None else found
        return found

    def counts(self, one: Entry) -> bool:
        """Tell whether a step starts the clock, by its facts."""
        return not self.clock.when or says(one.facts, self.clock.when)

    def owed(
        self, since: dt.datetime, due: dt.datetime | None, *, code: str = "", by: str = ""
    ) -> Owed:
        """Return what is owed; ``code`` tells apart what one clock asks for several times."""
        state, clock = self.ground.state, self.clock
        return Owed(
            state.case_id,
            state.kind,
            state.student_id,
            f"{clock.name}:{code}" if code else clock.name,
            by or self.by(),
            since,
            due,
            clock.source.format_map({key: str(value) for key, value in state.facts.items()}),
        )

    def by(self) -> str:
        """Return who owes it: a person named in the case, else a role."""
        for one in self.clock.by:
            kind, _, rest = one.partition(":")
            named = {
                "fact": lambda name: listed(self.ground.state.facts, name),
                "key": self.ground.codes,
            }
            found = named[kind](rest) if kind in named else (one,)
            if found:
                return found[0]
        return ""

    @property
    def ended(self) -> bool:
        """The case has ended and the clock with it."""
        return self.ground.state.closed and not self.clock.survives


def plain(face: Face) -> Iterator[Owed]:
    """Yield what a clock without a rule of its own asks for.

    Hours run day and night, over weekends and holidays; school days end with the lessons of the
    last; a day named in the case is kept until it is over. Where nothing says by when, the school
    has to decide, and the row has no day.
    """
    start = face.started()
    if start is not None:
        yield face.owed(start.at, _due(face, start))


def _due(face: Face, start: Entry) -> dt.datetime | None:
    clock, policy = face.clock, face.ground.policy
    begun = moment_of(start.facts.get(clock.base)) or start.at
    if clock.hours:
        return hours_later(policy, begun, clock.hours)
    if clock.days:
        number = int(face.ground.number(clock.days))
        return lessons_over(policy, face.calendar, begun.date(), number)
    return promised(start, clock.fact)


def promised(start: Entry, fact: str) -> dt.datetime | None:
    """Return the moment a fact of a step names, the end of the day where it names a day."""
    value = start.facts.get(fact)
    day = day_of(value)
    return end_of_day(day) if day is not None else moment_of(value)
