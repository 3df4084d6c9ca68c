"""The writer process: applies updates, each as one batch of the store. It may be killed at any moment."""

from __future__ import annotations

import resource
import signal
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path

import pyoxigraph as ox

from kg.errors import StoreError
from kg.store import Store
from server.confine import Confinement
from server.explain import one_line
from server.messages import Done, Failed, GraphDelete, GraphWrite, Payload, Update, Write
from server.tokens import reaches_out, with_dataset


def main(descriptor: int, path: str, lock_seconds: float) -> None:
    """Apply writes from the connection at `descriptor` until it closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the web process ends us
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    confinement = Confinement()
    connection = Connection(descriptor)
    while True:
        try:
            write = connection.recv()
        except EOFError:
            return
        connection.send(apply(Path(path), write, lock_seconds, confinement))


def apply(path: Path, write: Write, lock_seconds: float, confinement: Confinement) -> Done | Failed:
    """Apply one write to the store at `path`, whole or not at all."""
    try:
        if isinstance(write, Update) and (clause := reaches_out(write.text)):
            return Failed(400, f"{clause} is refused: this endpoint fetches nothing")
        with Store.open(path).writing(timeout=lock_seconds) as batch:
            match write:
                case Update():
                    with confinement.held(write.text):
                        return _update(batch.database, write)
                case GraphWrite():
                    return _graph_write(batch.database, write)
                case GraphDelete():
                    return _graph_delete(batch.database, write)
    except SyntaxError as error:
        return Failed(400, one_line("the request cannot be parsed", error))
    except RuntimeError as error:  # say, a graph to drop that is not there
        return Failed(409, one_line("the request cannot be carried out", error))
    except ValueError as error:
        return Failed(400, one_line("the request cannot be carried out", error))
    except StoreError as error:
        return Failed(503, str(error))
    raise ValueError(f"unexpected write {write!r}")


def _update(database: ox.Store, write: Update) -> Done:
    database.update(with_dataset(write.text, write.dataset), base_iri=write.base_iri)
    return Done()


def _graph_write(database: ox.Store, write: GraphWrite) -> Done:
    """Graph Store Protocol, 5.3 (PUT) and 5.5 (POST)."""
    graph = _graph_name(write.graph)
    existed = isinstance(graph, ox.DefaultGraph) or database.contains_named_graph(graph)
    quads = [quad for payload in write.payloads for quad in _quads(payload, graph, write)]
    if write.replace:
        database.clear_graph(graph)
    if isinstance(graph, ox.NamedNode):
        database.add_graph(graph)
    database.extend(quads)
    return Done(existed)


def _graph_delete(database: ox.Store, write: GraphDelete) -> Done | Failed:
    graph = _graph_name(write.graph)
    if isinstance(graph, ox.NamedNode) and not database.contains_named_graph(graph):
        return Failed(404, f"there is no graph {graph.value}")
    database.remove_graph(graph)
    return Done()


def _graph_name(graph: str | None) -> ox.NamedNode | ox.DefaultGraph:
    return ox.DefaultGraph() if graph is None else ox.NamedNode(graph)


def _quads(payload: Payload, graph: ox.NamedNode | ox.DefaultGraph, write: GraphWrite) -> Iterator[ox.Quad]:
    """The document's triples in the graph; blank nodes are new ones."""
    parsed = ox.parse(
        payload.body,
        ox.RdfFormat.from_media_type(payload.media_type),
        base_iri=write.graph or write.base_iri,
        without_named_graphs=True,
        rename_blank_nodes=True,
    )
    return (ox.Quad(quad.subject, quad.predicate, quad.object, graph) for quad in parsed)
