"""The store: a folder with an Oxigraph database and read-only checkpoints of it.

    STORE/meta.json              format and base IRI
    STORE/lock                   flock, held for one write batch; holds the writer's process id
    STORE/next                   flock, held by the one who waits for the lock
    STORE/live/NAME/             working copy of the batch that is being written, or of the last one
    STORE/checkpoints/NNNNNNNN/  finished states, each with its search index and the union of all graphs
                                 (kg.union); readers open only these
    STORE/current                name of the newest checkpoint: the data version
    STORE/rejects/ID.jsonl       what validation kept out of a report's graph
    STORE/links.tsv              links to Wikidata found after the build (kg.links)
    STORE/overrides.tsv          what people overrule (kg.overrides); STORE/overruled/ has what is in force,
                                 and as ID.nq what was read of the reports that it changes

A batch is a transaction: it starts from a copy (hard links) of the newest checkpoint and becomes visible when
`current` is replaced. A writer that dies leaves a working copy and perhaps a checkpoint that nothing
points to; the next batch clears both away.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import pyoxigraph as ox

from kg import bulk, iri
from kg.checkpoints import locked, make_current, next_checkpoint, store_errors, write_file
from kg.checkpoints import newest_checkpoint as newest_checkpoint
from kg.compaction import copy_compacted
from kg.errors import StoreError
from kg.named import MARK, Database, NamedGraphs, is_merged, open_graphs
from kg.search import write_index
from kg.settings import DEFAULT_BASE_IRI
from kg.union import UnionView, open_union, renew_union, separated, write_union
from kg.vocab import SIT

if TYPE_CHECKING:
    import rdflib

FORMAT = 2
_FORMATS = (1, FORMAT)  # that can be read; in the first one the default graph is never the union
LOCK_SECONDS = 60.0  # a batch takes well under a second; a minute means that its writer hangs
_BEFORE_META = {
    "lock",
    "next",
    "live",
    "checkpoints",
    "current",
    "current.part",
    "meta.json.part",
}  # while being made
_OPEN_ATTEMPTS = 5  # each needs two batches to finish between a reader's look at `current` and its open

_T = TypeVar("_T")


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
        self.written: list[bytes] = []  # was added, and touched later

    @property
    def database(self) -> ox.Store:
        """The writable database for anything else (loads), where any graph may change.

        Keep no reference to it or to its iterators after the block.
        """
        return self.touching(None)

    @property
    def graphs(self) -> Database:
        """The graphs as they are now, to be read."""
        return NamedGraphs(self._database) if self.merged else self._database

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
            for name in names & self.added.keys():
                self.written.append(self.added.pop(name))
        return self._database

    def separate(self) -> None:
        """Let the database have the store's own default graph from here on, as updates need it.

        That is once in the life of a store, and takes a million quads fifteen seconds.
        """
        if self.merged:
            folder = tempfile.mkdtemp(dir=self._live)
            self._database, self.merged = separated(self._database, Path(folder)), False

    def close(self) -> None:
        """Close the database, so that the next batch can open it."""
        del self._database

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
        quads = _in_graph(found, name)
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


class Store:
    """A store on disk. Opening it takes no lock; every `writing` block and `reading` call stands alone."""

    def __init__(self, path: Path, base_iri: str) -> None:
        self.path = path
        self.base_iri = base_iri

    @classmethod
    def open(cls, path: Path) -> Store:
        """Open an existing store; StoreError where there is none or this version cannot read it."""
        if not path.exists():
            raise StoreError(f"{path}: there is no store here; make one with: kg build INPUT --store {path}")
        if not (path / "meta.json").is_file():
            raise StoreError(f"{path}: this is not a store (it has no meta.json)")
        return cls(path, _read_meta(path))

    @classmethod
    def create_or_open(cls, path: Path, *, base_iri: str | None) -> Store:
        """Open the store, or make one where `path` is missing or empty.

        A store keeps the base IRI it was made with: another one is refused, None takes the store's.
        """
        if not (path / "meta.json").is_file():
            _create(path, base_iri if base_iri is not None else DEFAULT_BASE_IRI)
        store = cls.open(path)
        if base_iri is not None and base_iri != store.base_iri:
            raise StoreError(
                f"{path}: made with the base IRI {store.base_iri}, not {base_iri}; leave out --base-iri "
                "or choose another --store"
            )
        return store

    def version(self) -> str:
        """The data version: the name of the newest checkpoint."""
        return newest_checkpoint(self.path).name

    def reading(self) -> Database:
        """The newest checkpoint, read-only. It stays readable while open, whatever is written meanwhile."""
        return self._opened(open_graphs)

    def reading_union(self) -> UnionView:
        """The newest checkpoint with the union of all graphs as its default graph, as for `reading`."""
        return self._opened(open_union)

    def identifiers(self) -> list[str]:
        """Those of the reports that the newest checkpoint has, sorted."""
        graphs = [
            graph for graph in self.reading().named_graphs() if is_report(graph, base_iri=self.base_iri)
        ]
        return sorted(iri.identifier(graph.value) for graph in graphs if isinstance(graph, ox.NamedNode))

    def holds(self, graph_iri: str, found: Iterable[ox.Quad]) -> bool:
        """Whether the newest checkpoint's graph of this name has just the triples of these quads."""
        name = ox.NamedNode(graph_iri)
        return _in_graph(found, name) == set(self.reading().quads_for_pattern(None, None, None, name))

    def _opened(self, read: Callable[[Path], _T]) -> _T:
        for _ in range(_OPEN_ATTEMPTS):
            checkpoint = newest_checkpoint(self.path)
            try:
                return read(checkpoint)
            except (OSError, RuntimeError) as error:  # the engine may take a file that is gone for damage
                reason = error
                if checkpoint == newest_checkpoint(self.path):
                    break
        raise StoreError(f"{self.path}: cannot read the store: {reason}")

    @contextmanager
    def writing(self, *, timeout: float = LOCK_SECONDS, compact_up_to: int | None = None) -> Iterator[Batch]:
        """Hold the lock for one batch; publish a new checkpoint if the block ends without an error.

        A batch after which that pays compacts the databases (`kg.compaction`), but none that is larger than
        `compact_up_to` bytes.
        Raises StoreError where another writer holds the lock for more than `timeout` seconds.
        """
        with locked(self.path, timeout), store_errors(self.path):
            batch = self._batch()
            try:
                yield batch
                _publish(self.path, batch, compact_up_to)
            finally:
                batch.close()

    def rejects_file(self, identifier: str) -> Path:
        """Where the rejects of a report are kept; the name is the identifier, shortened where it must be."""
        return self.path / "rejects" / f"{_file_name(identifier)}.jsonl"

    def as_read_file(self, identifier: str) -> Path:
        """Where a report is kept as it was read, if people have overruled some of it."""
        return self.path / "overruled" / f"{_file_name(identifier)}.nq"

    def _batch(self) -> Batch:
        """One on a copy of the newest checkpoint, or on an empty database."""
        live = self.path / "live"
        if live.exists():
            shutil.rmtree(live)
        live.mkdir()
        # A folder of its own: a failed batch's database may not be closed before its traceback is collected,
        # and this process cannot open the same folder twice.
        copy, merged, begun = tempfile.mkdtemp(dir=live), True, ""
        if (self.path / "current").exists():
            Path(copy).rmdir()
            newest = newest_checkpoint(self.path)
            ox.Store.read_only(str(newest)).backup(copy)
            merged, begun = is_merged(newest), newest.name
        return Batch(ox.Store(copy), self.base_iri, live=live, merged=merged, begun=begun)


