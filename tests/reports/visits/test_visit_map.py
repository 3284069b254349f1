"""Map and routes: true lengths, marks that do not cover each other, formats as written down."""

from __future__ import annotations

import json
import math
import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

from hypothesis import given, settings
from hypothesis import strategies as st

from visitkit.plan.travel import Mode, minutes_between
from visitkit.reports.visits.exchange import as_geojson, as_gpx
from visitkit.reports.visits.geo import EARTH_METRES, Spot, frame, homes, metres, spread
from visitkit.reports.visits.given import Beside
from visitkit.reports.visits.map_page import COLOURS, DASHES, sketch, write_map
from visitkit.reports.visits.rows import Round, visit_round

LATITUDES = st.floats(-60, 60)
STEPS = st.floats(-0.1, 0.1)
GPX = "{http://www.topografix.com/GPX/1/1}"


def far(one: Spot, other: Spot) -> float:
    """Return the great-circle distance in metres: a metre a minute at 60/1000 km/h."""
    walk = Mode(speed=0.06, detour=1.0, overhead=0.0)
    return float(minutes_between([one.lat, other.lat], [one.lon, other.lon], walk)[0, 1])


@settings(max_examples=50, deadline=None)
@given(LATITUDES, st.floats(-180, 180), st.lists(st.tuples(STEPS, STEPS), min_size=2, max_size=6))
def test_the_scale_bar_is_true(lat: float, lon: float, steps: list[tuple[float, float]]) -> None:
    """Two places as far apart as the bar is long are as far apart on the sphere, to 0.5 per cent.

    Within 0.1 degree of the middle, at most 60 degrees from the equator, the cosine of the latitude
    changes by tan(60) * 0.1 degree = 0.3 per cent; the rest is the curvature of the sphere.
    """
    spots = [Spot(lat + north, lon + east) for north, east in steps]
    drawing = frame(spots)
    length, units = drawing.scale
    assert math.isclose(units * drawing.unit, length, rel_tol=1e-9)
    assert re.fullmatch(r"[125]0*", str(length))
    assert units <= drawing.width / 4
    for one in spots:
        for other in spots:
            drawn = math.dist(drawing.at(one), drawing.at(other)) * drawing.unit
            assert math.isclose(drawn, far(one, other), rel_tol=5e-3, abs_tol=0.5)


@settings(max_examples=50, deadline=None)
@given(LATITUDES, st.floats(-180, 180), st.lists(st.tuples(STEPS, STEPS), min_size=1, max_size=6))
def test_all_places_are_in_the_drawing(
    lat: float, lon: float, steps: list[tuple[float, float]]
) -> None:
    """Also across the date line; north is up and east to the right."""
    spots = [Spot(lat + north, lon + east) for north, east in steps]
    drawing = frame(spots)
    for spot in spots:
        x, y = drawing.at(spot)
        assert 0 <= x <= drawing.width
        assert 0 <= y <= drawing.height
    middle = drawing.middle
    right, up = drawing.at(Spot(middle.lat + 0.001, middle.lon + 0.001))
    assert right > drawing.width / 2
    assert up < drawing.height / 2


def test_a_degree_by_hand() -> None:
    """A degree north is R pi/180 = 111,195 m; a degree east at 60 degrees half of it."""
    _, north = metres(Spot(60.0, 10.0), Spot(61.0, 10.0))
    east, _ = metres(Spot(60.0, 10.0), Spot(60.0, 11.0))
    assert round(north) == round(EARTH_METRES * math.pi / 180) == 111_195
    assert math.isclose(east, north / 2, rel_tol=1e-9)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.floats(100, 900), st.floats(100, 500)), min_size=1, max_size=12))
def test_marks_do_not_cover_each_other(points: list[tuple[float, float]]) -> None:
    """A dozen homes in one house are still a dozen marks."""
    named = {str(number): point for number, point in enumerate(points)}
    places = list(spread(named, 30.0, (1000.0, 600.0)).values())
    for number, one in enumerate(places):
        assert all(math.dist(one, other) >= 30.0 - 1e-3 for other in places[:number])


