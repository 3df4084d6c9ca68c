"""The texts of a graph that can be searched: a function of that graph and the class hierarchy alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

import pyoxigraph as ox

from kg.named import Database
from kg.search import terms
from kg.search.terms import Field, Kind

_NAMES = ((terms.LABEL, Field.LABEL), (terms.ALIAS, Field.ALIAS))
_LOOKED_AT = frozenset(
    f"<{name}>".encode()
    for name in (terms.TYPE, terms.STATUS, terms.MENTIONED, terms.LABEL, terms.ALIAS, terms.WORDS)
)

Graph = ox.NamedNode | ox.DefaultGraph

# Subjects and objects of a graph's triples with a predicate, which is given by its IRI.
Pairs: TypeAlias = Callable[[str], Iterable[tuple[object, object]]]


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


def hierarchy(database: Database) -> Hierarchy:
    """The subclasses of sit:Entity and sit:Event in any graph of the store; a cluster counts as an event."""
    narrower: dict[str, list[str]] = {}
    for quad in database.quads_for_pattern(None, ox.NamedNode(terms.SUBCLASS), None, None):
        if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.NamedNode):
            narrower.setdefault(quad.object.value, []).append(quad.subject.value)
    return Hierarchy(_below(terms.ENTITY, narrower), _below(terms.EVENT, narrower) | {terms.CLUSTER})


def pairs_of_graph(database: Database, graph: Graph) -> Pairs:
    """Those of a graph of the store."""

    def pairs(predicate: str) -> Iterator[tuple[object, object]]:
        for quad in database.quads_for_pattern(None, ox.NamedNode(predicate), None, graph):
            yield quad.subject, quad.object

    return pairs


def pairs_of_nodes(database: Database, graph: Graph, nodes: Iterable[str]) -> Pairs:
    """Those of some nodes in a graph of the store."""
    return _by_predicate(
        quad
        for node in sorted(nodes)
        for quad in database.quads_for_pattern(ox.NamedNode(node), None, None, graph)
    )


def pairs_of_triples(triples: bytes) -> Pairs:
    """Those of a graph that is at hand as N-Triples, a triple on each line: four times as quick."""
    lines = [line for line in triples.split(b"\n") if line and line.split(b" ", 2)[1] in _LOOKED_AT]
    return _by_predicate(ox.parse(b"\n".join(lines), ox.RdfFormat.N_TRIPLES))


def _by_predicate(quads: Iterable[ox.Quad]) -> Pairs:
    found: dict[str, list[tuple[object, object]]] = defaultdict(list)
    for quad in quads:
        found[quad.predicate.value].append((quad.subject, quad.object))
    return lambda predicate: found.get(predicate, ())


def documents(pairs: Pairs, known: Hierarchy) -> Iterator[Document]:
    """The texts of one graph. What a node is must stand in the same graph as its name.

    Blank nodes are left out, since nothing outside the store can name them.
    """
    classes: dict[object, set[str]] = {}
    for node, name in pairs(terms.TYPE):
        if isinstance(node, ox.NamedNode) and isinstance(name, ox.NamedNode):
            classes.setdefault(node, set()).add(name.value)
    has_status = {node for node, _ in pairs(terms.STATUS)}
    is_mentioned = {node for node, _ in pairs(terms.MENTIONED)}

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
        for node, text in pairs(predicate):
            if isinstance(node, ox.NamedNode) and isinstance(text, ox.Literal):
                names = " ".join(sorted(classes.get(node, ())))
                yield _document(node, text, field, kind_of(node), names)
    for node, text in pairs(terms.WORDS):
        is_sentence = terms.SENTENCE in classes.get(node, ())
        if is_sentence and isinstance(node, ox.NamedNode) and isinstance(text, ox.Literal):
            yield _document(node, text, Field.SENTENCE, Kind.SENTENCE, terms.SENTENCE)


def _document(node: ox.NamedNode, text: ox.Literal, field: Field, kind: Kind, classes: str) -> Document:
    return Document(node.value, field, kind, classes, text.language or "", text.value)


def _below(root: str, narrower: dict[str, list[str]]) -> frozenset[str]:
    found, waiting = {root}, [root]
    while waiting:
        for name in narrower.get(waiting.pop(), ()):
            if name not in found:
                found.add(name)
                waiting.append(name)
    return frozenset(found)
