from __future__ import annotations

from collections.abc import Callable

import pytest
import rdflib

Triples = Callable[..., rdflib.Graph]


@pytest.fixture
def triples() -> Triples:
    """Makes a graph of so many triples that say `text`."""

    def make(text: str, *, count: int = 1) -> rdflib.Graph:
        graph = rdflib.Graph()
        for number in range(count):
            subject = rdflib.URIRef(f"http://example.org/{number}")
            graph.add((subject, rdflib.RDFS.label, rdflib.Literal(text, lang="en")))
        return graph

    return make
