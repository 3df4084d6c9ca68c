"""The server in front of the web application: the same answers, and what connections may do."""

from __future__ import annotations

import gzip
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from flask.testing import FlaskClient

from server.app import create_app
from server.settings import ServerSettings

ONE = "SELECT (1 AS ?one) {}"
ROWS = "SELECT * { ?a ?b ?c }"
LONG = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
NOT_COMPARED = {"date", "server", "connection", "content-length", "transfer-encoding"}


@pytest.fixture(scope="module")
def application(small_store: Path) -> Iterator[FlaskClient]:
    """The web application as another server would run it."""
    app = create_app(ServerSettings(store=small_store, workers=1, timeout=20.0))
    yield app.test_client()
    app.extensions["sitrep"].close()


@pytest.mark.parametrize(
    ("method", "path", "body", "headers"),
    [
        ("GET", f"/sparql?query={quote(ONE)}", None, {}),
        ("GET", f"/sparql?query={quote(ONE)}", None, {"Accept": "text/csv"}),
        ("GET", f"/sparql?query={quote(ONE)}&format=xml", None, {}),
        ("GET", f"/sparql?query={quote('CONSTRUCT WHERE { ?s ?p ?o }')}", None, {"Accept": "text/turtle"}),
        ("GET", f"/sparql?query={quote(ROWS)}&default-graph-uri=http://e/", None, {}),
        ("GET", f"/sparql?query={quote('SELECT (RAND() * 0 AS ?x) {}')}", None, {}),
        ("GET", f"/sparql?query={quote('SELECT')}", None, {}),
        ("GET", f"/sparql?query={quote('SELECT')}", None, {"Accept": "text/html"}),
        ("GET", f"/sparql?query={quote(ONE)}", None, {"Accept": "image/png"}),
        ("GET", f"/sparql?query={quote(LONG)}", None, {"Accept": "text/csv"}),
        ("GET", "/sparql", None, {"Accept": "text/turtle"}),
        ("GET", "/sparql?query=ASK{}&query=ASK{}", None, {}),
        ("HEAD", f"/sparql?query={quote(ONE)}", None, {}),
        ("OPTIONS", "/sparql", None, {}),
        ("POST", "/sparql", f"query={quote(ONE)}".encode(), FORM),
        ("POST", "/sparql", ONE.encode(), {"Content-Type": "application/sparql-query"}),
        ("POST", "/sparql", ONE.encode(), {"Content-Type": "text/plain"}),
        ("PUT", "/sparql", b"x", {}),
        ("GET", "/ontology", None, {"Accept": "text/turtle"}),
        ("GET", "/nowhere", None, {}),
    ],
)
def test_the_server_answers_as_the_application(
    site, application: FlaskClient, method: str, path: str, body: bytes | None, headers: dict[str, str]
) -> None:
    headers = {"Host": urlsplit(site.url).netloc, **headers}
    for encoding in ("identity", "gzip"):
        asked = {**headers, "Accept-Encoding": encoding}
        ours = site.ask(method, path, body, asked)
        theirs = application.open(path, method=method, data=body, headers=asked)
        assert ours.status == theirs.status_code
        expected = {name.lower(): value for name, value in theirs.headers.items()}
        found = {name: value for name, value in ours.headers.items() if name not in NOT_COMPARED}
        for fields in (found, expected):  # in the order of a set
            fields["allow"] = sorted(fields.get("allow", "").split(", "))
        assert found == {name: value for name, value in expected.items() if name not in NOT_COMPARED}
        if found.get("content-encoding") == "gzip":
            assert gzip.decompress(ours.body) == gzip.decompress(theirs.data)
        else:
            assert ours.body == theirs.data


@pytest.mark.parametrize(
    "host",
    ["e", "e.org:8080", "e:60000", "E.Org", "e:80", "e:0", "e:99999", "[::1]", "[::1]:80", "xn--nxasmq6b"],
)
def test_a_tag_is_good_for_both_ways(site, host: str) -> None:
    path = f"/sparql?query={quote(ONE)}"
    tag = site.ask("GET", path, headers={"Host": host}).headers["etag"]
    answer = site.ask("GET", path, headers={"Host": host, "If-None-Match": tag})
    assert (answer.status, answer.headers["etag"], answer.body) == (304, tag, b"")


def test_a_connection_is_kept_after_a_long_answer(site) -> None:
    connection = site.connect()
    try:
        for query in (LONG, ONE, LONG + " # again", ONE):
            connection.request("GET", f"/sparql?query={quote(query)}", headers={"Accept": "text/csv"})
            before = connection.sock
            answer = connection.getresponse()
            rows = answer.read().count(b"\n") - 1
            assert rows > 20_000 if query.startswith(LONG) else rows == 1
            assert connection.sock is before is not None
    finally:
        connection.close()


@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_requests_that_come_at_once_are_answered_in_order(site, version: str) -> None:
    parts = urlsplit(site.url)
    queries = [f"SELECT ({number} AS ?n) {{}}" for number in range(5)]
    requests = [
        f"GET /sparql?query={quote(query)} HTTP/{version}\r\nHost: {parts.netloc}\r\nAccept: text/csv\r\n"
        f"Connection: {'close' if query is queries[-1] else 'keep-alive'}\r\n\r\n"
        for query in queries
    ]
    with socket.create_connection((parts.hostname, parts.port), timeout=10) as connection:
        connection.sendall("".join(requests).encode())
        answer = connection.makefile("rb").read()
    expected = range(5) if version == "1.1" else range(1)  # without a word on it 1.0 is closed
    assert [line for line in answer.split(b"\r\n") if line.isdigit()] == [b"%d" % n for n in expected]


