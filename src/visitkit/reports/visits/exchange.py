"""The routes for other programs: GeoJSON (RFC 7946) and GPX 1.1. Numbers and times, no names."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from pathlib import Path
from xml.etree import ElementTree

from visitkit.reports.visits.calendar_file import OFFSET
from visitkit.reports.visits.geo import Spot, homes, school_spot
from visitkit.reports.visits.given import clock, whole_minute
from visitkit.reports.visits.rows import Round, Stop, Trip

#: Decimals of a degree; the sixth is a tenth of a metre.
_PLACES = 6
_GPX = "http://www.topografix.com/GPX/1/1"
_SCHEMA = "http://www.w3.org/2001/XMLSchema-instance"
Feature = dict[str, object]


def write_geojson(told: Round, path: Path) -> None:
    """Write the school, the homes visited and the routes, longitude before latitude."""
    text = json.dumps(as_geojson(told), ensure_ascii=False, indent=1)
    path.write_text(text + "\n", encoding="utf-8", newline="\n")


def as_geojson(told: Round) -> Feature:
    """Return the plan as a collection of features; visits without a place are not in it.

    Where nobody says where the school is, it is left out and the routes begin at the first home.
    """
    known = homes(told.given.school)
    base = _base(told)
    features = [] if base is None else [_feature("Point", _pair(base), {"kind": "school"})]
    for trip in told.trips:
        stops = [stop for stop in trip.stops if _placed(stop, known)]
        features += [_feature("Point", _pair(known[_home(stop)]), _visit(stop)) for stop in stops]
        way = _way(stops, known, base)
        if len(way) > 1:
            features.append(_feature("LineString", [_pair(one) for one in way], _route(trip)))
    return {"type": "FeatureCollection", "features": features}


def write_gpx(told: Round, path: Path) -> None:
    """Write a route an outing for a telephone or a receiver."""
    path.write_bytes(as_gpx(told))


def as_gpx(told: Round) -> bytes:
    """Return the outings as routes; a home without a place is not in them."""
    ElementTree.register_namespace("", _GPX)
    ElementTree.register_namespace("xsi", _SCHEMA)
    root = ElementTree.Element(f"{{{_GPX}}}gpx", {"version": "1.1", "creator": "visitkit"})
    root.set(f"{{{_SCHEMA}}}schemaLocation", f"{_GPX} {_GPX}/gpx.xsd")
    about = ElementTree.SubElement(root, f"{{{_GPX}}}metadata")
    _text(about, "time", _utc(told.given.today, 0))
    known = homes(told.given.school)
    base = _base(told)
    for trip in told.trips:
        stops = [stop for stop in trip.stops if _placed(stop, known)]
        if stops:
            _gpx_route(root, trip, stops, known, base)
    ElementTree.indent(root)
    return bytes(ElementTree.tostring(root, encoding="UTF-8", xml_declaration=True)) + b"\n"


def _gpx_route(
    root: ElementTree.Element,
    trip: Trip,
    stops: list[Stop],
    known: dict[str, Spot],
    base: Spot | None,
) -> None:
    route = ElementTree.SubElement(root, f"{{{_GPX}}}rte")
    _text(route, "name", f"{trip.date} {trip.letter} {trip.outing.session}")
    _text(route, "desc", ";".join(trip.crew))
    if base is not None:
        _point(route, base, _utc(trip.date, trip.leaves), "school")
    for stop in stops:
        _point(route, known[_home(stop)], _utc(trip.date, stop.visit.start), _label(stop))


def _point(route: ElementTree.Element, spot: Spot, time: str, name: str) -> None:
    lon, lat = _pair(spot)
    at = {"lat": f"{lat:.6f}", "lon": f"{lon:.6f}"}
    point = ElementTree.SubElement(route, f"{{{_GPX}}}rtept", at)
    _text(point, "time", time)
    _text(point, "name", name)


def _text(parent: ElementTree.Element, name: str, words: str) -> None:
    ElementTree.SubElement(parent, f"{{{_GPX}}}{name}").text = words


def _label(stop: Stop) -> str:
    return f"{stop.mark} {stop.visit.student_id}"


def _base(told: Round) -> Spot | None:
    base = told.given.beside.base
    return None if base is None else school_spot(told.given.school, base)


def _home(stop: Stop) -> str:
    return stop.visit.student_id


def _placed(stop: Stop, known: dict[str, Spot]) -> bool:
    return stop.visit.form == "home" and _home(stop) in known


def _way(stops: Iterable[Stop], known: dict[str, Spot], base: Spot | None) -> list[Spot]:
    way = [known[_home(stop)] for stop in stops]
    return way if base is None else [base, *way]


def _pair(spot: Spot) -> list[float]:
    return [round(spot.lon, _PLACES), round(spot.lat, _PLACES)]


def _feature(kind: str, coordinates: object, properties: Feature) -> Feature:
    shape = {"type": kind, "coordinates": coordinates}
    return {"type": "Feature", "geometry": shape, "properties": properties}


def _visit(stop: Stop) -> Feature:
    visit = stop.visit
    return {
        "kind": "visit",
        "student_id": visit.student_id,
        "date": visit.date.isoformat(),
        "start": clock(visit.start),
        "end": clock(visit.end),
        "visitors": list(visit.crew),
        "order": visit.order,
        "mark": stop.mark,
    }


def _route(trip: Trip) -> Feature:
    return {
        "kind": "route",
        "date": trip.date.isoformat(),
        "session": trip.outing.session,
        "visitors": list(trip.crew),
        "mark": trip.letter,
        "straight": True,
    }


def _utc(day: dt.date, minutes: float) -> str:
    at = dt.datetime.combine(day, dt.time()) + dt.timedelta(minutes=whole_minute(minutes))
    return f"{at - OFFSET:%Y-%m-%dT%H:%M:%SZ}"
