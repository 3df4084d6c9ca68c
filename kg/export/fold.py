"""Which blank nodes of a graph Turtle can write without a label: lists as ( ), small nodes as [ ].

A node is folded into the one place that points to it. Folding goes no deeper than a list within a node, which
is what ontologies are made of; deeper ones keep their labels.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Triple

from kg.vocab import RDF

GraphName = NamedNode | BlankNode | DefaultGraph
Graphs = list[tuple[GraphName, list[Triple]]]
Term = NamedNode | BlankNode | Literal | Triple

_FIRST, _REST, _NIL = NamedNode(RDF.first), NamedNode(RDF.rest), NamedNode(RDF.nil)


@dataclass(frozen=True, slots=True)
class Folds:
    """The blank nodes of one graph that need no label."""

    lists: Mapping[BlankNode, list[Term]]  # the first cell and the items
    nodes: Mapping[BlankNode, list[Triple]]  # what is said of a node
    inner: frozenset[BlankNode]  # all that have no block of their own
    unnamed: frozenset[BlankNode]  # nothing points to them


def shared(graphs: Graphs) -> set[BlankNode]:
    """Blank nodes that need a label: met in two graphs, as a graph's name, or in a triple term."""
    seen: dict[BlankNode, int] = {}
    found: set[BlankNode] = set()
    for number, (name, triples) in enumerate(graphs):
        if isinstance(name, BlankNode):
            found.add(name)
        for triple in triples:
            for term in (triple.subject, triple.object):
                if isinstance(term, BlankNode) and seen.setdefault(term, number) != number:
                    found.add(term)
                elif isinstance(term, Triple):
                    found |= _within(term)
    return found


def folds(triples: Iterable[Triple], *, shared: set[BlankNode]) -> Folds:
    """What can be folded in one graph, apart from the shared nodes."""
    said: dict[BlankNode, list[Triple]] = defaultdict(list)
    pointers: dict[BlankNode, Triple] = {}
    times: Counter[BlankNode] = Counter()
    for triple in triples:
        if isinstance(triple.subject, BlankNode):
            said[triple.subject].append(triple)
        if isinstance(triple.object, BlankNode):
            pointers[triple.object] = triple
            times[triple.object] += 1
    once = {node for node, number in times.items() if number == 1 and node in said} - shared
    cells: set[BlankNode] = set()
    lists: dict[BlankNode, list[Term]] = {}
    for node in once:
        walked = _list(node, said, once) if pointers[node].predicate != _REST else None
        if walked is not None:
            lists[node] = [item for _, item in walked]
            cells.update(cell for cell, _ in walked)
    nodes = {
        node: said[node]
        for node in once - cells
        if all(not isinstance(t.object, BlankNode) or t.object in lists for t in said[node])
    }
    return Folds(lists, nodes, frozenset(cells | set(nodes)), frozenset(set(said) - set(times) - shared))


def _list(
    head: BlankNode, said: Mapping[BlankNode, list[Triple]], once: set[BlankNode]
) -> list[tuple[BlankNode, Term]] | None:
    """The cells and items of a well-formed list without blank nodes as items."""
    walked: list[tuple[BlankNode, Term]] = []
    cell: Term = head
    while cell != _NIL:
        if not isinstance(cell, BlankNode) or cell not in once or len(walked) > len(said):
            return None
        values = {triple.predicate: triple.object for triple in said[cell]}
        if len(said[cell]) != 2 or set(values) != {_FIRST, _REST} or isinstance(values[_FIRST], BlankNode):
            return None
        walked.append((cell, values[_FIRST]))
        cell = values[_REST]
    return walked


def _within(triple: Triple) -> set[BlankNode]:
    """The blank nodes of a triple term."""
    found: set[BlankNode] = set()
    for term in (triple.subject, triple.object):
        if isinstance(term, BlankNode):
            found.add(term)
        elif isinstance(term, Triple):
            found |= _within(term)
    return found