def _file_name(identifier: str) -> str:
    """The identifier as the name of a file, without its suffix."""
    name = iri.segment(identifier)
    if len(name) > 200:  # file systems take 255 bytes
        name = f"{name[:180]}-{hashlib.sha256(name.encode()).hexdigest()[:16]}"
    return name


def is_report(graph: ox.NamedNode | ox.BlankNode | ox.DefaultGraph, *, base_iri: str) -> bool:
    """Whether this is the name of a report's graph."""
    folder, name = iri.report(base_iri, "x").rsplit("/", 1)[0], graph
    return isinstance(name, ox.NamedNode) and name.value.rpartition("/")[0] == folder


def _publish(path: Path, batch: Batch, up_to: int | None = None) -> None:
    """Make the database's state the newest checkpoint; none larger than `up_to` bytes is compacted.

    Index and databases are written side by side: neither needs the other, and most is done by the engine
    and SQLite.
    """
    previous, part = next_checkpoint(path)
    index_folder = Path(tempfile.mkdtemp(dir=path / "live"))
    with ThreadPoolExecutor(1) as beside:
        index = beside.submit(
            write_index,
            batch.graphs,
            previous=previous,
            folder=index_folder,
            changed=batch.changed,
            added=batch.added,
        )
        _write_databases(batch, previous, part, up_to)
        index.result()
    for file in index_folder.iterdir():
        os.replace(file, part / file.name)
    make_current(path, part)


