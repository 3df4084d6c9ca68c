"""Functions of GeoSPARQL 1.1 on geo:wktLiteral: distances, and the relations of Simple Features.

`geof:distance(?a, ?b, ?unit)` and `geof:metricDistance(?a, ?b)` measure along the WGS 84 ellipsoid;
`geof:sfWithin(?a, ?b)` and its like compare in the plane of longitude and latitude.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import partial

import pyoxigraph as ox

FUNCTIONS = "http://www.opengis.net/def/function/geosparql/"
UNITS = "http://www.opengis.net/def/uom/OGC/1.0/"

_WKT = ox.NamedNode("http://www.opengis.net/ont/geosparql#wktLiteral")
_ANY_URI = ox.NamedNode("http://www.w3.org/2001/XMLSchema#anyURI")
_DOUBLE = ox.NamedNode("http://www.w3.org/2001/XMLSchema#double")
_MEAN_RADIUS = 6_371_008.8  # metres, IUGG; an angle as distance is one on a sphere of this radius

_METRES: Mapping[str, float] = {
    f"{UNITS}metre": 1.0,
    f"{UNITS}kilometre": 1000.0,
    f"{UNITS}degree": math.radians(_MEAN_RADIUS),
    f"{UNITS}radian": _MEAN_RADIUS,
    "http://qudt.org/vocab/unit/M": 1.0,
    "http://qudt.org/vocab/unit/KiloM": 1000.0,
    "http://qudt.org/vocab/unit/DEG": math.radians(_MEAN_RADIUS),
    "http://qudt.org/vocab/unit/RAD": _MEAN_RADIUS,
}
RELATIONS = (
    "sfEquals",
    "sfDisjoint",
    "sfIntersects",
    "sfTouches",
    "sfCrosses",
    "sfWithin",
    "sfContains",
    "sfOverlaps",
)


def geo_functions() -> dict[ox.NamedNode, Callable[..., ox.Literal]]:
    """The functions by their IRIs. They raise for terms that they have no answer for."""
    found: dict[ox.NamedNode, Callable[..., ox.Literal]] = {
        ox.NamedNode(f"{FUNCTIONS}distance"): _distance,
        ox.NamedNode(f"{FUNCTIONS}metricDistance"): _metric_distance,
    }
    for name in RELATIONS:
        found[ox.NamedNode(FUNCTIONS + name)] = partial(_related, name)
    return found


def _distance(first: object, second: object, unit: object) -> ox.Literal:
    """The shortest way from one geometry to the other, in the unit."""
    from kg.functions.geometry import metres_between

    return _double(metres_between(_wkt(first), _wkt(second)) / _metres(unit))


def _metric_distance(first: object, second: object) -> ox.Literal:
    from kg.functions.geometry import metres_between

    return _double(metres_between(_wkt(first), _wkt(second)))


def _related(name: str, first: object, second: object) -> ox.Literal:
    from kg.functions.geometry import related

    return ox.Literal(related(name, _wkt(first), _wkt(second)))


def _wkt(term: object) -> str:
    if isinstance(term, ox.Literal) and term.datatype == _WKT:
        return term.value
    raise TypeError(f"unexpected {term!r} where a geo:wktLiteral is due")


def _metres(term: object) -> float:
    """How many metres the unit has."""
    if isinstance(term, ox.NamedNode) or (isinstance(term, ox.Literal) and term.datatype == _ANY_URI):
        return _METRES[term.value]
    raise TypeError(f"unexpected {term!r} where the IRI of a unit is due")


def _double(value: float) -> ox.Literal:
    return ox.Literal(repr(value), datatype=_DOUBLE)
