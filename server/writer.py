"""The writer process: applies updates, each as one batch of the store. It may be killed at any moment."""

from __future__ import annotations

import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from pathlib import Path

import pyoxigraph as ox

from kg.batch import Batch
from kg.errors import RequestError, StoreError
from kg.functions import Functions, custom_functions, import_all
from kg.store import Store, newest_checkpoint
from server.confine import SERVICE_REFUSED, Confinement, is_refused
from server.explain import one_line
from server.loads import Load, split_at_loads
from server.messages import Document, Done, Failed, GraphDelete, GraphPatch, GraphWrite, Update, Write
from server.patching import check_patch, copy_of, patched, triples_of
from server.pipe import send
from server.probing import changed_by, operations
from server.tokens import asks_others, with_dataset
from server.touched import touched

_COMPACT_UP_TO = (
    256 << 20
)  # bytes, two seconds of a write's time; what is larger is left to kg load and build


def main(descriptor: int, path: str, lock_seconds: float, memory: int) -> None:
    """Apply writes from the connection at `descriptor` until it closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the web process ends us
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    confinement = Confinement()
    if not confinement.by_kernel:  # an update may then lose the right to open what the functions import
        import_all()
    connection = Connection(descriptor)
    while True:
        try:
            write = connection.recv()
        except EOFError:
            return
        send(connection, apply(Path(path), write, lock_seconds, confinement))


def apply(path: Path, write: Write, lock_seconds: float, confinement: Confinement) -> Done | Failed:
    """Apply one write to the store at `path`, whole or not at all."""
    try:
        if isinstance(write, Update | GraphPatch) and asks_others(write.text):
            return Failed(400, SERVICE_REFUSED)
        with Store.open(path).writing(timeout=lock_seconds, compact_up_to=_COMPACT_UP_TO) as batch:
            functions = custom_functions(newest_checkpoint(path))
            match write:
                case Update():
                    return _update(batch, write, confinement, functions)
                case GraphWrite():
                    return _graph_write(batch.touching([write.graph or ""]), write)
                case GraphPatch():
                    return _graph_patch(batch.touching([write.graph or ""]), write, confinement, functions)
                case GraphDelete():
                    return _graph_delete(batch.touching([write.graph or ""]), write)
    except RequestError as error:
        return Failed(error.status, str(error))
    except SyntaxError as error:
        return Failed(400, one_line("the request cannot be parsed", error))
    except RuntimeError as error:  # say, a graph to drop that is not there
        return Failed(409, one_line("the request cannot be carried out", error))
    except ValueError as error:
        return Failed(400, one_line("the request cannot be carried out", error))
    except MemoryError:
        return Failed(400, "the request needs more memory than a write is granted")
    except StoreError as error:
        return Failed(503, str(error))
    raise ValueError(f"unexpected write {write!r}")


def _update(batch: Batch, write: Update, confinement: Confinement, functions: Functions) -> Done:
    """Run the update's operations in order; its LOADs take the documents that were fetched before."""
    steps: list[str | Load] = []
    asks = False  # whether an operation has to be asked which graphs it changes
    for piece in split_at_loads(with_dataset(write.text, write.dataset), write.base_iri):
        if isinstance(piece, str) and touched(piece).variables:
            asks = True
            steps += operations(piece)
        else:
            steps.append(piece)
    if asks or len(steps) > 1:
        _check_syntax(write, confinement)
    documents = iter(write.documents)
    for step in steps:
        if isinstance(step, Load):
            _load(batch.touching([step.graph or ""]), step, next(documents))
            continue
        batch.separate()
        with _confined(step, confinement):
            graphs = changed_by(batch.touching(()), step, write.base_iri, functions)
            batch.touching(graphs).update(step, base_iri=write.base_iri, custom_functions=functions)
    return Done()