def test_a_day_drawn(told: Round) -> None:
    """Monday: two homes of crew A drawn, the home of crew B listed, not drawn."""
    day = sketch(told, told.days[0])
    assert [crew.letter for crew in day.crews] == ["A", "B"]
    assert [mark.label for mark in day.crews[0].marks] == ["A1", "A2"]
    assert day.crews[1].marks == ()
    assert [stop.visit.student_id for stop in day.missing] == ["S04"]
    assert day.bar == ("500 m", day.bar[1])
    first, second = day.crews[0], day.crews[1]
    assert (first.colour, first.dash) != (second.colour, second.dash)
    assert len(set(zip(COLOURS * 3, DASHES * 4, strict=True))) == 24


def test_the_page_holds_the_scale_it_draws(told: Round, tmp_path: Path) -> None:
    """The bar on the page is as long as the frame says, and every home has its mark."""
    write_map(told, tmp_path / "map.html")
    page = (tmp_path / "map.html").read_text("utf-8")
    bars = [float(one) for one in re.findall(r'data-scale="([\d.]+)"', page)]
    assert bars == [sketch(told, day).bar[1] for day in told.days]
    for mark in ("A1", "A2"):
        assert f">{mark}</text>" in page
    assert "S04" in page
    assert "middle of the homes stands in" not in page


def test_an_unknown_school_is_said(told: Round, tmp_path: Path) -> None:
    """Where nobody tells where the school is, the map says what stands in; routes leave it out."""
    bare = visit_round(replace(told.given, beside=Beside()))
    write_map(bare, tmp_path / "map.html")
    assert "middle of the homes stands in" in (tmp_path / "map.html").read_text("utf-8")
    kinds = [one["properties"]["kind"] for one in as_geojson(bare)["features"]]  # type: ignore[attr-defined]
    assert "school" not in kinds
    assert b"<name>school</name>" not in as_gpx(bare)


def test_geojson(told: Round) -> None:
    """RFC 7946: longitude first, closed list of kinds, lines from the school through the homes."""
    found = json.loads(json.dumps(as_geojson(told)))
    assert found["type"] == "FeatureCollection"
    kinds = [one["properties"]["kind"] for one in found["features"]]
    assert kinds == ["school", "visit", "visit", "route", "visit", "route"]
    assert found["features"][1]["geometry"] == {"type": "Point", "coordinates": [104.0, 30.01]}
    line = found["features"][3]["geometry"]
    assert line["type"] == "LineString"
    assert line["coordinates"] == [[104.0, 30.0], [104.0, 30.01], [104.01, 30.02]]


def test_gpx(told: Round) -> None:
    """GPX 1.1: children in the order of the schema, times in UTC, a route an outing with homes."""
    root = ElementTree.fromstring(as_gpx(told))
    assert root.tag == f"{GPX}gpx"
    assert root.attrib["version"] == "1.1"
    assert [child.tag.removeprefix(GPX) for child in root] == ["metadata", "rte", "rte"]
    route = root[1]
    assert [child.tag.removeprefix(GPX) for child in route] == ["name", "desc", *["rtept"] * 3]
    home = route[3]
    assert home.attrib == {"lat": "30.010000", "lon": "104.000000"}
    assert [(child.tag.removeprefix(GPX), child.text) for child in home] == [
        ("time", "2026-11-02T08:42:00Z"),
        ("name", "A1 S01"),
    ]


def test_homes_are_turned_into_one_system(told: Round) -> None:
    """Homes in another system of coordinates lie where they are, not hundreds of metres off."""
    school = told.given.school
    moved = school.students.assign(coord_system="gcj02")
    other = replace(school, tables={**school.tables, "students": moved})
    apart = far(homes(school)["S01"], homes(other)["S01"])
    assert 100 < apart < 1000
