"""Where homes lie, and a small map of them: local and equirectangular, in metres.

Around one school the sphere is flat enough: a place lies R cos(lat0) (lon - lon0) metres east and
R (lat - lat0) metres north of the middle (J. P. Snyder, Map Projections: A Working Manual, USGS
Professional Paper 1395, 1987, section 12, doi:10.3133/pp1395), R = 6,371,008.8 m as for travel.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from visitkit.load import School
from visitkit.plan.coordinates import convert, one_system
from visitkit.plan.travel import Place, school_place

EARTH_METRES = 6_371_008.8


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in WGS-84 degrees."""

    lat: float
    lon: float


def homes(school: School) -> dict[str, Spot]:
    """Return the homes with coordinates, by student.

    Raises
    ------
    PlanError
        When the homes are given in more than one system.
    """
    roll = school.students.dropna(subset=["lat", "lon"])
    system = one_system(roll["coord_system"].tolist(), "students")
    lat, lon = convert(roll["lat"].to_numpy(), roll["lon"].to_numpy(), source=system)
    names = roll["student_id"].astype(str)
    return {name: Spot(float(n), float(e)) for name, n, e in zip(names, lat, lon, strict=True)}


def school_spot(school: School, base: Place | None) -> Spot | None:
    """Return where the school is, or the middle of the homes; ``None`` where no home is known."""
    place = base or school_place(school)
    lat, lon = convert(place.lat, place.lon, source=place.system)
    return None if math.isnan(float(lat)) else Spot(float(lat), float(lon))


@dataclass(frozen=True, slots=True)
class Frame:
    """A drawing of a stretch of land.

    Parameters
    ----------
    middle
        The place in the middle.
    width, height
        In units of the drawing.
    unit
        Metres a unit.
    """

    middle: Spot
    width: float
    height: float
    unit: float

    def at(self, spot: Spot) -> tuple[float, float]:
        """Return where a place lies in the drawing, x to the right and y down."""
        east, north = metres(self.middle, spot)
        return self.width / 2 + east / self.unit, self.height / 2 - north / self.unit

    @property
    def scale(self) -> tuple[int, float]:
        """The length of the scale bar in metres and in units: 1, 2 or 5 and noughts."""
        most = self.width * self.unit / 4
        step = 10 ** math.floor(math.log10(most))
        length = max(times * step for times in (1, 2, 5) if times * step <= most)
        return round(length), length / self.unit


def metres(middle: Spot, spot: Spot) -> tuple[float, float]:
    """Return how many metres east and north of a middle a place lies.

    Examples
    --------
    >>> east, north = metres(Spot(60.0, 10.0), Spot(60.01, 10.01))
    >>> round(east), round(north)
    (556, 1112)
    """
    turn = (spot.lon - middle.lon + 180.0) % 360.0 - 180.0
    east = math.radians(turn) * math.cos(math.radians(middle.lat)) * EARTH_METRES
    return east, math.radians(spot.lat - middle.lat) * EARTH_METRES


def frame(spots: Iterable[Spot], width: float = 1000.0, margin: float = 60.0) -> Frame:
    """Return a drawing into which all places fit.

    Parameters
    ----------
    spots
        At least one.
    width, margin
        Of the drawing, in its units; its height follows the places and lies between 0.45 and 0.9
        of the width.
    """
    found = list(spots)
    first = found[0]
    steps = [metres(first, spot) for spot in found]
    east, north = [step[0] for step in steps], [step[1] for step in steps]
    lon = first.lon + _degrees(
        (min(east) + max(east)) / 2 / max(math.cos(math.radians(first.lat)), 1e-6)
    )
    middle = Spot(first.lat + _degrees((min(north) + max(north)) / 2), lon)
    wide = max(max(east) - min(east), 100.0)
    tall = max(max(north) - min(north), 100.0)
    height = min(max(width * tall / wide, 0.45 * width), 0.9 * width)
    unit = max(wide / (width - 2 * margin), tall / (height - 2 * margin))
    return Frame(middle, width, round(height), unit)


def _degrees(length: float) -> float:
    return math.degrees(length / EARTH_METRES)


def spread(
    points: Mapping[str, tuple[float, float]], apart: float, room: tuple[float, float]
) -> dict[str, tuple[float, float]]:
    """Return where marks are drawn so that none covers another; most stay where they are.

    Parameters
    ----------
    points
        Mark to the place it stands for.
    apart
        Least distance between two marks.
    room
        Width and height of the drawing.
    """
    taken: list[tuple[float, float]] = []
    found = {}
    for mark, point in points.items():
        place = next(
            (one for one in _around(point, apart, room) if _free(one, taken, apart)), point
        )
        found[mark] = place
        taken.append(place)
    return found


def _around(
    point: tuple[float, float], apart: float, room: tuple[float, float]
) -> Iterable[tuple[float, float]]:
    yield point
    for ring in range(1, 8):
        for step in range(8 * ring):
            turn = 2 * math.pi * step / (8 * ring)
            x = point[0] + ring * apart * math.cos(turn)
            y = point[1] + ring * apart * math.sin(turn)
            if apart <= x <= room[0] - apart and apart <= y <= room[1] - apart:
                yield x, y


def _free(place: tuple[float, float], taken: list[tuple[float, float]], apart: float) -> bool:
    return all(math.dist(place, other) >= apart - 1e-6 for other in taken)
