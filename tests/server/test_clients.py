"""Clients that people use, as they are: SPARQLWrapper, rdflib, curl, and another store's SERVICE clause."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote
from urllib.request import Request, urlopen

import pytest
import rdflib
from rdflib.plugins.stores.sparqlstore import SPARQLStore, SPARQLUpdateStore

with warnings.catch_warnings():
    warnings.simplefilter("ignore", SyntaxWarning)
    import SPARQLWrapper

RDFS = "http://www.w3.org/2000/01/rdf-schema#"
LABELS = f"SELECT ?s ?label {{ ?s <{RDFS}label> ?label }}"
GRAPH = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
COUNT = 8  # labels of the small store


def wrapper(site, query: str, wanted: str) -> SPARQLWrapper.SPARQLWrapper:
    client = SPARQLWrapper.SPARQLWrapper(f"{site.url}sparql")
    client.setQuery(query)
    client.setReturnFormat(wanted)
    return client


@pytest.mark.parametrize("method", [SPARQLWrapper.GET, SPARQLWrapper.POST])
@pytest.mark.parametrize("how", [SPARQLWrapper.URLENCODED, SPARQLWrapper.POSTDIRECTLY])
def test_sparqlwrapper_json(site, method: str, how: str) -> None:
    client = wrapper(site, LABELS, SPARQLWrapper.JSON)
    client.setMethod(method)
    client.setRequestMethod(how)
    assert len(client.queryAndConvert()["results"]["bindings"]) == COUNT


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")  # SPARQLWrapper's
def test_sparqlwrapper_other_formats(site) -> None:
    assert len(wrapper(site, LABELS, SPARQLWrapper.CSV).queryAndConvert().splitlines()) > COUNT
    assert len(wrapper(site, LABELS, SPARQLWrapper.TSV).queryAndConvert().splitlines()) == COUNT + 1
    found = wrapper(site, LABELS, SPARQLWrapper.XML).queryAndConvert()
    assert len(found.getElementsByTagName("result")) == COUNT
    assert len(wrapper(site, GRAPH, SPARQLWrapper.RDFXML).queryAndConvert()) == 28
    turtle = wrapper(site, GRAPH, SPARQLWrapper.TURTLE).queryAndConvert()
    assert len(rdflib.Graph().parse(data=turtle, format="turtle")) == 28


def test_sparqlwrapper_is_told_what_is_wrong(site) -> None:
    with pytest.raises(SPARQLWrapper.SPARQLExceptions.QueryBadFormed, match="cannot be parsed"):
        wrapper(site, "SELECT", SPARQLWrapper.JSON).query()


def test_sparqlwrapper_updates(writable) -> None:
    client = SPARQLWrapper.SPARQLWrapper(f"{writable.url}sparql", updateEndpoint=f"{writable.url}update")
    client.addCustomHttpHeader("Authorization", f"Bearer {writable.token}")
    client.setMethod(SPARQLWrapper.POST)
    for update in ("DROP ALL", "INSERT DATA { <http://e/s> <http://e/p> 1 }"):
        client.setQuery(update)
        client.query()
    assert "true" in writable.query("ASK { <http://e/s> <http://e/p> 1 }").text


@pytest.mark.parametrize(
    "settings", [{}, {"returnFormat": "json"}, {"method": "POST"}, {"method": "POST_FORM"}]
)
def test_rdflib_reads(site, settings: dict[str, str]) -> None:
    graph = rdflib.Graph(SPARQLStore(f"{site.url}sparql", **settings))
    assert len(list(graph.query(LABELS))) == COUNT
    assert bool(graph.query("ASK { ?s ?p ?o }"))
    assert len(list(graph.triples((None, rdflib.RDFS.label, None)))) == COUNT
    if "returnFormat" not in settings:  # with it rdflib accepts tables only, whatever the query
        assert len(graph.query(GRAPH).graph) == 28


def test_rdflib_writes(writable) -> None:
    assert writable.update("DROP ALL").status == 204
    headers = {"Authorization": f"Bearer {writable.token}"}
    store = SPARQLUpdateStore(f"{writable.url}sparql", f"{writable.url}update", headers=headers)
    name = rdflib.URIRef("http://e/g")
    graph = rdflib.Graph(store, identifier=name)
    triple = (rdflib.URIRef("http://e/s"), rdflib.RDFS.label, rdflib.Literal('a "q"\n', lang="en"))
    graph.add(triple)
    assert list(graph) == [triple]
    graph.remove(triple)
    assert len(graph) == 0
    store.update("INSERT DATA { <http://e/s> <http://e/p> 1 }")
    assert "true" in writable.query("ASK { <http://e/s> <http://e/p> 1 }").text


def test_rdflib_asks_us_by_service(site) -> None:
    rows = rdflib.Graph().query(f"SELECT * {{ SERVICE <{site.url}sparql> {{ ?s <{RDFS}label> ?label }} }}")
    assert len(list(rows)) == COUNT


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_curl(site, tmp_path: Path) -> None:
    def curl(*arguments: str) -> str:
        return subprocess.run(
            ["curl", "-sS", "--fail-with-body", *arguments], capture_output=True, text=True, check=True
        ).stdout

    endpoint = f"{site.url}sparql"
    assert (
        len(json.loads(curl("-G", endpoint, "--data-urlencode", f"query={LABELS}"))["results"]["bindings"])
        == COUNT
    )
    assert curl("--data-urlencode", f"query={LABELS}", "-H", "Accept: text/csv", endpoint).startswith(
        "s,label"
    )
    file = tmp_path / "query.rq"
    file.write_text(LABELS)
    direct = ["-H", "Content-Type: application/sparql-query", "--data-binary", f"@{file}"]
    assert curl("--compressed", *direct, f"{endpoint}?format=tsv").startswith("?s\t?label")
    assert curl("-I", f"{endpoint}?query={quote('ASK {}')}").startswith("HTTP/1.1 200 OK")
    assert curl("-L", "-H", "Accept: text/turtle", f"{site.url}id/report/one")


@pytest.fixture(scope="module")
def oxigraph(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The query address of a running Oxigraph server with an empty store."""
    program = shutil.which("oxigraph", path=str(Path(sys.executable).parent))
    if program is None:
        pytest.skip("the Oxigraph server is not installed (pip install oxigraph)")
    port = 7907
    folder = tmp_path_factory.mktemp("oxigraph")
    command = [program, "serve", "--location", folder, "--bind", f"127.0.0.1:{port}"]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        address = f"http://127.0.0.1:{port}/query"
        for _ in range(100):
            try:
                urlopen(f"{address}?query=ASK%7B%7D", timeout=5).close()  # noqa: S310 (our own address)
                break
            except OSError:
                time.sleep(0.1)
        yield address
        process.terminate()


def test_another_store_asks_us_by_service(site, oxigraph: str) -> None:
    query = f"SELECT * {{ SERVICE <{site.url}sparql> {{ ?s <{RDFS}label> ?label }} }}"
    request = Request(  # noqa: S310 (our own address)
        oxigraph,
        query.encode(),
        {"Content-Type": "application/sparql-query", "Accept": "application/sparql-results+json"},
    )
    with urlopen(request, timeout=30) as answer:  # noqa: S310
        assert len(json.load(answer)["results"]["bindings"]) == COUNT