def test_an_old_client_gets_no_chunks(site) -> None:
    parts = urlsplit(site.url)
    for path, accept in (
        (f"/sparql?query={quote(LONG)}", "text/csv"),
        ("/graph-store?default", "text/turtle"),
    ):
        request = f"GET {path} HTTP/1.0\r\nHost: {parts.netloc}\r\nAccept: {accept}\r\n\r\n"
        with socket.create_connection((parts.hostname, parts.port), timeout=20) as connection:
            connection.sendall(request.encode())
            head, _, body = connection.makefile("rb").read().partition(b"\r\n\r\n")
        assert b"chunked" not in head
        assert f"content-length: {len(body)}".encode() in head.lower()
        assert body == site.get(path, accept).body


def test_a_request_may_come_byte_by_byte(site) -> None:
    parts = urlsplit(site.url)
    request = (
        f"POST /sparql HTTP/1.1\r\nHost: {parts.netloc}\r\nContent-Type: application/sparql-query\r\n"
        f"Accept: text/csv\r\nConnection: close\r\nContent-Length: {len(ONE)}\r\n\r\n{ONE}"
    )
    with socket.create_connection((parts.hostname, parts.port), timeout=10) as connection:
        for byte in request.encode():
            connection.sendall(bytes([byte]))
        assert connection.makefile("rb").read().endswith(b"one\r\n1\r\n")


def test_who_waits_to_be_told_may_go_on(site) -> None:
    parts = urlsplit(site.url)
    head = (
        f"POST /sparql HTTP/1.1\r\nHost: {parts.netloc}\r\nContent-Type: application/sparql-query\r\n"
        f"Expect: 100-continue\r\nConnection: close\r\nContent-Length: {len(ONE)}\r\n\r\n"
    )
    with socket.create_connection((parts.hostname, parts.port), timeout=10) as connection:
        connection.sendall(head.encode())
        assert connection.recv(100).startswith(b"HTTP/1.1 100")
        connection.sendall(ONE.encode())
        assert b" 200 OK" in connection.makefile("rb").read()


def test_a_wish_for_another_protocol_is_passed_over(site) -> None:
    for wished in ("websocket", "h2c"):
        answer = site.ask(
            "GET", f"/sparql?query={quote(ONE)}", headers={"Connection": "Upgrade", "Upgrade": wished}
        )
        assert answer.status == 200


@pytest.fixture(scope="module")
def hasty(small_store: Path) -> Iterator[tuple[str, int]]:
    """The address of a server that has little patience."""
    program = (
        "from pathlib import Path; from server.front import connection; from server import run; "
        "from server.settings import ServerSettings; "
        "connection.IDLE_SECONDS, connection.RECEIVING_SECONDS, connection.CONNECTIONS = 1.5, 3.0, 20; "
        f"run.serve(ServerSettings(store=Path({str(small_store)!r}), port=0, workers=1, timeout=0.4))"
    )
    process = subprocess.Popen([sys.executable, "-c", program], stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    parts = urlsplit(process.stderr.readline().split()[-1])
    assert parts.hostname is not None
    assert parts.port is not None
    yield parts.hostname, parts.port
    process.terminate()
    process.wait(timeout=10)
    process.stderr.close()


@pytest.mark.parametrize(
    "begun", [b"", b"GET /sparql HTTP/1.1\r\nX: ", b"POST /sparql HTTP/1.1\r\nContent-Length: 9\r\n\r\na"]
)
def test_a_connection_without_a_byte_is_closed(hasty: tuple[str, int], begun: bytes) -> None:
    with socket.create_connection(hasty, timeout=10) as connection:
        connection.sendall(begun)
        started = time.monotonic()
        answer = connection.makefile("rb").read()
        assert 1.0 < time.monotonic() - started < 6
    assert answer.startswith(b"HTTP/1.1 408 ") if begun else answer == b""


def test_a_request_that_drips_is_not_waited_for(hasty: tuple[str, int]) -> None:
    with socket.create_connection(hasty, timeout=10) as connection:
        connection.sendall(b"POST /sparql HTTP/1.1\r\nHost: e\r\nContent-Length: 1000\r\n\r\n")
        started = time.monotonic()
        try:
            while time.monotonic() - started < 8:
                connection.sendall(b"a")
                time.sleep(0.3)
        except OSError:
            pass
        assert 2.5 < time.monotonic() - started < 7


def test_who_takes_no_answer_is_given_up(hasty: tuple[str, int]) -> None:
    query = quote("SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }")
    with socket.create_connection(hasty, timeout=10) as connection:
        connection.sendall(f"GET /sparql?query={query} HTTP/1.1\r\nHost: e\r\n\r\n".encode())
        time.sleep(5)  # three times the limit of a query and two seconds, and some
        answer = connection.makefile("rb").read()
    assert b"Transfer-Encoding: chunked" in answer.replace(b"transfer-encoding", b"Transfer-Encoding")
    assert not answer.endswith(b"0\r\n\r\n")


def test_connections_beyond_their_number_are_refused(hasty: tuple[str, int]) -> None:
    connections = [socket.create_connection(hasty, timeout=10) for _ in range(21)]
    try:
        assert connections[-1].recv(1000).startswith(b"HTTP/1.1 503 ")
    finally:
        for connection in connections:
            connection.close()
    time.sleep(0.3)
    with socket.create_connection(hasty, timeout=10) as connection:
        connection.sendall(b"GET /health HTTP/1.1\r\nHost: e\r\nConnection: close\r\n\r\n")
        assert b" 200 OK" in connection.makefile("rb").read()
