"""What must not bring the server down, and what clients are told."""

from __future__ import annotations

import http.client
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote, urlsplit

import pytest

ENDLESS = "SELECT (COUNT(*) AS ?n) { " + " . ".join(f"?s{i} ?p{i} ?o{i}" for i in range(9)) + " }"
ENDLESS_ROWS = ENDLESS.replace("(COUNT(*) AS ?n)", "*")
ONE = "SELECT (1 AS ?one) {}"
N = 10_000


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("SELECT", "error at 1:7"),
        ("SELECT * WHERE {\n ?s ?p }", "error at 2:9"),
        ("INSERT DATA { <http://e/> <http://e/> 1 }", "cannot be parsed"),
        ("SELECT ?x ?x { }", "cannot be parsed"),
        ("ASK { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }", "SERVICE is refused"),
        ("\x00\x01\x02", "cannot be parsed"),
    ],
)
def test_a_bad_query_is_refused_in_one_line(site, query: str, reason: str) -> None:
    answer = site.query(query)
    assert (answer.status, answer.headers["content-type"]) == (400, "application/problem+json")
    assert reason in answer.text
    assert answer.text.count("\n") == 1
    assert len(answer.text) < 600


@pytest.mark.parametrize(
    ("method", "path", "body", "headers", "status"),
    [
        ("POST", "/sparql", b"\xff\xfe\x00", {"Content-Type": "application/sparql-query"}, 400),
        (
            "POST",
            "/sparql",
            b"%FF=%FE&query=%C3%28",
            {"Content-Type": "application/x-www-form-urlencoded"},
            400,
        ),
        ("GET", "/sparql?query=%FF%FE", None, {}, 400),
        ("GET", "/sparql?query=ASK{}&query=ASK{}", None, {}, 400),
        ("GET", "/sparql?query=ASK{}&format=excel", None, {}, 400),
        ("GET", "/sparql?query=ASK{}&default-graph-uri=x", None, {}, 400),
        ("POST", "/sparql", b"ASK {}", {"Content-Type": "text/plain"}, 415),
        ("POST", "/sparql", b"ASK {}", {}, 415),
        ("POST", "/sparql", b"CLEAR ALL", {"Content-Type": "application/sparql-update"}, 415),
        ("PUT", "/sparql", b"ASK {}", {"Content-Type": "application/sparql-query"}, 405),
        ("DELETE", "/sparql", None, {}, 405),
        ("GET", "/update?update=CLEAR%20ALL", None, {}, 405),
        ("GET", "/nowhere", None, {}, 404),
        ("GET", "/static/../app.py", None, {}, 404),
        ("GET", "/static/%2e%2e/app.py", None, {}, 404),
        ("GET", "/graph-store", None, {}, 400),
        ("GET", "/graph-store?graph=x", None, {}, 400),
        ("GET", "/graph-store?graph=http://e/none", None, {}, 404),
        ("GET", "/describe?iri=x%3E%20y", None, {}, 400),
        ("GET", "/describe", None, {}, 400),
        ("POST", "/update", b"CLEAR ALL", {"Content-Type": "application/sparql-update"}, 403),
        ("PUT", "/graph-store?default", b"", {"Content-Type": "text/turtle"}, 403),
        ("DELETE", "/graph-store?default", None, {}, 403),
    ],
)
def test_a_bad_request_is_refused(
    site, method: str, path: str, body: bytes | None, headers: dict, status: int
) -> None:
    answer = site.ask(method, path, body, headers)
    assert answer.status == status
    assert answer.media_type == "application/problem+json"
    assert answer.text.count("\n") == 1
    assert site.query(ONE).status == 200


def test_an_oversized_body_is_refused_before_it_is_read(site) -> None:
    connection = site.connect()
    connection.putrequest("POST", "/sparql")
    connection.putheader("Content-Type", "application/sparql-query")
    connection.putheader("Content-Length", str(11 * 2**20))
    connection.endheaders()
    assert connection.getresponse().status == 413
    connection.close()
    assert site.query(ONE).status == 200


