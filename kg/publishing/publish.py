"""What is to be sent, and sending it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass, field, replace
from pathlib import Path

import pyoxigraph as ox

from kg.batches import batches
from kg.errors import ServiceError
from kg.export import read_ontology
from kg.named import Database
from kg.publishing.client import Client, Credentials
from kg.publishing.graphs import EMPTY, Content, content, in_order
from kg.publishing.journal import Journal, open_journal
from kg.publishing.protocols import PROTOCOLS, Change, Protocol, Request
from kg.store import Store
from kg.vocab import ONTOLOGY_IRI

BATCH = 4 * 2**20  # bytes of triples in a request


@dataclass(frozen=True, slots=True)
class Plan:
    """A graph that is to be sent, with so many triples, or taken away (None)."""

    graph: str  # "" is the unnamed one
    triples: int | None


@dataclass(slots=True)
class Summary:
    """How many graphs were sent, removed, and left as they are at the target."""

    sent: int = 0
    triples: int = 0
    removed: int = 0
    unchanged: int = 0
    requests: int = field(default=0)


def publish(
    store: Store,
    url: str,
    *,
    protocol: str,
    ontology: Path,
    credentials: Credentials,
    everything: bool = False,
    batch: int = BATCH,
    dry_run: Callable[[Plan], None] | None = None,
    client: Client | None = None,
) -> Summary:
    """Bring the target at `url` up to the newest checkpoint of the store.

    Graphs that the target has by our journal are left out, but if `everything` is to be sent. Graphs of the
    target that never were ours stay. With `dry_run` each step is told to it and nothing is sent.
    Raises ServiceError where the target can't be reached, refuses, or has lost what it had from us; what was
    sent by then stays noted.
    """
    summary = Summary()
    with open_journal(store.path / "published", url) as journal:
        graphs = _Graphs(store.reading(), ontology)
        changes = _changes(graphs, journal, summary, everything=everything, batch=batch)
        if dry_run is not None:
            _tell(changes, dry_run)
            return summary
        with closing(client or Client(credentials)) as connection:
            spoken = PROTOCOLS[protocol]
            if not everything:
                _check(url, spoken, journal, connection)
            # What is noted before some requests is written to disk once.
            for some in batches(spoken.requests(url, changes, batch=batch), size=batch, weigh=_size):
                journal.begun(change.graph for r in some for change in r.changes if not change.adds)
                for request in some:
                    connection.send(request)
                    summary.requests += 1
                    journal.done({c.graph: c.digest for c in request.changes if c.digest is not None})
                    journal.gone(c.graph for c in request.changes if c.triples is None)
    return summary


def _check(url: str, protocol: Protocol, journal: Journal, client: Client) -> None:
    """Raises ServiceError where the target lacks what it had from us: some graphs are asked for."""
    shared = ("", str(ONTOLOGY_IRI))  # others may have put these there
    names = sorted(name for name, digest in journal.known.items() if digest not in (None, EMPTY))
    had = [name for name in names if name not in shared]  # the last is a report, if any
    asked = dict.fromkeys((had[-1], had[len(had) // 2], had[0])) if had else {}
    if asked and all(client.lacks(protocol.has(url, name)) for name in asked):
        raise ServiceError(
            url,
            f"it no longer has what was sent to it, say <{had[-1]}>: was it emptied? --all sends all anew",
        )


def _size(request: Request) -> int:
    return len(request.body or b"") + len(request.url)


class _Graphs:
    """The graphs of a checkpoint; the ontology's is read from its folder where the store lacks it."""

    def __init__(self, database: Database, ontology: Path) -> None:
        self._database = database
        self._ontology = ontology
        named = {graph.value for graph in database.named_graphs() if isinstance(graph, ox.NamedNode)}
        unnamed = next(database.quads_for_pattern(None, None, None, ox.DefaultGraph()), None)
        self._own = named | ({""} if unnamed is not None else set())
        self.names = sorted(self._own | {str(ONTOLOGY_IRI)})

    def content(self, graph: str) -> AbstractContextManager[Content]:
        """The content of a graph."""
        if graph in self._own:
            return content(self._database, graph)
        return in_order(
            f"{q.subject} {q.predicate} {q.object} .\n".encode() for q in read_ontology(self._ontology)
        )


def _changes(
    graphs: _Graphs, journal: Journal, summary: Summary, *, everything: bool, batch: int
) -> Iterator[Change]:
    """Step by step what makes the target hold the graphs, and no others that it had from us."""
    for name in graphs.names:
        with graphs.content(name) as found:
            if not everything and journal.known.get(name) == found.digest:
                summary.unchanged += 1
                continue
            summary.sent += 1
            summary.triples += found.triples
            yield from _pieces(name, found, batch, new=name not in journal.known)
    kept = set(graphs.names)
    for name in sorted(set(journal.known) - kept):
        summary.removed += 1
        yield Change(name, None)


def _pieces(name: str, found: Content, batch: int, *, new: bool) -> Iterator[Change]:
    """A change for each piece; the first has the blank nodes, the last the digest."""
    change: Change | None = None
    for piece in found.pieces(batch):
        if change is None:
            change = Change(name, piece, blank=found.blank_bytes > 0, new=new)
        else:
            yield change
            change = Change(name, piece, adds=True)
    if change is not None:
        yield replace(change, digest=found.digest)


def _tell(changes: Iterable[Change], told: Callable[[Plan], None]) -> None:
    """Each graph once."""
    triples = 0
    for change in changes:
        if change.triples is None:
            told(Plan(change.graph, None))
            continue
        triples += change.triples.count(b"\n")
        if change.digest is not None:
            told(Plan(change.graph, triples))
            triples = 0
