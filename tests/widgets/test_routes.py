"""The map: each stop of a day once, in order, with a look a crew; a list that says the same."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from visitkit.plan.travel import Place
from visitkit.reports.visits import Beside
from visitkit.widgets import leaflet
from visitkit.widgets.routes import RouteMap

MONDAY = dt.date(2026, 11, 2)


@pytest.fixture
def shown(visiting: Any) -> RouteMap:
    return RouteMap(
        visiting.plan,
        visiting.setting.duties,
        visiting.school,
        visiting.rules,
        "en",
        beside=Beside(base=Place(30.0, 104.0)),
    )


def send(view: RouteMap, kind: str, **facts: object) -> None:
    view._message(view, {"kind": kind, **facts}, [])


def stops(view: RouteMap) -> list[Any]:
    return [stop for crew in view.picture["crews"] for stop in crew["stops"]]


def test_every_visit_of_every_day(shown: RouteMap, visiting: Any) -> None:
    """Over all days the stops are the visits of the plan, each once and in order."""
    found = []
    for day in shown.days:
        send(shown, "day", id=day["id"])
        assert shown.day == day["id"]
        for crew in shown.picture["crews"]:
            times = [stop["words"][:5] for stop in crew["stops"]]
            assert times == sorted(times)
        found += [stop["student"] for stop in stops(shown)]
    assert sorted(found) == sorted(one.student_id for one in visiting.plan.visits)


def test_crews_are_told_apart_without_colour(shown: RouteMap) -> None:
    send(shown, "day", id="2026-11-04")
    crews = shown.picture["crews"]
    assert len(crews) == 2
    assert len({one["dash"] for one in crews}) == len({one["colour"] for one in crews}) == 2
    marks = [stop["mark"] for stop in stops(shown)]
    assert len(set(marks)) == len(marks) == 6


def test_scale_and_school(shown: RouteMap) -> None:
    picture = shown.picture
    assert picture["bar"]["words"].endswith("m")
    assert 0 < picture["bar"]["length"] <= picture["width"] / 4
    assert picture["school_known"] is True
    assert all(0 <= stop["place"][0] <= picture["width"] for stop in stops(shown))


def test_one_crew_alone(shown: RouteMap) -> None:
    """Its homes fill the drawing; the others keep their place in the list of crews."""
    send(shown, "day", id="2026-11-04")
    send(shown, "crew", id="B")
    crews = {one["letter"]: one for one in shown.picture["crews"]}
    assert shown.crew == "B"
    assert crews["A"]["ways"] == []
    assert crews["B"]["ways"]
    assert all(stop["place"] for stop in crews["B"]["stops"])
    send(shown, "day", id="2026-11-03")
    assert shown.crew == ""


def test_a_stop_tells_its_student(shown: RouteMap) -> None:
    mark = stops(shown)[1]["mark"]
    send(shown, "stop", id=mark)
    assert (shown.stop, shown.student) == (mark, stops(shown)[1]["student"])


@pytest.mark.parametrize(
    ("kind", "facts"),
    [
        ("day", {"id": "2031-01-01"}),
        ("day", {"id": 7}),
        ("crew", {"id": "Z"}),
        ("crew", {"id": ["A"]}),
        ("crew", {}),
        ("stop", {"id": "A99"}),
        ("stop", {"id": "<b>"}),
        ("fly", {"id": "A1"}),
    ],
)
def test_hostile_messages(shown: RouteMap, kind: str, facts: dict[str, object]) -> None:
    before = (shown.day, shown.crew, shown.stop, shown.picture)
    send(shown, kind, **facts)
    shown.set_state({"day": "2031-01-01", "picture": {}})
    assert (shown.day, shown.crew, shown.stop, shown.picture) == before


def test_language_and_names(shown: RouteMap) -> None:
    send(shown, "day", id="2026-11-03")
    shown.lang = "zh"
    assert shown.day == "2026-11-03"
    assert "class" not in stops(shown)[0]["words"]
    assert "Child" not in str(shown.picture)
    shown.name(True)
    assert "Child <b>" in str(shown.picture)
    assert repr(shown) == "RouteMap()"


def test_without_coordinates_nothing_is_drawn_and_all_is_told(visiting: Any) -> None:
    """A plan moved by hand can hold a home without coordinates: it is named, not dropped."""
    moved = visiting.plan.move("S12/1", visiting.plan.outings[0].session, "H1").plan
    view = RouteMap(moved, visiting.setting.duties, visiting.school, visiting.rules, "en")
    assert "S12" in [stop["student"] for stop in stops(view)]
    assert len(view.picture["missing"]) == 1
    assert view.picture["school_known"] is False
    empty = type(moved)((), (), 0.0, 0.0, True, 0, problem=moved.problem)
    view.show(empty, visiting.setting.duties, visiting.school, visiting.rules)
    assert (view.days, view.picture, view.day) == ([], {}, "")


def test_leaflet_is_not_needed(shown: RouteMap) -> None:
    """Where ipyleaflet is missing a sentence says so; where it is there, each stop is a mark."""
    pytest.importorskip("ipyleaflet", reason="ipyleaflet (extra map) is not installed")
    drawn = leaflet.leaflet_map(shown.told, MONDAY)
    titles = [one.title for one in drawn.layers if type(one).__name__ == "Marker"]
    assert len([one for one in titles if "S" in one]) == len(stops(shown))
