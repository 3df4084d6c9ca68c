"""A small real store and real servers over it, each in a process of its own."""

from __future__ import annotations

import http.client
import json
import shutil
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
import rdflib

from kg.store import Store

BASE = "https://w3id.org/sitrep/id/"
TOKEN = "a-long-secret"  # noqa: S105

PREFIXES = f"""
@prefix : <{BASE}> .
@prefix sit: <https://w3id.org/sitrep/ontology#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix void: <http://rdfs.org/ns/void#> .
"""
GRAPHS = {
    f"{BASE}report/one": """
:report\\/one a sit:Report ; rdfs:label "One" ; dcterms:issued "2022-01-21" .
:report\\/one\\/event\\/1 a sit:Clash ; rdfs:label "Clash" ; sit:status sit:Reported ;
    sit:participant :entity\\/islamic-state, :person\\/Ned_Price .
:entity\\/islamic-state a sit:ArmedGroup ; rdfs:label "Islamic State" ; sit:mentionedIn :report\\/one .
:person\\/Ned_Price a sit:Person ; rdfs:label "Ned Price" ; sit:mentionedIn :report\\/one .
""",
    f"{BASE}report/two": """
:report\\/two a sit:Report ; rdfs:label "<script>alert(1)</script>" ; dcterms:issued "2022-01-23" .
:report\\/two\\/event\\/1 a sit:Escape ; rdfs:label "a \\"q\\", é\\t\\n" ; sit:status sit:Attempted .
:place\\/Caf%C3%A9_%28old%29 a sit:Place ; rdfs:label "Café"@fr ; sit:mentionedIn :report\\/two .
""",
    f"{BASE}graph/entities": ":entity\\/islamic-state owl:sameAs <http://www.wikidata.org/entity/Q2429253> .",
    f"{BASE}graph/dataset": ':graph\\/dataset a void:Dataset ; dcterms:title "Sitrep" .',
    "https://w3id.org/sitrep/ontology": 'sit:Clash a owl:Class ; rdfs:label "clash"@en .',
}


@dataclass
class Answer:
    """What a server answered; header names in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def media_type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0]

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def detail(self) -> str:
        """What a refusal says is wrong."""
        assert self.media_type == "application/problem+json", self
        return str(json.loads(self.body)["detail"])


@dataclass
class Site:
    """A running server."""

    url: str
    store: Path
    process: subprocess.Popen[str]
    token: str = TOKEN
    base: str = BASE

    def connect(self, timeout: float = 30) -> http.client.HTTPConnection:
        parts = urlsplit(self.url)
        assert parts.hostname is not None
        return http.client.HTTPConnection(parts.hostname, parts.port, timeout=timeout)

    def ask(
        self, method: str, path: str, body: bytes | str | None = None, headers: dict[str, str] | None = None
    ) -> Answer:
        connection = self.connect()
        try:
            connection.request(method, path, body, headers or {})
            response = connection.getresponse()
            found = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, found, response.read())
        finally:
            connection.close()

    def get(self, path: str, accept: str | None = None, **parameters: str) -> Answer:
        target = f"{path}?{urlencode(parameters)}" if parameters else path
        return self.ask("GET", target, headers={"Accept": accept} if accept else {})

    def query(self, text: str, accept: str | None = None, **parameters: str) -> Answer:
        return self.get("/sparql", accept, query=text, **parameters)

    def update(self, text: str, token: str = TOKEN, path: str = "/update") -> Answer:
        headers = {"Content-Type": "application/sparql-update", "Authorization": f"Bearer {token}"}
        return self.ask("POST", path, text.encode(), headers)


@pytest.fixture(scope="session")
def triples() -> Callable[[bytes, str], set]:
    """Reads the triples of a document, whatever graph they are in."""

    def read(body: bytes, format_name: str) -> set:
        dataset = rdflib.Dataset()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # rdflib's parsers use its old names
            dataset.parse(data=body, format=format_name)
        return {(subject, predicate, value) for subject, predicate, value, _graph in dataset.quads()}

    return read


@pytest.fixture(scope="session")
def small_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("store") / "small"
    with Store.create_or_open(path, base_iri=BASE).writing() as batch:
        for name, triples in GRAPHS.items():
            batch.put_graph(name, rdflib.Graph().parse(data=PREFIXES + triples, format="turtle"))
    return path


@pytest.fixture(scope="session")
def start() -> Iterator[Callable[..., Site]]:
    """Starts a server over a store, with settings as keywords; all are ended with the test session.

    `fault` is what the process runs before.
    """
    processes = []

    def start_one(store: Path, *, fault: str = "", **settings: object) -> Site:
        program = (
            f"{fault}\nfrom pathlib import Path, PosixPath; from server.run import serve; "
            "from server.settings import ServerSettings; "
            f"serve(ServerSettings(store=Path({str(store)!r}), port=0, **{settings!r}))"
        )
        process = subprocess.Popen([sys.executable, "-c", program], stderr=subprocess.PIPE, text=True)
        processes.append(process)
        assert process.stderr is not None
        line = process.stderr.readline()
        assert line.startswith(f"Sitrep serves {store} on http://127.0.0.1:"), line
        return Site(line.split()[-1], store, process)

    yield start_one
    for process in processes:
        process.terminate()
    for process in processes:
        process.wait(timeout=10)
        if process.stderr is not None:
            process.stderr.close()


@pytest.fixture(scope="session")
def counted() -> Callable[[Site], Site]:
    """Waits until a server's pages have their totals: on a busy machine the first ones lack them."""

    def wait(site: Site) -> Site:
        until = time.monotonic() + 30
        while any("being counted" in site.get(path, "text/html").text for path in ("/", "/sources")):
            assert time.monotonic() < until
        return site

    return wait


@pytest.fixture(scope="session")
def site(start: Callable[..., Site], small_store: Path, counted: Callable[[Site], Site]) -> Site:
    """A read-only server with the union default graph."""
    return counted(start(small_store, workers=2, timeout=20.0))


@pytest.fixture(scope="session")
def tight(start: Callable[..., Site], small_store: Path) -> Site:
    """A server with one reader, one second and little memory for a query."""
    return start(small_store, workers=1, timeout=1.0, memory=400 * 2**20)


@pytest.fixture
def own_store(small_store: Path, tmp_path: Path) -> Path:
    """A copy of the small store that a test may change."""
    return Path(shutil.copytree(small_store, tmp_path / "own"))


@pytest.fixture(scope="session")
def writable(start: Callable[..., Site], tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A server that takes updates, over an empty store, default graph apart."""
    path = tmp_path_factory.mktemp("writable") / "store"
    Store.create_or_open(path, base_iri=BASE)
    return start(path, workers=1, timeout=5.0, union_default_graph=False, allow_update=True, token=TOKEN)
