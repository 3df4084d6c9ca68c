"""A graph as the plan reads it: by predicate, beside the trees of the ontology, in plain dictionaries.

A report's graph is walked once to make them, which takes a fifth of the time of a copy of the graph. What
only some shapes need (a predicate backwards, the instances of a class) is made when first asked for.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TypeAlias

from rdflib.term import Node

from kg.vocab import RDF, RDFS

Triple: TypeAlias = tuple[Node, Node, Node]
Links: TypeAlias = Mapping[Node, Collection[Node]]

_NONE: Links = {}


class Tree:
    """The class tree and the relations' tree of an ontology, the same for all graphs."""

    def __init__(self, triples: Iterable[Triple]) -> None:
        self.links = _by_predicate(triples)
        self._parents = _backward(self.links.get(RDFS.subClassOf, _NONE))
        self._below: dict[Node, frozenset[Node]] = {}

    def below(self, class_: Node) -> frozenset[Node]:
        """A class with all its subclasses."""
        if class_ not in self._below:
            self._below[class_] = _reachable(self._parents, class_)
        return self._below[class_]


class Data:
    """The triples of a graph and of the trees."""

    def __init__(self, graph: Iterable[Triple], tree: Tree) -> None:
        own = _by_predicate(graph)
        # A graph may have classes of its own; a report's has none.
        self._tree = None if RDFS.subClassOf in own else tree
        self._forward: dict[Node, Links] = {**own}
        for predicate, links in tree.links.items():
            self._forward[predicate] = _merged(own[predicate], links) if predicate in own else links
        self._backward: dict[Node, Links] = {}
        self._instances: dict[Node, frozenset[Node]] = {}

    def forward(self, predicate: Node) -> Links:
        """The objects that a predicate has for each of its subjects."""
        return self._forward.get(predicate, _NONE)

    def backward(self, predicate: Node) -> Links:
        """The subjects that a predicate has for each of its objects."""
        if predicate not in self._backward:
            self._backward[predicate] = _backward(self.forward(predicate))
        return self._backward[predicate]

    def predicates(self) -> Iterable[Node]:
        """All predicates."""
        return self._forward.keys()

    def of(self, node: Node) -> Iterator[tuple[Node, Node]]:
        """The predicates and objects of a node."""
        for predicate, links in self._forward.items():
            for value in links.get(node, ()):
                yield predicate, value

    def instances(self, class_: Node) -> frozenset[Node]:
        """The nodes typed with a class or one below it."""
        if class_ not in self._instances:
            typed = self.backward(RDF.type)
            if self._tree is None:
                below = _reachable(self.backward(RDFS.subClassOf), class_)
            else:
                below = self._tree.below(class_)
            if len(below) > len(typed):
                found = (nodes for name, nodes in typed.items() if name in below)
            else:
                found = (typed.get(name, ()) for name in below)
            self._instances[class_] = frozenset(node for nodes in found for node in nodes)
        return self._instances[class_]


def _by_predicate(triples: Iterable[Triple]) -> dict[Node, dict[Node, list[Node]]]:
    found: dict[Node, dict[Node, list[Node]]] = {}
    for subject, predicate, value in triples:
        links = found.get(predicate)
        if links is None:
            links = found[predicate] = {}
        values = links.get(subject)
        if values is None:
            links[subject] = [value]
        else:
            values.append(value)
    return found


def _merged(one: Links, other: Links) -> Links:
    return {
        node: tuple(dict.fromkeys((*one.get(node, ()), *other.get(node, ())))) for node in {**one, **other}
    }


def _backward(links: Links) -> dict[Node, list[Node]]:
    found: dict[Node, list[Node]] = {}
    for subject, values in links.items():
        for value in values:
            subjects = found.get(value)
            if subjects is None:
                found[value] = [subject]
            else:
                subjects.append(subject)
    return found


def _reachable(links: Links, start: Node) -> frozenset[Node]:
    found, waiting = {start}, [start]
    while waiting:
        for node in links.get(waiting.pop(), ()):
            if node not in found:
                found.add(node)
                waiting.append(node)
    return frozenset(found)
