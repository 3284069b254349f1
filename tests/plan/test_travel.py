"""Minutes between places: from coordinates, from a table, from the answer of an engine."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from visitkit import text
from visitkit.errors import PlanError
from visitkit.load import School
from visitkit.plan.coordinates import convert
from visitkit.plan.matrices import minutes_from_answer, minutes_from_csv, read_minutes
from visitkit.plan.problem import Request
from visitkit.plan.travel import (
    MODES,
    SCHOOL,
    STAFF,
    Mode,
    Place,
    minutes_between,
    school_place,
    travel_times,
)

HERE = Place(30.0, 104.0)


def school_with(system: str | list[str] = "wgs84") -> School:
    """Return three homes, one of them unknown, and two teachers, one without a home."""
    lat, lon = convert([30.0, 30.01], [104.01, 104.0], source="wgs84", target="gcj02")
    if system == "wgs84":
        lat, lon = np.array([30.0, 30.01]), np.array([104.01, 104.0])
    students = pd.DataFrame(
        {
            "student_id": ["S1", "S2", "S3"],
            "lat": [*lat, None],
            "lon": [*lon, None],
            "coord_system": system,
        }
    )
    teachers = pd.DataFrame(
        {"teacher_id": ["T1", "S2"], "home_lat": [lat[0], None], "home_lon": [lon[0], None]}
    )
    return School.from_frames(students=students, teachers=teachers)


def asked(*places: str) -> list[Request]:
    """Return requests for some homes."""
    return [Request(place, place, place, (), ()) for place in places]


def test_minutes_by_hand() -> None:
    """One hundredth of a degree north is 1.112 km: 1.35 times that at 20 km/h, and 3 minutes."""
    trip = travel_times(asked("S2"), school_with(), "ebike", base=HERE)
    table = trip.minutes["ebike"]
    at = trip.places.index
    kilometres = 6371.0088 * np.radians(0.01)
    assert table[at(SCHOOL), at("S2")] == pytest.approx(kilometres * 1.35 * 3 + 3, rel=1e-9)
    assert table[at("S2"), at("S2")] == 0
    assert trip.base == SCHOOL


def test_unknown_home_stays_unknown() -> None:
    """A home without coordinates has no way to it, and the others keep theirs."""
    trip = travel_times(asked("S1", "S2", "S3"), school_with(), base=HERE)
    table, at = trip.minutes["ebike"], trip.places.index
    assert np.isnan(table[at("S3"), :]).all()
    assert np.isfinite(table[at("S1"), at("S2")])


def test_teacher_without_a_home_ends_at_school() -> None:
    """A teacher whose home nobody knows ends where the outing began; one with a home goes there."""
    trip = travel_times(asked("S1", "S2"), school_with(), base=HERE)
    table, at = trip.minutes["ebike"], trip.places.index
    assert table[at("S1"), at(f"{STAFF}S2")] == table[at("S1"), at(SCHOOL)]
    assert table[at("S1"), at(f"{STAFF}T1")] == pytest.approx(MODES["ebike"].overhead)


def test_system_makes_no_difference() -> None:
    """The same homes in GCJ-02 are as far apart as in WGS-84, to a thousandth of a minute.

    The way back from GCJ-02 is exact to 0.1 m, which an electric bicycle rides in 0.0004 minutes.
    """
    plain = travel_times(asked("S1", "S2"), school_with(), base=HERE).minutes["ebike"]
    shifted = travel_times(asked("S1", "S2"), school_with("gcj02"), base=HERE).minutes["ebike"]
    assert np.abs(plain - shifted).max() < 1e-3


def test_mixed_systems_are_refused() -> None:
    """One table, one system."""
    with pytest.raises(PlanError) as caught:
        travel_times(asked("S1"), school_with(["wgs84", "gcj02", "wgs84"]))
    assert caught.value.key == "duties.coordinates_mixed"


def test_middle_of_the_homes() -> None:
    """Where nobody says where the school is, the middle of the homes stands in."""
    middle = school_place(school_with())
    assert (middle.lat, middle.lon) == pytest.approx((30.005, 104.005), abs=1e-9)
    nobody = School.from_frames(students=pd.DataFrame({"student_id": ["1"]}))
    assert np.isnan(school_place(nobody).lat)


def test_several_modes() -> None:
    """One table a way of travel, in the order asked; walking takes longer than riding."""
    trip = travel_times(asked("S1", "S2"), school_with(), ("walk", "car"), base=HERE)
    assert list(trip.minutes) == ["walk", "car"]
    at = trip.places.index
    assert trip.minutes["walk"][0, at("S1")] > trip.minutes["car"][0, at("S1")]
    with pytest.raises(PlanError) as caught:
        travel_times(asked("S1"), school_with(), "rocket")
    assert caught.value.key == "duties.mode_unknown"


def test_table_of_minutes() -> None:
    """A pair told once holds both ways, an empty cell is no way, unknown names are left."""
    content = "origin,destination,minutes\nschool,S1,12\nS1,S2,5\nS2,school,\nS9,S1,1\n"
    minutes = minutes_from_csv(content)
    trip = travel_times(asked("S1", "S2"), school_with(), minutes=minutes)
    table, at = trip.minutes["ebike"], trip.places.index
    assert table[at("S1"), at(SCHOOL)] == table[at(SCHOOL), at("S1")] == 12
    assert table[at("S2"), at("S1")] == 5
    assert np.isnan(table[at("S2"), at(SCHOOL)])
    assert table[at("S2"), at(f"{STAFF}T1")] != 12
    assert table[at("S1"), at(f"{STAFF}T1")] == 12


def test_table_without_a_known_name() -> None:
    """A table for another school is an error, not a school without ways."""
    with pytest.raises(PlanError) as caught:
        travel_times(asked("S1"), school_with(), minutes=minutes_from_csv("from,to,time\na,b,1\n"))
    assert caught.value.key == "duties.matrix_no_match"


@pytest.mark.parametrize(
    ("content", "key"),
    [
        ("origin,minutes\na,1\n", "duties.matrix_header"),
        ("origin,destination,minutes\na,,1\n", "duties.matrix_no_place"),
        ("origin,destination,minutes\na,b,soon\n", "duties.matrix_number"),
        ("origin,destination,minutes\na,b,-1\n", "duties.matrix_number"),
        ("", "duties.matrix_header"),
    ],
)
def test_faults_of_a_table(content: str, key: str) -> None:
    """Each fault is told with its row."""
    with pytest.raises(PlanError) as caught:
        minutes_from_csv(content)
    assert caught.value.key == key
    assert str(caught.value)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_headers_and_encodings(tmp_path: Path, encoding: str) -> None:
    """Headers in the school's language, saved by any office program."""
    names = [text.find(f"duties.matrix_column.{one}", "zh") for one in ("origin", "destination")]
    times = text.find("duties.matrix_column.minutes", "zh")
    head = ",".join(str(words[0]) for words in (*names, times) if isinstance(words, list))
    path = tmp_path / "way.csv"
    path.write_bytes(f"{head}\nschool,S1,7.5\n".encode(encoding))
    assert read_minutes(path)["minutes"].tolist() == [7.5]


