"""The SPARQL 1.1 Service Description of the endpoint."""

from __future__ import annotations

from rdflib import BNode, Graph, URIRef

from kg.functions import function_names
from kg.vocab import FORMATS, RDF, SD
from server.negotiation import GRAPHS, SOLUTIONS

_SERIALIZERS = {
    "text/turtle": "turtle",
    "application/n-triples": "nt",
    "application/ld+json": "json-ld",
    "application/rdf+xml": "xml",
    "application/n-quads": "nt",  # one graph without a name: the same lines
    "application/trig": "turtle",
}


def service_description(url: str, media_type: str, *, union: bool, update: bool) -> bytes:
    """What can be asked at `url`, as an RDF document of the media type."""
    graph = Graph()
    graph.bind("sd", str(SD._NS))
    graph.bind("formats", str(FORMATS))
    service = BNode("service")
    graph.add((service, RDF.type, SD.Service))
    graph.add((service, SD.endpoint, URIRef(url)))
    graph.add((service, SD.supportedLanguage, SD.SPARQL11Query))
    if update:
        graph.add((service, SD.supportedLanguage, SD.SPARQL11Update))
    if union:
        graph.add((service, SD.feature, SD.UnionDefaultGraph))
    for name in function_names():
        graph.add((service, SD.extensionFunction, URIRef(name)))
        graph.add((URIRef(name), RDF.type, SD.Function))
    for entry in (*SOLUTIONS, *GRAPHS):
        graph.add((service, SD.resultFormat, FORMATS[entry.w3c]))
    if update:
        for entry in GRAPHS:
            graph.add((service, SD.inputFormat, FORMATS[entry.w3c]))
    return serialised(graph, media_type)


def serialised(graph: Graph, media_type: str) -> bytes:
    """The graph as a document of one of the media types that `server.negotiation` offers for graphs."""
    return graph.serialize(format=_SERIALIZERS[media_type], encoding="utf-8")
