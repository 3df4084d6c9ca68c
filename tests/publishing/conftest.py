"""Servers to publish to, a store to publish from, and a proxy that cuts connections."""

import json
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.store import Store

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
RDFLIB_ENDPOINT = ROOT / "build/bench/environments/rdflib-endpoint-0.6.3/bin/rdflib-endpoint"
BASE = "https://w3id.org/sitrep/id/"
TOKEN = "a-token-for-tests"  # noqa: S105 - opens nothing else

DATA = rf"""
@prefix : <http://example.org/> .
<{BASE}report/one> {{ :a :says "one", "back\\u0041slash \\ \" \n é \u0007", "1"@en, 2.5 . }}
<{BASE}report/two> {{ :b :says "two" . }}
<{BASE}graph/entities> {{ {" ".join(f':e{n} :label "entity {n}" .' for n in range(60))} }}
<https://w3id.org/sitrep/ontology> {{
    :C :union ( :A :B [ :on [ :p 1 ] ] ) .
    {" ".join(f':C{n} :label "class {n}" .' for n in range(30))}
}}
:unnamed :in "no graph" .
"""


@dataclass(frozen=True)
class Target:
    """A server: where to ask, and where to publish by each protocol it has."""

    query: str
    urls: dict[str, str]
    unnamed: bool = True  # whether its default graph can be asked alone

    def graphs(self) -> dict[str, ox.Dataset]:
        """All that it holds, with blank nodes that can be compared."""
        names = self._ask("SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }", "application/sparql-results+json")
        found = {
            name: self._graph(f"GRAPH <{name}> {{ ?s ?p ?o }}")
            for binding in json.loads(names)["results"]["bindings"]
            for name in [binding["g"]["value"]]
            if name.startswith("http")
        }
        if self.unnamed and len(triples := self._graph("?s ?p ?o")):
            found[""] = triples
        return found

    def empty(self) -> None:
        """Take all that it holds away."""
        headers = {"Content-Type": "application/sparql-update", "Authorization": f"Bearer {TOKEN}"}
        request = urllib.request.Request(self.urls["update"], b"DROP ALL", headers)  # noqa: S310
        with urllib.request.urlopen(request, timeout=30):  # noqa: S310
            return

    def _graph(self, pattern: str) -> ox.Dataset:
        text = self._ask(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {pattern} }}", "text/turtle")
        return _canonical(ox.parse(text, ox.RdfFormat.TURTLE))

    def _ask(self, query: str, accept: str) -> bytes:
        address = f"{self.query}?{urllib.parse.urlencode({'query': query})}"
        request = urllib.request.Request(address, headers={"Accept": accept})  # noqa: S310 - our own address
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            return bytes(answer.read())


