"""The routes of a day on an ipyleaflet map, where that is installed and tiles can be had."""

from __future__ import annotations

import datetime as dt
import importlib
from typing import Any

from visitkit.errors import PlanError
from visitkit.reports.visits.exchange import as_geojson
from visitkit.reports.visits.map_page import COLOURS, DASHES
from visitkit.reports.visits.rows import Round


def leaflet_map(told: Round, date: dt.date, tiles: Any = None) -> Any:
    """Return an ipyleaflet map of a day; ours needs neither it nor a network.

    Parameters
    ----------
    told
        The plan day by day, for example ``RouteMap(...).told``.
    date
        The day.
    tiles
        A layer with the ground, for example ``ipyleaflet.LocalTileLayer`` over tiles of the school;
        without it nothing is asked of the network and the ground stays grey.

    Returns
    -------
    ipyleaflet.Map
        Homes as marks with number, hour and student number, routes as lines with a colour and a
        dash pattern a crew.

    Raises
    ------
    PlanError
        When ipyleaflet is not installed (extra ``map``), or no home of the day has coordinates.
    """
    try:
        leaflet = importlib.import_module("ipyleaflet")
    except ImportError as error:
        raise PlanError("widgets_routes.no_leaflet") from error
    shapes = as_geojson(told)["features"]
    drawn = [one for one in shapes if _on(one, date)] if isinstance(shapes, list) else []
    if not drawn:
        raise PlanError("widgets_routes.nothing")
    corners = [spot for one in drawn for spot in _spots(one)]
    drawing = leaflet.Map(layers=() if tiles is None else (tiles,), scroll_wheel_zoom=True)
    letters = sorted({trip.letter for trip in told.on(date)}, key=lambda one: (len(one), one))
    for one in drawn:
        drawing.add(_layer(leaflet, one, letters))
    south, west = (min(spot[axis] for spot in corners) for axis in (0, 1))
    north, east = (max(spot[axis] for spot in corners) for axis in (0, 1))
    drawing.fit_bounds([[south, west], [north, east]])
    return drawing


def _on(one: dict[str, Any], date: dt.date) -> bool:
    return bool(one["properties"].get("date", date.isoformat()) == date.isoformat())


def _spots(one: dict[str, Any]) -> list[tuple[float, float]]:
    """Return latitude and longitude of each corner."""
    found = one["geometry"]["coordinates"]
    pairs = [found] if one["geometry"]["type"] == "Point" else found
    return [(lat, lon) for lon, lat in pairs]


def _layer(leaflet: Any, one: dict[str, Any], letters: list[str]) -> Any:
    told, spots = one["properties"], _spots(one)
    if told["kind"] == "route":
        number = letters.index(told["mark"])
        return leaflet.Polyline(
            locations=[list(spot) for spot in spots],
            color=COLOURS[number % len(COLOURS)],
            dash_array=DASHES[number % len(DASHES)] or None,
            fill=False,
        )
    title = " ".join(str(told[key]) for key in ("mark", "start", "student_id") if key in told)
    return leaflet.Marker(location=spots[0], title=title or told["kind"], draggable=False)
