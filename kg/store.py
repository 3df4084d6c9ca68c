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
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import pyoxigraph as ox

from kg import iri
from kg.batch import Batch, in_graph, is_report
from kg.changes import Changes
from kg.checkpoints import locked, make_current, next_checkpoint, store_errors, write_file
from kg.checkpoints import newest_checkpoint as newest_checkpoint
from kg.compaction import copy_compacted
from kg.errors import StoreError
from kg.named import MARK, Database, is_merged, open_graphs
from kg.search import write_index
from kg.settings import DEFAULT_BASE_IRI
from kg.union import UnionView, open_union, renew_union, write_union

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
        return in_graph(found, name) == set(self.reading().quads_for_pattern(None, None, None, name))

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


def _publish(path: Path, batch: Batch, up_to: int | None = None) -> None:
    """Make the database's state the newest checkpoint; none larger than `up_to` bytes is compacted.

    Index and databases are written side by side: most is done by the engine and SQLite. The index reads a
    copy, so that the batch's database is closed before it is done: as long as that is open the engine merges
    files in it, which nobody gets any more.
    """
    previous, part = next_checkpoint(path)
    changes = batch.changes()
    if batch.merged and changes.graphs:
        renew_union(batch.touching(()), previous=previous, changes=changes, written=batch.written)
    work = Path(tempfile.mkdtemp(dir=path / "live"))
    copy, index_folder = batch.copy(work / "copy"), work / "index"
    index_folder.mkdir()
    with ThreadPoolExecutor(1) as beside:
        index = beside.submit(write_index, copy, previous=previous, folder=index_folder, changes=changes)
        _write_databases(batch, changes, previous, part, up_to)
        batch.close()
        index.result()
    for file in index_folder.iterdir():
        os.replace(file, part / file.name)
    shutil.rmtree(work)  # else it keeps files that compacting replaced on the disk
    make_current(path, part)


def _write_databases(batch: Batch, changes: Changes, previous: Path, part: Path, up_to: int | None) -> None:
    """Put the database into the folder `part`, and its union in the place where that is."""
    database = batch.touching(())
    copy_compacted(database, part, before=previous, up_to=up_to)
    if batch.merged:
        (part / MARK).touch()
    else:
        write_union(database, previous=previous, folder=part, changes=changes, compact_up_to=up_to)


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
