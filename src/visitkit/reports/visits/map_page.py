"""A map a day that needs no network: school, homes numbered, crews told apart without colour."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from visitkit.reports.visits.geo import Frame, frame, homes, school_spot, spread
from visitkit.reports.visits.given import clock
from visitkit.reports.visits.rendering import write_rendered
from visitkit.reports.visits.rows import Round, Stop

#: Okabe and Ito's colours that can be told apart by people with any colour vision, the pale ones
#: darkened for white paper; with the dashes 24 looks, and the letters tell all of them apart.
COLOURS = ("#0b5fa5", "#b3430b", "#00735a", "#a03a78", "#6b5500", "#222222", "#5d3fa0", "#8a1c1c")
DASHES = ("", "10 5", "2.5 5", "14 4 3 4", "6 3", "18 5 3 5 3 5")

#: Least distance between two marks, in units of the drawing.
_APART = 34.0

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Mark:
    """A home in the drawing: where it lies, where its mark stands, and the visit."""

    label: str
    home: Point
    place: Point
    stop: Stop


@dataclass(frozen=True, slots=True)
class Crew:
    """The way of a crew on a day: letter, look, points, marks; visits that are not drawn."""

    letter: str
    names: str
    colour: str
    dash: str
    ways: tuple[str, ...]
    marks: tuple[Mark, ...]
    visits: tuple[Stop, ...]


@dataclass(frozen=True, slots=True)
class Sketch:
    """The map of a day.

    Parameters
    ----------
    date
        The day.
    frame
        ``None`` where no home of the day has coordinates.
    school
        Where the school is in the drawing.
    crews
        In order of their letters.
    missing
        Visits whose home has no coordinates.
    grid
        Lines as far apart as the scale bar is long.
    """

    date: dt.date
    frame: Frame | None
    school: Point | None
    crews: tuple[Crew, ...]
    missing: tuple[Stop, ...]
    grid: tuple[tuple[Point, Point], ...]

    @property
    def bar(self) -> tuple[str, float]:
        """Words and length of the scale bar."""
        if self.frame is None:
            return "", 0.0
        length, units = self.frame.scale
        return (f"{length // 1000} km" if length >= 1000 else f"{length} m"), round(units, 2)


def write_map(told: Round, path: Path) -> None:
    """Write the map page: a map, a legend and a table for each day."""
    known = told.given
    sketches = [sketch(told, date) for date in told.days]
    facts: dict[str, object] = {
        "sketches": sketches,
        "base_known": known.beside.base is not None,
        "today": known.today,
        "clock_of": clock,
    }
    write_rendered(path, "map.html", known, facts)


def sketch(told: Round, date: dt.date, letter: str = "") -> Sketch:
    """Return the map of a day.

    Parameters
    ----------
    told, date
        The plan and the day.
    letter
        Draw this crew alone, as large as it can be; its looks stay those of the whole day.
    """
    known = homes(told.given.school)
    base = school_spot(told.given.school, told.given.beside.base)
    trips = [trip for trip in told.on(date) if not letter or trip.letter == letter]
    stops = [stop for trip in trips for stop in trip.stops if stop.visit.form == "home"]
    drawn = {stop.mark: known[_home(stop)] for stop in stops if _home(stop) in known}
    missing = tuple(stop for stop in stops if _home(stop) not in known)
    if not drawn or base is None:
        return Sketch(date, None, None, _crews(told, date, None, {}, {}), missing, ())
    drawing = frame([base, *drawn.values()])
    at = {mark: _rounded(drawing.at(spot)) for mark, spot in drawn.items()}
    school = _rounded(drawing.at(base))
    room = (drawing.width, drawing.height)
    places = spread({"": school, **at}, _APART, room)
    crews = _crews(told, date, school, at, {mark: _rounded(p) for mark, p in places.items()})
    return Sketch(date, drawing, school, crews, missing, _grid(drawing))


def _crews(
    told: Round,
    date: dt.date,
    school: Point | None,
    at: dict[str, Point],
    places: dict[str, Point],
) -> tuple[Crew, ...]:
    found: dict[str, Crew] = {}
    for trip in told.on(date):
        before = found.get(trip.letter)
        number = len(found) if before is None else list(found).index(trip.letter)
        drawn = [stop for stop in trip.stops if stop.mark in at]
        way = ([] if school is None else [school]) + [at[stop.mark] for stop in drawn]
        line = " ".join(f"{x:g},{y:g}" for x, y in way) if drawn else ""
        marks = tuple(Mark(one.mark, at[one.mark], places[one.mark], one) for one in drawn)
        found[trip.letter] = Crew(
            trip.letter,
            told.given.say("visit_papers.comma").join(trip.crew),
            COLOURS[number % len(COLOURS)],
            DASHES[number % len(DASHES)],
            (*(before.ways if before else ()), *([line] if line else [])),
            (*(before.marks if before else ()), *marks),
            (*(before.visits if before else ()), *trip.stops),
        )
    return tuple(found.values())


def _grid(drawing: Frame) -> tuple[tuple[Point, Point], ...]:
    step, wide, tall = drawing.scale[1], drawing.width, drawing.height
    upright = [((x, 0.0), (x, tall)) for x in _steps(wide, step)]
    level = [((0.0, y), (wide, y)) for y in _steps(tall, step)]
    return (*upright, *level)


def _steps(length: float, step: float) -> list[float]:
    """Return places a step apart, one of them in the middle."""
    first = length / 2 % step
    return [round(first + number * step, 2) for number in range(int((length - first) / step) + 1)]


def _home(stop: Stop) -> str:
    return stop.visit.student_id


def _rounded(point: Point) -> Point:
    return round(point[0], 2), round(point[1], 2)
