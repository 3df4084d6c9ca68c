"""The texts of a graph that can be searched: a function of that graph and the class hierarchy alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pyoxigraph as ox

from kg.search import terms
from kg.search.terms import Field, Kind

_TYPE = ox.NamedNode(terms.TYPE)
_WORDS = ox.NamedNode(terms.WORDS)
_NAMES = ((ox.NamedNode(terms.LABEL), Field.LABEL), (ox.NamedNode(terms.ALIAS), Field.ALIAS))

Graph = ox.NamedNode | ox.DefaultGraph


@dataclass(frozen=True, slots=True)
class Document:
    """One text of one node; `language` is empty for a text without a language tag.

    `classes` are the IRIs of the node's classes, sorted, with spaces between.
    """

    node: str
    field: Field
    kind: Kind
    classes: str
    language: str
    text: str


@dataclass(frozen=True, slots=True)
class Hierarchy:
    """The classes of entities and of events, by what the store says of them."""

    entities: frozenset[str]
    events: frozenset[str]


def hierarchy(database: ox.Store) -> Hierarchy:
    """The subclasses of sit:Entity and sit:Event in any graph of the store; a cluster counts as an event."""
    narrower: dict[str, list[str]] = {}
    for quad in database.quads_for_pattern(None, ox.NamedNode(terms.SUBCLASS), None, None):
        if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.NamedNode):
            narrower.setdefault(quad.object.value, []).append(quad.subject.value)
    return Hierarchy(_below(terms.ENTITY, narrower), _below(terms.EVENT, narrower) | {terms.CLUSTER})


def documents(database: ox.Store, graph: Graph, known: Hierarchy) -> Iterator[Document]:
    """The texts of one graph. What a node is must stand in the same graph as its name.

    Blank nodes are left out, since nothing outside the store can name them.
    """
    classes: dict[ox.NamedNode, set[str]] = {}
    for quad in database.quads_for_pattern(None, _TYPE, None, graph):
        if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.NamedNode):
            classes.setdefault(quad.subject, set()).add(quad.object.value)
    has_status = _subjects(database, terms.STATUS, graph)
    is_mentioned = _subjects(database, terms.MENTIONED, graph)

    def kind_of(node: ox.NamedNode) -> Kind:
        of_node = classes.get(node, set())
        if terms.REPORT in of_node:
            return Kind.REPORT
        if of_node & known.events or node in has_status:
            return Kind.EVENT
        if of_node & known.entities or node in is_mentioned:
            return Kind.ENTITY
        return Kind.OTHER

    for predicate, field in _NAMES:
        for quad in database.quads_for_pattern(None, predicate, None, graph):
            if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.Literal):
                names = " ".join(sorted(classes.get(quad.subject, ())))
                yield _document(quad.subject, quad.object, field, kind_of(quad.subject), names)
    sentences = {node for node, names in classes.items() if terms.SENTENCE in names}
    for quad in database.quads_for_pattern(None, _WORDS, None, graph):
        node = quad.subject
        if isinstance(node, ox.NamedNode) and node in sentences and isinstance(quad.object, ox.Literal):
            yield _document(node, quad.object, Field.SENTENCE, Kind.SENTENCE, terms.SENTENCE)


def _document(node: ox.NamedNode, text: ox.Literal, field: Field, kind: Kind, classes: str) -> Document:
    return Document(node.value, field, kind, classes, text.language or "", text.value)


def _subjects(database: ox.Store, predicate: str, graph: Graph) -> set[object]:
    return {quad.subject for quad in database.quads_for_pattern(None, ox.NamedNode(predicate), None, graph)}


def _below(root: str, narrower: dict[str, list[str]]) -> frozenset[str]:
    found, waiting = {root}, [root]
    while waiting:
        for name in narrower.get(waiting.pop(), ()):
            if name not in found:
                found.add(name)
                waiting.append(name)
    return frozenset(found)
