"""Links to Wikidata as triples of the entity graph."""

from __future__ import annotations

from collections.abc import Iterable

from rdflib import Graph, Literal, URIRef

from kg import iri
from kg.links import Level, Link
from kg.mapping.context import Triples
from kg.mapping.literals import decimal, iri_or_literal
from kg.vocab import DCTERMS, OWL, RDF, SIT, SKOS, WD

_CONFIDENCE_PLACES = 2


def add_links(graph: Graph, links: Iterable[Link]) -> None:
    """Put links into the entity graph; an entity that has an owl:sameAs there keeps that one alone."""
    for link in links:
        if (URIRef(link.entity), OWL.sameAs, None) not in graph:
            for triple in _link(link):
                graph.add(triple)


def _link(link: Link) -> Triples:
    """owl:sameAs for a sure link; skos:closeMatch for a likely one, and a Statement of how likely it is."""
    if link.item is None:
        return
    node, item = URIRef(link.entity), WD[link.item]
    if link.level is Level.SURE:
        yield node, OWL.sameAs, item
        return
    yield node, SKOS.closeMatch, item
    statement = URIRef(iri.link(link.entity, link.item))
    yield statement, RDF.type, RDF.Statement
    yield statement, RDF.subject, node
    yield statement, RDF.predicate, SKOS.closeMatch
    yield statement, RDF.object, item
    yield statement, SIT.confidence, decimal(link.confidence, places=_CONFIDENCE_PLACES)
    yield statement, SIT.reason, Literal(link.reason)
    yield statement, DCTERMS.source, iri_or_literal(link.source)
