"""What LOAD may reach, against real servers here, whose addresses count as public where a test says so."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from kg.addresses import is_public
from kg.errors import RequestError, ServerError
from server import fetching
from server.fetching import Fetcher, Host, read_host
from server.messages import Document

LIMIT = 200_000
TURTLE = b"<http://e/s> <http://e/p> <rel> ."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("example.org", Host("example.org")),
        ("Example.ORG.", Host("example.org")),
        ("example.org:8080", Host("example.org", 8080)),
        ("bücher.example", Host("xn--bcher-kva.example")),
        ("192.0.2.1", Host("192.0.2.1")),
        ("[2001:db8::1]:81", Host("2001:db8::1", 81)),
    ],
)
def test_hosts(text: str, expected: Host) -> None:
    assert read_host(text) == expected


@pytest.mark.parametrize(
    "text", ["", "http://e/", "a/b", "a@b", "a:b", "a:99999", ":80", "a?b", "a#b", "[::1"]
)
def test_what_is_no_host(text: str) -> None:
    with pytest.raises(ServerError, match="give HOST or HOST:PORT"):
        read_host(text)


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.8.8.8", "0.1.2.3", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254"),
        *("100.64.0.1", "224.0.0.1", "255.255.255.255", "240.0.0.1", "192.0.2.1", "198.18.0.1"),
        *("::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1", "ff02::1", "2001:db8::1"),
        *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe"),
        *("2002:7f00:1::1", "2002:a00:1::", "2001:0:a00:1::1"),
    ],
)
def test_addresses_that_lead_inside(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.215.14", "8.8.8.8", "2606:2800:21f:cb07::1", "::ffff:8.8.8.8"])
def test_addresses_that_lead_outside(address: str) -> None:
    assert is_public(address)


class _Answers(BaseHTTPRequestHandler):
    """Answers by path."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path, _, rest = self.path[1:].partition("/")
        match path:
            case "to":
                self._send(302, b"", Location=rest)
            case "round":
                self._send(301, b"", Location="/round")
            case "large":
                self._send(200, b"#" * (LIMIT + 1))
            case "pieces":  # no length is told, and it never ends
                self.send_response(200)
                self.send_header("Content-Type", "text/turtle")
                self.end_headers()
                self._until_cut(b"#" * 65536, 0.0)
            case "drip":
                self.send_response(200)
                self.send_header("Content-Type", "text/turtle")
                self.end_headers()
                self._until_cut(b"#", 0.05)
            case "headers":  # one byte of a header now and then
                self.wfile.write(b"HTTP/1.1 200 OK\r\nX-")
                self._until_cut(b"a", 0.05)
            case "short":
                self.send_response(200)
                self.send_header("Content-Type", "text/turtle")
                self.send_header("Content-Length", "1000")
                self.end_headers()
                self.wfile.write(TURTLE)
                self.close_connection = True
            case "host":
                self._send(200, f"# {self.headers['Host']}\n".encode() + TURTLE)
            case "plain.ttl":
                self._send(200, TURTLE, content_type="text/plain")
            case "page":
                self._send(200, b"<p>", content_type="text/html")
            case "gzip":
                self._send(200, TURTLE, **{"Content-Encoding": "gzip"})
            case "junk":
                self.wfile.write(b"\x00\xff junk\r\n\r\n")
                self.close_connection = True
            case "missing":
                self._send(404, b"none")
            case _:
                self._send(200, TURTLE)

    def _send(self, status: int, body: bytes, *, content_type: str = "text/turtle", **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _until_cut(self, piece: bytes, pause: float) -> None:
        self.close_connection = True
        try:
            while True:
                self.wfile.write(piece)
                time.sleep(pause)
        except OSError:
            return

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Answers)
    threading.Thread(target=server.serve_forever).start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


@pytest.fixture
def fetch(port: int, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Document]:
    """Fetches from data.example, which is here; 127.0.0.1 counts as public, 127.0.0.2 and others do not."""
    monkeypatch.setattr(fetching, "is_public", lambda address: address == "127.0.0.1")
    names = {
        "data.example": ["127.0.0.1"],
        "inner.example": ["127.0.0.2"],
        "both.example": ["127.0.0.1", "::1"],
    }
    fetcher = Fetcher([f"{name}:{port}" for name in names], resolver=lambda name, _port: names[name])

    def run(path: str, host: str = "data.example", seconds: float = 5) -> Document:
        deadline = time.monotonic() + seconds
        return fetcher.fetch(f"http://{host}:{port}/{path}", deadline=deadline, limit=LIMIT)

    return run


def test_a_document_is_fetched(fetch, port: int) -> None:
    url = f"http://data.example:{port}/x?y=%20z"
    assert fetch("x?y=%20z") == Document("text/turtle", TURTLE, url)
    assert fetch("host").body.startswith(f"# data.example:{port}\n".encode())


