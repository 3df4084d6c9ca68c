"""Where the places and facilities of the gazetteer lie: up to their country."""

from __future__ import annotations

from pathlib import Path

import pytest
from rdflib import Graph, URIRef

from kg.gazetteer import FACILITIES, Gazetteer, load_gazetteer
from kg.mapping import map_entities
from kg.vocab import GEO, RDF, SIT

BASE = "https://w3id.org/sitrep/id/"
ABROAD = {"nord-stream"}  # a pipeline between countries


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return load_gazetteer(Path(__file__).parents[2] / "ontology" / "gazetteer")


def way_up(graph: Graph, key: str) -> list[str]:
    """Keys of what a thing lies in, nearest first."""
    found, node = [], URIRef(f"{BASE}entity/{key}")
    while (parent := graph.value(node, SIT.locatedIn, any=False)) is not None:
        assert isinstance(parent, URIRef)
        found.append(str(parent).rpartition("/")[2])
        node = parent
    return found


def test_towns_and_all_facilities_lie_in_their_country(gazetteer: Gazetteer) -> None:
    all_entries = list(gazetteer.values())
    sites = [entry for entry in all_entries if entry.class_name in FACILITIES | {"Neighbourhood"}]
    towns = [entry for entry in all_entries if entry.class_name == "Settlement"]
    entries = [*sites, *towns[::10]]  # mapping every town takes long
    assert len(entries) > 800
    graph = map_entities([entry.key for entry in entries], gazetteer, base_iri=BASE)
    for entry in entries:
        if entry.key not in ABROAD:
            assert entry.country is not None, entry.key
            assert way_up(graph, entry.key)[-1:] == [entry.country], entry.key


def test_a_prison_lies_in_its_town_region_and_country(gazetteer: Gazetteer) -> None:
    graph = map_entities(["ghwayran-prison"], gazetteer, base_iri=BASE)
    assert way_up(graph, "ghwayran-prison") == ["hasaka", "hasaka-governorate", "syria"]
    assert len(set(graph.subjects(RDF.type, GEO.Geometry))) == 4
    assert len(set(graph.subject_objects(GEO.asWKT))) == 4
