"""GeoSPARQL functions in the confined readers."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

PREFIXES = """
PREFIX geo: <http://www.opengis.net/ont/geosparql#>
PREFIX geof: <http://www.opengis.net/def/function/geosparql/>
PREFIX uom: <http://www.opengis.net/def/uom/OGC/1.0/>
"""
MATCHES = "https://w3id.org/sitrep/ontology#matches"
HASAKA = '"POINT(40.75001 36.48329)"^^geo:wktLiteral'
BOX = '"POLYGON((40 36, 42 36, 42 37, 40 37, 40 36))"^^geo:wktLiteral'
# Ten thousand points on a grid, and no place in the store is needed for them.
DIGITS = "VALUES ?{0} {{ 0 1 2 3 4 5 6 7 8 9 }}"
GRID = " ".join(DIGITS.format(name) for name in "abcd") + (
    ' BIND (CONCAT("POINT(3", STR(?a), ".", STR(?b), " 3", STR(?c), ".", STR(?d), ")") AS ?text)'
    " BIND (STRDT(?text, geo:wktLiteral) AS ?w)"
)
ENDLESS = f"""{PREFIXES} SELECT (COUNT(*) AS ?n) {{
  ?s1 ?p1 ?o1 . ?s2 ?p2 ?o2 . ?s3 ?p3 ?o3 . ?s4 ?p4 ?o4 . ?s5 ?p5 ?o5 .
  BIND (STRDT(CONCAT("POINT(", STR(RAND()), " ", STR(RAND()), ")"), geo:wktLiteral) AS ?w)
  FILTER (geof:distance(?w, {HASAKA}, uom:kilometre) < 0) }}"""


def test_distance_and_relation(site) -> None:
    answer = site.query(
        f"{PREFIXES} SELECT (ROUND(geof:distance(?w, {HASAKA}, uom:kilometre)) AS ?km) "
        f"(geof:sfWithin(?w, {BOX}) AS ?inside) {{ VALUES ?w {{ {HASAKA} "
        '"<http://www.opengis.net/def/crs/EPSG/0/4326> POINT(37.05222 41.22806)"^^geo:wktLiteral '
        '"POINT("^^geo:wktLiteral "POINT(1 2)" }}',
        "text/csv",
    )
    assert (answer.status, answer.text) == (200, "km,inside\r\n0,true\r\n76,false\r\n,\r\n,\r\n")


def test_filters_over_many_points(site) -> None:
    query = f"{PREFIXES} SELECT (COUNT(*) AS ?n) {{ {GRID} FILTER (geof:sfIntersects(?w, {{}})) }}"
    west = '"POLYGON((30 30, 34.95 30, 34.95 40, 30 40, 30 30))"^^geo:wktLiteral'
    answer = site.query(query.replace("{}", west), "text/csv")
    assert (answer.status, answer.text) == (200, "n\r\n5000\r\n")


def test_a_reader_outlives_what_is_no_geometry(site) -> None:
    before = replaced(site)
    deep = "GEOMETRYCOLLECTION(" * 50_000 + "POINT(1 2)" + ")" * 50_000
    for broken in (deep, "POINT(", "POLYGON((0 0, 1 1))", "\\u0000", "x" * 10_000):
        query = (
            f'{PREFIXES} SELECT (geof:distance("{broken}"^^geo:wktLiteral, {HASAKA}, uom:metre) AS ?x) {{}}'
        )
        answer = site.ask(
            "POST", "/sparql", query, {"Content-Type": "application/sparql-query", "Accept": "text/csv"}
        )
        assert (answer.status, answer.text) == (200, "x\r\n\r\n")
    assert replaced(site) == before


def replaced(site) -> str:
    """How many readers were killed or crashed, as the metrics have it."""
    lines = site.get("/metrics").text.splitlines()
    return next(line for line in lines if line.startswith("sitrep_readers_replaced_total"))


def test_the_time_limit_ends_them_too(tight) -> None:
    started = time.monotonic()
    answer = tight.query(ENDLESS)
    assert (answer.status, answer.detail) == (503, "the query was stopped: it took longer than 1 s")
    assert time.monotonic() - started < 8
    assert tight.query("ASK {}").status == 200


def test_they_fit_into_the_memory_of_a_small_reader(start: Callable, small_store: Path) -> None:
    little = start(small_store, workers=1, timeout=20.0, memory=200 * 2**20)
    answer = little.query(f"{PREFIXES} ASK {{ FILTER (geof:sfWithin({HASAKA}, {BOX})) }}", "application/json")
    assert answer.status == 200
    assert '"boolean":true' in answer.text


def test_updates_may_call_them_too(writable) -> None:
    assert writable.update("DROP ALL").status == 204
    label = "<http://www.w3.org/2000/01/rdf-schema#label>"
    data = f"<e:a> <e:at> {HASAKA} ; {label} 'Sinaa prison' . <e:b> <e:at> 'POINT(1 2)'^^geo:wktLiteral"
    assert writable.update(f"{PREFIXES} INSERT DATA {{ GRAPH <e:g> {{ {data} }} }}").status == 204
    near = f"FILTER (geof:sfWithin(?w, {BOX}) && <{MATCHES}>(?s, 'prison'))"
    mark = f"INSERT {{ GRAPH ?g {{ ?s <e:near> true }} }} WHERE {{ GRAPH ?g {{ ?s <e:at> ?w {near} }} }}"
    assert writable.update(PREFIXES + mark).status == 204
    answer = writable.query("SELECT ?s { GRAPH ?g { ?s <e:near> true } }", "text/csv")
    assert answer.text == "s\r\ne:a\r\n"
    unknown = "INSERT { ?s <e:x> ?x } WHERE { BIND (<e:none>(1) AS ?x) }"
    assert writable.update(unknown).status == 409
