"""The classes and properties that things are matched by, as the ontology in the store has them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pyoxigraph as ox

from kg.search import terms
from kg.search.terms import SIT
from server.reconcile.messages import Term
from server.search import Graph

LOCATED_IN = f"{SIT}locatedIn"
COUNTRY = f"{SIT}country"  # no property of the ontology: locatedIn as far as the country
COUNTRY_CLASS = f"{SIT}Country"
SAME_AS = "http://www.w3.org/2002/07/owl#sameAs"
_RDFS = "http://www.w3.org/2000/01/rdf-schema#"
_OWL = "http://www.w3.org/2002/07/owl#"
_WGS84 = "http://www.w3.org/2003/01/geo/wgs84_pos#"
_PROPERTY_CLASSES = (f"{_OWL}ObjectProperty", f"{_OWL}DatatypeProperty")
_OTHERS = (  # of other vocabularies
    Term(COUNTRY, "country", "the country that it lies in"),
    Term(SAME_AS, "same as", "the same thing elsewhere, such as in Wikidata"),
    Term(terms.ALIAS, "other name"),
    Term(f"{_WGS84}lat", "latitude"),
    Term(f"{_WGS84}long", "longitude"),
)


@dataclass(frozen=True, slots=True)
class Schema:
    """Classes of entities with what is right above them, and all that is below each class."""

    names: dict[str, str]
    above: dict[str, tuple[str, ...]]
    below: dict[str, frozenset[str]]

    def type_term(self, iri: str) -> Term:
        """A class by its IRI, without what is above it."""
        return Term(iri, self.names.get(iri) or _local(iri))


def read_schema(graph: Graph) -> Schema:
    """The classes under sit:Entity."""
    above: dict[str, set[str]] = {}
    for quad in graph.store.quads_for_pattern(None, ox.NamedNode(terms.SUBCLASS), None, None):
        if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.NamedNode):
            above.setdefault(quad.subject.value, set()).add(quad.object.value)
    ancestors = {name: _ancestors(name, above) for name in above}
    entities = sorted({terms.ENTITY} | {name for name, found in ancestors.items() if terms.ENTITY in found})
    return Schema(
        names={name: graph.label(name) or _local(name) for name in entities},
        above={name: tuple(sorted(above.get(name, set()) & set(entities))) for name in entities},
        below={
            name: frozenset({name} | {other for other in entities if name in ancestors.get(other, ())})
            for name in entities
        },
    )


def types(schema: Schema) -> Iterator[Term]:
    """The classes as terms, each with those right above it."""
    for iri in sorted(schema.names, key=lambda name: schema.names[name]):
        yield Term(iri, schema.names[iri], types=tuple(schema.type_term(name) for name in schema.above[iri]))


def properties(graph: Graph, schema: Schema, of_type: str | None) -> Iterator[Term]:
    """The properties that entities, or things of one class, may have."""
    fitting = set(schema.names)
    if of_type is not None:
        fitting = {name for name in schema.names if of_type in schema.below[name]}
    found = {
        quad.subject.value
        for name in _PROPERTY_CLASSES
        for quad in graph.store.quads_for_pattern(None, ox.NamedNode(terms.TYPE), ox.NamedNode(name), None)
        if isinstance(quad.subject, ox.NamedNode) and quad.subject.value.startswith(SIT)
    }
    for iri in sorted(found):
        domains = graph.values(iri, f"{_RDFS}domain")
        if not domains or fitting & set(domains):
            yield Term(iri, graph.label(iri) or _local(iri), _comment(graph, iri))
    yield from _OTHERS


def _comment(graph: Graph, iri: str) -> str:
    quads = graph.store.quads_for_pattern(ox.NamedNode(iri), ox.NamedNode(f"{_RDFS}comment"), None, None)
    return min((quad.object.value for quad in quads if isinstance(quad.object, ox.Literal)), default="")


def _ancestors(name: str, above: dict[str, set[str]]) -> set[str]:
    found: set[str] = set()
    waiting = [name]
    while waiting:
        for parent in above.get(waiting.pop(), ()):
            if parent not in found:
                found.add(parent)
                waiting.append(parent)
    return found


def _local(iri: str) -> str:
    return iri.rstrip("/#").replace("#", "/").rsplit("/", 1)[-1] or iri
