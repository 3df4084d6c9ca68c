"""A write batch: changes in the graphs of a store that become visible together."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kg import bulk, iri
from kg.changes import AlteredGraph, Changes
from kg.errors import StoreError
from kg.named import Database, NamedGraphs
from kg.union import separated
from kg.vocab import SIT

if TYPE_CHECKING:
    import rdflib


class Batch:
    """Changes that become visible together when the `Store.writing` block ends without an error.

    `changed` names the graphs that may have changed ("" is the default graph), None if any may; the search
    index looks at these only. `added` are those of them that were not there before, as N-Triples, as far as
    they came by `put_all`.

    While it is `merged`, the default graph of the database is the union of all graphs, with what `put_all`
    added; what else changed comes in at the end. `begun` is the data version that it changes.
    """

    def __init__(self, database: ox.Store, base_iri: str, *, live: Path, merged: bool, begun: str) -> None:
        self._database = database
        self._live = live
        self.base_iri = base_iri
        self.merged = merged
        self.begun = begun
        self.changed: set[str] | None = set()
        self.added: dict[str, bytes] = {}
        self._altered: dict[str, AlteredGraph] = {}
        self._touched: set[str] = set()  # in any other way
        self.written: list[bytes] = []  # was added, and touched later

    @property
    def database(self) -> ox.Store:
        """The writable database for anything else (loads), where any graph may change.

        Keep no reference to it or to its iterators after the block.
        """
        return self.touching(None)

    def copy(self, folder: Path) -> Database:
        """The graphs as they are now, to be read: a database of its own (hard links) in a new folder."""
        self._database.backup(str(folder))
        database = ox.Store.read_only(str(folder))
        return NamedGraphs(database) if self.merged else database

    def touching(self, graphs: Iterable[str] | None) -> ox.Store:
        """The writable database for changes in these graphs only ("": the default graph; None: any).

        On a large store the index costs seconds where any graph may have changed.
        """
        if graphs is None:
            self.separate()
            self.changed = None
            self.added.clear()
        elif self.changed is not None:
            names = set(graphs)
            if "" in names:
                self.separate()
            self.changed |= names
            self._touched |= names
            for name in names & self.added.keys():
                self.written.append(self.added.pop(name))
        return self._database

    def altering(self, graph: str) -> AlteredGraph:
        """A named graph to be changed triple by triple, for what changes in it, not for its size.

        Keep no reference to it after the block.
        """
        if graph in self.added:
            self.touching([graph])
        if self.changed is not None:
            self.changed.add(graph)
        return self._altered.setdefault(graph, AlteredGraph(self._database, graph))

    def changes(self) -> Changes:
        """What became of the graphs, as far as it is known."""
        if self.changed is None:
            return Changes()
        altered = {name: graph for name, graph in self._altered.items() if name not in self._touched}
        return Changes(frozenset(self.changed), self.added, altered)

    def separate(self) -> None:
        """Let the database have the store's own default graph from here on, as updates need it.

        That is once in the life of a store, and takes a million quads fifteen seconds.
        """
        if self.merged:
            folder = tempfile.mkdtemp(dir=self._live)
            self._database, self.merged = separated(self._database, Path(folder)), False
            for graph in self._altered.values():
                graph.database = self._database

    def close(self) -> None:
        """Close the database; nothing more can be done with the batch."""
        vars(self).pop("_database", None)
        for graph in self._altered.values():
            graph.close()

    def put_report(self, report_iri: str, graph: rdflib.Graph) -> None:
        """Replace all that the store has of a report with `graph`."""
        self.put_graph(report_iri, graph)

    def remove_report(self, report_iri: str) -> bool:
        """Take a report's graph out; False where the store has none of that name."""
        name = ox.NamedNode(report_iri)
        if not self._database.contains_named_graph(name):
            return False
        self.touching([report_iri]).remove_graph(name)
        return True

    def put_graph(self, graph_iri: str, graph: rdflib.Graph) -> None:
        """Replace the named graph with `graph`."""
        self.put_triples(graph_iri, graph.serialize(format="nt", encoding="utf-8"))

    def put_triples(self, graph_iri: str, triples: bytes) -> None:
        """Replace the named graph with `triples` (N-Triples)."""
        try:
            self.put_quads(graph_iri, ox.parse(triples, ox.RdfFormat.N_TRIPLES))
        except SyntaxError as error:
            raise StoreError(f"{graph_iri}: what should be N-Triples is not: {error}") from error

    def put_all(self, graphs: Mapping[str, bytes]) -> None:
        """Replace each of the named graphs with its triples (N-Triples); new ones are written all at once."""
        new = {name: triples for name, triples in graphs.items() if self._is_new(name, triples)}
        for name, triples in graphs.items():
            if name not in new:
                self.put_triples(name, triples)
        if not new:
            return
        load = bulk.load_with_union if self.merged else bulk.load
        try:
            load(self.touching(new), new)
        except SyntaxError as error:
            raise StoreError(f"{', '.join(new)}: what should be N-Triples is not: {error}") from error
        if self.changed is not None:
            self.added |= new

    def _is_new(self, graph_iri: str, triples: bytes) -> bool:
        """Whether there was no such graph before the batch, and its triples can be written with others'."""
        if (self.changed is not None and graph_iri in self.changed) or not bulk.can_load(triples):
            return False
        return not self._database.contains_named_graph(ox.NamedNode(graph_iri))

    def put_quads(self, graph_iri: str, found: Iterable[ox.Quad]) -> None:
        """Replace the named graph with the triples of quads of any graph."""
        name = ox.NamedNode(graph_iri)
        quads = in_graph(found, name)
        if quads == set(self._database.quads_for_pattern(None, None, None, name)):
            return  # spares the disk: most batches leave the ontology as it is
        database = self.touching([graph_iri])
        database.remove_graph(name)
        database.extend(quads)

    def mentioned(self, entity_iris: Iterable[str]) -> list[str]:
        """Those of the entities that a report of the store mentions, in the order given."""
        return [entity for entity in entity_iris if self._is_mentioned(entity)]

    def mentioned_under(self, prefix: str, *, known: str) -> list[str]:
        """The entities whose IRI begins with `prefix` and that a report of the store mentions, sorted.

        `known` names the graph that describes those of the last batch. Only what it describes and what the
        changed graphs mention is looked up, so the cost grows neither with reports nor with known things;
        all is searched where the graph is empty, or where any graph may have changed.
        """
        predicate, graph = ox.NamedNode(str(SIT.mentionedIn)), ox.NamedNode(known)
        patterns: list[tuple[ox.NamedNode | None, ox.NamedNode | None]] = [(predicate, None)]
        if self.changed is not None and self._database.contains_named_graph(graph):
            patterns = [(None, graph), *((predicate, ox.NamedNode(name)) for name in self.changed if name)]
        found = {
            quad.subject.value
            for predicate_or_any, graph_or_any in patterns
            for quad in self._database.quads_for_pattern(None, predicate_or_any, None, graph_or_any)
            if isinstance(quad.subject, ox.NamedNode) and quad.subject.value.startswith(prefix)
        }
        return self.mentioned(sorted(found))

    def newly_mentioned(self) -> set[str] | None:
        """The entities that the changed graphs mention, if `put_all` added all of these; else None.

        Then what was mentioned before still is.
        """
        if self.changed is None or not self.changed <= self.added.keys():
            return None
        predicate = ox.NamedNode(str(SIT.mentionedIn))
        return {
            quad.subject.value
            for name in self.added
            for quad in self._database.quads_for_pattern(None, predicate, None, ox.NamedNode(name))
            if isinstance(quad.subject, ox.NamedNode)
        }

    def _is_mentioned(self, entity_iri: str) -> bool:
        predicate = ox.NamedNode(str(SIT.mentionedIn))
        quads = self._database.quads_for_pattern(ox.NamedNode(entity_iri), predicate, None, None)
        return any(is_report(quad.graph_name, base_iri=self.base_iri) for quad in quads)


