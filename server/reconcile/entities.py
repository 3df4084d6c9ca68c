"""Entities as candidates: identifiers, classes, names, and the values of their properties."""

from __future__ import annotations

import re
from itertools import islice

import pyoxigraph as ox

from kg.search import Name
from kg.search.terms import Field, Kind
from server.reconcile.messages import Term
from server.reconcile.schema import COUNTRY, COUNTRY_CLASS, LOCATED_IN, Schema
from server.search import Graph

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_HAVING = 500  # statements looked at for a query that gives a property and no name
_DEEP = 8  # places within places; a chain is never so long, a circle is


class Entities:
    """Looks things up once for a whole batch."""

    def __init__(self, graph: Graph, schema: Schema, base_iri: str) -> None:
        self.graph = graph
        self.schema = schema
        self._base = base_iri
        self._classes: dict[str, tuple[str, ...]] = {}
        self._names: dict[str, tuple[str, ...]] = {}
        self._known: dict[str, list[Name]] = {}

    def iri(self, identifier: str) -> str | None:
        """The IRI that an identifier stands for; None where it cannot be one."""
        text = identifier if _SCHEME.match(identifier) else self._base + identifier
        try:
            return ox.NamedNode(text).value
        except ValueError:
            return None

    def identifier(self, iri: str) -> str:
        """The identifier of an entity."""
        short = iri.removeprefix(self._base)
        return short if short and not _SCHEME.match(short) else iri

    def classes(self, iri: str) -> tuple[str, ...]:
        """The entity classes of a node; those that others are below of come last."""
        if iri not in self._classes:
            given = {each for name in self._rows(iri) for each in name.classes}
            found = [name for name in given if name in self.schema.names]
            found.sort(key=lambda name: (len(self.schema.below[name]), name))
            self._classes[iri] = tuple(found)
        return self._classes[iri]

    def is_entity(self, iri: str) -> bool:
        """Whether some graph names the node as an entity."""
        return any(name.kind is Kind.ENTITY for name in self._rows(iri))

    def is_shared(self, iri: str) -> bool:
        """Whether the node is a thing that several reports may name, not "the prison" of one of them."""
        return not iri.startswith(f"{self._base}report/")

    def _rows(self, iri: str) -> list[Name]:
        if iri not in self._known:
            self._known[iri] = self.graph.index.names_of(iri)
        return self._known[iri]

    def names(self, iri: str) -> tuple[str, ...]:
        """All names of a node, normalised."""
        if iri not in self._names:
            self._names[iri] = tuple(sorted({name.name for name in self._rows(iri)}))
        return self._names[iri]

    def label(self, iri: str) -> str:
        """The label that most graphs give the node, "" if it has none."""
        labels = [(-name.uses, name.text) for name in self._rows(iri) if name.field is Field.LABEL]
        return min(labels)[1] if labels else ""

    def term(self, iri: str) -> Term:
        """The entity with its classes, and where it lies as description."""
        classes = tuple(self.schema.type_term(name) for name in self.classes(iri))
        places = [self.label(place) for place in self.graph.values(iri, LOCATED_IN)]
        words = ", ".join(entry.name for entry in classes[:1])
        where = ", ".join(sorted({place for place in places if place})[:3])
        description = f"{words} in {where}" if words and where else words or where
        return Term(self.identifier(iri), self.label(iri) or iri, description, classes)

    def nodes(self, iri: str, property_iri: str) -> tuple[str, ...]:
        """The nodes that are values of an entity's property; of places also what these lie in."""
        if property_iri == COUNTRY:
            return tuple(node for node in self.nodes(iri, LOCATED_IN) if COUNTRY_CLASS in self.classes(node))
        found = list(self.graph.values(iri, property_iri))
        if property_iri == LOCATED_IN:
            ring = found
            for _ in range(_DEEP):
                ring = [
                    place
                    for node in ring
                    for place in self.graph.values(node, LOCATED_IN)
                    if place not in found
                ]
                found += dict.fromkeys(ring)
        return tuple(found)

    def having(self, property_iri: str, values: list[str], text: str) -> list[str]:
        """Entities with one of the nodes, or the text, as value of a property; not all if there are many."""
        wanted = LOCATED_IN if property_iri == COUNTRY else property_iri
        terms_of: list[ox.NamedNode | ox.Literal] = [ox.Literal(text), *map(ox.NamedNode, values)]
        found: dict[str, None] = {}
        for term in terms_of:
            quads = self.graph.store.quads_for_pattern(None, ox.NamedNode(wanted), term, None)
            for quad in islice(quads, _HAVING):
                if isinstance(quad.subject, ox.NamedNode) and self.is_entity(quad.subject.value):
                    found[quad.subject.value] = None
        return list(found)

    def literals(self, iri: str, property_iri: str) -> tuple[ox.Literal, ...]:
        """The literals that are values of an entity's property, sorted."""
        quads = self.graph.store.quads_for_pattern(ox.NamedNode(iri), ox.NamedNode(property_iri), None, None)
        return tuple(sorted({quad.object for quad in quads if isinstance(quad.object, ox.Literal)}, key=str))
