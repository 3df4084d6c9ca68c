"""Where a report's graph lies while it is made, validated and written out.

rdflib's usual store keeps three indexes and the contexts of each triple, which takes longer than all the rest
of the mapping. A report's graph is mostly walked as a whole or asked for one predicate, so here a triple is
only put into a dictionary, and the triples are grouped by predicate when that is first asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from rdflib import Graph
from rdflib.plugins.stores.memory import SimpleMemory
from rdflib.term import Node

from kg.vocab import PREFIXES

_Triple = tuple[Node, Node, Node]


class TripleSet(SimpleMemory):
    """A store for one graph, in the order in which triples came. Prefixes are kept as SimpleMemory does."""

    def __init__(self, triples: Iterable[_Triple] = ()) -> None:
        super().__init__()
        self._triples: dict[_Triple, None] = dict.fromkeys(triples)
        self._by_predicate: dict[Node, list[_Triple]] | None = None

    def add(self, triple: _Triple, context: Any, quoted: bool = False) -> None:  # noqa: ARG002 (rdflib's signature)
        """Add a triple."""
        self._triples[triple] = None
        self._by_predicate = None

    def remove(self, triple_pattern: Any, context: Any = None) -> None:  # noqa: ARG002
        """Remove the triples that match; None matches anything."""
        for triple in [triple for triple, _ in self.triples(triple_pattern)]:
            del self._triples[triple]
        self._by_predicate = None

    def triples(self, triple_pattern: Any, context: Any = None) -> Iterator[Any]:  # noqa: ARG002
        """The triples that match, each with the contexts that SimpleMemory names, which are none."""
        subject, predicate, value = triple_pattern
        if subject is not None and predicate is not None and value is not None:
            yield from ((found, iter(())) for found in (triple_pattern,) if found in self._triples)
            return
        # A list, because who walks through it may add or remove on the way.
        found = list(self._triples) if predicate is None else list(self._grouped().get(predicate, ()))
        for triple in found:
            if (subject is None or triple[0] == subject) and (value is None or triple[2] == value):
                yield triple, iter(())

    def __len__(self, context: Any = None) -> int:
        return len(self._triples)

    def close(self, commit_pending_transaction: bool = False) -> None:  # noqa: ARG002
        """Let go of the triples.

        A graph and its prefixes hold each other, so Python would find them late: a hundred reports later.
        """
        self._triples, self._by_predicate = {}, None

    def _grouped(self) -> dict[Node, list[_Triple]]:
        if self._by_predicate is None:
            self._by_predicate = {}
            for triple in self._triples:
                self._by_predicate.setdefault(triple[1], []).append(triple)
        return self._by_predicate


def graph_of(triples: Iterable[_Triple]) -> Graph:
    """A graph of these triples, with the prefixes that we write."""
    graph = Graph(TripleSet(triples), bind_namespaces="none")
    for prefix, namespace in PREFIXES.items():
        graph.bind(prefix, namespace)
    return graph
