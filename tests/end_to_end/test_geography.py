"""Where events are, and which graph says where things lie."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

BASE = "https://w3id.org/sitrep/id/"
REPORT = {
    "id": "day",
    "title": "Fighting in Raqqa, Syria",
    "publisher": "The Palmyra Post",
    "date": "2022-01-24",
    "text": "DAMASCUS, Syria (AP) — Gunmen attacked a prison in Hasaka on Monday.\n\n"
    "Soldiers arrested five men. A bomb killed two people near the Gorun bridge in Karkuma.\n\n"
    "Troops shelled the rebels for days.",
}


@pytest.fixture(scope="module")
def store(kg, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("geography")
    (folder / "day.jsonl").write_text(json.dumps(REPORT) + "\n", encoding="utf-8")
    kg("build", folder / "day.jsonl", "--store", folder / "store")
    return folder / "store"


def test_title_dateline_publisher_and_country_are_no_place_of_an_event(store: Path, ask) -> None:
    rows = ask(
        store,
        'SELECT DISTINCT (STRAFTER(STR(?class), "#") AS ?kind) ?place { ?event sit:status ?s ; a ?class '
        "OPTIONAL { ?event sit:place/skos:prefLabel ?place } }",
    )
    assert {(row["kind"], row["place"]) for row in rows} == {
        ("Attack", "Hasaka"),
        ("Capture", ""),
        ("Killing", "Karkuma"),
        ("Shelling", ""),
    }


def test_what_the_report_says_of_an_unlisted_place_stays_in_its_graph(store: Path, ask) -> None:
    rows = ask(
        store,
        "SELECT DISTINCT ?graph ?inner ?outer { GRAPH ?graph { ?a sit:locatedIn ?b } "
        "?a skos:prefLabel ?inner . ?b skos:prefLabel ?outer }",
    )
    found = {(row["graph"].removeprefix(BASE), row["inner"], row["outer"]) for row in rows}
    assert {(inner, outer) for graph, inner, outer in found if graph == "report/day"} == {
        ("prison", "Hasaka"),
        ("Gorun bridge", "Karkuma"),
    }
    assert ("graph/entities", "Hasaka", "Hasaka Governorate") in found
    assert ("graph/entities", "Hasaka Governorate", "Syria") in found
    assert not {inner for graph, inner, _ in found if graph == "graph/entities"} & {"prison", "Gorun bridge"}


def test_only_what_is_known_is_on_the_map(store: Path, ask) -> None:
    rows = ask(
        store,
        "SELECT DISTINCT ?name ?wkt { GRAPH ?g { ?place geo:hasGeometry/geo:asWKT ?wkt ; wgs84:lat ?lat ; "
        'wgs84:long ?long FILTER (STR(?wkt) = CONCAT("POINT(", STR(?long), " ", STR(?lat), ")")) } '
        "?place skos:prefLabel ?name }",
    )
    assert {"Hasaka", "Damascus", "Syria"} <= {row["name"] for row in rows}
    assert not {"prison", "Gorun bridge", "Karkuma"} & {row["name"] for row in rows}
