"""What GeoSPARQL functions cost: filters over 100,000 points in process. Prints processor time and answers.

.venv/bin/python tests/benchmarks/geo_speed.py
"""

from __future__ import annotations

import math
import random
from pathlib import Path
from time import process_time

import pyoxigraph as ox

from kg.functions import custom_functions
from kg.functions.geo import FUNCTIONS, UNITS

POINTS = 100_000
PLACES = 5_000  # different points of the second store: a graph names the same places again and again
WKT = ox.NamedNode("http://www.opengis.net/ont/geosparql#wktLiteral")
AT = ox.NamedNode("http://e/at")
HASAKA = "POINT(40.75001 36.48329)"


def store_of(different: int) -> ox.Store:
    """POINTS things, each at one of `different` points of the Near East."""
    chance = random.Random(7)  # noqa: S311 (no secret)
    places = [f"POINT({chance.uniform(25, 65):.5f} {chance.uniform(10, 45):.5f})" for _ in range(different)]
    store = ox.Store()
    store.bulk_extend(
        ox.Quad(ox.NamedNode(f"http://e/{n}"), AT, ox.Literal(places[n % different], datatype=WKT))
        for n in range(POINTS)
    )
    return store


def polygon(corners: int) -> str:
    """A ragged one around Hasaka, some 500 km wide."""
    chance = random.Random(7)  # noqa: S311 (no secret)
    pairs = []
    for n in range(corners):
        angle, radius = 2 * math.pi * n / corners, chance.uniform(2, 3)
        pairs.append(f"{40.75 + radius * math.cos(angle):.5f} {36.48 + radius * math.sin(angle):.5f}")
    return f"POLYGON(({', '.join([*pairs, pairs[0]])}))"


def main() -> None:
    """Time each filter over each store."""
    filters = {
        "no function": "STRLEN(STR(?w)) > 0",
        "distance to a point": f'f:distance(?w, "{HASAKA}"^^<{WKT.value}>, <{UNITS}kilometre>) < 100',
        "distance to a polygon of 1,000 corners": (
            f'f:distance(?w, "{polygon(1000)}"^^<{WKT.value}>, <{UNITS}kilometre>) < 100'
        ),
        "within a polygon of 5 corners": f'f:sfWithin(?w, "{polygon(5)}"^^<{WKT.value}>)',
        "within a polygon of 10,000 corners": f'f:sfWithin(?w, "{polygon(10_000)}"^^<{WKT.value}>)',
    }
    functions = custom_functions(Path("none"))
    started = process_time()
    ox.Store().query(
        f'PREFIX f: <{FUNCTIONS}> ASK {{ FILTER (f:sfEquals("", "")) }}', custom_functions=functions
    )
    print(f"{process_time() - started:7.2f} s  first call")  # noqa: T201
    for different in (POINTS, PLACES):
        store = store_of(different)
        for name, condition in filters.items():
            pattern = f"?s <{AT.value}> ?w FILTER ({condition})"
            query = f"PREFIX f: <{FUNCTIONS}> SELECT (COUNT(*) AS ?n) {{ {pattern} }}"
            started = process_time()
            (solution,) = store.query(query, custom_functions=functions)  # type: ignore[union-attr, misc]
            seconds = process_time() - started
            print(f"{seconds:7.2f} s  {different:>7} points  {name}: {solution['n'].value} rows")  # noqa: T201


if __name__ == "__main__":
    main()
