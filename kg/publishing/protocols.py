"""Changes as requests: SPARQL 1.1 Graph Store HTTP Protocol, and SPARQL 1.1 Update. Pure functions.

Each request may be sent again without harm: a graph is replaced, deleted, or given triples without blank
nodes that it may have already. A graph is replaced once, before anything is added to it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from urllib.parse import quote, urlencode

_ESCAPES = re.compile(rb"\\\\([uU])|\\.")


@dataclass(frozen=True, slots=True)
class Change:
    """A step: triples (N-Triples) that replace a graph, or are added to it; None takes the graph away.

    `digest` is that of the whole graph with its last step, else None. `blank`: the triples may have blank
    nodes. `new`: as far as is known the target does not have the graph.
    """

    graph: str  # "" is the unnamed one
    triples: bytes | None
    adds: bool = False
    digest: str | None = None
    blank: bool = False
    new: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    """A request, and the changes that it makes."""

    method: str
    url: str
    changes: tuple[Change, ...]
    body: bytes | None = None
    content_type: str | None = None


def graph_store(url: str, changes: Iterable[Change], *, batch: int) -> Iterator[Request]:  # noqa: ARG001
    """A request for each change: PUT, POST or DELETE."""
    for change in changes:
        target = _graph_url(url, change.graph)
        if change.triples is None:
            yield Request("DELETE", target, (change,))
        else:
            method = "POST" if change.adds else "PUT"
            yield Request(method, target, (change,), change.triples, "application/n-triples")


def update(url: str, changes: Iterable[Change], *, batch: int) -> Iterator[Request]:
    """Updates that make some changes together, of about `batch` bytes.

    Blank nodes go alone: their labels hold for a whole operation, and mean one graph here.
    """
    held: list[Change] = []
    size = 0
    for change in changes:
        length = len(change.triples or b"")
        if held and (size + length > batch or change.blank or held[-1].blank):
            yield from _updates(url, held)
            held, size = [], 0
        held.append(change)
        size += length + len(change.graph)
    if held:
        yield from _updates(url, held)


def has_graph_store(url: str, graph: str) -> Request:
    """Asks whether the target has a graph: 404 if not."""
    return Request("HEAD", _graph_url(url, graph), ())


def has_update(url: str, graph: str) -> Request:
    """Asks whether the target has a named graph; stores that take queries at this address, too, say false."""
    query = urlencode({"query": f"ASK {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}"})
    return Request("GET", f"{url}{'&' if '?' in url else '?'}{query}", ())


@dataclass(frozen=True, slots=True)
class Protocol:
    """How changes become requests, given `batch` bytes; how to ask for a graph."""

    requests: Callable[..., Iterator[Request]]
    has: Callable[[str, str], Request]


PROTOCOLS: Mapping[str, Protocol] = {
    "graph-store": Protocol(graph_store, has_graph_store),
    "update": Protocol(update, has_update),
}


def _graph_url(url: str, graph: str) -> str:
    where = f"graph={quote(graph, safe='')}" if graph else "default"
    return f"{url}{'&' if '?' in url else '?'}{where}"


def _updates(url: str, changes: list[Change]) -> Iterator[Request]:
    """One update; before it one that drops the new graphs, in case that they are there after all.

    Oxigraph takes half as long again for an update that drops and inserts as for one that only inserts.
    """
    new = [Change(change.graph, b"") for change in changes if change.new and not change.blank]
    if new:
        yield _update(url, new)
        changes = [
            replace(change, adds=change.adds or (change.new and not change.blank)) for change in changes
        ]
    yield _update(url, changes)


def _update(url: str, changes: list[Change]) -> Request:
    operations = [
        f"DROP SILENT GRAPH <{change.graph}>".encode() if change.graph else b"DROP SILENT DEFAULT"
        for change in changes
        if not change.adds
    ]
    blocks = [_block(change.graph, change.triples) for change in changes if change.triples]
    if blocks:
        operations.append(b"INSERT DATA {\n%b}" % b"".join(blocks))
    return Request("POST", url, tuple(changes), b" ;\n".join(operations) + b"\n", "application/sparql-update")


def _block(graph: str, triples: bytes) -> bytes:
    escaped = _escaped(triples)
    return b"GRAPH <%b> {\n%b}\n" % (graph.encode(), escaped) if graph else escaped


def _escaped(triples: bytes) -> bytes:
    r"""N-Triples for SPARQL, where \u0041 is a letter even behind a backslash (SPARQL 1.1, section 19.2)."""
    if b"\\\\" not in triples:
        return triples
    return _ESCAPES.sub(lambda found: rb"\\\U%08x" % ord(found[1]) if found[1] else found[0], triples)
