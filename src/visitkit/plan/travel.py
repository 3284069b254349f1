"""Minutes between the school, the homes of students and the homes of teachers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
import pandas as pd

from visitkit.errors import PlanError
from visitkit.load.school import School
from visitkit.plan.coordinates import convert, one_system
from visitkit.plan.problem import Request, Travel

Floats = npt.NDArray[np.float64]

#: Name of the place where outings begin.
SCHOOL = "school"
#: Before the number of a teacher whose home is meant: a student may have the same number.
STAFF = "teacher:"

_EARTH_KM = 6371.0088


@dataclass(frozen=True, slots=True)
class Mode:
    """A way of travel.

    Parameters
    ----------
    speed
        Kilometres an hour on the way.
    detour
        Length of the way over the straight line.
    overhead
        Minutes before and after each leg: finding, parking, waiting.
    """

    speed: float
    detour: float
    overhead: float

    def __post_init__(self) -> None:
        if self.speed <= 0 or self.detour < 1 or self.overhead < 0:
            raise PlanError("duties.mode_numbers")


#: Ways of travel. An electric bicycle keeps below the 25 km/h of GB 17761; roads are about 1.4
#: times the straight line (Boscoe, Henry and Zdeb 2012, doi:10.1080/00330124.2011.583586), paths
#: less, bus lines more. Speeds and minutes are stated defaults; a school that knows better gives
#: its own.
MODES: Mapping[str, Mode] = MappingProxyType(
    {
        "walk": Mode(4.8, 1.25, 1.0),
        "bike": Mode(12.0, 1.3, 2.0),
        "ebike": Mode(20.0, 1.35, 3.0),
        "car": Mode(30.0, 1.4, 5.0),
        "bus": Mode(18.0, 1.6, 12.0),
    }
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is: degrees, and the system they are in."""

    lat: float
    lon: float
    system: str = "wgs84"


def school_place(school: School) -> Place:
    """Return the middle of the homes, which stands in where nobody says where the school is.

    Returns
    -------
    Place
        The median latitude and longitude in WGS-84; not a number where no home is known.

    Raises
    ------
    PlanError
        When the homes are given in more than one system.
    """
    homes = _homes(school)
    if homes.empty:
        return Place(np.nan, np.nan)
    return Place(float(homes["lat"].median()), float(homes["lon"].median()))


def travel_times(
    requests: Sequence[Request],
    school: School,
    mode: str | Sequence[str] = "ebike",
    *,
    minutes: pd.DataFrame | Mapping[str, pd.DataFrame] | None = None,
    base: Place | None = None,
    modes: Mapping[str, Mode] = MODES,
) -> Travel:
    """Return the minutes between the school, the homes asked for and the teachers' homes.

    Parameters
    ----------
    requests
        Their ``place`` is the student number of the home.
    school
        Coordinates of students and teachers; teachers' are in the system of the students'.
    mode
        One or several ways of travel; the first is the usual one.
    minutes
        Minutes worked out elsewhere, from :func:`visitkit.plan.matrices.read_minutes`, for all
        modes or mode by mode. Names are student numbers, ``teacher:`` and a teacher's number (or
        the bare number where no student has it), and ``school``. A pair given in one direction
        only holds for the other as well; a pair not given at all has no way.
    base
        Where the school is; by default :func:`school_place`.
    modes
        Speed, detour and overhead of each mode.

    Returns
    -------
    visitkit.plan.problem.Travel
        Not a number where a place is unknown or there is no way: the planner leaves such a family
        out and says why.

    Raises
    ------
    PlanError
        When a mode is unknown, systems are mixed, or no name of ``minutes`` is known here.

    Notes
    -----
    Minutes are straight-line kilometres (haversine on a sphere of 6371.0088 km) times detour over
    speed, plus overhead, and 0 from a place to itself.
    """
    asked = [mode] if isinstance(mode, str) else list(mode)
    homes = sorted({one.place for one in requests if one.place})
    staff = [f"{STAFF}{one}" for one in sorted(school.teachers["teacher_id"].astype(str))]
    places = (SCHOOL, *homes, *staff)
    tables: dict[str, Floats] = {}
    for name in asked:
        given = minutes.get(name) if isinstance(minutes, Mapping) else minutes
        if given is not None:
            tables[name] = _ending_at_school(_from_table(given, places), places)
        elif name in modes:
            table = _from_map(places, school, base, modes[name])
            tables[name] = _ending_at_school(table, places)
        else:
            raise PlanError("duties.mode_unknown", found=name, names=", ".join(modes))
    return Travel(places, tables, SCHOOL)


