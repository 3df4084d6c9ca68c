"""GeoSPARQL functions as queries call them."""

from __future__ import annotations

import math
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.functions import custom_functions
from kg.querying import ask, table

HASAKA = "POINT(40.75001 36.48329)"
QAMISHLI = "POINT(41.22806 37.05222)"
BOX = "POLYGON((40 36, 42 36, 42 37, 40 37, 40 36))"
CRS84 = "<http://www.opengis.net/def/crs/OGC/1.3/CRS84>"
EPSG = "<http://www.opengis.net/def/crs/EPSG/0/4326>"
APART = 76_208.867474  # metres between the two, by GeographicLib


def value(expression: str) -> str:
    """What a BIND makes of the expression; empty where it is an error."""
    found = ask(
        ox.Store(), f"SELECT ?x {{ BIND ({expression} AS ?x) }}", functions=custom_functions(Path("none"))
    )
    return table(found).rows[0][0]


def wkt(text: str) -> str:
    return f'"{text}"^^geo:wktLiteral'


def call(name: str, *texts: str) -> str:
    return f"geof:{name}({', '.join(map(wkt, texts))})"


def distance(first: str, second: str, unit: str = "uom:metre") -> str:
    return value(f"geof:distance({wkt(first)}, {wkt(second)}, {unit})")


@pytest.mark.parametrize(
    ("unit", "metres"),
    [
        ("uom:metre", 1),
        ("uom:kilometre", 1000),
        ("uom:degree", 6_371_008.8 * math.pi / 180),
        ("uom:radian", 6_371_008.8),
        ("<http://qudt.org/vocab/unit/KiloM>", 1000),
        ('"http://www.opengis.net/def/uom/OGC/1.0/metre"^^xsd:anyURI', 1),
    ],
)
def test_distance_in_each_unit(unit: str, metres: float) -> None:
    assert float(distance(HASAKA, QAMISHLI, unit)) == pytest.approx(APART / metres, rel=1e-6)


def test_metric_distance_and_its_type() -> None:
    assert float(value(call("metricDistance", HASAKA, QAMISHLI))) == pytest.approx(APART, rel=1e-6)
    assert value(f"datatype({call('metricDistance', HASAKA, QAMISHLI)})") == "xsd:double"
    assert value(f"datatype({call('sfWithin', HASAKA, BOX)})") == "xsd:boolean"


@pytest.mark.parametrize(
    "first",
    [
        HASAKA,
        f"{CRS84} {HASAKA}",
        f"{EPSG} POINT(36.48329 40.75001)",  # latitude first, as the authority has it
        "point z (40.75001 36.48329 300)",
        "  POINT ( 40.75001   36.48329 ) ",
        f"{CRS84.replace('http:', 'https:')} {HASAKA}",
    ],
)
def test_each_way_to_write_a_point(first: str) -> None:
    assert float(distance(first, QAMISHLI)) == pytest.approx(APART, rel=1e-6)
    assert value(call("sfWithin", first, BOX)) == "true"


@pytest.mark.parametrize(
    "broken",
    [
        "",
        "POINT EMPTY",
        "POINT(40.75)",
        "POINT(40.75 36.48",
        "POINT(40.75, 36.48)",
        "POINT(nan 1)",
        "POINT(1e400 1)",
        "POINT(36.48 140.75)",  # no latitude
        "POINT(181 1)",
        "POLYGON((0 0, 1 0, 1 1))",
        "CIRCULARSTRING(0 0, 1 1, 2 0)",
        "SRID=4326;POINT(1 2)",
        "Hasaka",
        "POINT(1 2)\\u0000",
        "<http://www.opengis.net/def/crs/EPSG/0/3857> POINT(4536000 4370000)",
        "<http://www.opengis.net/def/crs/OGC/1.3/CRS84>POINT(1 2)",
        f"{EPSG} POINT(1 100)EPSG",
        "GEOMETRYCOLLECTION(" * 50_000 + "POINT(1 2)" + ")" * 50_000,
    ],
    ids=lambda text: text[:30] or "nothing",
)
@pytest.mark.filterwarnings("ignore:overflow encountered:RuntimeWarning")
def test_what_is_no_geometry_has_no_distance(broken: str) -> None:
    assert distance(broken, HASAKA) == ""
    assert distance(HASAKA, broken) == ""


