"""Labels for blank nodes that depend on the data alone, since stores and parsers give them random ones.

Exact canonical labels (RDFC-1.0) take exponential time in the worst case and seconds for a list of a few
hundred, which data from elsewhere may hold. So nodes are told apart by what surrounds them, for a few steps,
and then numbered along their links. Trees, lists and repeated structures, all that is met in practice, come
out the same in every run; only tangled rings of look-alikes may not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import Any

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, Triple

_STEPS = 8  # an OWL restriction within a list is told apart after two or three

_Term = NamedNode | BlankNode | Literal | Triple | DefaultGraph


class Relabelled:
    """Quads with blank nodes called b0, b1 and so on; those without any come first.

    `blank` are those with any, once all have been told: no others are held.
    """

    def __init__(self, quads: Iterable[Quad]) -> None:
        self._quads = quads
        self.blank: list[Quad] = []

    def __iter__(self) -> Iterator[Quad]:
        held: dict[Quad, None] = {}  # each once: how often a quad is told must not tell nodes apart
        for quad in self._quads:
            if any(_blank_nodes(term) for term in quad):
                held[quad] = None
            else:
                yield quad
        labels = _labels(list(held))
        self.blank = [
            Quad(_replace(subject, labels), predicate, _replace(object_, labels), _replace(graph, labels))
            for subject, predicate, object_, graph in held
        ]
        yield from self.blank


def _labels(quads: list[Quad]) -> dict[BlankNode, BlankNode]:
    around: dict[BlankNode, list[Quad]] = defaultdict(list)
    for quad in quads:
        for node in {node for term in quad for node in _blank_nodes(term)}:
            around[node].append(quad)
    colours = _colours(around)
    order = _numbered(around, colours)
    width = len(str(len(order) - 1))  # of one length, so that they sort by number
    return {node: BlankNode(f"b{number:0{width}d}") for number, node in enumerate(order)}


def _colours(around: dict[BlankNode, list[Quad]]) -> dict[BlankNode, str]:
    """A digest of what surrounds each node, the same for nodes that look alike."""
    colours = dict.fromkeys(around, "")
    for _ in range(_STEPS):
        before = len(set(colours.values()))
        colours = {
            node: _digest(sorted(_seen_from(node, quad, colours) for quad in quads))
            for node, quads in around.items()
        }
        if len(set(colours.values())) == before:
            break
    return colours


def _digest(lines: list[str]) -> str:
    return sha256("\n".join(lines).encode()).hexdigest()


def _seen_from(node: BlankNode, quad: Quad, colours: dict[BlankNode, str]) -> str:
    return " ".join(_paint(term, node, colours) for term in quad)


def _paint(term: _Term, node: BlankNode, colours: dict[BlankNode, str]) -> str:
    if isinstance(term, BlankNode):
        return "_:me" if term == node else f"_:{colours[term]}"
    if isinstance(term, Triple):
        return f"<<( {' '.join(_paint(part, node, colours) for part in term)} )>>"
    return str(term)


def _numbered(around: dict[BlankNode, list[Quad]], colours: dict[BlankNode, str]) -> dict[BlankNode, None]:
    """All nodes in order: those that no other one points to first, each followed by what it points to."""
    inner = {
        node
        for quads in around.values()
        for quad in quads
        if isinstance(quad.subject, BlankNode)
        for node in _blank_nodes(quad.object)
    }
    starts = sorted(around, key=lambda node: (node in inner, colours[node], node.value), reverse=True)
    order: dict[BlankNode, None] = {}
    while starts:
        node = starts.pop()
        if node in order:
            continue
        order[node] = None
        linked = [
            (quad.predicate.value, colours[other], other.value, other)
            for quad in around[node]
            for other in _blank_nodes(quad.object)
        ]
        starts.extend(link[-1] for link in sorted(linked, key=lambda link: link[:3], reverse=True))
    return order


def _blank_nodes(term: _Term) -> tuple[BlankNode, ...]:
    if isinstance(term, BlankNode):
        return (term,)
    if isinstance(term, Triple):
        return tuple(node for part in term for node in _blank_nodes(part))
    return ()


def _replace(term: Any, labels: dict[BlankNode, BlankNode]) -> Any:
    """The term, of whatever type, with new labels in it."""
    if isinstance(term, BlankNode):
        return labels[term]
    if isinstance(term, Triple):
        subject, predicate, object_ = term
        return Triple(_replace(subject, labels), predicate, _replace(object_, labels))
    return term
