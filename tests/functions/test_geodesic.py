"""The fast distance against the exact one, over all of the earth."""

from __future__ import annotations

import pytest
from geographiclib.geodesic import Geodesic
from hypothesis import given
from hypothesis import strategies as st

from kg.functions.geodesic import metres

LONGITUDES = st.floats(-180, 180)
LATITUDES = st.floats(-90, 90)


def exact(longitude: float, latitude: float, other_longitude: float, other_latitude: float) -> float:
    found = Geodesic.WGS84.Inverse(latitude, longitude, other_latitude, other_longitude)
    return float(found["s12"])


@given(LONGITUDES, LATITUDES, LONGITUDES, LATITUDES)
def test_any_two_points(
    longitude: float, latitude: float, other_longitude: float, other_latitude: float
) -> None:
    points = (longitude, latitude, other_longitude, other_latitude)
    assert metres(*points) == pytest.approx(exact(*points), abs=1e-3)


@given(LONGITUDES, LATITUDES, st.floats(-1, 1), st.floats(-1, 1))
def test_points_nearly_opposite(longitude: float, latitude: float, east: float, north: float) -> None:
    opposite = (longitude + (180 if longitude < 0 else -180) + east, max(-90, min(90, -latitude + north)))
    points = (longitude, latitude, *opposite)
    assert metres(*points) == pytest.approx(exact(*points), abs=1e-3)


@given(LONGITUDES, LATITUDES, st.floats(-1e-4, 1e-4), st.floats(-1e-4, 1e-4))
def test_points_a_few_steps_apart(longitude: float, latitude: float, east: float, north: float) -> None:
    points = (longitude, latitude, longitude + east, max(-90, min(90, latitude + north)))
    assert metres(*points) == pytest.approx(exact(*points), abs=1e-3)


@pytest.mark.parametrize(
    ("points", "distance"),
    [
        ((0, 0, 0, 0), 0.0),
        ((0, 90, 77, 90), 0.0),  # the pole has every longitude
        ((-180, 10, 180, 10), 0.0),
        ((0, 0, 1, 0), 111_319.490793),  # a degree of the equator: 6378137 * pi / 180
        ((0, -90, 0, 90), 20_003_931.458625),  # half a meridian
    ],
)
def test_known_distances(points: tuple[float, float, float, float], distance: float) -> None:
    assert metres(*points) == pytest.approx(distance, abs=1e-3)