@pytest.mark.parametrize(
    "expression",
    [
        f'geof:distance("{HASAKA}", {wkt(HASAKA)}, uom:metre)',  # a plain string is no geometry
        f"geof:distance({wkt(HASAKA)}, geo:asWKT, uom:metre)",
        f"geof:distance({wkt(HASAKA)}, 5, uom:metre)",
        f"geof:distance({wkt(HASAKA)}, ?unbound, uom:metre)",
        f"geof:distance({wkt(HASAKA)}, {wkt(QAMISHLI)}, uom:furlong)",
        f'geof:distance({wkt(HASAKA)}, {wkt(QAMISHLI)}, "metre")',
        f"geof:distance({wkt(HASAKA)}, {wkt(QAMISHLI)})",
        "geof:distance()",
        f"geof:sfWithin({wkt(HASAKA)})",
        f"geof:sfWithin({wkt(HASAKA)}, {wkt(BOX)}, {wkt(BOX)})",
        f"geof:sfWithin({wkt(HASAKA)}, {wkt('POLYGON((')})",
    ],
)
def test_wrong_arguments_are_an_error_of_the_expression(expression: str) -> None:
    assert value(expression) == ""
    assert value(f"COALESCE({expression}, 'other')") == "other"


def test_a_filter_drops_the_row_that_has_no_answer() -> None:
    rows = f'VALUES ?w {{ {wkt(HASAKA)} {wkt("POINT(")} "x" {wkt(QAMISHLI)} }}'
    query = f"SELECT ?w {{ {rows} FILTER (geof:distance(?w, {wkt(HASAKA)}, uom:kilometre) < 50) }}"
    found = table(ask(ox.Store(), query, functions=custom_functions(Path("none"))))
    assert found.rows == ((HASAKA,),)


LINE = "LINESTRING(39 36.5, 43 36.5)"
SMALL = "POLYGON((40.2 36.2, 40.4 36.2, 40.4 36.4, 40.2 36.4, 40.2 36.2))"
BESIDE = "POLYGON((42 36, 43 36, 43 37, 42 37, 42 36))"
OVER = "POLYGON((41 36.5, 43 36.5, 43 38, 41 38, 41 36.5))"
AGAIN = "POLYGON((42 36, 42 37, 40 37, 40 36, 42 36))"
LATITUDE_FIRST = f"{EPSG} POLYGON((36 40, 36 42, 37 42, 37 40, 36 40))"


@pytest.mark.parametrize(
    ("first", "second", "holding"),
    [
        (HASAKA, BOX, {"sfWithin", "sfIntersects"}),
        (BOX, HASAKA, {"sfContains", "sfIntersects"}),
        (QAMISHLI, BOX, {"sfDisjoint"}),
        ("POINT(40 36)", BOX, {"sfTouches", "sfIntersects"}),
        (HASAKA, HASAKA, {"sfEquals", "sfWithin", "sfContains", "sfIntersects"}),
        (SMALL, BOX, {"sfWithin", "sfIntersects"}),
        (BOX, SMALL, {"sfContains", "sfIntersects"}),
        (BOX, BESIDE, {"sfTouches", "sfIntersects"}),
        (BOX, OVER, {"sfOverlaps", "sfIntersects"}),
        (LINE, BOX, {"sfCrosses", "sfIntersects"}),
        (BOX, AGAIN, {"sfEquals", "sfWithin", "sfContains", "sfIntersects"}),
        (BOX, LATITUDE_FIRST, {"sfEquals", "sfWithin", "sfContains", "sfIntersects"}),
        ("POINT EMPTY", BOX, {"sfDisjoint"}),
        ("", BOX, {"sfDisjoint"}),
    ],
)
def test_relations(first: str, second: str, holding: set[str]) -> None:
    names = ["Equals", "Disjoint", "Intersects", "Touches", "Crosses", "Within", "Contains", "Overlaps"]
    answers = {f"sf{name}": value(call(f"sf{name}", first, second)) for name in names}
    assert answers == {f"sf{name}": str(f"sf{name}" in holding).lower() for name in names}


def test_distance_to_what_is_no_point() -> None:
    """Qamishli lies 0.05222 degrees of latitude north of the box: 5.8 km by the meridian."""
    assert float(distance(QAMISHLI, BOX)) == pytest.approx(5795.4, rel=1e-4)
    assert distance(BOX, QAMISHLI) == distance(QAMISHLI, BOX)
    assert distance(HASAKA, BOX) == distance(BOX, SMALL) == distance(LINE, BOX) == "0"


def test_the_nearest_point_is_the_one_on_the_ground() -> None:
    """At 60 degrees north a degree of longitude is half as long as one of latitude."""
    ends = "MULTIPOINT((11.5 60), (10 61))"
    assert distance("POINT(10 60)", ends) == distance("POINT(10 60)", "POINT(11.5 60)")
