"""Geometries from WKT: how far apart they are, how they lie to each other.

It imports shapely, which takes a while: import it when a geometry is at hand.
"""

from __future__ import annotations

import math
import re
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
_POINT = 0  # shapely's type number


def related(name: str, first: str, second: str) -> bool:
    """Whether one WKT literal's geometry lies to the other's as the Simple Features relation says.

    ValueError where a literal is no geometry; shapely raises its own where it has no answer.
    """
    return _RELATIONS[name](geometry(first), geometry(second))


def metres_between(first: str, second: str) -> float:
    """Metres on the ellipsoid between the nearest points of two WKT literals; 0 where they meet.

    Exact between points. Else the nearest points are those of a plane with degrees of equal length at the
    middle latitude, so the distance may be a little too long, never too short.
    """
    one, other = geometry(first), geometry(second)
    if one.is_empty or other.is_empty:
        raise ValueError("an empty geometry is at no distance")
    if shapely.get_type_id(one) != _POINT or shapely.get_type_id(other) != _POINT:
        if _symmetric(shapely.intersects)(one, other):
            return 0.0
        one, other = _nearest(one, other)
    return metres(one.x, one.y, other.x, other.y)


def geometry(literal: str) -> BaseGeometry:
    """The geometry of a WKT literal, longitude first whatever the literal has; else ValueError."""
    return _parsed_short(literal) if len(literal) <= _SHORT else _parsed_long(literal)


def _parsed(literal: str) -> BaseGeometry:
    if not literal.strip():
        return shapely.GeometryCollection()  # GeoSPARQL 1.1, Req 15: an empty literal is an empty geometry
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
    if shapely.get_type_id(found) != _POINT:
        shapely.prepare(found)  # an index, used by each later comparison that has the geometry first
    return found


# A query meets the same places again and again. Few long ones are kept, since each may be large.
_parsed_short = lru_cache(maxsize=32_768)(_parsed)
_parsed_long = lru_cache(maxsize=16)(_parsed)


def _nearest(one: BaseGeometry, other: BaseGeometry) -> tuple[BaseGeometry, BaseGeometry]:
    bounds = (*one.bounds, *other.bounds)
    middle = (min(bounds[1::2]) + max(bounds[1::2])) / 2
    factor = max(math.cos(math.radians(middle)), 1e-6)
    flat = (shapely.transform(found, lambda pairs: pairs * (factor, 1)) for found in (one, other))
    ends = shapely.get_coordinates(shapely.shortest_line(*flat)) / (factor, 1)
    return shapely.Point(ends[0]), shapely.Point(ends[1])


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