def test_a_large_body_is_taken(site) -> None:
    body = b"ASK { } #" + b"x" * (2**20 - 100)
    assert site.ask("POST", "/sparql", body, {"Content-Type": "application/sparql-query"}).status == 200


def test_a_body_of_unknown_length_is_measured_too(site) -> None:
    connection = site.connect()
    pieces = (b"x" * 2**20 for _ in range(12))
    try:
        connection.request(
            "POST", "/sparql", pieces, {"Content-Type": "application/sparql-query"}, encode_chunked=True
        )
        assert connection.getresponse().status == 413
    except (BrokenPipeError, ConnectionResetError):  # refused before all was sent
        pass
    finally:
        connection.close()
    assert site.query(ONE).status == 200


def test_bytes_that_are_no_http_are_no_harm(site) -> None:
    parts = urlsplit(site.url)
    for garbage in (b"\x00\xff" * 100 + b"\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\nA: \xff\r\n\r\n"):
        with socket.create_connection((parts.hostname, parts.port), timeout=5) as connection:
            connection.sendall(garbage)
            connection.shutdown(socket.SHUT_WR)
            connection.recv(100)
    assert site.query(ONE).status == 200


@pytest.mark.parametrize(
    "query",
    [
        "ASK " + "{" * N + "}" * N,
        "ASK { BIND(" + "(" * N + "1" + ")" * N + " AS ?x) }",
        "ASK " + "{ FILTER EXISTS " * N + "{}" + "}" * N,
        "ASK " + "{ OPTIONAL " * N + "{}" + "}" * N,
        "ASK { BIND(" + "!" * N + "1 AS ?x) }",
    ],
)
def test_deep_nesting_costs_one_reader_only(site, query: str) -> None:
    answer = site.ask("POST", "/sparql", query.encode(), {"Content-Type": "application/sparql-query"})
    assert answer.status in (400, 503)  # too deep, or too long to find that out
    assert answer.text.count("\n") == 1
    assert site.query(ONE).status == 200


def test_an_endless_query_is_stopped_and_the_next_one_answered(tight) -> None:
    started = time.monotonic()
    answer = tight.query(ENDLESS)
    assert (answer.status, answer.detail) == (503, "the query was stopped: it took longer than 1 s")
    assert time.monotonic() - started < 8
    assert tight.query(ONE).status == 200


def test_an_endless_answer_is_cut_off_visibly(tight) -> None:
    connection = tight.connect()
    try:
        connection.request("GET", f"/sparql?query={quote(ENDLESS_ROWS)}")
        response = connection.getresponse()
        assert response.status == 200
        with pytest.raises(http.client.IncompleteRead):
            _read_to_the_end(response)
    finally:
        connection.close()
    assert tight.query(ONE).status == 200


def _read_to_the_end(response: http.client.HTTPResponse) -> None:
    while response.read(2**20):
        pass


def test_a_query_that_eats_memory_is_stopped(start, small_store) -> None:
    doubled = "".join(f" BIND(CONCAT(?a{i}, ?a{i}) AS ?a{i + 1})" for i in range(28))
    little = start(small_store, workers=1, timeout=20.0, memory=300 * 2**20)
    answer = little.query(f'SELECT (STRLEN(?a28) AS ?n) {{ BIND("{"x" * 32}" AS ?a0){doubled} }}')
    assert (answer.status, answer.detail) == (400, "the query needs more memory than the 300 MiB granted")
    assert little.query(ONE).status == 200


def test_short_queries_are_answered_while_endless_ones_run(site) -> None:
    """Two readers, three endless queries; twenty seconds each were they not given up."""
    connections = [site.connect() for _ in range(3)]
    for connection in connections:
        connection.request("GET", f"/sparql?query={quote(ENDLESS)}")
    time.sleep(0.5)
    started = time.monotonic()
    with ThreadPoolExecutor(4) as threads:
        assert {answer.status for answer in threads.map(lambda _: site.query(ONE), range(8))} == {200}
    assert time.monotonic() - started < 8
    for connection in connections:
        connection.close()
    deadline = time.monotonic() + 8
    while "sitrep_readers_busy 0" not in site.get("/metrics").text:  # clients that leave free their readers
        assert time.monotonic() < deadline
        time.sleep(0.1)