def test_a_redirect_is_followed_and_gives_the_base(fetch, port: int) -> None:
    assert fetch("to//x").base_iri == f"http://data.example:{port}/x"


def test_the_suffix_tells_where_the_server_does_not(fetch) -> None:
    assert fetch("plain.ttl").media_type == "text/turtle"


@pytest.mark.parametrize(
    "place",
    [
        "http://127.0.0.1/",
        "http://127.0.0.1:1/",
        "http://localhost/",
        "http://[::1]/",
        "http://169.254.169.254/latest/meta-data/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://data.example/",  # another port
        "http://data.example:80@127.0.0.1/",
        "http://user:word@data.example/",
        "file:///etc/passwd",
        "ftp://data.example/",
        "gopher://data.example/",
        "http://data.example:99999/",
        "//127.0.0.1/",
        "http://data.example\\@127.0.0.1/",
        "http://inner.example:{port}/",
    ],
)
def test_no_redirect_leads_elsewhere(fetch, port: int, place: str) -> None:
    with pytest.raises(RequestError, match="refused") as refused:
        fetch(f"to/{place.replace('{port}', str(port))}")
    assert refused.value.status == 400


@pytest.mark.parametrize("host", ["inner.example", "both.example"])
def test_a_name_that_leads_inside_is_refused(fetch, host: str) -> None:
    with pytest.raises(RequestError, match="an address that is not public"):
        fetch("x", host)


def test_a_name_is_resolved_once(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name server that answers otherwise the second time changes nothing."""
    monkeypatch.setattr(fetching, "is_public", lambda address: address == "127.0.0.1")
    answers = iter([["127.0.0.1"], ["127.0.0.2"]])
    fetcher = Fetcher([f"data.example:{port}"], resolver=lambda _name, _port: next(answers))
    deadline = time.monotonic() + 5
    url = f"http://data.example:{port}/x"
    assert fetcher.fetch(url, deadline=deadline, limit=LIMIT).body == TURTLE
    with pytest.raises(RequestError, match="not public"):
        fetcher.fetch(url, deadline=deadline, limit=LIMIT)


def test_a_loopback_address_is_refused_by_name_and_taken_as_itself(port: int) -> None:
    """With the real rule for addresses and the system's own resolver."""
    by_name = Fetcher([f"localhost:{port}"])
    with pytest.raises(RequestError, match="not public"):
        by_name.fetch(f"http://localhost:{port}/x", deadline=time.monotonic() + 5, limit=LIMIT)
    with pytest.raises(RequestError, match="not among the hosts"):
        by_name.fetch(f"http://127.0.0.1:{port}/x", deadline=time.monotonic() + 5, limit=LIMIT)
    itself = Fetcher([f"127.0.0.1:{port}"])
    assert (
        itself.fetch(f"http://127.0.0.1:{port}/x", deadline=time.monotonic() + 5, limit=LIMIT).body == TURTLE
    )


@pytest.mark.parametrize(
    ("path", "status", "reason"),
    [
        ("large", 413, "larger than"),
        ("pieces", 413, "larger than"),
        ("round", 502, "more than 5 redirects"),
        ("missing", 502, "status 404"),
        ("page", 502, "text/html"),
        ("gzip", 502, "compressed"),
        ("short", 502, "too early"),
        ("junk", 502, "LOAD <"),
    ],
)
def test_a_server_that_fails(fetch, path: str, status: int, reason: str) -> None:
    with pytest.raises(RequestError, match=reason) as failed:
        fetch(path)
    assert failed.value.status == status
    assert "\n" not in str(failed.value)


@pytest.mark.parametrize("path", ["drip", "headers"])
def test_a_server_that_drips_is_left_in_time(fetch, path: str) -> None:
    started = time.monotonic()
    with pytest.raises(RequestError) as failed:
        fetch(path, seconds=0.5)
    assert failed.value.status == 504
    assert time.monotonic() - started < 3


def test_a_server_that_is_not_there(fetch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    fetcher = Fetcher([f"127.0.0.1:{port}"])
    with pytest.raises(RequestError, match="refused") as failed:
        fetcher.fetch(f"http://127.0.0.1:{port}/", deadline=time.monotonic() + 5, limit=LIMIT)
    assert failed.value.status == 502


def test_a_certificate_for_another_host_is_refused() -> None:
    """A server that speaks no TLS stands for all that cannot prove their name."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Answers)
    threading.Thread(target=server.serve_forever).start()
    try:
        port = server.server_address[1]
        with pytest.raises(RequestError) as failed:
            Fetcher([f"127.0.0.1:{port}"]).fetch(
                f"https://127.0.0.1:{port}/", deadline=time.monotonic() + 5, limit=LIMIT
            )
        assert failed.value.status == 502
    finally:
        server.shutdown()
        server.server_close()
