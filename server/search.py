"""What a reader process looks up for /search: hits with what the graph says of them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice

import pyoxigraph as ox

from kg.search import Found, Index
from kg.search.terms import Kind
from server.messages import Hit, Hits, SearchFor, Suggest

KINDS = {
    "entity": (Kind.ENTITY,),
    "event": (Kind.EVENT,),
    "report": (Kind.REPORT,),
    "sentence": (Kind.SENTENCE,),
}
_ALL = (Kind.ENTITY, Kind.EVENT, Kind.REPORT, Kind.SENTENCE, Kind.OTHER)
_STATEMENTS = 5000  # looked at for one property of one node
_CONTEXT = ox.NamedNode("http://persistence.uni-leipzig.org/nlp2rdf/ontologies/nif-core#referenceContext")


@dataclass(frozen=True, slots=True)
class Graph:
    """The state of the store that a reader has open, and its index."""

    store: ox.Store
    index: Index

    def label(self, node: str) -> str:
        """The node's label, "" if it has none."""
        return self.index.label(node)

    def values(self, node: str, predicate: str) -> tuple[str, ...]:
        """The IRIs that are values of the node's property, sorted; not all if thousands of graphs say so."""
        quads = self.store.quads_for_pattern(ox.NamedNode(node), ox.NamedNode(predicate), None, None)
        some = islice(quads, _STATEMENTS)
        return tuple(sorted({quad.object.value for quad in some if isinstance(quad.object, ox.NamedNode)}))


def search(graph: Graph, asked: SearchFor) -> Hits:
    """The best nodes for the words, and how many of each kind have them."""
    kinds = KINDS.get(asked.kind, _ALL)
    found = graph.index.search(asked.text, kinds=kinds, limit=asked.limit)
    counts = graph.index.counts(asked.text)
    return Hits(
        tuple(_hit(graph, entry) for entry in found),
        tuple((name, sum(counts.get(kind, 0) for kind in members)) for name, members in KINDS.items()),
    )


def suggest(graph: Graph, asked: Suggest) -> Hits:
    """Nodes with names that begin with what was typed."""
    kinds = KINDS.get(asked.kind, _ALL)
    names = graph.index.beginning(asked.prefix, kinds=kinds, limit=asked.skip + asked.limit)[asked.skip :]
    hits = (
        Hit(
            node=name.node,
            kind=name.kind.name.lower(),
            label=graph.label(name.node) or name.text,
            classes=name.classes,
            snippet=((name.text, False),),
        )
        for name in names
    )
    return Hits(tuple(hits), ())


def _hit(graph: Graph, found: Found) -> Hit:
    report = graph.values(found.node, _CONTEXT.value) if found.kind is Kind.SENTENCE else ()
    return Hit(
        node=found.node,
        kind=found.kind.name.lower(),
        label=graph.label(found.node),
        classes=found.classes,
        snippet=found.snippet,
        report=report[0] if report else None,
        report_label=graph.label(report[0]) if report else "",
    )