def _write_databases(batch: Batch, previous: Path, part: Path, up_to: int | None) -> None:
    """Put the database into the folder `part`, and its union in the place where that is."""
    database, changed, added = batch.touching(()), batch.changed, batch.added
    if not batch.merged:
        copy_compacted(database, part, before=previous, up_to=up_to)
        write_union(
            database, previous=previous, folder=part, changed=changed, added=added, compact_up_to=up_to
        )
        return
    if changed:
        renew_union(database, previous=previous, changed=changed - added.keys(), written=batch.written)
    copy_compacted(database, part, before=previous, up_to=up_to)
    (part / MARK).touch()


def _create(path: Path, base_iri: str) -> None:
    """Make an empty store at `path`, whose folder may exist but must hold nothing else."""
    _check_base(base_iri)
    if path.exists() and not path.is_dir():
        raise StoreError(f"{path}: this is a file, a store is a folder; choose another --store")
    with store_errors(path):
        path.mkdir(parents=True, exist_ok=True)
        if not {entry.name for entry in path.iterdir()} <= _BEFORE_META:
            raise StoreError(f"{path}: this folder is not empty and not a store; choose another --store")
        with locked(path, LOCK_SECONDS):
            if not (path / "meta.json").exists():  # another process may have been faster
                batch = Store(path, base_iri)._batch()
                try:
                    _publish(path, batch)
                finally:
                    batch.close()
                write_file(path / "meta.json", json.dumps({"format": FORMAT, "base_iri": base_iri}) + "\n")


def _check_base(base_iri: str) -> None:
    try:
        ox.NamedNode(base_iri)
    except ValueError as error:
        raise StoreError(f"base IRI {base_iri!r} is not an absolute IRI: {error}") from error
    if base_iri[-1] not in "/#":
        raise StoreError(f"base IRI {base_iri!r} must end with / or #")


def _read_meta(path: Path) -> str:
    """The base IRI of the store, once its format is known to be ours."""
    try:
        meta = json.loads((path / "meta.json").read_text(encoding="utf-8"))
        store_format, base_iri = meta["format"], meta["base_iri"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StoreError(f"{path / 'meta.json'}: cannot be read as a store's description: {error}") from error
    if store_format not in _FORMATS:
        raise StoreError(
            f"{path}: the store has format {store_format}, this version of kg reads format {FORMAT}; "
            "use the version that made it, or build a new store"
        )
    return str(base_iri)


def _in_graph(found: Iterable[ox.Quad], graph: ox.NamedNode) -> set[ox.Quad]:
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
