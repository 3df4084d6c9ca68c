"""A graph in memory, asked as a reader process asks."""

from __future__ import annotations

from collections.abc import Callable

import pyoxigraph as ox
import pytest

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
