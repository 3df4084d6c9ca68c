"""LOAD and SERVICE in updates, through a running server."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

DOCUMENTS = {
    "/one.ttl": b"<s> <http://e/p> 1, [] .",
    "/two.nt": b'<http://e/s> <http://e/p> "2" .',
    "/bad.ttl": b"<s> <http://e/p> ",
}


@pytest.fixture(scope="module")
def documents() -> Iterator[tuple[str, list[str]]]:
    """The address of a server of documents, and the paths that it was asked for."""
    asked: list[str] = []

    class Documents(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            body = DOCUMENTS.get(self.path)
            self.send_response(404 if body is None else 200)
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Documents)
    threading.Thread(target=server.serve_forever).start()
    yield f"127.0.0.1:{server.server_address[1]}", asked
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def loading(start: Callable, documents, tmp_path_factory: pytest.TempPathFactory):
    from kg.store import Store

    path: Path = tmp_path_factory.mktemp("loading") / "store"
    Store.create_or_open(path, base_iri="http://e/id/")
    host = documents[0]
    return start(path, workers=1, timeout=5.0, allow_update=True, token="t", load_from=(host, "localhost"))  # noqa: S106


def rows(site) -> set[tuple[str, str]]:
    query = "SELECT ?g ?o { GRAPH ?g { ?s <http://e/p> ?o FILTER(!isBlank(?o)) } }"
    found = json.loads(site.query(query).body)["results"]["bindings"]
    return {(row["g"]["value"], row["o"]["value"]) for row in found}


def test_documents_are_loaded_in_the_order_of_the_operations(loading, documents) -> None:
    host, _asked = documents
    update = f"""
        PREFIX d: <http://{host}/> PREFIX e: <http://e/>
        DROP ALL ;
        LOAD d:one.ttl INTO GRAPH e:g ; # LOAD <http://e/>
        DELETE {{ GRAPH e:g {{ ?s ?p 1 }} }} INSERT {{ GRAPH e:g {{ ?s ?p "LOAD <x>" }} }}
        WHERE {{ GRAPH e:g {{ ?s ?p 1 }} }} ;
        LOAD <http://{host}/two.nt> INTO GRAPH <http://e/h>
    """
    assert loading.update(update, "t").status == 204
    assert rows(loading) == {("http://e/g", "LOAD <x>"), ("http://e/h", "2")}
    assert json.loads(loading.query(f"ASK {{ <http://{host}/s> ?p ?o }}").body)["boolean"]


@pytest.mark.parametrize(
    ("operation", "status", "reason"),
    [
        ("LOAD <http://{host}/none>", 502, "status 404"),
        ("LOAD <http://{host}/bad.ttl>", 502, "cannot be parsed"),
        ("LOAD <http://localhost/>", 400, "not public"),
        ("LOAD <http://127.0.0.1/>", 400, "LOAD is refused"),
        ("LOAD <http://169.254.169.254/>", 400, "LOAD is refused"),
        ("LOAD <file:///etc/passwd>", 400, "LOAD is refused"),
        ("LOAD<file:///etc/passwd>", 400, "LOAD is refused"),
        ("LOAD </etc/passwd>", 400, "LOAD is refused"),
        ("LOAD e:x", 400, "LOAD is refused"),
        ("LOAD:x", 400, "refused"),
        ("LOAD <http://{host}/two.nt> INTO", 400, "cannot be parsed: error at 4:"),
        ("LOAD <http://{host}/two.nt> nonsense", 400, "cannot be parsed: error at 4:"),
        ("LOAD", 400, "cannot be parsed"),
        (
            "INSERT { ?s ?p ?o } WHERE { SERVICE SILENT <http://{host}/> { ?s ?p ?o } }",
            400,
            "SERVICE is refused",
        ),
        ("LOAD <http://{host}/two.nt> ; DROP GRAPH <http://e/none>", 409, "http://e/none"),
    ],
)
def test_a_load_that_fails_changes_nothing(
    loading, documents, operation: str, status: int, reason: str
) -> None:
    version = json.loads(loading.get("/health").body)["version"]
    before = rows(loading)
    prologue = "PREFIX e: <http://e/>\nPREFIX : <http://{host}/>\nINSERT DATA { GRAPH e:g { e:s e:p 3 } } ;\n"
    answer = loading.update((prologue + operation).replace("{host}", documents[0]), "t")
    assert (answer.status, reason in answer.text) == (status, True), answer.text
    assert rows(loading) == before
    assert json.loads(loading.get("/health").body)["version"] == version


def test_a_silent_load_that_fails_is_passed_over(loading, documents) -> None:
    update = (
        "LOAD SILENT <http://{host}/none> ; LOAD SILENT <http://{host}/bad.ttl> INTO GRAPH <http://e/bad> ;"
    )
    update += "LOAD SILENT <file:///etc/passwd> ; "
    update += "INSERT DATA { GRAPH <http://e/i> { <http://e/s> <http://e/p> 4 } }"
    assert loading.update(update.replace("{host}", documents[0]), "t").status == 204
    assert ("http://e/i", "4") in rows(loading)


def test_nothing_is_fetched_for_those_without_the_token(loading, documents) -> None:
    host, asked = documents
    before = len(asked)
    assert loading.update(f"LOAD <http://{host}/one.ttl>", "wrong").status == 401
    assert len(asked) == before


def test_too_many_loads_are_refused(loading, documents) -> None:
    host, asked = documents
    before = len(asked)
    assert loading.update(" ; ".join([f"LOAD <http://{host}/one.ttl>"] * 11), "t").status == 413
    assert len(asked) == before