def in_graph(found: Iterable[ox.Quad], graph: ox.NamedNode) -> set[ox.Quad]:
    """The triples in the graph; blank nodes get labels that depend only on the graph's name and content."""
    quads = {ox.Quad(quad.subject, quad.predicate, quad.object, graph) for quad in found}
    if not any(isinstance(term, ox.BlankNode) for quad in quads for term in (quad.subject, quad.object)):
        return quads
    dataset = ox.Dataset(quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    prefix = hashlib.sha256(graph.value.encode()).hexdigest()[:8]  # apart from other graphs' blank nodes
    return {_relabelled(quad, prefix) for quad in dataset}


def _relabelled(quad: ox.Quad, prefix: str) -> ox.Quad:
    subject, value = quad.subject, quad.object
    if isinstance(subject, ox.BlankNode):
        subject = ox.BlankNode(prefix + subject.value)
    if isinstance(value, ox.BlankNode):
        value = ox.BlankNode(prefix + value.value)
    return ox.Quad(subject, quad.predicate, value, quad.graph_name)


def is_report(graph: ox.NamedNode | ox.BlankNode | ox.DefaultGraph, *, base_iri: str) -> bool:
    """Whether this is the name of a report's graph."""
    folder, name = iri.report(base_iri, "x").rsplit("/", 1)[0], graph
    return isinstance(name, ox.NamedNode) and name.value.rpartition("/")[0] == folder