@contextmanager
def _confined(text: str, confinement: Confinement) -> Iterator[None]:
    """For the time that the text runs; RequestError 400 where it reaches out in a way that was not seen."""
    try:
        with confinement.held(text):
            yield
    except OSError as error:
        if is_refused(error, text):
            raise RequestError(400, "SERVICE and LOAD are refused where they are written so") from error
        raise


def _check_syntax(write: Update, confinement: Confinement) -> None:
    """SyntaxError with line and column of the whole update, before it is run in pieces."""
    with suppress(OSError, RuntimeError), confinement.held(write.text):  # it stops at its first LOAD
        ox.Store().update(write.text, base_iri=write.base_iri)


def _load(database: ox.Store, load: Load, document: Document | None) -> None:
    """SPARQL 1.1 Update, 3.1.4; a SILENT load that fails does nothing."""
    if document is None:
        return
    graph = _graph_name(load.graph)
    try:
        quads = list(_quads(document.body, document.media_type, document.base_iri, graph))
    except SyntaxError as error:
        if load.silent:
            return
        raise RequestError(502, one_line(f"LOAD <{load.source}>: cannot be parsed", error)) from error
    if isinstance(graph, ox.NamedNode):
        database.add_graph(graph)
    database.extend(quads)


def _graph_write(database: ox.Store, write: GraphWrite) -> Done:
    """Graph Store Protocol, 5.3 (PUT) and 5.5 (POST)."""
    graph = _graph_name(write.graph)
    existed = isinstance(graph, ox.DefaultGraph) or database.contains_named_graph(graph)
    base_iri = write.graph or write.base_iri
    quads = [
        quad
        for payload in write.payloads
        for quad in _quads(payload.body, payload.media_type, base_iri, graph)
    ]
    if write.replace:
        database.clear_graph(graph)
    if isinstance(graph, ox.NamedNode):
        database.add_graph(graph)
    database.extend(quads)
    return Done(existed)


def _graph_patch(
    database: ox.Store, write: GraphPatch, confinement: Confinement, functions: Functions
) -> Done:
    """Graph Store Protocol, 5.7; a graph that is not there is empty to the patch."""
    check_patch(write.text, write.graph)
    graph = _graph_name(write.graph)
    existed = isinstance(graph, ox.DefaultGraph) or database.contains_named_graph(graph)
    before = triples_of(database, graph)
    copy = copy_of(before, graph)
    with _confined(write.text, confinement):
        copy.update(write.text, base_iri=write.graph or write.base_iri, custom_functions=functions)
    after = patched(copy, before, graph)
    if not existed and not after:
        raise RequestError(404, f"there is no graph {write.graph}, and the patch adds nothing to it")
    for triple in before - after:
        database.remove(ox.Quad(triple.subject, triple.predicate, triple.object, graph))
    database.extend(
        ox.Quad(triple.subject, triple.predicate, triple.object, graph) for triple in after - before
    )
    return Done(existed)


def _graph_delete(database: ox.Store, write: GraphDelete) -> Done:
    graph = _graph_name(write.graph)
    if isinstance(graph, ox.NamedNode) and not database.contains_named_graph(graph):
        raise RequestError(404, f"there is no graph {graph.value}")  # and so no new data version
    database.remove_graph(graph)
    return Done()


def _graph_name(graph: str | None) -> ox.NamedNode | ox.DefaultGraph:
    return ox.DefaultGraph() if graph is None else ox.NamedNode(graph)


def _quads(
    body: bytes, media_type: str, base_iri: str, graph: ox.NamedNode | ox.DefaultGraph
) -> Iterator[ox.Quad]:
    """The document's triples in the graph; blank nodes are new ones."""
    parsed = ox.parse(
        body,
        ox.RdfFormat.from_media_type(media_type),
        base_iri=base_iri,
        without_named_graphs=True,
        rename_blank_nodes=True,
    )
    return (ox.Quad(quad.subject, quad.predicate, quad.object, graph) for quad in parsed)
