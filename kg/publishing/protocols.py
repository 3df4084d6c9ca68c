"""Changes as requests: SPARQL 1.1 Graph Store HTTP Protocol, and SPARQL 1.1 Update. Pure functions.

Each request may be sent again without harm: a graph is replaced, deleted, or given triples without blank
nodes that it may have already.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import quote

_ESCAPES = re.compile(rb"\\\\([uU])|\\.")


@dataclass(frozen=True, slots=True)
class Change:
    """A step: triples (N-Triples) that replace a graph, or are added to it; None takes the graph away.

    `digest` is that of the whole graph with its last step, else None.
    """

    graph: str  # "" is the unnamed one
    triples: bytes | None
    adds: bool = False
    digest: str | None = None


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
        where = f"graph={quote(change.graph, safe='')}" if change.graph else "default"
        target = f"{url}{'&' if '?' in url else '?'}{where}"
        if change.triples is None:
            yield Request("DELETE", target, (change,))
        else:
            method = "POST" if change.adds else "PUT"
            yield Request(method, target, (change,), change.triples, "application/n-triples")


def update(url: str, changes: Iterable[Change], *, batch: int) -> Iterator[Request]:
    """Updates that make some changes together, of about `batch` bytes."""
    held: list[Change] = []
    size = 0
    for change in changes:
        length = len(change.triples or b"")
        if held and size + length > batch:
            yield _update(url, held)
            held, size = [], 0
        held.append(change)
        size += length + len(change.graph)
    if held:
        yield _update(url, held)


PROTOCOLS: Mapping[str, Callable[..., Iterator[Request]]] = {"graph-store": graph_store, "update": update}


def _update(url: str, changes: Iterable[Change]) -> Request:
    found = tuple(changes)
    body = b" ;\n".join(operation for change in found for operation in _operations(change))
    return Request("POST", url, found, body + b"\n", "application/sparql-update")


def _operations(change: Change) -> Iterator[bytes]:
    name = f"<{change.graph}>".encode()
    if not change.adds:
        yield b"DROP SILENT GRAPH " + name if change.graph else b"DROP SILENT DEFAULT"
    if change.triples:
        triples = _escaped(change.triples)
        yield (
            b"INSERT DATA { GRAPH %b {\n%b} }" % (name, triples)
            if change.graph
            else (b"INSERT DATA {\n%b}" % triples)
        )


def _escaped(triples: bytes) -> bytes:
    r"""N-Triples for SPARQL, where \u0041 is a letter even behind a backslash (SPARQL 1.1, section 19.2)."""
    if b"\\\\" not in triples:
        return triples
    return _ESCAPES.sub(lambda found: rb"\\\U%08x" % ord(found[1]) if found[1] else found[0], triples)
