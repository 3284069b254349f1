"""The routes of a day as the browser draws them: what :mod:`visitkit.reports` sketched, as data."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from visitkit import text
from visitkit.reports.visits.given import clock, number
from visitkit.reports.visits.map_page import Crew, Sketch, sketch
from visitkit.reports.visits.rows import Round, Stop

#: What a browser is handed.
Shape = Mapping[str, object]


def day_list(told: Round) -> list[dict[str, str]]:
    """Return the days with visits: ``id`` and words."""
    return [{"id": date.isoformat(), "label": told.given.day(date)} for date in told.days]


def day_map(
    told: Round, date: dt.date | None, letter: str = "", names: bool = False
) -> dict[str, object]:
    """Return the map of a day: drawing, crews, stops in order, homes that are not drawn.

    Parameters
    ----------
    told
        The plan day by day.
    date
        The day; ``None`` gives an empty map.
    letter
        Of the crew that is drawn alone; empty: all of them.
    names
        Tell names of students and teachers beside their numbers.
    """
    if date is None:
        return {}
    drawn = sketch(told, date, letter)
    spoken = _Spoken(told, names)
    return {
        "date": date.isoformat(),
        "label": told.given.day(date),
        **_drawing(drawn, known=told.given.beside.base is not None),
        "crews": [spoken.crew(one) for one in drawn.crews],
        "missing": [stop.mark for stop in drawn.missing],
    }


def _drawing(drawn: Sketch, known: bool) -> dict[str, object]:
    if drawn.frame is None or drawn.school is None:
        return {"width": 0}
    words, length = drawn.bar
    return {
        "width": round(drawn.frame.width),
        "height": round(drawn.frame.height),
        "school": list(drawn.school),
        "school_known": known,
        "grid": [[*a, *b] for a, b in drawn.grid],
        "bar": {"words": words, "length": length},
    }


class _Spoken:
    def __init__(self, told: Round, names: bool) -> None:
        self._told, self._names = told, names
        self._lang = told.given.lang

    def crew(self, one: Crew) -> Shape:
        """Return a crew with its stops in order."""
        marks = {mark.label: mark for mark in one.marks}
        return {
            "letter": one.letter,
            "names": self._crew_names(one),
            "colour": one.colour,
            "dash": one.dash,
            "ways": list(one.ways),
            "stops": [
                {
                    "mark": stop.mark,
                    "place": list(marks[stop.mark].place) if stop.mark in marks else None,
                    "home": list(marks[stop.mark].home) if stop.mark in marks else None,
                    "student": stop.visit.student_id,
                    "words": self._stop(stop),
                }
                for stop in one.visits
            ],
        }

    def _crew_names(self, one: Crew) -> str:
        if not self._names or not one.visits:
            return one.names
        return self._told.names(one.visits[0].visit.crew)

    def _stop(self, stop: Stop) -> str:
        visit, child = stop.visit, stop.child
        who = f"{visit.student_id} {child.name}" if self._names and child.name else visit.student_id
        facts = {
            "who": who,
            "start": clock(visit.start),
            "end": clock(visit.end),
            "way": number(visit.travel),
            "class_id": child.class_id or self._say("no_class"),
        }
        if visit.form == "home":
            return self._say("stop", **facts)
        return self._say("stop_elsewhere", **facts, form=self._told.given.form(visit.form))

    def _say(self, key: str, **facts: object) -> str:
        return text.say(f"widgets_routes.{key}", self._lang, **facts)
