"""The dataset's description of itself (VoID). It holds no figures and no times, so it never changes."""

from __future__ import annotations

from rdflib import Graph, Literal, URIRef

from kg import __version__, iri
from kg.mapping.context import Triples, labels
from kg.vocab import (
    DCTERMS,
    GEO,
    ITSRDF,
    NIF,
    ONTOLOGY_IRI,
    OWL,
    PREFIXES,
    PROV,
    RDF,
    SIT,
    SKOS,
    VOID,
    WD,
    WGS84,
)

LICENCE = "https://creativecommons.org/licenses/by/4.0/"  # unless a build says another
_TITLE = "Sitrep knowledge graph"
_DESCRIPTION = (
    "Who did what to whom, where and when, as reports of wars tell it: each report in a graph of its own, "
    "every fact with the sentence it was read in."
)
_VOCABULARIES = (SIT._NS, DCTERMS._NS, GEO._NS, ITSRDF._NS, NIF._NS, PROV._NS, SKOS._NS, WGS84._NS)


def map_dataset(*, base_iri: str, licence: str = LICENCE, read_with: str | None = None) -> Graph:
    """Title, licence (an IRI), vocabularies and links of the dataset with this base IRI.

    `read_with` names what it was last built with.
    """
    graph = Graph(bind_namespaces="none")
    for prefix, namespace in PREFIXES.items():
        graph.bind(prefix, namespace)
    for triple in _dataset(base_iri, licence, read_with):
        graph.add(triple)
    return graph


def _dataset(base_iri: str, licence: str, read_with: str | None) -> Triples:
    node = URIRef(iri.dataset(base_iri))
    yield node, RDF.type, VOID.Dataset
    yield from labels(node, _TITLE)
    yield node, DCTERMS.title, Literal(_TITLE, lang="en")
    yield node, DCTERMS.description, Literal(_DESCRIPTION, lang="en")
    yield node, DCTERMS.license, URIRef(licence)
    yield node, DCTERMS.conformsTo, ONTOLOGY_IRI
    yield node, OWL.versionInfo, Literal(f"Sitrep {__version__}")
    if read_with is not None:
        yield node, SIT.readWith, Literal(read_with)
    yield node, VOID.uriSpace, Literal(base_iri)
    for vocabulary in _VOCABULARIES:
        yield node, VOID.vocabulary, URIRef(vocabulary)
    yield node, VOID.subset, URIRef(f"{node}/wikidata")
    yield from _links(node, URIRef(f"{node}/wikidata"), URIRef(WD))


def _links(node: URIRef, linkset: URIRef, target: URIRef) -> Triples:
    """The set of links to Wikidata."""
    yield linkset, RDF.type, VOID.Linkset
    yield from labels(linkset, "Links to Wikidata")
    yield linkset, VOID.linkPredicate, OWL.sameAs
    yield linkset, VOID.subjectsTarget, node
    yield linkset, VOID.objectsTarget, target
    yield target, RDF.type, VOID.Dataset
    yield from labels(target, "Wikidata")
    yield target, VOID.uriSpace, Literal(str(WD))