def _canonical(quads: Iterator[ox.Quad]) -> ox.Dataset:
    dataset = ox.Dataset(ox.Quad(q.subject, q.predicate, q.object) for q in quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return dataset


@pytest.fixture
def expected() -> Callable[[Store], dict[str, ox.Dataset]]:
    """What a target must hold: the store's graphs."""

    def graphs(store: Store) -> dict[str, ox.Dataset]:
        database = store.reading()
        names = [*database.named_graphs(), ox.DefaultGraph()]
        found = {
            name.value if isinstance(name, ox.NamedNode) else "": _canonical(
                database.quads_for_pattern(None, None, None, name)
            )
            for name in names
        }
        return {name: triples for name, triples in found.items() if len(triples)}

    return graphs


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A store with an ontology of blank nodes, odd literals and a graph that takes several requests."""
    made = Store.create_or_open(tmp_path / "store", base_iri=None)
    with made.writing() as batch:
        batch.database.load(DATA.encode(), ox.RdfFormat.TRIG)
    return made


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def _running(command: list[str], url: str, *, environment: dict[str, str] | None = None) -> Iterator[None]:
    with subprocess.Popen(
        command, env=os.environ | (environment or {}), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            for _ in range(300):
                try:
                    with urllib.request.urlopen(f"{url}?query=ASK%7B%7D", timeout=10):  # noqa: S310
                        break
                except (urllib.error.URLError, ConnectionError, TimeoutError):
                    assert process.poll() is None, f"{command[0]} ended at once"
                    time.sleep(0.1)
            yield
        finally:
            process.kill()
            process.wait()


@contextmanager
def oxigraph(folder: Path, port: int) -> Iterator[Target]:
    """The Oxigraph server over the database in the folder; leaving the block kills it."""
    address = f"http://127.0.0.1:{port}"
    command = [str(BIN / "oxigraph"), "serve", "-l", str(folder), "-b", f"127.0.0.1:{port}"]
    with _running(command, f"{address}/query"):
        yield Target(f"{address}/query", {"graph-store": f"{address}/store", "update": f"{address}/update"})


@contextmanager
def _ours(folder: Path, port: int) -> Iterator[Target]:
    address = f"http://127.0.0.1:{port}"
    Store.create_or_open(folder, base_iri=None)
    command = [str(BIN / "kg"), "serve", "--store", str(folder), "--port", str(port), "--allow-update"]
    options = ["--workers", "1", "--default-graph", "separate"]
    with _running([*command, *options], f"{address}/sparql", environment={"KG_TOKEN": TOKEN}):
        urls = {"graph-store": f"{address}/graph-store", "update": f"{address}/update"}
        yield Target(f"{address}/sparql", urls)


@contextmanager
def _rdflib_endpoint(port: int) -> Iterator[Target]:
    if not RDFLIB_ENDPOINT.exists():
        pytest.skip("rdflib-endpoint is not installed: make bench-endpoint does it")
    address = f"http://127.0.0.1:{port}/"
    command = [str(RDFLIB_ENDPOINT), "serve", "--enable-update", "--port", str(port), "--host", "127.0.0.1"]
    empty = ROOT / "tests/publishing/empty.nq"
    with _running([*command, str(empty)], address):
        yield Target(address, {"update": address}, unnamed=False)


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Target]]:
    """Each server by name, started when first asked for; what it holds is kept till the module's end."""
    with ExitStack() as running:
        known: dict[str, Target] = {}

        def server(name: str) -> Target:
            if name not in known:
                folder, port = tmp_path_factory.mktemp(name), _free_port()
                starts = {
                    "oxigraph": lambda: oxigraph(folder, port),
                    "ours": lambda: _ours(folder / "store", port),
                    "rdflib-endpoint": lambda: _rdflib_endpoint(port),
                }
                known[name] = running.enter_context(starts[name]())
            return known[name]

        yield server


@pytest.fixture
def empty_oxigraph(servers: Callable[[str], Target]) -> Target:
    """The Oxigraph server with nothing in it."""
    server = servers("oxigraph")
    server.empty()
    return server


@pytest.fixture
def fragile(tmp_path: Path) -> Callable[[], object]:
    """The Oxigraph server, with the same data and address each time that it is started."""
    port = _free_port()
    return lambda: oxigraph(tmp_path / "fragile", port)


class Proxy:
    """Passes connections on; cuts each when so many bytes have come from the client as `cuts` says next.

    `kill` is called in the middle of a request, when `kill_at` bytes have been passed on, and an answer that
    is the `kill_before`th does not come through any more.
    """

    def __init__(self, port: int, cuts: list[int]) -> None:
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._server.getsockname()[1])
        self._target = port
        self.cuts = cuts
        self.cut = 0
        self.kill: Callable[[], None] = lambda: None
        self.kill_at = self.kill_before = 0  # never
        self._sent = self._answers = 0
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._server.close()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._server.accept()
            except OSError:
                return
            threading.Thread(target=self._pass, args=(client,), daemon=True).start()

    def _pass(self, client: socket.socket) -> None:
        left = self.cuts.pop(0) if self.cuts else None
        with client, socket.create_connection(("127.0.0.1", self._target)) as server:
            threading.Thread(target=self._pump, args=(server, client), daemon=True).start()
            while data := _received(client):
                if self._sent < self.kill_at <= self._sent + len(data):
                    server.sendall(data[: self.kill_at - self._sent])
                    self.kill_at = 0
                    self.kill()
                    return
                self._sent += len(data)
                if left is not None:
                    data, left = data[:left], left - len(data)
                server.sendall(data)
                if left is not None and left <= 0:
                    self.cut += 1
                    client.shutdown(socket.SHUT_RDWR)
                    return

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        try:
            while data := _received(source):
                self._answers += 1
                if self._answers == self.kill_before:
                    self.kill()
                    return
                sink.sendall(data)
        except OSError:
            return


def _received(source: socket.socket) -> bytes:
    try:
        return source.recv(65536)
    except OSError:
        return b""


@pytest.fixture
def cutting() -> Iterator[Callable[[str, list[int]], tuple[str, Proxy]]]:
    """The address of a proxy before a server, and the proxy."""
    proxies: list[Proxy] = []

    def proxied(url: str, cuts: list[int]) -> tuple[str, Proxy]:
        parts = urllib.parse.urlsplit(url)
        assert parts.port is not None
        proxies.append(Proxy(parts.port, cuts))
        return parts._replace(netloc=f"127.0.0.1:{proxies[-1].port}").geturl(), proxies[-1]

    yield proxied
    for proxy in proxies:
        proxy.close()
