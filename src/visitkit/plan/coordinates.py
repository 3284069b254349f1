"""WGS-84, GCJ-02 and BD-09: the three systems in which Chinese maps give a place.

GPS and OpenStreetMap speak WGS-84. Maps published in China speak GCJ-02, a few hundred metres away
from it, and Baidu BD-09, about a kilometre away. Two homes in one system are as far apart as they
should be, to half a per cent; two homes in different systems are not, so a table may hold one
system only.

The formulas are the public ones: WGS-84 to GCJ-02 on the Krasovsky 1940 ellipsoid (semi-major axis
6,378,245 m, squared eccentricity 0.006693421622965943) as in the ``eviltransform`` and
``coordtransform`` libraries, GCJ-02 to BD-09 by the polar shift published with them. The way back
has no closed form: it is found by fixed-point rounds on the way there. Round trips are exact to
0.1 m; how far the public formula is from a survey is not known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
import numpy.typing as npt

from visitkit.errors import PlanError

Floats = npt.NDArray[np.float64]
Pair = tuple[Floats, Floats]

#: The systems known, as in ``text/*/values.toml`` under ``coord_system``.
SYSTEMS = ("wgs84", "gcj02", "bd09")

#: What is taken where no row says its system.
USUAL_SYSTEM = "wgs84"

_AXIS = 6_378_245.0
_ECCENTRICITY = 0.006693421622965943
_BAIDU = np.pi * 3000.0 / 180.0
#: The box around China outside of which GCJ-02 leaves places where they are.
_SOUTH, _NORTH, _WEST, _EAST = 0.8293, 55.8271, 72.004, 137.8347
#: Each round shrinks the error about a hundredfold from some 700 m.
_ROUNDS = 6


def convert(
    lat: npt.ArrayLike, lon: npt.ArrayLike, *, source: str, target: str = "wgs84"
) -> tuple[Floats, Floats]:
    """Return places of one system in another.

    Parameters
    ----------
    lat, lon
        Degrees, of any shape. Missing values stay missing.
    source, target
        Two of :data:`SYSTEMS`.

    Returns
    -------
    tuple of numpy.ndarray
        Latitude and longitude in degrees. Places outside China are the same in WGS-84 and GCJ-02.

    Raises
    ------
    PlanError
        When a system is not known.

    Examples
    --------
    >>> lat, lon = convert(39.9087, 116.3975, source="wgs84", target="gcj02")
    >>> round(float(lat), 4), round(float(lon), 4)
    (39.9101, 116.4037)
    """
    for system in (source, target):
        if system not in SYSTEMS:
            known = ", ".join(SYSTEMS)
            raise PlanError("duties.coordinates_unknown", found=system, names=known)
    pair = (np.asarray(lat, float), np.asarray(lon, float))
    if source == target:
        return pair
    steps = {
        ("wgs84", "gcj02"): (_to_gcj,),
        ("gcj02", "wgs84"): (_from_gcj,),
        ("gcj02", "bd09"): (_to_baidu,),
        ("bd09", "gcj02"): (_from_baidu,),
        ("wgs84", "bd09"): (_to_gcj, _to_baidu),
        ("bd09", "wgs84"): (_from_baidu, _from_gcj),
    }
    for step in steps[source, target]:
        pair = step(*pair)
    return pair


def one_system(named: Iterable[object], table: str) -> str:
    """Return the system of a table whose places must share one.

    Parameters
    ----------
    named
        What each row with a place says; a row that says nothing follows the others, and where no
        row says anything :data:`USUAL_SYSTEM` is taken.
    table
        Name of the table, for the message.

    Raises
    ------
    PlanError
        When the rows name more than one system.

    Examples
    --------
    >>> one_system(["gcj02", None, "gcj02"], "students")
    'gcj02'
    """
    found = sorted({str(one) for one in named if isinstance(one, str) and one})
    if len(found) > 1:
        raise PlanError("duties.coordinates_mixed", table=table, found=", ".join(found))
    return found[0] if found else USUAL_SYSTEM


def _outside(lat: Floats, lon: Floats) -> npt.NDArray[np.bool_]:
    return ~((lat > _SOUTH) & (lat < _NORTH) & (lon > _WEST) & (lon < _EAST))


def _waves(value: Floats, parts: tuple[tuple[float, float], ...]) -> Floats:
    total = np.zeros_like(value)
    for size, rate in parts:
        total += size * np.sin(value * rate * np.pi)
    return total * 2.0 / 3.0


def _shift(lat: Floats, lon: Floats) -> Pair:
    """Return by how many degrees GCJ-02 lies off a WGS-84 place."""
    x, y = lon - 105.0, lat - 35.0
    root = np.sqrt(np.abs(x))
    both = _waves(x, ((20.0, 6.0), (20.0, 2.0)))
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + both
    north += _waves(y, ((20.0, 1.0), (40.0, 1.0 / 3.0), (160.0, 1.0 / 12.0), (320.0, 1.0 / 30.0)))
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + both
    east += _waves(x, ((20.0, 1.0), (40.0, 1.0 / 3.0), (150.0, 1.0 / 12.0), (300.0, 1.0 / 30.0)))
    angle = np.radians(lat)
    bend = 1.0 - _ECCENTRICITY * np.sin(angle) ** 2
    metres_north = _AXIS * (1.0 - _ECCENTRICITY) / (bend * np.sqrt(bend)) * np.pi / 180.0
    metres_east = _AXIS / np.sqrt(bend) * np.cos(angle) * np.pi / 180.0
    return north / metres_north, east / metres_east


def _to_gcj(lat: Floats, lon: Floats) -> Pair:
    north, east = _shift(lat, lon)
    away = _outside(lat, lon)
    return np.where(away, lat, lat + north), np.where(away, lon, lon + east)


def _to_baidu(lat: Floats, lon: Floats) -> Pair:
    far = np.hypot(lon, lat) + 0.00002 * np.sin(lat * _BAIDU)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * _BAIDU)
    return far * np.sin(angle) + 0.006, far * np.cos(angle) + 0.0065


def _back(there: Callable[[Floats, Floats], Pair], lat: Floats, lon: Floats) -> Pair:
    found_lat, found_lon = lat, lon
    for _ in range(_ROUNDS):
        seen_lat, seen_lon = there(found_lat, found_lon)
        found_lat, found_lon = found_lat + (lat - seen_lat), found_lon + (lon - seen_lon)
    return found_lat, found_lon


def _from_gcj(lat: Floats, lon: Floats) -> Pair:
    return _back(_to_gcj, lat, lon)


def _from_baidu(lat: Floats, lon: Floats) -> Pair:
    return _back(_to_baidu, lat, lon)
