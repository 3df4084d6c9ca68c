"""What the gazetteer knows of entities, whatever a report says: the entity graph."""

from __future__ import annotations

from collections.abc import Iterable

from rdflib import Graph, Literal, URIRef

from kg import iri
from kg.gazetteer import FACILITIES, PLACES, Entry, Gazetteer
from kg.mapping.context import Triples, labels
from kg.mapping.literals import decimal
from kg.vocab import DCTERMS, GEO, OWL, PREFIXES, RDF, SIT, SKOS, WD, WGS84

_COORDINATE_PLACES = 6  # of a degree: a tenth of a metre, finer than any gazetteer


def map_entities(keys: Iterable[str], gazetteer: Gazetteer, *, base_iri: str) -> Graph:
    """What is known of the entries with these keys and of what they lie in. ValueError for an unknown key."""
    graph = Graph(bind_namespaces="none")
    for prefix, namespace in PREFIXES.items():
        graph.bind(prefix, namespace)
    for entry in _with_ancestors(keys, gazetteer):
        for triple in _entry(entry, base_iri=base_iri):
            graph.add(triple)
    return graph


def _with_ancestors(keys: Iterable[str], gazetteer: Gazetteer) -> Iterable[Entry]:
    found: dict[str, Entry] = {}
    for key in keys:
        entry = gazetteer.get(key)
        if entry is None:
            raise ValueError(f"unknown gazetteer key {key!r}")
        found[key] = entry
        found.update((ancestor.key, ancestor) for ancestor in gazetteer.ancestors(key))
    return found.values()


def _entry(entry: Entry, *, base_iri: str) -> Triples:
    node = URIRef(iri.gazetteer_entry(base_iri, entry.key))
    yield node, RDF.type, SIT[entry.class_name]
    yield from labels(node, entry.label)
    for alias in entry.aliases:
        if alias != entry.label:
            yield node, SKOS.altLabel, Literal(alias)
    if entry.wikidata is not None:
        yield node, OWL.sameAs, WD[entry.wikidata]
    if entry.source:
        yield node, DCTERMS.source, Literal(entry.source)
    parent = entry.within or entry.country
    # An actor's country says whose it is, not where it is.
    if parent is not None and entry.class_name in PLACES | FACILITIES:
        yield node, SIT.locatedIn, URIRef(iri.gazetteer_entry(base_iri, parent))
    yield from _coordinates(entry, node)


def _coordinates(entry: Entry, node: URIRef) -> Triples:
    if entry.latitude is None or entry.longitude is None:
        return
    latitude = decimal(entry.latitude, places=_COORDINATE_PLACES)
    longitude = decimal(entry.longitude, places=_COORDINATE_PLACES)
    geometry = URIRef(iri.geometry(node))
    yield node, WGS84.lat, latitude
    yield node, WGS84.long, longitude
    yield node, GEO.hasGeometry, geometry
    yield geometry, RDF.type, GEO.Geometry
    yield geometry, GEO.asWKT, Literal(f"POINT({longitude} {latitude})", datatype=GEO.wktLiteral)
