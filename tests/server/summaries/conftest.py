"""A graph in memory, asked as a reader process asks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
import rdflib

from kg.store import Store
from server.reader import _table
from server.summaries.asking import Asked

PREFIXES = """
@prefix : <https://w3id.org/sitrep/id/> .
@prefix sit: <https://w3id.org/sitrep/ontology#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix nif: <http://persistence.uni-leipzig.org/nlp2rdf/ontologies/nif-core#> .
@prefix wgs84: <http://www.w3.org/2003/01/geo/wgs84_pos#> .
"""


@pytest.fixture
def asked() -> Callable[[str], Asked]:
    """Takes triples in Turtle; gives the graph to ask."""

    def load(turtle: str) -> Asked:
        store = ox.Store()
        store.load(PREFIXES + turtle, format=ox.RdfFormat.TURTLE)
        return Asked(lambda query, limit: _table(store.query(query), limit))

    return load


BASE = "https://w3id.org/sitrep/id/"
REPORTS = {
    "report/a": """
:report\\/a a sit:Report ; rdfs:label "Prison attacked" ; dcterms:issued "2022-01-21"^^xsd:date ;
    dcterms:publisher "Wire & Sons" ; dcterms:source "https://example.org/a" .
:is a sit:ArmedGroup ; rdfs:label "Islamic State" ; sit:mentionedIn :report\\/a .
:sdf a sit:ArmedGroup ; rdfs:label "Syrian Democratic Forces" ; sit:mentionedIn :report\\/a .
:hasaka a sit:Settlement ; rdfs:label "Hasaka" ; sit:mentionedIn :report\\/a .
:report\\/a\\/event\\/1 a sit:Release ; rdfs:label "Release: freed" ; sit:status sit:Reported ;
    sit:agent :is ; sit:place :hasaka ; sit:attributedTo :is ; sit:evidence :report\\/a\\/sentence\\/1 .
:report\\/a\\/event\\/2 a sit:Claim ; rdfs:label "Claim: claimed" ; sit:status sit:Reported ;
    sit:speaker :is ;
    sit:about :report\\/a\\/event\\/1 ; sit:evidence :report\\/a\\/sentence\\/1 .
:report\\/a\\/sentence\\/1 a nif:Sentence ; nif:anchorOf "IS claimed that it freed 800 men in Hasaka." ;
    nif:beginIndex 0 ; nif:referenceContext :report\\/a .
:report\\/a\\/statement\\/1 a rdf:Statement ; sit:attributedTo :is .
""",
    "report/b": """
:report\\/b a sit:Report ; rdfs:label "Forces deny escape" ;
    dcterms:issued "2022-01-23T10:00:00+03:00"^^xsd:dateTime ;
    dcterms:publisher "Wire & Sons" .
:is a sit:ArmedGroup ; rdfs:label "Islamic State" ; sit:mentionedIn :report\\/b .
:sdf a sit:ArmedGroup ; rdfs:label "Syrian Democratic Forces" ; sit:mentionedIn :report\\/b .
:report\\/b\\/event\\/1 a sit:Escape ; rdfs:label "Escape" ; sit:status sit:Denied ; sit:agent :is ;
    sit:attributedTo :sdf ; sit:evidence :report\\/b\\/sentence\\/1 .
:report\\/b\\/event\\/2 a sit:Denial ; rdfs:label "Denial: denied" ; sit:status sit:Reported ;
    sit:speaker :sdf ;
    sit:about :report\\/b\\/event\\/1 ; sit:evidence :report\\/b\\/sentence\\/1 .
:report\\/b\\/event\\/3 a sit:Raid ; rdfs:label "Raid" ; sit:status sit:Planned ; sit:agent :sdf ;
    sit:evidence :report\\/b\\/sentence\\/1 .
:report\\/b\\/sentence\\/1 a nif:Sentence ; nif:anchorOf "The SDF denied that IS men <escaped>." ;
    nif:beginIndex 0 ; nif:referenceContext :report\\/b .
""",
    "report/c": """
:report\\/c a sit:Report ; rdfs:label "Without a date" .
:is a sit:ArmedGroup ; rdfs:label "Islamic State" ; sit:mentionedIn :report\\/c .
:report\\/c\\/event\\/1 a sit:Attack ; rdfs:label "Attack" ; sit:status sit:Reported ; sit:agent :is ;
    sit:place :nasty .
:nasty a sit:Settlement ; rdfs:label "</script><b>" ; wgs84:lat 36.5 ; wgs84:long 40.75 .
""",
}


@pytest.fixture(scope="session")
def told(
    start: Callable[..., Any], counted: Callable[[Any], Any], tmp_path_factory: pytest.TempPathFactory
) -> Any:
    """A server over reports with publishers and sources."""
    path: Path = tmp_path_factory.mktemp("told") / "store"
    with Store.create_or_open(path, base_iri=BASE).writing() as batch:
        for name, triples in REPORTS.items():
            graph = rdflib.Graph().parse(data=PREFIXES + triples, format="turtle")
            batch.put_graph(BASE + name, graph)
    return counted(start(path, workers=2, timeout=20.0))