def test_engine_answers(tmp_path: Path) -> None:
    """OSRM, Valhalla and Valhalla's short form say the same; seconds become minutes."""
    cells = [
        [{"from_index": a, "to_index": b, "time": seconds} for b, seconds in reversed(row)]
        for a, row in enumerate([[(0, 0), (1, 60)], [(0, None), (1, 0)]])
    ]
    seconds = [[0, 60.0], [None, 0]]
    answers = (
        {"code": "Ok", "durations": seconds},
        {"sources_to_targets": cells, "units": "kilometers"},
        {"sources_to_targets": {"durations": seconds}},
    )
    for answer in answers:
        path = tmp_path / "answer.json"
        path.write_text(json.dumps(answer), "utf-8")
        found = read_minutes(path, ["school", "S1"])
        assert found["minutes"].fillna(-1).tolist() == [0, 1, -1, 0]


@pytest.mark.parametrize(
    ("answer", "key"),
    [
        ({"code": "TooBig"}, "duties.matrix_failed"),
        ({"routes": []}, "duties.matrix_unknown"),
        ([1, 2], "duties.matrix_unknown"),
        ({"durations": [[0, "x"], [0, 0]]}, "duties.matrix_unknown"),
        ({"durations": [[0, 1]]}, "duties.matrix_size"),
    ],
)
def test_faults_of_an_answer(answer: object, key: str) -> None:
    """An answer that is none, or of other places, is refused."""
    with pytest.raises(PlanError) as caught:
        minutes_from_answer(answer, ["school", "S1"])
    assert caught.value.key == key


def test_missing_file(tmp_path: Path) -> None:
    """A missing file is told by its name alone."""
    with pytest.raises(PlanError) as caught:
        read_minutes(tmp_path / "none.csv")
    assert caught.value.key == "duties.matrix_missing"
    assert str(tmp_path) not in str(caught.value)


degrees = st.lists(st.tuples(st.floats(20, 45), st.floats(80, 125)), min_size=2, max_size=6)


@given(degrees, st.sampled_from(sorted(MODES)))
def test_minutes_are_fair(places: list[tuple[float, float]], mode: str) -> None:
    """The same both ways, nothing to where one is, never less than the overhead elsewhere."""
    lat, lon = zip(*places, strict=True)
    table = minutes_between(lat, lon, MODES[mode])
    assert np.allclose(table, table.T, rtol=1e-12)
    assert (np.diag(table) == 0).all()
    elsewhere = table[~np.eye(len(places), dtype=bool)]
    assert (elsewhere >= MODES[mode].overhead).all()


def test_impossible_mode() -> None:
    """A speed of 0 would make every way endless."""
    with pytest.raises(PlanError):
        Mode(0, 1.2, 1)
