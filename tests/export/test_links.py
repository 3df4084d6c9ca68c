"""Links as SSSOM/TSV and as VoID linksets."""

from __future__ import annotations

import datetime as dt
import io

import pyoxigraph as ox
import pytest
import rdflib

from kg.export.links import LinksFormat, export_links
from kg.links import Level, Link
from kg.vocab import OWL, RDF, SKOS, VOID

BASE = "http://example.org/id/"
DATA = f"""
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix sit: <https://w3id.org/sitrep/ontology#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix wd: <http://www.wikidata.org/entity/> .
@prefix : <{BASE}> .
<{BASE}graph/entities> {{
    <{BASE}entity/syria> skos:prefLabel "Syria" ; owl:sameAs wd:Q858 .
    <{BASE}person/Ned_Price> owl:sameAs wd:Q900002 .
    <{BASE}organization/A%2FB_%28C%29> skos:closeMatch wd:Q900007 .
    <{BASE}organization/A%2FB_%28C%29/link/Q900007> rdf:subject <{BASE}organization/A%2FB_%28C%29> ;
        rdf:predicate skos:closeMatch ; rdf:object wd:Q900007 ; sit:confidence 0.9 ; sit:reason "alike" .
}}
<{BASE}report/one> {{
    <{BASE}person/Ned_Price> skos:prefLabel "Ned Price" .
    <{BASE}organization/A%2FB_%28C%29> skos:prefLabel "A/B (C)" ; skos:closeMatch wd:Q900007 .
    <{BASE}report/one/statement/1> rdf:subject <{BASE}organization/A%2FB_%28C%29> ;
        rdf:predicate skos:closeMatch ; rdf:object wd:Q900007 ; sit:confidence 0.5 ; sit:reason "read so" .
}}
<https://w3id.org/sitrep/ontology> {{ sit:Person skos:closeMatch wd:Q215627 . }}
"""
FOUND = {
    f"{BASE}person/Ned_Price": Link(
        f"{BASE}person/Ned_Price", Level.SURE, "Q900002", 0.97, "https://service.example/api",
        dt.date(2026, 1, 2), "the only one that fits",
    ),
    f"{BASE}entity/syria": Link(
        f"{BASE}entity/syria", Level.SURE, "Q1", 1.0, "https://service.example/api",
        dt.date(2026, 1, 2), "of an item that the graph does not link it to",
    ),
}  # fmt: skip


@pytest.fixture
def database() -> ox.Store:
    store = ox.Store()
    store.load(DATA.encode(), format=ox.RdfFormat.TRIG)
    return store


def exported(database: ox.Store, links_format: LinksFormat) -> str:
    output = io.BytesIO()
    export_links(database, output, format=links_format, base_iri=BASE, found=FOUND)
    return output.getvalue().decode()


def test_sssom(database: ox.Store) -> None:
    text = exported(database, LinksFormat.SSSOM)
    head = [line for line in text.splitlines() if line.startswith("#")]
    assert head[0] == '#mapping_set_id: "http://example.org/id/dataset/links"'
    assert '#license: "https://creativecommons.org/licenses/by/4.0/"' in head
    assert '#  entity: "http://example.org/id/entity/"' in head
    table = [line.split("\t") for line in text.splitlines() if not line.startswith("#")]
    columns, rows_of_cells = table[0], table[1:]
    assert len(rows_of_cells) == 3
    found = [dict(zip(columns, cells, strict=True)) for cells in rows_of_cells]
    assert [row["subject_id"] for row in found] == [
        "entity:syria",
        "organization:A%2FB_%28C%29",
        "person:Ned_Price",
    ]
    assert [row["subject_label"] for row in found] == ["Syria", "A/B (C)", "Ned Price"]
    assert [row["predicate_id"] for row in found] == ["owl:sameAs", "skos:closeMatch", "owl:sameAs"]
    assert [row["object_id"] for row in found] == ["wd:Q858", "wd:Q900007", "wd:Q900002"]
    assert [row["confidence"] for row in found] == ["", "0.9", "0.97"]
    assert [row["mapping_date"] for row in found] == ["", "", "2026-01-02"]
    assert [row["comment"] for row in found] == ["", "alike", "the only one that fits"]
    assert {row["mapping_justification"] for row in found} == {
        "semapv:LexicalMatching",
        "semapv:UnspecifiedMatching",
    }


def test_void(database: ox.Store) -> None:
    graph = rdflib.Graph().parse(data=exported(database, LinksFormat.VOID), format="turtle")
    sets = {graph.value(s, VOID.linkPredicate): s for s in graph.subjects(RDF.type, VOID.Linkset)}
    assert set(sets) == {OWL.sameAs, SKOS.closeMatch}
    for predicate, number in ((OWL.sameAs, 2), (SKOS.closeMatch, 1)):
        linkset = sets[predicate]
        assert graph.value(linkset, VOID.triples) == rdflib.Literal(number)
        assert graph.value(linkset, VOID.subjectsTarget) == rdflib.URIRef(f"{BASE}dataset")
        assert graph.value(linkset, VOID.objectsTarget) == rdflib.URIRef("http://www.wikidata.org/entity/")
        assert len(list(graph.subject_objects(predicate))) == number


@pytest.mark.parametrize("links_format", LinksFormat)
def test_the_same_bytes_whatever_the_order(database: ox.Store, links_format: LinksFormat) -> None:
    other = ox.Store()
    other.extend(reversed(list(database)))
    assert exported(other, links_format) == exported(database, links_format)


@pytest.mark.parametrize("links_format", LinksFormat)
def test_no_links(links_format: LinksFormat) -> None:
    assert "Q" not in exported(ox.Store(), links_format)