def whole_minutes(trip: Travel) -> Travel:
    """Return travel in whole minutes, rounded up, so that appointments fall on whole minutes.

    Examples
    --------
    >>> trip = Travel(("school", "a"), {"walk": np.array([[0, 7.2], [7.0, 0]])}, "school")
    >>> whole_minutes(trip).minutes["walk"].tolist()
    [[0.0, 8.0], [7.0, 0.0]]
    """
    # A rounding error of the sum must not cost a minute.
    tables = {mode: np.ceil(np.round(table, 6)) for mode, table in trip.minutes.items()}
    return Travel(trip.places, tables, trip.base)


def _homes(school: School) -> pd.DataFrame:
    """Return the homes that have coordinates, by student, in WGS-84."""
    roll = school.students.dropna(subset=["lat", "lon"])
    system = one_system(roll["coord_system"].tolist(), "students")
    lat, lon = convert(roll["lat"].to_numpy(), roll["lon"].to_numpy(), source=system)
    return pd.DataFrame({"lat": lat, "lon": lon}, index=roll["student_id"].astype(str))


def _staff_homes(school: School) -> pd.DataFrame:
    known = school.teachers.dropna(subset=["home_lat", "home_lon"])
    system = one_system(school.students.dropna(subset=["lat"])["coord_system"].tolist(), "students")
    lat, lon = convert(known["home_lat"].to_numpy(), known["home_lon"].to_numpy(), source=system)
    return pd.DataFrame({"lat": lat, "lon": lon}, index=STAFF + known["teacher_id"].astype(str))


def _from_map(places: tuple[str, ...], school: School, base: Place | None, mode: Mode) -> Floats:
    middle = base or school_place(school)
    lat, lon = convert(middle.lat, middle.lon, source=middle.system)
    own = pd.DataFrame({"lat": [float(lat)], "lon": [float(lon)]}, index=[SCHOOL])
    known = pd.concat([own, _homes(school), _staff_homes(school)])
    known = known[~known.index.duplicated()].reindex(list(places))
    return minutes_between(known["lat"].to_numpy(), known["lon"].to_numpy(), mode)


def minutes_between(lat: npt.ArrayLike, lon: npt.ArrayLike, mode: Mode) -> Floats:
    """Return the minutes from each place to each other.

    Parameters
    ----------
    lat, lon
        [n] degrees, WGS-84.
    mode
        Way of travel.

    Returns
    -------
    numpy.ndarray
        [n, n] minutes; not a number where a place is not known.

    Examples
    --------
    >>> minutes_between([30.0, 30.0], [104.0, 104.1], Mode(20, 1.35, 3)).round(1).tolist()
    [[0.0, 42.0], [42.0, 0.0]]
    """
    north, east = np.radians(np.asarray(lat, float)), np.radians(np.asarray(lon, float))
    rise = np.sin((north[:, None] - north[None, :]) / 2) ** 2
    side = np.sin((east[:, None] - east[None, :]) / 2) ** 2
    share = rise + np.cos(north)[:, None] * np.cos(north)[None, :] * side
    far = 2 * _EARTH_KM * np.arcsin(np.sqrt(np.clip(share, 0, 1)))
    table = far * mode.detour / mode.speed * 60 + mode.overhead
    np.fill_diagonal(table, np.where(np.isnan(north), np.nan, 0.0))
    return np.asarray(table, float)


def _from_table(given: pd.DataFrame, places: tuple[str, ...]) -> Floats:
    at = {place: number for number, place in enumerate(places)}
    at |= {
        bare: at[place]
        for place in places
        if place.startswith(STAFF) and (bare := place.removeprefix(STAFF)) not in at
    }
    table = np.full((len(places), len(places)), np.nan)
    told = np.zeros(table.shape, bool)
    rows = given[["origin", "destination", "minutes"]].itertuples(index=False, name=None)
    for origin, destination, number in rows:
        if str(origin) in at and str(destination) in at:
            cell = at[str(origin)], at[str(destination)]
            table[cell], told[cell] = number, True
    if not told.any():
        raise PlanError("duties.matrix_no_match", places=len(places))
    if (table < 0).any():
        raise PlanError("duties.matrix_below_zero")
    table = np.where(told, table, table.T)
    np.fill_diagonal(table, 0.0)
    return table


def _ending_at_school(table: Floats, places: tuple[str, ...]) -> Floats:
    """Let a teacher whose home nobody knows the way to end an outing where it began."""
    known = np.isfinite(table) & ~np.eye(len(places), dtype=bool)
    for number, place in enumerate(places):
        if place.startswith(STAFF) and not known[number].any() and not known[:, number].any():
            table[number], table[:, number] = table[0], table[:, 0]
            table[number, number] = 0.0
    return table
