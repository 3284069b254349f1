"""Three coordinate systems: published values, the way back, and mixed tables refused."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from visitkit.errors import PlanError
from visitkit.plan.coordinates import SYSTEMS, convert, one_system

#: Metres of a degree of latitude; longitude is shorter, so an error in metres is never understated.
METRES = 111_320.0

#: source, target, latitude and longitude, and what the public libraries eviltransform (first three)
#: and coordtransform (the others) print for them.
PUBLISHED = (
    ("wgs84", "gcj02", (31.1774276, 121.5272106), (31.17530398364597, 121.531541859215)),
    ("wgs84", "gcj02", (22.543847, 113.912316), (22.540796131694766, 113.9171764808363)),
    ("wgs84", "gcj02", (39.911954, 116.377817), (39.91334545536069, 116.38404722455657)),
    ("wgs84", "gcj02", (39.915, 116.404), (39.91640428150164, 116.41024449916938)),
    ("gcj02", "bd09", (39.915, 116.404), (39.92133699351021, 116.41036949371029)),
)

china = st.tuples(st.floats(18.0, 53.0), st.floats(74.0, 134.0))


def metres(one: tuple[object, object], other: tuple[object, object]) -> float:
    """Return how far two places are apart at most."""
    return float(np.hypot(*(np.subtract(a, b) for a, b in zip(one, other, strict=True)))) * METRES


@pytest.mark.parametrize(("source", "target", "place", "there"), PUBLISHED)
def test_published_values(
    source: str, target: str, place: tuple[float, float], there: tuple[float, float]
) -> None:
    """The formula is the public one, to a millimetre: rounding of the published digits."""
    assert metres(convert(*place, source=source, target=target), there) < 1e-3


@given(china, st.sampled_from(SYSTEMS), st.sampled_from(SYSTEMS))
def test_there_and_back(place: tuple[float, float], source: str, target: str) -> None:
    """A round trip ends within 0.1 m of where it began, the promise of the module."""
    there = convert(*place, source=source, target=target)
    assert metres(convert(*there, source=target, target=source), place) < 0.1


@given(china)
def test_the_shift_is_hundreds_of_metres(place: tuple[float, float]) -> None:
    """GCJ-02 lies 48 m to 1,500 m off (least seen: 48.2 m near 37 N, 96.75 E): it would show."""
    # the shift is a sum of sines and may be small in places; 0.1 m is what a conversion may err by
    assert 5 < metres(convert(*place, source="wgs84", target="gcj02"), place) < 1500


def test_outside_china_nothing_moves() -> None:
    """A place abroad is the same in WGS-84 and GCJ-02, there and back."""
    for source, target in (("wgs84", "gcj02"), ("gcj02", "wgs84")):
        lat, lon = convert(48.85, 2.35, source=source, target=target)
        assert (float(lat), float(lon)) == (48.85, 2.35)


def test_many_places_at_once() -> None:
    """Arrays keep their shape, and missing places stay missing."""
    lat, lon = convert(
        [[30.0, np.nan], [31.0, 32.0]], [[104.0, 104.0], [104.0, 104.0]], source="bd09"
    )
    assert lat.shape == lon.shape == (2, 2)
    assert np.isnan(lat[0, 1])
    assert np.isfinite(lat).sum() == 3


def test_mixed_systems_are_refused() -> None:
    """Homes in two systems would be a third of their distance wrong."""
    with pytest.raises(PlanError) as caught:
        one_system(["gcj02", "wgs84", None], "students")
    assert caught.value.key == "duties.coordinates_mixed"
    assert one_system([None, float("nan"), "bd09"], "students") == "bd09"
    assert one_system([None], "students") == "wgs84"


def test_unknown_system() -> None:
    """A misspelt system is an error, not a guess."""
    with pytest.raises(PlanError) as caught:
        convert(30, 104, source="gcj2", target="wgs84")
    assert caught.value.key == "duties.coordinates_unknown"
