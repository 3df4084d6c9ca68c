"""Geometries from WKT: how far apart they are, how they lie to each other.

It imports shapely, which takes a while: import it when a geometry is at hand.
"""

from __future__ import annotations

import math
import re
from collections import deque
from collections.abc import Callable, Mapping
from functools import lru_cache

import shapely
from shapely.geometry.base import BaseGeometry

from kg.functions.geodesic import metres

_LITERAL = re.compile(r"(?:<([^<>\s]*)>\s+)?([A-Za-z][A-Za-z0-9\s.,()+-]*)")  # GeoSPARQL 1.1, 8.5.1
_LONGITUDE_FIRST = frozenset(
    f"{scheme}://www.opengis.net/def/crs/OGC/{version}/CRS84"
    for scheme in ("http", "https")
    for version in ("1.3", "0")
)
_LATITUDE_FIRST = frozenset(f"{scheme}://www.opengis.net/def/crs/EPSG/0/4326" for scheme in ("http", "https"))
_MOST_COLLECTIONS = 100  # in one literal; GEOS goes down their nesting by recursion, and dies of 50,000
_SHORT = 200  # characters; a point, a box
_STEP = (
    5  # degrees of latitude; a plane that is 2.5 degrees off is wrong by some 4 % in its angles at 45 degrees
)
_MOST_FLAT = 8  # planes that one shape is kept for


def related(name: str, first: str, second: str) -> bool:
    """Whether one WKT literal's geometry lies to the other's as the Simple Features relation says.

    ValueError where a literal is no geometry; shapely raises its own where it has no answer.
    """
    return _RELATIONS[name](_shape(first).geometry, _shape(second).geometry)


def metres_between(first: str, second: str) -> float:
    """Metres on the ellipsoid between the nearest points of two WKT literals; 0 where they meet.

    Exact between points. Else the nearest points are those of a plane that is true near their latitude, so
    the distance may be a little too long (by a thousandth, where they are not far apart), never too short.
    """
    one, other = _shape(first), _shape(second)
    if one.point is not None and other.point is not None:
        return metres(*one.point, *other.point)
    if one.geometry.is_empty or other.geometry.is_empty:
        raise ValueError("an empty geometry is at no distance")
    if _RELATIONS["sfIntersects"](one.geometry, other.geometry):
        return 0.0
    if shapely.get_num_coordinates(one.geometry) < shapely.get_num_coordinates(other.geometry):
        one, other = other, one
    step = round((one.latitude + other.latitude) / 2 / _STEP)
    line = shapely.shortest_line(one.flat(step), other.flat(step))
    (x, y), (other_x, other_y) = shapely.get_coordinates(line) / (_narrowing(step), 1)
    return metres(x, y, other_x, other_y)


class _Shape:
    """A geometry, longitude first, with what is asked of it again and again."""

    def __init__(self, geometry: BaseGeometry) -> None:
        is_point = isinstance(geometry, shapely.Point) and not geometry.is_empty
        self.geometry = geometry
        self.point: tuple[float, float] | None = (geometry.x, geometry.y) if is_point else None
        self.latitude = 0.0 if geometry.is_empty else (geometry.bounds[1] + geometry.bounds[3]) / 2
        self._flat: dict[int, BaseGeometry] = {}
        if not is_point:
            shapely.prepare(geometry)  # an index, used by each comparison that has the geometry first

    def flat(self, step: int) -> BaseGeometry:
        """The geometry in a plane whose degrees are of equal length near the latitude of the step."""
        found = self._flat.get(step)
        if found is None:
            factor = _narrowing(step)
            found = shapely.transform(self.geometry, lambda pairs: pairs * (factor, 1))
            if self.point is None:
                shapely.prepare(found)
            if len(self._flat) >= _MOST_FLAT:
                self._flat.clear()
            self._flat[step] = found
        return found


def _narrowing(step: int) -> float:
    """How long a degree of longitude is there, with one of latitude as 1; not 0 at the poles."""
    return max(math.cos(math.radians(step * _STEP)), 0.01)


def _parsed(literal: str) -> _Shape:
    if not literal.strip():
        return _Shape(shapely.GeometryCollection())  # GeoSPARQL 1.1, Req 15: it stands for an empty geometry
    match = _LITERAL.fullmatch(literal.strip())
    if match is None or literal.upper().count("COLLECTION") > _MOST_COLLECTIONS:
        raise ValueError(f"not well-known text: {literal[:_SHORT]!r}")
    reference, text = match.groups()
    if reference is not None and reference not in _LONGITUDE_FIRST | _LATITUDE_FIRST:
        raise ValueError(f"unknown reference system {reference!r}")
    found = shapely.force_2d(shapely.from_wkt(text))
    if reference in _LATITUDE_FIRST:
        found = shapely.transform(found, lambda pairs: pairs[:, ::-1])
    if not found.is_empty:
        west, south, east, north = found.bounds
        if not (west >= -180 and east <= 180 and south >= -90 and north <= 90):
            raise ValueError(f"not longitudes and latitudes: {literal[:_SHORT]!r}")
    return _Shape(found)


# A query meets the same places again and again.
_parsed_short = lru_cache(maxsize=32_768)(_parsed)


class _Long:
    """The last few long literals, compared and not hashed: quicker for a text that comes once a row."""

    def __init__(self) -> None:
        self._kept: deque[tuple[str, _Shape]] = deque(maxlen=8)  # few, since each may be large

    def shape(self, literal: str) -> _Shape:
        """The literal's shape."""
        for text, shape in self._kept:
            if text == literal:
                return shape
        shape = _parsed(literal)
        self._kept.appendleft((literal, shape))
        return shape


_long = _Long()


def _shape(literal: str) -> _Shape:
    """The shape of a WKT literal. ValueError where it is none."""
    return _parsed_short(literal) if len(literal) <= _SHORT else _long.shape(literal)


def _symmetric(relation: Callable[..., object]) -> Callable[[BaseGeometry, BaseGeometry], bool]:
    """The relation with the larger geometry first, for its index."""

    def holds(one: BaseGeometry, other: BaseGeometry) -> bool:
        if shapely.get_num_coordinates(one) < shapely.get_num_coordinates(other):
            one, other = other, one
        return bool(relation(one, other))

    return holds


def _within(one: BaseGeometry, other: BaseGeometry) -> bool:
    return bool(shapely.contains(other, one))


def _contains(one: BaseGeometry, other: BaseGeometry) -> bool:
    return bool(shapely.contains(one, other))


_RELATIONS: Mapping[str, Callable[[BaseGeometry, BaseGeometry], bool]] = {
    "sfEquals": _symmetric(shapely.equals),
    "sfDisjoint": _symmetric(shapely.disjoint),
    "sfIntersects": _symmetric(shapely.intersects),
    "sfTouches": _symmetric(shapely.touches),
    "sfCrosses": _symmetric(shapely.crosses),
    "sfWithin": _within,
    "sfContains": _contains,
    "sfOverlaps": _symmetric(shapely.overlaps),
}
